//! The settings: searched, each with what it does, and in force at once.

use egui::{Align, Layout, RichText, ScrollArea, TextEdit, Ui};

use super::{Decision, buttons, primary, secondary, title_ui};
use crate::{
    fuzzy,
    gui::{
        command::Command,
        shortcuts,
        theme::Theme,
        view::View,
        words::{find, preferences as words},
    },
    settings::{Motion, Preferences, ThemeChoice, Wheel},
};

/// Sizes of the window's contents that can be chosen, in percent.
const SCALES: [u16; 5] = [100, 125, 150, 175, 200];

/// The open dialog.
#[derive(Clone, Debug, Default)]
pub struct PreferencesDialog {
    query: String,
}

impl PreferencesDialog {
    /// Shows the dialog.
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>) -> Option<Decision> {
        ui.set_width(600.0);
        title_ui(ui, words::TITLE);
        let edit = TextEdit::singleline(&mut self.query).hint_text(words::HINT).desired_width(f32::INFINITY);
        ui.add(edit).accessible_name(words::FIELD);
        let mut wanted = view.preferences.clone();
        let mut decision = None;
        let height = (ui.ctx().content_rect().height() - 260.0).max(120.0);
        ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
            let rows = self.look_ui(ui, view.theme, &mut wanted) + self.drawing_ui(ui, view.theme, &mut wanted);
            let keys = self.keys_ui(ui, view.theme, &mut wanted);
            if keys == Some(true) {
                decision = Some(Decision::Command(Command::Shortcuts));
            }
            if rows == 0 && keys.is_none() {
                ui.label(RichText::new(words::NONE).color(view.theme.text_weak));
            }
        });
        buttons(ui, |ui| {
            if primary(ui, view.theme, find::CLOSE) {
                decision = Some(Decision::Close);
            }
            if secondary(ui, words::RESET) {
                wanted = Preferences::default();
            }
        });
        decision.or_else(|| (wanted != *view.preferences).then(|| Decision::Prefer(Box::new(wanted))))
    }

    fn finds(&self, (name, help): words::Words) -> bool {
        let all = format!("{name} {help}").to_lowercase();
        fuzzy::fit(&self.query, name).is_some() || self.query.to_lowercase().split_whitespace().all(|word| all.contains(word))
    }

    /// Theme, size, motion; how many are shown.
    fn look_ui(&self, ui: &mut Ui, theme: &Theme, wanted: &mut Preferences) -> usize {
        let rows = [words::THEME, words::SCALE, words::MOTION];
        let shown = self.heading(ui, theme, words::LOOK, &rows);
        self.row(ui, theme, words::THEME, |ui| {
            choice(ui, &mut wanted.theme, &[ThemeChoice::System, ThemeChoice::Dark, ThemeChoice::Light], |value| {
                words::theme(value).to_owned()
            });
        });
        self.row(ui, theme, words::SCALE, |ui| choice(ui, &mut wanted.scale_percent, &SCALES, words::percent));
        self.row(ui, theme, words::MOTION, |ui| {
            choice(ui, &mut wanted.motion, &[Motion::System, Motion::Full, Motion::Reduced], |value| words::motion(value).to_owned());
        });
        shown
    }

    /// Scrolling, grid, overview; how many are shown.
    fn drawing_ui(&self, ui: &mut Ui, theme: &Theme, wanted: &mut Preferences) -> usize {
        let rows = [words::WHEEL, words::GRID, words::OBJECT_SNAP, words::MINIMAP, words::LEGEND];
        let shown = self.heading(ui, theme, words::DRAWING, &rows);
        self.row(ui, theme, words::WHEEL, |ui| {
            choice(ui, &mut wanted.wheel, &[Wheel::Device, Wheel::Zoom, Wheel::Pan], |value| words::wheel(value).to_owned());
        });
        self.row(ui, theme, words::GRID, |ui| switch(ui, &mut wanted.aids.grid, words::GRID));
        self.row(ui, theme, words::OBJECT_SNAP, |ui| switch(ui, &mut wanted.aids.objects, words::OBJECT_SNAP));
        self.row(ui, theme, words::MINIMAP, |ui| switch(ui, &mut wanted.minimap, words::MINIMAP));
        self.row(ui, theme, words::LEGEND, |ui| switch(ui, &mut wanted.legend, words::LEGEND));
        shown
    }

    /// The keys; whether the sheet of keys is wanted, `None` when they are not shown.
    fn keys_ui(&self, ui: &mut Ui, theme: &Theme, wanted: &mut Preferences) -> Option<bool> {
        let mut sheet = None;
        self.heading(ui, theme, words::KEYS, &[words::PRESET]);
        self.row(ui, theme, words::PRESET, |ui| {
            sheet = Some(ui.button(words::ALL_KEYS).clicked());
            if let Some(keys) = shortcuts::preset_ui(ui, &wanted.keys) {
                wanted.keys = keys;
            }
        });
        sheet
    }

    fn heading(&self, ui: &mut Ui, theme: &Theme, text: &str, rows: &[words::Words]) -> usize {
        let shown = rows.iter().filter(|row| self.finds(**row)).count();
        if shown > 0 {
            ui.add_space(Theme::SPACE_8);
            ui.label(RichText::new(text).font(Theme::strong()).color(theme.accent));
        }
        shown
    }

    /// A setting, if it is searched for: name and help at the left, what changes it at the right.
    fn row(&self, ui: &mut Ui, theme: &Theme, about: words::Words, add: impl FnOnce(&mut Ui)) {
        if !self.finds(about) {
            return;
        }
        ui.horizontal(|ui| {
            ui.vertical(|ui| {
                ui.set_width(300.0);
                ui.spacing_mut().item_spacing.y = 1.0;
                ui.label(about.0);
                ui.add(egui::Label::new(RichText::new(about.1).small().color(theme.text_weak)).wrap());
            });
            ui.with_layout(Layout::right_to_left(Align::Center), add);
        });
        ui.add_space(Theme::SPACE_4);
    }
}

/// One of a few, as a row of buttons; added from the right.
fn choice<T: Copy + PartialEq>(ui: &mut Ui, value: &mut T, all: &[T], name: impl Fn(T) -> String) {
    ui.spacing_mut().item_spacing.x = 2.0;
    for option in all.iter().rev() {
        if ui.selectable_label(*option == *value, name(*option)).clicked() {
            *value = *option;
        }
    }
}

fn switch(ui: &mut Ui, value: &mut bool, (name, _): words::Words) {
    let _ = ui.checkbox(value, "").accessible_name(name);
}

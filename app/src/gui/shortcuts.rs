//! The sheet of keys, made from the list of commands.

use egui::{RichText, Ui};

use super::{
    command::{Command, Group},
    theme::Theme,
};

/// What the mouse does on the drawing; keys come from the commands.
const GESTURES: &[(&str, &str)] = &[
    ("Space + drag, middle drag", "Pan"),
    ("Wheel, pinch", "Zoom at the pointer"),
    ("Drag from a port", "Connect; drop on nothing to add and connect"),
    ("Drag a line", "Bend it; double-click a waypoint to remove it"),
    ("Drop a node on a line", "Insert it there; not with Alt"),
    ("Ctrl + right drag", "Cut connections"),
    ("Drag on nothing", "Select in a box"),
    ("Shift + click", "Add to the selection"),
    ("Arrows", "Move by one grid step; with Shift by ten"),
    ("Double-click", "Rename a node; add one on nothing"),
];

/// Shows all keys by menu.
pub fn ui(ui: &mut Ui, theme: &Theme) {
    ui.spacing_mut().item_spacing.x = 36.0;
    ui.columns(2, |columns| {
        for (index, group) in Group::ALL.into_iter().enumerate() {
            let column = &mut columns[usize::from(index >= 2)];
            group_ui(column, theme, group);
        }
        let column = &mut columns[1];
        heading(column, theme, "Mouse");
        for (keys, text) in GESTURES {
            row(column, theme, keys, text);
        }
    });
}

fn group_ui(ui: &mut Ui, theme: &Theme, group: Group) {
    heading(ui, theme, group.title());
    for command in Command::ALL.iter().filter(|command| command.group() == group && !command.shortcuts().is_empty()) {
        row(ui, theme, &command.shortcut_text(), command.text().trim_end_matches('…'));
    }
}

fn heading(ui: &mut Ui, theme: &Theme, text: &str) {
    ui.add_space(Theme::SPACE_8);
    ui.label(RichText::new(text).font(Theme::strong()).color(theme.accent));
}

fn row(ui: &mut Ui, theme: &Theme, keys: &str, text: &str) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        ui.spacing_mut().interact_size.y = 18.0;
        ui.label(text);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.label(RichText::new(keys).monospace().color(theme.text_weak));
        });
    });
}

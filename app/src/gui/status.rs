//! The line at the bottom: problems, what is saved, what is selected, zoom.

use egui::{Align, Button, Layout, RichText, Ui};

use super::{
    action::Action,
    command::Command,
    problems,
    state::Tab,
    theme::Theme,
    tone::{Tone, glyph},
    view::View,
    words::{plural, shell as words},
};
use crate::icons;

/// Shows the line; `notice` is what just happened, `zoom` the canvas's.
pub fn ui(ui: &mut Ui, view: &View<'_>, notice: Option<&str>, zoom: f32, actions: &mut Vec<Action>) {
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        problems_ui(ui, view, actions);
        ui.separator();
        let (tone, saved) = match (view.document.is_dirty(), &view.document.path) {
            (true, _) => (Tone::Warn, words::EDITED),
            (false, Some(_)) => (Tone::Good, words::SAVED),
            (false, None) => (Tone::Muted, words::NO_FILE),
        };
        dot(ui, view.theme, tone);
        let response = ui.label(RichText::new(saved).small().color(view.theme.text_weak));
        if let Some(why) = view.unsafe_because {
            let said = ui.label(RichText::new(words::NO_JOURNAL).small().color(view.theme.red));
            said.on_hover_text(why);
        }
        if let Some(path) = &view.document.path {
            response.on_hover_text(path.display().to_string());
        }
        ui.separator();
        ui.label(RichText::new(selected(view)).small().color(view.theme.text_weak));
        if let Some(notice) = notice {
            ui.separator();
            ui.label(RichText::new(notice).small().color(view.theme.text));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| zoom_ui(ui, view, zoom, actions));
    });
}

fn dot(ui: &mut Ui, theme: &Theme, tone: Tone) {
    let (rect, _) = ui.allocate_exact_size(egui::vec2(8.0, 8.0), egui::Sense::hover());
    ui.painter().circle_filled(rect.center(), 3.0, tone.color(theme));
}

fn problems_ui(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let (errors, warnings) = problems::counts(view.problems);
    let remarks = view.problems.len() - errors - warnings;
    let counted = match (errors, warnings) {
        (0, 0) => vec![(remarks, "remark")],
        (_, _) => vec![(errors, "error"), (warnings, "warning")],
    };
    let parts: Vec<String> = counted.into_iter().filter(|(n, _)| *n > 0).map(|(n, word)| plural(n, word)).collect();
    let text = match (parts.is_empty(), view.checking) {
        (true, true) => words::CHECKING.to_owned(),
        (true, false) => words::NO_PROBLEMS.to_owned(),
        (false, _) => parts.join(", "),
    };
    let (tone, icon) = match (errors, warnings, remarks) {
        (0, 0, 0) if view.checking => (Tone::Muted, "clock"),
        (0, 0, 0) => (Tone::Good, "check"),
        (0, 0, _) => (Tone::Accent, "info"),
        (0, _, _) => (Tone::Warn, "warning"),
        (_, _, _) => (Tone::Bad, "error"),
    };
    glyph(ui, view.theme, tone, icon);
    if ui.add(Button::new(RichText::new(text).small()).frame(false)).on_hover_text(view.keys.tooltip(Command::ShowProblems)).clicked() {
        actions.push(Action::Show(Tab::Problems));
    }
}

fn selected(view: &View<'_>) -> String {
    let (nodes, edges) = (view.selection.nodes.len(), view.selection.edges.len());
    words::selected((nodes, edges), (view.diagram.nodes.len(), view.diagram.edges.len()))
}

fn zoom_ui(ui: &mut Ui, view: &View<'_>, zoom: f32, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.x = 2.0;
    let mut button = |ui: &mut Ui, command: Command| {
        if icons::icon_button(ui, command.icon(), &view.keys.tooltip(command)).clicked() {
            actions.push(Action::Command(command));
        }
    };
    button(ui, Command::Fit);
    button(ui, Command::ZoomIn);
    let percent = format!("{} %", (zoom * 100.0).round());
    let text = RichText::new(percent).small().color(view.theme.text_weak);
    let reset = ui.add(Button::new(text).frame(false).min_size(egui::vec2(48.0, 0.0))).on_hover_text(view.keys.tooltip(Command::ZoomReset));
    button(ui, Command::ZoomOut);
    if reset.clicked() {
        actions.push(Action::Command(Command::ZoomReset));
    }
}

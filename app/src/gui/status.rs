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
};
use crate::icons;

/// Shows the line; `notice` is what just happened, `zoom` the canvas's.
pub fn ui(ui: &mut Ui, view: &View<'_>, notice: Option<&str>, zoom: f32, actions: &mut Vec<Action>) {
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        problems_ui(ui, view, actions);
        ui.separator();
        let (tone, saved) = match (view.document.is_dirty(), &view.document.path) {
            (true, _) => (Tone::Warn, "Edited"),
            (false, Some(_)) => (Tone::Good, "Saved"),
            (false, None) => (Tone::Muted, "Not in a file yet"),
        };
        dot(ui, view.theme, tone);
        let response = ui.label(RichText::new(saved).small().color(view.theme.text_weak));
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
    let text = match (errors, warnings) {
        (0, 0) => "No problems".to_owned(),
        (e, w) => {
            let plural = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
            let parts: Vec<String> =
                [(e, "error"), (w, "warning")].iter().filter(|(n, _)| *n > 0).map(|(n, word)| plural(*n, word)).collect();
            parts.join(", ")
        }
    };
    let (tone, icon) = match (errors, warnings) {
        (0, 0) => (Tone::Good, "check"),
        (0, _) => (Tone::Warn, "warning"),
        _ => (Tone::Bad, "error"),
    };
    glyph(ui, view.theme, tone, icon);
    if ui.add(Button::new(RichText::new(text).small()).frame(false)).on_hover_text(Command::ShowProblems.tooltip()).clicked() {
        actions.push(Action::Show(Tab::Problems));
    }
}

fn selected(view: &View<'_>) -> String {
    let plural = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    let (nodes, edges) = (view.selection.nodes.len(), view.selection.edges.len());
    match (nodes, edges) {
        (0, 0) => format!("{}, {}", plural(view.diagram.nodes.len(), "node"), plural(view.diagram.edges.len(), "connection")),
        (n, 0) => format!("{} selected", plural(n, "node")),
        (0, n) => format!("{} selected", plural(n, "connection")),
        (n, m) => format!("{} and {} selected", plural(n, "node"), plural(m, "connection")),
    }
}

fn zoom_ui(ui: &mut Ui, view: &View<'_>, zoom: f32, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.x = 2.0;
    let mut button = |ui: &mut Ui, command: Command| {
        if icons::icon_button(ui, command.icon(), &command.tooltip()).clicked() {
            actions.push(Action::Command(command));
        }
    };
    button(ui, Command::Fit);
    button(ui, Command::ZoomIn);
    let percent = format!("{} %", (zoom * 100.0).round());
    let text = RichText::new(percent).small().color(view.theme.text_weak);
    let reset = ui.add(Button::new(text).frame(false).min_size(egui::vec2(48.0, 0.0))).on_hover_text(Command::ZoomReset.tooltip());
    button(ui, Command::ZoomOut);
    if reset.clicked() {
        actions.push(Action::Command(Command::ZoomReset));
    }
}

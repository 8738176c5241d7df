//! A summary of several selected things.

use std::collections::BTreeMap;

use egui::{RichText, Ui};

use crate::gui::{
    action::Action,
    command::Command,
    theme::Theme,
    tone::{Tone, glyph},
    view::View,
};

/// Shows what is selected, by service, and what can be done with it.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let selection = view.selection;
    let plural = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    let mut parts = Vec::new();
    if !selection.nodes.is_empty() {
        parts.push(plural(selection.nodes.len(), "node"));
    }
    if !selection.edges.is_empty() {
        parts.push(plural(selection.edges.len(), "connection"));
    }
    ui.label(RichText::new(format!("{} selected", parts.join(", "))).font(Theme::strong()));
    ui.add_space(Theme::SPACE_4);
    let mut by_service: BTreeMap<&str, usize> = BTreeMap::new();
    for node in selection.nodes.iter().filter_map(|id| view.diagram.nodes.get(id)) {
        *by_service.entry(node.service.as_str()).or_default() += 1;
    }
    for (service, count) in by_service {
        let record = view.catalog.get(&service.into());
        ui.horizontal(|ui| {
            glyph(ui, view.theme, Tone::Accent, record.map_or("help", |record| &record.icon));
            ui.label(record.map_or(service, |record| record.short_title()));
            ui.label(RichText::new(format!("× {count}")).color(view.theme.text_weak));
        });
    }
    if !selection.edges.is_empty() {
        super::line::ui(ui, view, &selection.edges, actions);
    }
    ui.add_space(Theme::SPACE_8);
    ui.horizontal_wrapped(|ui| {
        for command in [Command::Duplicate, Command::Copy, Command::FitSelection, Command::Delete] {
            if ui.button(command.text()).on_hover_text(command.tooltip()).clicked() {
                actions.push(Action::Command(command));
            }
        }
    });
}

//! A summary of several selected things.

use std::collections::BTreeMap;

use egui::{RichText, Ui};

use super::{Memory, common};
use crate::{
    gui::{
        action::Action,
        command::Command,
        format::plural,
        theme::Theme,
        tone::{Tone, glyph},
        view::View,
        words::arrange as words,
    },
    icons,
};

/// Shows what is selected, by service, and what can be done with it.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, actions: &mut Vec<Action>) {
    let selection = view.selection;
    let mut parts = Vec::new();
    if !selection.nodes.is_empty() {
        parts.push(plural(selection.nodes.len(), "node"));
    }
    if !selection.edges.is_empty() {
        parts.push(plural(selection.edges.len(), "connection"));
    }
    if !selection.groups.is_empty() {
        parts.push(plural(selection.groups.len(), "group"));
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
    arrange_ui(ui, view, actions);
    if !selection.edges.is_empty() {
        super::line::ui(ui, view, &selection.edges, actions);
    }
    ui.add_space(Theme::SPACE_8);
    ui.horizontal_wrapped(|ui| {
        for command in [Command::Duplicate, Command::Copy, Command::FitSelection, Command::Delete, Command::DeleteAndHeal] {
            if ui.button(command.text()).on_hover_text(view.keys.tooltip(command)).clicked() {
                actions.push(Action::Command(command));
            }
        }
    });
    common::ui(ui, view, memory, actions);
}

/// What puts the selection in order, as one row of glyphs for each idea.
const ORDERS: [&[Command]; 3] = [
    &[Command::AlignLeft, Command::AlignCenter, Command::AlignRight, Command::AlignTop, Command::AlignMiddle, Command::AlignBottom],
    &[Command::DistributeHorizontally, Command::DistributeVertically],
    &[Command::Tidy, Command::GroupSelection, Command::TogglePin],
];

fn arrange_ui(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    if !Command::AlignLeft.is_enabled(&view.now) {
        return;
    }
    ui.add_space(Theme::SPACE_8);
    ui.label(RichText::new(words::ARRANGE).color(view.theme.text_weak));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for (index, commands) in ORDERS.into_iter().enumerate() {
            if index > 0 {
                ui.add_space(Theme::SPACE_8);
            }
            for command in commands {
                ui.add_enabled_ui(command.is_enabled(&view.now), |ui| {
                    if icons::icon_button(ui, command.icon(), &view.keys.tooltip(*command)).clicked() {
                        actions.push(Action::Command(*command));
                    }
                });
            }
        }
    });
}

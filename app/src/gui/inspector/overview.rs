//! What is shown while nothing is selected: scenario, diagram, account.

use egui::{RichText, TextEdit, Ui};
use plimsoll_models::Edit;

use super::{Memory, Page, account, event_types, note, scenario, section};
use crate::gui::{
    action::Action,
    theme::Theme,
    view::View,
    words::{inspector as words, panels},
};

/// Shows the page that was picked.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        for (page, title) in [(Page::Scenario, words::SCENARIO), (Page::Diagram, words::DIAGRAM), (Page::Account, words::ACCOUNT)] {
            ui.selectable_value(&mut memory.page, page, title);
        }
    });
    ui.add_space(Theme::SPACE_4);
    match memory.page {
        Page::Scenario => scenario::ui(ui, view, memory, actions),
        Page::Diagram => diagram_ui(ui, view, memory, actions),
        Page::Account => account::ui(ui, view, memory, actions),
    }
}

fn diagram_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, actions: &mut Vec<Action>) {
    let diagram = view.diagram;
    let mut name = diagram.name.clone();
    ui.label(RichText::new(words::TITLE).color(view.theme.text_weak));
    if ui
        .add(TextEdit::singleline(&mut name).id_salt("title").hint_text(words::UNTITLED).desired_width(f32::INFINITY))
        .accessible_name(words::TITLE)
        .changed()
    {
        actions.push(Action::Type(Edit::RenameDiagram(name), "title".to_owned()));
    }
    if !diagram.description.is_empty() {
        ui.add_space(Theme::SPACE_4);
        ui.label(&diagram.description);
    }
    section(ui, words::CONTENTS, |ui| {
        egui::Grid::new("contents").num_columns(2).spacing([24.0, 2.0]).show(ui, |ui| {
            let counts = [
                diagram.nodes.len(),
                diagram.edges.len(),
                diagram.groups.len(),
                diagram.notes.len(),
                diagram.event_types.len(),
                diagram.scenarios.len(),
            ];
            for (name, count) in words::COUNTED.into_iter().zip(counts) {
                ui.label(RichText::new(name).color(view.theme.text_weak));
                ui.label(count.to_string());
                ui.end_row();
            }
        });
    });
    section(ui, panels::NOTES, |ui| note::list_ui(ui, view, actions));
    section(ui, words::EVENT_TYPES, |ui| event_types::ui(ui, view, memory, actions));
}

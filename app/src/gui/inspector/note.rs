//! Notes on the drawing: the words of one, its number, what it is about; and the list of all.

use egui::{Align, Button, ComboBox, Layout, RichText, TextEdit, Ui};
use plimsoll_models::{About, Diagram, Edit, Note, NoteId};

use super::{Memory, section};
use crate::{
    gui::{action::Action, command::Command, steps, theme::Theme, view::View, words::panels as words},
    icons,
};

/// Shows a note.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, id: &NoteId, actions: &mut Vec<Action>) {
    let Some(note) = view.diagram.notes.get(id) else { return };
    let size = egui::vec2(ui.available_width(), ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        if icons::icon_button(ui, "trash", words::DELETE_NOTE).clicked() {
            actions.push(Action::Edit(Edit::SetNote(id.clone(), None)));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| ui.label(RichText::new(words::NOTE).font(Theme::strong())));
    });
    let mut text = note.text.clone();
    let edit = TextEdit::multiline(&mut text).id_salt(("note", id.as_str())).desired_rows(6).desired_width(f32::INFINITY);
    let response = ui.add(edit).accessible_name(words::NOTE_TEXT);
    if response.changed() {
        actions.push(Action::Type(set(id, Note { text, ..(**note).clone() }), format!("note.{id}.text")));
    }
    if std::mem::take(&mut memory.focus_name) {
        super::node::focus_and_select(ui, &response);
    }
    ui.label(RichText::new(words::MARKDOWN_HELP).small().color(view.theme.text_weak));
    ui.add_space(Theme::SPACE_8);
    about_ui(ui, view, id, note, actions);
    number_ui(ui, view, id, note, actions);
    section(ui, words::NOTES, |ui| list_ui(ui, view, actions));
}

fn set(id: &NoteId, note: Note) -> Edit {
    Edit::SetNote(id.clone(), Some(note))
}

/// What people call the thing that a note is about.
fn about_title(diagram: &Diagram, about: Option<&About>) -> String {
    match about {
        Some(About::Node(id)) => diagram.title(id).to_owned(),
        Some(About::Edge(id)) => diagram.title_of(id.as_str()),
        None => words::ABOUT_NOTHING.to_owned(),
    }
}

fn about_ui(ui: &mut Ui, view: &View<'_>, id: &NoteId, note: &Note, actions: &mut Vec<Action>) {
    let diagram = view.diagram;
    ui.horizontal(|ui| {
        ui.label(RichText::new(words::ABOUT).color(view.theme.text_weak));
        let width = ui.available_width() - 4.0;
        let shown = about_title(diagram, note.about.as_ref());
        let response = ComboBox::from_id_salt("about").selected_text(shown).width(width).truncate().show_ui(ui, |ui| {
            let nodes = diagram.nodes.keys().cloned().map(About::Node);
            let edges = diagram.edges.keys().cloned().map(About::Edge);
            for about in std::iter::once(None).chain(nodes.chain(edges).map(Some)) {
                if ui.selectable_label(about == note.about, about_title(diagram, about.as_ref())).clicked() {
                    let changed = Note { about, ..note.clone() };
                    actions.push(Action::Edit(Edit::All(words::TIE_NOTE.to_owned(), vec![set(id, changed)])));
                }
            }
        });
        let _ = response.response.accessible_name(words::ABOUT);
    });
}

/// Its place in the walk.
fn number_ui(ui: &mut Ui, view: &View<'_>, id: &NoteId, note: &Note, actions: &mut Vec<Action>) {
    let order = steps::steps(view.diagram);
    let place = order.iter().position(|other| *other == id);
    ui.horizontal(|ui| {
        let mut numbered = note.step.is_some();
        if ui.checkbox(&mut numbered, words::NUMBERED).on_hover_text(words::NUMBERED_HELP).clicked() {
            let end = numbered.then_some(order.len() + 1);
            actions.push(Action::Edit(steps::numbered(view.diagram, id, end)));
        }
        let Some(place) = place else { return };
        ui.label(RichText::new(words::step_of(place + 1, order.len())).color(view.theme.text_weak));
        for (icon, title, to, can) in
            [("chevron-up", words::STEP_EARLIER, place, place > 0), ("chevron-down", words::STEP_LATER, place + 2, place + 1 < order.len())]
        {
            ui.add_enabled_ui(can, |ui| {
                if icons::icon_button(ui, icon, title).clicked() {
                    actions.push(Action::Edit(steps::numbered(view.diagram, id, Some(to))));
                }
            });
        }
    });
}

/// Every note: the steps in their order, then the others.
pub(super) fn list_ui(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let order = steps::steps(view.diagram);
    if view.diagram.notes.is_empty() {
        ui.add(egui::Label::new(RichText::new(words::NO_NOTES).small().color(view.theme.text_weak)).wrap());
    }
    let others = view.diagram.notes.keys().filter(|id| !order.contains(id));
    for id in order.iter().copied().chain(others) {
        let Some(note) = view.diagram.notes.get(id) else { continue };
        let title = words::note_title(note.step, &note.text);
        let button = Button::selectable(view.note == Some(id), title).truncate();
        if ui.add(button).on_hover_text(words::SHOW_NOTE).clicked() {
            actions.push(Action::ShowNote(id.clone()));
        }
    }
    ui.horizontal_wrapped(|ui| {
        let mut commands = vec![Command::AddNote];
        if !order.is_empty() {
            commands.extend([Command::PreviousStep, Command::NextStep]);
        }
        for command in commands {
            if ui.button(command.text()).on_hover_text(view.keys.tooltip(command)).clicked() {
                actions.push(Action::Command(command));
            }
        }
    });
}

//! The settings of what is selected, made from the catalog's records.

mod account;
mod common;
mod connection;
mod event_types;
pub mod field;
mod group;
mod home;
mod line;
mod many;
mod node;
mod note;
mod overview;
mod quotas;
mod record;
mod renaming;
pub mod scenario;
mod work;

use egui::{CollapsingHeader, Frame, Margin, RichText, ScrollArea, Ui};

use super::{action::Action, theme::Theme, view::View};

/// What the inspector remembers between frames.
#[derive(Debug, Default)]
pub struct Memory {
    /// Texts that are being typed.
    pub typing: field::Typing,
    /// The name field should take the focus in the next frame.
    pub focus_name: bool,
    /// A half-written objective.
    pub new_objective: String,
    /// The event types.
    pub types: event_types::TypesMemory,
    /// Which page is shown while nothing is selected.
    pub page: Page,
}

/// What is shown while nothing is selected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// How the scenario runs.
    #[default]
    Scenario,
    /// Title, event types.
    Diagram,
    /// Region and applied quotas.
    Account,
}

/// Shows the settings of what is selected.
pub fn ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, actions: &mut Vec<Action>) {
    ScrollArea::vertical().id_salt("inspector").auto_shrink([false, false]).show(ui, |ui| {
        Frame::new().inner_margin(Margin::symmetric(12, 10)).show(ui, |ui| {
            ui.set_width(ui.available_width());
            if let Some(id) = view.single_node() {
                node::ui(ui, view, memory, id, actions);
            } else if let Some(id) = view.single_edge() {
                connection::ui(ui, view, memory, id, actions);
            } else if let Some(id) = view.single_group() {
                group::ui(ui, view, memory, id, actions);
            } else if let Some(id) = view.note.filter(|id| view.selection.is_empty() && view.diagram.notes.contains_key(*id)) {
                note::ui(ui, view, memory, id, actions);
            } else if view.selection.is_empty() {
                overview::ui(ui, view, memory, actions);
            } else {
                many::ui(ui, view, memory, actions);
            }
        });
    });
}

/// A group of settings under a heading that folds.
pub(super) fn section<R>(ui: &mut Ui, title: &str, add: impl FnOnce(&mut Ui) -> R) {
    ui.add_space(Theme::SPACE_4);
    CollapsingHeader::new(RichText::new(title).font(Theme::strong())).id_salt(("section", title)).default_open(true).show_unindented(
        ui,
        |ui| {
            ui.add_space(2.0);
            add(ui);
        },
    );
}

/// A group of settings that is folded at first.
pub(super) fn folded_section<R>(ui: &mut Ui, title: &str, add: impl FnOnce(&mut Ui) -> R) {
    ui.add_space(Theme::SPACE_4);
    CollapsingHeader::new(RichText::new(title).font(Theme::strong())).id_salt(("section", title)).default_open(false).show_unindented(
        ui,
        |ui| {
            ui.add_space(2.0);
            add(ui);
        },
    );
}

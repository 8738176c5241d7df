//! Results.
use egui::Ui;
use super::{action::Action, state::Tab, view::View};
/// Memory.
#[derive(Debug, Default)]
pub struct Memory {}
/// Ui.
pub fn ui(ui: &mut Ui, view: &View<'_>, _memory: &mut Memory, tab: &mut Tab, actions: &mut Vec<Action>) {
    ui.label(tab.title());
    super::problems::ui(ui, view, view.problems, actions);
}

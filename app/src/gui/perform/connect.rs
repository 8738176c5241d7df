//! Commands about arrows.

use plimsoll_models::LineStyle;

use crate::gui::{App, command::Command, connect::line};

impl App {
    pub(super) fn connect_command(&mut self, ctx: &egui::Context, command: Command) {
        let (diagram, edges) = (self.front.document.diagram(), &self.front.selection.edges);
        let edit = match command {
            Command::LineOrthogonal => line::set_style(diagram, edges, LineStyle::Orthogonal),
            Command::LineCurved => line::set_style(diagram, edges, LineStyle::Bezier),
            Command::LineStraight => line::set_style(diagram, edges, LineStyle::Straight),
            Command::ResetLine => line::reset(diagram, edges),
            _ => None,
        };
        if let Some(edit) = edit {
            self.edit(ctx, &edit, None);
        }
    }
}

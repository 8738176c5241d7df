//! Where nodes stand, and frames around them.

use std::{collections::BTreeSet, sync::Arc};

use plimsoll_models::{Diagram, Edit, NodeId, Point};

use crate::{
    arrange::{self, Alignment, Axis, Block, Moves},
    gui::{App, canvas::Selection, command::Command, tidy::Tidy},
};

impl App {
    pub(super) fn arrange_command(&mut self, ctx: &egui::Context, command: Command) {
        let diagram = self.front.document.diagram();
        let Selection { nodes, groups, .. } = &self.front.selection;
        let blocks = || arrange::blocks(diagram, nodes, groups);
        let align = |how| arrange::align(diagram, &blocks(), how);
        let spread = |by: fn(&Diagram, &[Block], Axis) -> Moves, axis| by(diagram, &blocks(), axis);
        let moves = match command {
            Command::AlignLeft => align(Alignment::Left),
            Command::AlignCenter => align(Alignment::Center),
            Command::AlignRight => align(Alignment::Right),
            Command::AlignTop => align(Alignment::Top),
            Command::AlignMiddle => align(Alignment::Middle),
            Command::AlignBottom => align(Alignment::Bottom),
            Command::DistributeHorizontally => spread(arrange::distribute, Axis::Horizontal),
            Command::DistributeVertically => spread(arrange::distribute, Axis::Vertical),
            Command::StackRow => spread(arrange::stack, Axis::Horizontal),
            Command::StackColumn => spread(arrange::stack, Axis::Vertical),
            Command::Collapse => return self.collapse(ctx, true),
            Command::Expand => return self.collapse(ctx, false),
            Command::Tidy => return self.tidy(ctx),
            Command::GroupSelection => return self.enclose(ctx),
            Command::Ungroup => return self.ungroup(ctx),
            Command::TogglePin => return self.toggle_pin(ctx),
            _ => return,
        };
        self.edit(ctx, &Edit::All(command.text().to_owned(), vec![Edit::Move(moves)]), None);
    }

    fn enclose(&mut self, ctx: &egui::Context) {
        let Selection { nodes, groups, .. } = &self.front.selection;
        let Some((edit, id)) = arrange::enclose(self.front.document.diagram(), nodes, groups) else { return };
        self.edit(ctx, &edit, None);
        self.front.selection = Selection::group(id);
    }

    fn collapse(&mut self, ctx: &egui::Context, collapsed: bool) {
        let diagram = self.front.document.diagram();
        let frames = self.front.selection.frames(diagram);
        self.edit(ctx, &arrange::collapse(diagram, &frames, collapsed), None);
        self.front.selection = Selection { groups: frames, ..Selection::default() };
    }

    /// Shows how the selection, or everything when it is one node or none, would stand in a tidy layout.
    fn tidy(&mut self, ctx: &egui::Context) {
        let diagram = self.front.document.history().present();
        let members = self.front.selection.members(diagram);
        let what = if members.len() > 1 { members } else { BTreeSet::new() };
        let sight = (self.front.canvas.center(), self.front.canvas.zoom());
        self.state.tidy = Some(Tidy::new(ctx, diagram, what, sight));
    }

    /// Shows a layout; the boxes drift there when it is another one than before.
    pub(super) fn preview_tidy(&mut self, ctx: &egui::Context, edit: &Edit) {
        let before = Arc::clone(self.front.document.diagram());
        if self.front.document.preview(edit).is_ok() && self.front.document.diagram().layout != before.layout {
            let (was, now) = (&self.front.document.history().present().layout, &self.front.document.diagram().layout);
            let left = was.iter().filter(|(id, at)| now.get(*id) != Some(*at)).map(|(_, at)| *at).collect();
            self.front.canvas.set_ghosts(left);
            self.show_moved(ctx, &before);
            self.front.canvas.fit(self.front.document.diagram());
        }
    }

    /// Keeps the layout that is shown, or goes back.
    pub(super) fn end_tidy(&mut self, ctx: &egui::Context, edit: Option<&Edit>, (center, zoom): (Point, f32)) {
        self.front.canvas.set_ghosts(Vec::new());
        let before = Arc::clone(self.front.document.diagram());
        if let Some(edit) = edit {
            self.edit(ctx, edit, None);
        } else {
            self.front.document.cancel_preview();
            self.front.canvas.look_at(center, zoom);
        }
        if self.front.document.diagram().layout != before.layout {
            self.show_moved(ctx, &before);
        }
    }

    fn show_moved(&mut self, ctx: &egui::Context, before: &Arc<Diagram>) {
        if self.settings.preferences.moves() {
            self.front.canvas.drift_from(ctx, before);
        }
    }

    fn ungroup(&mut self, ctx: &egui::Context) {
        let diagram = self.front.document.diagram();
        let frames = self.front.selection.frames(diagram);
        let nodes = frames.iter().flat_map(|id| arrange::members(diagram, id)).collect();
        self.edit(ctx, &arrange::ungroup(&frames), None);
        self.front.selection = Selection { nodes, ..Selection::default() };
    }

    /// Pins the selection; lets it loose when all of it is pinned.
    fn toggle_pin(&mut self, ctx: &egui::Context) {
        let diagram = self.front.document.diagram();
        let members: Vec<NodeId> = self.front.selection.members(diagram).into_iter().collect();
        let pinned = members.iter().all(|id| diagram.pinned.contains(id));
        self.edit(ctx, &Edit::Pin(members, !pinned), None);
    }
}

//! Where nodes stand, and frames around them.

use plimsoll_models::{Diagram, Edit, NodeId};

use crate::{
    arrange::{self, Alignment, Axis, Block, Moves},
    gui::{App, canvas::Selection, command::Command},
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

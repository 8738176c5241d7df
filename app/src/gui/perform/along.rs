//! Selects with the flow of events, or against it.

use std::collections::BTreeSet;

use plimsoll_models::{Diagram, NodeId};

use crate::gui::App;

impl App {
    /// Adds everything that events from the selection reach, or that reaches it.
    pub(super) fn select_along(&mut self, downstream: bool) {
        let diagram = self.front.document.diagram();
        let mut all = self.front.selection.nodes.clone();
        let mut fresh = all.clone();
        while !fresh.is_empty() {
            fresh = neighbors(diagram, &fresh, downstream).filter(|id| all.insert(id.clone())).collect();
        }
        self.front.selection.nodes = all;
    }
}

/// Where the events of these go, or come from.
fn neighbors<'a>(diagram: &'a Diagram, of: &'a BTreeSet<NodeId>, downstream: bool) -> impl Iterator<Item = NodeId> + 'a {
    let ends = diagram.edges.values().map(move |edge| if downstream { (&edge.from, &edge.to) } else { (&edge.to, &edge.from) });
    ends.filter(|(from, _)| of.contains(*from)).map(|(_, to)| to.clone())
}

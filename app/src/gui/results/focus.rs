//! What is selected on the drawing is what the results are about.

use std::collections::BTreeSet;

use plimsoll_models::{EdgeId, NodeId};
use plimsoll_sim::result::{Finding, JourneyTrace, LedgerRow, LimitResult};

use super::View;

/// The nodes and edges that the results are about; without any they are about everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Focus {
    nodes: BTreeSet<NodeId>,
    edges: BTreeSet<EdgeId>,
}

impl Focus {
    /// What is selected, if the results follow the selection.
    pub(super) fn of(view: &View<'_>, follows: bool) -> Self {
        if !follows {
            return Self::default();
        }
        Self { nodes: view.selection.members(view.diagram), edges: view.selection.edges.clone() }
    }

    /// Whether the results are about everything.
    pub(super) fn is_all(&self) -> bool {
        self.nodes.is_empty() && self.edges.is_empty()
    }

    /// What it is called.
    pub(super) fn title(&self, view: &View<'_>) -> String {
        let edge = |id: &EdgeId| view.diagram.edge_title(id);
        let mut titles = self.nodes.iter().map(|id| view.diagram.title(id).to_owned()).chain(self.edges.iter().map(edge));
        let first = titles.next().unwrap_or_default();
        let more = titles.count();
        if more == 0 { first } else { format!("{first} + {more}") }
    }

    /// The only node, if it is about nothing else.
    pub(super) fn single_node(&self) -> Option<&NodeId> {
        self.nodes.first().filter(|_| self.nodes.len() == 1 && self.edges.is_empty())
    }

    /// The only edge, if it is about nothing else.
    pub(super) fn single_edge(&self) -> Option<&EdgeId> {
        self.edges.first().filter(|_| self.edges.len() == 1 && self.nodes.is_empty())
    }

    pub(super) fn node(&self, id: &NodeId) -> bool {
        self.is_all() || self.nodes.contains(id)
    }

    pub(super) fn limit(&self, limit: &LimitResult) -> bool {
        self.is_all() || self.nodes.iter().any(|node| limit.concerns(node)) || limit.edge.as_ref().is_some_and(|id| self.edges.contains(id))
    }

    /// A row of the ledger is about its node, its edge and both ends of that.
    pub(super) fn row(&self, view: &View<'_>, row: &LedgerRow) -> bool {
        let edge = row.edge.as_ref().and_then(|id| view.diagram.edges.get(id));
        self.node(&row.node)
            || row.edge.as_ref().is_some_and(|id| self.edges.contains(id))
            || edge.is_some_and(|edge| self.nodes.contains(&edge.from) || self.nodes.contains(&edge.to))
    }

    pub(super) fn finding(&self, finding: &Finding) -> bool {
        let is = |place: bool| self.is_all() || place;
        is(finding.node.as_ref().is_some_and(|id| self.nodes.contains(id))
            || finding.edge.as_ref().is_some_and(|id| self.edges.contains(id)))
    }

    /// A journey that passed it.
    pub(super) fn trace(&self, trace: &JourneyTrace) -> bool {
        let passes = || {
            trace.steps.iter().any(|step| self.nodes.contains(&step.node) || step.edge.as_ref().is_some_and(|id| self.edges.contains(id)))
        };
        self.is_all() || self.nodes.contains(&trace.producer) || passes()
    }
}

//! What the pointer is doing: at most one thing at a time.

use std::collections::BTreeMap;

use egui::Pos2;
use plimsoll_models::{Catalog, Diagram, Edge, EdgeId, EdgeKind, Edit, NodeId, Point, ids};

use super::guide::Guide;

/// A gesture in progress.
#[derive(Clone, Debug, Default)]
pub(super) enum Gesture {
    /// None.
    #[default]
    Idle,
    /// The drawing follows the pointer.
    Pan,
    /// Boxes follow the pointer.
    Move(Moving),
    /// A frame is drawn around what shall be chosen.
    Marquee {
        /// Where it began, on the drawing.
        from: Point,
        /// Whether what is chosen stays chosen.
        add: bool,
    },
    /// A connection follows the pointer.
    Connect(Connecting),
}

/// Boxes that follow the pointer.
#[derive(Clone, Debug)]
pub(super) struct Moving {
    /// Where the pointer was pressed, on the drawing.
    pub from: Point,
    /// The box under the pointer.
    pub anchor: NodeId,
    /// The boxes and where they stood.
    pub nodes: Vec<(NodeId, Point)>,
    /// How far they have moved.
    pub by: Point,
    /// With what they are aligned.
    pub guides: Vec<Guide>,
}

impl Moving {
    /// The move so far; `None` when everything stands where it stood.
    pub(super) fn edit(&self) -> Option<Edit> {
        if self.by == Point::default() {
            return None;
        }
        let moved = |at: &Point| Point::new(at.x + self.by.x, at.y + self.by.y).rounded();
        Some(Edit::Move(self.nodes.iter().map(|(id, at)| (id.clone(), moved(at))).collect()))
    }
}

/// A connection that follows the pointer.
#[derive(Clone, Debug)]
pub(super) struct Connecting {
    /// The end that stays.
    pub fixed: NodeId,
    /// Which end follows the pointer.
    pub loose: Loose,
    /// The connection, when it is an old one that gets another end.
    pub edge: Option<EdgeId>,
    /// What each box has to say about it.
    pub verdicts: BTreeMap<NodeId, Verdict>,
    /// Whether it was begun by a click and ends with the next one, rather than with the release of the button.
    pub sticky: bool,
    /// Where the pointer was pressed.
    pub pressed: Pos2,
}

/// An end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loose {
    /// Where events come from.
    Source,
    /// Where events go.
    Target,
}

/// Whether a box can be the other end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It can, with this meaning.
    Legal(EdgeKind),
    /// It cannot, and why.
    Illegal(String),
}

impl Connecting {
    /// A new connection out of a box.
    pub(super) fn from(diagram: &Diagram, catalog: &Catalog, fixed: &NodeId, pressed: Pos2, sticky: bool) -> Self {
        let verdicts = verdicts(diagram, catalog, fixed, Loose::Target, None);
        Self { fixed: fixed.clone(), loose: Loose::Target, edge: None, verdicts, sticky, pressed }
    }

    /// An end of an old connection looks for another box.
    pub(super) fn reconnect(diagram: &Diagram, catalog: &Catalog, id: &EdgeId, loose: Loose, pressed: Pos2) -> Option<Self> {
        let edge = diagram.edges.get(id)?;
        let fixed = match loose {
            Loose::Source => &edge.to,
            Loose::Target => &edge.from,
        };
        let verdicts = verdicts(diagram, catalog, fixed, loose, Some(edge.kind));
        Some(Self { fixed: fixed.clone(), loose, edge: Some(id.clone()), verdicts, sticky: false, pressed })
    }

    /// The change that a drop on a box makes, and the edge it makes; `None` when it may not be dropped there.
    pub(super) fn edit(&self, diagram: &Diagram, node: &NodeId) -> Option<(Edit, EdgeId)> {
        let Some(Verdict::Legal(kind)) = self.verdicts.get(node) else { return None };
        let (from, to) = match self.loose {
            Loose::Source => (node, &self.fixed),
            Loose::Target => (&self.fixed, node),
        };
        let Some(id) = &self.edge else {
            let id = EdgeId::new(ids::fresh(&format!("{from}-{to}"), |id| diagram.edges.contains_key(id)));
            return Some((Edit::AddEdge { id: id.clone(), edge: Edge::new(from.clone(), to.clone(), *kind) }, id));
        };
        let old = diagram.edges.get(id)?;
        if old.from == *from && old.to == *to {
            return None;
        }
        let reconnect = Edit::Reconnect(id.clone(), from.clone(), to.clone());
        let edit = if old.kind == *kind {
            reconnect
        } else {
            Edit::All("Reconnect".to_owned(), vec![reconnect, Edit::SetEdgeKind(id.clone(), *kind)])
        };
        Some((edit, id.clone()))
    }
}

fn verdicts(diagram: &Diagram, catalog: &Catalog, fixed: &NodeId, loose: Loose, keep: Option<EdgeKind>) -> BTreeMap<NodeId, Verdict> {
    let Some(fixed_node) = diagram.nodes.get(fixed) else { return BTreeMap::new() };
    let judge = |(id, node): (&NodeId, &std::sync::Arc<plimsoll_models::Node>)| {
        let (from, to) = match loose {
            Loose::Source => (&node.service, &fixed_node.service),
            Loose::Target => (&fixed_node.service, &node.service),
        };
        let kinds = catalog.kinds_between(from, to);
        let kind = keep.filter(|kind| kinds.contains(kind)).or_else(|| kinds.first().copied());
        let verdict = match kind {
            Some(kind) if id != fixed => Verdict::Legal(kind),
            Some(_) => Verdict::Illegal("A box does not feed itself".to_owned()),
            None => {
                let name = |id| catalog.get(id).map_or_else(|| id.to_string(), |service| service.short_title().to_owned());
                let what = format!("{} cannot feed {}", name(from), name(to));
                Verdict::Illegal(if catalog.kinds_between(to, from).is_empty() {
                    format!("{what} directly")
                } else {
                    format!("{what}: draw the arrow the other way round")
                })
            }
        };
        (id.clone(), verdict)
    };
    diagram.nodes.iter().map(judge).collect()
}

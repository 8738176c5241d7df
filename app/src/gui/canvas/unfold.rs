//! What is chosen and done on the drawing, where a collapsed group is one box, in terms of the document, and back.

use std::collections::BTreeSet;

use plimsoll_models::{Diagram, Edge, EdgeId, Edit, GroupId, NodeId, Point};

use super::{CanvasEvent, ContextTarget, Dangling, Selection};
use crate::{
    arrange::{self, Joins},
    gui::words::arrange as words,
    scene::Folded,
};

/// The selection as it is drawn: boxes for collapsed groups and for what is hidden in them.
pub(super) fn drawn_selection(folded: &Folded, selection: &Selection) -> Selection {
    let boxes = selection.groups.iter().filter_map(|id| folded.box_of(id));
    let nodes = selection.nodes.iter().map(|id| folded.home(id).clone());
    let first = |id: &EdgeId| folded.bundles.iter().find(|(_, edges)| edges.contains(id)).map_or(id, |(first, _)| first).clone();
    Selection {
        nodes: nodes.chain(boxes).collect(),
        edges: selection.edges.iter().map(first).collect(),
        groups: selection.groups.iter().filter(|id| folded.diagram.groups.contains_key(*id)).cloned().collect(),
    }
}

/// An event of the drawing as one of the document.
pub(super) fn event(folded: &Folded, document: &Diagram, event: CanvasEvent) -> CanvasEvent {
    let group = |id: &NodeId| folded.groups.get(id).cloned();
    match event {
        CanvasEvent::Select(selection) => CanvasEvent::Select(chosen(folded, selection)),
        CanvasEvent::Edit(change) => CanvasEvent::Edit(edit(folded, document, change)),
        CanvasEvent::Nudge(change) => CanvasEvent::Nudge(edit(folded, document, change)),
        CanvasEvent::RenameRequested(id) => group(&id).map_or(CanvasEvent::RenameRequested(id), CanvasEvent::RenameGroup),
        CanvasEvent::OpenNode(id) => match group(&id) {
            Some(group) => CanvasEvent::Edit(arrange::collapse(document, &[group].into(), false)),
            None => CanvasEvent::OpenNode(id),
        },
        CanvasEvent::ContextMenu { target: ContextTarget::Node(id), at, screen } => {
            let target = group(&id).map_or(ContextTarget::Node(id), ContextTarget::Group);
            CanvasEvent::ContextMenu { target, at, screen }
        }
        CanvasEvent::QuickAdd { from: Some(Dangling::New(from)), .. } if folded.groups.contains_key(&from) => {
            CanvasEvent::Refused(words::EXPAND_TO_CONNECT.to_owned())
        }
        event @ (CanvasEvent::QuickAdd { .. }
        | CanvasEvent::RenameGroup(_)
        | CanvasEvent::RenameEdge(_)
        | CanvasEvent::Refused(_)
        | CanvasEvent::CloseMinimap
        | CanvasEvent::Follow(..)
        | CanvasEvent::Preview(_)
        | CanvasEvent::EndPreview
        | CanvasEvent::EditNote(_)
        | CanvasEvent::ContextMenu { .. }
        | CanvasEvent::DropService { .. }) => event,
    }
}

fn chosen(folded: &Folded, selection: Selection) -> Selection {
    let (boxes, nodes): (BTreeSet<NodeId>, BTreeSet<NodeId>) = selection.nodes.into_iter().partition(|id| folded.groups.contains_key(id));
    let groups: BTreeSet<GroupId> = boxes.iter().filter_map(|id| folded.groups.get(id).cloned()).chain(selection.groups).collect();
    Selection { nodes, edges: all_edges(folded, selection.edges).into_iter().collect(), groups }
}

/// The edges that drawn edges stand for.
fn all_edges(folded: &Folded, drawn: impl IntoIterator<Item = EdgeId>) -> Vec<EdgeId> {
    let all = |id: EdgeId| folded.bundles.get(&id).cloned().unwrap_or_else(|| vec![id]);
    drawn.into_iter().flat_map(all).collect()
}

/// A box takes everything in it along; the end of an edge at a box stays where it is inside.
fn edit(folded: &Folded, document: &Diagram, change: Edit) -> Edit {
    match change {
        Edit::Move(moves) => Edit::Move(moves.into_iter().flat_map(|(id, at)| moved(folded, document, id, at)).collect()),
        Edit::Reconnect(id, from, to) => {
            let old = document.edges.get(&id);
            let real = |end: NodeId, old: Option<&Edge>, side: fn(&Edge) -> &NodeId| match old {
                Some(old) if folded.groups.contains_key(&end) => side(old).clone(),
                Some(_) | None => end,
            };
            let old = old.map(|old| &**old);
            Edit::Reconnect(id, real(from, old, |edge| &edge.from), real(to, old, |edge| &edge.to))
        }
        Edit::Remove { nodes, edges } => Edit::Remove { nodes, edges: all_edges(folded, edges) },
        Edit::All(label, changes) => Edit::All(label, changes.into_iter().map(|change| edit(folded, document, change)).collect()),
        other => other,
    }
}

fn moved(folded: &Folded, document: &Diagram, id: NodeId, at: Point) -> Vec<(NodeId, Point)> {
    let Some(group) = folded.groups.get(&id) else { return vec![(id, at)] };
    let was = folded.diagram.position(&id);
    let shifted = |id: NodeId| {
        let from = document.position(&id);
        (id, Point::new(from.x + at.x - was.x, from.y + at.y - was.y))
    };
    arrange::members(document, group).into_iter().map(shifted).collect()
}

/// What a moved box joins is what its group joins.
pub(super) fn joins(folded: &Folded, joins: Joins) -> Joins {
    let Joins { nodes, mut groups } = joins;
    let (boxes, nodes): (Vec<_>, Vec<_>) = nodes.into_iter().partition(|(id, _)| folded.groups.contains_key(id));
    groups.extend(boxes.into_iter().filter_map(|(id, target)| Some((folded.groups.get(&id)?.clone(), target))));
    Joins { nodes, groups }
}

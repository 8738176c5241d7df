//! A part of a diagram as a diagram of its own, and how it is added to one under fresh ids.

use std::collections::BTreeMap;

use plimsoll_models::{About, Diagram, EdgeId, Edit, GroupId, NodeId, Note, NoteId, Point, edit, ids};
use serde_json::Value;

use super::canvas::Selection;
use crate::{
    arrange::{self, GRID},
    scene::frames,
};

/// How far a copy stands from what was copied.
const OFFSET: f64 = 2.0 * GRID;

/// The selected nodes, the edges between them, and what belongs to them: lines, notes, whole groups, event types.
pub(super) fn part(diagram: &Diagram, selection: &Selection, note: Option<&NoteId>) -> Diagram {
    let members = selection.members(diagram);
    let gone: Vec<NodeId> = diagram.nodes.keys().filter(|id| !members.contains(*id)).cloned().collect();
    let mut part = edit::apply(diagram, &Edit::Remove { nodes: gone, edges: Vec::new() }).unwrap_or_default();
    part.scenarios.clear();
    part.bookmarks.clear();
    part.groups.retain(|id, _| {
        let inside = arrange::members(diagram, id);
        !inside.is_empty() && inside.is_subset(&members)
    });
    let kept: Vec<GroupId> = part.groups.keys().cloned().collect();
    for group in part.groups.values_mut() {
        if group.parent.as_ref().is_some_and(|parent| !kept.contains(parent)) {
            std::sync::Arc::make_mut(group).parent = None;
        }
    }
    part.notes.retain(|id, kept| kept.about.is_some() || note == Some(id));
    let fields = part.nodes.values().map(|node| &node.fields).chain(part.edges.values().map(|edge| &edge.fields));
    let texts: Vec<String> = fields.flat_map(|fields| fields.values().map(ToString::to_string)).collect();
    part.event_types.retain(|id, _| texts.iter().any(|text| text.contains(id.as_str())));
    part.account = plimsoll_models::Account::default();
    part.name.clear();
    part.description.clear();
    part
}

/// How far the copy of a part stands from it: beside it, or around a center when it comes from elsewhere.
pub(super) fn shift(diagram: &Diagram, part: &Diagram, center: Option<Point>) -> Point {
    // A copied frame would lie on its original.
    let width = frames(part).values().map(|frame| frame.width()).fold(0.0, f64::max);
    let beside = if width > 0.0 { Point::new(arrange::to_grid(width) + OFFSET, 0.0) } else { Point::new(OFFSET, OFFSET) };
    let Some(center) = center else { return beside };
    let from_here = part.nodes.keys().any(|id| diagram.nodes.contains_key(id));
    if from_here || part.layout.is_empty() {
        return beside;
    }
    let count = part.layout.len() as f64;
    let (x, y) = part.layout.values().fold((0.0, 0.0), |(x, y), at| (x + at.x / count, y + at.y / count));
    Point::new(center.x - x, center.y - y)
}

/// The ids of a part's nodes and edges, and what they become.
pub(super) struct Renamed<'a> {
    pub nodes: BTreeMap<&'a NodeId, NodeId>,
    edges: BTreeMap<&'a EdgeId, EdgeId>,
}

/// The edits that add a part under fresh ids, and what they add.
pub(super) fn insertion<'a>(diagram: &Diagram, part: &'a Diagram, shift: Point) -> (Vec<Edit>, Selection, Renamed<'a>) {
    let mut selection = Selection::default();
    let mut names: Vec<String> = diagram.nodes.values().map(|node| node.name.clone()).collect();
    let mut nodes: BTreeMap<&NodeId, NodeId> = BTreeMap::new();
    for id in part.nodes.keys() {
        let fresh = NodeId::new(ids::fresh(stem(id.as_str()), |id| diagram.nodes.contains_key(id) || selection.nodes.contains(id)));
        selection.nodes.insert(fresh.clone());
        nodes.insert(id, fresh);
    }
    let mut edges: BTreeMap<&EdgeId, EdgeId> = BTreeMap::new();
    for id in part.edges.keys() {
        let fresh = EdgeId::new(ids::fresh(stem(id.as_str()), |id| diagram.edges.contains_key(id) || selection.edges.contains(id)));
        selection.edges.insert(fresh.clone());
        edges.insert(id, fresh);
    }
    let missing = part.event_types.iter().filter(|(id, _)| !diagram.event_types.contains_key(*id));
    let mut edits: Vec<Edit> = missing.map(|(id, event_type)| Edit::SetEventType(id.clone(), Some((**event_type).clone()))).collect();
    for (id, node) in &part.nodes {
        let mut node = (**node).clone();
        if !node.name.is_empty() {
            node.name = free_name(stem_name(&node.name), |name| names.iter().any(|taken| taken == name));
            names.push(node.name.clone());
        }
        if let Some(work) = node.fields.get_mut("work") {
            rename_calls(work, &edges);
        }
        let at = part.position(id);
        edits.push(Edit::AddNode { id: nodes[id].clone(), node, at: Point::new(at.x + shift.x, at.y + shift.y) });
    }
    for (id, edge) in &part.edges {
        let mut edge = (**edge).clone();
        let (Some(from), Some(to)) = (nodes.get(&edge.from), nodes.get(&edge.to)) else { continue };
        (edge.from, edge.to) = (from.clone(), to.clone());
        edits.push(Edit::AddEdge { id: edges[id].clone(), edge });
    }
    let renamed = Renamed { nodes, edges };
    let groups = fresh_groups(diagram, part);
    edits.extend(drawn(diagram, part, shift, &renamed, &groups));
    let outer = part.groups.iter().filter(|(_, group)| group.parent.is_none()).map(|(id, _)| groups[id].clone());
    selection.groups = outer.collect();
    // What is in a chosen frame is chosen with it.
    let inside = |id: &NodeId| part.groups.values().any(|group| group.nodes.contains(id));
    for (_, fresh) in renamed.nodes.iter().filter(|(id, _)| inside(id)) {
        selection.nodes.remove(fresh);
    }
    (edits, selection, renamed)
}

/// The edits that add what is drawn of a part: the courses of its edges, pins, groups, notes.
fn drawn(diagram: &Diagram, part: &Diagram, shift: Point, renamed: &Renamed<'_>, groups: &BTreeMap<&GroupId, GroupId>) -> Vec<Edit> {
    let mut edits = Vec::new();
    let moved = |at: Point| Point::new(at.x + shift.x, at.y + shift.y);
    for (id, line) in &part.lines {
        let Some(fresh) = renamed.edges.get(id) else { continue };
        let mut line = (**line).clone();
        for point in &mut line.waypoints {
            *point = moved(*point);
        }
        edits.push(Edit::SetLine(fresh.clone(), Some(line)));
    }
    let pinned: Vec<NodeId> = part.pinned.iter().filter_map(|id| renamed.nodes.get(id).cloned()).collect();
    if !pinned.is_empty() {
        edits.push(Edit::Pin(pinned, true));
    }
    // A group may name its parent only once the parent is there.
    let mut order: Vec<&GroupId> = part.groups.keys().collect();
    order.sort_by_key(|id| part.around(id).count());
    for id in order {
        let mut group = (*part.groups[id]).clone();
        group.nodes = group.nodes.iter().filter_map(|node| renamed.nodes.get(node).cloned()).collect();
        group.parent = group.parent.as_ref().and_then(|parent| groups.get(parent).cloned());
        edits.push(Edit::SetGroup(groups[id].clone(), Some(group)));
    }
    let mut taken: Vec<String> = diagram.notes.keys().map(ToString::to_string).collect();
    for (id, note) in &part.notes {
        let fresh = ids::fresh(stem(id.as_str()), |id| taken.iter().any(|other| other == id));
        taken.push(fresh.clone());
        let about = match &note.about {
            Some(About::Node(node)) => renamed.nodes.get(node).cloned().map(About::Node),
            Some(About::Edge(edge)) => renamed.edges.get(edge).cloned().map(About::Edge),
            None => None,
        };
        let copy = Note { at: moved(note.at), about, ..(**note).clone() };
        edits.push(Edit::SetNote(NoteId::new(fresh), Some(copy)));
    }
    edits
}

/// The ids of a part's groups, and what they become.
fn fresh_groups<'a>(diagram: &Diagram, part: &'a Diagram) -> BTreeMap<&'a GroupId, GroupId> {
    let mut groups: BTreeMap<&GroupId, GroupId> = BTreeMap::new();
    for id in part.groups.keys() {
        let taken = |id: &str| diagram.groups.contains_key(id) || groups.values().any(|other| other.as_str() == id);
        let fresh = ids::fresh(stem(id.as_str()), taken);
        groups.insert(id, GroupId::new(fresh));
    }
    groups
}

/// The edits that lead into the copies what leads into their originals from outside of the part.
pub(super) fn connected(diagram: &Diagram, part: &Diagram, renamed: &Renamed<'_>) -> Vec<Edit> {
    let mut taken: Vec<String> = diagram.edges.keys().chain(renamed.edges.values()).map(ToString::to_string).collect();
    let mut edits = Vec::new();
    for (original, copy) in &renamed.nodes {
        let same = diagram.nodes.get(*original).is_some_and(|node| node.service == part.nodes[*original].service);
        for (id, edge) in diagram.incoming(original).filter(|(_, edge)| same && !part.nodes.contains_key(&edge.from)) {
            let fresh = ids::fresh(stem(id.as_str()), |id| taken.iter().any(|other| other == id));
            taken.push(fresh.clone());
            let mut edge = edge.clone();
            edge.to = copy.clone();
            edits.push(Edit::AddEdge { id: EdgeId::new(fresh), edge });
        }
    }
    edits
}

/// `orders-2` is a copy of `orders`; its copy is `orders-3`, not `orders-2-2`.
fn stem(id: &str) -> &str {
    match id.rsplit_once('-') {
        Some((stem, digits)) if !stem.is_empty() && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => stem,
        _ => id,
    }
}

fn stem_name(name: &str) -> &str {
    match name.rsplit_once(' ') {
        Some((stem, digits)) if !stem.is_empty() && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => stem,
        _ => name,
    }
}

/// Steps of a copied function call along the copied edges.
fn rename_calls(value: &mut Value, edges: &BTreeMap<&EdgeId, EdgeId>) {
    match value {
        Value::Array(list) => {
            list.retain(|step| step.get("call").and_then(Value::as_str).is_none_or(|edge| edges.contains_key(&EdgeId::new(edge))));
            for item in list {
                rename_calls(item, edges);
            }
        }
        Value::Object(map) => {
            if let Some(edge) = map.get("call").and_then(Value::as_str).and_then(|edge| edges.get(&EdgeId::new(edge))) {
                map.insert("call".to_owned(), Value::String(edge.to_string()));
            }
            if let Some(branches) = map.get_mut("parallel") {
                rename_calls(branches, edges);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// `Orders`, then `Orders 2`.
pub(super) fn free_name(base: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(base) {
        return base.to_owned();
    }
    (2..=u32::MAX).map(|n| format!("{base} {n}")).find(|name| !taken(name)).unwrap_or_else(|| base.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_models::{Edge, EdgeKind, Node, formats::native};
    use serde_json::json;

    #[test]
    fn a_copy_brings_its_edges_and_calls_along() {
        let mut diagram = Diagram::default();
        let work = json!([{"call": "a-b"}, {"call": "a-c"}, {"parallel": [{"call": "a-b"}]}]);
        for edit in [
            Edit::AddNode { id: "a".into(), node: Node::new("aws/lambda", "A").with("work", work), at: Point::new(0.0, 0.0) },
            Edit::AddNode { id: "b".into(), node: Node::new("aws/sqs", "B"), at: Point::new(200.0, 0.0) },
            Edit::AddNode { id: "c".into(), node: Node::new("aws/sqs", "C"), at: Point::new(200.0, 100.0) },
            Edit::AddEdge { id: "a-b".into(), edge: Edge::new("a", "b", EdgeKind::Send) },
            Edit::AddEdge { id: "a-c".into(), edge: Edge::new("a", "c", EdgeKind::Send) },
        ] {
            diagram = edit::apply(&diagram, &edit).unwrap();
        }
        let selection = Selection { nodes: ["a".into(), "b".into()].into(), ..Selection::default() };
        let text = native::write(&part(&diagram, &selection, None));
        let copied = native::read(&text).unwrap().diagram;
        let (edits, selection, _) = insertion(&diagram, &copied, Point::new(40.0, 40.0));
        let pasted = edit::apply(&diagram, &Edit::All("Paste".into(), edits)).unwrap();
        assert_eq!(selection.nodes.iter().map(ToString::to_string).collect::<Vec<_>>(), ["a-2", "b-2"]);
        assert_eq!(pasted.nodes["a-2"].name, "A 2");
        let edge = selection.edges.first().unwrap();
        assert_eq!(pasted.edges[edge].to.as_str(), "b-2");
        assert_eq!(pasted.nodes["a-2"].fields["work"], json!([{"call": edge.as_str()}, {"parallel": [{"call": edge.as_str()}]}]));
    }

    #[test]
    fn a_copy_brings_notes_lines_groups_and_event_types_along() {
        let mut diagram = Diagram::default();
        let line = plimsoll_models::Line { waypoints: vec![Point::new(100.0, 50.0)], ..plimsoll_models::Line::default() };
        let group =
            |nodes: &[&str]| plimsoll_models::Group { nodes: nodes.iter().map(|id| NodeId::new(*id)).collect(), ..Default::default() };
        for edit in [
            Edit::SetEventType("OrderPlaced".into(), Some(plimsoll_models::EventType::default())),
            Edit::SetEventType("Other".into(), Some(plimsoll_models::EventType::default())),
            Edit::AddNode { id: "a".into(), node: Node::new("aws/sns", "A").with("emits", "OrderPlaced"), at: Point::new(0.0, 0.0) },
            Edit::AddNode { id: "b".into(), node: Node::new("aws/sqs", "B"), at: Point::new(200.0, 0.0) },
            Edit::AddNode { id: "c".into(), node: Node::new("aws/lambda", "C"), at: Point::new(0.0, 200.0) },
            Edit::AddEdge { id: "a-b".into(), edge: Edge::new("a", "b", EdgeKind::Deliver) },
            Edit::AddEdge { id: "c-a".into(), edge: Edge::new("c", "a", EdgeKind::Send) },
            Edit::SetLine("a-b".into(), Some(line)),
            Edit::SetGroup("both".into(), Some(group(&["a", "b"]))),
            Edit::SetGroup("other".into(), Some(group(&["c"]))),
            Edit::SetNote("n".into(), Some(Note { about: Some(About::Edge("a-b".into())), ..Note::default() })),
            Edit::SetNote("free".into(), Some(Note::default())),
        ] {
            diagram = edit::apply(&diagram, &edit).unwrap();
        }
        let selection = Selection { nodes: ["a".into(), "b".into()].into(), ..Selection::default() };
        let copied = native::read(&native::write(&part(&diagram, &selection, None))).unwrap().diagram;
        assert_eq!(copied.event_types.keys().map(ToString::to_string).collect::<Vec<_>>(), ["OrderPlaced"]);
        let (mut edits, _, renamed) = insertion(&diagram, &copied, Point::new(40.0, 40.0));
        edits.extend(connected(&diagram, &copied, &renamed));
        let pasted = edit::apply(&diagram, &Edit::All("Paste".into(), edits)).unwrap();
        assert_eq!(pasted.lines["a-b-2"].waypoints, [Point::new(140.0, 90.0)]);
        assert_eq!(pasted.groups["both-2"].nodes, ["a-2".into(), "b-2".into()].into());
        assert_eq!((pasted.groups.len(), pasted.notes.len()), (3, 3));
        assert_eq!(pasted.notes["n-2"].about, Some(About::Edge("a-b-2".into())));
        assert_eq!(pasted.edges["c-a-2"].to.as_str(), "a-2", "what led into the original leads into the copy");
        let other =
            edit::apply(&Diagram::default(), &Edit::All("Paste".into(), insertion(&Diagram::default(), &copied, Point::default()).0));
        assert_eq!(other.unwrap().event_types.len(), 1, "another document gets the types");
    }
}

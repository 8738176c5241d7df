//! Every change that a user can make to a diagram, and the only way to make one.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;
use thiserror::Error;

use crate::{
    BookmarkId, Diagram, Edge, EdgeId, EdgeKind, EventType, EventTypeId, Group, GroupId, Node, NodeId, NoteId, Point, Scenario, ScenarioId,
    ServiceId,
    diagram::{About, Bookmark, Fields, GROUP_DEPTH_MAX, Line, Note, WAYPOINTS_MAX},
    ids,
};

/// The intent of a change.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Puts a new node on the drawing.
    AddNode {
        /// Its id.
        id: NodeId,
        /// What it is.
        node: Node,
        /// Where its center stands.
        at: Point,
    },
    /// Connects two nodes.
    AddEdge {
        /// Its id.
        id: EdgeId,
        /// What it is.
        edge: Edge,
    },
    /// Takes away nodes and edges; edges of a removed node go with it.
    Remove {
        /// Nodes.
        nodes: Vec<NodeId>,
        /// Edges.
        edges: Vec<EdgeId>,
    },
    /// Moves nodes. Waypoints between two that move alike move along.
    Move(Vec<(NodeId, Point)>),
    /// Gives a node another name; its id stays.
    RenameNode(NodeId, String),
    /// Gives an edge another label.
    RenameEdge(EdgeId, String),
    /// Gives the diagram another title.
    RenameDiagram(String),
    /// Sets or, with `None`, resets a field.
    SetField {
        /// Whose field.
        target: Target,
        /// Its key.
        key: String,
        /// The value as typed; the catalog's default when absent.
        value: Option<Value>,
    },
    /// Changes what an edge means.
    SetEdgeKind(EdgeId, EdgeKind),
    /// Lets an edge begin or end elsewhere.
    Reconnect(EdgeId, NodeId, NodeId),
    /// Makes a node an instance of another service.
    SetService(NodeId, ServiceId),
    /// Writes a node's note.
    SetNodeNote(NodeId, String),
    /// Adds or replaces an event type; `None` removes it.
    SetEventType(EventTypeId, Option<EventType>),
    /// Adds or replaces a scenario; `None` removes it.
    SetScenario(ScenarioId, Option<Scenario>),
    /// Adds or replaces a group; `None` removes it, and what was in it belongs to the group around it.
    SetGroup(GroupId, Option<Group>),
    /// Shapes the course of an arrow; `None` leaves it to the router.
    SetLine(EdgeId, Option<Line>),
    /// Pins nodes, so that a tidy layout leaves them where they are, or lets them loose.
    Pin(Vec<NodeId>, bool),
    /// Adds or replaces a note on the drawing; `None` removes it.
    SetNote(NoteId, Option<Note>),
    /// Adds or replaces a bookmark; `None` removes it.
    SetBookmark(BookmarkId, Option<Bookmark>),
    /// Changes the region of the account.
    SetRegion(String),
    /// Several changes as one.
    All(String, Vec<Self>),
}

/// Whose field an edit sets.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A node.
    Node(NodeId),
    /// An edge.
    Edge(EdgeId),
    /// A scenario.
    Scenario(ScenarioId),
    /// An event type.
    EventType(EventTypeId),
    /// The applied quotas of the account.
    AccountQuotas,
    /// The use of shared quotas by what is outside of the diagram.
    AccountOutside,
}

/// Why a change cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EditError {
    /// The diagram has no such node.
    #[error("there is no node `{0}`")]
    NoNode(NodeId),
    /// The diagram has no such edge.
    #[error("there is no edge `{0}`")]
    NoEdge(EdgeId),
    /// The diagram has no such scenario.
    #[error("there is no scenario `{0}`")]
    NoScenario(ScenarioId),
    /// The diagram has no such event type.
    #[error("there is no event type `{0}`")]
    NoEventType(EventTypeId),
    /// A group cannot stand within itself, nor too deep.
    #[error("the group `{0}` would stand within itself or more than {GROUP_DEPTH_MAX} deep")]
    Nesting(GroupId),
    /// The id is in use.
    #[error("the id `{0}` is in use")]
    Taken(String),
    /// The id has characters that an id may not have.
    #[error("`{0}` is not a valid id: use letters, digits, `-` and `_`")]
    BadId(String),
}

impl Edit {
    /// What the undo menu says.
    pub fn label(&self) -> String {
        match self {
            Self::AddNode { node, .. } => format!("Add {}", if node.name.is_empty() { node.service.as_str() } else { &node.name }),
            Self::AddEdge { .. } => "Connect".to_owned(),
            Self::Remove { nodes, edges } => match nodes.len() + edges.len() {
                1 => "Delete".to_owned(),
                n => format!("Delete {n} items"),
            },
            Self::Move(moves) if moves.len() == 1 => "Move".to_owned(),
            Self::Move(moves) => format!("Move {} nodes", moves.len()),
            Self::RenameNode(..) | Self::RenameEdge(..) | Self::RenameDiagram(_) => "Rename".to_owned(),
            Self::SetField { key, value: Some(_), .. } => format!("Set {}", key.replace('_', " ")),
            Self::SetField { key, value: None, .. } => format!("Reset {}", key.replace('_', " ")),
            Self::SetEdgeKind(..) => "Change connection".to_owned(),
            Self::Reconnect(..) => "Reconnect".to_owned(),
            Self::SetService(..) => "Change service".to_owned(),
            Self::SetNodeNote(..) => "Edit remark".to_owned(),
            Self::SetEventType(..) => "Edit event type".to_owned(),
            Self::SetScenario(..) => "Edit scenario".to_owned(),
            Self::SetGroup(_, None) => "Ungroup".to_owned(),
            Self::SetGroup(..) => "Edit group".to_owned(),
            Self::SetLine(_, None) => "Reset line".to_owned(),
            Self::SetLine(..) => "Shape line".to_owned(),
            Self::Pin(_, true) => "Pin".to_owned(),
            Self::Pin(_, false) => "Unpin".to_owned(),
            Self::SetNote(_, None) => "Delete note".to_owned(),
            Self::SetNote(..) => "Edit note".to_owned(),
            Self::SetBookmark(_, None) => "Delete bookmark".to_owned(),
            Self::SetBookmark(..) => "Set bookmark".to_owned(),
            Self::SetRegion(_) => "Change region".to_owned(),
            Self::All(label, _) => label.clone(),
        }
    }
}

/// Makes the change, or says why it cannot be made; the given diagram stays as it is.
pub fn apply(diagram: &Diagram, edit: &Edit) -> Result<Diagram, EditError> {
    let mut diagram = diagram.clone();
    change(&mut diagram, edit)?;
    Ok(diagram)
}

fn change(diagram: &mut Diagram, edit: &Edit) -> Result<(), EditError> {
    match edit {
        Edit::AddNode { id, node, at } => {
            free(&diagram.nodes, id, id.as_str())?;
            diagram.nodes.insert(id.clone(), Arc::new(node.clone()));
            diagram.layout.insert(id.clone(), at.rounded());
        }
        Edit::AddEdge { id, edge } => {
            free(&diagram.edges, id, id.as_str())?;
            known_node(diagram, &edge.from)?;
            known_node(diagram, &edge.to)?;
            diagram.edges.insert(id.clone(), Arc::new(edge.clone()));
        }
        Edit::Remove { nodes, edges } => remove(diagram, nodes, edges)?,
        Edit::Move(moves) => move_nodes(diagram, moves)?,
        Edit::RenameNode(id, name) => node_mut(diagram, id)?.name.clone_from(name),
        Edit::RenameEdge(id, name) => edge_mut(diagram, id)?.name.clone_from(name),
        Edit::RenameDiagram(name) => diagram.name.clone_from(name),
        Edit::SetField { target, key, value } => {
            let fields = fields_mut(diagram, target)?;
            match value {
                Some(value) => fields.insert(key.clone(), value.clone()),
                None => fields.remove(key),
            };
        }
        Edit::SetEdgeKind(id, kind) => edge_mut(diagram, id)?.kind = *kind,
        Edit::Reconnect(id, from, to) => {
            known_node(diagram, from)?;
            known_node(diagram, to)?;
            let edge = edge_mut(diagram, id)?;
            edge.from = from.clone();
            edge.to = to.clone();
        }
        Edit::SetService(id, service) => node_mut(diagram, id)?.service = service.clone(),
        Edit::SetNodeNote(id, note) => node_mut(diagram, id)?.note.clone_from(note),
        Edit::SetEventType(id, value) => replace(&mut diagram.event_types, id, id.as_str(), value.as_ref())?,
        Edit::SetScenario(id, value) => replace(&mut diagram.scenarios, id, id.as_str(), value.as_ref())?,
        Edit::SetGroup(id, value) => set_group(diagram, id, value.as_ref())?,
        Edit::SetLine(id, line) => set_line(diagram, id, line.as_ref())?,
        Edit::Pin(nodes, pinned) => {
            for id in nodes {
                known_node(diagram, id)?;
                if *pinned {
                    diagram.pinned.insert(id.clone())
                } else {
                    diagram.pinned.remove(id)
                };
            }
        }
        Edit::SetNote(id, value) => {
            let tidy = value.as_ref().map(|note| Note { at: note.at.rounded(), ..note.clone() });
            if let Some(Note { about: Some(about), .. }) = &tidy {
                match about {
                    About::Node(node) => known_node(diagram, node)?,
                    About::Edge(edge) => known_edge(diagram, edge)?,
                }
            }
            replace(&mut diagram.notes, id, id.as_str(), tidy.as_ref())?;
        }
        Edit::SetBookmark(id, value) => {
            let tidy = value.as_ref().map(|bookmark| Bookmark { center: bookmark.center.rounded(), ..bookmark.clone() });
            replace(&mut diagram.bookmarks, id, id.as_str(), tidy.as_ref())?;
        }
        Edit::SetRegion(region) => diagram.account.region.clone_from(region),
        Edit::All(_, edits) => {
            for edit in edits {
                change(diagram, edit)?;
            }
        }
    }
    Ok(())
}

fn free<K: Ord, V>(map: &BTreeMap<K, V>, id: &K, text: &str) -> Result<(), EditError> {
    if !ids::is_valid(text) {
        Err(EditError::BadId(text.to_owned()))
    } else if map.contains_key(id) {
        Err(EditError::Taken(text.to_owned()))
    } else {
        Ok(())
    }
}

fn replace<K: Ord + Clone, V: Clone>(map: &mut BTreeMap<K, Arc<V>>, id: &K, text: &str, value: Option<&V>) -> Result<(), EditError> {
    match value {
        Some(_) if !ids::is_valid(text) => return Err(EditError::BadId(text.to_owned())),
        Some(value) => map.insert(id.clone(), Arc::new(value.clone())),
        None => map.remove(id),
    };
    Ok(())
}

fn move_nodes(diagram: &mut Diagram, moves: &[(NodeId, Point)]) -> Result<(), EditError> {
    let mut shifts: BTreeMap<&NodeId, Point> = BTreeMap::new();
    for (id, at) in moves {
        known_node(diagram, id)?;
        let (old, new) = (diagram.position(id), at.rounded());
        diagram.layout.insert(id.clone(), new);
        shifts.insert(id, Point::new(new.x - old.x, new.y - old.y).rounded());
    }
    for (id, line) in diagram.lines.iter_mut().filter(|(_, line)| !line.waypoints.is_empty()) {
        let ends = diagram.edges.get(id).and_then(|edge| shifts.get(&edge.from).zip(shifts.get(&edge.to)));
        if let Some((by, other)) = ends
            && by == other
        {
            for point in &mut Arc::make_mut(line).waypoints {
                *point = Point::new(point.x + by.x, point.y + by.y).rounded();
            }
        }
    }
    Ok(())
}

fn set_group(diagram: &mut Diagram, id: &GroupId, value: Option<&Group>) -> Result<(), EditError> {
    let Some(group) = value else {
        let Some(gone) = diagram.groups.remove(id) else { return Ok(()) };
        for other in diagram.groups.values_mut().filter(|other| other.parent.as_ref() == Some(id)) {
            Arc::make_mut(other).parent.clone_from(&gone.parent);
        }
        if let Some(around) = gone.parent.as_ref().and_then(|parent| diagram.groups.get_mut(parent)) {
            Arc::make_mut(around).nodes.extend(gone.nodes.iter().cloned());
        }
        return Ok(());
    };
    for node in &group.nodes {
        known_node(diagram, node)?;
    }
    if let Some(parent) = &group.parent {
        let mut depth = 0;
        for (around, _) in diagram.around(parent) {
            depth += 1;
            if around == id || depth >= GROUP_DEPTH_MAX {
                return Err(EditError::Nesting(id.clone()));
            }
        }
    }
    // A node belongs to one group.
    for (_, members) in diagram.groups.iter_mut().filter(|(other, _)| *other != id) {
        if members.nodes.intersection(&group.nodes).next().is_some() {
            Arc::make_mut(members).nodes.retain(|node| !group.nodes.contains(node));
        }
    }
    replace(&mut diagram.groups, id, id.as_str(), Some(group))
}

fn set_line(diagram: &mut Diagram, id: &EdgeId, line: Option<&Line>) -> Result<(), EditError> {
    known_edge(diagram, id)?;
    match line {
        Some(line) if !line.is_plain() => {
            let mut line = line.clone();
            line.waypoints.truncate(WAYPOINTS_MAX);
            for point in &mut line.waypoints {
                *point = point.rounded();
            }
            if let Some(label) = &mut line.label {
                label.along = if label.along.is_finite() { (label.along.clamp(0.0, 1.0) * 1e3).round() / 1e3 } else { 0.5 };
                label.offset = label.offset.rounded();
            }
            diagram.lines.insert(id.clone(), Arc::new(line));
        }
        Some(_) | None => {
            diagram.lines.remove(id);
        }
    }
    Ok(())
}

fn known_edge(diagram: &Diagram, id: &EdgeId) -> Result<(), EditError> {
    if diagram.edges.contains_key(id) { Ok(()) } else { Err(EditError::NoEdge(id.clone())) }
}

fn known_node(diagram: &Diagram, id: &NodeId) -> Result<(), EditError> {
    if diagram.nodes.contains_key(id) { Ok(()) } else { Err(EditError::NoNode(id.clone())) }
}

fn node_mut<'a>(diagram: &'a mut Diagram, id: &NodeId) -> Result<&'a mut Node, EditError> {
    diagram.nodes.get_mut(id).map(Arc::make_mut).ok_or_else(|| EditError::NoNode(id.clone()))
}

fn edge_mut<'a>(diagram: &'a mut Diagram, id: &EdgeId) -> Result<&'a mut Edge, EditError> {
    diagram.edges.get_mut(id).map(Arc::make_mut).ok_or_else(|| EditError::NoEdge(id.clone()))
}

fn fields_mut<'a>(diagram: &'a mut Diagram, target: &Target) -> Result<&'a mut Fields, EditError> {
    Ok(match target {
        Target::Node(id) => &mut node_mut(diagram, id)?.fields,
        Target::Edge(id) => &mut edge_mut(diagram, id)?.fields,
        Target::Scenario(id) => {
            let scenario = diagram.scenarios.get_mut(id).ok_or_else(|| EditError::NoScenario(id.clone()))?;
            &mut Arc::make_mut(scenario).fields
        }
        Target::EventType(id) => {
            let event_type = diagram.event_types.get_mut(id).ok_or_else(|| EditError::NoEventType(id.clone()))?;
            &mut Arc::make_mut(event_type).fields
        }
        Target::AccountQuotas => &mut diagram.account.quotas,
        Target::AccountOutside => &mut diagram.account.outside,
    })
}

fn remove(diagram: &mut Diagram, nodes: &[NodeId], edges: &[EdgeId]) -> Result<(), EditError> {
    for id in nodes {
        known_node(diagram, id)?;
    }
    for id in edges {
        known_edge(diagram, id)?;
    }
    for id in nodes {
        diagram.nodes.remove(id);
        diagram.layout.remove(id);
        diagram.pinned.remove(id);
        for group in diagram.groups.values_mut().filter(|group| group.nodes.contains(id)) {
            Arc::make_mut(group).nodes.remove(id);
        }
    }
    let gone: Vec<EdgeId> = diagram
        .edges
        .iter()
        .filter(|(id, edge)| edges.contains(id) || nodes.contains(&edge.from) || nodes.contains(&edge.to))
        .map(|(id, _)| id.clone())
        .collect();
    for id in &gone {
        diagram.edges.remove(id);
        diagram.lines.remove(id);
    }
    for note in diagram.notes.values_mut() {
        let lost = match &note.about {
            Some(About::Node(id)) => nodes.contains(id),
            Some(About::Edge(id)) => gone.contains(id),
            None => false,
        };
        if lost {
            Arc::make_mut(note).about = None;
        }
    }
    for node in diagram.nodes.values_mut().filter(|node| node.fields.contains_key("work")) {
        forget_calls(node, &gone);
    }
    Ok(())
}

/// Steps along a removed edge leave the work of a function with it.
fn forget_calls(node: &mut Arc<Node>, gone: &[EdgeId]) {
    let calls_gone = |step: &Value| step.get("call").and_then(Value::as_str).is_some_and(|edge| gone.iter().any(|id| id.as_str() == edge));
    let Some(Value::Array(steps)) = node.fields.get("work") else { return };
    let touched =
        |step: &Value| calls_gone(step) || step.get("parallel").and_then(Value::as_array).is_some_and(|list| list.iter().any(calls_gone));
    if !steps.iter().any(touched) {
        return;
    }
    let Some(Value::Array(steps)) = Arc::make_mut(node).fields.get_mut("work") else { return };
    steps.retain(|step| !calls_gone(step));
    for step in steps.iter_mut() {
        if let Some(Value::Array(list)) = step.get_mut("parallel") {
            list.retain(|step| !calls_gone(step));
        }
    }
    steps.retain(|step| step.get("parallel").and_then(Value::as_array).is_none_or(|list| !list.is_empty()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn two_nodes() -> Diagram {
        let work = json!([{"call": "a-b"}, {"parallel": [{"call": "a-b"}]}, {"compute": "1 s"}]);
        let mut diagram = Diagram::default();
        for edit in [
            Edit::AddNode { id: "a".into(), node: Node::new("aws/lambda", "A").with("work", work), at: Point::new(0.04, 0.0) },
            Edit::AddNode { id: "b".into(), node: Node::new("aws/sqs", "B"), at: Point::new(200.0, 0.0) },
            Edit::AddEdge { id: "a-b".into(), edge: Edge::new("a", "b", EdgeKind::Send) },
        ] {
            diagram = apply(&diagram, &edit).unwrap();
        }
        diagram
    }

    #[test]
    fn removing_a_node_takes_its_edges_and_calls_along() {
        let diagram = apply(&two_nodes(), &Edit::Remove { nodes: vec!["b".into()], edges: vec![] }).unwrap();
        assert!(diagram.edges.is_empty());
        assert_eq!(diagram.nodes["a"].fields["work"], json!([{"compute": "1 s"}]));
        assert_eq!(diagram.layout.len(), 1);
    }

    #[test]
    fn what_is_drawn_of_a_thing_goes_with_it() {
        let note = Note { about: Some(About::Edge("a-b".into())), ..Note::default() };
        let line = Line { style: crate::LineStyle::Straight, ..Line::default() };
        let inner = Group { nodes: ["b".into()].into(), parent: Some("outer".into()), ..Group::default() };
        let mut diagram = two_nodes();
        for edit in [
            Edit::SetLine("a-b".into(), Some(line)),
            Edit::Pin(vec!["b".into()], true),
            Edit::SetNote("n".into(), Some(note)),
            Edit::SetGroup("outer".into(), Some(Group { nodes: ["a".into(), "b".into()].into(), ..Group::default() })),
            Edit::SetGroup("inner".into(), Some(inner)),
        ] {
            diagram = apply(&diagram, &edit).unwrap();
        }
        assert_eq!(diagram.groups["outer"].nodes, ["a".into()].into(), "a node belongs to one group");
        let nested = Group { parent: Some("inner".into()), ..(*diagram.groups["outer"]).clone() };
        let refused = apply(&diagram, &Edit::SetGroup("outer".into(), Some(nested)));
        assert_eq!(refused, Err(EditError::Nesting("outer".into())));
        let freed = apply(&diagram, &Edit::SetGroup("inner".into(), None)).unwrap();
        assert_eq!(freed.groups["outer"].nodes.len(), 2);
        let gone = apply(&diagram, &Edit::Remove { nodes: vec!["b".into()], edges: vec![] }).unwrap();
        assert!(gone.lines.is_empty() && gone.pinned.is_empty() && gone.groups["inner"].nodes.is_empty());
        assert_eq!(gone.notes["n"].about, None);
    }

    #[test]
    fn waypoints_move_along_when_both_ends_move_alike() {
        let line = Line { waypoints: vec![Point::new(100.0, 50.0)], ..Line::default() };
        let shaped = apply(&two_nodes(), &Edit::SetLine("a-b".into(), Some(line))).unwrap();
        let moved = |a: f64, b: f64| {
            let moves = vec![("a".into(), Point::new(a, 10.0)), ("b".into(), Point::new(200.0 + b, 10.0))];
            apply(&shaped, &Edit::Move(moves)).unwrap().lines["a-b"].waypoints[0]
        };
        assert_eq!(moved(30.0, 30.0), Point::new(130.0, 60.0));
        assert_eq!(moved(30.0, 40.0), Point::new(100.0, 50.0), "what moves apart leaves them where they are");
    }

    #[test]
    fn impossible_edits_change_nothing() {
        let diagram = two_nodes();
        for edit in [
            Edit::AddNode { id: "a".into(), node: Node::new("x", ""), at: Point::default() },
            Edit::AddNode { id: "a b".into(), node: Node::new("x", ""), at: Point::default() },
            Edit::AddEdge { id: "e".into(), edge: Edge::new("a", "c", EdgeKind::Send) },
            Edit::Remove { nodes: vec!["a".into(), "zzz".into()], edges: vec![] },
            Edit::All(String::new(), vec![Edit::RenameDiagram("x".into()), Edit::RenameNode("zzz".into(), String::new())]),
        ] {
            assert!(apply(&diagram, &edit).is_err(), "{edit:?}");
        }
    }
}

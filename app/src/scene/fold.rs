//! The diagram as it is drawn: a collapsed group is one box, and the edges that it shares with others are bundled.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use plimsoll_models::{Diagram, Edge, EdgeId, GroupId, Node, NodeId, ServiceId, diagram::GroupKind};
use serde_json::{Value, json};

use super::{
    Rect,
    group::{frames, members},
};

/// The service of the box that stands for a group; no catalog knows it.
const SERVICE: &str = "plimsoll/group";
/// Fields of such a box: what is in it, what events enter first, what it stands for.
const MEMBERS: &str = "members";
const ENTRIES: &str = "entries";
const KIND: &str = "kind";

/// A diagram whose collapsed groups are boxes.
#[derive(Clone, Debug)]
pub struct Folded {
    /// What is drawn.
    pub diagram: Arc<Diagram>,
    /// The group that a box stands for.
    pub groups: BTreeMap<NodeId, GroupId>,
    /// The box that a hidden node is in.
    pub homes: BTreeMap<NodeId, NodeId>,
    /// The edges that a drawn edge stands for, where they are several.
    pub bundles: BTreeMap<EdgeId, Vec<EdgeId>>,
}

impl Folded {
    /// The box that stands for a group.
    pub fn box_of(&self, group: &GroupId) -> Option<NodeId> {
        let id = box_id(group);
        self.groups.contains_key(&id).then_some(id)
    }

    /// What stands for a node: itself, or the box that hides it.
    pub fn home<'a>(&'a self, node: &'a NodeId) -> &'a NodeId {
        self.homes.get(node).unwrap_or(node)
    }
}

/// Whether a service is that of a collapsed group.
pub fn is_folded(service: &ServiceId) -> bool {
    service.as_str() == SERVICE
}

/// What the box of a collapsed group stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct FoldedGroup {
    /// What is in it.
    pub members: BTreeSet<NodeId>,
    /// What events enter first: nodes that others outside feed, and those that nobody feeds.
    pub entries: BTreeSet<NodeId>,
    /// What the group stands for.
    pub kind: GroupKind,
}

impl FoldedGroup {
    /// A group of a diagram.
    pub fn new(diagram: &Diagram, id: &GroupId) -> Self {
        let members: BTreeSet<NodeId> = members(diagram, id).into_iter().filter(|node| diagram.nodes.contains_key(node)).collect();
        let (mut fed, mut entries) = (BTreeSet::new(), BTreeSet::new());
        for edge in diagram.edges.values().filter(|edge| members.contains(&edge.to)) {
            fed.insert(&edge.to);
            if !members.contains(&edge.from) {
                entries.insert(edge.to.clone());
            }
        }
        entries.extend(members.iter().filter(|node| !fed.contains(node)).cloned());
        let kind = diagram.groups.get(id).map(|group| group.kind).unwrap_or_default();
        Self { members, entries, kind }
    }

    /// The group of a box; `None` for every other node.
    pub fn of(node: &Node) -> Option<Self> {
        if !is_folded(&node.service) {
            return None;
        }
        let ids = |key: &str| -> BTreeSet<NodeId> {
            let list = node.fields.get(key).and_then(Value::as_array);
            list.into_iter().flatten().filter_map(Value::as_str).map(NodeId::new).collect()
        };
        let kind = node.fields.get(KIND).and_then(|kind| serde_json::from_value(kind.clone()).ok()).unwrap_or_default();
        Some(Self { members: ids(MEMBERS), entries: ids(ENTRIES), kind })
    }
}

/// Folds collapsed groups; the same diagram when there are none.
pub fn fold(diagram: &Arc<Diagram>) -> Folded {
    let (groups, homes) = (BTreeMap::new(), BTreeMap::new());
    let mut folded = Folded { diagram: Arc::clone(diagram), groups, homes, bundles: BTreeMap::new() };
    let outermost = |id: &GroupId| diagram.around(id).filter(|(_, group)| group.collapsed).last().map(|(id, _)| id.clone());
    let hidden: BTreeMap<GroupId, GroupId> = diagram.groups.keys().filter_map(|id| Some((id.clone(), outermost(id)?))).collect();
    if hidden.is_empty() {
        return folded;
    }
    for (id, home) in &hidden {
        let nodes = diagram.groups[id].nodes.iter().filter(|node| diagram.nodes.contains_key(*node));
        folded.homes.extend(nodes.map(|node| (node.clone(), box_id(home))));
    }
    let mut drawn = (**diagram).clone();
    drawn.groups.retain(|id, _| !hidden.contains_key(id));
    drawn.nodes.retain(|id, _| !folded.homes.contains_key(id));
    let places = frames(diagram);
    let collapsed: BTreeSet<&GroupId> = hidden.values().collect();
    for id in collapsed {
        let Some(rect) = places.get(id) else { continue };
        add_box(diagram, &mut drawn, &mut folded, id, *rect);
    }
    bundle(diagram, &mut drawn, &mut folded);
    folded.diagram = Arc::new(drawn);
    folded
}

/// No id of a document has a colon.
fn box_id(group: &GroupId) -> NodeId {
    NodeId::new(format!("group:{group}"))
}

fn add_box(diagram: &Diagram, drawn: &mut Diagram, folded: &mut Folded, id: &GroupId, frame: Rect) {
    let (group, box_id) = (&diagram.groups[id], box_id(id));
    let FoldedGroup { members, entries, kind } = FoldedGroup::new(diagram, id);
    let name = if group.name.is_empty() { "Group" } else { &group.name };
    let node = Node::new(SERVICE, name).with(MEMBERS, json!(members)).with(ENTRIES, json!(entries)).with(KIND, json!(kind));
    if members.iter().all(|id| diagram.pinned.contains(id)) {
        drawn.pinned.insert(box_id.clone());
    }
    drawn.nodes.insert(box_id.clone(), Arc::new(node));
    // The box stands in the middle of where the frame stood.
    drawn.layout.insert(box_id.clone(), frame.center().rounded());
    if let Some(parent) = group.parent.as_ref().and_then(|parent| drawn.groups.get_mut(parent)) {
        Arc::make_mut(parent).nodes.insert(box_id.clone());
    }
    folded.groups.insert(box_id, id.clone());
}

/// Edges inside of a box are not drawn; edges of the same kind between the same two are drawn once.
fn bundle(diagram: &Diagram, drawn: &mut Diagram, folded: &mut Folded) {
    let mut seen: BTreeMap<(NodeId, NodeId, &str), EdgeId> = BTreeMap::new();
    for (id, edge) in &diagram.edges {
        let (from, to) = (folded.home(&edge.from).clone(), folded.home(&edge.to).clone());
        if from == edge.from && to == edge.to {
            continue;
        }
        drawn.edges.remove(id);
        drawn.lines.remove(id);
        if from == to {
            continue;
        }
        let first = seen.entry((from.clone(), to.clone(), edge.kind.as_str())).or_insert_with(|| id.clone());
        folded.bundles.entry(first.clone()).or_default().push(id.clone());
        if *first == *id {
            drawn.edges.insert(id.clone(), Arc::new(Edge { from, to, ..(**edge).clone() }));
        }
    }
    folded.bundles.retain(|_, edges| edges.len() > 1);
    for (first, edges) in &folded.bundles {
        let same = edges.iter().all(|id| diagram.edges[id].name == diagram.edges[first].name);
        let name = if same { diagram.edges[first].name.as_str() } else { "" };
        if let Some(edge) = drawn.edges.get_mut(first) {
            Arc::make_mut(edge).name = if name.is_empty() { format!("× {}", edges.len()) } else { format!("{name} × {}", edges.len()) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_models::Point;
    use plimsoll_models::{EdgeKind, Edit, Group, edit::apply};

    fn nested() -> Diagram {
        let mut edits = Vec::new();
        for (i, id) in ["a", "b", "c", "d"].into_iter().enumerate() {
            edits.push(Edit::AddNode { id: id.into(), node: Node::new("aws/lambda", id), at: Point::new(300.0 * i as f64, 0.0) });
        }
        for (id, from, to) in [("1", "a", "b"), ("2", "a", "c"), ("3", "b", "c"), ("4", "c", "d"), ("5", "d", "d")] {
            edits.push(Edit::AddEdge { id: id.into(), edge: Edge::new(from, to, EdgeKind::Request) });
        }
        let inner = Group { nodes: ["c".into()].into(), parent: Some("outer".into()), collapsed: true, ..Group::default() };
        edits.push(Edit::SetGroup("outer".into(), Some(Group { nodes: ["b".into()].into(), ..Group::default() })));
        edits.push(Edit::SetGroup("inner".into(), Some(inner)));
        apply(&Diagram::default(), &Edit::All(String::new(), edits)).unwrap()
    }

    #[test]
    fn the_outermost_collapsed_group_is_the_box() {
        let diagram = Arc::new(nested());
        let inner = fold(&diagram);
        assert_eq!(inner.diagram.nodes.len(), 4);
        assert_eq!(inner.diagram.groups["outer"].nodes.len(), 2, "the box stands in the frame around it");
        assert!(inner.bundles.is_empty());
        let closed = Group { collapsed: true, ..(*diagram.groups["outer"]).clone() };
        let outer = fold(&Arc::new(apply(&diagram, &Edit::SetGroup("outer".into(), Some(closed))).unwrap()));
        let nodes: Vec<&str> = outer.diagram.nodes.keys().map(NodeId::as_str).collect();
        assert_eq!(nodes, ["a", "d", "group:outer"]);
        assert_eq!(outer.bundles["1"], ["1".into(), "2".into()]);
        assert_eq!(outer.diagram.edges["1"].name, "× 2");
        assert!(!outer.diagram.edges.contains_key("3"), "an edge inside of the box is not drawn");
        let group = FoldedGroup::of(&outer.diagram.nodes["group:outer"]).unwrap();
        assert_eq!((group.members.len(), group.entries.len()), (2, 2));
    }

    #[test]
    fn without_a_collapsed_group_nothing_is_copied() {
        let mut diagram = nested();
        diagram.groups.remove("inner");
        let diagram = Arc::new(diagram);
        assert!(Arc::ptr_eq(&fold(&diagram).diagram, &diagram));
    }
}

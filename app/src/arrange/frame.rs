//! Frames: what is in them, and the edits that make, open and close them.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_models::{Diagram, Edit, Group, GroupId, NodeId, Point, ids};

use crate::scene::{frames, members};

/// Boxes and groups that come to stand in other groups, or in none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Joins {
    /// Boxes and the groups that they will be in directly.
    pub nodes: Vec<(NodeId, Option<GroupId>)>,
    /// Groups and the groups around them.
    pub groups: Vec<(GroupId, Option<GroupId>)>,
}

/// Groups that stand in no other of these groups.
pub fn topmost(diagram: &Diagram, groups: &BTreeSet<GroupId>) -> BTreeSet<GroupId> {
    let inner = |id: &GroupId| diagram.around(id).skip(1).any(|(around, _)| groups.contains(around));
    groups.iter().filter(|id| diagram.groups.contains_key(*id) && !inner(id)).cloned().collect()
}

/// The innermost frame at a place.
pub fn frame_at(diagram: &Diagram, at: Point) -> Option<GroupId> {
    let frames = frames(diagram).into_iter().filter(|(_, rect)| rect.contains(at));
    frames.max_by_key(|(id, _)| diagram.around(id).count()).map(|(id, _)| id)
}

/// A new group around boxes and groups, in the group that they share.
pub fn enclose(diagram: &Diagram, nodes: &BTreeSet<NodeId>, groups: &BTreeSet<GroupId>) -> Option<(Edit, GroupId)> {
    let inner = topmost(diagram, groups);
    let inside: BTreeSet<NodeId> = inner.iter().flat_map(|id| members(diagram, id)).collect();
    let loose: BTreeSet<NodeId> = nodes.iter().filter(|id| diagram.nodes.contains_key(*id) && !inside.contains(*id)).cloned().collect();
    if loose.is_empty() && inner.is_empty() {
        return None;
    }
    let parents: BTreeSet<Option<&GroupId>> = loose
        .iter()
        .map(|id| diagram.group_of(id))
        .chain(inner.iter().map(|id| diagram.groups.get(id).and_then(|group| group.parent.as_ref())))
        .collect();
    let parent = if parents.len() == 1 { parents.into_iter().next().flatten().cloned() } else { None };
    let id = GroupId::new(ids::fresh("group", |id| diagram.groups.contains_key(id)));
    let group = Group { name: free_name(diagram), nodes: loose, parent, ..Group::default() };
    let mut edits = vec![Edit::SetGroup(id.clone(), Some(group))];
    for inner in &inner {
        let group = Group { parent: Some(id.clone()), ..(*diagram.groups[inner]).clone() };
        edits.push(Edit::SetGroup(inner.clone(), Some(group)));
    }
    Some((Edit::All("Group".to_owned(), edits), id))
}

fn free_name(diagram: &Diagram) -> String {
    let taken = |name: &str| diagram.groups.values().any(|group| group.name == name);
    (1..u32::MAX).map(|n| format!("Group {n}")).find(|name| !taken(name)).unwrap_or_default()
}

/// Takes frames away; what was in them stays.
pub fn ungroup(groups: &BTreeSet<GroupId>) -> Edit {
    Edit::All("Ungroup".to_owned(), groups.iter().map(|id| Edit::SetGroup(id.clone(), None)).collect())
}

/// Shows groups as one box each, or opens them.
pub fn collapse(diagram: &Diagram, groups: &BTreeSet<GroupId>, collapsed: bool) -> Edit {
    let changed = groups.iter().filter_map(|id| {
        let group = diagram.groups.get(id).filter(|group| group.collapsed != collapsed)?;
        Some(Edit::SetGroup(id.clone(), Some(Group { collapsed, ..(**group).clone() })))
    });
    Edit::All(if collapsed { "Collapse" } else { "Expand" }.to_owned(), changed.collect())
}

/// A move after which boxes and groups stand in other groups. Groups that are left without anything go.
pub fn rejoin(diagram: &Diagram, moves: Edit, joins: &Joins) -> Edit {
    let mut changed: BTreeMap<GroupId, Group> = BTreeMap::new();
    for (node, target) in &joins.nodes {
        if let Some(group) = diagram.group_of(node).and_then(|old| changing(&mut changed, diagram, old)) {
            group.nodes.remove(node);
        }
        if let Some(group) = target.as_ref().and_then(|target| changing(&mut changed, diagram, target)) {
            group.nodes.insert(node.clone());
        }
    }
    for (id, parent) in &joins.groups {
        if let Some(group) = changing(&mut changed, diagram, id) {
            group.parent.clone_from(parent);
        }
    }
    if changed.is_empty() {
        return moves;
    }
    let parent_of = |id: &GroupId| changed.get(id).or(diagram.groups.get(id).map(|group| &**group)).and_then(|group| group.parent.clone());
    let parents: BTreeSet<GroupId> = diagram.groups.keys().filter_map(parent_of).collect();
    let is_empty = |id: &GroupId, group: &Group| group.nodes.is_empty() && !parents.contains(id);
    let edits = changed.iter().map(|(id, group)| Edit::SetGroup(id.clone(), (!is_empty(id, group)).then(|| group.clone())));
    Edit::All(moves.label(), std::iter::once(moves.clone()).chain(edits).collect())
}

/// A group that is being changed.
fn changing<'a>(changed: &'a mut BTreeMap<GroupId, Group>, diagram: &Diagram, id: &GroupId) -> Option<&'a mut Group> {
    let group = diagram.groups.get(id)?;
    Some(changed.entry(id.clone()).or_insert_with(|| (**group).clone()))
}

/// Takes boxes and arrows away, groups with all that is in them, and frames that are left without anything.
pub fn remove(diagram: &Diagram, nodes: &BTreeSet<NodeId>, edges: Vec<plimsoll_models::EdgeId>, groups: &BTreeSet<GroupId>) -> Edit {
    let mut gone = nodes.clone();
    gone.extend(groups.iter().flat_map(|id| members(diagram, id)));
    let empty = |id: &GroupId| {
        let members = members(diagram, id);
        !members.is_empty() && members.is_subset(&gone)
    };
    let frames: Vec<Edit> = diagram
        .groups
        .keys()
        .filter(|id| empty(id) || diagram.around(id).any(|(around, _)| groups.contains(around)))
        .map(|id| Edit::SetGroup(id.clone(), None))
        .collect();
    let remove = Edit::Remove { nodes: gone.into_iter().collect(), edges };
    if frames.is_empty() {
        return remove;
    }
    Edit::All(remove.label(), std::iter::once(remove).chain(frames).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_models::{Node, edit::apply};

    fn three() -> Diagram {
        let mut diagram = Diagram::default();
        for (i, id) in ["a", "b", "c"].into_iter().enumerate() {
            let at = Point::new(300.0 * i as f64, 0.0);
            diagram = apply(&diagram, &Edit::AddNode { id: id.into(), node: Node::new("aws/sqs", id), at }).unwrap();
        }
        diagram
    }

    #[test]
    fn groups_nest_and_open_again() {
        let diagram = three();
        let (edit, inner) = enclose(&diagram, &["a".into(), "b".into()].into(), &BTreeSet::new()).unwrap();
        let diagram = apply(&diagram, &edit).unwrap();
        let (edit, outer) = enclose(&diagram, &["c".into()].into(), &[inner.clone()].into()).unwrap();
        let diagram = apply(&diagram, &edit).unwrap();
        assert_eq!(diagram.groups[&inner].parent.as_ref(), Some(&outer));
        assert_eq!(members(&diagram, &outer).len(), 3);
        let frames = frames(&diagram);
        assert!(frames[&outer].contains_rect(frames[&inner]));
        assert_eq!(frame_at(&diagram, diagram.position(&"a".into())), Some(inner.clone()));
        assert_eq!(frame_at(&diagram, diagram.position(&"c".into())), Some(outer.clone()));
        let open = apply(&diagram, &ungroup(&[outer].into())).unwrap();
        assert_eq!(open.groups[&inner].parent, None);
    }

    #[test]
    fn a_frame_goes_with_its_last_box() {
        let diagram = three();
        let (edit, _) = enclose(&diagram, &["a".into()].into(), &BTreeSet::new()).unwrap();
        let diagram = apply(&diagram, &edit).unwrap();
        let gone = apply(&diagram, &remove(&diagram, &["a".into()].into(), Vec::new(), &BTreeSet::new())).unwrap();
        assert!(gone.groups.is_empty());
        let gone = apply(&diagram, &remove(&diagram, &BTreeSet::new(), Vec::new(), &["group".into()].into())).unwrap();
        assert_eq!((gone.nodes.len(), gone.groups.len()), (2, 0));
    }
}

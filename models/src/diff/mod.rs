//! What is different between two diagrams, in terms of what they say rather than of their text.

mod facts;
mod sentence;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::Value;

use crate::{BookmarkId, Diagram, EdgeId, EventTypeId, GroupId, NodeId, NoteId, ScenarioId};
use facts::{Facts, Sides};
pub use sentence::summary;

/// What a difference is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// Title and description of the diagram.
    Diagram,
    /// Region and quotas.
    Account,
    /// A box.
    Node(NodeId),
    /// An arrow.
    Edge(EdgeId),
    /// A kind of event.
    EventType(EventTypeId),
    /// A scenario.
    Scenario(ScenarioId),
    /// A frame around boxes.
    Group(GroupId),
    /// A remark on the drawing.
    Note(NoteId),
    /// A view to come back to.
    Bookmark(BookmarkId),
}

/// What has happened to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Only the new diagram has it.
    Added,
    /// Only the old diagram has it.
    Removed,
    /// It says something else.
    Changed,
    /// It says the same and looks otherwise: its place, its course, its pin.
    Moved,
}

impl Kind {
    /// The word for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Moved => "moved",
        }
    }
}

/// A value that is not the same on both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct Detail {
    /// Which value, such as `visibility_timeout` or `load.clients`.
    pub key: String,
    /// The old value; absent where the default counted.
    pub old: Option<Value>,
    /// The new value; absent where the default counts.
    pub new: Option<Value>,
}

/// One thing that is not the same on both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// What it is about.
    pub subject: Subject,
    /// What has happened to it.
    pub kind: Kind,
    /// What people call it: a name, or the two ends of an arrow.
    pub title: String,
    /// What it is, such as the service of a box; empty where the subject says it all.
    pub what: String,
    /// What it says, value by value; nothing for what was added or removed.
    pub details: Vec<Detail>,
}

/// Every difference: first what there is, then what happens to it, then what is only on the drawing.
pub fn diff(old: &Diagram, new: &Diagram) -> Vec<Difference> {
    let mut found = Vec::new();
    let sides = Sides { old, new };
    let diagram = |diagram: &Diagram| Some((facts::of_diagram(diagram), Facts::new()));
    push(&mut found, &sides, Subject::Diagram, (diagram(old), diagram(new)));
    if old.account != new.account {
        let account = |diagram: &Diagram| Some((facts::of_account(&diagram.account), Facts::new()));
        push(&mut found, &sides, Subject::Account, (account(old), account(new)));
    }
    let (moved, pinned) = (changed(&old.layout, &new.layout), old.pinned.symmetric_difference(&new.pinned).collect::<BTreeSet<_>>());
    for (id, a, b) in both(&old.nodes, &new.nodes) {
        let same_looks = !moved.contains(id) && !pinned.contains(id);
        if !same(a, b) || !same_looks {
            let facts = (a.map(|node| facts::of_node(old, id, node)), b.map(|node| facts::of_node(new, id, node)));
            push(&mut found, &sides, Subject::Node(id.clone()), facts);
        }
    }
    let redrawn = changed(&old.lines, &new.lines);
    for (id, a, b) in both(&old.edges, &new.edges) {
        if !same(a, b) || redrawn.contains(id) {
            let facts = (a.map(|edge| facts::of_edge(old, id, edge)), b.map(|edge| facts::of_edge(new, id, edge)));
            push(&mut found, &sides, Subject::Edge(id.clone()), facts);
        }
    }
    for (id, a, b) in both(&old.event_types, &new.event_types).filter(|(_, a, b)| !same(*a, *b)) {
        let facts = |it: &Arc<crate::EventType>| (it.fields.clone(), Facts::new());
        push(&mut found, &sides, Subject::EventType(id.clone()), (a.map(facts), b.map(facts)));
    }
    for (id, a, b) in both(&old.scenarios, &new.scenarios).filter(|(_, a, b)| !same(*a, *b)) {
        let facts = |it: &Arc<crate::Scenario>| (it.fields.clone(), Facts::new());
        push(&mut found, &sides, Subject::Scenario(id.clone()), (a.map(facts), b.map(facts)));
    }
    for (id, a, b) in both(&old.groups, &new.groups).filter(|(_, a, b)| !same(*a, *b)) {
        push(&mut found, &sides, Subject::Group(id.clone()), (a.map(|it| facts::of_group(it)), b.map(|it| facts::of_group(it))));
    }
    for (id, a, b) in both(&old.notes, &new.notes).filter(|(_, a, b)| !same(*a, *b)) {
        push(&mut found, &sides, Subject::Note(id.clone()), (a.map(|it| facts::of_note(it)), b.map(|it| facts::of_note(it))));
    }
    for (id, a, b) in both(&old.bookmarks, &new.bookmarks).filter(|(_, a, b)| !same(*a, *b)) {
        push(&mut found, &sides, Subject::Bookmark(id.clone()), (a.map(|it| facts::of_bookmark(it)), b.map(|it| facts::of_bookmark(it))));
    }
    found
}

/// The new diagram together with what only the old one has, each where its diagram draws it: a drawing of both at once.
pub fn union(old: &Diagram, new: &Diagram) -> Diagram {
    let mut both = new.clone();
    for (id, node) in &old.nodes {
        if !both.nodes.contains_key(id) {
            both.nodes.insert(id.clone(), node.clone());
            both.layout.insert(id.clone(), old.position(id));
        }
    }
    for (id, edge) in &old.edges {
        if !both.edges.contains_key(id) {
            both.edges.insert(id.clone(), edge.clone());
            both.lines.extend(old.lines.get(id).map(|line| (id.clone(), line.clone())));
        }
    }
    both
}

/// Every key of either map with what each holds under it.
fn both<'a, K: Ord, V>(old: &'a BTreeMap<K, V>, new: &'a BTreeMap<K, V>) -> impl Iterator<Item = (&'a K, Option<&'a V>, Option<&'a V>)> {
    let mut olds = old.iter().peekable();
    let (mut pairs, mut gone) = (Vec::with_capacity(new.len()), Vec::new());
    for (key, value) in new {
        while let Some((key, value)) = olds.next_if(|(other, _)| *other < key) {
            gone.push((key, Some(value), None));
        }
        let was = olds.next_if(|(other, _)| *other == key).map(|(_, value)| value);
        pairs.push((key, was, Some(value)));
    }
    gone.extend(olds.map(|(key, value)| (key, Some(value), None)));
    pairs.into_iter().chain(gone)
}

/// Keys whose values are not the same.
fn changed<'a, K: Ord, V: PartialEq>(old: &'a BTreeMap<K, V>, new: &'a BTreeMap<K, V>) -> BTreeSet<&'a K> {
    both(old, new).filter(|(_, a, b)| a != b).map(|(key, _, _)| key).collect()
}

/// Whether two states of a thing are the same one or say the same.
fn same<T: PartialEq>(old: Option<&Arc<T>>, new: Option<&Arc<T>>) -> bool {
    match (old, new) {
        (Some(old), Some(new)) => Arc::ptr_eq(old, new) || old == new,
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// What a thing says, and how it looks.
type Both = (Facts, Facts);

fn push(found: &mut Vec<Difference>, sides: &Sides<'_>, subject: Subject, (old, new): (Option<Both>, Option<Both>)) {
    let (kind, details) = match (&old, &new) {
        (None, None) => return,
        (None, Some(_)) => (Kind::Added, Vec::new()),
        (Some(_), None) => (Kind::Removed, Vec::new()),
        (Some((old, old_looks)), Some((new, new_looks))) => {
            let said = facts::details(old, new);
            let looks = facts::details(old_looks, new_looks);
            match (said.is_empty(), looks.is_empty()) {
                (true, true) => return,
                (true, false) => (Kind::Moved, looks),
                (false, _) => (Kind::Changed, said.into_iter().chain(looks).collect()),
            }
        }
    };
    let (title, what) = sides.names(&subject);
    found.push(Difference { subject, kind, title, what, details });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Catalog, Edge, EdgeKind, Edit, Node, Note, Point, Scenario, edit::Target};

    fn base() -> Diagram {
        let mut diagram = Diagram::default();
        for edit in [
            Edit::AddNode { id: "orders".into(), node: Node::new("aws/sqs", "Orders"), at: Point::new(0.0, 0.0) },
            Edit::AddNode { id: "worker".into(), node: Node::new("aws/lambda", "Worker"), at: Point::new(200.0, 0.0) },
            Edit::AddEdge { id: "e".into(), edge: Edge::new("orders", "worker", EdgeKind::Poll) },
            Edit::SetScenario("default".into(), Some(Scenario::default().with("load", serde_json::json!({"web": "10/s"})))),
        ] {
            diagram = crate::edit::apply(&diagram, &edit).unwrap();
        }
        diagram
    }

    fn after(edits: &[Edit]) -> Vec<Difference> {
        let old = base();
        let new = edits.iter().fold(old.clone(), |diagram, edit| crate::edit::apply(&diagram, edit).unwrap());
        diff(&old, &new)
    }

    fn sentences(edits: &[Edit]) -> Vec<String> {
        after(edits).iter().flat_map(|difference| difference.sentences(Catalog::embedded())).collect()
    }

    #[test]
    fn the_same_diagram_has_no_differences() {
        assert_eq!(diff(&base(), &base()), []);
    }

    #[test]
    fn a_field_tells_its_old_and_new_value_and_the_default() {
        let set = |key: &str, value: &str| Edit::SetField {
            target: Target::Node("orders".into()),
            key: key.to_owned(),
            value: Some(value.into()),
        };
        assert_eq!(sentences(&[set("visibility_timeout", "180 s")]), ["Orders: visibility timeout 30 s (default) → 180 s"]);
        let edits = [set("visibility_timeout", "180 s"), Edit::Move(vec![("orders".into(), Point::new(0.0, 40.0))])];
        let found = after(&edits);
        assert_eq!((found.len(), found[0].kind, found[0].details.len()), (1, Kind::Changed, 2));
    }

    #[test]
    fn a_move_alone_is_told_apart() {
        let found = after(&[Edit::Move(vec![("worker".into(), Point::new(0.0, 40.0))])]);
        assert_eq!((found.len(), found[0].kind), (1, Kind::Moved));
        assert_eq!(found[0].sentences(Catalog::embedded()), ["Worker: moved from 200, 0 to 0, 40"]);
    }

    #[test]
    fn what_is_added_and_removed_is_named_for_what_it_is() {
        let edits = [
            Edit::AddNode { id: "dead".into(), node: Node::new("aws/sqs", "Dead"), at: Point::new(0.0, 200.0) },
            Edit::Remove { nodes: vec!["worker".into()], edges: vec![] },
        ];
        assert_eq!(sentences(&edits), ["Dead (SQS queue) added", "Worker (Lambda) removed", "Orders → Worker (poll) removed"]);
    }

    #[test]
    fn nested_values_are_told_by_their_paths() {
        let scenario = Scenario::default().with("load", serde_json::json!({"web": "20/s"}));
        assert_eq!(sentences(&[Edit::SetScenario("default".into(), Some(scenario))]), ["Scenario default: load.web 10/s → 20/s"]);
    }

    #[test]
    fn notes_and_lines_belong_to_the_drawing() {
        let note = Note { text: "Mind the *gap*".to_owned(), ..Note::default() };
        let line = crate::Line { style: crate::LineStyle::Bezier, ..crate::Line::default() };
        let found = after(&[Edit::SetNote("n".into(), Some(note)), Edit::SetLine("e".into(), Some(line))]);
        let kinds: Vec<_> = found.iter().map(|difference| (difference.subject.clone(), difference.kind)).collect();
        assert_eq!(kinds, [(Subject::Edge("e".into()), Kind::Moved), (Subject::Note("n".into()), Kind::Added)]);
    }

    #[test]
    fn the_union_draws_what_was_removed_too() {
        let old = base();
        let new = crate::edit::apply(&old, &Edit::Remove { nodes: vec!["worker".into()], edges: vec![] }).unwrap();
        let both = union(&old, &new);
        assert_eq!((both.nodes.len(), both.edges.len()), (2, 1));
        assert_eq!(both.position(&"worker".into()), Point::new(200.0, 0.0));
        assert!(Arc::ptr_eq(&both.nodes["orders"], &new.nodes["orders"]), "parts are shared");
    }
}

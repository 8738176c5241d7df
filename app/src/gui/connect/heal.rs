//! Deletion that joins what was before with what came after.

use std::collections::BTreeSet;

use plimsoll_models::{Catalog, Diagram, EdgeId, EdgeKind, Edit, NodeId, edit};

use super::{join, rules};
use crate::{
    arrange,
    gui::{canvas::Selection, words::connect as words},
};

/// A deletion, and how well the flow around it was healed.
#[derive(Clone, Debug, PartialEq)]
pub struct Healed {
    /// The change.
    pub edit: Edit,
    /// How many connections take the place of the old ones.
    pub joined: usize,
    /// How many pairs of a predecessor and a successor cannot be connected.
    pub apart: usize,
}

/// Deletes boxes and arrows, and connects the predecessors of the boxes with their successors where that is possible.
///
/// A predecessor's arrow goes on to its first successor under its old id, so that calls in a function's work still mean it.
pub fn delete_and_heal(diagram: &Diagram, catalog: &Catalog, selection: &Selection) -> Healed {
    let (nodes, edges) = (&selection.members(diagram), &selection.edges);
    let mut edits = Vec::new();
    let mut healed = diagram.clone();
    let (mut joined, mut apart) = (0, 0);
    let flows = |id: &EdgeId, kind: EdgeKind| kind != EdgeKind::DeadLetter && !edges.contains(id);
    for (id, edge) in diagram.edges.iter().filter(|(id, edge)| flows(id, edge.kind)) {
        if nodes.contains(&edge.from) || !nodes.contains(&edge.to) {
            continue;
        }
        let mut free = true;
        for to in after(diagram, &edge.to, nodes, edges) {
            let known = healed.edges.values().any(|other| other.from == edge.from && other.to == to && other.kind != EdgeKind::DeadLetter);
            if known {
                continue;
            }
            let edit = match rules::verdict(diagram, catalog, &edge.from, &to, Some(edge.kind)) {
                Ok(EdgeKind::DeadLetter) | Err(_) => None,
                Ok(_) if free => join::retarget(&healed, catalog, id, join::End::Target, &to).ok(),
                Ok(kind) => Some(join::connect(&healed, &edge.from, &to, kind).0),
            };
            match edit.and_then(|edit| edit::apply(&healed, &edit).ok().map(|after| (edit, after))) {
                Some((edit, after)) => {
                    (healed, free) = (after, false);
                    joined += 1;
                    edits.push(edit);
                }
                None => apart += 1,
            }
        }
    }
    edits.push(arrange::remove(diagram, &selection.nodes, edges.iter().cloned().collect(), &selection.groups));
    Healed { edit: Edit::All(words::DELETE_AND_HEAL.to_owned(), edits), joined, apart }
}

/// Boxes that stay and are reached from one that goes, through boxes that go.
fn after(diagram: &Diagram, from: &NodeId, nodes: &BTreeSet<NodeId>, edges: &BTreeSet<EdgeId>) -> BTreeSet<NodeId> {
    let (mut seen, mut open) = (BTreeSet::from([from.clone()]), vec![from.clone()]);
    let mut found = BTreeSet::new();
    while let Some(node) = open.pop() {
        for (id, edge) in diagram.outgoing(&node) {
            if edge.kind == EdgeKind::DeadLetter || edges.contains(id) {
                continue;
            }
            if !nodes.contains(&edge.to) {
                found.insert(edge.to.clone());
            } else if seen.insert(edge.to.clone()) {
                open.push(edge.to.clone());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_models::{Edge, Node, Point};

    /// a sends to a queue, which b polls; b requests c and d.
    fn line() -> Diagram {
        let node = |id: &str, service: &str| Edit::AddNode { id: id.into(), node: Node::new(service, id), at: Point::default() };
        let edge =
            |from: &str, to: &str, kind| Edit::AddEdge { id: format!("{from}-{to}").as_str().into(), edge: Edge::new(from, to, kind) };
        let edits = vec![
            node("a", "aws/lambda"),
            node("q", "aws/sqs"),
            node("b", "aws/lambda"),
            node("c", "aws/dynamodb"),
            node("d", "aws/lambda"),
            edge("a", "q", EdgeKind::Send),
            edge("q", "b", EdgeKind::Poll),
            edge("b", "c", EdgeKind::Request),
            edge("b", "d", EdgeKind::Request),
        ];
        edit::apply(&Diagram::default(), &Edit::All(String::new(), edits)).unwrap()
    }

    fn without(ids: &[&str]) -> (Diagram, Healed) {
        let diagram = line();
        let selection = Selection { nodes: ids.iter().map(|id| NodeId::from(*id)).collect(), ..Selection::default() };
        let healed = delete_and_heal(&diagram, Catalog::embedded(), &selection);
        (edit::apply(&diagram, &healed.edit).unwrap(), healed)
    }

    fn arrows(diagram: &Diagram) -> Vec<String> {
        diagram.edges.iter().map(|(id, edge)| format!("{id}: {} {} {}", edge.from, edge.kind.as_str(), edge.to)).collect()
    }

    #[test]
    fn a_queue_between_two_functions_leaves_a_call() {
        let (diagram, healed) = without(&["q"]);
        assert_eq!((healed.joined, healed.apart), (1, 0));
        assert!(diagram.edges.contains_key("a-q") && diagram.edges["a-q"].to.as_str() == "b", "{:?}", arrows(&diagram));
    }

    #[test]
    fn several_boxes_in_a_row_are_bridged_as_one() {
        let (diagram, healed) = without(&["q", "b"]);
        assert_eq!((healed.joined, healed.apart), (2, 0));
        let targets: BTreeSet<_> = diagram.edges.values().map(|edge| (edge.from.as_str(), edge.to.as_str())).collect();
        assert_eq!(targets, [("a", "c"), ("a", "d")].into());
    }

    #[test]
    fn what_cannot_be_joined_is_counted() {
        let (diagram, healed) = without(&["b"]);
        assert!(healed.apart >= 1 && diagram.nodes.len() == 4, "a queue does not write to a table: {:?}", arrows(&diagram));
    }
}

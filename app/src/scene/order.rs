//! The order in which a reader goes through a drawing: with the flow of events, then from left to right.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_models::{Diagram, NodeId};

/// Every node once: sources before targets, neighbors from left to right. A ring begins at its leftmost node.
pub fn reading_order(diagram: &Diagram) -> Vec<NodeId> {
    let place = |id: &NodeId| {
        let at = diagram.position(id);
        (Total(at.x), Total(at.y), id.clone())
    };
    let mut waits: BTreeMap<&NodeId, usize> = diagram.nodes.keys().map(|id| (id, 0)).collect();
    let mut targets: BTreeMap<&NodeId, Vec<&NodeId>> = BTreeMap::new();
    for edge in diagram.edges.values().filter(|edge| edge.from != edge.to) {
        if let Some(count) = waits.get_mut(&edge.to).filter(|_| diagram.nodes.contains_key(&edge.from)) {
            *count += 1;
            targets.entry(&edge.from).or_default().push(&edge.to);
        }
    }
    let mut left: BTreeSet<(Total, Total, NodeId)> = diagram.nodes.keys().map(place).collect();
    let mut ready: BTreeSet<(Total, Total, NodeId)> = waits.iter().filter(|(_, count)| **count == 0).map(|(id, _)| place(id)).collect();
    let mut order = Vec::with_capacity(diagram.nodes.len());
    while let Some(next) = ready.pop_first().or_else(|| left.first().cloned()) {
        if !left.remove(&next) {
            continue;
        }
        for target in targets.remove(&next.2).unwrap_or_default() {
            if let Some(count) = waits.get_mut(target) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    ready.insert(place(target));
                }
            }
        }
        order.push(next.2);
    }
    order
}

/// A coordinate that can be sorted.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Total(f64);

impl Eq for Total {}

impl PartialOrd for Total {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Total {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_models::{Edge, EdgeKind, Node, Point};
    use std::sync::Arc;

    fn drawing(nodes: &[(&str, f64)], edges: &[(&str, &str)]) -> Vec<String> {
        let mut diagram = Diagram::default();
        for (id, x) in nodes {
            diagram.nodes.insert((*id).into(), Arc::new(Node::new("aws/sqs", *id)));
            diagram.layout.insert((*id).into(), Point::new(*x, 0.0));
        }
        for (from, to) in edges {
            diagram.edges.insert(format!("{from}-{to}").as_str().into(), Arc::new(Edge::new(*from, *to, EdgeKind::Send)));
        }
        reading_order(&diagram).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn events_flow_forward_wherever_boxes_stand() {
        assert_eq!(drawing(&[("a", 900.0), ("b", 0.0), ("c", 100.0)], &[("a", "b"), ("b", "c")]), ["a", "b", "c"]);
        assert_eq!(drawing(&[("a", 0.0), ("b", 300.0), ("c", 200.0)], &[("a", "b"), ("a", "c")]), ["a", "c", "b"]);
    }

    #[test]
    fn rings_loops_and_lost_ends_leave_nobody_out() {
        assert_eq!(drawing(&[("a", 200.0), ("b", 0.0), ("c", 100.0)], &[("a", "b"), ("b", "c"), ("c", "a")]), ["b", "c", "a"]);
        assert_eq!(drawing(&[("a", 0.0)], &[("a", "a"), ("gone", "a"), ("a", "gone")]), ["a"]);
    }
}

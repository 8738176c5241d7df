//! Steps along arrows, by the arrow keys.

use plimsoll_models::{Diagram, NodeId, Point};

use crate::gui::canvas::Selection;

/// Where an arrow key points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the left.
    Left,
    /// To the right.
    Right,
    /// Up.
    Up,
    /// Down.
    Down,
}

impl Direction {
    /// The unit vector.
    pub fn vector(self) -> Point {
        match self {
            Self::Left => Point::new(-1.0, 0.0),
            Self::Right => Point::new(1.0, 0.0),
            Self::Up => Point::new(0.0, -1.0),
            Self::Down => Point::new(0.0, 1.0),
        }
    }

    /// How far a place lies ahead of another; `None` when it lies more to the side.
    fn ahead(self, from: Point, to: Point) -> Option<f64> {
        let (x, y, out) = (to.x - from.x, to.y - from.y, self.vector());
        let (ahead, aside) = (x * out.x + y * out.y, (x * out.y - y * out.x).abs());
        (ahead > 0.0 && ahead >= aside).then_some(ahead + 2.0 * aside)
    }
}

/// What a step leads to: the connected box that lies there, else along the flow, else a box with the same neighbor.
/// Without a selection the first box.
pub fn step(diagram: &Diagram, selection: &Selection, direction: Direction) -> Option<NodeId> {
    if let (Some(id), None) = (selection.edges.first(), selection.nodes.first()) {
        let edge = diagram.edges.get(id)?;
        let (from, to) = (diagram.position(&edge.from), diagram.position(&edge.to));
        return Some(if direction.ahead(from, to).is_some() { edge.to.clone() } else { edge.from.clone() });
    }
    let Some(here) = selection.nodes.first() else { return diagram.nodes.keys().next().cloned() };
    let at = diagram.position(here);
    let nearest = |nodes: Vec<&NodeId>| {
        let ahead = nodes.into_iter().filter(|id| *id != here).filter_map(|id| Some((direction.ahead(at, diagram.position(id))?, id)));
        ahead.min_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, id)| id.clone())
    };
    let after: Vec<&NodeId> = diagram.outgoing(here).map(|(_, edge)| &edge.to).collect();
    let before: Vec<&NodeId> = diagram.incoming(here).map(|(_, edge)| &edge.from).collect();
    nearest(after.iter().chain(&before).copied().collect()).or_else(|| match direction {
        Direction::Right => after.first().map(|id| (*id).clone()),
        Direction::Left => before.first().map(|id| (*id).clone()),
        Direction::Up | Direction::Down => {
            let beside_after = after.iter().flat_map(|id| diagram.incoming(id)).map(|(_, edge)| &edge.from);
            let beside_before = before.iter().flat_map(|id| diagram.outgoing(id)).map(|(_, edge)| &edge.to);
            nearest(beside_after.chain(beside_before).collect())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_models::{Edge, EdgeKind, Edit, Node, edit::apply};

    #[test]
    fn arrow_keys_follow_arrows_and_siblings() {
        let node = |id: &str, x: f64, y: f64| Edit::AddNode { id: id.into(), node: Node::new("aws/lambda", id), at: Point::new(x, y) };
        let edge = |from: &str, to: &str| Edit::AddEdge {
            id: format!("{from}-{to}").as_str().into(),
            edge: Edge::new(from, to, EdgeKind::Request),
        };
        let edits = vec![node("a", 0.0, 0.0), node("b", 240.0, -120.0), node("c", 240.0, 120.0), edge("a", "b"), edge("a", "c")];
        let diagram = apply(&Diagram::default(), &Edit::All(String::new(), edits)).unwrap();
        let go = |from: &str, direction| step(&diagram, &Selection::node(from.into()), direction);
        assert_eq!(go("b", Direction::Down), Some("c".into()), "a sibling");
        assert_eq!(go("c", Direction::Left), Some("a".into()));
        assert_eq!(go("a", Direction::Right), Some("b".into()));
        assert_eq!(go("a", Direction::Left), None);
        assert_eq!(step(&diagram, &Selection::default(), Direction::Up), Some("a".into()));
        assert_eq!(step(&diagram, &Selection::edge("a-c".into()), Direction::Left), Some("a".into()));
    }
}

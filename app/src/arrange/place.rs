//! Places for boxes that have none, as in a file that was written by hand.

use std::collections::BTreeSet;

use plimsoll_models::{Diagram, Edit, NodeId, Point, edit::apply};

use super::{Direction, GRID, tidy};
use crate::scene::{NODE_HEIGHT, NODE_WIDTH};

/// Most boxes that are laid out by their connections; more stand in rows.
const TIDY_MAX: usize = 2_000;

/// The diagram with a place for every box. Those that have one stay there.
pub fn placed(diagram: Diagram) -> Diagram {
    let lost: BTreeSet<NodeId> = diagram.nodes.keys().filter(|id| !diagram.layout.contains_key(*id)).cloned().collect();
    if lost.is_empty() {
        return diagram;
    }
    let moves = if lost.len() > TIDY_MAX { rows(&diagram, lost) } else { tidy(&diagram, &lost, Direction::Right) };
    apply(&diagram, &Edit::Move(moves)).unwrap_or(diagram)
}

/// Rows below everything that has a place.
fn rows(diagram: &Diagram, lost: BTreeSet<NodeId>) -> Vec<(NodeId, Point)> {
    let columns = (lost.len() as f64).sqrt().ceil() as usize;
    let top = diagram.layout.values().map(|at| at.y).reduce(f64::max).map_or(0.0, |lowest| lowest + 2.0 * NODE_HEIGHT);
    let (across, down) = (NODE_WIDTH + 3.0 * GRID, NODE_HEIGHT + 3.0 * GRID);
    let place = |n: usize| Point::new((n % columns) as f64 * across, top + (n / columns) as f64 * down).rounded();
    lost.into_iter().enumerate().map(|(n, id)| (id, place(n))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::node_rect;
    use plimsoll_models::formats::native;

    fn read(count: usize, layout: &str) -> Diagram {
        let nodes: Vec<String> = (0..count).map(|n| format!(r#""n{n}": {{"service": "aws/sqs"}}"#)).collect();
        let text = format!(r#"{{"plimsoll": 1, "nodes": {{{}}}, "layout": {layout}}}"#, nodes.join(","));
        native::read(&text).unwrap().diagram
    }

    fn overlap(diagram: &Diagram) -> bool {
        let rects: Vec<_> = diagram.nodes.keys().map(|id| node_rect(diagram.position(id))).collect();
        rects.iter().enumerate().any(|(i, a)| rects[i + 1..].iter().any(|b| a.intersects(*b)))
    }

    #[test]
    fn boxes_without_a_place_do_not_lie_on_others() {
        let diagram = read(5, r#"{"n1": [0, 0], "n3": [300, 0]}"#);
        assert!(overlap(&diagram));
        let placed = placed(diagram);
        assert!(!overlap(&placed));
        assert_eq!((placed.position(&"n1".into()), placed.position(&"n3".into())), (Point::new(0.0, 0.0), Point::new(300.0, 0.0)));
    }

    #[test]
    fn a_crowd_stands_in_rows() {
        let diagram = placed(read(TIDY_MAX + 2, r#"{"n1": [0, 0]}"#));
        assert_eq!(diagram.layout.len(), TIDY_MAX + 2);
        assert!(!overlap(&diagram));
    }
}

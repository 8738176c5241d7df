//! Blocks on one line, with equal gaps, or one after the other.

use plimsoll_models::{Diagram, Point};

use super::{Block, Moves, to_grid};

/// Gap between stacked blocks, in units of the drawing.
const STACK_GAP: f64 = 48.0;

/// The line that blocks are put on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alignment {
    /// Left edges.
    Left,
    /// Middles, on a vertical line.
    Center,
    /// Right edges.
    Right,
    /// Upper edges.
    Top,
    /// Middles, on a horizontal line.
    Middle,
    /// Lower edges.
    Bottom,
}

/// A direction of the drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// From left to right.
    Horizontal,
    /// From top to bottom.
    Vertical,
}

impl Axis {
    /// The beginning and the end of a block along the axis.
    fn span(self, block: &Block) -> (f64, f64) {
        match self {
            Self::Horizontal => (block.rect.min.x, block.rect.max.x),
            Self::Vertical => (block.rect.min.y, block.rect.max.y),
        }
    }

    /// A way along the axis.
    fn along(self, by: f64) -> Point {
        match self {
            Self::Horizontal => Point::new(by, 0.0),
            Self::Vertical => Point::new(0.0, by),
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Horizontal => Self::Vertical,
            Self::Vertical => Self::Horizontal,
        }
    }
}

/// Puts blocks on the outermost line of them all, or on the middle of what they cover.
pub fn align(diagram: &Diagram, blocks: &[Block], how: Alignment) -> Moves {
    let Some(all) = blocks.iter().map(|block| block.rect).reduce(crate::scene::Rect::union) else { return Moves::new() };
    let moved = blocks.iter().flat_map(|block| {
        let (rect, (middle, own)) = (block.rect, (all.center(), block.rect.center()));
        let by = match how {
            Alignment::Left => Point::new(all.min.x - rect.min.x, 0.0),
            Alignment::Center => Point::new(middle.x - own.x, 0.0),
            Alignment::Right => Point::new(all.max.x - rect.max.x, 0.0),
            Alignment::Top => Point::new(0.0, all.min.y - rect.min.y),
            Alignment::Middle => Point::new(0.0, middle.y - own.y),
            Alignment::Bottom => Point::new(0.0, all.max.y - rect.max.y),
        };
        block.moved(diagram, by)
    });
    moved.collect()
}

/// Makes the gaps between blocks equal; the first and the last one stay.
pub fn distribute(diagram: &Diagram, blocks: &[Block], axis: Axis) -> Moves {
    let sorted = sorted(blocks, axis);
    let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else { return Moves::new() };
    let (start, end) = (axis.span(first).0, axis.span(last).1);
    let length = |block: &Block| axis.span(block).1 - axis.span(block).0;
    let covered: f64 = sorted.iter().map(|block| length(block)).sum();
    let gap = (end - start - covered) / (sorted.len().max(2) - 1) as f64;
    let mut at = start;
    let mut moves = Moves::new();
    for block in sorted {
        moves.extend(block.moved(diagram, axis.along(at - axis.span(block).0)));
        at += length(block) + gap;
    }
    moves
}

/// Puts blocks one after the other with their middles on one line; the first one stays.
pub fn stack(diagram: &Diagram, blocks: &[Block], axis: Axis) -> Moves {
    let sorted = sorted(blocks, axis);
    let Some(first) = sorted.first() else { return Moves::new() };
    let cross = |block: &Block| {
        let (low, high) = axis.other().span(block);
        f64::midpoint(low, high)
    };
    let line = cross(first);
    let mut at = axis.span(first).0;
    let mut moves = Moves::new();
    for block in &sorted {
        let (low, high) = axis.span(block);
        let (along, across) = (axis.along(at - low), axis.other().along(line - cross(block)));
        moves.extend(block.moved(diagram, Point::new(along.x + across.x, along.y + across.y)));
        // A step of whole grid lines: boxes of the same size stay on the grid.
        at += to_grid(high - low + STACK_GAP).max(high - low);
    }
    moves
}

fn sorted(blocks: &[Block], axis: Axis) -> Vec<&Block> {
    let mut sorted: Vec<&Block> = blocks.iter().collect();
    sorted.sort_by(|a, b| axis.span(a).0.total_cmp(&axis.span(b).0).then_with(|| a.nodes.cmp(&b.nodes)));
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrange::blocks;
    use plimsoll_models::{Edit, Group, Node, NodeId, edit::apply};
    use std::collections::BTreeSet;

    fn row(xs: &[(f64, f64)]) -> (Diagram, BTreeSet<NodeId>) {
        let mut diagram = Diagram::default();
        for (i, (x, y)) in xs.iter().enumerate() {
            let id = NodeId::new(format!("n{i}"));
            diagram = apply(&diagram, &Edit::AddNode { id, node: Node::new("aws/lambda", ""), at: Point::new(*x, *y) }).unwrap();
        }
        let nodes = diagram.nodes.keys().cloned().collect();
        (diagram, nodes)
    }

    fn after(diagram: &Diagram, moves: Moves) -> Vec<(f64, f64)> {
        let moved = apply(diagram, &Edit::Move(moves)).unwrap();
        moved.nodes.keys().map(|id| moved.position(id).into()).collect()
    }

    #[test]
    fn edges_and_middles_meet() {
        let (diagram, nodes) = row(&[(0.0, 0.0), (300.0, 40.0), (500.0, 100.0)]);
        let blocks = blocks(&diagram, &nodes, &BTreeSet::new());
        assert_eq!(after(&diagram, align(&diagram, &blocks, Alignment::Left)), [(0.0, 0.0), (0.0, 40.0), (0.0, 100.0)]);
        assert_eq!(after(&diagram, align(&diagram, &blocks, Alignment::Bottom)), [(0.0, 100.0), (300.0, 100.0), (500.0, 100.0)]);
        assert_eq!(after(&diagram, align(&diagram, &blocks, Alignment::Middle)), [(0.0, 50.0), (300.0, 50.0), (500.0, 50.0)]);
    }

    #[test]
    fn gaps_become_equal_and_the_ends_stay() {
        let (diagram, nodes) = row(&[(600.0, 0.0), (0.0, 0.0), (210.0, 50.0)]);
        let blocks = blocks(&diagram, &nodes, &BTreeSet::new());
        assert_eq!(after(&diagram, distribute(&diagram, &blocks, Axis::Horizontal)), [(600.0, 0.0), (0.0, 0.0), (300.0, 50.0)]);
        assert_eq!(after(&diagram, stack(&diagram, &blocks, Axis::Horizontal)), [(480.0, 0.0), (0.0, 0.0), (240.0, 0.0)]);
    }

    #[test]
    fn a_frame_moves_as_one() {
        let (diagram, _) = row(&[(0.0, 0.0), (300.0, 0.0), (800.0, 300.0)]);
        let group = Group { nodes: ["n0".into(), "n1".into()].into(), ..Group::default() };
        let diagram = apply(&diagram, &Edit::SetGroup("g".into(), Some(group))).unwrap();
        let blocks = blocks(&diagram, &["n1".into(), "n2".into()].into(), &["g".into()].into());
        assert_eq!(blocks.len(), 2);
        let places = after(&diagram, align(&diagram, &blocks, Alignment::Right));
        assert!((places[1].0 - places[0].0 - 300.0).abs() < 1e-9, "{places:?}");
        assert!(places[1].0 < places[2].0, "the frame's padding stands at the line: {places:?}");
    }
}

//! What moves as one: a box, or a frame with everything in it.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_models::{Diagram, GroupId, NodeId, Point};

use super::{Moves, members, topmost};
use crate::scene::{Rect, frames, node_rect};

/// Boxes that keep their places to each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// The boxes.
    pub nodes: BTreeSet<NodeId>,
    /// The box, or the frame around them.
    pub rect: Rect,
}

impl Block {
    /// The new places when the block moves so far.
    pub(super) fn moved(&self, diagram: &Diagram, by: Point) -> Moves {
        let moved = |id: &NodeId| {
            let at = diagram.position(id);
            (id.clone(), Point::new(at.x + by.x, at.y + by.y))
        };
        self.nodes.iter().map(moved).collect()
    }
}

/// The chosen frames, and the chosen boxes outside of them.
pub fn blocks(diagram: &Diagram, nodes: &BTreeSet<NodeId>, groups: &BTreeSet<GroupId>) -> Vec<Block> {
    let frames = if groups.is_empty() { BTreeMap::default() } else { frames(diagram) };
    let framed = topmost(diagram, groups).into_iter().filter_map(|id| {
        let rect = *frames.get(&id)?;
        Some(Block { nodes: members(diagram, &id), rect })
    });
    let mut blocks: Vec<Block> = framed.collect();
    let inside: BTreeSet<NodeId> = blocks.iter().flat_map(|block| block.nodes.iter().cloned()).collect();
    let single = |id: &NodeId| Block { nodes: [id.clone()].into(), rect: node_rect(diagram.position(id)) };
    blocks.extend(nodes.iter().filter(|id| diagram.nodes.contains_key(*id) && !inside.contains(*id)).map(single));
    blocks
}

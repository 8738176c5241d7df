//! Where boxes stand: pure functions from a diagram to new places, and the edits that make and change frames.

mod across;
mod align;
mod block;
mod frame;
mod layers;
mod order;
mod pack;
mod place;
mod room;
mod tidy;

pub use crate::scene::members;
pub use align::{Alignment, Axis, align, distribute, stack};
pub use block::{Block, blocks};
pub use frame::{Joins, collapse, enclose, frame_at, rejoin, remove, topmost, ungroup};
pub use place::placed;
pub use tidy::{Direction, tidy};

use plimsoll_models::{NodeId, Point};

/// Distance of the lines that boxes snap to, in units of the drawing.
pub const GRID: f64 = 20.0;

/// New places of boxes.
pub type Moves = Vec<(NodeId, Point)>;

/// The nearest multiple of the grid.
pub fn to_grid(value: f64) -> f64 {
    (value / GRID).round() * GRID
}

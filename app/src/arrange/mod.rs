//! Where boxes stand: pure functions from a diagram to new places, and the edits that make and change frames.

mod align;
mod block;
mod frame;

pub use align::{Alignment, Axis, align, distribute, stack};
pub use block::{Block, blocks};
pub use frame::{collapse, enclose, frame_at, members, remove, topmost, ungroup};

use plimsoll_models::{NodeId, Point};

/// Distance of the lines that boxes snap to, in units of the drawing.
pub const GRID: f64 = 20.0;

/// New places of boxes.
pub type Moves = Vec<(NodeId, Point)>;

/// The nearest multiple of the grid.
pub fn to_grid(value: f64) -> f64 {
    (value / GRID).round() * GRID
}

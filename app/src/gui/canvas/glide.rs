//! Boxes that glide to new places, so that the eye can follow.

use std::sync::Arc;

use plimsoll_models::{Diagram, Edit, NodeId, Point, edit};

/// How long it takes, in seconds.
const GLIDE_S: f64 = 0.28;
/// Most boxes that glide; a larger crowd jumps, since every frame on the way is a drawing of its own.
const GLIDE_MAX: usize = 300;

/// Where boxes come from, and since when they are under way.
#[derive(Debug)]
pub(super) struct Glide {
    from: Arc<Diagram>,
    since: f64,
}

impl Glide {
    /// Begins at the places of a diagram.
    pub(super) fn new(from: &Arc<Diagram>, now: f64) -> Self {
        Self { from: Arc::clone(from), since: now }
    }

    /// The diagram with its boxes on their way; `None` when they have arrived.
    pub(super) fn at(&self, now: f64, to: &Diagram) -> Option<Diagram> {
        let share = ((now - self.since) / GLIDE_S).clamp(0.0, 1.0);
        if share >= 1.0 {
            return None;
        }
        // Slow at both ends.
        let share = share * share * (3.0 - 2.0 * share);
        let between = |id: &NodeId| {
            let (a, b) = (*self.from.layout.get(id)?, to.position(id));
            (a != b).then(|| (id.clone(), Point::new(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share)))
        };
        let moves: Vec<_> = to.nodes.keys().filter_map(between).collect();
        if moves.is_empty() || moves.len() > GLIDE_MAX { None } else { edit::apply(to, &Edit::Move(moves)).ok() }
    }
}

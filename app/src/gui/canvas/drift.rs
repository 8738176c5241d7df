//! Boxes that drift to new places, so that the eye can follow.

use std::sync::Arc;

use plimsoll_models::{Diagram, Edit, NodeId, Point, edit};

/// How long it takes, in seconds.
const DRIFT_S: f64 = 0.28;
/// Most boxes that drift; a larger crowd jumps, since every frame on the way is a drawing of its own.
const DRIFT_MAX: usize = 300;

/// Where boxes come from, and since when they are under way.
#[derive(Debug)]
pub(super) struct Drift {
    from: Arc<Diagram>,
    since: f64,
}

impl Drift {
    /// Begins at the places of a diagram.
    pub(super) fn new(from: &Arc<Diagram>, now: f64) -> Self {
        Self { from: Arc::clone(from), since: now }
    }

    /// The diagram with its boxes on their way; `None` when they have arrived.
    pub(super) fn at(&self, now: f64, to: &Diagram) -> Option<Diagram> {
        let share = ((now - self.since) / DRIFT_S).clamp(0.0, 1.0);
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
        if moves.is_empty() || moves.len() > DRIFT_MAX { None } else { edit::apply(to, &Edit::Move(moves)).ok() }
    }
}

//! Where on the drawing the nodes and edges of a live run are.

use std::{collections::BTreeMap, sync::Arc};

use plimsoll_models::{EdgeId, NodeId, Point};
use plimsoll_sim::live::Roster;

use crate::{
    live::Course,
    scene::{CORNER_RADIUS, Link, Rect, Scene, rounded, way},
};

/// Pieces of a rounded corner, as the drawing has them.
const PIECES: u32 = 5;

/// A way with the length of each of its beginnings.
#[derive(Debug)]
pub(super) struct Track {
    /// Corners and ends.
    pub points: Vec<Point>,
    /// How far each point is from the first.
    lengths: Vec<f64>,
    /// Around all points.
    pub bounds: Rect,
}

impl Track {
    fn new(route: &[Point]) -> Option<Self> {
        let points = rounded(route, CORNER_RADIUS, PIECES);
        let bounds = Rect::around(points.iter().copied())?;
        let mut lengths = vec![0.0; points.len()];
        for n in 1..points.len() {
            lengths[n] = lengths[n - 1] + way::distance(points[n - 1], points[n]);
        }
        Some(Self { points, lengths, bounds })
    }

    /// How long it is.
    pub(super) fn length(&self) -> f64 {
        self.lengths.last().copied().unwrap_or_default()
    }

    /// The place at a share of the way.
    pub(super) fn at(&self, share: f64) -> Point {
        let far = share.clamp(0.0, 1.0) * self.length();
        let next = self.lengths.partition_point(|length| *length <= far).clamp(1, self.points.len().max(2) - 1);
        let (Some(a), Some(b)) = (self.points.get(next - 1), self.points.get(next)) else {
            return self.points.first().copied().unwrap_or_default();
        };
        let piece = self.lengths[next] - self.lengths[next - 1];
        way::between(*a, *b, if piece > 0.0 { (far - self.lengths[next - 1]) / piece } else { 0.0 })
    }
}

/// A box of the drawing.
#[derive(Debug)]
pub(super) struct Place {
    /// Where it stands.
    pub body: Rect,
    /// Its limits, as indices: its own, and those of what it polls.
    pub limits: Vec<usize>,
    /// Whether it only holds dead letters.
    pub dead: bool,
}

/// Everything that can be seen, by the indices of the roster.
#[derive(Debug)]
pub(in crate::gui::canvas) struct Places {
    roster: Arc<Roster>,
    /// Boxes; what is hidden in a collapsed group has none.
    pub(super) nodes: Vec<Option<Place>>,
    /// Ways; several edges share one where they are bundled.
    pub(super) edges: Vec<Option<Arc<Track>>>,
}

impl Places {
    pub(super) fn new(roster: &Arc<Roster>, scene: &Scene, bundled: &BTreeMap<EdgeId, EdgeId>, course: &Course) -> Self {
        let mut tracks: BTreeMap<&EdgeId, Option<Arc<Track>>> = BTreeMap::new();
        let edges = roster.edges.iter().map(|id| {
            let drawn = bundled.get(id).unwrap_or(id);
            tracks.entry(drawn).or_insert_with(|| scene.routes.get(drawn).and_then(|route| Track::new(route)).map(Arc::new)).clone()
        });
        let edges = edges.collect();
        let bodies: BTreeMap<&NodeId, Rect> =
            scene.parts.iter().filter_map(|part| if let Link::Node(id) = &part.link { Some((id, part.bounds)) } else { None }).collect();
        let place = |(n, id): (usize, &NodeId)| {
            let own = |n: usize| roster.limits.iter().enumerate().filter(move |(_, name)| name.node == Some(n as u32)).map(|(at, _)| at);
            bodies.get(id).map(|body| Place { body: *body, limits: own(n).collect(), dead: course.holds_dead_letters(n) })
        };
        let nodes = roster.nodes.iter().enumerate().map(place).collect();
        Self { roster: Arc::clone(roster), nodes, edges }
    }

    /// Whether it is about these nodes and edges.
    pub(super) fn is_of(&self, roster: &Arc<Roster>) -> bool {
        Arc::ptr_eq(&self.roster, roster)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_on_a_track_go_from_its_beginning_to_its_end() {
        let track = Track::new(&[Point::new(0.0, 0.0), Point::new(100.0, 0.0), Point::new(100.0, 100.0)]).unwrap();
        assert_eq!(
            (track.at(0.0), track.at(1.0), track.at(7.0)),
            (Point::new(0.0, 0.0), Point::new(100.0, 100.0), Point::new(100.0, 100.0))
        );
        let mut before = -1.0;
        for n in 0..=100 {
            let at = track.at(f64::from(n) / 100.0);
            assert!(at.x + at.y > before && track.bounds.contains(at), "{at:?}");
            before = at.x + at.y;
        }
    }
}

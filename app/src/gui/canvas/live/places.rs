//! Where on the drawing the nodes and edges of a live run are.

use std::{collections::BTreeMap, sync::Arc};

use plimsoll_models::{Diagram, EdgeId, EdgeKind, NodeId, Point};
use plimsoll_sim::live::{Look, NodeLook, Roster};

use super::rates;
use crate::{
    live::{Course, Frame},
    scene::{CORNER_RADIUS, FoldedGroup, Link, Rect, Scene, Spark, rounded, way},
};

/// Pieces of a rounded corner, as the drawing has them.
const PIECES: u32 = 5;

/// A reader is behind from so many seconds' worth of records on: windows of batches take some time.
const BEHIND_S: f64 = 30.0;

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
    pub(super) fn new(route: &[Point]) -> Option<Self> {
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

/// What a box of the drawing stands for, as indices of the roster: a node, or everything in a collapsed group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Inside {
    /// Nodes, each with whether it only holds dead letters.
    pub nodes: Vec<(usize, bool)>,
    /// Those that events enter first.
    pub entries: Vec<usize>,
    /// Whether it is a group.
    pub is_group: bool,
}

impl Inside {
    /// One node.
    pub(super) fn node(n: usize, course: &Course) -> Self {
        Self { nodes: vec![(n, course.holds_dead_letters(n))], entries: vec![n], is_group: false }
    }

    /// The nodes of a group.
    pub(super) fn group(members: impl Iterator<Item = usize>, enters: impl Fn(usize) -> bool, course: &Course) -> Self {
        let nodes: Vec<_> = members.map(|n| (n, course.holds_dead_letters(n))).collect();
        let entries = nodes.iter().map(|(n, _)| *n).filter(|n| enters(*n)).collect();
        Self { nodes, entries, is_group: true }
    }

    /// Whether it only holds dead letters.
    pub(super) fn is_dead(&self) -> bool {
        self.nodes.iter().all(|(_, dead)| *dead)
    }

    /// What it looks like. Of a group, arrivals are what enters it, and dead letters are no backlog; what is at work in its
    /// nodes is of different kinds and has no sum.
    pub(super) fn look(&self, look: &Look) -> NodeLook {
        let mut all = self.nodes.iter().filter_map(|(n, dead)| Some((look.nodes.get(*n)?, *dead)));
        if !self.is_group {
            return all.next().map(|(node, _)| node.clone()).unwrap_or_default();
        }
        let mut sum = NodeLook::default();
        for (node, dead) in all {
            sum.waiting += if dead { 0 } else { node.waiting };
            sum.refused += node.refused;
            sum.failed += node.failed;
        }
        sum.arrivals = self.entries.iter().filter_map(|n| look.nodes.get(*n)).map(|node| node.arrivals).sum();
        sum
    }

    /// What passes it in a second, of late.
    pub(super) fn rates(&self, frame: &Frame) -> Rates {
        let (now, before) = &frame.told;
        let (is, was, passed_s) = (self.look(now), self.look(before), now.at_s - before.at_s);
        let rate = |is: u64, was: u64| if passed_s > 0.0 { is.saturating_sub(was) as f64 / passed_s } else { 0.0 };
        Rates {
            arrivals: rate(is.arrivals, was.arrivals),
            completed: rate(is.completed, was.completed),
            refused: rate(is.refused, was.refused),
        }
    }

    /// Dead letters in it.
    pub(super) fn dead_letters(&self, look: &Look) -> u64 {
        self.nodes.iter().filter(|(_, dead)| *dead).filter_map(|(n, _)| look.nodes.get(*n)).map(|node| node.waiting).sum()
    }

    /// Its run so far at a glance.
    pub(super) fn spark(&self, frame: &Frame) -> Option<Spark> {
        let mut parts = self.nodes.iter().filter_map(|(n, dead)| Some((*n, *dead, frame.course.spark(*n, &frame.look)?)));
        if !self.is_group {
            return parts.next().map(|(_, _, spark)| spark);
        }
        Spark::of_group(parts.filter(|(_, dead, _)| !dead).map(|(n, _, spark)| (spark, self.entries.contains(&n))).collect())
    }
}

/// What passes a box in a second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Rates {
    pub arrivals: f64,
    pub completed: f64,
    pub refused: f64,
}

/// A box of the drawing.
#[derive(Debug)]
pub(super) struct Place {
    /// Its id on the drawing.
    pub id: NodeId,
    /// Where it stands.
    pub body: Rect,
    /// What it stands for.
    pub inside: Inside,
    /// Limits, as indices: its own, and those of what it polls.
    pub limits: Vec<usize>,
    /// What it reads, as indices of an edge and of the node at its other end.
    pub reads: Vec<(usize, usize)>,
}

impl Place {
    /// How many records it is behind what it reads, when that is more than comes in some seconds.
    pub(super) fn behind(&self, frame: &Frame) -> Option<u64> {
        let (now, before) = &frame.told;
        let lag = |(edge, from): &(usize, usize)| {
            let comes = Frame::rate(before, now, |look| look.nodes.get(*from).map(|node| node.arrivals));
            now.edges.get(*edge).map(|edge| edge.lag).filter(|lag| *lag > 0 && *lag as f64 >= comes * BEHIND_S)
        };
        self.reads.iter().filter_map(lag).max()
    }
}

/// An arrow of the drawing.
#[derive(Debug)]
pub(super) struct Arrow {
    /// Its way.
    pub track: Track,
    /// The edges that it stands for, as indices.
    pub edges: Vec<usize>,
    /// Where there is room for a rate; nowhere if it would cover something.
    pub rate: Option<Rect>,
}

/// Everything that can be seen, by the indices of the roster.
#[derive(Debug)]
pub(in crate::gui::canvas) struct Places {
    roster: Arc<Roster>,
    /// Boxes.
    pub(super) boxes: Vec<Place>,
    /// Arrows.
    pub(super) arrows: Vec<Arrow>,
    /// The box of each node.
    homes: Vec<Option<usize>>,
    /// The arrow of each edge; those inside of a collapsed group have none.
    ways: Vec<Option<usize>>,
}

impl Places {
    /// Finds everything on a drawing; `bundled` tells the drawn arrow that an edge is part of.
    pub(super) fn new(frame: &Frame, scene: &Scene, diagram: &Diagram, bundled: &BTreeMap<EdgeId, EdgeId>) -> Self {
        let (roster, course) = (&frame.roster, &frame.course);
        let (arrows, ways) = arrows(roster, scene, bundled);
        let numbers: BTreeMap<&NodeId, usize> = roster.nodes.iter().enumerate().map(|(n, id)| (id, n)).collect();
        let (mut boxes, mut homes) = (Vec::new(), vec![None; roster.nodes.len()]);
        for part in &scene.parts {
            let Link::Node(id) = &part.link else { continue };
            let inside = match (numbers.get(id), diagram.nodes.get(id).and_then(|node| FoldedGroup::of(node))) {
                (Some(n), _) => Inside::node(*n, course),
                (None, Some(group)) => {
                    let members = group.members.iter().filter_map(|id| numbers.get(id).copied());
                    Inside::group(members, |n| group.entries.contains(&roster.nodes[n]), course)
                }
                (None, None) => continue,
            };
            inside.nodes.iter().for_each(|(n, _)| homes[*n] = Some(boxes.len()));
            boxes.push(Place { id: id.clone(), body: part.bounds, inside, limits: Vec::new(), reads: Vec::new() });
        }
        for (at, name) in roster.limits.iter().enumerate() {
            if let Some(home) = name.node.and_then(|n| homes.get(n as usize).copied().flatten()) {
                boxes[home].limits.push(at);
            }
        }
        for (n, id) in roster.edges.iter().enumerate() {
            let Some(edge) = diagram.edges.get(id).filter(|edge| edge.kind == EdgeKind::Poll) else { continue };
            let ends = (numbers.get(&edge.from), numbers.get(&edge.to).and_then(|to| homes[*to]));
            if let (Some(from), Some(home)) = ends {
                boxes[home].reads.push((n, *from));
            }
        }
        Self { roster: Arc::clone(roster), boxes, arrows, homes, ways }
    }

    /// Whether it is about these nodes and edges.
    pub(super) fn is_of(&self, roster: &Arc<Roster>) -> bool {
        Arc::ptr_eq(&self.roster, roster)
    }

    /// The number of the box of a node.
    pub(super) fn home(&self, node: u32) -> Option<usize> {
        self.homes.get(node as usize).copied().flatten()
    }

    /// The number of the arrow of an edge.
    pub(super) fn way(&self, edge: u32) -> Option<usize> {
        self.ways.get(edge as usize).copied().flatten()
    }
}

/// The arrows of the drawing, and which one each edge is part of.
fn arrows(roster: &Roster, scene: &Scene, bundled: &BTreeMap<EdgeId, EdgeId>) -> (Vec<Arrow>, Vec<Option<usize>>) {
    let mut arrows: Vec<Arrow> = Vec::new();
    let mut known: BTreeMap<&EdgeId, usize> = BTreeMap::new();
    let mut ways = Vec::with_capacity(roster.edges.len());
    for (n, id) in roster.edges.iter().enumerate() {
        let drawn = bundled.get(id).unwrap_or(id);
        let number = known.get(drawn).copied().or_else(|| {
            let track = Track::new(scene.routes.get(drawn)?)?;
            arrows.push(Arrow { track, edges: Vec::new(), rate: None });
            known.insert(drawn, arrows.len() - 1);
            Some(arrows.len() - 1)
        });
        if let Some(number) = number {
            arrows[number].edges.push(n);
        }
        ways.push(number);
    }
    rates::place(scene, &known, &mut arrows);
    (arrows, ways)
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

    #[test]
    fn a_group_sums_what_can_be_summed() {
        let node = |waiting, arrivals, refused| NodeLook { waiting, arrivals, refused, busy: 9, ..NodeLook::default() };
        let look = Look { nodes: vec![node(3, 100, 1), node(4, 100, 2), node(5, 7, 0)], ..Look::default() };
        let group = Inside { nodes: vec![(0, false), (1, false), (2, true)], entries: vec![0], is_group: true };
        assert_eq!(group.look(&look), NodeLook { waiting: 7, arrivals: 100, refused: 3, ..NodeLook::default() });
        assert_eq!((group.dead_letters(&look), group.is_dead()), (5, false));
        let single = Inside { nodes: vec![(2, true)], entries: vec![2], is_group: false };
        assert_eq!((single.look(&look), single.is_dead()), (look.nodes[2].clone(), true));
    }
}

//! The whole run at a glance: rate, losses and backlog so far, and the moments worth a jump.

use plimsoll_models::{Diagram, EdgeKind, NodeId};
use plimsoll_sim::{
    RunResult,
    live::{Look, Roster},
    result::JourneyTrace,
};

use super::tracks::Tracks;
use crate::scene::Spark;

/// Points of the curves, unless a run takes longer than its load.
pub const COURSE_POINTS: usize = 480;

/// A moment that the run itself bookmarks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// A limit refuses something for the first time.
    FirstThrottle,
    /// Something is dead-lettered for the first time.
    FirstDeadLetter,
    /// A root event is lost in part for the first time.
    FirstLoss,
    /// Most messages and requests wait.
    WorstBacklog,
    /// The slowest journey begins.
    SlowestJourney,
}

impl Moment {
    /// All.
    pub const ALL: [Self; 5] = [Self::FirstThrottle, Self::FirstDeadLetter, Self::FirstLoss, Self::WorstBacklog, Self::SlowestJourney];

    /// Whether only the whole run tells when it was.
    pub fn is_of_whole_run(self) -> bool {
        match self {
            Self::FirstThrottle | Self::FirstDeadLetter | Self::FirstLoss => false,
            Self::WorstBacklog | Self::SlowestJourney => true,
        }
    }
}

/// What happened in one interval of the curves.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CoursePoint {
    /// Root events in the interval.
    pub started: u64,
    /// Root events in the interval that were lost in part.
    pub lossy: u64,
    /// What limits refused in the interval.
    pub refused: u64,
    /// What waits at its end.
    pub backlog: u64,
}

/// The run so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// How long the load lasts, in seconds; a run that drains may take longer.
    pub duration_s: f64,
    /// Length of an interval, in seconds; it doubles when a run takes longer than expected.
    pub step_s: f64,
    /// One for each interval that has passed.
    pub points: Vec<CoursePoint>,
    /// When each moment was, in seconds; to within an interval.
    pub moments: Vec<(Moment, f64)>,
    totals: Vec<Totals>,
    dead: Dead,
    tracks: Tracks,
}

/// What leads to dead-letter targets.
#[derive(Clone, Debug, Default, PartialEq)]
struct Dead {
    /// For each edge, whether it carries dead letters.
    edges: Vec<bool>,
    /// For each node, whether only dead letters reach it: what lies there is no backlog.
    nodes: Vec<bool>,
}

/// Counts from the start of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Totals {
    started: u64,
    lossy: u64,
    refused: u64,
    dead: u64,
    backlog: u64,
}

impl Course {
    /// The course of a run that has not begun.
    pub(super) fn new(diagram: &Diagram, roster: &Roster, duration_s: f64) -> Self {
        let kind = |id| diagram.edges.get(id).map(|edge| edge.kind);
        let edges = roster.edges.iter().map(|id| kind(id) == Some(EdgeKind::DeadLetter)).collect();
        let only_dead = |node: &NodeId| {
            let mut kinds = diagram.edges.values().filter(|edge| edge.to == *node).map(|edge| edge.kind).peekable();
            kinds.peek().is_some() && kinds.all(|kind| kind == EdgeKind::DeadLetter)
        };
        let nodes = roster.nodes.iter().map(only_dead).collect();
        let step_s = (duration_s / COURSE_POINTS as f64).max(1e-9);
        Self { duration_s, step_s, dead: Dead { edges, nodes }, tracks: Tracks::new(diagram, roster), ..Self::default() }
    }

    /// The line of a node over the run so far, which ends with what it is now where nothing later is known.
    pub fn spark(&self, node: usize, now: &Look) -> Option<Spark> {
        self.tracks.spark(node, now, (self.step_s, self.shown_s()))
    }

    /// How far the run was played, in seconds.
    pub fn reached_s(&self) -> f64 {
        self.step_s * self.points.len() as f64
    }

    /// The time that there is to show, in seconds.
    pub fn shown_s(&self) -> f64 {
        self.duration_s.max(self.reached_s())
    }

    /// When it wants to look next, in seconds.
    pub(super) fn next_s(&self) -> f64 {
        self.step_s * (self.points.len() + 1) as f64
    }

    /// Makes room when a run takes much longer than its load: two intervals become one.
    fn thin(&mut self) {
        if self.points.len() < 2 * COURSE_POINTS {
            return;
        }
        self.step_s *= 2.0;
        self.tracks.thin();
        let merged = self.points.chunks(2).map(|pair| CoursePoint {
            started: pair.iter().map(|point| point.started).sum(),
            lossy: pair.iter().map(|point| point.lossy).sum(),
            refused: pair.iter().map(|point| point.refused).sum(),
            backlog: pair.last().map_or(0, |point| point.backlog),
        });
        self.points = merged.collect();
        self.totals = self.totals.chunks(2).filter_map(|pair| pair.last().copied()).collect();
    }

    /// Takes a look, at [`Self::next_s`].
    pub(super) fn take(&mut self, look: &Look) {
        self.thin();
        let before = self.totals.last().copied().unwrap_or_default();
        let totals = self.totals_of(look);
        let begins = |was: u64, is: u64| was == 0 && is > 0;
        let found = [
            (Moment::FirstThrottle, begins(before.refused, totals.refused)),
            (Moment::FirstDeadLetter, begins(before.dead, totals.dead)),
            (Moment::FirstLoss, begins(before.lossy, totals.lossy)),
        ];
        self.points.push(CoursePoint {
            started: totals.started.saturating_sub(before.started),
            lossy: totals.lossy.saturating_sub(before.lossy),
            refused: totals.refused.saturating_sub(before.refused),
            backlog: totals.backlog,
        });
        self.tracks.take(look, self.totals.len());
        self.totals.push(totals);
        for (moment, _) in found.into_iter().filter(|(_, is_now)| *is_now) {
            self.moments.push((moment, look.at_s));
        }
        let worst = self.moments.iter().position(|(moment, _)| *moment == Moment::WorstBacklog);
        if totals.backlog > self.totals.iter().rev().skip(1).map(|totals| totals.backlog).max().unwrap_or_default() {
            match worst {
                Some(index) => self.moments[index].1 = look.at_s,
                None => self.moments.push((Moment::WorstBacklog, look.at_s)),
            }
        }
    }

    /// When a moment was, if that is known.
    pub fn when(&self, moment: Moment) -> Option<f64> {
        self.moments.iter().find(|(known, _)| *known == moment).map(|(_, at_s)| *at_s)
    }

    /// Notes when the slowest journey began.
    pub(super) fn set_slowest(&mut self, at_s: f64) {
        self.moments.retain(|(moment, _)| *moment != Moment::SlowestJourney);
        self.moments.push((Moment::SlowestJourney, at_s));
    }

    /// Whether a moment has come by the time of a look.
    pub(super) fn has_come(&self, moment: Moment, look: &Look) -> bool {
        let totals = self.totals_of(look);
        match moment {
            Moment::FirstThrottle => totals.refused > 0,
            Moment::FirstDeadLetter => totals.dead > 0,
            Moment::FirstLoss => totals.lossy > 0,
            Moment::WorstBacklog | Moment::SlowestJourney => true,
        }
    }

    /// Forgets everything from a time on, and a little before it: see [`Self::reached_s`].
    pub(super) fn forget(&mut self, from_s: f64) {
        let known = (0..self.points.len()).take_while(|n| self.step_s * (n + 1) as f64 <= from_s).count();
        if known == self.points.len() {
            return;
        }
        // Only whole intervals of the tracks are as they would be in a fresh run.
        let kept = self.tracks.forget(known);
        self.points.truncate(kept);
        let totals = std::mem::take(&mut self.totals);
        let end = self.reached_s();
        self.moments.retain(|(moment, at_s)| !moment.is_of_whole_run() && *at_s <= end);
        let most = totals.iter().take(kept).map(|totals| totals.backlog).max().unwrap_or_default();
        if let Some(index) = totals.iter().take(kept).position(|totals| totals.backlog == most).filter(|_| most > 0) {
            self.moments.push((Moment::WorstBacklog, self.step_s * (index + 1) as f64));
        }
        self.totals = totals.into_iter().take(kept).collect();
    }

    /// Whether a node only holds dead letters.
    pub fn holds_dead_letters(&self, node: usize) -> bool {
        self.dead.nodes.get(node).copied().unwrap_or_default()
    }

    /// Whether an edge carries dead letters.
    pub fn carries_dead_letters(&self, edge: usize) -> bool {
        self.dead.edges.get(edge).copied().unwrap_or_default()
    }

    fn totals_of(&self, look: &Look) -> Totals {
        let alive = look.nodes.iter().zip(&self.dead.nodes).filter(|(_, dead)| !**dead);
        let letters = look.edges.iter().zip(&self.dead.edges).filter(|(_, dead)| **dead);
        let refused = look.limits.iter().map(|limit| limit.refused).sum::<u64>();
        Totals {
            started: look.started,
            lossy: look.lossy,
            refused: refused.max(look.edges.iter().map(|edge| edge.throttled).sum()),
            dead: letters.map(|(edge, _)| edge.sent).sum(),
            backlog: alive.map(|(node, _)| node.waiting).sum::<u64>() + look.edges.iter().map(|edge| edge.lag).sum::<u64>(),
        }
    }
}

/// The journey of a run that took longest.
pub(super) fn slowest(result: &RunResult) -> Option<&JourneyTrace> {
    let length = |trace: &JourneyTrace| trace.response_s.or(trace.completion_s).map(|end| end - trace.started_s);
    let slow = result.traces.iter().filter(|trace| trace.slowest);
    slow.max_by(|a, b| length(a).unwrap_or(0.0).total_cmp(&length(b).unwrap_or(0.0)))
}

#[cfg(test)]
mod tests {
    use plimsoll_sim::live::NodeLook;

    use super::*;

    fn look(at_s: f64, waiting: u64, lossy: u64) -> Look {
        Look { at_s, lossy, nodes: vec![NodeLook { waiting, ..NodeLook::default() }], ..Look::default() }
    }

    #[test]
    fn moments_are_found_and_forgotten_with_their_time() {
        let roster = Roster { nodes: vec!["queue".into()], ..Roster::default() };
        let mut course = Course::new(&Diagram::default(), &roster, COURSE_POINTS as f64);
        let quiet = std::iter::repeat_n((3, 0), 7);
        for (n, (waiting, lossy)) in quiet.chain([(9, 0), (20, 2), (5, 4)]).enumerate() {
            course.take(&look((n + 1) as f64, waiting, lossy));
        }
        assert_eq!((course.when(Moment::WorstBacklog), course.when(Moment::FirstLoss)), (Some(9.0), Some(9.0)));
        assert_eq!(course.points[9], CoursePoint { lossy: 2, backlog: 5, ..CoursePoint::default() });
        assert_eq!(course.next_s(), 11.0);
        course.forget(9.5);
        let left = (course.reached_s(), course.when(Moment::WorstBacklog), course.when(Moment::FirstLoss));
        assert_eq!(left, (8.0, Some(8.0), None), "what is left is whole intervals of the lines of nodes");
    }
}

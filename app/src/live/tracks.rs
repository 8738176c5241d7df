//! What each node did so far, for the line at the foot of its box.

use std::sync::Arc;

use plimsoll_models::{Catalog, Diagram};
use plimsoll_sim::live::{Look, NodeLook, Roster};

use crate::scene::{Spark, Tells};

/// Points of the course that an interval of a track takes: few enough to see a peak, many enough to keep little.
const COARSE: usize = 8;
/// The same of a diagram whose boxes are too many to be read at once.
const COARSER: usize = 32;
/// Most nodes of a diagram whose tracks are fine.
const FINE_MAX: usize = 1_000;

/// The lines of all nodes, in equal intervals.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tracks {
    tells: Arc<[Tells]>,
    /// Points of the course that an interval takes; none where there are no nodes to tell of.
    points: usize,
    /// Intervals that have passed, shared from one moment of the run to the next.
    passed: Arc<Vec<Vec<Step>>>,
    /// The interval that has begun.
    begun: Vec<Step>,
}

/// A node at the end of an interval.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Step {
    /// Most that waited in the interval.
    waiting: f32,
    /// Most that was at work in the interval.
    busy: f32,
    /// Arrivals from the start of the run.
    arrived: u64,
    /// Refusals and failures from the start of the run.
    hurt: u64,
}

impl Step {
    fn of(node: &NodeLook) -> Self {
        Self { waiting: node.waiting as f32, busy: node.busy as f32, arrived: node.arrivals, hurt: node.refused + node.failed }
    }

    /// This interval and the one after it as one.
    fn and(self, later: Self) -> Self {
        Self { waiting: self.waiting.max(later.waiting), busy: self.busy.max(later.busy), ..later }
    }
}

impl Tracks {
    /// Those of a run that has not begun.
    pub(super) fn new(diagram: &Diagram, roster: &Roster) -> Self {
        let tells = |id| diagram.nodes.get(id).map_or(Tells::Calls, |node| Tells::of_service(Catalog::embedded(), node.service.as_str()));
        let tells: Arc<[Tells]> = roster.nodes.iter().map(tells).collect();
        let points = if tells.len() > FINE_MAX { COARSER } else { COARSE };
        Self { tells, points, ..Self::default() }
    }

    /// Takes a look at the end of a point of the course, the first of which is number 0.
    pub(super) fn take(&mut self, look: &Look, point: usize) {
        let steps = look.nodes.iter().map(Step::of);
        if point.is_multiple_of(self.points) {
            self.begun = steps.collect();
        } else {
            self.begun.iter_mut().zip(steps).for_each(|(begun, later)| *begun = begun.and(later));
        }
        if (point + 1).is_multiple_of(self.points) {
            Arc::make_mut(&mut self.passed).push(std::mem::take(&mut self.begun));
        }
    }

    /// Makes room: two intervals become one.
    pub(super) fn thin(&mut self) {
        let merge = |pair: &[Vec<Step>]| match pair {
            [first, second] => first.iter().zip(second).map(|(first, second)| first.and(*second)).collect(),
            _ => pair.first().cloned().unwrap_or_default(),
        };
        self.passed = Arc::new(self.passed.chunks(2).map(merge).collect());
    }

    /// Keeps the intervals that had passed after so many points of the course, and tells how many points these are.
    pub(super) fn forget(&mut self, points: usize) -> usize {
        let intervals = points.checked_div(self.points).unwrap_or_default();
        self.begun.clear();
        if self.passed.len() > intervals {
            Arc::make_mut(&mut self.passed).truncate(intervals);
        }
        intervals * self.points
    }

    /// The line of a node over so many seconds, as far as it is known; what it is at a moment that comes later is its end.
    pub(super) fn spark(&self, node: usize, now: &Look, (step_s, end_s): (f64, f64)) -> Option<Spark> {
        let step_s = step_s * self.points as f64;
        let present = Step::of(now.nodes.get(node)?);
        let reached = self.passed.len();
        // The present is a part of an interval: a rate over a small one would jump.
        let ahead = (now.at_s / step_s - reached as f64).min(1.0);
        let present = (ahead >= 0.25).then_some((present, ahead));
        let steps = || self.passed.iter().filter_map(|steps| Some((*steps.get(node)?, 1.0))).chain(present);
        let most = steps().map(|(step, _)| step).reduce(Step::and).unwrap_or_default();
        let tells = self.tells.get(node)?.given(most.waiting, most.busy);
        let mut before = Step::default();
        let mut spark = Spark { tells, values: Vec::with_capacity(reached + 1), hurt: Vec::with_capacity(reached + 1), step_s, end_s };
        for (step, share) in steps() {
            spark.values.push(match tells {
                Tells::Backlog => step.waiting,
                Tells::Busy => step.busy,
                Tells::Calls => (step.arrived.saturating_sub(before.arrived) as f64 / (step_s * share)) as f32,
            });
            spark.hurt.push(step.hurt > before.hurt);
            before = step;
        }
        Some(spark)
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_models::Node;

    use super::*;

    fn look(at_s: f64, waiting: u64, arrivals: u64, refused: u64) -> Look {
        Look { at_s, nodes: vec![NodeLook { waiting, arrivals, refused, ..NodeLook::default() }], ..Look::default() }
    }

    fn tracks(service: &str) -> Tracks {
        let mut diagram = Diagram::default();
        diagram.nodes.insert("a".into(), Arc::new(Node::new(service, "")));
        Tracks::new(&diagram, &Roster { nodes: vec!["a".into()], ..Roster::default() })
    }

    /// Looks once a second: a backlog that rises to its greatest in the middle of each interval, ten arrivals a second, a
    /// refusal in the second interval.
    fn played(service: &str, seconds: usize) -> Tracks {
        let mut tracks = tracks(service);
        for point in 0..seconds {
            let waiting = if point % COARSE == 4 { 10 + point as u64 } else { 1 };
            tracks.take(&look((point + 1) as f64, waiting, 10 * (point as u64 + 1), u64::from(point >= COARSE)), point);
        }
        tracks
    }

    #[test]
    fn a_queue_tells_its_peaks_and_an_api_its_calls() {
        let now = look(16.0, 1, 160, 1);
        let queue = played("aws/sqs", 16).spark(0, &now, (1.0, 40.0)).unwrap();
        assert_eq!((queue.tells, &queue.values[..], &queue.hurt[..]), (Tells::Backlog, &[14.0, 22.0][..], &[false, true][..]));
        assert_eq!((queue.step_s, queue.end_s), (8.0, 40.0));
        let server = played("generic/server", 16).spark(0, &now, (1.0, 40.0)).unwrap();
        assert_eq!((server.tells, server.values), (Tells::Backlog, queue.values), "more waits than is at work");
        let api = played("aws/api-gateway-http", 16).spark(0, &now, (1.0, 40.0)).unwrap();
        assert_eq!((api.tells, &api.values[..]), (Tells::Calls, &[10.0, 10.0][..]));
        let present = played("aws/sqs", 20).spark(0, &look(20.0, 7, 200, 1), (1.0, 40.0)).unwrap();
        assert_eq!(present.values, [14.0, 22.0, 7.0], "the present is the end of the line");
    }

    #[test]
    fn what_is_forgotten_leaves_no_trace_and_half_the_points_keep_the_peaks() {
        let mut tracks = played("aws/sqs", 20);
        assert_eq!(tracks.forget(17), 16);
        assert_eq!(tracks, played("aws/sqs", 16));
        tracks.forget(8);
        assert_eq!(tracks, played("aws/sqs", 8));
        let mut tracks = played("aws/api-gateway-http", 32);
        tracks.thin();
        let spark = tracks.spark(0, &look(32.0, 0, 320, 1), (2.0, 40.0)).unwrap();
        assert_eq!((&spark.values[..], &spark.hurt[..]), (&[10.0, 10.0][..], &[true, false][..]));
    }
}

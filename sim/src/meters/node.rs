//! Figures of nodes.

use std::mem::offset_of;

use super::Meter;
use crate::{
    ahead::{self, LINE},
    journal::Change,
    record::{Age, Counter, Counts, Histogram, Level, Mean, Windows},
    time::Nanos,
};

/// Most meters on the bill that a family counts the units of itself.
const METERS: usize = 4;

/// Figures of a node. What most events change lies in three lines of memory, and those of who waited for nothing begin
/// where the second one ends.
#[derive(Clone, Debug, Default)]
#[repr(C, align(64))]
pub(crate) struct NodeMeter {
    pub(crate) busy: Level,
    closed: usize,
    pub(crate) arrivals: Counter,
    pub(crate) accepted: Counter,
    pub(crate) completed: Counter,
    pub(crate) wait: Histogram,
    pub(crate) waited: Counter,
    pub(crate) failed: Counter,
    pub(crate) sojourn: Histogram,
    pub(crate) waiting: Level,
    pub(crate) refused: Counter,
    /// Cold starts, or messages that were dead-lettered: whatever the family counts beside.
    pub(crate) special: Counter,
    pub(crate) instances: Level,
    pub(crate) windows: NodeWindows,
    pub(crate) lifespan: Mean,
    /// Of the oldest message or record.
    pub(crate) age: Age,
    /// Units on the bill, in the order of the family's meters.
    pub(crate) units: [u64; METERS],
}

const _: () = {
    assert!(offset_of!(NodeMeter, wait) % LINE == LINE - 8, "times of nothing are counted in the line of the counters");
    assert!(offset_of!(NodeMeter, sojourn) % LINE == 0, "what a time in the node changes lies in one line");
};

/// Series of a node: counts, and mean and maximum of the levels.
#[derive(Clone, Debug, Default)]
pub(crate) struct NodeWindows {
    pub(crate) arrivals: Counts,
    pub(crate) completed: Counts,
    pub(crate) refused: Counts,
    pub(crate) failed: Counts,
    pub(crate) special: Counts,
    pub(crate) busy: Vec<(f32, f32)>,
    pub(crate) waiting: Vec<(f32, f32)>,
    pub(crate) instances: Vec<(f32, f32)>,
}

impl NodeMeter {
    pub(crate) fn restart(&mut self, now: Nanos) {
        let Self {
            closed: _,
            arrivals,
            accepted,
            refused,
            completed,
            failed,
            special,
            waited,
            busy,
            waiting,
            instances,
            wait,
            sojourn,
            lifespan,
            age: _,
            units: _,
            windows: _,
        } = self;
        for counter in [arrivals, accepted, refused, completed, failed, special, waited] {
            counter.restart();
        }
        for level in [busy, waiting, instances] {
            level.restart(now);
        }
        for histogram in [wait, sojourn] {
            histogram.clear();
        }
        lifespan.clear();
    }
}

/// What happens often at a node. The value says when, or how long. What mostly happens together is noted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NodeChange {
    /// Something arrives and is taken in.
    Accepted,
    /// Something arrives and is refused.
    Refused,
    /// Somebody begins to wait at this time.
    LinesUp,
    /// Somebody stops waiting at this time.
    LeavesLine,
    /// Work begins at this time.
    Begins,
    /// Work stops at this time.
    Stops,
    /// Somebody has waited for so long before the work.
    Waited,
    /// Somebody was here for so long.
    Stayed,
    /// Something was done.
    Completed,
    /// Something failed.
    Failed,
    /// Something arrives, and work on it begins at this time.
    ServedAtOnce,
    /// Something was done that was here for so long.
    CompletedAfter,
    /// Something failed that was here for so long.
    FailedAfter,
}

impl Change for NodeChange {
    const ALL: &'static [Self] = &[
        Self::Accepted,
        Self::Refused,
        Self::LinesUp,
        Self::LeavesLine,
        Self::Begins,
        Self::Stops,
        Self::Waited,
        Self::Stayed,
        Self::Completed,
        Self::Failed,
        Self::ServedAtOnce,
        Self::CompletedAfter,
        Self::FailedAfter,
    ];

    #[inline]
    fn code(self) -> u8 {
        self as u8
    }
}

impl Meter for NodeMeter {
    type Change = NodeChange;

    #[inline]
    fn post(&mut self, change: NodeChange, value: u64) {
        match change {
            NodeChange::Accepted => {
                self.arrivals.add(1);
                self.accepted.add(1);
            }
            NodeChange::Refused => {
                self.arrivals.add(1);
                self.refused.add(1);
            }
            NodeChange::LinesUp => self.waiting.add(value, 1),
            NodeChange::LeavesLine => self.waiting.subtract(value, 1),
            NodeChange::Begins => self.busy.add(value, 1),
            NodeChange::Stops => self.busy.subtract(value, 1),
            NodeChange::Waited => {
                self.wait.record(value);
                if value > 0 {
                    self.waited.add(1);
                }
            }
            NodeChange::Stayed => self.sojourn.record(value),
            NodeChange::Completed => self.completed.add(1),
            NodeChange::Failed => self.failed.add(1),
            NodeChange::ServedAtOnce => {
                self.post(NodeChange::Accepted, 0);
                self.post(NodeChange::Begins, value);
                self.post(NodeChange::Waited, 0);
            }
            NodeChange::CompletedAfter => {
                self.post(NodeChange::Completed, 0);
                self.post(NodeChange::Stayed, value);
            }
            NodeChange::FailedAfter => {
                self.post(NodeChange::Failed, 0);
                self.post(NodeChange::Stayed, value);
            }
        }
    }

    #[inline]
    fn foresee(&self) {
        ahead::one(&self.busy);
        ahead::one(&self.accepted);
        self.sojourn.foresee();
    }

    #[inline]
    fn foresee_next(&self) {
        self.busy.foresee();
        self.sojourn.foresee_note();
    }

    #[inline]
    fn closed(&self) -> usize {
        self.closed
    }

    #[inline(never)]
    fn close_windows(&mut self, windows: Windows) {
        let first = std::mem::replace(&mut self.closed, windows.passed);
        let series = &mut self.windows;
        series.arrivals.close_window(first, self.arrivals);
        series.completed.close_window(first, self.completed);
        series.refused.close_window(first, self.refused);
        series.failed.close_window(first, self.failed);
        series.special.close_window(first, self.special);
        self.busy.close_windows(first, windows, &mut series.busy);
        self.waiting.close_windows(first, windows, &mut series.waiting);
        self.instances.close_windows(first, windows, &mut series.instances);
        self.age.close_window(first);
    }
}

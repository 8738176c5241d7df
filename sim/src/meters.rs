//! Figures of nodes, edges and journeys while a run goes on.

use std::{
    convert::Infallible,
    mem::offset_of,
    ops::{Index, IndexMut},
};

use crate::{
    ahead::{self, LINE},
    journal::{Change, Journal, Noted},
    ledger::{Fate, Row},
    parts::LongPolls,
    record::{Age, Counter, Counts, Histogram, Latencies, Level, Mean, Windows},
    time::Nanos,
};

/// What has series on the run's grid.
pub(crate) trait Meter {
    /// What happens so often that it is noted, where there are many meters.
    type Change: Change;

    /// Writes down a change.
    fn post(&mut self, change: Self::Change, value: u64);

    /// Windows that it has ended so far.
    fn closed(&self) -> usize;

    /// Ends all windows that have passed since. Nothing has happened after the first of them ended.
    fn close_windows(&mut self, windows: Windows);

    /// It changes soon: asks memory for what most changes touch.
    fn foresee(&self) {}

    /// The same when what was asked for is there: asks for what that leads to.
    fn foresee_next(&self) {}
}

/// So many meters stay in the caches; the changes of more are noted in a journal.
const KEPT_CLOSE: usize = 4_096;

/// Meters of nodes or edges, however many. The end of a window touches none of them: each catches up when it is next
/// changed, so that a window costs what happens in it.
#[derive(Clone, Debug)]
pub(crate) struct Meters<T: Meter> {
    rows: Vec<T>,
    windows: Windows,
    /// Notes of the present window.
    journal: Option<Journal<T::Change>>,
}

impl<T: Meter> Meters<T> {
    pub(crate) fn new(rows: Vec<T>, window: Nanos) -> Self {
        let journal = (rows.len() > KEPT_CLOSE).then(|| Journal::new(rows.len()));
        Self { rows, windows: Windows { length: window, passed: 0 }, journal }
    }

    /// Changes a meter, at once or at the latest when somebody asks for a result or a bill. In between, the figures that are changed
    /// in this way tell nothing, and must not be changed in another way.
    #[inline]
    pub(crate) fn change(&mut self, index: usize, change: T::Change, value: u64) {
        let Some(journal) = &mut self.journal else { return self[index].post(change, value) };
        let noted = if T::Change::COUNTED == Some(change) { journal.count(index) } else { journal.note(index, change, value) };
        match noted {
            Noted::Kept => {}
            Noted::PageFull(page) => self.post(page),
            Noted::TooLarge(page) => {
                self.post(page);
                self[index].post(change, value);
            }
        }
    }

    /// Posts a page of the journal.
    #[inline(never)]
    fn post(&mut self, page: usize) {
        let Self { rows, windows: Windows { length, .. }, journal } = self;
        let Some(journal) = journal else { return };
        if journal.changes_most(page) {
            let rows = &rows[Journal::<T::Change>::rows(page, rows.len())];
            rows.iter().for_each(T::foresee);
            rows.iter().for_each(T::foresee_next);
        }
        journal.post(page, |row, change, value, passed| {
            let row = &mut rows[row];
            if row.closed() < passed {
                row.close_windows(Windows { length: *length, passed });
            }
            row.post(change, value);
        });
    }

    /// A window has passed.
    pub(crate) fn pass_window(&mut self) {
        self.windows.passed += 1;
        if let Some(journal) = &mut self.journal {
            journal.pass_window();
        }
    }

    /// Lets a meter that has missed windows catch up: what was noted before they ended comes first.
    #[inline(never)]
    fn close_windows(&mut self, index: usize) {
        self.post(Journal::<T::Change>::page(index));
        let row = &mut self.rows[index];
        if row.closed() < self.windows.passed {
            row.close_windows(self.windows);
        }
    }

    /// A meter changes soon.
    #[inline]
    pub(crate) fn foresee(&self, index: usize) {
        if let Some(row) = self.rows.get(index).filter(|_| self.journal.is_none()) {
            row.foresee();
        }
    }

    /// A meter that has been foreseen changes next.
    #[inline]
    pub(crate) fn foresee_next(&self, index: usize) {
        if let Some(row) = self.rows.get(index).filter(|_| self.journal.is_none()) {
            row.foresee_next();
        }
    }

    /// The windows that have passed.
    pub(crate) fn windows(&self) -> Windows {
        self.windows
    }

    /// All meters, to read what they counted; for series and averages they must have caught up.
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, T> {
        self.rows.iter()
    }

    /// Posts all that has been noted.
    pub(crate) fn post_all(&mut self) {
        if let Some(journal) = &mut self.journal {
            journal.note_counts();
        }
        for page in 0..self.journal.as_ref().map_or(0, Journal::pages) {
            self.post(page);
        }
    }

    /// Lets all meters catch up.
    pub(crate) fn catch_up(&mut self) {
        self.post_all();
        for row in &mut self.rows {
            if row.closed() < self.windows.passed {
                row.close_windows(self.windows);
            }
        }
    }

    /// All meters, caught up.
    pub(crate) fn caught_up(&mut self) -> std::slice::IterMut<'_, T> {
        self.catch_up();
        self.rows.iter_mut()
    }
}

impl<T: Meter> Index<usize> for Meters<T> {
    type Output = T;

    #[inline]
    fn index(&self, index: usize) -> &T {
        &self.rows[index]
    }
}

impl<T: Meter> IndexMut<usize> for Meters<T> {
    #[inline]
    fn index_mut(&mut self, index: usize) -> &mut T {
        if self.rows[index].closed() < self.windows.passed {
            self.close_windows(index);
        }
        &mut self.rows[index]
    }
}

/// Units that are billed, by position in [`crate::cost::meters`] of the family.
pub(crate) const METERS: usize = 4;

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

/// Figures of an edge, in the order of how often they change: of thousands of edges, little stays in the caches.
#[derive(Clone, Debug, Default)]
#[repr(C, align(64))]
pub(crate) struct EdgeMeter {
    closed: u32,
    /// Whether it is polled: others have no such series.
    polled: bool,
    /// Whether the series of calls is kept: it is only asked for where faults make attempts exceed calls.
    counts_calls: bool,
    pub(crate) attempts: Counter,
    pub(crate) calls: Counter,
    /// Copies that did what they were meant to do, which most do.
    done: u64,
    /// Time of a call over all attempts.
    pub(crate) latency: Histogram,
    pub(crate) throttled: Counter,
    /// Attempts that a breaker kept from being made.
    pub(crate) broken: Counter,
    /// The other fates of its copies.
    fates: [u64; Fate::ALL.len()],
    /// From the first attempt of each call to its last one, all together, in nanoseconds.
    delay: f64,
    pub(crate) windows: EdgeWindows,
    pub(crate) failed: Counter,
    pub(crate) timeouts: Counter,
    /// First attempts that were refused.
    pub(crate) first_throttled: Counter,
    /// How often a breaker opened.
    pub(crate) opened: Counter,
    /// Retries that quota or budget did not allow.
    pub(crate) denied: Counter,
    /// Copies that wait for their next attempt.
    pub(crate) orbit: Level,
    pub(crate) poll: Box<PollMeter>,
    pub(crate) stream: Box<StreamMeter>,
}

/// Series of an edge.
#[derive(Clone, Debug, Default)]
pub(crate) struct EdgeWindows {
    pub(crate) attempts: Counts,
    pub(crate) throttled: Counts,
    pub(crate) broken: Counts,
    pub(crate) calls: Counts,
}

/// Figures of a consumer of a stream.
#[derive(Clone, Debug, Default)]
pub(crate) struct StreamMeter {
    /// Records that it is not done with.
    pub(crate) lag: Level,
    pub(crate) lag_windows: Vec<(f32, f32)>,
    /// Of the last record of a batch when it is sent, and of the oldest that it is not done with.
    pub(crate) age: Age,
    /// Of the last record of a read.
    pub(crate) read_age: Age,
    pub(crate) reads: u64,
    pub(crate) reads_delayed: u64,
}

/// Figures of an event source mapping.
#[derive(Clone, Debug, Default)]
pub(crate) struct PollMeter {
    pub(crate) batches: Counter,
    pub(crate) messages: Counter,
    pub(crate) closed_by_size: Counter,
    pub(crate) batching_delay: Mean,
    /// Batches that run.
    pub(crate) running: Level,
    /// Batches that may run.
    pub(crate) allowed: Level,
    pub(crate) allowed_windows: Vec<(f32, f32)>,
    /// Calls of the pollers that found nothing; they are billed from the start of the run.
    pub(crate) long_polls: LongPolls,
    /// Pollers that stand, from the start of the run.
    pub(crate) pollers: Standing,
}

/// How many of something stand, and for how long altogether.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    count: u64,
    since: Nanos,
    sum: u128,
}

impl Standing {
    /// So many stand from now on.
    pub(crate) fn set(&mut self, now: Nanos, count: u64) {
        self.sum = self.total(now);
        self.since = now;
        self.count = count;
    }

    /// Time of all of them together.
    pub(crate) fn total(&self, now: Nanos) -> u128 {
        self.sum + u128::from(self.count) * u128::from(now - self.since)
    }
}

impl EdgeMeter {
    pub(crate) fn new(polled: bool, counts_calls: bool) -> Self {
        Self { polled, counts_calls, ..Self::default() }
    }

    /// Mean time from the first attempt of a call to its last one, in nanoseconds.
    pub(crate) fn delay(&self) -> f64 {
        self.delay / self.latency.count().max(1) as f64
    }

    /// Books of its calls; what else is written about the edge is in the ledger, and all of it where it is polled.
    pub(crate) fn books(&self) -> Row {
        let mut fates = self.fates;
        fates[Fate::Done as usize] += self.done;
        let attempts = if self.polled { 0 } else { self.attempts.total() };
        Row { created: self.calls.total(), attempts, effects: self.done, fates }
    }

    /// How long a batch takes for each of its messages, in seconds.
    pub(crate) fn holding_s(&self) -> f64 {
        let messages_per_batch = self.poll.messages.total() as f64 / self.poll.batches.total().max(1) as f64;
        if messages_per_batch > 0.0 { self.latency.mean() / 1e9 / messages_per_batch } else { 0.0 }
    }

    pub(crate) fn restart(&mut self, now: Nanos) {
        let Self {
            closed: _,
            done: _,
            fates: _,
            windows: _,
            calls,
            attempts,
            delay,
            latency,
            throttled,
            failed,
            timeouts,
            first_throttled,
            broken,
            opened,
            denied,
            orbit,
            polled: _,
            counts_calls: _,
            poll,
            stream,
        } = self;
        for counter in [
            calls,
            attempts,
            throttled,
            failed,
            timeouts,
            first_throttled,
            broken,
            opened,
            denied,
            &mut poll.batches,
            &mut poll.messages,
            &mut poll.closed_by_size,
        ] {
            counter.restart();
        }
        for level in [orbit, &mut poll.running, &mut poll.allowed, &mut stream.lag] {
            level.restart(now);
        }
        poll.batching_delay.clear();
        latency.clear();
        *delay = 0.0;
    }
}

/// What happens often on an edge. The value says how long, or how many. What mostly happens together is noted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EdgeChange {
    /// A call begins.
    Called,
    /// An attempt is made.
    Attempted,
    /// A call is over that took so long.
    Took,
    /// The last attempt of the call that was over last was made so long after the first one.
    Delayed,
    /// A copy has its fate.
    Ended(Fate),
    /// So many calls begin with an attempt.
    Sent,
    /// A call is over that took so long, and its copy has this fate.
    Settled(Fate),
}

impl Change for EdgeChange {
    const ALL: &'static [Self] = &[
        Self::Called,
        Self::Attempted,
        Self::Took,
        Self::Delayed,
        Self::Sent,
        Self::Ended(Fate::Done),
        Self::Ended(Fate::Filtered),
        Self::Ended(Fate::Rejected),
        Self::Ended(Fate::Failed),
        Self::Ended(Fate::Expired),
        Self::Ended(Fate::DeadLettered),
        Self::Ended(Fate::Dropped),
        Self::Settled(Fate::Done),
        Self::Settled(Fate::Filtered),
        Self::Settled(Fate::Rejected),
        Self::Settled(Fate::Failed),
        Self::Settled(Fate::Expired),
        Self::Settled(Fate::DeadLettered),
        Self::Settled(Fate::Dropped),
    ];
    const COUNTED: Option<Self> = Some(Self::Sent);

    #[inline]
    fn code(self) -> u8 {
        match self {
            Self::Called => 0,
            Self::Attempted => 1,
            Self::Took => 2,
            Self::Delayed => 3,
            Self::Sent => 4,
            Self::Ended(fate) => 5 + fate as u8,
            Self::Settled(fate) => 5 + (Fate::ALL.len() as u8) + fate as u8,
        }
    }
}

impl Meter for EdgeMeter {
    type Change = EdgeChange;

    #[inline]
    fn post(&mut self, change: EdgeChange, value: u64) {
        match change {
            EdgeChange::Called => self.calls.add(1),
            EdgeChange::Attempted => self.attempts.add(1),
            EdgeChange::Took => self.latency.record(value),
            EdgeChange::Delayed => self.delay += value as f64,
            EdgeChange::Ended(Fate::Done) => self.done += 1,
            EdgeChange::Ended(fate) => self.fates[fate as usize] += 1,
            EdgeChange::Sent => {
                self.calls.add(value);
                self.attempts.add(value);
            }
            EdgeChange::Settled(fate) => {
                self.post(EdgeChange::Took, value);
                self.post(EdgeChange::Ended(fate), 0);
            }
        }
    }

    #[inline]
    fn foresee(&self) {
        ahead::one(&self.closed);
        self.latency.foresee();
    }

    #[inline]
    fn foresee_next(&self) {
        self.latency.foresee_note();
    }

    #[inline]
    fn closed(&self) -> usize {
        self.closed as usize
    }

    #[inline(never)]
    fn close_windows(&mut self, windows: Windows) {
        let first = std::mem::replace(&mut self.closed, windows.passed as u32) as usize;
        let series = &mut self.windows;
        series.attempts.close_window(first, self.attempts);
        series.throttled.close_window(first, self.throttled);
        series.broken.close_window(first, self.broken);
        if self.counts_calls {
            series.calls.close_window(first, self.calls);
        }
        if self.polled {
            self.poll.allowed.close_windows(first, windows, &mut self.poll.allowed_windows);
            let stream = &mut *self.stream;
            stream.lag.close_windows(first, windows, &mut stream.lag_windows);
            stream.age.close_window(first);
            stream.read_age.close_window(first);
        }
    }
}

/// Figures of the journeys of one producer and event type.
#[derive(Clone, Debug, Default)]
pub(crate) struct JourneyMeter {
    closed: usize,
    pub(crate) started: Counter,
    pub(crate) succeeded: u64,
    pub(crate) rejected: u64,
    pub(crate) failed: u64,
    pub(crate) complete: Counter,
    pub(crate) lossy: Counter,
    pub(crate) response: Histogram,
    pub(crate) response_failed: Histogram,
    pub(crate) completion: Histogram,
    pub(crate) response_series: Latencies,
    pub(crate) completion_series: Latencies,
    pub(crate) windows: JourneyWindows,
    /// The same by [`KeyClass`], where keys are told apart.
    pub(crate) classes: Option<Box<[KeyClassMeter; 2]>>,
}

/// Series of journeys.
#[derive(Clone, Debug, Default)]
pub(crate) struct JourneyWindows {
    pub(crate) started: Counts,
    pub(crate) complete: Counts,
    pub(crate) lossy: Counts,
}

/// The hottest key against all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyClass {
    Hottest,
    Rest,
}

/// Figures of the journeys of a class of keys.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeyClassMeter {
    pub(crate) started: u64,
    pub(crate) complete: u64,
    pub(crate) lossy: u64,
    pub(crate) response: Histogram,
    pub(crate) completion: Histogram,
}

impl JourneyMeter {
    /// One of so many meters, with the classes of keys apart if they are told apart.
    pub(crate) fn new(split: bool, meters: usize) -> Self {
        let series = || Latencies::one_of(2 * meters);
        Self { classes: split.then(Box::default), response_series: series(), completion_series: series(), ..Self::default() }
    }

    pub(crate) fn restart(&mut self) {
        self.response.clear();
        self.response_failed.clear();
        self.completion.clear();
        for class in self.classes.iter_mut().flat_map(|classes| classes.iter_mut()) {
            class.response.clear();
            class.completion.clear();
        }
    }

    /// The figures of a class of keys, where they are told apart.
    #[inline]
    pub(crate) fn class(&mut self, class: KeyClass) -> Option<&mut KeyClassMeter> {
        self.classes.as_mut().map(|classes| &mut classes[class as usize])
    }
}

impl Meter for JourneyMeter {
    type Change = Infallible;

    fn post(&mut self, change: Infallible, _value: u64) {
        match change {}
    }

    #[inline]
    fn closed(&self) -> usize {
        self.closed
    }

    #[inline(never)]
    fn close_windows(&mut self, windows: Windows) {
        let first = std::mem::replace(&mut self.closed, windows.passed);
        let series = &mut self.windows;
        series.started.close_window(first, self.started);
        series.complete.close_window(first, self.complete);
        series.lossy.close_window(first, self.lossy);
        self.response_series.close_window(first);
        self.completion_series.close_window(first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::SECOND;

    #[test]
    fn calls_that_are_counted_before_they_are_noted_change_no_figure() {
        let rows = || vec![EdgeMeter::default(); 70];
        let mut written = Meters::new(rows(), SECOND);
        let mut noted = Meters { journal: Some(Journal::new(70)), ..Meters::new(rows(), SECOND) };
        for step in 0..20_000_u64 {
            // Some windows pass without a call, and the last calls are in none that has passed.
            let (row, now) = ((step * step % 70) as usize, (step / 1_000) * 3 * SECOND / 2);
            for meters in [&mut written, &mut noted] {
                while now >= (meters.windows.passed as u64 + 1) * SECOND {
                    meters.pass_window();
                }
                meters.change(row, EdgeChange::Sent, 1);
                if step % 3 == 0 {
                    meters.change(row, EdgeChange::Settled(Fate::Done), step * 977);
                }
            }
        }
        for meters in [&mut written, &mut noted] {
            meters.catch_up();
        }
        let calls: u64 = noted.rows.iter().map(|row| row.calls.total()).sum();
        assert_eq!(calls, 20_000);
        assert_eq!(format!("{:?}", noted.rows), format!("{:?}", written.rows));
    }

    #[test]
    fn a_journal_changes_no_figure() {
        let rows = || vec![NodeMeter::default(); 5];
        let mut written = Meters::new(rows(), SECOND);
        let mut noted = Meters { journal: Some(Journal::new(5)), ..Meters::new(rows(), SECOND) };
        for step in 0..50_000_u64 {
            let (row, now) = ((step * step % 7 % 5) as usize, step * SECOND / 5_000);
            for meters in [&mut written, &mut noted] {
                if now >= (meters.windows.passed as u64 + 1) * SECOND {
                    meters.pass_window();
                }
                // A counter may be changed beside the journal.
                meters[row].special.add(1);
                for (change, value) in [
                    (NodeChange::Accepted, 0),
                    (NodeChange::Begins, now),
                    (NodeChange::Waited, step % 3 * 1_000_003),
                    (NodeChange::Stayed, step * 977),
                    (NodeChange::Completed, 0),
                ] {
                    meters.change(row, change, value);
                }
            }
        }
        for meters in [&mut written, &mut noted] {
            meters.catch_up();
        }
        assert!(noted.rows[0].windows.arrivals.rates(noted.windows).iter().all(|rate| *rate > 0.0));
        assert_eq!(format!("{:?}", noted.rows), format!("{:?}", written.rows));
    }
}

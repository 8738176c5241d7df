//! Figures of edges, with those of what polls along them.

use super::Meter;
use crate::{
    ahead,
    journal::Change,
    ledger::{Fate, Row},
    parts::LongPolls,
    record::{Age, Counter, Counts, Histogram, Level, Mean, Windows},
    time::Nanos,
};

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

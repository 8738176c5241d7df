//! Figures of nodes, edges and journeys while a run goes on.

use crate::{
    parts::LongPolls,
    record::{Counter, Histogram, Latencies, Level},
    time::Nanos,
};

/// Units that are billed, by position in [`crate::cost::meters`] of the family.
pub(crate) const METERS: usize = 4;

/// Figures of a node.
#[derive(Clone, Debug, Default)]
pub(crate) struct NodeMeter {
    pub(crate) arrivals: Counter,
    pub(crate) accepted: Counter,
    pub(crate) refused: Counter,
    pub(crate) completed: Counter,
    pub(crate) failed: Counter,
    /// Cold starts, or messages that were dead-lettered: whatever the family counts beside.
    pub(crate) special: Counter,
    pub(crate) waited: Counter,
    pub(crate) busy: Level,
    pub(crate) waiting: Level,
    pub(crate) instances: Level,
    pub(crate) wait: Histogram,
    pub(crate) sojourn: Histogram,
    pub(crate) lifespan: Histogram,
    pub(crate) age_max: Nanos,
    pub(crate) units: [u64; METERS],
    pub(crate) windows: LevelWindows,
}

/// Mean and maximum of the levels per window.
#[derive(Clone, Debug, Default)]
pub(crate) struct LevelWindows {
    pub(crate) busy: Vec<(f32, f32)>,
    pub(crate) waiting: Vec<(f32, f32)>,
    pub(crate) instances: Vec<(f32, f32)>,
}

impl NodeMeter {
    pub(crate) fn restart(&mut self, now: Nanos) {
        let Self {
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
            age_max: _,
            units: _,
            windows: _,
        } = self;
        for counter in [arrivals, accepted, refused, completed, failed, special, waited] {
            counter.restart();
        }
        for level in [busy, waiting, instances] {
            level.restart(now);
        }
        for histogram in [wait, sojourn, lifespan] {
            histogram.clear();
        }
    }

    pub(crate) fn close_window(&mut self, at: Nanos, length: Nanos) {
        for counter in [&mut self.arrivals, &mut self.accepted, &mut self.refused, &mut self.completed, &mut self.failed, &mut self.special]
        {
            counter.close_window();
        }
        let pair = |(mean, max): (f64, f64)| (mean as f32, max as f32);
        self.windows.busy.push(pair(self.busy.window(at, length)));
        self.windows.waiting.push(pair(self.waiting.window(at, length)));
        self.windows.instances.push(pair(self.instances.window(at, length)));
    }
}

/// Figures of an edge.
#[derive(Clone, Debug, Default)]
pub(crate) struct EdgeMeter {
    pub(crate) calls: Counter,
    pub(crate) attempts: Counter,
    pub(crate) throttled: Counter,
    pub(crate) failed: Counter,
    pub(crate) timeouts: Counter,
    pub(crate) settled: Counter,
    /// Copies that wait for their next attempt.
    pub(crate) orbit: Level,
    /// First attempts that were refused.
    pub(crate) first_throttled: Counter,
    /// Attempts that a breaker kept from being made.
    pub(crate) broken: Counter,
    /// How often a breaker opened.
    pub(crate) opened: Counter,
    /// Retries that quota or budget did not allow.
    pub(crate) denied: Counter,
    /// From the first attempt of a call to its last one.
    pub(crate) delay: Histogram,
    /// Time of a call over all attempts.
    pub(crate) latency: Histogram,
    pub(crate) poll: PollMeter,
    pub(crate) stream: StreamMeter,
}

/// Figures of a consumer of a stream.
#[derive(Clone, Debug, Default)]
pub(crate) struct StreamMeter {
    /// Records that it is not done with.
    pub(crate) lag: Level,
    pub(crate) lag_windows: Vec<(f32, f32)>,
    /// Greatest age of the last record of a batch when it was sent.
    pub(crate) age_max: Nanos,
    age_in_window: Nanos,
    pub(crate) age_windows: Vec<Nanos>,
    /// Greatest age of the last record of a read.
    pub(crate) read_age_max: Nanos,
    pub(crate) reads: u64,
    pub(crate) reads_delayed: u64,
}

impl StreamMeter {
    /// So far behind is the consumer now.
    pub(crate) fn age(&mut self, age: Nanos) {
        self.age_max = self.age_max.max(age);
        self.age_in_window = self.age_in_window.max(age);
    }
}

/// Figures of an event source mapping.
#[derive(Clone, Debug, Default)]
pub(crate) struct PollMeter {
    pub(crate) batches: Counter,
    pub(crate) messages: Counter,
    pub(crate) closed_by_size: Counter,
    pub(crate) batching_delay: Histogram,
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
    /// How long a batch takes for each of its messages, in seconds.
    pub(crate) fn holding_s(&self) -> f64 {
        let messages_per_batch = self.poll.messages.total() as f64 / self.poll.batches.total().max(1) as f64;
        if messages_per_batch > 0.0 { self.latency.mean() / 1e9 / messages_per_batch } else { 0.0 }
    }

    pub(crate) fn restart(&mut self, now: Nanos) {
        let Self {
            calls,
            attempts,
            throttled,
            failed,
            timeouts,
            settled,
            orbit,
            first_throttled,
            broken,
            opened,
            denied,
            delay,
            latency,
            poll,
            stream,
        } = self;
        for counter in [
            calls,
            attempts,
            throttled,
            failed,
            timeouts,
            settled,
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
        for histogram in [delay, latency, &mut poll.batching_delay] {
            histogram.clear();
        }
    }

    pub(crate) fn close_window(&mut self, at: Nanos, length: Nanos) {
        for counter in [&mut self.calls, &mut self.attempts, &mut self.throttled, &mut self.failed, &mut self.timeouts, &mut self.broken] {
            counter.close_window();
        }
        let (mean, max) = self.poll.allowed.window(at, length);
        self.poll.allowed_windows.push((mean as f32, max as f32));
        let (mean, max) = self.stream.lag.window(at, length);
        self.stream.lag_windows.push((mean as f32, max as f32));
        self.stream.age_windows.push(std::mem::take(&mut self.stream.age_in_window));
    }
}

/// Figures of the journeys of one producer and event type.
#[derive(Clone, Debug, Default)]
pub(crate) struct JourneyMeter {
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
    /// The same by [`KeyClass`], where keys are told apart.
    pub(crate) classes: Option<Box<[KeyClassMeter; 2]>>,
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

    pub(crate) fn close_window(&mut self) {
        for counter in [&mut self.started, &mut self.complete, &mut self.lossy] {
            counter.close_window();
        }
        self.response_series.close_window();
        self.completion_series.close_window();
    }
}

//! A consumer of a stream: one reader for each shard, lanes that hand batches to the target one after the other.
//!
//! ```text
//! shard --> reader (polls, or is pushed to) --> lane of the key --> batch --> target
//!                                                  ^                  | failed, throttled
//!                                                  +---- wait --------+
//! ```
//! A lane keeps the order of its keys, so what it cannot get rid of blocks it: the whole batch is tried again until it
//! succeeds, its retries are used up, or its records are too old.

mod lane;
mod reader;

use plimsoll_models::{
    families::{Config, StreamMappingConfig},
    fault::Effect,
};

use self::{lane::Lane, reader::Reader};
use super::Behavior;
use crate::{
    core::Core,
    event::{Class, Timer},
    faults::left_of,
    outcome::Outcome,
    parts::Rate,
    program::Program,
    sample::Sampler,
    time::{Nanos, nanos},
};

/// A consumer of a stream.
#[derive(Clone, Debug)]
pub(crate) struct StreamMapping {
    index: u32,
    edge: u32,
    stream: u32,
    /// Its number among the consumers of the stream.
    consumer: u32,
    batch_size: usize,
    /// The same while nobody has changed it.
    usual_batch_size: u32,
    batch_bytes: u64,
    window: Nanos,
    /// Lanes of a shard, and how many of them faults let begin a batch.
    factor: usize,
    lanes_open: usize,
    parallel_limit: u32,
    starts: Nanos,
    pauses: Box<[(Nanos, Nanos)]>,
    retries: u32,
    /// Zero is without bound.
    record_age: Nanos,
    bisect: bool,
    report_item_failures: bool,
    failures_stop_shard: bool,
    failure_bytes: u32,
    /// Whether the stream pushes.
    pushed: bool,
    poll_every: Nanos,
    latency: Sampler,
    response_bytes: f64,
    response_records: usize,
    throughput: Option<Throughput>,
    readers: Vec<Reader>,
    lanes: Vec<Lane>,
    /// Offsets that a step is about; kept for its memory.
    scratch: Vec<u64>,
}

/// Limits on what is read from a shard.
#[derive(Clone, Copy, Debug)]
struct Throughput {
    /// Reads; those of pushes are not counted.
    reads: Rate,
    reads_limit: u32,
    bytes_per_s: f64,
    bytes: Rate,
    bytes_limit: u32,
}

impl StreamMapping {
    pub(crate) fn new(program: &Program, index: u32, edge: u32) -> Self {
        let ready = &program.edges[edge as usize];
        let config: &StreamMappingConfig = ready.stream.as_deref().expect("a consumer of a stream is made of its poll edge");
        let node = &program.nodes[ready.from as usize];
        let Config::Stream(stream) = &node.config else { unreachable!("the catalog lets these consumers read streams only") };
        let throughput = stream.shard.as_ref().map(|shard| {
            let bytes = if config.enhanced_fan_out { &shard.push_bytes } else { &shard.read_bytes };
            Throughput {
                reads: Rate::per_second(shard.reads.value.max(1e-9)),
                reads_limit: node.limits[&shard.reads.key],
                bytes_per_s: bytes.value.max(1e-9),
                bytes: Rate::per_second(bytes.value.max(1e-9)),
                bytes_limit: node.limits[&bytes.key],
            }
        });
        Self {
            index,
            edge,
            stream: ready.from,
            consumer: node.pollers.iter().position(|poller| *poller == index).unwrap_or(0) as u32,
            batch_size: config.batch_size as usize,
            usual_batch_size: config.batch_size,
            batch_bytes: config.batch_bytes.value as u64,
            window: nanos(config.batch_window),
            factor: config.parallelization.value.max(1.0) as usize,
            lanes_open: config.parallelization.value.max(1.0) as usize,
            parallel_limit: ready.limits[&config.parallelization.key],
            starts: nanos(config.starts_at),
            pauses: config.pauses.0.iter().map(|(from, to)| (nanos(*from), nanos(*to))).collect(),
            retries: config.retries.unwrap_or(u32::MAX),
            record_age: config.record_age.map_or(0, nanos),
            bisect: config.bisect,
            report_item_failures: config.report_item_failures,
            failures_stop_shard: config.failures_stop_shard,
            failure_bytes: config.failure_record as u32,
            pushed: config.enhanced_fan_out,
            poll_every: nanos(1.0 / config.base_poll.value.max(1e-9)).max(1),
            latency: Sampler::new(if config.enhanced_fan_out { &config.push_latency } else { &config.read_latency }),
            response_bytes: stream.read_response.value,
            response_records: stream.read_records.value.max(1.0) as usize,
            throughput,
            readers: Vec::new(),
            lanes: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// Whether it stands still.
    fn is_paused(&self, now: Nanos) -> bool {
        now < self.starts || self.pauses.iter().any(|(from, to)| (*from..*to).contains(&now))
    }

    fn lanes_of(&self, shard: usize) -> std::ops::Range<usize> {
        shard * self.factor..(shard + 1) * self.factor
    }

    /// Readers for the shards that are new, and for those whose parents have been read to their ends.
    fn follow_shards(&mut self, core: &mut Core) {
        let shards = core.streams[self.stream as usize].all.len();
        for shard in self.readers.len()..shards {
            self.readers.push(Reader::new(self.phase(core, shard)));
            self.lanes.resize_with((shard + 1) * self.factor, Lane::default);
        }
        for shard in 0..shards {
            let all = &core.streams[self.stream as usize].all;
            let done = |parent: usize| self.readers[parent].started && all[parent].log.lag(self.consumer) == 0;
            if all[shard].closed && done(shard) {
                // A shard that is closed and read is not polled again.
                self.wake(core, shard);
                continue;
            }
            if !self.readers[shard].started && all[shard].parents.clone().all(done) {
                self.readers[shard].started = true;
                self.consider(core, shard);
            }
        }
    }

    /// It goes on after a pause.
    fn resume(&mut self, core: &mut Core) {
        if self.is_paused(core.now()) {
            return;
        }
        self.follow_shards(core);
        for shard in 0..self.readers.len() {
            self.wake(core, shard);
            for lane in self.lanes_of(shard) {
                self.resume_lane(core, lane);
            }
            self.consider(core, shard);
        }
    }
}

impl Behavior for StreamMapping {
    fn start(&mut self, core: &mut Core) {
        core.edges[self.edge as usize].poll.allowed.add(0, 0);
        if self.starts > 0 {
            core.after(self.starts, Class::Arrival, self.index, Timer::Resume, 0);
        }
        for (_, to) in &self.pauses {
            core.after(*to, Class::Arrival, self.index, Timer::Resume, 0);
        }
        core.after(0, Class::Completion, self.index, Timer::Shards, 0);
    }

    fn arrive(&mut self, core: &mut Core, item: u32) {
        debug_assert!(false, "nothing reaches a mapping");
        core.answer(item, Outcome::Failed);
    }

    fn timer(&mut self, core: &mut Core, timer: Timer, argument: u32) {
        match timer {
            Timer::Poll => self.woken(core, argument as usize),
            Timer::Read => self.read_due(core, argument as usize),
            Timer::Received => self.received(core, argument as usize),
            Timer::Window => {
                self.lanes[argument as usize].window_runs = false;
                self.feed(core, argument as usize);
                self.consider(core, argument as usize / self.factor);
            }
            Timer::BatchRetry => self.retry(core, argument as usize),
            Timer::Shards => self.follow_shards(core),
            Timer::Resume => self.resume(core),
            other => debug_assert!(false, "{other:?} is not a timer of a consumer of a stream"),
        }
    }

    fn settled(&mut self, _core: &mut Core, _copy: u32, _outcome: Outcome) {}

    fn fault(&mut self, core: &mut Core, effect: &Effect, on: bool) {
        match effect {
            Effect::Capacity { lost } => self.lanes_open = if on { left_of(self.factor as u64, *lost) as usize } else { self.factor },
            Effect::Batch { size } => self.batch_size = if on { *size } else { self.usual_batch_size } as usize,
            _ => return,
        }
        self.resume(core);
    }

    fn answered(&mut self, core: &mut Core, item: u32, outcome: Outcome) {
        self.batch_answered(core, item, outcome);
    }
}

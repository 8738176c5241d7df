//! A stream: records are written to the shard of their key and stay there until every consumer has read them.
//!
//! ```text
//! put --> limits of the shard --> log --> consumer A (its own position)
//!            | refused              |---> consumer B
//!            v                      +---> expired, when nobody was in time
//!         throttled
//! ```
//! The logs lie in [`crate::core::Core::streams`], since mappings read them there. The row of the stream in the ledger
//! counts records, the row of each poll edge what its consumer made of them.

mod put;

use plimsoll_models::{
    families::{Config, Scaling, StreamCapacity, StreamConfig, StreamOnDemand},
    fault::Effect,
};

use super::{Behavior, Names};
use crate::{
    core::{Core, MessageState},
    event::{Class, Event, Timer},
    ledger::Fate,
    live::NodeLook,
    month::HOURS_PER_MONTH,
    outcome::Outcome,
    parts::{Consumer, Finish, Shards, Stored},
    program::Program,
    result::TraceEvent,
    rng::Purpose,
    sample::Sampler,
    slab::NONE,
    time::{Nanos, SECOND, nanos, seconds},
};

const GIB: f64 = 1_073_741_824.0;
const HOUR: Nanos = 3_600 * SECOND;
/// Least part of a limit that a fault leaves, so that a record has a cost.
const LEFT_MIN: f64 = 1e-3;

/// Instead of a number of shards: as many as the table has partitions.
const FOLLOW: u32 = 0;

/// A stream.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    index: u32,
    retention: Nanos,
    put_latency: Sampler,
    record_bytes: f64,
    size_limit: u32,
    /// Bytes of a request with several records.
    request: Option<(f64, u32)>,
    requests: u64,
    writes: Option<Writes>,
    growth: Option<Growth>,
    /// When later numbers of shards are there.
    plan: Vec<(Nanos, u32)>,
    /// The table whose partitions the shards follow.
    table: Option<u32>,
    readers_limit: Option<u32>,
    usage: Usage,
}

/// Limits on what is written to a shard.
#[derive(Clone, Copy, Debug)]
struct Writes {
    records_per_s: f64,
    bytes_per_s: f64,
    records_limit: u32,
    bytes_limit: u32,
    /// What faults leave of them.
    records_left: f64,
    bytes_left: f64,
}

/// Capacity that follows the load.
#[derive(Clone, Copy, Debug)]
struct Growth {
    limit: u32,
    ceiling_limit: u32,
    ceiling: f64,
    headroom: f64,
    averaged: Nanos,
    takes: Nanos,
    /// Load of the present time slice, in bytes, and the greatest of any, in bytes per second.
    slice: u64,
    in_slice: f64,
    peak: f64,
    /// Load of the present second, refusals included.
    second: u64,
    in_second: f64,
    /// The shards that are being made.
    coming: Option<(Nanos, u32)>,
}

/// What is metered.
#[derive(Clone, Debug)]
struct Usage {
    on_demand: bool,
    put_unit: f64,
    metered_record: f64,
    free_retention: Nanos,
    long_retention: Nanos,
    put_units: u64,
    ingested: u64,
    stored: Stored,
    /// Open shards over time.
    shard_nanos: u128,
    since: Nanos,
}

impl Stream {
    pub(crate) fn new(program: &Program, index: u32, config: &StreamConfig, core: &mut Core) -> Self {
        let node = &program.nodes[index as usize];
        let writes = config.shard.as_ref().map(|shard| Writes {
            records_per_s: shard.write_records.value.max(1e-9),
            bytes_per_s: shard.write_bytes.value.max(1e-9),
            records_limit: node.limits[&shard.write_records.key],
            bytes_limit: node.limits[&shard.write_bytes.key],
            records_left: 1.0,
            bytes_left: 1.0,
        });
        let is_table = |node: u32| matches!(program.nodes[node as usize].config, Config::Table(_));
        let table = program.edges.iter().find(|edge| edge.to == index && is_table(edge.from)).map(|edge| edge.from);
        let (mut plan, mut growth) = (Vec::new(), None);
        let shards = match &config.capacity {
            StreamCapacity::Provisioned { shards, plan: later, step, .. } => {
                let (mut ready, mut before) = (0, *shards);
                for (at, shards) in &later.0 {
                    // Shards are split or merged one after the other, and a change waits for the one before it.
                    ready = nanos(*at).max(ready) + nanos(*step) * u64::from(shards.abs_diff(before));
                    before = *shards;
                    plan.push((ready, before));
                }
                *shards
            }
            StreamCapacity::OnDemand(on_demand) => {
                let StreamOnDemand { initial, ceiling, headroom, averaged, growth: takes } = &**on_demand;
                growth = Some(Growth {
                    limit: node.limits[&initial.key],
                    ceiling_limit: node.limits[&ceiling.key],
                    ceiling: ceiling.value,
                    headroom: *headroom,
                    averaged: nanos(*averaged),
                    takes: nanos(*takes),
                    slice: 0,
                    in_slice: 0.0,
                    peak: 0.0,
                    second: 0,
                    in_second: 0.0,
                    coming: None,
                });
                writes.map_or(1, |writes| shards_for(initial.value, writes.bytes_per_s))
            }
            StreamCapacity::Table => 1,
        };
        core.streams[index as usize] = Shards::new(shards.max(1) as usize, consumers(program, index));
        core.nodes[index as usize].instances.add(0, u64::from(shards.max(1)));
        if let Some(shard) = &config.shard {
            let pushed = core.streams[index as usize].consumers.iter().filter(|consumer| consumer.pushed).count();
            core.limits[node.limits[&shard.push_consumers.key] as usize].level(0, pushed as f64);
        }
        let metered = config.shard.as_ref();
        Self {
            index,
            retention: nanos(config.retention),
            put_latency: Sampler::new(&config.put_latency),
            record_bytes: config.record_size.value,
            size_limit: node.limits[&config.record_size.key],
            request: config.request_size.as_ref().map(|limit| (limit.value, node.limits[&limit.key])),
            requests: 0,
            writes,
            growth,
            plan,
            table,
            readers_limit: config.readers.as_ref().map(|limit| node.limits[&limit.key]),
            usage: Usage {
                on_demand: matches!(config.capacity, StreamCapacity::OnDemand(_)),
                put_unit: metered.map_or(1.0, |shard| shard.put_unit),
                metered_record: metered.map_or(1.0, |shard| shard.metered_record),
                free_retention: metered.map_or(0, |shard| nanos(shard.free_retention)),
                long_retention: metered.map_or(0, |shard| nanos(shard.long_retention)),
                put_units: 0,
                ingested: 0,
                stored: Stored::default(),
                shard_nanos: 0,
                since: 0,
            },
        }
    }

    /// Capacity on demand follows the greatest load so far; making room takes a while.
    fn grow(&mut self, core: &mut Core) {
        let now = core.now();
        let (Some(growth), Some(writes)) = (&mut self.growth, self.writes) else { return };
        let mut ready = None;
        if let Some((at, shards)) = growth.coming
            && now >= at
        {
            growth.coming = None;
            ready = Some(shards);
        }
        if now / growth.averaged != growth.slice {
            // What a full bucket lets through at once is no throughput.
            let capacity = core.streams[self.index as usize].n_open() as f64 * writes.bytes_per_s;
            growth.peak = growth.peak.max((growth.in_slice / seconds(growth.averaged)).min(capacity));
            (growth.slice, growth.in_slice) = (now / growth.averaged, 0.0);
        }
        let n_open = ready.unwrap_or(core.streams[self.index as usize].n_open() as u32);
        let wanted = shards_for((growth.peak * growth.headroom).min(growth.ceiling), writes.bytes_per_s);
        if growth.coming.is_none() && wanted > n_open {
            growth.coming = Some((now + growth.takes, wanted));
        }
        if let Some(shards) = ready {
            core.limits[growth.limit as usize].limit.value = f64::from(shards) * writes.bytes_per_s;
            self.reshard(core, shards);
        }
    }

    /// Other shards take the place of the open ones.
    fn reshard(&mut self, core: &mut Core, shards: u32) {
        let now = core.now();
        let old = core.streams[self.index as usize].n_open() as u64;
        self.usage.shard_nanos += u128::from(old) * u128::from(now - self.usage.since);
        self.usage.since = now;
        core.streams[self.index as usize].reshard(shards as usize);
        core.nodes[self.index as usize].instances.subtract(now, old);
        core.nodes[self.index as usize].instances.add(now, u64::from(shards));
        for reader in 0..core.streams[self.index as usize].consumers.len() {
            let mapping = core.streams[self.index as usize].consumers[reader].mapping;
            core.after(0, Class::Completion, mapping, Timer::Shards, 0);
        }
    }

    /// The run begins with as many shards as the table has partitions.
    fn follow_table(&self, core: &mut Core) {
        let Some(table) = self.table else { return };
        let partitions = u64::from(core.partitions[table as usize].max(1));
        let consumers = std::mem::take(&mut core.streams[self.index as usize].consumers);
        core.streams[self.index as usize] = Shards::new(partitions as usize, consumers);
        core.nodes[self.index as usize].instances.add(0, partitions - 1);
    }

    /// What is too old leaves a shard, whoever has not read it.
    fn expire(&self, core: &mut Core, shard: u32) {
        let now = core.now();
        loop {
            let log = &mut core.streams[self.index as usize].all[shard as usize].log;
            let Some(front) = log.front() else {
                core.streams[self.index as usize].all[shard as usize].expires = false;
                return;
            };
            let due = core.copies[front].born.saturating_add(self.retention);
            if due > now {
                core.after(due - now, Class::Arrival, self.index, Timer::Retention, shard);
                return;
            }
            let Some(entry) = log.expire() else { return };
            for bit in (0..u64::BITS).filter(|bit| entry.pending >> bit & 1 == 1) {
                let edge = core.streams[self.index as usize].consumers[bit as usize].edge;
                core.end_share(edge, entry.record, Fate::Expired);
            }
            core.note(core.copies[entry.record].journey, self.index, NONE, TraceEvent::Expired);
            core.drop_record(self.index, entry.record, Fate::Expired);
        }
    }
}

/// Shards for so many bytes per second.
fn shards_for(bytes_per_s: f64, of_one: f64) -> u32 {
    (bytes_per_s / of_one - 1e-9).ceil().clamp(1.0, f64::from(plimsoll_models::families::SHARDS_MAX)) as u32
}

/// Who reads a stream.
fn consumers(program: &Program, stream: u32) -> Vec<Consumer> {
    let n_nodes = program.nodes.len() as u32;
    let mappings = program.nodes[stream as usize].pollers.iter();
    mappings
        .filter_map(|mapping| {
            let edge = program.mappings[(mapping - n_nodes) as usize];
            let config = program.edges[edge as usize].stream.as_deref()?;
            // Functions read for free.
            let free = match &program.nodes[program.edges[edge as usize].to as usize].config {
                Config::Compute(target) => matches!(target.scaling, Scaling::PerRequest(_)),
                _ => false,
            };
            Some(Consumer {
                edge,
                mapping: *mapping,
                from: if config.from_oldest { 0 } else { nanos(config.starts_at) },
                pushed: config.enhanced_fan_out,
                parallel_limit: program.edges[edge as usize].limits[&config.parallelization.key],
                metered_every: if free { 0 } else { nanos(1.0 / config.base_poll.value.max(1e-9)) },
            })
        })
        .collect()
}

impl Usage {
    fn add(&mut self, now: Nanos, bytes: u32) {
        let bytes = f64::from(bytes);
        self.put_units += (bytes / self.put_unit).ceil().max(1.0) as u64;
        let rounded = (bytes / self.metered_record).ceil().max(1.0) * self.metered_record;
        self.ingested += rounded as u64;
        self.stored.add(now, rounded as u64);
    }

    /// Hours of all shards.
    fn shard_hours(&self, now: Nanos, open: usize) -> f64 {
        let nanos = self.shard_nanos + open as u128 * u128::from(now - self.since);
        nanos as f64 / HOUR as f64
    }

    /// What was stored while it was between so old and so old, by the hour in which it was written.
    fn stored_gib_months(&self, now: Nanos, from: Nanos, to: Nanos) -> f64 {
        self.stored.byte_hours(now, from, to) / GIB / HOURS_PER_MONTH
    }
}

impl Behavior for Stream {
    fn start(&mut self, core: &mut Core) {
        for (at, shards) in &self.plan {
            core.after(*at, Class::Completion, self.index, Timer::Shards, *shards);
        }
        if self.table.is_some() {
            core.after(0, Class::Completion, self.index, Timer::Shards, FOLLOW);
        }
        if let Some(limit) = self.readers_limit {
            core.limits[limit as usize].level(0, core.streams[self.index as usize].consumers.len() as f64);
        }
    }

    fn arrive(&mut self, core: &mut Core, item: u32) {
        let now = core.now();
        core.items[item].arrived = now;
        self.requests += 1;
        let row = core.items[item];
        if let Some(table) = self.table {
            // A partition that splits gives its stream another shard.
            let partitions = core.partitions[table as usize];
            if partitions as usize > core.streams[self.index as usize].n_open() {
                self.reshard(core, partitions);
            }
        }
        let taken = if row.batch == NONE { self.take(core, row.journey, row.bytes) } else { self.take_each(core, item) };
        if let Err(outcome) = taken {
            core.answer(item, outcome);
            return;
        }
        let latency = core.sample(&self.put_latency, self.index, Purpose::Overhead, row.line, row.attempt);
        if latency == 0 {
            self.append(core, item);
        } else {
            core.after(latency, Class::Arrival, self.index, Timer::Release, item);
        }
    }

    fn timer(&mut self, core: &mut Core, timer: Timer, argument: u32) {
        match timer {
            Timer::Release => self.append(core, argument),
            Timer::Retention => self.expire(core, argument),
            Timer::Shards if argument == FOLLOW => self.follow_table(core),
            Timer::Shards => self.reshard(core, argument),
            other => debug_assert!(false, "{other:?} is not a timer of a stream"),
        }
    }

    fn settled(&mut self, _core: &mut Core, _copy: u32, _outcome: Outcome) {}

    fn fault(&mut self, core: &mut Core, effect: &Effect, on: bool) {
        match effect {
            // Consumers that found a dead stream hear that it is back.
            Effect::Outage { .. } if !on => {
                for consumer in &core.streams[self.index as usize].consumers {
                    core.queue.schedule(
                        core.queue.now(),
                        Class::Arrival,
                        Event::Timer { node: consumer.mapping, timer: Timer::Resume, argument: 0 },
                    );
                }
            }
            Effect::Tighten { limit: Some(key), factor } => {
                let left = if on { factor.max(LEFT_MIN) } else { 1.0 };
                let limit = core.program.nodes[self.index as usize].limits.get(key).copied();
                if let (Some(limit), Some(writes)) = (limit, &mut self.writes) {
                    if limit == writes.records_limit {
                        writes.records_left = left;
                    } else if limit == writes.bytes_limit {
                        writes.bytes_left = left;
                    }
                }
            }
            _ => {}
        }
    }

    fn names(&self) -> Names {
        Names {
            arrivals: "IncomingRecords",
            completed: "ReadByAll",
            refused: "WriteProvisionedThroughputExceeded",
            failed: "",
            special: "ReadProvisionedThroughputExceeded",
            busy: "RecordsInProcess",
            waiting: "RecordsUnread",
            instances: "OpenShards",
            age: "",
            age_per_s: 1.0,
        }
    }

    fn billed(&self, core: &Core, now: Nanos) -> Vec<f64> {
        let shards = &core.streams[self.index as usize];
        let Usage { on_demand, put_units, ingested, free_retention, long_retention, .. } = self.usage;
        let hours = seconds(now) / 3_600.0;
        if self.writes.is_none() {
            return vec![(shards.metered_reads + idle_reads(shards, now)) as f64];
        }
        let long = self.usage.stored_gib_months(now, long_retention, self.retention);
        let (polled, pushed) = (shards.polled_bytes as f64 / GIB, shards.pushed_bytes as f64 / GIB);
        if on_demand {
            let extended = self.usage.stored_gib_months(now, free_retention, self.retention.min(long_retention));
            return vec![hours, ingested as f64 / GIB, polled, pushed, extended, long];
        }
        let shard_hours = self.usage.shard_hours(now, shards.n_open());
        let push_consumers = shards.consumers.iter().filter(|consumer| consumer.pushed).count() as f64;
        let extended = if self.retention > free_retention { shard_hours } else { 0.0 };
        vec![shard_hours, put_units as f64, shard_hours * push_consumers, pushed, extended, long]
    }

    fn look(&self, core: &Core, look: &mut NodeLook) {
        let shards = &core.streams[self.index as usize];
        look.instances = shards.n_open() as u64;
        look.oldest_s =
            (0..shards.consumers.len()).map(|reader| seconds(core.iterator_age(self.index, reader as u32, core.now()))).reduce(f64::max);
    }

    fn figures(&self, core: &Core, put: &mut dyn FnMut(&str, f64)) {
        let meter = &core.nodes[self.index as usize];
        let shards = &core.streams[self.index as usize];
        put("records", meter.accepted.total() as f64);
        put("put_requests", self.requests as f64);
        put("put_units", self.usage.put_units as f64);
        put("shards", shards.n_open() as f64);
        put("backlog.mean", meter.waiting.mean(core.now()));
        put("backlog.max", meter.waiting.max() as f64);
        let oldest = (0..shards.consumers.len()).map(|reader| core.iterator_age(self.index, reader as u32, core.now())).max();
        put("age.max", seconds(meter.age.max().max(oldest.unwrap_or(0))));
        let read = shards.consumers.iter().map(|consumer| core.edges[consumer.edge as usize].stream.read_age.max()).max();
        put("GetRecords.IteratorAgeMilliseconds.Maximum", seconds(read.unwrap_or(0)) * 1_000.0);
    }
}

/// Polls that found nothing since the last one that found something.
fn idle_reads(shards: &Shards, now: Nanos) -> u64 {
    let of_shard = |idle_since: &[Nanos]| -> u64 {
        let pairs = shards.consumers.iter().zip(idle_since).filter(|(consumer, since)| consumer.metered_every > 0 && **since <= now);
        pairs.map(|(consumer, since)| (now - since) / consumer.metered_every).sum()
    };
    shards.all.iter().map(|shard| of_shard(&shard.idle_since)).sum()
}

/// What consumers do with the records of a stream.
impl Core {
    /// A consumer is done with a record.
    pub(crate) fn finish_record(&mut self, stream: u32, shard: u32, offset: u64, reader: u32, fate: Fate) {
        let shards = &mut self.streams[stream as usize];
        let edge = shards.consumers[reader as usize].edge;
        match shards.all[shard as usize].log.finish(offset, reader) {
            Finish::Repeated => {}
            Finish::Shared(record) => self.end_share(edge, record, fate),
            Finish::Last(record) => {
                let now = self.now();
                self.end_share(edge, record, fate);
                let row = self.copies[record];
                let meter = &mut self.nodes[stream as usize];
                meter.completed.add(1);
                if now >= self.warm_up {
                    meter.sojourn.record(now - row.born);
                }
                self.note(row.journey, stream, NONE, TraceEvent::Deleted);
                self.drop_record(stream, record, Fate::Done);
            }
        }
    }

    /// The copy of a record that belongs to one consumer ends.
    fn end_share(&mut self, edge: u32, record: u32, fate: Fate) {
        let now = self.now();
        let age = now - self.copies[record].born;
        self.end_part(edge, record, fate);
        let stream = self.program.edges[edge as usize].from;
        self.nodes[stream as usize].age.see(age);
        self.edges[edge as usize].stream.lag.subtract(now, 1);
    }

    /// A record leaves its stream.
    fn drop_record(&mut self, stream: u32, record: u32, fate: Fate) {
        let now = self.now();
        self.nodes[stream as usize].waiting.subtract(now, 1);
        self.copies[record].state = MessageState::Gone;
        self.end_copy(record, fate);
        if self.copies[record].holders == 0 {
            self.forget(record);
        }
    }

    /// Age of the oldest record that a consumer of a stream is not done with, at a time.
    pub(crate) fn iterator_age(&self, stream: u32, reader: u32, at: Nanos) -> Nanos {
        let shards = &self.streams[stream as usize];
        let ages = shards.all.iter().filter_map(|shard| shard.log.oldest(reader)).map(|oldest| at - self.copies[oldest].born.min(at));
        ages.max().unwrap_or(0)
    }

    /// Takes the ages of all consumers of streams at the end of a window of the series.
    pub(crate) fn sample_iterator_ages(&mut self, at: Nanos) {
        for stream in 0..self.streams.len() {
            for reader in 0..self.streams[stream].consumers.len() {
                let age = self.iterator_age(stream as u32, reader as u32, at);
                let edge = self.streams[stream].consumers[reader].edge;
                self.edges[edge as usize].stream.age.see(age);
            }
        }
    }
}

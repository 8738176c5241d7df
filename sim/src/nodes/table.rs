//! A table with capacity units: what an operation costs, the table's bucket, the partitions' buckets.
//!
//! Provisioned capacity banks what is unused for bursts. On-demand capacity grows over the previous peak. Neither
//! helps a hot key, whose partition has a limit of its own.

use plimsoll_models::{
    families::{CapacityMode, Operation, ReadKind, TableConfig},
    fault::Effect,
};

use super::{Behavior, Names};
use crate::{
    core::Core,
    event::{Class, Timer},
    faults::slowed,
    outcome::Outcome,
    parts::TokenBucket,
    program::Program,
    result::TraceEvent,
    rng::{Purpose, mix},
    sample::Sampler,
    time::{Nanos, SECOND, seconds},
};

/// How often capacity on demand follows the peak.
const GROWTH_EVERY: Nanos = 1_800 * SECOND;

/// A table.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    index: u32,
    writes: Side,
    reads: Side,
    item_bytes: Option<f64>,
    item_max: f64,
    item_limit: u32,
    on_demand: Option<f64>,
    units_max: f64,
    /// By what a fault multiplies the latency.
    slow: f64,
}

/// Reads or writes of a table.
#[derive(Clone, Debug)]
struct Side {
    unit: f64,
    bucket: TokenBucket,
    partitions: Vec<TokenBucket>,
    latency: Sampler,
    limit: u32,
    partition_limit: u32,
    initial: f64,
    /// Units in the current second and the greatest number in any.
    second: u64,
    in_second: f64,
    peak: f64,
    grown_at: Nanos,
}

/// What an operation costs.
struct Charge {
    units: f64,
    is_write: bool,
}

impl Table {
    pub(crate) fn new(program: &Program, index: u32, config: &TableConfig) -> Self {
        let node = &program.nodes[index as usize];
        let side = |limit: &plimsoll_models::families::Limit,
                    partition: &plimsoll_models::families::Limit,
                    bank: Option<(f64, bool)>,
                    unit: f64,
                    latency: &plimsoll_models::Distribution| {
            let units = limit.value.min(config.table_units.value);
            let bucket = match bank {
                Some((seconds, true)) => TokenBucket::new((units * seconds).max(1.0), units),
                Some((seconds, false)) => TokenBucket::new((units * seconds).max(1.0), units).empty(),
                None => TokenBucket::new(units, units),
            };
            let partitions = (units / partition.value).ceil().clamp(1.0, 10_000.0) as usize;
            Side {
                unit,
                bucket,
                partitions: vec![TokenBucket::new(partition.value, partition.value); partitions],
                latency: Sampler::new(latency),
                limit: node.limits[&limit.key],
                partition_limit: node.limits[&partition.key],
                initial: units,
                second: 0,
                in_second: 0.0,
                peak: 0.0,
                grown_at: 0,
            }
        };
        let (write_limit, read_limit, bank, on_demand) = match &config.mode {
            CapacityMode::OnDemand { initial_writes, initial_reads, headroom } => {
                (initial_writes, initial_reads, None, Some(headroom.value))
            }
            CapacityMode::Provisioned { write_units, read_units, burst_seconds, burst_full } => {
                (write_units, read_units, Some((*burst_seconds, *burst_full)), None)
            }
        };
        Self {
            index,
            writes: side(write_limit, &config.partition_writes, bank, config.write_unit, &config.write_latency),
            reads: side(read_limit, &config.partition_reads, bank, config.read_unit, &config.read_latency),
            item_bytes: config.item_bytes,
            item_max: config.item_size.value,
            item_limit: node.limits[&config.item_size.key],
            on_demand,
            units_max: config.table_units.value,
            slow: 1.0,
        }
    }

    /// Tokens in the write bank.
    pub(crate) fn write_tokens(&self, now: Nanos) -> f64 {
        self.writes.bucket.tokens(now)
    }

    fn charge(&self, operation: Operation, bytes: f64) -> Charge {
        let rounded = |unit: f64| (bytes / unit).ceil().max(1.0);
        match operation {
            Operation::Write { transactional } => {
                Charge { units: rounded(self.writes.unit) * if transactional { 2.0 } else { 1.0 }, is_write: true }
            }
            Operation::Read(kind) => {
                let factor = match kind {
                    ReadKind::Eventual => 0.5,
                    ReadKind::Strong => 1.0,
                    ReadKind::Transactional => 2.0,
                };
                Charge { units: rounded(self.reads.unit) * factor, is_write: false }
            }
        }
    }
}

impl Side {
    /// Takes the units, or names the limit that refuses.
    fn take(&mut self, core: &mut Core, units: f64, key: u64, growth: Option<(f64, f64)>) -> Result<(), u32> {
        let now = core.now();
        core.limits[self.limit as usize].demand(now, units);
        if let Some((headroom, most)) = growth {
            self.grow(core, units, headroom, most);
        }
        let partition = (mix(key, 0x9a47) % self.partitions.len() as u64) as usize;
        if !self.bucket.has(now, units) {
            return Err(self.limit);
        }
        if !self.partitions[partition].take(now, units) {
            let partition_limit = &mut core.limits[self.partition_limit as usize];
            partition_limit.refuse_beyond(now, units);
            return Err(self.partition_limit);
        }
        self.bucket.take(now, units);
        Ok(())
    }

    /// A fault leaves so much of a limit, if it is one of these.
    fn tighten(&mut self, now: Nanos, limit: u32, left: f64) {
        if limit == self.limit {
            self.bucket.tighten(now, left);
        } else if limit == self.partition_limit {
            self.partitions.iter_mut().for_each(|partition| partition.tighten(now, left));
        }
    }

    /// Capacity on demand follows the previous peak, half an hour later.
    fn grow(&mut self, core: &mut Core, units: f64, headroom: f64, most: f64) {
        let now = core.now();
        if now / SECOND != self.second {
            self.second = now / SECOND;
            self.in_second = 0.0;
        }
        self.in_second += units;
        self.peak = self.peak.max(self.in_second);
        if now - self.grown_at >= GROWTH_EVERY {
            self.grown_at = now;
            let allowed = (self.peak * headroom).clamp(self.initial, most);
            self.bucket.reconfigure(now, allowed, allowed);
            core.limits[self.limit as usize].limit.value = allowed;
            let partition_rate = core.limits[self.partition_limit as usize].limit.value;
            let partitions = (allowed / partition_rate).ceil().max(1.0) as usize;
            if partitions > self.partitions.len() {
                let fresh = TokenBucket::new(partition_rate, partition_rate);
                self.partitions.resize(partitions, fresh);
            }
        }
    }
}

impl Behavior for Table {
    fn arrive(&mut self, core: &mut Core, item: u32) {
        let now = core.now();
        core.items[item].arrived = now;
        core.nodes[self.index as usize].arrivals.add(1);
        let row = core.items[item];
        let bytes = self.item_bytes.unwrap_or_else(|| f64::from(row.bytes));
        core.limits[self.item_limit as usize].level(now, bytes);
        if bytes > self.item_max {
            core.nodes[self.index as usize].refused.add(1);
            core.limits[self.item_limit as usize].refuse(now);
            core.answer(item, Outcome::Rejected);
            return;
        }
        let operation = core.program.edges[row.edge as usize].operation;
        let Charge { units, is_write } = self.charge(operation, bytes);
        let key = core.journeys[row.journey].key;
        let growth = self.on_demand.map(|headroom| (headroom, self.units_max));
        let side = if is_write { &mut self.writes } else { &mut self.reads };
        if let Err(limit) = side.take(core, units, key, growth) {
            core.nodes[self.index as usize].refused.add(1);
            core.limits[limit as usize].refuse(now);
            core.answer(item, Outcome::Throttled);
            return;
        }
        let meter = &mut core.nodes[self.index as usize];
        meter.accepted.add(1);
        meter.busy.add(now, 1);
        // Half units are metered in halves.
        meter.units[usize::from(!is_write)] += (units * 2.0) as u64;
        core.note(row.journey, self.index, row.edge, TraceEvent::Start);
        let latency = core.sample(&side.latency, self.index, Purpose::Service, row.line, row.attempt);
        let latency = slowed(latency, self.slow);
        core.after(latency, Class::Completion, self.index, Timer::Done, item);
    }

    fn timer(&mut self, core: &mut Core, _timer: Timer, item: u32) {
        let now = core.now();
        let row = core.items[item];
        core.events += 1;
        let meter = &mut core.nodes[self.index as usize];
        meter.busy.subtract(now, 1);
        meter.completed.add(1);
        if now >= core.warm_up {
            meter.sojourn.record(now - row.arrived);
        }
        core.note(row.journey, self.index, row.edge, TraceEvent::Done);
        core.answer(item, Outcome::Ok);
    }

    fn settled(&mut self, _core: &mut Core, _copy: u32, _outcome: Outcome) {}

    fn fault(&mut self, core: &mut Core, effect: &Effect, on: bool) {
        match effect {
            Effect::Slow { factor } => self.slow = if on { *factor } else { 1.0 },
            Effect::Tighten { limit: Some(key), factor } => {
                let left = if on { *factor } else { 1.0 };
                if let Some(limit) = core.program.nodes[self.index as usize].limits.get(key).copied() {
                    self.writes.tighten(core.now(), limit, left);
                    self.reads.tighten(core.now(), limit, left);
                }
            }
            _ => {}
        }
    }

    fn names(&self) -> Names {
        Names { refused: "ThrottledRequests", ..Names::PLAIN }
    }

    fn billed(&self, core: &Core) -> Vec<f64> {
        if self.on_demand.is_some() {
            return core.nodes[self.index as usize].units[..2].iter().map(|halves| *halves as f64 / 2.0).collect();
        }
        let hours = seconds(core.now()) / 3_600.0;
        vec![self.writes.initial * hours, self.reads.initial * hours]
    }

    fn figures(&self, core: &Core, put: &mut dyn FnMut(&str, f64)) {
        let meter = &core.nodes[self.index as usize];
        put("write_units", meter.units[0] as f64 / 2.0);
        put("read_units", meter.units[1] as f64 / 2.0);
        put("throttled", meter.refused.total() as f64);
    }
}

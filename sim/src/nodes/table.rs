//! A table with capacity units: what an operation costs, what the table may take, what each partition may take.
//!
//! ```text
//! operation --> units --> indexes (writes) --> table: bank or growth --> partition of the key --> latency --> done
//!                              |                        |                       |
//!                              +------------------ throttled -------------------+
//! ```
//! A hot partition may use all that the table has left, up to its own limit; neither a bank nor growth helps beyond it.

mod scaling;
mod side;

use plimsoll_models::{
    families::{CapacityMode, Operation, ReadKind, TableConfig},
    fault::Effect,
};

use self::side::Side;
use super::{Behavior, Names};
use crate::{
    core::Core,
    event::{Class, Timer},
    faults::slowed,
    outcome::Outcome,
    parts::{Lasting, Partitions, TokenBucket},
    program::Program,
    result::TraceEvent,
    rng::{Purpose, mix},
    sample::Sampler,
    time::{Nanos, nanos, seconds},
};

/// Tells the hash that picks a partition from other uses of a key.
const PARTITION: u64 = 0x9a47;
const SECONDS_PER_HOUR: f64 = 3_600.0;
/// Numbers of the sides in timers.
const WRITES: u32 = 0;
const READS: u32 = 1;

/// A table.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    index: u32,
    writes: Side,
    reads: Side,
    partitions: Partitions,
    partition_rates: [f64; 2],
    partition_limits: [u32; 2],
    indexes: Indexes,
    item_bytes: Option<f64>,
    item_max: f64,
    item_limit: u32,
    on_demand: bool,
    query_page: f64,
    read_latency: Sampler,
    write_latency: Sampler,
    query_latency: Sampler,
    transaction_latency: Sampler,
    /// By what a fault multiplies the latency.
    slow: f64,
}

/// Indexes that are written with the table, all with the same capacity.
#[derive(Clone, Debug)]
struct Indexes {
    count: u32,
    capacity: Option<(TokenBucket, u32, f64)>,
}

/// What an operation costs.
#[derive(Clone, Copy)]
struct Charge {
    /// Units of each item, or of all of a query.
    units: f64,
    /// Partitions that it goes to.
    places: u32,
    is_write: bool,
    /// Requests, one after the other, that it takes.
    pages: f64,
}

impl Charge {
    fn total(&self) -> f64 {
        self.units * f64::from(self.places)
    }
}

impl Table {
    pub(crate) fn new(program: &Program, index: u32, config: &TableConfig) -> Self {
        let node = &program.nodes[index as usize];
        let most = config.table_units.value;
        let limit = |limit: &plimsoll_models::families::Limit| node.limits[&limit.key];
        let (writes, reads, bank) = match &config.mode {
            CapacityMode::OnDemand { initial_writes, initial_reads, headroom, growth_interval, writes_max, reads_max } => {
                let growth = (headroom.value, *growth_interval);
                let cap = |max: &Option<plimsoll_models::families::Limit>| max.as_ref().map(|max| (max.value, limit(max)));
                (
                    Side::on_demand((initial_writes, limit(initial_writes)), config.write_unit, growth, most, cap(writes_max)),
                    Side::on_demand((initial_reads, limit(initial_reads)), config.read_unit, growth, most, cap(reads_max)),
                    1.0,
                )
            }
            CapacityMode::Provisioned { write_units, read_units, burst_seconds, burst_full, scaling, .. } => {
                let bank = (*burst_seconds, *burst_full);
                let (write_range, read_range) =
                    (scaling.as_ref().map(|scaling| (scaling, scaling.writes)), scaling.as_ref().map(|scaling| (scaling, scaling.reads)));
                (
                    Side::provisioned((write_units, limit(write_units)), config.write_unit, bank, most, write_range),
                    Side::provisioned((read_units, limit(read_units)), config.read_unit, bank, most, read_range),
                    *burst_seconds,
                )
            }
        };
        let partition_rates = [config.partition_writes.value, config.partition_reads.value];
        let count = partition_count([writes.capacity, reads.capacity], partition_rates);
        let index_bucket = |limit: &plimsoll_models::families::Limit| {
            (TokenBucket::new((limit.value * bank).max(1.0), limit.value), node.limits[&limit.key], limit.value)
        };
        Self {
            index,
            writes,
            reads,
            partitions: Partitions::new(
                count,
                partition_rates,
                Lasting { long: nanos(config.heat_split), pause: nanos(config.heat_pause) },
            ),
            partition_rates,
            partition_limits: [limit(&config.partition_writes), limit(&config.partition_reads)],
            indexes: Indexes {
                count: config.indexes,
                capacity: config.index_writes.as_ref().filter(|_| config.indexes > 0).map(index_bucket),
            },
            item_bytes: config.item_bytes,
            item_max: config.item_size.value,
            item_limit: limit(&config.item_size),
            on_demand: matches!(config.mode, CapacityMode::OnDemand { .. }),
            query_page: config.query_page,
            read_latency: Sampler::new(&config.read_latency),
            write_latency: Sampler::new(&config.write_latency),
            query_latency: Sampler::new(&config.query_latency),
            transaction_latency: Sampler::new(&config.transaction_latency),
            slow: 1.0,
        }
    }

    fn charge(&self, operation: Operation, items: u32, bytes: f64) -> Charge {
        let rounded = |bytes: f64, unit: f64| (bytes / unit).ceil().max(1.0);
        match operation {
            Operation::Write { transactional } => {
                let units = rounded(bytes, self.writes.unit) * if transactional { 2.0 } else { 1.0 };
                Charge { units, places: items, is_write: true, pages: 1.0 }
            }
            Operation::Read(kind) => {
                Charge { units: rounded(bytes, self.reads.unit) * factor(kind), places: items, is_write: false, pages: 1.0 }
            }
            Operation::Query(kind) => {
                let bytes = bytes * f64::from(items);
                let pages = rounded(bytes, self.query_page);
                Charge { units: rounded(bytes, self.reads.unit) * factor(kind), places: 1, is_write: false, pages }
            }
        }
    }

    /// Takes the units everywhere, or names the limit that refuses.
    fn take(&mut self, core: &mut Core, key: u64, charge: Charge) -> Result<(), u32> {
        let now = core.now();
        let total = charge.total();
        let side = if charge.is_write { &mut self.writes } else { &mut self.reads };
        side.check(core, total)?;
        let count = partition_count([self.writes.capacity, self.reads.capacity], self.partition_rates);
        self.partitions.grow(count);
        if let Some((bucket, limit, _)) = self.indexes.capacity.as_mut().filter(|_| charge.is_write) {
            core.limits[*limit as usize].demand(now, total);
            if !bucket.has(now, total) {
                return Err(*limit);
            }
        }
        let hash = |place: u32| mix(key, PARTITION + u64::from(place));
        for place in 0..charge.places {
            if !self.partitions.take(now, hash(place), charge.units, charge.is_write) {
                for taken in 0..place {
                    self.partitions.give_back(hash(taken), charge.units, charge.is_write);
                }
                let limit = self.partition_limits[usize::from(!charge.is_write)];
                core.limits[limit as usize].refuse_beyond(now, charge.units);
                return Err(limit);
            }
        }
        let side = if charge.is_write { &mut self.writes } else { &mut self.reads };
        side.consume(now, total);
        if let Some((bucket, ..)) = self.indexes.capacity.as_mut().filter(|_| charge.is_write) {
            bucket.take(now, total);
        }
        Ok(())
    }

    fn latency(&self, operation: Operation) -> &Sampler {
        match operation {
            Operation::Write { transactional: true } | Operation::Read(ReadKind::Transactional) => &self.transaction_latency,
            Operation::Write { transactional: false } => &self.write_latency,
            Operation::Read(ReadKind::Eventual | ReadKind::Strong) => &self.read_latency,
            Operation::Query(_) => &self.query_latency,
        }
    }

    fn side(&mut self, number: u32) -> &mut Side {
        if number == WRITES { &mut self.writes } else { &mut self.reads }
    }

    /// A minute of a side is over: perhaps its capacity begins to change.
    fn evaluate(&mut self, core: &mut Core, number: u32) {
        let (now, index) = (core.now(), self.index);
        let side = self.side(number);
        let capacity = side.capacity;
        let Some(scaling) = &mut side.scaling else { return };
        core.after(scaling.period, Class::Completion, index, Timer::Evaluate, number);
        if scaling.evaluate(now, capacity) {
            let line = mix(scaling.changes, u64::from(number));
            let alarm = core.sample(&scaling.alarm_delay, index, Purpose::Pickup, line, 0);
            let update = core.sample(&scaling.update_time, index, Purpose::Init, line, 0);
            core.after(alarm.saturating_add(update), Class::Completion, index, Timer::Scaled, number);
        }
    }

    /// The capacity of a side has changed.
    fn scaled(&mut self, core: &mut Core, number: u32) {
        let now = core.now();
        let side = self.side(number);
        let capacity = side.capacity;
        let Some(scaling) = &mut side.scaling else { return };
        let wanted = scaling.apply(now, capacity);
        side.change(core, wanted);
    }

    /// An operation is over.
    fn done(&self, core: &mut Core, item: u32) {
        let now = core.now();
        let row = core.items[item];
        core.events += 1;
        let meter = &mut core.nodes[self.index as usize];
        meter.busy.subtract(now, 1);
        if now >= core.warm_up {
            meter.sojourn.record(now - row.arrived);
        }
        let edge = &core.program.edges[row.edge as usize];
        let writes = matches!(edge.operation, Operation::Write { .. });
        if writes && core.chance(edge.failed_conditions, self.index, Purpose::Failure, row.line, row.attempt) {
            core.nodes[self.index as usize].failed.add(1);
            core.note(row.journey, self.index, row.edge, TraceEvent::Failed);
            core.answer(item, Outcome::Rejected);
            return;
        }
        // From here on a write has taken effect.
        core.nodes[self.index as usize].completed.add(1);
        core.note(row.journey, self.index, row.edge, TraceEvent::Done);
        core.answer(item, Outcome::Ok);
        if writes {
            self.capture(core, item);
        }
    }

    /// A write that succeeded is told to the table's stream, each item by itself.
    fn capture(&self, core: &mut Core, item: u32) {
        self.tell_partitions(core);
        let (cause, attempt) = (core.cause(item), core.items[item].attempt);
        let items = core.program.edges[core.items[item].edge as usize].items;
        for position in 0..core.program.nodes[self.index as usize].calls.len() {
            let edge = core.program.nodes[self.index as usize].calls[position];
            for number in 0..items {
                core.call(edge, 0, &cause, (attempt << 16) | number);
            }
        }
    }

    /// The table's stream has a shard for each partition.
    fn tell_partitions(&self, core: &mut Core) {
        core.partitions[self.index as usize] = self.partitions.len() as u32;
    }
}

fn factor(kind: ReadKind) -> f64 {
    match kind {
        ReadKind::Eventual => 0.5,
        ReadKind::Strong => 1.0,
        ReadKind::Transactional => 2.0,
    }
}

/// Partitions that a table of this capacity has at least.
fn partition_count(capacities: [f64; 2], rates: [f64; 2]) -> usize {
    let needed = capacities.iter().zip(rates).map(|(capacity, rate)| (capacity / rate).ceil()).fold(1.0, f64::max);
    needed as usize
}

impl Behavior for Table {
    fn start(&mut self, core: &mut Core) {
        self.tell_partitions(core);
        for number in [WRITES, READS] {
            let index = self.index;
            let side = self.side(number);
            let Some(scaling) = &side.scaling else { continue };
            let period = scaling.period;
            // The capacity that the run begins with lies within the bounds of the scaling.
            let capacity = side.capacity;
            side.change(core, capacity);
            core.after(period, Class::Completion, index, Timer::Evaluate, number);
        }
    }

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
        let edge = &core.program.edges[row.edge as usize];
        let (operation, items) = (edge.operation, edge.items);
        let charge = self.charge(operation, items, bytes);
        let key = core.journeys[row.journey].key;
        if let Err(limit) = self.take(core, key, charge) {
            core.nodes[self.index as usize].refused.add(1);
            core.limits[limit as usize].refuse(now);
            core.answer(item, Outcome::Throttled);
            return;
        }
        let meter = &mut core.nodes[self.index as usize];
        meter.accepted.add(1);
        meter.busy.add(now, 1);
        // Half units are metered in halves.
        meter.units[usize::from(!charge.is_write)] += (charge.total() * 2.0) as u64;
        if charge.is_write {
            meter.units[2] += (charge.total() * 2.0) as u64 * u64::from(self.indexes.count);
        }
        core.note(row.journey, self.index, row.edge, TraceEvent::Start);
        let latency = core.sample(self.latency(operation), self.index, Purpose::Service, row.line, row.attempt);
        let latency = slowed(latency.saturating_mul(charge.pages as u64), self.slow);
        core.after(latency, Class::Completion, self.index, Timer::Done, item);
    }

    fn timer(&mut self, core: &mut Core, timer: Timer, argument: u32) {
        match timer {
            Timer::Done => self.done(core, argument),
            Timer::Evaluate => self.evaluate(core, argument),
            Timer::Scaled => self.scaled(core, argument),
            other => debug_assert!(false, "{other:?} is not a timer of a table"),
        }
    }

    fn settled(&mut self, _core: &mut Core, _copy: u32, _outcome: Outcome) {}

    fn fault(&mut self, core: &mut Core, effect: &Effect, on: bool) {
        if let Effect::Slow { factor } = effect {
            self.slow = if on { *factor } else { 1.0 };
        } else if let Effect::Tighten { limit: Some(key), factor } = effect {
            let left = if on { *factor } else { 1.0 };
            let Some(limit) = core.program.nodes[self.index as usize].limits.get(key).copied() else { return };
            let now = core.now();
            self.writes.tighten(now, limit, left);
            self.reads.tighten(now, limit, left);
            for (side, known) in self.partition_limits.into_iter().enumerate() {
                if known == limit {
                    self.partitions.tighten(now, side == 0, left);
                }
            }
        }
    }

    fn names(&self) -> Names {
        Names { refused: "ThrottledRequests", failed: "ConditionalCheckFailedRequests", ..Names::PLAIN }
    }

    fn write_tokens(&self, now: Nanos) -> Option<f64> {
        Some(self.writes.tokens(now))
    }

    fn billed(&self, core: &Core, now: Nanos) -> Vec<f64> {
        let units = &core.nodes[self.index as usize].units;
        if self.on_demand {
            return vec![(units[0] + units[2]) as f64 / 2.0, units[1] as f64 / 2.0];
        }
        let indexes = self.indexes.capacity.as_ref().map_or(0.0, |(_, _, units)| units * f64::from(self.indexes.count) * seconds(now));
        vec![(self.writes.unit_seconds(now) + indexes) / SECONDS_PER_HOUR, self.reads.unit_seconds(now) / SECONDS_PER_HOUR]
    }

    fn figures(&self, core: &Core, put: &mut dyn FnMut(&str, f64)) {
        let meter = &core.nodes[self.index as usize];
        put("write_units", meter.units[0] as f64 / 2.0);
        put("read_units", meter.units[1] as f64 / 2.0);
        put("throttled", meter.refused.total() as f64);
        put("partitions", self.partitions.len() as f64);
        put("write_capacity", self.writes.capacity);
        put("read_capacity", self.reads.capacity);
        if self.indexes.count > 0 {
            put("index_write_units", meter.units[2] as f64 / 2.0);
        }
    }
}

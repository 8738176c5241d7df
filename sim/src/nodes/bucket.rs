//! A store of objects: request rates of each prefix, time by size, notifications of what was written.
//!
//! A prefix that is over its rate answers 503 until it is split, which doubles what it takes: the more load there is,
//! the more often, but each time only after minutes.

use plimsoll_models::{
    EdgeKind,
    families::{BucketConfig, Operation},
    fault::Effect,
};

use super::{Behavior, Names};
use crate::{
    core::Core,
    event::{Class, Timer},
    faults::slowed,
    month::HOURS_PER_MONTH,
    outcome::Outcome,
    parts::{Heat, Lasting, TokenBucket},
    program::Program,
    result::TraceEvent,
    rng::{Purpose, mix},
    sample::Sampler,
    time::{Nanos, nanos, seconds},
};

/// Tells the hash that picks a prefix from other uses of a key.
const PREFIX: u64 = 0x5_3b0c;
/// Most times that a prefix is doubled.
const DOUBLINGS_MAX: u32 = 20;
const SECONDS_PER_MONTH: f64 = HOURS_PER_MONTH * 3_600.0;
const GIB: f64 = 1_073_741_824.0;

/// A bucket.
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    index: u32,
    subscriptions: Vec<u32>,
    prefixes: Vec<Prefix>,
    /// Writes and reads per second of a prefix that was never split.
    rates: [f64; 2],
    limits: [u32; 2],
    split_after: Lasting,
    size_max: f64,
    size_limit: u32,
    throughput: f64,
    read_latency: Sampler,
    write_latency: Sampler,
    object_bytes: Option<f64>,
    duplicates: f64,
    /// Bytes written so far, and their sum over time up to the last write, in byte seconds.
    stored: f64,
    stored_seconds: f64,
    stored_until: Nanos,
    /// By what a fault multiplies the latency.
    slow: f64,
}

/// A part of the keys, with its writes and reads.
#[derive(Clone, Debug)]
struct Prefix {
    sides: [TokenBucket; 2],
    doublings: u32,
    heat: Heat,
}

impl Bucket {
    pub(crate) fn new(program: &Program, index: u32, config: &BucketConfig) -> Self {
        let node = &program.nodes[index as usize];
        let rates = [config.prefix_writes.value, config.prefix_reads.value];
        let prefix = Prefix { sides: rates.map(|rate| TokenBucket::new(rate, rate)), doublings: 0, heat: Heat::default() };
        let delivers = |edge: &u32| program.edges[*edge as usize].kind == EdgeKind::Deliver;
        Self {
            index,
            subscriptions: node.calls.iter().copied().filter(delivers).collect(),
            prefixes: vec![prefix; config.prefixes as usize],
            rates,
            limits: [node.limits[&config.prefix_writes.key], node.limits[&config.prefix_reads.key]],
            split_after: Lasting { long: nanos(config.scaling_time), pause: nanos(config.scaling_pause) },
            size_max: config.write_size.value,
            size_limit: node.limits[&config.write_size.key],
            throughput: config.throughput,
            read_latency: Sampler::new(&config.read_latency),
            write_latency: Sampler::new(&config.write_latency),
            object_bytes: config.object_bytes,
            duplicates: config.duplicates,
            stored: 0.0,
            stored_seconds: 0.0,
            stored_until: 0,
            slow: 1.0,
        }
    }

    fn bytes(&self, core: &Core, item: u32) -> f64 {
        self.object_bytes.unwrap_or_else(|| f64::from(core.items[item].bytes))
    }

    /// Admits a request of a key, or answers 503.
    fn admit(&mut self, core: &mut Core, key: u64, side: usize) -> bool {
        let now = core.now();
        let count = self.prefixes.len() as u64;
        let prefix = &mut self.prefixes[(mix(key, PREFIX) % count) as usize];
        core.limits[self.limits[side] as usize].demand(now, 1.0 / count as f64);
        if prefix.sides[side].take(now, 1.0) {
            return true;
        }
        if prefix.heat.refused(now, self.split_after) && prefix.doublings < DOUBLINGS_MAX {
            prefix.doublings += 1;
            let factor = f64::from(1_u32 << prefix.doublings);
            for (bucket, rate) in prefix.sides.iter_mut().zip(self.rates) {
                bucket.reconfigure(now, rate * factor, rate * factor);
            }
        }
        false
    }

    fn written(&mut self, core: &mut Core, item: u32) {
        let now = core.now();
        let bytes = self.bytes(core, item);
        self.stored_seconds = self.byte_seconds(now);
        self.stored_until = now;
        self.stored += bytes;
        let cause = core.cause(item);
        let attempt = core.items[item].attempt;
        for position in 0..self.subscriptions.len() {
            let edge = self.subscriptions[position];
            if !core.passes(edge, &cause) {
                core.filtered(edge, cause.journey);
                continue;
            }
            let line = mix(cause.line, core.program.edges[edge as usize].key);
            let twice = core.chance(self.duplicates, self.index, Purpose::Route, line, attempt);
            for repeat in 0..=u32::from(twice) {
                core.nodes[self.index as usize].special.add(1);
                core.call(edge, 0, &cause, (attempt << 1) | repeat);
            }
        }
    }

    fn byte_seconds(&self, now: Nanos) -> f64 {
        self.stored_seconds + self.stored * seconds(now - self.stored_until)
    }
}

fn is_write(core: &Core, item: u32) -> bool {
    let edge = core.items[item].edge;
    matches!(core.program.edges[edge as usize].operation, Operation::Write { .. })
}

impl Behavior for Bucket {
    fn arrive(&mut self, core: &mut Core, item: u32) {
        let now = core.now();
        core.items[item].arrived = now;
        core.nodes[self.index as usize].arrivals.add(1);
        let row = core.items[item];
        let writes = is_write(core, item);
        let bytes = self.bytes(core, item);
        if writes {
            core.limits[self.size_limit as usize].level(now, bytes);
            if bytes > self.size_max {
                core.nodes[self.index as usize].refused.add(1);
                core.limits[self.size_limit as usize].refuse(now);
                core.answer(item, Outcome::Rejected);
                return;
            }
        }
        let key = core.journeys[row.journey].key;
        let side = usize::from(!writes);
        if !self.admit(core, key, side) {
            core.nodes[self.index as usize].refused.add(1);
            core.limits[self.limits[side] as usize].refuse(now);
            core.answer(item, Outcome::Throttled);
            return;
        }
        let meter = &mut core.nodes[self.index as usize];
        meter.accepted.add(1);
        meter.busy.add(now, 1);
        meter.units[side] += 1;
        core.note(row.journey, self.index, row.edge, TraceEvent::Start);
        let law = if writes { &self.write_latency } else { &self.read_latency };
        let first = core.sample(law, self.index, Purpose::Service, row.line, row.attempt);
        let time = slowed(first.saturating_add(nanos(bytes / self.throughput)), self.slow);
        core.after(time, Class::Completion, self.index, Timer::Done, item);
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
        if is_write(core, item) {
            self.written(core, item);
        }
        core.answer(item, Outcome::Ok);
    }

    fn settled(&mut self, core: &mut Core, _copy: u32, outcome: Outcome) {
        if outcome != Outcome::Ok {
            core.nodes[self.index as usize].failed.add(1);
        }
    }

    fn fault(&mut self, core: &mut Core, effect: &Effect, on: bool) {
        if let Effect::Slow { factor } = effect {
            self.slow = if on { *factor } else { 1.0 };
        } else if let Effect::Tighten { limit: Some(key), factor } = effect {
            let limit = core.program.nodes[self.index as usize].limits.get(key).copied();
            let Some(side) = self.limits.iter().position(|known| Some(*known) == limit) else { return };
            for prefix in &mut self.prefixes {
                prefix.sides[side].tighten(core.now(), if on { *factor } else { 1.0 });
            }
        }
    }

    fn names(&self) -> Names {
        Names { arrivals: "AllRequests", refused: "5xxErrors", failed: "FailedNotifications", special: "Notifications", ..Names::PLAIN }
    }

    fn billed(&self, core: &Core, now: Nanos) -> Vec<f64> {
        let units = &core.nodes[self.index as usize].units;
        vec![units[0] as f64, units[1] as f64, self.byte_seconds(now) / GIB / SECONDS_PER_MONTH]
    }

    fn figures(&self, core: &Core, put: &mut dyn FnMut(&str, f64)) {
        let units = &core.nodes[self.index as usize].units;
        put("writes", units[0] as f64);
        put("reads", units[1] as f64);
        put("stored_bytes", self.stored);
        put("splits", self.prefixes.iter().map(|prefix| f64::from(prefix.doublings)).sum());
    }
}

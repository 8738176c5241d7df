//! Bus with subscribers: it keeps each event until every subscriber whose filter lets it through has had its turn.
//!
//! ```text
//! publish --> rates, repeats --> line of each subscriber --> target
//!                                ^ (of each group, if ordered)  | failed, throttled
//!                                +------------- wait -----------+
//! ```
//! Where a subscriber keeps the order, what it cannot deliver holds back what stands behind it in the same group, until
//! it succeeds or is given up.

mod subscriber;

use plimsoll_models::{
    families::{BusConfig, SubscribersConfig},
    fault::Effect,
};

use self::subscriber::Subscriber;
use super::{Behavior, Names, payload::Payload};
use crate::{
    core::{Core, ReplyTo},
    event::{Class, Timer},
    faults::slowed,
    ledger::Fate,
    outcome::Outcome,
    parts::{GroupRate, Repeats, TokenBucket},
    program::Program,
    rng::Purpose,
    sample::Sampler,
    slab::Slab,
    time::{Nanos, nanos},
};

/// Bytes of a billed gigabyte.
const GIGABYTE: f64 = 1e9;

/// Bytes that weigh as much as an event in the rate of a group.
const KILOBYTE: u64 = 1_000;

/// A bus with subscribers.
#[derive(Clone, Debug)]
pub(crate) struct CustomBus {
    index: u32,
    subscribers: Vec<Subscriber>,
    publish_latency: Sampler,
    payload: Payload,
    /// Events of the bus, with the limit.
    events: (TokenBucket, u32),
    /// Bytes of each group, an event weighing as much as a kilobyte.
    groups: GroupRate,
    group_limit: u32,
    repeats: Repeats,
    deduplicated: u64,
    /// Events that were delivered to a subscriber that came after them.
    replayed: u64,
    retention: Nanos,
    /// Lines that wait for their window, as positions of subscribers and groups.
    windows: Slab<(usize, u64)>,
    /// By what a fault multiplies the time of publishing.
    slow: f64,
}

impl CustomBus {
    pub(crate) fn new(program: &Program, index: u32, config: &BusConfig, kept: &SubscribersConfig) -> Self {
        let node = &program.nodes[index as usize];
        let rate = kept.event_rate.value;
        Self {
            index,
            subscribers: node.calls.iter().filter_map(|edge| Subscriber::new(program, *edge, nanos(kept.retention))).collect(),
            publish_latency: Sampler::new(&config.publish_latency),
            payload: Payload::new(node, index, &config.event_size, KILOBYTE as f64),
            events: (TokenBucket::new(rate, rate), node.limits[&kept.event_rate.key]),
            groups: GroupRate::new(kept.group_rate.value * KILOBYTE as f64),
            group_limit: node.limits[&kept.group_rate.key],
            repeats: Repeats::new(nanos(kept.deduplication)),
            deduplicated: 0,
            replayed: 0,
            retention: nanos(kept.retention),
            windows: Slab::default(),
            slow: 1.0,
        }
    }

    /// Takes an event, or names the limit that refuses it.
    fn admit(&mut self, core: &mut Core, item: u32) -> Result<(), u32> {
        let now = core.now();
        let row = core.items[item];
        let (bucket, limit) = &mut self.events;
        core.limits[*limit as usize].demand(now, 1.0);
        if !bucket.has(now, 1.0) {
            return Err(*limit);
        }
        if !self.groups.take_units(now, core.journeys[row.journey].key, KILOBYTE + u64::from(row.bytes)) {
            let meter = &mut core.limits[self.group_limit as usize];
            meter.level(now, meter.limit.value + 1.0);
            return Err(self.group_limit);
        }
        // What is refused has used up nothing.
        bucket.take(now, 1.0);
        Ok(())
    }

    /// Every subscriber whose filter matches gets the event.
    fn publish(&mut self, core: &mut Core, item: u32) {
        let cause = core.cause(item);
        let meter = &mut core.nodes[self.index as usize];
        meter.accepted.add(1);
        meter.completed.add(1);
        meter.units[0] += u64::from(cause.bytes);
        core.events += 1;
        for position in 0..self.subscribers.len() {
            let edge = self.subscribers[position].edge;
            if self.subscribers[position].is_meant(core.now()) && core.passes(edge, &cause) {
                let copy = core.open_call(edge, position as u64, &cause, 0);
                self.enter(core, position, copy);
            } else {
                core.filtered(edge, cause.journey);
            }
        }
    }
}

impl Behavior for CustomBus {
    fn start(&mut self, core: &mut Core) {
        for (position, subscriber) in self.subscribers.iter().enumerate() {
            for (_, to) in &subscriber.pauses {
                core.after(*to, Class::Arrival, self.index, Timer::Resume, position as u32);
            }
        }
    }

    fn arrive(&mut self, core: &mut Core, item: u32) {
        if !self.payload.arrive(core, item) {
            return;
        }
        let now = core.now();
        if let Err(limit) = self.admit(core, item) {
            core.nodes[self.index as usize].refused.add(1);
            core.limits[limit as usize].refuse(now);
            core.answer(item, Outcome::Throttled);
            return;
        }
        // The order is that of arrival; only the acknowledgment takes time.
        let row = core.items[item];
        if self.repeats.take(now, row.line) {
            self.publish(core, item);
        } else {
            self.deduplicated += 1;
            let books = core.program.edges.len() as u32 + self.index;
            core.ledger.create(books);
            core.ledger.end(books, Fate::Filtered);
        }
        let latency = core.sample(&self.publish_latency, self.index, Purpose::Overhead, row.line, row.attempt);
        core.after(slowed(latency, self.slow), Class::Completion, self.index, Timer::Done, item);
    }

    fn timer(&mut self, core: &mut Core, timer: Timer, argument: u32) {
        match timer {
            Timer::Done => {
                let row = core.items[argument];
                self.repeats.acknowledge(core.now(), row.line, row.reply != ReplyTo::Nobody);
                core.answer(argument, Outcome::Ok);
            }
            Timer::Window => self.window_over(core, argument),
            Timer::Resume => self.resume(core, argument as usize),
            other => debug_assert!(false, "{other:?} is not a timer of a bus"),
        }
    }

    /// An event has been delivered or given up.
    fn settled(&mut self, core: &mut Core, copy: u32, outcome: Outcome) {
        let position = core.copies[copy].token as usize;
        self.count(core, copy, outcome);
        let group = self.subscribers[position].group_of(core, copy);
        self.leave(core, position, group);
    }

    fn fault(&mut self, core: &mut Core, effect: &Effect, on: bool) {
        match effect {
            Effect::Slow { factor } => self.slow = if on { *factor } else { 1.0 },
            Effect::Tighten { factor, .. } => self.events.0.tighten(core.now(), if on { *factor } else { 1.0 }),
            _ => {}
        }
    }

    fn names(&self) -> Names {
        Names {
            arrivals: "PutEventsRequests",
            refused: "PutEventsThrottled",
            failed: "FailedInvocations",
            special: "DeadLettered",
            waiting: "EventsWaiting",
            ..Names::PLAIN
        }
    }

    fn billed(&self, core: &Core, _now: Nanos) -> Vec<f64> {
        let units = &core.nodes[self.index as usize].units;
        vec![units[0] as f64 / GIGABYTE, units[1] as f64 / GIGABYTE]
    }

    fn figures(&self, _core: &Core, put: &mut dyn FnMut(&str, f64)) {
        put("deduplicated", self.deduplicated as f64);
        put("replayed", self.replayed as f64);
    }
}

//! Bus: one event in, a delivery for every rule that matches.
//!
//! It takes events against a publishing rate of the account. There is also a rate for what goes out; what is above it
//! is delayed, not lost. An API destination has a rate of its own behind it.

use std::collections::VecDeque;

use plimsoll_models::{families::BusConfig, fault::Effect};

use super::{Behavior, Names, payload::Payload};
use crate::{
    core::Core,
    event::{Class, Timer},
    faults::slowed,
    outcome::Outcome,
    parts::Pace,
    program::Program,
    rng::Purpose,
    sample::Sampler,
    time::{Nanos, SECOND},
};

/// A bus.
#[derive(Clone, Debug)]
pub(crate) struct Bus {
    index: u32,
    subscriptions: Vec<Subscription>,
    publish_latency: Sampler,
    payload: Payload,
    publish_bucket: u32,
    publish_limit: u32,
    outgoing: Outgoing,
    /// By what a fault multiplies the time of publishing.
    slow: f64,
}

/// The rate of what goes out of a bus: who finds it used up stands in line.
#[derive(Clone, Debug)]
struct Outgoing {
    bucket: u32,
    limit: u32,
    /// Deliveries that wait, by position of the subscription, with the time since when.
    line: VecDeque<(Nanos, usize, u32)>,
    /// Whether a timer for the head of the line is set.
    timed: bool,
}

/// A rule with its target.
#[derive(Clone, Debug)]
struct Subscription {
    edge: u32,
    /// Whether its deliveries are paid for one by one.
    metered: bool,
    /// The rate of an API destination, with the nanoseconds between two calls.
    destination: Option<(Pace, f64, u32)>,
}

impl Subscription {
    fn new(program: &Program, edge: u32) -> Self {
        let ready = &program.edges[edge as usize];
        let delivery = ready.delivery.as_deref();
        let throttle = delivery.and_then(|delivery| delivery.throttle.as_ref());
        Self {
            edge,
            metered: delivery.is_some_and(|delivery| delivery.metered),
            destination: throttle.map(|limit| (Pace::default(), 1e9 / limit.value.max(1e-9), ready.limits[&limit.key])),
        }
    }
}

impl Bus {
    pub(crate) fn new(program: &Program, index: u32, config: &BusConfig) -> Self {
        let node = &program.nodes[index as usize];
        Self {
            index,
            subscriptions: node.calls.iter().map(|edge| Subscription::new(program, *edge)).collect(),
            publish_latency: Sampler::new(&config.publish_latency),
            payload: Payload::new(node, index, &config.event_size, config.metered_chunk),
            publish_bucket: node.buckets[&config.publish_rate.key],
            publish_limit: node.limits[&config.publish_rate.key],
            outgoing: Outgoing {
                bucket: node.buckets[&config.invocation_rate.key],
                limit: node.limits[&config.invocation_rate.key],
                line: VecDeque::new(),
                timed: false,
            },
            slow: 1.0,
        }
    }

    fn publish(&mut self, core: &mut Core, item: u32) {
        let cause = core.cause(item);
        let meter = &mut core.nodes[self.index as usize];
        meter.accepted.add(1);
        meter.completed.add(1);
        meter.units[0] += self.payload.chunks(u64::from(cause.bytes));
        core.events += 1;
        for position in 0..self.subscriptions.len() {
            let edge = self.subscriptions[position].edge;
            if !core.passes(edge, &cause) {
                core.filtered(edge, cause.journey);
                continue;
            }
            let copy = core.open_call(edge, position as u64, &cause, 0);
            self.invoke(core, position, copy);
        }
        core.answer(item, Outcome::Ok);
    }

    /// A delivery goes when the rate of what goes out has room for it.
    fn invoke(&mut self, core: &mut Core, position: usize, copy: u32) {
        let now = core.now();
        core.nodes[self.index as usize].special.add(1);
        let outgoing = &mut self.outgoing;
        core.limits[outgoing.limit as usize].demand(now, 1.0);
        if outgoing.line.is_empty() && core.buckets[outgoing.bucket as usize].take(now, 1.0) {
            self.send(core, position, copy);
            return;
        }
        core.limits[outgoing.limit as usize].begin_delay(now);
        core.nodes[self.index as usize].waiting.add(now, 1);
        outgoing.line.push_back((now, position, copy));
        self.look(core);
    }

    /// Lets those at the head of the line go, and looks again when there may be room for the next.
    fn release(&mut self, core: &mut Core) {
        let now = core.now();
        while let Some((since, position, copy)) = self.outgoing.line.front().copied() {
            if !core.buckets[self.outgoing.bucket as usize].take(now, 1.0) {
                break;
            }
            self.outgoing.line.pop_front();
            core.limits[self.outgoing.limit as usize].end_delay(now - since);
            core.nodes[self.index as usize].waiting.subtract(now, 1);
            self.send(core, position, copy);
        }
        self.look(core);
    }

    fn look(&mut self, core: &mut Core) {
        if self.outgoing.timed || self.outgoing.line.is_empty() {
            return;
        }
        self.outgoing.timed = true;
        // Other buses share the rate, and a fault may end: nobody sleeps for longer than a second.
        let now = core.now();
        let wait = core.buckets[self.outgoing.bucket as usize].wait(now, 1.0).clamp(1, SECOND);
        core.after(wait, Class::Arrival, self.index, Timer::Turn, 0);
    }

    /// A delivery leaves, at its turn where it goes to an API destination.
    fn send(&mut self, core: &mut Core, position: usize, copy: u32) {
        let now = core.now();
        let Some((pace, gap, limit)) = &mut self.subscriptions[position].destination else {
            core.attempt(copy);
            return;
        };
        core.limits[*limit as usize].demand(now, 1.0);
        let wait = pace.take(now, *gap);
        if wait == 0 {
            core.attempt(copy);
            return;
        }
        core.limits[*limit as usize].delay(now, wait);
        core.nodes[self.index as usize].waiting.add(now, 1);
        core.after(wait, Class::Arrival, self.index, Timer::Release, copy);
    }

    /// Calls of API destinations, with every retry.
    fn destination_calls(&self, core: &Core) -> u64 {
        let metered = self.subscriptions.iter().filter(|subscription| subscription.metered);
        metered.map(|subscription| core.edges[subscription.edge as usize].attempts.total()).sum()
    }
}

impl Behavior for Bus {
    fn arrive(&mut self, core: &mut Core, item: u32) {
        if !self.payload.arrive(core, item) {
            return;
        }
        let now = core.now();
        let row = core.items[item];
        core.limits[self.publish_limit as usize].demand(now, 1.0);
        if !core.buckets[self.publish_bucket as usize].take(now, 1.0) {
            core.nodes[self.index as usize].refused.add(1);
            core.limits[self.publish_limit as usize].refuse(now);
            core.answer(item, Outcome::Throttled);
            return;
        }
        let latency = core.sample(&self.publish_latency, self.index, Purpose::Overhead, row.line, row.attempt);
        let latency = slowed(latency, self.slow);
        core.after(latency, Class::Completion, self.index, Timer::Done, item);
    }

    fn timer(&mut self, core: &mut Core, timer: Timer, argument: u32) {
        match timer {
            Timer::Turn => {
                self.outgoing.timed = false;
                self.release(core);
            }
            Timer::Release => {
                let now = core.now();
                core.nodes[self.index as usize].waiting.subtract(now, 1);
                core.attempt(argument);
            }
            _ => self.publish(core, argument),
        }
    }

    fn settled(&mut self, core: &mut Core, _copy: u32, outcome: Outcome) {
        if outcome != Outcome::Ok {
            core.nodes[self.index as usize].failed.add(1);
        }
    }

    fn fault(&mut self, core: &mut Core, effect: &Effect, on: bool) {
        match effect {
            Effect::Slow { factor } => self.slow = if on { *factor } else { 1.0 },
            Effect::Tighten { .. } => self.release(core),
            _ => {}
        }
    }

    fn names(&self) -> Names {
        Names {
            arrivals: "PutEventsRequests",
            refused: "PutEventsThrottled",
            failed: "FailedInvocations",
            special: "InvocationAttempts",
            waiting: "ThrottledRulesWaiting",
            ..Names::PLAIN
        }
    }

    fn billed(&self, core: &Core) -> Vec<f64> {
        vec![core.nodes[self.index as usize].units[0] as f64, self.destination_calls(core) as f64]
    }

    fn figures(&self, core: &Core, put: &mut dyn FnMut(&str, f64)) {
        put("billed_requests", core.nodes[self.index as usize].units[0] as f64);
    }
}

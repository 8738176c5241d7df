//! Bus: one event in, a delivery for every rule that matches.
//!
//! It takes events against a publishing rate of the account. There is also a rate for what goes out; what is above it
//! is delayed, not lost.

use plimsoll_models::{families::BusConfig, fault::Effect};

use super::{Behavior, Names, payload::Payload};
use crate::{
    core::Core,
    event::{Class, Timer},
    faults::slowed,
    outcome::Outcome,
    program::NodeProgram,
    rng::Purpose,
    sample::Sampler,
    time::Nanos,
};

/// A bus.
#[derive(Clone, Debug)]
pub(crate) struct Bus {
    index: u32,
    subscriptions: Vec<u32>,
    publish_latency: Sampler,
    payload: Payload,
    publish_bucket: u32,
    publish_limit: u32,
    outgoing: Outgoing,
    /// By what a fault multiplies the time of publishing.
    slow: f64,
}

/// The rate of what goes out of a bus.
#[derive(Clone, Debug)]
struct Outgoing {
    bucket: u32,
    limit: u32,
    /// Nanoseconds between two deliveries at the limit.
    gap: f64,
    /// When the last delayed delivery goes.
    last: f64,
}

impl Bus {
    pub(crate) fn new(node: &NodeProgram, index: u32, config: &BusConfig) -> Self {
        Self {
            index,
            subscriptions: node.calls.clone(),
            publish_latency: Sampler::new(&config.publish_latency),
            payload: Payload::new(node, index, &config.event_size, config.metered_chunk),
            publish_bucket: node.buckets[&config.publish_rate.key],
            publish_limit: node.limits[&config.publish_rate.key],
            outgoing: Outgoing {
                bucket: node.buckets[&config.invocation_rate.key],
                limit: node.limits[&config.invocation_rate.key],
                gap: 1e9 / config.invocation_rate.value.max(1e-9),
                last: 0.0,
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
            let edge = self.subscriptions[position];
            if !core.passes(edge, &cause) {
                core.filtered(edge, cause.journey);
                continue;
            }
            let copy = core.open_call(edge, 0, &cause, 0);
            let wait = self.wait(core);
            if wait == 0 {
                core.attempt(copy);
            } else {
                core.after(wait, Class::Arrival, self.index, Timer::Release, copy);
            }
        }
        core.answer(item, Outcome::Ok);
    }

    /// How long a delivery must wait for the rate of what goes out.
    fn wait(&mut self, core: &mut Core) -> Nanos {
        let now = core.now();
        core.nodes[self.index as usize].special.add(1);
        let outgoing = &mut self.outgoing;
        core.limits[outgoing.limit as usize].demand(now, 1.0);
        let behind = outgoing.last > now as f64;
        if !behind && core.buckets[outgoing.bucket as usize].take(now, 1.0) {
            return 0;
        }
        outgoing.last = outgoing.last.max(now as f64) + outgoing.gap;
        let wait = (outgoing.last - now as f64) as Nanos;
        core.limits[outgoing.limit as usize].delay(now, wait);
        core.nodes[self.index as usize].waiting.add(now, 1);
        wait.max(1)
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
        if timer == Timer::Release {
            let now = core.now();
            core.nodes[self.index as usize].waiting.subtract(now, 1);
            core.attempt(argument);
        } else {
            self.publish(core, argument);
        }
    }

    fn settled(&mut self, core: &mut Core, _copy: u32, outcome: Outcome) {
        if outcome != Outcome::Ok {
            core.nodes[self.index as usize].failed.add(1);
        }
    }

    fn fault(&mut self, _core: &mut Core, effect: &Effect, on: bool) {
        if let Effect::Slow { factor } = effect {
            self.slow = if on { *factor } else { 1.0 };
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
        vec![core.nodes[self.index as usize].units[0] as f64]
    }

    fn figures(&self, core: &Core, put: &mut dyn FnMut(&str, f64)) {
        put("billed_requests", core.nodes[self.index as usize].units[0] as f64);
    }
}

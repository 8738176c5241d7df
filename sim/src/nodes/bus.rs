//! Bus with rules: one event in, a delivery for every rule that matches.
//!
//! It takes events against a publishing rate of the account. There is also a rate for what goes out; what is above it
//! is delayed, not lost. An API destination has a rate of its own behind it.

use plimsoll_models::{
    families::{BusConfig, Config, RulesConfig},
    fault::Effect,
};

use super::{Behavior, Names, outgoing::Outgoing, payload::Payload};
use crate::{
    core::Core,
    event::{Class, Timer},
    faults::slowed,
    outcome::Outcome,
    program::Program,
    rng::Purpose,
    sample::Sampler,
    time::Nanos,
};

/// A bus with rules.
#[derive(Clone, Debug)]
pub(crate) struct Bus {
    index: u32,
    subscriptions: Vec<Subscription>,
    publish_latency: Sampler,
    payload: Payload,
    publish_bucket: u32,
    publish_limit: u32,
    /// Part of a publishing request that one event is.
    request: f64,
    outgoing: Outgoing,
    /// By what a fault multiplies the time of publishing.
    slow: f64,
}

/// A rule with its target.
#[derive(Clone, Debug)]
struct Subscription {
    edge: u32,
    /// Whether it leads to an archive, which takes no invocation and no event twice.
    archives: bool,
    /// Whether its deliveries are paid for one by one.
    metered: bool,
}

impl Subscription {
    fn new(program: &Program, edge: u32) -> Self {
        let ready = &program.edges[edge as usize];
        let delivery = ready.delivery.as_deref();
        Self {
            edge,
            archives: matches!(program.nodes[ready.to as usize].config, Config::Archive(_)),
            metered: delivery.is_some_and(|delivery| delivery.metered),
        }
    }
}

impl Bus {
    pub(crate) fn new(program: &Program, index: u32, config: &BusConfig, rules: &RulesConfig) -> Self {
        let node = &program.nodes[index as usize];
        Self {
            index,
            subscriptions: node.calls.iter().map(|edge| Subscription::new(program, *edge)).collect(),
            publish_latency: Sampler::new(&config.publish_latency),
            payload: Payload::new(node, index, &config.event_size, rules.metered_chunk),
            publish_bucket: node.buckets[&rules.publish_rate.key],
            publish_limit: node.limits[&rules.publish_rate.key],
            request: 1.0 / f64::from(rules.publish_batch),
            outgoing: Outgoing::new(node, index, &rules.invocation_rate),
            slow: 1.0,
        }
    }

    fn publish(&mut self, core: &mut Core, item: u32) {
        let cause = core.cause(item);
        let billed = if is_replay(core, item) { 0 } else { self.payload.chunks(u64::from(cause.bytes)) };
        let meter = &mut core.nodes[self.index as usize];
        meter.accepted.add(1);
        meter.completed.add(1);
        meter.units[0] += billed;
        core.events += 1;
        for position in 0..self.subscriptions.len() {
            let edge = self.subscriptions[position].edge;
            if !self.is_meant(core, position, item) || !core.passes(edge, &cause) {
                core.filtered(edge, cause.journey);
                continue;
            }
            let copy = core.open_call(edge, position as u64, &cause, 0);
            if self.subscriptions[position].archives {
                core.attempt(copy);
                continue;
            }
            core.nodes[self.index as usize].special.add(1);
            if self.outgoing.enter(core, position, copy) {
                core.attempt_in_turn(copy);
            }
        }
        core.answer(item, Outcome::Ok);
    }

    /// Whether a rule takes part in an event: a replay may name the rules that do, and nothing is archived again.
    fn is_meant(&self, core: &Core, position: usize, item: u32) -> bool {
        let Subscription { edge, archives, .. } = &self.subscriptions[position];
        let row = core.items[item];
        if *archives && core.is_replayed(row.journey) {
            return false;
        }
        let rules = core.program.edges[row.edge as usize].replay.as_ref().and_then(|replay| replay.rules.as_ref());
        rules.is_none_or(|rules| rules.iter().any(|rule| rule == core.program.edges[*edge as usize].id.as_str()))
    }

    /// Lets those go that the rate of what goes out has room for.
    fn release(&mut self, core: &mut Core) {
        while let Some((_, copy)) = self.outgoing.next(core) {
            core.attempt_in_turn(copy);
        }
    }

    /// Calls of API destinations, with every retry.
    fn destination_calls(&self, core: &Core) -> u64 {
        let metered = self.subscriptions.iter().filter(|subscription| subscription.metered);
        metered.map(|subscription| core.edges[subscription.edge as usize].attempts.total()).sum()
    }
}

/// Whether an archive sends an event again, at a rate and a price of its own.
fn is_replay(core: &Core, item: u32) -> bool {
    core.program.edges[core.items[item].edge as usize].replay.is_some()
}

impl Behavior for Bus {
    fn arrive(&mut self, core: &mut Core, item: u32) {
        if !self.payload.arrive(core, item) {
            return;
        }
        let now = core.now();
        let row = core.items[item];
        if is_replay(core, item) {
            self.publish(core, item);
            return;
        }
        core.limits[self.publish_limit as usize].demand(now, self.request);
        if !core.buckets[self.publish_bucket as usize].take(now, self.request) {
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
                self.outgoing.turn();
                self.release(core);
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

    fn billed(&self, core: &Core, _now: Nanos) -> Vec<f64> {
        vec![core.nodes[self.index as usize].units[0] as f64, self.destination_calls(core) as f64]
    }

    fn figures(&self, core: &Core, put: &mut dyn FnMut(&str, f64)) {
        put("billed_requests", core.nodes[self.index as usize].units[0] as f64);
    }
}

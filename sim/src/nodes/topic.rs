//! Topic: one message in, a delivery for every subscription whose filter lets it through.
//!
//! Messages are taken against a publishing rate of the account. An ordered topic also limits each group and itself,
//! drops repeated publishes, and delivers the messages of a group one after the other.

use plimsoll_models::{
    families::{FifoTopicConfig, TopicConfig},
    fault::Effect,
};

use super::{Behavior, Names, payload::Payload};
use crate::{
    core::{Core, ReplyTo},
    event::{Class, Timer},
    faults::slowed,
    ledger::Fate,
    outcome::Outcome,
    parts::{GroupLanes, GroupRate, Repeats, TokenBucket},
    program::{NodeProgram, Program},
    rng::Purpose,
    sample::Sampler,
    time::{Nanos, nanos},
};

/// Bytes of a billed gigabyte.
const GIGABYTE: f64 = 1e9;

/// A topic.
#[derive(Clone, Debug)]
pub(crate) struct Topic {
    index: u32,
    subscriptions: Vec<Subscription>,
    publish_latency: Sampler,
    payload: Payload,
    publish_bucket: u32,
    publish_limit: u32,
    ordered: Option<Ordered>,
    /// By what a fault multiplies the time of publishing.
    slow: f64,
}

/// Where a topic delivers to.
#[derive(Clone, Debug)]
struct Subscription {
    edge: u32,
    /// Whether its deliveries are billed one by one.
    metered: bool,
    /// Whether its filter reads every payload.
    reads_payload: bool,
    lanes: Option<Lanes>,
}

/// Deliveries in the order of each group.
#[derive(Clone, Debug)]
struct Lanes {
    groups: GroupLanes,
    latency: Sampler,
}

/// What an ordered topic adds to a publish.
#[derive(Clone, Debug)]
struct Ordered {
    repeats: Repeats,
    deduplicated: u64,
    groups: GroupRate,
    group_limit: u32,
    /// Messages and bytes of the whole topic, with their limits.
    whole: Option<[(TokenBucket, u32); 2]>,
}

impl Topic {
    pub(crate) fn new(program: &Program, index: u32, config: &TopicConfig) -> Self {
        let node = &program.nodes[index as usize];
        Self {
            index,
            subscriptions: node.calls.iter().map(|edge| Subscription::new(program, *edge)).collect(),
            publish_latency: Sampler::new(&config.publish_latency),
            payload: Payload::new(node, index, &config.message_size, config.metered_chunk),
            publish_bucket: node.buckets[&config.publish_rate.key],
            publish_limit: node.limits[&config.publish_rate.key],
            ordered: config.fifo.as_ref().map(|fifo| Ordered::new(node, fifo)),
            slow: 1.0,
        }
    }

    fn meter(&self, core: &mut Core, meter: usize, units: u64) {
        core.nodes[self.index as usize].units[meter] += units;
    }

    fn publish(&mut self, core: &mut Core, item: u32) {
        let cause = core.cause(item);
        let bytes = u64::from(cause.bytes);
        let meter = &mut core.nodes[self.index as usize];
        meter.accepted.add(1);
        meter.completed.add(1);
        core.events += 1;
        for position in 0..self.subscriptions.len() {
            let Subscription { edge, reads_payload, .. } = self.subscriptions[position];
            if reads_payload {
                self.meter(core, 2, bytes);
            }
            if !core.passes(edge, &cause) {
                core.filtered(edge, cause.journey);
                continue;
            }
            let copy = core.open_call(edge, position as u64, &cause, 0);
            self.deliver(core, position, copy);
        }
    }

    /// A delivery goes at once, or waits for its rate or for those before it.
    fn deliver(&mut self, core: &mut Core, position: usize, copy: u32) {
        core.nodes[self.index as usize].special.add(1);
        if let Some(lanes) = &mut self.subscriptions[position].lanes {
            let group = core.journeys[core.copies[copy].journey].key;
            if lanes.groups.enter(group, copy) {
                self.send_group(core, position, group);
            }
            return;
        }
        core.attempt_in_turn(copy);
    }

    /// What waits of a group goes together, in order.
    fn send_group(&mut self, core: &mut Core, position: usize, group: u64) {
        let now = core.now();
        let Some(lanes) = &mut self.subscriptions[position].lanes else { return };
        let mut latency = None;
        while let Some(copy) = lanes.groups.go(group) {
            let row = core.copies[copy];
            let latency = *latency.get_or_insert_with(|| core.sample(&lanes.latency, self.index, Purpose::Latency, row.line, 1));
            core.nodes[self.index as usize].waiting.add(now, 1);
            core.after(latency, Class::Arrival, self.index, Timer::Release, copy);
        }
    }
}

impl Subscription {
    fn new(program: &Program, edge: u32) -> Self {
        let ready = &program.edges[edge as usize];
        let delivery = ready.delivery.as_deref();
        Self {
            edge,
            metered: delivery.is_some_and(|delivery| delivery.metered),
            reads_payload: delivery.is_some_and(|delivery| delivery.filter_reads_payload),
            lanes: delivery.and_then(|delivery| {
                let latency = Sampler::new(&delivery.latency);
                delivery.ordered.map(|together| Lanes { groups: GroupLanes::new(together), latency })
            }),
        }
    }
}

impl Ordered {
    fn new(node: &NodeProgram, config: &FifoTopicConfig) -> Self {
        let bucket = |limit: &plimsoll_models::families::Limit| (TokenBucket::new(limit.value, limit.value), node.limits[&limit.key]);
        Self {
            repeats: Repeats::new(nanos(config.deduplication)),
            deduplicated: 0,
            groups: GroupRate::new(config.group_rate.value),
            group_limit: node.limits[&config.group_rate.key],
            whole: config.topic_rates.as_ref().map(|(messages, bytes)| [bucket(messages), bucket(bytes)]),
        }
    }

    /// Takes a message of a group, or names the limit that refuses.
    fn admit(&mut self, core: &mut Core, group: u64, bytes: u32) -> Result<(), u32> {
        let now = core.now();
        let units = [1.0, f64::from(bytes)];
        for ((bucket, limit), units) in self.whole.iter_mut().flatten().zip(units) {
            core.limits[*limit as usize].demand(now, units);
            if !bucket.has(now, units) {
                return Err(*limit);
            }
        }
        if !self.groups.take(now, group) {
            let meter = &mut core.limits[self.group_limit as usize];
            meter.level(now, meter.limit.value + 1.0);
            return Err(self.group_limit);
        }
        for ((bucket, _), units) in self.whole.iter_mut().flatten().zip(units) {
            bucket.take(now, units);
        }
        Ok(())
    }
}

impl Behavior for Topic {
    fn arrive(&mut self, core: &mut Core, item: u32) {
        if !self.payload.arrive(core, item) {
            return;
        }
        let now = core.now();
        let row = core.items[item];
        core.limits[self.publish_limit as usize].demand(now, 1.0);
        let mut admitted = if core.buckets[self.publish_bucket as usize].has(now, 1.0) { Ok(()) } else { Err(self.publish_limit) };
        if let Some(ordered) = &mut self.ordered {
            admitted = admitted.and_then(|()| ordered.admit(core, core.journeys[row.journey].key, row.bytes));
        }
        if let Err(limit) = admitted {
            core.nodes[self.index as usize].refused.add(1);
            core.limits[limit as usize].refuse(now);
            core.answer(item, Outcome::Throttled);
            return;
        }
        // What is refused has used up nothing.
        core.buckets[self.publish_bucket as usize].take(now, 1.0);
        self.meter(core, 0, self.payload.chunks(u64::from(row.bytes)));
        // The order is that of arrival; only the acknowledgment takes time.
        if let Some(ordered) = &mut self.ordered {
            core.nodes[self.index as usize].units[1] += u64::from(row.bytes);
            if ordered.repeats.take(now, row.line) {
                self.publish(core, item);
            } else {
                ordered.deduplicated += 1;
                let books = core.program.edges.len() as u32 + self.index;
                core.ledger.create(books);
                core.ledger.end(books, Fate::Filtered);
            }
        }
        let latency = core.sample(&self.publish_latency, self.index, Purpose::Overhead, row.line, row.attempt);
        let latency = slowed(latency, self.slow);
        core.after(latency, Class::Completion, self.index, Timer::Done, item);
    }

    fn timer(&mut self, core: &mut Core, timer: Timer, argument: u32) {
        let now = core.now();
        if timer == Timer::Release {
            core.nodes[self.index as usize].waiting.subtract(now, 1);
            core.attempt(argument);
            return;
        }
        let row = core.items[argument];
        match &mut self.ordered {
            Some(ordered) => ordered.repeats.acknowledge(now, row.line, row.reply != ReplyTo::Nobody),
            None => self.publish(core, argument),
        }
        core.answer(argument, Outcome::Ok);
    }

    fn settled(&mut self, core: &mut Core, copy: u32, outcome: Outcome) {
        let row = core.copies[copy];
        let position = row.token as usize;
        let bytes = u64::from(row.bytes);
        if outcome != Outcome::Ok {
            core.nodes[self.index as usize].failed.add(1);
        } else if self.ordered.is_some() {
            self.meter(core, 2, self.payload.chunks(bytes));
            self.meter(core, 3, bytes);
        } else if self.subscriptions[position].metered {
            self.meter(core, 1, self.payload.chunks(bytes));
        }
        let group = core.journeys[row.journey].key;
        if let Some(lanes) = &mut self.subscriptions[position].lanes
            && lanes.groups.leave(group)
        {
            self.send_group(core, position, group);
        }
    }

    fn fault(&mut self, _core: &mut Core, effect: &Effect, on: bool) {
        if let Effect::Slow { factor } = effect {
            self.slow = if on { *factor } else { 1.0 };
        }
    }

    fn names(&self) -> Names {
        Names {
            arrivals: "NumberOfMessagesPublished",
            failed: "NumberOfNotificationsFailed",
            special: "NumberOfNotificationsSent",
            ..Names::PLAIN
        }
    }

    fn billed(&self, core: &Core, _now: Nanos) -> Vec<f64> {
        let units = core.nodes[self.index as usize].units.map(|units| units as f64);
        match self.ordered {
            None => vec![units[0], units[1], units[2] / GIGABYTE],
            Some(_) => vec![units[0], units[1] / GIGABYTE, units[2], units[3] / GIGABYTE],
        }
    }

    fn figures(&self, core: &Core, put: &mut dyn FnMut(&str, f64)) {
        put("billed_requests", core.nodes[self.index as usize].units[0] as f64);
        if let Some(ordered) = &self.ordered {
            put("deduplicated", ordered.deduplicated as f64);
        }
    }
}

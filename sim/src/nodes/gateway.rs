//! A front door: token buckets of the account and of the stage, the gateway's own time, an integration with a time-out.

use plimsoll_models::{families::GatewayConfig, fault::Effect};

use super::{Behavior, Names, payload::chunks};
use crate::{
    core::Core,
    event::{Class, Event, Timer},
    faults::slowed,
    outcome::Outcome,
    parts::TokenBucket,
    program::NodeProgram,
    result::TraceEvent,
    rng::Purpose,
    sample::Sampler,
    slab::{NONE, Slab},
    time::{Nanos, nanos, seconds},
};

/// Where responses with status 500 are counted, beside the billed requests.
const SERVER_ERROR: usize = 1;
/// Where responses with status 503 are counted.
const SERVICE_UNAVAILABLE: usize = 2;
/// Where responses with status 504 are counted.
const GATEWAY_TIMEOUT: usize = 3;

/// A gateway.
#[derive(Clone, Debug)]
pub(crate) struct Gateway {
    index: u32,
    overhead: Sampler,
    integrations: Vec<u32>,
    timeout: Nanos,
    lane: Option<u32>,
    chunk: f64,
    account_bucket: u32,
    account_limit: u32,
    timeout_limit: u32,
    stage: Option<(TokenBucket, u32)>,
    /// By what a fault multiplies the overhead.
    slow: f64,
    requests: Slab<Request>,
}

/// A request that waits for its integration.
#[derive(Clone, Copy, Debug)]
struct Request {
    item: u32,
    generation: u32,
    timer: u32,
    open: bool,
}

impl Gateway {
    pub(crate) fn new(node: &NodeProgram, index: u32, config: &GatewayConfig) -> Self {
        let stage = config.stage_rate.as_ref().map(|limit| {
            let burst = config.stage_burst.unwrap_or(limit.value.max(1.0));
            (TokenBucket::new(burst, limit.value), node.limits[&limit.key])
        });
        Self {
            index,
            overhead: Sampler::new(&config.overhead),
            integrations: node.calls.clone(),
            timeout: nanos(config.integration_timeout.value),
            lane: None,
            chunk: config.metered_chunk,
            account_bucket: node.buckets[&config.account_rate.key],
            account_limit: node.limits[&config.account_rate.key],
            timeout_limit: node.limits[&config.integration_timeout.key],
            stage,
            slow: 1.0,
            requests: Slab::default(),
        }
    }

    /// The first throttle that refuses, if any; a request takes a token of each bucket only if all have one.
    fn throttle(&mut self, core: &mut Core) -> Option<u32> {
        let now = core.now();
        core.limits[self.account_limit as usize].demand(now, 1.0);
        if let Some((bucket, limit)) = &mut self.stage {
            core.limits[*limit as usize].demand(now, 1.0);
            if !bucket.has(now, 1.0) {
                return Some(*limit);
            }
        }
        if !core.buckets[self.account_bucket as usize].take(now, 1.0) {
            return Some(self.account_limit);
        }
        if let Some((bucket, _)) = &mut self.stage {
            bucket.take(now, 1.0);
        }
        None
    }

    fn integrate(&mut self, core: &mut Core, item: u32) {
        let now = core.now();
        let cause = core.cause(item);
        let Some(edge) = self.integrations.iter().copied().find(|edge| core.passes(*edge, &cause)) else {
            self.finish(core, item, Outcome::Ok);
            return;
        };
        let slot = self.requests.reuse(|| Request { item: NONE, generation: 0, timer: NONE, open: false });
        let generation = self.requests[slot].generation.wrapping_add(1);
        let lane = *self.lane.get_or_insert_with(|| core.queue.lane());
        let event = Event::Timer { node: self.index, timer: Timer::InvocationTimeout, argument: slot };
        let timer = core.queue.set_timer(lane, now.saturating_add(self.timeout), Class::Arrival, event);
        self.requests[slot] = Request { item, generation, timer, open: true };
        core.call(edge, (u64::from(generation) << 32) | u64::from(slot), &cause, 0);
    }

    fn finish(&self, core: &mut Core, item: u32, outcome: Outcome) {
        let now = core.now();
        let row = core.items[item];
        core.events += 1;
        let meter = &mut core.nodes[self.index as usize];
        meter.busy.subtract(now, 1);
        if outcome == Outcome::Ok {
            meter.completed.add(1);
        } else {
            meter.failed.add(1);
        }
        if now >= core.warm_up {
            meter.sojourn.record(now - row.arrived);
        }
        core.note(row.journey, self.index, row.edge, if outcome == Outcome::Ok { TraceEvent::Done } else { TraceEvent::Failed });
        core.answer(item, outcome);
    }
}

impl Behavior for Gateway {
    fn arrive(&mut self, core: &mut Core, item: u32) {
        let now = core.now();
        core.items[item].arrived = now;
        core.nodes[self.index as usize].arrivals.add(1);
        if let Some(limit) = self.throttle(core) {
            core.nodes[self.index as usize].refused.add(1);
            core.limits[limit as usize].refuse(now);
            core.answer(item, Outcome::Throttled);
            return;
        }
        let row = core.items[item];
        let meter = &mut core.nodes[self.index as usize];
        meter.accepted.add(1);
        meter.busy.add(now, 1);
        meter.units[0] += chunks(u64::from(row.bytes), self.chunk);
        core.note(row.journey, self.index, row.edge, TraceEvent::Start);
        let overhead = core.sample(&self.overhead, self.index, Purpose::Overhead, row.line, row.attempt);
        let overhead = slowed(overhead, self.slow);
        if overhead == 0 {
            self.integrate(core, item);
        } else {
            core.after(overhead, Class::Arrival, self.index, Timer::Done, item);
        }
    }

    fn timer(&mut self, core: &mut Core, timer: Timer, argument: u32) {
        if timer == Timer::Done {
            self.integrate(core, argument);
            return;
        }
        let now = core.now();
        let Request { item, .. } = self.requests[argument];
        self.requests[argument].open = false;
        self.requests.remove(argument);
        core.limits[self.timeout_limit as usize].refuse(now);
        core.limits[self.timeout_limit as usize].level(now, seconds(self.timeout));
        core.note(core.items[item].journey, self.index, NONE, TraceEvent::TimedOut);
        core.nodes[self.index as usize].units[GATEWAY_TIMEOUT] += 1;
        self.finish(core, item, Outcome::Failed);
    }

    fn settled(&mut self, core: &mut Core, copy: u32, outcome: Outcome) {
        let row = core.copies[copy];
        if !self.awaits(row.token) {
            return;
        }
        let slot = row.token as u32;
        let Request { item, timer, .. } = self.requests[slot];
        core.queue.cancel(timer);
        self.requests[slot].open = false;
        self.requests.remove(slot);
        let now = core.now();
        core.limits[self.timeout_limit as usize].level(now, seconds(now - row.born));
        // A throttled or failed integration is a server error to the client.
        match outcome {
            Outcome::Ok => {}
            Outcome::Throttled => core.nodes[self.index as usize].units[SERVICE_UNAVAILABLE] += 1,
            Outcome::TimedOut => core.nodes[self.index as usize].units[GATEWAY_TIMEOUT] += 1,
            Outcome::Failed | Outcome::Rejected | Outcome::Expired => core.nodes[self.index as usize].units[SERVER_ERROR] += 1,
        }
        self.finish(core, item, if outcome == Outcome::Ok { Outcome::Ok } else { Outcome::Failed });
    }

    fn fault(&mut self, core: &mut Core, effect: &Effect, on: bool) {
        match effect {
            Effect::Slow { factor } => self.slow = if on { *factor } else { 1.0 },
            Effect::Tighten { limit: Some(key), factor } => {
                let tightened = core.program.nodes[self.index as usize].limits.get(key).copied();
                if let Some((bucket, limit)) = &mut self.stage
                    && Some(*limit) == tightened
                {
                    bucket.tighten(core.now(), if on { *factor } else { 1.0 });
                }
            }
            _ => {}
        }
    }

    fn awaits(&self, token: u64) -> bool {
        let request = &self.requests[token as u32];
        request.open && request.generation == (token >> 32) as u32
    }

    fn names(&self) -> Names {
        Names { arrivals: "Count", refused: "4XXError", failed: "5XXError", busy: "InFlight", ..Names::PLAIN }
    }

    fn billed(&self, core: &Core) -> Vec<f64> {
        vec![core.nodes[self.index as usize].units[0] as f64]
    }

    fn figures(&self, core: &Core, put: &mut dyn FnMut(&str, f64)) {
        let units = core.nodes[self.index as usize].units;
        put("billed_requests", units[0] as f64);
        put("500", units[SERVER_ERROR] as f64);
        put("503", units[SERVICE_UNAVAILABLE] as f64);
        put("504", units[GATEWAY_TIMEOUT] as f64);
    }
}

//! A front door: throttles, the door's own time, then what lies behind it, with a time-out.
//!
//! ```text
//! request --> size --> throttles (API) --> overhead --> cache (REST) --> integration or target --> status
//! ```
//! Nothing is tried twice. What lies behind goes on working when the door has given up.

mod balancer;
mod status;
mod throttle;

use plimsoll_models::{
    families::{ApiKind, CacheConfig, Door, GatewayConfig},
    fault::Effect,
};

use super::{Behavior, Names, payload::chunks};
use crate::{
    core::Core,
    event::{Class, Event, Timer},
    faults::slowed,
    outcome::Outcome,
    program::Program,
    result::TraceEvent,
    rng::Purpose,
    sample::Sampler,
    slab::{NONE, Slab},
    time::{Nanos, nanos, seconds},
};

use self::{
    balancer::Balancer,
    status::{Dialect, GATEWAY_TIMEOUT, OK, STATUSES, THROTTLED, TOO_LARGE, UNAVAILABLE, is_function},
    throttle::Throttle,
};

/// A gateway.
#[derive(Clone, Debug)]
pub(crate) struct Gateway {
    index: u32,
    dialect: Dialect,
    overhead: Sampler,
    integrations: Vec<u32>,
    payload: Option<(f64, u32)>,
    timeout: Option<Patience>,
    throttle: Option<Throttle>,
    balancer: Option<Balancer>,
    /// Bytes that are metered as one request.
    chunk: f64,
    /// Share of the requests that the cache answers, where there is one.
    cache: Option<f64>,
    /// By what a fault multiplies the overhead.
    slow: f64,
    requests: Slab<Request>,
    statuses: [u64; STATUSES.len()],
}

/// How long the door waits.
#[derive(Clone, Copy, Debug)]
struct Patience {
    longest: Nanos,
    limit: u32,
    lane: u32,
}

/// A request that waits for what lies behind the door.
#[derive(Clone, Copy, Debug)]
struct Request {
    item: u32,
    generation: u32,
    timer: u32,
    /// Position of the edge that it took.
    position: u32,
    open: bool,
}

impl Gateway {
    pub(crate) fn new(program: &Program, index: u32, config: &GatewayConfig, core: &mut Core) -> Self {
        let node = &program.nodes[index as usize];
        let limit = |limit: &plimsoll_models::families::Limit| node.limits[&limit.key];
        let (mut throttle, mut balancer, mut chunk, mut cache) = (None, None, f64::INFINITY, None);
        match &config.door {
            Door::Api(api) => {
                throttle = Some(Throttle::new(program, node, api));
                match &api.kind {
                    ApiKind::Http { metered_chunk } => chunk = *metered_chunk,
                    ApiKind::Rest { cache: known, .. } => cache = known.as_ref().map(|CacheConfig { hit_ratio, .. }| *hit_ratio),
                }
            }
            Door::FunctionUrl => {}
            Door::Balancer(config) => balancer = Some(Balancer::new(node, config)),
        }
        Self {
            index,
            dialect: Dialect::of(&config.door),
            overhead: Sampler::new(&config.overhead),
            integrations: node.calls.clone(),
            payload: config.payload.as_ref().map(|payload| (payload.value, limit(payload))),
            timeout: config.timeout.as_ref().map(|timeout| Patience {
                longest: nanos(timeout.value),
                limit: limit(timeout),
                lane: core.queue.lane(),
            }),
            throttle,
            balancer,
            chunk,
            cache,
            slow: 1.0,
            requests: Slab::default(),
            statuses: [0; STATUSES.len()],
        }
    }

    /// Why a request does not come in, if so: a status and the limit.
    fn refusal(&mut self, core: &mut Core, item: u32) -> Option<(u16, u32)> {
        let (now, row) = (core.now(), core.items[item]);
        if let Some((most, limit)) = self.payload {
            core.limits[limit as usize].level(now, f64::from(row.bytes));
            if f64::from(row.bytes) > most {
                return Some((TOO_LARGE, limit));
            }
        }
        let throttle = self.throttle.as_mut()?;
        let method = if throttle.has_methods() {
            let cause = core.cause(item);
            self.integrations.iter().copied().find(|edge| core.passes(*edge, &cause))
        } else {
            None
        };
        let limit = throttle.refusal(core, &row, method)?;
        Some((THROTTLED, limit))
    }

    /// Passes a request on.
    fn integrate(&mut self, core: &mut Core, item: u32) {
        let (row, cause) = (core.items[item], core.cause(item));
        if let Some(share) = self.cache
            && core.chance(share, self.index, Purpose::Route, row.line, row.attempt)
        {
            core.nodes[self.index as usize].special.add(1);
            self.finish(core, item, OK, None);
            return;
        }
        let position = match &mut self.balancer {
            Some(balancer) => balancer.pick(core, self.index, &self.integrations, &row, &cause),
            None => self.integrations.iter().position(|edge| core.passes(*edge, &cause)),
        };
        let Some(position) = position else {
            // An API answers by itself where it has no integration; a load balancer has no target to ask.
            self.finish(core, item, if self.balancer.is_some() { UNAVAILABLE } else { OK }, None);
            return;
        };
        let edge = self.integrations[position];
        if let Some(balancer) = &self.balancer
            && is_function(&core.program.nodes[core.program.edges[edge as usize].to as usize].config)
        {
            let now = core.now();
            let (most, limit) = (balancer.function_bytes_max, balancer.function_payload_limit);
            core.limits[limit as usize].level(now, f64::from(row.bytes));
            if f64::from(row.bytes) > most {
                core.limits[limit as usize].refuse(now);
                self.finish(core, item, TOO_LARGE, Some(position));
                return;
            }
        }
        let slot = self.requests.reuse(|| Request { item: NONE, generation: 0, timer: NONE, position: 0, open: false });
        let generation = self.requests[slot].generation.wrapping_add(1);
        let timer = self.timeout.map_or(NONE, |Patience { longest, lane, .. }| {
            let event = Event::Timer { node: self.index, timer: Timer::InvocationTimeout, argument: slot };
            core.queue.set_timer(lane, core.now().saturating_add(longest), Class::Arrival, event)
        });
        self.requests[slot] = Request { item, generation, timer, position: position as u32, open: true };
        core.call(edge, (u64::from(generation) << 32) | u64::from(slot), &cause, 0);
    }

    /// Answers the client.
    fn finish(&mut self, core: &mut Core, item: u32, status: u16, position: Option<usize>) {
        let now = core.now();
        let row = core.items[item];
        core.events += 1;
        if let Some(balancer) = &mut self.balancer {
            let to_function = |position: usize| {
                let to = core.program.edges[self.integrations[position] as usize].to;
                is_function(&core.program.nodes[to as usize].config)
            };
            balancer.release(now, &row, position.map(|position| (position, to_function(position))));
        }
        self.count(status);
        let outcome = status::outcome(status);
        let meter = &mut core.nodes[self.index as usize];
        meter.busy.subtract(now, 1);
        match outcome {
            Outcome::Ok => meter.completed.add(1),
            Outcome::Throttled | Outcome::Rejected => meter.refused.add(1),
            Outcome::Failed | Outcome::TimedOut | Outcome::Expired => meter.failed.add(1),
        }
        if now >= core.warm_up {
            meter.sojourn.record(now - row.arrived);
        }
        core.note(row.journey, self.index, row.edge, if outcome == Outcome::Ok { TraceEvent::Done } else { TraceEvent::Failed });
        core.answer(item, outcome);
    }

    fn count(&mut self, status: u16) {
        if let Some(position) = STATUSES.iter().position(|known| *known == status) {
            self.statuses[position] += 1;
        }
    }

    /// A request is not waited for any longer.
    fn close(&mut self, slot: u32) -> Request {
        let request = self.requests[slot];
        self.requests[slot].open = false;
        self.requests.remove(slot);
        request
    }
}

impl Behavior for Gateway {
    fn arrive(&mut self, core: &mut Core, item: u32) {
        let now = core.now();
        core.items[item].arrived = now;
        core.nodes[self.index as usize].arrivals.add(1);
        if let Some((status, limit)) = self.refusal(core, item) {
            core.nodes[self.index as usize].refused.add(1);
            core.limits[limit as usize].refuse(now);
            self.count(status);
            core.answer(item, status::outcome(status));
            return;
        }
        if let Some(balancer) = &mut self.balancer {
            balancer.count(now);
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
        let Request { item, position, .. } = self.close(argument);
        if let Some(Patience { longest, limit, .. }) = self.timeout {
            core.limits[limit as usize].refuse(now);
            core.limits[limit as usize].level(now, seconds(longest));
        }
        core.note(core.items[item].journey, self.index, NONE, TraceEvent::TimedOut);
        self.finish(core, item, GATEWAY_TIMEOUT, Some(position as usize));
    }

    fn settled(&mut self, core: &mut Core, copy: u32, outcome: Outcome) {
        let row = core.copies[copy];
        if !self.awaits(row.token) {
            return;
        }
        let Request { item, timer, position, .. } = self.close(row.token as u32);
        core.queue.cancel(timer);
        let now = core.now();
        if let Some(Patience { limit, .. }) = self.timeout {
            core.limits[limit as usize].level(now, seconds(now - row.born));
        }
        let to = core.program.edges[row.edge as usize].to;
        let status = self.dialect.status(&core.program.nodes[to as usize].config, outcome);
        self.finish(core, item, status, Some(position as usize));
    }

    fn fault(&mut self, core: &mut Core, effect: &Effect, on: bool) {
        match effect {
            Effect::Slow { factor } => self.slow = if on { *factor } else { 1.0 },
            Effect::Tighten { limit: Some(key), factor } => {
                let tightened = core.program.nodes[self.index as usize].limits.get(key).copied();
                if let (Some(throttle), Some(limit)) = (&mut self.throttle, tightened) {
                    throttle.tighten(core.now(), limit, if on { *factor } else { 1.0 });
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
        match self.dialect {
            Dialect::Http => Names { arrivals: "Count", refused: "4XXError", failed: "5XXError", busy: "InFlight", ..Names::PLAIN },
            Dialect::Rest => Names {
                arrivals: "Count",
                refused: "4XXError",
                failed: "5XXError",
                special: "CacheHitCount",
                busy: "InFlight",
                ..Names::PLAIN
            },
            Dialect::FunctionUrl => {
                Names { arrivals: "UrlRequestCount", refused: "Url4xxCount", failed: "Url5xxCount", busy: "InFlight", ..Names::PLAIN }
            }
            Dialect::Balancer => {
                Names { arrivals: "RequestCount", refused: "HTTPCode_4XX", failed: "HTTPCode_5XX", busy: "InFlight", ..Names::PLAIN }
            }
        }
    }

    fn billed(&self, core: &Core, now: Nanos) -> Vec<f64> {
        let requests = core.nodes[self.index as usize].units[0] as f64;
        match (&self.balancer, self.cache) {
            (Some(balancer), _) => balancer.billed(now),
            (None, Some(_)) => vec![requests, seconds(now) / 3_600.0],
            (None, None) => vec![requests],
        }
    }

    fn figures(&self, core: &Core, put: &mut dyn FnMut(&str, f64)) {
        put("billed_requests", core.nodes[self.index as usize].units[0] as f64);
        for (status, count) in STATUSES.iter().zip(self.statuses) {
            put(&status.to_string(), count as f64);
        }
        if let Some(balancer) = &self.balancer {
            put("capacity_unit_hours", balancer.billed(core.now())[1]);
        }
    }
}

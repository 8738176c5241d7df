//! Somebody else's API: a token bucket, a limit of calls at a time, latency, errors.

use plimsoll_models::{families::ExternalConfig, fault::Effect};

use super::{Behavior, Names};
use crate::{
    core::Core,
    event::{Class, Timer},
    faults::{left_of, slowed},
    outcome::Outcome,
    parts::TokenBucket,
    program::NodeProgram,
    result::TraceEvent,
    rng::Purpose,
    sample::Sampler,
};

/// An external API.
#[derive(Clone, Debug)]
pub(crate) struct External {
    index: u32,
    latency: Sampler,
    rate: Option<(TokenBucket, u32)>,
    concurrency: Option<(u64, u32)>,
    error_rate: f64,
    poison: f64,
    busy: u64,
    /// By what a fault multiplies the latency.
    slow: f64,
    /// What a fault leaves of the calls at a time.
    left: f64,
}

impl External {
    pub(crate) fn new(node: &NodeProgram, index: u32, config: &ExternalConfig) -> Self {
        Self {
            index,
            latency: Sampler::new(&config.latency),
            rate: config.rate_limit.as_ref().map(|limit| (TokenBucket::new(config.burst, limit.value), node.limits[&limit.key])),
            concurrency: config.concurrency_limit.as_ref().map(|limit| (limit.value as u64, node.limits[&limit.key])),
            error_rate: config.error_rate,
            poison: config.poison_events,
            busy: 0,
            slow: 1.0,
            left: 1.0,
        }
    }

    fn refusal(&mut self, core: &mut Core) -> Option<u32> {
        let now = core.now();
        if let Some((bucket, limit)) = &mut self.rate {
            core.limits[*limit as usize].demand(now, 1.0);
            if !bucket.take(now, 1.0) {
                core.limits[*limit as usize].refuse(now);
                return Some(*limit);
            }
        }
        if let Some((most, limit)) = self.concurrency {
            if self.busy >= left_of(most, 1.0 - self.left) {
                let holding = core.nodes[self.index as usize].sojourn.mean() / 1e9;
                core.limits[limit as usize].refuse_level(now, holding);
                return Some(limit);
            }
            core.limits[limit as usize].level(now, (self.busy + 1) as f64);
        }
        None
    }
}

impl Behavior for External {
    fn arrive(&mut self, core: &mut Core, item: u32) {
        let now = core.now();
        core.items[item].arrived = now;
        core.nodes[self.index as usize].arrivals.add(1);
        if self.refusal(core).is_some() {
            core.nodes[self.index as usize].refused.add(1);
            core.answer(item, Outcome::Throttled);
            return;
        }
        let row = core.items[item];
        self.busy += 1;
        let meter = &mut core.nodes[self.index as usize];
        meter.accepted.add(1);
        meter.busy.add(now, 1);
        meter.units[0] += 1;
        core.note(row.journey, self.index, row.edge, TraceEvent::Start);
        let latency = core.sample(&self.latency, self.index, Purpose::Service, row.line, row.attempt);
        let latency = slowed(latency, self.slow);
        core.after(latency, Class::Completion, self.index, Timer::Done, item);
    }

    fn timer(&mut self, core: &mut Core, _timer: Timer, item: u32) {
        let now = core.now();
        let row = core.items[item];
        self.busy -= 1;
        core.events += 1;
        let failed = core.chance(self.error_rate, self.index, Purpose::Failure, row.line, row.attempt)
            || core.chance(self.poison, self.index, Purpose::Poison, row.line, 0)
            || core.is_poisoned(self.index, row.journey, row.line);
        let meter = &mut core.nodes[self.index as usize];
        meter.busy.subtract(now, 1);
        if now >= core.warm_up {
            meter.sojourn.record(now - row.arrived);
        }
        if failed {
            meter.failed.add(1);
            core.answer(item, Outcome::Failed);
        } else {
            meter.completed.add(1);
            core.note(row.journey, self.index, row.edge, TraceEvent::Done);
            core.answer(item, Outcome::Ok);
        }
    }

    fn settled(&mut self, _core: &mut Core, _copy: u32, _outcome: Outcome) {}

    fn fault(&mut self, core: &mut Core, effect: &Effect, on: bool) {
        match effect {
            Effect::Slow { factor } => self.slow = if on { *factor } else { 1.0 },
            Effect::Tighten { limit: Some(key), factor } => {
                let left = if on { *factor } else { 1.0 };
                let tightened = core.program.nodes[self.index as usize].limits.get(key).copied();
                match &mut self.rate {
                    Some((bucket, limit)) if Some(*limit) == tightened => bucket.tighten(core.now(), left),
                    _ => self.left = left,
                }
            }
            _ => {}
        }
    }

    fn names(&self) -> Names {
        Names { refused: "Refused", ..Names::PLAIN }
    }

    fn billed(&self, core: &Core) -> Vec<f64> {
        vec![core.nodes[self.index as usize].units[0] as f64]
    }
}

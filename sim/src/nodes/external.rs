//! Somebody else's API: a rate limit, a limit of calls at a time, latency, errors.

use plimsoll_models::{
    families::{ExternalConfig, Limiter},
    fault::Effect,
};

use super::{Behavior, Names};
use crate::{
    core::{Core, ReplyTo},
    event::{Class, Timer},
    faults::{left_of, slowed},
    outcome::Outcome,
    parts::{SlidingWindow, SteppedBucket, TokenBucket},
    program::NodeProgram,
    result::TraceEvent,
    rng::Purpose,
    sample::Sampler,
    time::{NEVER, Nanos, nanos},
};

/// An external API.
#[derive(Clone, Debug)]
pub(crate) struct External {
    index: u32,
    latency: Sampler,
    rate: Option<(Rate, u32)>,
    retry_after: bool,
    concurrency: Option<(u64, u32)>,
    error_rate: f64,
    poison: f64,
    busy: u64,
    /// By what a fault multiplies the latency.
    slow: f64,
    /// What a fault leaves of the calls at a time.
    left: f64,
}

/// How the rate limit counts.
#[derive(Clone, Debug)]
enum Rate {
    Bucket(TokenBucket),
    Steps(SteppedBucket),
    Sliding(SlidingWindow),
}

impl Rate {
    fn new(limiter: Limiter, per_second: f64) -> Self {
        match limiter {
            Limiter::TokenBucket { burst } => Self::Bucket(TokenBucket::new(burst, per_second)),
            Limiter::FixedWindow { window } => Self::Steps(SteppedBucket::new(per_second * window, per_second * window, nanos(window))),
            // A rate such as 100/min leaves a trace of rounding in the product.
            Limiter::SlidingWindow { window } => Self::Sliding(SlidingWindow::new(nanos(window), (per_second * window + 1e-6) as usize)),
            Limiter::SteppedBucket { burst, every } => Self::Steps(SteppedBucket::new(burst, per_second * every, nanos(every))),
        }
    }

    fn take(&mut self, now: Nanos) -> bool {
        match self {
            Self::Bucket(bucket) => bucket.take(now, 1.0),
            Self::Steps(bucket) => bucket.take(now),
            Self::Sliding(window) => window.take(now),
        }
    }

    /// Leaves so much of it from now on.
    fn tighten(&mut self, now: Nanos, factor: f64) {
        match self {
            Self::Bucket(bucket) => bucket.tighten(now, factor),
            Self::Steps(bucket) => bucket.tighten(factor),
            Self::Sliding(window) => window.tighten(factor),
        }
    }

    /// When a refused caller may come back.
    fn retry_after(&mut self, now: Nanos) -> Option<Nanos> {
        match self {
            Self::Bucket(bucket) => Some(bucket.wait(now, 1.0)).filter(|wait| *wait != NEVER),
            Self::Steps(bucket) => Some(bucket.until_next(now)),
            Self::Sliding(window) => window.wait(now),
        }
    }
}

impl External {
    pub(crate) fn new(node: &NodeProgram, index: u32, config: &ExternalConfig) -> Self {
        Self {
            index,
            latency: Sampler::new(&config.latency),
            rate: config.rate_limit.as_ref().map(|limit| (Rate::new(config.limiter, limit.value), node.limits[&limit.key])),
            retry_after: config.retry_after,
            concurrency: config.concurrency_limit.as_ref().map(|limit| (limit.value as u64, node.limits[&limit.key])),
            error_rate: config.error_rate,
            poison: config.poison_events,
            busy: 0,
            slow: 1.0,
            left: 1.0,
        }
    }

    fn refusal(&mut self, core: &mut Core, item: u32) -> Option<u32> {
        let now = core.now();
        if let Some((rate, limit)) = &mut self.rate {
            core.limits[*limit as usize].demand(now, 1.0);
            if !rate.take(now) {
                core.limits[*limit as usize].refuse(now);
                if let (true, ReplyTo::Call(copy)) = (self.retry_after, core.items[item].reply) {
                    core.copies[copy].retry_after = rate.retry_after(now).unwrap_or(0);
                }
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
        if self.refusal(core, item).is_some() {
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
                    Some((rate, limit)) if Some(*limit) == tightened => rate.tighten(core.now(), left),
                    _ => self.left = left,
                }
            }
            _ => {}
        }
    }

    fn names(&self) -> Names {
        Names { refused: "Refused", ..Names::PLAIN }
    }

    fn billed(&self, core: &Core, _now: Nanos) -> Vec<f64> {
        vec![core.nodes[self.index as usize].units[0] as f64]
    }
}

//! What limits did in a run: demand in the limit's own window, refusals, delays.

use plimsoll_models::families::{Limit, Measure};

use crate::time::{NEVER, Nanos, SECOND, seconds};

/// Window in which the demand of a level limit with a line before it is measured.
const OFFER_WINDOW: Nanos = 10 * SECOND;

/// Least part of a limit that is left, so that use stays a number.
const LEFT_MIN: f64 = 1e-9;

/// A limit and its use.
#[derive(Clone, Debug)]
pub(crate) struct LimitMeter {
    /// What it is; its value may have been reduced by outside use.
    pub(crate) limit: Limit,
    /// How demand is measured.
    pub(crate) measure: Measure,
    /// The node that it belongs to.
    pub(crate) node: Option<u32>,
    /// The edge that it belongs to.
    pub(crate) edge: Option<u32>,
    window: u64,
    demand: f64,
    /// What is left of the limit while a fault tightens it; its use is demand over what is left.
    left: f64,
    /// What the provider's value has beyond `limit`, set apart for others.
    pub(crate) set_apart: f64,
    /// Use by what is outside of the diagram, in the limit's unit.
    pub(crate) outside: f64,
    peak: f64,
    peak_at: Nanos,
    first_bound: Nanos,
    /// What was refused.
    pub(crate) refused: u64,
    /// What was delayed.
    pub(crate) delayed: u64,
    /// Sum of the delays.
    delay: u128,
    refused_in_window: u64,
    late: Late,
}

/// The greatest level of a second, and of the one before.
#[derive(Clone, Copy, Debug, Default)]
struct Late {
    second: u64,
    peak: f64,
    before: f64,
}

impl Late {
    /// The same, in a second.
    #[inline]
    fn at(self, second: u64) -> Self {
        if second == self.second {
            self
        } else {
            Self { second, peak: 0.0, before: if second == self.second + 1 { self.peak } else { 0.0 } }
        }
    }
}

impl LimitMeter {
    /// A limit that nothing has used yet.
    pub(crate) fn new(limit: Limit, measure: Measure, node: Option<u32>, edge: Option<u32>) -> Self {
        Self {
            limit,
            measure,
            node,
            edge,
            window: 0,
            demand: 0.0,
            left: 1.0,
            set_apart: 0.0,
            outside: 0.0,
            peak: 0.0,
            peak_at: 0,
            first_bound: NEVER,
            refused: 0,
            delayed: 0,
            delay: 0,
            refused_in_window: 0,
            late: Late::default(),
        }
    }

    /// Demand of a rate limit, whether it is admitted or not.
    #[inline]
    pub(crate) fn demand(&mut self, now: Nanos, units: f64) {
        let window = match self.measure {
            Measure::Rate | Measure::Level => now / SECOND,
            Measure::RatePerStep => now / (10 * SECOND),
        };
        if window != self.window {
            self.window = window;
            self.demand = 0.0;
        }
        self.demand += units;
        self.level(now, self.demand);
    }

    /// A fault leaves so much of the limit; 1 gives back all.
    pub(crate) fn tighten(&mut self, factor: f64) {
        self.left = factor.max(LEFT_MIN);
    }

    /// The level of a level limit.
    #[inline]
    pub(crate) fn level(&mut self, now: Nanos, level: f64) {
        let level = level / self.left;
        if level > self.peak {
            self.peak = level;
            self.peak_at = now;
        }
        self.late = self.late.at(now / SECOND);
        self.late.peak = self.late.peak.max(level);
    }

    /// Greatest use in this second and the one before, over the limit.
    pub(crate) fn use_of_late(&self, now: Nanos) -> f64 {
        let late = self.late.at(now / SECOND);
        self.share(late.peak.max(late.before))
    }

    /// Something arrives that will hold one of a level limit with a line before it for so long, whether it must wait or
    /// not: demand is what arrives in ten seconds times how long it stays.
    pub(crate) fn offer(&mut self, now: Nanos, holding_s: f64) {
        let window = now / OFFER_WINDOW;
        if window != self.window {
            self.window = window;
            self.demand = 0.0;
        }
        self.demand += holding_s / seconds(OFFER_WINDOW);
        let demand = self.demand;
        self.level(now, demand);
    }

    /// It refused something.
    pub(crate) fn refuse(&mut self, now: Nanos) {
        self.first_bound = self.first_bound.min(now);
        self.refused += 1;
    }

    /// A level limit refused something that would have stayed for so long: the demand that it turned away in this
    /// second is part of its use.
    pub(crate) fn refuse_level(&mut self, now: Nanos, holding_s: f64) {
        self.refuse(now);
        let window = now / SECOND;
        if window != self.window {
            self.window = window;
            self.refused_in_window = 0;
        }
        self.refused_in_window += 1;
        let turned_away = (self.refused_in_window as f64 * holding_s).max(1.0);
        self.level(now, self.limit.value * self.left + turned_away);
    }

    /// Demand that came on top of a limit that was used up; who refuses counts the refusal.
    pub(crate) fn refuse_beyond(&mut self, now: Nanos, units: f64) {
        self.level(now, self.limit.value * self.left + units);
    }

    /// It refused something whose demand, for a rate, has been counted already.
    pub(crate) fn refuse_demand(&mut self, now: Nanos, holding_s: f64) {
        match self.measure {
            Measure::Rate | Measure::RatePerStep => self.refuse(now),
            Measure::Level => self.refuse_level(now, holding_s),
        }
    }

    /// It delayed something by so much.
    pub(crate) fn delay(&mut self, now: Nanos, by: Nanos) {
        self.first_bound = self.first_bound.min(now);
        self.delayed += 1;
        self.delay += u128::from(by);
    }

    /// Makes one more delay known without knowing yet how long it will be.
    pub(crate) fn begin_delay(&mut self, now: Nanos) {
        self.first_bound = self.first_bound.min(now);
        self.delayed += 1;
    }

    /// Adds the length of a delay that has ended.
    pub(crate) fn end_delay(&mut self, by: Nanos) {
        self.delay += u128::from(by);
    }

    /// Greatest demand over the limit.
    pub(crate) fn use_peak(&self) -> f64 {
        self.share(self.peak)
    }

    /// A demand over the limit.
    fn share(&self, demand: f64) -> f64 {
        if self.limit.value > 0.0 {
            ((demand + self.outside) / self.limit.value).min(f64::from(u16::MAX))
        } else if demand > 0.0 {
            f64::from(u16::MAX)
        } else {
            0.0
        }
    }

    /// When the greatest demand was, in seconds.
    pub(crate) fn peak_at_s(&self) -> f64 {
        seconds(self.peak_at)
    }

    /// When it first refused or delayed something, in seconds.
    pub(crate) fn first_bound_s(&self) -> Option<f64> {
        (self.first_bound != NEVER).then(|| seconds(self.first_bound))
    }

    /// Sum of the delays in seconds.
    pub(crate) fn delay_s(&self) -> f64 {
        self.delay as f64 / 1e9
    }
}

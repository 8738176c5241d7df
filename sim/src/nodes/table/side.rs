//! One side of a table, its writes or its reads: what the table as a whole may take per second, and how that changes.
//!
//! Bought capacity banks what is unused for bursts and may follow the load by alarms. Capacity on demand grows over
//! the peak of half an hour ago.

use std::collections::VecDeque;

use plimsoll_models::{families::Limit, families::TableScaling};

use super::scaling::Scaling;
use crate::{
    core::Core,
    parts::TokenBucket,
    time::{Nanos, SECOND, nanos},
};

/// A peak that is greater than the one before by less than this factor is not noted, which bounds how many there are.
const PEAK_STEP: f64 = 1.01;

/// Reads or writes of a table.
#[derive(Clone, Debug)]
pub(super) struct Side {
    /// Bytes of a unit.
    pub(super) unit: f64,
    bucket: TokenBucket,
    /// The limit that the bucket stands for.
    limit: u32,
    /// The owner's cap on what is paid by request.
    cap: Option<(TokenBucket, u32)>,
    /// Units per second that the table may take.
    pub(super) capacity: f64,
    growth: Option<Growth>,
    /// Seconds of unused capacity that are banked; one for capacity on demand.
    bank: f64,
    pub(super) scaling: Option<Scaling>,
    /// Unit seconds that were bought up to a time.
    bought: f64,
    bought_until: Nanos,
}

/// Growth of capacity on demand.
#[derive(Clone, Debug)]
struct Growth {
    headroom: f64,
    interval: Nanos,
    most: f64,
    /// Units used in the current second.
    second: u64,
    used: f64,
    /// Greatest use of any second so far.
    peak: f64,
    /// Peaks, with the time at which they count as previous.
    coming: VecDeque<(Nanos, f64)>,
}

impl Side {
    /// Capacity that is bought, with a bank of so many seconds.
    pub(super) fn provisioned(
        limit: (&Limit, u32),
        unit: f64,
        (bank, full): (f64, bool),
        most: f64,
        scaling: Option<(&TableScaling, [f64; 2])>,
    ) -> Self {
        let wanted = limit.0.value.min(most);
        let capacity = scaling.map_or(wanted, |(_, [least, most])| wanted.clamp(least, most.max(least)));
        let bucket = TokenBucket::new((capacity * bank).max(1.0), capacity);
        Self {
            unit,
            bucket: if full { bucket } else { bucket.empty() },
            limit: limit.1,
            cap: None,
            capacity,
            growth: None,
            bank,
            scaling: scaling.map(|(scaling, range)| Scaling::new(scaling, range.map(|bound| bound.min(most)))),
            bought: 0.0,
            bought_until: 0,
        }
    }

    /// Capacity that grows with its peak.
    pub(super) fn on_demand(limit: (&Limit, u32), unit: f64, (headroom, interval): (f64, f64), most: f64, cap: Option<(f64, u32)>) -> Self {
        let capacity = limit.0.value.min(most);
        Self {
            unit,
            bucket: TokenBucket::new(capacity, capacity),
            limit: limit.1,
            cap: cap.map(|(rate, limit)| (TokenBucket::new(rate, rate), limit)),
            capacity,
            growth: Some(Growth { headroom, interval: nanos(interval), most, second: 0, used: 0.0, peak: 0.0, coming: VecDeque::new() }),
            bank: 1.0,
            scaling: None,
            bought: 0.0,
            bought_until: 0,
        }
    }

    /// Whether the table as a whole has the units, or which limit refuses. Nothing is taken yet.
    pub(super) fn check(&mut self, core: &mut Core, units: f64) -> Result<(), u32> {
        let now = core.now();
        self.grow(core);
        core.limits[self.limit as usize].demand(now, units);
        if let Some((bucket, limit)) = &mut self.cap {
            core.limits[*limit as usize].demand(now, units);
            if !bucket.has(now, units) {
                return Err(*limit);
            }
        }
        if self.bucket.has(now, units) { Ok(()) } else { Err(self.limit) }
    }

    /// Takes units that [`Self::check`] has found.
    pub(super) fn consume(&mut self, now: Nanos, units: f64) {
        self.bucket.take(now, units);
        if let Some((bucket, _)) = &mut self.cap {
            bucket.take(now, units);
        }
        if let Some(scaling) = &mut self.scaling {
            scaling.consumed += units;
        }
        if let Some(growth) = &mut self.growth {
            growth.note(now, units);
        }
    }

    /// Peaks of half an hour ago count now.
    fn grow(&mut self, core: &mut Core) {
        let now = core.now();
        let Some(growth) = &mut self.growth else { return };
        growth.close_second(now);
        let mut grown = self.capacity;
        while growth.coming.front().is_some_and(|(at, _)| *at <= now) {
            if let Some((_, peak)) = growth.coming.pop_front() {
                grown = grown.max((peak * growth.headroom).min(growth.most));
            }
        }
        if grown > self.capacity {
            self.change(core, grown);
        }
    }

    /// The table may take so many units per second from now on.
    pub(super) fn change(&mut self, core: &mut Core, capacity: f64) {
        let now = core.now();
        self.bought = self.unit_seconds(now);
        self.bought_until = now;
        self.capacity = capacity;
        self.bucket.reconfigure(now, (capacity * self.bank).max(1.0), capacity);
        core.limits[self.limit as usize].limit.value = capacity;
    }

    /// A fault leaves so much of a limit, if it is this side's.
    pub(super) fn tighten(&mut self, now: Nanos, limit: u32, left: f64) {
        if limit == self.limit {
            self.bucket.tighten(now, left);
        }
    }

    /// Unit seconds that were bought up to now.
    pub(super) fn unit_seconds(&self, now: Nanos) -> f64 {
        self.bought + self.capacity * crate::time::seconds(now - self.bought_until)
    }

    /// Units in the bank.
    pub(super) fn tokens(&self, now: Nanos) -> f64 {
        self.bucket.tokens(now)
    }
}

impl Growth {
    fn note(&mut self, now: Nanos, units: f64) {
        self.close_second(now);
        self.used += units;
    }

    fn close_second(&mut self, now: Nanos) {
        let second = now / SECOND;
        if second == self.second {
            return;
        }
        if self.used > self.peak * PEAK_STEP {
            self.peak = self.used;
            self.coming.push_back(((self.second + 1) * SECOND + self.interval, self.used));
        }
        self.second = second;
        self.used = 0.0;
    }
}

//! Provisioned concurrency: instances that are made ahead of requests.
//!
//! A new number takes effect after a preparation, then instances are allocated at the provider's rate, and each is ready
//! after its initialization. Where the number follows the load, its use is looked at from time to time.

use plimsoll_models::families;

use super::{Compute, PROVISIONED};
use crate::{
    core::Core,
    event::{Class, Timer},
    parts::TokenBucket,
    program::NodeProgram,
    rng::Purpose,
    sample::Sampler,
    time::{Nanos, nanos, seconds},
};

/// Provisioned concurrency of a function.
#[derive(Clone, Debug)]
pub(super) struct Provisioned {
    /// Instances that are asked for.
    target: u64,
    /// Instances that exist, ready or not.
    allocated: u64,
    busy: u64,
    ready_at_start: bool,
    /// Whether an allocation is under way.
    allocating: bool,
    /// Changes of the number so far.
    changes: u32,
    preparation: Sampler,
    /// Time between two allocations.
    gap: Nanos,
    rate_per_instance: f64,
    rate: TokenBucket,
    rate_limit: Option<u32>,
    tracking: Option<Tracking>,
    /// Target times time so far, in instances times nanoseconds.
    paid: u128,
    paid_until: Nanos,
}

/// How the number follows its use.
#[derive(Clone, Debug)]
struct Tracking {
    config: families::Tracking,
    /// How often the number is looked at.
    period: Nanos,
    min: u64,
    /// Busy instances times time in this period.
    used: u128,
    used_until: Nanos,
    high: u32,
    low: u32,
}

impl Provisioned {
    pub(super) fn new(config: &families::Provisioned, node: &NodeProgram) -> Self {
        let target = u64::from(config.instances);
        let rate = config.rate_per_instance.value * target as f64;
        Self {
            target,
            allocated: 0,
            busy: 0,
            ready_at_start: config.ready_at_start,
            allocating: false,
            changes: 0,
            preparation: Sampler::new(&config.preparation),
            gap: (1e9 / config.allocation_rate.max(1e-9)) as Nanos,
            rate_per_instance: config.rate_per_instance.value,
            rate: TokenBucket::new(rate.max(1.0), rate),
            rate_limit: node.limits.get(&config.rate_per_instance.key).copied(),
            tracking: config.tracking.map(|config| Tracking {
                config,
                period: nanos(config.period).max(1),
                min: target,
                used: 0,
                used_until: 0,
                high: 0,
                low: 0,
            }),
            paid: 0,
            paid_until: 0,
        }
    }

    /// Instances that exist, ready or not.
    pub(super) fn allocated(&self) -> u64 {
        self.allocated
    }

    /// Instances that are asked for.
    pub(super) fn target(&self) -> u64 {
        self.target
    }

    /// Instances that serve a request.
    pub(super) fn busy(&self) -> u64 {
        self.busy
    }

    /// Whether a request may go to a provisioned instance; only synchronous ones use up its rate.
    pub(super) fn admits(&mut self, core: &mut Core, is_sync: bool) -> bool {
        let now = core.now();
        let Some(limit) = self.rate_limit.filter(|_| is_sync) else { return true };
        core.limits[limit as usize].demand(now, 1.0);
        self.rate.take(now, 1.0)
    }

    /// One more or one less serves a request.
    pub(super) fn set_busy(&mut self, now: Nanos, busy: u64) {
        if let Some(tracking) = &mut self.tracking {
            tracking.used += u128::from(self.busy) * u128::from(now - tracking.used_until);
            tracking.used_until = now;
        }
        self.busy = busy;
    }

    /// Whether there is one instance too many.
    pub(super) fn is_surplus(&self) -> bool {
        self.allocated > self.target
    }

    /// One of them is gone.
    pub(super) fn forget_one(&mut self) {
        self.allocated -= 1;
    }

    /// Instances times seconds that were asked for so far.
    pub(super) fn instance_seconds(&self, now: Nanos) -> f64 {
        (self.paid + u128::from(self.target) * u128::from(now - self.paid_until)) as f64 / 1e9
    }

    fn retarget(&mut self, core: &mut Core, target: u64) {
        let now = core.now();
        self.paid += u128::from(self.target) * u128::from(now - self.paid_until);
        self.paid_until = now;
        self.target = target;
        let rate = self.rate_per_instance * target as f64;
        self.rate.reconfigure(now, rate.max(1.0), rate);
        if let Some(limit) = self.rate_limit {
            core.limits[limit as usize].limit.value = rate;
        }
    }
}

impl Compute {
    /// The run begins: what is provisioned is there, or is asked for.
    pub(super) fn start_provisioned(&mut self, core: &mut Core) {
        let Some(scaling) = &mut self.per_request else { return };
        let provisioned = &mut scaling.provisioned;
        let target = provisioned.target;
        provisioned.retarget(core, target);
        if provisioned.ready_at_start {
            provisioned.allocated = target;
            for _ in 0..target {
                let instance = self.instances.create(core, true);
                self.instances.put_back(core, instance);
            }
        } else {
            self.prepare(core);
        }
        if let Some(tracking) = self.per_request.as_ref().and_then(|scaling| scaling.provisioned.tracking.as_ref()) {
            core.after(tracking.period, Class::Completion, self.index, Timer::Track, 0);
        }
    }

    /// The number has changed: allocation begins after a while.
    fn prepare(&mut self, core: &mut Core) {
        let Some(scaling) = &mut self.per_request else { return };
        let provisioned = &mut scaling.provisioned;
        if provisioned.allocating || provisioned.allocated >= provisioned.target {
            return;
        }
        provisioned.allocating = true;
        provisioned.changes += 1;
        let line = u64::from(provisioned.changes);
        let wait = core.sample(&provisioned.preparation, self.index, Purpose::Prepare, line, 0);
        core.after(wait, Class::Completion, self.index, Timer::Allocate, 0);
    }

    /// One more provisioned instance is allocated.
    pub(super) fn allocate(&mut self, core: &mut Core) {
        let Some(scaling) = &mut self.per_request else { return };
        let provisioned = &mut scaling.provisioned;
        if provisioned.allocated >= provisioned.target {
            provisioned.allocating = false;
            return;
        }
        provisioned.allocated += 1;
        let gap = provisioned.gap;
        let instance = self.instances.create(core, true);
        let init = scaling.start.ahead(core, self.index, self.instances.line(instance));
        core.nodes[self.index as usize].units[PROVISIONED] += init.div_ceil(scaling.billed_step);
        core.after(init, Class::Completion, self.index, Timer::Ready, instance);
        core.after(gap, Class::Completion, self.index, Timer::Allocate, 0);
    }

    /// A provisioned instance has been initialized or has served a request: it is idle, unless there are too many.
    pub(super) fn put_back_provisioned(&mut self, core: &mut Core, instance: u32) {
        let Some(scaling) = &mut self.per_request else { return };
        if scaling.provisioned.is_surplus() {
            scaling.provisioned.forget_one();
            self.instances.remove(core, instance);
            return;
        }
        if self.instances.is_retired(core, instance) {
            // The provider initializes the next one beforehand, which is paid.
            self.instances.renew(core, instance);
            let init = scaling.start.ahead(core, self.index, self.instances.line(instance));
            core.nodes[self.index as usize].units[PROVISIONED] += init.div_ceil(scaling.billed_step);
        }
        self.instances.put_back(core, instance);
    }

    /// A period is over: the number follows the use.
    pub(super) fn track(&mut self, core: &mut Core) {
        let now = core.now();
        let Some(scaling) = &mut self.per_request else { return };
        let provisioned = &mut scaling.provisioned;
        let busy = provisioned.busy;
        provisioned.set_busy(now, busy);
        let before = provisioned.target;
        let Some(tracking) = &mut provisioned.tracking else { return };
        let families::Tracking { max, target, minutes_out, minutes_in, low, .. } = tracking.config;
        core.after(tracking.period, Class::Completion, self.index, Timer::Track, 0);
        let share = std::mem::take(&mut tracking.used) as f64 / 1e9 / seconds(tracking.period) / before.max(1) as f64;
        tracking.high = if share > target { tracking.high + 1 } else { 0 };
        tracking.low = if share < low * target { tracking.low + 1 } else { 0 };
        if tracking.high < minutes_out && tracking.low < minutes_in {
            return;
        }
        (tracking.high, tracking.low) = (0, 0);
        let wanted = ((before as f64 * share / target).ceil() as u64).clamp(tracking.min, u64::from(max).max(tracking.min));
        provisioned.retarget(core, wanted);
        if scaling.reserved.is_none() {
            // What is provisioned beyond the least comes out of the account's pool.
            let pool = &mut core.pools[scaling.pool as usize];
            *pool = *pool + wanted - before;
        }
        while scaling.provisioned.is_surplus()
            && let Some(instance) = self.instances.take_provisioned()
        {
            scaling.provisioned.forget_one();
            self.instances.remove(core, instance);
        }
        self.prepare(core);
    }
}

//! What a function with an instance for each concurrent request keeps.

use plimsoll_models::families::{self, Refill};

use super::{DURATION, PROVISIONED, REQUESTS, asynchronous::Async, provisioned::Provisioned, start::Start};
use crate::{
    core::Core,
    parts::Ramp,
    program::Program,
    sample::Sampler,
    time::{Nanos, nanos, seconds},
};

/// Scaling per request.
#[derive(Clone, Debug)]
pub(super) struct PerRequest {
    /// Its own concurrency, if some is reserved; else it takes part in the account's pool.
    pub(super) reserved: Option<u64>,
    /// What a fault leaves of the reservation.
    pub(super) left: f64,
    pub(super) pool: u32,
    pub(super) ramp: Ramp,
    /// Bucket of synchronous requests of its pool or reservation.
    pub(super) rate: u32,
    pub(super) start: Start,
    pub(super) cold_duration: Option<Sampler>,
    /// Share of attempts whose process dies.
    pub(super) crashes: f64,
    pub(super) provisioned: Provisioned,
    pub(super) asynchronous: Async,
    /// Largest synchronous request in bytes.
    pub(super) payload: f64,
    /// Laps on a ring before the chain is stopped; `None` where there is no ring.
    pub(super) laps_max: Option<u16>,
    /// Temporary storage that is billed, in bytes.
    pub(super) billed_storage: f64,
    /// What durations are rounded up to on the bill; of so many its units are.
    pub(super) billed_step: Nanos,
    /// Events that were stopped because they came round too often.
    pub(super) recursions: u64,
    /// Requests beyond the provisioned concurrency that met an instance on demand.
    pub(super) spilled_over: u64,
    pub(super) concurrency_limit: u32,
    pub(super) ramp_limit: u32,
    pub(super) rate_limit: u32,
    pub(super) payload_limit: u32,
    pub(super) recursion_limit: u32,
}

impl PerRequest {
    pub(super) fn new(program: &Program, index: u32, scaling: &families::PerRequest) -> Self {
        let node = &program.nodes[index as usize];
        let concurrency = scaling.reserved.as_ref().unwrap_or(&scaling.account_concurrency);
        Self {
            reserved: scaling.reserved.as_ref().map(|limit| limit.value as u64),
            left: 1.0,
            pool: node.pool.unwrap_or(0),
            ramp: match scaling.refill {
                Refill::Continuous => Ramp::continuous(scaling.scaling_burst.value, scaling.scaling_rate.value),
                Refill::Stepped => Ramp::stepped(scaling.scaling_burst.value, scaling.scaling_rate.value),
            },
            rate: node.buckets[&scaling.rate_per_concurrency.key],
            start: Start::new(&scaling.start, node.limits[&scaling.start.init_timeout.key]),
            cold_duration: scaling.cold_duration.as_ref().map(Sampler::new),
            crashes: scaling.crashes,
            provisioned: Provisioned::new(&scaling.provisioned, node),
            asynchronous: Async::new(&scaling.asynchronous, node),
            payload: scaling.payload_sync.value,
            laps_max: node.on_ring.then_some(scaling.recursion.value.min(LAPS_COUNTED) as u16),
            billed_storage: scaling.billed_storage,
            billed_step: nanos(scaling.billed_step).max(1),
            recursions: 0,
            spilled_over: 0,
            concurrency_limit: node.limits[&concurrency.key],
            ramp_limit: node.limits[&scaling.scaling_burst.key],
            rate_limit: node.limits[&scaling.rate_per_concurrency.key],
            payload_limit: node.limits[&scaling.payload_sync.key],
            recursion_limit: node.limits[&scaling.recursion.key],
        }
    }

    /// Instances on demand that are in use, those that it may use, and what is provisioned under the same limit.
    pub(super) fn on_demand(&self, core: &Core, busy: u64) -> OnDemand {
        let Some(own) = self.reserved else {
            let pool = &core.program.pools[self.pool as usize];
            let allowed = (pool.shared * core.pools_left[self.pool as usize]) as u64;
            return OnDemand { used: core.pools[self.pool as usize], allowed, beside: 0.0 };
        };
        let provisioned = self.provisioned.target();
        let left = (own as f64 * self.left) as u64;
        OnDemand { used: busy - self.provisioned.busy(), allowed: left.saturating_sub(provisioned), beside: provisioned as f64 }
    }
}

/// Laps are counted in 16 bits, of which the greatest number stands for all beyond; so a chain is stopped after so many at
/// the latest.
const LAPS_COUNTED: f64 = (u16::MAX - 1) as f64;

/// Bytes in the GB of a GB-second.
const GIB: f64 = 1_073_741_824.0;

impl PerRequest {
    /// How long so many billed steps are, in seconds.
    fn seconds_of(&self, steps: u64) -> f64 {
        steps as f64 * self.billed_step as f64 / 1e9
    }

    /// Units used so far, in the order of the meters.
    pub(super) fn billed(&self, (core, now): (&Core, Nanos), index: u32, memory: f64) -> Vec<f64> {
        let units = &core.nodes[index as usize].units;
        let seconds_of = |meter: usize| self.seconds_of(units[meter]);
        let gib = memory / GIB;
        let snapshots = if self.start.restore_billed { gib } else { 0.0 };
        vec![
            units[REQUESTS] as f64,
            seconds_of(DURATION) * gib,
            seconds_of(PROVISIONED) * gib,
            self.provisioned.instance_seconds(now) * gib,
            (seconds_of(DURATION) + seconds_of(PROVISIONED)) * self.billed_storage / GIB,
            seconds(now) * snapshots,
            self.start.restores as f64 * snapshots,
        ]
    }

    /// Figures that only functions have.
    pub(super) fn figures(&self, core: &Core, index: u32, memory: f64, put: &mut dyn FnMut(&str, f64)) {
        let units = &core.nodes[index as usize].units;
        let billed_s = self.seconds_of(units[DURATION] + units[PROVISIONED]);
        put("billed_s", billed_s);
        put("gb_seconds", billed_s * memory / GIB);
        put("init_s", self.start.init_time as f64 / 1e9);
        put("restores", self.start.restores as f64);
        put("recursions_stopped", self.recursions as f64);
        put("provisioned", self.provisioned.target() as f64);
        put("spilled_over", self.spilled_over as f64);
    }
}

/// Use of the concurrency on demand that a function draws on.
#[derive(Clone, Copy, Debug)]
pub(super) struct OnDemand {
    pub(super) used: u64,
    pub(super) allowed: u64,
    /// What is provisioned of the same reservation.
    pub(super) beside: f64,
}

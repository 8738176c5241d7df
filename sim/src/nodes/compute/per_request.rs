//! What a function with an instance for each concurrent request keeps.

use plimsoll_models::families::{self, Refill};

use super::asynchronous::Async;
use crate::{
    core::Core,
    parts::{Ramp, TokenBucket},
    program::Program,
    sample::Sampler,
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
    pub(super) rate: TokenBucket,
    pub(super) init: Sampler,
    pub(super) cold_duration: Option<Sampler>,
    pub(super) concurrency_limit: u32,
    pub(super) ramp_limit: u32,
    pub(super) rate_limit: u32,
    pub(super) asynchronous: Async,
}

impl PerRequest {
    pub(super) fn new(program: &Program, index: u32, scaling: &families::PerRequest, core: &mut Core) -> Self {
        let node = &program.nodes[index as usize];
        let pool = node.pool.unwrap_or(0);
        let reserved = scaling.reserved.as_ref().map(|limit| limit.value as u64);
        let limit = reserved.map_or(program.pools[pool as usize].shared, |own| own as f64);
        let rate = scaling.rate_per_concurrency.value * limit;
        let rate_limit = node.limits[&scaling.rate_per_concurrency.key];
        core.limits[rate_limit as usize].limit.value = rate;
        Self {
            reserved,
            left: 1.0,
            pool,
            ramp: match scaling.refill {
                Refill::Continuous => Ramp::continuous(scaling.scaling_burst.value, scaling.scaling_rate.value),
                Refill::Stepped => Ramp::stepped(scaling.scaling_burst.value),
            },
            rate: TokenBucket::new(rate.max(1.0), rate),
            init: Sampler::new(&scaling.init),
            cold_duration: scaling.cold_duration.as_ref().map(Sampler::new),
            concurrency_limit: scaling
                .reserved
                .as_ref()
                .map_or(node.limits[&scaling.account_concurrency.key], |limit| node.limits[&limit.key]),
            ramp_limit: node.limits[&scaling.scaling_burst.key],
            rate_limit,
            asynchronous: Async::new(scaling),
        }
    }
}

//! Scaling by request: instances come with concurrent requests, from a pool that functions share.

use crate::{
    Distribution,
    families::{Limit, LimitUse, Measure, Settings},
};

/// Scaling by request, as functions do.
#[derive(Clone, Debug, PartialEq)]
pub struct PerRequest {
    /// Concurrent executions of the account.
    pub account_concurrency: Limit,
    /// Concurrent executions that others in the account use.
    pub outside_concurrency: f64,
    /// Concurrency that is set apart for this function.
    pub reserved: Option<Limit>,
    /// Instances that are always warm.
    pub provisioned: u32,
    /// New instances at once.
    pub scaling_burst: Limit,
    /// New instances per second.
    pub scaling_rate: Limit,
    /// How the allowance for new instances comes back.
    pub refill: Refill,
    /// Synchronous requests per second for each unit of concurrency.
    pub rate_per_concurrency: Limit,
    /// Initialization of a new instance, in seconds.
    pub init: Distribution,
    /// Duration of the first request of an instance where it differs, in seconds.
    pub cold_duration: Option<Distribution>,
    /// How long an idle instance lives, in seconds.
    pub idle_timeout: Distribution,
    /// Which idle instance serves next.
    pub pick: IdlePick,
    /// Retries of an asynchronous event after a function error.
    pub async_retries: u32,
    /// Waits before those retries, in seconds.
    pub async_waits: [f64; 2],
    /// First wait of an asynchronous event after a throttle, in seconds.
    pub async_backoff: f64,
    /// Longest wait of an asynchronous event after a throttle, in seconds.
    pub async_backoff_cap: f64,
    /// Age in seconds at which an asynchronous event is given up.
    pub async_max_age: f64,
    /// Time from acceptance of an asynchronous event to its first attempt, in seconds.
    pub async_hop: Distribution,
}

/// How an allowance comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refill {
    /// Little by little.
    Continuous,
    /// All at once every ten seconds.
    Stepped,
}

/// Which idle instance serves next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdlePick {
    /// The one that finished last.
    MostRecentlyUsed,
    /// The one that was made last.
    NewestCreated,
    /// The one that finished longest ago.
    LeastRecentlyUsed,
}

impl PerRequest {
    pub(super) fn limits(&self) -> Vec<LimitUse<'_>> {
        let account = self.account_concurrency.level().outside(self.outside_concurrency);
        let reserved = self.reserved.as_ref().map(Limit::level);
        let rates = [self.scaling_burst.measured(Measure::RatePerStep), self.rate_per_concurrency.rate()];
        std::iter::once(account).chain(reserved).chain(rates).collect()
    }

    pub(super) fn read(settings: &mut Settings<'_>) -> Self {
        Self {
            account_concurrency: settings.limit("concurrent_executions"),
            outside_concurrency: settings.outside("concurrent_executions"),
            reserved: settings.own_limit("reserved_concurrency"),
            provisioned: settings.count("provisioned_concurrency"),
            scaling_burst: settings.limit("scaling_burst"),
            scaling_rate: settings.limit("scaling_rate"),
            refill: match settings.text("scaling_refill").as_deref() {
                Some("stepped") => Refill::Stepped,
                _ => Refill::Continuous,
            },
            rate_per_concurrency: settings.limit("rate_per_concurrency"),
            init: settings.distribution("init"),
            cold_duration: settings.parsed("cold_duration"),
            idle_timeout: settings.distribution("idle_timeout"),
            pick: match settings.text("idle_pick").as_deref() {
                Some("newest-created") => IdlePick::NewestCreated,
                Some("least-recently-used") => IdlePick::LeastRecentlyUsed,
                _ => IdlePick::MostRecentlyUsed,
            },
            async_retries: settings.count("async_retries"),
            async_waits: [settings.limit("async_wait_1").value, settings.limit("async_wait_2").value],
            async_backoff: settings.limit("async_backoff").value,
            async_backoff_cap: settings.limit("async_backoff_cap").value,
            async_max_age: settings.quantity("async_max_age"),
            async_hop: settings.distribution("async_hop"),
        }
    }
}

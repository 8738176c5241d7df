//! What clients remember between calls on an edge: their retry quota, retry budget and breaker.

use plimsoll_models::policy::Resilience;

use crate::{
    outcome::Outcome,
    parts::{Breaker, RetryBudget, RetryQuota, Verdict},
    program::BackoffProgram,
    time::nanos,
};

/// The memory of one client.
#[derive(Clone, Debug)]
pub(crate) struct Guard {
    pub(crate) quota: Option<RetryQuota>,
    pub(crate) budget: Option<RetryBudget>,
    pub(crate) breaker: Option<Breaker>,
}

/// The memories of all clients on an edge. A new instance in the place of an old one takes its memory over.
#[derive(Clone, Debug)]
pub(crate) struct Guards {
    fresh: Guard,
    /// Whether all clients have one memory.
    shared: bool,
    clients: Vec<Guard>,
}

impl Guards {
    /// Nothing has happened yet.
    pub(crate) fn new(resilience: &Resilience) -> Self {
        let fresh = Guard {
            quota: resilience.quota.as_ref().map(|quota| RetryQuota::new(quota.capacity.value.clamp(0.0, f64::from(u32::MAX)) as u32)),
            budget: resilience.budget.as_ref().map(|budget| RetryBudget::new(budget.share.value, budget.per_second, nanos(budget.window))),
            breaker: resilience.breaker.as_ref().map(|breaker| {
                Breaker::new(breaker.failures.value, breaker.minimum, nanos(breaker.window), nanos(breaker.open), breaker.trials)
            }),
        };
        Self { fresh, shared: resilience.shared, clients: Vec::new() }
    }

    /// The memory of a client.
    pub(crate) fn of(&mut self, client: u32) -> &mut Guard {
        let at = if self.shared { 0 } else { client as usize };
        if at >= self.clients.len() {
            self.clients.resize(at + 1, self.fresh.clone());
        }
        &mut self.clients[at]
    }
}

/// What a retry after this outcome costs.
pub(crate) fn retry_cost(quota: &plimsoll_models::policy::RetryQuota, outcome: Outcome) -> u32 {
    match outcome {
        Outcome::Throttled => quota.throttle_cost,
        Outcome::TimedOut => quota.timeout_cost,
        Outcome::Ok | Outcome::Failed | Outcome::Rejected | Outcome::Expired => quota.error_cost,
    }
}

/// What an outcome says about the target. What is refused for good, or given up for its age, is the caller's own fault.
pub(crate) fn verdict(outcome: Outcome) -> Verdict {
    match outcome {
        Outcome::Ok => Verdict::Good,
        Outcome::Throttled | Outcome::Failed | Outcome::TimedOut => Verdict::Bad,
        Outcome::Rejected | Outcome::Expired => Verdict::Neither,
    }
}

/// What a program says about the guards of an edge.
#[derive(Clone, Debug)]
pub(crate) struct ResilienceProgram {
    pub(crate) rules: Resilience,
    /// Back-off of throttles, made ready.
    pub(crate) throttle_backoff: Option<BackoffProgram>,
    pub(crate) quota_limit: Option<u32>,
    pub(crate) budget_limit: Option<u32>,
    pub(crate) breaker_limit: Option<u32>,
}

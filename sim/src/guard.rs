//! What clients remember between calls on an edge: their retry quota, retry budget and breaker.
//!
//! All of them count requests, whether one call travels in it or many.

use plimsoll_models::policy::Resilience;

use crate::{
    core::Core,
    outcome::Outcome,
    parts::{Breaker, RetryBudget, RetryQuota, Verdict},
    program::BackoffProgram,
    time::{Nanos, nanos},
};

/// The memory of one client.
#[derive(Clone, Debug)]
struct Guard {
    quota: Option<RetryQuota>,
    budget: Option<RetryBudget>,
    breaker: Option<Breaker>,
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
    fn of(&mut self, client: u32) -> &mut Guard {
        let at = if self.shared { 0 } else { client as usize };
        if at >= self.clients.len() {
            self.clients.resize(at + 1, self.fresh.clone());
        }
        &mut self.clients[at]
    }
}

/// How a request ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ended {
    pub(crate) outcome: Outcome,
    /// When it was sent.
    pub(crate) sent: Nanos,
    /// Whether it was no retry.
    pub(crate) first: bool,
    /// What it was paid for as a retry.
    pub(crate) paid: Option<Outcome>,
}

impl Core {
    /// Whether a client's breaker lets a request pass; `first` where it is no retry.
    pub(crate) fn client_sends(&mut self, edge: u32, client: u32, first: bool) -> bool {
        let now = self.now();
        let Some(Some(guards)) = self.guards.get_mut(edge as usize) else { return true };
        let guard = guards.of(client);
        let admitted = guard.breaker.as_mut().is_none_or(|breaker| breaker.admits(now));
        if admitted {
            if let Some(budget) = guard.budget.as_mut().filter(|_| first) {
                budget.request(now);
            }
        } else if let Some(limit) = self.program.edges[edge as usize].resilience.as_ref().and_then(|ready| ready.breaker_limit) {
            self.limits[limit as usize].refuse(now);
        }
        admitted
    }

    /// A client learns how a request went.
    pub(crate) fn learn(&mut self, edge: u32, client: u32, Ended { outcome, sent, first, paid }: Ended) {
        let now = self.now();
        let Some(Some(guards)) = self.guards.get_mut(edge as usize) else { return };
        let Some(ready) = &self.program.edges[edge as usize].resilience else { return };
        let guard = guards.of(client);
        if let (Some(quota), Some(rules), Outcome::Ok) = (&mut guard.quota, &ready.rules.quota, outcome) {
            quota.refund(if first { rules.refund } else { paid.map_or(0, |outcome| retry_cost(rules, outcome)) });
        }
        if let (Some(breaker), Some(limit)) = (&mut guard.breaker, ready.breaker_limit) {
            let opened = breaker.ended(now, sent, verdict(outcome));
            if let Some(share) = breaker.failure_share(now) {
                self.limits[limit as usize].level(now, share);
            }
            self.edges[edge as usize].opened.add(u64::from(opened));
        }
    }

    /// Pays for a retry after an outcome, if quota and budget allow it.
    pub(crate) fn pays_for_retry(&mut self, edge: u32, client: u32, outcome: Outcome) -> bool {
        let now = self.now();
        let Some(Some(guards)) = self.guards.get_mut(edge as usize) else { return true };
        let Some(ready) = &self.program.edges[edge as usize].resilience else { return true };
        let guard = guards.of(client);
        let mut denied = None;
        if let (Some(budget), Some(limit)) = (&mut guard.budget, ready.budget_limit) {
            let demand = budget.demand(now);
            if !budget.retry(now) {
                self.limits[limit as usize].level(now, demand);
                denied = Some(limit);
            }
        }
        if let (Some(quota), Some(rules), Some(limit), None) = (&mut guard.quota, &ready.rules.quota, ready.quota_limit, denied) {
            let cost = retry_cost(rules, outcome);
            self.limits[limit as usize].level(now, f64::from(quota.used()) + f64::from(cost));
            if !quota.take(cost) {
                denied = Some(limit);
            }
        }
        if let Some(limit) = denied {
            self.limits[limit as usize].refuse(now);
        }
        denied.is_none()
    }
}

/// What a retry after this outcome costs.
fn retry_cost(quota: &plimsoll_models::policy::RetryQuota, outcome: Outcome) -> u32 {
    match outcome {
        Outcome::Throttled => quota.throttle_cost,
        Outcome::TimedOut => quota.timeout_cost,
        Outcome::Ok | Outcome::Failed | Outcome::Rejected | Outcome::Expired => quota.error_cost,
    }
}

/// What an outcome says about the target. What is refused for good, or given up for its age, is the caller's own fault.
fn verdict(outcome: Outcome) -> Verdict {
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

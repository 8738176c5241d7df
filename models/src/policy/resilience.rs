//! What keeps a caller's retries from making things worse: quotas of retries, breakers, waits that the target asks for.

use super::Backoff;
use crate::families::{Limit, Settings};

/// What a caller does beyond attempts, time-outs and waits. All of it is off unless asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resilience {
    /// Tokens that retries cost.
    pub quota: Option<RetryQuota>,
    /// Share of requests that may be retries.
    pub budget: Option<RetryBudget>,
    /// Stops calling a target that fails.
    pub breaker: Option<Breaker>,
    /// Waits before a retry of a throttled attempt, where they differ from the others.
    pub throttle_backoff: Option<Backoff>,
    /// Whether the target's word on when to come back replaces the back-off.
    pub honor_retry_after: bool,
    /// Whether all instances of the caller share one state, as behind a proxy; else each has its own.
    pub shared: bool,
}

/// A bucket of tokens that retries take from and successes give back to; it does not refill with time.
#[derive(Clone, Debug, PartialEq)]
pub struct RetryQuota {
    /// Tokens in the full bucket.
    pub capacity: Limit,
    /// Tokens for a retry after an error.
    pub error_cost: u32,
    /// Tokens for a retry after a time-out.
    pub timeout_cost: u32,
    /// Tokens for a retry after a throttle.
    pub throttle_cost: u32,
    /// Tokens that a success at the first attempt gives back; a later one gives back what its last retry cost.
    pub refund: u32,
}

/// Retries as a share of requests.
#[derive(Clone, Debug, PartialEq)]
pub struct RetryBudget {
    /// Retries over requests in the window.
    pub share: Limit,
    /// Retries per second that are allowed in any case.
    pub per_second: f64,
    /// Length of the sliding window in seconds.
    pub window: f64,
}

/// Stops calls to a target that fails, and tries from time to time whether it works again.
#[derive(Clone, Debug, PartialEq)]
pub struct Breaker {
    /// Share of attempts whose failure opens it.
    pub failures: Limit,
    /// Length of the sliding window in seconds.
    pub window: f64,
    /// Fewest attempts in the window before it can open.
    pub minimum: u64,
    /// How long it stays open, in seconds.
    pub open: f64,
    /// Trials that must all succeed before it closes.
    pub trials: u64,
}

impl Resilience {
    /// Reads it from an edge's fields; `None` where nothing is asked for. Connections without such fields have none.
    pub(crate) fn read(settings: &mut Settings<'_>) -> Option<Self> {
        if !settings.has("retry_quota") {
            return None;
        }
        // Its presets are the defaults of the fields below; here it is only checked.
        if settings.has("sdk") {
            settings.text("sdk");
        }
        let resilience = Self {
            quota: quota(settings),
            budget: budget(settings),
            breaker: breaker(settings),
            throttle_backoff: settings.parsed("throttle_backoff"),
            honor_retry_after: settings.flag("honor_retry_after"),
            shared: settings.text("resilience_scope").as_deref() == Some("shared"),
        };
        let asked = resilience.quota.is_some()
            || resilience.budget.is_some()
            || resilience.breaker.is_some()
            || resilience.throttle_backoff.is_some()
            || resilience.honor_retry_after;
        asked.then_some(resilience)
    }

    /// The limits that it can hit.
    pub fn limits(&self) -> impl Iterator<Item = &Limit> {
        let quota = self.quota.as_ref().map(|quota| &quota.capacity);
        let budget = self.budget.as_ref().map(|budget| &budget.share);
        let breaker = self.breaker.as_ref().map(|breaker| &breaker.failures);
        [quota, budget, breaker].into_iter().flatten()
    }
}

/// A limit that a client sets on itself to spare its target.
fn guard(settings: &mut Settings<'_>, key: &str) -> Option<Limit> {
    settings.own_limit(key).map(|limit| Limit { scope: Limit::CLIENT.to_owned(), ..limit })
}

fn quota(settings: &mut Settings<'_>) -> Option<RetryQuota> {
    let (error_cost, timeout_cost) = (settings.count("retry_cost"), settings.count("retry_cost_timeout"));
    let (throttle_cost, refund) = (settings.count("retry_cost_throttle"), settings.count("retry_refund"));
    let capacity = guard(settings, "retry_quota")?;
    Some(RetryQuota { capacity, error_cost, timeout_cost, throttle_cost, refund })
}

fn budget(settings: &mut Settings<'_>) -> Option<RetryBudget> {
    let (per_second, window) = (settings.quantity("retry_budget_minimum"), settings.quantity("retry_budget_window"));
    let share = guard(settings, "retry_budget")?;
    Some(RetryBudget { share, per_second, window })
}

fn breaker(settings: &mut Settings<'_>) -> Option<Breaker> {
    let (window, open) = (settings.quantity("breaker_window"), settings.quantity("breaker_open"));
    let (minimum, trials) = (settings.count("breaker_minimum"), settings.count("breaker_trials"));
    let failures = guard(settings, "breaker")?;
    Some(Breaker { failures, window, minimum: u64::from(minimum).max(1), open, trials: u64::from(trials).max(1) })
}

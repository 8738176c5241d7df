//! What somebody else's API needs to know.

use super::{Limit, LimitUse, Mechanism, Settings};
use crate::{Distribution, fault::FaultKind};

/// An API with a rate limit, a concurrency limit and errors.
#[derive(Clone, Debug, PartialEq)]
pub struct ExternalConfig {
    /// Time of a call, in seconds.
    pub latency: Distribution,
    /// Calls per second that are accepted.
    pub rate_limit: Option<Limit>,
    /// How the rate limit counts.
    pub limiter: Limiter,
    /// Whether a refusal says when to come back, as the header `Retry-After` does.
    pub retry_after: bool,
    /// Calls that are served at a time.
    pub concurrency_limit: Option<Limit>,
    /// Share of calls that fail, drawn anew each time.
    pub error_rate: f64,
    /// Share of events whose calls fail every time.
    pub poison_events: f64,
    /// Price of a call in US dollars.
    pub price_per_call: f64,
}

/// Most calls of a sliding window, each of which has to be remembered.
const SLIDING_MAX: f64 = 1e6;

/// How a rate limit counts calls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limiter {
    /// Tokens come back little by little.
    TokenBucket {
        /// Calls that are accepted at once after a pause.
        burst: f64,
    },
    /// Tokens come back all at once, in steps of the clock.
    SteppedBucket {
        /// Calls that are accepted at once after a pause.
        burst: f64,
        /// Length of a step in seconds.
        every: f64,
    },
    /// So many in any window, whenever it begins.
    SlidingWindow {
        /// Length of a window in seconds.
        window: f64,
    },
    /// So many in each window of the clock.
    FixedWindow {
        /// Length of a window in seconds.
        window: f64,
    },
}

impl Mechanism for ExternalConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        let rate_limit = settings.own_limit("rate_limit");
        let burst = settings.optional("burst").or(rate_limit.as_ref().map(|limit| limit.value.max(1.0))).unwrap_or(1.0);
        let window = settings.quantity("window");
        let limiter = match settings.text("limiter").as_deref() {
            Some("stepped-bucket") => Limiter::SteppedBucket { burst, every: window },
            Some("sliding-window") => Limiter::SlidingWindow { window },
            Some("fixed-window") => Limiter::FixedWindow { window },
            _ => Limiter::TokenBucket { burst },
        };
        if matches!(limiter, Limiter::SlidingWindow { .. }) && rate_limit.as_ref().is_some_and(|limit| limit.value * window > SLIDING_MAX) {
            settings.reject(
                "window",
                format!("a sliding window remembers at most {SLIDING_MAX} calls; count by fixed windows, or by shorter ones"),
            );
        }
        Self {
            latency: settings.distribution("latency"),
            rate_limit,
            limiter,
            retry_after: settings.flag("retry_after"),
            concurrency_limit: settings.own_limit("concurrency_limit"),
            error_rate: settings.quantity("error_rate"),
            poison_events: settings.quantity("poison_events"),
            price_per_call: settings.quantity("price_per_call"),
        }
    }

    fn limits(&self) -> Vec<LimitUse<'_>> {
        let rate = self.rate_limit.as_ref().map(Limit::rate);
        rate.into_iter().chain(self.concurrency_limit.as_ref().map(Limit::level)).collect()
    }

    fn faults(&self) -> &'static [FaultKind] {
        &[FaultKind::Poison, FaultKind::Slow]
    }

    fn tightens(&self) -> Vec<&str> {
        [&self.rate_limit, &self.concurrency_limit].into_iter().flatten().map(|limit| limit.key.as_str()).collect()
    }
}

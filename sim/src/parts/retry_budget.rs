//! Retries as a share of the requests of a sliding window, as service meshes bound them.

use super::rolling::Rolling;
use crate::time::{Nanos, seconds};

/// A budget of retries.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RetryBudget {
    share: f64,
    /// Retries in a window that are allowed in any case.
    minimum: f64,
    /// Requests and retries.
    window: Rolling,
}

impl RetryBudget {
    /// At most `share` of the requests in a window, but `per_second` in any case.
    pub(crate) fn new(share: f64, per_second: f64, window: Nanos) -> Self {
        Self { share, minimum: per_second * seconds(window), window: Rolling::new(window) }
    }

    /// A request is made for the first time.
    pub(crate) fn request(&mut self, now: Nanos) {
        self.window.add(now, [1, 0]);
    }

    /// Whether one more retry is within the budget; it counts if it is.
    pub(crate) fn retry(&mut self, now: Nanos) -> bool {
        let [requests, retries] = self.window.sums(now);
        let allowed = ((retries + 1) as f64) <= (self.share * requests as f64).max(self.minimum);
        if allowed {
            self.window.add(now, [0, 1]);
        }
        allowed
    }

    /// Retries over requests in the window, with one more retry.
    pub(crate) fn demand(&mut self, now: Nanos) -> f64 {
        let [requests, retries] = self.window.sums(now);
        if requests == 0 { 0.0 } else { (retries + 1) as f64 / requests as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::SECOND;

    #[test]
    fn a_share_of_requests_or_the_minimum() {
        let mut budget = RetryBudget::new(0.2, 0.1, 10 * SECOND);
        assert_eq!([budget.retry(0), budget.retry(0)], [true, false], "one in ten seconds in any case");
        for _ in 0..20 {
            budget.request(SECOND);
        }
        let granted = (0..10).filter(|_| budget.retry(SECOND)).count();
        assert_eq!(granted, 3, "four of twenty, and one was used");
        assert!(budget.retry(60 * SECOND), "the window has passed");
    }
}

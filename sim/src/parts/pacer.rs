//! A rate by virtual scheduling: a token bucket that remembers only when everything let through is paid for, and so
//! can owe more than it holds.

use crate::time::Nanos;

/// When everything that was let through is paid for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pacer {
    paid: Nanos,
}

impl Pacer {
    /// From when on something may pass that takes so long to pay for, where up to a burst may be owed. What costs more
    /// than the burst passes once nothing is owed.
    pub(crate) fn opens(self, cost: Nanos, burst: Nanos) -> Nanos {
        self.paid.saturating_sub(burst.saturating_sub(cost))
    }

    /// Whether something may pass now.
    pub(crate) fn admits(self, now: Nanos, cost: Nanos, burst: Nanos) -> bool {
        self.opens(cost, burst) <= now
    }

    /// Lets something pass.
    pub(crate) fn charge(&mut self, now: Nanos, cost: Nanos) {
        self.paid = self.paid.max(now).saturating_add(cost);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{parts::TokenBucket, time::SECOND};

    #[test]
    fn agrees_with_a_token_bucket() {
        let (mut pacer, mut bucket) = (Pacer::default(), TokenBucket::new(4.0, 4.0));
        let cost = SECOND / 4;
        let mut now = 0;
        for gap in [0, 0, 1, 0, 0, 100, 250, 249, 1, 3_000, 0, 0, 0, 0, 0, 250] {
            now += gap * (SECOND / 1_000);
            let admitted = pacer.admits(now, cost, SECOND);
            assert_eq!(admitted, bucket.take(now, 1.0), "at {now}");
            if admitted {
                pacer.charge(now, cost);
            }
        }
    }

    #[test]
    fn what_is_larger_than_the_burst_passes_and_is_paid_for() {
        let mut pacer = Pacer::default();
        assert!(pacer.admits(0, 5 * SECOND, SECOND));
        pacer.charge(0, 5 * SECOND);
        assert!(!pacer.admits(4 * SECOND, SECOND / 10, SECOND));
        assert_eq!(pacer.opens(SECOND / 10, SECOND), 5 * SECOND - SECOND * 9 / 10);
    }
}

//! A rate that remembers only what is still to be paid for of what it let through, and so can owe more than it may hold.

use super::rate::{Rate, parts};
use crate::time::Nanos;

/// What has been let through and is not paid for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pacer {
    /// Parts of tokens that were owed at a time.
    owed: u128,
    at: Nanos,
}

impl Pacer {
    fn owed(self, now: Nanos, rate: Rate) -> u128 {
        self.owed.saturating_sub(rate.over(now - self.at))
    }

    /// How long until so many tokens may pass, where as much may be owed as comes in the time of a burst. What costs more
    /// than the burst passes once nothing is owed.
    pub(crate) fn wait(self, now: Nanos, rate: Rate, tokens: f64, burst: Nanos) -> Nanos {
        let room = rate.over(burst).saturating_sub(parts(tokens));
        rate.time_for(self.owed(now, rate).saturating_sub(room))
    }

    /// Whether so many tokens may pass now.
    pub(crate) fn admits(self, now: Nanos, rate: Rate, tokens: f64, burst: Nanos) -> bool {
        self.owed(now, rate) <= rate.over(burst).saturating_sub(parts(tokens))
    }

    /// Lets so many tokens pass.
    pub(crate) fn charge(&mut self, now: Nanos, rate: Rate, tokens: f64) {
        *self = Self { owed: self.owed(now, rate).saturating_add(parts(tokens)), at: now };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        parts::TokenBucket,
        time::{NEVER, SECOND},
    };

    #[test]
    fn agrees_with_a_token_bucket() {
        let (mut pacer, mut bucket) = (Pacer::default(), TokenBucket::new(4.0, 4.0));
        let rate = Rate::per_second(4.0);
        let mut now = 0;
        for gap in [0, 0, 1, 0, 0, 100, 250, 249, 1, 3_000, 0, 0, 0, 0, 0, 250] {
            now += gap * (SECOND / 1_000);
            let admitted = pacer.admits(now, rate, 1.0, SECOND);
            assert_eq!(admitted, bucket.take(now, 1.0), "at {now}");
            if admitted {
                pacer.charge(now, rate, 1.0);
            }
        }
    }

    /// A sixth of a second is no whole number of nanoseconds: six a second are six at once all the same.
    #[test]
    fn a_second_lets_through_as_many_as_it_is_for() {
        for per_second in [1_u64, 3, 6, 7, 11, 333, 1_000, 999_983] {
            let (mut pacer, rate) = (Pacer::default(), Rate::per_second(per_second as f64));
            let mut passed = 0;
            while pacer.admits(0, rate, 1.0, SECOND) {
                pacer.charge(0, rate, 1.0);
                passed += 1;
            }
            assert_eq!(passed, per_second);
            assert_eq!(pacer.wait(0, rate, 1.0, SECOND), SECOND.div_ceil(per_second));
            assert!(pacer.admits(SECOND, rate, per_second as f64, SECOND), "{per_second} have come back");
        }
    }

    #[test]
    fn what_is_larger_than_the_burst_passes_and_is_paid_for() {
        let (mut pacer, rate) = (Pacer::default(), Rate::per_second(10.0));
        assert!(pacer.admits(0, rate, 50.0, SECOND));
        pacer.charge(0, rate, 50.0);
        assert!(!pacer.admits(4 * SECOND, rate, 1.0, SECOND));
        assert_eq!(pacer.wait(0, rate, 1.0, SECOND), 5 * SECOND - SECOND * 9 / 10);
    }

    #[test]
    fn turns_follow_each_other_at_the_rate() {
        let (mut pacer, rate) = (Pacer::default(), Rate::per_second(3e7));
        let mut turn = |now: Nanos, rate: Rate| {
            let wait = pacer.wait(now, rate, 0.0, 0);
            pacer.charge(now, rate, 1.0);
            wait
        };
        assert_eq!([0, 0, 0, 0].map(|now| turn(now, rate)), [0, 34, 67, 100]);
        assert_eq!([134, 1_000].map(|now| turn(now, rate)), [0, 0]);
        assert_eq!(turn(2_000, Rate::per_second(0.0)), NEVER, "the last turn is never paid for");
    }
}

//! A token bucket that is refilled all at once in steps of the clock, as many public APIs limit their callers. Refilled to the
//! brim it is a counter that starts anew with each window.

use super::rate::{PARTS, parts};
use crate::time::Nanos;

/// A bucket that starts full. What it holds is in parts of a token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SteppedBucket {
    /// Length of a step, at least a nanosecond; the first begins at time zero.
    every: Nanos,
    /// What comes back with each step, and room for it.
    refill: u128,
    capacity: u128,
    /// What a fault leaves of both.
    left: f64,
    /// The present step, and what has been taken out.
    step: u64,
    used: u128,
}

impl SteppedBucket {
    /// So many tokens, of which so many come back with each step.
    pub(crate) fn new(capacity: f64, refill: f64, every: Nanos) -> Self {
        Self { every: every.max(1), refill: parts(refill), capacity: parts(capacity), left: 1.0, step: 0, used: 0 }
    }

    /// Takes a token if there is one.
    pub(crate) fn take(&mut self, now: Nanos) -> bool {
        let (refill, capacity) = (left_of(self.refill, self.left), left_of(self.capacity, self.left));
        let steps = now / self.every - self.step;
        if steps > 0 {
            self.step += steps;
            self.used = self.used.min(capacity).saturating_sub(refill.saturating_mul(u128::from(steps)));
        }
        let some = self.used + PARTS <= capacity;
        self.used += if some { PARTS } else { 0 };
        some
    }

    /// Leaves so much of it from now on; 1 gives back all.
    pub(crate) fn tighten(&mut self, factor: f64) {
        self.left = factor;
    }

    /// How long until the next step.
    pub(crate) fn until_next(&self, now: Nanos) -> Nanos {
        self.every - now % self.every
    }
}

/// What is left of so many parts: whole tokens, so that a tightened limit lets through no more than it says.
fn left_of(parts: u128, left: f64) -> u128 {
    if left == 1.0 { parts } else { (parts as f64 / PARTS as f64 * left) as u128 * PARTS }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(bucket: &mut SteppedBucket, now: Nanos) -> usize {
        (0..100).filter(|_| bucket.take(now)).count()
    }

    #[test]
    fn twice_the_limit_passes_around_the_edge_of_a_window() {
        let mut windows = SteppedBucket::new(2.0, 2.0, 100);
        let passed: Vec<bool> = [97, 98, 99, 100, 101, 102].into_iter().map(|now| windows.take(now)).collect();
        assert_eq!(passed, [true, true, false, true, true, false]);
        assert_eq!((windows.until_next(99), windows.until_next(100)), (1, 100));
    }

    #[test]
    fn each_step_gives_back_what_it_gives_and_no_more_than_there_is_room_for() {
        let mut bucket = SteppedBucket::new(5.0, 2.5, 100);
        assert_eq!([0, 99, 100, 200, 399].map(|now| taken(&mut bucket, now)), [5, 0, 2, 3, 2]);
        assert_eq!(taken(&mut bucket, 10_000), 5);
    }

    #[test]
    fn a_tightened_window_forgets_what_it_let_through_before() {
        let mut bucket = SteppedBucket::new(10.0, 10.0, 100);
        assert_eq!(taken(&mut bucket, 0), 10);
        bucket.tighten(0.25);
        assert_eq!([50, 100, 250].map(|now| taken(&mut bucket, now)), [0, 2, 2]);
        bucket.tighten(1.0);
        assert_eq!([260, 300].map(|now| taken(&mut bucket, now)), [8, 10]);
    }
}

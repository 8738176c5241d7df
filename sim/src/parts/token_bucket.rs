//! A token bucket with continuous refill, in exact integer arithmetic: no drift, no luck with rounding.

use super::rate::{PARTS, Rate, parts};
use crate::time::{NEVER, Nanos};

/// A bucket that starts full. Levels are in parts of a token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TokenBucket {
    level: u128,
    /// Promised to those who wait in line; paid before the level rises.
    debt: u128,
    capacity: u128,
    rate: Rate,
    /// Capacity and rate where nothing is tightened.
    full: (u128, Rate),
    /// What is left of them.
    tight: f64,
    refilled: Nanos,
}

impl TokenBucket {
    /// A full bucket of so many tokens, refilled at so many per second.
    pub(crate) fn new(capacity: f64, per_second: f64) -> Self {
        let (capacity, rate) = (parts(capacity), Rate::per_second(per_second));
        Self { level: capacity, debt: 0, capacity, rate, full: (capacity, rate), tight: 1.0, refilled: 0 }
    }

    /// The same bucket, but empty.
    pub(crate) fn empty(mut self) -> Self {
        self.level = 0;
        self
    }

    /// Changes rate and capacity from now on.
    pub(crate) fn reconfigure(&mut self, now: Nanos, capacity: f64, per_second: f64) {
        self.refill(now);
        self.full = Self::new(capacity, per_second).full;
        self.tighten(now, self.tight);
    }

    /// Multiplies rate and capacity from now on; 1 gives back what was. A rate above zero keeps room for a token.
    pub(crate) fn tighten(&mut self, now: Nanos, factor: f64) {
        self.refill(now);
        self.tight = factor;
        (self.capacity, self.rate) = self.full;
        if factor != 1.0 {
            let room = if factor > 0.0 { self.capacity.min(PARTS) } else { 0 };
            self.capacity = ((self.capacity as f64 * factor) as u128).max(room);
            self.rate = self.rate.scaled(factor);
        }
        self.level = self.level.min(self.capacity);
    }

    fn refill(&mut self, now: Nanos) {
        let gained = self.rate.over(now - self.refilled);
        let paid = gained.min(self.debt);
        self.debt -= paid;
        self.level = self.level.saturating_add(gained - paid).min(self.capacity);
        self.refilled = now;
    }

    /// Takes tokens in turn, and says how long the taker must wait for them.
    pub(crate) fn reserve(&mut self, now: Nanos, tokens: f64) -> Nanos {
        self.refill(now);
        let parts = parts(tokens);
        if self.debt == 0 && self.level >= parts {
            self.level -= parts;
            return 0;
        }
        let missing = parts - self.level.min(parts);
        self.level -= parts - missing;
        self.debt = self.debt.saturating_add(missing);
        self.rate.time_for(self.debt)
    }

    /// Takes tokens if there are enough.
    pub(crate) fn take(&mut self, now: Nanos, tokens: f64) -> bool {
        self.refill(now);
        let parts = parts(tokens);
        if self.level < parts {
            return false;
        }
        self.level -= parts;
        true
    }

    /// Gives tokens back that were taken for nothing.
    pub(crate) fn give_back(&mut self, tokens: f64) {
        self.level = (self.level + parts(tokens)).min(self.capacity);
    }

    /// Whether there are enough tokens, without taking them.
    pub(crate) fn has(&mut self, now: Nanos, tokens: f64) -> bool {
        self.refill(now);
        self.level >= parts(tokens)
    }

    /// How long until there are enough tokens, if nobody takes any; never when it holds too few or is not refilled.
    pub(crate) fn wait(&mut self, now: Nanos, tokens: f64) -> Nanos {
        self.refill(now);
        let parts = parts(tokens);
        if parts > self.capacity && self.level < parts {
            return NEVER;
        }
        self.rate.time_for(parts.saturating_sub(self.level))
    }

    /// Tokens in it now.
    pub(crate) fn tokens(&self, now: Nanos) -> f64 {
        let gained = self.rate.over(now - self.refilled);
        let level = self.level.saturating_add(gained.saturating_sub(self.debt)).min(self.capacity);
        level as f64 / PARTS as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::SECOND;

    #[test]
    fn refills_exactly_and_never_overflows() {
        let mut bucket = TokenBucket::new(2.0, 3.0);
        assert!(bucket.take(0, 2.0));
        assert!(!bucket.take(SECOND / 3, 1.0), "a third of a second short of a nanosecond is not yet a token");
        assert!(bucket.take(SECOND / 3 + 1, 1.0));
        assert_eq!(bucket.wait(SECOND / 3 + 1, 1.0), SECOND / 3, "what was left over counts");
        assert_eq!(bucket.wait(SECOND, 3.0), NEVER, "it never holds three");
        assert!((bucket.tokens(1_000 * SECOND) - 2.0).abs() < 1e-12);
    }

    #[test]
    fn a_line_is_served_at_the_rate() {
        let mut bucket = TokenBucket::new(2.0, 10.0);
        let waits: Vec<Nanos> = (0..5).map(|_| bucket.reserve(0, 1.0)).collect();
        assert_eq!(waits, [0, 0, SECOND / 10, SECOND / 5, 3 * SECOND / 10]);
        // One of the three promises is kept; nobody overtakes those who wait.
        assert!(!bucket.has(SECOND / 10, 1.0));
        assert_eq!(bucket.reserve(SECOND / 10, 1.0), 3 * SECOND / 10);
        assert!(bucket.take(SECOND / 2, 1.0));
    }

    #[test]
    fn what_is_tightened_comes_back_exactly() {
        let mut bucket = TokenBucket::new(10.0, 4.0);
        let untouched = bucket.clone();
        bucket.tighten(0, 0.05);
        // Two tokens in ten seconds, and room for one of them.
        assert!(bucket.take(0, 1.0));
        assert!(!bucket.take(4 * SECOND, 1.0));
        assert!(bucket.take(5 * SECOND, 1.0));
        bucket.tighten(5 * SECOND, 1.0);
        assert_eq!((bucket.capacity, bucket.rate, bucket.full), (untouched.capacity, untouched.rate, untouched.full));
        bucket.tighten(6 * SECOND, 0.0);
        assert!(!bucket.take(100 * SECOND, 1.0));
    }
}

//! A token bucket with continuous refill, in exact integer arithmetic: no drift, no luck with rounding.

use crate::time::Nanos;

/// Parts of a token: a rate in millionths per second times nanoseconds.
const PARTS: u128 = 1_000_000_000_000_000;

/// A bucket that starts full.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TokenBucket {
    level: u128,
    capacity: u128,
    /// Millionths of a token per second, which is parts per nanosecond.
    rate: u128,
    refilled: Nanos,
}

impl TokenBucket {
    /// A full bucket of so many tokens, refilled at so many per second.
    pub(crate) fn new(capacity: f64, per_second: f64) -> Self {
        let capacity = (capacity.clamp(0.0, 1e15) * 1e6) as u128 * (PARTS / 1_000_000);
        Self { level: capacity, capacity, rate: (per_second.clamp(0.0, 1e12) * 1e6 + 0.5) as u128, refilled: 0 }
    }

    /// The same bucket, but empty.
    pub(crate) fn empty(mut self) -> Self {
        self.level = 0;
        self
    }

    /// Changes rate and capacity from now on.
    pub(crate) fn reconfigure(&mut self, now: Nanos, capacity: f64, per_second: f64) {
        self.refill(now);
        let fresh = Self::new(capacity, per_second);
        self.capacity = fresh.capacity;
        self.rate = fresh.rate;
        self.level = self.level.min(self.capacity);
    }

    fn refill(&mut self, now: Nanos) {
        let gained = u128::from(now - self.refilled) * self.rate;
        self.level = (self.level + gained).min(self.capacity);
        self.refilled = now;
    }

    /// Takes tokens if there are enough.
    pub(crate) fn take(&mut self, now: Nanos, tokens: f64) -> bool {
        self.refill(now);
        let parts = to_parts(tokens);
        if self.level < parts {
            return false;
        }
        self.level -= parts;
        true
    }

    /// Whether there are enough tokens, without taking them.
    pub(crate) fn has(&mut self, now: Nanos, tokens: f64) -> bool {
        self.refill(now);
        self.level >= to_parts(tokens)
    }

    /// Tokens in it now.
    pub(crate) fn tokens(&self, now: Nanos) -> f64 {
        let level = (self.level + u128::from(now - self.refilled) * self.rate).min(self.capacity);
        level as f64 / PARTS as f64
    }
}

fn to_parts(tokens: f64) -> u128 {
    (tokens * 1e6 + 0.5) as u128 * (PARTS / 1_000_000)
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
        assert!((bucket.tokens(1_000 * SECOND) - 2.0).abs() < 1e-12);
    }
}

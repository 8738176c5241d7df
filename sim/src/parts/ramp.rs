//! An allowance for new instances: never more than its burst, coming back in one of two ways.

use super::{SteppedBucket, TokenBucket};
use crate::time::{Nanos, nanos};

/// An allowance for new instances.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ramp {
    /// It comes back little by little.
    Continuous(TokenBucket),
    /// It comes back all at once in steps.
    Stepped(SteppedBucket),
}

impl Ramp {
    /// Refilled little by little at so many per second.
    pub(crate) fn continuous(burst: f64, per_second: f64) -> Self {
        Self::Continuous(TokenBucket::new(burst, per_second))
    }

    /// Refilled all at once whenever so many per second have filled it.
    pub(crate) fn stepped(burst: f64, per_second: f64) -> Self {
        Self::Stepped(SteppedBucket::new(burst, burst, nanos(burst / per_second.max(1e-9))))
    }

    /// Uses one if there is one.
    pub(crate) fn take(&mut self, now: Nanos) -> bool {
        match self {
            Self::Continuous(bucket) => bucket.take(now, 1.0),
            Self::Stepped(bucket) => bucket.take(now),
        }
    }
}

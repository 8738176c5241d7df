//! An allowance for new instances: never more than its burst, coming back in one of two ways.

use super::TokenBucket;
use crate::time::{Nanos, nanos};

/// How the allowance comes back.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RampRefill {
    /// Little by little.
    Continuous(TokenBucket),
    /// All at once in steps.
    Stepped {
        /// Allowance at the start of a step.
        burst: u64,
        /// What is left of it.
        left: u64,
        /// Length of a step, and the number of the present one.
        every: Nanos,
        step: u64,
    },
}

/// An allowance for new instances.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ramp(pub(crate) RampRefill);

impl Ramp {
    /// Refilled little by little at so many per second.
    pub(crate) fn continuous(burst: f64, per_second: f64) -> Self {
        Self(RampRefill::Continuous(TokenBucket::new(burst, per_second)))
    }

    /// Refilled all at once whenever so many per second have filled it.
    pub(crate) fn stepped(burst: f64, per_second: f64) -> Self {
        let every = nanos(burst / per_second.max(1e-9)).max(1);
        let burst = burst as u64;
        Self(RampRefill::Stepped { burst, left: burst, every, step: 0 })
    }

    /// Uses one if there is one.
    pub(crate) fn take(&mut self, now: Nanos) -> bool {
        match &mut self.0 {
            RampRefill::Continuous(bucket) => bucket.take(now, 1.0),
            RampRefill::Stepped { burst, left, every, step } => {
                if now / *every != *step {
                    *step = now / *every;
                    *left = *burst;
                }
                let some = *left > 0;
                *left -= u64::from(some);
                some
            }
        }
    }
}

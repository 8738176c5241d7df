//! The bricks that nodes are built from, each testable alone.

mod autoscaler;
mod ramp;
mod token_bucket;

pub(crate) use autoscaler::{Autoscaler, Average, Sight};
pub(crate) use ramp::Ramp;
pub(crate) use token_bucket::TokenBucket;

//! The bricks that nodes are built from, each testable alone.

mod ramp;
mod token_bucket;

pub(crate) use ramp::Ramp;
pub(crate) use token_bucket::TokenBucket;

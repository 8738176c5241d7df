//! The bricks that nodes are built from, each testable alone.

mod autoscaler;
mod connections;
mod heat;
mod partitions;
mod ramp;
mod token_bucket;

pub(crate) use autoscaler::{Autoscaler, Average, Sight};
pub(crate) use connections::{Ask, Connections};
pub(crate) use heat::Heat;
pub(crate) use partitions::Partitions;
pub(crate) use ramp::Ramp;
pub(crate) use token_bucket::TokenBucket;

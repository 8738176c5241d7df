//! The bricks that nodes are built from, each testable alone.

mod autoscaler;
mod connections;
mod pacer;
mod partition_log;
mod partitions;
mod ramp;
mod shards;
mod token_bucket;

pub(crate) use autoscaler::{Autoscaler, Average, Sight};
pub(crate) use connections::{Ask, Connections};
pub(crate) use pacer::Pacer;
pub(crate) use partition_log::{Finish, PartitionLog};
pub(crate) use partitions::Partitions;
pub(crate) use ramp::Ramp;
pub(crate) use shards::{Consumer, Shards};
pub(crate) use token_bucket::TokenBucket;

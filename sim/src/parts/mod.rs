//! The bricks that nodes are built from, each testable alone.

mod autoscaler;
mod connections;
mod fair_line;
mod fifo_line;
mod group_lanes;
mod group_rate;
mod heat;
mod long_polls;
mod pace;
mod pacer;
mod partition_log;
mod partitions;
mod ramp;
mod repeats;
mod shards;
mod token_bucket;

pub(crate) use autoscaler::{Autoscaler, Average, Sight};
pub(crate) use connections::{Ask, Connections};
pub(crate) use fair_line::{FairLine, Noise};
pub(crate) use fifo_line::FifoLine;
pub(crate) use group_lanes::GroupLanes;
pub(crate) use group_rate::GroupRate;
pub(crate) use heat::Heat;
pub(crate) use long_polls::LongPolls;
pub(crate) use pace::Pace;
pub(crate) use pacer::Pacer;
pub(crate) use partition_log::{Finish, PartitionLog};
pub(crate) use partitions::Partitions;
pub(crate) use ramp::Ramp;
pub(crate) use repeats::Repeats;
pub(crate) use shards::{Consumer, Shards};
pub(crate) use token_bucket::TokenBucket;

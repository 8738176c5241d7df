//! What an ordered queue adds to a send: its partition's rate, and the memory of repeated sends.

use plimsoll_models::families::FifoConfig;

use crate::{
    core::Core,
    parts::{Repeats, TokenBucket},
    program::NodeProgram,
    rng::mix,
    time::nanos,
};

/// The sending side of an ordered queue.
#[derive(Clone, Debug)]
pub(super) struct Ordered {
    pub(super) repeats: Repeats,
    /// Sends that repeated one and were dropped.
    pub(super) deduplicated: u64,
    /// Send calls of each partition.
    partitions: Vec<TokenBucket>,
    partition_limit: u32,
    /// Send calls of the queue where there are several partitions, with their limit.
    whole: Option<(TokenBucket, u32)>,
    /// Part of a send call that one message is.
    calls: f64,
}

impl Ordered {
    pub(super) fn new(node: &NodeProgram, config: &FifoConfig, send_batch: u32) -> Self {
        let calls = config.partition_calls.value;
        let whole = config.queue_calls.as_ref();
        // As many partitions as the rate of the whole queue needs: the provider splits and merges them by load.
        let partitions = whole.map_or(1.0, |whole| (whole.value / calls).ceil().max(1.0)) as usize;
        Self {
            repeats: Repeats::new(nanos(config.deduplication)),
            deduplicated: 0,
            partitions: vec![TokenBucket::new(calls.max(1.0), calls); partitions],
            partition_limit: node.limits[&config.partition_calls.key],
            whole: whole.map(|whole| (TokenBucket::new(whole.value.max(1.0), whole.value), node.limits[&whole.key])),
            calls: 1.0 / f64::from(send_batch),
        }
    }

    /// Takes part of a send call, or names the limit that refuses.
    pub(super) fn admit(&mut self, core: &mut Core, key: u64) -> Result<(), u32> {
        let now = core.now();
        let partition = (mix(key, 0x5e9d) % self.partitions.len() as u64) as usize;
        let Some((bucket, limit)) = &mut self.whole else {
            core.limits[self.partition_limit as usize].demand(now, self.calls);
            return if self.partitions[partition].take(now, self.calls) { Ok(()) } else { Err(self.partition_limit) };
        };
        core.limits[*limit as usize].demand(now, self.calls);
        if !bucket.has(now, self.calls) {
            return Err(*limit);
        }
        if !self.partitions[partition].take(now, self.calls) {
            let meter = &mut core.limits[self.partition_limit as usize];
            meter.level(now, meter.limit.value + self.calls);
            return Err(self.partition_limit);
        }
        bucket.take(now, self.calls);
        Ok(())
    }
}

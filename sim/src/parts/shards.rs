//! The shards of a stream: logs over ranges of hashed keys, one generation after the other.

use std::ops::Range;

use super::{Pacer, PartitionLog};
use crate::{
    rng::mix,
    time::{NEVER, Nanos, SECOND},
};

/// Sets the hash of a shard apart from other uses of a key.
const SALT: u64 = 0x4d35;

/// A shard.
#[derive(Clone, Debug)]
pub(crate) struct Shard {
    /// Its records.
    pub(crate) log: PartitionLog,
    /// Shards that held its keys before; they are read to their ends first.
    pub(crate) parents: Range<usize>,
    /// Whether it takes no more records.
    pub(crate) closed: bool,
    pub(crate) written_records: Pacer,
    pub(crate) written_bytes: Pacer,
    pub(crate) reads: Pacer,
    pub(crate) read_bytes: Pacer,
    /// Use of this second.
    pub(crate) second: SecondUse,
    /// Whether its retention timer runs.
    pub(crate) expires: bool,
    /// Readers that wait for a record, a bit each.
    pub(crate) sleeping: u64,
    /// Since when each reader has found nothing.
    pub(crate) idle_since: Box<[Nanos]>,
}

/// What was asked of a shard in a second, whether it was granted or not.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SecondUse {
    number: u64,
    pub(crate) records: f64,
    pub(crate) bytes: f64,
    pub(crate) reads: f64,
    pub(crate) read_bytes: f64,
}

impl SecondUse {
    /// The use of the present second.
    pub(crate) fn at(&mut self, now: Nanos) -> &mut Self {
        if now / SECOND != self.number {
            *self = Self { number: now / SECOND, ..Self::default() };
        }
        self
    }
}

/// A consumer of a stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Consumer {
    /// Its poll edge.
    pub(crate) edge: u32,
    /// Its mapping, as a node.
    pub(crate) mapping: u32,
    /// Records written earlier are not for it.
    pub(crate) from: Nanos,
    /// Whether the stream pushes to it.
    pub(crate) pushed: bool,
    /// Its limit on batches at a time.
    pub(crate) parallel_limit: u32,
    /// Nanoseconds between two of its polls of an idle shard, where they are metered.
    pub(crate) metered_every: Nanos,
}

/// All shards of a stream.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shards {
    pub(crate) all: Vec<Shard>,
    /// The first shard that is open; those after it are too.
    open: usize,
    pub(crate) consumers: Vec<Consumer>,
    /// Bytes that were read by polls, and by pushes.
    pub(crate) polled_bytes: u64,
    pub(crate) pushed_bytes: u64,
    /// Reads that are paid for.
    pub(crate) metered_reads: u64,
}

impl Shards {
    /// So many open shards.
    pub(crate) fn new(shards: usize, consumers: Vec<Consumer>) -> Self {
        let mut all = Self { consumers, ..Self::default() };
        all.reshard(shards);
        all
    }

    /// Number of open shards.
    pub(crate) fn n_open(&self) -> usize {
        self.all.len() - self.open
    }

    /// The open shard of a key. Keys are hashed, and each shard has an equal part of the hashes.
    pub(crate) fn of_key(&self, key: u64) -> usize {
        self.open + ((u128::from(mix(key, SALT)) * self.n_open() as u128) >> 64) as usize
    }

    /// Closes the open shards and opens others in their place.
    pub(crate) fn reshard(&mut self, shards: usize) {
        let (first, old) = (self.open, self.n_open());
        for shard in &mut self.all[first..] {
            shard.closed = true;
        }
        self.open = self.all.len();
        for index in 0..shards {
            // The hashes of the new shard overlap with those of these old ones.
            let parents = if old == 0 { 0..0 } else { first + index * old / shards..first + ((index + 1) * old).div_ceil(shards) };
            self.all.push(Shard {
                log: PartitionLog::new(self.consumers.len()),
                parents,
                closed: false,
                written_records: Pacer::default(),
                written_bytes: Pacer::default(),
                reads: Pacer::default(),
                read_bytes: Pacer::default(),
                second: SecondUse::default(),
                expires: false,
                sleeping: 0,
                idle_since: vec![NEVER; self.consumers.len()].into(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_shard_has_the_keys_of_its_parents() {
        let mut shards = Shards::new(3, Vec::new());
        let before: Vec<usize> = (0..1_000).map(|key| shards.of_key(key)).collect();
        shards.reshard(4);
        for (key, old) in before.into_iter().enumerate() {
            let new = shards.of_key(key as u64);
            assert!(shards.all[new].parents.contains(&old), "key {key} went from {old} to {new}");
        }
        assert_eq!(shards.n_open(), 4);
    }
}

//! Partitions of a table by ranges of the key's hash: each has rates of its own, and is split when it stays hot.

use super::{Heat, Lasting, TokenBucket};
use crate::time::Nanos;

/// Most partitions of a table.
const PARTITIONS_MAX: usize = 10_000;
/// The narrowest range of hashes that is split: what is left below it is one hot key, which no split helps.
const RANGE_MIN: u64 = 1 << 20;

/// The partitions of a table.
#[derive(Clone, Debug)]
pub(crate) struct Partitions {
    /// In the order of their ranges.
    all: Vec<Partition>,
    /// Throttling after which a partition is split.
    split_after: Lasting,
}

/// A range of hashes, up to the start of the next.
#[derive(Clone, Debug)]
struct Partition {
    start: u64,
    writes: TokenBucket,
    reads: TokenBucket,
    heat: Heat,
}

impl Partitions {
    /// So many partitions of equal width with so many write and read units per second.
    pub(crate) fn new(count: usize, [writes, reads]: [f64; 2], split_after: Lasting) -> Self {
        let count = count.clamp(1, PARTITIONS_MAX);
        let width = u64::MAX / count as u64;
        let all = (0..count as u64)
            .map(|index| Partition {
                start: index * width,
                writes: TokenBucket::new(writes, writes),
                reads: TokenBucket::new(reads, reads),
                heat: Heat::default(),
            })
            .collect();
        Self { all, split_after }
    }

    /// Number of partitions.
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    fn find(&self, hash: u64) -> usize {
        self.all.partition_point(|partition| partition.start <= hash) - 1
    }

    /// Takes units from the partition of a key if it has enough; a partition that has been short for long is split.
    pub(crate) fn take(&mut self, now: Nanos, hash: u64, units: f64, is_write: bool) -> bool {
        let index = self.find(hash);
        let partition = &mut self.all[index];
        let bucket = if is_write { &mut partition.writes } else { &mut partition.reads };
        if bucket.take(now, units) {
            return true;
        }
        if partition.heat.refused(now, self.split_after) {
            self.split(index);
        }
        false
    }

    /// Gives back what was taken for nothing.
    pub(crate) fn give_back(&mut self, hash: u64, units: f64, is_write: bool) {
        let index = self.find(hash);
        let partition = &mut self.all[index];
        let bucket = if is_write { &mut partition.writes } else { &mut partition.reads };
        bucket.give_back(units);
    }

    /// A fault leaves so much of the rates of one kind.
    pub(crate) fn tighten(&mut self, now: Nanos, writes: bool, left: f64) {
        for partition in &mut self.all {
            let bucket = if writes { &mut partition.writes } else { &mut partition.reads };
            bucket.tighten(now, left);
        }
    }

    /// Splits the widest partitions until there are so many.
    pub(crate) fn grow(&mut self, count: usize) {
        while self.all.len() < count.min(PARTITIONS_MAX) {
            let widest = (0..self.all.len()).max_by_key(|index| (self.width(*index), std::cmp::Reverse(*index)));
            if !widest.is_some_and(|index| self.split(index)) {
                return;
            }
        }
    }

    fn width(&self, index: usize) -> u64 {
        self.all.get(index + 1).map_or(u64::MAX, |next| next.start) - self.all[index].start
    }

    fn split(&mut self, index: usize) -> bool {
        let width = self.width(index);
        if width < RANGE_MIN || self.all.len() >= PARTITIONS_MAX {
            return false;
        }
        let mut half = self.all[index].clone();
        half.start += width / 2;
        self.all.insert(index + 1, half);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::SECOND;

    #[test]
    fn a_partition_that_stays_hot_is_split_and_a_single_key_stays_hot() {
        let mut partitions = Partitions::new(1, [1.0, 1.0], Lasting { long: 10 * SECOND, pause: 60 * SECOND });
        let (low, high) = (5, u64::MAX - 5);
        let served = |partitions: &mut Partitions, from: u64, to: u64| {
            (from..to).map(|at| [low, high].into_iter().filter(|key| partitions.take(at * SECOND, *key, 1.0, true)).count()).sum::<usize>()
        };
        assert_eq!(served(&mut partitions, 0, 10), 10);
        served(&mut partitions, 10, 12);
        assert_eq!(partitions.len(), 2);
        assert_eq!(served(&mut partitions, 12, 22), 20);
        let one =
            (22..122).filter(|at| partitions.take(at * SECOND, low, 1.0, true) | partitions.take(at * SECOND, low, 1.0, true)).count();
        assert_eq!(one, 100);
        assert!(partitions.take(200 * SECOND, high, 1.0, true), "the other key has its partition for itself");
    }

    #[test]
    fn growing_doubles_every_partition_once() {
        let mut partitions = Partitions::new(4, [1.0, 1.0], Lasting { long: SECOND, pause: SECOND });
        partitions.grow(8);
        let widths: Vec<u64> = (0..8).map(|index| partitions.width(index) >> 32).collect();
        assert!(widths.iter().all(|width| width.abs_diff(widths[0]) <= 1), "{widths:?}");
    }
}

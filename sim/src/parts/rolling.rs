//! Two counts over a sliding window, kept in a few slots that are forgotten one after the other.

use crate::time::Nanos;

/// Slots of a window.
const SLOTS: usize = 10;

/// What has been counted in about the last window: at least nine tenths of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rolling {
    slot: Nanos,
    /// Number of the latest slot since time zero.
    latest: u64,
    counts: [[u64; 2]; SLOTS],
    sums: [u64; 2],
}

impl Rolling {
    /// A window of this length, in which nothing has happened.
    pub(crate) fn new(window: Nanos) -> Self {
        Self { slot: (window / SLOTS as u64).max(1), latest: 0, counts: [[0; 2]; SLOTS], sums: [0; 2] }
    }

    fn advance(&mut self, now: Nanos) {
        let present = now / self.slot;
        for number in self.latest + 1..=present.min(self.latest + SLOTS as u64) {
            let gone = std::mem::take(&mut self.counts[number as usize % SLOTS]);
            self.sums = [self.sums[0] - gone[0], self.sums[1] - gone[1]];
        }
        if present > self.latest + SLOTS as u64 {
            (self.counts, self.sums) = ([[0; 2]; SLOTS], [0; 2]);
        }
        self.latest = present;
    }

    /// Counts.
    pub(crate) fn add(&mut self, now: Nanos, by: [u64; 2]) {
        self.advance(now);
        let slot = &mut self.counts[self.latest as usize % SLOTS];
        *slot = [slot[0] + by[0], slot[1] + by[1]];
        self.sums = [self.sums[0] + by[0], self.sums[1] + by[1]];
    }

    /// Both counts.
    pub(crate) fn sums(&mut self, now: Nanos) -> [u64; 2] {
        self.advance(now);
        self.sums
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        (self.counts, self.sums) = ([[0; 2]; SLOTS], [0; 2]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_counts_leave_slot_by_slot() {
        let mut rolling = Rolling::new(100);
        rolling.add(5, [1, 0]);
        rolling.add(15, [1, 1]);
        assert_eq!(rolling.sums(99), [2, 1]);
        assert_eq!(rolling.sums(100), [1, 1]);
        assert_eq!(rolling.sums(110), [0, 0]);
        rolling.add(119, [3, 2]);
        assert_eq!(rolling.sums(10_000), [0, 0]);
    }
}

//! A rate for each message group, in memory that follows how many groups there are in a second.

use std::collections::BTreeMap;

use crate::time::{Nanos, SECOND};

/// How often each group was let through in the present second.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GroupRate {
    per_second: u64,
    second: u64,
    taken: BTreeMap<u64, u64>,
}

impl GroupRate {
    /// So many per second for each group.
    pub(crate) fn new(per_second: f64) -> Self {
        Self { per_second: per_second as u64, second: 0, taken: BTreeMap::new() }
    }

    /// Takes a turn of a group if there is one left in this second.
    pub(crate) fn take(&mut self, now: Nanos, group: u64) -> bool {
        self.take_units(now, group, 1)
    }

    /// Takes so many units of a group if they are left in this second.
    pub(crate) fn take_units(&mut self, now: Nanos, group: u64, units: u64) -> bool {
        if now / SECOND != self.second {
            self.second = now / SECOND;
            self.taken.clear();
        }
        let taken = self.taken.entry(group).or_default();
        let some = *taken + units <= self.per_second;
        *taken += if some { units } else { 0 };
        some
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_has_its_own_turns_in_each_second() {
        let mut rate = GroupRate::new(2.0);
        let taken: Vec<bool> = [7, 7, 7, 8].iter().map(|group| rate.take(SECOND / 2, *group)).collect();
        assert_eq!(taken, [true, true, false, true]);
        assert!(rate.take(SECOND, 7));
        assert!(!rate.take_units(SECOND, 7, 2) && rate.take_units(SECOND, 8, 2));
    }
}

//! Deliveries in order within groups: so many of a group travel together, the next ones go when all have arrived.

use std::collections::{BTreeMap, VecDeque};

/// The deliveries of a subscription that are under way or wait for those before them. A lane exists while it has some.
#[derive(Clone, Debug, Default)]
pub(crate) struct GroupLanes {
    together: u32,
    lanes: BTreeMap<u64, Lane>,
}

#[derive(Clone, Debug, Default)]
struct Lane {
    under_way: u32,
    waiting: VecDeque<u32>,
}

impl GroupLanes {
    /// So many of a group at a time.
    pub(crate) fn new(together: u32) -> Self {
        Self { together, lanes: BTreeMap::new() }
    }

    /// A delivery comes up. Answers whether nothing of its group is under way, so that it may go.
    pub(crate) fn enter(&mut self, group: u64, delivery: u32) -> bool {
        let lane = self.lanes.entry(group).or_default();
        lane.waiting.push_back(delivery);
        lane.under_way == 0
    }

    /// The next delivery of a group that may go.
    pub(crate) fn go(&mut self, group: u64) -> Option<u32> {
        let lane = self.lanes.get_mut(&group).filter(|lane| lane.under_way < self.together)?;
        let delivery = lane.waiting.pop_front()?;
        lane.under_way += 1;
        Some(delivery)
    }

    /// A delivery is over. Answers whether others of its group may go now.
    pub(crate) fn leave(&mut self, group: u64) -> bool {
        let Some(lane) = self.lanes.get_mut(&group) else { return false };
        lane.under_way -= 1;
        if lane.under_way == 0 && lane.waiting.is_empty() {
            self.lanes.remove(&group);
            return false;
        }
        lane.under_way == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_behind_wait_until_all_before_them_have_arrived() {
        let mut lanes = GroupLanes::new(2);
        assert!(lanes.enter(7, 0));
        assert_eq!(lanes.go(7), Some(0));
        assert!(!lanes.enter(7, 1) && !lanes.enter(7, 2) && !lanes.enter(7, 3));
        assert!(lanes.enter(8, 9), "another group has a lane of its own");
        assert!(lanes.leave(7));
        assert_eq!((lanes.go(7), lanes.go(7), lanes.go(7)), (Some(1), Some(2), None));
        assert!(!lanes.leave(7) && lanes.leave(7));
        assert_eq!(lanes.go(7), Some(3));
        assert!(!lanes.leave(7));
        assert_eq!(lanes.lanes.len(), 1);
    }
}

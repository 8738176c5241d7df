//! Messages in order within groups: a group waits while any of its messages is in flight.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::slab::Slab;

/// The waiting and the received messages of an ordered queue, by group. A group exists while it has messages.
#[derive(Clone, Debug, Default)]
pub(crate) struct FifoLine {
    by_key: BTreeMap<u64, u32>,
    groups: Slab<Group>,
    /// Groups with messages of which none is in flight, by the number of their first message: the oldest goes first.
    ready: BTreeSet<(u64, u32)>,
    /// Number of the next message.
    next: u64,
}

#[derive(Clone, Debug, Default)]
struct Group {
    key: u64,
    /// Number and slot of each message, in the order of sending. The first ones are in flight.
    messages: VecDeque<(u64, u32)>,
    in_flight: usize,
}

impl FifoLine {
    /// A message comes in. Answers its group.
    pub(crate) fn add(&mut self, key: u64, message: u32) -> u32 {
        let groups = &mut self.groups;
        let id = *self.by_key.entry(key).or_insert_with(|| {
            let id = groups.reuse(Group::default);
            let group = &mut groups[id];
            group.key = key;
            group.messages.clear();
            group.in_flight = 0;
            id
        });
        let number = self.next;
        self.next += 1;
        let group = &mut self.groups[id];
        group.messages.push_back((number, message));
        if group.messages.len() == 1 {
            self.ready.insert((number, id));
        }
        id
    }

    /// Whether a message can be taken.
    pub(crate) fn is_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// The next message of a group that the same batch has taken from.
    pub(crate) fn more_of(&mut self, group: u32) -> Option<u32> {
        let group = &mut self.groups[group];
        let message = group.messages.get(group.in_flight)?.1;
        group.in_flight += 1;
        Some(message)
    }

    /// The first message of the group that has waited longest.
    pub(crate) fn take(&mut self) -> Option<u32> {
        let (_, id) = self.ready.pop_first()?;
        self.more_of(id)
    }

    /// A message that was in flight can be received again, at its old place.
    pub(crate) fn come_back(&mut self, id: u32) {
        let group = &mut self.groups[id];
        group.in_flight -= 1;
        if group.in_flight == 0
            && let Some((number, _)) = group.messages.front()
        {
            self.ready.insert((*number, id));
        }
    }

    /// A message goes for good. Answers whether others of its group should have gone before it.
    pub(crate) fn remove(&mut self, id: u32, message: u32) -> bool {
        let group = &mut self.groups[id];
        let Some(at) = group.messages.iter().position(|(_, other)| *other == message) else { return false };
        if let Some((number, _)) = group.messages.front() {
            self.ready.remove(&(*number, id));
        }
        group.messages.remove(at);
        if at < group.in_flight {
            group.in_flight -= 1;
        }
        match group.messages.front() {
            None => {
                self.by_key.remove(&group.key);
                self.groups.remove(id);
            }
            Some((number, _)) if group.in_flight == 0 => {
                self.ready.insert((*number, id));
            }
            Some(_) => {}
        }
        at > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_waits_while_its_message_is_in_flight() {
        let mut line = FifoLine::default();
        let seven = line.add(7, 0);
        assert_eq!(line.add(7, 1), seven);
        let eight = line.add(8, 2);
        assert_eq!((line.take(), line.take(), line.take()), (Some(0), Some(2), None));
        line.remove(eight, 2);
        assert_eq!((line.by_key.len(), line.is_ready()), (1, false));
        // It comes back before its successor.
        line.come_back(seven);
        assert_eq!(line.take(), Some(0));
        assert_eq!(line.more_of(seven), Some(1), "the same batch may take on");
        assert!(!line.remove(seven, 0) && !line.is_ready());
        assert!(!line.remove(seven, 1));
        assert_eq!((line.by_key.len(), line.groups.len(), line.is_ready()), (0, 0, false));
    }

    #[test]
    fn what_overtakes_is_noticed() {
        let mut line = FifoLine::default();
        let group = line.add(1, 10);
        line.add(1, 11);
        assert!(line.remove(group, 11));
        assert_eq!(line.take(), Some(10));
    }
}

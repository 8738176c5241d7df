//! The log of a partition: records in order, read by several consumers, each at its own pace.
//!
//! A record stays until every reader that it was written for is done with it, or until it expires. Readers name records
//! by their offset, which never changes.

use std::collections::VecDeque;

use plimsoll_models::families::CONSUMERS_MAX;

/// A record in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// What it is, to the log's owner.
    pub(crate) record: u32,
    /// Its key.
    pub(crate) key: u64,
    /// Readers that are not done with it, a bit each.
    pub(crate) pending: u64,
    /// Whether it is still kept; one without readers is, until it expires.
    kept: bool,
}

/// What it means that a reader is done with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finish {
    /// It was done with it before, or the record has expired.
    Repeated,
    /// Others are not done with the record.
    Shared(u32),
    /// It was the last one, and the record is gone.
    Last(u32),
}

/// A log.
#[derive(Clone, Debug, Default)]
pub(crate) struct PartitionLog {
    entries: VecDeque<Entry>,
    /// Offset of the first entry.
    first: u64,
    readers: Vec<Position>,
}

/// How far a reader is.
#[derive(Clone, Copy, Debug, Default)]
struct Position {
    /// Records that it is not done with.
    lag: u64,
    /// No record before this offset is left to it.
    oldest: u64,
}

impl PartitionLog {
    /// An empty log for so many readers.
    pub(crate) fn new(readers: usize) -> Self {
        debug_assert!(readers <= CONSUMERS_MAX, "a reader needs a bit");
        Self { entries: VecDeque::new(), first: 0, readers: vec![Position::default(); readers] }
    }

    /// Writes a record for some readers, a bit each.
    pub(crate) fn append(&mut self, record: u32, key: u64, readers: u64) {
        let offset = self.end();
        for (_, position) in self.readers.iter_mut().enumerate().filter(|(bit, _)| readers >> bit & 1 == 1) {
            if position.lag == 0 {
                position.oldest = offset;
            }
            position.lag += 1;
        }
        self.entries.push_back(Entry { record, key, pending: readers, kept: true });
    }

    /// Offset of the first record that is still there.
    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    /// Offset that the next record will have.
    pub(crate) fn end(&self) -> u64 {
        self.first + self.entries.len() as u64
    }

    /// The record at an offset, if a reader is not done with it.
    pub(crate) fn pending(&self, offset: u64, reader: u32) -> Option<Entry> {
        let index = offset.checked_sub(self.first)?;
        self.entries.get(index as usize).filter(|entry| entry.pending >> reader & 1 == 1).copied()
    }

    /// Records that a reader is not done with.
    pub(crate) fn lag(&self, reader: u32) -> u64 {
        self.readers[reader as usize].lag
    }

    /// The oldest record that a reader is not done with.
    pub(crate) fn oldest(&self, reader: u32) -> Option<u32> {
        let position = self.readers[reader as usize];
        if position.lag == 0 {
            return None;
        }
        self.pending(position.oldest, reader).map(|entry| entry.record)
    }

    /// A reader is done with a record.
    pub(crate) fn finish(&mut self, offset: u64, reader: u32) -> Finish {
        let Some(Entry { record, .. }) = self.pending(offset, reader) else { return Finish::Repeated };
        let entry = &mut self.entries[(offset - self.first) as usize];
        entry.pending &= !(1 << reader);
        let last = entry.pending == 0;
        entry.kept = !last;
        self.passed(reader);
        if !last {
            return Finish::Shared(record);
        }
        while self.entries.front().is_some_and(|entry| !entry.kept) {
            self.entries.pop_front();
            self.first += 1;
        }
        Finish::Last(record)
    }

    /// The oldest record that is kept.
    pub(crate) fn front(&self) -> Option<u32> {
        self.entries.front().map(|entry| entry.record)
    }

    /// Drops the oldest record that is kept, with the readers that were not done with it.
    pub(crate) fn expire(&mut self) -> Option<Entry> {
        let entry = self.entries.pop_front()?;
        self.first += 1;
        for reader in (0..self.readers.len() as u32).filter(|reader| entry.pending >> reader & 1 == 1) {
            self.passed(reader);
        }
        while self.entries.front().is_some_and(|entry| !entry.kept) {
            self.entries.pop_front();
            self.first += 1;
        }
        Some(entry)
    }

    /// Every record that somebody is not done with.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.pending != 0)
    }

    /// A reader has one record less before it.
    fn passed(&mut self, reader: u32) {
        let Position { lag, mut oldest } = self.readers[reader as usize];
        oldest = oldest.max(self.first);
        while lag > 1 && self.pending(oldest, reader).is_none() {
            oldest += 1;
        }
        self.readers[reader as usize] = Position { lag: lag - 1, oldest };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_record_stays_until_its_last_reader_is_done() {
        let mut log = PartitionLog::new(2);
        log.append(7, 0, 0b11);
        log.append(8, 0, 0b01);
        assert_eq!(log.finish(1, 0), Finish::Last(8));
        assert_eq!(log.finish(0, 0), Finish::Shared(7));
        assert_eq!((log.lag(0), log.lag(1), log.oldest(0), log.oldest(1)), (0, 1, None, Some(7)));
        assert_eq!(log.finish(0, 0), Finish::Repeated);
        assert_eq!(log.finish(0, 1), Finish::Last(7));
        assert_eq!((log.first(), log.end()), (2, 2));
    }

    proptest! {
        #[test]
        fn agrees_with_sets(operations in proptest::collection::vec((0_u8..5, 0_u64..40, 0_u32..3), 1..200)) {
            let mut log = PartitionLog::new(3);
            let mut model: Vec<u64> = Vec::new();
            let mut first = 0;
            for (what, offset, reader) in operations {
                match what {
                    0 | 1 => {
                        let readers = offset % 8;
                        log.append(model.len() as u32, 0, readers);
                        model.push(readers);
                    }
                    2 => {
                        let expected = log.first();
                        if let Some(entry) = log.expire() {
                            prop_assert_eq!((u64::from(entry.record), entry.pending), (expected, model[expected as usize]));
                            model[expected as usize] = 0;
                            first = expected + 1;
                        }
                    }
                    _ => {
                        let due = model.get(offset as usize).is_some_and(|readers| readers >> reader & 1 == 1);
                        prop_assert_eq!(log.finish(offset, reader) != Finish::Repeated, due);
                        if due {
                            model[offset as usize] &= !(1 << reader);
                        }
                    }
                }
                prop_assert!(log.first() >= first);
                for reader in 0..3 {
                    let left: Vec<u32> = (0..model.len()).filter(|at| model[*at] >> reader & 1 == 1).map(|at| at as u32).collect();
                    prop_assert_eq!(log.lag(reader), left.len() as u64);
                    prop_assert_eq!(log.oldest(reader), left.first().copied());
                }
            }
        }
    }
}

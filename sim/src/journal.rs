//! A journal: what happens to the figures of many nodes or edges is noted first and posted later.
//!
//! The figures of thousands of nodes and edges do not fit into the caches, so that every change of one would wait for
//! memory. Notes are written one after the other instead. They are posted a few figures at a time, so that all notes of
//! a figure find it in the caches, and those of one figure in the order in which they were written, so that the sums are
//! the same to the last bit.

/// Notes that are kept before they are posted: enough for several of each figure.
const NOTES_MAX: usize = 1 << 16;

/// Rows that are posted together: few enough that their figures stay in the first cache meanwhile.
const TOGETHER: u32 = 16;

/// That a figure changed.
#[derive(Clone, Copy, Debug)]
struct Note<C> {
    value: u64,
    row: u32,
    change: C,
}

/// Notes that have not been posted.
#[derive(Clone, Debug)]
pub(crate) struct Journal<C> {
    notes: Vec<Note<C>>,
    /// The notes in the order of posting, of use only while they are posted.
    sorted: Vec<Note<C>>,
    /// For each group of rows where its next note comes in that order, of use only while they are posted.
    places: Vec<u32>,
}

impl<C: Copy> Journal<C> {
    /// An empty journal of so many rows.
    pub(crate) fn new(rows: usize) -> Self {
        Self { notes: Vec::with_capacity(NOTES_MAX), sorted: Vec::new(), places: vec![0; rows.div_ceil(TOGETHER as usize)] }
    }

    /// Whether the notes must be posted before the next one.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.notes.len() >= NOTES_MAX
    }

    /// Notes a change.
    #[inline]
    pub(crate) fn note(&mut self, row: usize, change: C, value: u64) {
        self.notes.push(Note { value, row: row as u32, change });
    }

    /// Posts all notes, group by group of rows, those of a group in their order.
    pub(crate) fn post(&mut self, mut each: impl FnMut(usize, C, u64)) {
        let Some(first) = self.notes.first() else { return };
        self.places.fill(0);
        for note in &self.notes {
            self.places[(note.row / TOGETHER) as usize] += 1;
        }
        let mut place = 0;
        for count in &mut self.places {
            place += std::mem::replace(count, place);
        }
        self.sorted.resize(self.notes.len(), *first);
        for note in self.notes.drain(..) {
            let place = &mut self.places[(note.row / TOGETHER) as usize];
            self.sorted[*place as usize] = note;
            *place += 1;
        }
        for Note { value, row, change } in self.sorted.drain(..) {
            each(row as usize, change, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_posted_group_by_group_in_their_order() {
        let mut journal = Journal::new(40);
        for round in 0..2 {
            for (row, value) in [(39, 1), (1, 2), (39, 3), (0, 4), (1, 5)] {
                journal.note(row, round, value);
            }
            let mut posted = Vec::new();
            journal.post(|row, change, value| posted.push((row, change, value)));
            assert_eq!(posted, [(1, round, 2), (0, round, 4), (1, round, 5), (39, round, 1), (39, round, 3)]);
        }
        journal.post(|_, _, _| panic!("everything was posted"));
    }
}

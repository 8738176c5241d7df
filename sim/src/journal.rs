//! A journal: what happens to the figures of many nodes or edges is noted first and posted later.
//!
//! The figures of thousands of nodes and edges do not fit into the caches, so that every change of one would wait for
//! memory. Notes are written one after the other instead. They are posted figure by figure, so that those of one figure
//! find it in the caches, and in the order in which they were written, so that the sums are the same to the last bit.

/// Notes that are kept before they are posted: few enough to stay in the caches, enough for several of each figure.
const NOTES_MAX: usize = 1 << 14;

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
    /// For each row where its next note comes in that order, of use only while they are posted.
    places: Vec<u32>,
}

impl<C: Copy> Journal<C> {
    /// An empty journal of so many rows.
    pub(crate) fn new(rows: usize) -> Self {
        Self { notes: Vec::with_capacity(NOTES_MAX), sorted: Vec::new(), places: vec![0; rows] }
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

    /// Posts all notes, row by row, those of a row in their order.
    pub(crate) fn post(&mut self, mut each: impl FnMut(usize, C, u64)) {
        let Some(first) = self.notes.first() else { return };
        self.places.fill(0);
        for note in &self.notes {
            self.places[note.row as usize] += 1;
        }
        let mut place = 0;
        for count in &mut self.places {
            place += std::mem::replace(count, place);
        }
        self.sorted.resize(self.notes.len(), *first);
        for note in self.notes.drain(..) {
            let place = &mut self.places[note.row as usize];
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
    fn notes_are_posted_row_by_row_in_their_order() {
        let mut journal = Journal::new(3);
        for round in 0..2 {
            for (row, value) in [(2, 1), (0, 2), (2, 3), (0, 4), (2, 5)] {
                journal.note(row, round, value);
            }
            let mut posted = Vec::new();
            journal.post(|row, change, value| posted.push((row, change, value)));
            assert_eq!(posted, [(0, round, 2), (0, round, 4), (2, round, 1), (2, round, 3), (2, round, 5)]);
        }
        journal.post(|_, _, _| panic!("everything was posted"));
    }
}

//! A journal: what happens to the figures of many nodes or edges is noted first and posted later.
//!
//! The figures of thousands of nodes and edges do not fit into the caches, so that every change of one would wait for
//! memory. Notes are written one after the other instead, a page for each group of neighbors. A page that is full is
//! posted: its notes find the few figures that they change in the caches, in the order in which they were written, so
//! that the sums are the same to the last bit. That a window of the series has passed is a note too. What happens most
//! often and is only counted is not even noted each time: its count is, when a window passes.

use std::{convert::Infallible, marker::PhantomData, ops::Range};

/// Rows that share a page: few enough that their figures stay in the nearer caches while it is posted.
const TOGETHER: usize = 1 << ROW_BITS;
/// Bits of the row on its page, in a note.
const ROW_BITS: u32 = 6;
/// Bits of the change.
const CHANGE_BITS: u32 = 5;
/// In place of a change: a window has passed.
const WINDOW_PASSED: u64 = (1 << CHANGE_BITS) - 1;
/// The least value that does not fit into a note: a hundred days in nanoseconds.
const VALUE_END: u64 = 1 << (u64::BITS - ROW_BITS - CHANGE_BITS);

/// Notes of all pages together: enough for several of each figure, few enough that they stay in the caches.
const NOTES_MAX: usize = 1 << 19;
/// Fewest and most notes on a page.
const PAGE: (usize, usize) = (64, 4_096);

/// Something that can be noted: one of few.
pub(crate) trait Change: Copy + PartialEq + 'static {
    /// All that there are, each at the place that its code names.
    const ALL: &'static [Self];

    /// The one that happens most often and is only counted: so many of a window are one note.
    const COUNTED: Option<Self> = None;

    /// The place among all.
    fn code(self) -> u8;
}

impl Change for Infallible {
    const ALL: &'static [Self] = &[];

    fn code(self) -> u8 {
        match self {}
    }
}

/// What becomes of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Noted {
    /// It is kept.
    Kept,
    /// It is kept, and its page is full: the page must be posted before the next note.
    PageFull(usize),
    /// Its value is too large for a note: the page must be posted, then the change must be made.
    TooLarge(usize),
}

/// Notes that have not been posted: row, change and value in one word each.
#[derive(Clone, Debug)]
pub(crate) struct Journal<C> {
    pages: Vec<Page>,
    page_max: usize,
    /// How often each row was changed by what is only counted, as far as it is not noted yet.
    counts: Vec<u32>,
    of: PhantomData<C>,
}

#[derive(Clone, Debug, Default)]
struct Page {
    notes: Vec<u64>,
    /// Windows that had passed before the first note.
    passed: usize,
}

impl<C: Change> Journal<C> {
    /// An empty journal of so many rows.
    pub(crate) fn new(rows: usize) -> Self {
        const { assert!(C::ALL.len() < WINDOW_PASSED as usize) };
        let pages = rows.div_ceil(TOGETHER);
        let page_max = (NOTES_MAX / pages.max(1)).clamp(PAGE.0, PAGE.1);
        Self { pages: vec![Page::default(); pages], page_max, counts: vec![0; C::COUNTED.map_or(0, |_| rows)], of: PhantomData }
    }

    /// The page of a row.
    pub(crate) fn page(row: usize) -> usize {
        row / TOGETHER
    }

    /// The rows of a page, of so many in all.
    pub(crate) fn rows(page: usize, rows: usize) -> Range<usize> {
        page * TOGETHER..((page + 1) * TOGETHER).min(rows)
    }

    /// Whether a page holds so many notes that most of its rows change.
    pub(crate) fn changes_most(&self, page: usize) -> bool {
        self.pages[page].notes.len() > 2 * TOGETHER
    }

    /// Notes a change of a row by a value.
    #[inline]
    pub(crate) fn note(&mut self, row: usize, change: C, value: u64) -> Noted {
        let page = Self::page(row);
        if value >= VALUE_END {
            return Noted::TooLarge(page);
        }
        let notes = &mut self.pages[page].notes;
        notes.push(word(row, change, value));
        if notes.len() >= self.page_max { Noted::PageFull(page) } else { Noted::Kept }
    }

    /// Counts what is only counted, once.
    #[inline]
    pub(crate) fn count(&mut self, row: usize) -> Noted {
        let count = &mut self.counts[row];
        *count += 1;
        if *count < u32::MAX { Noted::Kept } else { self.note_count(row) }
    }

    /// Notes how often a row was changed by what is only counted.
    #[cold]
    fn note_count(&mut self, row: usize) -> Noted {
        let count = std::mem::take(&mut self.counts[row]);
        match C::COUNTED {
            Some(change) => self.note(row, change, u64::from(count)),
            None => Noted::Kept,
        }
    }

    /// Notes all that is only counted. Pages may hold more notes then than they should, until the next one of another kind.
    pub(crate) fn note_counts(&mut self) {
        let Some(change) = C::COUNTED else { return };
        for (Page { notes, .. }, counts) in self.pages.iter_mut().zip(self.counts.chunks_mut(TOGETHER)) {
            for (row, count) in counts.iter_mut().enumerate().filter(|(_, count)| **count > 0) {
                notes.push(word(row, change, u64::from(std::mem::take(count))));
            }
        }
    }

    /// Notes on every page that a window has passed.
    pub(crate) fn pass_window(&mut self) {
        self.note_counts();
        for Page { notes, passed } in &mut self.pages {
            if notes.is_empty() {
                *passed += 1;
            } else {
                notes.push(WINDOW_PASSED << ROW_BITS);
            }
        }
    }

    /// Empties a page: rows, changes and values in the order in which they were noted, with the windows that had passed.
    pub(crate) fn post(&mut self, page: usize, mut each: impl FnMut(usize, C, u64, usize)) {
        let first = page * TOGETHER;
        let Page { notes, passed } = &mut self.pages[page];
        for note in notes.drain(..) {
            let code = (note >> ROW_BITS) % (1 << CHANGE_BITS);
            if code == WINDOW_PASSED {
                *passed += 1;
            } else {
                each(first + note as usize % TOGETHER, C::ALL[code as usize], note >> (ROW_BITS + CHANGE_BITS), *passed);
            }
        }
    }

    /// How many pages there are.
    pub(crate) fn pages(&self) -> usize {
        self.pages.len()
    }
}

/// The note of a change of a row by a value.
#[inline]
fn word<C: Change>(row: usize, change: C, value: u64) -> u64 {
    (value << (ROW_BITS + CHANGE_BITS)) | (u64::from(change.code()) << ROW_BITS) | (row % TOGETHER) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meters::{EdgeChange, NodeChange};

    fn each_is_at_its_code<C: Change + PartialEq + std::fmt::Debug>() {
        for (place, change) in C::ALL.iter().enumerate() {
            assert_eq!(usize::from(change.code()), place, "{change:?}");
        }
    }

    #[test]
    fn codes_name_places() {
        each_is_at_its_code::<NodeChange>();
        each_is_at_its_code::<EdgeChange>();
    }

    #[test]
    fn a_page_is_full_after_so_many_notes_and_keeps_their_order() {
        let mut journal = Journal::new(2 * TOGETHER);
        assert_eq!(journal.pages(), 2);
        let change = |number: usize| NodeChange::ALL[number % NodeChange::ALL.len()];
        let full = journal.page_max;
        for number in 0..full {
            let noted = journal.note(TOGETHER + number % TOGETHER, change(number), VALUE_END - 1 - number as u64);
            assert_eq!(noted, if number + 1 < full { Noted::Kept } else { Noted::PageFull(1) });
        }
        assert_eq!(journal.note(3, NodeChange::Failed, VALUE_END), Noted::TooLarge(0));
        journal.pass_window();
        assert_eq!(journal.note(TOGETHER, NodeChange::Failed, 7), Noted::PageFull(1));
        let mut posted = Vec::new();
        journal.post(1, |row, change, value, passed| posted.push((row, change, value, passed)));
        assert_eq!(posted.pop(), Some((TOGETHER, NodeChange::Failed, 7, 1)));
        for (number, note) in posted.into_iter().enumerate() {
            assert_eq!(note, (TOGETHER + number % TOGETHER, change(number), VALUE_END - 1 - number as u64, 0));
        }
        for page in 0..journal.pages() {
            journal.post(page, |row, _, _, _| panic!("{row} was posted"));
            assert_eq!(journal.pages[page].passed, 1);
        }
    }
}

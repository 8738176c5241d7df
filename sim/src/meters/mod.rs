//! Figures of nodes, edges and journeys while a run goes on.

mod edge;
mod journey;
mod node;

use std::ops::{Index, IndexMut};

pub(crate) use edge::{EdgeChange, EdgeMeter};
pub(crate) use journey::{JourneyMeter, KeyClass};
pub(crate) use node::{NodeChange, NodeMeter};

use crate::{
    journal::{Change, Journal, Noted},
    record::Windows,
    time::Nanos,
};

/// What has series on the run's grid.
pub(crate) trait Meter {
    /// What happens so often that it is noted, where there are many meters.
    type Change: Change;

    /// Writes down a change.
    fn post(&mut self, change: Self::Change, value: u64);

    /// Windows that it has ended so far.
    fn closed(&self) -> usize;

    /// Ends all windows that have passed since. Nothing has happened after the first of them ended.
    fn close_windows(&mut self, windows: Windows);

    /// It changes soon: asks memory for what most changes touch.
    fn foresee(&self) {}

    /// The same when what was asked for is there: asks for what that leads to.
    fn foresee_next(&self) {}
}

/// So many meters stay in the caches; the changes of more are noted in a journal.
const KEPT_CLOSE: usize = 4_096;

/// Meters of nodes or edges, however many. The end of a window touches none of them: each catches up when it is next
/// changed, so that a window costs what happens in it.
#[derive(Clone, Debug)]
pub(crate) struct Meters<T: Meter> {
    rows: Vec<T>,
    windows: Windows,
    /// Notes of the present window.
    journal: Option<Journal<T::Change>>,
}

impl<T: Meter> Meters<T> {
    pub(crate) fn new(rows: Vec<T>, window: Nanos) -> Self {
        let journal = (rows.len() > KEPT_CLOSE).then(|| Journal::new(rows.len()));
        Self { rows, windows: Windows { length: window, passed: 0 }, journal }
    }

    /// Changes a meter, at once or at the latest when somebody asks for a result or a bill. In between, the figures that are changed
    /// in this way tell nothing, and must not be changed in another way.
    #[inline]
    pub(crate) fn change(&mut self, index: usize, change: T::Change, value: u64) {
        let Some(journal) = &mut self.journal else { return self[index].post(change, value) };
        let noted = if T::Change::COUNTED == Some(change) { journal.count(index) } else { journal.note(index, change, value) };
        match noted {
            Noted::Kept => {}
            Noted::PageFull(page) => self.post(page),
            Noted::TooLarge(page) => {
                self.post(page);
                self[index].post(change, value);
            }
        }
    }

    /// Posts a page of the journal.
    #[inline(never)]
    fn post(&mut self, page: usize) {
        let Self { rows, windows: Windows { length, .. }, journal } = self;
        let Some(journal) = journal else { return };
        if journal.changes_most(page) {
            let rows = &rows[Journal::<T::Change>::rows(page, rows.len())];
            rows.iter().for_each(T::foresee);
            rows.iter().for_each(T::foresee_next);
        }
        journal.post(page, |row, change, value, passed| {
            let row = &mut rows[row];
            if row.closed() < passed {
                row.close_windows(Windows { length: *length, passed });
            }
            row.post(change, value);
        });
    }

    /// A window has passed.
    pub(crate) fn pass_window(&mut self) {
        self.windows.passed += 1;
        if let Some(journal) = &mut self.journal {
            journal.pass_window();
        }
    }

    /// Lets a meter that has missed windows catch up: what was noted before they ended comes first.
    #[inline(never)]
    fn close_windows(&mut self, index: usize) {
        self.post(Journal::<T::Change>::page(index));
        let row = &mut self.rows[index];
        if row.closed() < self.windows.passed {
            row.close_windows(self.windows);
        }
    }

    /// A meter changes soon.
    #[inline]
    pub(crate) fn foresee(&self, index: usize) {
        if let Some(row) = self.rows.get(index).filter(|_| self.journal.is_none()) {
            row.foresee();
        }
    }

    /// A meter that has been foreseen changes next.
    #[inline]
    pub(crate) fn foresee_next(&self, index: usize) {
        if let Some(row) = self.rows.get(index).filter(|_| self.journal.is_none()) {
            row.foresee_next();
        }
    }

    /// The windows that have passed.
    pub(crate) fn windows(&self) -> Windows {
        self.windows
    }

    /// All meters, to read what they counted; for series and averages they must have caught up.
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, T> {
        self.rows.iter()
    }

    /// Posts all that has been noted.
    pub(crate) fn post_all(&mut self) {
        if let Some(journal) = &mut self.journal {
            journal.note_counts();
        }
        for page in 0..self.journal.as_ref().map_or(0, Journal::pages) {
            self.post(page);
        }
    }

    /// Lets all meters catch up.
    pub(crate) fn catch_up(&mut self) {
        self.post_all();
        for row in &mut self.rows {
            if row.closed() < self.windows.passed {
                row.close_windows(self.windows);
            }
        }
    }

    /// All meters, caught up.
    pub(crate) fn caught_up(&mut self) -> std::slice::IterMut<'_, T> {
        self.catch_up();
        self.rows.iter_mut()
    }
}

impl<T: Meter> Index<usize> for Meters<T> {
    type Output = T;

    #[inline]
    fn index(&self, index: usize) -> &T {
        &self.rows[index]
    }
}

impl<T: Meter> IndexMut<usize> for Meters<T> {
    #[inline]
    fn index_mut(&mut self, index: usize) -> &mut T {
        if self.rows[index].closed() < self.windows.passed {
            self.close_windows(index);
        }
        &mut self.rows[index]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ledger::Fate, time::SECOND};

    #[test]
    fn calls_that_are_counted_before_they_are_noted_change_no_figure() {
        let rows = || vec![EdgeMeter::default(); 70];
        let mut written = Meters::new(rows(), SECOND);
        let mut noted = Meters { journal: Some(Journal::new(70)), ..Meters::new(rows(), SECOND) };
        for step in 0..20_000_u64 {
            // Some windows pass without a call, and the last calls are in none that has passed.
            let (row, now) = ((step * step % 70) as usize, (step / 1_000) * 3 * SECOND / 2);
            for meters in [&mut written, &mut noted] {
                while now >= (meters.windows.passed as u64 + 1) * SECOND {
                    meters.pass_window();
                }
                meters.change(row, EdgeChange::Sent, 1);
                if step % 3 == 0 {
                    meters.change(row, EdgeChange::Settled(Fate::Done), step * 977);
                }
            }
        }
        for meters in [&mut written, &mut noted] {
            meters.catch_up();
        }
        let calls: u64 = noted.rows.iter().map(|row| row.calls.total()).sum();
        assert_eq!(calls, 20_000);
        assert_eq!(format!("{:?}", noted.rows), format!("{:?}", written.rows));
    }

    #[test]
    fn a_journal_changes_no_figure() {
        let rows = || vec![NodeMeter::default(); 5];
        let mut written = Meters::new(rows(), SECOND);
        let mut noted = Meters { journal: Some(Journal::new(5)), ..Meters::new(rows(), SECOND) };
        for step in 0..50_000_u64 {
            let (row, now) = ((step * step % 7 % 5) as usize, step * SECOND / 5_000);
            for meters in [&mut written, &mut noted] {
                if now >= (meters.windows.passed as u64 + 1) * SECOND {
                    meters.pass_window();
                }
                // A counter may be changed beside the journal.
                meters[row].special.add(1);
                for (change, value) in [
                    (NodeChange::Accepted, 0),
                    (NodeChange::Begins, now),
                    (NodeChange::Waited, step % 3 * 1_000_003),
                    (NodeChange::Stayed, step * 977),
                    (NodeChange::Completed, 0),
                ] {
                    meters.change(row, change, value);
                }
            }
        }
        for meters in [&mut written, &mut noted] {
            meters.catch_up();
        }
        assert!(noted.rows[0].windows.arrivals.rates(noted.windows).iter().all(|rate| *rate > 0.0));
        assert_eq!(format!("{:?}", noted.rows), format!("{:?}", written.rows));
    }
}

//! How latencies spread within each window: counts in coarse buckets, in bounded memory.

use super::{Windows, histogram::lower_bound};
use crate::latency_counts::{CountRow, LatencyCounts};

/// Bits of a histogram's bucket that are dropped: eight buckets are left for each doubling of a latency.
const COARSE: u32 = 4;
/// Most bits that are dropped beyond those where there are too many cells; a bucket then holds four doublings.
const DROPPED_MAX: u32 = 5;
/// Memory that the cells of all journeys may take, in bytes, about.
const CELLS_BYTES: usize = 16 << 20;
/// Fewest and most cells of a series.
const CELLS: (usize, usize) = (2_000, 40_000);

/// So many latencies of a window in a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cell {
    window: u32,
    bucket: u16,
    count: u32,
}

/// Counts by window and bucket, in this order; empty cells are left out.
#[derive(Clone, Debug)]
pub(crate) struct Spread {
    cells: Vec<Cell>,
    dropped: u32,
    cells_max: usize,
}

impl Default for Spread {
    fn default() -> Self {
        Self::one_of(1)
    }
}

impl Spread {
    /// One of so many series that share the memory.
    pub(crate) fn one_of(series: usize) -> Self {
        let share = CELLS_BYTES / size_of::<Cell>() / series.max(1);
        Self { cells: Vec::new(), dropped: 0, cells_max: share.clamp(CELLS.0, CELLS.1) }
    }

    /// Counts what a window held: buckets of a histogram in ascending order, with their counts.
    pub(crate) fn close_window(&mut self, window: usize, occupied: impl Iterator<Item = (usize, u64)>) {
        for (bucket, count) in occupied {
            let bucket = (bucket >> (COARSE + self.dropped)) as u16;
            add(&mut self.cells, Cell { window: window as u32, bucket, count: count.min(u64::from(u32::MAX)) as u32 });
        }
        while self.cells.len() > self.cells_max && self.dropped < DROPPED_MAX {
            self.dropped += 1;
            let finer = std::mem::take(&mut self.cells);
            for cell in finer {
                add(&mut self.cells, Cell { bucket: cell.bucket >> 1, ..cell });
            }
        }
    }

    /// All counts.
    pub(crate) fn counts(&self, windows: Windows) -> LatencyCounts {
        let buckets = || self.cells.iter().map(|cell| cell.bucket);
        let (Some(least), Some(most)) = (buckets().min(), buckets().max()) else { return LatencyCounts::default() };
        let bound = |bucket: u16| lower_bound(usize::from(bucket) << (COARSE + self.dropped)) / 1e9;
        let mut rows = vec![CountRow::default(); windows.passed];
        for cell in &self.cells {
            let Some(row) = rows.get_mut(cell.window as usize) else { continue };
            let at = cell.bucket - least;
            if row.counts.is_empty() {
                row.first = usize::from(at);
            }
            row.counts.resize(usize::from(at) - row.first, 0);
            row.counts.push(u64::from(cell.count));
        }
        LatencyCounts { bounds_s: (least..=most + 1).map(bound).collect(), rows }
    }
}

/// Adds a cell after those before it, or to the last one where that is the same.
fn add(cells: &mut Vec<Cell>, cell: Cell) {
    match cells.last_mut() {
        Some(last) if (last.window, last.bucket) == (cell.window, cell.bucket) => last.count = last.count.saturating_add(cell.count),
        Some(_) | None => cells.push(cell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{record::Histogram, time::SECOND};

    /// Closes windows of so many latencies each, which grow by a third every time.
    fn spread(mut spread: Spread, windows: usize, each: u64) -> Spread {
        for window in 0..windows {
            let mut histogram = Histogram::default();
            (1..=each).for_each(|n| histogram.record(n * n * 31_337 + window as u64));
            spread.close_window(window, histogram.occupied());
        }
        spread
    }

    #[test]
    fn every_latency_is_counted_between_the_bounds_of_its_bucket() {
        let windows = Windows { length: SECOND, passed: 5 };
        let counts = spread(Spread::default(), 4, 500).counts(windows);
        assert_eq!(counts.rows.iter().map(|row| row.counts.iter().sum::<u64>()).collect::<Vec<_>>(), [500, 500, 500, 500, 0]);
        assert!(counts.bounds_s.is_sorted_by(|a, b| a < b), "{:?}", counts.bounds_s);
        for (bucket, bounds) in counts.bounds_s.windows(2).enumerate() {
            let inside = (1..=500_u64).map(|n| (n * n * 31_337) as f64 / 1e9).filter(|x| (bounds[0]..bounds[1]).contains(x)).count();
            let row = &counts.rows[0];
            let counted = bucket.checked_sub(row.first).and_then(|at| row.counts.get(at)).copied().unwrap_or(0);
            assert_eq!(counted, inside as u64, "bucket {bucket}: {bounds:?}");
            assert!(bounds[1] / bounds[0] < 1.13, "{bounds:?}");
        }
    }

    #[test]
    fn too_many_cells_become_coarser_and_lose_nothing() {
        let few = Spread { cells_max: 50, ..Spread::default() };
        let coarse = spread(few, 8, 300);
        assert!(coarse.cells.len() <= 50 && coarse.dropped > 0, "{} cells", coarse.cells.len());
        let counts = coarse.counts(Windows { length: SECOND, passed: 8 });
        assert!(counts.rows.iter().all(|row| row.counts.iter().sum::<u64>() == 300));
        assert!(counts.bounds_s.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn the_longest_latency_has_a_bucket_at_every_coarseness() {
        for dropped in 0..=DROPPED_MAX {
            let mut histogram = Histogram::default();
            histogram.record(u64::MAX);
            let mut spread = Spread { dropped, ..Spread::default() };
            spread.close_window(0, histogram.occupied());
            let counts = spread.counts(Windows { length: SECOND, passed: 1 });
            assert!(counts.bounds_s.len() == 2 && counts.bounds_s[0] < counts.bounds_s[1], "{counts:?}");
        }
    }

    #[test]
    fn series_share_their_memory() {
        assert!(Spread::one_of(1).cells_max > Spread::one_of(200).cells_max);
        assert_eq!(Spread::one_of(usize::MAX).cells_max, CELLS.0);
    }
}

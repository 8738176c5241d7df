//! Where latencies lie over time: how many journeys ended in each interval after about so long.

use std::ops::Range;

use plimsoll_models::units::{print_duration, print_number};
use plimsoll_sim::result::LatencyCounts;

use super::{
    chart::{Cell, significant},
    table::{Align, Table},
};

/// Share of the fastest journeys that are not shown.
const FASTEST: f64 = 0.005;
/// A latency stands no further below the longest one than this share of it.
const DEEPEST: f64 = 1e-6;
/// Most intervals and latencies that a map in a page tells apart: it shall stay light.
const PAGE: (usize, usize) = (120, 48);

/// The counts of some intervals.
#[derive(Clone, Debug)]
pub(crate) struct Heat<'a> {
    pub counts: &'a LatencyCounts,
    /// Which intervals are looked at.
    pub windows: Range<usize>,
}

impl Heat<'_> {
    /// Cells with their counts: window, bucket, count.
    pub(crate) fn cells(&self) -> impl Iterator<Item = (usize, usize, u64)> {
        let rows = self.windows.clone().filter_map(|window| Some((window, self.counts.rows.get(window)?)));
        rows.flat_map(|(window, row)| row.counts.iter().enumerate().map(move |(at, count)| (window, row.first + at, *count)))
            .filter(|(.., count)| *count > 0)
    }

    /// From the short to the longest latencies, in seconds; nothing where nothing ended.
    pub(crate) fn bounds_s(&self) -> Option<(f64, f64)> {
        let sums = self.counts.sum(self.windows.clone());
        let total: u64 = sums.iter().sum();
        let last = sums.iter().rposition(|count| *count > 0)?;
        // The few that were much faster than all others would take most of the room.
        let mut below = 0;
        let first = sums.iter().position(|count| {
            below += count;
            below as f64 > total as f64 * FASTEST
        })?;
        let (low, high) = (self.counts.bounds_s.get(first)?, self.counts.bounds_s.get(last + 1)?);
        // A latency of zero has no place on a logarithmic axis; it stands at its lower end.
        Some((low.max(high * DEEPEST).max(1e-9), *high))
    }

    /// Every cell as it is drawn.
    #[cfg(any(feature = "gui", test))]
    pub(crate) fn fine(&self) -> Vec<Cell> {
        self.drawn(1, 1)
    }

    /// No more cells than a page shall carry: neighbors are one.
    pub(crate) fn coarse(&self) -> Vec<Cell> {
        let sums = self.counts.sum(self.windows.clone());
        let last = sums.iter().rposition(|count| *count > 0).unwrap_or(0);
        let tall = last - sums.iter().position(|count| *count > 0).unwrap_or(0) + 1;
        self.drawn(self.windows.len().div_ceil(PAGE.0).max(1), tall.div_ceil(PAGE.1).max(1))
    }

    /// Cells of so many windows and buckets each, the fullest with a share of 1.
    fn drawn(&self, wide: usize, tall: usize) -> Vec<Cell> {
        let Some((low, _)) = self.bounds_s() else { return Vec::new() };
        let mut sums = std::collections::BTreeMap::new();
        for (window, bucket, count) in self.cells() {
            *sums.entry(((window - self.windows.start) / wide, bucket / tall)).or_insert(0_u64) += count;
        }
        let full = libm::log1p(sums.values().copied().max().unwrap_or(1) as f64);
        let bound = |at: usize| self.counts.bounds_s.get(at).or(self.counts.bounds_s.last()).copied();
        let cell = |((interval, bucket), count): ((usize, usize), u64)| {
            let values = (bound(bucket * tall)?, bound((bucket + 1) * tall)?);
            let intervals = (interval * wide, ((interval + 1) * wide).min(self.windows.len()));
            (values.1 > low).then(|| Cell { intervals, values: (values.0.max(low), values.1), share: libm::log1p(count as f64) / full })
        };
        sums.into_iter().filter_map(cell).collect()
    }

    /// How many took how long, over all that is looked at: a map in words.
    pub(crate) fn table(&self) -> Table {
        let mut table = Table::new(&[("Longer than", Align::Right), ("At most", Align::Right), ("Journeys", Align::Right)]);
        let sums = self.counts.sum(self.windows.clone());
        for (at, count) in sums.iter().enumerate().filter(|(_, count)| **count > 0) {
            let bound = |at: usize| self.counts.bounds_s.get(at).map_or_else(String::new, |bound| print_duration(significant(*bound)));
            table.row([bound(at), bound(at + 1), print_number(*count as f64)]);
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_sim::result::CountRow;

    use super::*;

    #[test]
    fn neighbors_become_one_cell_and_nothing_is_lost() {
        let bounds_s: Vec<f64> = (0..=100).map(|at| 0.001 * 1.1_f64.powi(at)).collect();
        let row = |n: usize| CountRow { first: n % 7, counts: vec![1; 90] };
        let counts = LatencyCounts { bounds_s, rows: (0..500).map(row).collect() };
        let heat = Heat { counts: &counts, windows: 0..500 };
        let (fine, coarse) = (heat.fine(), heat.coarse());
        assert!(fine.len() > 40_000 && coarse.len() <= PAGE.0 * PAGE.1, "{} and {}", fine.len(), coarse.len());
        let ends = |cells: &[Cell]| {
            let last = cells.iter().map(|cell| cell.intervals.1).max().unwrap();
            let most = cells.iter().map(|cell| cell.values.1).fold(0.0, f64::max);
            (last, (most * 1e6).round())
        };
        assert_eq!(ends(&fine).0, ends(&coarse).0);
        assert!(ends(&coarse).1 >= ends(&fine).1);
        assert!(coarse.iter().any(|cell| (cell.share - 1.0).abs() < 1e-12) && coarse.iter().all(|cell| cell.share > 0.0));
        assert_eq!(heat.table().rows().len(), 96);
    }

    #[test]
    fn nothing_that_ended_is_no_map() {
        let counts = LatencyCounts { bounds_s: vec![0.0, 1.0], rows: Vec::new() };
        let heat = Heat { counts: &counts, windows: 0..10 };
        assert_eq!((heat.bounds_s(), heat.fine().len(), heat.coarse().len()), (None, 0, 0));
    }
}

//! Latencies counted by interval and bucket: what a heat map shows, and percentiles of any part of a run.

use std::ops::Range;

use serde::Serialize;

/// How many latencies ended in each interval of the grid, by bucket.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LatencyCounts {
    /// Where each bucket begins, ascending, and where the last one ends.
    pub bounds_s: Vec<f64>,
    /// One row for each interval.
    pub rows: Vec<CountRow>,
}

/// The counts of an interval.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CountRow {
    /// The bucket of the first count.
    pub first: usize,
    /// Counts of this bucket and of those after it; all others are zero.
    pub counts: Vec<u64>,
}

impl LatencyCounts {
    /// Counts by bucket of some intervals together.
    pub fn sum(&self, intervals: Range<usize>) -> Vec<u64> {
        let mut sums = vec![0; self.bounds_s.len().saturating_sub(1)];
        for row in self.rows.get(intervals).unwrap_or_default() {
            for (sum, count) in sums.iter_mut().skip(row.first).zip(&row.counts) {
                *sum += count;
            }
        }
        sums
    }

    /// Percentiles of some intervals together, each to within its bucket; nothing where nothing ended.
    pub fn percentiles<const N: usize>(&self, intervals: Range<usize>, shares: [f64; N]) -> Option<[f64; N]> {
        let sums = self.sum(intervals);
        let total = sums.iter().sum::<u64>() as f64;
        (total > 0.0).then(|| shares.map(|share| self.percentile(&sums, share * total)))
    }

    /// The latency that so many do not exceed, in seconds.
    fn percentile(&self, sums: &[u64], rank: f64) -> f64 {
        let mut below = 0.0;
        for (bucket, count) in sums.iter().enumerate().filter(|(_, count)| **count > 0) {
            let count = *count as f64;
            if below + count >= rank {
                let (low, high) = (self.bounds_s[bucket], self.bounds_s[bucket + 1]);
                return low + (high - low) * ((rank - below) / count).clamp(0.0, 1.0);
            }
            below += count;
        }
        self.bounds_s.last().copied().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_intervals_that_are_asked_for() {
        let row = |first, counts: &[u64]| CountRow { first, counts: counts.to_vec() };
        let counts = LatencyCounts { bounds_s: vec![1.0, 2.0, 4.0, 8.0], rows: vec![row(0, &[10]), row(1, &[0, 10]), CountRow::default()] };
        assert_eq!(counts.sum(0..3), [10, 0, 10]);
        assert_eq!(counts.percentiles(0..3, [0.25, 0.5, 1.0]), Some([1.5, 2.0, 8.0]));
        assert_eq!(counts.percentiles(1..2, [0.5]), Some([6.0]));
        assert_eq!(counts.percentiles(2..3, [0.5]), None);
        assert_eq!(counts.percentiles(5..9, [0.5]), None, "intervals that are not there");
    }
}

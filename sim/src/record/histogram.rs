//! Log-linear histogram of times: constant cost, mergeable by addition, bounded error.

use crate::{
    ahead,
    result::{LatencySummary, Percentile},
    time::{Nanos, seconds},
};

/// Counts values in buckets whose width is at most `2^-bits` of their value; quantiles interpolate inside a bucket.
///
/// A diagram has a histogram for each edge, of which most see few values. So values are first noted one after the
/// other, which touches two lines of memory, and are only counted in their buckets when the notes are full. Times of
/// nothing, such as waits where nobody waits, are only counted.
#[derive(Clone, Debug, Default)]
#[repr(C)]
pub(crate) struct Histogram {
    zeros: u64,
    /// Buckets of the other values that are not counted in `counts` yet.
    noted: Vec<u16>,
    sum: f64,
    squares: f64,
    /// Least and greatest of the other values.
    min: Nanos,
    max: Nanos,
    /// How many have been counted in `counts`.
    counted: u64,
    /// Counts from the bucket `first` on.
    counts: Vec<u64>,
    first: usize,
}

/// Sub-buckets per octave, as a power of two: a relative width below 0.8 %.
const BITS: u32 = 7;

/// Values that are noted before they are counted.
const NOTED_MAX: usize = 256;

/// Percentiles for each halving of what lies above.
const PER_HALVING: f64 = 2.0;
/// Most percentiles of a histogram: no run has more values than these tell apart.
const PERCENTILES_MAX: usize = 100;

/// The greatest bucket, that of `Nanos::MAX`, fits into a note.
#[inline]
fn bucket(value: Nanos) -> usize {
    let value = value | 1;
    let magnitude = value.ilog2();
    if magnitude <= BITS {
        return value as usize;
    }
    let shift = magnitude - BITS;
    ((shift as usize) << BITS) + (value >> shift) as usize
}

/// Lower bound and width of a bucket.
fn bounds(index: usize) -> (f64, f64) {
    if index < 2 << BITS {
        return (index as f64, 1.0);
    }
    let shift = (index >> BITS) - 1;
    let base = (index - (shift << BITS)) as f64;
    let width = (1_u64 << shift) as f64;
    (base * width, width)
}

/// Where a bucket begins, in nanoseconds.
pub(crate) fn lower_bound(index: usize) -> f64 {
    bounds(index).0
}

impl Histogram {
    /// Memory of its lists in bytes.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.noted) + size_of_val(&*self.counts)
    }

    /// A value comes soon: asks memory for what all values change.
    #[inline]
    pub(crate) fn foresee(&self) {
        ahead::one(&self.sum);
    }

    /// A value comes next: asks memory for the place of its note.
    #[inline]
    pub(crate) fn foresee_note(&self) {
        ahead::at(&self.noted, self.noted.len());
    }

    /// Counts a value.
    #[inline]
    pub(crate) fn record(&mut self, value: Nanos) {
        if value == 0 {
            self.zeros += 1;
            return;
        }
        if self.noted.len() == self.noted.capacity() {
            self.make_room();
        }
        let is_first = self.noted.is_empty() && self.counted == 0;
        self.min = if is_first { value } else { self.min.min(value) };
        self.noted.push(bucket(value) as u16);
        let x = value as f64;
        self.sum += x;
        self.squares += x * x;
        self.max = self.max.max(value);
    }

    /// Makes room for notes, by counting them if there are many.
    #[cold]
    #[inline(never)]
    fn make_room(&mut self) {
        if self.noted.len() >= NOTED_MAX {
            self.count_noted();
        } else {
            // All at once: growing by and by takes longer than all else that a seldom used histogram takes.
            self.noted.reserve_exact(NOTED_MAX - self.noted.len());
        }
    }

    /// Counts what has been noted.
    #[inline(never)]
    fn count_noted(&mut self) {
        let mut noted = std::mem::take(&mut self.noted);
        let range = noted.iter().fold(None, |range: Option<(u16, u16)>, index| match range {
            Some((least, most)) => Some((least.min(*index), most.max(*index))),
            None => Some((*index, *index)),
        });
        let Some((least, most)) = range else { return };
        let (least, most) = (usize::from(least), usize::from(most));
        if self.counts.is_empty() {
            self.first = least;
        }
        if least < self.first {
            self.counts.splice(..0, std::iter::repeat_n(0, self.first - least));
            self.first = least;
        }
        if most - self.first >= self.counts.len() {
            self.counts.resize(most - self.first + 1, 0);
        }
        self.counted += noted.len() as u64;
        for index in noted.drain(..) {
            self.counts[usize::from(index) - self.first] += 1;
        }
        self.noted = noted;
    }

    /// Buckets that hold values, in ascending order, with their counts.
    pub(crate) fn occupied(&mut self) -> impl Iterator<Item = (usize, u64)> {
        self.count_noted();
        // Times of nothing share the bucket of the least time, which others are seldom in.
        let (lowest, first) = (bucket(0), self.first);
        let together = if self.counts.is_empty() || first > lowest { 0 } else { self.counts.get(lowest - first).copied().unwrap_or(0) };
        let lowest = (self.zeros + together > 0).then_some((lowest, self.zeros + together));
        let others = self.counts.iter().enumerate().map(move |(at, count)| (first + at, *count));
        lowest.into_iter().chain(others.filter(move |(index, count)| *count > 0 && *index > bucket(0)))
    }

    /// Values counted.
    pub(crate) fn count(&self) -> u64 {
        self.zeros + self.counted + self.noted.len() as u64
    }

    fn min(&self) -> Nanos {
        if self.zeros > 0 { 0 } else { self.min }
    }

    /// How many exceed a value, to within a bucket.
    pub(crate) fn above(&self, value: Nanos) -> u64 {
        let own = bucket(value);
        self.clone().occupied().filter(|(index, _)| *index > own).map(|(_, count)| count).sum()
    }

    /// Forgets everything but keeps its buffer.
    pub(crate) fn clear(&mut self) {
        let Self { mut noted, mut counts, first, .. } = std::mem::take(self);
        noted.clear();
        counts.fill(0);
        *self = Self { noted, counts, first, ..Self::default() };
    }

    /// Mean in nanoseconds.
    pub(crate) fn mean(&self) -> f64 {
        if self.count() == 0 { 0.0 } else { self.sum / self.count() as f64 }
    }

    /// Greatest value.
    pub(crate) fn max(&self) -> Nanos {
        self.max
    }

    /// For each of some ascending shares, the value that the share of all values does not exceed, in nanoseconds.
    pub(crate) fn quantiles<const N: usize>(&mut self, shares: [f64; N]) -> [f64; N] {
        let mut found = [0.0; N];
        self.quantiles_of(&shares, &mut found);
        found
    }

    /// The same for any number of shares.
    fn quantiles_of(&mut self, shares: &[f64], found: &mut [f64]) {
        let (total, zeros) = (self.count() as f64, self.zeros as f64);
        let (min, max) = (self.min() as f64, self.max as f64);
        found.fill(if self.count() == 0 { 0.0 } else { max });
        let (mut next, mut below) = (0, 0.0);
        for (index, count) in self.occupied() {
            let count = count as f64;
            while next < shares.len() && below + count >= shares[next] * total {
                let (low, width) = bounds(index);
                let (least, most) = (low.max(min), (low + width).min(max));
                let inside = ((shares[next] * total - below) / count).clamp(0.0, 1.0);
                found[next] = match width {
                    // Times of nothing are the first in the bucket that they share.
                    _ if zeros > 0.0 && shares[next] * total <= zeros => 0.0,
                    ..=1.0 => least,
                    _ => least + (most - least) * inside,
                };
                next += 1;
            }
            if next == shares.len() {
                break;
            }
            below += count;
        }
    }

    /// Percentiles ever closer to the greatest value: two for each halving of the rest, as long as the rest is one at least.
    pub(crate) fn percentiles(&self) -> Vec<Percentile> {
        let halvings = |n: usize| 1.0 - libm::exp2(-(n as f64) / PER_HALVING);
        let shares: Vec<f64> = (0..PERCENTILES_MAX).map(halvings).take_while(|share| (1.0 - share) * self.count() as f64 >= 1.0).collect();
        let mut found = vec![0.0; shares.len()];
        self.clone().quantiles_of(&shares, &mut found);
        let finite = shares.into_iter().zip(found).map(|(share, value)| Percentile { share, seconds: value / 1e9 });
        let last = Percentile { share: 1.0, seconds: seconds(self.max) };
        finite.chain((self.count() > 0).then_some(last)).collect()
    }

    /// The usual figures, in seconds.
    pub(crate) fn summary(&self) -> LatencySummary {
        let n = self.count() as f64;
        let mean = self.mean();
        let variance = if n > 1.0 { ((self.squares - n * mean * mean) / (n - 1.0)).max(0.0) } else { 0.0 };
        let mut counted = self.clone();
        let [p50, p90, p95, p99, p999] = counted.quantiles([0.5, 0.9, 0.95, 0.99, 0.999]).map(|value| value / 1e9);
        LatencySummary {
            count: self.count(),
            mean: mean / 1e9,
            sd: libm::sqrt(variance) / 1e9,
            min: seconds(self.min()),
            p50,
            p90,
            p95,
            p99,
            p999,
            max: seconds(self.max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_cover_all_values_in_order() {
        let mut last = 0;
        for value in (0..2_000).chain((11..53).map(|b| (1_u64 << b) - 1)).chain((11..63).map(|b| 1_u64 << b)) {
            let index = bucket(value);
            let (low, width) = bounds(index);
            let x = (value | 1) as f64;
            assert!(low <= x && x < low + width.max(2.0), "{value} is not in {low}+{width}");
            assert!(width <= 1.0 || width / low <= 1.0 / 128.0, "{value}: {width} of {low}");
            if value < 2_000 {
                assert!(index >= last);
                last = index;
            }
        }
    }

    #[test]
    fn quantiles_agree_with_a_sorted_list() {
        let mut histogram = Histogram::default();
        let values: Vec<u64> = (1..=100_000).map(|n| n * 1_003).collect();
        for value in &values {
            histogram.record(*value);
        }
        let shares = [0.5, 0.9, 0.99, 0.999];
        for (share, found) in shares.into_iter().zip(histogram.quantiles(shares)) {
            let exact = values[(share * values.len() as f64) as usize - 1] as f64;
            assert!((found - exact).abs() / exact < 1e-3, "{share}: {found} is not {exact}");
        }
        assert_eq!(histogram.summary().max, 0.1003);
    }

    #[test]
    fn the_quantiles_of_nothing_are_nothing() {
        let mut histogram = Histogram::default();
        for value in [0, 0, 0, 1, 5_000_000] {
            histogram.record(value);
        }
        assert_eq!(histogram.quantiles([0.5, 0.6, 0.8, 1.0]), [0.0, 0.0, 1.0, 5_000_000.0]);
        let mut histogram = Histogram::default();
        histogram.record(7_000);
        assert_eq!(histogram.quantiles([0.0]), [7_000.0], "there was nothing");
    }

    #[test]
    fn percentiles_come_ever_closer_to_the_greatest_value() {
        let mut histogram = Histogram::default();
        (1..=100_000_u64).for_each(|n| histogram.record(n * 10_000));
        let percentiles = histogram.percentiles();
        assert_eq!((percentiles[0].share, percentiles[2].share, percentiles[4].share), (0.0, 0.5, 0.75));
        assert!(percentiles.is_sorted_by(|a, b| a.share < b.share && a.seconds <= b.seconds));
        for Percentile { share, seconds } in &percentiles {
            assert!((seconds - share).abs() < 0.01, "{share} is {seconds}");
        }
        assert_eq!(percentiles.last().map(|last| (last.share, last.seconds)), Some((1.0, 1.0)));
        assert_eq!(Histogram::default().percentiles(), []);
    }

    #[test]
    fn the_order_of_values_and_when_they_are_counted_change_nothing() {
        let values: Vec<u64> = (1..=1_000_u64).map(|n| n * n * 977).collect();
        let summary = |values: &mut dyn Iterator<Item = u64>, look: bool| {
            let mut histogram = Histogram::default();
            for (at, value) in values.enumerate() {
                histogram.record(value);
                if look && at % 7 == 0 {
                    histogram.quantiles([0.5]);
                }
            }
            let LatencySummary { count, min, p50, p90, p99, max, .. } = histogram.summary();
            (count, min, p50, p90, p99, max)
        };
        let ascending = summary(&mut values.iter().copied(), false);
        assert_eq!(summary(&mut values.iter().copied(), true), ascending);
        assert_eq!(summary(&mut values.iter().copied().rev(), false), ascending, "buckets are added below the first, too");
        assert!(u16::try_from(bucket(Nanos::MAX)).is_ok());
    }

    #[test]
    fn a_cleared_histogram_starts_anew() {
        let mut histogram = Histogram::default();
        (0..1_000).for_each(|n| histogram.record(n * 1_000));
        histogram.clear();
        assert_eq!(histogram.summary().count, 0);
        histogram.record(5_000_000);
        assert_eq!(histogram.quantiles([0.5, 1.0]), [5e6, 5e6]);
    }
}

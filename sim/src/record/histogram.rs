//! Log-linear histogram of times: constant cost, mergeable by addition, bounded error.

use crate::{
    result::LatencySummary,
    time::{Nanos, seconds},
};

/// Counts values in buckets whose width is at most `2^-bits` of their value; quantiles interpolate inside a bucket.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Histogram {
    counts: Vec<u64>,
    count: u64,
    sum: f64,
    squares: f64,
    min: Nanos,
    max: Nanos,
}

/// Sub-buckets per octave, as a power of two: a relative width below 0.8 %.
const BITS: u32 = 7;

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

impl Histogram {
    /// Counts a value.
    #[inline]
    pub(crate) fn record(&mut self, value: Nanos) {
        let index = bucket(value);
        if index >= self.counts.len() {
            self.counts.resize(index + 1, 0);
        }
        self.counts[index] += 1;
        let x = value as f64;
        self.sum += x;
        self.squares += x * x;
        self.min = if self.count == 0 { value } else { self.min.min(value) };
        self.max = self.max.max(value);
        self.count += 1;
    }

    /// Values counted.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Forgets everything but keeps its buffer.
    pub(crate) fn clear(&mut self) {
        let mut counts = std::mem::take(&mut self.counts);
        counts.fill(0);
        *self = Self { counts, ..Self::default() };
    }

    /// Mean in nanoseconds.
    pub(crate) fn mean(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum / self.count as f64 }
    }

    /// Greatest value.
    pub(crate) fn max(&self) -> Nanos {
        self.max
    }

    /// The value that a share of all values does not exceed, in nanoseconds.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        if self.count == 0 {
            return 0.0;
        }
        let target = share * self.count as f64;
        let mut below = 0.0;
        for (index, count) in self.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let count = *count as f64;
            if below + count >= target {
                let (low, width) = bounds(index);
                let (least, most) = (low.max(self.min as f64), (low + width).min(self.max as f64));
                let inside = ((target - below) / count).clamp(0.0, 1.0);
                return if width <= 1.0 { least } else { least + (most - least) * inside };
            }
            below += count;
        }
        self.max as f64
    }

    /// The usual figures, in seconds.
    pub(crate) fn summary(&self) -> LatencySummary {
        let n = self.count as f64;
        let mean = self.mean();
        let variance = if self.count > 1 { ((self.squares - n * mean * mean) / (n - 1.0)).max(0.0) } else { 0.0 };
        let q = |share| self.quantile(share) / 1e9;
        LatencySummary {
            count: self.count,
            mean: mean / 1e9,
            sd: libm::sqrt(variance) / 1e9,
            min: seconds(self.min),
            p50: q(0.5),
            p90: q(0.9),
            p95: q(0.95),
            p99: q(0.99),
            p999: q(0.999),
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
        for share in [0.5, 0.9, 0.99, 0.999] {
            let exact = values[(share * values.len() as f64) as usize - 1] as f64;
            let found = histogram.quantile(share);
            assert!((found - exact).abs() / exact < 1e-3, "{share}: {found} is not {exact}");
        }
        assert_eq!(histogram.summary().max, 0.1003);
    }
}

//! Series on the run's common grid.

use super::Spread;
use crate::{latency_counts::LatencyCounts, record::Histogram, result::LatencySeries, time::Nanos};

/// The windows of the series that have passed: so many, each so long. Windows at the end of a series that hold nothing are
/// not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Windows {
    pub(crate) length: Nanos,
    pub(crate) passed: usize,
}

/// Points that a series has room for from its first one on: as many as those of large diagrams ever have.
const POINTS_AT_FIRST: usize = 50;

/// Puts the value of a window into a series that may be shorter, because the windows before held nothing.
pub(crate) fn put<T: Clone + Default>(series: &mut Vec<T>, window: usize, value: T) {
    if series.capacity() == 0 {
        series.reserve_exact(POINTS_AT_FIRST);
    }
    series.resize(window, T::default());
    series.push(value);
}

/// A counter, with what it had counted when statistics began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counter {
    total: u64,
    base: u64,
}

/// What a counter counted in each window. It lies apart from the counter, so that counting touches little memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// What it had counted when the window began.
    before: u64,
    windows: Vec<u32>,
}

impl Counts {
    /// Ends a window of its counter, of which so many came before.
    #[inline]
    pub(crate) fn close_window(&mut self, window: usize, counter: Counter) {
        if counter.total > self.before {
            put(&mut self.windows, window, (counter.total - self.before).min(u64::from(u32::MAX)) as u32);
            self.before = counter.total;
        }
    }

    /// Per second in each window.
    pub(crate) fn rates(&self, windows: Windows) -> Vec<f64> {
        let seconds = windows.length as f64 / 1e9;
        let mut rates: Vec<f64> = self.windows.iter().map(|count| f64::from(*count) / seconds).collect();
        rates.resize(windows.passed, 0.0);
        rates
    }
}

impl Counter {
    /// Counts.
    #[inline]
    pub(crate) fn add(&mut self, by: u64) {
        self.total += by;
    }

    /// Everything counted since statistics began.
    #[inline]
    pub(crate) fn since_warm_up(&self) -> u64 {
        self.total - self.base
    }

    /// Everything counted.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// Statistics start anew.
    pub(crate) fn restart(&mut self) {
        self.base = self.total;
    }
}

/// Percentiles and coarse counts per window, from a histogram that is reused.
#[derive(Clone, Debug, Default)]
pub(crate) struct Latencies {
    current: Histogram,
    series: LatencySeries,
    spread: Spread,
}

impl Latencies {
    /// One of so many that share the memory of the counts.
    pub(crate) fn one_of(series: usize) -> Self {
        Self { spread: Spread::one_of(series), ..Self::default() }
    }

    /// Counts a latency.
    #[inline]
    pub(crate) fn record(&mut self, value: Nanos) {
        self.current.record(value);
    }

    /// Ends a window, of which so many came before.
    pub(crate) fn close_window(&mut self, window: usize) {
        if self.current.count() == 0 {
            return;
        }
        let [p50, p90, p99] = self.current.quantiles([0.5, 0.9, 0.99]);
        let max = self.current.max() as f64;
        let LatencySeries { p50: s50, p90: s90, p99: s99, max: s_max } = &mut self.series;
        for (series, nanos) in [(s50, p50), (s90, p90), (s99, p99), (s_max, max)] {
            put(series, window, Some(nanos / 1e9));
        }
        self.spread.close_window(window, self.current.occupied());
        self.current.clear();
    }

    /// The counts by bucket.
    pub(crate) fn counts(&self, windows: Windows) -> LatencyCounts {
        self.spread.counts(windows)
    }

    /// The finished series.
    pub(crate) fn series(&self, windows: Windows) -> LatencySeries {
        let mut finished = self.series.clone();
        let LatencySeries { p50, p90, p99, max } = &mut finished;
        for series in [p50, p90, p99, max] {
            series.resize(windows.passed, None);
        }
        finished
    }
}

//! Series on the run's common grid.

use crate::{record::Histogram, result::LatencySeries, time::Nanos};

/// A counter with its share in the current window, and the windows so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Counter {
    total: u64,
    base: u64,
    window: u64,
    windows: Vec<u32>,
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

    /// Ends a window.
    pub(crate) fn close_window(&mut self) {
        self.windows.push((self.total - self.window).min(u64::from(u32::MAX)) as u32);
        self.window = self.total;
    }

    /// Per second in each window.
    pub(crate) fn rates(&self, interval: Nanos) -> Vec<f64> {
        let seconds = interval as f64 / 1e9;
        self.windows.iter().map(|count| f64::from(*count) / seconds).collect()
    }
}

/// Percentiles per window, from a histogram that is reused.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Latencies {
    current: Histogram,
    series: LatencySeries,
}

impl Latencies {
    /// Counts a latency.
    #[inline]
    pub(crate) fn record(&mut self, value: Nanos) {
        self.current.record(value);
    }

    /// Ends a window.
    pub(crate) fn close_window(&mut self) {
        let empty = self.current.count() == 0;
        let value = |nanos: f64| if empty { None } else { Some(nanos / 1e9) };
        self.series.p50.push(value(self.current.quantile(0.5)));
        self.series.p90.push(value(self.current.quantile(0.9)));
        self.series.p99.push(value(self.current.quantile(0.99)));
        self.series.max.push(value(self.current.max() as f64));
        if !empty {
            self.current.clear();
        }
    }

    /// The finished series.
    pub(crate) fn series(&self) -> &LatencySeries {
        &self.series
    }
}

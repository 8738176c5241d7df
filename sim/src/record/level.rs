//! A level that goes up and down: its time average, its greatest value, and how long it stood where.

use crate::{
    record::series::{Windows, put},
    time::Nanos,
};

/// Levels whose time is kept one by one; higher ones share the last cell.
const CELLS_MAX: usize = 4_096;

/// A level in time. What tells that it was never used comes first.
#[derive(Clone, Debug, Default, PartialEq)]
#[repr(C)]
pub(crate) struct Level {
    value: u64,
    window_max: u64,
    time_at: Vec<u64>,
    since: Nanos,
    max: u64,
    integral: u128,
    window_integral: u128,
    started: Nanos,
}

impl Level {
    /// The present value.
    #[inline]
    pub(crate) fn value(&self) -> u64 {
        self.value
    }

    #[inline]
    fn settle(&mut self, now: Nanos) {
        let span = now - self.since;
        if span > 0 {
            let area = u128::from(self.value) * u128::from(span);
            self.integral += area;
            self.window_integral += area;
            let cell = (self.value as usize).min(CELLS_MAX);
            if cell >= self.time_at.len() {
                self.time_at.resize(cell + 1, 0);
            }
            self.time_at[cell] += span;
            self.since = now;
        }
    }

    /// Goes up.
    #[inline]
    pub(crate) fn add(&mut self, now: Nanos, by: u64) {
        self.settle(now);
        self.value += by;
        self.max = self.max.max(self.value);
        self.window_max = self.window_max.max(self.value);
    }

    /// Goes down.
    #[inline]
    pub(crate) fn subtract(&mut self, now: Nanos, by: u64) {
        self.settle(now);
        self.value -= by;
    }

    /// Statistics start anew; the value stays.
    pub(crate) fn restart(&mut self, now: Nanos) {
        self.settle(now);
        self.integral = 0;
        self.started = now;
        self.max = self.value;
        self.time_at.fill(0);
    }

    /// Ends the windows from `first` on that have passed: time average and greatest value in each. Nothing has happened
    /// since the first of them ended.
    pub(crate) fn close_windows(&mut self, first: usize, windows: Windows, series: &mut Vec<(f32, f32)>) {
        if self.value == 0 && self.window_max == 0 && self.time_at.is_empty() {
            return;
        }
        for window in first..windows.passed {
            self.settle((window as u64 + 1) * windows.length);
            let mean = self.window_integral as f64 / windows.length.max(1) as f64;
            let max = self.window_max;
            if max > 0 {
                put(series, window, (mean as f32, max as f32));
            }
            self.window_integral = 0;
            self.window_max = self.value;
        }
    }

    /// Greatest value.
    pub(crate) fn max(&self) -> u64 {
        self.max
    }

    /// Time average up to now.
    pub(crate) fn mean(&self, now: Nanos) -> f64 {
        let span = now.saturating_sub(self.started);
        if span == 0 {
            return self.value as f64;
        }
        let open = u128::from(self.value) * u128::from(now.saturating_sub(self.since));
        (self.integral + open) as f64 / span as f64
    }

    /// Variance over time.
    pub(crate) fn variance(&self) -> f64 {
        let total: f64 = self.time_at.iter().map(|t| *t as f64).sum();
        if total == 0.0 {
            return 0.0;
        }
        let mean = self.time_at.iter().enumerate().map(|(level, t)| level as f64 * *t as f64).sum::<f64>() / total;
        self.time_at.iter().enumerate().map(|(level, t)| (level as f64 - mean) * (level as f64 - mean) * *t as f64).sum::<f64>() / total
    }

    /// The level that is not exceeded for a share of the time.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let total: f64 = self.time_at.iter().map(|t| *t as f64).sum();
        let mut below = 0.0;
        for (level, time) in self.time_at.iter().enumerate() {
            below += *time as f64;
            if below >= share * total {
                return level as f64;
            }
        }
        self.max as f64
    }
}

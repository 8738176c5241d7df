//! A level that goes up and down: its time average, its greatest value, and how long it stood where.

use crate::{
    ahead,
    record::series::{Windows, put},
    time::Nanos,
};

/// Levels whose time is kept one by one; higher ones share the last cell.
const CELLS_MAX: usize = 4_096;

/// A level in time. What each change touches comes first: one line of memory.
#[derive(Clone, Debug, Default, PartialEq)]
#[repr(C)]
pub(crate) struct Level {
    value: u64,
    since: Nanos,
    /// Level times time since the window began, as far as `window_integral` does not hold it.
    area: u64,
    window_max: u64,
    max: u64,
    time_at: Vec<u64>,
    window_integral: u128,
    /// Of the windows before, since statistics began.
    integral: u128,
    /// What of the window's integral lies before statistics began.
    before: u128,
    started: Nanos,
}

impl Level {
    /// The present value.
    #[inline]
    pub(crate) fn value(&self) -> u64 {
        self.value
    }

    /// It changes soon.
    #[inline]
    pub(crate) fn foresee(&self) {
        ahead::at(&self.time_at, self.value as usize);
    }

    #[inline]
    fn settle(&mut self, now: Nanos) {
        let span = now - self.since;
        if span > 0 {
            match self.value.checked_mul(span).and_then(|area| self.area.checked_add(area)) {
                Some(area) => self.area = area,
                None => self.window_integral += u128::from(self.value) * u128::from(span),
            }
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
        self.before = self.in_window();
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
            let integral = self.in_window();
            let mean = integral as f64 / windows.length.max(1) as f64;
            let max = self.window_max;
            if max > 0 {
                put(series, window, (mean as f32, max as f32));
            }
            self.integral += integral - std::mem::take(&mut self.before);
            (self.area, self.window_integral) = (0, 0);
            self.window_max = self.value;
        }
    }

    /// Level times time since the window began.
    fn in_window(&self) -> u128 {
        self.window_integral + u128::from(self.area)
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
        (self.integral + self.in_window() - self.before + open) as f64 / span as f64
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::SECOND;

    /// Means of a level that stands at `unit` and twice that by turns, a second each, in windows of four seconds, with
    /// statistics that begin in the middle of the second window.
    fn means(unit: u64) -> (f64, Vec<(f32, f32)>) {
        let (mut level, mut series, length) = (Level::default(), Vec::new(), 4 * SECOND);
        level.add(0, unit);
        for second in 1..=12 {
            let now = second * SECOND;
            if second % 2 == 1 {
                level.add(now, unit);
            } else {
                level.subtract(now, unit);
            }
            if second == 6 {
                level.restart(now);
            }
            if second % 4 == 0 {
                let passed = (second / 4) as usize;
                level.close_windows(passed - 1, Windows { length, passed }, &mut series);
            }
        }
        (level.mean(12 * SECOND), series)
    }

    #[test]
    fn means_begin_with_the_statistics_and_windows_do_not() {
        assert_eq!(means(2), (3.0, vec![(3.0, 4.0); 3]));
    }

    /// Products of level and time that need more than 64 bits.
    #[test]
    fn great_levels_have_the_same_means() {
        let unit = 1 << 40;
        let (mean, series) = means(unit);
        assert_eq!(mean, 1.5 * unit as f64);
        assert_eq!(series, vec![(1.5 * unit as f32, 2.0 * unit as f32); 3]);
    }
}

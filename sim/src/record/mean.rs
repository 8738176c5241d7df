//! A mean: constant cost and size.

use crate::time::Nanos;

/// The mean of times of which nothing else is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Mean {
    count: u64,
    sum: f64,
}

impl Mean {
    /// Counts a value.
    #[inline]
    pub(crate) fn record(&mut self, value: Nanos) {
        self.count += 1;
        self.sum += value as f64;
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Mean in nanoseconds; zero where nothing was counted.
    pub(crate) fn mean(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum / self.count as f64 }
    }
}

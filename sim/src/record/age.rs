//! The greatest age of something: over the run, and in each window.

use super::series::{Windows, put};
use crate::time::Nanos;

/// The ages that were seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Age {
    in_window: Nanos,
    before: Nanos,
    windows: Vec<Nanos>,
}

impl Age {
    /// Something is so old now.
    #[inline]
    pub(crate) fn see(&mut self, age: Nanos) {
        self.in_window = self.in_window.max(age);
    }

    /// The greatest age so far.
    pub(crate) fn max(&self) -> Nanos {
        self.before.max(self.in_window)
    }

    /// Ends a window, of which so many came before.
    pub(crate) fn close_window(&mut self, window: usize) {
        let age = std::mem::take(&mut self.in_window);
        if age > 0 {
            self.before = self.before.max(age);
            put(&mut self.windows, window, age);
        }
    }

    /// The greatest age of each window.
    pub(crate) fn series(&self, windows: Windows, print: impl Fn(Nanos) -> f64) -> Vec<f64> {
        let mut values: Vec<f64> = self.windows.iter().map(|age| print(*age)).collect();
        values.resize(windows.passed, 0.0);
        values
    }
}

//! A counter that starts anew with each window of the clock, as many public APIs limit their callers.

use crate::time::Nanos;

/// So many in each window.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FixedWindow {
    length: Nanos,
    most: u64,
    /// What a fault leaves of it.
    left: u64,
    window: u64,
    used: u64,
}

impl FixedWindow {
    /// Windows of a length, at least a nanosecond, that begin at time zero.
    pub(crate) fn new(length: Nanos, most: u64) -> Self {
        Self { length: length.max(1), most, left: most, window: 0, used: 0 }
    }

    /// Counts one if the present window has room for it.
    pub(crate) fn take(&mut self, now: Nanos) -> bool {
        if now / self.length != self.window {
            self.window = now / self.length;
            self.used = 0;
        }
        let some = self.used < self.left;
        self.used += u64::from(some);
        some
    }

    /// Leaves so much of each window from now on; 1 gives back all.
    pub(crate) fn tighten(&mut self, factor: f64) {
        self.left = (self.most as f64 * factor) as u64;
    }

    /// How long until the next window.
    pub(crate) fn until_next(&self, now: Nanos) -> Nanos {
        self.length - now % self.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_the_limit_passes_around_the_edge_of_a_window() {
        let mut windows = FixedWindow::new(100, 2);
        let passed: Vec<bool> = [97, 98, 99, 100, 101, 102].into_iter().map(|now| windows.take(now)).collect();
        assert_eq!(passed, [true, true, false, true, true, false]);
        assert_eq!((windows.until_next(99), windows.until_next(100)), (1, 100));
    }
}

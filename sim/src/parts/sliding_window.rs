//! A counter of what has been let through in the time just past, at every moment: no burst around the edge of a window.

use std::collections::VecDeque;

use crate::time::Nanos;

/// So many in any window of a length.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SlidingWindow {
    length: Nanos,
    most: usize,
    /// What a fault leaves of it.
    left: usize,
    /// When those were let through that still count, the earliest first; never more than `most`.
    passed: VecDeque<Nanos>,
}

impl SlidingWindow {
    /// At most so many in any time of this length.
    pub(crate) fn new(length: Nanos, most: usize) -> Self {
        Self { length: length.max(1), most, left: most, passed: VecDeque::new() }
    }

    /// Lets one through if the window that ends now has room for it.
    pub(crate) fn take(&mut self, now: Nanos) -> bool {
        while self.passed.front().is_some_and(|at| now - at >= self.length) {
            self.passed.pop_front();
        }
        let some = self.passed.len() < self.left;
        if some {
            self.passed.push_back(now);
        }
        some
    }

    /// Leaves so much of it from now on; 1 gives back all.
    pub(crate) fn tighten(&mut self, factor: f64) {
        self.left = ((self.most as f64 * factor) as usize).min(self.most);
    }

    /// How long until one that was refused just now has room, if nobody else comes; never where nothing is let through.
    pub(crate) fn wait(&self, now: Nanos) -> Option<Nanos> {
        let last = self.passed.len().checked_sub(self.left)?;
        self.passed.get(last).map(|at| self.length.saturating_sub(now - at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_window_holds_more_than_it_may() {
        let mut window = SlidingWindow::new(100, 2);
        let passed: Vec<bool> = [0, 50, 90, 100, 140, 150, 199].into_iter().map(|now| window.take(now)).collect();
        assert_eq!(passed, [true, true, false, true, false, true, false]);
        assert_eq!(window.wait(199), Some(1));
    }

    #[test]
    fn a_tightened_window_waits_until_enough_have_left() {
        let mut window = SlidingWindow::new(100, 3);
        assert!([0, 10, 20].into_iter().all(|now| window.take(now)));
        window.tighten(0.4);
        assert_eq!((window.take(30), window.wait(30)), (false, Some(90)));
        window.tighten(0.0);
        assert_eq!((window.take(500), window.wait(500)), (false, None));
    }
}

//! A circuit breaker.
//!
//! ```text
//!            too many failures                 after a while
//!  closed ---------------------> open -------------------------> half open
//!    ^                            ^                                 |  |
//!    |                            +---------- a trial fails --------+  |
//!    +---------------------------------- all trials succeed ----------+
//! ```

use super::rolling::Rolling;
use crate::time::Nanos;

/// A circuit breaker.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Breaker {
    failures: f64,
    minimum: u64,
    open: Nanos,
    trials: u64,
    /// Attempts and failures while it is closed.
    window: Rolling,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Closed,
    Open {
        until: Nanos,
    },
    /// Trials that were let through and that succeeded, since a time.
    HalfOpen {
        since: Nanos,
        sent: u64,
        good: u64,
    },
}

/// How an attempt went, as far as a breaker cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Good,
    Bad,
    /// The target is not to blame.
    Neither,
}

impl Breaker {
    /// Closed. It opens when this share of the attempts in a window failed, and there were at least so many.
    pub(crate) fn new(failures: f64, minimum: u64, window: Nanos, open: Nanos, trials: u64) -> Self {
        Self { failures, minimum, open, trials, window: Rolling::new(window), state: State::Closed }
    }

    /// Whether a call may be made now.
    pub(crate) fn admits(&mut self, now: Nanos) -> bool {
        match &mut self.state {
            State::Closed => true,
            State::Open { until } if now < *until => false,
            State::Open { .. } => {
                self.state = State::HalfOpen { since: now, sent: 1, good: 0 };
                true
            }
            State::HalfOpen { sent, .. } => {
                let some = *sent < self.trials;
                *sent += u64::from(some);
                some
            }
        }
    }

    /// An attempt that was made at `sent_at` has ended. Answers whether the breaker has opened.
    pub(crate) fn ended(&mut self, now: Nanos, sent_at: Nanos, verdict: Verdict) -> bool {
        match &mut self.state {
            State::Closed => {
                if verdict == Verdict::Neither {
                    return false;
                }
                self.window.add(now, [1, u64::from(verdict == Verdict::Bad)]);
                let opens = self.failure_share(now).is_some_and(|share| share > 0.0 && share >= self.failures);
                if opens {
                    self.state = State::Open { until: now.saturating_add(self.open) };
                }
                opens
            }
            // Attempts from before it opened tell nothing new.
            State::Open { .. } => false,
            State::HalfOpen { since, .. } if sent_at < *since => false,
            State::HalfOpen { sent, good, .. } => match verdict {
                Verdict::Bad => {
                    self.state = State::Open { until: now.saturating_add(self.open) };
                    true
                }
                Verdict::Neither => {
                    *sent -= 1;
                    false
                }
                Verdict::Good => {
                    *good += 1;
                    if *good >= self.trials {
                        self.window.clear();
                        self.state = State::Closed;
                    }
                    false
                }
            },
        }
    }

    /// Share of failures in the window, once there are enough attempts to judge.
    pub(crate) fn failure_share(&mut self, now: Nanos) -> Option<f64> {
        let [attempts, failures] = self.window.sums(now);
        (attempts >= self.minimum).then(|| failures as f64 / attempts as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_tries_and_closes() {
        let mut breaker = Breaker::new(0.5, 4, 1_000, 100, 2);
        for (at, verdict) in [(1, Verdict::Good), (2, Verdict::Bad), (3, Verdict::Neither), (4, Verdict::Bad)] {
            assert!(breaker.admits(at) && !breaker.ended(at, at, verdict), "three are too few to judge");
        }
        assert!(breaker.admits(5) && breaker.ended(5, 5, Verdict::Good), "two of four failed");
        assert!(!breaker.admits(104));
        assert!(breaker.admits(105) && breaker.admits(106) && !breaker.admits(107), "two trials");
        assert!(!breaker.ended(108, 5, Verdict::Bad), "an answer from before says nothing");
        assert!(!breaker.ended(109, 105, Verdict::Good) && !breaker.admits(110));
        assert!(breaker.ended(111, 106, Verdict::Bad) && !breaker.admits(210));
        assert!(breaker.admits(211) && breaker.admits(211));
        assert!(!breaker.ended(212, 211, Verdict::Neither) && breaker.admits(212), "a trial that says nothing is repeated");
        assert!(!breaker.ended(213, 211, Verdict::Good) && !breaker.ended(213, 212, Verdict::Good));
        assert!((0..10).all(|_| breaker.admits(214)), "closed");
    }
}

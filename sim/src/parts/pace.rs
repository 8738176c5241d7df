//! A rate without a burst: what comes too soon goes at its turn.

use crate::time::Nanos;

/// Turns at a steady rate.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Pace {
    /// When the next turn is free, in nanoseconds; a fraction of one must not get lost.
    next: f64,
}

impl Pace {
    /// Takes the next turn, which blocks so many nanoseconds, and answers how long it is until then.
    pub(crate) fn take(&mut self, now: Nanos, gap: f64) -> Nanos {
        let wait = self.wait(now);
        self.next = self.next.max(now as f64) + gap;
        wait
    }

    /// How long it is until the next turn.
    pub(crate) fn wait(&self, now: Nanos) -> Nanos {
        (self.next - now as f64).max(0.0).ceil() as Nanos
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_follow_each_other_at_the_rate() {
        let mut pace = Pace::default();
        let waits: Vec<Nanos> = (0..4).map(|_| pace.take(0, 100.0 / 3.0)).collect();
        assert_eq!(waits, [0, 34, 67, 100]);
        assert_eq!((pace.wait(133), pace.wait(134), pace.take(1_000, 10.0)), (1, 0, 0));
    }
}

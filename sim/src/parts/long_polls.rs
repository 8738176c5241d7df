//! Pollers that wait at a queue: each call that ends without a message is billed all the same.

use crate::time::Nanos;

/// The pollers of a mapping that wait for messages.
///
/// A message goes to the poller that asked last; so the others complete their polls, and what a quiet mapping costs is
/// not understated.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LongPolls {
    /// How long a call waits.
    wait: Nanos,
    /// Since when how many pollers have been waiting, in order of time: at most one entry for each poller.
    waiting: Vec<(Nanos, u64)>,
    /// Calls that ended empty, of pollers that do not wait any more.
    empty: u64,
}

impl LongPolls {
    /// No pollers yet; their calls wait so long.
    pub(crate) fn new(wait: Nanos) -> Self {
        Self { wait: wait.max(1), waiting: Vec::new(), empty: 0 }
    }

    /// More pollers begin to wait.
    pub(crate) fn begin(&mut self, now: Nanos, pollers: u64) {
        match self.waiting.last_mut() {
            Some((since, count)) if *since == now => *count += pollers,
            _ if pollers > 0 => self.waiting.push((now, pollers)),
            _ => {}
        }
    }

    /// Pollers stop waiting: they have a message, or are not wanted any more.
    pub(crate) fn end(&mut self, now: Nanos, mut pollers: u64) {
        while pollers > 0 {
            let Some((since, count)) = self.waiting.last_mut() else { return };
            let some = pollers.min(*count);
            self.empty += some * ((now - *since) / self.wait);
            *count -= some;
            pollers -= some;
            if *count == 0 {
                self.waiting.pop();
            }
        }
    }

    /// Calls that have ended empty so far.
    pub(crate) fn empty(&self, now: Nanos) -> u64 {
        self.empty + self.waiting.iter().map(|(since, count)| count * ((now - since) / self.wait)).sum::<u64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::SECOND;

    #[test]
    fn only_whole_waits_are_empty_calls() {
        let mut polls = LongPolls::new(20 * SECOND);
        polls.begin(0, 5);
        // One poller gets a message after 50 s, that is after two empty calls, and is back at 70 s.
        polls.end(50 * SECOND, 1);
        assert_eq!(polls.empty(50 * SECOND), 5 * 2);
        polls.begin(70 * SECOND, 1);
        assert_eq!(polls.empty(89 * SECOND), 2 + 4 * 4);
        assert_eq!(polls.empty(90 * SECOND), 2 + 4 * 4 + 1);
        // Three leave: first the one that came last.
        polls.end(100 * SECOND, 3);
        assert_eq!(polls.empty(100 * SECOND), 2 + 1 + 2 * 5 + 2 * 5);
        polls.end(200 * SECOND, 2);
        assert_eq!(polls.empty(300 * SECOND), 2 + 1 + 2 * 5 + 2 * 10);
    }
}

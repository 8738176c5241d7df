//! Sends that were taken without their sender knowing: when they come again they are recognized for a while.

use std::collections::{BTreeSet, VecDeque};

use crate::time::Nanos;

/// Identities of sends that may come again.
///
/// Only what is on its way to its acknowledgment, or was given up by its sender, can be repeated; so the memory follows
/// those, not everything that was sent within the window.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Repeats {
    window: Nanos,
    known: BTreeSet<u64>,
    /// Those whose sender has given up, with the time until which they are known, in order of it.
    given_up: VecDeque<(Nanos, u64)>,
}

impl Repeats {
    /// Recognizes what is not older than so much.
    pub(crate) fn new(window: Nanos) -> Self {
        Self { window, ..Self::default() }
    }

    /// A send is taken, unless it repeats one.
    pub(crate) fn take(&mut self, now: Nanos, identity: u64) -> bool {
        while let Some((until, old)) = self.given_up.front()
            && *until <= now
        {
            self.known.remove(old);
            self.given_up.pop_front();
        }
        self.known.insert(identity)
    }

    /// A send that was taken is acknowledged; nobody repeats it if its sender still listens.
    pub(crate) fn acknowledge(&mut self, now: Nanos, identity: u64, listens: bool) {
        if listens {
            self.known.remove(&identity);
        } else {
            self.given_up.push_back((now + self.window, identity));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_send_that_was_given_up_is_known_for_the_window() {
        let mut repeats = Repeats::new(300);
        assert!(repeats.take(0, 1) && repeats.take(0, 2));
        assert!(!repeats.take(5, 1), "it is still on its way");
        repeats.acknowledge(10, 1, false);
        repeats.acknowledge(10, 2, true);
        assert!(!repeats.take(309, 1));
        assert!(repeats.take(309, 2), "its sender knows that it was taken, so this is another send");
        assert!(repeats.take(310, 1));
    }
}

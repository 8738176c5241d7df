//! Connections to a server: each holder keeps those that it has opened, all together are bounded.

use std::collections::{BTreeMap, VecDeque};

use crate::slab::NONE;

/// What a request gets that needs a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// One of its holder's connections is free and now its own.
    Ready,
    /// A new connection is being opened for it.
    Opens,
    /// Its holder may not open more: it waits for one of them.
    Waits,
    /// The server takes no more connections.
    Full,
}

/// The connections of a server.
#[derive(Clone, Debug)]
pub(crate) struct Connections {
    holders: BTreeMap<u32, Held>,
    open: u64,
    most: u64,
}

/// The connections of one holder.
#[derive(Clone, Debug, Default)]
struct Held {
    open: u32,
    busy: u32,
    waiting: VecDeque<u32>,
    /// The holder is gone; what is busy closes when it is done.
    gone: bool,
}

impl Connections {
    /// None yet, and never more than so many.
    pub(crate) fn new(most: u64) -> Self {
        Self { holders: BTreeMap::new(), open: 0, most }
    }

    /// Connections that are open.
    pub(crate) fn open(&self) -> u64 {
        self.open
    }

    /// A request of a holder, which may open so many, needs a connection. [`NONE`] is a holder that opens one for each
    /// request and closes it afterwards.
    pub(crate) fn ask(&mut self, holder: u32, most: u32, item: u32) -> Ask {
        let is_full = self.open >= self.most;
        if holder != NONE {
            if let Some(held) = self.holders.get_mut(&holder) {
                if held.busy < held.open {
                    held.busy += 1;
                    return Ask::Ready;
                }
                if held.open >= most {
                    held.waiting.push_back(item);
                    return Ask::Waits;
                }
            }
            if !is_full {
                let held = self.holders.entry(holder).or_default();
                held.open += 1;
                held.busy += 1;
            }
        }
        if is_full {
            return Ask::Full;
        }
        self.open += 1;
        Ask::Opens
    }

    /// A request has done with its connection. Answers which request of the same holder has it now.
    pub(crate) fn finish(&mut self, holder: u32) -> Option<u32> {
        let Some(held) = self.holders.get_mut(&holder) else {
            self.open -= 1;
            return None;
        };
        if let Some(next) = held.waiting.pop_front() {
            return Some(next);
        }
        held.busy -= 1;
        if held.gone {
            held.open -= 1;
            self.open -= 1;
            if held.open == 0 {
                self.holders.remove(&holder);
            }
        }
        None
    }

    /// A holder is gone, and with it its connections, the busy ones when they are done. Answers who waited for one.
    pub(crate) fn close(&mut self, holder: u32) -> VecDeque<u32> {
        let Some(held) = self.holders.get_mut(&holder) else { return VecDeque::new() };
        let waiting = std::mem::take(&mut held.waiting);
        self.open -= u64::from(held.open - held.busy);
        held.open = held.busy;
        held.gone = true;
        if held.open == 0 {
            self.holders.remove(&holder);
        }
        waiting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holders_keep_what_they_opened_until_they_go() {
        let mut connections = Connections::new(3);
        assert_eq!([connections.ask(1, 2, 10), connections.ask(1, 2, 11), connections.ask(1, 2, 12)], [Ask::Opens, Ask::Opens, Ask::Waits]);
        assert_eq!(connections.finish(1), Some(12));
        assert_eq!(connections.finish(1), None);
        assert_eq!(connections.ask(1, 2, 13), Ask::Ready);
        assert_eq!(
            [connections.ask(2, 1, 20), connections.ask(3, 1, 30), connections.ask(NONE, 1, 40)],
            [Ask::Opens, Ask::Full, Ask::Full]
        );
        connections.finish(1);
        assert_eq!(connections.open(), 3, "idle connections stay open");
        assert!(connections.close(1).is_empty());
        assert_eq!(connections.open(), 2, "the busy one closes when it is done");
        connections.finish(1);
        assert_eq!(connections.open(), 1);
        assert_eq!(connections.ask(NONE, 1, 41), Ask::Opens);
        connections.finish(NONE);
        assert_eq!(connections.open(), 1);
    }
}

//! What a watcher of a run sees go by: hops of some journeys along edges, and what befell them at nodes.

use crate::{result::TraceEvent, rng::mix, time::Nanos};

/// Hops, and marks, that wait to be taken; when there are more, every second journey is left out.
const KEPT_MAX: usize = 4_096;
/// Fewer than so many when they are taken: twice as many journeys are followed from then on.
const SPARSE: usize = KEPT_MAX / 16;
/// Most journeys of which one is followed.
const ONE_IN_MAX: u64 = 1 << 40;

/// A message or request on its way along an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hop {
    pub(crate) journey: u64,
    pub(crate) edge: u32,
    pub(crate) from: Nanos,
    pub(crate) to: Nanos,
    pub(crate) attempt: u32,
    pub(crate) event_type: u16,
    /// Messages that travel together.
    pub(crate) messages: u32,
}

/// Something that befell an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) journey: u64,
    pub(crate) node: u32,
    pub(crate) at: Nanos,
    pub(crate) what: TraceEvent,
}

/// What has gone by since somebody looked. It follows a share of the journeys that fits, chosen by a hash, so that the
/// share is a fair sample; nothing of the run depends on it.
#[derive(Clone, Debug)]
pub(crate) struct Tape {
    one_in: u64,
    pub(crate) hops: Vec<Hop>,
    pub(crate) marks: Vec<Mark>,
}

impl Default for Tape {
    fn default() -> Self {
        Self { one_in: 1, hops: Vec::new(), marks: Vec::new() }
    }
}

fn is_followed(journey: u64, one_in: u64) -> bool {
    mix(journey, 0x7a9e) & (one_in - 1) == 0
}

impl Tape {
    /// Whether it follows a journey.
    #[inline]
    pub(crate) fn follows(&self, journey: u64) -> bool {
        is_followed(journey, self.one_in)
    }

    /// One journey in so many is followed.
    pub(crate) fn one_in(&self) -> u64 {
        self.one_in
    }

    pub(crate) fn hop(&mut self, hop: Hop) {
        self.hops.push(hop);
        self.thin();
    }

    pub(crate) fn mark(&mut self, mark: Mark) {
        self.marks.push(mark);
        self.thin();
    }

    fn thin(&mut self) {
        while self.hops.len().max(self.marks.len()) > KEPT_MAX && self.one_in < ONE_IN_MAX {
            self.one_in *= 2;
            let one_in = self.one_in;
            self.hops.retain(|hop| is_followed(hop.journey, one_in));
            self.marks.retain(|mark| is_followed(mark.journey, one_in));
        }
        // One journey alone can fill it.
        self.hops.truncate(KEPT_MAX);
        self.marks.truncate(KEPT_MAX);
    }

    /// Takes what has gone by.
    pub(crate) fn take(&mut self) -> (Vec<Hop>, Vec<Mark>) {
        if self.hops.len().max(self.marks.len()) < SPARSE && self.one_in > 1 {
            self.one_in /= 2;
        }
        (std::mem::take(&mut self.hops), std::mem::take(&mut self.marks))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hop(journey: u64) -> Hop {
        Hop { journey, edge: 0, from: 0, to: 1, attempt: 1, event_type: 0, messages: 1 }
    }

    #[test]
    fn a_full_tape_follows_fewer_journeys_and_an_empty_one_more() {
        let mut tape = Tape::default();
        for journey in 0..100_000 {
            if tape.follows(journey) {
                tape.hop(hop(journey));
            }
        }
        assert!(tape.hops.len() <= KEPT_MAX && tape.hops.len() > KEPT_MAX / 4, "{}", tape.hops.len());
        let share = tape.hops.len() as f64 * tape.one_in() as f64 / 100_000.0;
        assert!((0.8..1.2).contains(&share), "a fair sample: {share}");
        let before = tape.one_in();
        tape.take();
        tape.take();
        assert_eq!(tape.one_in(), before / 2);
        for _ in 0..3 * KEPT_MAX {
            tape.hop(hop(1));
        }
        assert!(tape.hops.len() <= KEPT_MAX, "one journey does not fill memory");
    }
}

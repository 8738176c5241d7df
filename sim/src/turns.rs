//! Rates of edges, and of API destinations over all edges to them: a call that comes up too soon stands in line for its
//! turn.
//!
//! Every attempt takes a turn, a repeated one as well. Nothing is lost in the line but what becomes too old there.

use crate::{
    core::{Copy, Core},
    event::{Class, Event},
    ledger::Fate,
    parts::Rate,
};

/// How often an edge may be taken, with all others under the same limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turns {
    pub(crate) rate: Rate,
    pub(crate) limit: u32,
}

impl Core {
    /// Makes the next attempt of a call, at its turn where its edge has a rate.
    pub(crate) fn attempt_in_turn(&mut self, copy: u32) {
        let Copy { edge, caller, born, .. } = self.copies[copy];
        let Some(Turns { rate, limit }) = self.program.edges[edge as usize].turns else {
            self.attempt(copy);
            return;
        };
        let now = self.now();
        self.limits[limit as usize].demand(now, 1.0);
        let wait = self.turns.entry(limit).or_default().wait(now, rate, 0.0, 0);
        // What becomes too old in line gives its place to those behind it.
        let expires = self.outlives(copy, wait);
        if !expires {
            self.turns.entry(limit).or_default().charge(now, rate, 1.0);
        }
        if wait == 0 {
            self.attempt(copy);
            return;
        }
        let at = if expires { born.saturating_add(self.program.edges[edge as usize].policy.age_max) } else { now.saturating_add(wait) };
        self.limits[limit as usize].delay(now, at.saturating_sub(now));
        self.nodes[caller as usize].waiting.add(now, 1);
        self.queue.schedule(at, Class::Arrival, Event::Turn { copy, expires });
    }

    /// A call stands in line no longer.
    pub(crate) fn leave_line(&mut self, copy: u32) {
        let now = self.now();
        let caller = self.copies[copy].caller;
        self.nodes[caller as usize].waiting.subtract(now, 1);
    }

    /// Nobody wants a call any more that was about to be made.
    pub(crate) fn give_up(&mut self, copy: u32) {
        self.end_copy(copy, Fate::Failed);
        self.forget(copy);
    }
}

//! Chains of events that come round to the same function are stopped after a while.
//!
//! The path of an event carries how often it has led through the first function on a ring that it met. Attempts at the
//! same event do not count as further laps.

use super::Compute;
use crate::{
    core::{Core, Laps},
    outcome::Outcome,
    slab::NONE,
};

impl Compute {
    /// The laps of what an invocation causes.
    pub(super) fn next_lap(&self, laps: Laps) -> Laps {
        let on_ring = self.per_request.as_ref().is_some_and(|scaling| scaling.laps_max.is_some());
        let Laps { function, count } = laps;
        match count {
            _ if !on_ring => laps,
            0 => Laps { function: self.index, count: 1 },
            _ if function == self.index => Laps { function, count: count.saturating_add(1) },
            _ => laps,
        }
    }

    /// Whether an event has come round too often.
    pub(super) fn comes_too_often(&mut self, core: &mut Core, laps: Laps) -> bool {
        let next = self.next_lap(laps);
        let Some(scaling) = &mut self.per_request else { return false };
        let Some(most) = scaling.laps_max.filter(|_| next.function == self.index) else { return false };
        let now = core.now();
        let limit = &mut core.limits[scaling.recursion_limit as usize];
        limit.level(now, f64::from(next.count));
        let stopped = next.count > most;
        if stopped {
            limit.refuse(now);
            scaling.recursions += 1;
        }
        stopped
    }

    /// Stops a request or a batch that has come round too often. Messages of a batch come back like failed ones, until
    /// their queue gives them up. Answers whether nothing is left to do.
    pub(super) fn stop_recursion(&mut self, core: &mut Core, item: u32) -> bool {
        let batch = core.items[item].batch;
        if batch == NONE {
            let stopped = self.comes_too_often(core, core.items[item].laps);
            if stopped {
                core.nodes[self.index as usize].arrivals.add(1);
                core.nodes[self.index as usize].refused.add(1);
                core.answer(item, Outcome::Rejected);
            }
            return stopped;
        }
        let mut stopped = 0;
        for position in 0..core.batches[batch].members.len() {
            let laps = core.copies[core.batches[batch].members[position].copy].laps;
            if self.comes_too_often(core, laps) {
                core.batches[batch].members[position].failed = true;
                stopped += 1;
            }
        }
        let all = stopped == core.batches[batch].members.len();
        if all {
            core.answer(item, Outcome::Failed);
        }
        all
    }
}

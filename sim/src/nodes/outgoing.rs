//! The rate at which a service may call its targets: who finds it used up stands in line.

use std::collections::VecDeque;

use plimsoll_models::families::Limit;

use crate::{
    core::Core,
    event::{Class, Timer},
    program::NodeProgram,
    time::{Nanos, SECOND},
};

/// Longest time between two looks of a line at its bucket, which others share and faults change: the engine tells nobody when
/// they leave tokens over. A choice of the simulation, not of any provider; shorter ones cost more events.
const LOOK_EVERY: Nanos = SECOND;

/// A rate that delays and loses nothing. Its node passes on [`Timer::Turn`].
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    node: u32,
    bucket: u32,
    limit: u32,
    /// Calls that wait, with the number that their node gave them and the time since when.
    line: VecDeque<(Nanos, usize, u32)>,
    /// Whether a timer for the head of the line is set.
    timed: bool,
}

impl Outgoing {
    pub(super) fn new(program: &NodeProgram, node: u32, limit: &Limit) -> Self {
        Self { node, bucket: program.buckets[&limit.key], limit: program.limits[&limit.key], line: VecDeque::new(), timed: false }
    }

    /// A call comes up. Answers whether it may go at once; else it stands in line.
    pub(super) fn enter(&mut self, core: &mut Core, number: usize, copy: u32) -> bool {
        let now = core.now();
        core.limits[self.limit as usize].demand(now, 1.0);
        if self.line.is_empty() && core.buckets[self.bucket as usize].take(now, 1.0) {
            return true;
        }
        core.limits[self.limit as usize].begin_delay(now);
        core.nodes[self.node as usize].waiting.add(now, 1);
        self.line.push_back((now, number, copy));
        self.look(core);
        false
    }

    /// The head of the line, if it may go now; else a timer is set for when it may.
    pub(super) fn next(&mut self, core: &mut Core) -> Option<(usize, u32)> {
        let now = core.now();
        let (since, number, copy) = self.line.front().copied()?;
        if !core.buckets[self.bucket as usize].take(now, 1.0) {
            self.look(core);
            return None;
        }
        self.line.pop_front();
        core.limits[self.limit as usize].end_delay(now - since);
        core.nodes[self.node as usize].waiting.subtract(now, 1);
        Some((number, copy))
    }

    /// The timer for the head of the line is over.
    pub(super) fn turn(&mut self) {
        self.timed = false;
    }

    fn look(&mut self, core: &mut Core) {
        if self.timed {
            return;
        }
        self.timed = true;
        let now = core.now();
        let wait = core.buckets[self.bucket as usize].wait(now, 1.0).clamp(1, LOOK_EVERY);
        core.after(wait, Class::Arrival, self.node, Timer::Turn, 0);
    }
}

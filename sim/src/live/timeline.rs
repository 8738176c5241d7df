//! Back and forth in time: copies of the simulation, thinned to a budget of bytes, and running again from the nearest.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    Progress, RunError,
    engine::Simulation,
    program::Program,
    result::JourneyTrace,
    time::{Nanos, nanos},
};

/// Memory that the copies of a timeline take by default.
pub const BUDGET_BYTES: usize = 256 << 20;

/// Fewest events between two copies: a frame's work or two, so that nobody waits for a time that is sought.
const APART: u64 = 1 << 15;
/// Events between two looks at whether somebody has lost interest.
const AT_A_TIME: u64 = 20_000;
/// Bytes that are copied for each event at most, so that making copies takes a small part of the time.
const BYTES_PER_EVENT: usize = 16;

/// The run of one replication, at any time.
///
/// A state that it gives is exactly that of a fresh run until then.
#[derive(Debug)]
pub struct Timeline {
    program: Arc<Program>,
    replication: u32,
    budget: usize,
    /// Copies by the events that they have handled, with what they weigh.
    kept: BTreeMap<u64, (Simulation, usize)>,
    bytes: usize,
    /// Events between two copies.
    apart: u64,
    /// Bytes that are copied for each event at most.
    bytes_per_event: usize,
}

impl Timeline {
    /// A timeline that keeps copies of so many bytes. The program is one that is [open to changes](Program::open_to_changes)
    /// if it is to be changed.
    pub fn new(program: Arc<Program>, replication: u32, budget: usize) -> Self {
        Self { program, replication, budget, kept: BTreeMap::new(), bytes: 0, apart: APART, bytes_per_event: BYTES_PER_EVENT }
    }

    /// The same with a copy after so many events, whatever copying costs, as long as the budget lasts: for short runs.
    #[must_use]
    pub fn with_copies_every(self, events: u64) -> Self {
        Self { apart: events.max(1), bytes_per_event: usize::MAX, ..self }
    }

    /// The program.
    pub fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// Bytes of the copies, about.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The latest state that is kept and not later than a time; run it on until then.
    pub fn before(&self, time_s: f64) -> Simulation {
        let time = nanos(time_s);
        let kept = self.kept.values().rev().find(|(simulation, _)| simulation.now() <= time);
        kept.map_or_else(|| Simulation::new(&self.program, self.replication), |(simulation, _)| simulation.clone())
    }

    /// Follows a journey that began at about this time, step by step, to its end or to a time: runs again from before it.
    /// `None` where there is no such journey, or where it has not begun by then. `progress` can stop it.
    pub fn journey(&self, ordinal: u64, began_s: f64, until_s: f64, progress: &Progress) -> Result<Option<JourneyTrace>, RunError> {
        let mut simulation = self.before(began_s);
        if simulation.requests() > ordinal {
            simulation = Simulation::new(&self.program, self.replication);
        }
        simulation.follow(ordinal);
        loop {
            let there = simulation.run_some(until_s, AT_A_TIME)?;
            let found = simulation.followed();
            if there || found.as_ref().is_some_and(|trace| trace.completion_s.is_some()) {
                return Ok(found);
            }
            if progress.is_canceled() {
                return Err(RunError::Canceled);
            }
        }
    }

    /// Keeps a copy, if the nearest ones are far enough from it.
    pub fn offer(&mut self, simulation: &Simulation) {
        let handled = simulation.handled();
        let near = handled.saturating_sub(self.apart - 1)..=handled.saturating_add(self.apart - 1);
        if handled < self.apart || self.kept.range(near).next().is_some() {
            return;
        }
        let bytes = simulation.bytes();
        if bytes > self.budget || self.apart < (bytes / self.bytes_per_event) as u64 {
            self.apart *= 2;
            self.thin();
            return;
        }
        let mut copy = simulation.clone();
        copy.watch(false);
        self.bytes += bytes;
        self.kept.insert(handled, (copy, bytes));
        while self.bytes > self.budget {
            self.apart *= 2;
            self.thin();
        }
    }

    /// Drops the copies that are too near to the one before.
    fn thin(&mut self) {
        let mut last = 0;
        let (apart, bytes) = (self.apart, &mut self.bytes);
        self.kept.retain(|handled, (_, weight)| {
            let stays = *handled >= last + apart;
            if stays {
                last = *handled;
            } else {
                *bytes -= *weight;
            }
            stays
        });
    }

    /// Goes on with a program that differs from this one only in what happens from outside at a time or later: states
    /// before that time stay, others are forgotten.
    pub fn change(&mut self, program: Arc<Program>, from_s: f64) {
        let from: Nanos = nanos(from_s);
        let bytes = &mut self.bytes;
        self.kept.retain(|_, (simulation, weight)| {
            let stays = simulation.now() < from;
            if stays {
                simulation.adopt(&program);
            } else {
                *bytes -= *weight;
            }
            stays
        });
        self.program = program;
    }
}

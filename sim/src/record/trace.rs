//! Journeys that are followed step by step.

use crate::{result::TraceEvent, slab::Slab, time::Nanos};

/// Journeys from the start that are always followed.
pub(crate) const FIRST: u64 = 100;
/// Later, one in so many journeys is followed, to find slow ones.
const ONE_IN: u64 = 64;
/// Slow journeys that are kept.
const SLOWEST: usize = 20;
/// Steps that are kept of one journey.
const STEPS_MAX: usize = 200;

/// A step as the engine notes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Step {
    pub(crate) at: Nanos,
    pub(crate) node: u32,
    pub(crate) edge: u32,
    pub(crate) what: TraceEvent,
}

/// A followed journey.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Followed {
    pub(crate) ordinal: u64,
    pub(crate) producer: u32,
    pub(crate) started: Nanos,
    pub(crate) response: Option<Nanos>,
    pub(crate) completion: Option<Nanos>,
    pub(crate) steps: Vec<Step>,
}

impl Followed {
    fn length(&self) -> Nanos {
        self.completion.or(self.response).map_or(0, |end| end - self.started)
    }
}

/// All followed journeys.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tracer {
    open: Slab<Followed>,
    first: Vec<Followed>,
    slowest: Vec<Followed>,
    /// A journey that somebody asked for, and what became of it.
    wanted: Option<u64>,
    found: Option<Followed>,
}

impl Tracer {
    fn is_sampled(ordinal: u64) -> bool {
        ordinal < FIRST || ordinal.is_multiple_of(ONE_IN)
    }

    /// Follows a journey that has not begun yet, whichever it is.
    pub(crate) fn want(&mut self, ordinal: u64) {
        self.wanted = Some(ordinal);
    }

    /// The journey that was asked for, once it has begun.
    pub(crate) fn found(&self) -> Option<&Followed> {
        self.found.as_ref().or_else(|| self.open.occupied().find(|followed| Some(followed.ordinal) == self.wanted))
    }

    /// Whether a journey is followed; its slot if so.
    pub(crate) fn begin(&mut self, ordinal: u64, producer: u32, now: Nanos) -> Option<u32> {
        if !Self::is_sampled(ordinal) && self.wanted != Some(ordinal) {
            return None;
        }
        let slot = self.open.reuse(Followed::default);
        let followed = &mut self.open[slot];
        followed.steps.clear();
        *followed =
            Followed { ordinal, producer, started: now, response: None, completion: None, steps: std::mem::take(&mut followed.steps) };
        Some(slot)
    }

    /// Notes a step.
    pub(crate) fn step(&mut self, slot: u32, step: Step) {
        let steps = &mut self.open[slot].steps;
        if steps.len() < STEPS_MAX {
            steps.push(step);
        }
    }

    /// Notes the final outcome for the producer.
    pub(crate) fn respond(&mut self, slot: u32, now: Nanos) {
        self.open[slot].response = Some(now);
    }

    /// Ends a journey and keeps it if it is one of the first or of the slowest.
    pub(crate) fn end(&mut self, slot: u32, now: Nanos) {
        let followed = &mut self.open[slot];
        followed.completion = Some(now);
        if self.wanted == Some(followed.ordinal) {
            self.found = Some(followed.clone());
        }
        if followed.ordinal < FIRST {
            self.first.push(followed.clone());
        } else if Self::is_sampled(followed.ordinal) {
            let length = followed.length();
            let at = self.slowest.partition_point(|other| other.length() >= length);
            if at < SLOWEST {
                let kept = followed.clone();
                self.slowest.insert(at, kept);
                self.slowest.truncate(SLOWEST);
            }
        }
        self.open.remove(slot);
    }

    /// The first journeys by ordinal, ended or not.
    pub(crate) fn first(&self) -> Vec<&Followed> {
        let mut all: Vec<&Followed> = self.first.iter().chain(self.open.occupied().filter(|f| f.ordinal < FIRST)).collect();
        all.sort_by_key(|followed| followed.ordinal);
        all
    }

    /// The slowest journeys, the slowest first.
    pub(crate) fn slowest(&self) -> &[Followed] {
        &self.slowest
    }
}

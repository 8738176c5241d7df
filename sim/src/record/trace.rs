//! Journeys that are followed step by step.

use crate::{result::TraceEvent, slab::Slab, time::Nanos};

/// Journeys from the start that are always followed.
pub(crate) const FIRST: u64 = 100;
/// Later, one in so many journeys is followed, to find slow ones.
const ONE_IN: u64 = 64;
/// Slow journeys that are kept.
const SLOWEST: usize = 20;
/// Most journeys of the sample over the whole run.
const SAMPLED_MAX: usize = 100;
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
    /// Journeys whose ordinals are multiples of the stride, in the order of their ends.
    sampled: Vec<Followed>,
    /// How often the stride has doubled, each time that the sample was full: so it stays spread over the whole run.
    doublings: u32,
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
            self.sample(slot);
        }
        self.open.remove(slot);
    }

    /// Keeps a journey that has ended if it belongs to the sample.
    fn sample(&mut self, slot: u32) {
        let followed = &self.open[slot];
        if !followed.ordinal.is_multiple_of(self.stride()) {
            return;
        }
        self.sampled.push(followed.clone());
        if self.sampled.len() > SAMPLED_MAX {
            self.doublings += 1;
            let stride = self.stride();
            self.sampled.retain(|followed| followed.ordinal.is_multiple_of(stride));
        }
    }

    /// One in so many journeys belongs to the sample.
    fn stride(&self) -> u64 {
        ONE_IN.checked_shl(self.doublings).unwrap_or(u64::MAX)
    }

    /// The sample of the whole run, in the order of their ends.
    pub(crate) fn sampled(&self) -> &[Followed] {
        &self.sampled
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_spread_over_all_journeys_and_stays_small() {
        let mut tracer = Tracer::default();
        let journeys = 1_000_000;
        for ordinal in 0..journeys {
            if let Some(slot) = tracer.begin(ordinal, 0, ordinal) {
                tracer.end(slot, ordinal + 10);
            }
        }
        let ordinals: Vec<u64> = tracer.sampled().iter().map(|followed| followed.ordinal).collect();
        assert!((SAMPLED_MAX / 2..=SAMPLED_MAX).contains(&ordinals.len()), "{ordinals:?}");
        let gaps: Vec<u64> = ordinals.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(gaps.iter().all(|gap| *gap == tracer.stride()), "{gaps:?}");
        assert!(ordinals.last().is_some_and(|last| last + tracer.stride() >= journeys));
    }
}

//! Scheduler: calls its targets when they are due, a little late, at a rate that others share.
//!
//! A journey begins when its schedule is due, so that response and completion tell how late it is.

use plimsoll_models::families::{ProducerConfig, SchedulerConfig};
use rand::RngExt as _;

use super::{
    Behavior, Names,
    arrivals::{Arrival, Source},
    outgoing::Outgoing,
};
use crate::{
    calls::fate,
    core::{Cause, Core, Laps},
    event::{Class, Timer},
    ledger::Fate,
    outcome::Outcome,
    program::Program,
    rng::{self, Purpose, StreamRng, mix},
    sample::Sampler,
    time::{Nanos, nanos},
};

/// A scheduler.
#[derive(Clone, Debug)]
pub(crate) struct Scheduler {
    index: u32,
    source: Source,
    rng: StreamRng,
    /// Event types with cumulated shares.
    mix: Vec<(f64, u16)>,
    /// Bytes of an event whose type does not say.
    event_bytes: u32,
    edges: Vec<u32>,
    flexible_window: f64,
    lateness: Sampler,
    outgoing: Outgoing,
    /// Number of the next event.
    number: u64,
}

impl Scheduler {
    pub(crate) fn new(program: &Program, index: u32, config: &ProducerConfig, scheduler: &SchedulerConfig, core: &Core) -> Self {
        let node = &program.nodes[index as usize];
        let mut rng = rng::stream(core.keys[index as usize]);
        Self {
            index,
            source: Source::new(&config.arrivals, node.trace, program, &mut rng),
            rng,
            mix: shares(program, config),
            event_bytes: config.event_size as u32,
            edges: node.calls.clone(),
            flexible_window: scheduler.flexible_window,
            lateness: Sampler::new(&scheduler.lateness),
            outgoing: Outgoing::new(node, index, &scheduler.invocation_rate),
            number: 0,
        }
    }

    fn schedule_next(&mut self, core: &mut Core) {
        let program = std::sync::Arc::clone(&core.program);
        let Some(Arrival { at, .. }) = self.source.next(core.now(), &mut self.rng, &program) else { return };
        if at < core.load_ends {
            core.after(at.saturating_sub(core.now()), Class::Arrival, self.index, Timer::Arrival, 0);
        }
    }

    /// A schedule is due: each target will be called in a while.
    fn due(&mut self, core: &mut Core) {
        let line = mix(core.program.nodes[self.index as usize].key, self.number);
        self.number += 1;
        let event_type = if self.mix.is_empty() {
            0
        } else {
            let u: f64 = core.draw(self.index, Purpose::Mix, line, 0).random();
            self.mix.iter().find(|(sum, _)| u < *sum).or(self.mix.last()).map_or(0, |(_, event_type)| *event_type)
        };
        let bytes = core.program.event_types[event_type as usize].bytes.unwrap_or(self.event_bytes);
        core.nodes[self.index as usize].arrivals.add(1);
        let journey = core.begin_journey(self.index, event_type, line, 0);
        let cause = Cause { journey, line, event_type, bytes, laps: Laps::default() };
        // The scheduler's own hold keeps the journey open until every call is known.
        core.hold_journey(journey);
        for position in 0..self.edges.len() {
            let edge = self.edges[position];
            if !core.passes(edge, &cause) {
                core.filtered(edge, journey);
                continue;
            }
            core.journeys[journey].awaited += 1;
            let copy = core.open_call(edge, position as u64, &cause, 0);
            let own = core.copies[copy].line;
            let share: f64 = core.draw(self.index, Purpose::Think, own, 0).random();
            let late = core.sample(&self.lateness, self.index, Purpose::Overhead, own, 0);
            let wait = nanos(share * self.flexible_window).saturating_add(late);
            core.after(wait, Class::Arrival, self.index, Timer::Release, copy);
        }
        if core.journeys[journey].awaited == 0 {
            core.respond(journey, Fate::Filtered);
        }
        core.release_journey(journey);
    }

    fn call(&self, core: &mut Core, copy: u32) {
        core.nodes[self.index as usize].units[0] += 1;
        core.attempt(copy);
    }
}

/// Event types of a mix with cumulated shares.
fn shares(program: &Program, config: &ProducerConfig) -> Vec<(f64, u16)> {
    let total: f64 = config.mix.iter().map(|(_, weight)| weight).sum();
    let mut sum = 0.0;
    let share = |(id, weight): &(plimsoll_models::EventTypeId, f64)| {
        sum += weight / total;
        let at = program.event_types.iter().position(|event_type| event_type.id.as_ref() == Some(id))?;
        Some((sum, at as u16))
    };
    config.mix.iter().filter_map(share).collect()
}

impl Behavior for Scheduler {
    fn start(&mut self, core: &mut Core) {
        self.schedule_next(core);
    }

    fn arrive(&mut self, core: &mut Core, item: u32) {
        debug_assert!(false, "nothing reaches a scheduler");
        core.answer(item, Outcome::Ok);
    }

    fn timer(&mut self, core: &mut Core, timer: Timer, argument: u32) {
        match timer {
            Timer::Arrival => {
                self.due(core);
                self.schedule_next(core);
            }
            Timer::Release => {
                if self.outgoing.enter(core, 0, argument) {
                    self.call(core, argument);
                }
            }
            Timer::Turn => {
                self.outgoing.turn();
                while let Some((_, copy)) = self.outgoing.next(core) {
                    self.call(core, copy);
                }
            }
            other => debug_assert!(false, "{other:?} is not a timer of a scheduler"),
        }
    }

    fn settled(&mut self, core: &mut Core, copy: u32, outcome: Outcome) {
        let journey = core.copies[copy].journey;
        core.journeys[journey].awaited -= 1;
        let meter = &mut core.nodes[self.index as usize];
        match outcome {
            Outcome::Ok => meter.completed.add(1),
            _ => meter.failed.add(1),
        }
        if core.journeys[journey].awaited == 0 {
            core.respond(journey, fate(outcome));
        }
    }

    fn names(&self) -> Names {
        Names { arrivals: "SchedulesDue", failed: "TargetErrors", special: "DeadLettered", waiting: "InvocationsWaiting", ..Names::PLAIN }
    }

    fn billed(&self, core: &Core, _now: Nanos) -> Vec<f64> {
        vec![core.nodes[self.index as usize].units[0] as f64]
    }
}

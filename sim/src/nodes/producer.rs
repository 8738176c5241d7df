//! Clients, devices, recordings: what makes root events and waits for their outcome.

use std::sync::Arc;

use plimsoll_models::{Arrivals, families::ProducerConfig, fault::Effect};
use rand::RngExt as _;

use super::{
    Behavior, Names,
    arrivals::{Arrival, Change, Source},
};
use crate::{
    ahead,
    calls::fate,
    core::{Cause, Core, Laps},
    event::{Class, Timer},
    ledger::Fate,
    outcome::Outcome,
    program::Program,
    rng::{self, Purpose, StreamRng, mix},
    routes::Route,
    sample::Sampler,
    time::Nanos,
};

/// A source of load.
#[derive(Clone, Debug)]
pub(crate) struct Producer {
    index: u32,
    source: Source,
    rng: StreamRng,
    /// Event types with cumulated shares.
    mix: Vec<(f64, u16)>,
    /// Bytes of an event whose type does not say.
    event_bytes: u32,
    /// Edges that take every event that passes their filter.
    edges: Vec<u32>,
    closed: Option<Users>,
    /// Number of the next event of this producer.
    number: u64,
    recorded: Nanos,
    pace: Pace,
}

/// The users of a closed loop.
#[derive(Clone, Debug)]
struct Users {
    think: Sampler,
    /// As many as the load has without a surge.
    usual: u32,
    /// Those with a lower number ask; others go when they would think.
    present: u32,
    /// Those who have gone.
    gone: Vec<u32>,
    /// The lowest number that nobody has had yet.
    fresh: u32,
}

/// How fast the load comes.
#[derive(Clone, Copy, Debug)]
struct Pace {
    /// By what the load is multiplied now.
    factor: f64,
    /// The same before it stood still, and since when it does.
    moving: f64,
    stopped: Nanos,
    /// When the next event comes.
    next: Option<Nanos>,
    /// Tells the timer of that event from those that were set before.
    timer: u32,
}

impl Producer {
    pub(crate) fn new(program: &Program, index: u32, config: &ProducerConfig, core: &Core) -> Self {
        let node = &program.nodes[index as usize];
        let total: f64 = config.mix.iter().map(|(_, weight)| weight).sum();
        let mut sum = 0.0;
        let mix = config
            .mix
            .iter()
            .filter_map(|(id, weight)| {
                sum += weight / total;
                let at = program.event_types.iter().position(|event_type| event_type.id.as_ref() == Some(id))?;
                Some((sum, at as u16))
            })
            .collect();
        let share = |edge: &u32| program.edges[*edge as usize].share;
        let edges = node.calls.iter().copied().filter(|edge| share(edge).is_none()).collect();
        let closed = match &config.arrivals {
            Arrivals::Closed { users, think } => {
                let usual = (f64::from(*users) * program.plan.multiplier).round() as u32;
                Some(Users { think: Sampler::new(think), usual, present: usual, gone: Vec::new(), fresh: usual })
            }
            _ => None,
        };
        let mut rng = rng::stream(core.keys[index as usize]);
        Self {
            index,
            source: Source::new(&config.arrivals, node.trace, program, &mut rng),
            rng,
            mix,
            event_bytes: config.event_size as u32,
            edges,
            closed,
            number: 0,
            recorded: 0,
            pace: Pace { factor: 1.0, moving: 1.0, stopped: 0, next: None, timer: 0 },
        }
    }

    fn schedule_next(&mut self, core: &mut Core) {
        let program = Arc::clone(&core.program);
        let next = self.source.next(core.now(), &mut self.rng, &program);
        self.schedule(core, next);
    }

    fn schedule(&mut self, core: &mut Core, next: Option<Arrival>) {
        self.pace.next = next.as_ref().map(|next| next.at);
        let Some(Arrival { at, recorded }) = next.filter(|next| next.at < core.load_ends) else { return };
        self.recorded = recorded;
        core.after(at.saturating_sub(core.now()), Class::Arrival, self.index, Timer::Arrival, self.pace.timer);
    }

    /// The load is multiplied by this from now on.
    fn surge(&mut self, core: &mut Core, factor: f64) {
        if self.closed.is_some() {
            self.resize(core, factor);
            return;
        }
        let now = core.now();
        let Pace { factor: before, moving, stopped, next, .. } = self.pace;
        self.pace.factor = factor;
        // Whatever was to come comes at another time.
        self.pace.timer = self.pace.timer.wrapping_add(1);
        let since = if before > 0.0 { now } else { stopped };
        if factor <= 0.0 {
            self.pace.stopped = since;
            return;
        }
        self.pace.moving = factor;
        let program = Arc::clone(&core.program);
        let next = self.source.surge(Change { from: moving, to: factor, since, now }, next, &mut self.rng, &program);
        self.schedule(core, next);
    }

    /// Users come, or go when they have thought.
    fn resize(&mut self, core: &mut Core, factor: f64) {
        let Some(users) = &mut self.closed else { return };
        users.present = (f64::from(users.usual) * factor).round() as u32;
        let present = users.present;
        let mut coming: Vec<u32> = users.gone.extract_if(.., |user| *user < present).collect();
        coming.sort_unstable();
        coming.extend(users.fresh..present);
        users.fresh = users.fresh.max(present);
        for user in coming {
            self.think(core, user);
        }
    }

    /// The line of the next root event.
    fn next_line(&self, core: &Core) -> u64 {
        mix(core.program.nodes[self.index as usize].key, self.number)
    }

    /// Makes a root event and sends it. Answers whether anybody will tell its outcome.
    fn emit(&mut self, core: &mut Core, user: u32) {
        let line = self.next_line(core);
        self.number += 1;
        let event_type = if self.mix.is_empty() {
            0
        } else {
            let u: f64 = core.draw(self.index, Purpose::Mix, line, 0).random();
            self.mix.iter().find(|(sum, _)| u < *sum).or(self.mix.last()).map_or(0, |(_, event_type)| *event_type)
        };
        let bytes = core.program.event_types[event_type as usize].bytes.unwrap_or(self.event_bytes);
        core.nodes[self.index as usize].arrivals.add(1);
        let journey = core.begin_journey(self.index, event_type, line, self.recorded);
        let cause = Cause { journey, line, event_type, bytes, laps: Laps::default() };
        // The producer's own hold keeps the journey open until every call is made.
        core.hold_journey(journey);
        for position in 0..self.edges.len() {
            let edge = self.edges[position];
            if core.passes(edge, &cause) {
                core.journeys[journey].awaited += 1;
                Self::send(core, user, edge, &cause);
            } else {
                core.filtered(edge, journey);
            }
        }
        if let Some(route) = core.route(self.index, line, 0) {
            core.journeys[journey].awaited += 1;
            Self::send(core, user, route.edge, &cause);
        }
        if core.journeys[journey].awaited == 0 {
            core.respond(journey, Fate::Filtered);
        }
        core.release_journey(journey);
    }

    /// Sends an event, with others where the edge gathers them.
    fn send(core: &mut Core, user: u32, edge: u32, cause: &Cause) {
        if core.program.edges[edge as usize].gathers.is_some() {
            let copy = core.open_call(edge, u64::from(user), cause, 0);
            core.gather_call(edge, copy);
        } else {
            core.call_as(user, edge, u64::from(user), cause, 0);
        }
    }

    fn think(&mut self, core: &mut Core, user: u32) {
        let Some(users) = &mut self.closed else { return };
        if user >= users.present {
            users.gone.push(user);
            return;
        }
        let line = mix(u64::from(user), self.number);
        let wait = core.sample(&users.think, self.index, Purpose::Think, line, 0);
        if core.now().saturating_add(wait) < core.load_ends {
            core.after(wait, Class::Arrival, self.index, Timer::Thought, user);
        }
    }
}

impl Behavior for Producer {
    fn start(&mut self, core: &mut Core) {
        if let Some(Users { usual, .. }) = self.closed {
            for user in 0..usual {
                self.number += 1;
                self.think(core, user);
            }
            self.number = 0;
            return;
        }
        self.schedule_next(core);
    }

    #[inline]
    fn foresee_timer(&self, core: &Core, timer: Timer, _argument: u32) -> Option<u32> {
        if timer != Timer::Arrival {
            return None;
        }
        let Route { edge, to } = core.route(self.index, self.next_line(core), 0)?;
        ahead::at(&core.program.edges, edge as usize);
        Some(to)
    }

    fn arrive(&mut self, core: &mut Core, item: u32) {
        debug_assert!(false, "nothing reaches a producer");
        core.answer(item, Outcome::Ok);
    }

    fn timer(&mut self, core: &mut Core, timer: Timer, argument: u32) {
        if timer == Timer::Thought {
            self.emit(core, argument);
        } else if argument == self.pace.timer {
            self.emit(core, 0);
            self.schedule_next(core);
        }
    }

    fn settled(&mut self, core: &mut Core, copy: u32, outcome: Outcome) {
        let copy = core.copies[copy];
        let journey = &mut core.journeys[copy.journey];
        journey.awaited -= 1;
        let last = journey.awaited == 0;
        match fate(outcome) {
            Fate::Done => core.nodes[self.index as usize].completed.add(1),
            Fate::Rejected => core.nodes[self.index as usize].refused.add(1),
            _ => core.nodes[self.index as usize].failed.add(1),
        }
        if last {
            core.respond(copy.journey, fate(outcome));
            if self.closed.is_some() {
                self.think(core, copy.token as u32);
            }
        }
    }

    fn fault(&mut self, core: &mut Core, effect: &Effect, on: bool) {
        if let Effect::Surge { factor } = effect {
            self.surge(core, if on { *factor } else { 1.0 });
        }
    }

    fn names(&self) -> Names {
        Names { arrivals: "Events", refused: "Refused", ..Names::PLAIN }
    }
}

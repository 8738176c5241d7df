//! An archive: it keeps what its bus has taken, and sends it to the bus again when a replay begins.
//!
//! ```text
//! bus --> archive: kept until the retention ends
//!  ^         | replay: minute by minute, in no order within one
//!  +---------+ at a rate of its own
//! ```
//! A replayed event is a journey of its own that begins here. No archive keeps it a second time.

use std::collections::VecDeque;

use plimsoll_models::{families::ArchiveConfig, fault::Effect};

use super::{Behavior, Names, outgoing::Outgoing, payload::chunks};
use crate::{
    calls::fate,
    core::{Cause, Core, Laps, MessageState},
    event::{Class, Timer},
    ledger::Fate,
    month::HOURS_PER_MONTH,
    outcome::Outcome,
    parts::Stored,
    program::Program,
    rng::mix,
    time::{NEVER, Nanos, nanos},
};

/// Bytes of a billed gigabyte.
const GIGABYTE: f64 = 1e9;

/// An archive.
#[derive(Clone, Debug)]
pub(crate) struct Archive {
    index: u32,
    retention: Nanos,
    slice: Nanos,
    chunk: f64,
    pool: u32,
    replays_max: f64,
    replays_limit: u32,
    outgoing: Outgoing,
    replays: Vec<Replay>,
    /// Copies of the events that a replay may send, in the order of their arrival.
    kept: VecDeque<u32>,
    stored: Stored,
    /// Billed events of replays.
    replayed: u64,
}

/// Events that are sent again.
#[derive(Clone, Debug)]
struct Replay {
    edge: u32,
    start: Nanos,
    from: Nanos,
    until: Nanos,
    /// Events that are still to be sent, the next one first.
    line: VecDeque<u32>,
    /// Calls that have not been settled.
    open: u32,
    running: bool,
}

impl Archive {
    pub(crate) fn new(program: &Program, index: u32, config: &ArchiveConfig) -> Self {
        let node = &program.nodes[index as usize];
        let replay = |edge: &u32| {
            let config = program.edges[*edge as usize].replay.as_ref()?;
            Some(Replay {
                edge: *edge,
                start: nanos(config.start),
                from: nanos(config.from),
                until: nanos(config.until),
                line: VecDeque::new(),
                open: 0,
                running: false,
            })
        };
        Self {
            index,
            retention: config.retention.map_or(NEVER, nanos),
            slice: nanos(config.slice).max(1),
            chunk: config.metered_chunk,
            pool: node.pool.unwrap_or(0),
            replays_max: config.replays.value,
            replays_limit: node.limits[&config.replays.key],
            outgoing: Outgoing::new(node, index, &config.replay_rate),
            replays: node.calls.iter().filter_map(replay).collect(),
            kept: VecDeque::new(),
            stored: Stored::default(),
            replayed: 0,
        }
    }

    /// An event is kept; one that no replay wants is only counted.
    fn keep(&mut self, core: &mut Core, item: u32) {
        let cause = core.cause(item);
        let published = core.items[item].started;
        self.stored.add(core.now(), u64::from(cause.bytes));
        let copy = core.keep(self.index, &cause, MessageState::Visible);
        core.nodes[self.index as usize].accepted.add(1);
        if self.replays.iter().any(|replay| (replay.from..replay.until).contains(&published)) {
            // Its journey ends here, but its key is needed once more.
            core.copies[copy].token = core.journeys[cause.journey].key;
            core.copies[copy].sent = published;
            self.kept.push_back(copy);
            core.rest(copy);
        } else {
            core.end_copy(copy, Fate::Done);
            core.forget(copy);
        }
    }

    /// A replay begins with what has arrived by now, unless too many run already.
    fn begin(&mut self, core: &mut Core, at: usize) {
        let now = core.now();
        let running = core.pools[self.pool as usize] + 1;
        core.limits[self.replays_limit as usize].level(now, running as f64);
        if running as f64 > self.replays_max {
            core.limits[self.replays_limit as usize].refuse(now);
            core.nodes[self.index as usize].refused.add(1);
            return;
        }
        core.pools[self.pool as usize] += 1;
        let Replay { edge, from, until, .. } = self.replays[at];
        let key = core.program.edges[edge as usize].key;
        let wanted = |copy: &u32| {
            let row = &core.copies[*copy];
            (from..until).contains(&row.sent) && now - row.sent <= self.retention
        };
        let mut line: Vec<u32> = self.kept.iter().copied().filter(wanted).collect();
        // Minute by minute; within one the order is nobody's.
        line.sort_by_key(|copy| (core.copies[*copy].sent / self.slice, mix(core.copies[*copy].line, key)));
        self.replays[at].line = line.into();
        self.replays[at].running = true;
        self.go_on(core);
        self.end(core, at);
    }

    /// Sends what the rate has room for; only the next event of all stands in line for it.
    fn go_on(&mut self, core: &mut Core) {
        for at in 0..self.replays.len() {
            while let Some(kept) = self.replays[at].line.pop_front() {
                let copy = self.open(core, at, kept);
                if !self.outgoing.enter(core, at, copy) {
                    return;
                }
                core.attempt(copy);
            }
        }
    }

    /// A kept event begins a journey of its own.
    fn open(&mut self, core: &mut Core, at: usize, kept: u32) -> u32 {
        let row = core.copies[kept];
        let edge = self.replays[at].edge;
        let line = mix(row.line, core.program.edges[edge as usize].key);
        let journey = core.begin_journey(self.index, row.event_type, line, 0);
        core.journeys[journey].key = row.token;
        core.journeys[journey].awaited = 1;
        let cause = Cause { journey, line, event_type: row.event_type, bytes: row.bytes, laps: Laps::default() };
        self.replayed += chunks(u64::from(row.bytes), self.chunk);
        self.replays[at].open += 1;
        core.open_call(edge, at as u64, &cause, 0)
    }

    /// A replay that has nothing left is over.
    fn end(&mut self, core: &mut Core, at: usize) {
        let replay = &mut self.replays[at];
        if replay.running && replay.open == 0 && replay.line.is_empty() {
            replay.running = false;
            core.pools[self.pool as usize] -= 1;
        }
    }
}

impl Behavior for Archive {
    fn start(&mut self, core: &mut Core) {
        for (at, replay) in self.replays.iter().enumerate() {
            core.after(replay.start, Class::Arrival, self.index, Timer::Redrive, at as u32);
        }
    }

    fn arrive(&mut self, core: &mut Core, item: u32) {
        core.items[item].arrived = core.now();
        core.nodes[self.index as usize].arrivals.add(1);
        self.keep(core, item);
        core.answer(item, Outcome::Ok);
    }

    fn timer(&mut self, core: &mut Core, timer: Timer, argument: u32) {
        match timer {
            Timer::Redrive => self.begin(core, argument as usize),
            Timer::Turn => {
                self.outgoing.turn();
                while let Some((_, copy)) = self.outgoing.next(core) {
                    core.attempt(copy);
                    self.go_on(core);
                }
            }
            other => debug_assert!(false, "{other:?} is not a timer of an archive"),
        }
    }

    fn settled(&mut self, core: &mut Core, copy: u32, outcome: Outcome) {
        let row = core.copies[copy];
        core.journeys[row.journey].awaited -= 1;
        core.respond(row.journey, fate(outcome));
        let at = row.token as usize;
        self.replays[at].open -= 1;
        self.end(core, at);
    }

    fn fault(&mut self, core: &mut Core, effect: &Effect, _on: bool) {
        if let Effect::Tighten { .. } = effect {
            self.timer(core, Timer::Turn, 0);
        }
    }

    fn names(&self) -> Names {
        Names { arrivals: "EventsArchived", refused: "ReplaysRefused", failed: "", busy: "", waiting: "EventsToReplay", ..Names::PLAIN }
    }

    fn billed(&self, _core: &Core, now: Nanos) -> Vec<f64> {
        let stored = self.stored.byte_hours(now, 0, self.retention) / GIGABYTE / HOURS_PER_MONTH;
        vec![self.stored.total() as f64 / GIGABYTE, stored, self.replayed as f64]
    }

    fn figures(&self, _core: &Core, put: &mut dyn FnMut(&str, f64)) {
        put("replayed", self.replayed as f64);
    }
}

//! A pipe: what a poller brings goes to an enrichment, if there is one, and then to one target.
//!
//! ```text
//! mapping --> execution --> enrichment --> target --> outcome of each event
//!    ^            | too many, too long        | failed, throttled
//!    +------------+---------------------------+
//! ```
//! The poller is the mapping of a queue or the consumer of a stream, like that of a function. A pipe tries nothing
//! itself: events that failed come again from the source, and pass the enrichment again.

use plimsoll_models::{
    EdgeKind,
    families::{Config, PipeConfig, Scaling},
    fault::Effect,
};

use super::{Behavior, Names, payload::chunks};
use crate::{
    core::{Core, MessageState},
    event::{Class, Event, Timer},
    faults::slowed,
    outcome::Outcome,
    program::{NodeProgram, Program},
    result::TraceEvent,
    rng::Purpose,
    sample::Sampler,
    slab::{NONE, Slab},
    time::{Nanos, nanos, seconds},
};

/// A pipe.
#[derive(Clone, Debug)]
pub(crate) struct Pipe {
    index: u32,
    /// The enrichment and the target, in the order in which they are called.
    stages: Vec<Stage>,
    pool: u32,
    executions: (f64, u32),
    payload: (f64, u32),
    longest: Nanos,
    longest_lane: u32,
    duration_limit: u32,
    overhead: Sampler,
    chunk: f64,
    runs: Slab<Run>,
    /// By what a fault multiplies the pipe's own time.
    slow: f64,
}

/// Something that a pipe calls with its events.
#[derive(Clone, Copy, Debug)]
struct Stage {
    edge: u32,
    enrichment: bool,
    /// Share of the events that an enrichment hands on.
    keeps: f64,
    /// Whether one request takes all events.
    together: bool,
    /// Whether each call is paid.
    metered: bool,
}

/// An execution.
#[derive(Clone, Copy, Debug)]
struct Run {
    item: u32,
    /// Tells calls of this execution from those of an earlier one in the same slot.
    generation: u32,
    /// Stages that have begun.
    begun: usize,
    /// Calls of the present stage that have not been settled.
    pending: u32,
    /// Whether anything has happened but throttles.
    tried: bool,
    throttled: bool,
    alive: bool,
    timer: u32,
    began: Nanos,
}

/// Bits of a slot and of an event's position in a token; the rest is the generation.
const SLOT_BITS: u32 = 24;
const POSITION_BITS: u32 = 20;

fn token(slot: u32, position: usize, generation: u32) -> u64 {
    (u64::from(generation) << (SLOT_BITS + POSITION_BITS)) | ((position as u64) << SLOT_BITS) | u64::from(slot)
}

fn slot_of(token: u64) -> u32 {
    (token & ((1 << SLOT_BITS) - 1)) as u32
}

fn position_of(token: u64) -> usize {
    ((token >> SLOT_BITS) & ((1 << POSITION_BITS) - 1)) as usize
}

/// What the timer of a step is about: the slot, and as much of the generation as fits.
fn step_argument(slot: u32, generation: u32) -> u32 {
    slot | (generation << SLOT_BITS)
}

/// The generation as it fits into a token.
fn next_generation(generation: u32) -> u32 {
    generation.wrapping_add(1) & ((1 << (u64::BITS - SLOT_BITS - POSITION_BITS)) - 1)
}

impl Stage {
    fn new(program: &Program, edge: u32) -> Option<Self> {
        let ready = &program.edges[edge as usize];
        let stage = ready.stage?;
        let together = match &program.nodes[ready.to as usize].config {
            // A function's own queue takes events one by one.
            Config::Compute(config) => ready.kind == EdgeKind::Request && matches!(config.scaling, Scaling::PerRequest(_)),
            Config::Stream(_) => true,
            _ => false,
        };
        let metered = matches!(program.nodes[ready.to as usize].config, Config::External(_));
        Some(Self { edge, enrichment: stage.enrichment, keeps: stage.keeps, together, metered })
    }
}

impl Pipe {
    pub(crate) fn new(program: &Program, index: u32, config: &PipeConfig, core: &mut Core) -> Self {
        let node: &NodeProgram = &program.nodes[index as usize];
        let mut stages: Vec<Stage> = node.calls.iter().filter_map(|edge| Stage::new(program, *edge)).collect();
        stages.sort_by_key(|stage| !stage.enrichment);
        Self {
            index,
            stages,
            pool: node.pool.unwrap_or(0),
            executions: (config.executions.value - config.outside_executions, node.limits[&config.executions.key]),
            payload: (config.payload.value, node.limits[&config.payload.key]),
            longest: nanos(config.duration.value),
            longest_lane: core.queue.lane(),
            duration_limit: node.limits[&config.duration.key],
            overhead: Sampler::new(&config.overhead),
            chunk: config.metered_chunk,
            runs: Slab::default(),
            slow: 1.0,
        }
    }

    /// Why an execution cannot begin, if so.
    fn refusal(&self, core: &mut Core, bytes: u32) -> Option<(Outcome, u32)> {
        let now = core.now();
        let (most, limit) = self.payload;
        core.limits[limit as usize].level(now, f64::from(bytes));
        if f64::from(bytes) > most {
            return Some((Outcome::Rejected, limit));
        }
        let (most, limit) = self.executions;
        let running = core.pools[self.pool as usize] + 1;
        core.limits[limit as usize].level(now, running as f64);
        (running as f64 > most * core.pools_left[self.pool as usize]).then_some((Outcome::Throttled, limit))
    }

    /// An execution begins.
    fn begin(&mut self, core: &mut Core, item: u32) {
        let now = core.now();
        let row = core.items[item];
        core.pools[self.pool as usize] += 1;
        let meter = &mut core.nodes[self.index as usize];
        meter.accepted.add(1);
        meter.busy.add(now, 1);
        meter.units[0] += chunks(u64::from(row.bytes), self.chunk);
        core.note_item(item, self.index, TraceEvent::Start);
        let new = Run { item, generation: 0, begun: 0, pending: 0, tried: false, throttled: false, alive: true, timer: NONE, began: now };
        let slot = self.runs.reuse(|| new);
        let event = Event::Timer { node: self.index, timer: Timer::InvocationTimeout, argument: slot };
        let timer = core.queue.set_timer(self.longest_lane, now.saturating_add(self.longest), Class::Arrival, event);
        self.runs[slot] = Run { generation: next_generation(self.runs[slot].generation), timer, ..new };
        let overhead = core.sample(&self.overhead, self.index, Purpose::Overhead, row.line, row.attempt);
        let argument = step_argument(slot, self.runs[slot].generation);
        core.after(slowed(overhead, self.slow), Class::Completion, self.index, Timer::Step, argument);
    }

    /// Goes to the next stage that there is something for; after the last one the execution is over.
    fn advance(&mut self, core: &mut Core, slot: u32) {
        while let Some(stage) = self.stages.get(self.runs[slot].begun).copied() {
            self.runs[slot].begun += 1;
            if self.call(core, slot, stage) {
                return;
            }
        }
        self.end(core, slot);
    }

    /// Calls a stage with every event that is still to be delivered. Answers whether there is something to wait for.
    fn call(&mut self, core: &mut Core, slot: u32, stage: Stage) -> bool {
        let Run { item, generation, .. } = self.runs[slot];
        let batch = core.items[item].batch;
        let mut copies = Vec::new();
        for position in 0..core.batches[batch].members.len() {
            let member = core.batches[batch].members[position];
            if member.failed || core.copies[member.copy].state == MessageState::Gone {
                continue;
            }
            let cause = core.cause_of_copy(member.copy);
            if !stage.enrichment && self.is_taken_out(core, cause.line) {
                core.filtered(stage.edge, cause.journey);
                continue;
            }
            let copy = core.open_call(stage.edge, token(slot, position, generation), &cause, 0);
            // Another delivery has the luck of a further attempt: what is poison stays poison.
            core.copies[copy].attempt = member.delivery - 1 + core.batches[batch].tries.saturating_sub(1);
            copies.push(copy);
        }
        self.runs[slot].pending = copies.len() as u32;
        if stage.together && !copies.is_empty() {
            core.fly(stage.edge, 0, &copies);
        } else {
            for copy in copies {
                core.attempt_in_turn(copy);
            }
        }
        self.runs[slot].pending > 0
    }

    /// Whether the enrichment has kept an event to itself.
    fn is_taken_out(&self, core: &Core, line: u64) -> bool {
        let keeps = self.stages.iter().find(|stage| stage.enrichment).map_or(1.0, |stage| stage.keeps);
        core.chance(1.0 - keeps, self.index, Purpose::Filter, line, 0)
    }

    /// The stage is over: a failed enrichment fails the whole batch, a target only what it has failed.
    fn stage_over(&mut self, core: &mut Core, slot: u32) {
        let Run { item, begun, .. } = self.runs[slot];
        let batch = core.items[item].batch;
        let enrichment = self.stages[begun - 1].enrichment;
        if enrichment && core.batches[batch].members.iter().any(|member| member.failed) {
            mark(core, batch, true);
            self.end(core, slot);
            return;
        }
        self.advance(core, slot);
    }

    /// It has run too long: what it called goes on without it.
    fn cut_off(&mut self, core: &mut Core, slot: u32) {
        let now = core.now();
        self.runs[slot].timer = NONE;
        let batch = core.items[self.runs[slot].item].batch;
        core.limits[self.duration_limit as usize].refuse(now);
        mark(core, batch, true);
        self.runs[slot].tried = true;
        self.end(core, slot);
    }

    fn end(&mut self, core: &mut Core, slot: u32) {
        let now = core.now();
        let Run { item, timer, began, tried, throttled, .. } = self.runs[slot];
        core.queue.cancel(timer);
        self.runs[slot].alive = false;
        self.runs.remove(slot);
        core.pools[self.pool as usize] -= 1;
        core.events += 1;
        let took = now - began;
        core.limits[self.duration_limit as usize].level(now, seconds(took));
        let batch = core.items[item].batch;
        let failed = core.batches[batch].members.iter().filter(|member| member.failed).count();
        let outcome = match failed {
            0 => Outcome::Ok,
            // Nothing has reached the target, and it may do so in a while.
            n if throttled && !tried && n == core.batches[batch].members.len() => Outcome::Throttled,
            _ => Outcome::Failed,
        };
        if outcome == Outcome::Throttled {
            // The poller tries the same batch again.
            mark(core, batch, false);
        }
        let meter = &mut core.nodes[self.index as usize];
        meter.busy.subtract(now, 1);
        match outcome {
            Outcome::Ok => meter.completed.add(1),
            Outcome::Throttled => meter.refused.add(1),
            _ => meter.failed.add(1),
        }
        if now >= core.warm_up {
            meter.sojourn.record(took);
        }
        core.note_item(item, self.index, if outcome == Outcome::Ok { TraceEvent::Done } else { TraceEvent::Failed });
        core.answer(item, outcome);
    }
}

/// Says of every event of a batch whether it has failed.
fn mark(core: &mut Core, batch: u32, failed: bool) {
    for member in &mut core.batches[batch].members {
        member.failed = failed;
    }
}

impl Behavior for Pipe {
    fn arrive(&mut self, core: &mut Core, item: u32) {
        let now = core.now();
        core.items[item].arrived = now;
        core.nodes[self.index as usize].arrivals.add(1);
        if let Some((outcome, limit)) = self.refusal(core, core.items[item].bytes) {
            core.nodes[self.index as usize].refused.add(1);
            core.limits[limit as usize].refuse(now);
            if outcome == Outcome::Rejected {
                let batch = core.items[item].batch;
                mark(core, batch, true);
            }
            core.answer(item, outcome);
            return;
        }
        self.begin(core, item);
    }

    fn timer(&mut self, core: &mut Core, timer: Timer, argument: u32) {
        match timer {
            Timer::Step => {
                let slot = slot_of(u64::from(argument));
                let Run { alive, generation, .. } = self.runs[slot];
                // An execution may have been cut off meanwhile.
                if alive && argument == step_argument(slot, generation) {
                    self.advance(core, slot);
                }
            }
            Timer::InvocationTimeout => self.cut_off(core, argument),
            other => debug_assert!(false, "{other:?} is not a timer of a pipe"),
        }
    }

    fn settled(&mut self, core: &mut Core, copy: u32, outcome: Outcome) {
        let token = core.copies[copy].token;
        let slot = slot_of(token);
        let run = &mut self.runs[slot];
        run.pending -= 1;
        if outcome == Outcome::Throttled {
            run.throttled = true;
        } else if outcome != Outcome::Ok {
            run.tried = true;
        }
        let (pending, item) = (run.pending, run.item);
        if outcome != Outcome::Ok {
            let batch = core.items[item].batch;
            core.batches[batch].members[position_of(token)].failed = true;
        }
        if pending == 0 {
            self.stage_over(core, slot);
        }
    }

    fn awaits(&self, token: u64) -> bool {
        let run = &self.runs[slot_of(token)];
        run.alive && u64::from(run.generation) == token >> (SLOT_BITS + POSITION_BITS)
    }

    fn fault(&mut self, core: &mut Core, effect: &Effect, on: bool) {
        match effect {
            Effect::Slow { factor } => self.slow = if on { *factor } else { 1.0 },
            Effect::Tighten { factor, .. } => core.pools_left[self.pool as usize] = if on { *factor } else { 1.0 },
            _ => {}
        }
    }

    fn names(&self) -> Names {
        Names {
            arrivals: "Invocations",
            completed: "ExecutionsSucceeded",
            refused: "ExecutionThrottled",
            failed: "ExecutionFailed",
            busy: "Concurrency",
            waiting: "",
            ..Names::PLAIN
        }
    }

    fn billed(&self, core: &Core, _now: Nanos) -> Vec<f64> {
        let metered = self.stages.iter().filter(|stage| stage.metered);
        let calls: u64 = metered.map(|stage| core.edges[stage.edge as usize].attempts.total()).sum();
        vec![core.nodes[self.index as usize].units[0] as f64, calls as f64]
    }

    fn figures(&self, core: &Core, put: &mut dyn FnMut(&str, f64)) {
        put("billed_requests", core.nodes[self.index as usize].units[0] as f64);
    }
}

//! An execution: from its start to its end, whatever that is.

use super::{Kind, Workflow};
use crate::{
    core::{Cause, Core, MessageState},
    event::{Class, Event, Timer},
    faults::slowed,
    ledger::Fate,
    outcome::Outcome,
    result::TraceEvent,
    rng::{Purpose, mix},
    slab::NONE,
    time::{Nanos, seconds},
};

/// An execution.
#[derive(Clone, Copy, Debug)]
pub(super) struct Execution {
    pub(super) cause: Cause,
    source: Source,
    pub(super) root: u32,
    timer: u32,
    began: Nanos,
    /// Events in its history.
    pub(super) history: u64,
    /// States that it has entered.
    pub(super) entered: u32,
}

/// What is held until the end.
#[derive(Clone, Copy, Debug)]
enum Source {
    /// A caller that waits.
    Item(u32),
    /// A copy that is kept here, since its caller has gone.
    Copy(u32),
}

impl Workflow {
    /// Starts for a caller that waits.
    pub(super) fn begin_for_item(&mut self, core: &mut Core, item: u32) {
        let row = core.items[item];
        let latency = match &self.kind {
            Kind::Standard(_) => &self.start_latency,
            Kind::Express(express) => &express.sync_start_latency,
        };
        let delay = core.sample(latency, self.index, Purpose::Overhead, row.line, row.attempt);
        let cause = core.cause(item);
        // Each attempt of the caller is an execution of its own.
        let line = mix(cause.line, u64::from(row.attempt));
        self.begin(core, Source::Item(item), Cause { line, ..cause }, delay);
    }

    /// Starts for a caller that only wants to know that it was started.
    pub(super) fn begin_kept(&mut self, core: &mut Core, cause: &Cause) {
        let copy = core.keep(self.index, cause, MessageState::InFlight);
        let row = core.copies[copy].row;
        core.ledger.attempt(row);
        let kept = core.cause_of_copy(copy);
        let delay = core.sample(&self.start_latency, self.index, Purpose::Overhead, kept.line, 0);
        self.begin(core, Source::Copy(copy), kept, delay);
    }

    /// Starts a second execution of the same event.
    pub(super) fn begin_again(&mut self, core: &mut Core, cause: &Cause) {
        self.begin_kept(core, &Cause { line: mix(cause.line, 0xd0b1e), ..*cause });
    }

    fn begin(&mut self, core: &mut Core, source: Source, cause: Cause, delay: Nanos) {
        let now = core.now();
        self.counts.started += 1;
        core.nodes[self.index as usize].busy.add(now, 1);
        if let Kind::Standard(standard) = &self.kind {
            core.pools[standard.pool as usize] += 1;
        }
        core.note(cause.journey, self.index, NONE, TraceEvent::Start);
        let delay = slowed(delay, self.slow);
        let history = match &self.kind {
            Kind::Standard(standard) => standard.events.execution,
            Kind::Express(_) => 0,
        };
        let slot = self.executions.insert(Execution { cause, source, root: NONE, timer: NONE, began: now, history, entered: 0 });
        let event = Event::Timer { node: self.index, timer: Timer::InvocationTimeout, argument: slot };
        self.executions[slot].timer = core.queue.set_timer(self.execution_lane, now.saturating_add(self.longest), Class::Arrival, event);
        let root = self.spawn(core, slot, NONE, self.first, 0, delay);
        self.executions[slot].root = root;
    }

    /// It has run too long.
    pub(super) fn cut_off(&mut self, core: &mut Core, slot: u32) {
        let now = core.now();
        self.executions[slot].timer = NONE;
        self.counts.timed_out += 1;
        core.limits[self.duration_limit as usize].refuse(now);
        core.note(self.executions[slot].cause.journey, self.index, NONE, TraceEvent::TimedOut);
        self.end(core, slot, Outcome::Failed);
    }

    /// Ends it, with whatever of it still runs.
    pub(super) fn end(&mut self, core: &mut Core, slot: u32, outcome: Outcome) {
        let now = core.now();
        let Execution { cause, source, root, timer, began, history, .. } = self.executions[slot];
        core.queue.cancel(timer);
        self.kill(core, root);
        self.executions.remove(slot);
        core.events += 1;
        let took = now - began;
        core.limits[self.duration_limit as usize].level(now, seconds(took));
        let meter = &mut core.nodes[self.index as usize];
        meter.busy.subtract(now, 1);
        match &self.kind {
            Kind::Standard(standard) => {
                core.pools[standard.pool as usize] -= 1;
                core.limits[standard.history_limit as usize].level(now, history as f64);
            }
            Kind::Express(express) => meter.units[1] += took.div_ceil(express.billed_step),
        }
        let meter = &mut core.nodes[self.index as usize];
        if outcome == Outcome::Ok {
            meter.completed.add(1);
        } else {
            meter.failed.add(1);
        }
        if now >= core.warm_up {
            meter.sojourn.record(took);
        }
        core.note(cause.journey, self.index, NONE, if outcome == Outcome::Ok { TraceEvent::Done } else { TraceEvent::Failed });
        match source {
            Source::Item(item) => core.answer(item, outcome),
            Source::Copy(copy) => {
                core.end_copy(copy, if outcome == Outcome::Ok { Fate::Done } else { Fate::Failed });
                core.forget(copy);
            }
        }
    }
}

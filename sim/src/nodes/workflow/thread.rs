//! A thread goes from state to state; branches and iterations are threads of their own.

use plimsoll_models::{
    families::HistoryEvents,
    machine::{CountLaw, RETRIERS_MAX},
};
use rand::RngExt as _;

use super::{
    Kind, Workflow,
    failure::Failure,
    ready::{TaskReady, Way, Work},
};
use crate::{
    core::{Cause, Core},
    event::{Class, Event, Timer},
    faults::slowed,
    outcome::Outcome,
    rng::{Purpose, mix},
    slab::NONE,
    time::Nanos,
};

/// Most states that one execution enters: what ends a circle that takes no time.
const ENTERED_MAX: u32 = 1_000_000;

/// A thread.
#[derive(Clone, Copy, Debug)]
pub(super) struct Thread {
    pub(super) execution: u32,
    /// Tells a call of this thread from earlier ones of the same slot.
    generation: u32,
    pub(super) parent: u32,
    /// Its latest child, and its neighbors among the children of its parent.
    child: u32,
    older: u32,
    younger: u32,
    pub(super) state: u32,
    line: u64,
    /// States entered so far, so that the same state draws anew when a circle comes back to it.
    visit: u32,
    phase: Phase,
    /// Whether its step timer is set; the slot stays until it fires.
    armed: bool,
    dead: bool,
    task_timer: u32,
    callback_timer: u32,
    pub(super) attempt: u32,
    /// What its attempts are counted from: another one for each attempt of the states that it belongs to.
    attempts_from: u32,
    pub(super) retries: [u32; RETRIERS_MAX],
    /// Children that run.
    running: u32,
    /// Iterations that have not begun.
    left: u32,
    /// Number of the next child.
    next_child: u32,
    /// When the latest iteration began.
    last_start: Nanos,
    /// Whether its states stand in the history of the execution.
    recorded: bool,
}

/// Where a thread stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// It begins a little later.
    Starting,
    /// It enters its state.
    Entering,
    /// Its state lets time pass.
    Waiting,
    /// It tries its state again a little later.
    Backoff,
    /// It waits for a call or for a token.
    Calling,
    /// It waits for its children.
    Joining,
    /// It is over.
    Over,
}

/// How far the attempts of children are apart, prime so that those of several levels hardly meet.
const ATTEMPTS_APART: u32 = 1_009;
/// What is kept of an attempt's number, so that counting on cannot overflow.
const ATTEMPTS_MASK: u32 = 0x3fff_ffff;

impl Thread {
    /// Whether it waits for the call with this generation.
    pub(super) fn awaits(&self, generation: u32) -> bool {
        self.phase == Phase::Calling && self.generation == generation && !self.dead
    }

    /// Number of the attempt among all of this visit, those of the states that it belongs to included. What is tried again
    /// keeps its line, so that poison stays poison, and has a number of its own, so that chance draws anew.
    pub(super) fn attempt_of_all(&self) -> u32 {
        self.attempts_from.wrapping_add(self.attempt) & ATTEMPTS_MASK
    }

    /// What makes the draws of this visit of its state its own.
    pub(super) fn visit_line(&self) -> u64 {
        mix(self.line, u64::from(self.visit))
    }
}

impl Workflow {
    /// Makes a thread that begins in a state after a delay.
    pub(super) fn spawn(&mut self, core: &mut Core, execution: u32, parent: u32, state: u32, number: u32, delay: Nanos) -> u32 {
        let (line, attempts_from, recorded, older) = if parent == NONE {
            (self.executions[execution].cause.line, 0, true, NONE)
        } else {
            let row = &self.threads[parent];
            let distributed = matches!(self.states[row.state as usize].work, Work::Map { distributed: true, .. });
            let attempts_from = row.attempt_of_all().wrapping_mul(ATTEMPTS_APART);
            (mix(row.visit_line(), u64::from(number) + 1), attempts_from, row.recorded && !distributed, row.child)
        };
        let fresh = Thread {
            execution,
            generation: 0,
            parent,
            child: NONE,
            older,
            younger: NONE,
            state,
            line,
            visit: 0,
            phase: Phase::Starting,
            armed: false,
            dead: false,
            task_timer: NONE,
            callback_timer: NONE,
            attempt: 0,
            attempts_from,
            retries: [0; RETRIERS_MAX],
            running: 0,
            left: 0,
            next_child: 0,
            last_start: 0,
            recorded,
        };
        let slot = self.threads.reuse(|| fresh);
        let generation = self.threads[slot].generation;
        self.threads[slot] = Thread { generation, ..fresh };
        if parent != NONE {
            self.threads[parent].child = slot;
            self.threads[parent].running += 1;
            if older != NONE {
                self.threads[older].younger = slot;
            }
        }
        self.arm(core, slot, Phase::Starting, delay);
        slot
    }

    /// Sets the step timer.
    pub(super) fn arm(&mut self, core: &mut Core, slot: u32, phase: Phase, delay: Nanos) {
        let thread = &mut self.threads[slot];
        debug_assert!(!thread.armed, "a thread waits for one thing at a time");
        (thread.phase, thread.armed) = (phase, true);
        core.after(delay, Class::Completion, self.index, Timer::Step, slot);
    }

    /// The step timer fires.
    pub(super) fn step(&mut self, core: &mut Core, slot: u32) {
        let thread = &mut self.threads[slot];
        thread.armed = false;
        if thread.dead {
            self.threads.remove(slot);
            return;
        }
        match thread.phase {
            Phase::Starting | Phase::Backoff => self.enter(core, slot),
            Phase::Entering => self.work(core, slot),
            Phase::Waiting => self.leave(core, slot),
            Phase::Calling | Phase::Joining | Phase::Over => debug_assert!(false, "no step is due in this phase"),
        }
    }

    /// Adds events to the history of the execution, where one is kept.
    fn record(&mut self, slot: u32, events: fn(&HistoryEvents) -> u64) {
        let Thread { execution, recorded, .. } = self.threads[slot];
        if let (Kind::Standard(standard), true) = (&self.kind, recorded) {
            self.executions[execution].history += events(&standard.events);
        }
    }

    /// Enters the state, for the first time or again: that is a transition.
    fn enter(&mut self, core: &mut Core, slot: u32) {
        let now = core.now();
        let execution = self.threads[slot].execution;
        let (line, attempt) = (self.threads[slot].visit_line(), self.threads[slot].attempt_of_all());
        core.nodes[self.index as usize].units[0] += 1;
        self.record(slot, |events| events.state);
        let row = &mut self.executions[execution];
        row.entered += 1;
        let (history, mut too_long) = (row.history, row.entered > ENTERED_MAX);
        self.counts.endless += u64::from(too_long);
        let mut delay = core.sample(&self.state_latency, self.index, Purpose::Step, line, attempt);
        delay = slowed(delay, self.slow);
        if let Kind::Standard(standard) = &self.kind {
            if history > standard.history_max {
                core.limits[standard.history_limit as usize].refuse(now);
                too_long = true;
            }
            core.limits[standard.rate_limit as usize].demand(now, 1.0);
            let wait = core.buckets[standard.bucket as usize].reserve(now, 1.0);
            if wait > 0 {
                core.limits[standard.rate_limit as usize].delay(now, wait);
                core.nodes[self.index as usize].special.add(1);
                delay = delay.saturating_add(wait);
            }
        }
        if too_long {
            self.end(core, execution, Outcome::Failed);
            return;
        }
        if matches!(&self.states[self.threads[slot].state as usize].work, Work::Task(task) if task.is_http) {
            let (bucket, limit) = self.http;
            core.limits[limit as usize].demand(now, 1.0);
            let wait = core.buckets[bucket as usize].reserve(now, 1.0);
            if wait > 0 {
                core.limits[limit as usize].delay(now, wait);
                delay = delay.max(wait);
            }
        }
        self.arm(core, slot, Phase::Entering, delay);
    }

    /// Does what the state is for.
    fn work(&mut self, core: &mut Core, slot: u32) {
        let thread = self.threads[slot];
        match &self.states[thread.state as usize].work {
            Work::Task(task) => {
                let task = *task;
                self.call(core, slot, &task);
            }
            Work::Choice { options, default } => {
                let event_type = self.executions[thread.execution].cause.event_type;
                let lot: f64 = core.draw(self.index, Purpose::Route, thread.visit_line(), 0).random();
                let fits = |way: &Way| match way {
                    Way::Type(wanted) => *wanted == event_type,
                    Way::Below(sum) => lot < *sum,
                    Way::Never => false,
                };
                match options.iter().find(|(way, _)| fits(way)).map(|(_, next)| *next).or(*default) {
                    Some(next) => self.go(core, slot, next),
                    None => self.fail(core, slot, Failure::Task),
                }
            }
            Work::Parallel(branches) => {
                let n = branches.len() as u32;
                self.record(slot, |events| events.state);
                self.threads[slot].phase = Phase::Joining;
                for number in 0..n {
                    let Work::Parallel(branches) = &self.states[thread.state as usize].work else { return };
                    let first = branches[number as usize];
                    self.spawn(core, thread.execution, slot, first, number, 0);
                }
            }
            Work::Map { items, .. } => {
                let n = match items.unwrap_or(self.map.items) {
                    CountLaw::Constant(count) => count,
                    CountLaw::Uniform { low, high } => core.draw(self.index, Purpose::Mix, thread.visit_line(), 0).random_range(low..=high),
                };
                self.record(slot, |events| events.state);
                let row = &mut self.threads[slot];
                (row.phase, row.left, row.next_child, row.last_start) = (Phase::Joining, n, 0, 0);
                self.iterate(core, slot);
                if n == 0 {
                    self.leave(core, slot);
                }
            }
            Work::Wait(law) => {
                let time = core.sample(law, self.index, Purpose::Service, thread.visit_line(), 0);
                self.arm(core, slot, Phase::Waiting, time);
            }
            Work::Pass => self.leave(core, slot),
            Work::Succeed => self.over(core, slot),
            Work::Fail(error) => {
                let error = *error;
                self.fail(core, slot, Failure::Named(error));
            }
        }
    }

    /// Begins iterations of a map, as many as may run at a time.
    fn iterate(&mut self, core: &mut Core, slot: u32) {
        let Thread { state, execution, .. } = self.threads[slot];
        let Work::Map { first, concurrency, distributed, .. } = self.states[state as usize].work else { return };
        let most = if distributed { self.map.distributed_concurrency } else { self.map.concurrency };
        let most = if concurrency == 0 { most } else { concurrency.min(most) };
        while self.threads[slot].left > 0 && self.threads[slot].running < most {
            let now = core.now();
            let row = &mut self.threads[slot];
            let at = if distributed && row.next_child > 0 { now.max(row.last_start + self.map.distributed_gap) } else { now };
            row.left -= 1;
            row.last_start = at;
            row.next_child += 1;
            let number = row.next_child;
            if !distributed {
                self.record(slot, |events| events.iteration);
            }
            self.spawn(core, execution, slot, first, number, at - now);
        }
    }

    /// Calls along the edge of a task.
    fn call(&mut self, core: &mut Core, slot: u32, task: &TaskReady) {
        self.record(slot, |events| events.call);
        let now = core.now();
        let thread = &mut self.threads[slot];
        thread.generation = thread.generation.wrapping_add(1);
        thread.phase = Phase::Calling;
        let token = (u64::from(thread.generation) << 32) | u64::from(slot);
        let (line, attempt) = (thread.visit_line(), thread.attempt_of_all());
        let mut cause = Cause { line, ..self.executions[thread.execution].cause };
        if let Some(event_type) = task.event_type {
            cause.event_type = event_type;
            cause.bytes = core.program.event_types[event_type as usize].bytes.unwrap_or(cause.bytes);
        }
        if !core.passes(task.edge, &cause) {
            core.filtered(task.edge, cause.journey);
            self.leave(core, slot);
            return;
        }
        if let Some((timeout, lane)) = task.timeout {
            let event = Event::Timer { node: self.index, timer: Timer::TaskTimeout, argument: slot };
            self.threads[slot].task_timer = core.queue.set_timer(lane, now.saturating_add(timeout), Class::Arrival, event);
        }
        let copy = core.open_call(task.edge, token, &cause, 0);
        // A retry is a copy of its own with the luck of a further attempt: what is poison stays poison.
        core.copies[copy].attempt = attempt;
        core.attempt(copy);
    }

    /// The call of a task has its outcome.
    pub(super) fn task_settled(&mut self, core: &mut Core, slot: u32, outcome: Outcome) {
        let thread = self.threads[slot];
        if let Some(failure) = Failure::of(outcome) {
            self.stop_waiting(core, slot);
            self.fail(core, slot, failure);
            return;
        }
        let calls_back = matches!(&self.states[thread.state as usize].work, Work::Task(task) if task.calls_back);
        let delay = if calls_back {
            core.sample(&self.callback, self.index, Purpose::Think, thread.visit_line(), thread.attempt_of_all())
        } else {
            0
        };
        if delay == 0 {
            self.stop_waiting(core, slot);
            self.leave(core, slot);
            return;
        }
        // The call is over: another outcome for its token must not come.
        self.threads[slot].generation = thread.generation.wrapping_add(1);
        let event = Event::Timer { node: self.index, timer: Timer::Callback, argument: slot };
        let at = core.now().saturating_add(delay);
        self.threads[slot].callback_timer = core.queue.set_timer(self.callback_lane, at, Class::Completion, event);
    }

    /// The token of a task comes back.
    pub(super) fn called_back(&mut self, core: &mut Core, slot: u32) {
        self.threads[slot].callback_timer = NONE;
        self.stop_waiting(core, slot);
        self.leave(core, slot);
    }

    /// A task has taken too long; its call goes on for nobody.
    pub(super) fn task_timed_out(&mut self, core: &mut Core, slot: u32) {
        self.threads[slot].task_timer = NONE;
        self.stop_waiting(core, slot);
        self.fail(core, slot, Failure::Timeout);
    }

    /// Cancels the timers of a task and forgets its call.
    fn stop_waiting(&mut self, core: &mut Core, slot: u32) {
        let thread = &mut self.threads[slot];
        thread.generation = thread.generation.wrapping_add(1);
        for timer in [&mut thread.task_timer, &mut thread.callback_timer] {
            core.queue.cancel(std::mem::replace(timer, NONE));
        }
    }

    /// Leaves the state for the next one.
    fn leave(&mut self, core: &mut Core, slot: u32) {
        match self.states[self.threads[slot].state as usize].next {
            Some(next) => self.go(core, slot, next),
            None => self.over(core, slot),
        }
    }

    /// Goes to a state.
    pub(super) fn go(&mut self, core: &mut Core, slot: u32, state: u32) {
        let thread = &mut self.threads[slot];
        (thread.state, thread.attempt, thread.retries) = (state, 0, [0; RETRIERS_MAX]);
        thread.visit = thread.visit.wrapping_add(1);
        self.enter(core, slot);
    }

    /// The thread has come to its end; whoever waits for it goes on.
    fn over(&mut self, core: &mut Core, slot: u32) {
        let Thread { parent, execution, .. } = self.threads[slot];
        if parent == NONE {
            self.end(core, execution, Outcome::Ok);
            return;
        }
        self.unlink(parent, slot);
        self.kill(core, slot);
        self.threads[parent].running -= 1;
        self.iterate(core, parent);
        if self.threads[parent].running == 0 {
            self.leave(core, parent);
        }
    }

    /// Takes a thread out of the list of its parent.
    fn unlink(&mut self, parent: u32, slot: u32) {
        let Thread { older, younger, .. } = self.threads[slot];
        if younger == NONE {
            self.threads[parent].child = older;
        } else {
            self.threads[younger].older = older;
        }
        if older != NONE {
            self.threads[older].younger = younger;
        }
    }

    /// Ends a thread with all its children, wherever they stand. Nesting is bounded by the reader.
    pub(super) fn kill(&mut self, core: &mut Core, slot: u32) {
        if slot == NONE {
            return;
        }
        self.kill_children(core, slot);
        self.stop_waiting(core, slot);
        let thread = &mut self.threads[slot];
        thread.phase = Phase::Over;
        if thread.armed {
            thread.dead = true;
        } else {
            self.threads.remove(slot);
        }
    }

    /// Ends the children of a thread.
    pub(super) fn kill_children(&mut self, core: &mut Core, slot: u32) {
        let mut child = std::mem::replace(&mut self.threads[slot].child, NONE);
        (self.threads[slot].running, self.threads[slot].left) = (0, 0);
        while child != NONE {
            let next = self.threads[child].older;
            self.kill(core, child);
            child = next;
        }
    }
}

//! One run of a function: its steps in order, for one event or for a batch.

use plimsoll_models::work::Per;

use super::{Compute, DURATION, PROVISIONED, REQUESTS, Work, WorkCall, start::Preparation};
use crate::{
    core::{Cause, Copy, Core, Item, MessageState},
    event::{Class, Event, Timer},
    faults::slowed,
    outcome::Outcome,
    result::TraceEvent,
    rng::{Purpose, mix},
    slab::NONE,
    time::Nanos,
};

/// A run of a function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Invocation {
    item: u32,
    instance: u32,
    /// Tells calls of this invocation from those of an earlier one in the same slot.
    generation: u32,
    step: u32,
    /// Which event of the batch the step is at.
    member: u32,
    /// Which repetition of the call.
    repeat: u32,
    /// Calls that have not been settled.
    pending: u32,
    failed: bool,
    alive: bool,
    timer: u32,
    began: Nanos,
    preparation: Preparation,
}

/// Bits of an invocation's slot in the argument of its step timer; the rest is its generation.
const SLOT_BITS: u32 = 22;

fn step_argument(slot: u32, generation: u32) -> u32 {
    debug_assert!(slot < 1 << SLOT_BITS, "more concurrent invocations than a timer can name");
    slot | (generation << SLOT_BITS)
}

fn token(slot: u32, generation: u32) -> u64 {
    (u64::from(generation) << 32) | u64::from(slot)
}

impl Compute {
    /// Invocations whose instance is not ready yet.
    pub(super) fn being_prepared(&self, now: Nanos) -> u64 {
        let prepared = |run: &Invocation| run.began.saturating_add(run.preparation.before).saturating_add(run.preparation.within);
        self.invocations.enumerate().filter(|(_, run)| run.alive && now < prepared(run)).count() as u64
    }

    /// Whether an invocation still waits for the call with this token.
    pub(super) fn is_alive(&self, token: u64) -> bool {
        let invocation = &self.invocations[token as u32];
        invocation.alive && invocation.generation == (token >> 32) as u32
    }

    /// Starts an invocation on an instance.
    pub(super) fn begin(&mut self, core: &mut Core, item: u32, instance: u32, cold: bool) {
        let now = core.now();
        self.busy += 1;
        self.occupy(core, instance);
        core.items[item].started = now;
        let row = core.items[item];
        let meter = &mut core.nodes[self.index as usize];
        meter.busy.add(now, 1);
        let waited = now - row.arrived;
        if now >= core.warm_up {
            meter.wait.record(waited);
            meter.waited.add(u64::from(waited > 0));
        }
        core.note_item(item, self.index, TraceEvent::Start);
        let preparation = self.preparation(core, &row, instance, cold);
        let Preparation { before, within, .. } = preparation;
        let first = self.duration_of(core, &row, cold).saturating_add(before).saturating_add(within);
        let slot = self.invocations.reuse(|| Invocation {
            item: NONE,
            instance: NONE,
            generation: 0,
            step: 0,
            member: 0,
            repeat: 0,
            pending: 0,
            failed: false,
            alive: false,
            timer: NONE,
            began: 0,
            preparation,
        });
        let generation = self.invocations[slot].generation.wrapping_add(1);
        let timeout = Event::Timer { node: self.index, timer: Timer::InvocationTimeout, argument: slot };
        let lane = if before > 0 { self.cold_timeout_lane } else { self.timeout_lane };
        let timer = core.queue.set_timer(lane, now.saturating_add(before).saturating_add(self.timeout), Class::Arrival, timeout);
        self.invocations[slot] = Invocation {
            item,
            instance,
            generation,
            step: 0,
            member: 0,
            repeat: 0,
            pending: 0,
            failed: false,
            alive: true,
            timer,
            began: now,
            preparation,
        };
        core.after(first, Class::Completion, self.index, Timer::Step, step_argument(slot, generation));
    }

    fn duration_of(&self, core: &Core, row: &Item, cold: bool) -> Nanos {
        let cold_law = self.per_request.as_ref().and_then(|scaling| scaling.cold_duration.as_ref()).filter(|_| cold);
        let base = match cold_law.or(self.duration.as_ref()) {
            Some(law) => {
                core.sample(law, self.index, if cold_law.is_some() { Purpose::Cold } else { Purpose::Service }, row.line, row.attempt)
            }
            None => core.journeys[row.journey].recorded,
        };
        let extra: Nanos = match (&self.duration_per_event, row.batch) {
            (Some(law), batch) if batch != NONE => (1..core.batches[batch].members.len())
                .map(|n| core.sample(law, self.index, Purpose::Step, mix(row.line, n as u64), row.attempt))
                .sum(),
            _ => 0,
        };
        self.scaled(base.saturating_add(extra))
    }

    /// What a request pays before its own work.
    fn preparation(&mut self, core: &mut Core, row: &Item, instance: u32, cold: bool) -> Preparation {
        let Some(scaling) = &mut self.per_request else { return Preparation::default() };
        if cold {
            scaling.start.cold(core, self.index, row)
        } else if std::mem::take(&mut self.instances.get(instance).reset) {
            scaling.start.suppressed(core, self.index, row)
        } else {
            Preparation::default()
        }
    }

    /// An instance of a function serves a request.
    fn occupy(&mut self, core: &mut Core, instance: u32) {
        let Some(scaling) = &mut self.per_request else { return };
        if self.instances.get(instance).provisioned {
            let busy = scaling.provisioned.busy() + 1;
            scaling.provisioned.set_busy(core.now(), busy);
        } else if scaling.reserved.is_none() {
            core.pools[scaling.pool as usize] += 1;
        }
    }

    /// An instance of a function has served a request.
    fn vacate(&mut self, core: &mut Core, instance: u32) {
        let Some(scaling) = &mut self.per_request else { return };
        if self.instances.get(instance).provisioned {
            let busy = scaling.provisioned.busy() - 1;
            scaling.provisioned.set_busy(core.now(), busy);
            self.put_back_provisioned(core, instance);
            return;
        }
        if scaling.reserved.is_none() {
            core.pools[scaling.pool as usize] -= 1;
        }
        self.instances.release(core, instance);
    }

    fn scaled(&self, time: Nanos) -> Nanos {
        slowed(time, self.cpu_factor * self.slow)
    }

    /// Computing is over: the next step follows.
    pub(super) fn step_over(&mut self, core: &mut Core, argument: u32) {
        let slot = argument & ((1 << SLOT_BITS) - 1);
        let Invocation { alive, generation, .. } = self.invocations[slot];
        // A timer of an invocation that was cut off finds the slot dead or used by a later one.
        if alive && argument == step_argument(slot, generation) {
            self.advance(core, slot);
        }
    }

    /// Goes through the steps until one takes time.
    fn advance(&mut self, core: &mut Core, slot: u32) {
        loop {
            let Invocation { item, step, member, repeat, generation, .. } = self.invocations[slot];
            let Some(work) = self.steps.get(step as usize) else {
                self.finish(core, slot);
                return;
            };
            match work {
                Work::Compute { time, per } => {
                    let n = if *per == Per::Event { members(core, item) } else { 1 };
                    let row = core.items[item];
                    let purpose = |n: usize| mix(row.line, (u64::from(step) << 20) + n as u64 + 1);
                    let total: Nanos = (0..n).map(|n| core.sample(time, self.index, Purpose::Step, purpose(n), row.attempt)).sum();
                    self.invocations[slot].step += 1;
                    if total > 0 {
                        let total = self.scaled(total);
                        core.after(total, Class::Completion, self.index, Timer::Step, step_argument(slot, generation));
                        return;
                    }
                }
                Work::Calls { calls, per } => {
                    let n = if *per == Per::Event { members(core, item) } else { 1 };
                    let most = calls.iter().map(|call| call.times).max().unwrap_or(0);
                    if let [call] = &calls[..]
                        && core.program.edges[call.edge as usize].gathers.is_some()
                        && member == 0
                    {
                        // One after the other would be a request each.
                        self.invocations[slot].member = n as u32;
                        if self.make_calls_together(core, slot, step, n) {
                            return;
                        }
                        continue;
                    }
                    if member as usize >= n {
                        let invocation = &mut self.invocations[slot];
                        (invocation.step, invocation.member, invocation.repeat) = (step + 1, 0, 0);
                        continue;
                    }
                    if repeat >= most {
                        let invocation = &mut self.invocations[slot];
                        (invocation.member, invocation.repeat) = (member + 1, 0);
                        continue;
                    }
                    self.invocations[slot].repeat += 1;
                    if self.make_calls(core, slot, step, member, repeat) {
                        return;
                    }
                }
            }
        }
    }

    /// Makes the calls of a step for one event. Answers whether there is something to wait for.
    fn make_calls(&mut self, core: &mut Core, slot: u32, step: u32, member: u32, repeat: u32) -> bool {
        let Invocation { item, instance, generation, .. } = self.invocations[slot];
        let client = client_of(instance);
        let Some((cause, attempt)) = member_cause(core, item, member as usize) else { return false };
        let Work::Calls { calls, .. } = &self.steps[step as usize] else { return false };
        let mut pending = 0;
        for (position, call) in calls.iter().enumerate() {
            let Some(cause) = self.cause_of_call(core, &cause, attempt, (step, repeat, position)) else { continue };
            pending += 1;
            // Each attempt of the event makes its own calls, so its attempt is part of what tells them apart.
            let (token, repeat) = (token(slot, generation), (attempt << 16) | (step << 10) | repeat);
            if core.program.edges[call.edge as usize].connections > 0 {
                let holder = match &mut self.fleet {
                    Some(fleet) => fleet.holder(core, instance),
                    None => self.instances.holder(core, instance),
                };
                core.call_from((client, holder), call.edge, token, &cause, repeat);
            } else {
                core.call_as(client, call.edge, token, &cause, repeat);
            }
        }
        self.invocations[slot].pending = pending;
        pending > 0
    }

    /// Makes the calls of a step for all events at once. Answers whether there is something to wait for.
    fn make_calls_together(&mut self, core: &mut Core, slot: u32, step: u32, events: usize) -> bool {
        let Invocation { item, instance, generation, .. } = self.invocations[slot];
        let client = client_of(instance);
        let Work::Calls { calls, .. } = &self.steps[step as usize] else { return false };
        let WorkCall { edge, times, .. } = calls[0];
        let mut copies = Vec::new();
        for member in 0..events {
            let Some((cause, attempt)) = member_cause(core, item, member) else { continue };
            for repeat in 0..times {
                let Some(cause) = self.cause_of_call(core, &cause, attempt, (step, repeat, 0)) else { continue };
                let copy = core.open_call(edge, token(slot, generation), &cause, (attempt << 16) | (step << 10) | repeat);
                core.copies[copy].client = member as u32;
                copies.push(copy);
            }
        }
        self.invocations[slot].pending = copies.len() as u32;
        core.fly_all(edge, client, &copies);
        !copies.is_empty()
    }

    /// What a call of a step is about, if it is made at all.
    fn cause_of_call(&self, core: &mut Core, cause: &Cause, attempt: u32, (step, repeat, position): (u32, u32, usize)) -> Option<Cause> {
        let Work::Calls { calls, .. } = &self.steps[step as usize] else { return None };
        let call = calls.get(position)?;
        let line = mix(cause.line, (u64::from(step) << 32) | (u64::from(repeat) << 8) | position as u64);
        if repeat >= call.times || (call.probability < 1.0 && !core.chance(call.probability, self.index, Purpose::Route, line, attempt)) {
            return None;
        }
        let mut cause = *cause;
        cause.laps = self.next_lap(cause.laps);
        if let Some(event_type) = call.event_type {
            cause.event_type = event_type;
            cause.bytes = core.program.event_types[event_type as usize].bytes.unwrap_or(cause.bytes);
        }
        if !core.passes(call.edge, &cause) {
            core.filtered(call.edge, cause.journey);
            return None;
        }
        Some(cause)
    }

    /// A call has its final outcome.
    pub(super) fn call_settled(&mut self, core: &mut Core, copy: u32, outcome: Outcome) {
        let row = core.copies[copy];
        if !self.is_alive(row.token) {
            return;
        }
        let slot = row.token as u32;
        let Invocation { item, step, member, .. } = self.invocations[slot];
        if outcome != Outcome::Ok {
            let Work::Calls { calls, .. } = &self.steps[step as usize] else { return };
            let ignored = calls.iter().any(|call| call.edge == row.edge && call.ignore_errors);
            if !ignored {
                let together = core.program.edges[row.edge as usize].gathers.is_some() && calls.len() == 1;
                mark_failed(core, item, if together { row.client as usize } else { member as usize });
                self.invocations[slot].failed = true;
            }
        }
        let invocation = &mut self.invocations[slot];
        invocation.pending -= 1;
        if invocation.pending > 0 {
            return;
        }
        if invocation.failed {
            if core.items[item].batch == NONE {
                self.finish(core, slot);
                return;
            }
            // The rest of this event's calls is skipped, the batch goes on with the next event.
            let invocation = &mut self.invocations[slot];
            invocation.failed = false;
            (invocation.member, invocation.repeat) = (member + 1, 0);
        }
        self.advance(core, slot);
    }

    /// The invocation is over: what failed by itself fails now.
    fn finish(&mut self, core: &mut Core, slot: u32) {
        let Invocation { item, failed, .. } = self.invocations[slot];
        let row = core.items[item];
        let mut outcome = if failed { Outcome::Failed } else { Outcome::Ok };
        if row.batch == NONE {
            if self.fails(core, row.line, row.line, row.attempt) || core.is_poisoned(self.index, row.journey, row.line) {
                outcome = Outcome::Failed;
            }
        } else {
            let whole = !self.per_event_failures && core.chance(self.transient, self.index, Purpose::Failure, row.line, row.attempt);
            for position in 0..core.batches[row.batch].members.len() {
                let member = core.batches[row.batch].members[position];
                let Copy { line, journey, .. } = core.copies[member.copy];
                let draws = if self.per_event_failures { line } else { row.line };
                if whole || self.fails(core, draws, line, member.delivery) || core.is_poisoned(self.index, journey, line) {
                    core.batches[row.batch].members[position].failed = true;
                }
            }
            if core.batches[row.batch].members.iter().any(|member| member.failed) {
                outcome = Outcome::Failed;
            }
        }
        if self.crashes(core, slot, &row) {
            outcome = Outcome::Failed;
        }
        self.end(core, slot, outcome);
    }

    /// Whether the process dies: everything fails, and the instance must be initialized again.
    fn crashes(&mut self, core: &mut Core, slot: u32, row: &Item) -> bool {
        let Some(scaling) = &self.per_request else { return false };
        if !core.chance(scaling.crashes, self.index, Purpose::Crash, row.line, row.attempt) {
            return false;
        }
        self.instances.reset(core, self.invocations[slot].instance);
        fail_all(core, row.batch);
        true
    }

    fn fails(&self, core: &Core, transient_line: u64, line: u64, attempt: u32) -> bool {
        attempt <= self.fail_attempts
            || core.chance(self.transient, self.index, Purpose::Failure, transient_line, attempt)
            || core.chance(self.poison, self.index, Purpose::Poison, line, 0)
    }

    /// The invocation ran too long: it is cut off, its calls go on without it, the instance starts afresh.
    pub(super) fn timed_out(&mut self, core: &mut Core, slot: u32) {
        let now = core.now();
        self.invocations[slot].timer = NONE;
        let Invocation { instance, .. } = self.invocations[slot];
        if self.per_request.is_some() {
            self.instances.reset(core, instance);
        }
        core.limits[self.timeout_limit as usize].refuse(now);
        core.limits[self.timeout_limit as usize].level(now, crate::time::seconds(self.timeout));
        self.abort(core, slot);
    }

    /// The invocation is cut off: every event of it fails.
    pub(super) fn abort(&mut self, core: &mut Core, slot: u32) {
        fail_all(core, core.items[self.invocations[slot].item].batch);
        self.end(core, slot, Outcome::Failed);
    }

    /// What runs on an instance.
    pub(super) fn invocations_on(&self, instance: u32) -> Vec<u32> {
        self.invocations.enumerate().filter(|(_, row)| row.alive && row.instance == instance).map(|(slot, _)| slot).collect()
    }

    fn end(&mut self, core: &mut Core, slot: u32, outcome: Outcome) {
        let now = core.now();
        let Invocation { item, instance, timer, began, preparation, .. } = self.invocations[slot];
        core.queue.cancel(timer);
        self.invocations[slot].alive = false;
        self.invocations.remove(slot);
        self.busy -= 1;
        core.events += 1;
        let row = core.items[item];
        let took = now - began;
        core.limits[self.timeout_limit as usize].level(now, crate::time::seconds(took.saturating_sub(preparation.before)));
        let meter = &mut core.nodes[self.index as usize];
        meter.busy.subtract(now, 1);
        meter.units[REQUESTS] += 1;
        if let Some(scaling) = &self.per_request {
            let unit = if self.instances.get(instance).provisioned { PROVISIONED } else { DURATION };
            meter.units[unit] += took.saturating_sub(preparation.unbilled).div_ceil(scaling.billed_step);
        }
        if outcome == Outcome::Ok {
            meter.completed.add(1);
        } else {
            meter.failed.add(1);
        }
        if now >= core.warm_up {
            meter.sojourn.record(now - row.arrived);
        }
        core.note_item(item, self.index, if outcome == Outcome::Ok { TraceEvent::Done } else { TraceEvent::Failed });
        self.vacate(core, instance);
        if let Some(fleet) = &mut self.fleet {
            fleet.release(core, instance);
        }
        if outcome == Outcome::Ok && !self.idempotent {
            repeated_effects(core, &row);
        }
        core.answer(item, outcome);
        self.next_in_line(core);
    }
}

/// Events of an item.
fn members(core: &Core, item: u32) -> usize {
    match core.items[item].batch {
        NONE => 1,
        batch => core.batches[batch].members.len(),
    }
}

/// Each instance has client libraries of its own.
fn client_of(instance: u32) -> u32 {
    if instance == NONE { 0 } else { instance }
}

/// What one event of an item hands on, and which attempt at it this is; `None` when it is gone or has failed already.
fn member_cause(core: &Core, item: u32, position: usize) -> Option<(Cause, u32)> {
    let row = core.items[item];
    if row.batch == NONE {
        return Some((core.cause(item), row.attempt));
    }
    let member = core.batches[row.batch].members.get(position)?;
    if member.failed || core.copies[member.copy].state == MessageState::Gone {
        return None;
    }
    Some((core.cause_of_copy(member.copy), member.delivery))
}

fn fail_all(core: &mut Core, batch: u32) {
    if batch != NONE {
        for member in &mut core.batches[batch].members {
            member.failed = true;
        }
    }
}

fn mark_failed(core: &mut Core, item: u32, position: usize) {
    let batch = core.items[item].batch;
    if batch != NONE
        && let Some(member) = core.batches[batch].members.get_mut(position)
    {
        member.failed = true;
    }
}

/// Deliveries of a message that is already gone take effect once more, unless the consumer is idempotent.
fn repeated_effects(core: &mut Core, row: &Item) {
    if row.batch == NONE {
        return;
    }
    for position in 0..core.batches[row.batch].members.len() {
        let copy = core.batches[row.batch].members[position].copy;
        if core.copies[copy].state == MessageState::Gone {
            let row = core.copies[copy].row;
            core.ledger.repeated_effect(row);
        }
    }
}

//! Asynchronous invocation: events are accepted at once into the function's own queue, tried, and tried again.

use plimsoll_models::families::{self, DestinationOf};

use super::{Compute, REQUESTS};
use crate::{
    core::{Core, Item, MessageState, NOBODY, ReplyTo},
    event::{Class, Timer},
    ledger::Fate,
    outcome::Outcome,
    program::NodeProgram,
    result::TraceEvent,
    rng::Purpose,
    sample::Sampler,
    slab::NONE,
    time::{Nanos, nanos},
};

/// Rules of a function's own queue.
#[derive(Clone, Debug)]
pub(super) struct Async {
    hop: Sampler,
    retries: u32,
    waits: [Nanos; 2],
    backoff: Nanos,
    backoff_cap: Nanos,
    max_age: Nanos,
    payload: f64,
    payload_limit: u32,
    metered_first: f64,
    metered_chunk: f64,
}

impl Async {
    pub(super) fn new(config: &families::Asynchronous, node: &NodeProgram) -> Self {
        Self {
            hop: Sampler::new(&config.hop),
            retries: config.retries,
            waits: config.waits.map(nanos),
            backoff: nanos(config.backoff),
            backoff_cap: nanos(config.backoff_cap),
            max_age: nanos(config.max_age),
            payload: config.payload.value,
            payload_limit: node.limits[&config.payload.key],
            metered_first: config.metered_first,
            metered_chunk: config.metered_chunk,
        }
    }

    /// The wait of an event that the provider could not try, after so many others.
    fn backed_off(&self, before: u64) -> Nanos {
        self.backoff.saturating_mul(1_u64 << before.min(32)).min(self.backoff_cap)
    }

    /// Requests that are metered for an event beside its invocations.
    fn metered_beside(&self, bytes: u32) -> u64 {
        ((f64::from(bytes) - self.metered_first).max(0.0) / self.metered_chunk.max(1.0)).ceil() as u64
    }
}

impl Compute {
    /// Takes an event over from its sender.
    pub(super) fn accept_async(&self, core: &mut Core, item: u32) {
        let now = core.now();
        let cause = core.cause(item);
        let Some(scaling) = &self.per_request else { return };
        let rules = &scaling.asynchronous;
        let limit = &mut core.limits[rules.payload_limit as usize];
        limit.level(now, f64::from(cause.bytes));
        if f64::from(cause.bytes) > rules.payload {
            limit.refuse(now);
            core.nodes[self.index as usize].arrivals.add(1);
            core.nodes[self.index as usize].refused.add(1);
            core.answer(item, Outcome::Rejected);
            return;
        }
        core.nodes[self.index as usize].units[REQUESTS] += rules.metered_beside(cause.bytes);
        let copy = core.keep(self.index, &cause, MessageState::Visible);
        core.answer(item, Outcome::Ok);
        core.nodes[self.index as usize].waiting.add(now, 1);
        let line = core.copies[copy].line;
        let hop = core.sample(&rules.hop, self.index, Purpose::Pickup, line, 0);
        core.after(hop, Class::Arrival, self.index, Timer::AsyncAttempt, copy);
    }

    /// Tries an event.
    pub(super) fn try_async(&mut self, core: &mut Core, copy: u32) {
        let now = core.now();
        let row = core.copies[copy];
        let Some(scaling) = &self.per_request else { return };
        if now - row.born > scaling.asynchronous.max_age {
            self.expire_async(core, copy);
            return;
        }
        // The dashboard tells the age of an event when it is tried, again and again.
        core.nodes[self.index as usize].age.see(now - row.born);
        // An error of the provider's own is none of the function: the event stays in its queue, with all its retries.
        if let Some(hang) = core.out_inside(self.index) {
            let wait = hang.saturating_add(scaling.asynchronous.backed_off(row.token));
            core.copies[copy].token += 1;
            core.note(row.journey, self.index, NONE, TraceEvent::Failed);
            core.after(wait, Class::Arrival, self.index, Timer::AsyncAttempt, copy);
            return;
        }
        if row.attempt == 0 && self.comes_too_often(core, row.laps) {
            core.nodes[self.index as usize].waiting.subtract(now, 1);
            self.give_up_async(core, copy, Fate::Dropped);
            return;
        }
        core.nodes[self.index as usize].waiting.subtract(now, 1);
        core.ledger.attempt(row.row);
        core.copies[copy].attempt += 1;
        core.copies[copy].state = MessageState::InFlight;
        let item = core.items.insert(Item {
            line: row.line,
            journey: row.journey,
            edge: row.edge,
            attempt: row.attempt + 1,
            reply: ReplyTo::Async(copy),
            batch: NONE,
            bytes: row.bytes,
            event_type: row.event_type,
            laps: row.laps,
            arrived: row.born,
            started: now,
            origin: NONE,
        });
        core.note(row.journey, self.index, NONE, TraceEvent::Attempt);
        if core.faults.is_quiet() || !core.strike_inside(item, self.index) {
            self.admit(core, item);
        }
    }

    /// An attempt at an event has its outcome.
    pub(super) fn async_answered(&self, core: &mut Core, item: u32, outcome: Outcome) {
        let ReplyTo::Async(copy) = core.items[item].reply else { return };
        let now = core.now();
        let row = core.copies[copy];
        let Some(scaling) = &self.per_request else { return };
        let rules = &scaling.asynchronous;
        let wait = match outcome {
            Outcome::Ok => {
                self.to_destinations(core, copy, DestinationOf::Success);
                core.end_copy(copy, Fate::Done);
                core.forget(copy);
                return;
            }
            // A function that may never run does not make its events wait.
            Outcome::Throttled if scaling.reserved == Some(0) => {
                core.note(row.journey, self.index, NONE, TraceEvent::Throttled);
                self.give_up_async(core, copy, Fate::Rejected);
                return;
            }
            Outcome::Throttled => {
                // Throttles do not use up retries; the token counts them. The attempt is given back.
                core.copies[copy].token += 1;
                core.copies[copy].attempt -= 1;
                core.note(row.journey, self.index, NONE, TraceEvent::Throttled);
                rules.backed_off(row.token)
            }
            Outcome::Failed | Outcome::TimedOut | Outcome::Rejected | Outcome::Expired => {
                if row.attempt > rules.retries {
                    self.give_up_async(core, copy, Fate::Failed);
                    return;
                }
                rules.waits[(row.attempt as usize - 1).min(1)]
            }
        };
        core.copies[copy].state = MessageState::Visible;
        core.nodes[self.index as usize].waiting.add(now, 1);
        core.after(wait, Class::Arrival, self.index, Timer::AsyncAttempt, copy);
    }

    /// An event has become too old while it waited.
    pub(super) fn expire_async(&self, core: &mut Core, copy: u32) {
        let now = core.now();
        core.nodes[self.index as usize].waiting.subtract(now, 1);
        let journey = core.copies[copy].journey;
        core.note(journey, self.index, NONE, TraceEvent::Expired);
        self.give_up_async(core, copy, Fate::Expired);
    }

    /// Nobody tries an event any more: it goes to the dead-letter target and to the destinations of failures.
    fn give_up_async(&self, core: &mut Core, copy: u32, fate: Fate) {
        let handed_on = self.to_destinations(core, copy, DestinationOf::Failure);
        let fate = if core.dead_letter(self.index, copy) || handed_on { Fate::DeadLettered } else { fate };
        if fate != Fate::DeadLettered {
            let journey = core.copies[copy].journey;
            core.note(journey, self.index, NONE, TraceEvent::GivenUp);
        }
        core.end_copy(copy, fate);
        core.forget(copy);
    }

    /// Sends the result of an event to its destinations. Answers whether there is one.
    fn to_destinations(&self, core: &mut Core, copy: u32, of: DestinationOf) -> bool {
        let mut some = false;
        for position in 0..core.program.nodes[self.index as usize].destinations.len() {
            let edge = core.program.nodes[self.index as usize].destinations[position];
            if core.program.edges[edge as usize].destination != Some(of) {
                continue;
            }
            let mut cause = core.cause_of_copy(copy);
            cause.laps = self.next_lap(cause.laps);
            if core.passes(edge, &cause) {
                core.call(edge, NOBODY, &cause, 0);
            } else {
                core.filtered(edge, cause.journey);
            }
            some = true;
        }
        some
    }
}

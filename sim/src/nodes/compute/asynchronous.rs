//! Asynchronous invocation: events are accepted at once into the function's own queue, tried, and tried again.

use plimsoll_models::families;

use super::Compute;
use crate::{
    core::{Core, Item, MessageState, ReplyTo},
    event::{Class, Timer},
    ledger::Fate,
    outcome::Outcome,
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
}

impl Async {
    pub(super) fn new(scaling: &families::PerRequest) -> Self {
        Self {
            hop: Sampler::new(&scaling.async_hop),
            retries: scaling.async_retries,
            waits: scaling.async_waits.map(nanos),
            backoff: nanos(scaling.async_backoff),
            backoff_cap: nanos(scaling.async_backoff_cap),
            max_age: nanos(scaling.async_max_age),
        }
    }
}

impl Compute {
    /// Takes an event over from its sender.
    pub(super) fn accept_async(&self, core: &mut Core, item: u32) {
        let now = core.now();
        let cause = core.cause(item);
        let copy = core.keep(self.index, &cause, MessageState::Visible);
        core.answer(item, Outcome::Ok);
        core.nodes[self.index as usize].waiting.add(now, 1);
        let Some(scaling) = &self.per_request else { return };
        let line = core.copies[copy].line;
        let hop = core.sample(&scaling.asynchronous.hop, self.index, Purpose::Pickup, line, 0);
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
                core.end_copy(copy, Fate::Done);
                core.forget(copy);
                return;
            }
            Outcome::Throttled => {
                // Throttles do not use up retries; the token counts them. The attempt is given back.
                let throttles = row.token.min(60) as u32;
                core.copies[copy].token += 1;
                core.copies[copy].attempt -= 1;
                core.note(row.journey, self.index, NONE, TraceEvent::Throttled);
                rules.backoff.saturating_mul(1_u64 << throttles.min(32)).min(rules.backoff_cap)
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

    fn give_up_async(&self, core: &mut Core, copy: u32, fate: Fate) {
        let fate = if core.dead_letter(self.index, copy) { Fate::DeadLettered } else { fate };
        if fate != Fate::DeadLettered {
            let journey = core.copies[copy].journey;
            core.note(journey, self.index, NONE, TraceEvent::GivenUp);
        }
        core.end_copy(copy, fate);
        core.forget(copy);
    }
}

//! Batches on their way to a function that the bus waits for.
//!
//! A batch that the bus has given up still runs at its target while its events are tried again, so they are kept until
//! both are over.

use super::CustomBus;
use crate::{
    core::{Batch, Core, Item, Member, MessageState, ReplyTo},
    event::{Class, Event, Timer},
    outcome::Outcome,
    rng::{self, Purpose, mix},
    slab::NONE,
};

/// A batch of one subscriber.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flight {
    position: usize,
    group: u64,
    batch: u32,
    /// Timer of its time-out.
    timer: u32,
    given_up: bool,
}

impl CustomBus {
    /// An empty batch.
    pub(super) fn new_batch(core: &mut Core) -> u32 {
        let now = core.now();
        let batch = core.batches.reuse(Batch::default);
        let row = &mut core.batches[batch];
        row.members.clear();
        row.opened = now;
        row.tries = 0;
        // Its events are held as copies of their edge, not by the batch.
        row.edge = None;
        batch
    }

    /// An event joins a batch for its next attempt.
    pub(super) fn board(core: &mut Core, batch: u32, copy: u32) {
        let now = core.now();
        let row = &mut core.copies[copy];
        row.attempt += 1;
        row.sent = now;
        row.holders += 1;
        let delivery = row.attempt;
        core.batches[batch].members.push(Member { copy, delivery, received: now, failed: false });
    }

    /// A batch sets off.
    pub(super) fn fly(&mut self, core: &mut Core, position: usize, group: u64, batch: u32) {
        let flight = self.flights.insert(Flight { position, group, batch, timer: NONE, given_up: false });
        core.batches[batch].lane = flight;
        self.send(core, flight);
    }

    fn send(&mut self, core: &mut Core, flight: u32) {
        let now = core.now();
        let Flight { position, batch, .. } = self.flights[flight];
        let (edge, lane) = (self.subscribers[position].edge, self.subscribers[position].timeouts);
        let mut bytes = 0;
        for at in 0..core.batches[batch].members.len() {
            bytes += u64::from(core.copies[core.batches[batch].members[at].copy].bytes);
            core.ledger.attempt(edge);
            core.edges[edge as usize].attempts.add(1);
        }
        let head = core.copies[core.batches[batch].members[0].copy];
        let item = core.items.insert(Item {
            line: mix(head.line, u64::from(head.attempt)),
            journey: head.journey,
            edge,
            attempt: head.attempt,
            reply: ReplyTo::Mapping(self.index),
            batch,
            bytes: bytes.min(u64::from(u32::MAX)) as u32,
            event_type: head.event_type,
            laps: head.laps,
            arrived: now,
            started: now,
            origin: NONE,
        });
        let program = &core.program.edges[edge as usize];
        let timeout = program.policy.timeout;
        let latency = program.latency.draw(&mut rng::draw(core.edge_keys[edge as usize], Purpose::Latency, head.line, head.attempt));
        let latency = if core.faults.is_quiet() { latency } else { core.stretched(edge, latency) };
        if timeout > 0 {
            let event = Event::Timer { node: self.index, timer: Timer::TaskTimeout, argument: flight };
            self.flights[flight].timer = core.queue.set_timer(lane, now + timeout, Class::Arrival, event);
        }
        core.queue.schedule(now.saturating_add(latency), Class::Arrival, Event::Reach { item });
    }

    /// An invocation is over.
    pub(super) fn landed(&mut self, core: &mut Core, item: u32, outcome: Outcome) {
        let flight = core.batches[core.items[item].batch].lane;
        if !self.flights[flight].given_up {
            core.queue.cancel(self.flights[flight].timer);
            self.conclude(core, flight, outcome);
        }
        self.land(core, flight);
    }

    /// The bus waits no longer for an invocation, which goes on without it.
    pub(super) fn given_up(&mut self, core: &mut Core, flight: u32) {
        self.flights[flight].given_up = true;
        self.conclude(core, flight, Outcome::TimedOut);
    }

    /// What becomes of the events of a batch: those that are not done with try again together.
    fn conclude(&mut self, core: &mut Core, flight: u32, outcome: Outcome) {
        let now = core.now();
        let Flight { position, group, batch, .. } = self.flights[flight];
        let edge = self.subscribers[position].edge;
        let meter = &mut core.edges[edge as usize];
        match outcome {
            Outcome::Ok => {}
            Outcome::Throttled => meter.throttled.add(1),
            Outcome::TimedOut => meter.timeouts.add(1),
            Outcome::Failed | Outcome::Rejected | Outcome::Expired => meter.failed.add(1),
        }
        let head = core.copies[core.batches[batch].members[0].copy];
        let wait = if outcome == Outcome::Ok { 0 } else { core.backoff(edge, head.line, head.attempt) };
        let (mut next, mut done) = (NONE, 0);
        for at in 0..core.batches[batch].members.len() {
            let copy = core.batches[batch].members[at].copy;
            let again = core.is_retriable(copy, outcome);
            if again && !core.outlives(copy, wait) {
                if next == NONE {
                    next = Self::new_batch(core);
                }
                Self::board(core, next, copy);
                core.edges[edge as usize].orbit.add(now, 1);
                continue;
            }
            let outcome = if again { Outcome::Expired } else { outcome };
            core.settle(copy, outcome);
            self.count(core, copy, outcome);
            core.copies[copy].state = MessageState::Gone;
            done += 1;
        }
        if next != NONE {
            let flight = self.flights.insert(Flight { position, group, batch: next, timer: NONE, given_up: false });
            core.batches[next].lane = flight;
            core.after(wait, Class::Arrival, self.index, Timer::BatchRetry, flight);
        }
        if done > 0 {
            self.leave(core, position, group, done);
        }
    }

    /// The wait before the next attempt of a batch is over.
    pub(super) fn again(&mut self, core: &mut Core, flight: u32) {
        let now = core.now();
        let Flight { position, batch, .. } = self.flights[flight];
        let edge = self.subscribers[position].edge;
        for at in 0..core.batches[batch].members.len() {
            let copy = core.batches[batch].members[at].copy;
            core.copies[copy].sent = now;
            core.edges[edge as usize].orbit.subtract(now, 1);
        }
        self.send(core, flight);
    }

    /// Nobody needs a batch any more.
    fn land(&mut self, core: &mut Core, flight: u32) {
        let batch = self.flights[flight].batch;
        for at in 0..core.batches[batch].members.len() {
            core.unhold_message(core.batches[batch].members[at].copy);
        }
        core.batches[batch].members.clear();
        core.batches.remove(batch);
        self.flights.remove(flight);
    }
}

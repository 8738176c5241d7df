//! A queue with visibility time-out: send, receive, delete, or reappear; after enough receives to the dead-letter queue.
//!
//! ```text
//! send --> delayed --> visible <-----------------+
//!                        | receive               | visibility over
//!                        v                       |
//!                     in flight -----------------+
//!                        | delete
//! ```
//! The messages lie in [`crate::core::Store`], since mappings take them from there.

use plimsoll_models::{families::QueueConfig, fault::Effect};

use super::{Behavior, Names};
use crate::{
    core::{Cause, Copy, Core, MessageState},
    event::{Class, Event, Timer},
    ledger::Fate,
    outcome::Outcome,
    program::NodeProgram,
    result::TraceEvent,
    rng::{Purpose, mix},
    sample::Sampler,
    slab::NONE,
    time::{Nanos, nanos, seconds},
};

/// A queue.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    index: u32,
    pollers: Vec<u32>,
    retention: Nanos,
    delay: Nanos,
    send_latency: Sampler,
    message_bytes: f64,
    chunk: f64,
    size_limit: u32,
}

impl Queue {
    pub(crate) fn new(node: &NodeProgram, index: u32, config: &QueueConfig) -> Self {
        Self {
            index,
            pollers: node.pollers.clone(),
            retention: nanos(config.retention),
            delay: nanos(config.delay),
            send_latency: Sampler::new(&config.send_latency),
            message_bytes: config.message_size.value,
            chunk: config.metered_chunk,
            size_limit: node.limits[&config.message_size.key],
        }
    }

    fn accept(&self, core: &mut Core, item: u32) {
        let cause = core.cause(item);
        self.keep(core, &cause);
        if core.is_doubled(self.index, cause.line) {
            self.keep(core, &Cause { line: mix(cause.line, DUPLICATE), ..cause });
        }
        core.answer(item, Outcome::Ok);
        let meter = &mut core.nodes[self.index as usize];
        meter.accepted.add(1);
        meter.units[0] += chunks(cause.bytes, self.chunk);
    }

    fn keep(&self, core: &mut Core, cause: &Cause) {
        let now = core.now();
        let delayed = self.delay > 0;
        let copy = core.keep(self.index, cause, if delayed { MessageState::Delayed } else { MessageState::Visible });
        core.nodes[self.index as usize].waiting.add(now, 1);
        core.note(cause.journey, self.index, NONE, TraceEvent::Enqueued);
        let lane = core.stores[self.index as usize].retention_lane;
        let expiry = Event::Timer { node: self.index, timer: Timer::Retention, argument: copy };
        core.copies[copy].second_timer = core.queue.set_timer(lane, now.saturating_add(self.retention), Class::Arrival, expiry);
        if delayed {
            let lane = core.stores[self.index as usize].lane;
            let visible = Event::Timer { node: self.index, timer: Timer::Visible, argument: copy };
            core.copies[copy].timer = core.queue.set_timer(lane, now.saturating_add(self.delay), Class::Arrival, visible);
        } else {
            self.show(core, copy);
        }
        if self.pollers.is_empty() {
            core.rest(copy);
        }
    }

    /// A message can be received, and the pollers hear of it.
    fn show(&self, core: &mut Core, copy: u32) {
        core.copies[copy].state = MessageState::Visible;
        core.copies[copy].sent = core.now();
        let Copy { attempt, line, .. } = core.copies[copy];
        core.stores[self.index as usize].visible.push_back((copy, attempt, line));
        for poller in &self.pollers {
            core.after(0, Class::Arrival, *poller, Timer::Poll, 0);
        }
    }
}

/// Tells the second message that a fault makes of one from the first.
const DUPLICATE: u64 = 0x2d;

/// Billed requests for so many bytes.
pub(crate) fn chunks(bytes: u32, chunk: f64) -> u64 {
    (f64::from(bytes) / chunk).ceil().max(1.0) as u64
}

impl Behavior for Queue {
    fn arrive(&mut self, core: &mut Core, item: u32) {
        let now = core.now();
        core.items[item].arrived = now;
        core.nodes[self.index as usize].arrivals.add(1);
        let row = core.items[item];
        core.limits[self.size_limit as usize].level(now, f64::from(row.bytes));
        if f64::from(row.bytes) > self.message_bytes {
            core.nodes[self.index as usize].refused.add(1);
            core.limits[self.size_limit as usize].refuse(now);
            core.answer(item, Outcome::Rejected);
            return;
        }
        let latency = core.sample(&self.send_latency, self.index, Purpose::Overhead, row.line, row.attempt);
        if latency == 0 {
            self.accept(core, item);
        } else {
            core.after(latency, Class::Arrival, self.index, Timer::Release, item);
        }
    }

    fn timer(&mut self, core: &mut Core, timer: Timer, argument: u32) {
        match timer {
            Timer::Release => self.accept(core, argument),
            Timer::Visible => {
                core.copies[argument].timer = NONE;
                if core.copies[argument].state == MessageState::InFlight {
                    let now = core.now();
                    core.stores[self.index as usize].in_flight -= 1;
                    core.nodes[self.index as usize].busy.subtract(now, 1);
                    core.nodes[self.index as usize].waiting.add(now, 1);
                }
                self.show(core, argument);
            }
            Timer::Retention => {
                core.copies[argument].second_timer = NONE;
                let journey = core.copies[argument].journey;
                core.note(journey, self.index, NONE, TraceEvent::Expired);
                core.drop_message(self.index, argument, Fate::Expired);
            }
            other => debug_assert!(false, "{other:?} is not a timer of a queue"),
        }
    }

    fn settled(&mut self, _core: &mut Core, _copy: u32, _outcome: Outcome) {}

    fn fault(&mut self, core: &mut Core, effect: &Effect, on: bool) {
        // Pollers that found a dead queue hear that it is back.
        if matches!(effect, Effect::Outage { .. }) && !on {
            for poller in &self.pollers {
                core.after(0, Class::Arrival, *poller, Timer::Poll, 0);
            }
        }
    }

    fn names(&self) -> Names {
        Names {
            arrivals: "NumberOfMessagesSent",
            completed: "NumberOfMessagesDeleted",
            refused: "Refused",
            special: "DeadLettered",
            busy: "ApproximateNumberOfMessagesNotVisible",
            waiting: "ApproximateNumberOfMessagesVisible",
            ..Names::PLAIN
        }
    }

    fn billed(&self, core: &Core) -> Vec<f64> {
        vec![core.nodes[self.index as usize].units[0] as f64]
    }

    fn figures(&self, core: &Core, put: &mut dyn FnMut(&str, f64)) {
        let meter = &core.nodes[self.index as usize];
        put("sent", meter.accepted.total() as f64);
        put("deleted", meter.completed.total() as f64);
        put("dead_lettered", meter.special.total() as f64);
        put("received", core.ledger.row(core.program.edges.len() as u32 + self.index).attempts as f64);
        put("backlog.mean", meter.waiting.mean(core.now()));
        put("backlog.max", meter.waiting.max() as f64);
        put("age.max", oldest(core, self.index));
        put("billed_requests", meter.units[0] as f64);
    }
}

/// Greatest age of any message of a queue, those still there included.
fn oldest(core: &Core, queue: u32) -> f64 {
    let row = core.program.edges.len() as u32 + queue;
    let held = core.copies.occupied().filter(|copy| copy.row == row && copy.edge == NONE).map(|copy| core.now() - copy.born).max();
    seconds(core.nodes[queue as usize].age_max.max(held.unwrap_or(0)))
}

/// What mappings do with the messages of a queue.
impl Core {
    /// The next message that can be received, for its first or a repeated delivery. Messages that were received often
    /// enough go to the dead-letter queue on the way.
    pub(crate) fn receive(
        &mut self,
        queue: u32,
        max_receives: u32,
        visibility: Nanos,
        in_flight_max: f64,
        in_flight_limit: u32,
    ) -> Option<u32> {
        let now = self.now();
        if self.faults.is_out(queue) {
            return None;
        }
        loop {
            let store = &mut self.stores[queue as usize];
            if store.in_flight as f64 >= in_flight_max {
                if !store.visible.is_empty() {
                    self.limits[in_flight_limit as usize].delay(now, 0);
                }
                return None;
            }
            let (copy, delivery, line) = store.visible.pop_front()?;
            let row = self.copies[copy];
            if row.state != MessageState::Visible || row.attempt != delivery || row.line != line {
                continue;
            }
            if row.attempt >= max_receives && self.program.nodes[queue as usize].dead_letter.is_some() {
                self.dead_letter(queue, copy);
                self.nodes[queue as usize].special.add(1);
                self.drop_message(queue, copy, Fate::DeadLettered);
                continue;
            }
            self.copies[copy].state = MessageState::InFlight;
            self.copies[copy].attempt += 1;
            self.copies[copy].holders += 1;
            self.ledger.attempt(row.row);
            let in_flight = {
                let store = &mut self.stores[queue as usize];
                store.in_flight += 1;
                store.in_flight
            };
            self.limits[in_flight_limit as usize].level(now, in_flight as f64);
            let meter = &mut self.nodes[queue as usize];
            meter.waiting.subtract(now, 1);
            meter.busy.add(now, 1);
            meter.age_max = meter.age_max.max(now - row.born);
            if now >= self.warm_up {
                meter.wait.record(now - row.born);
            }
            self.note(row.journey, queue, NONE, TraceEvent::Received);
            let lane = self.stores[queue as usize].lane;
            let visible = Event::Timer { node: queue, timer: Timer::Visible, argument: copy };
            let timer = self.queue.set_timer(lane, now.saturating_add(visibility), Class::Arrival, visible);
            self.copies[copy].timer = timer;
            return Some(copy);
        }
    }

    /// A consumer deletes a message that it has received.
    pub(crate) fn delete_message(&mut self, queue: u32, copy: u32) {
        let now = self.now();
        let row = self.copies[copy];
        if row.state == MessageState::Gone {
            return;
        }
        let meter = &mut self.nodes[queue as usize];
        meter.completed.add(1);
        if now >= self.warm_up {
            meter.sojourn.record(now - row.born);
        }
        self.note(row.journey, queue, NONE, TraceEvent::Deleted);
        self.drop_message(queue, copy, Fate::Done);
    }

    /// A batch does not mention a message any more.
    pub(crate) fn unhold_message(&mut self, copy: u32) {
        self.copies[copy].holders -= 1;
        if self.copies[copy].holders == 0 && self.copies[copy].state == MessageState::Gone {
            self.forget(copy);
        }
    }

    /// Ends a message, wherever it stands.
    fn drop_message(&mut self, queue: u32, copy: u32, fate: Fate) {
        let now = self.now();
        let row = self.copies[copy];
        for timer in [row.timer, row.second_timer] {
            self.queue.cancel(timer);
        }
        let meter = &mut self.nodes[queue as usize];
        match row.state {
            MessageState::InFlight => {
                meter.busy.subtract(now, 1);
                self.stores[queue as usize].in_flight -= 1;
            }
            MessageState::Delayed | MessageState::Visible => meter.waiting.subtract(now, 1),
            MessageState::Gone => return,
        }
        let meter = &mut self.nodes[queue as usize];
        meter.age_max = meter.age_max.max(now - row.born);
        self.copies[copy].state = MessageState::Gone;
        self.end_copy(copy, fate);
        if row.holders == 0 {
            self.forget(copy);
        }
    }
}

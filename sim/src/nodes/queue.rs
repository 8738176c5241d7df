//! A queue with visibility time-out: send, receive, delete, or reappear; after enough receives to the dead-letter queue.
//!
//! ```text
//! send --> delayed --> visible <-----------------+
//!                        | receive               | visibility over
//!                        v                       |
//!                     in flight -----------------+
//!                        | delete
//! ```
//! The messages lie in [`Store`], since mappings take them from there.

mod ordered;
mod store;

use plimsoll_models::{
    families::{QueueConfig, RedriveConfig},
    fault::Effect,
};

use ordered::Ordered;
pub(crate) use store::{Continued, Store};

use super::{Behavior, Names, payload::Payload};
use crate::{
    core::{Cause, Core, MessageState, NOBODY, ReplyTo},
    event::{Class, Event, Timer},
    ledger::Fate,
    live::NodeLook,
    outcome::Outcome,
    program::Program,
    result::TraceEvent,
    rng::{Purpose, mix},
    sample::Sampler,
    slab::NONE,
    time::{NEVER, Nanos, nanos, seconds},
};

/// A queue.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    index: u32,
    pollers: Vec<u32>,
    /// Poll edges of the pollers.
    polls: Vec<u32>,
    retention: Nanos,
    delay: Nanos,
    send_latency: Sampler,
    payload: Payload,
    /// Messages of a send call, and what has gathered of the next one: messages and bytes.
    send_batch: u32,
    gathered: (u32, u64),
    ordered: Option<Ordered>,
    redrive: Option<Redrive>,
}

/// A task that moves messages to another queue.
#[derive(Clone, Copy, Debug)]
struct Redrive {
    edge: u32,
    start: Nanos,
    /// Time between two messages.
    gap: Nanos,
}

impl Queue {
    pub(crate) fn new(program: &Program, index: u32, config: &QueueConfig) -> Self {
        let node = &program.nodes[index as usize];
        let polls = node.pollers.iter().map(|poller| program.mappings[*poller as usize - program.nodes.len()]).collect();
        let redrive = node.calls.iter().find_map(|edge| {
            let RedriveConfig { start, rate, .. } = program.edges[*edge as usize].redrive?;
            Some(Redrive { edge: *edge, start: nanos(start), gap: nanos(1.0 / rate).max(1) })
        });
        Self {
            index,
            pollers: node.pollers.clone(),
            polls,
            retention: nanos(config.retention),
            delay: nanos(config.delay),
            send_latency: Sampler::new(&config.send_latency),
            payload: Payload::new(node, index, &config.message_size, config.metered_chunk),
            send_batch: config.send_batch,
            gathered: (0, 0),
            ordered: config.fifo.as_ref().map(|fifo| Ordered::new(node, fifo, config.send_batch)),
            redrive,
        }
    }

    /// A send call is over.
    fn accept_sent(&mut self, core: &mut Core, item: u32) {
        self.meter_send(core, core.items[item].bytes);
        core.answer(item, Outcome::Ok);
        self.accept(core, item);
    }

    /// The sent message is there.
    fn accept(&mut self, core: &mut Core, item: u32) {
        let (cause, edge) = (core.cause(item), core.items[item].edge);
        let first_sent = if let ReplyTo::Call(copy) = core.items[item].reply { core.copies[copy].first_sent } else { NEVER };
        core.nodes[self.index as usize].accepted.add(1);
        self.keep(core, &cause, edge, first_sent);
        if !core.is_doubled(self.index, cause.line) {
            return;
        }
        match &mut self.ordered {
            Some(_) => self.drop_repeated(core),
            None => self.keep(core, &Cause { line: mix(cause.line, DUPLICATE), ..cause }, edge, first_sent),
        }
    }

    /// A message that an ordered queue has already is dropped.
    fn drop_repeated(&mut self, core: &mut Core) {
        let books = core.program.edges.len() as u32 + self.index;
        core.ledger.create(books);
        core.ledger.end(books, Fate::Filtered);
        if let Some(ordered) = &mut self.ordered {
            ordered.deduplicated += 1;
        }
    }

    /// A message that came along an edge stays; `first_sent` where it has been moved from one queue to another.
    fn keep(&self, core: &mut Core, cause: &Cause, edge: u32, first_sent: Nanos) {
        let now = core.now();
        let delayed = self.delay > 0;
        let key = core.journeys[cause.journey].key;
        let copy = core.keep(self.index, cause, if delayed { MessageState::Delayed } else { MessageState::Visible });
        core.nodes[self.index as usize].waiting.add(now, 1);
        core.note(cause.journey, self.index, NONE, TraceEvent::Enqueued);
        let retention_lane = core.retention_lane(self.index, edge, first_sent != NEVER);
        let store = &mut core.stores[self.index as usize];
        let lane = store.lane;
        let rests = self.pollers.is_empty() && self.redrive.is_none();
        core.copies[copy].token = if rests { Store::NO_GROUP } else { store.join(key) };
        core.copies[copy].first_sent = first_sent;
        let expiry = Event::Timer { node: self.index, timer: Timer::Retention, argument: copy };
        core.copies[copy].second_timer =
            core.queue.set_timer(retention_lane, first_sent.min(now).saturating_add(self.retention), Class::Arrival, expiry);
        if delayed {
            let visible = Event::Timer { node: self.index, timer: Timer::Visible, argument: copy };
            core.copies[copy].timer = core.queue.set_timer(lane, now.saturating_add(self.delay), Class::Arrival, visible);
        } else if !rests {
            self.show(core, copy);
        }
        if rests {
            core.rest(copy);
        }
    }

    /// Counts a message as part of a billed send call.
    fn meter_send(&mut self, core: &mut Core, bytes: u32) {
        self.gathered.0 += 1;
        self.gathered.1 += u64::from(bytes);
        if self.gathered.0 == self.send_batch {
            core.nodes[self.index as usize].units[0] += self.payload.chunks(self.gathered.1);
            self.gathered = (0, 0);
        }
    }

    /// A message can be received, and the pollers hear of it.
    fn show(&self, core: &mut Core, copy: u32) {
        core.show_message(self.index, copy);
        for poller in &self.pollers {
            core.after(0, Class::Arrival, *poller, Timer::Poll, 0);
        }
    }

    /// Moves the oldest message along the redrive edge; the task ends when there is none.
    fn redrive(&mut self, core: &mut Core) {
        let Some(Redrive { edge, gap, .. }) = self.redrive else { return };
        let Some(copy) = core.receive(self.index, None, None) else {
            self.redrive = None;
            return;
        };
        let cause = core.cause_of_copy(copy);
        core.call(edge, NOBODY, &cause, 0);
        let delivery = core.copies[copy].attempt;
        core.delete_message(self.index, copy, delivery);
        core.unhold_message(copy);
        // The message is received and deleted by calls of its own.
        core.nodes[self.index as usize].units[0] += self.payload.chunks(u64::from(cause.bytes)) + 1;
        core.after(gap, Class::Arrival, self.index, Timer::Redrive, 0);
    }

    /// Receive calls that ended without a message.
    fn empty_receives(&self, core: &Core, now: Nanos) -> u64 {
        self.polls.iter().map(|edge| core.edges[*edge as usize].poll.long_polls.empty(now)).sum()
    }
}

impl Behavior for Queue {
    fn start(&mut self, core: &mut Core) {
        if let Some(Redrive { start, .. }) = self.redrive {
            core.queue.schedule(start, Class::Arrival, Event::Timer { node: self.index, timer: Timer::Redrive, argument: 0 });
        }
    }

    fn arrive(&mut self, core: &mut Core, item: u32) {
        if !self.payload.arrive(core, item) {
            return;
        }
        let row = core.items[item];
        let latency = core.sample(&self.send_latency, self.index, Purpose::Overhead, row.line, row.attempt);
        let Some(ordered) = &mut self.ordered else {
            if latency == 0 {
                self.accept_sent(core, item);
            } else {
                core.after(latency, Class::Arrival, self.index, Timer::Release, item);
            }
            return;
        };
        let now = core.now();
        if let Err(limit) = ordered.admit(core, core.journeys[row.journey].key) {
            core.nodes[self.index as usize].refused.add(1);
            core.limits[limit as usize].refuse(now);
            core.answer(item, Outcome::Throttled);
            return;
        }
        // Its place in the order is that of its arrival; only the acknowledgment takes time.
        if ordered.repeats.take(now, row.line) {
            self.accept(core, item);
        } else {
            self.drop_repeated(core);
        }
        self.meter_send(core, row.bytes);
        core.after(latency, Class::Arrival, self.index, Timer::Done, item);
    }

    fn timer(&mut self, core: &mut Core, timer: Timer, argument: u32) {
        match timer {
            Timer::Release => self.accept_sent(core, argument),
            Timer::Done => {
                let (now, row) = (core.now(), core.items[argument]);
                if let Some(ordered) = &mut self.ordered {
                    ordered.repeats.acknowledge(now, row.line, row.reply != ReplyTo::Nobody);
                }
                core.answer(argument, Outcome::Ok);
            }
            Timer::Visible => {
                core.copies[argument].timer = NONE;
                if core.copies[argument].token == Store::NO_GROUP {
                    core.copies[argument].state = MessageState::Visible;
                } else {
                    self.show(core, argument);
                }
            }
            Timer::Retention => {
                core.copies[argument].second_timer = NONE;
                let journey = core.copies[argument].journey;
                core.note(journey, self.index, NONE, TraceEvent::Expired);
                core.drop_message(self.index, argument, Fate::Expired);
            }
            Timer::Redrive => self.redrive(core),
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
            age: "ApproximateAgeOfOldestMessage",
            ..Names::PLAIN
        }
    }

    fn billed(&self, core: &Core, now: Nanos) -> Vec<f64> {
        let gathered = if self.gathered.0 > 0 { self.payload.chunks(self.gathered.1) } else { 0 };
        vec![(core.nodes[self.index as usize].units[0] + gathered + self.empty_receives(core, now)) as f64]
    }

    fn look(&self, core: &Core, look: &mut NodeLook) {
        look.oldest_s = core.oldest_message(self.index).map(|born| seconds(core.now() - born));
    }

    fn figures(&self, core: &Core, put: &mut dyn FnMut(&str, f64)) {
        let meter = &core.nodes[self.index as usize];
        put("sent", meter.accepted.total() as f64);
        put("deleted", meter.completed.total() as f64);
        put("dead_lettered", meter.special.total() as f64);
        put("received", core.ledger.row(core.program.edges.len() as u32 + self.index).attempts as f64);
        put("backlog.mean", meter.waiting.mean(core.now()));
        put("backlog.max", meter.waiting.max() as f64);
        let held = core.oldest_message(self.index).map_or(0, |born| core.now() - born);
        let age = seconds(meter.age.max().max(held));
        put("age.max", age);
        put("ApproximateAgeOfOldestMessage.Maximum", age);
        put("billed_requests", self.billed(core, core.now())[0]);
        put("empty_receives", self.empty_receives(core, core.now()) as f64);
        let store = &core.stores[self.index as usize];
        if let Some(ordered) = &self.ordered {
            put("deduplicated", ordered.deduplicated as f64);
            put("out_of_order", store.out_of_order as f64);
        } else {
            put("duplicates", store.missed_deletions as f64);
        }
    }
}

/// Tells the second message that a fault makes of one from the first.
const DUPLICATE: u64 = 0x2d;

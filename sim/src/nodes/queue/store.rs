//! What a queue keeps, and what those who read from it do with the messages.

use std::collections::VecDeque;

use plimsoll_models::families::{Config, QueueConfig};

use crate::{
    core::{Copy, Core, MessageState},
    event::{Class, Event, Timer},
    ledger::Fate,
    parts::{FairLine, FifoLine, Noise, TokenBucket},
    program::NodeProgram,
    queue::EventQueue,
    result::TraceEvent,
    rng::Purpose,
    slab::NONE,
    time::{Nanos, nanos},
};

/// What a queue keeps.
#[derive(Clone, Debug, Default)]
pub(crate) struct Store {
    line: Line,
    pub(crate) in_flight: u64,
    /// Lane of delays and of the queue's own visibility time-out.
    pub(super) lane: u32,
    pub(super) retention_lane: u32,
    /// Lanes of messages whose retention began in another queue, by the edge along which they come: the retention of those
    /// of one source ends about in the order in which they come, that of several does not.
    pub(super) moved_lanes: Vec<(u32, u32)>,
    max_receives: u32,
    visibility: Nanos,
    in_flight_max: f64,
    in_flight_limit: u32,
    duplicates: f64,
    /// Receive calls that an ordered queue takes, with their limit.
    receive_calls: Option<(TokenBucket, f64, u32)>,
    /// Messages that were finished before others of their group.
    pub(super) out_of_order: u64,
    /// Deletions that missed a copy.
    pub(super) missed_deletions: u64,
}

/// Slot, delivery and line of a message that can be received. An entry outlives its message when that expires or is
/// deleted late; the line tells it from whatever takes the slot next, here or in another queue.
type Entry = (u32, u32, u64);

/// The messages that can be received.
#[derive(Clone, Debug)]
enum Line {
    Plain(VecDeque<Entry>),
    Fair(Box<FairLine<Entry>>),
    /// The messages in flight too.
    Fifo(Box<FifoLine>),
}

impl Default for Line {
    fn default() -> Self {
        Self::Plain(VecDeque::new())
    }
}

/// Whose messages a batch may take next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Continued {
    /// Group of the batch's last message.
    pub(crate) group: u64,
    /// Whether messages of other groups may follow.
    pub(crate) others: bool,
}

impl Store {
    /// Group of a message where groups do not matter.
    pub(super) const NO_GROUP: u64 = u64::MAX;
    /// Group of a message of an ordered queue before it is shown for the first time; its key is added.
    const KEYED: u64 = 1 << 63;

    pub(crate) fn new(node: &NodeProgram, config: &QueueConfig, queue: &mut EventQueue) -> Self {
        let line = match (&config.fifo, &config.fair) {
            (Some(_), _) => Line::Fifo(Box::default()),
            (None, Some(fair)) => {
                Line::Fair(Box::new(FairLine::new(Noise { share: fair.share, least: fair.least, quiet_after: nanos(fair.quiet_after) })))
            }
            (None, None) => Line::default(),
        };
        Self {
            line,
            in_flight: 0,
            lane: queue.lane(),
            retention_lane: queue.lane(),
            moved_lanes: Vec::new(),
            max_receives: config.max_receives,
            visibility: nanos(config.visibility),
            in_flight_max: config.in_flight.value,
            in_flight_limit: node.limits[&config.in_flight.key],
            duplicates: config.duplicates,
            receive_calls: config.fifo.as_ref().map(|fifo| {
                let rate = fifo.queue_calls.as_ref().unwrap_or(&fifo.partition_calls);
                (TokenBucket::new(rate.value.max(1.0), rate.value), rate.value, node.limits[&rate.key])
            }),
            out_of_order: 0,
            missed_deletions: 0,
        }
    }

    /// Whether something seems to wait.
    pub(crate) fn has_messages(&self) -> bool {
        match &self.line {
            Line::Plain(line) => !line.is_empty(),
            Line::Fair(line) => !line.is_empty(),
            Line::Fifo(line) => line.is_ready(),
        }
    }

    /// Whether messages have an order within groups.
    pub(crate) fn is_ordered(&self) -> bool {
        matches!(self.line, Line::Fifo(_))
    }

    /// The group of a message that comes in with this key.
    pub(super) fn join(&mut self, key: u64) -> u64 {
        match &mut self.line {
            Line::Plain(_) => 0,
            Line::Fair(line) => u64::from(line.join(key)),
            Line::Fifo(_) => Self::KEYED | key,
        }
    }
}

/// Ages of what is in queues.
impl Core {
    /// When the oldest message that is still in a queue came there, as its dashboard tells: a moved one counts from its move,
    /// though its retention goes on from its first send. Retention is the same for all of them, so it is the first of a lane
    /// that would expire.
    pub(crate) fn oldest_message(&self, queue: u32) -> Option<Nanos> {
        let Store { retention_lane, moved_lanes, .. } = &self.stores[queue as usize];
        let lanes = moved_lanes.iter().map(|(_, lane)| *lane).chain([*retention_lane]);
        let first = |lane| match self.queue.first_of(lane)? {
            Event::Timer { argument, .. } => Some(self.copies[argument].born),
            _ => None,
        };
        lanes.filter_map(first).min()
    }

    /// The lane for the retention of a message that comes along an edge; `moved` where it began in another queue.
    pub(super) fn retention_lane(&mut self, queue: u32, edge: u32, moved: bool) -> u32 {
        let store = &mut self.stores[queue as usize];
        if !moved {
            return store.retention_lane;
        }
        if let Some((_, lane)) = store.moved_lanes.iter().find(|(from, _)| *from == edge) {
            return *lane;
        }
        let lane = self.queue.lane();
        store.moved_lanes.push((edge, lane));
        lane
    }

    /// Takes the ages of the oldest messages at the end of a window of the series.
    pub(crate) fn sample_message_ages(&mut self, at: Nanos) {
        for queue in 0..self.program.nodes.len() {
            if matches!(self.program.nodes[queue].config, Config::Queue(_))
                && let Some(born) = self.oldest_message(queue as u32)
            {
                self.nodes[queue].age.see(at - born.min(at));
            }
        }
    }
}

impl Core {
    /// A message can be received, for the first time or again.
    pub(super) fn show_message(&mut self, queue: u32, copy: u32) {
        let now = self.now();
        let Copy { attempt, line, token, state, .. } = self.copies[copy];
        let was_in_flight = state == MessageState::InFlight;
        if was_in_flight {
            self.nodes[queue as usize].busy.subtract(now, 1);
            self.nodes[queue as usize].waiting.add(now, 1);
        }
        self.copies[copy].state = MessageState::Visible;
        self.copies[copy].sent = now;
        let store = &mut self.stores[queue as usize];
        store.in_flight -= u64::from(was_in_flight);
        match &mut store.line {
            Line::Plain(messages) => messages.push_back((copy, attempt, line)),
            Line::Fair(messages) => {
                if was_in_flight {
                    messages.land(now, token as u32);
                }
                messages.push(token as u32, (copy, attempt, line));
            }
            Line::Fifo(messages) if was_in_flight => messages.come_back(token as u32),
            Line::Fifo(messages) => self.copies[copy].token = u64::from(messages.add(token & !Store::KEYED, copy)),
        }
    }

    /// Makes a receive call, or says how long to wait before the next one where their rate is limited.
    pub(crate) fn receive_call(&mut self, queue: u32) -> Result<(), Nanos> {
        let now = self.now();
        let Some((bucket, rate, limit)) = &mut self.stores[queue as usize].receive_calls else { return Ok(()) };
        if bucket.take(now, 1.0) {
            return Ok(());
        }
        let wait = nanos(1.0 / rate.max(1e-9));
        self.limits[*limit as usize].delay(now, wait);
        Err(wait)
    }

    /// The next message that can be received, for its first or a repeated delivery. Messages that were received often
    /// enough go to the dead-letter queue on the way. `own` is the visibility that the reader sets itself, with its lane.
    pub(crate) fn receive(&mut self, queue: u32, own: Option<(Nanos, u32)>, batch: Option<Continued>) -> Option<u32> {
        let now = self.now();
        if self.faults.is_out(queue) {
            return None;
        }
        loop {
            let copy = self.next_message(queue, batch)?;
            let row = self.copies[copy];
            let max_receives = self.stores[queue as usize].max_receives;
            let dead_letter = self.program.nodes[queue as usize].dead_letter.filter(|_| row.attempt >= max_receives);
            if let Some(edge) = dead_letter {
                let moved = self.dead_letter_along(edge, &self.cause_of_copy(copy));
                // An ordered queue takes it for a new message; a standard one goes on counting from its first send.
                if !self.stores[queue as usize].is_ordered() {
                    self.copies[moved].first_sent = row.first_sent.min(row.born);
                }
                self.nodes[queue as usize].special.add(1);
                self.drop_message(queue, copy, Fate::DeadLettered);
                continue;
            }
            self.copies[copy].state = MessageState::InFlight;
            self.copies[copy].attempt += 1;
            self.copies[copy].holders += 1;
            self.ledger.attempt(row.row);
            let store = &mut self.stores[queue as usize];
            store.in_flight += 1;
            if let Line::Fair(line) = &mut store.line {
                line.take(now, row.token as u32);
            }
            self.limits[store.in_flight_limit as usize].level(now, store.in_flight as f64);
            let (visibility, lane) = own.unwrap_or((store.visibility, store.lane));
            let meter = &mut self.nodes[queue as usize];
            meter.waiting.subtract(now, 1);
            meter.busy.add(now, 1);
            meter.age.see(now - row.born);
            if now >= self.warm_up {
                meter.wait.record(now - row.born);
            }
            self.note(row.journey, queue, NONE, TraceEvent::Received);
            let visible = Event::Timer { node: queue, timer: Timer::Visible, argument: copy };
            self.copies[copy].timer = self.queue.set_timer(lane, now.saturating_add(visibility), Class::Arrival, visible);
            return Some(copy);
        }
    }

    /// Takes the next message out of the line, if as many may be in flight.
    fn next_message(&mut self, queue: u32, batch: Option<Continued>) -> Option<u32> {
        let now = self.now();
        let store = &mut self.stores[queue as usize];
        if store.in_flight as f64 >= store.in_flight_max {
            if store.has_messages() {
                self.limits[store.in_flight_limit as usize].delay(now, 0);
            }
            return None;
        }
        loop {
            let (copy, delivery, line) = match &mut store.line {
                Line::Plain(messages) => messages.pop_front()?,
                Line::Fair(messages) => messages.pop(now)?,
                Line::Fifo(messages) => {
                    let more = batch.and_then(|batch| messages.more_of(batch.group as u32));
                    let others = batch.is_none_or(|batch| batch.others);
                    return more.or_else(|| if others { messages.take() } else { None });
                }
            };
            let row = &self.copies[copy];
            if row.state == MessageState::Visible && row.attempt == delivery && row.line == line {
                return Some(copy);
            }
        }
    }

    /// A consumer deletes a message that it has received.
    pub(crate) fn delete_message(&mut self, queue: u32, copy: u32, delivery: u32) {
        let now = self.now();
        let row = self.copies[copy];
        if row.state == MessageState::Gone {
            return;
        }
        let still_ours = row.state == MessageState::InFlight && row.attempt == delivery;
        let store = &self.stores[queue as usize];
        // The receipt of an ordered queue is void once the message can be received again.
        if store.is_ordered() && !still_ours {
            return;
        }
        let missed = store.duplicates;
        if still_ours && self.chance(missed, queue, Purpose::Duplicate, row.line, row.attempt) {
            self.stores[queue as usize].missed_deletions += 1;
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

    /// A received message does not match: it is deleted without being handed on.
    pub(crate) fn discard_message(&mut self, queue: u32, copy: u32) {
        self.nodes[queue as usize].completed.add(1);
        self.drop_message(queue, copy, Fate::Filtered);
        self.unhold_message(copy);
    }

    /// A batch does not mention a message any more.
    pub(crate) fn unhold_message(&mut self, copy: u32) {
        self.copies[copy].holders -= 1;
        if self.copies[copy].holders == 0 && self.copies[copy].state == MessageState::Gone {
            self.forget(copy);
        }
    }

    /// Ends a message, wherever it stands.
    pub(super) fn drop_message(&mut self, queue: u32, copy: u32, fate: Fate) {
        let now = self.now();
        let row = self.copies[copy];
        for timer in [row.timer, row.second_timer] {
            self.queue.cancel(timer);
        }
        let store = &mut self.stores[queue as usize];
        let meter = &mut self.nodes[queue as usize];
        match row.state {
            MessageState::InFlight => {
                meter.busy.subtract(now, 1);
                store.in_flight -= 1;
            }
            MessageState::Delayed | MessageState::Visible => meter.waiting.subtract(now, 1),
            MessageState::Gone => return,
        }
        match &mut store.line {
            Line::Fair(line) if row.token != Store::NO_GROUP => {
                if row.state == MessageState::InFlight {
                    line.land(now, row.token as u32);
                }
                line.leave(row.token as u32);
            }
            // What is delayed has not joined its group yet.
            Line::Fifo(line) if row.state != MessageState::Delayed && row.token != Store::NO_GROUP => {
                let overtook = line.remove(row.token as u32, copy);
                store.out_of_order += u64::from(overtook && fate == Fate::Done);
            }
            Line::Plain(_) | Line::Fair(_) | Line::Fifo(_) => {}
        }
        meter.age.see(now - row.born);
        self.copies[copy].state = MessageState::Gone;
        self.end_copy(copy, fate);
        if row.holders == 0 {
            self.forget(copy);
        }
    }
}

//! The event source mapping of a poll edge: pollers that take batches from a queue and invoke the target.
//!
//! Concurrency starts low and grows while there is a backlog; a batch closes when it is full or its window is over.

use plimsoll_models::{
    families::{Config, PollConfig},
    fault::Effect,
};

use super::Behavior;
use crate::{
    core::{Core, Item, Member, MessageState, ReplyTo},
    event::{Class, Event, Timer},
    faults::left_of,
    nodes::queue::chunks,
    outcome::Outcome,
    program::Program,
    rng::{Purpose, mix},
    sample::Sampler,
    slab::NONE,
    time::{Nanos, SECOND, nanos},
};

/// Messages that one receive or delete call of the queue handles.
const CALL_MESSAGES: u64 = 10;
/// First wait before a throttled batch is tried again.
const THROTTLE_WAIT: Nanos = SECOND;
/// Longest wait before a throttled batch is tried again.
const THROTTLE_WAIT_MAX: Nanos = 30 * SECOND;

/// A mapping.
#[derive(Clone, Debug)]
pub(crate) struct Mapping {
    index: u32,
    edge: u32,
    queue: u32,
    batch_size: usize,
    batch_bytes: f64,
    window: Nanos,
    initial: f64,
    ramp: f64,
    ramp_every: Nanos,
    ceiling: f64,
    ceiling_limit: u32,
    report_item_failures: bool,
    pickup: Sampler,
    max_receives: u32,
    visibility: Nanos,
    in_flight_max: f64,
    in_flight_limit: u32,
    chunk: f64,
    /// Batches that may run.
    allowed: f64,
    running: u64,
    /// The batch that is being filled.
    open: u32,
    open_bytes: f64,
    /// Tells the window timer of this batch from that of an earlier one.
    window_number: u32,
    ramping: bool,
    saturated_since: Nanos,
    /// Most batches that a fault lets run.
    open_max: f64,
}

impl Mapping {
    pub(crate) fn new(program: &Program, index: u32, edge: u32) -> Self {
        let ready = &program.edges[edge as usize];
        let poll: &PollConfig = ready.poll.as_deref().expect("a mapping is made of a poll edge");
        let queue = &program.nodes[ready.from as usize];
        let Config::Queue(config) = &queue.config else { unreachable!("the catalog lets only queues be polled") };
        let (ceiling, key) = match &poll.max_concurrency {
            Some(own) if own.value <= poll.ceiling.value => (own.value, &own.key),
            _ => (poll.ceiling.value, &poll.ceiling.key),
        };
        Self {
            index,
            edge,
            queue: ready.from,
            batch_size: poll.batch_size as usize,
            batch_bytes: poll.batch_bytes.value,
            window: nanos(poll.batch_window),
            initial: poll.initial.value.min(ceiling),
            ramp: if poll.ramp_by_minute { poll.ramp.value * 60.0 } else { poll.ramp.value },
            ramp_every: if poll.ramp_by_minute { 60 * SECOND } else { SECOND },
            ceiling,
            ceiling_limit: ready.limits[key],
            report_item_failures: poll.report_item_failures,
            pickup: ready.latency.clone(),
            max_receives: config.max_receives,
            visibility: nanos(config.visibility),
            in_flight_max: config.in_flight.value,
            in_flight_limit: queue.limits[&config.in_flight.key],
            chunk: config.metered_chunk,
            allowed: poll.initial.value.min(ceiling),
            running: 0,
            open: NONE,
            open_bytes: 0.0,
            window_number: 0,
            ramping: false,
            saturated_since: 0,
            open_max: f64::INFINITY,
        }
    }

    fn has_messages(&self, core: &Core) -> bool {
        !core.stores[self.queue as usize].visible.is_empty()
    }

    /// Takes messages as long as there are some and a poller is free.
    fn poll(&mut self, core: &mut Core) {
        let now = core.now();
        while (self.running as f64) < self.allowed.floor().min(self.open_max) {
            let Some(copy) = core.receive(self.queue, self.max_receives, self.visibility, self.in_flight_max, self.in_flight_limit) else {
                // What seemed to wait has expired or may not be taken: the batch goes as it is.
                if self.window == 0 && self.open != NONE {
                    self.close(core, false);
                }
                return;
            };
            if self.open == NONE {
                self.open = core.batches.reuse(crate::core::Batch::default);
                let batch = &mut core.batches[self.open];
                batch.members.clear();
                batch.opened = now;
                batch.tries = 0;
                batch.edge = None;
                self.open_bytes = 0.0;
                self.window_number = self.window_number.wrapping_add(1);
                if self.window > 0 {
                    core.after(self.window, Class::Arrival, self.index, Timer::Window, self.window_number);
                }
            }
            let row = core.copies[copy];
            if now > row.sent && self.allowed >= self.ceiling {
                core.limits[self.ceiling_limit as usize].end_delay(now - row.sent);
            }
            core.batches[self.open].members.push(Member { copy, delivery: row.attempt, received: now, failed: false });
            self.open_bytes += f64::from(row.bytes);
            let full = core.batches[self.open].members.len() >= self.batch_size || self.open_bytes >= self.batch_bytes;
            if full || (self.window == 0 && !self.has_messages(core)) {
                self.close(core, full);
            }
        }
        if self.has_messages(core) {
            self.saturated(core);
        }
    }

    /// Every poller is busy and messages wait.
    fn saturated(&mut self, core: &mut Core) {
        let now = core.now();
        self.saturated_since = now;
        if !self.ramping && self.allowed < self.ceiling {
            self.ramping = true;
            core.after(self.ramp_every, Class::Completion, self.index, Timer::Ramp, 0);
        }
    }

    /// A message has become visible: concurrency is in demand for as long as it will take, and if it is left lying
    /// although every poller that may run does, the limit delays it.
    fn offered(&self, core: &mut Core) {
        let now = core.now();
        let meter = &core.edges[self.edge as usize];
        let messages_per_batch = meter.poll.messages.total() as f64 / meter.poll.batches.total().max(1) as f64;
        let holding = if messages_per_batch > 0.0 { meter.latency.mean() / 1e9 / messages_per_batch } else { 0.0 };
        let limit = &mut core.limits[self.ceiling_limit as usize];
        limit.offer(now, holding);
        if self.allowed >= self.ceiling && self.running as f64 >= self.ceiling && self.has_messages(core) {
            core.limits[self.ceiling_limit as usize].begin_delay(now);
        }
    }

    /// The open batch is handed to the target, after the time that picking up takes.
    fn close(&mut self, core: &mut Core, full: bool) {
        let now = core.now();
        let batch = std::mem::replace(&mut self.open, NONE);
        self.running += 1;
        core.batches[batch].edge = Some(self.edge);
        let n = core.batches[batch].members.len() as u64;
        let meter = &mut core.edges[self.edge as usize];
        meter.poll.batches.add(1);
        meter.poll.messages.add(n);
        meter.poll.closed_by_size.add(u64::from(full));
        meter.poll.running.add(now, 1);
        core.limits[self.ceiling_limit as usize].level(now, self.running as f64);
        for position in 0..n as usize {
            let copy = core.batches[batch].members[position].copy;
            let bytes = core.copies[copy].bytes;
            core.nodes[self.queue as usize].units[0] += chunks(bytes, self.chunk) - 1;
            let row = core.copies[copy];
            core.ledger.create(self.edge);
            core.ledger.attempt(self.edge);
            if row.attempt > 1 {
                core.edges[self.edge as usize].attempts.add(1);
            }
            if now >= core.warm_up {
                let since = core.batches[batch].members[position].received;
                core.edges[self.edge as usize].poll.batching_delay.record(now - since);
            }
        }
        // A receive call brings up to ten messages, whatever the size of the batch.
        core.nodes[self.queue as usize].units[0] += n.div_ceil(CALL_MESSAGES);
        self.invoke(core, batch);
    }

    fn invoke(&self, core: &mut Core, batch: u32) {
        let now = core.now();
        let tries = core.batches[batch].tries + 1;
        core.batches[batch].tries = tries;
        let head = core.copies[core.batches[batch].members[0].copy];
        let bytes = core.batches[batch].members.iter().map(|member| u64::from(core.copies[member.copy].bytes)).sum::<u64>();
        let attempt = core.batches[batch].members[0].delivery;
        let line = mix(head.line, u64::from(attempt));
        let item = core.items.insert(Item {
            line,
            journey: head.journey,
            edge: self.edge,
            attempt,
            reply: ReplyTo::Mapping(self.index),
            batch,
            bytes: bytes.min(u64::from(u32::MAX)) as u32,
            event_type: head.event_type,
            laps: head.laps,
            arrived: now,
            started: now,
            origin: NONE,
        });
        let latency = if tries == 1 { core.sample(&self.pickup, self.queue, Purpose::Pickup, line, attempt) } else { 0 };
        let latency = if core.faults.is_quiet() { latency } else { core.stretched(self.edge, latency) };
        core.queue.schedule(now.saturating_add(latency), Class::Arrival, Event::Reach { item });
    }

    /// Whether the messages of a batch are still invisible to others.
    fn is_ours(core: &Core, batch: u32) -> bool {
        core.batches[batch].members.iter().any(|member| {
            let row = core.copies[member.copy];
            row.state == MessageState::InFlight && row.attempt == member.delivery
        })
    }

    /// A throttled batch is tried again, unless its messages have become visible to others.
    fn retry(&mut self, core: &mut Core, batch: u32) {
        if Self::is_ours(core, batch) {
            self.invoke(core, batch);
        } else {
            self.release(core, batch, Outcome::Throttled);
            self.poll(core);
        }
    }

    /// A batch is done with: good messages are deleted, the others come back when their visibility is over.
    fn release(&mut self, core: &mut Core, batch: u32, outcome: Outcome) {
        let now = core.now();
        let all_failed = outcome != Outcome::Ok && !self.report_item_failures;
        let mut deleted = 0;
        for position in 0..core.batches[batch].members.len() {
            let member = core.batches[batch].members[position];
            let good = outcome != Outcome::Throttled && !member.failed && !all_failed;
            let fate = if good { crate::ledger::Fate::Done } else { crate::ledger::Fate::Failed };
            core.ledger.end(self.edge, fate);
            if good {
                deleted += 1;
                core.delete_message(self.queue, member.copy);
            }
            core.unhold_message(member.copy);
        }
        core.nodes[self.queue as usize].units[0] += u64::div_ceil(deleted, CALL_MESSAGES);
        let took = now - core.batches[batch].opened;
        if now >= core.warm_up {
            core.edges[self.edge as usize].latency.record(took);
        }
        core.batches[batch].members.clear();
        core.batches.remove(batch);
        self.running -= 1;
        core.edges[self.edge as usize].poll.running.subtract(now, 1);
    }

    /// The allowance grows while messages wait, and falls back once they do not.
    fn ramp(&mut self, core: &mut Core) {
        let now = core.now();
        self.ramping = false;
        let before = self.allowed;
        if self.has_messages(core) || now - self.saturated_since < self.ramp_every {
            self.allowed = (self.allowed + self.ramp).min(self.ceiling);
        } else if now - self.saturated_since >= 60 * SECOND {
            self.allowed = self.initial;
        }
        if self.allowed.floor() > before.floor() {
            core.edges[self.edge as usize].poll.allowed.add(now, (self.allowed.floor() - before.floor()) as u64);
        } else {
            core.edges[self.edge as usize].poll.allowed.subtract(now, (before.floor() - self.allowed.floor()) as u64);
        }
        if self.allowed > self.initial {
            self.ramping = true;
            core.after(self.ramp_every, Class::Completion, self.index, Timer::Ramp, 0);
        }
    }
}

impl Behavior for Mapping {
    fn start(&mut self, core: &mut Core) {
        core.edges[self.edge as usize].poll.allowed.add(0, self.allowed as u64);
    }

    fn arrive(&mut self, core: &mut Core, item: u32) {
        debug_assert!(false, "nothing reaches a mapping");
        core.answer(item, Outcome::Failed);
    }

    fn timer(&mut self, core: &mut Core, timer: Timer, argument: u32) {
        match timer {
            Timer::Poll => {
                self.poll(core);
                self.offered(core);
            }
            Timer::Window => {
                if self.open != NONE && argument == self.window_number {
                    self.close(core, false);
                    self.poll(core);
                }
            }
            Timer::Ramp => {
                self.ramp(core);
                self.poll(core);
            }
            Timer::BatchRetry => self.retry(core, argument),
            other => debug_assert!(false, "{other:?} is not a timer of a mapping"),
        }
    }

    fn settled(&mut self, _core: &mut Core, _copy: u32, _outcome: Outcome) {}

    fn fault(&mut self, core: &mut Core, effect: &Effect, on: bool) {
        if let Effect::Capacity { lost } = effect {
            self.open_max = if on { left_of(self.ceiling as u64, *lost) as f64 } else { f64::INFINITY };
            self.poll(core);
        }
    }

    fn answered(&mut self, core: &mut Core, item: u32, outcome: Outcome) {
        let batch = core.items[item].batch;
        if outcome == Outcome::Throttled {
            core.edges[self.edge as usize].throttled.add(1);
            if Self::is_ours(core, batch) {
                let tries = core.batches[batch].tries.min(16);
                let wait = (THROTTLE_WAIT << (tries - 1).min(8)).min(THROTTLE_WAIT_MAX);
                core.after(wait, Class::Arrival, self.index, Timer::BatchRetry, batch);
                return;
            }
        }
        self.release(core, batch, outcome);
        self.poll(core);
    }
}

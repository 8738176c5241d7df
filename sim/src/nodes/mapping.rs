//! The reader of a poll edge: pollers that take batches from a queue and hand them to the target.
//!
//! A batch closes when it is full or its window is over, unless a poll is under way then: that one first comes back, with
//! a message or without. How many batches run at a time is the business of [`Scale`].

mod scale;

use plimsoll_models::{
    families::{Config, PollConfig, QueueConfig},
    fault::Effect,
};

use scale::Scale;

use super::{Behavior, payload::chunks, queue::Continued};
use crate::{
    core::{Batch, Core, Item, Member, MessageState, ReplyTo},
    event::{Class, Timer},
    ledger::Fate,
    outcome::Outcome,
    parts::LongPolls,
    program::{FilterProgram, Program},
    rng::{Purpose, mix},
    sample::Sampler,
    slab::NONE,
    time::{Nanos, nanos},
};

/// A mapping.
#[derive(Clone, Debug)]
pub(crate) struct Mapping {
    index: u32,
    edge: u32,
    queue: u32,
    batch_size: usize,
    /// The same while nobody has changed it.
    usual_batch_size: u32,
    batch_bytes: f64,
    window: Nanos,
    /// How long a batch may wait for the poll that gathers more messages for it, whatever the window.
    quiet_wait: Nanos,
    /// Messages of a receive or delete call.
    call_messages: u64,
    report_item_failures: bool,
    /// Whether some messages are deleted without being handed on.
    filters: bool,
    /// First and longest wait before a throttled batch is tried again; without them it comes back at once.
    throttle_wait: (Nanos, Nanos),
    pickup: Sampler,
    /// The visibility that it sets itself, with the lane of its timers.
    visibility: Option<(Nanos, u32)>,
    chunk: f64,
    long_poll: Nanos,
    scale: Scale,
    /// The batch that is being filled.
    open: u32,
    open_bytes: f64,
    /// Whether its window is over, and it only waits for the poll that is under way.
    overdue: bool,
    /// Tells the window timer of this batch from that of an earlier one.
    window_number: u32,
    /// Whether a timer for the next turn is set.
    turn: bool,
}

impl Mapping {
    pub(crate) fn new(program: &Program, index: u32, edge: u32, core: &mut Core) -> Self {
        let ready = &program.edges[edge as usize];
        let poll: &PollConfig = ready.poll.as_deref().expect("a mapping is made of a poll edge");
        let Config::Queue(config) = &program.nodes[ready.from as usize].config else {
            unreachable!("the catalog lets only queues be polled")
        };
        let timeout = match &program.nodes[ready.to as usize].config {
            Config::Compute(function) => function.timeout.value,
            _ => 0.0,
        };
        let visibility = poll.visibility.or_else(|| prolonged(poll, config, timeout));
        // Nobody gathers for so long that messages come back before the function is done with them.
        let longest = visibility.unwrap_or(config.visibility) - timeout;
        Self {
            index,
            edge,
            queue: ready.from,
            batch_size: poll.batch_size as usize,
            usual_batch_size: poll.batch_size,
            batch_bytes: poll.batch_bytes,
            window: nanos(poll.batch_window),
            quiet_wait: nanos(poll.quiet_wait.min(longest).max(0.0)),
            call_messages: u64::from(poll.call_messages),
            report_item_failures: poll.report_item_failures,
            filters: !matches!(ready.filter, FilterProgram::All),
            throttle_wait: (nanos(poll.throttle_wait), nanos(poll.throttle_wait_max)),
            pickup: ready.latency.clone(),
            visibility: visibility.map(|visibility| (nanos(visibility), core.queue.lane())),
            chunk: config.metered_chunk,
            long_poll: nanos(poll.long_poll),
            scale: Scale::new(program, index, edge),
            open: NONE,
            open_bytes: 0.0,
            overdue: false,
            window_number: 0,
            turn: false,
        }
    }

    fn has_messages(&self, core: &Core) -> bool {
        core.stores[self.queue as usize].has_messages()
    }

    /// Takes messages as long as there are some and a poller is free; more pollers may come when the queue turns active.
    fn poll(&mut self, core: &mut Core) {
        loop {
            self.take(core);
            if !self.has_messages(core) || self.scale.has_free() || !self.scale.saturated(core) {
                break;
            }
        }
    }

    /// Takes messages as long as there are some and a poller is free.
    fn take(&mut self, core: &mut Core) {
        self.scale.follow(core);
        let mut discarded: u64 = 0;
        while self.scale.has_free() || self.open != NONE {
            if self.open == NONE && self.has_messages(core) && !self.may_open(core) {
                break;
            }
            let Some(copy) = core.receive(self.queue, self.visibility, self.continued(core)) else {
                // What seemed to wait has expired, may not be taken, or is for another poller: the batch goes as it is.
                if self.window == 0 && self.open != NONE {
                    self.close(core, false);
                    continue;
                }
                break;
            };
            let cause = core.cause_of_copy(copy);
            if self.filters && !core.passes(self.edge, &cause) {
                core.filtered(self.edge, cause.journey);
                core.discard_message(self.queue, copy);
                discarded += 1;
                if self.overdue {
                    self.close(core, false);
                }
                continue;
            }
            self.put(core, copy);
        }
        if discarded > 0 {
            core.nodes[self.queue as usize].units[0] += 2 * discarded.div_ceil(self.call_messages);
        }
    }

    /// Which messages may follow those of the open batch. Where groups are ordered, a batch goes on with another group
    /// only when no other poller is free to take that.
    fn continued(&self, core: &Core) -> Option<Continued> {
        if self.open == NONE || !core.stores[self.queue as usize].is_ordered() {
            return None;
        }
        let last = core.batches[self.open].members.last()?;
        Some(Continued { group: core.copies[last.copy].token, others: !self.scale.has_free() })
    }

    /// Whether a batch may be begun now; else a timer is set for when it may.
    fn may_open(&mut self, core: &mut Core) -> bool {
        let paced = self.scale.turn(core);
        let wait = if paced > 0 {
            self.scale.saturated(core);
            Err(paced)
        } else {
            core.receive_call(self.queue)
        };
        if let Err(wait) = wait
            && !self.turn
        {
            self.turn = true;
            core.after(wait, Class::Arrival, self.index, Timer::Turn, 0);
        }
        wait.is_ok()
    }

    /// A message joins the open batch, which closes when it is full or nothing else waits.
    fn put(&mut self, core: &mut Core, copy: u32) {
        let now = core.now();
        if self.open == NONE {
            self.open = core.batches.reuse(Batch::default);
            let batch = &mut core.batches[self.open];
            batch.members.clear();
            batch.opened = now;
            batch.tries = 0;
            batch.edge = None;
            self.open_bytes = 0.0;
            self.scale.begin(core);
            self.window_number = self.window_number.wrapping_add(1);
            if self.window > 0 {
                core.after(self.window, Class::Arrival, self.index, Timer::Window, self.window_number);
            }
        }
        let row = core.copies[copy];
        if now > row.sent {
            self.scale.end_delay(core, now - row.sent);
        }
        core.batches[self.open].members.push(Member { copy, delivery: row.attempt, received: now, failed: false });
        self.open_bytes += f64::from(row.bytes);
        let full = core.batches[self.open].members.len() >= self.batch_size || self.open_bytes >= self.batch_bytes;
        // More of the same group may wait where the rest of the queue seems empty.
        let alone = || !core.stores[self.queue as usize].is_ordered() && !self.has_messages(core);
        if full || self.overdue || (self.window == 0 && alone()) {
            self.close(core, full);
        }
    }

    /// A message has become visible: concurrency is in demand for as long as it will take, and if it is left lying
    /// although every poller that may run does, the limit delays it.
    fn offered(&self, core: &mut Core) {
        let meter = &core.edges[self.edge as usize];
        let messages_per_batch = meter.poll.messages.total() as f64 / meter.poll.batches.total().max(1) as f64;
        let holding = if messages_per_batch > 0.0 { meter.latency.mean() / 1e9 / messages_per_batch } else { 0.0 };
        self.scale.offer(core, holding, self.has_messages(core));
    }

    /// The open batch is handed to the target, after the time that picking up takes.
    fn close(&mut self, core: &mut Core, full: bool) {
        let now = core.now();
        let batch = std::mem::replace(&mut self.open, NONE);
        self.overdue = false;
        core.batches[batch].edge = Some(self.edge);
        let n = core.batches[batch].members.len() as u64;
        // A receive call brings up to ten messages, whatever the size of the batch.
        let calls = n.div_ceil(self.call_messages);
        self.scale.run(core, calls, self.open_bytes);
        let meter = &mut core.edges[self.edge as usize];
        meter.poll.batches.add(1);
        meter.poll.messages.add(n);
        meter.poll.closed_by_size.add(u64::from(full));
        for position in 0..n as usize {
            let copy = core.batches[batch].members[position].copy;
            let bytes = core.copies[copy].bytes;
            core.nodes[self.queue as usize].units[0] += chunks(u64::from(bytes), self.chunk) - 1;
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
        core.nodes[self.queue as usize].units[0] += calls;
        self.invoke(core, batch);
    }

    /// The window of the open batch is over: it goes as soon as the poll comes back that gathers more for it.
    fn window_over(&mut self, core: &mut Core) {
        let now = core.now();
        let back = core.batches[self.open].opened.saturating_add(self.quiet_wait);
        if back > now {
            self.overdue = true;
            core.after(back - now, Class::Arrival, self.index, Timer::Window, self.window_number);
        } else {
            self.close(core, false);
            self.poll(core);
        }
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
        core.depart(item, latency);
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
        let ordered = core.stores[self.queue as usize].is_ordered();
        let mut held_back = None;
        let mut deleted: u64 = 0;
        for position in 0..core.batches[batch].members.len() {
            let member = core.batches[batch].members[position];
            let group = core.copies[member.copy].token;
            // What stands behind a failed message of its group is not done either.
            if ordered && member.failed {
                held_back = Some(group);
            }
            let good = outcome != Outcome::Throttled && !member.failed && !all_failed && held_back != Some(group);
            core.ledger.end(self.edge, if good { Fate::Done } else { Fate::Failed });
            if good {
                deleted += 1;
                core.delete_message(self.queue, member.copy, member.delivery);
            }
            core.unhold_message(member.copy);
        }
        core.nodes[self.queue as usize].units[0] += deleted.div_ceil(self.call_messages);
        let took = now - core.batches[batch].opened;
        if now >= core.warm_up {
            core.edges[self.edge as usize].latency.record(took);
        }
        core.batches[batch].members.clear();
        core.batches.remove(batch);
        self.scale.release(core, outcome);
    }
}

/// How long messages stay invisible that wait in a batch for others, where that is longer than their queue says.
fn prolonged(poll: &PollConfig, queue: &QueueConfig, timeout: f64) -> Option<f64> {
    let needed = poll.batch_window + timeout;
    let margin = poll.visibility_margin.filter(|_| poll.batch_window > 0.0 && needed > queue.visibility)?;
    Some(needed + margin)
}

impl Behavior for Mapping {
    fn start(&mut self, core: &mut Core) {
        core.edges[self.edge as usize].poll.long_polls = LongPolls::new(self.long_poll);
        self.scale.start(core);
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
            Timer::Turn => {
                self.turn = false;
                self.poll(core);
            }
            Timer::Window => {
                if self.open != NONE && argument == self.window_number {
                    self.window_over(core);
                }
            }
            Timer::Ramp => {
                let backlog = self.has_messages(core);
                self.scale.ramp(core, argument, backlog);
                self.poll(core);
            }
            Timer::Errors => self.scale.errors(core),
            Timer::BatchRetry => self.retry(core, argument),
            other => debug_assert!(false, "{other:?} is not a timer of a mapping"),
        }
    }

    fn settled(&mut self, _core: &mut Core, _copy: u32, _outcome: Outcome) {}

    fn fault(&mut self, core: &mut Core, effect: &Effect, on: bool) {
        match effect {
            Effect::Capacity { lost } => self.scale.lose(if on { *lost } else { 0.0 }),
            Effect::Batch { size } => self.batch_size = if on { *size } else { self.usual_batch_size } as usize,
            _ => return,
        }
        self.poll(core);
    }

    fn answered(&mut self, core: &mut Core, item: u32, outcome: Outcome) {
        let batch = core.items[item].batch;
        if outcome == Outcome::Throttled {
            core.edges[self.edge as usize].throttled.add(1);
            let (first, longest) = self.throttle_wait;
            if first > 0 && Self::is_ours(core, batch) {
                let tries = core.batches[batch].tries;
                let wait = (first << (tries - 1).min(16)).min(longest);
                core.after(wait, Class::Arrival, self.index, Timer::BatchRetry, batch);
                return;
            }
        }
        self.release(core, batch, outcome);
        self.poll(core);
    }
}

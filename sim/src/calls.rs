//! How nodes talk: a *call* is a copy on an edge with all its attempts, time-outs and waits between them.
//!
//! Every family uses the same call: a client's request, a function's write, a topic's delivery. The caller's node is
//! told once, when the call is settled.

use rand::RngExt as _;

use plimsoll_models::{EdgeKind, policy::RetryOn};

use crate::{
    core::{Cause, Copy, Core, Item, MessageState, ReplyTo},
    event::{Class, Event},
    ledger::Fate,
    outcome::Outcome,
    program::BackoffProgram,
    result::TraceEvent,
    rng::{self, Purpose, mix},
    slab::NONE,
    time::{Nanos, nanos},
};

impl Core {
    /// Sends a copy along an edge. `repeat` tells apart several calls that one cause makes along the same edge.
    pub(crate) fn call(&mut self, edge: u32, token: u64, cause: &Cause, repeat: u32) -> u32 {
        let copy = self.open_call(edge, token, cause, repeat);
        self.attempt(copy);
        copy
    }

    /// Sends a copy along an edge over a connection of `holder`.
    pub(crate) fn call_from(&mut self, holder: u32, edge: u32, token: u64, cause: &Cause, repeat: u32) {
        let copy = self.open_call(edge, token, cause, repeat);
        self.copies[copy].origin = holder;
        self.attempt(copy);
    }

    /// Creates a copy on an edge without sending it yet.
    pub(crate) fn open_call(&mut self, edge: u32, token: u64, cause: &Cause, repeat: u32) -> u32 {
        let program = &self.program.edges[edge as usize];
        let line = mix(cause.line, program.key.wrapping_add(u64::from(repeat)));
        let caller = program.from;
        self.ledger.create(edge);
        self.edges[edge as usize].calls.add(1);
        self.hold_journey(cause.journey);
        let born = self.now();
        self.copies.insert(Copy {
            line,
            journey: cause.journey,
            edge,
            row: edge,
            caller,
            token,
            born,
            sent: born,
            attempt: 0,
            bytes: cause.bytes,
            event_type: cause.event_type,
            laps: cause.laps,
            state: MessageState::InFlight,
            item: NONE,
            timer: NONE,
            second_timer: NONE,
            holders: 0,
            origin: NONE,
        })
    }

    /// Makes the next attempt of a call.
    pub(crate) fn attempt(&mut self, copy: u32) {
        let now = self.now();
        let row = &mut self.copies[copy];
        row.attempt += 1;
        row.sent = now;
        let Copy { line, journey, edge, attempt, bytes, event_type, laps, caller, origin, .. } = *row;
        self.ledger.attempt(edge);
        self.edges[edge as usize].attempts.add(1);
        let item = self.items.insert(Item {
            line,
            journey,
            edge,
            attempt,
            reply: ReplyTo::Call(copy),
            batch: NONE,
            bytes,
            event_type,
            laps,
            arrived: now,
            started: now,
            origin,
        });
        self.copies[copy].item = item;
        self.note(journey, caller, edge, TraceEvent::Attempt);
        let program = &self.program.edges[edge as usize];
        let timeout = program.policy.timeout;
        let latency = if program.latency.is_zero() {
            0
        } else {
            program.latency.draw(&mut rng::draw(self.edge_keys[edge as usize], Purpose::Latency, line, attempt))
        };
        let latency = if self.faults.is_quiet() { latency } else { self.stretched(edge, latency) };
        if timeout > 0 {
            let lane = self.timeout_lane(edge);
            let timer = self.queue.set_timer(lane, now + timeout, Class::Arrival, Event::CallTimeout { copy });
            self.copies[copy].timer = timer;
        }
        self.queue.schedule(now.saturating_add(latency), Class::Arrival, Event::Reach { item });
        if attempt == 1 && !self.faults.is_quiet() {
            self.double_sent(copy);
        }
    }

    /// A node has an outcome for an attempt. The caller learns it before any later arrival.
    #[inline]
    pub(crate) fn answer(&mut self, item: u32, outcome: Outcome) {
        let now = self.now();
        self.queue.schedule(now, Class::Completion, Event::Answer { item, outcome });
    }

    /// An attempt of a call has its outcome. Says what the caller learns, if it is final.
    pub(crate) fn attempt_ended(&mut self, copy: u32, outcome: Outcome) -> Option<Outcome> {
        let timer = std::mem::replace(&mut self.copies[copy].timer, NONE);
        self.queue.cancel(timer);
        self.copies[copy].item = NONE;
        let now = self.now();
        let Copy { edge, attempt, born, journey, caller, line, .. } = self.copies[copy];
        let meter = &mut self.edges[edge as usize];
        match outcome {
            Outcome::Ok => {}
            Outcome::Throttled => {
                meter.throttled.add(1);
                if attempt == 1 {
                    meter.first_throttled.add(1);
                }
            }
            Outcome::Failed | Outcome::Rejected | Outcome::Expired => meter.failed.add(1),
            Outcome::TimedOut => meter.timeouts.add(1),
        }
        let what = match outcome {
            Outcome::Ok => None,
            Outcome::Throttled => Some(TraceEvent::Throttled),
            Outcome::TimedOut => Some(TraceEvent::TimedOut),
            Outcome::Failed | Outcome::Rejected | Outcome::Expired => Some(TraceEvent::Failed),
        };
        if let Some(what) = what {
            self.note(journey, caller, edge, what);
        }
        let policy = &self.program.edges[edge as usize].policy;
        let retriable = match (outcome, policy.retry_on) {
            (Outcome::Ok | Outcome::Rejected | Outcome::Expired, _) => false,
            (Outcome::Throttled, RetryOn::Any | RetryOn::Throttles) => true,
            (Outcome::Failed | Outcome::TimedOut, RetryOn::Any | RetryOn::Errors) => true,
            (Outcome::Throttled, RetryOn::Errors) | (Outcome::Failed | Outcome::TimedOut, RetryOn::Throttles) => false,
        };
        if !retriable || attempt >= policy.attempts {
            return Some(outcome);
        }
        let wait = self.backoff(edge, line, attempt);
        let policy = &self.program.edges[edge as usize].policy;
        if policy.age_max > 0 && (now - born).saturating_add(wait) > policy.age_max {
            return Some(Outcome::Expired);
        }
        self.edges[edge as usize].orbit.add(now, 1);
        self.queue.schedule(now.saturating_add(wait), Class::Arrival, Event::Retry { copy });
        None
    }

    /// The wait after so many attempts.
    fn backoff(&self, edge: u32, line: u64, attempt: u32) -> Nanos {
        let mut rng = rng::draw(self.edge_keys[edge as usize], Purpose::Backoff, line, attempt);
        match &self.program.edges[edge as usize].policy.backoff {
            BackoffProgram::Exponential { base, factor, cap, full_jitter } => {
                let grown = base * libm::pow(*factor, f64::from(attempt - 1));
                let wait = grown.min(*cap);
                nanos(if *full_jitter { wait * rng.random::<f64>() } else { wait })
            }
            BackoffProgram::Schedule(waits) => waits[(attempt as usize - 1).min(waits.len() - 1)],
            BackoffProgram::Random(law) => law.draw(&mut rng),
        }
    }

    /// The wait before an attempt is over: it is made now.
    pub(crate) fn retry(&mut self, copy: u32) {
        let now = self.now();
        let edge = self.copies[copy].edge;
        self.edges[edge as usize].orbit.subtract(now, 1);
        self.attempt(copy);
    }

    /// The wait before an attempt is over, but nobody wants it any more.
    pub(crate) fn abandon(&mut self, copy: u32) {
        let now = self.now();
        let edge = self.copies[copy].edge;
        self.edges[edge as usize].orbit.subtract(now, 1);
        self.end_copy(copy, Fate::Failed);
        self.forget(copy);
    }

    /// The caller's patience is over: the attempt goes on without it.
    pub(crate) fn orphan(&mut self, copy: u32) {
        self.copies[copy].timer = NONE;
        let item = self.copies[copy].item;
        debug_assert!(item != NONE, "a time-out is canceled with its attempt");
        let journey = self.items[item].journey;
        self.items[item].reply = ReplyTo::Nobody;
        self.hold_journey(journey);
    }

    /// Writes the final outcome of a call into the books.
    pub(crate) fn settle(&mut self, copy: u32, outcome: Outcome) {
        let now = self.now();
        let Copy { edge, born, sent, .. } = self.copies[copy];
        let counted = now >= self.warm_up;
        let meter = &mut self.edges[edge as usize];
        meter.settled.add(1);
        if counted {
            meter.latency.record(now - born);
            meter.delay.record(sent - born);
        }
        let fate = fate(outcome);
        let from = self.program.edges[edge as usize].from;
        // What a topic or bus cannot deliver goes to its dead-letter queue, if it has one.
        let row = &self.program.edges[edge as usize];
        let pushed = row.kind == EdgeKind::Deliver && row.destination.is_none();
        let fate = if fate.is_loss() && pushed && self.dead_letter(from, copy) { Fate::DeadLettered } else { fate };
        self.end_copy(copy, fate);
    }
}

/// The fate of a copy whose call ended so.
pub(crate) fn fate(outcome: Outcome) -> Fate {
    match outcome {
        Outcome::Ok => Fate::Done,
        Outcome::Throttled | Outcome::Rejected => Fate::Rejected,
        Outcome::Failed | Outcome::TimedOut => Fate::Failed,
        Outcome::Expired => Fate::Expired,
    }
}

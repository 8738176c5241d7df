//! How nodes talk: a *call* is a copy on an edge with all its attempts, time-outs and waits between them.
//!
//! Every family uses the same call: a client's request, a function's write, a topic's delivery. The caller's node is
//! told once, when the call is settled.

use rand::RngExt as _;

use plimsoll_models::policy::RetryOn;

use crate::{
    ahead,
    core::{Cause, Copy, Core, Item, MessageState, ReplyTo},
    event::{Class, Event},
    guard::Ended,
    ledger::Fate,
    meters::EdgeChange,
    outcome::Outcome,
    program::BackoffProgram,
    result::TraceEvent,
    rng::{self, Purpose, mix},
    slab::NONE,
    time::{NEVER, Nanos, nanos},
};

/// Waits before this one that decorrelated jitter looks back upon, drawing each again so that no call has to remember one;
/// what came before them is lost in chance, and in the cap that they have reached since.
const WAITS_REMEMBERED: u32 = 256;

impl Core {
    /// Sends a copy along an edge. `repeat` tells apart several calls that one cause makes along the same edge.
    pub(crate) fn call(&mut self, edge: u32, token: u64, cause: &Cause, repeat: u32) -> u32 {
        self.call_as(0, edge, token, cause, repeat)
    }

    /// The same for one of several clients of a node, which each remember how their calls went.
    pub(crate) fn call_as(&mut self, client: u32, edge: u32, token: u64, cause: &Cause, repeat: u32) -> u32 {
        let copy = self.new_call(edge, token, cause, repeat);
        self.copies[copy].client = client;
        self.send(copy);
        copy
    }

    /// The same over a connection that the client holds as `holder`.
    pub(crate) fn call_from(&mut self, (client, holder): (u32, u32), edge: u32, token: u64, cause: &Cause, repeat: u32) {
        let copy = self.new_call(edge, token, cause, repeat);
        (self.copies[copy].client, self.copies[copy].origin) = (client, holder);
        self.send(copy);
    }

    /// Creates a copy on an edge without sending it yet.
    pub(crate) fn open_call(&mut self, edge: u32, token: u64, cause: &Cause, repeat: u32) -> u32 {
        self.edges.change(edge as usize, EdgeChange::Called, 0);
        self.new_call(edge, token, cause, repeat)
    }

    /// A copy on an edge that no book knows yet.
    fn new_call(&mut self, edge: u32, token: u64, cause: &Cause, repeat: u32) -> u32 {
        let program = &self.program.edges[edge as usize];
        let line = mix(cause.line, program.key.wrapping_add(u64::from(repeat)));
        let caller = program.from;
        self.hold_journey(cause.journey);
        let born = self.now();
        let copy = self.copies.insert(Copy {
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
            client: 0,
            paid: None,
            ends_later: NONE,
            retry_after: 0,
            first_sent: NEVER,
        });
        // The next one's slot: whoever gave it back has only looked at its first line.
        if let Some(next) = self.copies.next_free() {
            ahead::one(&next.line);
            ahead::one(&next.laps);
        }
        copy
    }

    /// Makes the first attempt of a new call, and writes both into the books.
    fn send(&mut self, copy: u32) {
        let edge = self.copies[copy].edge as usize;
        if self.may_go(copy) {
            self.edges.change(edge, EdgeChange::Sent, 1);
            self.go(copy);
        } else {
            self.edges.change(edge, EdgeChange::Called, 0);
            self.hold_back(copy);
        }
    }

    /// Makes the next attempt of an open call.
    pub(crate) fn attempt(&mut self, copy: u32) {
        let edge = self.copies[copy].edge as usize;
        if self.may_go(copy) {
            self.edges.change(edge, EdgeChange::Attempted, 0);
            self.go(copy);
        } else {
            self.hold_back(copy);
        }
    }

    fn may_go(&mut self, copy: u32) -> bool {
        let Copy { edge, client, attempt, .. } = self.copies[copy];
        self.client_sends(edge, client, attempt == 0)
    }

    /// An attempt is under way.
    fn go(&mut self, copy: u32) {
        let now = self.now();
        let row = &mut self.copies[copy];
        row.attempt += 1;
        row.sent = now;
        let Copy { line, journey, edge, attempt, bytes, event_type, laps, caller, origin, .. } = *row;
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
        // Whoever gave the next one's slot back has not looked at it.
        if let Some(next) = self.items.next_free() {
            ahead::one(next);
        }
        self.note(journey, caller, edge, TraceEvent::Attempt);
        let latency = self.latency(edge, line, attempt);
        self.copies[copy].timer = self.set_timeout(edge, Event::CallTimeout { copy });
        self.depart(item, latency);
        if attempt == 1 && !self.faults.is_quiet() {
            self.double_sent(copy);
        }
    }

    /// How long an attempt takes to its target.
    pub(crate) fn latency(&mut self, edge: u32, line: u64, attempt: u32) -> Nanos {
        let program = &self.program.edges[edge as usize];
        let latency = if program.instant {
            0
        } else {
            program.latency.draw(&mut rng::draw(self.edge_keys[edge as usize], Purpose::Latency, line, attempt))
        };
        if self.faults.is_quiet() { latency } else { self.stretched(edge, latency) }
    }

    /// Sets the timer of the caller's patience, unless it waits for ever.
    pub(crate) fn set_timeout(&mut self, edge: u32, event: Event) -> u32 {
        let at = self.program.edges[edge as usize].timeout as usize;
        let Some(timeout) = self.program.timeouts.get(at) else { return NONE };
        let ends = self.queue.now().saturating_add(*timeout);
        self.queue.set_timer(self.timeout_lanes[at], ends, Class::Arrival, event)
    }

    /// The breaker of the client stops an attempt: it is refused for good, at once, and was never made.
    fn hold_back(&mut self, copy: u32) {
        let now = self.now();
        let Copy { line, journey, edge, attempt, bytes, event_type, laps, .. } = self.copies[copy];
        self.edges[edge as usize].broken.add(1);
        let reply = ReplyTo::Call(copy);
        let (batch, origin) = (NONE, NONE);
        let item = Item { line, journey, edge, attempt, reply, batch, bytes, event_type, laps, arrived: now, started: now, origin };
        let item = self.items.insert(item);
        self.answer(item, Outcome::Rejected);
    }

    /// A node has an outcome for an attempt. The caller learns it before any later arrival.
    #[inline]
    pub(crate) fn answer(&mut self, item: u32, outcome: Outcome) {
        self.queue.schedule_now(Class::Completion, Event::Answer { item, outcome, call: NONE });
    }

    /// The same where the node knows which call the attempt belonged to when it came: then the attempt need not be looked at.
    #[inline]
    pub(crate) fn answer_call(&mut self, item: u32, call: u32, outcome: Outcome) {
        self.queue.schedule_now(Class::Completion, Event::Answer { item, outcome, call });
    }

    /// Whether the policy of its edge allows another attempt of a copy after this outcome.
    pub(crate) fn is_retriable(&self, copy: u32, outcome: Outcome) -> bool {
        let Copy { edge, attempt, .. } = self.copies[copy];
        let policy = || &self.program.edges[edge as usize].policy;
        let retriable = match outcome {
            Outcome::Ok | Outcome::Rejected | Outcome::Expired => false,
            Outcome::Throttled => policy().retry_on != RetryOn::Errors,
            Outcome::Failed | Outcome::TimedOut => policy().retry_on != RetryOn::Throttles,
        };
        retriable && attempt < policy().attempts
    }

    /// Whether a copy will be too old after a wait.
    pub(crate) fn outlives(&self, copy: u32, wait: Nanos) -> bool {
        let Copy { edge, born, .. } = self.copies[copy];
        let age_max = self.program.edges[edge as usize].policy.age_max;
        age_max > 0 && (self.now() - born).saturating_add(wait) > age_max
    }

    /// An attempt of a call has its outcome. Says what the caller learns, if it is final.
    pub(crate) fn attempt_ended(&mut self, copy: u32, outcome: Outcome) -> Option<Outcome> {
        let timer = std::mem::replace(&mut self.copies[copy].timer, NONE);
        self.queue.cancel(timer);
        // An attempt that a breaker stopped was never under way.
        let sent = std::mem::replace(&mut self.copies[copy].item, NONE) != NONE;
        let Copy { edge, client, attempt, journey, caller, line, sent: sent_at, paid, .. } = self.copies[copy];
        if sent {
            self.learn(edge, client, Ended { outcome, sent: sent_at, first: attempt == 1, paid });
            self.count_ended(copy, outcome);
        } else {
            self.note(journey, caller, edge, TraceEvent::Failed);
        }
        if !self.is_retriable(copy, outcome) {
            return Some(outcome);
        }
        let asked = std::mem::take(&mut self.copies[copy].retry_after);
        let wait = self.wait(edge, line, attempt, outcome, asked);
        if self.outlives(copy, wait) {
            return Some(Outcome::Expired);
        }
        if !self.pays_for_retry(edge, client, outcome) {
            self.edges[edge as usize].denied.add(1);
            return Some(outcome);
        }
        self.copies[copy].paid = Some(outcome);
        let now = self.now();
        self.edges[edge as usize].orbit.add(now, 1);
        self.queue.schedule(now.saturating_add(wait), Class::Arrival, Event::Retry { copy });
        None
    }

    /// Counts how an attempt went, and notes what was bad about it. Most go well and change no figure.
    pub(crate) fn count_ended(&mut self, copy: u32, outcome: Outcome) {
        let Copy { edge, attempt, journey, caller, .. } = self.copies[copy];
        let at = edge as usize;
        let what = match outcome {
            Outcome::Ok => return,
            Outcome::Throttled => {
                self.edges[at].throttled.add(1);
                self.edges[at].first_throttled.add(u64::from(attempt == 1));
                TraceEvent::Throttled
            }
            Outcome::TimedOut => {
                self.edges[at].timeouts.add(1);
                TraceEvent::TimedOut
            }
            Outcome::Failed | Outcome::Rejected | Outcome::Expired => {
                self.edges[at].failed.add(1);
                TraceEvent::Failed
            }
        };
        self.note(journey, caller, edge, what);
    }

    /// The wait after so many attempts, the latest of which ended so. `asked` is how long the target wants the caller to
    /// stay away.
    pub(crate) fn wait(&self, edge: u32, line: u64, attempt: u32, outcome: Outcome, asked: Nanos) -> Nanos {
        let program = &self.program.edges[edge as usize];
        let resilience = program.resilience.as_ref();
        if asked > 0 && outcome == Outcome::Throttled && resilience.is_some_and(|ready| ready.rules.honor_retry_after) {
            return asked;
        }
        let of_throttles = resilience.filter(|_| outcome == Outcome::Throttled).and_then(|ready| ready.throttle_backoff.as_ref());
        self.drawn(of_throttles.unwrap_or(&program.policy.backoff), edge, line, attempt)
    }

    /// The back-off of an edge after so many attempts.
    pub(crate) fn backoff(&self, edge: u32, line: u64, attempt: u32) -> Nanos {
        self.drawn(&self.program.edges[edge as usize].policy.backoff, edge, line, attempt)
    }

    fn drawn(&self, backoff: &BackoffProgram, edge: u32, line: u64, attempt: u32) -> Nanos {
        let luck = |attempt| rng::draw(self.edge_keys[edge as usize], Purpose::Backoff, line, attempt);
        let mut rng = luck(attempt);
        match backoff {
            BackoffProgram::Exponential { base, factor, cap, jitter } => {
                let grown = base * libm::pow(*factor, f64::from(attempt - 1));
                let wait = grown.min(*cap);
                nanos(if *jitter > 0.0 { wait * (1.0 - jitter + jitter * rng.random::<f64>()) } else { wait })
            }
            BackoffProgram::Decorrelated { base, factor, cap } => {
                let first = attempt.saturating_sub(WAITS_REMEMBERED) + 1;
                let wait = (first..=attempt).fold(base.min(*cap), |before, attempt| {
                    (base + luck(attempt).random::<f64>() * (factor * before - base)).clamp(0.0, *cap)
                });
                nanos(wait)
            }
            BackoffProgram::Schedule(waits) => waits[(attempt as usize - 1).min(waits.len() - 1)],
            BackoffProgram::Random(law) => law.draw(&mut rng),
        }
    }

    /// The wait before an attempt is over.
    pub(crate) fn leave_orbit(&mut self, copy: u32) {
        let now = self.now();
        let edge = self.copies[copy].edge;
        self.edges[edge as usize].orbit.subtract(now, 1);
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
        let fate = fate(outcome);
        // What a subscription cannot deliver goes to its dead-letter queue, if it has one.
        let dead_letter = if fate.is_loss() { self.program.edges[edge as usize].dead_letter } else { None };
        let fate = dead_letter.map_or(fate, |dead_letter| {
            self.dead_letter_along(dead_letter, &self.cause_of_copy(copy));
            Fate::DeadLettered
        });
        let counted = now >= self.warm_up;
        let ended = if counted { EdgeChange::Settled(fate) } else { EdgeChange::Ended(fate) };
        self.edges.change(edge as usize, ended, now - born);
        if counted && sent > born {
            self.edges.change(edge as usize, EdgeChange::Delayed, sent - born);
        }
        self.count_loss(self.copies[copy].row, copy, fate);
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

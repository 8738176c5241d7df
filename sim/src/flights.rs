//! Several calls in one request: a batch that a bus or a pipe hands over, the records of one write.
//!
//! Each call stays a copy of its own on the edge, with its own attempts and its own end; only the request is shared. To
//! its client it is one request: quota, budget and breaker count it once.
//! What the target says about single calls counts where the edge asks for it, and a request of which a part was throttled
//! was throttled. A request that its caller has given up
//! still runs at the target while its calls are tried again, so they are kept until both are over.

use crate::{
    core::{Batch, Copy, Core, Item, Member, ReplyTo},
    event::{Class, Event},
    guard::Ended,
    ledger::Fate,
    outcome::Outcome,
    result::TraceEvent,
    rng::mix,
    slab::NONE,
    time::Nanos,
};

/// The client that gathers calls over the events of its node, whichever user they come from.
const GATHERER: u32 = 0;

/// A request that carries several calls.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flight {
    edge: u32,
    batch: u32,
    /// Which of the caller's clients sends it.
    client: u32,
    /// Timer of its time-out.
    timer: u32,
    /// When it was sent; none where the client's breaker held it back.
    sent: Option<Nanos>,
    /// Whether it is no retry.
    first: bool,
    /// What it was paid for as a retry.
    paid: Option<Outcome>,
    given_up: bool,
}

/// A request that is being filled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gathering {
    copies: Vec<u32>,
    bytes: u64,
    /// Tells it from those before it along the same edge.
    number: u32,
}

/// What becomes of the calls of a request that has ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Landing {
    flight: u32,
    outcome: Outcome,
    /// The request in which those travel that are tried again, or [`NONE`].
    next: u32,
    /// The wait before that.
    wait: Nanos,
    /// Whether quota and budget of the client have been asked for that.
    asked: bool,
}

impl Core {
    /// Sends calls that a client has opened on an edge together.
    pub(crate) fn fly(&mut self, edge: u32, client: u32, copies: &[u32]) {
        let flight = self.new_flight(edge, client);
        for copy in copies {
            self.board(flight, *copy);
        }
        self.take_off(flight);
    }

    /// Sends calls that a client has opened on an edge in as few requests as that takes.
    pub(crate) fn fly_all(&mut self, edge: u32, client: u32, copies: &[u32]) {
        for copy in copies {
            self.gather((edge, client), *copy, false);
        }
        self.close_gathering(edge, client);
    }

    /// A call that was opened on an edge goes with others, when they are as many as travel together or have waited long
    /// enough.
    pub(crate) fn gather_call(&mut self, edge: u32, copy: u32) {
        self.gather((edge, GATHERER), copy, true);
    }

    fn gather(&mut self, (edge, client): (u32, u32), copy: u32, waits: bool) {
        let Some(rules) = self.program.edges[edge as usize].gathers else {
            self.attempt(copy);
            return;
        };
        let bytes = u64::from(self.copies[copy].bytes);
        if self.gatherings.get(&edge).is_some_and(|open| !open.copies.is_empty() && open.bytes + bytes > rules.bytes) {
            self.close_gathering(edge, client);
        }
        let open = self.gatherings.entry(edge).or_default();
        open.copies.push(copy);
        open.bytes += bytes;
        let (first, full, number) = (open.copies.len() == 1, open.copies.len() >= rules.calls, open.number);
        if full {
            self.close_gathering(edge, client);
        } else if first && waits {
            let at = self.now().saturating_add(rules.linger);
            self.queue.schedule(at, Class::Arrival, Event::Gathered { edge, number });
        }
    }

    /// A request has waited long enough for more calls, unless it has gone already.
    pub(crate) fn gathered(&mut self, edge: u32, number: u32) {
        if self.gatherings.get(&edge).is_some_and(|open| open.number == number) {
            self.close_gathering(edge, GATHERER);
        }
    }

    fn close_gathering(&mut self, edge: u32, client: u32) {
        let Some(open) = self.gatherings.get_mut(&edge) else { return };
        open.number = open.number.wrapping_add(1);
        open.bytes = 0;
        let mut copies = std::mem::take(&mut open.copies);
        if !copies.is_empty() {
            self.fly(edge, client, &copies);
        }
        copies.clear();
        if let Some(open) = self.gatherings.get_mut(&edge) {
            open.copies = copies;
        }
    }

    fn new_flight(&mut self, edge: u32, client: u32) -> u32 {
        let now = self.now();
        let batch = self.batches.reuse(Batch::default);
        let flight = self.flights.insert(Flight { edge, batch, client, timer: NONE, sent: None, first: true, paid: None, given_up: false });
        let row = &mut self.batches[batch];
        row.members.clear();
        (row.opened, row.tries) = (now, 0);
        // Its calls are held as copies of their edge, not by the batch.
        row.edge = None;
        flight
    }

    /// A call joins a request for its next attempt.
    fn board(&mut self, flight: u32, copy: u32) {
        let now = self.now();
        let row = &mut self.copies[copy];
        row.sent = now;
        row.holders += 1;
        let delivery = row.attempt + 1;
        let batch = self.flights[flight].batch;
        self.batches[batch].members.push(Member { copy, delivery, received: now, failed: false });
    }

    fn take_off(&mut self, flight: u32) {
        let now = self.now();
        let Flight { edge, batch, client, first, .. } = self.flights[flight];
        let sends = self.client_sends(edge, client, first);
        let mut bytes = 0;
        for at in 0..self.batches[batch].members.len() {
            let Member { copy, delivery, .. } = self.batches[batch].members[at];
            let Copy { journey, caller, bytes: of_call, .. } = self.copies[copy];
            bytes += u64::from(of_call);
            if sends {
                self.copies[copy].attempt = delivery;
                self.edges[edge as usize].attempts.add(1);
                self.note(journey, caller, edge, TraceEvent::Attempt);
            }
        }
        let item = self.flight_item(flight, bytes);
        if !sends {
            let calls = self.passengers(flight) as u64;
            self.edges[edge as usize].broken.add(calls);
            self.answer(item, Outcome::Rejected);
            return;
        }
        self.flights[flight].sent = Some(now);
        let head = self.head(flight);
        let latency = self.latency(edge, head.line, head.attempt);
        self.flights[flight].timer = self.set_timeout(edge, Event::FlightTimeout { flight });
        self.depart(item, latency);
    }

    /// The attempt of a request.
    fn flight_item(&mut self, flight: u32, bytes: u64) -> u32 {
        let now = self.now();
        let Flight { edge, batch, .. } = self.flights[flight];
        let head = self.head(flight);
        self.items.insert(Item {
            line: mix(head.line, u64::from(head.attempt)),
            journey: head.journey,
            edge,
            attempt: head.attempt,
            reply: ReplyTo::Flight(flight),
            batch,
            bytes: bytes.min(u64::from(u32::MAX)) as u32,
            event_type: head.event_type,
            laps: head.laps,
            arrived: now,
            started: now,
            origin: NONE,
        })
    }

    /// The target has answered a request, or its caller waits no longer (`given_up`). Says how its calls are to be gone
    /// through, unless that has been done.
    pub(crate) fn landing(&mut self, flight: u32, outcome: Outcome, given_up: bool) -> Option<Landing> {
        if self.flights[flight].given_up {
            return None;
        }
        let Flight { edge, client, timer, sent, first, paid, .. } = self.flights[flight];
        self.flights[flight].given_up = given_up;
        if !given_up {
            self.queue.cancel(timer);
        }
        if let Some(sent) = sent {
            self.learn(edge, client, Ended { outcome, sent, first, paid });
        }
        let head = self.head(flight);
        let again = sent.is_some() && outcome != Outcome::Ok;
        let wait = if again { self.wait(edge, head.line, head.attempt, outcome, head.retry_after) } else { 0 };
        Some(Landing { flight, outcome, next: NONE, wait, asked: false })
    }

    /// Calls of a request.
    pub(crate) fn passengers(&self, flight: u32) -> usize {
        self.batches[self.flights[flight].batch].members.len()
    }

    /// What becomes of a call: its final outcome, or none where it is tried again.
    pub(crate) fn concluded(&mut self, landing: &mut Landing, at: usize) -> Option<(u32, Outcome)> {
        let now = self.now();
        let Flight { edge, batch, client, sent, .. } = self.flights[landing.flight];
        let Member { copy, failed, .. } = self.batches[batch].members[at];
        if sent.is_none() {
            let Copy { journey, caller, .. } = self.copies[copy];
            self.note(journey, caller, edge, TraceEvent::Failed);
            return Some((copy, landing.outcome));
        }
        let alone = self.program.edges[edge as usize].partial && landing.outcome != Outcome::TimedOut;
        let outcome = if alone && !failed { Outcome::Ok } else { landing.outcome };
        self.count_ended(copy, outcome);
        if !self.is_retriable(copy, outcome) {
            return Some((copy, outcome));
        }
        if self.outlives(copy, landing.wait) {
            return Some((copy, Outcome::Expired));
        }
        if !std::mem::replace(&mut landing.asked, true) && self.pays_for_retry(edge, client, outcome) {
            landing.next = self.new_flight(edge, client);
            let next = &mut self.flights[landing.next];
            (next.first, next.paid) = (false, Some(outcome));
        }
        if landing.next == NONE {
            self.edges[edge as usize].denied.add(1);
            return Some((copy, outcome));
        }
        self.board(landing.next, copy);
        self.edges[edge as usize].orbit.add(now, 1);
        None
    }

    /// Every call of a request has been gone through.
    pub(crate) fn landed(&mut self, landing: Landing) {
        if landing.next != NONE {
            let at = self.now().saturating_add(landing.wait);
            self.queue.schedule(at, Class::Arrival, Event::FlightRetry { flight: landing.next });
        }
    }

    /// The wait before the next attempt of a request is over.
    pub(crate) fn fly_again(&mut self, flight: u32) {
        let now = self.now();
        let Flight { edge, batch, .. } = self.flights[flight];
        for at in 0..self.batches[batch].members.len() {
            let copy = self.batches[batch].members[at].copy;
            self.copies[copy].sent = now;
            self.edges[edge as usize].orbit.subtract(now, 1);
        }
        self.take_off(flight);
    }

    /// The wait is over, but nobody wants the calls of a request any more.
    pub(crate) fn abandon_flight(&mut self, flight: u32) {
        let now = self.now();
        let Flight { edge, batch, .. } = self.flights[flight];
        for at in 0..self.batches[batch].members.len() {
            let copy = self.batches[batch].members[at].copy;
            self.edges[edge as usize].orbit.subtract(now, 1);
            self.end_copy(copy, Fate::Failed);
            self.let_go(copy);
        }
        self.ground(flight);
    }

    /// The first call of a request: all of them are one piece of work of their caller.
    pub(crate) fn head(&self, flight: u32) -> Copy {
        self.copies[self.batches[self.flights[flight].batch].members[0].copy]
    }

    /// Nobody needs a request any more.
    pub(crate) fn ground(&mut self, flight: u32) {
        let batch = self.flights[flight].batch;
        for at in 0..self.batches[batch].members.len() {
            self.unhold_message(self.batches[batch].members[at].copy);
        }
        self.batches[batch].members.clear();
        self.batches.remove(batch);
        self.flights.remove(flight);
    }
}

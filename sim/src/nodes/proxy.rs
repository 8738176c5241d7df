//! A proxy of a database: many clients, few connections. A request borrows one, or waits for one.
//!
//! ```text
//! client --> connection to the proxy --> overhead --> borrow a connection of the database --> query --> give it back
//!                                                       ^ all in use: waits, up to a time-out
//! ```
//! A pinned client keeps the connection that it has borrowed until it goes.

use std::collections::{BTreeMap, VecDeque};

use plimsoll_models::{
    families::{Config, ProxyConfig},
    fault::Effect,
};

use super::{Behavior, Names};
use crate::{
    core::Core,
    event::{Class, Event, Timer},
    faults::slowed,
    outcome::Outcome,
    parts::{Ask, Connections},
    program::Program,
    result::TraceEvent,
    rng::Purpose,
    sample::Sampler,
    slab::NONE,
    time::{Nanos, nanos, seconds},
};

const SECONDS_PER_HOUR: f64 = 3_600.0;

/// A proxy.
#[derive(Clone, Debug)]
pub(crate) struct Proxy {
    index: u32,
    /// The edge to its database.
    edge: Option<u32>,
    clients: Connections,
    clients_limit: u32,
    /// Connections that it may borrow, and those in use.
    most: u64,
    borrowed: u64,
    /// Connections that the database has at all, of which `most` is a share.
    all: f64,
    borrow_limit: u32,
    /// Requests that wait for a connection, with the timers that end the wait.
    waiting: VecDeque<(u32, u32)>,
    lane: u32,
    timeout: Nanos,
    /// What the database knows it by.
    holder: u32,
    pinned: f64,
    /// Connections that pinned clients keep, and how many of them are in use.
    kept: BTreeMap<u32, Kept>,
    overhead: Sampler,
    connect_latency: Sampler,
    billed_processors: f64,
    /// By what a fault multiplies what it adds to a request.
    slow: f64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Kept {
    all: u64,
    busy: u64,
}

impl Proxy {
    pub(crate) fn new(program: &Program, index: u32, config: &ProxyConfig, core: &mut Core) -> Self {
        let node = &program.nodes[index as usize];
        let edge = node.calls.first().copied();
        let database = edge.map(|edge| &program.nodes[program.edges[edge as usize].to as usize].config);
        let (all, usable, processors) = match database {
            Some(Config::Database(database)) => (database.connections.value, database.usable(), database.processors.value),
            _ => (0.0, 0, 0.0),
        };
        Self {
            index,
            edge,
            clients: Connections::new(config.clients.value as u64),
            clients_limit: node.limits[&config.clients.key],
            most: ((all * config.connections_share.value) as u64).min(usable),
            borrowed: 0,
            all,
            borrow_limit: node.limits[&config.connections_share.key],
            waiting: VecDeque::new(),
            lane: core.queue.lane(),
            timeout: nanos(config.borrow_timeout),
            holder: core.new_holder(),
            pinned: config.pinned,
            kept: BTreeMap::new(),
            overhead: Sampler::new(&config.overhead),
            connect_latency: Sampler::new(&config.connect_latency),
            billed_processors: processors.max(config.processors_min),
            slow: 1.0,
        }
    }

    /// A client has its connection to the proxy; its request comes through after a while.
    fn pass(&self, core: &mut Core, item: u32, after: Nanos) {
        let row = core.items[item];
        let overhead = core.sample(&self.overhead, self.index, Purpose::Overhead, row.line, row.attempt);
        core.after(slowed(after.saturating_add(overhead), self.slow), Class::Arrival, self.index, Timer::Release, item);
    }

    /// A request needs a connection of the database.
    fn borrow(&mut self, core: &mut Core, item: u32) {
        let now = core.now();
        let client = core.items[item].origin;
        if let Some(kept) = self.kept.get_mut(&client).filter(|kept| kept.busy < kept.all) {
            kept.busy += 1;
            self.send(core, item);
            return;
        }
        let wanted = self.borrowed + self.waiting.len() as u64 + 1;
        core.limits[self.borrow_limit as usize].level(now, wanted as f64 / self.all.max(1.0));
        if self.borrowed < self.most {
            self.lend(core, item);
            return;
        }
        let expiry = Event::Timer { node: self.index, timer: Timer::Borrow, argument: item };
        let timer =
            if self.timeout > 0 { core.queue.set_timer(self.lane, now.saturating_add(self.timeout), Class::Arrival, expiry) } else { NONE };
        self.waiting.push_back((item, timer));
        core.items[item].started = now;
        core.nodes[self.index as usize].waiting.add(now, 1);
        core.limits[self.borrow_limit as usize].begin_delay(now);
        core.note(core.items[item].journey, self.index, core.items[item].edge, TraceEvent::Wait);
    }

    fn lend(&mut self, core: &mut Core, item: u32) {
        self.borrowed += 1;
        let client = core.items[item].origin;
        if client != NONE && core.holder(item) == client && core.chance(self.pinned, self.index, Purpose::Route, u64::from(client), 0) {
            let kept = self.kept.entry(client).or_default();
            kept.all += 1;
            kept.busy += 1;
        }
        self.send(core, item);
    }

    /// Sends a request on over a connection that it has now.
    fn send(&self, core: &mut Core, item: u32) {
        let now = core.now();
        let row = core.items[item];
        let meter = &mut core.nodes[self.index as usize];
        meter.busy.add(now, 1);
        if now >= core.warm_up {
            meter.wait.record(now - row.arrived);
            meter.waited.add(u64::from(now > row.arrived));
        }
        core.note(row.journey, self.index, row.edge, TraceEvent::Start);
        let cause = core.cause(item);
        match self.edge {
            Some(edge) if core.passes(edge, &cause) => core.call_from((0, self.holder), edge, u64::from(item), &cause, row.attempt),
            edge => {
                // The rules refuse a proxy without a database; what the filter keeps back needs no query.
                edge.inspect(|edge| core.filtered(*edge, cause.journey));
                core.after(0, Class::Completion, self.index, Timer::Done, item);
            }
        }
    }

    /// A request is over: its caller hears of it, its connection is free.
    fn end(&mut self, core: &mut Core, item: u32, outcome: Outcome) {
        let now = core.now();
        let row = core.items[item];
        core.events += 1;
        let meter = &mut core.nodes[self.index as usize];
        meter.busy.subtract(now, 1);
        if outcome == Outcome::Ok {
            meter.completed.add(1);
        } else {
            meter.failed.add(1);
        }
        if now >= core.warm_up {
            meter.sojourn.record(now - row.arrived);
        }
        let client = row.origin;
        core.answer(item, outcome);
        match self.kept.get_mut(&client) {
            Some(kept) => kept.busy -= 1,
            None => self.give_back(core),
        }
        self.release_client(core, client);
    }

    /// A connection is free again: whoever waits longest has it now.
    fn give_back(&mut self, core: &mut Core) {
        let now = core.now();
        self.borrowed -= 1;
        if let Some((item, timer)) = self.waiting.pop_front() {
            core.queue.cancel(timer);
            let waited = now - core.items[item].started;
            core.limits[self.borrow_limit as usize].end_delay(waited);
            core.nodes[self.index as usize].waiting.subtract(now, 1);
            self.lend(core, item);
        }
    }

    /// The client of a request is free for its next one.
    fn release_client(&mut self, core: &mut Core, client: u32) {
        let now = core.now();
        let open = self.clients.open();
        let next = self.clients.finish(client);
        core.nodes[self.index as usize].instances.subtract(now, open - self.clients.open());
        if let Some(next) = next {
            core.nodes[self.index as usize].waiting.subtract(now, 1);
            self.pass(core, next, 0);
        }
    }

    /// A request has waited too long for a connection. All wait equally long, so it is the first in line.
    fn give_up(&mut self, core: &mut Core, item: u32) {
        let now = core.now();
        let first = self.waiting.pop_front();
        debug_assert!(first.is_some_and(|(first, _)| first == item), "waits end in the order in which they began");
        let meter = &mut core.nodes[self.index as usize];
        meter.waiting.subtract(now, 1);
        meter.failed.add(1);
        let waited = now - core.items[item].started;
        core.limits[self.borrow_limit as usize].end_delay(waited);
        core.limits[self.borrow_limit as usize].refuse(now);
        let client = core.items[item].origin;
        core.answer(item, Outcome::Failed);
        self.release_client(core, client);
    }

    /// A client is gone, and what it kept is free.
    fn disconnect(&mut self, core: &mut Core, client: u32) {
        let now = core.now();
        let open = self.clients.open();
        let waiting = self.clients.close(client);
        core.nodes[self.index as usize].instances.subtract(now, open - self.clients.open());
        for item in waiting {
            core.nodes[self.index as usize].waiting.subtract(now, 1);
            core.nodes[self.index as usize].failed.add(1);
            core.answer(item, Outcome::Failed);
        }
        if let Some(kept) = self.kept.remove(&client) {
            for _ in kept.busy..kept.all {
                self.give_back(core);
            }
        }
    }
}

impl Behavior for Proxy {
    fn arrive(&mut self, core: &mut Core, item: u32) {
        let now = core.now();
        core.items[item].origin = core.holder(item);
        core.items[item].arrived = now;
        core.nodes[self.index as usize].arrivals.add(1);
        let row = core.items[item];
        let most = core.program.edges[row.edge as usize].connections;
        let ask = self.clients.ask(row.origin, most, item);
        let meter = &mut core.nodes[self.index as usize];
        if ask == Ask::Full {
            meter.refused.add(1);
            core.limits[self.clients_limit as usize].refuse_level(now, 1.0);
            core.answer(item, Outcome::Throttled);
            return;
        }
        meter.accepted.add(1);
        match ask {
            Ask::Ready | Ask::Full => self.pass(core, item, 0),
            Ask::Waits => meter.waiting.add(now, 1),
            Ask::Opens => {
                meter.special.add(1);
                meter.instances.add(now, 1);
                core.limits[self.clients_limit as usize].level(now, self.clients.open() as f64);
                let latency = core.sample(&self.connect_latency, self.index, Purpose::Init, row.line, row.attempt);
                self.pass(core, item, latency);
            }
        }
    }

    fn timer(&mut self, core: &mut Core, timer: Timer, argument: u32) {
        match timer {
            Timer::Release => self.borrow(core, argument),
            Timer::Done => self.end(core, argument, Outcome::Ok),
            Timer::Borrow => self.give_up(core, argument),
            Timer::Disconnect => self.disconnect(core, argument),
            other => debug_assert!(false, "{other:?} is not a timer of a proxy"),
        }
    }

    fn settled(&mut self, core: &mut Core, copy: u32, outcome: Outcome) {
        let item = core.copies[copy].token as u32;
        self.end(core, item, outcome);
    }

    fn fault(&mut self, _core: &mut Core, effect: &Effect, on: bool) {
        if let Effect::Slow { factor } = effect {
            self.slow = if on { *factor } else { 1.0 };
        }
    }

    fn names(&self) -> Names {
        Names {
            arrivals: "QueryRequests",
            refused: "RefusedClients",
            failed: "FailedRequests",
            special: "ClientConnectionsReceived",
            busy: "DatabaseConnectionsCurrentlyBorrowed",
            waiting: "RequestsWaiting",
            instances: "ClientConnections",
            ..Names::PLAIN
        }
    }

    fn billed(&self, _core: &Core, now: Nanos) -> Vec<f64> {
        vec![self.billed_processors * seconds(now) / SECONDS_PER_HOUR]
    }

    fn figures(&self, core: &Core, put: &mut dyn FnMut(&str, f64)) {
        let meter = &core.nodes[self.index as usize];
        put("clients.max", meter.instances.max() as f64);
        put("borrowed.max", meter.busy.max() as f64);
        put("borrowable", self.most as f64);
        put("waiting.max", meter.waiting.max() as f64);
        put("kept", self.kept.values().map(|kept| kept.all as f64).sum());
    }
}

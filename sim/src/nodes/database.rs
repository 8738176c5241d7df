//! A database server: connections that belong to their callers' instances, and processors that queries wait for.
//!
//! ```text
//!          connection of the caller's instance            first come, first served
//! query --> free: at once | new: opened, or refused ------> line --> processors --> done
//!           busy: waits in the caller                                    |
//!                    ^---- stays open, until the instance is gone -------+
//! ```
//! A query runs on one processor for its whole time: with more queries than processors they wait for their turn, which
//! over a busy minute takes as long as sharing would. A new connection costs work of a processor as well.

use std::collections::VecDeque;

use plimsoll_models::{families::DatabaseConfig, fault::Effect};

use super::{Behavior, Names};
use crate::{
    core::Core,
    event::{Class, Timer},
    faults::{left_of, slowed},
    outcome::Outcome,
    parts::{Ask, Connections},
    program::NodeProgram,
    result::TraceEvent,
    rng::Purpose,
    sample::Sampler,
    time::{Nanos, seconds},
};

const SECONDS_PER_HOUR: f64 = 3_600.0;

/// A database server.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    index: u32,
    connections: Connections,
    connections_limit: u32,
    /// Connections that only the administrator may use.
    reserved: u64,
    processors: u64,
    /// Processors that faults have left.
    left: u64,
    processors_limit: u32,
    busy: u64,
    /// Queries that wait for a processor, and whether their connection is new.
    line: VecDeque<(u32, bool)>,
    query_time: Sampler,
    connect_latency: Sampler,
    connect_work: Sampler,
    /// By what a fault multiplies the time of queries.
    slow: f64,
}

impl Database {
    pub(crate) fn new(node: &NodeProgram, index: u32, config: &DatabaseConfig) -> Self {
        let processors = (config.processors.value as u64).max(1);
        Self {
            index,
            connections: Connections::new(config.usable()),
            connections_limit: node.limits[&config.connections.key],
            reserved: u64::from(config.reserved),
            processors,
            left: processors,
            processors_limit: node.limits[&config.processors.key],
            busy: 0,
            line: VecDeque::new(),
            query_time: Sampler::new(&config.query_time),
            connect_latency: Sampler::new(&config.connect_latency),
            connect_work: Sampler::new(&config.connect_work),
            slow: 1.0,
        }
    }

    /// A query has its connection: it takes a processor, or waits for one.
    fn queue(&mut self, core: &mut Core, item: u32, is_new: bool) {
        let now = core.now();
        let meter = &core.nodes[self.index as usize];
        let holding = (meter.sojourn.mean() - meter.wait.mean()).max(0.0) / 1e9;
        core.limits[self.processors_limit as usize].offer(now, holding);
        if self.busy < self.left {
            self.begin(core, item, is_new);
            return;
        }
        core.nodes[self.index as usize].waiting.add(now, 1);
        core.limits[self.processors_limit as usize].begin_delay(now);
        core.note(core.items[item].journey, self.index, core.items[item].edge, TraceEvent::Wait);
        core.items[item].started = now;
        self.line.push_back((item, is_new));
    }

    fn begin(&mut self, core: &mut Core, item: u32, is_new: bool) {
        let now = core.now();
        self.busy += 1;
        core.items[item].started = now;
        let row = core.items[item];
        let meter = &mut core.nodes[self.index as usize];
        meter.busy.add(now, 1);
        let waited = now - row.arrived;
        if now >= core.warm_up {
            meter.wait.record(waited);
            meter.waited.add(u64::from(waited > 0));
        }
        core.limits[self.processors_limit as usize].level(now, self.busy as f64);
        core.note(row.journey, self.index, row.edge, TraceEvent::Start);
        let query = core.sample(&self.query_time, self.index, Purpose::Service, row.line, row.attempt);
        let work = if is_new { core.sample(&self.connect_work, self.index, Purpose::Cold, row.line, row.attempt) } else { 0 };
        core.after(slowed(query.saturating_add(work), self.slow), Class::Completion, self.index, Timer::Done, item);
    }

    fn done(&mut self, core: &mut Core, item: u32) {
        let now = core.now();
        let row = core.items[item];
        self.busy -= 1;
        core.events += 1;
        let meter = &mut core.nodes[self.index as usize];
        meter.busy.subtract(now, 1);
        meter.completed.add(1);
        if now >= core.warm_up {
            meter.sojourn.record(now - row.arrived);
        }
        core.note(row.journey, self.index, row.edge, TraceEvent::Done);
        let open = self.connections.open();
        let next = self.connections.finish(row.origin);
        core.nodes[self.index as usize].instances.subtract(now, open - self.connections.open());
        core.answer(item, Outcome::Ok);
        self.next_in_line(core);
        if let Some(next) = next {
            core.nodes[self.index as usize].waiting.subtract(now, 1);
            self.queue(core, next, false);
        }
    }

    /// Whoever waits takes the processors that are free.
    fn next_in_line(&mut self, core: &mut Core) {
        let now = core.now();
        while self.busy < self.left {
            let Some((first, is_new)) = self.line.pop_front() else { return };
            core.nodes[self.index as usize].waiting.subtract(now, 1);
            let waited = now - core.items[first].started;
            core.limits[self.processors_limit as usize].end_delay(waited);
            self.begin(core, first, is_new);
        }
    }

    /// An instance is gone, and its idle connections with it.
    fn disconnect(&mut self, core: &mut Core, holder: u32) {
        let now = core.now();
        let open = self.connections.open();
        let waiting = self.connections.close(holder);
        core.nodes[self.index as usize].instances.subtract(now, open - self.connections.open());
        for item in waiting {
            core.nodes[self.index as usize].waiting.subtract(now, 1);
            core.nodes[self.index as usize].failed.add(1);
            core.answer(item, Outcome::Failed);
        }
    }
}

impl Behavior for Database {
    fn arrive(&mut self, core: &mut Core, item: u32) {
        let now = core.now();
        // Whoever has gone while the query was on its way cannot keep a connection any more.
        core.items[item].origin = core.holder(item);
        core.items[item].arrived = now;
        core.nodes[self.index as usize].arrivals.add(1);
        let row = core.items[item];
        let most = core.program.edges[row.edge as usize].connections;
        match self.connections.ask(row.origin, most, item) {
            Ask::Ready => {
                core.nodes[self.index as usize].accepted.add(1);
                self.queue(core, item, false);
            }
            Ask::Opens => {
                let meter = &mut core.nodes[self.index as usize];
                meter.accepted.add(1);
                meter.special.add(1);
                meter.instances.add(now, 1);
                core.limits[self.connections_limit as usize].level(now, (self.connections.open() + self.reserved) as f64);
                let latency = core.sample(&self.connect_latency, self.index, Purpose::Init, row.line, row.attempt);
                core.after(latency, Class::Completion, self.index, Timer::Connected, item);
            }
            Ask::Waits => {
                core.nodes[self.index as usize].accepted.add(1);
                core.nodes[self.index as usize].waiting.add(now, 1);
                core.note(row.journey, self.index, row.edge, TraceEvent::Wait);
            }
            Ask::Full => {
                core.nodes[self.index as usize].refused.add(1);
                core.limits[self.connections_limit as usize].refuse_level(now, 1.0);
                core.answer(item, Outcome::Throttled);
            }
        }
    }

    fn timer(&mut self, core: &mut Core, timer: Timer, argument: u32) {
        match timer {
            Timer::Connected => self.queue(core, argument, true),
            Timer::Done => self.done(core, argument),
            Timer::Disconnect => self.disconnect(core, argument),
            other => debug_assert!(false, "{other:?} is not a timer of a database"),
        }
    }

    fn settled(&mut self, _core: &mut Core, _copy: u32, _outcome: Outcome) {}

    fn fault(&mut self, core: &mut Core, effect: &Effect, on: bool) {
        if let Effect::Capacity { lost } = effect {
            self.left = if on { left_of(self.processors, *lost) } else { self.processors };
            self.next_in_line(core);
        } else if let Effect::Slow { factor } = effect {
            self.slow = if on { *factor } else { 1.0 };
        }
    }

    fn names(&self) -> Names {
        Names {
            arrivals: "Queries",
            refused: "RefusedConnections",
            special: "NewConnections",
            busy: "QueriesInService",
            waiting: "QueriesWaiting",
            instances: "DatabaseConnections",
            ..Names::PLAIN
        }
    }

    fn billed(&self, _core: &Core, now: Nanos) -> Vec<f64> {
        vec![seconds(now) / SECONDS_PER_HOUR]
    }

    fn figures(&self, core: &Core, put: &mut dyn FnMut(&str, f64)) {
        let meter = &core.nodes[self.index as usize];
        let now = core.now();
        put("connections.mean", meter.instances.mean(now));
        put("connections.max", meter.instances.max() as f64);
        put("connections_opened", meter.special.total() as f64);
        put("connections_refused", meter.refused.total() as f64);
        put("utilization", meter.busy.mean(now) / self.processors as f64);
    }
}

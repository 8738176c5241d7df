//! The textbook queue: servers, a line before them, first come first served.
//!
//! ```text
//!            +---- capacity ----+
//! arrive --> | line --> servers | --> routed along one of the outgoing edges, or out
//!            +------------------+
//! ```
//! A customer that is routed on leaves its server at once; its outcome is that of the rest of its path.

use std::collections::VecDeque;

use plimsoll_models::{families::StationConfig, fault::Effect};
use rand::RngExt as _;

use super::{Behavior, Names};
use crate::{
    core::Core,
    event::{Class, Timer},
    faults::{left_of, slowed},
    outcome::Outcome,
    program::Program,
    result::TraceEvent,
    rng::Purpose,
    sample::Sampler,
};

/// Servers with a line.
#[derive(Clone, Debug)]
pub(crate) struct Station {
    index: u32,
    servers: u64,
    capacity: u64,
    service: Sampler,
    failure: f64,
    fail_attempts: u32,
    /// Outgoing edges with cumulated shares; what remains leaves.
    routes: Vec<(f64, u32)>,
    servers_limit: Option<u32>,
    capacity_limit: Option<u32>,
    line: VecDeque<u32>,
    busy: u64,
    /// Servers that take new work: all, unless a fault has taken some.
    open: u64,
    /// By what a fault multiplies service times.
    slow: f64,
}

impl Station {
    pub(crate) fn new(program: &Program, index: u32, config: &StationConfig) -> Self {
        let node = &program.nodes[index as usize];
        let count = |limit: &Option<plimsoll_models::families::Limit>| limit.as_ref().map_or(u64::MAX, |limit| limit.value as u64);
        let mut sum = 0.0;
        let routes = node
            .calls
            .iter()
            .map(|edge| {
                sum += program.edges[*edge as usize].share.unwrap_or(1.0);
                (sum, *edge)
            })
            .collect();
        Self {
            index,
            servers: count(&config.servers),
            capacity: count(&config.capacity),
            service: Sampler::new(&config.service),
            failure: config.failure,
            fail_attempts: config.fail_attempts,
            routes,
            servers_limit: node.limits.get("servers").copied(),
            capacity_limit: node.limits.get("capacity").copied(),
            line: VecDeque::new(),
            busy: 0,
            open: count(&config.servers),
            slow: 1.0,
        }
    }

    fn begin(&mut self, core: &mut Core, item: u32) {
        let now = core.now();
        self.busy += 1;
        let row = core.items[item];
        core.items[item].started = now;
        let meter = &mut core.nodes[self.index as usize];
        meter.busy.add(now, 1);
        let waited = now - row.arrived;
        if now >= core.warm_up {
            meter.wait.record(waited);
            meter.waited.add(u64::from(waited > 0));
        }
        if let Some(limit) = self.servers_limit {
            core.limits[limit as usize].level(now, self.busy as f64);
        }
        core.note(row.journey, self.index, row.edge, TraceEvent::Start);
        let time = core.sample(&self.service, self.index, Purpose::Service, row.line, row.attempt);
        let time = slowed(time, self.slow);
        core.after(time, Class::Completion, self.index, Timer::Done, item);
    }

    /// Those who wait begin, as far as servers are free.
    fn next_in_line(&mut self, core: &mut Core) {
        let now = core.now();
        while self.busy < self.open
            && let Some(next) = self.line.pop_front()
        {
            core.nodes[self.index as usize].waiting.subtract(now, 1);
            if let Some(limit) = self.servers_limit {
                let waited = now - core.items[next].arrived;
                core.limits[limit as usize].end_delay(waited);
            }
            self.begin(core, next);
        }
    }

    fn route(&self, core: &Core, line: u64, attempt: u32) -> Option<u32> {
        if self.routes.is_empty() {
            return None;
        }
        let u: f64 = core.draw(self.index, Purpose::Route, line, attempt).random();
        self.routes.iter().find(|(sum, _)| u < *sum).map(|(_, edge)| *edge)
    }
}

impl Behavior for Station {
    fn arrive(&mut self, core: &mut Core, item: u32) {
        let now = core.now();
        core.items[item].arrived = now;
        core.nodes[self.index as usize].arrivals.add(1);
        if self.busy + self.line.len() as u64 >= self.capacity {
            core.nodes[self.index as usize].refused.add(1);
            if let Some(limit) = self.capacity_limit {
                let holding = core.nodes[self.index as usize].sojourn.mean() / 1e9;
                core.limits[limit as usize].refuse_level(now, holding);
            }
            core.answer(item, Outcome::Throttled);
            return;
        }
        core.nodes[self.index as usize].accepted.add(1);
        if let Some(limit) = self.servers_limit {
            let meter = &core.nodes[self.index as usize];
            let holding = (meter.sojourn.mean() - meter.wait.mean()).max(0.0) / 1e9;
            core.limits[limit as usize].offer(now, holding);
        }
        if let Some(limit) = self.capacity_limit {
            core.limits[limit as usize].level(now, (self.busy + self.line.len() as u64 + 1) as f64);
        }
        if self.busy < self.open {
            self.begin(core, item);
            return;
        }
        core.nodes[self.index as usize].waiting.add(now, 1);
        if let Some(limit) = self.servers_limit {
            core.limits[limit as usize].begin_delay(now);
        }
        core.note(core.items[item].journey, self.index, core.items[item].edge, TraceEvent::Wait);
        self.line.push_back(item);
    }

    fn timer(&mut self, core: &mut Core, _timer: Timer, item: u32) {
        let now = core.now();
        let row = core.items[item];
        self.busy -= 1;
        core.events += 1;
        let failed = row.attempt <= self.fail_attempts
            || core.chance(self.failure, self.index, Purpose::Failure, row.line, row.attempt)
            || core.is_poisoned(self.index, row.journey, row.line);
        let meter = &mut core.nodes[self.index as usize];
        meter.busy.subtract(now, 1);
        if failed {
            meter.failed.add(1);
        } else {
            meter.completed.add(1);
        }
        if now >= core.warm_up {
            meter.sojourn.record(now - row.arrived);
        }
        if failed {
            core.answer(item, Outcome::Failed);
        } else {
            core.note(row.journey, self.index, row.edge, TraceEvent::Done);
            match self.route(core, row.line, row.attempt) {
                Some(edge) => {
                    let cause = core.cause(item);
                    core.call(edge, u64::from(item), &cause, 0);
                }
                None => core.answer(item, Outcome::Ok),
            }
        }
        self.next_in_line(core);
    }

    fn settled(&mut self, core: &mut Core, copy: u32, outcome: Outcome) {
        let item = core.copies[copy].token as u32;
        core.answer(item, outcome);
    }

    fn fault(&mut self, core: &mut Core, effect: &Effect, on: bool) {
        match effect {
            Effect::Capacity { lost } => {
                self.open = if on { left_of(self.servers, *lost) } else { self.servers };
                self.next_in_line(core);
            }
            Effect::Slow { factor } => self.slow = if on { *factor } else { 1.0 },
            _ => {}
        }
    }

    fn names(&self) -> Names {
        Names { arrivals: "Arrivals", completed: "Departures", refused: "Blocked", ..Names::PLAIN }
    }

    fn figures(&self, core: &Core, put: &mut dyn FnMut(&str, f64)) {
        if self.servers_limit.is_some() {
            put("utilization", core.nodes[self.index as usize].busy.mean(core.now()) / self.servers as f64);
        }
    }
}

//! The textbook queue: servers and a line before them.
//!
//! ```text
//!            +---- capacity ----+
//! arrive --> | line --> servers | --> routed along one of the outgoing edges, or out
//!            +----+-------------+
//!                 +--> out of patience
//! ```
//! A customer that is routed on leaves its server at once; its outcome is that of the rest of its path.
//! With processor sharing there is no line: `busy` counts customers up to the number of servers, `waiting` those beyond.

mod line;
mod sharing;
mod warm;

use plimsoll_models::{
    families::{Discipline, Limit, StationConfig},
    fault::Effect,
};
use rand::RngExt as _;

use super::{Behavior, Names};
use crate::{
    core::Core,
    event::{Class, Event, Timer},
    faults::{left_of, slowed},
    meters::NodeChange,
    outcome::Outcome,
    program::Program,
    record::{Histogram, Mean},
    result::TraceEvent,
    rng::Purpose,
    sample::Sampler,
    slab::NONE,
    time::Nanos,
};
use line::{Customer, Lines};
use sharing::Sharing;
use warm::Warm;

/// Servers with a line. What every customer asks for comes first; what few stations have lies apart.
#[derive(Clone, Debug)]
#[repr(C)]
pub(crate) struct Station {
    index: u32,
    fail_attempts: u32,
    servers: u64,
    capacity: u64,
    busy: u64,
    /// Servers that take new work: all, unless a fault has taken some.
    open: u64,
    /// By what a fault multiplies service times.
    slow: f64,
    failure: f64,
    servers_limit: Option<u32>,
    capacity_limit: Option<u32>,
    /// Service time and place in the order of urgency of each event type.
    types: Vec<Type>,
    /// Outgoing edges with cumulated shares; what remains leaves.
    routes: Vec<(f64, u32)>,
    lines: Lines,
    /// Law and lane of timers, where customers leave the line.
    patience: Option<Box<(Sampler, u32)>>,
    /// Who is in service and the lane of their departures, where they can be interrupted.
    interruptible: Option<Box<(Vec<u32>, u32)>>,
    /// Where all are served at once, with the lane of departures and the next one.
    sharing: Option<Box<(Sharing, u32, u32)>>,
    /// Where servers go cold.
    warm: Option<Box<Warm>>,
    observed: Observed,
}

#[derive(Clone, Debug)]
struct Type {
    service: Sampler,
    class: u16,
    /// Where there are other types.
    own: Option<Box<Own>>,
}

/// Times of one event type in the station, without service and altogether.
#[derive(Clone, Debug, Default)]
struct Own {
    wait: Histogram,
    sojourn: Histogram,
}

/// What has been seen since statistics began, beyond what every node counts.
#[derive(Clone, Debug, Default)]
struct Observed {
    arrivals: u64,
    found_empty: u64,
    abandoned: u64,
    /// Waits of those who were served and those who left, in nanoseconds.
    wait_all: f64,
    waits: u64,
    /// Sum of time in the station over service, and how many it is of.
    slowdown: f64,
    slowdowns: u64,
    /// Time in the station without service, and altogether, for what limits ask.
    wait: Mean,
    sojourn: Mean,
}

impl Station {
    pub(crate) fn new(program: &Program, index: u32, config: &StationConfig, core: &mut Core) -> Self {
        let node = &program.nodes[index as usize];
        let count = |limit: &Option<Limit>| limit.as_ref().map_or(u64::MAX, |limit| limit.value as u64);
        let mut sum = 0.0;
        let routes = node
            .calls
            .iter()
            .map(|edge| {
                sum += program.edges[*edge as usize].share.unwrap_or(1.0);
                (sum, *edge)
            })
            .collect();
        let ranked = matches!(config.discipline, Discipline::Priority | Discipline::Preemptive);
        let last = if ranked { config.priorities.len() } else { 0 };
        let types = program.event_types.iter().map(|event_type| {
            let is = |name: &String| event_type.id.as_ref().is_some_and(|id| id.as_str() == name);
            let rank = config.priorities.iter().position(is).filter(|_| ranked).unwrap_or(last);
            let law = config.service_by_type.iter().find(|(name, _)| is(name)).map_or(&config.service, |(_, law)| law);
            Type { service: Sampler::new(law), class: rank as u16, own: event_type.id.is_some().then(Box::default) }
        });
        let cools = config.idle_timeout.is_some() || config.setup != plimsoll_models::Distribution::Constant(0.0);
        Self {
            index,
            servers: count(&config.servers),
            capacity: count(&config.capacity),
            types: types.collect(),
            failure: config.failure,
            fail_attempts: config.fail_attempts,
            routes,
            servers_limit: node.limits.get("servers").copied(),
            capacity_limit: node.limits.get("capacity").copied(),
            lines: Lines::new(last + 1),
            busy: 0,
            open: count(&config.servers),
            slow: 1.0,
            patience: config.patience.as_ref().map(|law| Box::new((Sampler::new(law), core.queue.lane()))),
            interruptible: (config.discipline == Discipline::Preemptive && config.servers.is_some())
                .then(|| Box::new((Vec::new(), core.queue.lane()))),
            sharing: (config.discipline == Discipline::Sharing)
                .then(|| Box::new((Sharing::new(count(&config.servers)), core.queue.lane(), NONE))),
            warm: cools
                .then(|| Box::new(Warm::new(index, Sampler::new(&config.setup), config.idle_timeout.as_ref().map(Sampler::new), core))),
            observed: Observed::default(),
        }
    }

    /// Everybody in the station.
    fn inside(&self) -> u64 {
        match self.sharing.as_deref() {
            Some((sharing, ..)) => sharing.len(),
            None => self.busy + self.lines.waiting(),
        }
    }

    /// A server takes a customer, for the first time or again.
    fn begin(&mut self, core: &mut Core, slot: u32) {
        let now = core.now();
        self.busy += 1;
        let Customer { item, begun, demand, .. } = *self.lines.get(slot);
        let row = core.items[item];
        core.nodes.change(self.index as usize, NodeChange::Begins, now);
        if let Some(limit) = self.servers_limit {
            core.limits[limit as usize].level(now, self.busy as f64);
        }
        let setup = self.warm.as_mut().and_then(|warm| warm.take(core, row.line, row.attempt));
        let slow = self.slow;
        let customer = self.lines.get(slot);
        (customer.taken, customer.begun) = (now, true);
        if !begun {
            customer.demand = slowed(demand, slow);
            customer.left = customer.demand;
            core.items[item].started = now;
            // Who can be interrupted knows its wait only at the end.
            if self.interruptible.is_none() {
                self.waited(core, now - row.arrived);
            }
            core.note(row.journey, self.index, row.edge, TraceEvent::Start);
        }
        let customer = self.lines.get(slot);
        if let Some(setup) = setup {
            core.note(row.journey, self.index, row.edge, TraceEvent::ColdStart);
            // The set-up of an interrupted customer is part of what it still needs.
            customer.setup = customer.setup.saturating_add(setup);
            customer.left = customer.left.saturating_add(setup);
        }
        let left = customer.left;
        match self.interruptible.as_deref_mut() {
            None => core.after(left, Class::Completion, self.index, Timer::Done, slot),
            Some((serving, lane)) => {
                serving.push(slot);
                let event = Event::Timer { node: self.index, timer: Timer::Done, argument: slot };
                let timer = core.queue.set_timer(*lane, now.saturating_add(left), Class::Completion, event);
                self.lines.get(slot).timer = timer;
            }
        }
    }

    fn waited(&mut self, core: &mut Core, wait: Nanos) {
        if core.now() < core.warm_up {
            return;
        }
        core.nodes.change(self.index as usize, NodeChange::Waited, wait);
        self.observed.wait.record(wait);
        self.observed.wait_all += wait as f64;
        self.observed.waits += 1;
    }

    /// Into the line, behind those of the same urgency.
    fn line_up(&mut self, core: &mut Core, slot: u32) {
        let now = core.now();
        let row = core.items[self.lines.get(slot).item];
        core.nodes.change(self.index as usize, NodeChange::LinesUp, now);
        if let Some(limit) = self.servers_limit {
            core.limits[limit as usize].begin_delay(now);
        }
        core.note(row.journey, self.index, row.edge, TraceEvent::Wait);
        if let Some((law, lane)) = self.patience.as_deref() {
            let patience = core.sample(law, self.index, Purpose::Patience, row.line, row.attempt);
            let event = Event::Timer { node: self.index, timer: Timer::Patience, argument: slot };
            // At the end of its patience a customer has left before a server that falls free then looks for the next one.
            let timer = core.queue.set_timer(*lane, now.saturating_add(patience), Class::Completion, event);
            self.lines.get(slot).timer = timer;
        }
        self.lines.push_back(slot);
    }

    /// Interrupts the least urgent customer in service, the latest of equals, if it is less urgent than this class.
    fn make_room(&mut self, core: &mut Core, class: u16) -> bool {
        let Some((serving, _)) = self.interruptible.as_deref_mut() else { return false };
        let lines = &mut self.lines;
        let worst = (0..serving.len()).max_by_key(|at| (lines.get(serving[*at]).class, *at));
        let Some(worst) = worst.filter(|at| lines.get(serving[*at]).class > class) else { return false };
        let now = core.now();
        let slot = serving.remove(worst);
        let customer = self.lines.get(slot);
        let timer = std::mem::replace(&mut customer.timer, NONE);
        customer.left -= now - customer.taken;
        customer.taken = now;
        let row = core.items[customer.item];
        core.queue.cancel(timer);
        self.busy -= 1;
        self.lines.push_front(slot);
        core.nodes.change(self.index as usize, NodeChange::Stops, now);
        core.nodes.change(self.index as usize, NodeChange::LinesUp, now);
        core.note(row.journey, self.index, row.edge, TraceEvent::Wait);
        if let Some(limit) = self.servers_limit {
            core.limits[limit as usize].begin_delay(now);
        }
        // The server is handed over warm.
        if let Some(warm) = &mut self.warm {
            warm.idle(core);
        }
        true
    }

    /// Those who wait begin, as far as servers are free.
    fn next_in_line(&mut self, core: &mut Core) {
        let now = core.now();
        while self.busy < self.open
            && let Some(next) = self.lines.pop()
        {
            let Customer { item, begun, taken, .. } = *self.lines.get(next);
            if self.patience.is_some() && !begun {
                let timer = std::mem::replace(&mut self.lines.get(next).timer, NONE);
                core.queue.cancel(timer);
            }
            core.nodes.change(self.index as usize, NodeChange::LeavesLine, now);
            if let Some(limit) = self.servers_limit {
                let since = if begun { taken } else { core.items[item].arrived };
                core.limits[limit as usize].end_delay(now - since);
            }
            self.begin(core, next);
        }
    }

    /// A customer has waited for too long.
    fn abandon(&mut self, core: &mut Core, slot: u32) {
        let now = core.now();
        self.lines.unlink(slot);
        let Customer { item, .. } = *self.lines.get(slot);
        self.lines.leave(slot);
        let row = core.items[item];
        core.events += 1;
        core.nodes.change(self.index as usize, NodeChange::LeavesLine, now);
        if let Some(limit) = self.servers_limit {
            core.limits[limit as usize].end_delay(now - row.arrived);
        }
        if now >= core.warm_up {
            self.observed.abandoned += 1;
            self.observed.wait_all += (now - row.arrived) as f64;
            self.observed.waits += 1;
        }
        core.note(row.journey, self.index, row.edge, TraceEvent::Failed);
        core.answer(item, Outcome::Expired);
    }

    fn share(&mut self, core: &mut Core, slot: u32) {
        let now = core.now();
        let customer = self.lines.get(slot);
        customer.demand = slowed(customer.demand, self.slow);
        let Customer { item, demand, .. } = *customer;
        let row = core.items[item];
        core.items[item].started = now;
        core.note(row.journey, self.index, row.edge, TraceEvent::Start);
        let Some((sharing, ..)) = self.sharing.as_deref_mut() else { return };
        sharing.enter(now, slot, demand);
        let change = if sharing.len() <= self.servers { NodeChange::Begins } else { NodeChange::LinesUp };
        core.nodes.change(self.index as usize, change, now);
        if let Some(limit) = self.servers_limit {
            core.limits[limit as usize].level(now, sharing.len().min(self.servers) as f64);
            if sharing.len() > self.servers {
                core.limits[limit as usize].begin_delay(now);
            }
        }
        self.watch_departure(core);
    }

    /// Waits for the next departure of those who are served at once.
    fn watch_departure(&mut self, core: &mut Core) {
        let Some((sharing, lane, timer)) = self.sharing.as_deref_mut() else { return };
        core.queue.cancel(*timer);
        *timer = NONE;
        let Some(wait) = sharing.next() else { return };
        let event = Event::Timer { node: self.index, timer: Timer::Step, argument: 0 };
        *timer = core.queue.set_timer(*lane, core.now().saturating_add(wait), Class::Completion, event);
    }

    fn departure(&mut self, core: &mut Core) {
        let now = core.now();
        let Some((sharing, _, timer)) = self.sharing.as_deref_mut() else { return };
        *timer = NONE;
        let beyond = sharing.len() > self.servers;
        let Some(slot) = sharing.leave(now) else { return };
        let change = if beyond { NodeChange::LeavesLine } else { NodeChange::Stops };
        core.nodes.change(self.index as usize, change, now);
        let Customer { item, demand, .. } = *self.lines.get(slot);
        let wait = (now - core.items[item].arrived).saturating_sub(demand);
        if let Some(limit) = self.servers_limit.filter(|_| beyond) {
            core.limits[limit as usize].end_delay(wait);
        }
        self.waited(core, wait);
        self.depart(core, slot);
        self.watch_departure(core);
    }

    /// A service that was not shared is over.
    fn served(&mut self, core: &mut Core, slot: u32) {
        let now = core.now();
        self.busy -= 1;
        core.nodes.change(self.index as usize, NodeChange::Stops, now);
        if let Some((serving, _)) = self.interruptible.as_deref_mut() {
            serving.retain(|other| *other != slot);
            let Customer { item, demand, setup, .. } = *self.lines.get(slot);
            let wait = (now - core.items[item].arrived).saturating_sub(demand + setup);
            self.waited(core, wait);
        }
        if let Some(warm) = &mut self.warm {
            warm.idle(core);
        }
        self.depart(core, slot);
        self.next_in_line(core);
    }

    /// A customer goes on, or out.
    fn depart(&mut self, core: &mut Core, slot: u32) {
        let now = core.now();
        let Customer { item, demand, setup, .. } = *self.lines.get(slot);
        self.lines.leave(slot);
        let row = core.items[item];
        core.events += 1;
        let failed = row.attempt <= self.fail_attempts
            || core.chance(self.failure, self.index, Purpose::Failure, row.line, row.attempt)
            || core.is_poisoned(self.index, row.journey, row.line);
        core.nodes.change(self.index as usize, if failed { NodeChange::Failed } else { NodeChange::Completed }, 0);
        if now >= core.warm_up {
            let sojourn = now - row.arrived;
            core.nodes.change(self.index as usize, NodeChange::Stayed, sojourn);
            self.observed.sojourn.record(sojourn);
            if let Some(own) = &mut self.types[row.event_type as usize].own {
                own.sojourn.record(sojourn);
                own.wait.record(sojourn.saturating_sub(demand + setup));
            }
            if demand > 0 {
                self.observed.slowdown += sojourn as f64 / demand as f64;
                self.observed.slowdowns += 1;
            }
        }
        if failed {
            core.answer(item, Outcome::Failed);
            return;
        }
        core.note(row.journey, self.index, row.edge, TraceEvent::Done);
        match self.route(core, row.line, row.attempt) {
            Some(edge) => {
                let cause = core.cause(item);
                core.call(edge, u64::from(item), &cause, 0);
            }
            None => core.answer(item, Outcome::Ok),
        }
    }

    fn route(&self, core: &Core, line: u64, attempt: u32) -> Option<u32> {
        if self.routes.is_empty() {
            return None;
        }
        let u: f64 = core.draw(self.index, Purpose::Route, line, attempt).random();
        self.routes.get(self.routes.partition_point(|(sum, _)| *sum <= u)).map(|(_, edge)| *edge)
    }
}

impl Behavior for Station {
    fn arrive(&mut self, core: &mut Core, item: u32) {
        let now = core.now();
        core.items[item].arrived = now;
        let inside = self.inside();
        if now >= core.warm_up {
            self.observed.arrivals += 1;
            self.observed.found_empty += u64::from(inside == 0);
        }
        if inside >= self.capacity {
            core.nodes.change(self.index as usize, NodeChange::Refused, 0);
            if let Some(limit) = self.capacity_limit {
                let holding = self.observed.sojourn.mean() / 1e9;
                core.limits[limit as usize].refuse_level(now, holding);
            }
            core.answer(item, Outcome::Throttled);
            return;
        }
        core.nodes.change(self.index as usize, NodeChange::Accepted, 0);
        if let Some(limit) = self.servers_limit {
            let holding = (self.observed.sojourn.mean() - self.observed.wait.mean()).max(0.0) / 1e9;
            core.limits[limit as usize].offer(now, holding);
        }
        if let Some(limit) = self.capacity_limit {
            core.limits[limit as usize].level(now, (inside + 1) as f64);
        }
        let row = core.items[item];
        let Type { service, class, .. } = &self.types[row.event_type as usize];
        let demand = core.sample(service, self.index, Purpose::Service, row.line, row.attempt);
        let class = *class;
        let slot = self.lines.enter(item, class, demand);
        if self.sharing.is_some() {
            self.share(core, slot);
        } else if self.busy < self.open || self.make_room(core, class) {
            self.begin(core, slot);
        } else {
            self.line_up(core, slot);
        }
    }

    fn timer(&mut self, core: &mut Core, timer: Timer, argument: u32) {
        if timer == Timer::Patience {
            self.abandon(core, argument);
        } else if timer == Timer::Reclaim {
            if let Some(warm) = &mut self.warm {
                warm.expire(core, argument);
            }
        } else if self.sharing.is_some() {
            self.departure(core);
        } else {
            self.served(core, argument);
        }
    }

    fn settled(&mut self, core: &mut Core, copy: u32, outcome: Outcome) {
        let item = core.copies[copy].token as u32;
        core.answer(item, outcome);
    }

    fn fault(&mut self, core: &mut Core, effect: &Effect, on: bool) {
        match effect {
            Effect::Capacity { lost } => {
                self.open = if on { left_of(self.servers, *lost) } else { self.servers };
                if let Some((sharing, ..)) = self.sharing.as_deref_mut() {
                    sharing.reconfigure(core.now(), self.open);
                    self.watch_departure(core);
                } else {
                    self.next_in_line(core);
                }
            }
            Effect::Slow { factor } => self.slow = if on { *factor } else { 1.0 },
            _ => {}
        }
    }

    fn names(&self) -> Names {
        let (special, instances) = if self.warm.is_some() { ("ColdStarts", "WarmServers") } else { ("", "") };
        Names { arrivals: "Arrivals", completed: "Departures", refused: "Blocked", special, instances, ..Names::PLAIN }
    }

    fn figures(&self, core: &Core, put: &mut dyn FnMut(&str, f64)) {
        let meter = &core.nodes[self.index as usize];
        if self.servers_limit.is_some() {
            put("utilization", meter.busy.mean(core.now()) / self.servers as f64);
        }
        let share = |part: u64, whole: u64| if whole > 0 { part as f64 / whole as f64 } else { 0.0 };
        let seen = &self.observed;
        put("p_empty", share(seen.found_empty, seen.arrivals));
        if seen.slowdowns > 0 {
            put("slowdown.mean", seen.slowdown / seen.slowdowns as f64);
        }
        if self.patience.is_some() {
            put("abandoned", seen.abandoned as f64);
            put("p_abandon", share(seen.abandoned, seen.arrivals));
            put("wait_all.mean", if seen.waits > 0 { seen.wait_all / seen.waits as f64 / 1e9 } else { 0.0 });
        }
        if self.warm.is_some() {
            put("cold_starts", meter.special.since_warm_up() as f64);
            put("instances.mean", meter.instances.mean(core.now()));
        }
        for (own, program) in self.types.iter().zip(&core.program.event_types) {
            let (Some(id), Some(own)) = (&program.id, &own.own) else { continue };
            if own.sojourn.count() == 0 {
                continue;
            }
            let (wait, sojourn) = (own.wait.summary(), own.sojourn.summary());
            put(&format!("wait.mean.{id}"), wait.mean);
            put(&format!("wait.p99.{id}"), wait.p99);
            put(&format!("sojourn.mean.{id}"), sojourn.mean);
            put(&format!("sojourn.p99.{id}"), sojourn.p99);
        }
    }
}

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
mod types;
mod warm;

use plimsoll_models::{
    Distribution,
    families::{Discipline, Limit, StationConfig},
    fault::Effect,
};

use super::{Behavior, Names};
use crate::{
    ahead,
    core::{Core, ReplyTo},
    event::{Class, Event, Timer},
    faults::{left_of, slowed},
    meters::NodeChange,
    outcome::Outcome,
    program::Program,
    record::Mean,
    result::TraceEvent,
    rng::Purpose,
    routes::Route,
    sample::Sampler,
    slab::NONE,
    time::Nanos,
};
pub(crate) use line::Customer;
use line::Lines;
use sharing::Sharing;
use types::{Named, Type};
use warm::Warm;

/// Servers with a line. What every customer asks for comes first, in two lines of memory, so that little is touched of
/// thousands of stations.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub(crate) struct Station {
    index: u32,
    /// Limit of the servers, or [`NONE`].
    servers_limit: u32,
    busy: u64,
    /// Servers that take new work: all, unless a fault has taken some.
    open: u64,
    /// What few stations have; see [`Self::extras`].
    extras: Option<Box<Extras>>,
    /// Sum of time in the station over service since statistics began, and how many it is of.
    slowdown: f64,
    slowdowns: u64,
    found_empty: u64,
    lines: Lines,
    /// Customers without a named event type.
    plain: Type,
    /// The other event types.
    named: Box<[Named]>,
    servers: u64,
    /// Time in the station without service, and altogether, for what limits ask.
    wait: Mean,
    sojourn: Mean,
}

/// What few stations have.
#[derive(Clone, Debug)]
struct Extras {
    /// Room for customers, and its limit or [`NONE`].
    capacity: u64,
    capacity_limit: u32,
    fail_attempts: u32,
    failure: f64,
    /// By what a fault multiplies service times.
    slow: f64,
    /// Who is in service and the lane of their departures, where they can be interrupted; whoever began latest stands last.
    interruptible: Option<(Vec<u32>, u32)>,
    /// Whether who comes last is served first.
    last_come: bool,
    /// Where servers go cold.
    warm: Option<Warm>,
    /// Where all are served at once, with the lane of departures and the next one.
    sharing: Option<(Sharing, u32, u32)>,
    /// Where customers leave the line.
    patience: Option<Patience>,
}

/// A station without any extras.
static PLAIN: Extras = Extras {
    capacity: u64::MAX,
    capacity_limit: NONE,
    fail_attempts: 0,
    failure: 0.0,
    slow: 1.0,
    interruptible: None,
    last_come: false,
    warm: None,
    sharing: None,
    patience: None,
};

impl Extras {
    /// What the settings of a station ask for; nothing where it is a plain one.
    fn new(program: &Program, index: u32, config: &StationConfig, core: &mut Core) -> Option<Box<Self>> {
        let node = &program.nodes[index as usize];
        let cools = config.idle_timeout.is_some() || config.setup != Distribution::Constant(0.0);
        let preemptive = matches!(config.discipline, Discipline::Preemptive | Discipline::LastComePreemptive);
        let last_come = matches!(config.discipline, Discipline::LastCome | Discipline::LastComePreemptive);
        let interruptible = preemptive && config.servers.is_some();
        let shared = config.discipline == Discipline::Sharing;
        let fails = config.failure > 0.0 || config.fail_attempts > 0;
        if config.capacity.is_none() && config.patience.is_none() && !(cools || interruptible || last_come || shared || fails) {
            return None;
        }
        let patience = |law: &Distribution, lane| Patience { law: Sampler::new(law), lane, abandoned: 0, wait_all: 0.0, waits: 0 };
        Some(Box::new(Self {
            capacity: count(config.capacity.as_ref()),
            capacity_limit: node.limits.get("capacity").copied().unwrap_or(NONE),
            fail_attempts: config.fail_attempts,
            failure: config.failure,
            slow: PLAIN.slow,
            patience: config.patience.as_ref().map(|law| patience(law, core.queue.lane())),
            interruptible: interruptible.then(|| (Vec::new(), core.queue.lane())),
            last_come,
            sharing: shared.then(|| (Sharing::new(count(config.servers.as_ref())), core.queue.lane(), NONE)),
            warm: cools.then(|| Warm::new(index, Sampler::new(&config.setup), config.idle_timeout.as_ref().map(Sampler::new), core)),
        }))
    }
}

/// A limit in whole things; without one there are as many as it takes.
fn count(limit: Option<&Limit>) -> u64 {
    limit.map_or(u64::MAX, |limit| limit.value as u64)
}

/// How long customers stay in the line, and what came of it since statistics began.
#[derive(Clone, Debug)]
struct Patience {
    law: Sampler,
    lane: u32,
    abandoned: u64,
    /// Waits of those who were served and those who left, in nanoseconds.
    wait_all: f64,
    waits: u64,
}

impl Patience {
    fn waited(&mut self, wait: Nanos) {
        self.wait_all += wait as f64;
        self.waits += 1;
    }
}

impl Station {
    pub(crate) fn new(program: &Program, index: u32, config: &StationConfig, core: &mut Core) -> Self {
        let node = &program.nodes[index as usize];
        let ranked = matches!(config.discipline, Discipline::Priority | Discipline::Preemptive);
        let last = if ranked { config.priorities.len() } else { 0 };
        let named = program.event_types.iter().filter_map(|event_type| event_type.id.as_ref()).map(|id| {
            let is = |name: &String| id.as_str() == name;
            let rank = config.priorities.iter().position(is).filter(|_| ranked).unwrap_or(last);
            let law = config.service_by_type.iter().find(|(name, _)| is(name)).map_or(&config.service, |(_, law)| law);
            Named::new(Type { service: Sampler::new(law), class: rank as u16 })
        });
        Self {
            index,
            servers: count(config.servers.as_ref()),
            plain: Type { service: Sampler::new(&config.service), class: last as u16 },
            named: named.collect(),
            servers_limit: node.limits.get("servers").copied().unwrap_or(NONE),
            lines: Lines::new(last + 1),
            busy: 0,
            open: count(config.servers.as_ref()),
            extras: Extras::new(program, index, config, core),
            slowdown: 0.0,
            slowdowns: 0,
            found_empty: 0,
            wait: Mean::default(),
            sojourn: Mean::default(),
        }
    }

    /// What few stations have, as far as this one has it.
    fn extras(&self) -> &Extras {
        self.extras.as_deref().unwrap_or(&PLAIN)
    }

    fn interruptible(&mut self) -> Option<&mut (Vec<u32>, u32)> {
        self.extras.as_mut()?.interruptible.as_mut()
    }

    fn warm(&mut self) -> Option<&mut Warm> {
        self.extras.as_mut()?.warm.as_mut()
    }

    fn sharing(&mut self) -> Option<&mut (Sharing, u32, u32)> {
        self.extras.as_mut()?.sharing.as_mut()
    }

    fn patience(&mut self) -> Option<&mut Patience> {
        self.extras.as_mut()?.patience.as_mut()
    }

    /// What it does with customers of an event type: the first one is the plain one.
    fn type_of(&self, event_type: u16) -> &Type {
        match event_type {
            0 => &self.plain,
            named => &self.named[named as usize - 1].of,
        }
    }

    /// Whether limits ask for the times in the station.
    fn is_limited(&self) -> bool {
        self.servers_limit != NONE || self.extras().capacity_limit != NONE
    }

    /// Everybody in the station.
    fn inside(&self) -> u64 {
        match &self.extras().sharing {
            Some((sharing, ..)) => sharing.len(),
            None => self.busy + self.lines.waiting(),
        }
    }

    /// A server takes a customer, for the first time or again; `at_once` when it has just arrived.
    fn begin(&mut self, core: &mut Core, slot: u32, at_once: bool) {
        let now = core.now();
        self.busy += 1;
        let Customer { item, begun, demand, .. } = core.customers[slot];
        let row = core.items[item];
        // Who can be interrupted knows its wait only at the end.
        let knows_wait = !begun && self.extras().interruptible.is_none() && now >= core.warm_up;
        if at_once && knows_wait {
            core.nodes.change(self.index as usize, NodeChange::ServedAtOnce, now);
            self.remember_wait(0);
        } else {
            if at_once {
                core.nodes.change(self.index as usize, NodeChange::Accepted, 0);
            }
            core.nodes.change(self.index as usize, NodeChange::Begins, now);
            if knows_wait {
                self.waited(core, now - row.arrived);
            }
        }
        if let Some(limit) = core.limits.get_mut(self.servers_limit as usize) {
            limit.level(now, self.busy as f64);
        }
        let setup = self.warm().and_then(|warm| warm.take(core, row.line, row.attempt));
        let customer = &mut core.customers[slot];
        (customer.taken, customer.begun) = (now, true);
        if !begun {
            customer.demand = slowed(demand, self.extras().slow);
            customer.left = customer.demand;
        }
        if let Some(setup) = setup {
            // The set-up of an interrupted customer is part of what it still needs.
            customer.setup = customer.setup.saturating_add(setup);
            customer.left = customer.left.saturating_add(setup);
        }
        let left = customer.left;
        if !begun {
            core.items[item].started = now;
            core.note(row.journey, self.index, row.edge, TraceEvent::Start);
        }
        if setup.is_some() {
            core.note(row.journey, self.index, row.edge, TraceEvent::ColdStart);
        }
        if self.extras().interruptible.is_some() {
            self.watch_interruptible(core, slot, at_once);
        } else {
            core.after(left, Class::Completion, self.index, Timer::Done, slot);
        }
    }

    /// Waits for the end of a service that can be interrupted.
    fn watch_interruptible(&mut self, core: &mut Core, slot: u32, at_once: bool) {
        let (index, last_come) = (self.index, self.extras().last_come);
        let Some((serving, lane)) = self.interruptible() else { return };
        // Who comes back from a stack came before all who are served.
        let place = if last_come && !at_once { 0 } else { serving.len() };
        serving.insert(place, slot);
        let event = Event::Timer { node: index, timer: Timer::Done, argument: slot };
        let at = core.now().saturating_add(core.customers[slot].left);
        core.customers[slot].timer = core.queue.set_timer(*lane, at, Class::Completion, event);
    }

    /// The wait of a customer is known, from when statistics begin.
    fn waited(&mut self, core: &mut Core, wait: Nanos) {
        if core.now() >= core.warm_up {
            core.nodes.change(self.index as usize, NodeChange::Waited, wait);
            self.remember_wait(wait);
        }
    }

    fn remember_wait(&mut self, wait: Nanos) {
        if self.is_limited() {
            self.wait.record(wait);
        }
        if let Some(patience) = self.patience() {
            patience.waited(wait);
        }
    }

    /// Into the line, behind those of the same urgency, or before all where who comes last goes first.
    fn line_up(&mut self, core: &mut Core, slot: u32) {
        let now = core.now();
        let row = core.items[core.customers[slot].item];
        core.nodes.change(self.index as usize, NodeChange::LinesUp, now);
        if let Some(limit) = core.limits.get_mut(self.servers_limit as usize) {
            limit.begin_delay(now);
        }
        core.note(row.journey, self.index, row.edge, TraceEvent::Wait);
        if let Some(Patience { law, lane, .. }) = &self.extras().patience {
            let patience = core.sample(law, self.index, Purpose::Patience, row.line, row.attempt);
            let event = Event::Timer { node: self.index, timer: Timer::Patience, argument: slot };
            // At the end of its patience a customer has left before a server that falls free then looks for the next one.
            let timer = core.queue.set_timer(*lane, now.saturating_add(patience), Class::Completion, event);
            core.customers[slot].timer = timer;
        }
        if self.extras().last_come {
            self.lines.push_front(&mut core.customers, slot);
        } else {
            self.lines.push_back(&mut core.customers, slot);
        }
    }

    /// Interrupts a customer in service for one of this class: the earliest where who comes last goes first, else the least
    /// urgent, the latest of equals, if it is less urgent.
    fn make_room(&mut self, core: &mut Core, class: u16) -> bool {
        let last_come = self.extras().last_come;
        let Some((serving, _)) = self.interruptible() else { return false };
        let class_of = |at: usize| core.customers[serving[at]].class;
        let worst = if last_come {
            (!serving.is_empty()).then_some(0)
        } else {
            (0..serving.len()).max_by_key(|at| (class_of(*at), *at)).filter(|at| class_of(*at) > class)
        };
        let Some(worst) = worst else { return false };
        let now = core.now();
        let slot = serving.remove(worst);
        let customer = &mut core.customers[slot];
        let timer = std::mem::replace(&mut customer.timer, NONE);
        customer.left -= now - customer.taken;
        customer.taken = now;
        let row = core.items[customer.item];
        core.queue.cancel(timer);
        self.busy -= 1;
        self.lines.push_front(&mut core.customers, slot);
        core.nodes.change(self.index as usize, NodeChange::Stops, now);
        core.nodes.change(self.index as usize, NodeChange::LinesUp, now);
        core.note(row.journey, self.index, row.edge, TraceEvent::Wait);
        if let Some(limit) = core.limits.get_mut(self.servers_limit as usize) {
            limit.begin_delay(now);
        }
        // The server is handed over warm.
        if let Some(warm) = self.warm() {
            warm.idle(core);
        }
        true
    }

    /// Those who wait begin, as far as servers are free.
    fn next_in_line(&mut self, core: &mut Core) {
        let now = core.now();
        while self.busy < self.open
            && let Some(next) = self.lines.pop(&mut core.customers)
        {
            let Customer { item, begun, taken, .. } = core.customers[next];
            if self.extras().patience.is_some() && !begun {
                let timer = std::mem::replace(&mut core.customers[next].timer, NONE);
                core.queue.cancel(timer);
            }
            core.nodes.change(self.index as usize, NodeChange::LeavesLine, now);
            if let Some(limit) = core.limits.get_mut(self.servers_limit as usize) {
                let since = if begun { taken } else { core.items[item].arrived };
                limit.end_delay(now - since);
            }
            self.begin(core, next, false);
        }
    }

    /// A customer has waited for too long.
    fn abandon(&mut self, core: &mut Core, slot: u32) {
        let now = core.now();
        self.lines.unlink(&mut core.customers, slot);
        let Customer { item, .. } = core.customers[slot];
        core.customers.remove(slot);
        let row = core.items[item];
        core.events += 1;
        core.nodes.change(self.index as usize, NodeChange::LeavesLine, now);
        if let Some(limit) = core.limits.get_mut(self.servers_limit as usize) {
            limit.end_delay(now - row.arrived);
        }
        if let Some(patience) = self.patience().filter(|_| now >= core.warm_up) {
            patience.abandoned += 1;
            patience.waited(now - row.arrived);
        }
        core.note(row.journey, self.index, row.edge, TraceEvent::Failed);
        core.answer(item, Outcome::Expired);
    }

    fn share(&mut self, core: &mut Core, slot: u32) {
        let now = core.now();
        let customer = &mut core.customers[slot];
        customer.demand = slowed(customer.demand, self.extras().slow);
        let Customer { item, demand, .. } = *customer;
        let row = core.items[item];
        core.items[item].started = now;
        core.note(row.journey, self.index, row.edge, TraceEvent::Start);
        let Some((sharing, ..)) = self.sharing() else { return };
        sharing.enter(now, slot, demand);
        let inside = sharing.len();
        let change = if inside <= self.servers { NodeChange::Begins } else { NodeChange::LinesUp };
        core.nodes.change(self.index as usize, change, now);
        if let Some(limit) = core.limits.get_mut(self.servers_limit as usize) {
            limit.level(now, inside.min(self.servers) as f64);
            if inside > self.servers {
                limit.begin_delay(now);
            }
        }
        self.watch_departure(core);
    }

    /// Waits for the next departure of those who are served at once.
    fn watch_departure(&mut self, core: &mut Core) {
        let node = self.index;
        let Some((sharing, lane, timer)) = self.sharing() else { return };
        core.queue.cancel(*timer);
        *timer = NONE;
        let Some(wait) = sharing.next() else { return };
        let event = Event::Timer { node, timer: Timer::Step, argument: 0 };
        *timer = core.queue.set_timer(*lane, core.now().saturating_add(wait), Class::Completion, event);
    }

    fn departure(&mut self, core: &mut Core) {
        let now = core.now();
        let servers = self.servers;
        let Some((sharing, _, timer)) = self.sharing() else { return };
        *timer = NONE;
        let beyond = sharing.len() > servers;
        let Some(slot) = sharing.leave(now) else { return };
        let change = if beyond { NodeChange::LeavesLine } else { NodeChange::Stops };
        core.nodes.change(self.index as usize, change, now);
        let Customer { item, demand, .. } = core.customers[slot];
        let wait = (now - core.items[item].arrived).saturating_sub(demand);
        if let Some(limit) = core.limits.get_mut(self.servers_limit as usize).filter(|_| beyond) {
            limit.end_delay(wait);
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
        if let Some((serving, _)) = self.interruptible() {
            serving.retain(|other| *other != slot);
            let Customer { item, demand, setup, .. } = core.customers[slot];
            let wait = (now - core.items[item].arrived).saturating_sub(demand + setup);
            self.waited(core, wait);
        }
        if let Some(warm) = self.warm() {
            warm.idle(core);
        }
        self.depart(core, slot);
        self.next_in_line(core);
    }

    /// A customer goes on, or out.
    fn depart(&mut self, core: &mut Core, slot: u32) {
        let now = core.now();
        let Customer { item, route, ends_later, demand, setup, .. } = core.customers[slot];
        core.customers.remove(slot);
        let row = core.items[item];
        core.events += 1;
        let failed = row.attempt <= self.extras().fail_attempts
            || core.chance(self.extras().failure, self.index, Purpose::Failure, row.line, row.attempt)
            || core.is_poisoned(self.index, row.journey, row.line);
        let sojourn = now - row.arrived;
        let counted = now >= core.warm_up;
        let change = match (failed, counted) {
            (false, true) => NodeChange::CompletedAfter,
            (true, true) => NodeChange::FailedAfter,
            (false, false) => NodeChange::Completed,
            (true, false) => NodeChange::Failed,
        };
        core.nodes.change(self.index as usize, change, sojourn);
        if counted {
            if self.is_limited() {
                self.sojourn.record(sojourn);
            }
            if let Some(named) = (row.event_type as usize).checked_sub(1).and_then(|at| self.named.get_mut(at)) {
                named.sojourn.record(sojourn);
                named.wait.record(sojourn.saturating_sub(demand + setup));
            }
            if demand > 0 {
                self.slowdown += sojourn as f64 / demand as f64;
                self.slowdowns += 1;
            }
        }
        if failed {
            core.answer(item, Outcome::Failed);
            return;
        }
        core.note(row.journey, self.index, row.edge, TraceEvent::Done);
        if route == Route::OUT {
            core.answer(item, Outcome::Ok);
            return;
        }
        let cause = core.cause(item);
        let call = core.call(route.edge, token(item, row.reply), &cause, 0);
        core.copies[call].ends_later = ends_later;
    }
}

/// What a call along a route is called: the customer's item, and the call that its outcome goes to if there is one, so that
/// the end of a long path need not look at the items along it.
fn token(item: u32, reply: ReplyTo) -> u64 {
    let call = if let ReplyTo::Call(call) = reply { call } else { NONE };
    u64::from(call) << u32::BITS | u64::from(item)
}

/// The call that an outcome goes to.
fn call_of(token: u64) -> u32 {
    (token >> u32::BITS) as u32
}

impl Behavior for Station {
    fn arrive(&mut self, core: &mut Core, item: u32) {
        let now = core.now();
        core.items[item].arrived = now;
        let inside = self.inside();
        if inside == 0 && now >= core.warm_up {
            self.found_empty += 1;
        }
        if inside >= self.extras().capacity {
            core.nodes.change(self.index as usize, NodeChange::Refused, 0);
            if let Some(limit) = core.limits.get_mut(self.extras().capacity_limit as usize) {
                limit.refuse_level(now, self.sojourn.mean() / 1e9);
            }
            core.answer(item, Outcome::Throttled);
            return;
        }
        if let Some(limit) = core.limits.get_mut(self.servers_limit as usize) {
            limit.offer(now, (self.sojourn.mean() - self.wait.mean()).max(0.0) / 1e9);
        }
        if let Some(limit) = core.limits.get_mut(self.extras().capacity_limit as usize) {
            limit.level(now, (inside + 1) as f64);
        }
        let row = core.items[item];
        let Type { service, class } = self.type_of(row.event_type);
        let (class, demand) = (*class, core.sample(service, self.index, Purpose::Service, row.line, row.attempt));
        let mut customer = Customer::new(item, core.route(self.index, row.line, row.attempt).unwrap_or(Route::OUT), class, demand);
        if let ReplyTo::Call(call) = row.reply {
            customer.ends_later = call_of(core.copies[call].token);
        }
        let slot = core.customers.insert(customer);
        if self.extras().sharing.is_none() && (self.busy < self.open || self.make_room(core, class)) {
            self.begin(core, slot, true);
            return;
        }
        core.nodes.change(self.index as usize, NodeChange::Accepted, 0);
        if self.extras().sharing.is_some() {
            self.share(core, slot);
        } else {
            self.line_up(core, slot);
        }
    }

    fn timer(&mut self, core: &mut Core, timer: Timer, argument: u32) {
        if timer == Timer::Patience {
            self.abandon(core, argument);
        } else if timer == Timer::Reclaim {
            if let Some(warm) = self.warm() {
                warm.expire(core, argument);
            }
        } else if self.extras().sharing.is_some() {
            self.departure(core);
        } else {
            self.served(core, argument);
        }
    }

    fn settled(&mut self, core: &mut Core, copy: u32, outcome: Outcome) {
        let token = core.copies[copy].token;
        core.answer_call(token as u32, call_of(token), outcome);
    }

    #[inline]
    fn foresee(&self) {
        ahead::one(&self.busy);
        ahead::one(&self.plain);
    }

    #[inline]
    fn foresee_timer(&self, core: &Core, timer: Timer, argument: u32) -> Option<u32> {
        if timer != Timer::Done {
            return None;
        }
        let Customer { item, route, .. } = core.customers[argument];
        core.items.foresee(item);
        ahead::at(&core.program.edges, route.edge as usize);
        (route != Route::OUT).then_some(route.to)
    }

    fn fault(&mut self, core: &mut Core, effect: &Effect, on: bool) {
        match effect {
            Effect::Capacity { lost } => {
                let open = if on { left_of(self.servers, *lost) } else { self.servers };
                self.open = open;
                if let Some((sharing, ..)) = self.sharing() {
                    sharing.reconfigure(core.now(), open);
                    self.watch_departure(core);
                } else {
                    self.next_in_line(core);
                }
            }
            Effect::Slow { factor } => {
                self.extras.get_or_insert_with(|| Box::new(PLAIN.clone())).slow = if on { *factor } else { PLAIN.slow }
            }
            _ => {}
        }
    }

    fn names(&self) -> Names {
        let (special, instances) = if self.extras().warm.is_some() { ("ColdStarts", "WarmServers") } else { ("", "") };
        Names { arrivals: "Arrivals", completed: "Departures", refused: "Blocked", special, instances, ..Names::PLAIN }
    }

    fn figures(&self, core: &Core, put: &mut dyn FnMut(&str, f64)) {
        let meter = &core.nodes[self.index as usize];
        if self.servers_limit != NONE {
            put("utilization", meter.busy.mean(core.now()) / self.servers as f64);
        }
        let arrivals = meter.arrivals.since_warm_up();
        let share = |part: u64, whole: u64| if whole > 0 { part as f64 / whole as f64 } else { 0.0 };
        put("p_empty", share(self.found_empty, arrivals));
        if self.slowdowns > 0 {
            put("slowdown.mean", self.slowdown / self.slowdowns as f64);
        }
        if let Some(Patience { abandoned, wait_all, waits, .. }) = &self.extras().patience {
            put("abandoned", *abandoned as f64);
            put("p_abandon", share(*abandoned, arrivals));
            put("wait_all.mean", if *waits > 0 { wait_all / *waits as f64 / 1e9 } else { 0.0 });
        }
        if self.extras().warm.is_some() {
            put("cold_starts", meter.special.since_warm_up() as f64);
            put("instances.mean", meter.instances.mean(core.now()));
        }
        let ids = core.program.event_types.iter().filter_map(|event_type| event_type.id.as_ref());
        for (own, id) in self.named.iter().zip(ids) {
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

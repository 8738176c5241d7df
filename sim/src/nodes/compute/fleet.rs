//! Instances that stand: one line for all of them, and a loop that changes how many there are.
//!
//! ```text
//! wanted --> launch (rates, processors) --> starting --> in service --> stopping --> gone
//!                                              | too slow    | fails        ^ done, or out of time
//!                                              +--> gone     +--> gone
//! ```
//! The next in line goes to the next instance with a free worker, in turn. An instance that is told to stop takes
//! nothing new; what it has not finished when its time is over fails with it, and so does what runs on one that fails.

use std::collections::VecDeque;

use plimsoll_models::families::{self, ComputeConfig, Size};

use super::Compute;
use crate::{
    core::Core,
    event::{Class, Timer},
    faults::left_of,
    outcome::Outcome,
    parts::{Autoscaler, Average, Sight, TokenBucket},
    program::Program,
    result::TraceEvent,
    rng::Purpose,
    sample::Sampler,
    slab::{NONE, Slab},
    time::{NEVER, Nanos, SECOND, nanos, seconds},
};

const SECONDS_PER_HOUR: f64 = 3_600.0;

/// Shortest time until a launch is tried again that found no processors: each try is an event of the run.
const RETRY_MIN: Nanos = SECOND / 1_000;

/// Parts of a processor that a pool counts.
const MILLI: f64 = 1_000.0;

/// An instance.
#[derive(Clone, Copy, Debug)]
struct Instance {
    number: u64,
    state: State,
    busy: u64,
    created: Nanos,
    /// When it will serve, or be given up; when it must be gone.
    due: Nanos,
    /// When its figures begin to count.
    warm_at: Nanos,
    fails_at: Nanos,
    /// Whether its figures count.
    counted: bool,
    /// What its connections to databases are known by; [`NONE`] before the first.
    holder: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Starting,
    InService,
    Stopping,
    Gone,
}

/// The instances of a node.
#[derive(Clone, Debug)]
pub(super) struct Fleet {
    index: u32,
    /// Requests that one instance serves at a time.
    workers: u64,
    most: f64,
    line: VecDeque<u32>,
    queue: u64,
    most_limit: u32,
    queue_limit: Option<u32>,
    all: Slab<Instance>,
    /// Instances that start or serve, in the order of their launch.
    standing: Vec<u32>,
    /// Instances with a free worker, the next one first.
    free: VecDeque<u32>,
    pub(super) desired: u64,
    /// Launches that wait for their turn: since when, and whether a limit is known to hold them up.
    waiting_launches: VecDeque<(Nanos, Option<u32>)>,
    retry_at: Nanos,
    in_service: u64,
    counted: u64,
    start_up: Sampler,
    pull: Nanos,
    grace: Nanos,
    stop_timeout: Nanos,
    warm_up: Nanos,
    fails_after: Option<Sampler>,
    launches: Option<Launches>,
    processors: Option<Processors>,
    autoscaler: Option<Autoscaler>,
    busy_workers: Average,
    counted_instances: Average,
    inside: Average,
    arrivals: u64,
    looked: Nanos,
    /// Queues that it polls.
    queues: Vec<u32>,
    /// The mappings that poll for it.
    pollers: Vec<u32>,
    size: Size,
    billed_least: Nanos,
    /// Time of instances that are gone, in whole seconds.
    billed_s: u64,
    launched: u64,
    failures: u64,
    cut_off: u64,
}

/// How fast it may launch.
#[derive(Clone, Debug)]
struct Launches {
    own: TokenBucket,
    own_limit: u32,
    account: u32,
    account_limit: u32,
}

/// The account's processors.
#[derive(Clone, Copy, Debug)]
struct Processors {
    pool: u32,
    limit: u32,
    each: u64,
    retry: Nanos,
}

impl Fleet {
    /// Instances that do not serve yet.
    pub(super) fn starting(&self) -> u64 {
        self.standing.iter().filter(|id| self.all[**id].state == State::Starting).count() as u64
    }

    pub(super) fn new(program: &Program, index: u32, config: &ComputeConfig, fleet: &families::Fleet, core: &mut Core) -> Self {
        let node = &program.nodes[index as usize];
        let workers = u64::from(config.concurrency_per_instance);
        let polls = program.mappings.iter().enumerate().filter(|(_, edge)| program.edges[**edge as usize].to == index);
        let launches = fleet.launches.as_ref().map(|launches| Launches {
            // A limit on launches in a minute lets a minute's worth go at once.
            own: TokenBucket::new(launches.service.value * 60.0, launches.service.value),
            own_limit: node.limits[&launches.service.key],
            account: node.buckets[&launches.account.key],
            account_limit: node.limits[&launches.account.key],
        });
        let processors = fleet.processors.as_ref().zip(node.pool).map(|(processors, pool)| Processors {
            pool,
            limit: node.limits[&processors.limit.key],
            each: (processors.each * MILLI).round() as u64,
            retry: nanos(processors.retry).max(RETRY_MIN),
        });
        let mut queues: Vec<u32> = polls.clone().map(|(_, edge)| program.edges[*edge as usize].from).collect();
        queues.dedup();
        let mut fresh = Self {
            index,
            workers,
            most: fleet.most.value,
            line: VecDeque::new(),
            queue: fleet.queue.as_ref().map_or(u64::MAX, |limit| limit.value as u64),
            most_limit: node.limits[&fleet.most.key],
            queue_limit: fleet.queue.as_ref().map(|limit| node.limits[&limit.key]),
            all: Slab::default(),
            standing: Vec::new(),
            free: VecDeque::new(),
            desired: u64::from(fleet.start),
            waiting_launches: VecDeque::new(),
            retry_at: NEVER,
            in_service: 0,
            counted: 0,
            start_up: Sampler::new(&fleet.start_up),
            pull: nanos(fleet.pull),
            grace: fleet.grace.map_or(NEVER, nanos),
            stop_timeout: nanos(fleet.stop_timeout),
            warm_up: fleet.autoscaling.as_ref().map_or(0, |rule| nanos(rule.warm_up())),
            fails_after: fleet.crash_interval.as_ref().map(Sampler::new),
            launches,
            processors,
            autoscaler: fleet
                .autoscaling
                .as_ref()
                .map(|rule| Autoscaler::new(rule, (u64::from(fleet.least), fleet.most.value as u64), u64::from(fleet.start))),
            busy_workers: Average::default(),
            counted_instances: Average::default(),
            inside: Average::default(),
            arrivals: 0,
            looked: 0,
            queues,
            pollers: polls.map(|(at, _)| (program.nodes.len() + at) as u32).collect(),
            size: fleet.size.clone(),
            billed_least: nanos(fleet.billed_least),
            billed_s: 0,
            launched: 0,
            failures: 0,
            cut_off: 0,
        };
        fresh.stand(core);
        fresh
    }

    /// The run begins with instances that serve already, as many as the account's processors allow.
    fn stand(&mut self, core: &mut Core) {
        for _ in 0..self.desired {
            if !self.take_processors(core) {
                self.waiting_launches.push_back((0, None));
                continue;
            }
            let id = self.create(0);
            self.serve(core, id, 0);
        }
        if let Some(autoscaler) = &self.autoscaler {
            let at = autoscaler.next_look(0);
            self.look_at(core, at);
        }
        if !self.waiting_launches.is_empty() {
            core.after(0, Class::Completion, self.index, Timer::Launch, 0);
            self.retry_at = 0;
        }
    }

    fn look_at(&self, core: &mut Core, at: Nanos) {
        if at != NEVER {
            let now = core.now();
            core.after(at.saturating_sub(now), Class::Completion, self.index, Timer::Look, 0);
        }
    }

    fn create(&mut self, now: Nanos) -> u32 {
        self.launched += 1;
        let id = self.all.insert(Instance {
            number: self.launched,
            state: State::Starting,
            busy: 0,
            created: now,
            due: NEVER,
            warm_at: NEVER,
            fails_at: NEVER,
            counted: false,
            holder: NONE,
        });
        self.standing.push(id);
        id
    }

    fn take_processors(&self, core: &mut Core) -> bool {
        let Some(processors) = &self.processors else { return true };
        let now = core.now();
        let used = core.pools[processors.pool as usize] + processors.each;
        if used as f64 > core.program.pools[processors.pool as usize].shared * MILLI {
            return false;
        }
        core.pools[processors.pool as usize] = used;
        core.limits[processors.limit as usize].level(now, used as f64 / MILLI);
        true
    }

    /// An instance takes requests from now on; its figures count after a while.
    fn serve(&mut self, core: &mut Core, id: u32, warm_up: Nanos) {
        let now = core.now();
        self.in_service += 1;
        core.nodes[self.index as usize].instances.add(now, 1);
        let row = &mut self.all[id];
        row.state = State::InService;
        let number = row.number;
        if let Some(law) = &self.fails_after {
            let after = core.sample(law, self.index, Purpose::Idle, number, 0);
            row.fails_at = now.saturating_add(after);
            core.after(after, Class::Completion, self.index, Timer::Instance, id);
        }
        self.free.push_back(id);
        if warm_up == 0 {
            self.count(now, id);
        } else {
            self.all[id].warm_at = now.saturating_add(warm_up);
            core.after(warm_up, Class::Completion, self.index, Timer::Instance, id);
        }
        for poller in &self.pollers {
            core.after(0, Class::Arrival, *poller, Timer::Poll, 0);
        }
    }

    /// The figures of an instance count from now on.
    fn count(&mut self, now: Nanos, id: u32) {
        let row = &mut self.all[id];
        row.counted = true;
        self.counted += 1;
        self.counted_instances.change(now, 1);
        self.busy_workers.change(now, row.busy as i64);
    }

    fn uncount(&mut self, now: Nanos, id: u32) {
        let row = &mut self.all[id];
        if std::mem::take(&mut row.counted) {
            self.counted -= 1;
            self.counted_instances.change(now, -1);
            self.busy_workers.change(now, -(row.busy as i64));
        }
    }

    /// Whether a worker is free, when a fault has taken a share of all workers.
    fn has_room(&self, busy: u64, lost: f64) -> bool {
        !self.free.is_empty() && (lost == 0.0 || busy < left_of(self.in_service * self.workers, lost))
    }

    /// The next free worker, in turn.
    fn take(&mut self, now: Nanos) -> Option<u32> {
        let id = self.free.pop_front()?;
        let row = &mut self.all[id];
        row.busy += 1;
        if row.busy < self.workers {
            self.free.push_back(id);
        }
        if row.counted {
            self.busy_workers.change(now, 1);
        }
        Some(id)
    }

    /// A worker has finished.
    pub(super) fn release(&mut self, core: &mut Core, id: u32) {
        let now = core.now();
        self.inside.change(now, -1);
        let row = &mut self.all[id];
        row.busy -= 1;
        if row.counted {
            self.busy_workers.change(now, -1);
        }
        match row.state {
            State::InService if row.busy + 1 == self.workers => self.free.push_back(id),
            State::Stopping if row.busy == 0 => self.remove(core, id),
            State::Starting | State::InService | State::Stopping | State::Gone => {}
        }
    }

    /// How many there should be from now on.
    fn want(&mut self, core: &mut Core, desired: u64) {
        self.desired = desired;
        self.adjust(core);
    }

    /// Launches what is missing, stops what is too much: first what waits, then the youngest.
    fn adjust(&mut self, core: &mut Core) {
        let now = core.now();
        while (self.standing.len() + self.waiting_launches.len()) as u64 > self.desired {
            if let Some((since, limit)) = self.waiting_launches.pop_back() {
                if let Some(limit) = limit {
                    core.limits[limit as usize].end_delay(now - since);
                }
                continue;
            }
            let starting = self.standing.iter().rposition(|id| self.all[*id].state == State::Starting);
            let id = self.standing[starting.unwrap_or(self.standing.len() - 1)];
            self.stop(core, id);
        }
        while ((self.standing.len() + self.waiting_launches.len()) as u64) < self.desired {
            self.waiting_launches.push_back((now, None));
        }
        self.launch(core);
    }

    /// Launches what waits, as far as the limits let it.
    fn launch(&mut self, core: &mut Core) {
        let now = core.now();
        while let Some((since, held)) = self.waiting_launches.front().copied() {
            if let Some((limit, wait)) = self.held_up(core) {
                if held.is_none() {
                    core.limits[limit as usize].begin_delay(now);
                    self.waiting_launches[0] = (now, Some(limit));
                }
                if wait != NEVER && (self.retry_at <= now || self.retry_at == NEVER) {
                    self.retry_at = now.saturating_add(wait);
                    core.after(wait, Class::Completion, self.index, Timer::Launch, 0);
                }
                return;
            }
            self.waiting_launches.pop_front();
            if let Some(limit) = held {
                core.limits[limit as usize].end_delay(now - since);
            }
            let id = self.create(now);
            let start_up = self.pull.saturating_add(core.sample(&self.start_up, self.index, Purpose::Init, self.launched, 0));
            let wait = start_up.min(self.grace);
            self.all[id].due = now.saturating_add(wait);
            core.after(wait, Class::Completion, self.index, Timer::Instance, id);
            core.nodes[self.index as usize].special.add(1);
        }
    }

    /// The limit that holds up the next launch, and when to try again; nothing once everything for it has been taken.
    fn held_up(&mut self, core: &mut Core) -> Option<(u32, Nanos)> {
        let now = core.now();
        if let Some(launches) = &mut self.launches {
            let account = &mut core.buckets[launches.account as usize];
            for (limit, wait) in [(launches.own_limit, launches.own.wait(now, 1.0)), (launches.account_limit, account.wait(now, 1.0))] {
                if wait > 0 {
                    return Some((limit, wait));
                }
            }
        }
        if !self.take_processors(core) {
            let processors = self.processors.as_ref()?;
            core.limits[processors.limit as usize].level(now, (core.pools[processors.pool as usize] + processors.each) as f64 / MILLI);
            return Some((processors.limit, processors.retry));
        }
        if let Some(launches) = &mut self.launches {
            launches.own.take(now, 1.0);
            core.buckets[launches.account as usize].take(now, 1.0);
            for limit in [launches.own_limit, launches.account_limit] {
                core.limits[limit as usize].demand(now, 1.0);
            }
        }
        None
    }

    /// An instance leaves service and takes nothing new.
    fn leave(&mut self, core: &mut Core, id: u32, state: State) {
        let now = core.now();
        self.uncount(now, id);
        self.standing.retain(|other| *other != id);
        let row = &mut self.all[id];
        if row.state == State::InService {
            self.in_service -= 1;
            core.nodes[self.index as usize].instances.subtract(now, 1);
            self.free.retain(|other| *other != id);
        }
        row.state = state;
    }

    /// An instance is told to stop: it may finish what it has begun.
    fn stop(&mut self, core: &mut Core, id: u32) {
        let now = core.now();
        self.leave(core, id, State::Stopping);
        if self.all[id].busy == 0 {
            self.remove(core, id);
            return;
        }
        self.all[id].due = now.saturating_add(self.stop_timeout);
        core.after(self.stop_timeout, Class::Arrival, self.index, Timer::Instance, id);
    }

    /// An instance is no more.
    fn remove(&mut self, core: &mut Core, id: u32) {
        let now = core.now();
        self.all[id].state = State::Gone;
        core.end_holder(self.index, self.all[id].holder);
        let life = now - self.all[id].created;
        self.billed_s += billed(life, self.billed_least);
        if now >= core.warm_up {
            core.nodes[self.index as usize].lifespan.record(life);
        }
        self.all.remove(id);
        if let Some(processors) = &self.processors {
            core.pools[processors.pool as usize] -= processors.each;
        }
        core.events += 1;
    }

    /// What holds the connections of an instance; it keeps them while it lives.
    pub(super) fn holder(&mut self, core: &mut Core, id: u32) -> u32 {
        core.holder_or_new(&mut self.all[id].holder)
    }

    /// What the autoscaler is to see.
    fn sight(&mut self, core: &Core) -> Sight {
        let now = core.now();
        let span = seconds(now - std::mem::replace(&mut self.looked, now)).max(f64::MIN_POSITIVE);
        let waiting = |queue: &u32| core.nodes[*queue as usize].waiting.value() as f64;
        let in_flight = |queue: &u32| core.stores[*queue as usize].in_flight as f64;
        let backlog: f64 = self.queues.iter().map(waiting).sum();
        Sight {
            desired: self.desired,
            counted: self.counted,
            coming: (self.standing.len() + self.waiting_launches.len()) as u64 - self.counted,
            counted_mean: self.counted_instances.look(now),
            busy: self.busy_workers.look(now) / self.workers as f64,
            inside: self.inside.look(now),
            rate: std::mem::take(&mut self.arrivals) as f64 / span,
            backlog,
            lag: backlog + self.queues.iter().map(in_flight).sum::<f64>(),
        }
    }

    /// Hours that instances have stood, shortest billed times and whole seconds considered.
    fn hours(&self, now: Nanos) -> f64 {
        let open: u64 = self.all.occupied().map(|row| billed(now - row.created, self.billed_least)).sum();
        (self.billed_s + open) as f64 / SECONDS_PER_HOUR
    }

    /// Units used, in the order of the meters.
    pub(super) fn billed(&self, now: Nanos) -> Vec<f64> {
        let hours = self.hours(now);
        match self.size {
            Size::Instance { .. } => vec![hours],
            Size::Parts { vcpus, gigabytes, .. } => vec![hours * vcpus, hours * gigabytes],
        }
    }

    /// Figures that only a fleet has.
    pub(super) fn figures(&self, core: &Core, put: &mut dyn FnMut(&str, f64)) {
        let meter = &core.nodes[self.index as usize];
        let now = core.now();
        let standing = meter.instances.mean(now) * self.workers as f64;
        put("utilization", if standing > 0.0 { meter.busy.mean(now) / standing } else { 0.0 });
        put("instances.mean", meter.instances.mean(now));
        put("instances.max", meter.instances.max() as f64);
        put("instances_launched", meter.special.total() as f64);
        put("instances_desired", self.desired as f64);
        put("instance_failures", self.failures as f64);
        put("requests_cut_off", self.cut_off as f64);
        put("lifespan.mean", meter.lifespan.mean() / 1e9);
        put("instance_hours", self.hours(now));
    }
}

/// Whole seconds that are billed for a life.
fn billed(life: Nanos, least: Nanos) -> u64 {
    life.max(least).div_ceil(SECOND)
}

impl Compute {
    /// Lets an attempt in: it starts, waits, or is refused.
    pub(super) fn admit_to_fleet(&mut self, core: &mut Core, item: u32) {
        let now = core.now();
        let Some(fleet) = &mut self.fleet else { return };
        fleet.arrivals += 1;
        let meter = &core.nodes[self.index as usize];
        let holding = (meter.sojourn.mean() - meter.wait.mean()).max(0.0) / 1e9;
        let workers = fleet.workers as f64;
        let limit = &mut core.limits[fleet.most_limit as usize];
        limit.offer(now, holding / workers);
        limit.level(now, ((self.busy + 1) as f64 / workers).min(fleet.most));
        // A batch waits in any case: its messages are invisible to others meanwhile.
        let is_batch = core.items[item].batch != NONE;
        let has_room = fleet.has_room(self.busy, self.lost);
        if !has_room && !is_batch && fleet.line.len() as u64 >= fleet.queue {
            core.nodes[self.index as usize].refused.add(1);
            let limit = fleet.queue_limit.unwrap_or(fleet.most_limit);
            core.limits[limit as usize].refuse_level(now, 1.0);
            core.answer(item, Outcome::Throttled);
            return;
        }
        core.nodes[self.index as usize].accepted.add(1);
        fleet.inside.change(now, 1);
        if has_room && let Some(instance) = fleet.take(now) {
            self.begin(core, item, instance, false);
            return;
        }
        core.nodes[self.index as usize].waiting.add(now, 1);
        if fleet.in_service as f64 >= fleet.most {
            core.limits[fleet.most_limit as usize].begin_delay(now);
        }
        fleet.line.push_back(item);
        core.note_item(item, self.index, TraceEvent::Wait);
        if fleet.desired == 0 && fleet.autoscaler.as_ref().is_some_and(Autoscaler::wakes) {
            fleet.want(core, 1);
        }
    }

    /// Whoever waits begins, as long as there are free workers.
    pub(super) fn next_in_line(&mut self, core: &mut Core) {
        let now = core.now();
        while let Some(fleet) = &mut self.fleet
            && fleet.has_room(self.busy, self.lost)
            && let Some(item) = fleet.line.pop_front()
            && let Some(instance) = fleet.take(now)
        {
            let waited = now - core.items[item].arrived;
            if fleet.in_service as f64 >= fleet.most {
                core.limits[fleet.most_limit as usize].end_delay(waited);
            }
            core.nodes[self.index as usize].waiting.subtract(now, 1);
            self.begin(core, item, instance, false);
        }
    }

    /// The autoscaler looks.
    pub(super) fn look(&mut self, core: &mut Core) {
        let now = core.now();
        let Some(fleet) = &mut self.fleet else { return };
        let sight = fleet.sight(core);
        let Some(autoscaler) = &mut fleet.autoscaler else { return };
        let wanted = autoscaler.look(now, &sight);
        let next = autoscaler.next_look(now);
        fleet.look_at(core, next);
        if wanted != fleet.desired {
            fleet.want(core, wanted);
        }
    }

    /// A launch that was held up is tried again.
    pub(super) fn retry_launch(&mut self, core: &mut Core) {
        if let Some(fleet) = &mut self.fleet {
            fleet.retry_at = NEVER;
            fleet.launch(core);
        }
    }

    /// Something is due for an instance. What was planned for one that is gone finds another state or another time.
    pub(super) fn instance_due(&mut self, core: &mut Core, id: u32) {
        let now = core.now();
        let Some(fleet) = &mut self.fleet else { return };
        let Instance { state, due, warm_at, fails_at, counted, .. } = fleet.all[id];
        match state {
            State::Starting if due == now => {
                if now - fleet.all[id].created >= fleet.grace {
                    fleet.failures += 1;
                    fleet.leave(core, id, State::Gone);
                    fleet.remove(core, id);
                    fleet.adjust(core);
                    return;
                }
                let warm_up = fleet.warm_up;
                fleet.serve(core, id, warm_up);
                self.next_in_line(core);
            }
            State::InService if fails_at == now => self.fail_instance(core, id),
            State::InService if warm_at == now && !counted => fleet.count(now, id),
            State::Stopping if due == now => self.cut_off(core, id),
            State::Starting | State::InService | State::Stopping | State::Gone => {}
        }
    }

    /// An instance fails with everything on it, and another one is launched in its place.
    fn fail_instance(&mut self, core: &mut Core, id: u32) {
        let Some(fleet) = &mut self.fleet else { return };
        fleet.failures += 1;
        fleet.leave(core, id, State::Stopping);
        if fleet.all[id].busy == 0 {
            fleet.remove(core, id);
        } else {
            self.cut_off(core, id);
        }
        if let Some(fleet) = &mut self.fleet {
            fleet.adjust(core);
        }
    }

    /// What still runs on an instance fails; the instance goes with the last of it.
    fn cut_off(&mut self, core: &mut Core, id: u32) {
        for slot in self.invocations_on(id) {
            if let Some(fleet) = &mut self.fleet {
                fleet.cut_off += 1;
            }
            self.abort(core, slot);
        }
    }
}

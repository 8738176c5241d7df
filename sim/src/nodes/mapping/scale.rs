//! How many batches of a mapping run at a time.
//!
//! Elastic pollers grow while there is a backlog, fall back when there is none, and shrink while most batches fail.
//! Provisioned pollers do so too, between two bounds that are paid for, and each has a throughput. Workers are as many
//! as their instances say.

use plimsoll_models::families::Pollers;

use crate::{
    core::Core,
    event::{Class, Timer},
    faults::left_of,
    outcome::Outcome,
    parts::{Pacer, Rate},
    program::Program,
    time::{Nanos, SECOND, nanos},
};

/// The concurrency of a mapping.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    index: u32,
    edge: u32,
    /// Batches when the queue turns active, and when it has been quiet for long.
    initial: f64,
    idle: f64,
    ramp: f64,
    ramp_every: Nanos,
    settle: Nanos,
    ceiling: f64,
    limit: u32,
    /// Batches of one poller.
    per_poller: f64,
    errors: Option<Errors>,
    throughput: Option<Throughput>,
    /// Node whose instances run the loops, and loops in each.
    workers: Option<(u32, f64)>,
    /// Batches that may run.
    allowed: f64,
    /// Most batches that a fault lets run.
    left: f64,
    /// Batches that run or are being filled.
    taken: u64,
    running: u64,
    /// Pollers that wait for messages.
    waiting: u64,
    /// Whether the backlog of the latest tick lasts.
    growing: bool,
    /// Tells the ramp timer that counts from those before it.
    tick: u32,
    saturated_since: Nanos,
    /// Since when there has been no backlog at the present level.
    settled_since: Nanos,
}

/// What failed batches do to the concurrency.
#[derive(Clone, Debug)]
struct Errors {
    factor: f64,
    share: f64,
    interval: Nanos,
    /// Whether the timer of the interval is set.
    watching: bool,
    /// Whether the last interval was a failing one: then nothing is added.
    failing: bool,
    batches: u64,
    failed: u64,
}

/// What provisioned pollers can carry.
#[derive(Clone, Debug)]
struct Throughput {
    bytes: f64,
    polls: f64,
    brought: Pacer,
    received: Pacer,
}

impl Throughput {
    /// Bytes and receive calls of so many pollers.
    fn rates(&self, pollers: f64) -> (Rate, Rate) {
        let pollers = pollers.max(1.0);
        (Rate::per_second(self.bytes * pollers), Rate::per_second(self.polls * pollers))
    }
}

impl Scale {
    pub(super) fn new(program: &Program, index: u32, edge: u32) -> Self {
        let ready = &program.edges[edge as usize];
        let poll = ready.poll.as_deref().expect("a mapping is made of a poll edge");
        let limit = poll.ceiling();
        let mut scale = Self {
            index,
            edge,
            initial: limit.value,
            idle: limit.value,
            ramp: 0.0,
            ramp_every: SECOND,
            settle: 0,
            ceiling: limit.value,
            limit: ready.limits[&limit.key],
            per_poller: 1.0,
            errors: None,
            throughput: None,
            workers: None,
            allowed: 0.0,
            left: f64::INFINITY,
            taken: 0,
            running: 0,
            waiting: 0,
            growing: false,
            tick: 0,
            saturated_since: 0,
            settled_since: 0,
        };
        match &poll.pollers {
            Pollers::Elastic { initial, idle, ramp, by_minute, settle, maximum, slowdown, .. } => {
                scale.initial = initial.min(scale.ceiling);
                // A mapping with a maximum of its own does not settle below its start.
                scale.idle = if maximum.is_some() { scale.initial } else { idle.min(scale.initial) };
                scale.ramp_every = if *by_minute { 60 * SECOND } else { SECOND };
                scale.ramp = ramp * scale.ramp_every as f64 / SECOND as f64;
                scale.settle = nanos(*settle);
                // Reported failures are known one by one, and turn the back-off off.
                scale.errors = slowdown.filter(|_| !poll.report_item_failures).map(|slowdown| Errors {
                    factor: slowdown.factor,
                    share: slowdown.share,
                    interval: nanos(slowdown.interval),
                    watching: false,
                    failing: false,
                    batches: 0,
                    failed: 0,
                });
            }
            Pollers::Provisioned { minimum, concurrency, bytes, polls, ramp, settle, .. } => {
                scale.per_poller = *concurrency;
                scale.ceiling = limit.value * concurrency;
                scale.initial = (minimum * concurrency).min(scale.ceiling);
                scale.idle = scale.initial;
                scale.ramp = *ramp;
                scale.settle = nanos(*settle);
                scale.throughput = Some(Throughput { bytes: *bytes, polls: *polls, brought: Pacer::default(), received: Pacer::default() });
            }
            Pollers::Workers { .. } => {
                scale.workers = Some((ready.to, limit.value));
                scale.initial = 0.0;
            }
        }
        scale
    }

    pub(super) fn start(&mut self, core: &mut Core) {
        self.allow(core, self.initial);
        self.follow(core);
        if self.workers.is_none() && self.idle < self.initial {
            self.set_tick(core);
        }
    }

    /// Whether one more batch may run.
    pub(super) fn has_free(&self) -> bool {
        (self.taken as f64) < self.allowed.floor().min(self.left)
    }

    /// A fault takes a share of what may run at most.
    pub(super) fn lose(&mut self, share: f64) {
        self.left = if share > 0.0 { left_of(self.ceiling as u64, share) as f64 } else { f64::INFINITY };
    }

    /// Workers follow the instances that there are.
    pub(super) fn follow(&mut self, core: &mut Core) {
        let Some((node, loops)) = self.workers else { return };
        let allowed = core.nodes[node as usize].instances.value() as f64 * loops;
        if (allowed - self.allowed).abs() > 0.5 {
            self.ceiling = allowed;
            core.limits[self.limit as usize].limit.value = allowed;
            self.allow(core, allowed);
        }
    }

    fn pollers(&self) -> f64 {
        (self.allowed.floor() / self.per_poller).ceil()
    }

    fn allow(&mut self, core: &mut Core, allowed: f64) {
        let now = core.now();
        let (before, after) = (self.allowed.floor() as u64, allowed.floor() as u64);
        self.allowed = allowed;
        let pollers = self.pollers() as u64;
        let meter = &mut core.edges[self.edge as usize].poll;
        if after >= before {
            meter.allowed.add(now, after - before);
        } else {
            meter.allowed.subtract(now, before - after);
        }
        meter.pollers.set(now, pollers);
        self.wait_or_work(core);
    }

    /// Pollers without a batch wait for messages.
    fn wait_or_work(&mut self, core: &mut Core) {
        let now = core.now();
        let waiting = ((self.allowed.floor() - self.taken as f64).max(0.0) / self.per_poller) as u64;
        let polls = &mut core.edges[self.edge as usize].poll.long_polls;
        if waiting > self.waiting {
            polls.begin(now, waiting - self.waiting);
        } else if waiting < self.waiting {
            polls.end(now, self.waiting - waiting);
        }
        self.waiting = waiting;
    }

    /// How long the throughput of the pollers makes the next batch wait.
    pub(super) fn turn(&self, core: &mut Core) -> Nanos {
        let Some(throughput) = &self.throughput else { return 0 };
        let now = core.now();
        let (bytes, polls) = throughput.rates(self.pollers());
        let wait = throughput.brought.wait(now, bytes, 0.0, 0).max(throughput.received.wait(now, polls, 0.0, 0));
        if wait > 0 && self.allowed >= self.ceiling {
            core.limits[self.limit as usize].delay(now, wait);
        }
        wait
    }

    /// A poller begins to fill a batch.
    pub(super) fn begin(&mut self, core: &mut Core) {
        self.taken += 1;
        self.wait_or_work(core);
    }

    /// A batch is full: it brought so many bytes in so many receive calls, and runs from now on.
    pub(super) fn run(&mut self, core: &mut Core, calls: u64, bytes: f64) {
        let now = core.now();
        self.running += 1;
        let pollers = self.pollers();
        if let Some(throughput) = &mut self.throughput {
            let (bytes_rate, polls_rate) = throughput.rates(pollers);
            throughput.brought.charge(now, bytes_rate, bytes);
            throughput.received.charge(now, polls_rate, calls as f64);
        }
        core.edges[self.edge as usize].poll.running.add(now, 1);
        core.limits[self.limit as usize].level(now, self.running as f64 / self.per_poller);
    }

    /// A batch is done with.
    pub(super) fn release(&mut self, core: &mut Core, outcome: Outcome) {
        let now = core.now();
        self.running -= 1;
        self.taken -= 1;
        core.edges[self.edge as usize].poll.running.subtract(now, 1);
        self.wait_or_work(core);
        let Some(errors) = &mut self.errors else { return };
        errors.batches += 1;
        errors.failed += u64::from(matches!(outcome, Outcome::Failed | Outcome::TimedOut));
        if errors.failed > 0 && !errors.watching {
            errors.watching = true;
            core.after(errors.interval, Class::Completion, self.index, Timer::Errors, 0);
        }
    }

    /// An interval in which batches failed is over.
    pub(super) fn errors(&mut self, core: &mut Core) {
        let Some(errors) = &mut self.errors else { return };
        errors.failing = errors.failed > 0 && errors.failed as f64 >= errors.share * errors.batches as f64;
        (errors.batches, errors.failed) = (0, 0);
        errors.watching = errors.failing;
        if errors.failing {
            core.after(errors.interval, Class::Completion, self.index, Timer::Errors, 0);
            let least = self.idle.min(self.allowed);
            let fewer = (self.allowed * errors.factor).max(least);
            self.allow(core, fewer);
        }
    }

    /// Something arrives that will hold a batch for so long; if it is left lying although all may run that can, the
    /// limit delays it.
    pub(super) fn offer(&self, core: &mut Core, holding: f64, backlog: bool) {
        let now = core.now();
        let limit = &mut core.limits[self.limit as usize];
        limit.offer(now, holding / self.per_poller);
        if self.allowed >= self.ceiling && self.running as f64 >= self.ceiling.floor() && backlog {
            limit.begin_delay(now);
        }
    }

    /// A message that had to wait is taken.
    pub(super) fn end_delay(&self, core: &mut Core, waited: Nanos) {
        if self.allowed >= self.ceiling {
            core.limits[self.limit as usize].end_delay(waited);
        }
    }

    /// Every poller is busy and messages wait. Answers whether that makes more of them at once.
    pub(super) fn saturated(&mut self, core: &mut Core) -> bool {
        if self.workers.is_some() {
            return false;
        }
        self.saturated_since = core.now();
        self.settled_since = core.now();
        if !self.growing && self.allowed < self.ceiling {
            self.growing = true;
            self.set_tick(core);
        }
        let failing = self.errors.as_ref().is_some_and(|errors| errors.failing);
        let turns_active = self.allowed < self.initial && !failing;
        if turns_active {
            self.allow(core, self.initial);
        }
        turns_active
    }

    fn set_tick(&mut self, core: &mut Core) {
        self.tick = self.tick.wrapping_add(1);
        core.after(self.ramp_every, Class::Completion, self.index, Timer::Ramp, self.tick);
    }

    /// The allowance grows while messages wait, and falls back in two steps once they do not.
    pub(super) fn ramp(&mut self, core: &mut Core, tick: u32, backlog: bool) {
        if tick != self.tick {
            return;
        }
        let now = core.now();
        let failing = self.errors.as_ref().is_some_and(|errors| errors.failing);
        self.growing = backlog || now - self.saturated_since < self.ramp_every;
        if self.growing {
            if !failing && self.allowed < self.ceiling {
                self.allow(core, (self.allowed + self.ramp).min(self.ceiling));
            }
        } else if now - self.settled_since >= self.settle {
            self.settled_since = now;
            let quieter = if self.allowed > self.initial { self.initial } else { self.idle };
            self.allow(core, quieter.min(self.allowed));
        }
        if self.allowed > self.idle || (self.growing && self.allowed < self.ceiling) {
            self.set_tick(core);
        } else {
            self.growing = false;
        }
    }
}

//! A state machine that somebody else runs: executions of threads that go from state to state.
//!
//! ```text
//! request (express) --------------------> execution --> root thread --> Task: a copy on an edge
//! send --> acknowledged, kept as a copy ----^             |  ^          Choice, Wait, Pass
//!                                                         v  |          Parallel, Map: child threads, then join
//!                                                       child threads
//! ```
//! An execution holds its item, or the kept copy, until its root thread ends, fails or is cut off. What its tasks have
//! called by then goes on without it.

mod execution;
mod failure;
mod ready;
mod thread;

use plimsoll_models::{
    EdgeKind,
    families::{HistoryEvents, WorkflowConfig, WorkflowKind},
    fault::Effect,
};

use super::{Behavior, Names};
use crate::{
    core::Core,
    event::{Class, Timer},
    outcome::Outcome,
    parts::TokenBucket,
    program::Program,
    rng::Purpose,
    sample::Sampler,
    slab::Slab,
    time::{Nanos, nanos, seconds},
};

use self::{execution::Execution, ready::Ready, thread::Thread};

/// Bytes in the GB of a GB-second.
const GIB: f64 = 1_073_741_824.0;

/// A workflow.
#[derive(Clone, Debug)]
pub(crate) struct Workflow {
    index: u32,
    states: Vec<Ready>,
    first: u32,
    start_latency: Sampler,
    ack_latency: Sampler,
    state_latency: Sampler,
    callback: Sampler,
    callback_lane: u32,
    map: MapRules,
    payload: (f64, u32),
    start_bucket: u32,
    start_limit: u32,
    /// Bucket and limit of calls of web endpoints.
    http: (u32, u32),
    longest: Nanos,
    execution_lane: u32,
    duration_limit: u32,
    kind: Kind,
    /// By what a fault multiplies the service's own time.
    slow: f64,
    executions: Slab<Execution>,
    threads: Slab<Thread>,
    counts: Counts,
}

/// How maps run.
#[derive(Clone, Copy, Debug)]
struct MapRules {
    items: plimsoll_models::families::CountLaw,
    concurrency: u32,
    distributed_concurrency: u32,
    /// Time between the starts of two iterations of a distributed map.
    distributed_gap: Nanos,
}

#[derive(Clone, Debug)]
enum Kind {
    Standard(Standard),
    Express(Express),
}

#[derive(Clone, Copy, Debug)]
struct Standard {
    bucket: u32,
    rate_limit: u32,
    pool: u32,
    open_max: f64,
    open_limit: u32,
    history_max: u64,
    history_limit: u32,
    events: HistoryEvents,
}

#[derive(Clone, Debug)]
struct Express {
    sync_start_latency: Sampler,
    duplicates: f64,
    billed_step: Nanos,
    billed_gb: f64,
}

/// What happened, for the figures.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    started: u64,
    duplicates: u64,
    timed_out: u64,
    retries: u64,
    caught: u64,
    /// Executions that were ended because they went round and round.
    endless: u64,
}

impl Workflow {
    pub(crate) fn new(program: &Program, index: u32, config: &WorkflowConfig, core: &mut Core) -> Self {
        let node = &program.nodes[index as usize];
        let limit = |limit: &plimsoll_models::families::Limit| node.limits[&limit.key];
        let kind = match &config.kind {
            WorkflowKind::Standard(standard) => Kind::Standard(Standard {
                bucket: node.buckets[&standard.transition_rate.key],
                rate_limit: limit(&standard.transition_rate),
                pool: node.pool.unwrap_or(0),
                open_max: standard.open_executions.value,
                open_limit: limit(&standard.open_executions),
                history_max: standard.history.value as u64,
                history_limit: limit(&standard.history),
                events: standard.events,
            }),
            WorkflowKind::Express(express) => Kind::Express(Express {
                sync_start_latency: Sampler::new(&express.sync_start_latency),
                duplicates: express.duplicates,
                billed_step: nanos(express.billed_step).max(1),
                billed_gb: express.billed_memory / GIB,
            }),
        };
        let longest = config.machine.timeout.unwrap_or(f64::INFINITY).min(config.duration.value);
        Self {
            index,
            states: config.machine.states.iter().map(|state| Ready::new(program, index, config, state, core)).collect(),
            first: config.machine.start,
            start_latency: Sampler::new(&config.start_latency),
            ack_latency: Sampler::new(&config.ack_latency),
            state_latency: Sampler::new(&config.state_latency),
            callback: Sampler::new(&config.callback),
            callback_lane: core.queue.lane(),
            map: MapRules {
                items: config.map_items,
                concurrency: (config.map_concurrency as u32).max(1),
                distributed_concurrency: (config.distributed_concurrency as u32).max(1),
                distributed_gap: nanos(1.0 / config.distributed_rate.max(1e-9)),
            },
            payload: (config.payload.value, limit(&config.payload)),
            start_bucket: node.buckets[&config.start_rate.key],
            start_limit: limit(&config.start_rate),
            http: (node.buckets[&config.http.rate.key], limit(&config.http.rate)),
            longest: nanos(longest),
            execution_lane: core.queue.lane(),
            duration_limit: limit(&config.duration),
            kind,
            slow: 1.0,
            executions: Slab::default(),
            threads: Slab::default(),
            counts: Counts::default(),
        }
    }

    /// Why a start is refused, if so.
    fn refusal(&self, core: &mut Core, bytes: u32, is_sync: bool) -> Option<(Outcome, u32)> {
        let now = core.now();
        let (most, limit) = self.payload;
        core.limits[limit as usize].level(now, f64::from(bytes));
        if f64::from(bytes) > most {
            return Some((Outcome::Rejected, limit));
        }
        // The rate of synchronous starts of express workflows grows with the load; no number is published.
        if !(is_sync && matches!(self.kind, Kind::Express(_))) {
            core.limits[self.start_limit as usize].demand(now, 1.0);
            let bucket: &mut TokenBucket = &mut core.buckets[self.start_bucket as usize];
            if !bucket.take(now, 1.0) {
                return Some((Outcome::Throttled, self.start_limit));
            }
        }
        if let Kind::Standard(Standard { pool, open_max, open_limit, .. }) = self.kind {
            let open = core.pools[pool as usize] + 1;
            core.limits[open_limit as usize].level(now, open as f64);
            if open as f64 > open_max {
                return Some((Outcome::Throttled, open_limit));
            }
        }
        None
    }
}

impl Behavior for Workflow {
    fn arrive(&mut self, core: &mut Core, item: u32) {
        let now = core.now();
        core.items[item].arrived = now;
        core.nodes[self.index as usize].arrivals.add(1);
        let row = core.items[item];
        let is_sync = core.program.edges[row.edge as usize].kind == EdgeKind::Request;
        if let Some((outcome, limit)) = self.refusal(core, row.bytes, is_sync) {
            core.nodes[self.index as usize].refused.add(1);
            core.limits[limit as usize].refuse(now);
            core.answer(item, outcome);
            return;
        }
        core.nodes[self.index as usize].accepted.add(1);
        if is_sync {
            self.begin_for_item(core, item);
            return;
        }
        let cause = core.cause(item);
        self.begin_kept(core, &cause);
        if let Kind::Express(express) = &self.kind
            && core.chance(express.duplicates, self.index, Purpose::Failure, row.line, row.attempt)
        {
            self.counts.duplicates += 1;
            self.begin_again(core, &cause);
        }
        let ack = core.sample(&self.ack_latency, self.index, Purpose::Pickup, row.line, row.attempt);
        core.after(ack, Class::Completion, self.index, Timer::Done, item);
    }

    fn timer(&mut self, core: &mut Core, timer: Timer, argument: u32) {
        match timer {
            Timer::Done => core.answer(argument, Outcome::Ok),
            Timer::Step => self.step(core, argument),
            Timer::TaskTimeout => self.task_timed_out(core, argument),
            Timer::Callback => self.called_back(core, argument),
            Timer::InvocationTimeout => self.cut_off(core, argument),
            other => debug_assert!(false, "{other:?} is not a timer of a workflow"),
        }
    }

    fn settled(&mut self, core: &mut Core, copy: u32, outcome: Outcome) {
        let token = core.copies[copy].token;
        if self.awaits(token) {
            self.task_settled(core, token as u32, outcome);
        }
    }

    fn fault(&mut self, _core: &mut Core, effect: &Effect, on: bool) {
        if let Effect::Slow { factor } = effect {
            self.slow = if on { *factor } else { 1.0 };
        }
    }

    fn awaits(&self, token: u64) -> bool {
        self.threads[token as u32].awaits((token >> 32) as u32)
    }

    fn names(&self) -> Names {
        Names {
            arrivals: "ExecutionsStarted",
            completed: "ExecutionsSucceeded",
            refused: "ThrottledEvents",
            failed: "ExecutionsFailed",
            special: if matches!(self.kind, Kind::Standard(_)) { "ExecutionThrottled" } else { "" },
            busy: "OpenExecutionCount",
            waiting: "",
            ..Names::PLAIN
        }
    }

    fn billed(&self, core: &Core, _now: Nanos) -> Vec<f64> {
        let units = core.nodes[self.index as usize].units;
        match &self.kind {
            Kind::Standard(_) => vec![units[0] as f64],
            Kind::Express(express) => {
                vec![self.counts.started as f64, units[1] as f64 * seconds(express.billed_step) * express.billed_gb]
            }
        }
    }

    fn figures(&self, core: &Core, put: &mut dyn FnMut(&str, f64)) {
        put("transitions", core.nodes[self.index as usize].units[0] as f64);
        put("executions", self.counts.started as f64);
        put("duplicates", self.counts.duplicates as f64);
        put("timed_out", self.counts.timed_out as f64);
        put("task_retries", self.counts.retries as f64);
        put("caught", self.counts.caught as f64);
        put("endless", self.counts.endless as f64);
    }
}

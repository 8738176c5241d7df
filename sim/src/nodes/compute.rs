//! The runtime unit: function, container or server.
//!
//! ```text
//! sync, batch --> admission --> instance (warm, or new: init) --> steps: compute, calls --> outcome
//! async ------> own queue --^        ^ idle pool, reclaimed after a while
//! ```
//! Scaling per request admits or throttles at once; instances that stand let requests wait in a line.
//! While an invocation waits for a call it holds its instance, which is how slow dependencies eat concurrency.

mod admission;
mod asynchronous;
mod fleet;
mod instances;
mod invocation;
mod per_request;
mod provisioned;
mod recursion;
mod start;

use plimsoll_models::{
    EdgeKind,
    families::{ComputeConfig, Scaling},
    fault::Effect,
    work::{CallStep, OnError, Per, Step},
};

use super::{Behavior, Names};
use crate::{
    core::Core,
    event::Timer,
    live::NodeLook,
    outcome::Outcome,
    program::{EdgeProgram, Program},
    sample::Sampler,
    slab::Slab,
    time::{Nanos, nanos},
};

use self::{fleet::Fleet, instances::Instances, invocation::Invocation, per_request::PerRequest};

/// Meter of requests.
const REQUESTS: usize = 0;
/// Meter of billed time on instances on demand, in steps of the bill.
const DURATION: usize = 1;
/// The same on provisioned instances.
const PROVISIONED: usize = 2;

/// A runtime unit.
#[derive(Clone, Debug)]
pub(crate) struct Compute {
    index: u32,
    /// Whether anything sends it events that wait in a queue of its own.
    takes_events: bool,
    per_request: Option<PerRequest>,
    fleet: Option<Fleet>,
    instances: Instances,
    invocations: Slab<Invocation>,
    steps: Vec<Work>,
    duration: Option<Sampler>,
    duration_per_event: Option<Sampler>,
    overhead: Sampler,
    timeout: Nanos,
    timeout_lane: u32,
    /// Time-outs of invocations that begin with an initialization, which makes theirs later.
    cold_timeout_lane: u32,
    timeout_limit: u32,
    memory: f64,
    cpu_factor: f64,
    transient: f64,
    poison: f64,
    fail_attempts: u32,
    per_event_failures: bool,
    idempotent: bool,
    busy: u64,
    /// By what a fault multiplies computing times.
    slow: f64,
    /// Share of the capacity that a fault has taken.
    lost: f64,
}

/// A step with its edges resolved.
#[derive(Clone, Debug)]
enum Work {
    Compute { time: Sampler, per: Per },
    Calls { calls: Box<[WorkCall]>, per: Per },
}

#[derive(Clone, Debug)]
struct WorkCall {
    edge: u32,
    times: u32,
    probability: f64,
    ignore_errors: bool,
    event_type: Option<u16>,
}

impl Compute {
    pub(crate) fn new(program: &Program, index: u32, config: &ComputeConfig, core: &mut Core) -> Self {
        let node = &program.nodes[index as usize];
        let (mut per_request, mut fleet) = (None, None);
        let instances = match &config.scaling {
            Scaling::PerRequest(scaling) => {
                per_request = Some(PerRequest::new(program, index, scaling));
                Instances::new(index, scaling)
            }
            Scaling::Fleet(scaling) => {
                fleet = Some(Fleet::new(program, index, config, scaling, core));
                Instances::none(index)
            }
        };
        let steps = resolve(program, index, config);
        let computes = steps.iter().any(|step| matches!(step, Work::Compute { .. }));
        Self {
            index,
            takes_events: per_request.is_some() && program.edges.iter().any(|edge| edge.to == index && pushes(edge)),
            per_request,
            fleet,
            instances,
            invocations: Slab::default(),
            steps,
            duration: if computes { Some(Sampler::Constant(0)) } else { config.duration.as_ref().map(Sampler::new) },
            duration_per_event: config.duration_per_event.as_ref().map(Sampler::new),
            overhead: Sampler::new(&config.overhead),
            timeout: nanos(config.timeout.value),
            timeout_lane: core.queue.lane(),
            cold_timeout_lane: core.queue.lane(),
            timeout_limit: node.limits[&config.timeout.key],
            memory: config.memory,
            cpu_factor: config.cpu_factor,
            transient: config.transient_failures,
            poison: config.poison_events,
            fail_attempts: config.fail_attempts,
            per_event_failures: config.failures_per_event,
            idempotent: config.idempotent,
            busy: 0,
            slow: 1.0,
            lost: 0.0,
        }
    }
}

impl Compute {
    /// Whether an attempt is an asynchronous event for the function's own queue.
    fn is_pushed(&self, core: &Core, item: u32) -> bool {
        self.takes_events && pushes(&core.program.edges[core.items[item].edge as usize])
    }
}

/// Whether what comes along an edge goes into the queue of a function.
fn pushes(edge: &EdgeProgram) -> bool {
    let waits = edge.delivery.as_ref().and_then(|delivery| delivery.subscriber.as_ref()).is_some_and(|subscriber| subscriber.waits);
    matches!(edge.kind, EdgeKind::Send | EdgeKind::Deliver) && !waits
}

/// The work of a node with its edges as indices; without any, every outgoing edge is called once after computing.
fn resolve(program: &Program, index: u32, config: &ComputeConfig) -> Vec<Work> {
    let node = &program.nodes[index as usize];
    let edge_index = |id: &str| node.calls.iter().copied().find(|edge| program.edges[*edge as usize].id.as_str() == id);
    let call = |step: &CallStep| {
        let event_type = step
            .emit
            .as_ref()
            .and_then(|name| program.event_types.iter().position(|t| t.id.as_ref().is_some_and(|id| id.as_str() == name)));
        edge_index(step.edge.as_str()).map(|edge| WorkCall {
            edge,
            times: step.times,
            probability: step.probability,
            ignore_errors: step.on_error == OnError::Ignore,
            event_type: event_type.map(|at| at as u16),
        })
    };
    let Some(steps) = &config.work else {
        return node
            .calls
            .iter()
            .map(|edge| Work::Calls {
                calls: Box::new([WorkCall { edge: *edge, times: 1, probability: 1.0, ignore_errors: false, event_type: None }]),
                per: Per::Event,
            })
            .collect();
    };
    steps
        .iter()
        .filter_map(|step| match step {
            Step::Compute { time, per } => Some(Work::Compute { time: Sampler::new(time), per: *per }),
            Step::Call(step) => call(step).map(|ready| Work::Calls { calls: Box::new([ready]), per: step.per }),
            Step::Parallel(steps) => {
                let calls: Box<[WorkCall]> = steps.iter().filter_map(call).collect();
                let per = steps.first().map_or(Per::Event, |step| step.per);
                (!calls.is_empty()).then_some(Work::Calls { calls, per })
            }
        })
        .collect()
}

impl Behavior for Compute {
    fn start(&mut self, core: &mut Core) {
        self.start_provisioned(core);
    }

    fn arrive(&mut self, core: &mut Core, item: u32) {
        let now = core.now();
        core.items[item].arrived = now;
        if self.is_pushed(core, item) {
            self.accept_async(core, item);
            return;
        }
        if self.stop_recursion(core, item) || self.is_too_large(core, item) {
            return;
        }
        // The time to hand a batch over is part of the mapping's own.
        let polled = self.per_request.is_some() && core.items[item].batch != crate::slab::NONE;
        if polled || self.overhead.is_zero() {
            self.admit(core, item);
        } else {
            let row = core.items[item];
            let overhead = core.sample(&self.overhead, self.index, crate::rng::Purpose::Overhead, row.line, row.attempt);
            core.after(overhead, crate::event::Class::Arrival, self.index, Timer::Release, item);
        }
    }

    fn timer(&mut self, core: &mut Core, timer: Timer, argument: u32) {
        match timer {
            Timer::Step => self.step_over(core, argument),
            Timer::InvocationTimeout => self.timed_out(core, argument),
            Timer::Reclaim => self.instances.reclaim(core, argument),
            Timer::Allocate => self.allocate(core),
            Timer::Ready => self.put_back_provisioned(core, argument),
            Timer::Track => self.track(core),
            Timer::AsyncAttempt => self.try_async(core, argument),
            Timer::Release => self.admit(core, argument),
            Timer::Retention => self.expire_async(core, argument),
            Timer::Look => self.look(core),
            Timer::Instance => self.instance_due(core, argument),
            Timer::Launch => self.retry_launch(core),
            other => debug_assert!(false, "{other:?} is not a timer of a runtime unit"),
        }
    }

    fn settled(&mut self, core: &mut Core, copy: u32, outcome: Outcome) {
        self.call_settled(core, copy, outcome);
    }

    fn awaits(&self, token: u64) -> bool {
        self.is_alive(token)
    }

    fn takes_over(&self, core: &Core, item: u32) -> bool {
        self.is_pushed(core, item)
    }

    fn fault(&mut self, core: &mut Core, effect: &Effect, on: bool) {
        match effect {
            Effect::Slow { factor } => self.slow = if on { *factor } else { 1.0 },
            Effect::Capacity { lost } => {
                self.lost = if on { *lost } else { 0.0 };
                self.next_in_line(core);
            }
            Effect::Tighten { factor, .. } => {
                if let Some(scaling) = &mut self.per_request {
                    let left = if on { *factor } else { 1.0 };
                    match scaling.reserved {
                        Some(_) => scaling.left = left,
                        None => core.pools_left[scaling.pool as usize] = left,
                    }
                }
            }
            Effect::Deploy => self.instances.replace(core),
            _ => {}
        }
    }

    fn answered(&mut self, core: &mut Core, item: u32, outcome: Outcome) {
        self.async_answered(core, item, outcome);
    }

    fn names(&self) -> Names {
        if self.fleet.is_some() {
            return Names { special: "Launches", busy: "BusyWorkers", instances: "Instances", ..Names::PLAIN };
        }
        Names {
            arrivals: "Invocations",
            special: "ColdStarts",
            busy: "ConcurrentExecutions",
            waiting: "AsyncEventsWaiting",
            instances: "Instances",
            age: if self.takes_events { "AsyncEventAge" } else { "" },
            age_per_s: 1e3,
            ..Names::PLAIN
        }
    }

    fn desired(&self) -> Option<f64> {
        self.fleet.as_ref().map(|fleet| fleet.desired as f64)
    }

    fn billed(&self, core: &Core, now: Nanos) -> Vec<f64> {
        match (&self.fleet, &self.per_request) {
            (Some(fleet), _) => fleet.billed(now),
            (None, Some(scaling)) => scaling.billed((core, now), self.index, self.memory),
            (None, None) => Vec::new(),
        }
    }

    fn look(&self, core: &Core, look: &mut NodeLook) {
        if let Some(fleet) = &self.fleet {
            look.starting = fleet.starting();
        } else if let Some(scaling) = &self.per_request {
            look.starting = self.being_prepared(core.now());
            look.provisioned = scaling.provisioned.allocated();
        }
    }

    fn figures(&self, core: &Core, put: &mut dyn FnMut(&str, f64)) {
        if let Some(fleet) = &self.fleet {
            fleet.figures(core, put);
            return;
        }
        let meter = &core.nodes[self.index as usize];
        let now = core.now();
        put("cold_starts", meter.special.since_warm_up() as f64);
        put("instances.mean", meter.instances.mean(now));
        put("instances.max", meter.instances.max() as f64);
        put("idle.mean", meter.instances.mean(now) - meter.busy.mean(now));
        put("instances_created", meter.special.total() as f64);
        put("lifespan.mean", meter.lifespan.mean() / 1e9);
        if let Some(scaling) = &self.per_request {
            scaling.figures(core, self.index, self.memory, put);
        }
    }
}

//! States made ready: names are indices, laws are samplers.

use plimsoll_models::{
    families::{Config, WorkflowConfig},
    machine::{Catch, CountLaw, Pattern, Retry, State, StateKind, When},
};

use crate::{
    core::Core,
    program::Program,
    sample::Sampler,
    time::{Nanos, nanos},
};

/// A state.
#[derive(Clone, Debug)]
pub(super) struct Ready {
    pub(super) work: Work,
    pub(super) next: Option<u32>,
    pub(super) retry: Box<[Retry]>,
    pub(super) catch: Box<[Catch]>,
}

/// What happens in a state.
#[derive(Clone, Debug)]
pub(super) enum Work {
    Task(TaskReady),
    Choice { options: Box<[(Way, u32)]>, default: Option<u32> },
    Parallel(Box<[u32]>),
    Map { first: u32, items: Option<CountLaw>, concurrency: u32, distributed: bool },
    Wait(Sampler),
    Pass,
    Succeed,
    Fail(u16),
}

/// A call.
#[derive(Clone, Copy, Debug)]
pub(super) struct TaskReady {
    pub(super) edge: u32,
    pub(super) event_type: Option<u16>,
    pub(super) calls_back: bool,
    /// Whether it calls a web endpoint.
    pub(super) is_http: bool,
    /// Longest wait and the lane of such timers.
    pub(super) timeout: Option<(Nanos, u32)>,
}

/// When a choice goes a way.
#[derive(Clone, Copy, Debug)]
pub(super) enum Way {
    /// For events of this type.
    Type(u16),
    /// Where the lot is below this, the sum of the shares up to here.
    Below(f64),
    /// Never, since no event has the type.
    Never,
}

impl Ready {
    pub(super) fn new(program: &Program, node: u32, config: &WorkflowConfig, state: &State, core: &mut Core) -> Self {
        let type_index = |name: &str| {
            let position = program.event_types.iter().position(|known| known.id.as_ref().is_some_and(|id| id.as_str() == name));
            position.map(|index| index as u16)
        };
        let work = match &state.kind {
            StateKind::Task(task) => {
                let calls = &program.nodes[node as usize].calls;
                let named = |edge: &&u32| task.edge.as_deref() == Some(program.edges[**edge as usize].id.as_str());
                match calls.iter().find(named) {
                    Some(edge) => {
                        let is_http = matches!(program.nodes[program.edges[*edge as usize].to as usize].config, Config::External(_));
                        let longest = is_http.then_some(config.http.timeout);
                        let timeout = task.timeout.into_iter().chain(longest).reduce(f64::min);
                        Work::Task(TaskReady {
                            edge: *edge,
                            event_type: task.emit.as_deref().and_then(type_index),
                            calls_back: task.pattern == Pattern::Callback,
                            is_http,
                            timeout: timeout.map(|timeout| (nanos(timeout), core.queue.lane())),
                        })
                    }
                    None => Work::Pass,
                }
            }
            StateKind::Choice { options, default } => {
                let mut sum = 0.0;
                let way = |when: &When| match when {
                    When::Type(name) => type_index(name).map_or(Way::Never, Way::Type),
                    When::Share(share) => {
                        sum += share;
                        // Shares that add up to one leave nothing to rounding.
                        Way::Below(if sum > 1.0 - 1e-9 { 1.0 } else { sum })
                    }
                };
                let ways = options.iter().map(|(when, _)| when).map(way).collect::<Vec<_>>();
                Work::Choice { options: ways.into_iter().zip(options.iter().map(|(_, next)| *next)).collect(), default: *default }
            }
            StateKind::Parallel { branches } => Work::Parallel(branches.iter().copied().collect()),
            StateKind::Map { start, items, concurrency, distributed } => {
                Work::Map { first: *start, items: *items, concurrency: *concurrency, distributed: *distributed }
            }
            StateKind::Wait(law) => Work::Wait(Sampler::new(law)),
            StateKind::Pass => Work::Pass,
            StateKind::Succeed => Work::Succeed,
            StateKind::Fail { error } => Work::Fail(*error),
        };
        Self { work, next: state.next, retry: state.retry.iter().cloned().collect(), catch: state.catch.iter().cloned().collect() }
    }
}

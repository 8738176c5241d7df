//! What a workflow needs to know.

use serde_json::Value;

use super::{Limit, LimitUse, Mechanism, Settings};
use crate::{
    Catalog, Diagnostic, Diagram, Distribution, EdgeId, EdgeKind, Edit, NodeId, Place,
    diagnostic::closest,
    fault::FaultKind,
    formats::asl::{self, Problem},
    machine::{Machine, Pattern, StateKind, Task},
    work,
};

pub use crate::machine::CountLaw;

/// A state machine that a provider runs.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkflowConfig {
    /// What it does; one task for each outgoing edge, in order, where nothing says otherwise.
    pub machine: Machine,
    /// The file that has the definition, where it has not been read yet.
    pub missing_file: Option<String>,
    /// Time from the start of an execution to its first state, in seconds.
    pub start_latency: Distribution,
    /// Time until a start is acknowledged, in seconds.
    pub ack_latency: Distribution,
    /// Time that the platform adds to each state, in seconds.
    pub state_latency: Distribution,
    /// Time until a token comes back, where a task waits for one, in seconds.
    pub callback: Distribution,
    /// Items of maps that do not say it themselves.
    pub map_items: CountLaw,
    /// Iterations of a map at a time.
    pub map_concurrency: f64,
    /// Iterations of a distributed map at a time.
    pub distributed_concurrency: f64,
    /// Iterations of a distributed map that start per second.
    pub distributed_rate: f64,
    /// Largest input in bytes.
    pub payload: Limit,
    /// Longest execution.
    pub duration: Limit,
    /// Starts per second.
    pub start_rate: Limit,
    /// Bucket of starts.
    pub start_burst: Limit,
    /// Starts per second by what is outside of the diagram.
    pub outside_starts: f64,
    /// Calls of web endpoints.
    pub http: HttpTasks,
    /// What only one kind has.
    pub kind: WorkflowKind,
}

/// Limits on tasks that call a web endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpTasks {
    /// Calls per second of all workflows of the account.
    pub rate: Limit,
    /// Bucket of those.
    pub burst: Limit,
    /// Calls per second by what is outside of the diagram.
    pub outside: f64,
    /// Longest call in seconds.
    pub timeout: f64,
}

/// Kinds of workflows.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "there is one for each node, read once")]
pub enum WorkflowKind {
    /// Every state runs once; states are paid.
    Standard(Standard),
    /// Fast and short; time and memory are paid.
    Express(Express),
}

/// What only standard workflows have.
#[derive(Clone, Debug, PartialEq)]
pub struct Standard {
    /// States that are entered per second.
    pub transition_rate: Limit,
    /// Bucket of those.
    pub transition_burst: Limit,
    /// State transitions per second by what is outside of the diagram.
    pub outside_transitions: f64,
    /// Executions that run at a time.
    pub open_executions: Limit,
    /// Events in the history of an execution.
    pub history: Limit,
    /// What leaves events there.
    pub events: HistoryEvents,
}

/// Events in the history of an execution, by what leaves them there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryEvents {
    /// An execution that begins and ends.
    pub execution: u64,
    /// A state that is entered and left.
    pub state: u64,
    /// A call that is scheduled, started and ended.
    pub call: u64,
    /// An iteration that begins and ends.
    pub iteration: u64,
}

impl HistoryEvents {
    fn read(settings: &mut Settings<'_>) -> Self {
        let mut count = |key: &str| settings.limit(key).value as u64;
        Self {
            execution: count("execution_events"),
            state: count("state_events"),
            call: count("call_events"),
            iteration: count("iteration_events"),
        }
    }
}

/// What only express workflows have.
#[derive(Clone, Debug, PartialEq)]
pub struct Express {
    /// Time from a synchronous start to the first state, in seconds.
    pub sync_start_latency: Distribution,
    /// Share of asynchronous starts that run twice.
    pub duplicates: f64,
    /// Memory of an execution in bytes, as billed.
    pub billed_memory: f64,
    /// Step in which durations are billed, in seconds.
    pub billed_step: f64,
}

impl Mechanism for WorkflowConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        let (machine, missing_file) = definition(settings);
        let kind = if settings.text("kind").as_deref() == Some("express") {
            let chunk = settings.limit("memory_chunk").value;
            WorkflowKind::Express(Express {
                sync_start_latency: settings.distribution("sync_start_latency"),
                duplicates: settings.quantity("duplicates"),
                billed_memory: (settings.quantity("memory") / chunk).ceil().max(1.0) * chunk,
                billed_step: settings.limit("billed_step").value,
            })
        } else {
            WorkflowKind::Standard(Standard {
                transition_rate: settings.limit("transition_rate"),
                transition_burst: settings.limit("transition_burst"),
                outside_transitions: settings.outside("transition_rate"),
                open_executions: settings.limit("open_executions"),
                history: settings.limit("history"),
                events: HistoryEvents::read(settings),
            })
        };
        Self {
            machine,
            missing_file,
            start_latency: settings.distribution("start_latency"),
            ack_latency: settings.distribution("ack_latency"),
            state_latency: settings.distribution("state_latency"),
            callback: settings.distribution("callback"),
            map_items: settings.parsed("map_items").unwrap_or(CountLaw::Constant(1)),
            map_concurrency: settings.limit("map_concurrency").value,
            distributed_concurrency: settings.limit("distributed_concurrency").value,
            distributed_rate: settings.limit("distributed_rate").value,
            payload: settings.limit("payload"),
            duration: settings.limit("duration"),
            start_rate: settings.limit("start_rate"),
            start_burst: settings.limit("start_burst"),
            outside_starts: settings.outside("start_rate"),
            http: HttpTasks {
                rate: settings.limit("http_task_rate"),
                burst: settings.limit("http_task_burst"),
                outside: settings.outside("http_task_rate"),
                timeout: settings.limit("http_task_duration").value,
            },
            kind,
        }
    }

    fn limits(&self) -> Vec<LimitUse<'_>> {
        let starts = self.start_rate.rate().outside(self.outside_starts).bucket(self.start_burst.value);
        let calls = self.http.rate.rate().outside(self.http.outside).bucket(self.http.burst.value);
        let mut limits = vec![starts, calls, self.payload.level(), self.duration.level()];
        if let WorkflowKind::Standard(standard) = &self.kind {
            let rate = standard.transition_rate.rate().outside(standard.outside_transitions).bucket(standard.transition_burst.value);
            limits.extend([rate, standard.open_executions.level(), standard.history.level()]);
        }
        limits
    }

    fn meters(&self) -> &'static [&'static str] {
        match self.kind {
            WorkflowKind::Standard(_) => &["transitions"],
            WorkflowKind::Express(_) => &["requests", "duration"],
        }
    }

    fn faults(&self) -> &'static [FaultKind] {
        &[FaultKind::Slow]
    }

    fn tightens(&self) -> Vec<&str> {
        let transitions = match &self.kind {
            WorkflowKind::Standard(standard) => Some(&standard.transition_rate),
            WorkflowKind::Express(_) => None,
        };
        std::iter::once(&self.start_rate).chain(transitions).map(|limit| limit.key.as_str()).collect()
    }
}

/// Reads the definition from where it is: in the document as states, as text or as steps, or in a file that is not read yet.
fn definition(settings: &mut Settings<'_>) -> (Machine, Option<String>) {
    let file = settings.text("definition_file").filter(|file| !file.trim().is_empty());
    let steps = settings.value("work");
    let read = match settings.value("definition") {
        Some(Value::String(text)) => asl::read(text),
        Some(value) => asl::read_value(value),
        None => match steps.map(|steps| work::parse(steps).and_then(|steps| Machine::of_steps(&steps))) {
            None => return (Machine::default(), file),
            Some(Ok(machine)) => return (machine, None),
            Some(Err(why)) => {
                settings.reject("work", why);
                return (Machine::default(), None);
            }
        },
    };
    match read {
        Ok(machine) => (machine, None),
        Err(problems) => {
            for Problem { state, message } in problems {
                let state = state.map(|state| format!("state `{state}`: ")).unwrap_or_default();
                settings.reject("definition", format!("{state}{message}"));
            }
            (Machine::default(), None)
        }
    }
}

impl WorkflowConfig {
    /// Finds the edge of each task. A workflow without a definition has a task for each edge.
    pub(super) fn bind(&mut self, diagram: &Diagram, catalog: &Catalog, id: &NodeId) -> Vec<Diagnostic> {
        let edges: Vec<&EdgeId> =
            diagram.outgoing(id).filter(|(_, edge)| matches!(edge.kind, EdgeKind::Request | EdgeKind::Send)).map(|(id, _)| id).collect();
        if self.machine.states.is_empty() {
            self.machine = Machine::of_edges(edges.iter().map(|id| id.as_str()));
        }
        let mut found = Vec::new();
        let place = || Place::Node(id.clone(), Some("definition".to_owned()));
        for state in &mut self.machine.states {
            let StateKind::Task(task) = &mut state.kind else { continue };
            let Some(edge) = edge_of(diagram, catalog, &edges, &state.name, task) else {
                let names: Vec<&str> = edges.iter().map(|id| id.as_str()).collect();
                let near = closest(task.edge.as_deref().unwrap_or(&state.name), names.iter().copied());
                let hint = match near {
                    Some(near) => format!("did you mean the edge `{near}`? Say so in the state's comment: `plimsoll: edge={near}`"),
                    None => "draw an edge to what it calls, or name one in the state's comment: `plimsoll: edge=charge`".to_owned(),
                };
                let message = format!("no outgoing edge fits the task `{}`", state.name);
                found.push(Diagnostic::error("task-without-edge", place(), message).hint(hint));
                continue;
            };
            if task.pattern == Pattern::Sync && diagram.edges[edge].kind == EdgeKind::Send {
                let message = format!("the task `{}` waits for the end of its job, but its edge only sends", state.name);
                let diagnostic = Diagnostic::warning("sync-over-send", Place::Edge(edge.clone(), None), message);
                found.push(diagnostic.hint("make the edge a request").fix(Edit::SetEdgeKind(edge.clone(), EdgeKind::Request)));
            }
            task.edge = Some(edge.to_string());
        }
        for name in self.machine.event_types() {
            if !diagram.event_types.contains_key(name) {
                let known = diagram.event_types.keys().map(crate::EventTypeId::as_str);
                let hint =
                    closest(name, known).map_or_else(|| "define it under event types".to_owned(), |near| format!("did you mean `{near}`?"));
                found.push(Diagnostic::warning("unknown-event-type", place(), format!("there is no event type `{name}`")).hint(hint));
            }
        }
        found
    }
}

/// The edge of a task: the one it names, the one to what it calls, the one that is called like the state, or the only one
/// to a service of that name. Of several edges to what it calls, the one that is called like the state.
fn edge_of<'a>(diagram: &Diagram, catalog: &Catalog, edges: &[&'a EdgeId], state: &str, task: &Task) -> Option<&'a EdgeId> {
    if let Some(name) = &task.edge {
        return edges.iter().find(|id| id.as_str() == name).copied();
    }
    let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let is_called = |id: &EdgeId, name: &str| {
        let edge = &diagram.edges[id];
        let target = diagram.nodes.get(&edge.to);
        let names = [id.as_str(), &edge.name, edge.to.as_str(), target.map_or("", |node| &node.name)];
        names.into_iter().any(|known| !known.is_empty() && plain(known) == plain(name))
    };
    let speaks = |id: &EdgeId| {
        let service = diagram.nodes.get(&diagram.edges[id].to).and_then(|node| catalog.get(&node.service));
        service.is_some_and(|service| service.speaks_as(&task.service))
    };
    let all = |fits: &dyn Fn(&EdgeId) -> bool| edges.iter().copied().filter(|id| fits(id)).collect::<Vec<_>>();
    let of_target = all(&|id| task.target.as_deref().is_some_and(|target| is_called(id, target)));
    let of_state = all(&|id| is_called(id, state));
    let of_service = all(&speaks);
    let both = of_target.iter().find(|id| of_state.contains(id)).copied();
    let only = if let [only] = of_service[..] { Some(only) } else { None };
    both.or(of_target.first().copied()).or(of_state.first().copied()).or(only)
}

//! A deterministic discrete-event engine for event-driven architectures on managed services.
//!
//! [`compile`] makes a diagram ready, [`Simulation`] runs it event by event, [`run`] does both with all replications.
//! A run is a function: the same diagram, scenario and seed give the same bytes for any number of threads, and are
//! meant to on every platform; Linux is the one where that has been checked.
//!
//! ```
//! use plimsoll_models::{Catalog, Diagram, Edge, EdgeKind, Edit, Node, Point, Scenario, edit};
//! use plimsoll_sim::{Input, Progress, run};
//!
//! let mut diagram = Diagram::default();
//! for edit in [
//!     Edit::AddNode { id: "clients".into(), node: Node::new("generic/client", "").with("arrivals", "poisson(0.5/s)"), at: Point::default() },
//!     Edit::AddNode { id: "desk".into(), node: Node::new("generic/station", "").with("service", "exponential(1 s)"), at: Point::default() },
//!     Edit::AddEdge { id: "ask".into(), edge: Edge::new("clients", "desk", EdgeKind::Request) },
//! ] {
//!     diagram = edit::apply(&diagram, &edit).unwrap();
//! }
//! let scenario = Scenario::default().with("duration", "50000 s").with("replications", "20");
//! let (plan, _) = scenario.plan(&"default".into());
//! let traces = Default::default();
//! let input = Input { diagram: &diagram, catalog: Catalog::embedded(), scenario: "default".into(), plan, traces: &traces };
//! let result = run(&input, &Progress::new()).unwrap();
//! let response = result.intervals.iter().find(|i| i.metric == "clients.response.mean").unwrap();
//! // M/M/1 at half load: a customer stays 1 / (1 - 0.5) = 2 seconds on average.
//! assert!((response.mean - 2.0).abs() < 2.0 * response.half_width);
//! ```
//!
//! # What is not simulated
//!
//! What each service leaves out is listed in `docs/fidelity.md`. In general: packets, disks, code. Time-outs and errors are those of services, not of networks. Control planes (creating,
//! deleting, deploying) do not exist. A provider's undocumented behavior is an assumption that the catalog marks.

mod ahead;
mod attribution;
mod calls;
mod compile;
mod contrast;
mod core;
mod cost;
mod engine;
mod event;
mod faults;
mod findings;
mod fixes;
mod flights;
mod guard;
mod journal;
mod keys;
mod latency_counts;
pub mod ledger;
mod limits;
pub mod live;
mod meters;
pub mod month;
mod nodes;
mod outcome;
mod parts;
mod program;
pub mod progress;
mod queue;
mod record;
mod remedies;
mod replicate;
pub mod result;
mod rng;
mod routes;
mod sample;
mod sensitivity;
mod slab;
pub mod stats;
mod summary;
mod time;
mod turns;
mod verdict;

use std::{collections::BTreeMap, sync::Arc};

pub use attribution::explain;
pub use compile::{REQUESTS_MAX, compile, set_path, trace_key};
pub use contrast::{Contrast, contrast};
pub use engine::{Gauge, HELD_MAX, INSTANT_EVENTS_MAX, Simulation};
use plimsoll_models::{Catalog, Diagnostic, Diagram, ScenarioId, keys::KeyWeights, scenario::Plan, workload::Trace};
pub use program::Program;
pub use progress::Progress;
pub use result::RunResult;
pub use sensitivity::{PARAMETERS_MAX, STEP, sensitivity};

/// What was read from the files that a diagram names beside itself.
#[derive(Clone, Debug, Default)]
pub struct Traces {
    /// Recorded loads by [`trace_key`].
    pub loads: BTreeMap<String, Trace>,
    /// Weights of keys by file.
    pub weights: BTreeMap<String, KeyWeights>,
}

impl Traces {
    /// Nothing was read.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a recorded load under its [`trace_key`].
    pub fn insert(&mut self, key: String, load: Trace) {
        self.loads.insert(key, load);
    }
}

impl<const N: usize> From<[(String, Trace); N]> for Traces {
    fn from(loads: [(String, Trace); N]) -> Self {
        Self { loads: loads.into(), weights: BTreeMap::new() }
    }
}

/// Everything that a run depends on.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    /// The diagram.
    pub diagram: &'a Diagram,
    /// The facts.
    pub catalog: &'a Catalog,
    /// Name of the scenario, for the result.
    pub scenario: ScenarioId,
    /// The scenario with all overrides.
    pub plan: Plan,
    /// Recordings and weights that the diagram names.
    pub traces: &'a Traces,
}

/// Why there is no result.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RunError {
    /// The diagram has errors; mend them first.
    #[error("the diagram cannot be run")]
    Invalid(Vec<Diagnostic>),
    /// Someone asked to stop.
    #[error("canceled")]
    Canceled,
    /// The run would be absurdly long or large; the text offers a smaller one.
    #[error("{0}")]
    TooLarge(String),
}

/// Runs a scenario with all its replications.
pub fn run(input: &Input<'_>, progress: &Progress) -> Result<RunResult, RunError> {
    let program = compile(input)?;
    let mut result = run_program(&program, progress)?;
    explain(input, &mut result, progress)?;
    Ok(result)
}

/// Runs a program with all its replications, without asking which limit is to blame.
pub fn run_program(program: &Arc<Program>, progress: &Progress) -> Result<RunResult, RunError> {
    replicate::run(program, progress)
}

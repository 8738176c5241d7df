//! The engine.

pub mod progress;
pub mod result;

use std::collections::BTreeMap;

use plimsoll_models::{Catalog, Diagnostic, Diagram, ScenarioId, scenario::Plan, workload::Trace};
pub use progress::Progress;
pub use result::RunResult;

/// Recordings by the file name that the document uses.
pub type Traces = BTreeMap<String, Trace>;

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
    /// Recordings that the diagram names.
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
    /// The run would be absurdly long; the text offers a smaller one.
    #[error("{0}")]
    TooLarge(String),
}

/// Runs a scenario with all its replications.
pub fn run(_input: &Input<'_>, _progress: &Progress) -> Result<RunResult, RunError> {
    Err(RunError::TooLarge("not yet".to_owned()))
}

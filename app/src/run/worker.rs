//! A run on its own thread: frozen diagram in, result or reason out.

use std::{path::PathBuf, sync::Arc};

use plimsoll_models::{Catalog, Diagnostic, Diagram, Place, Scenario, ScenarioId, diagnostic::has_errors, scenario::Plan, validate};
use plimsoll_sim::{Input, Progress, RunError, RunResult, Traces};

use crate::{files, jobs::Job};

/// What to run.
#[derive(Clone, Debug)]
pub struct Request {
    /// The diagram as it stands now; later edits do not reach it.
    pub diagram: Arc<Diagram>,
    /// Which scenario.
    pub scenario: ScenarioId,
    /// Folder of the recordings that the diagram names.
    pub folder: Option<PathBuf>,
    /// Recordings that are there already, by their names in the document; the ones of an example.
    pub traces: Vec<(String, String)>,
}

/// How a run ended.
#[derive(Debug)]
pub enum Outcome {
    /// With a result.
    Done(Box<RunResult>),
    /// Someone stopped it.
    Canceled,
    /// Without a result.
    Failed {
        /// Why.
        message: String,
        /// What is wrong with the diagram.
        diagnostics: Vec<Diagnostic>,
    },
}

/// Starts the thread.
pub(super) fn start(request: Request, progress: Arc<Progress>, repaint: impl FnOnce() + Send + 'static) -> Job<Outcome> {
    Job::start("simulation", repaint, move || ended(Ready::new(&request), |input| plimsoll_sim::run(input, &progress)))
}

/// Starts a thread that tells of a result which limit is to blame and what would help, as a run does at its end.
pub(super) fn start_explaining(
    request: Request,
    result: Arc<RunResult>,
    progress: Arc<Progress>,
    repaint: impl FnOnce() + Send + 'static,
) -> Job<Outcome> {
    Job::start("attribution", repaint, move || {
        ended(Ready::new(&request), |input| {
            let mut result = RunResult::clone(&result);
            plimsoll_sim::explain(input, &mut result, &progress)?;
            Ok(result)
        })
    })
}

/// Everything that a run depends on, checked and read.
#[derive(Debug)]
pub struct Ready {
    diagram: Diagram,
    scenario: ScenarioId,
    plan: Plan,
    traces: Traces,
}

/// Why there is no run: in a sentence, and what is wrong with the diagram.
pub type Refusal = (String, Vec<Diagnostic>);

impl Ready {
    /// Checks a request and reads what it names beside itself.
    pub fn new(request: &Request) -> Result<Self, Refusal> {
        let diagnostics = validate::check(&request.diagram, Catalog::embedded());
        if has_errors(&diagnostics) {
            return Err(invalid(diagnostics));
        }
        let scenario = request.diagram.scenarios.get(&request.scenario).map_or_else(Scenario::default, |scenario| (**scenario).clone());
        let (plan, _) = scenario.plan(&request.scenario);
        let mut diagram = (*request.diagram).clone();
        let (traces, diagnostics) = beside(request, &mut diagram);
        if has_errors(&diagnostics) {
            return Err(invalid(diagnostics));
        }
        Ok(Self { diagram, scenario: request.scenario.clone(), plan, traces })
    }

    /// The same as the engine takes it.
    pub fn input(&self) -> Input<'_> {
        let Self { diagram, scenario, plan, traces } = self;
        Input { diagram, catalog: Catalog::embedded(), scenario: scenario.clone(), plan: plan.clone(), traces }
    }
}

/// Why there is no result, for people; `None` when somebody stopped the run.
pub fn refusal(error: RunError) -> Option<Refusal> {
    match error {
        RunError::Canceled => None,
        RunError::Invalid(diagnostics) => Some(invalid(diagnostics)),
        error @ RunError::TooLarge(_) => Some((error.to_string(), Vec::new())),
    }
}

fn invalid(diagnostics: Vec<Diagnostic>) -> Refusal {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == plimsoll_models::Severity::Error).count();
    let plural = if errors == 1 { "" } else { "s" };
    (format!("The diagram has {errors} error{plural}; mend them first"), diagnostics)
}

fn ended(ready: Result<Ready, Refusal>, run: impl FnOnce(&Input<'_>) -> Result<RunResult, RunError>) -> Outcome {
    let failed = |(message, diagnostics)| Outcome::Failed { message, diagnostics };
    let ready = match ready {
        Ok(ready) => ready,
        Err(why) => return failed(why),
    };
    match run(&ready.input()) {
        Ok(result) => Outcome::Done(Box::new(result)),
        Err(error) => refusal(error).map_or(Outcome::Canceled, failed),
    }
}

/// Reads what the diagram names beside itself; the files of an example are laid out in a folder for that.
fn beside(request: &Request, diagram: &mut Diagram) -> (Traces, Vec<Diagnostic>) {
    let folder = request.folder.clone().unwrap_or_default();
    if request.traces.is_empty() {
        return files::load_beside(diagram, &folder);
    }
    let laid_out = tempfile::tempdir().and_then(|folder| {
        for (name, text) in &request.traces {
            std::fs::write(folder.path().join(name), text)?;
        }
        Ok(folder)
    });
    match laid_out {
        Ok(folder) => files::load_beside(diagram, folder.path()),
        Err(error) => (
            Traces::new(),
            vec![Diagnostic::error("unreadable-trace", Place::Document, format!("the files of the example cannot be laid out: {error}"))],
        ),
    }
}

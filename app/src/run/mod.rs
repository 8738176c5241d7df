//! Runs of the open document: the one that goes on, the latest result, and the one that was pinned for comparison.

mod study;
mod worker;

use std::{path::PathBuf, sync::Arc, time::Instant};

use plimsoll_models::{Diagnostic, Diagram, ScenarioId};
use plimsoll_sim::{Progress, RunResult};

use crate::jobs::Job;
pub use study::{Question, Studies};
pub use worker::{Outcome, Ready, Refusal, Request, refusal};

/// A run that has ended well.
#[derive(Clone, Debug)]
pub struct Finished {
    /// What it tells.
    pub result: Arc<RunResult>,
    /// The diagram that was run.
    pub diagram: Arc<Diagram>,
    /// The scenario that was run.
    pub scenario: ScenarioId,
}

/// A run that goes on.
#[derive(Debug)]
pub struct Running {
    /// How far it is, and how to stop it.
    pub progress: Arc<Progress>,
    /// When it was started.
    pub since: Instant,
    /// Whether its result is there already, and only told about.
    explains: bool,
    request: Request,
    job: Job<Outcome>,
}

/// What the latest run is up to.
#[derive(Debug, Default)]
pub enum RunState {
    /// Nothing was run yet.
    #[default]
    Idle,
    /// It goes on.
    Running(Running),
    /// It ended well; see [`Runs::latest`].
    Done,
    /// There is no result.
    Failed {
        /// Why.
        message: String,
        /// What is wrong with the diagram.
        diagnostics: Vec<Diagnostic>,
    },
}

/// Every run that the window knows.
#[derive(Debug, Default)]
pub struct Runs {
    /// What the latest run is up to.
    pub state: RunState,
    /// The latest result.
    pub latest: Option<Finished>,
    /// The result that others are compared with.
    pub baseline: Option<Finished>,
    /// Questions about the latest result.
    pub studies: Studies,
}

impl Runs {
    /// Starts a run; one that goes on is stopped.
    pub fn start(&mut self, request: Request, repaint: impl FnOnce() + Send + 'static) {
        self.cancel();
        let progress = Arc::new(Progress::new());
        let job = worker::start(request.clone(), Arc::clone(&progress), repaint);
        self.state = RunState::Running(Running { progress, since: Instant::now(), explains: false, request, job });
    }

    /// Takes a result of the request as the latest one, and tells which limit is to blame and what would help as soon as
    /// that is known: who ran it has not asked.
    pub fn inject_and_explain(&mut self, request: Request, result: Arc<RunResult>, repaint: impl FnOnce() + Send + 'static) {
        self.cancel();
        self.inject(Finished { result: Arc::clone(&result), diagram: Arc::clone(&request.diagram), scenario: request.scenario.clone() });
        let progress = Arc::new(Progress::new());
        let job = worker::start_explaining(request.clone(), result, Arc::clone(&progress), repaint);
        self.state = RunState::Running(Running { progress, since: Instant::now(), explains: true, request, job });
    }

    /// Asks the run that goes on to stop.
    pub fn cancel(&self) {
        if let RunState::Running(running) = &self.state {
            running.progress.cancel();
        }
    }

    /// Asks something about the latest result.
    pub fn ask(
        &mut self,
        question: Question,
        (folder, traces): (Option<PathBuf>, Vec<(String, String)>),
        repaint: impl FnOnce() + Send + 'static,
    ) {
        let Some(latest) = &self.latest else { return };
        let request = Request { diagram: Arc::clone(&latest.diagram), scenario: latest.scenario.clone(), folder, traces };
        self.studies.ask(question, request, Arc::clone(&latest.result), repaint);
    }

    /// Whether a run or the answer to a question goes on.
    pub fn is_busy(&self) -> bool {
        self.is_running() || self.studies.running.is_some()
    }

    /// Whether a run goes on.
    pub fn is_running(&self) -> bool {
        matches!(self.state, RunState::Running(_))
    }

    /// Takes the outcome of a run that has ended; true when there is a result that was not there before.
    pub fn poll(&mut self) -> bool {
        if let Some(effects) = self.studies.poll()
            && let Some(latest) = &mut self.latest
        {
            Arc::make_mut(&mut latest.result).sensitivity = effects;
        }
        let RunState::Running(running) = &self.state else { return false };
        let Some(outcome) = running.job.poll() else { return false };
        let (request, is_new) = (running.request.clone(), !running.explains);
        let outcome = outcome.unwrap_or_else(|panic| Outcome::Failed {
            message: format!("The simulation stopped by a fault of ours: {panic}"),
            diagnostics: Vec::new(),
        });
        match outcome {
            Outcome::Done(result) => {
                self.inject(Finished { result: Arc::from(result), diagram: request.diagram, scenario: request.scenario });
                is_new
            }
            Outcome::Canceled => {
                self.state = if self.latest.is_some() { RunState::Done } else { RunState::Idle };
                false
            }
            Outcome::Failed { message, diagnostics } => {
                self.state = RunState::Failed { message, diagnostics };
                false
            }
        }
    }

    /// Takes a result as the latest one.
    pub fn inject(&mut self, finished: Finished) {
        // What was asked of an older result says nothing about this one.
        self.studies.cancel();
        self.studies = Studies::default();
        self.latest = Some(finished);
        self.state = RunState::Done;
    }

    /// Whether the diagram has changed since the latest result. Pointers suffice: every change makes a new diagram.
    pub fn is_stale(&self, diagram: &Arc<Diagram>) -> bool {
        self.latest.as_ref().is_some_and(|latest| !Arc::ptr_eq(&latest.diagram, diagram) && !same_but_layout(&latest.diagram, diagram))
    }

    /// Forgets everything; the document is another one.
    pub fn clear(&mut self) {
        self.cancel();
        self.studies.cancel();
        *self = Self::default();
    }
}

/// Whether two diagrams differ at most in where the nodes stand, which no run looks at.
pub fn same_but_layout(a: &Diagram, b: &Diagram) -> bool {
    let Diagram { account, nodes, edges, event_types, scenarios, name: _, description: _, unknown: _, .. } = a;
    *account == b.account && *nodes == b.nodes && *edges == b.edges && *event_types == b.event_types && *scenarios == b.scenarios
}

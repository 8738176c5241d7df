//! What is asked of a scenario beyond its result: whether a change helps, and which number matters most. One question at
//! a time, on a thread of its own, about the latest result.

use std::sync::Arc;

use plimsoll_sim::{Contrast, Progress, RunResult, result::Effect};

use super::worker::{Ready, Refusal, Request, refusal};
use crate::jobs::Job;

/// A question.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// What does this change do, as paths and values for `--set`?
    Proof(Vec<(String, String)>),
    /// Which number, changed by a tenth, moves the outcome most?
    Sensitivity,
}

#[derive(Debug)]
enum Answer {
    Proof(Box<Contrast>),
    Sensitivity(Vec<Effect>),
}

/// A question that is being answered.
#[derive(Debug)]
pub struct Study {
    /// What was asked.
    pub question: Question,
    /// How far it is, and how to stop it.
    pub progress: Arc<Progress>,
    job: Job<Result<Answer, Option<Refusal>>>,
}

/// Every question about the latest result.
#[derive(Debug, Default)]
pub struct Studies {
    /// The one that is being answered.
    pub running: Option<Study>,
    /// What changes do.
    pub proofs: Vec<Contrast>,
    /// The question that has no answer, and why.
    pub failed: Option<(Question, String)>,
}

impl Studies {
    /// Asks; a question that is being answered is dropped.
    pub(super) fn ask(&mut self, question: Question, request: Request, result: Arc<RunResult>, repaint: impl FnOnce() + Send + 'static) {
        self.cancel();
        self.failed = None;
        let progress = Arc::new(Progress::new());
        let (asked, told) = (question.clone(), Arc::clone(&progress));
        let job = Job::start("study", repaint, move || answer(&asked, &request, &result, &told));
        self.running = Some(Study { question, progress, job });
    }

    /// Stops the answer.
    pub fn cancel(&self) {
        if let Some(study) = &self.running {
            study.progress.cancel();
        }
    }

    /// What a change does, if that is known.
    pub fn proof(&self, set: &[(String, String)]) -> Option<&Contrast> {
        self.proofs.iter().find(|proof| proof.set == set)
    }

    /// The effects of numbers, once they have been found.
    pub(super) fn poll(&mut self) -> Option<Vec<Effect>> {
        let outcome = self.running.as_ref()?.job.poll()?;
        let question = self.running.take().map(|study| study.question)?;
        let why = match outcome {
            Ok(Ok(Answer::Proof(proof))) => {
                self.proofs.push(*proof);
                return None;
            }
            Ok(Ok(Answer::Sensitivity(effects))) => return Some(effects),
            Ok(Err(None)) => return None,
            Ok(Err(Some((why, _)))) => why,
            Err(panic) => panic,
        };
        self.failed = Some((question, why));
        None
    }
}

/// The answer, or why there is none; nothing when somebody stopped it.
fn answer(question: &Question, request: &Request, result: &RunResult, progress: &Progress) -> Result<Answer, Option<Refusal>> {
    let ready = Ready::new(request).map_err(Some)?;
    let input = ready.input();
    let answer = match question {
        Question::Proof(set) => plimsoll_sim::contrast(&input, set, progress).map(|proof| Answer::Proof(Box::new(proof))),
        Question::Sensitivity => plimsoll_sim::sensitivity(&input, result, progress).map(Answer::Sensitivity),
    };
    answer.map_err(refusal)
}

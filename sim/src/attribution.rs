//! Which limit is to blame: not by its color, but by lifting each one that bound and simulating again.

use std::sync::Arc;

use plimsoll_models::objective::{Bound, Objective};

use crate::{
    Input, Progress, RunError, compile,
    engine::Simulation,
    findings::consequence,
    fixes::{self, change, raised},
    program::Program,
    remedies,
    result::{Finding, Holds, LimitResult, ObjectiveResult, Restores, RunResult},
    verdict,
};

/// Most events of a run that is repeated for each limit: a few seconds altogether.
const EVENTS_MAX: u64 = 5_000_000;
/// Most limits that are tried, the costliest first.
const LIMITS_MAX: usize = 6;
/// How many times the demand that was seen a limit is lifted to, so that it is out of the way.
const FAR: f64 = 2.0;
/// Least improvement of a broken objective, as a share of its distance from the bound, that counts as help.
const HELP: f64 = 0.02;

/// Finds the limit whose lifting restores most of what broke, and what would help dependencies that held the run back,
/// and notes both in the result. [`crate::run`] does this by itself; call it after [`crate::run_program`].
pub fn explain(input: &Input<'_>, result: &mut RunResult, progress: &Progress) -> Result<(), RunError> {
    fixes::refuse(input, result);
    if result.run.events > EVENTS_MAX * u64::from(result.run.replications) {
        return Ok(());
    }
    remedies::contrast(input, result, progress)?;
    if result.verdict.overall == Holds::Broken {
        blame(input, result, progress)?;
    }
    consequence::rank(&mut result.findings);
    Ok(())
}

fn blame(input: &Input<'_>, result: &mut RunResult, progress: &Progress) -> Result<(), RunError> {
    let broken: Vec<&Objective> = input
        .plan
        .objectives
        .iter()
        .zip(&result.verdict.objectives)
        .filter(|(_, judged)| judged.holds == Holds::Broken)
        .map(|(objective, _)| objective)
        .collect();
    let before: Vec<Option<f64>> = broken.iter().map(|objective| verdict::measure(objective, result)).collect();
    let mut candidates: Vec<usize> =
        (0..result.limits.len()).filter(|index| result.limits[*index].bound() && !result.limits[*index].spares()).collect();
    candidates.sort_by_key(|index| std::cmp::Reverse(result.limits[*index].refused + result.limits[*index].delayed));
    candidates.truncate(LIMITS_MAX);
    let mut best: Option<(f64, Restores)> = None;
    for index in candidates {
        let Some((path, value)) = lifted(&result.limits[index]) else { continue };
        let mut changed = input.clone();
        changed.plan.set.insert(path.clone(), value.as_str().into());
        let Some((program, lifted)) = repeat(&changed, progress)? else { continue };
        let explained = consequence::simulated(result, &lifted);
        let about = |finding: &&mut Finding| finding.limit == Some(index) && finding.code.starts_with("limit-");
        result.findings.iter_mut().filter(about).for_each(|finding| finding.consequence = Some(explained.clone()));
        let after: Vec<Option<f64>> = broken.iter().map(|objective| verdict::measure(objective, &lifted)).collect();
        let score: f64 =
            broken.iter().zip(before.iter().zip(&after)).map(|(objective, (before, after))| improvement(objective, *before, *after)).sum();
        if score > HELP && best.as_ref().is_none_or(|(other, _)| score > *other) {
            let objectives: Vec<ObjectiveResult> =
                broken.iter().zip(after).map(|(objective, after)| verdict::judge_one(objective, after, None)).collect();
            let next = lifted.answer.first.map(|first| {
                let limit = &lifted.limits[first];
                format!("{} of {}", limit.title, program.place_in_words(limit.node.as_ref(), limit.edge.as_ref()))
            });
            best = Some((score, Restores { limit: index, path, value, objectives, next }));
        }
    }
    result.answer.restores = best.map(|(_, restores)| restores);
    Ok(())
}

/// The path of a limit and a value far above the demand that was seen.
pub(crate) fn lifted(limit: &LimitResult) -> Option<(String, String)> {
    change(limit, raised(limit, FAR))
}

/// The first replication of a changed run; `None` where the change is not possible.
pub(crate) fn repeat(input: &Input<'_>, progress: &Progress) -> Result<Option<(Arc<Program>, RunResult)>, RunError> {
    let program = match compile(input) {
        Ok(program) => program,
        Err(RunError::Canceled) => return Err(RunError::Canceled),
        Err(RunError::Invalid(_) | RunError::TooLarge(_)) => return Ok(None),
    };
    let mut simulation = Simulation::new(&program, 0);
    match simulation.run(progress) {
        Ok(()) => Ok(Some((program, simulation.result()))),
        Err(RunError::Canceled) => Err(RunError::Canceled),
        Err(RunError::Invalid(_) | RunError::TooLarge(_)) => Ok(None),
    }
}

/// How much of its distance from the bound an objective has made good: 1 when it holds, 0 when nothing changed.
fn improvement(objective: &Objective, before: Option<f64>, after: Option<f64>) -> f64 {
    let (Some(before), Some(after)) = (before, after) else { return 0.0 };
    let sign = match objective.bound {
        Bound::AtMost => 1.0,
        Bound::AtLeast => -1.0,
    };
    let distance = sign * (before - objective.value);
    if distance <= 0.0 { 0.0 } else { (sign * (before - after) / distance).clamp(-1.0, 1.0) }
}

//! What the tool has to say about a run, one file for each kind of finding.

mod backlog;
mod cold_starts;
pub(crate) mod consequence;
mod limits;
mod losses;
mod recovery;
mod recursion;

use plimsoll_models::Severity;

use crate::{
    core::Core,
    result::{Finding, Holds, RunResult},
};

/// Findings about a run, those that explain most of what went wrong first.
pub(crate) fn find(core: &Core, result: &RunResult) -> Vec<Finding> {
    let program = &core.program;
    let mut findings = Vec::new();
    recovery::find(core, result, &mut findings);
    limits::find(program, result, &mut findings);
    backlog::find(program, result, &mut findings);
    losses::find(program, result, &mut findings);
    cold_starts::find(program, result, &mut findings);
    recursion::find(program, result, &mut findings);
    for objective in result.verdict.objectives.iter().filter(|objective| objective.holds == Holds::Broken) {
        findings.push(Finding {
            code: "objective-broken",
            severity: Severity::Error,
            node: None,
            edge: None,
            title: format!("The objective `{}` is broken", objective.objective),
            evidence: format!("measured {}", objective.text),
            advice: "lift the limit that costs most, or lower the load".to_owned(),
            limit: result.answer.costliest,
            fix: None,
            consequence: None,
        });
    }
    consequence::count(core, result, &mut findings);
    consequence::rank(&mut findings);
    findings
}

//! State machines that fail or hang at their first surprise.

use super::{
    Found, Rule,
    facts::{Review, at_node},
};
use crate::{
    NodeId, Severity,
    families::{self, Config, Family, WorkflowConfig, WorkflowKind},
    machine::{Pattern, StateKind},
    units,
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "task-fails-the-execution",
        severity: Severity::Warning,
        title: "A task has neither retry nor catch",
        rationale: "The first throttle or timeout of what a task calls fails the whole execution, with everything that it has done so far.",
        advice: "retry transient errors with a growing wait, and catch what remains",
        source: "step-functions/latest/dg/concepts-error-handling",
        look: |review, found| {
            each(review, found, |id, config, found| {
                for state in &config.machine.states {
                    if matches!(state.kind, StateKind::Task(_)) && state.retry.is_empty() && state.catch.is_empty() && drawn(review, id) {
                        found.at(
                            at_node(id, "definition"),
                            format!("an error in `{}` ends the execution of `{}`", state.name, review.title(id)),
                        );
                    }
                }
            });
        },
    },
    Rule {
        id: "task-waits-for-ever",
        severity: Severity::Warning,
        title: "A task waits for a job or a token without a timeout",
        rationale: "If the answer never comes, the execution stays open for up to a year and counts against the open executions of the account.",
        advice: "give the task TimeoutSeconds, or the whole machine",
        source: "step-functions/latest/dg/sfn-best-practices",
        look: |review, found| {
            each(review, found, |id, config, found| {
                if config.machine.timeout.is_some() {
                    return;
                }
                for state in &config.machine.states {
                    let StateKind::Task(task) = &state.kind else { continue };
                    if task.pattern != Pattern::Response && task.timeout.is_none() {
                        found.at(at_node(id, "definition"), format!("`{}` of `{}` waits without an end", state.name, review.title(id)));
                    }
                }
            });
        },
    },
    Rule {
        id: "express-waits-to-its-end",
        severity: Severity::Warning,
        title: "The waits of an express workflow leave little of its five minutes",
        rationale: "An express execution that reaches its longest duration is cut off, and its waits are billed like work.",
        advice: "make it a standard workflow, or wait elsewhere",
        source: "step-functions/latest/dg/choosing-workflow-type",
        look: |review, found| {
            each(review, found, |id, config, found| {
                if !matches!(config.kind, WorkflowKind::Express(_)) {
                    return;
                }
                let waits = config
                    .machine
                    .states
                    .iter()
                    .filter_map(|state| if let StateKind::Wait(law) = &state.kind { Some(law.mean()) } else { None });
                let waited: f64 = waits.sum();
                if waited > NEAR * config.duration.value {
                    found.at(
                        at_node(id, "definition"),
                        format!(
                            "the waits of `{}` take {} of {}",
                            review.title(id),
                            units::print_duration(waited),
                            units::print_duration(config.duration.value)
                        ),
                    );
                }
            });
        },
    },
];

/// Share of the longest duration from which waits are near it.
const NEAR: f64 = 0.8;

/// Looks at the configuration of every workflow.
fn each<'a>(review: &Review<'a>, found: &mut Found<'_>, look: impl Fn(&'a NodeId, &WorkflowConfig, &mut Found<'_>)) {
    for (id, _) in review.of(Family::Workflow) {
        if let Some(Config::Workflow(config)) = families::node_config(review.diagram, review.catalog, id).0 {
            look(id, &config, found);
        }
    }
}

/// Whether somebody wrote the states; otherwise the tasks are the edges, which have retries of their own.
fn drawn(review: &Review<'_>, id: &NodeId) -> bool {
    review.node(id).is_some_and(|facts| facts.is_set("definition"))
}

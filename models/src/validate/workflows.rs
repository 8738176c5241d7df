//! Workflows: what the provider refuses.

use crate::{
    Catalog, Diagnostic, Diagram, Distribution, Place,
    families::{self, Config, WorkflowConfig, WorkflowKind},
    machine::{Pattern, StateKind},
    units,
};

/// Every workflow is one that the provider would run.
pub(super) fn workflows(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for (id, node) in &diagram.nodes {
        let (Some(Config::Workflow(config)), _) = families::node_config(diagram, catalog, id) else { continue };
        let Some(service) = catalog.get(&node.service) else { continue };
        let longest = service.quota(&config.duration.key, &diagram.account.region).map_or(f64::INFINITY, crate::catalog::Quota::number);
        let mut tell = |code: &'static str, key: &str, message: String, hint: &str| {
            found.push(Diagnostic::error(code, Place::Node(id.clone(), Some(key.to_owned())), message).hint(hint));
        };
        let most = units::print_duration(longest);
        if config.duration.value > longest {
            tell("execution-too-long", &config.duration.key, format!("{} runs for {most} at most", service.title), "lower it");
        }
        if config.machine.timeout.is_some_and(|timeout| timeout > longest) {
            let message = format!("{} runs for {most} at most, its definition allows more", service.title);
            tell("execution-too-long", "definition", message, "lower TimeoutSeconds, or make it a standard workflow");
        }
        states(&config, &most, longest, &mut tell);
    }
}

fn states(config: &WorkflowConfig, most: &str, longest: f64, tell: &mut impl FnMut(&'static str, &str, String, &str)) {
    let is_express = matches!(config.kind, WorkflowKind::Express(_));
    for state in &config.machine.states {
        match &state.kind {
            StateKind::Task(task) if is_express && task.pattern != Pattern::Response => {
                let message = format!("the task `{}` waits for a job or a token, which express workflows cannot", state.name);
                tell("express-pattern", "definition", message, "make it a standard workflow, or only start the job");
            }
            StateKind::Wait(Distribution::Constant(time)) if *time >= longest => {
                let message = format!("the state `{}` waits longer than the {most} that an execution may take", state.name);
                tell("execution-too-long", "definition", message, "make it a standard workflow");
            }
            StateKind::Map { distributed: true, .. } if is_express => {
                let message = format!("the map `{}` is distributed, which express workflows cannot", state.name);
                tell("express-pattern", "definition", message, "make it a standard workflow, or an inline map");
            }
            StateKind::Task(_)
            | StateKind::Choice { .. }
            | StateKind::Parallel { .. }
            | StateKind::Map { .. }
            | StateKind::Wait(_)
            | StateKind::Pass
            | StateKind::Succeed
            | StateKind::Fail { .. } => {}
        }
    }
}

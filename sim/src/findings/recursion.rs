//! Events that cause themselves and are stopped.

use plimsoll_models::{Severity, units};

use crate::{
    program::Program,
    result::{Finding, RunResult},
};

/// Says where the provider's loop detection stopped events.
pub(super) fn find(program: &Program, result: &RunResult, findings: &mut Vec<Finding>) {
    for node in &result.nodes {
        let stopped = node.metrics.get("recursions_stopped").copied().unwrap_or(0.0);
        if stopped > 0.0 {
            findings.push(Finding {
                code: "recursion-stopped",
                severity: Severity::Error,
                node: Some(node.id.clone()),
                edge: None,
                title: format!("{} causes itself and is stopped by the provider", program.title(&node.id)),
                evidence: format!("{} events came round too often", units::print_number(stopped)),
                advice: "let only some of the events go round, or write to another queue or topic than the one that is read".to_owned(),
                limit: None,
                fix: None,
                consequence: None,
            });
        }
    }
}

//! Cold starts.

use plimsoll_models::{Severity, units};

use crate::{
    program::Program,
    result::{Finding, RunResult},
};

/// Share of cold starts from which they are worth a word.
const COLD_SHARE: f64 = 0.05;

/// Functions of which many invocations start cold.
pub(super) fn find(program: &Program, result: &RunResult, findings: &mut Vec<Finding>) {
    for (node, ready) in result.nodes.iter().zip(&program.nodes) {
        let (Some(cold), Some(accepted)) = (node.metrics.get("cold_starts"), node.metrics.get("accepted")) else { continue };
        if *accepted > 0.0 && cold / accepted > COLD_SHARE {
            findings.push(Finding {
                code: "cold-starts",
                severity: Severity::Info,
                node: Some(ready.id.clone()),
                edge: None,
                title: format!("{} of the invocations of {} start cold", units::print_fraction(cold / accepted), ready.title),
                evidence: format!("{} of {}", units::print_number(*cold), units::print_number(*accepted)),
                advice: "provisioned concurrency keeps instances warm; a smaller package starts faster".to_owned(),
                limit: None,
                fix: None,
                consequence: None,
            });
        }
    }
}

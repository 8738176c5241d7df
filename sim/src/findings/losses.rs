//! Copies that were lost where nobody looks.

use plimsoll_models::{Severity, units};

use crate::{
    program::Program,
    result::{Finding, RunResult},
};

/// Copies that were dead-lettered or became too old.
pub(super) fn find(program: &Program, result: &RunResult, findings: &mut Vec<Finding>) {
    for row in &result.ledger.rows {
        let fate = |name: &str| row.fates.get(name).copied().unwrap_or(0);
        let place = program.place_in_words(Some(&row.node), row.edge.as_ref());
        for (name, code, advice) in [
            ("dead-lettered", "dead-letters", "look at why they fail, and plan how they are sent again"),
            ("expired", "expired", "raise the retention or the maximum age, or speed up the consumers"),
        ] {
            if fate(name) > 0 {
                findings.push(Finding {
                    code,
                    severity: Severity::Warning,
                    node: Some(row.node.clone()),
                    edge: row.edge.clone(),
                    title: format!("{} copies of {place} were {name}", units::print_number(fate(name) as f64)),
                    evidence: format!(
                        "{} of {} created",
                        units::print_fraction(fate(name) as f64 / row.created as f64),
                        units::print_number(row.created as f64)
                    ),
                    advice: advice.to_owned(),
                    limit: None,
                    fix: None,
                    consequence: None,
                });
            }
        }
    }
}

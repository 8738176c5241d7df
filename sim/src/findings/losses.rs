//! Copies that were lost where nobody looks.

use plimsoll_models::{Severity, families::Config, units};

use crate::{
    program::Program,
    result::{Finding, RunResult},
};

/// Copies that were dead-lettered or became too old.
pub(super) fn find(program: &Program, result: &RunResult, findings: &mut Vec<Finding>) {
    for row in &result.ledger.rows {
        let fate = |name: &str| row.fates.get(name).copied().unwrap_or(0);
        let impatient = row.edge.as_ref().is_some_and(|edge| leads_to_impatience(program, edge.as_str()));
        let late = if impatient {
            "add servers or shorten the service, so that customers are served before their patience is over"
        } else {
            "raise the retention or the maximum age, or speed up the consumers"
        };
        let place = program.place_in_words(Some(&row.node), row.edge.as_ref());
        for (name, code, advice) in
            [("dead-lettered", "dead-letters", "look at why they fail, and plan how they are sent again"), ("expired", "expired", late)]
        {
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

/// Whether who comes along an edge stands in a line that it leaves when its patience is over.
fn leads_to_impatience(program: &Program, edge: &str) -> bool {
    let edge = program.edges.iter().find(|ready| ready.id.as_str() == edge);
    let target = edge.and_then(|edge| program.nodes.get(edge.to as usize));
    matches!(target.map(|node| &node.config), Some(Config::Station(station)) if station.patience.is_some())
}

//! What of the harm a finding explains, and the order of findings by it.
//!
//! Harm is journeys that were lost, journeys that were late, and money. Late is what took longer than an objective on
//! latency allows, and what had not ended when the clock stopped. Where a limit was lifted and the run simulated again, what
//! became better is what the limit explains. Otherwise it is counted: of the journeys that were first lost at the place of
//! a limit, and of those that were late, it explains no more than it refused or delayed.
//!
//! Findings that explain most journeys stand first, then those that explain most money, then the gravest. An objective
//! that is broken is the harm itself: it stands behind what explains some of it.

use std::cmp::Reverse;

use crate::{
    core::Core,
    result::{Basis, Consequence, Finding, LimitResult, RunResult},
};

/// Says what findings explain as far as it can be counted.
pub(super) fn count(core: &Core, result: &RunResult, findings: &mut [Finding]) {
    let late = late(result);
    for finding in findings {
        let Some(limit) = finding.limit.and_then(|limit| result.limits.get(limit)) else {
            if matches!(finding.code, "dead-letters" | "expired") {
                finding.consequence = lost_in_row(core, result, finding);
            }
            continue;
        };
        if !matches!(finding.code, "limit-refuses" | "limit-delays") {
            continue;
        }
        let lost = lost_at(core, limit).min(limit.refused);
        let late = late.min(limit.delayed);
        finding.consequence = Some(Consequence { lost, late, usd: 0.0, basis: Basis::AtMost });
    }
}

/// Puts findings into the order of their consequence.
pub(crate) fn rank(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        let key = |finding: &Finding| (class(finding), Reverse(journeys(finding)));
        let usd = |finding: &Finding| finding.consequence.as_ref().map_or(0.0, |told| told.usd);
        key(a).cmp(&key(b)).then(usd(b).total_cmp(&usd(a))).then(a.severity.cmp(&b.severity))
    });
}

/// What lifting a limit made better, from the run as it was and the one without the limit.
pub(crate) fn simulated(before: &RunResult, lifted: &RunResult) -> Consequence {
    let lost = |result: &RunResult| result.journeys.iter().map(|journey| journey.lossy).sum::<u64>();
    Consequence {
        lost: lost(before).saturating_sub(lost(lifted)),
        late: late(before).saturating_sub(late(lifted)),
        usd: (before.cost.total_usd - lifted.cost.total_usd).max(0.0),
        basis: Basis::Simulated,
    }
}

/// What explains some harm comes first, then the harm, then the rest.
fn class(finding: &Finding) -> u8 {
    let explains = finding.consequence.as_ref().is_some_and(|told| told.lost + told.late > 0 || told.usd > 0.0);
    match finding.code {
        "objective-broken" => 1,
        _ if explains => 0,
        _ => 2,
    }
}

fn journeys(finding: &Finding) -> u64 {
    finding.consequence.as_ref().map_or(0, |told| told.lost + told.late)
}

/// Journeys that took longer than an objective allows, of the objective that most exceed, and those that had not ended.
fn late(result: &RunResult) -> u64 {
    result.verdict.objectives.iter().filter_map(|objective| objective.late).max().unwrap_or(0) + result.verdict.unfinished
}

/// Journeys whose first loss was at the place of a limit: on its edge, on the edges into its nodes, or in them.
fn lost_at(core: &Core, limit: &LimitResult) -> u64 {
    let program = &core.program;
    let is_place = |node: u32| limit.concerns(&program.nodes[node as usize].id);
    let on_edges = program.edges.iter().map(|edge| match &limit.edge {
        Some(id) => edge.id == *id,
        None => is_place(edge.to),
    });
    let in_nodes = (0..program.nodes.len() as u32).map(|node| limit.edge.is_none() && is_place(node));
    on_edges.chain(in_nodes).zip(&core.first_losses).filter(|(is_there, _)| *is_there).map(|(_, lost)| lost).sum()
}

/// Journeys whose first loss was in the books of a finding; never more than the copies that it speaks of.
fn lost_in_row(core: &Core, result: &RunResult, finding: &Finding) -> Option<Consequence> {
    let program = &core.program;
    let at = match &finding.edge {
        Some(id) => program.edges.iter().position(|edge| edge.id == *id)?,
        None => program.edges.len() + program.nodes.iter().position(|node| Some(&node.id) == finding.node.as_ref())?,
    };
    let row = result.ledger.rows.iter().find(|row| row.edge == finding.edge && Some(&row.node) == finding.node.as_ref())?;
    let copies = |fate: &str| row.fates.get(fate).copied().unwrap_or(0);
    let (own, other) = if finding.code == "expired" { ("expired", "dead-lettered") } else { ("dead-lettered", "expired") };
    let basis = if copies(other) == 0 { Basis::Counted } else { Basis::AtMost };
    Some(Consequence { lost: core.first_losses[at].min(copies(own)), late: 0, usd: 0.0, basis })
}

#[cfg(test)]
mod tests {
    use plimsoll_models::Severity;

    use super::*;

    fn finding(code: &'static str, severity: Severity, told: Option<(u64, u64, f64)>) -> Finding {
        Finding {
            code,
            severity,
            node: None,
            edge: None,
            title: String::new(),
            evidence: String::new(),
            advice: String::new(),
            limit: None,
            fix: None,
            consequence: told.map(|(lost, late, usd)| Consequence { lost, late, usd, basis: Basis::Counted }),
        }
    }

    #[test]
    fn what_explains_most_stands_first() {
        let mut findings = vec![
            finding("quiet-error", Severity::Error, None),
            finding("objective-broken", Severity::Error, None),
            finding("dear", Severity::Info, Some((0, 0, 2.0))),
            finding("few", Severity::Error, Some((3, 0, 9.0))),
            finding("many", Severity::Info, Some((2, 5, 0.0))),
            finding("dearer", Severity::Info, Some((0, 0, 3.0))),
            finding("nothing", Severity::Info, Some((0, 0, 0.0))),
            finding("few-and-grave", Severity::Error, Some((1, 2, 9.0))),
            finding("few-and-light", Severity::Info, Some((1, 2, 9.0))),
        ];
        rank(&mut findings);
        let order: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
        let explain = ["many", "few", "few-and-grave", "few-and-light", "dearer", "dear"];
        assert_eq!(order, [&explain[..], &["objective-broken", "quiet-error", "nothing"]].concat());
    }
}

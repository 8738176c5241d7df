//! What the tool has to say about a run: which limit bound, what it cost, what to do.

use plimsoll_models::{Severity, catalog::QuotaKind, units};

use crate::{
    program::Program,
    result::{Finding, Holds, LimitResult, RunResult},
};

/// Findings about a run, the gravest first.
pub(crate) fn find(program: &Program, result: &RunResult) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, limit) in result.limits.iter().enumerate() {
        if limit.bound() {
            findings.push(bound(result, index, limit));
        } else if limit.use_peak >= NEAR {
            findings.push(near(index, limit));
        }
    }
    backlog(result, &mut findings);
    losses(result, &mut findings);
    cold_starts(program, result, &mut findings);
    recursions(result, &mut findings);
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
        });
    }
    findings.sort_by_key(|finding| finding.severity);
    findings
}

/// Use from which a limit is worth a word before it binds.
const NEAR: f64 = 0.7;

fn place(limit: &LimitResult) -> String {
    match (&limit.edge, &limit.node) {
        (Some(edge), _) => format!("{edge}"),
        (None, Some(node)) => format!("{node}"),
        (None, None) => "the account".to_owned(),
    }
}

fn bound(result: &RunResult, index: usize, limit: &LimitResult) -> Finding {
    let refused = limit.refused > 0;
    let verb = if refused { "refuses" } else { "delays" };
    let what = if refused { units::print_number(limit.refused as f64) } else { units::print_number(limit.delayed as f64) };
    let first = if result.answer.first == Some(index) { " (gives first)" } else { "" };
    let delay = if limit.delay_s > 0.0 && limit.delayed > 0 {
        format!(", {} on average", units::print_duration(limit.delay_s / limit.delayed as f64))
    } else {
        String::new()
    };
    Finding {
        code: if refused { "limit-refuses" } else { "limit-delays" },
        severity: if refused { Severity::Error } else { Severity::Warning },
        node: limit.node.clone(),
        edge: limit.edge.clone(),
        title: format!("{} of {} {verb} load{first}", limit.title, place(limit)),
        evidence: format!(
            "{what} {}, first at {}{delay}; peak demand {} of {}",
            if refused { "refused" } else { "delayed" },
            units::print_duration(limit.first_bound_s.unwrap_or(0.0)),
            units::print_fraction(limit.use_peak),
            limit.text,
        ),
        advice: advice(limit),
        limit: Some(index),
        fix: fix(limit),
    }
}

fn near(index: usize, limit: &LimitResult) -> Finding {
    Finding {
        code: "limit-near",
        severity: Severity::Info,
        node: limit.node.clone(),
        edge: limit.edge.clone(),
        title: format!("{} of {} is close to its limit", limit.title, place(limit)),
        evidence: format!("peak demand {} of {}", units::print_fraction(limit.use_peak), limit.text),
        advice: match limit.headroom {
            Some(headroom) => format!("it holds until about {} times this load, by a linear estimate", units::print_significant(headroom)),
            None => "what depends on it becomes slower or larger under load: leave it room".to_owned(),
        },
        limit: Some(index),
        fix: None,
    }
}

fn advice(limit: &LimitResult) -> String {
    let target = limit.value * limit.use_peak.max(1.0) * HEADROOM;
    match limit.kind {
        QuotaKind::Soft => {
            format!("ask the provider to raise it to about {}, put a queue before it, or cap what calls it", units::print_compact(target))
        }
        QuotaKind::Configurable => {
            format!("raise it to about {}, put a queue before it, or cap what calls it", units::print_compact(target))
        }
        QuotaKind::Hard => "it is fixed: spread the load, batch, or put a queue before it".to_owned(),
    }
}

/// How far above the peak demand a lifted limit should be.
const HEADROOM: f64 = 1.2;

/// The change that lifts a limit above the demand that was seen; what the provider fixed cannot be lifted.
fn fix(limit: &LimitResult) -> Option<(String, String)> {
    if limit.kind == QuotaKind::Hard { None } else { crate::attribution::lifted(limit) }
}

fn backlog(result: &RunResult, findings: &mut Vec<Finding>) {
    for node in &result.nodes {
        let Some(series) =
            node.series.iter().find(|s| s.name == "ApproximateNumberOfMessagesVisible" && s.kind == crate::result::SeriesKind::Mean)
        else {
            continue;
        };
        let n = series.values.len();
        if n < 8 {
            continue;
        }
        let mean = |range: std::ops::Range<usize>| series.values[range.clone()].iter().sum::<f64>() / range.len() as f64;
        let (middle, end) = (mean(n / 2..n * 5 / 8), mean(n * 7 / 8..n));
        if end > GROWING_FROM && end > 1.2 * middle {
            findings.push(Finding {
                code: "backlog-grows",
                severity: Severity::Warning,
                node: Some(node.id.clone()),
                edge: None,
                title: format!("The backlog of {} grows", node.id),
                evidence: format!(
                    "{} messages wait on average at the end of the run, {} in the middle",
                    units::print_number(end.round()),
                    units::print_number(middle.round())
                ),
                advice: "its consumers are slower than its producers: raise their concurrency or batch size, or shorten their work"
                    .to_owned(),
                limit: None,
                fix: None,
            });
        }
    }
}

/// Messages from which a growing backlog is worth a word.
const GROWING_FROM: f64 = 20.0;

fn losses(result: &RunResult, findings: &mut Vec<Finding>) {
    for row in &result.ledger.rows {
        let fate = |name: &str| row.fates.get(name).copied().unwrap_or(0);
        let place = row.edge.as_ref().map_or_else(|| row.node.to_string(), ToString::to_string);
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
                });
            }
        }
    }
}

fn recursions(result: &RunResult, findings: &mut Vec<Finding>) {
    for node in &result.nodes {
        let stopped = node.metrics.get("recursions_stopped").copied().unwrap_or(0.0);
        if stopped > 0.0 {
            findings.push(Finding {
                code: "recursion-stopped",
                severity: Severity::Error,
                node: Some(node.id.clone()),
                edge: None,
                title: format!("{} causes itself and is stopped by the provider", node.id),
                evidence: format!("{} events came round too often", units::print_number(stopped)),
                advice: "let only some of the events go round, or write to another queue or topic than the one that is read".to_owned(),
                limit: None,
                fix: None,
            });
        }
    }
}

/// Share of cold starts from which they are worth a word.
const COLD_SHARE: f64 = 0.05;

fn cold_starts(program: &Program, result: &RunResult, findings: &mut Vec<Finding>) {
    for (node, ready) in result.nodes.iter().zip(&program.nodes) {
        let (Some(cold), Some(accepted)) = (node.metrics.get("cold_starts"), node.metrics.get("accepted")) else { continue };
        if *accepted > 0.0 && cold / accepted > COLD_SHARE {
            findings.push(Finding {
                code: "cold-starts",
                severity: Severity::Info,
                node: Some(ready.id.clone()),
                edge: None,
                title: format!("{} of the invocations of {} start cold", units::print_fraction(cold / accepted), ready.id),
                evidence: format!("{} of {}", units::print_number(*cold), units::print_number(*accepted)),
                advice: "provisioned concurrency keeps instances warm; a smaller package starts faster".to_owned(),
                limit: None,
                fix: None,
            });
        }
    }
}

//! Callers that try again, and breakers that should stop them.

use super::{
    Rule,
    facts::{at_edge, set_edge},
};
use crate::{EdgeKind, Place, Severity, scenario::Until, units};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "retries-feed-an-outage",
        severity: Severity::Info,
        title: "Calls into a fault are retried without a budget",
        rationale: "While the callee is down every call becomes as many as it has attempts; a budget or a quota of retries keeps the load near what it was.",
        advice: "give the caller a retry quota or a retry budget",
        source: "builders-library: timeouts, retries and backoff with jitter",
        look: |review, found| {
            let plans: Vec<_> = review.diagram.scenarios.iter().map(|(id, scenario)| scenario.plan(id).0).collect();
            for (id, edge, facts) in review.edges(EdgeKind::Request) {
                let struck = |on: &str| on == id.as_str() || on == edge.to.as_str();
                let faulty = plans.iter().any(|plan| plan.faults.iter().any(|fault| struck(&fault.on)));
                let retries = facts.number("attempts").is_none_or(|attempts| attempts > 1.0);
                let free = facts.has("retry_budget") && facts.number("retry_budget").is_none() && facts.number("retry_quota").is_none();
                if faulty && retries && free && facts.text("breaker").is_none_or(|text| text.is_empty() || text == "none") {
                    found.fixable(
                        at_edge(id, "retry_budget"),
                        format!("`{}` retries its calls of `{}` as often as they fail", review.title(&edge.from), review.title(&edge.to)),
                        set_edge(id, "retry_budget", "20 %"),
                    );
                }
            }
        },
    },
    Rule {
        id: "breaker-never-opens",
        severity: Severity::Warning,
        title: "A circuit breaker sees too few calls to open",
        rationale: "A breaker judges only once its window has the least number of calls; below that rate it never opens, whatever fails.",
        advice: "lower the least number of calls, or lengthen the window",
        source: "resilience4j: circuit breaker, minimumNumberOfCalls",
        look: |review, found| {
            for (id, edge, facts) in review.edges(EdgeKind::Request) {
                let (Some(_), Some(window), Some(least)) =
                    (facts.number("breaker"), facts.number("breaker_window"), facts.number("breaker_minimum"))
                else {
                    continue;
                };
                let Some(calls) = review.emitted(&edge.from).map(|rate| rate * window).filter(|calls| *calls > 0.0) else { continue };
                if calls < least {
                    found.fixable(
                        at_edge(id, "breaker_minimum"),
                        format!(
                            "`{}` makes about {} calls in {} and the breaker asks for {least}",
                            review.title(&edge.from),
                            units::print_compact(calls),
                            units::print_duration(window)
                        ),
                        set_edge(id, "breaker_minimum", ((calls / 2.0) as u64).max(1)),
                    );
                }
            }
        },
    },
    Rule {
        id: "recovery-out-of-sight",
        severity: Severity::Info,
        title: "A fault lasts to the end of the run",
        rationale: "Backlogs and retries hurt most after a fault; a run that stops with it never shows whether the system comes back.",
        advice: "end the fault earlier, run longer, or run until everything has drained",
        source: "meaning of a fault in Plimsoll",
        look: |review, found| {
            for (id, scenario) in &review.diagram.scenarios {
                let plan = scenario.plan(id).0;
                let last = plan.faults.iter().filter(|fault| fault.from < plan.duration).map(|fault| fault.to).fold(0.0, f64::max);
                if plan.until == Until::Duration && last > LATE * plan.duration {
                    found.at(
                        Place::Scenario(id.clone(), Some("faults".to_owned())),
                        format!(
                            "scenario `{id}` ends after {} and its last fault at {}",
                            units::print_duration(plan.duration),
                            units::print_duration(last)
                        ),
                    );
                }
            }
        },
    },
];

/// Share of a run after which a fault leaves no time to recover.
const LATE: f64 = 0.9;

//! Whether a scenario can answer what is asked.

use super::Rule;
use crate::{Place, Severity, scenario::Until, units::print_duration};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "nothing-is-asked",
        severity: Severity::Info,
        title: "A scenario has no objective",
        rationale: "Without an objective a run shows figures and cannot say whether they are good enough.",
        advice: "add an objective such as `response p99 <= 800 ms` or `loss <= 0.1 %`",
        source: "meaning of an objective in Plimsoll",
        look: |review, found| {
            for (id, scenario) in &review.diagram.scenarios {
                if scenario.plan(id).0.objectives.is_empty() {
                    found.at(Place::Scenario(id.clone(), Some("objectives".to_owned())), format!("scenario `{id}` asks nothing"));
                }
            }
        },
    },
    Rule {
        id: "one-run-is-an-anecdote",
        severity: Severity::Info,
        title: "An objective is judged by a single replication",
        rationale: "One run is one draw of luck; several give an interval that says how sure the answer is.",
        advice: "ask for five or more replications",
        source: "meaning of a verdict in Plimsoll",
        look: |review, found| {
            for (id, scenario) in &review.diagram.scenarios {
                let plan = scenario.plan(id).0;
                if !plan.objectives.is_empty() && plan.replications == 1 {
                    found.at(Place::Scenario(id.clone(), Some("replications".to_owned())), format!("scenario `{id}` runs once"));
                }
            }
        },
    },
    Rule {
        id: "ends-in-the-middle",
        severity: Severity::Warning,
        title: "A drain time is asked of a run that does not drain",
        rationale: "A run that stops with the load never sees when the backlog is gone.",
        advice: "let the scenario run until it has drained",
        source: "meaning of `until` in Plimsoll",
        look: |review, found| {
            for (id, scenario) in &review.diagram.scenarios {
                let plan = scenario.plan(id).0;
                let asks = plan.objectives.iter().any(|objective| objective.metric == crate::objective::Metric::DrainTime);
                if asks && plan.until == Until::Duration {
                    let edit = crate::Edit::SetField {
                        target: crate::edit::Target::Scenario(id.clone()),
                        key: "until".to_owned(),
                        value: Some("drained".into()),
                    };
                    found.fixable(
                        Place::Scenario(id.clone(), Some("until".to_owned())),
                        format!("scenario `{id}` stops after {}", print_duration(plan.duration)),
                        edit,
                    );
                }
            }
        },
    },
    Rule {
        id: "cold-statistics",
        severity: Severity::Info,
        title: "Latency is judged from the first cold second on",
        rationale: "The first requests find no warm instance, so a short run without a warm-up measures its own beginning.",
        advice: "set a warm-up, unless the cold beginning is the question",
        source: "meaning of a warm-up in Plimsoll",
        look: |review, found| {
            let functions = review.functions().next().is_some();
            for (id, scenario) in &review.diagram.scenarios {
                let plan = scenario.plan(id).0;
                let asks = plan.objectives.iter().any(|objective| matches!(objective.metric, crate::objective::Metric::Latency(..)));
                if functions && asks && plan.warm_up == 0.0 {
                    found.at(Place::Scenario(id.clone(), Some("warm_up".to_owned())), format!("scenario `{id}` has no warm-up"));
                }
            }
        },
    },
];

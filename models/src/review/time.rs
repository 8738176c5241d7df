//! Time-outs that contradict each other.

use super::{
    Rule,
    facts::{Facts, at_edge, at_node, set_edge, set_node},
};
use crate::{
    EdgeKind, Severity,
    families::Family,
    objective::{Bound, Metric},
    units::print_duration,
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "short-visibility",
        severity: Severity::Warning,
        title: "The visibility timeout is shorter than six function timeouts",
        rationale: "Messages become visible while they are still worked on or wait to be retried after a throttle: they are processed twice, and receives are used up.",
        advice: "set the visibility timeout to six times the function timeout plus the batch window",
        source: "lambda/latest/dg/services-sqs-configure",
        look: |review, found| {
            for (_, edge, facts) in review.edges(EdgeKind::Poll) {
                let (Some(queue), Some(function)) = (review.node(&edge.from), review.node(&edge.to)) else { continue };
                let (Some(visibility), Some(timeout)) = (queue.number("visibility_timeout"), function.number("timeout")) else { continue };
                let wanted = VISIBILITY_FACTOR * timeout + facts.number("batch_window").unwrap_or(0.0);
                // Below the function timeout itself it is refused, which is not a matter of taste.
                if function.is_function() && visibility < wanted && visibility >= timeout {
                    found.fixable(
                        at_node(&edge.from, "visibility_timeout"),
                        format!(
                            "`{}` hides messages for {}, six timeouts of `{}` and the batch window are {}",
                            review.title(&edge.from),
                            print_duration(visibility),
                            review.title(&edge.to),
                            print_duration(wanted)
                        ),
                        set_node(&edge.from, "visibility_timeout", print_duration(wanted)),
                    );
                }
            }
        },
    },
    Rule {
        id: "expires-before-dead-letter",
        severity: Severity::Warning,
        title: "Messages expire before they can be dead-lettered",
        rationale: "A message that fails needs one visibility timeout for each receive; when its retention ends before the last one it vanishes instead of being kept for inspection.",
        advice: "lengthen the retention, or shorten the visibility timeout or the number of receives",
        source: "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues",
        look: |review, found| {
            for (id, facts) in review.of(Family::Queue) {
                let values = (facts.number("visibility_timeout"), facts.number("max_receive_count"), facts.number("retention"));
                let (Some(visibility), Some(receives), Some(retention)) = values else { continue };
                if review.has_dead_letter(id) && visibility * receives > retention {
                    found.at(
                        at_node(id, "retention"),
                        format!(
                            "`{}` keeps messages for {}, but {receives} receives of {} take longer",
                            review.title(id),
                            print_duration(retention),
                            print_duration(visibility)
                        ),
                    );
                }
            }
        },
    },
    Rule {
        id: "impatient-caller",
        severity: Severity::Warning,
        title: "A caller gives up before the callee does",
        rationale: "The callee goes on with work that nobody waits for any more, and the caller's retry doubles it.",
        advice: "let timeouts shrink from the caller to the callee",
        source: "builders-library: timeouts, retries and backoff with jitter",
        look: |review, found| {
            for (id, edge, facts) in review.edges(EdgeKind::Request) {
                let Some(patience) = facts.number("timeout") else { continue };
                let Some(needs) = review.node(&edge.to).and_then(longest) else { continue };
                if patience < needs {
                    found.fixable(
                        at_edge(id, "timeout"),
                        format!(
                            "`{}` waits for {}, `{}` may take {}",
                            review.title(&edge.from),
                            print_duration(patience),
                            review.title(&edge.to),
                            print_duration(needs)
                        ),
                        set_edge(id, "timeout", print_duration(needs)),
                    );
                }
            }
        },
    },
    Rule {
        id: "longer-than-the-gateway",
        severity: Severity::Warning,
        title: "A function may run longer than its gateway waits",
        rationale: "The client gets a gateway timeout while the function goes on, holds concurrency and is billed.",
        advice: "shorten the function's timeout, or answer at once and do the work behind a queue",
        source: "apigateway/latest/developerguide/limits",
        look: |review, found| {
            for (gateway, facts) in review.of(Family::Gateway) {
                let Some(patience) = facts.number("integration_timeout") else { continue };
                for (_, edge, _) in review.out(gateway, EdgeKind::Request) {
                    let Some(timeout) = review.node(&edge.to).and_then(|to| to.number("timeout")) else { continue };
                    if timeout > patience {
                        found.fixable(
                            at_node(&edge.to, "timeout"),
                            format!(
                                "`{}` may run for {}, `{}` waits for {}",
                                review.title(&edge.to),
                                print_duration(timeout),
                                review.title(gateway),
                                print_duration(patience)
                            ),
                            set_node(&edge.to, "timeout", print_duration(patience)),
                        );
                    }
                }
            }
        },
    },
    Rule {
        id: "no-time-for-retries",
        severity: Severity::Warning,
        title: "A function is cut off before its call has used its attempts",
        rationale: "The attempts that the code plans do not fit into the function's timeout: it is cut off in the middle, fails as a whole, and its own caller starts over.",
        advice: "shorten the timeout of the call or its attempts, or lengthen the function's timeout",
        source: "lambda/latest/dg/configuration-timeout",
        look: |review, found| {
            for (id, facts) in review.functions() {
                let Some(timeout) = facts.number("timeout") else { continue };
                for (call, edge, call_facts) in review.out(id, EdgeKind::Request) {
                    let (Some(each), attempts) = (call_facts.number("timeout"), call_facts.number("attempts").unwrap_or(1.0)) else {
                        continue;
                    };
                    let external = review.node(&edge.to).is_some_and(|to| to.family() == Family::External);
                    if external && call_facts.is_set("timeout") && each * attempts > timeout {
                        found.at(
                            at_edge(call, "timeout"),
                            format!(
                                "{attempts} attempts of {} do not fit into the {} of `{}`",
                                print_duration(each),
                                print_duration(timeout),
                                review.title(id)
                            ),
                        );
                    }
                }
            }
        },
    },
    Rule {
        id: "hangs-with-its-dependency",
        severity: Severity::Warning,
        title: "A call to somebody else's API waits as long as the function lives",
        rationale: "When the dependency hangs, every invocation holds its instance until the function timeout, and the concurrency of the account is gone in seconds.",
        advice: "set a timeout on the call a little above its usual p99",
        source: "wellarchitected/latest/reliability-pillar: set client timeouts",
        look: |review, found| {
            for (id, facts) in review.functions() {
                let Some(timeout) = facts.number("timeout") else { continue };
                for (call, edge, call_facts) in review.out(id, EdgeKind::Request) {
                    let external = review.node(&edge.to).is_some_and(|to| to.family() == Family::External);
                    let patience = call_facts.number("timeout").unwrap_or(f64::INFINITY);
                    if external && !call_facts.is_set("timeout") && patience >= timeout {
                        found.at(
                            at_edge(call, "timeout"),
                            format!("`{}` waits for `{}` until it is cut off itself", review.title(id), review.title(&edge.to)),
                        );
                    }
                }
            }
        },
    },
    Rule {
        id: "slower-than-its-timeout",
        severity: Severity::Error,
        title: "Work takes longer than its timeout on average",
        rationale: "Most runs are cut off; nothing but retries and cost comes of it.",
        advice: "lengthen the timeout, or split the work",
        source: "lambda/latest/dg/configuration-timeout",
        look: |review, found| {
            for (id, facts) in review.of(Family::Compute) {
                let (Some(timeout), Some(mean)) = (facts.number("timeout"), facts.mean("duration")) else { continue };
                if mean > timeout {
                    found.at(
                        at_node(id, "timeout"),
                        format!(
                            "`{}` computes for {} on average and is cut off at {}",
                            review.title(id),
                            print_duration(mean),
                            print_duration(timeout)
                        ),
                    );
                }
            }
        },
    },
    Rule {
        id: "batch-longer-than-timeout",
        severity: Severity::Warning,
        title: "A full batch takes longer than the function may run",
        rationale: "Batches fill up exactly when the backlog is large: then each is cut off, comes back whole, and the backlog never drains.",
        advice: "take smaller batches, or lengthen the timeout",
        source: "lambda/latest/dg/services-sqs-configure",
        look: |review, found| {
            for (id, edge, facts) in review.edges(EdgeKind::Poll) {
                let Some(target) = review.node(&edge.to) else { continue };
                let (Some(batch), Some(timeout), Some(each)) =
                    (facts.number("batch_size"), target.number("timeout"), target.mean("duration_per_event"))
                else {
                    continue;
                };
                let whole = target.mean("duration").unwrap_or(0.0) + each * (batch - 1.0);
                if whole > timeout {
                    found.at(
                        at_edge(id, "batch_size"),
                        format!(
                            "{batch} messages take `{}` about {}, it may run for {}",
                            review.title(&edge.to),
                            print_duration(whole),
                            print_duration(timeout)
                        ),
                    );
                }
            }
        },
    },
    Rule {
        id: "window-eats-the-objective",
        severity: Severity::Info,
        title: "A batch window is a large part of what an objective allows",
        rationale: "At low load every message waits for the whole window before anything happens, and behind a queue for up to 20 s however short the window is.",
        advice: "do without a batch window, or measure the objective without it",
        source: "lambda/latest/dg/services-sqs-configure",
        look: |review, found| {
            let plans = review.diagram.scenarios.iter().flat_map(|(id, scenario)| scenario.plan(id).0.objectives);
            let latencies = plans.filter(|objective| matches!(objective.metric, Metric::Latency(..)) && objective.bound == Bound::AtMost);
            let tightest = latencies.map(|objective| objective.value).fold(f64::INFINITY, f64::min);
            for (id, _, facts) in review.edges(EdgeKind::Poll) {
                let Some(window) = facts.number("batch_window").filter(|window| *window > 0.0) else { continue };
                let longest = window.max(facts.number("quiet_wait").unwrap_or(0.0));
                if longest >= tightest * WINDOW_SHARE {
                    found.at(
                        at_edge(id, "batch_window"),
                        format!(
                            "batches wait up to {}, the tightest latency objective is {}",
                            print_duration(longest),
                            print_duration(tightest)
                        ),
                    );
                }
            }
        },
    },
];

/// Longest time that a callee may take before it gives up itself.
fn longest(facts: Facts<'_>) -> Option<f64> {
    if facts.family() == Family::Gateway {
        facts.number("integration_timeout")
    } else if facts.is_function() && facts.is_set("timeout") {
        facts.number("timeout")
    } else {
        None
    }
}

/// Visibility timeouts in function timeouts, as the provider recommends.
const VISIBILITY_FACTOR: f64 = 6.0;

/// Share of an objective from which a batch window is worth a word.
const WINDOW_SHARE: f64 = 0.5;

//! What happens to events when something goes wrong.

use super::{
    Rule,
    facts::{Facts, at_edge, at_node, set_edge, set_node},
};
use crate::{
    EdgeKind, Severity,
    families::Family,
    policy::{Backoff, Jitter},
    units,
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "queue-without-dead-letter",
        severity: Severity::Warning,
        title: "A polled queue has no dead-letter queue",
        rationale: "A message that fails every time is delivered again until its retention ends, and takes a share of the consumer with it.",
        advice: "draw a dead-letter edge from the queue to a queue that somebody watches",
        source: "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues",
        look: |review, found| {
            for (id, _) in review.of(Family::Queue) {
                let polled = review.out(id, EdgeKind::Poll).next().is_some();
                if polled && !review.has_dead_letter(id) && !review.is_dead_letter(id) {
                    found.at(at_node(id, ""), format!("`{}` is polled and has no dead-letter queue", review.title(id)));
                }
            }
        },
    },
    Rule {
        id: "async-function-without-failure-path",
        severity: Severity::Warning,
        title: "An asynchronously invoked function drops what it cannot process",
        rationale: "After its retries and its maximum age an asynchronous event is discarded without a trace.",
        advice: "draw a dead-letter edge or a failure destination from the function",
        source: "lambda/latest/dg/invocation-async-error-handling",
        look: |review, found| {
            for (id, _) in review.functions() {
                let pushed = review.into(id, EdgeKind::Deliver).next().is_some() || review.into(id, EdgeKind::Send).next().is_some();
                if pushed && !review.has_dead_letter(id) {
                    found.at(at_node(id, ""), format!("`{}` is invoked asynchronously and what it gives up is lost", review.title(id)));
                }
            }
        },
    },
    Rule {
        id: "subscription-without-dead-letter",
        severity: Severity::Warning,
        title: "Deliveries to an HTTP endpoint have no dead-letter queue",
        rationale: "An endpoint that is down for longer than the retry schedule loses every event of that time.",
        advice: "draw a dead-letter edge from the topic or bus to a queue",
        source: "sns/latest/dg/sns-dead-letter-queues",
        look: |review, found| {
            for (id, edge, _) in review.edges(EdgeKind::Deliver) {
                let Some(target) = review.node(&edge.to) else { continue };
                if matches!(target.family(), Family::External | Family::Gateway) && !review.has_dead_letter(&edge.from) {
                    found.at(
                        at_edge(id, ""),
                        format!("what `{}` cannot deliver to `{}` is lost", review.title(&edge.from), review.title(&edge.to)),
                    );
                }
            }
        },
    },
    Rule {
        id: "rule-target-without-dead-letter",
        severity: Severity::Info,
        title: "A target of a bus has no dead-letter queue",
        rationale: "A delivery that a target refuses is tried for a day and then dropped; a deleted queue or a missing permission drops it at once.",
        advice: "draw a dead-letter edge from the bus to a queue",
        source: "eventbridge/latest/userguide/eb-rule-dlq",
        look: |review, found| {
            for (id, edge, _) in review.edges(EdgeKind::Deliver) {
                let from_bus = review.node(&edge.from).is_some_and(|from| from.family() == Family::Bus);
                let (Some(target), false) = (review.node(&edge.to), review.has_dead_letter(&edge.from)) else { continue };
                // Endpoints over HTTP have a rule of their own.
                if from_bus && !matches!(target.family(), Family::External | Family::Gateway) {
                    found.at(
                        at_edge(id, ""),
                        format!("what `{}` cannot deliver to `{}` is lost", review.title(&edge.from), review.title(&edge.to)),
                    );
                }
            }
        },
    },
    Rule {
        id: "few-receives",
        severity: Severity::Warning,
        title: "A queue for a function gives up after few receives",
        rationale: "A throttled function uses up receives too, so that good messages land in the dead-letter queue in a peak.",
        advice: "allow at least five receives before the dead-letter queue",
        source: "lambda/latest/dg/services-sqs-configure",
        look: |review, found| {
            for (id, facts) in review.of(Family::Queue) {
                let to_function = review.out(id, EdgeKind::Poll).any(|(_, edge, _)| review.node(&edge.to).is_some_and(Facts::is_function));
                let Some(receives) = facts.number("max_receive_count") else { continue };
                if to_function && review.has_dead_letter(id) && receives < RECEIVES_MIN {
                    found.fixable(
                        at_node(id, "max_receive_count"),
                        format!("`{}` gives a message up after {receives} receives", review.title(id)),
                        set_node(id, "max_receive_count", RECEIVES_MIN as u64),
                    );
                }
            }
        },
    },
    Rule {
        id: "short-dead-letter-retention",
        severity: Severity::Warning,
        title: "A dead-letter queue forgets as fast as its source",
        rationale: "A message keeps its first enqueue time when it is dead-lettered, so what waited long in the source expires soon after.",
        advice: "give the dead-letter queue a longer retention than its source",
        source: "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues",
        look: |review, found| {
            for (_, edge, _) in review.edges(EdgeKind::DeadLetter) {
                let (Some(from), Some(to)) = (review.node(&edge.from), review.node(&edge.to)) else { continue };
                let (Some(source), Some(target)) = (from.number("retention"), to.number("retention")) else { continue };
                let Some((most, text)) = to.most("retention") else { continue };
                if target <= source && target < most {
                    found.fixable(
                        at_node(&edge.to, "retention"),
                        format!(
                            "`{}` keeps messages for {}, its source `{}` for {}",
                            review.title(&edge.to),
                            units::print_duration(target),
                            review.title(&edge.from),
                            units::print_duration(source)
                        ),
                        set_node(&edge.to, "retention", text),
                    );
                }
            }
        },
    },
    Rule {
        id: "dead-letter-returns",
        severity: Severity::Warning,
        title: "A dead-letter queue feeds its own source",
        rationale: "What failed goes round for ever: load that never ends and is billed on every lap.",
        advice: "let a dead-letter queue be redriven by hand, or by a consumer that gives up",
        source: "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive",
        look: |review, found| {
            for (_, edge, _) in review.edges(EdgeKind::DeadLetter) {
                for (poll, consumer, _) in review.out(&edge.to, EdgeKind::Poll) {
                    if review.diagram.outgoing(&consumer.to).any(|(_, out)| out.to == edge.from && out.kind == EdgeKind::Send) {
                        found.at(
                            at_edge(poll, ""),
                            format!("`{}` sends what `{}` gave up back to it", review.title(&consumer.to), review.title(&edge.from)),
                        );
                    }
                }
            }
        },
    },
    Rule {
        id: "whole-batch-fails",
        severity: Severity::Warning,
        title: "One bad message brings its whole batch back",
        rationale: "Without reporting failed items every message of a batch is processed again, and good ones are dead-lettered with a poisonous one.",
        advice: "report failed items from the function",
        source: "lambda/latest/dg/services-sqs-errorhandling",
        look: |review, found| {
            for (id, edge, facts) in review.edges(EdgeKind::Poll) {
                let batch = facts.number("batch_size").unwrap_or(1.0);
                if facts.has("report_item_failures") && !facts.flag("report_item_failures") && batch > 1.0 {
                    found.fixable(
                        at_edge(id, "report_item_failures"),
                        format!("a failure in `{}` repeats up to {batch} messages", review.title(&edge.to)),
                        set_edge(id, "report_item_failures", true),
                    );
                }
            }
        },
    },
    Rule {
        id: "repeats-take-effect",
        severity: Severity::Info,
        title: "A consumer of at-least-once deliveries is not idempotent",
        rationale: "Standard queues, topics, buses and streams deliver some events twice; so does every retry after a lost answer.",
        advice: "make the consumer idempotent and say so in its settings",
        source: "lambda/latest/dg/best-practices",
        look: |review, found| {
            for (id, facts) in review.of(Family::Compute) {
                let repeated = review.into(id, EdgeKind::Poll).next().is_some() || review.into(id, EdgeKind::Deliver).next().is_some();
                if repeated && facts.has("idempotent") && !facts.flag("idempotent") {
                    found.fixable(
                        at_node(id, "idempotent"),
                        format!("a repeated event takes effect again in `{}`", review.title(id)),
                        set_node(id, "idempotent", true),
                    );
                }
            }
        },
    },
    Rule {
        id: "retries-multiply",
        severity: Severity::Warning,
        title: "Retries multiply along a chain of callers",
        rationale: "Each layer that retries multiplies the attempts of the layers below it, most of all when those are in trouble.",
        advice: "retry in one layer only, or give the callers a retry budget",
        source: "builders-library: timeouts, retries and backoff with jitter",
        look: |review, found| {
            for (id, edge, facts) in review.edges(EdgeKind::Request) {
                let attempts = facts.number("attempts").unwrap_or(f64::INFINITY);
                if attempts <= 1.0 {
                    continue;
                }
                for (_, below, next) in review.out(&edge.to, EdgeKind::Request) {
                    let product = attempts * next.number("attempts").unwrap_or(f64::INFINITY);
                    if product >= ATTEMPTS_MAX {
                        found.at(
                            at_edge(id, "attempts"),
                            format!(
                                "one event can call `{}` up to {} times over `{}`",
                                review.title(&below.to),
                                if product.is_finite() { units::print_number(product) } else { "any number of".to_owned() },
                                review.title(&edge.to),
                            ),
                        );
                    }
                }
            }
        },
    },
    Rule {
        id: "retries-in-step",
        severity: Severity::Warning,
        title: "Retries without jitter come back in step",
        rationale: "Callers that failed together wait equally long and return together, so that the peak repeats itself.",
        advice: "add jitter to the back-off",
        source: "builders-library: timeouts, retries and backoff with jitter",
        look: |review, found| {
            for (id, edge, facts) in review.edges(EdgeKind::Request) {
                let backoff = facts.text("backoff").and_then(|text| text.parse::<Backoff>().ok());
                let Some(Backoff::Exponential { base, factor, cap, jitter: Jitter::None }) = backoff else { continue };
                if facts.number("attempts").is_none_or(|attempts| attempts > 1.0) {
                    let jittered = Backoff::Exponential { base, factor, cap, jitter: Jitter::Full };
                    found.fixable(
                        at_edge(id, "backoff"),
                        format!("`{}` repeats its calls of `{}` without jitter", review.title(&edge.from), review.title(&edge.to)),
                        set_edge(id, "backoff", jittered.to_string()),
                    );
                }
            }
        },
    },
    Rule {
        id: "endless-retries",
        severity: Severity::Warning,
        title: "A caller never gives up",
        rationale: "Calls that are retried without end pile up as long as the callee is down, and hit it all at once when it returns.",
        advice: "limit the attempts or the age of an event",
        source: "builders-library: using load shedding to avoid overload",
        look: |review, found| {
            for (id, edge, facts) in review.edges(EdgeKind::Request) {
                if facts.has("attempts") && facts.number("attempts").is_none() && facts.number("age_max").is_none() {
                    found.fixable(
                        at_edge(id, "attempts"),
                        format!("`{}` calls `{}` until it succeeds", review.title(&edge.from), review.title(&edge.to)),
                        set_edge(id, "attempts", 3),
                    );
                }
            }
        },
    },
    Rule {
        id: "dual-write",
        severity: Severity::Info,
        title: "A function writes to a table and publishes in the same run",
        rationale: "When the second of the two fails the first stays, and the two sides disagree for good.",
        advice: "write once and publish from the table's stream, or keep an outbox",
        source: "prescriptive-guidance/latest/cloud-design-patterns/transactional-outbox",
        look: |review, found| {
            for (id, _) in review.of(Family::Compute) {
                let writes = review.diagram.outgoing(id).any(|(edge_id, edge)| {
                    let table = review.node(&edge.to).is_some_and(|to| to.family() == Family::Table);
                    table
                        && review
                            .edge(edge_id)
                            .and_then(|facts| facts.text("operation"))
                            .is_none_or(|operation| !operation.contains("read"))
                });
                let publishes = review.diagram.outgoing(id).find(|(_, edge)| {
                    edge.kind == EdgeKind::Send
                        && review.node(&edge.to).is_some_and(|to| matches!(to.family(), Family::Queue | Family::Topic | Family::Bus))
                });
                if let (true, Some((_, edge))) = (writes, publishes) {
                    found
                        .at(at_node(id, ""), format!("`{}` writes to a table and sends to `{}`", review.title(id), review.title(&edge.to)));
                }
            }
        },
    },
];

/// Receives that the provider recommends before a message is given up.
const RECEIVES_MIN: f64 = 5.0;

/// Attempts of one event from which a chain of retries is worth a word.
const ATTEMPTS_MAX: f64 = 9.0;

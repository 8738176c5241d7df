//! What costs more than it must.

use super::{
    Rule,
    facts::{Facts, at_edge, at_node, set_edge},
};
use crate::{EdgeKind, Severity, families::Family, units};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "just-above-a-chunk",
        severity: Severity::Info,
        title: "An event is a little larger than a metered chunk",
        rationale: "Requests are billed in chunks: a byte above one is billed as two.",
        advice: "shrink the event below the chunk",
        source: "the price list of the service",
        look: |review, found| {
            for (id, facts) in review.nodes() {
                let Some(chunk) = facts.number("metered_chunk") else { continue };
                for name in review.arriving(id) {
                    let Some(bytes) = review.event_bytes(&name) else { continue };
                    let last = bytes % chunk;
                    if bytes > chunk && last > 0.0 && last < chunk * LITTLE {
                        found.at(
                            at_node(id, ""),
                            format!(
                                "`{name}` has {} and is billed as {} chunks of {} at `{}`",
                                units::print_bytes(bytes),
                                (bytes / chunk).ceil(),
                                units::print_bytes(chunk),
                                review.title(id)
                            ),
                        );
                    }
                }
            }
        },
    },
    Rule {
        id: "one-message-each",
        severity: Severity::Info,
        title: "A function is invoked for every single message",
        rationale: "Batches share the request, the start and the calls per invocation.",
        advice: "take batches, unless each message needs a timeout of its own",
        source: "lambda/latest/dg/services-sqs-configure",
        look: |review, found| {
            for (id, edge, facts) in review.edges(EdgeKind::Poll) {
                let function = review.node(&edge.to).is_some_and(Facts::is_function);
                if function && facts.number("batch_size") == Some(1.0) {
                    found.fixable(
                        at_edge(id, "batch_size"),
                        format!("each message of `{}` is an invocation of `{}`", review.title(&edge.from), review.title(&edge.to)),
                        set_edge(id, "batch_size", 10),
                    );
                }
            }
        },
    },
    Rule {
        id: "waits-on-the-meter",
        severity: Severity::Info,
        title: "A function is billed while it waits most of its time",
        rationale: "Functions are billed by duration, and waiting for a slow answer costs as much as computing.",
        advice: "let a workflow or an HTTP target of a bus make the call, or call several at a time",
        source: "lambda/latest/dg/best-practices",
        look: |review, found| {
            for (id, facts) in review.functions() {
                let computing = facts.mean("duration").unwrap_or(0.0);
                for (call, edge, _) in review.out(id, EdgeKind::Request) {
                    let waiting = review.node(&edge.to).filter(|to| to.family() == Family::External).and_then(|to| to.mean("latency"));
                    if let Some(waiting) = waiting
                        && waiting >= LONG_WAIT
                        && waiting > WAIT_FACTOR * computing
                    {
                        found.at(
                            at_edge(call, ""),
                            format!(
                                "`{}` computes for {} and waits for `{}` about {}",
                                review.title(id),
                                units::print_duration(computing),
                                review.title(&edge.to),
                                units::print_duration(waiting)
                            ),
                        );
                    }
                }
            }
        },
    },
    Rule {
        id: "starved-of-processor",
        severity: Severity::Info,
        title: "A slow function runs with the least memory",
        rationale: "The share of a processor grows with memory: more memory often costs the same and is faster.",
        advice: "measure it with more memory",
        source: "lambda/latest/dg/configuration-memory",
        look: |review, found| {
            for (id, facts) in review.functions() {
                let (Some(memory), Some(full)) = (facts.number("memory"), facts.number("memory_per_cpu")) else { continue };
                let mean = facts.mean("duration").unwrap_or(0.0);
                if memory <= full * LITTLE && mean >= LONG_COMPUTING {
                    found.at(
                        at_node(id, "memory"),
                        format!(
                            "`{}` computes for {} with {}, a fraction of a processor",
                            review.title(id),
                            units::print_duration(mean),
                            units::print_bytes(memory)
                        ),
                    );
                }
            }
        },
    },
];

/// Share of a whole below which it is little.
const LITTLE: f64 = 0.1;

/// Seconds of waiting from which it is worth a word.
const LONG_WAIT: f64 = 0.5;

/// Waiting over computing from which a function mostly waits.
const WAIT_FACTOR: f64 = 4.0;

/// Seconds of computing from which the processor matters.
const LONG_COMPUTING: f64 = 0.5;

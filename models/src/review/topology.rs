//! How things hang together.

use std::collections::BTreeMap;

use super::{
    Rule,
    facts::{Facts, Review, at_edge, at_node},
};
use crate::{EdgeKind, NodeId, Severity, families::Family, work::Step};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "synchronous-chain",
        severity: Severity::Warning,
        title: "Functions wait for each other in a chain",
        rationale: "Latencies add up, availabilities multiply, and every link is billed while it waits for the next.",
        advice: "cut the chain with a queue, a topic or a bus, or let a workflow call the steps",
        source: "lambda/latest/dg/concepts-event-driven-architectures: anti-patterns",
        look: |review, found| {
            for (id, _) in review.of(Family::Compute) {
                let first = review.into(id, EdgeKind::Request).all(|(_, edge, _)| !is_compute(review, &edge.from));
                let length = chain(review, id, &mut Vec::new());
                if first && length >= CHAIN_MIN {
                    found.at(at_node(id, ""), format!("{length} units wait for each other, from `{}` on", review.title(id)));
                }
            }
        },
    },
    Rule {
        id: "function-waits-for-function",
        severity: Severity::Info,
        title: "A function waits for another function",
        rationale: "Both are billed for the same time, and the caller holds concurrency while it does nothing.",
        advice: "call it asynchronously, or put both into one function",
        source: "lambda/latest/dg/concepts-event-driven-architectures: anti-patterns",
        look: |review, found| {
            for (id, edge, _) in review.edges(EdgeKind::Request) {
                let functions = [&edge.from, &edge.to].iter().all(|end| review.node(end).is_some_and(Facts::is_function));
                if functions {
                    found.at(at_edge(id, ""), format!("`{}` waits for `{}`", review.title(&edge.from), review.title(&edge.to)));
                }
            }
        },
    },
    Rule {
        id: "events-go-round",
        severity: Severity::Warning,
        title: "Events come back to where they started",
        rationale: "An event that causes itself runs until the provider's loop detection stops it, or for ever where there is none.",
        advice: "let only a share or other types of event go round, or break the ring",
        source: "lambda/latest/dg/invocation-recursion",
        look: |review, found| {
            for ring in rings(review) {
                if let Some(first) = ring.first() {
                    let names: Vec<&str> = ring.iter().take(5).map(|id| review.title(id)).collect();
                    found.at(at_node(first, ""), format!("events go round through {}", names.join(", ")));
                }
            }
        },
    },
    Rule {
        id: "queue-without-consumer",
        severity: Severity::Warning,
        title: "Nothing reads a queue",
        rationale: "Messages wait until their retention ends and are gone.",
        advice: "draw a poll edge to a consumer",
        source: "AWSSimpleQueueService/latest/SQSDeveloperGuide",
        look: |review, found| {
            for (id, _) in review.of(Family::Queue) {
                if review.diagram.outgoing(id).all(|(_, edge)| edge.kind == EdgeKind::DeadLetter)
                    && review.diagram.incoming(id).next().is_some()
                    && !review.is_dead_letter(id)
                {
                    found.at(at_node(id, ""), format!("nothing reads `{}`", review.title(id)));
                }
            }
        },
    },
    Rule {
        id: "nobody-subscribed",
        severity: Severity::Warning,
        title: "A topic or a bus has no subscription",
        rationale: "What is published is accepted, billed and thrown away.",
        advice: "draw a delivery to a target",
        source: "sns/latest/dg/welcome",
        look: |review, found| {
            for (id, facts) in review.nodes() {
                let fans_out = matches!(facts.family(), Family::Topic | Family::Bus);
                if fans_out && review.diagram.incoming(id).next().is_some() && review.out(id, EdgeKind::Deliver).next().is_none() {
                    found.at(at_node(id, ""), format!("nobody hears what `{}` is told", review.title(id)));
                }
            }
        },
    },
    Rule {
        id: "different-readers-of-one-queue",
        severity: Severity::Warning,
        title: "Different consumers compete for the messages of one queue",
        rationale: "Each message goes to one of them, not to all: each does a random part of the work.",
        advice: "give each consumer a queue of its own behind a topic, unless they do the same work",
        source: "prescriptive-guidance/latest/cloud-design-patterns/publish-subscribe",
        look: |review, found| {
            for (id, _) in review.of(Family::Queue) {
                let readers: Vec<&str> = review.out(id, EdgeKind::Poll).map(|(_, edge, _)| review.title(&edge.to)).collect();
                if readers.len() > 1 {
                    found.at(at_node(id, ""), format!("{} share the messages of `{}`", readers.join(" and "), review.title(id)));
                }
            }
        },
    },
    Rule {
        id: "fan-out-by-hand",
        severity: Severity::Info,
        title: "A function sends the same event to many targets",
        rationale: "When it fails half way some have the event and some have not, a retry sends it twice, and each new target is a change of the function.",
        advice: "publish once to a topic or a bus and let the targets subscribe",
        source: "prescriptive-guidance/latest/cloud-design-patterns/publish-subscribe",
        look: |review, found| {
            for (id, _) in review.of(Family::Compute) {
                let targets = review.out(id, EdgeKind::Send).count();
                if targets >= FAN_OUT_MIN {
                    found.at(at_node(id, ""), format!("`{}` sends to {targets} targets itself", review.title(id)));
                }
            }
        },
    },
    Rule {
        id: "clients-wait-for-a-stranger",
        severity: Severity::Info,
        title: "Clients wait for somebody else's API",
        rationale: "Its latency, its rate limit and its outages become yours.",
        advice: "take the request into a queue, answer at once, and call the API behind the queue",
        source: "prescriptive-guidance/latest/cloud-design-patterns: storage first",
        look: |review, found| {
            for (_, edge, _) in review.edges(EdgeKind::Request) {
                let Some(from) = review.node(&edge.from) else { continue };
                if !matches!(from.family(), Family::Gateway | Family::Producer) || !is_compute(review, &edge.to) {
                    continue;
                }
                for (call, onward, _) in review.out(&edge.to, EdgeKind::Request) {
                    if review.node(&onward.to).is_some_and(|to| to.family() == Family::External) {
                        found.at(
                            at_edge(call, ""),
                            format!("clients of `{}` wait for `{}`", review.title(&edge.from), review.title(&onward.to)),
                        );
                    }
                }
            }
        },
    },
    Rule {
        id: "function-as-glue",
        severity: Severity::Info,
        title: "A function only passes requests on",
        rationale: "A gateway can write to a queue, a topic or a bus by itself: one cold start, one limit and one bill less.",
        advice: "integrate the gateway with the target directly",
        source: "apigateway/latest/developerguide/api-gateway-integration-types",
        look: |review, found| {
            for (gateway, _) in review.of(Family::Gateway) {
                for (_, edge, _) in review.out(gateway, EdgeKind::Request) {
                    let mut onward = review.diagram.outgoing(&edge.to).filter(|(_, edge)| edge.kind != EdgeKind::DeadLetter);
                    let (Some((_, only)), None) = (onward.next(), onward.next()) else { continue };
                    let steps = review.steps(&edge.to);
                    let idle = !steps.is_empty() && !steps.iter().any(|step| matches!(step, Step::Compute { .. }));
                    let duration = review.node(&edge.to).and_then(|facts| facts.mean("duration")).unwrap_or(0.0);
                    if idle && duration == 0.0 && only.kind == EdgeKind::Send && is_compute(review, &edge.to) {
                        found.at(
                            at_node(&edge.to, ""),
                            format!("`{}` does nothing but send to `{}`", review.title(&edge.to), review.title(&only.to)),
                        );
                    }
                }
            }
        },
    },
    Rule {
        id: "no-buffer-before-a-function",
        severity: Severity::Info,
        title: "A burst of events hits a function with a reservation",
        rationale: "A push subscription does not wait: what is above the reservation is throttled and retried by the function's own queue for hours, out of sight.",
        advice: "put a queue between the topic or bus and the function",
        source: "prescriptive-guidance/latest/cloud-design-patterns: queue-based load leveling",
        look: |review, found| {
            for (id, facts) in review.functions() {
                if facts.number("reserved_concurrency").is_none() {
                    continue;
                }
                for (edge_id, edge, _) in review.into(id, EdgeKind::Deliver) {
                    found.at(
                        at_edge(edge_id, ""),
                        format!("`{}` pushes into `{}`, whose concurrency is capped", review.title(&edge.from), review.title(id)),
                    );
                }
            }
        },
    },
];

fn is_compute(review: &Review<'_>, id: &NodeId) -> bool {
    review.node(id).is_some_and(|facts| facts.family() == Family::Compute)
}

/// Units in the longest chain of requests from a node on.
fn chain<'a>(review: &Review<'a>, id: &'a NodeId, seen: &mut Vec<&'a NodeId>) -> usize {
    if seen.contains(&id) || seen.len() >= DEPTH_MAX {
        return 0;
    }
    seen.push(id);
    let onward: Vec<&'a NodeId> =
        review.out(id, EdgeKind::Request).map(|(_, edge, _)| &edge.to).filter(|to| is_compute(review, to)).collect();
    let longest = onward.into_iter().map(|to| chain(review, to, seen)).max().unwrap_or(0);
    seen.pop();
    longest + 1
}

/// Rings of asynchronous edges in which something is sent on.
fn rings<'a>(review: &Review<'a>) -> Vec<Vec<&'a NodeId>> {
    let mut graph = petgraph::graphmap::DiGraphMap::<&str, ()>::new();
    let ids: BTreeMap<&str, &'a NodeId> = review.diagram.nodes.keys().map(|id| (id.as_str(), id)).collect();
    // What an archive sends again is not archived again.
    let apart = |id| review.node(id).is_some_and(|facts| matches!(facts.family(), Family::Station | Family::Archive));
    for edge in review.diagram.edges.values() {
        // Dead letters and shares of events are meant to go round; a ring of requests is refused elsewhere.
        let all = review.diagram.edges.iter().any(|(id, other)| {
            **other == **edge && review.edge(id).is_some_and(|facts| facts.text("filter").is_none_or(|text| text == "all"))
        });
        if edge.kind != EdgeKind::DeadLetter && all && !apart(&edge.from) {
            graph.add_edge(edge.from.as_str(), edge.to.as_str(), ());
        }
    }
    let mut rings = Vec::new();
    for ring in petgraph::algo::tarjan_scc(&graph) {
        let mut ring: Vec<&'a NodeId> = ring.into_iter().filter_map(|id| ids.get(id).copied()).collect();
        let inside = |edge: &crate::Edge| ring.contains(&&edge.from) && ring.contains(&&edge.to);
        let waits = review.diagram.edges.values().filter(|edge| inside(edge)).all(|edge| edge.kind == EdgeKind::Request);
        if ring.len() > 1 && !waits {
            ring.sort();
            rings.push(ring);
        }
    }
    rings.sort();
    rings
}

/// Units in a chain from which it is worth a word.
const CHAIN_MIN: usize = 3;

/// Longest chain that is followed.
const DEPTH_MAX: usize = 20;

/// Targets from which sending by hand is worth a word.
const FAN_OUT_MIN: usize = 3;

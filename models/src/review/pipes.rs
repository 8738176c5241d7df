//! Pipes: what they lose of the order, and how long they hide messages.

use super::{
    Rule,
    facts::{Facts, Review, at_edge, at_node, set_node},
};
use crate::{Edge, EdgeKind, Edit, NodeId, Severity, families::Family, units::print_duration};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "pipe-forgets-the-order",
        severity: Severity::Warning,
        title: "A pipe hands over what came in order without waiting",
        rationale: "An ordered source waits for each batch, but a target that is only sent to has taken a batch long before it is done with it: the next one overtakes it, and what fails is tried again out of order.",
        advice: "wait for the target with a `request` edge, or take a source without order",
        source: "eventbridge/latest/userguide/eb-pipes-event-target",
        look: |review, found| {
            for (pipe, _) in review.of(Family::Pipe) {
                let Some((_, source, _)) = review.into(pipe, EdgeKind::Poll).find(|(_, edge, _)| is_ordered(review, &edge.from)) else {
                    continue;
                };
                for (id, edge, _) in review.out(pipe, EdgeKind::Send) {
                    let Some(target) = review.node(&edge.to) else { continue };
                    if !target.is_function() && target.family() != Family::Workflow {
                        continue;
                    }
                    let message = format!(
                        "`{}` keeps an order, `{}` gets the next batch before it is done with the last",
                        review.title(&source.from),
                        review.title(&edge.to)
                    );
                    // A standard workflow cannot be waited for.
                    if review.catalog.kinds_between(service(review, pipe), service(review, &edge.to)).contains(&EdgeKind::Request) {
                        found.fixable(at_edge(id, ""), message, Edit::SetEdgeKind(id.clone(), EdgeKind::Request));
                    } else {
                        found.at(at_edge(id, ""), message);
                    }
                }
            }
        },
    },
    Rule {
        id: "visibility-below-a-pipe",
        severity: Severity::Warning,
        title: "The visibility timeout is shorter than six runs of a pipe",
        rationale: "Messages become visible while their execution still runs or waits to be tried again after a throttle: they pass the pipe twice, are paid twice, and receives are used up.",
        advice: "set the visibility timeout to six times what enrichment and target may take together, and the batch window",
        source: "eventbridge/latest/userguide/eb-pipes-sqs",
        look: |review, found| {
            for (pipe, facts) in review.of(Family::Pipe) {
                let stages = review.out(pipe, EdgeKind::Request).filter_map(|(_, edge, _)| takes(review, edge));
                let run: f64 = stages.sum::<f64>().min(facts.number("duration").unwrap_or(f64::INFINITY));
                for (_, edge, facts) in review.into(pipe, EdgeKind::Poll) {
                    let Some(visibility) = review.node(&edge.from).and_then(|queue| queue.number("visibility_timeout")) else { continue };
                    let wanted = VISIBILITY_FACTOR * run + facts.number("batch_window").unwrap_or(0.0);
                    if visibility < wanted {
                        let message = format!(
                            "`{}` hides messages for {}, six runs of `{}` and the batch window are {}",
                            review.title(&edge.from),
                            print_duration(visibility),
                            review.title(pipe),
                            print_duration(wanted)
                        );
                        let fix = set_node(&edge.from, "visibility_timeout", print_duration(wanted));
                        found.fixable(at_node(&edge.from, "visibility_timeout"), message, fix);
                    }
                }
            }
        },
    },
];

/// Runs of a pipe that a visibility timeout should cover.
const VISIBILITY_FACTOR: f64 = 6.0;

fn service<'a>(review: &Review<'a>, id: &NodeId) -> &'a crate::ServiceId {
    &review.diagram.nodes[id].service
}

/// Whether a source hands out its messages in an order.
fn is_ordered(review: &Review<'_>, source: &NodeId) -> bool {
    review.node(source).is_some_and(|facts: Facts<'_>| facts.family() == Family::Stream || facts.has("throughput"))
}

/// How long a stage may take, in seconds, where it says so.
fn takes(review: &Review<'_>, edge: &Edge) -> Option<f64> {
    review.node(&edge.to).filter(|stage| stage.is_function())?.number("timeout")
}

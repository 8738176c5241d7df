//! Order within message groups, and what it costs.

use super::{
    Rule,
    facts::{at_node, set_node},
};
use crate::{Severity, families::Family, units};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "one-group-in-a-row",
        severity: Severity::Warning,
        title: "All messages of an ordered queue are in one group",
        rationale: "A group is processed one batch at a time, so with a single group the queue has one consumer, however many there could be.",
        advice: "take what needs its order, such as the order or the customer, as the key of the event",
        source: "AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagegroupid-property",
        look: |review, found| {
            for (id, facts) in review.of(Family::Queue) {
                let types = review.arriving(id);
                let alone = !types.is_empty() && types.iter().all(|name| review.has_one_key(name));
                if facts.has("throughput") && alone {
                    found.at(at_node(id, ""), format!("everything that reaches `{}` has the same key", review.title(id)));
                }
            }
        },
    },
    Rule {
        id: "load-above-standard-throughput",
        severity: Severity::Error,
        title: "More is sent to an ordered queue than its throughput mode takes",
        rationale: "In standard throughput the whole queue has the calls of one partition; sends above them are throttled.",
        advice: "choose high throughput with many message groups, or send in batches",
        source: "AWSSimpleQueueService/latest/SQSDeveloperGuide/high-throughput-fifo",
        look: |review, found| {
            for (id, facts) in review.of(Family::Queue) {
                let Some(calls) = facts.number("partition_calls").filter(|_| facts.text("throughput").as_deref() == Some("standard"))
                else {
                    continue;
                };
                let (sent, taken) = (review.load(id), calls * facts.number("send_batch").unwrap_or(1.0));
                if sent > taken {
                    found.fixable(
                        at_node(id, "throughput"),
                        format!("{} are sent to `{}`, which takes {}", units::print_rate(sent), review.title(id), units::print_rate(taken)),
                        set_node(id, "throughput", "high"),
                    );
                }
            }
        },
    },
];

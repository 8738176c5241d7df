//! Limits that the drawing alone shows to be too tight, or to be shared by too many.

use super::{
    Rule,
    facts::{at_edge, at_node, set_edge, set_node},
};
use crate::{EdgeKind, Severity, families::Family, keys::KeyLaw, units};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "reserved-below-pollers",
        severity: Severity::Warning,
        title: "A function has less concurrency than its pollers use",
        rationale: "The pollers invoke more than the function may run: throttled batches go back to the queue, use up receives, and end in the dead-letter queue without having been processed.",
        advice: "set the maximum concurrency of the mapping to the reserved concurrency or less",
        source: "lambda/latest/dg/services-sqs-scaling",
        look: |review, found| {
            for (id, facts) in review.functions() {
                let Some(reserved) = facts.number("reserved_concurrency") else { continue };
                for (poll, edge, mapping) in review.into(id, EdgeKind::Poll) {
                    if !mapping.has("maximum_concurrency") {
                        continue;
                    }
                    let most = mapping.number("maximum_concurrency").or(mapping.number("ceiling")).unwrap_or(f64::INFINITY);
                    if most > reserved && reserved >= 2.0 {
                        found.fixable(
                            at_edge(poll, "maximum_concurrency"),
                            format!(
                                "`{}` is polled from `{}` with up to {most} batches at a time and may run {reserved}",
                                review.title(id),
                                review.title(&edge.from)
                            ),
                            set_edge(poll, "maximum_concurrency", reserved as u64),
                        );
                    }
                }
            }
        },
    },
    Rule {
        id: "function-switched-off",
        severity: Severity::Warning,
        title: "A function with a reserved concurrency of zero never runs",
        rationale: "Zero is the provider's emergency stop: every invocation is throttled.",
        advice: "remove the reservation, or raise it",
        source: "lambda/latest/dg/configuration-concurrency",
        look: |review, found| {
            for (id, facts) in review.functions() {
                if facts.number("reserved_concurrency") == Some(0.0) {
                    found.at(at_node(id, "reserved_concurrency"), format!("`{}` refuses everything", review.title(id)));
                }
            }
        },
    },
    Rule {
        id: "noisy-neighbor",
        severity: Severity::Warning,
        title: "A queue may take the concurrency that an API needs",
        rationale: "Functions without a reservation share one pool: a backlog lets the pollers take all of it, and the clients of the API are refused.",
        advice: "cap the mapping with a maximum concurrency, or reserve concurrency for the function behind the API",
        source: "lambda/latest/dg/lambda-concurrency",
        look: |review, found| {
            let shared = |id| review.node(id).is_some_and(|facts| facts.is_function() && !facts.is_set("reserved_concurrency"));
            let fronted = review.edges(EdgeKind::Request).find(|(_, edge, _)| {
                shared(&edge.to) && review.node(&edge.from).is_some_and(|from| matches!(from.family(), Family::Gateway | Family::Producer))
            });
            let Some((_, front, _)) = fronted else { return };
            for (id, edge, facts) in review.edges(EdgeKind::Poll) {
                let capped = facts.is_set("maximum_concurrency");
                if facts.has("maximum_concurrency") && !capped && edge.to != front.to && shared(&edge.to) {
                    found.at(
                        at_edge(id, "maximum_concurrency"),
                        format!("a backlog of `{}` can starve `{}`", review.title(&edge.from), review.title(&front.to)),
                    );
                }
            }
        },
    },
    Rule {
        id: "uncapped-before-a-rate-limit",
        severity: Severity::Warning,
        title: "Pollers grow although what they call is rate-limited",
        rationale: "More workers do not make a rate-limited API faster: they turn its refusals into failed batches and dead letters.",
        advice: "cap the mapping at the API's rate times the time of a call, or put a true rate limit before it",
        source: "builders-library: avoiding insurmountable queue backlogs",
        look: |review, found| {
            for (id, edge, facts) in review.edges(EdgeKind::Poll) {
                if !facts.has("maximum_concurrency") || facts.is_set("maximum_concurrency") {
                    continue;
                }
                let limited = review.out(&edge.to, EdgeKind::Request).find_map(|(_, call, _)| {
                    let rate = review.node(&call.to).filter(|to| to.family() == Family::External)?.number("rate_limit")?;
                    Some((&call.to, rate))
                });
                if let Some((api, rate)) = limited {
                    found.at(
                        at_edge(id, "maximum_concurrency"),
                        format!(
                            "nothing caps how often `{}` calls `{}`, which takes {}",
                            review.title(&edge.to),
                            review.title(api),
                            units::print_rate(rate)
                        ),
                    );
                }
            }
        },
    },
    Rule {
        id: "load-above-the-front-door",
        severity: Severity::Error,
        title: "The load is above a throttle that it must pass",
        rationale: "What is above the rate of a front door is refused, whatever stands behind it.",
        advice: "raise the throttle, or lower the load",
        source: "apigateway/latest/developerguide/api-gateway-request-throttling",
        look: |review, found| {
            for (gateway, facts) in review.of(Family::Gateway) {
                let key = if facts.is_set("stage_rate") { "stage_rate" } else { "account_rate" };
                let Some(limit) = facts.number(key) else { continue };
                let load = review.load(gateway);
                if load > limit {
                    found.at(
                        at_node(gateway, key),
                        format!("{} arrive at `{}`, {} pass", units::print_rate(load), review.title(gateway), units::print_rate(limit)),
                    );
                }
            }
        },
    },
    Rule {
        id: "door-without-throttle",
        severity: Severity::Info,
        title: "One API may use up the throttle of the whole account",
        rationale: "Without a throttle of its own, a busy or abused API takes the requests of every other API in the account and region.",
        advice: "set a throttle on the stage",
        source: "apigateway/latest/developerguide/api-gateway-request-throttling",
        look: |review, found| {
            for (id, facts) in review.of(Family::Gateway) {
                if facts.has("stage_rate") && !facts.is_set("stage_rate") {
                    found.at(at_node(id, "stage_rate"), format!("`{}` has no throttle of its own", review.title(id)));
                }
            }
        },
    },
    Rule {
        id: "clients-share-a-throttle",
        severity: Severity::Info,
        title: "Several clients share the throttle of an API without plans",
        rationale: "Without usage plans the busiest client decides how much the others get.",
        advice: "give each kind of client a usage plan with a rate of its own",
        source: "apigateway/latest/developerguide/api-gateway-api-usage-plans",
        look: |review, found| {
            for (id, facts) in review.of(Family::Gateway) {
                let clients = review
                    .into(id, EdgeKind::Request)
                    .filter(|(_, edge, _)| review.node(&edge.from).is_some_and(|from| from.family() == Family::Producer))
                    .count();
                if clients > 1 && facts.has("usage_plans") && !facts.is_set("usage_plans") {
                    found.at(at_node(id, "usage_plans"), format!("{clients} clients share the throttle of `{}`", review.title(id)));
                }
            }
        },
    },
    Rule {
        id: "one-hot-key",
        severity: Severity::Warning,
        title: "Few keys carry the load of a partitioned store",
        rationale: "A partition has a limit of its own, whatever the table or the stream is allowed as a whole.",
        advice: "spread the key, for instance with a suffix, or aggregate before writing",
        source: "amazondynamodb/latest/developerguide/bp-partition-key-design",
        look: |review, found| {
            for (id, _) in review.of(Family::Table) {
                for name in review.arriving(id) {
                    let Some(event_type) = review.diagram.event_types.get(name.as_str()) else { continue };
                    let law = event_type.fields.get("key").map(crate::families::field_value).and_then(|text| text.parse::<KeyLaw>().ok());
                    let few = match law {
                        Some(KeyLaw::Constant { .. }) => true,
                        Some(KeyLaw::Uniform { keys }) => keys <= FEW_KEYS,
                        Some(KeyLaw::Zipf { exponent, .. }) => exponent >= STEEP,
                        Some(_) | None => false,
                    };
                    if few {
                        found.at(at_node(id, ""), format!("the keys of `{name}` concentrate on few partitions of `{}`", review.title(id)));
                    }
                }
            }
        },
    },
    Rule {
        id: "event-too-large",
        severity: Severity::Error,
        title: "An event is larger than what it goes through allows",
        rationale: "It is rejected every time, and retries do not make it smaller.",
        advice: "put the payload into a bucket and send a reference, or shrink the event",
        source: "the quota that is named",
        look: |review, found| {
            for (id, facts) in review.nodes() {
                let quota = ["message_size", "event_size", "record_size", "item_size"].into_iter().find(|key| facts.number(key).is_some());
                let Some((key, most)) = quota.and_then(|key| Some((key, facts.number(key)?))) else { continue };
                for name in review.arriving(id) {
                    let Some(bytes) = review.event_bytes(&name) else { continue };
                    if bytes > most {
                        found.at(
                            at_node(id, key),
                            format!(
                                "`{name}` has {}, `{}` takes {}",
                                units::print_bytes(bytes),
                                review.title(id),
                                units::print_bytes(most)
                            ),
                        );
                    }
                }
            }
        },
    },
    Rule {
        id: "provisioned-for-events",
        severity: Severity::Info,
        title: "Provisioned concurrency where nobody waits",
        rationale: "Warm instances shorten the first answer; an event that waits in a queue does not notice, and the instances are billed all day.",
        advice: "remove the provisioned concurrency, or cap the pollers if the aim is protection",
        source: "lambda/latest/dg/provisioned-concurrency",
        look: |review, found| {
            for (id, facts) in review.functions() {
                let provisioned = facts.number("provisioned_concurrency").unwrap_or(0.0);
                let awaited = review.into(id, EdgeKind::Request).next().is_some();
                if provisioned > 0.0 && !awaited {
                    found.fixable(
                        at_node(id, "provisioned_concurrency"),
                        format!("`{}` keeps {provisioned} instances warm for asynchronous work", review.title(id)),
                        set_node(id, "provisioned_concurrency", 0),
                    );
                }
            }
        },
    },
];

/// So many keys or fewer cannot spread a load.
const FEW_KEYS: u64 = 3;

/// Zipf exponent from which one key dominates.
const STEEP: f64 = 1.5;

//! Who emits what, and who listens.

use super::{
    Rule,
    facts::{at_edge, at_node, set_edge},
};
use crate::{
    EdgeKind, Place, Severity,
    families::{Family, Filter},
    units::print_duration,
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "replay-too-early",
        severity: Severity::Warning,
        title: "A replay begins before its events are in the archive",
        rationale: "Events reach an archive some time after they were published; a replay that begins within ten minutes may miss the latest of them without a word.",
        advice: "start the replay ten minutes after the end of its time frame",
        source: "eventbridge/latest/userguide/eb-archive",
        look: |review, found| {
            for (archive, _) in review.of(Family::Archive) {
                for (id, edge, facts) in review.out(archive, EdgeKind::Send) {
                    let Some(start) = facts.number("start") else { continue };
                    let until = facts.number("until").unwrap_or(start);
                    if start - until < ARRIVAL_S {
                        found.fixable(
                            at_edge(id, "start"),
                            format!(
                                "the replay to `{}` starts {} after the last event that it asks for",
                                review.title(&edge.to),
                                print_duration((start - until).max(0.0))
                            ),
                            set_edge(id, "until", print_duration((start - ARRIVAL_S).max(0.0))),
                        );
                    }
                }
            }
        },
    },
    Rule {
        id: "filter-never-matches",
        severity: Severity::Warning,
        title: "A filter waits for events that never come",
        rationale: "A misspelled or moved event type makes a subscription silent without any error.",
        advice: "correct the name in the filter, or let something emit the event",
        source: "eventbridge/latest/userguide/eb-event-patterns",
        look: |review, found| {
            for (id, edge) in &review.diagram.edges {
                let Some(Filter::Types(names)) = review.filter(id) else { continue };
                let arriving = review.arriving(&edge.from);
                if !arriving.is_empty() && !names.iter().any(|name| arriving.contains(name)) {
                    found.at(at_edge(id, "filter"), format!("`{}` never sees {}", review.title(&edge.from), names.join(" or ")));
                }
            }
        },
    },
    Rule {
        id: "event-without-listener",
        severity: Severity::Warning,
        title: "A topic or bus takes an event that no subscription matches",
        rationale: "It is accepted, billed and dropped without an error.",
        advice: "subscribe something to the event, or stop publishing it",
        source: "eventbridge/latest/userguide/eb-rules",
        look: |review, found| {
            for (id, facts) in review.nodes() {
                if !matches!(facts.family(), Family::Topic | Family::Bus) {
                    continue;
                }
                let filters: Vec<_> = review.out(id, EdgeKind::Deliver).map(|(edge, ..)| review.filter(edge)).collect();
                if filters.is_empty() {
                    continue;
                }
                for name in review.arriving(id) {
                    let matched = filters.iter().any(|filter| match filter {
                        Some(Filter::Types(names)) => names.contains(&name),
                        Some(Filter::All | Filter::Share(_) | Filter::FirstOf { .. }) | None => true,
                    });
                    if !matched && !name.is_empty() {
                        found.at(at_node(id, ""), format!("no subscription of `{}` matches `{name}`", review.title(id)));
                    }
                }
            }
        },
    },
    Rule {
        id: "routes-do-not-add-up",
        severity: Severity::Warning,
        title: "Shares of alternative routes do not make a whole",
        rationale: "Where a source picks one of several routes, less than 100 % lets the rest end there, and more cannot all be taken.",
        advice: "let the shares add up to 100 %",
        source: "meaning of `share` in Plimsoll",
        look: |review, found| {
            for (id, facts) in review.nodes() {
                if facts.family() == Family::Station {
                    continue;
                }
                let shares = review.diagram.outgoing(id).filter_map(|(edge, _)| review.edge(edge)?.number("share"));
                let (count, sum) = shares.fold((0, 0.0), |(count, sum), share| (count + 1, sum + share));
                if count > 0 && (sum - 1.0_f64).abs() > 1e-9 {
                    found.at(
                        at_node(id, ""),
                        format!("the routes of `{}` take {} of its events", review.title(id), crate::units::print_fraction(sum)),
                    );
                }
            }
        },
    },
    Rule {
        id: "untyped-events-on-a-bus",
        severity: Severity::Info,
        title: "Events on a bus have no type",
        rationale: "Rules match by type; without types every rule sees everything, and nobody can tell who depends on what.",
        advice: "define event types and let producers and functions emit them",
        source: "eventbridge/latest/userguide/eb-events-structure",
        look: |review, found| {
            for (id, _) in review.of(Family::Bus) {
                let several = review.out(id, EdgeKind::Deliver).count() > 1;
                if several && review.arriving(id).contains("") {
                    found.at(at_node(id, ""), format!("`{}` gets events without a type", review.title(id)));
                }
            }
        },
    },
    Rule {
        id: "event-without-size",
        severity: Severity::Info,
        title: "An event type has no size",
        rationale: "Sizes decide over quotas, batches and metered chunks; the run takes an assumption.",
        advice: "give the event type a size",
        source: "meaning of an event type in Plimsoll",
        look: |review, found| {
            for (id, event_type) in &review.diagram.event_types {
                if !event_type.fields.contains_key("size") {
                    found.at(Place::EventType(id.clone()), format!("nobody says how large `{id}` is"));
                }
            }
        },
    },
];

/// Within how long events are in an archive, in seconds.
const ARRIVAL_S: f64 = 600.0;

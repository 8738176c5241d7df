//! Event buses and schedules: what the provider refuses, and what has no effect.

use crate::{
    Arrivals, Catalog, Diagnostic, Diagram, Edit, Place,
    edit::Target,
    families::{self, BeginConfig, BusKind, Config, ConnectionConfig},
    units::print_duration,
    workload::Due,
};

/// Shortest period of a schedule, in seconds.
const PERIOD_MIN_S: f64 = 60.0;

/// Schedules that the provider would take.
pub(super) fn schedules(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for id in diagram.nodes.keys() {
        let (Some(Config::Producer(config)), _) = families::node_config(diagram, catalog, id) else { continue };
        if config.scheduler.is_none() {
            continue;
        }
        let place = || Place::Node(id.clone(), Some("arrivals".to_owned()));
        let fix = |text: &str| Edit::SetField { target: Target::Node(id.clone()), key: "arrivals".to_owned(), value: Some(text.into()) };
        match &config.arrivals {
            Arrivals::Schedule(schedule) => {
                if let Due::Every { period, .. } = &schedule.due
                    && *period < PERIOD_MIN_S
                {
                    let message = format!("a schedule is due once a minute at most, not every {}", print_duration(*period));
                    found.push(
                        Diagnostic::error("schedule-too-often", place(), message)
                            .hint("let it be due each minute, and `count` events then; or let a client or a loop make them")
                            .fix(fix("rate(1 min)")),
                    );
                }
            }
            Arrivals::Closed { .. } => {
                found.push(
                    Diagnostic::error("schedule-waits", place(), "a schedule is due whether the call before it has been answered or not")
                        .hint("draw clients for a closed loop")
                        .fix(fix("rate(5 min)")),
                );
            }
            Arrivals::Renewal { .. }
            | Arrivals::Curve { .. }
            | Arrivals::Bursts { .. }
            | Arrivals::Fleet(_)
            | Arrivals::Groups { .. }
            | Arrivals::Times(_)
            | Arrivals::Trace(_) => {}
        }
    }
}

/// Subscribers whose batches have no effect.
pub(super) fn subscribers(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for id in diagram.edges.keys() {
        let Some(ConnectionConfig::Deliver(deliver)) = families::edge_config(diagram, catalog, id).0 else { continue };
        let Some(subscriber) = &deliver.subscriber else { continue };
        let place = |key: &str| Place::Edge(id.clone(), Some(key.to_owned()));
        let unset = |key: &str| Edit::SetField { target: Target::Edge(id.clone()), key: key.to_owned(), value: None };
        if !subscriber.waits && subscriber.batch_size > 1 {
            let message = "events that are only handed over go to the function one by one here, the batch size has no effect";
            found.push(
                Diagnostic::warning("batch-without-answer", place("batch_size"), message)
                    .hint("let the bus wait for the function with `request-response`")
                    .fix(unset("batch_size")),
            );
        }
        if subscriber.batch_size == 1 && subscriber.batch_window > 0.0 {
            let message = "a batch of one event is full at once, the window has no effect";
            found.push(
                Diagnostic::warning("window-without-batch", place("batch_window"), message)
                    .hint("give it a batch size")
                    .fix(unset("batch_window")),
            );
        }
    }
}

/// Subscribers that begin where the bus has nothing for them.
pub(super) fn replays(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for (id, edge) in &diagram.edges {
        let Some(ConnectionConfig::Deliver(deliver)) = families::edge_config(diagram, catalog, id).0 else { continue };
        let Some(BeginConfig { created, from, until, .. }) = deliver.subscriber.as_ref().map(|subscriber| subscriber.begin) else {
            continue;
        };
        let Some(Config::Bus(bus)) = families::node_config(diagram, catalog, &edge.from).0 else { continue };
        let BusKind::Subscribers(kept) = &bus.kind else { continue };
        let place = |key: &str| Place::Edge(id.clone(), Some(key.to_owned()));
        let set = |key: &str, value: Option<&str>| Edit::SetField {
            target: Target::Edge(id.clone()),
            key: key.to_owned(),
            value: value.map(Into::into),
        };
        if let Some(from) = from.filter(|from| *from > created || created - from > kept.retention) {
            let message = format!(
                "the starting point {} must lie within the {} before the subscriber is created at {}, the provider refuses another one",
                print_duration(from),
                print_duration(kept.retention),
                print_duration(created)
            );
            found.push(
                Diagnostic::error("starting-point-not-kept", place("starting_point"), message)
                    .hint("begin with the oldest event that the bus has kept, or keep events for longer")
                    .fix(set("starting_position", Some("horizon"))),
            );
        }
        if until <= from.unwrap_or(0.0) {
            let message = "the end point lies before the starting point, nothing is delivered";
            found.push(
                Diagnostic::error("ends-before-it-starts", place("end_point"), message)
                    .hint("leave it out to go on with live events")
                    .fix(set("end_point", None)),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Edge, EdgeKind, Node, edit};

    fn found(diagram: &Diagram) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        schedules(diagram, Catalog::embedded(), &mut found);
        subscribers(diagram, Catalog::embedded(), &mut found);
        replays(diagram, Catalog::embedded(), &mut found);
        found
    }

    #[test]
    fn each_is_named_and_its_fix_mends_it() {
        let schedule = |arrivals| Node::new("aws/eventbridge-scheduler", "").with("arrivals", arrivals);
        let (bus, plain) = (|| Node::new("aws/eventbridge-bus", ""), || Edge::new("from", "fn", EdgeKind::Deliver));
        let send = || Edge::new("from", "fn", EdgeKind::Send);
        let cases = [
            ("schedule-too-often", schedule("rate(30 s)"), send()),
            ("schedule-waits", schedule("closed(users=3, think=1 s)"), send()),
            ("batch-without-answer", bus(), plain().with("invocation", "event").with("batch_size", 10)),
            (
                "starting-point-not-kept",
                bus(),
                plain().with("starting_position", "timestamp").with("starting_point", "1 h").with("starts_at", "30 h"),
            ),
            (
                "starting-point-not-kept",
                bus(),
                plain().with("starting_position", "timestamp").with("starting_point", "2 h").with("starts_at", "1 h"),
            ),
            (
                "ends-before-it-starts",
                bus(),
                plain()
                    .with("starting_position", "timestamp")
                    .with("starting_point", "2 min")
                    .with("end_point", "1 min")
                    .with("starts_at", "5 min"),
            ),
            ("window-without-batch", bus(), plain().with("batch_window", "5 s")),
        ];
        for (code, from, edge) in cases {
            let mut diagram = Diagram::default();
            diagram.nodes.insert("from".into(), Arc::new(from));
            diagram.nodes.insert("fn".into(), Arc::new(Node::new("aws/lambda", "")));
            diagram.edges.insert("edge".into(), Arc::new(edge));
            let found_here = found(&diagram);
            assert_eq!(found_here.iter().map(|one| one.code).collect::<Vec<_>>(), [code]);
            let fix = found_here[0].fix.clone().expect("each of these has a fix");
            let mended = edit::apply(&diagram, &fix).expect("the fix applies");
            assert!(found(&mended).is_empty(), "{code}: {:?}", found(&mended));
        }
    }
}

//! Event buses and schedules: what the provider refuses, and what has no effect.

use std::collections::BTreeMap;

use crate::{
    Arrivals, Catalog, Diagnostic, Diagram, Edit, NodeId, Place,
    edit::Target,
    families::{self, BeginConfig, BusKind, Config, ConnectionConfig, Limit},
    units::print_duration,
    workload::Due,
};

/// Schedules that the provider would take.
pub(super) fn schedules(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for id in diagram.nodes.keys() {
        let (Some(Config::Producer(config)), _) = families::node_config(diagram, catalog, id) else { continue };
        let Some(scheduler) = &config.scheduler else { continue };
        let least = print_duration(scheduler.period_min);
        let place = || Place::Node(id.clone(), Some("arrivals".to_owned()));
        let fix = |text: &str| Edit::SetField { target: Target::Node(id.clone()), key: "arrivals".to_owned(), value: Some(text.into()) };
        match &config.arrivals {
            Arrivals::Schedule(schedule) => {
                if let Due::Every { period, .. } = &schedule.due
                    && *period < scheduler.period_min
                {
                    let message = format!("a schedule is due every {least} at most, not every {}", print_duration(*period));
                    found.push(
                        Diagnostic::error("schedule-too-often", place(), message)
                            .hint("let it be due less often, and `count` events then; or let a client or a loop make them")
                            .fix(fix(&format!("rate({least})"))),
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
            | Arrivals::Modulated(_)
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

/// An API destination has one rate, whichever rule or pipe calls it.
pub(super) fn destinations(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    let mut rates: BTreeMap<&NodeId, Limit> = BTreeMap::new();
    for (id, edge) in diagram.edges.iter().filter(|(_, edge)| edge.fields.contains_key("throttle")) {
        let Some(config) = families::edge_config(diagram, catalog, id).0 else { continue };
        let Some(limit) = config.throttle().filter(|limit| limit.scope == Limit::DESTINATION) else { continue };
        let first = rates.entry(&edge.to).or_insert_with(|| limit.clone());
        if (first.value - limit.value).abs() <= f64::EPSILON * first.value {
            continue;
        }
        let (of_all, own) = (first.quantity.print(first.value), limit.quantity.print(limit.value));
        let message = format!(
            "all that call `{}` share the rate of one API destination, {of_all} as another edge says; {own} has no effect",
            diagram.title(&edge.to)
        );
        found.push(
            Diagnostic::warning("rates-of-one-destination", Place::Edge(id.clone(), Some(limit.key.clone())), message)
                .hint("set the same rate on all of them, or draw a second API where there are two destinations")
                .fix(Edit::SetField { target: Target::Edge(id.clone()), key: limit.key.clone(), value: Some(of_all.into()) }),
        );
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

    /// Three rules call one API, two of them at rates of their own: the later one is told, and its fix makes them equal.
    #[test]
    fn an_api_destination_has_one_rate() {
        let mut diagram = Diagram::default();
        diagram.nodes.insert("bus".into(), Arc::new(Node::new("aws/eventbridge-classic", "")));
        diagram.nodes.insert("api".into(), Arc::new(Node::new("generic/http-api", "")));
        let rule = || Edge::new("bus", "api", EdgeKind::Deliver);
        for (id, edge) in [("a", rule()), ("b", rule().with("throttle", "100/s")), ("c", rule().with("throttle", "200/s"))] {
            diagram.edges.insert(id.into(), Arc::new(edge));
        }
        let found = |diagram: &Diagram| {
            let mut found = Vec::new();
            destinations(diagram, Catalog::embedded(), &mut found);
            found
        };
        let problems = found(&diagram);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!((problems[0].code, &problems[0].place), ("rates-of-one-destination", &Place::Edge("c".into(), Some("throttle".into()))));
        let mended = edit::apply(&diagram, problems[0].fix.as_ref().unwrap()).unwrap();
        assert!(found(&mended).is_empty());
    }
}

//! Faults of a scenario against what they strike.

use crate::{
    Catalog, Diagnostic, Diagram, EdgeId, EdgeKind, NodeId, Place, ScenarioId,
    diagnostic::closest,
    families::{self, Config},
    fault::{Effect, Fault, FaultKind},
    scenario::{Plan, Until},
};

/// Whether every fault strikes something that can have it, within the run and not twice at a time.
pub fn faults(diagram: &Diagram, catalog: &Catalog, scenario: &ScenarioId, plan: &Plan) -> Vec<Diagnostic> {
    (0..plan.faults.len()).flat_map(|index| fault_problems(diagram, catalog, scenario, plan, index)).collect()
}

/// What is wrong with one fault of a plan, by its index.
pub fn fault_problems(diagram: &Diagram, catalog: &Catalog, scenario: &ScenarioId, plan: &Plan, index: usize) -> Vec<Diagnostic> {
    let place = || Place::Scenario(scenario.clone(), Some("faults".to_owned()));
    let Some(fault) = plan.faults.get(index) else { return Vec::new() };
    let mut found = Vec::new();
    if let Err((why, hint)) = target(diagram, catalog, fault) {
        found.push(Diagnostic::error("impossible-fault", place(), why).hint(hint));
    }
    if plan.faults[..index].iter().any(|other| fault.overlaps(other)) {
        let message = format!("two faults of kind `{}` strike `{}` at the same time", fault.effect.kind().as_str(), fault.on);
        found.push(Diagnostic::error("overlapping-faults", place(), message).hint("make it one fault, or let one end before the other"));
    }
    found.extend(times(fault, plan).map(|(message, hint)| Diagnostic::warning("fault-outside-run", place(), message).hint(hint)));
    found
}

/// The kinds of faults that a node or edge with this id can have; none where nothing arrives or nothing has the id.
pub fn possible_faults(diagram: &Diagram, catalog: &Catalog, on: &str) -> Vec<FaultKind> {
    if let Some((id, _)) = diagram.nodes.get_key_value(on) {
        return families::node_config(diagram, catalog, id).0.map(|config| kinds_of(&config)).unwrap_or_default();
    }
    diagram.edges.get(on).map(|edge| edge_kinds(edge.kind)).unwrap_or_default()
}

/// The keys of the limits of a node that a throttle fault can tighten.
pub fn tightenable(diagram: &Diagram, catalog: &Catalog, on: &str) -> Vec<String> {
    let Some((id, _)) = diagram.nodes.get_key_value(on) else { return Vec::new() };
    let config = families::node_config(diagram, catalog, id).0;
    config.map(|config| config.tightens().into_iter().map(ToString::to_string).collect()).unwrap_or_default()
}

fn times(fault: &Fault, plan: &Plan) -> Option<(String, &'static str)> {
    let last = match plan.until {
        Until::Duration => plan.duration,
        Until::Drained => plan.duration + plan.drain_limit,
    };
    // What ends with the run is meant to last: nobody asks what comes after it.
    let is_open = (fault.to - last).abs() < f64::EPSILON * last;
    if fault.from >= last {
        Some((format!("the run is over before this begins: {fault}"), "let it begin earlier, or make the run longer"))
    } else if fault.to >= plan.duration && !is_open && fault.effect.kind() != FaultKind::Deploy {
        Some((format!("the load is over before this ends: {fault}"), "leave time after it to see whether the system comes back"))
    } else {
        None
    }
}

/// Whether its target exists and can have such a fault; else why not, and what to do.
fn target(diagram: &Diagram, catalog: &Catalog, fault: &Fault) -> Result<(), (String, String)> {
    let (on, effect) = (fault.on.as_str(), &fault.effect);
    if let Some((id, _)) = diagram.nodes.get_key_value(on) {
        return match families::node_config(diagram, catalog, id).0 {
            Some(config) => node(on, &config, effect),
            None => Ok(()),
        };
    }
    if let Some(found) = diagram.edges.get(on) {
        return edge(on, found.kind, effect);
    }
    let known = diagram.nodes.keys().map(NodeId::as_str).chain(diagram.edges.keys().map(EdgeId::as_str));
    let hint = closest(on, known).map_or_else(|| "`on` is the id of a node or edge".to_owned(), |known| format!("did you mean `{known}`?"));
    Err((format!("there is no node or edge `{on}` to strike"), hint))
}

fn node(on: &str, config: &Config, effect: &Effect) -> Result<(), (String, String)> {
    let kinds = kinds_of(config);
    if !kinds.contains(&effect.kind()) {
        return Err((format!("`{on}` cannot have a fault of kind `{}`", effect.kind().as_str()), can(&kinds)));
    }
    match effect {
        Effect::Stretch { .. } => {
            let slow = if kinds.contains(&FaultKind::Slow) { "use `slow`, or `add` a time" } else { "`add` a time instead" };
            Err((format!("`factor` of a latency fault is for edges, and `{on}` is a node"), slow.to_owned()))
        }
        Effect::Tighten { limit, .. } => tightened(config, limit.as_deref()).map(|_| ()).map_err(|hint| {
            let which = limit.as_ref().map_or_else(|| "one limit that is meant".to_owned(), |limit| format!("limit `{limit}` to tighten"));
            (format!("`{on}` has no {which}"), hint)
        }),
        Effect::Outage { .. }
        | Effect::Delay(_)
        | Effect::Errors { .. }
        | Effect::Refuse { .. }
        | Effect::Capacity { .. }
        | Effect::Poison { .. }
        | Effect::Slow { .. }
        | Effect::Duplicates { .. }
        | Effect::Deploy
        | Effect::Surge { .. }
        | Effect::Batch { .. } => Ok(()),
    }
}

/// Kinds that a node can have.
fn kinds_of(config: &Config) -> Vec<FaultKind> {
    if let Config::Producer(producer) = config {
        return if producer.scheduler.is_none() && producer.arrivals.can_surge() { vec![FaultKind::Surge] } else { Vec::new() };
    }
    FaultKind::ANYWHERE.into_iter().chain(config.faults().iter().copied()).collect()
}

/// The key of the limit that a throttle fault means; else which there are.
pub fn tightened(config: &Config, limit: Option<&str>) -> Result<String, String> {
    let keys = config.tightens();
    match (limit, keys.as_slice()) {
        (Some(wanted), keys) if keys.contains(&wanted) => Ok(wanted.to_owned()),
        (None, [only]) => Ok((*only).to_owned()),
        (_, []) => Err("it has no limit that can be tightened: give a `share` that is refused instead".to_owned()),
        (_, keys) => Err(format!("name one as `limit`: {}; or give a `share` that is refused", keys.join(", "))),
    }
}

/// Kinds that an edge can have.
fn edge_kinds(kind: EdgeKind) -> Vec<FaultKind> {
    let own: &[FaultKind] = match kind {
        EdgeKind::Send | EdgeKind::Deliver => &[FaultKind::Duplicates],
        EdgeKind::Poll => &[FaultKind::Capacity, FaultKind::Batch],
        EdgeKind::Request | EdgeKind::DeadLetter => &[],
    };
    FaultKind::ANYWHERE.into_iter().chain(own.iter().copied()).collect()
}

fn edge(on: &str, kind: EdgeKind, effect: &Effect) -> Result<(), (String, String)> {
    let kinds = edge_kinds(kind);
    if !kinds.contains(&effect.kind()) {
        let of_a_queue = effect.kind() == FaultKind::Duplicates && kind == EdgeKind::Poll;
        let hint = if of_a_queue { "let it strike the queue instead".to_owned() } else { can(&kinds) };
        return Err((format!("a {} edge such as `{on}` cannot have a fault of kind `{}`", kind.as_str(), effect.kind().as_str()), hint));
    }
    if let Effect::Tighten { .. } = effect {
        let hint = "give a `share` that is refused, or let it strike the node";
        return Err((format!("`{on}` is an edge and has no limit to tighten"), hint.to_owned()));
    }
    Ok(())
}

fn can(kinds: &[FaultKind]) -> String {
    if kinds.is_empty() {
        return "nothing arrives at what makes the load, and a schedule, fleet or recording cannot surge: change its load, or strike \
                what it calls"
            .to_owned();
    }
    let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    format!("it can have {}", words.join(", "))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Edge, Node, Scenario};
    use serde_json::{Value, json};

    /// A client, a queue, a function, an API and a table, in a row.
    fn diagram() -> Diagram {
        let mut diagram = Diagram::default();
        let nodes = [
            ("client", "generic/client"),
            ("queue", "aws/sqs"),
            ("worker", "aws/lambda"),
            ("api", "generic/http-api"),
            ("door", "aws/api-gateway-http"),
            ("desk", "generic/station"),
        ];
        for (id, service) in nodes {
            diagram.nodes.insert(id.into(), Arc::new(Node::new(service, "")));
        }
        let clock = Node::new("generic/client", "").with("arrivals", "batch(5, every=1 min)");
        diagram.nodes.insert("clock".into(), Arc::new(clock));
        for (id, from, to, kind) in [
            ("send", "client", "queue", EdgeKind::Send),
            ("consume", "queue", "worker", EdgeKind::Poll),
            ("charge", "worker", "api", EdgeKind::Request),
        ] {
            diagram.edges.insert(id.into(), Arc::new(Edge::new(from, to, kind)));
        }
        diagram
    }

    fn told(list: Value) -> Vec<String> {
        let (plan, problems) = Scenario::default().with("duration", "100 s").with("faults", list).plan(&"default".into());
        assert!(problems.is_empty(), "{problems:?}");
        let found = faults(&diagram(), Catalog::embedded(), &"default".into(), &plan);
        found.into_iter().map(|found| format!("{}: {} ({})", found.code, found.message, found.hint)).collect()
    }

    fn fault(kind: &str, on: &str, more: &Value) -> Value {
        let mut fault = json!({"kind": kind, "on": on, "from": "10 s", "to": "20 s"});
        let more = more.as_object().cloned().unwrap_or_default();
        fault.as_object_mut().unwrap().extend(more);
        fault
    }

    #[test]
    fn what_a_target_can_have_is_not_told() {
        for (kind, on, more) in [
            ("outage", "queue", json!({})),
            ("latency", "consume", json!({"factor": 3})),
            ("errors", "charge", json!({"share": "5 %"})),
            ("throttle", "worker", json!({"factor": 0.5})),
            ("throttle", "door", json!({"factor": 0.5, "limit": "account_rate"})),
            ("throttle", "send", json!({"share": "5 %"})),
            ("capacity", "consume", json!({"lost": "50 %"})),
            ("poison", "worker", json!({"share": "5 %"})),
            ("slow", "door", json!({"factor": 2})),
            ("duplicates", "send", json!({"share": "5 %"})),
            ("surge", "client", json!({"factor": 3})),
            ("batch", "consume", json!({"size": 3})),
        ] {
            assert!(told(json!([fault(kind, on, &more)])).is_empty(), "{kind} on {on}");
        }
    }

    #[test]
    fn what_it_cannot_have_is_told_with_what_it_can() {
        for (kind, on, more, wanted) in [
            ("outage", "quue", json!({}), "did you mean `queue`?"),
            ("outage", "client", json!({}), "it can have surge"),
            ("outage", "clock", json!({}), "change its load"),
            ("surge", "worker", json!({"factor": 2}), "it can have outage"),
            ("batch", "send", json!({"size": 2}), "it can have outage"),
            ("capacity", "api", json!({"lost": "5 %"}), "it can have outage, latency, errors, throttle, poison, slow"),
            ("capacity", "charge", json!({"lost": "5 %"}), "it can have outage, latency, errors, throttle)"),
            ("duplicates", "consume", json!({"share": "5 %"}), "strike the queue instead"),
            ("latency", "worker", json!({"factor": 2}), "use `slow`"),
            ("throttle", "charge", json!({"factor": 0.5}), "let it strike the node"),
            ("throttle", "api", json!({"factor": 0.5}), "give a `share`"),
            ("throttle", "door", json!({"factor": 0.5, "limit": "speed"}), "name one as `limit`: account_rate"),
        ] {
            let told = told(json!([fault(kind, on, &more)]));
            assert!(told.len() == 1 && told[0].starts_with("impossible-fault") && told[0].contains(wanted), "{kind} on {on}: {told:?}");
        }
    }

    #[test]
    fn faults_at_the_same_time_and_outside_of_the_run_are_told() {
        let twice = json!([fault("outage", "api", &json!({})), fault("outage", "api", &json!({"from": "15 s", "to": "30 s"}))]);
        assert!(told(twice)[0].starts_with("overlapping-faults"));
        let late = told(json!([fault("outage", "api", &json!({"from": "100 s", "to": "200 s"}))]));
        assert!(late[0].starts_with("fault-outside-run: the run is over before"), "{late:?}");
        let long = told(json!([fault("outage", "api", &json!({"to": "150 s"}))]));
        assert!(long[0].starts_with("fault-outside-run: the load is over before"), "{long:?}");
        let open = told(json!([fault("outage", "api", &json!({"to": "100 s"}))]));
        assert!(open.is_empty(), "it lasts to the end of the run: {open:?}");
    }
}

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
    let place = || Place::Scenario(scenario.clone(), Some("faults".to_owned()));
    let mut found = Vec::new();
    for (index, fault) in plan.faults.iter().enumerate() {
        if let Err((why, hint)) = target(diagram, catalog, fault) {
            found.push(Diagnostic::error("impossible-fault", place(), why).hint(hint));
        }
        if plan.faults[..index].iter().any(|other| fault.overlaps(other)) {
            let message = format!("two faults of kind `{}` strike `{}` at the same time", fault.effect.kind().as_str(), fault.on);
            found
                .push(Diagnostic::error("overlapping-faults", place(), message).hint("make it one fault, or let one end before the other"));
        }
        found.extend(times(fault, plan).map(|(message, hint)| Diagnostic::warning("fault-outside-run", place(), message).hint(hint)));
    }
    found
}

fn times(fault: &Fault, plan: &Plan) -> Option<(String, &'static str)> {
    let last = match plan.until {
        Until::Duration => plan.duration,
        Until::Drained => plan.duration + plan.drain_limit,
    };
    if fault.from >= last {
        Some((format!("the run is over before this begins: {fault}"), "let it begin earlier, or make the run longer"))
    } else if fault.to >= plan.duration && fault.effect.kind() != FaultKind::Deploy {
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
        | Effect::Deploy => Ok(()),
    }
}

/// Kinds that a node can have.
fn kinds_of(config: &Config) -> Vec<FaultKind> {
    if matches!(config, Config::Producer(_)) {
        return Vec::new();
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

fn edge(on: &str, kind: EdgeKind, effect: &Effect) -> Result<(), (String, String)> {
    let own: &[FaultKind] = match kind {
        EdgeKind::Send | EdgeKind::Deliver => &[FaultKind::Duplicates],
        EdgeKind::Poll => &[FaultKind::Capacity],
        EdgeKind::Request | EdgeKind::DeadLetter => &[],
    };
    let kinds: Vec<FaultKind> = FaultKind::ANYWHERE.into_iter().chain(own.iter().copied()).collect();
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
        return "nothing arrives at what makes the load: change its load, or strike what it calls".to_owned();
    }
    let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    format!("it can have {}", words.join(", "))
}

//! Fields of nodes, edges and scenarios against their records.

use crate::{
    Catalog, Diagnostic, Diagram, Place,
    diagnostic::closest,
    families::{self, Config},
    objective::Metric,
};

/// Every field reads as what its record says.
pub(super) fn fields(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for id in diagram.nodes.keys() {
        let (config, diagnostics) = families::node_config(diagram, catalog, id);
        found.extend(diagnostics);
        if let Some(Config::Station(station)) = config {
            let by_type = station.service_by_type.iter().map(|(name, _)| ("service_by_type", name));
            for (key, name) in station.priorities.iter().map(|name| ("priorities", name)).chain(by_type) {
                known_event_type(diagram, Place::Node(id.clone(), Some(key.to_owned())), name, found);
            }
        }
    }
    for id in diagram.edges.keys() {
        found.extend(families::edge_config(diagram, catalog, id).1);
    }
}

fn known_event_type(diagram: &Diagram, place: Place, name: &str, found: &mut Vec<Diagnostic>) {
    if diagram.event_types.contains_key(name) {
        return;
    }
    let near = closest(name, diagram.event_types.keys().map(crate::EventTypeId::as_str));
    let hint = near.map_or_else(|| "add it to the event types of the diagram".to_owned(), |near| format!("did you mean `{near}`?"));
    found.push(Diagnostic::error("unknown-event-type", place, format!("there is no event type `{name}`")).hint(hint));
}

/// Every scenario reads, and speaks of nodes that exist.
pub(super) fn scenarios(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for (id, scenario) in &diagram.scenarios {
        let (plan, diagnostics) = scenario.plan(id);
        found.extend(diagnostics);
        found.extend(super::faults(diagram, catalog, id, &plan));
        for node in plan.load.keys().filter(|node| !diagram.nodes.contains_key(*node)) {
            found.push(Diagnostic::error(
                "unknown-node",
                Place::Scenario(id.clone(), Some("load".to_owned())),
                format!("there is no node `{node}` to load"),
            ));
        }
        for objective in &plan.objectives {
            let place = Place::Scenario(id.clone(), Some("objectives".to_owned()));
            match &objective.of {
                Some(of) if !diagram.nodes.contains_key(of.as_str()) => {
                    found.push(Diagnostic::error("unknown-node", place, format!("`{objective}` speaks of `{of}`, which is no node")));
                }
                None if matches!(objective.metric, Metric::Backlog | Metric::Age) => {
                    found.push(Diagnostic::error("objective-without-node", place, format!("`{objective}` must say of which node")));
                }
                Some(_) | None => {}
            }
        }
    }
}

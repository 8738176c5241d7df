//! How nodes, edges and event types hang together.

use petgraph::{algo::tarjan_scc, graphmap::DiGraphMap};

use crate::{Catalog, Diagnostic, Diagram, EdgeKind, Edit, Place, families::Family};

fn family(diagram: &Diagram, catalog: &Catalog, node: &crate::NodeId) -> Option<Family> {
    diagram.nodes.get(node).and_then(|node| catalog.get(&node.service)).map(|service| service.family)
}

/// Every edge is a connection that the two services know.
pub(super) fn connections(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for (id, edge) in &diagram.edges {
        let place = Place::Edge(id.clone(), None);
        let (Some(from), Some(to)) = (diagram.nodes.get(&edge.from), diagram.nodes.get(&edge.to)) else {
            found.push(Diagnostic::error("dangling-edge", place, "one of its ends is no node"));
            continue;
        };
        let (Some(from_service), Some(to_service)) = (catalog.get(&from.service), catalog.get(&to.service)) else { continue };
        if catalog.connection(edge.kind, &from.service, &to.service).is_some() {
            continue;
        }
        let kinds = catalog.kinds_between(&from.service, &to.service);
        let message = format!("{} cannot {} {}", from_service.title, verb(edge.kind), to_service.title);
        let diagnostic = Diagnostic::error("impossible-edge", place, message);
        found.push(match kinds.first() {
            Some(kind) => diagnostic.hint(format!("make it a `{}` edge", kind.as_str())).fix(Edit::SetEdgeKind(id.clone(), *kind)),
            None => diagnostic.hint("these two services do not connect; put a function or a queue between them"),
        });
    }
}

fn verb(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::Request => "send requests to",
        EdgeKind::Send => "send to",
        EdgeKind::Deliver => "deliver to",
        EdgeKind::Poll => "be polled by",
        EdgeKind::DeadLetter => "dead-letter to",
    }
}

/// Event types that producers and steps name exist.
pub(super) fn event_types(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    let mut used = std::collections::BTreeSet::new();
    for (id, node) in &diagram.nodes {
        let mut names: Vec<String> = Vec::new();
        if let Some(mix) = node.fields.get("events").and_then(serde_json::Value::as_str) {
            names.extend(crate::workload::parse_mix(mix).unwrap_or_default().into_iter().map(|(name, _)| name));
        }
        if let Some(steps) = node.fields.get("work").and_then(serde_json::Value::as_array) {
            let branches = steps.iter().filter_map(|step| step.get("parallel")?.as_array()).flatten();
            names.extend(steps.iter().chain(branches).filter_map(|step| step.get("emit")?.as_str()).map(str::to_owned));
        }
        for name in names {
            if !diagram.event_types.contains_key(name.as_str()) {
                let known = diagram.event_types.keys().map(crate::EventTypeId::as_str);
                let hint = crate::diagnostic::closest(&name, known)
                    .map_or_else(|| "define it under event types".to_owned(), |known| format!("did you mean `{known}`?"));
                found.push(
                    Diagnostic::error("unknown-event-type", Place::Node(id.clone(), None), format!("there is no event type `{name}`"))
                        .hint(hint),
                );
            }
            used.insert(name);
        }
    }
    if catalog.nodes().next().is_some() {
        for (id, event_type) in &diagram.event_types {
            if !used.contains(id.as_str()) {
                found.push(Diagnostic::info("unused-event-type", Place::EventType(id.clone()), format!("nothing emits `{id}`")));
            }
            for (key, value) in &event_type.fields {
                let text = crate::families::field_value(value);
                let problem = match key.as_str() {
                    "size" => crate::units::parse_bytes(&text).err(),
                    "key" => text.parse::<crate::keys::KeyLaw>().err(),
                    "description" => None,
                    _ => {
                        found.push(Diagnostic::warning(
                            "unknown-field",
                            Place::EventType(id.clone()),
                            format!("an event type has no field `{key}`"),
                        ));
                        None
                    }
                };
                if let Some(why) = problem {
                    found.push(Diagnostic::error("bad-value", Place::EventType(id.clone()), why));
                }
            }
        }
    }
}

/// A ring of callers that wait for each other never answers.
pub(super) fn cycles(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    let mut graph = DiGraphMap::<&str, ()>::new();
    for (id, edge) in &diagram.edges {
        let stations = family(diagram, catalog, &edge.from) == Some(Family::Station);
        if edge.kind == EdgeKind::Request && !stations {
            graph.add_edge(edge.from.as_str(), edge.to.as_str(), ());
        }
        if edge.from == edge.to && !stations {
            let message = format!("`{}` is connected to itself", diagram.title(&edge.from));
            let place = Place::Edge(id.clone(), None);
            found.push(match edge.kind {
                EdgeKind::Request | EdgeKind::DeadLetter => {
                    Diagnostic::error("self-loop", place, message).hint("let it go through a queue or another node")
                }
                EdgeKind::Send | EdgeKind::Deliver | EdgeKind::Poll => Diagnostic::warning("self-loop", place, message)
                    .hint("an event that causes itself runs for ever unless a share of it stops"),
            });
        }
    }
    for ring in tarjan_scc(&graph) {
        if ring.len() > 1 {
            let mut names: Vec<&str> = ring
                .iter()
                .map(|id| diagram.nodes.get(*id).map_or(*id, |node| if node.name.is_empty() { *id } else { &node.name }))
                .collect();
            names.sort_unstable();
            names.truncate(6);
            let place = ring.iter().min().map_or(Place::Document, |id| Place::Node(crate::NodeId::new(id), None));
            found.push(
                Diagnostic::error("synchronous-cycle", place, format!("these wait for each other in a ring: {}", names.join(", ")))
                    .hint("make one of the requests asynchronous: send to a queue, topic or bus instead"),
            );
        }
    }
}

/// Nodes that no load reaches.
pub(super) fn unreachable(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    if diagram.nodes.is_empty() {
        found.push(Diagnostic::info("empty", Place::Document, "the diagram is empty").hint("add a client and something that it calls"));
        return;
    }
    let mut graph = DiGraphMap::<&str, ()>::new();
    let mut producers = Vec::new();
    for id in diagram.nodes.keys() {
        graph.add_node(id.as_str());
        if family(diagram, catalog, id) == Some(Family::Producer) {
            producers.push(id.as_str());
            if diagram.outgoing(id).next().is_none() {
                found.push(
                    Diagnostic::warning(
                        "producer-without-target",
                        Place::Node(id.clone(), None),
                        format!("`{}` sends to nothing", diagram.title(id)),
                    )
                    .hint("drag from its port to a target"),
                );
            }
        }
    }
    for edge in diagram.edges.values() {
        graph.add_edge(edge.from.as_str(), edge.to.as_str(), ());
    }
    if producers.is_empty() {
        found.push(Diagnostic::error("no-producer", Place::Document, "nothing produces load").hint("add a client or a recorded trace"));
        return;
    }
    let mut reached = std::collections::BTreeSet::new();
    let mut open = producers;
    while let Some(id) = open.pop() {
        if reached.insert(id) {
            open.extend(graph.neighbors(id));
        }
    }
    for id in diagram.nodes.keys().filter(|id| !reached.contains(id.as_str())) {
        found.push(Diagnostic::warning("unreachable", Place::Node(id.clone(), None), format!("no load reaches `{}`", diagram.title(id))));
    }
}

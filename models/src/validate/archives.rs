//! Archives and replays: what the provider refuses.

use crate::{
    Catalog, Diagnostic, Diagram, EdgeId, EdgeKind, Edit, NodeId, Place,
    diagnostic::closest,
    edit::Target,
    families::{self, ConnectionConfig, Family, ReplayConfig},
    units::print_duration,
};

/// An archive belongs to one bus, and its replays go there, to rules that there are.
pub(super) fn archives(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for (id, node) in &diagram.nodes {
        if catalog.get(&node.service).is_none_or(|service| service.family != Family::Archive) {
            continue;
        }
        let sources: Vec<&NodeId> =
            diagram.incoming(id).filter(|(_, edge)| edge.kind == EdgeKind::Deliver).map(|(_, edge)| &edge.from).collect();
        if sources.iter().any(|source| *source != sources[0]) {
            let message = format!("`{}` keeps events of several buses, an archive belongs to one", diagram.title(id));
            found.push(
                Diagnostic::error("archive-of-several-buses", Place::Node(id.clone(), None), message).hint("draw an archive for each bus"),
            );
        }
        for (edge, row) in diagram.outgoing(id) {
            let Some(ConnectionConfig::Replay(replay)) = families::edge_config(diagram, catalog, edge).0 else { continue };
            if sources.first().is_some_and(|source| **source != row.to) {
                let message = format!("a replay goes to the bus that it was archived from, not to `{}`", diagram.title(&row.to));
                found.push(
                    Diagnostic::error("replay-to-another-bus", Place::Edge(edge.clone(), None), message)
                        .hint("draw it back to its own bus, and a rule from there"),
                );
            }
            frame(edge, &replay, found);
            rules(diagram, edge, &row.to, &replay, found);
        }
    }
}

fn set(edge: &EdgeId, key: &str, value: Option<serde_json::Value>) -> Edit {
    Edit::SetField { target: Target::Edge(edge.clone()), key: key.to_owned(), value }
}

/// Only what has happened can be replayed.
fn frame(edge: &EdgeId, replay: &ReplayConfig, found: &mut Vec<Diagnostic>) {
    let place = Place::Edge(edge.clone(), Some("until".to_owned()));
    if replay.until > replay.start {
        let message = format!(
            "the replay starts at {} and asks for events until {}, the provider refuses a time to come",
            print_duration(replay.start),
            print_duration(replay.until)
        );
        found.push(
            Diagnostic::error("replay-of-the-future", place, message)
                .hint("leave the end out for all that there is by then")
                .fix(set(edge, "until", None)),
        );
    } else if replay.from >= replay.until {
        let message = "the time frame is empty, nothing is replayed";
        found.push(Diagnostic::error("empty-replay", place, message).hint("begin earlier, or end later").fix(set(edge, "from", None)));
    }
}

fn rules(diagram: &Diagram, edge: &EdgeId, bus: &NodeId, replay: &ReplayConfig, found: &mut Vec<Diagnostic>) {
    let of_bus = || diagram.outgoing(bus).filter(|(_, edge)| edge.kind == EdgeKind::Deliver).map(|(id, _)| id.as_str());
    for name in replay.rules.iter().flatten().filter(|name| of_bus().all(|id| id != *name)) {
        let message = format!("`{}` has no rule `{name}`", diagram.title(bus));
        let hint = closest(name, of_bus()).map_or_else(|| "take `all`".to_owned(), |known| format!("did you mean `{known}`?"));
        let place = Place::Edge(edge.clone(), Some("rules".to_owned()));
        found.push(Diagnostic::error("unknown-rule", place, message).hint(hint).fix(set(edge, "rules", None)));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Edge, Node, edit};

    fn drawn(fields: &[(&str, &str)]) -> Diagram {
        let mut diagram = Diagram::default();
        for (id, service) in [
            ("bus", "aws/eventbridge-classic"),
            ("other", "aws/eventbridge-classic"),
            ("archive", "aws/eventbridge-archive"),
            ("queue", "aws/sqs"),
        ] {
            diagram.nodes.insert(id.into(), Arc::new(Node::new(service, "")));
        }
        let replay = fields.iter().fold(Edge::new("archive", "bus", EdgeKind::Send), |edge, (key, value)| edge.with(key, *value));
        for (id, edge) in [
            ("rule", Edge::new("bus", "queue", EdgeKind::Deliver)),
            ("store", Edge::new("bus", "archive", EdgeKind::Deliver)),
            ("replay", replay),
        ] {
            diagram.edges.insert(id.into(), Arc::new(edge));
        }
        diagram
    }

    fn found(diagram: &Diagram) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        archives(diagram, Catalog::embedded(), &mut found);
        found
    }

    #[test]
    fn each_refusal_is_named_and_its_fix_mends_it() {
        assert!(found(&drawn(&[("rules", "rule"), ("until", "10 min")])).is_empty());
        for (code, fields) in [
            ("replay-of-the-future", vec![("until", "31 min")]),
            ("empty-replay", vec![("from", "30 min")]),
            ("unknown-rule", vec![("rules", "rule, ruel")]),
        ] {
            let diagram = drawn(&fields);
            let here = found(&diagram);
            assert_eq!(here.iter().map(|one| one.code).collect::<Vec<_>>(), [code]);
            let mended = edit::apply(&diagram, &here[0].fix.clone().expect("each of these has a fix")).expect("the fix applies");
            assert!(found(&mended).is_empty(), "{code}: {:?}", found(&mended));
        }
    }

    #[test]
    fn an_archive_and_its_bus_belong_together() {
        let mut diagram = drawn(&[]);
        diagram.edges.insert("elsewhere".into(), Arc::new(Edge::new("archive", "other", EdgeKind::Send)));
        assert_eq!(found(&diagram).iter().map(|one| one.code).collect::<Vec<_>>(), ["replay-to-another-bus"]);
        diagram.edges.remove("elsewhere");
        diagram.edges.insert("second".into(), Arc::new(Edge::new("other", "archive", EdgeKind::Deliver)));
        assert!(found(&diagram).iter().any(|one| one.code == "archive-of-several-buses"));
    }
}

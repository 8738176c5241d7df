//! Arrows that are made, led elsewhere or divided.

use plimsoll_models::{Catalog, Diagram, Edge, EdgeId, EdgeKind, Edit, Line, Node, NodeId, Point, ServiceId, edit::Target, ids};

use super::{line::line_of, rules};
use crate::gui::words::connect as words;

/// How a new box hangs together with what is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Join {
    /// Not at all.
    #[default]
    Alone,
    /// An arrow comes from a box.
    After(NodeId, EdgeKind),
    /// An arrow goes to a box.
    Before(NodeId, EdgeKind),
    /// It stands between the ends of an arrow.
    On(EdgeId),
    /// An arrow that is there begins or ends at it from now on.
    Instead(EdgeId, End),
}

/// An end of an arrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Where events come from.
    Source,
    /// Where events go.
    Target,
}

/// A new arrow, and its id.
pub fn connect(diagram: &Diagram, from: &NodeId, to: &NodeId, kind: EdgeKind) -> (Edit, EdgeId) {
    let id = EdgeId::new(ids::fresh(&format!("{from}-{to}"), |id| diagram.edges.contains_key(id)));
    (Edit::AddEdge { id: id.clone(), edge: Edge::new(from.clone(), to.clone(), kind) }, id)
}

/// Leads one end of an arrow to another box. Its settings stay when they mean the same there, waypoints do not.
pub fn retarget(diagram: &Diagram, catalog: &Catalog, id: &EdgeId, end: End, to: &NodeId) -> Result<Edit, String> {
    let service = diagram.nodes.get(to).map(|node| &node.service).ok_or(words::GONE)?;
    let edge = diagram.edges.get(id).ok_or(words::GONE)?;
    let fixed = match end {
        End::Source => &edge.to,
        End::Target => &edge.from,
    };
    if fixed == to {
        return Err(words::ITSELF.to_owned());
    }
    Ok(Edit::All(words::RECONNECT.to_owned(), retargeted(diagram, catalog, id, end, to, service)?))
}

/// See [`retarget`]; the box need not be there yet.
pub fn retargeted(
    diagram: &Diagram,
    catalog: &Catalog,
    id: &EdgeId,
    end: End,
    to: &NodeId,
    service: &ServiceId,
) -> Result<Vec<Edit>, String> {
    let edge = diagram.edges.get(id).ok_or(words::GONE)?;
    let kind = kind_at(diagram, catalog, edge, end, service)?;
    let service_of = |node: &NodeId| diagram.nodes.get(node).map(|node| &node.service).ok_or(words::GONE);
    let (from, to, source, target) = match end {
        End::Source => (to, &edge.to, service, service_of(&edge.to)?),
        End::Target => (&edge.from, to, service_of(&edge.from)?, service),
    };
    let same = same_settings(diagram, catalog, edge, (kind, source, target));
    Ok(led(diagram, id, (from, to), kind, same))
}

/// The kind of an arrow when one of its ends is led to a service, or why that cannot be.
pub fn kind_at(diagram: &Diagram, catalog: &Catalog, edge: &Edge, end: End, service: &ServiceId) -> Result<EdgeKind, String> {
    let service_of = |node: &NodeId| diagram.nodes.get(node).map(|node| &node.service).ok_or(words::GONE);
    match end {
        End::Source => {
            let wish = rules::kept(diagram, catalog, edge.kind, &edge.from, service);
            rules::kind_between(catalog, service, service_of(&edge.to)?, wish)
        }
        End::Target => {
            let wish = rules::kept(diagram, catalog, edge.kind, &edge.to, service);
            rules::kind_between(catalog, service_of(&edge.from)?, service, wish)
        }
    }
}

/// Leads an arrow between two boxes.
fn led(diagram: &Diagram, id: &EdgeId, (from, to): (&NodeId, &NodeId), kind: EdgeKind, keep_fields: bool) -> Vec<Edit> {
    let Some(edge) = diagram.edges.get(id) else { return Vec::new() };
    let mut edits = vec![Edit::Reconnect(id.clone(), from.clone(), to.clone())];
    if edge.kind != kind {
        edits.push(Edit::SetEdgeKind(id.clone(), kind));
    }
    if !keep_fields {
        let reset = |key: &String| Edit::SetField { target: Target::Edge(id.clone()), key: key.clone(), value: None };
        edits.extend(edge.fields.keys().map(reset));
    }
    let line = line_of(diagram, id);
    if !line.waypoints.is_empty() {
        edits.push(Edit::SetLine(id.clone(), Some(Line { waypoints: Vec::new(), label: None, ..line })));
    }
    edits
}

/// Whether the settings of an arrow mean the same for an arrow of a kind between two services.
fn same_settings(diagram: &Diagram, catalog: &Catalog, edge: &Edge, (kind, from, to): (EdgeKind, &ServiceId, &ServiceId)) -> bool {
    let record = |kind, from: &ServiceId, to: &ServiceId| catalog.connection(kind, from, to).map(|service| &service.id);
    let old = diagram.nodes.get(&edge.from).zip(diagram.nodes.get(&edge.to));
    old.and_then(|(from, to)| record(edge.kind, &from.service, &to.service)) == record(kind, from, to)
}

/// The kinds of the two arrows that one becomes when a service stands on it.
pub fn halves(diagram: &Diagram, catalog: &Catalog, id: &EdgeId, service: &ServiceId) -> Result<(EdgeKind, EdgeKind), String> {
    let edge = diagram.edges.get(id).ok_or(words::GONE)?;
    let (from, to) = diagram.nodes.get(&edge.from).zip(diagram.nodes.get(&edge.to)).ok_or(words::GONE)?;
    let half = |kind: Result<EdgeKind, String>, from: &ServiceId, to: &ServiceId| {
        let kind = kind?;
        // What goes on its way must not end among the dead letters.
        if kind == EdgeKind::DeadLetter && edge.kind != EdgeKind::DeadLetter {
            Err(words::only_dead_letters(catalog, from, to))
        } else {
            Ok(kind)
        }
    };
    let first = half(kind_at(diagram, catalog, edge, End::Target, service), &from.service, service)?;
    let second = half(kind_at(diagram, catalog, edge, End::Source, service), service, &to.service)?;
    Ok((first, second))
}

/// Divides an arrow by a box, which need not be there yet. The first half is the old arrow, so that calls in a function's
/// work still mean it.
pub fn insert(diagram: &Diagram, catalog: &Catalog, id: &EdgeId, node: &NodeId, service: &ServiceId) -> Result<Vec<Edit>, String> {
    let (first, second) = halves(diagram, catalog, id, service)?;
    let edge = diagram.edges.get(id).ok_or(words::GONE)?;
    if edge.from == *node || edge.to == *node {
        return Err(words::ITSELF.to_owned());
    }
    let (from, to) = diagram.nodes.get(&edge.from).zip(diagram.nodes.get(&edge.to)).ok_or(words::GONE)?;
    let first_same = same_settings(diagram, catalog, edge, (first, &from.service, service));
    let second_same = same_settings(diagram, catalog, edge, (second, service, &to.service));
    let mut edits = led(diagram, id, (&edge.from, node), first, first_same);
    let fresh = EdgeId::new(ids::fresh(&format!("{node}-{}", edge.to), |id| diagram.edges.contains_key(id)));
    let mut half = Edge::new(node.clone(), edge.to.clone(), second);
    if second_same && !first_same {
        half.fields.clone_from(&edge.fields);
    }
    edits.push(Edit::AddEdge { id: fresh.clone(), edge: half });
    let style = line_of(diagram, id).style;
    edits.push(Edit::SetLine(fresh, Some(Line { style, ..Line::default() })));
    Ok(edits)
}

/// A new box and what joins it with the others, as one step of the history.
pub fn add(diagram: &Diagram, catalog: &Catalog, (id, node, at): (NodeId, Node, Point), join: &Join) -> Result<Edit, String> {
    let service = node.service.clone();
    let add = Edit::AddNode { id: id.clone(), node, at };
    let label = add.label();
    let joined = match join {
        Join::Alone => Vec::new(),
        Join::After(from, kind) => vec![connect(diagram, from, &id, *kind).0],
        Join::Before(to, kind) => vec![connect(diagram, &id, to, *kind).0],
        Join::On(edge) => insert(diagram, catalog, edge, &id, &service)?,
        Join::Instead(edge, end) => retargeted(diagram, catalog, edge, *end, &id, &service)?,
    };
    Ok(if joined.is_empty() { add } else { Edit::All(label, [add].into_iter().chain(joined).collect()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_models::edit::apply;

    fn pair(kind: EdgeKind, from: &str, to: &str) -> Diagram {
        let edits = vec![
            Edit::AddNode { id: "a".into(), node: Node::new(from, "A"), at: Point::default() },
            Edit::AddNode { id: "b".into(), node: Node::new(to, "B"), at: Point::new(480.0, 0.0) },
            Edit::AddEdge { id: "e".into(), edge: Edge::new("a", "b", kind).with("timeout", "3 s") },
        ];
        apply(&Diagram::default(), &Edit::All(String::new(), edits)).unwrap()
    }

    fn inserted(diagram: &Diagram, service: &str) -> Result<Diagram, String> {
        let new = ("n".into(), Node::new(service, "N"), Point::new(240.0, 0.0));
        Ok(apply(diagram, &add(diagram, Catalog::embedded(), new, &Join::On("e".into()))?).unwrap())
    }

    #[test]
    fn an_arrow_is_divided_into_two_legal_ones() {
        let diagram = inserted(&pair(EdgeKind::Request, "aws/lambda", "aws/lambda"), "aws/sqs").unwrap();
        let kinds: Vec<_> = diagram.edges.values().map(|edge| (edge.from.as_str(), edge.kind, edge.to.as_str())).collect();
        assert_eq!(kinds, [("a", EdgeKind::Send, "n"), ("n", EdgeKind::Poll, "b")]);
        assert_eq!(diagram.edges["e"].fields.len(), 1, "both are calls of the same library, with the same settings");
    }

    #[test]
    fn settings_that_mean_nothing_at_the_new_end_are_reset() {
        let stream = Edit::AddNode { id: "c".into(), node: Node::new("aws/kinesis", "C"), at: Point::default() };
        let diagram = apply(&pair(EdgeKind::Poll, "aws/sqs", "aws/lambda"), &stream).unwrap();
        let led = retarget(&diagram, Catalog::embedded(), &"e".into(), End::Source, &"c".into()).unwrap();
        let edge = &apply(&diagram, &led).unwrap().edges["e"];
        assert_eq!((edge.from.as_str(), edge.kind, edge.fields.len()), ("c", EdgeKind::Poll, 0));
    }

    #[test]
    fn what_cannot_stand_between_is_refused() {
        let diagram = pair(EdgeKind::Request, "generic/client", "aws/lambda");
        assert!(inserted(&diagram, "aws/dynamodb").is_err());
        assert!(inserted(&diagram, "generic/client").is_err());
    }

    #[test]
    fn an_end_finds_another_box_or_hears_why_not() {
        let catalog = Catalog::embedded();
        let third = Edit::AddNode { id: "c".into(), node: Node::new("aws/sqs", "C"), at: Point::default() };
        let diagram = apply(&pair(EdgeKind::Request, "aws/lambda", "aws/lambda"), &third).unwrap();
        let led = apply(&diagram, &retarget(&diagram, catalog, &"e".into(), End::Target, &"c".into()).unwrap()).unwrap();
        assert_eq!((led.edges["e"].to.as_str(), led.edges["e"].kind), ("c", EdgeKind::Send));
        assert!(retarget(&diagram, catalog, &"e".into(), End::Target, &"a".into()).is_err());
        assert_eq!(retarget(&diagram, catalog, &"e".into(), End::Source, &"c".into()).map(|_| ()), Ok(()), "a queue feeds a function");
    }
}

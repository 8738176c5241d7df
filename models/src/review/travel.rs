//! Who emits an event type, along which edges it goes, and who takes it.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::Review;
use crate::{
    Catalog, Diagram, EdgeId, EventTypeId, NodeId,
    families::{Family, Filter},
};

/// Where an event type goes in a diagram.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Travel {
    /// Producers, and nodes whose work emits it.
    pub emitters: BTreeSet<NodeId>,
    /// Edges that it goes along.
    pub edges: BTreeSet<EdgeId>,
    /// Nodes that do something with it, rather than hand it on.
    pub consumers: BTreeSet<NodeId>,
    /// Edges whose filter names it, whether or not it comes.
    pub awaited: BTreeSet<EdgeId>,
}

/// Where each event type goes; types that are only named are among them.
pub fn travels(diagram: &Diagram, catalog: &Catalog) -> BTreeMap<EventTypeId, Travel> {
    let review = Review::new(diagram, catalog);
    let mut travels: BTreeMap<EventTypeId, Travel> = diagram.event_types.keys().map(|id| (id.clone(), Travel::default())).collect();
    for (id, facts) in review.nodes() {
        let of_mix = if facts.family() == Family::Producer { review.arriving(id) } else { BTreeSet::default() };
        let of_work = review.calls(id).into_iter().filter_map(|call| call.emit);
        for name in of_mix.into_iter().chain(of_work).filter(|name| !name.is_empty()) {
            travels.entry(EventTypeId::new(name)).or_default().emitters.insert(id.clone());
        }
    }
    for (id, edge) in &diagram.edges {
        for name in review.leaving(id, edge).into_iter().filter(|name| !name.is_empty()) {
            let travel = travels.entry(EventTypeId::new(name)).or_default();
            travel.edges.insert(id.clone());
            if review.node(&edge.to).is_none_or(|facts| !hands_on(facts.family())) {
                travel.consumers.insert(edge.to.clone());
            }
        }
        if let Some(Filter::Types(names)) = review.filter(id) {
            for name in names {
                travels.entry(EventTypeId::new(name)).or_default().awaited.insert(id.clone());
            }
        }
    }
    travels
}

/// Whether a family only carries what arrives.
fn hands_on(family: Family) -> bool {
    match family {
        Family::Topic | Family::Bus | Family::Queue | Family::Stream | Family::Pipe | Family::Gateway => true,
        Family::Producer
        | Family::Compute
        | Family::Table
        | Family::Bucket
        | Family::Database
        | Family::Proxy
        | Family::Workflow
        | Family::External
        | Family::Station
        | Family::Archive
        | Family::Connection => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Edge, EdgeKind, EventType, Node};

    #[test]
    fn types_are_followed_through_filters_to_who_takes_them() {
        let mut diagram = Diagram::default();
        for (id, service, field) in [
            ("shop", "generic/client", Some(("events", "Placed: 9, Canceled: 1"))),
            ("topic", "aws/sns", None),
            ("queue", "aws/sqs", None),
            ("worker", "aws/lambda", None),
        ] {
            let mut node = Node::new(service, "");
            if let Some((key, value)) = field {
                node = node.with(key, value);
            }
            diagram.nodes.insert(id.into(), Arc::new(node));
        }
        for (id, from, to, kind, filter) in [
            ("publish", "shop", "topic", EdgeKind::Send, None),
            ("subscribe", "topic", "queue", EdgeKind::Deliver, Some("Placed")),
            ("ghosts", "topic", "worker", EdgeKind::Deliver, Some("Ghost")),
            ("consume", "queue", "worker", EdgeKind::Poll, None),
        ] {
            let mut edge = Edge::new(from, to, kind);
            if let Some(filter) = filter {
                edge.fields.insert("filter".to_owned(), filter.into());
            }
            diagram.edges.insert(id.into(), Arc::new(edge));
        }
        diagram.event_types.insert("Unused".into(), Arc::new(EventType::default()));
        let travels = travels(&diagram, Catalog::embedded());
        let words = |set: &BTreeSet<EdgeId>| set.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let placed = &travels["Placed"];
        assert_eq!((placed.emitters.len(), words(&placed.edges).as_str()), (1, "consume publish subscribe"));
        assert_eq!(placed.consumers, ["worker".into()].into());
        let canceled = &travels["Canceled"];
        assert!(canceled.consumers.is_empty() && words(&canceled.edges) == "publish", "no subscription matches it");
        let ghost = &travels["Ghost"];
        assert!(ghost.emitters.is_empty() && words(&ghost.awaited) == "ghosts", "nobody emits it");
        assert_eq!(travels["Unused"], Travel::default());
    }
}

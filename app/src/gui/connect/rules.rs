//! Which boxes may be connected, by which kind of edge, and why others may not.

use plimsoll_models::{Catalog, Diagram, EdgeKind, NodeId, ServiceId};

use crate::{
    gui::words::{arrange, connect as words},
    scene::is_folded,
};

/// The kind of an arrow between two services: the wished one if that is possible, else the most usual one.
pub fn kind_between(catalog: &Catalog, from: &ServiceId, to: &ServiceId, wish: Option<EdgeKind>) -> Result<EdgeKind, String> {
    if is_folded(from) || is_folded(to) {
        return Err(arrange::EXPAND_TO_CONNECT.to_owned());
    }
    let kinds = catalog.kinds_between(from, to);
    let usual = || kinds.iter().find(|kind| **kind != EdgeKind::DeadLetter).or(kinds.first()).copied();
    if let Some(kind) = wish.filter(|kind| kinds.contains(kind)).or_else(usual) {
        return Ok(kind);
    }
    let name = |id: &ServiceId| catalog.get(id).map_or_else(|| id.to_string(), |service| service.short_title().to_owned());
    let backward = !catalog.kinds_between(to, from).is_empty();
    Err(if backward { words::wrong_way(&name(from), &name(to)) } else { words::no_connection(&name(from), &name(to)) })
}

/// The kind that an arrow should keep when a service takes the place of one of its boxes: a queue in the place of a
/// function is not called, it is sent to.
pub fn kept(diagram: &Diagram, catalog: &Catalog, kind: EdgeKind, replaced: &NodeId, service: &ServiceId) -> Option<EdgeKind> {
    let family = |id: &ServiceId| catalog.get(id).map(|service| service.family);
    let same = diagram.nodes.get(replaced).and_then(|node| family(&node.service)) == family(service);
    (same || kind == EdgeKind::DeadLetter).then_some(kind)
}

/// The kind of an arrow between two boxes, or why there can be none.
pub fn verdict(diagram: &Diagram, catalog: &Catalog, from: &NodeId, to: &NodeId, wish: Option<EdgeKind>) -> Result<EdgeKind, String> {
    let Some((source, target)) = diagram.nodes.get(from).zip(diagram.nodes.get(to)) else { return Err(words::GONE.to_owned()) };
    if from == to {
        return Err(words::ITSELF.to_owned());
    }
    kind_between(catalog, &source.service, &target.service, wish)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_whether_the_other_way_round_would_do() {
        let catalog = Catalog::embedded();
        let kind = |from: &str, to: &str, wish| kind_between(catalog, &from.into(), &to.into(), wish);
        assert_eq!(kind("aws/sqs", "aws/lambda", None), Ok(EdgeKind::Poll));
        assert_eq!(kind("aws/sqs", "aws/lambda", Some(EdgeKind::Request)), Ok(EdgeKind::Poll), "what cannot be kept is not");
        assert!(kind("aws/lambda", "generic/client", None).unwrap_err().contains("other way round"));
        assert!(kind("aws/dynamodb", "aws/sqs", None).is_err());
    }
}

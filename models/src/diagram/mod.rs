//! The document as a value. Look-ups only; a changed diagram comes from [`crate::edit::apply`].

mod edge;
mod group;
mod node;

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

pub use edge::{Edge, EdgeKind};
pub use group::{Group, GroupKind};
pub use node::Node;

use crate::{EdgeId, EventTypeId, GroupId, NodeId, Point, Scenario, ScenarioId};

/// Typed fields of a node, edge or scenario as they stand in the file, by key.
pub type Fields = BTreeMap<String, Value>;

/// An architecture: what there is, how it is connected, and what happens to it.
///
/// Cheap to clone: a clone shares its parts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagram {
    /// Title.
    pub name: String,
    /// What the reader should know, in Markdown.
    pub description: String,
    /// Region, applied quotas and what else uses the account.
    pub account: Account,
    /// Boxes.
    pub nodes: BTreeMap<NodeId, Arc<Node>>,
    /// Arrows.
    pub edges: BTreeMap<EdgeId, Arc<Edge>>,
    /// Frames around nodes.
    pub groups: BTreeMap<GroupId, Arc<Group>>,
    /// What travels.
    pub event_types: BTreeMap<EventTypeId, Arc<EventType>>,
    /// What happens to the diagram.
    pub scenarios: BTreeMap<ScenarioId, Arc<Scenario>>,
    /// Position of the center of each node.
    pub layout: BTreeMap<NodeId, Point>,
    /// Fields of a newer version, kept as they are.
    pub unknown: Fields,
}

impl Diagram {
    /// Edges that leave a node, in order of their ids.
    pub fn outgoing<'a>(&'a self, node: &'a NodeId) -> impl Iterator<Item = (&'a EdgeId, &'a Edge)> {
        self.edges.iter().filter(move |(_, edge)| edge.from == *node).map(|(id, edge)| (id, &**edge))
    }

    /// Edges that enter a node, in order of their ids.
    pub fn incoming<'a>(&'a self, node: &'a NodeId) -> impl Iterator<Item = (&'a EdgeId, &'a Edge)> {
        self.edges.iter().filter(move |(_, edge)| edge.to == *node).map(|(id, edge)| (id, &**edge))
    }

    /// The name of a node, or its id when it has none.
    pub fn title<'a>(&'a self, id: &'a NodeId) -> &'a str {
        match self.nodes.get(id) {
            Some(node) if !node.name.is_empty() => &node.name,
            Some(_) | None => id.as_str(),
        }
    }

    /// Position of a node; nodes without one stand at the origin.
    pub fn position(&self, id: &NodeId) -> Point {
        self.layout.get(id).copied().unwrap_or_default()
    }

    /// The scenario that runs when none is named: the one called `default`, else the first.
    pub fn default_scenario(&self) -> Option<&ScenarioId> {
        self.scenarios.get_key_value("default").or_else(|| self.scenarios.first_key_value()).map(|(id, _)| id)
    }
}

/// The account that the diagram runs in.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// Region, such as `us-east-1`.
    pub region: String,
    /// Applied quotas by `service.key`, such as `aws/lambda.concurrent_executions`.
    pub quotas: Fields,
    /// Use of shared quotas by what is outside of the diagram, by the same keys.
    pub outside: Fields,
    /// Fields of a newer version, kept as they are.
    pub unknown: Fields,
}

impl Default for Account {
    fn default() -> Self {
        Self { region: "us-east-1".to_owned(), quotas: Fields::new(), outside: Fields::new(), unknown: Fields::new() }
    }
}

/// A kind of event, such as `OrderPlaced`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventType {
    /// Fields by key: `size`, `key`, `description`.
    pub fields: Fields,
}

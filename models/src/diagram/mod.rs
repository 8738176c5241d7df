//! The document as a value. Look-ups only; a changed diagram comes from [`crate::edit::apply`].

mod edge;
mod group;
mod line;
mod node;
mod note;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::Value;

pub use edge::{Edge, EdgeKind};
pub use group::{GROUP_DEPTH_MAX, Group, GroupKind};
pub use line::{LabelPlace, Line, LineStyle, WAYPOINTS_MAX};
pub use node::Node;
pub use note::{About, Bookmark, Note};

use crate::{BookmarkId, EdgeId, EventTypeId, GroupId, NodeId, NoteId, Point, Scenario, ScenarioId};

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
    /// Nodes that a tidy layout leaves where they are.
    pub pinned: BTreeSet<NodeId>,
    /// Courses of the arrows that somebody has shaped by hand.
    pub lines: BTreeMap<EdgeId, Arc<Line>>,
    /// Remarks on the drawing.
    pub notes: BTreeMap<NoteId, Arc<Note>>,
    /// Views to come back to.
    pub bookmarks: BTreeMap<BookmarkId, Arc<Bookmark>>,
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

    /// What an edge connects, or its id when there is no such edge.
    pub fn edge_title(&self, id: &EdgeId) -> String {
        match self.edges.get(id) {
            Some(edge) => format!("{} → {}", self.title(&edge.from), self.title(&edge.to)),
            None => id.to_string(),
        }
    }

    /// What people call the node or edge of an id: its name, or what the edge connects.
    pub fn title_of(&self, id: &str) -> String {
        if let Some((id, _)) = self.nodes.get_key_value(id) {
            return self.title(id).to_owned();
        }
        match self.edges.get_key_value(id) {
            Some((_, edge)) if !edge.name.is_empty() => edge.name.clone(),
            Some((id, _)) => self.edge_title(id),
            None => id.to_owned(),
        }
    }

    /// Position of a node; nodes without one stand at the origin.
    pub fn position(&self, id: &NodeId) -> Point {
        self.layout.get(id).copied().unwrap_or_default()
    }

    /// The group that a node belongs to directly, the first by id when the file names several.
    pub fn group_of(&self, node: &NodeId) -> Option<&GroupId> {
        self.groups.iter().find(|(_, group)| group.nodes.contains(node)).map(|(id, _)| id)
    }

    /// A group and the groups around it, from the inside out.
    pub fn around<'a>(&'a self, group: &'a GroupId) -> impl Iterator<Item = (&'a GroupId, &'a Group)> {
        let known = |id: &'a GroupId| self.groups.get_key_value(id).map(|(id, group)| (id, &**group));
        std::iter::successors(known(group), move |(_, group)| group.parent.as_ref().and_then(known)).take(GROUP_DEPTH_MAX)
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

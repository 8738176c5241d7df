//! An arrow of the diagram, with its meaning.

use serde::{Deserialize, Serialize};

use super::Fields;
use crate::NodeId;

/// Who waits, who retries and who pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EdgeKind {
    /// The caller waits for the outcome.
    Request,
    /// The caller waits for the acknowledgment only.
    Send,
    /// A push subscription of a topic or bus.
    Deliver,
    /// The target's event source mapping reads from the source.
    Poll,
    /// What the source gives up on goes here.
    DeadLetter,
}

impl EdgeKind {
    /// All kinds, in the order of menus.
    pub const ALL: [Self; 5] = [Self::Request, Self::Send, Self::Deliver, Self::Poll, Self::DeadLetter];

    /// The word in the file and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Send => "send",
            Self::Deliver => "deliver",
            Self::Poll => "poll",
            Self::DeadLetter => "dead-letter",
        }
    }

    /// What it means, for tooltips.
    pub fn help(self) -> &'static str {
        match self {
            Self::Request => "The caller waits for the outcome",
            Self::Send => "The caller waits for the acknowledgment only",
            Self::Deliver => "The source pushes to its subscriber and retries by its own schedule",
            Self::Poll => "An event source mapping reads batches from the source and invokes the target",
            Self::DeadLetter => "Events that the source gives up on go here",
        }
    }
}

/// A connection between two nodes, in the direction in which events flow.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// Source.
    pub from: NodeId,
    /// Target.
    pub to: NodeId,
    /// Who waits, who retries and who pays.
    pub kind: EdgeKind,
    /// Label on the drawing.
    pub name: String,
    /// Settings that differ from the catalog's defaults, in the spelling of the user.
    pub fields: Fields,
    /// Fields of a newer version, kept as they are.
    pub unknown: Fields,
}

impl Edge {
    /// A connection with all defaults.
    pub fn new(from: impl Into<NodeId>, to: impl Into<NodeId>, kind: EdgeKind) -> Self {
        Self { from: from.into(), to: to.into(), kind, name: String::new(), fields: Fields::new(), unknown: Fields::new() }
    }

    /// The same edge with one field set.
    pub fn with(mut self, key: &str, value: impl Into<serde_json::Value>) -> Self {
        self.fields.insert(key.to_owned(), value.into());
        self
    }
}

//! A frame around nodes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Fields;
use crate::{GroupId, NodeId};

/// How deep groups may stand within groups.
pub const GROUP_DEPTH_MAX: usize = 16;

/// What a frame stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GroupKind {
    /// An account.
    Account,
    /// A region.
    Region,
    /// A virtual network.
    Vpc,
    /// A bounded context.
    Context,
    /// Just a frame.
    #[default]
    Free,
}

/// Nodes that belong together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// What the frame stands for.
    pub kind: GroupKind,
    /// Title on the frame.
    pub name: String,
    /// Its nodes, without those of the groups within.
    pub nodes: BTreeSet<NodeId>,
    /// The group around it.
    pub parent: Option<GroupId>,
    /// Whether the drawing shows it as one box.
    pub collapsed: bool,
    /// Fields of a newer version, kept as they are.
    pub unknown: Fields,
}

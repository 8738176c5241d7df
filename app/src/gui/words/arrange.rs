//! Arranging: guides, alignment, tidy layout, groups.

use plimsoll_models::{Group, diagram::GroupKind};

use super::super::format::plural;
pub use super::dialogs::CANCEL;

/// A node that a tidy layout leaves where it is.
pub const PINNED: &str = "pinned";
/// Over the bar that puts several things in order.
pub const ARRANGE: &str = "Arrange";
/// Over the page of a group.
pub const GROUP: &str = "Group";
/// The field for the name of a group.
pub const GROUP_NAME: &str = "Group name";
/// The field for what a group stands for.
pub const GROUP_KIND: &str = "Group kind";
/// The switch that shows a group as one box.
pub const COLLAPSED: &str = "Show as one box";
/// Over the list of what is in a group.
pub const MEMBERS: &str = "Members";
/// A group in which nothing is.
pub const NO_MEMBERS: &str = "Nothing is in this group; drag nodes into another one or ungroup it";
/// Deletes a group with everything in it.
pub const DELETE_WITH_MEMBERS: &str = "Delete with members";

/// What a group stands for.
pub fn group_kind(kind: GroupKind) -> &'static str {
    match kind {
        GroupKind::Account => "Account",
        GroupKind::Region => "Region",
        GroupKind::Vpc => "VPC",
        GroupKind::Context => "Bounded context",
        GroupKind::Free => "Free",
    }
}

/// When to use a kind of group.
pub fn group_kind_help(kind: GroupKind) -> &'static str {
    match kind {
        GroupKind::Account => "Everything that shares the quotas and the bill of one account",
        GroupKind::Region => "Everything that runs in one region",
        GroupKind::Vpc => "Everything in one virtual network",
        GroupKind::Context => "One model with its own language and its own team",
        GroupKind::Free => "Just a frame",
    }
}

/// The name of a group, or a word for one without.
pub fn group_name(group: &Group) -> &str {
    if group.name.is_empty() { GROUP } else { &group.name }
}

/// A group for screen readers.
pub fn group_sentence(group: &Group, parent: Option<&Group>, members: usize) -> String {
    let kind = match group.kind {
        GroupKind::Free => String::new(),
        kind => format!(", {}", group_kind(kind)),
    };
    let within = parent.map(|parent| format!(", in group {}", group_name(parent))).unwrap_or_default();
    let state = if group.collapsed { ", collapsed" } else { "" };
    format!("Group {}{kind}, {}{within}{state}", group_name(group), plural(members, "node"))
}

/// Over what the latest run says about a group.
pub const LOAD_LINE: &str = "Load line";
/// The latest run is about an older diagram.
pub const STALE: &str = "From before the latest change";
/// The list of groups that a node or a group may stand in.
pub const IN_GROUP: &str = "In group";
/// The same for screen readers.
pub const GROUP_AROUND: &str = "Group around it";
/// No group.
pub const NO_GROUP: &str = "None";
/// What the history says when something comes to stand in another group.
pub const MOVE_TO_GROUP: &str = "Move to group";
/// Over the bar that asks whether to keep a tidy layout, and what the history says about it.
pub const TIDY: &str = "Tidy layout";
/// The layout along rows.
pub const LEFT_TO_RIGHT: &str = "Left to right";
/// The layout along columns.
pub const TOP_DOWN: &str = "Top down";
/// Keeps the layout.
pub const APPLY: &str = "Apply";
/// The layout is being made.
pub const TIDYING: &str = "Finding places…";
/// Why nothing connects to a collapsed group.
pub const EXPAND_TO_CONNECT: &str = "Expand the group to connect what is in it";
/// How to see what is in a collapsed group.
pub const EXPAND_BY_DOUBLE_CLICK: &str = "Double-click the icon to expand";

/// How much a layout changes.
pub fn tidied(moves: usize) -> String {
    if moves == 0 { "Nothing to move".to_owned() } else { format!("{} moved", plural(moves, "node")) }
}

/// A collapsed group for screen readers.
pub fn collapsed_group(name: &str, members: usize) -> Vec<String> {
    vec![format!("Group {name}"), "collapsed".to_owned(), plural(members, "node")]
}

/// Where most waited in a group, and what its nodes refused.
pub fn troubles(diagram: &plimsoll_models::Diagram, summary: &crate::scene::Summary) -> Vec<String> {
    let short = crate::scene::short;
    let backlog = summary.backlog.as_ref().map(|(id, count)| format!("{} waiting at most, in {}", short(*count), diagram.title(id)));
    let refused = (summary.refused > 0.0).then(|| format!("{} refused inside", short(summary.refused)));
    backlog.into_iter().chain(refused).collect()
}

/// How many events enter a group.
pub fn entering(rate: f64) -> String {
    format!("{} events/s enter", crate::scene::short(rate))
}

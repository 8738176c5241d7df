//! Connecting and shaping arrows.

pub use super::panels::MIXED;
use plimsoll_models::{Catalog, EdgeKind, LineStyle, ServiceId};

/// A step of the history.
pub const LINE_STYLE: &str = "Line style";
/// A step of the history.
pub const RESET_LINE: &str = "Reset line";
/// What stands before the choice of a style.
pub const LINE: &str = "Line";

/// A style, as people choose it.
pub fn style(style: LineStyle) -> &'static str {
    match style {
        LineStyle::Orthogonal => "Orthogonal",
        LineStyle::Bezier => "Curved",
        LineStyle::Straight => "Straight",
    }
}

/// What a style does, for tooltips.
pub fn style_help(style: LineStyle) -> &'static str {
    match style {
        LineStyle::Orthogonal => "Horizontal and vertical pieces around boxes",
        LineStyle::Bezier => "One smooth curve",
        LineStyle::Straight => "The shortest way, whatever stands there",
    }
}

/// A step of the history.
pub const RECONNECT: &str = "Reconnect";
/// A step of the history.
pub const DELETE_AND_HEAL: &str = "Delete and heal";
/// A step of the history.
pub const INSERT: &str = "Insert";
/// A step of the history.
pub const CUT_EDGES: &str = "Cut connections";

/// Why there can be no connection: one of its ends has been deleted.
pub const GONE: &str = "This is no longer there";
/// Why there can be no connection.
pub const ITSELF: &str = "A box does not feed itself";

/// Why there can be no connection.
pub fn no_connection(from: &str, to: &str) -> String {
    format!("{from} cannot feed {to} directly")
}

/// Why there can be no connection.
pub fn wrong_way(from: &str, to: &str) -> String {
    format!("{from} cannot feed {to}: draw the arrow the other way round")
}

/// Why a box cannot be inserted.
pub fn only_dead_letters(catalog: &Catalog, from: &ServiceId, to: &ServiceId) -> String {
    let name = |id: &ServiceId| catalog.get(id).map_or_else(|| id.to_string(), |service| service.short_title().to_owned());
    format!("{} passes nothing but dead letters on to {}", name(from), name(to))
}

/// Handle of the beginning of an arrow.
pub const MOVE_SOURCE: &str = "Move the beginning of the connection";
/// Handle of the end of an arrow.
pub const MOVE_TARGET: &str = "Move the end of the connection";
/// What a handle of an end is for.
pub const MOVE_END_HELP: &str = "Drag to another box, or to an empty place to add one";
/// Handle of the middle of an arrow.
pub const BEND: &str = "Bend the connection";
/// What that is for.
pub const BEND_HELP: &str = "Drag or use the arrow keys to add a waypoint";
/// What the handle of a waypoint is for.
pub const WAYPOINT_HELP: &str = "Drag or use the arrow keys to move, double-click or press Enter to remove; Alt moves freely";

/// Handle of a waypoint, counted from 1.
pub fn waypoint(number: usize) -> String {
    format!("Waypoint {number} of the connection")
}

/// How a label can be moved.
pub fn label_help(placed: bool) -> &'static str {
    if placed { "Drag to move the label, double-click to let it find a place" } else { "Drag to move the label, double-click to rename" }
}

/// What a port says to screen readers.
pub fn port(title: &str, side: &str) -> String {
    if side.is_empty() { format!("Connect from {title}") } else { format!("Connect from {title}, {side} side") }
}

/// What a port is for.
pub const PORT_HELP: &str = "Drag to connect, or click and then click the other box";

/// What happens when a box is dropped on an arrow.
pub fn insert_here(from: &str, to: &str) -> String {
    format!("Insert between {from} and {to}; hold Alt not to")
}

/// What could happen when a box with connections is dropped on an arrow.
pub fn insert_offered(from: &str, to: &str) -> String {
    format!("Hold Shift to insert between {from} and {to}")
}

/// What happens when a connection is dropped on the ground.
pub const DROP_TO_ADD: &str = "Drop to add a node";

/// Title of the popup that adds a node.
pub const ADD_NODE: &str = "Add a node";

/// Title of the popup that connects.
pub fn connect_to(from: &str) -> String {
    format!("Connect {from} to…")
}

/// Title of the popup that adds a source.
pub fn connect_before(to: &str) -> String {
    format!("Connect to {to} from…")
}

/// Title of the popup that inserts.
pub fn insert_between(from: &str, to: &str) -> String {
    format!("Insert between {from} and {to}")
}

/// Hint in the field of the popup.
pub const SEARCH_SERVICES: &str = "Search services…";
/// Name of that field.
pub const SEARCH_SERVICES_NAME: &str = "Search services to add";
/// Hint in the field of the popup.
pub const SEARCH_NODES: &str = "Search nodes…";
/// Name of that field.
pub const SEARCH_NODES_NAME: &str = "Search nodes to connect to";
/// When the popup has nothing to offer.
pub const NOTHING_FITS: &str = "Nothing of this name may be connected here";

/// The mechanism of a box that comes before another one.
pub fn comes_before(kind: EdgeKind) -> String {
    format!("before it, {}", kind.as_str())
}

/// The mechanisms of a box on an arrow.
pub fn two_kinds((first, second): (EdgeKind, EdgeKind)) -> String {
    format!("{}, then {}", first.as_str(), second.as_str())
}

/// The mechanism of a connection that is there once already.
pub fn again(kind: EdgeKind) -> String {
    format!("{}, once more", kind.as_str())
}

/// What was cut.
pub fn cut(count: usize) -> String {
    format!("Cut {count} connection{}", if count == 1 { "" } else { "s" })
}

/// What a deletion that heals did.
pub fn healed(joined: usize, apart: usize) -> String {
    let plural = |n: usize| if n == 1 { "connection" } else { "connections" };
    let healed = format!("Deleted, {joined} {} healed", plural(joined));
    if apart == 0 { healed } else { format!("{healed}, {apart} not possible") }
}

/// The end of a walk.
pub const NOTHING_THERE: &str = "No connected node lies there";

//! Finding: search, commands, keys, bookmarks, the overview.

pub use super::dialogs::{CANCEL, CLOSE};
use crate::{search::Part, settings::Preset};

/// Why a command needs a document.
pub const NEEDS_DOCUMENT: &str = "Open a diagram first";
/// Why a command needs a selection.
pub const NEEDS_SELECTION: &str = "Select something first";
/// Why a command needs exactly one selected thing.
pub const NEEDS_ONE: &str = "Select one node or connection";
/// Why a command needs connections.
pub const NEEDS_EDGES: &str = "Select a connection first";
/// Why a command needs exactly one node.
pub const NEEDS_ONE_NODE: &str = "Select one node";
/// Why a command needs exactly one connection.
pub const NEEDS_ONE_EDGE: &str = "Select one connection";
/// Why a command needs nodes.
pub const NEEDS_NODES: &str = "Select a node first";
/// Why a command needs two nodes.
pub const NEEDS_TWO: &str = "Select two or more nodes";
/// Why a command needs three nodes.
pub const NEEDS_THREE: &str = "Select three or more nodes";
/// Why a command needs a frame.
pub const NEEDS_GROUP: &str = "Select a group, or nodes of one";
/// Why there is no tab at that place.
pub const NEEDS_THAT_TAB: &str = "Fewer diagrams are open";
/// Why there is no other tab.
pub const NEEDS_TABS: &str = "Only one diagram is open";
/// Why there is no undo.
pub const NEEDS_UNDO: &str = "There is nothing to undo";
/// Why there is no redo.
pub const NEEDS_REDO: &str = "There is nothing to redo";
/// Why nothing can be canceled.
pub const NEEDS_RUNNING: &str = "No run goes on";
/// Why no run can begin.
pub const NEEDS_IDLE: &str = "A run goes on";
/// Why a command needs a result.
pub const NEEDS_RESULT: &str = "Run the scenario first";
/// Why there is no baseline.
pub const NEEDS_BASELINE: &str = "No result is pinned";

/// What the palette asks when it searches commands.
pub const COMMANDS_HINT: &str = "What do you want to do?";
/// Name of the palette's field when it searches commands.
pub const COMMANDS_FIELD: &str = "Search commands";
/// What the palette asks when it searches nodes.
pub const GO_TO_HINT: &str = "Name or type of a node; > for commands";
/// Name of the palette's field when it searches nodes.
pub const GO_TO_FIELD: &str = "Go to";
/// No command of this name.
pub const NO_COMMAND: &str = "No such command";
/// No node of this name.
pub const NO_PLACE: &str = "Nothing of this name or type";
/// A row of the palette that is a bookmark.
pub const BOOKMARK: &str = "Bookmark";
/// A row of the palette that is a file.
pub const FILE: &str = "Recent file";
/// A command that was searched for lately.
pub const RECENT: &str = "Recent";

/// There are more rows than are shown.
pub fn more(count: usize) -> String {
    format!("{count} more: type to narrow them down")
}

/// Why a key cannot be bound: it moves the focus or presses what has it.
pub const KEY_FOR_FOCUS: &str = "This key moves the focus and presses buttons";
/// Why a key cannot be bound: it moves boxes.
pub const KEY_FOR_MOVING: &str = "Arrows move the selection; hold Ctrl or Alt with them";
/// Why a key cannot be bound: the system owns it.
pub const KEY_FOR_PASTE: &str = "The system keeps this key for pasting";

/// What the sheet of keys asks.
pub const KEYS_HINT: &str = "Search commands or keys…";
/// Name of the field of the sheet of keys.
pub const KEYS_FIELD: &str = "Search shortcuts";
/// Nothing on the sheet of keys fits.
pub const NO_KEY: &str = "No command or key of this name";
/// A command waits for its key.
pub const PRESS_KEYS: &str = "Press keys…";
/// What pressing the keys of a row does.
pub const CHANGE_KEY: &str = "Click, then press the new keys; Escape keeps the old ones";
/// From which tool the keys come.
pub const KEY_PRESET: &str = "Keys of";
/// Undoes all changes of keys.
pub const RESET_KEYS: &str = "Reset all";
/// Heading of what the mouse does.
pub const MOUSE: &str = "Mouse and touchpad";
/// What the mouse does on the drawing; keys come from the commands.
pub const GESTURES: &[(&str, &str)] = &[
    ("Space + drag, middle or right drag", "Pan"),
    ("Wheel, pinch, Ctrl + scroll", "Zoom at the pointer"),
    ("Two fingers", "Pan with a touchpad"),
    ("Drag from a port", "Connect; drop on nothing to add and connect"),
    ("Drag a line", "Bend it; double-click a waypoint to remove it"),
    ("Drop a node on a line", "Insert it there; not with Alt, a connected one with Shift"),
    ("Alt + drag", "Drag a copy; press Alt later to move freely"),
    ("Ctrl + right drag", "Cut connections"),
    ("Drag on nothing", "Select what a box touches; with Alt only what is wholly in it"),
    ("Shift + click", "Add to the selection"),
    ("Arrows", "Move by one grid step; with Shift by ten"),
    ("Double-click", "Rename a node; add one on nothing"),
];

/// Name of a preset of keys.
pub fn preset(preset: Preset) -> &'static str {
    match preset {
        Preset::Default => "Plimsoll",
        Preset::DrawIo => "draw.io",
        Preset::Blender => "Blender",
    }
}

/// Gives a command the keys of the preset.
pub fn reset_key(command: &str) -> String {
    format!("Reset the keys of {command}")
}

/// Takes the keys from a command.
pub fn no_key_for(command: &str) -> String {
    format!("No key for {command}")
}

/// Name of the button with the keys of a command.
pub fn keys_of(command: &str, keys: &str) -> String {
    format!("Keys of {command}: {keys}")
}

/// Another command has the key.
pub fn key_taken(key: &str, owner: &str) -> String {
    format!("{key} is “{owner}”")
}

/// Gives the key to this command.
pub fn take_over(command: &str) -> String {
    format!("Use it for {command}")
}

/// What the search asks.
pub const SEARCH_HINT: &str = "Names, types, values, problems…";
/// Name of the field of the search.
pub const SEARCH_FIELD: &str = "Find in the diagram";
/// Shows the next place.
pub const SEARCH_NEXT: &str = "Next (Enter)";
/// Shows the place before.
pub const SEARCH_BACK: &str = "Previous (Shift+Enter)";
/// Ends the search.
pub const SEARCH_CLOSE: &str = "Close (Esc)";

/// How many places there are, and which one is shown.
pub fn count(at: Option<usize>, count: usize) -> String {
    match (at, count) {
        (_, 0) => "Nothing".to_owned(),
        (None, count) => count.to_string(),
        (Some(at), count) => format!("{} of {count}", at + 1),
    }
}

/// Where words were found.
pub fn part(part: Part) -> &'static str {
    match part {
        Part::Name => "Name",
        Part::Type => "Type",
        Part::Field => "Field",
        Part::EventType => "Event type",
        Part::Note => "Note",
        Part::Problem => "Problem",
    }
}

/// The overview in the corner.
pub const MINIMAP: &str = "Overview of the drawing: drag to move the view";
/// Hides the overview.
pub const MINIMAP_CLOSE: &str = "Hide the overview";

/// Title of the list of bookmarks.
pub const BOOKMARKS: &str = "Bookmarks";
/// There is no bookmark.
pub const BOOKMARKS_NONE: &str = "A bookmark keeps a place and a zoom of this drawing, for you and whoever opens the file";
/// Adds a bookmark.
pub const BOOKMARK_ADD: &str = "Bookmark this view";
/// Goes to a bookmark.
pub const BOOKMARK_GO: &str = "Go";

/// Name of a new bookmark.
pub fn bookmark_name(number: usize) -> String {
    format!("View {number}")
}

/// Name of the field with a bookmark's name.
pub fn bookmark_field(name: &str) -> String {
    format!("Name of bookmark {name}")
}

/// Goes to a bookmark.
pub fn bookmark_go(name: &str) -> String {
    format!("Go to {name}")
}

/// Deletes a bookmark.
pub fn bookmark_delete(name: &str) -> String {
    format!("Delete {name}")
}

/// What the legend of lines says to screen readers.
pub fn legend(lines: &[&str]) -> String {
    format!("Legend. {}", lines.join(". "))
}

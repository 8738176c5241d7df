//! Dialogs: questions before work is lost, messages, the history, what Plimsoll is.

/// Writes the document.
pub const SAVE: &str = "Save";
/// Ends a dialog and changes nothing.
pub const CANCEL: &str = "Cancel";
/// Ends a dialog that only shows something.
pub const CLOSE: &str = "Close";
/// Ends a message.
pub const OK: &str = "OK";
/// Asks what to do with changes that are in no file.
pub const UNSAVED_TITLE: &str = "Save the changes?";
/// Lets the changes go.
pub const DO_NOT_SAVE: &str = "Don't save";
/// Asks what to do with what a crash left.
pub const RESTORE_TITLE: &str = "Restore unsaved work?";
/// See [`RESTORE_TITLE`].
pub const RESTORE_TEXT: &str = "Plimsoll did not close in order. These documents had changes that were in no file:";
/// Lets go of the one document that a crash left.
pub const DISCARD: &str = "Discard";
/// Lets go of all documents that a crash left.
pub const DISCARD_ALL: &str = "Discard all";
/// Keeps what a crash left, and asks again at the next start.
pub const LATER: &str = "Later";
/// Title of the list of keys.
pub const SHORTCUTS: &str = "Keyboard shortcuts";
/// Title of the steps made so far.
pub const HISTORY: &str = "History";
/// The name of the program.
pub const PLIMSOLL: &str = "Plimsoll";
/// What the program is for.
pub const PURPOSE: &str = "Draw an event-driven architecture, load it, see which limit gives first.";
/// A fact about the program.
pub const VERSION: &str = "Version";
/// A fact about the program: which facts about services it knows.
pub const CATALOG: &str = "Catalog";
/// A fact about the program: name and value.
pub const LICENSE: (&str, &str) = ("License", "MIT or Apache-2.0");
/// A fact about the program: name and value.
pub const FONTS: (&str, &str) = ("Fonts", "Inter, JetBrains Mono (OFL)");
/// What the program does with data.
pub const PRIVACY: &str = "Works offline, without an account, and tells nobody anything.";

/// See [`UNSAVED_TITLE`].
pub fn unsaved(name: &str) -> String {
    format!("“{name}” has changes that are in no file yet.")
}

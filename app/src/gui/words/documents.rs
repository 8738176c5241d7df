//! Documents: tabs, files, versions, differences.

use plimsoll_models::diff::Kind;

pub use super::shell::NO_FILE;
use crate::versions::{self, Reason};

/// Brings one document back after a crash.
pub const RESTORE: &str = "Restore";
/// Brings every document back after a crash.
pub const RESTORE_ALL: &str = "Restore all";
/// After that.
pub const RESTORED: &str = "Restored; save it to keep it";

/// The menu of the latest files.
pub const OPEN_RECENT: &str = "Open recent";

/// What a screen reader says of a step of the history.
pub fn step(index: usize, label: &str, told: Option<&str>, state: StepState) -> String {
    let state = match state {
        StepState::Made => "",
        StepState::Present => ", present state",
        StepState::Undone => ", undone",
    };
    format!("Step {index}, {}{state}", travelled(label, told))
}

/// Where a step of the history stands to the present one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Before it.
    Made,
    /// It is the present one.
    Present,
    /// After it: it was taken back.
    Undone,
}

/// What stands below the first step of the history: the document as it came.
pub const STEP_OPENED: &str = "As it was opened";
/// What stands below a step of the history that was taken back, before what it changes.
pub const STEP_UNDONE: &str = "Undone";

/// How many changes of a step are not listed.
pub fn changes_more(count: usize) -> String {
    format!("… and {count} more")
}

/// Compares with a step of the history.
pub fn compare_with_step(index: usize) -> String {
    format!("Compare with step {index}")
}

/// What a screen reader says of a tab.
pub fn tab(title: &str, edited: bool, running: bool, index: usize, count: usize) -> String {
    let edited = if edited { ", edited" } else { "" };
    let running = if running { ", running" } else { "" };
    format!("Diagram {title}{edited}{running}, tab {} of {count}", index + 1)
}

/// The button of a tab that closes it.
pub fn close_tab(title: &str) -> String {
    format!("Close {title}")
}

/// What a screen reader says of the drawing of two states.
pub fn comparison(nodes: usize, edges: usize) -> String {
    format!("Drawing of both states, {nodes} components and {edges} connections differ")
}

/// The bar above that drawing.
pub fn compared_with(title: &str) -> String {
    format!("Compared with {title}")
}

/// Heading of the list of differences.
pub fn differences(count: usize) -> String {
    match count {
        0 => "No differences".to_owned(),
        1 => "1 difference".to_owned(),
        _ => format!("{count} differences"),
    }
}

/// A kind of difference.
pub fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Added => "added",
        Kind::Removed => "removed",
        Kind::Changed => "changed",
        Kind::Moved => "only moved or drawn otherwise",
    }
}

/// Under the heading when there is none.
pub const NO_DIFFERENCES: &str = "Both say and look the same";
/// Ends the comparison.
pub const END_COMPARISON: &str = "End comparison";
/// Older states by what they are.
pub const THE_FILE_ON_DISK: &str = "the file on disk";
/// A file that was picked.
pub fn the_file(name: &str) -> String {
    format!("“{name}”")
}
/// A step of the history.
pub fn the_step(index: usize, label: &str) -> String {
    format!("step {index} of the history, “{label}”")
}
/// A version.
pub fn the_version(age: &str) -> String {
    format!("the version kept {age}")
}

/// Somebody else wrote the file.
pub fn changed_on_disk(name: &str) -> String {
    format!("“{name}” was changed on disk by another program")
}
/// Somebody else took the file away.
pub fn gone_from_disk(name: &str) -> String {
    format!("“{name}” was deleted or moved by another program")
}
/// Somebody else put something there that is no text.
pub fn unreadable_on_disk(name: &str) -> String {
    format!("“{name}” can no longer be read")
}
/// Takes what lies on the disk.
pub const RELOAD: &str = "Reload";
/// See [`RELOAD`].
pub const RELOAD_HELP: &str = "Shows what lies on the disk; undo brings yours back";
/// Stays with what is open.
pub const KEEP_MINE: &str = "Keep mine";
/// See [`KEEP_MINE`].
pub const KEEP_MINE_HELP: &str = "Stays with what is open here; the next save writes it to the file";
/// Compares.
pub const SHOW_DIFFERENCE: &str = "Show difference";
/// See [`SHOW_DIFFERENCE`].
pub const SHOW_DIFFERENCE_HELP: &str = "Shows on the drawing what differs between the disk and what is open here";
/// Writes a file that is gone.
pub const SAVE_AGAIN: &str = "Save again";
/// See [`SAVE_AGAIN`].
pub const SAVE_AGAIN_HELP: &str = "Writes the file anew";
/// The step of the history.
pub const RELOADED: &str = "Reload from disk";
/// The dialog before a save over somebody else's work.
pub const CONFLICT_TITLE: &str = "Replace what is on the disk?";
/// See [`CONFLICT_TITLE`].
pub fn conflict(name: &str) -> String {
    format!("“{name}” was changed by another program since it was opened. Saving replaces these changes.")
}
/// Saves all the same.
pub const REPLACE: &str = "Replace";

/// Title of the list of versions.
pub const VERSIONS: &str = "Versions";
/// The list of versions is empty.
pub const NO_VERSIONS: &str = "No versions yet: each save keeps one, and so do five minutes of edits";
/// The document has no place yet.
pub const NO_VERSIONS_WITHOUT_FILE: &str = "Save the diagram once; from then on versions are kept on this machine";
/// How many there are, and how many there may be.
pub fn versions_kept(count: usize, bytes: u64) -> String {
    let kib = bytes.div_ceil(1024);
    format!("{count} of at most {} kept on this machine, {kib} KiB; the oldest go first", versions::COUNT_MAX)
}
/// Why a version was kept.
pub fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Saved => "Saved",
        Reason::Edited => "While editing",
        Reason::Replaced => "Before it was replaced",
    }
}
/// Compares with a version.
pub const COMPARE: &str = "Compare";
/// The step of the history when a version comes back.
pub fn restored_version(age: &str) -> String {
    format!("Restore version of {age}")
}
/// How long ago something was, in seconds.
pub fn ago(seconds: u64) -> String {
    let told = |count: u64, unit: &str| format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" });
    match seconds {
        0..60 => "just now".to_owned(),
        60..3_600 => told(seconds / 60, "minute"),
        3_600..86_400 => told(seconds / 3_600, "hour"),
        _ => told(seconds / 86_400, "day"),
    }
}

/// While files hang over the window.
pub const DROP_TO_OPEN: &str = "Drop to open";
/// A file that is something else.
pub fn foreign(name: &str, what: &str) -> String {
    format!("“{name}” is {what}.")
}
/// What can be opened instead.
pub const FOREIGN_HINT: &str = "Plimsoll opens its own diagrams, text files that end in .plimsoll.json.";
/// What came back from disk or data folder is no document.
pub const NOT_A_DIAGRAM_ANY_MORE: &str = "What lies on the disk is no diagram";
/// A version cannot be read.
pub const NO_SUCH_VERSION: &str = "This version cannot be read";
/// The crash journal cannot be written.
pub fn journal_not_kept(why: &str) -> String {
    format!("The crash journal cannot be written: {why}")
}

/// A save could not keep a version.
pub fn version_not_kept(why: &str) -> String {
    format!("No version was kept: {why}")
}
/// What an undo or redo did.
pub fn travelled(what: &str, summary: Option<&str>) -> String {
    summary.map_or_else(|| what.to_owned(), |summary| format!("{what} · {summary}"))
}

/// A step of the history was taken back.
pub fn undone(label: &str) -> String {
    format!("Undone: {label}")
}

/// A step of the history was made again.
pub fn redone(label: &str) -> String {
    format!("Redone: {label}")
}

/// A change cannot be made.
pub fn not_possible(why: &str) -> String {
    format!("Not possible: {why}")
}

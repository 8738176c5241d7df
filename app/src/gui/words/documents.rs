//! Documents: tabs, files, versions, differences.

/// Brings one document back after a crash.
pub const RESTORE: &str = "Restore";
/// Brings every document back after a crash.
pub const RESTORE_ALL: &str = "Restore all";
/// After that.
pub const RESTORED: &str = "Restored; save it to keep it";

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

/// What a tab says of a document that lies nowhere.
pub const NO_FILE: &str = "Not in a file yet";

//! What the window says, by area: the one place to translate.
//!
//! Panels refer to these constants and functions; names and texts of services, limits and rules come from the catalog
//! and are no part of this.

pub mod arrange;
pub mod connect;
pub mod dialogs;
pub mod documents;
pub mod files;
pub mod find;
pub mod first_steps;
pub mod inspector;
pub mod live;
pub mod panels;
pub mod preferences;
pub mod results;
pub mod scenarios;
pub mod sentence;
pub mod shell;
pub mod window;

/// A count with its word, such as `1 node` or `3 nodes`.
pub fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

//! A result as text, tables and data.

pub mod csv;
mod faults;
pub mod json;
pub mod style;
pub mod table;
pub mod text;

use std::fmt::{self, Write as _};

/// Adds a line to a text.
pub(crate) fn push_line(text: &mut String, content: impl fmt::Display) {
    writeln!(text, "{content}").expect("writing to a string cannot fail");
}

//! A result as text, tables and data.

mod bounds;
pub(crate) mod chart;
pub mod csv;
mod faults;
pub(crate) mod heat;
mod html;
pub mod json;
mod markdown;
pub(crate) mod over_time;
pub mod parquet;
pub(crate) mod sankey;
pub mod style;
pub mod table;
pub mod text;
pub mod traces;

use std::fmt::{self, Write as _};

#[cfg(feature = "gui")]
pub(crate) use bounds::latency_bounds;
pub use html::Report;

/// Adds a line to a text.
pub(crate) fn push_line(text: &mut String, content: impl fmt::Display) {
    writeln!(text, "{content}").expect("writing to a string cannot fail");
}

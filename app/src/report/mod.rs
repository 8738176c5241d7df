//! A result as text, tables and data.

pub mod csv;
pub mod json;
pub mod style;
pub mod table;
pub mod text;

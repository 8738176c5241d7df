//! Changes around arrows, as edits: pure functions of a diagram, without a window.

pub mod line;

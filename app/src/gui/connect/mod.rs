//! Changes around arrows, as edits: pure functions of a diagram, without a window.

pub mod heal;
pub mod join;
pub mod line;
pub mod rules;
pub mod walk;

//! Panels: inspector, notes, steps, history, scenarios.

//! Statistics over replications, and of one series.

pub mod interval;
pub mod series;

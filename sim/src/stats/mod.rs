//! Statistics over replications.

pub mod interval;

//! Texts that a diagram can be read from and written to.

pub mod asl;
pub mod native;

//! What the engine promises, proved on whole diagrams.

mod attribution;
mod conservation;
mod determinism;
mod fleet;
mod front;
mod random;
mod scenarios;
mod stores;
mod streams;
mod support;
mod workflows;

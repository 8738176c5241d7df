//! What the engine promises, proved on whole diagrams.

mod attribution;
mod conservation;
mod determinism;
mod faults;
mod fleet;
mod front;
mod messaging;
mod random;
mod remedies;
mod scenarios;
mod stores;
mod streams;
mod support;
mod workflows;

//! What the engine promises, proved on whole diagrams.

mod attribution;
mod conservation;
mod determinism;
mod fleet;
mod front;
mod messaging;
mod faults;
mod random;
mod remedies;
mod scenarios;
mod stores;
mod support;
mod workflows;

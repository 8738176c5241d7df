//! What the engine promises, proved on whole diagrams.

mod attribution;
mod conservation;
mod determinism;
mod fleet;
mod front;
mod lambda;
mod lambda_logs;
mod random;
mod scenarios;
mod stores;
mod support;
mod workflows;

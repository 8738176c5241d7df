//! What the engine promises, proved on whole diagrams.

mod attribution;
mod clients;
mod conservation;
mod determinism;
mod faults;
mod fleet;
mod front;
mod lambda;
mod lambda_logs;
mod messaging;
mod random;
mod remedies;
mod scenarios;
mod stations;
mod stores;
mod streams;
mod support;
mod workflows;

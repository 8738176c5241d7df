//! What the engine promises, proved on whole diagrams.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod account;
mod archives;
mod assumptions;
mod attribution;
mod batches;
mod beside;
mod bills;
mod clients;
mod conservation;
mod determinism;
mod eventbridge;
mod faults;
mod findings;
mod fleet;
mod front;
mod hostile;
mod instances;
mod keys;
mod lambda;
mod lambda_logs;
mod live;
mod messaging;
mod over_time;
mod pipes;
mod random;
mod records;
mod remedies;
mod scenarios;
mod sensitivity;
mod stations;
mod stores;
mod streams;
mod support;
mod surges;
mod workflows;

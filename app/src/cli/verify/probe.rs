//! Looks into a running simulation at given times.

use super::{
    bench::{Bench, Trouble},
    experiment::{Experiment, Measured},
};
use plimsoll_sim::RunResult;

/// A simulation that is read while it runs.
pub(super) struct Running;

impl Running {
    /// Servers or instances that are busy at a time.
    pub(super) fn busy_at(&mut self, _at: f64, _node: &str) -> Result<f64, Trouble> {
        Err(Trouble::Broken("no gauges".to_owned()))
    }

    /// Customers that wait at a time.
    pub(super) fn waiting_at(&mut self, _at: f64, _node: &str) -> Result<f64, Trouble> {
        Err(Trouble::Broken("no gauges".to_owned()))
    }

    /// Arrivals up to a time.
    pub(super) fn arrivals_by(&mut self, _at: f64, _node: &str) -> Result<f64, Trouble> {
        Err(Trouble::Broken("no gauges".to_owned()))
    }

    /// Cold starts up to a time.
    pub(super) fn cold_starts_by(&mut self, _at: f64, _node: &str) -> Result<f64, Trouble> {
        Err(Trouble::Broken("no gauges".to_owned()))
    }

    /// Refusals up to a time.
    pub(super) fn refused_by(&mut self, _at: f64, _node: &str) -> Result<f64, Trouble> {
        Err(Trouble::Broken("no gauges".to_owned()))
    }

    /// Runs to the end.
    pub(super) fn finish(&mut self) -> Result<RunResult, Trouble> {
        Err(Trouble::Broken("no gauges".to_owned()))
    }
}

/// An experiment that reads gauges of a running simulation.
pub(super) fn gauges(
    bench: Bench,
    replications: u32,
    read: impl Fn(&mut Running) -> Result<Measured, Trouble> + Send + Sync + 'static,
) -> Experiment {
    Experiment { benches: vec![bench], replications, measure: Box::new(move |_| read(&mut Running)) }
}

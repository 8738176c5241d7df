//! Looks into a running simulation at given times.

use std::sync::{Arc, OnceLock};

use plimsoll_sim::{Gauge, Program, Progress, RunResult, Simulation};

use super::{
    bench::{Bench, Trouble, trouble},
    experiment::{Experiment, Measured, SEED_SETS},
};

/// Events of a piece of a run.
const PIECE: u64 = 1_000_000;

/// A simulation that is read while it runs.
pub(super) struct Running {
    simulation: Simulation,
}

impl Running {
    fn read(&mut self, at: f64, node: &str, gauge: Gauge) -> Result<f64, Trouble> {
        // In pieces, between which the engine looks at how much it holds.
        while !self.simulation.run_some(at, PIECE).map_err(trouble)? {}
        self.simulation.run_until(at);
        self.simulation.gauge(node, gauge).ok_or_else(|| Trouble::Broken(format!("node `{node}` has no gauge {gauge:?}")))
    }

    /// Servers or instances that are busy at a time.
    pub(super) fn busy_at(&mut self, at: f64, node: &str) -> Result<f64, Trouble> {
        self.read(at, node, Gauge::Busy)
    }

    /// Customers that wait at a time.
    pub(super) fn waiting_at(&mut self, at: f64, node: &str) -> Result<f64, Trouble> {
        self.read(at, node, Gauge::Waiting)
    }

    /// Arrivals up to a time.
    pub(super) fn arrivals_by(&mut self, at: f64, node: &str) -> Result<f64, Trouble> {
        self.read(at, node, Gauge::Arrivals)
    }

    /// Cold starts up to a time.
    pub(super) fn cold_starts_by(&mut self, at: f64, node: &str) -> Result<f64, Trouble> {
        self.read(at, node, Gauge::ColdStarts)
    }

    /// Refusals up to a time.
    pub(super) fn refused_by(&mut self, at: f64, node: &str) -> Result<f64, Trouble> {
        self.read(at, node, Gauge::Refused)
    }

    /// Instances that an autoscaler wants at a time.
    pub(super) fn desired_at(&mut self, at: f64, node: &str) -> Result<f64, Trouble> {
        self.read(at, node, Gauge::Desired)
    }

    /// Runs to the end of the scenario.
    pub(super) fn finish(&mut self) -> Result<RunResult, Trouble> {
        self.simulation.run(&Progress::new()).map_err(trouble)?;
        Ok(self.simulation.result())
    }
}

/// An experiment that reads gauges of a running simulation. The diagram is compiled once, and each seed is a replication
/// of it.
pub(super) fn gauges(
    bench: Bench,
    replications: u32,
    read: impl Fn(&mut Running) -> Result<Measured, Trouble> + Send + Sync + 'static,
) -> Experiment {
    let emitted = bench.clone();
    let program: OnceLock<Result<Arc<Program>, Trouble>> = OnceLock::new();
    let measure = move |seed: u64| {
        let compiled = program.get_or_init(|| {
            let prepared = bench.prepare()?;
            plimsoll_sim::compile(&prepared.input(SEED_SETS[0])?).map_err(trouble)
        });
        read(&mut Running { simulation: Simulation::new(compiled.as_ref().map_err(Clone::clone)?, (seed - SEED_SETS[0]) as u32) })
    };
    Experiment { benches: vec![emitted], replications, measure: Box::new(measure) }
}

//! What is done for a case: replications on all cores, each with its own seed.

use std::collections::BTreeMap;

use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};

use super::{
    bench::{Bench, Trouble},
    case::Figure,
};

/// Figures by name.
pub(super) type Measured = BTreeMap<String, Figure>;

/// Measures one replication with a seed.
pub(super) type Measure = Box<dyn Fn(u64) -> Result<Measured, Trouble> + Send + Sync>;

/// First seeds of the two pre-declared sets.
pub(super) const SEED_SETS: [u64; 2] = [1, 1_000_001];

/// How many times the advised sample the first set takes. The advice aims at the widest interval that is allowed, and
/// half of the intervals would be wider than that.
pub(super) const ENLARGEMENT: f64 = 2.0;

/// The most that the second set takes, however wide the intervals of the first were.
pub(super) const ENLARGEMENT_MAX: f64 = 50.0;

/// Customers of all replications of the second set that are affordable beyond twice what the first set took.
pub(super) const CUSTOMERS_MAX: f64 = 2e8;

/// The diagrams of a case and how they are measured.
pub(super) struct Experiment {
    /// What is run, for `--emit`.
    pub(super) benches: Vec<Bench>,
    /// How often.
    pub(super) replications: u32,
    /// What is read off.
    pub(super) measure: Measure,
}

impl Experiment {
    /// One diagram, run once for each replication.
    pub(super) fn new(
        bench: Bench,
        replications: u32,
        read: impl Fn(&plimsoll_sim::RunResult) -> Result<Measured, Trouble> + Send + Sync + 'static,
    ) -> Self {
        let benches = vec![bench.clone()];
        Self { benches, replications, measure: Box::new(move |seed| read(&bench.run(seed)?)) }
    }

    /// One diagram with a procedure of its own.
    pub(super) fn procedure(
        bench: Bench,
        replications: u32,
        measure: impl Fn(&Bench, u64) -> Result<Measured, Trouble> + Send + Sync + 'static,
    ) -> Self {
        Self { benches: vec![bench.clone()], replications, measure: Box::new(move |seed| measure(&bench, seed)) }
    }

    /// Runs every replication of a seed set.
    pub(super) fn run(&self, first_seed: u64, canceled: &(dyn Fn() -> bool + Sync)) -> Result<Vec<Measured>, Trouble> {
        let seeds: Vec<u64> = (0..u64::from(self.replications)).map(|index| first_seed + index).collect();
        seeds.into_par_iter().map(|seed| if canceled() { Err(Trouble::Canceled) } else { (self.measure)(seed) }).collect()
    }
}

/// Figures from pairs.
pub(super) fn measured<const N: usize>(pairs: [(&str, Figure); N]) -> Measured {
    pairs.into_iter().map(|(name, figure)| (name.to_owned(), figure)).collect()
}

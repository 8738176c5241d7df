//! How far a run is, and how to stop it, shared between the thread that runs and the one that looks.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Signals between a run and whoever watches it.
#[derive(Debug, Default)]
pub struct Progress {
    done_per_mille: AtomicU64,
    events: AtomicU64,
    canceled: AtomicBool,
    /// Runs that belong to it; zero for a single one.
    runs: AtomicU64,
    runs_ended: AtomicU64,
}

impl Progress {
    /// A run that has not begun.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the run to stop soon.
    pub fn cancel(&self) {
        self.canceled.store(true, Ordering::Relaxed);
    }

    /// Whether someone asked the run to stop.
    pub fn is_canceled(&self) -> bool {
        self.canceled.load(Ordering::Relaxed)
    }

    /// Share of simulated time that has passed, or of the runs that have ended where there are many, from 0 to 1.
    pub fn fraction(&self) -> f64 {
        let runs = self.runs.load(Ordering::Relaxed);
        if runs > 0 {
            return (self.runs_ended.load(Ordering::Relaxed) as f64 / runs as f64).min(1.0);
        }
        self.done_per_mille.load(Ordering::Relaxed) as f64 / 1_000.0
    }

    /// Events so far.
    pub fn events(&self) -> u64 {
        self.events.load(Ordering::Relaxed)
    }

    /// So many runs follow.
    pub(crate) fn expect_runs(&self, runs: u64) {
        self.runs_ended.store(0, Ordering::Relaxed);
        self.runs.store(runs, Ordering::Relaxed);
    }

    /// One of many runs has ended.
    pub(crate) fn end_run(&self) {
        self.runs_ended.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn report(&self, fraction: f64, events: u64) {
        self.done_per_mille.store((fraction.clamp(0.0, 1.0) * 1_000.0) as u64, Ordering::Relaxed);
        self.events.store(events, Ordering::Relaxed);
    }
}

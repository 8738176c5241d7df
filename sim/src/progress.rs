//! How far a run is, and how to stop it, shared between the thread that runs and the one that looks.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Signals between a run and whoever watches it.
#[derive(Debug, Default)]
pub struct Progress {
    done_per_mille: AtomicU64,
    events: AtomicU64,
    canceled: AtomicBool,
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

    /// Share of simulated time that has passed, from 0 to 1.
    pub fn fraction(&self) -> f64 {
        self.done_per_mille.load(Ordering::Relaxed) as f64 / 1_000.0
    }

    /// Events so far.
    pub fn events(&self) -> u64 {
        self.events.load(Ordering::Relaxed)
    }

    pub(crate) fn report(&self, fraction: f64, events: u64) {
        self.done_per_mille.store((fraction.clamp(0.0, 1.0) * 1_000.0) as u64, Ordering::Relaxed);
        self.events.store(events, Ordering::Relaxed);
    }
}

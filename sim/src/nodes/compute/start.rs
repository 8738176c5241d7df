//! How a new instance becomes ready: its code is fetched, then it is initialized or restored from a snapshot.

use plimsoll_models::families;

use crate::{
    core::{Core, Item},
    rng::Purpose,
    sample::Sampler,
    time::{Nanos, nanos, seconds},
};

/// How a new instance becomes ready.
#[derive(Clone, Debug)]
pub(super) struct Start {
    placement: Sampler,
    init: Sampler,
    init_timeout: Nanos,
    init_limit: u32,
    restore: Option<Sampler>,
    /// Whether keeping and restoring the snapshot is charged for.
    pub(super) restore_billed: bool,
    /// Snapshots restored so far.
    pub(super) restores: u64,
    /// Time of initializations so far, in nanoseconds.
    pub(super) init_time: u128,
}

/// What an invocation pays before its own work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Preparation {
    /// Time before the function's time-out starts to count.
    pub(super) before: Nanos,
    /// Time inside of it.
    pub(super) within: Nanos,
    /// Part of the former that is not billed as duration.
    pub(super) unbilled: Nanos,
}

impl Start {
    pub(super) fn new(config: &families::Start, init_limit: u32) -> Self {
        Self {
            placement: Sampler::new(&config.placement),
            init: Sampler::new(&config.init),
            init_timeout: nanos(config.init_timeout.value),
            init_limit,
            restore: config.snapshot.as_ref().map(|snapshot| Sampler::new(&snapshot.restore)),
            restore_billed: config.snapshot.as_ref().is_some_and(|snapshot| snapshot.billed),
            restores: 0,
            init_time: 0,
        }
    }

    /// What the first request of a new instance pays.
    pub(super) fn cold(&mut self, core: &mut Core, node: u32, row: &Item) -> Preparation {
        let placement = core.sample(&self.placement, node, Purpose::Prepare, row.line, row.attempt);
        let Preparation { before, within, unbilled } = self.loading(core, node, row);
        Preparation { before: before.saturating_add(placement), within, unbilled: unbilled.saturating_add(placement) }
    }

    /// Initialization or restore, once the code is there.
    fn loading(&mut self, core: &mut Core, node: u32, row: &Item) -> Preparation {
        if let Some(restore) = &self.restore {
            let restore = core.sample(restore, node, Purpose::Init, row.line, row.attempt);
            self.restores += 1;
            return Preparation { before: restore, within: 0, unbilled: restore };
        }
        let init = core.sample(&self.init, node, Purpose::Init, row.line, row.attempt);
        let now = core.now();
        core.limits[self.init_limit as usize].level(now, seconds(init));
        if init <= self.init_timeout {
            self.init_time += u128::from(init);
            return Preparation { before: init, within: 0, unbilled: 0 };
        }
        // Cut off, and done once more by the invocation.
        core.limits[self.init_limit as usize].delay(now, self.init_timeout);
        self.init_time += u128::from(self.init_timeout.saturating_add(init));
        Preparation { before: self.init_timeout, within: init, unbilled: 0 }
    }

    /// What the next request pays on an instance that a time-out or a crash has reset.
    pub(super) fn suppressed(&mut self, core: &Core, node: u32, row: &Item) -> Preparation {
        let init = core.sample(self.restore.as_ref().unwrap_or(&self.init), node, Purpose::Init, row.line, row.attempt);
        self.init_time += u128::from(init);
        Preparation { before: 0, within: init, unbilled: 0 }
    }

    /// Initialization of a provisioned instance, which no request waits for.
    pub(super) fn ahead(&mut self, core: &Core, node: u32, line: u64) -> Nanos {
        let init = core.sample(&self.init, node, Purpose::Init, line, 0);
        self.init_time += u128::from(init);
        init
    }
}

//! Errors: tried again, caught, or handed up to whoever waits for the thread.

use plimsoll_models::machine::{ErrorMatch, Retry};
use rand::RngExt as _;

use super::Workflow;
use crate::{
    core::Core,
    outcome::Outcome,
    rng::Purpose,
    slab::NONE,
    time::{Nanos, nanos},
};

use super::thread::Phase;

/// What went wrong in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// A call failed; nobody says with which error.
    Task,
    /// A limit refused a call.
    Throttled,
    /// A call took too long.
    Timeout,
    /// A state failed on purpose, with this error.
    Named(u16),
}

impl Failure {
    /// What an outcome means to the task; `None` is none.
    pub(super) fn of(outcome: Outcome) -> Option<Self> {
        match outcome {
            Outcome::Ok => None,
            Outcome::Throttled => Some(Self::Throttled),
            Outcome::TimedOut => Some(Self::Timeout),
            Outcome::Failed | Outcome::Rejected | Outcome::Expired => Some(Self::Task),
        }
    }

    /// Whether a rule is meant. A failed call has no name here, so every name that the definition gives fits it.
    fn fits(self, rule: ErrorMatch) -> bool {
        match rule {
            ErrorMatch::All => true,
            ErrorMatch::TaskFailed => self != Self::Timeout,
            ErrorMatch::Timeout => self == Self::Timeout,
            ErrorMatch::Throttled => self == Self::Throttled,
            ErrorMatch::Named(name) => self == Self::Task || self == Self::Named(name),
            ErrorMatch::Never => false,
        }
    }

    fn fits_any(self, rules: &[ErrorMatch]) -> bool {
        rules.iter().any(|rule| self.fits(*rule))
    }
}

impl Workflow {
    /// The state of a thread has failed.
    pub(super) fn fail(&mut self, core: &mut Core, slot: u32, failure: Failure) {
        let state = self.threads[slot].state as usize;
        // The first retrier that fits decides, even when its retries are used up.
        if let Some(position) = self.states[state].retry.iter().position(|rule| failure.fits_any(&rule.errors)) {
            let used = self.threads[slot].retries[position];
            let rule = &self.states[state].retry[position];
            if used < rule.attempts {
                let wait = self.wait(core, slot, rule, used);
                let thread = &mut self.threads[slot];
                thread.retries[position] += 1;
                thread.attempt += 1;
                self.counts.retries += 1;
                self.arm(core, slot, Phase::Backoff, wait);
                return;
            }
        }
        if let Some(catch) = self.states[state].catch.iter().find(|rule| failure.fits_any(&rule.errors)) {
            let next = catch.next;
            self.counts.caught += 1;
            self.go(core, slot, next);
            return;
        }
        let parent = self.threads[slot].parent;
        if parent == NONE {
            let execution = self.threads[slot].execution;
            self.end(core, execution, Outcome::Failed);
            return;
        }
        // One branch that fails ends the others with it.
        self.kill_children(core, parent);
        self.fail(core, parent, failure);
    }

    /// The wait before a retry.
    fn wait(&self, core: &Core, slot: u32, rule: &Retry, used: u32) -> Nanos {
        let grown = (rule.interval * libm::pow(rule.rate, f64::from(used))).min(rule.delay_max);
        if !rule.full_jitter {
            return nanos(grown);
        }
        let thread = &self.threads[slot];
        nanos(grown * core.draw(self.index, Purpose::Backoff, thread.visit_line(), thread.attempt_of_all()).random::<f64>())
    }
}

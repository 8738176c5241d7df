//! Servers that go cold: who takes a cold one waits for its set-up, and an idle one is let go after a while.

use crate::{
    core::Core,
    event::{Class, Event, Timer},
    rng::{Purpose, mix},
    sample::Sampler,
    slab::NONE,
    time::Nanos,
};

/// The warm servers that are idle. All others are busy or cold.
#[derive(Clone, Debug)]
pub(super) struct Warm {
    node: u32,
    setup: Sampler,
    /// How long an idle one stays warm; for ever when absent.
    idle: Option<Sampler>,
    lane: u32,
    /// Serial number and timer, the most recently used one last.
    servers: Vec<(u32, u32)>,
    serial: u32,
}

impl Warm {
    /// All servers cold.
    pub(super) fn new(node: u32, setup: Sampler, idle: Option<Sampler>, core: &mut Core) -> Self {
        Self { node, setup, idle, lane: core.queue.lane(), servers: Vec::new(), serial: 0 }
    }

    /// Takes the server that was used last. Answers the set-up where only a cold one is left.
    pub(super) fn take(&mut self, core: &mut Core, line: u64, attempt: u32) -> Option<Nanos> {
        if let Some((_, timer)) = self.servers.pop() {
            core.queue.cancel(timer);
            return None;
        }
        let now = core.now();
        core.nodes[self.node as usize].instances.add(now, 1);
        core.nodes[self.node as usize].special.add(1);
        Some(core.sample(&self.setup, self.node, Purpose::Setup, line, attempt))
    }

    /// A server has nothing to do.
    pub(super) fn idle(&mut self, core: &mut Core) {
        self.serial = self.serial.wrapping_add(1);
        let timer = match &self.idle {
            None => NONE,
            Some(law) => {
                let stays = core.sample(law, self.node, Purpose::Idle, mix(u64::from(self.serial), 0x1d7e), 0);
                let at = core.now().saturating_add(stays);
                let event = Event::Timer { node: self.node, timer: Timer::Reclaim, argument: self.serial };
                core.queue.set_timer(self.lane, at, Class::Completion, event)
            }
        };
        self.servers.push((self.serial, timer));
    }

    /// A server has been idle for too long.
    pub(super) fn expire(&mut self, core: &mut Core, serial: u32) {
        let now = core.now();
        self.servers.retain(|(other, _)| *other != serial);
        core.nodes[self.node as usize].instances.subtract(now, 1);
    }
}

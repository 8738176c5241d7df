//! Instances of a function: made on demand, kept idle for a while, reclaimed.

use plimsoll_models::families::{IdlePick, PerRequest};

use crate::{
    core::Core,
    event::{Class, Timer},
    rng::{Purpose, mix},
    sample::Sampler,
    slab::{NONE, Slab},
    time::{NEVER, Nanos},
};

/// An instance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Instance {
    /// Which one it is, counted from the first.
    number: u64,
    created: Nanos,
    idle_since: Nanos,
    expires: Nanos,
    /// When the pending reclaim timer fires; [`NEVER`] when there is none.
    reclaim_at: Nanos,
    /// When it is replaced, however busy it is.
    retires: Nanos,
    uses: u32,
    idle: bool,
    /// Whether the next invocation must initialize it again.
    pub(super) reset: bool,
    /// Whether it is part of the provisioned concurrency.
    pub(super) provisioned: bool,
    /// How many deployments there had been when it was made.
    deployment: u32,
    gone: bool,
    /// What its connections to databases are known by; [`NONE`] before the first.
    holder: u32,
}

/// The pool of one function.
#[derive(Clone, Debug)]
pub(super) struct Instances {
    index: u32,
    all: Slab<Instance>,
    /// Idle ones: by time of release, or by time of creation.
    idle: Vec<u32>,
    idle_provisioned: Vec<u32>,
    pick: IdlePick,
    timeout: Sampler,
    life: Sampler,
    created: u64,
    deployment: u32,
}

impl Instances {
    pub(super) fn new(index: u32, scaling: &PerRequest) -> Self {
        Self {
            index,
            all: Slab::default(),
            idle: Vec::new(),
            idle_provisioned: Vec::new(),
            pick: scaling.pick,
            timeout: Sampler::new(&scaling.idle_timeout),
            life: Sampler::new(&scaling.max_life),
            created: 0,
            deployment: 0,
        }
    }

    /// A pool without instances, for units that do not come and go.
    pub(super) fn none(index: u32) -> Self {
        Self {
            index,
            all: Slab::default(),
            idle: Vec::new(),
            idle_provisioned: Vec::new(),
            pick: IdlePick::MostRecentlyUsed,
            timeout: Sampler::Constant(0),
            life: Sampler::Constant(NEVER),
            created: 0,
            deployment: 0,
        }
    }

    /// Puts a provisioned instance to those that wait for requests.
    pub(super) fn put_back(&mut self, core: &Core, id: u32) {
        let row = &mut self.all[id];
        row.idle = true;
        row.idle_since = core.now();
        self.idle_provisioned.push(id);
    }

    /// Takes an instance away that neither serves nor waits.
    pub(super) fn remove(&mut self, core: &mut Core, id: u32) {
        let now = core.now();
        let row = &mut self.all[id];
        row.gone = true;
        let (life, holder) = (now - row.created, row.holder);
        core.end_holder(self.index, holder);
        self.all.remove(id);
        core.events += 1;
        let meter = &mut core.nodes[self.index as usize];
        meter.instances.subtract(now, 1);
        if now >= core.warm_up {
            meter.lifespan.record(life);
        }
    }

    /// What makes an instance's draws its own.
    pub(super) fn line(&self, id: u32) -> u64 {
        mix(self.all[id].number, u64::from(self.all[id].uses))
    }

    /// Whether an instance of the provisioned concurrency is idle.
    pub(super) fn has_provisioned(&self) -> bool {
        !self.idle_provisioned.is_empty()
    }

    /// Takes an idle instance of the provisioned concurrency.
    pub(super) fn take_provisioned(&mut self) -> Option<u32> {
        let id = self.idle_provisioned.pop()?;
        self.all[id].idle = false;
        Some(id)
    }

    /// Takes an idle instance that was made on demand.
    pub(super) fn take(&mut self) -> Option<u32> {
        let id = match self.pick {
            IdlePick::MostRecentlyUsed | IdlePick::NewestCreated => self.idle.pop()?,
            IdlePick::LeastRecentlyUsed if self.idle.is_empty() => return None,
            IdlePick::LeastRecentlyUsed => self.idle.remove(0),
        };
        self.all[id].idle = false;
        Some(id)
    }

    /// Makes an instance.
    pub(super) fn create(&mut self, core: &mut Core, provisioned: bool) -> u32 {
        let now = core.now();
        self.created += 1;
        core.nodes[self.index as usize].instances.add(now, 1);
        let retires = now.saturating_add(core.sample(&self.life, self.index, Purpose::Life, self.created, 0));
        self.all.insert(Instance {
            number: self.created,
            created: now,
            idle_since: now,
            expires: NEVER,
            reclaim_at: NEVER,
            retires,
            uses: 0,
            idle: false,
            reset: false,
            provisioned,
            deployment: self.deployment,
            gone: false,
            holder: NONE,
        })
    }

    /// Puts an instance on demand back that has finished.
    pub(super) fn release(&mut self, core: &mut Core, id: u32) {
        let now = core.now();
        let row = &mut self.all[id];
        row.uses += 1;
        row.idle = true;
        row.idle_since = now;
        let number = row.number;
        let retires = row.retires;
        if row.deployment < self.deployment || retires <= now {
            self.remove(core, id);
            return;
        }
        let at = match self.pick {
            IdlePick::MostRecentlyUsed | IdlePick::LeastRecentlyUsed => self.idle.len(),
            IdlePick::NewestCreated => self.idle.partition_point(|other| self.all[*other].number < number),
        };
        self.idle.insert(at, id);
        let line = self.line(id);
        let wait = core.sample(&self.timeout, self.index, Purpose::Idle, line, 0);
        let expires = now.saturating_add(wait).min(retires);
        let row = &mut self.all[id];
        row.expires = expires;
        // One timer for each instance: when it fires early, it is set again for the rest.
        if row.reclaim_at > expires {
            row.reclaim_at = expires;
            core.after(expires - now, Class::Completion, self.index, Timer::Reclaim, id);
        }
    }

    /// The reclaim timer of an instance fires.
    pub(super) fn reclaim(&mut self, core: &mut Core, id: u32) {
        let now = core.now();
        let row = &mut self.all[id];
        if row.gone || row.reclaim_at != now {
            return;
        }
        row.reclaim_at = NEVER;
        if !row.idle {
            return;
        }
        if row.expires > now {
            row.reclaim_at = row.expires;
            let wait = row.expires - now;
            core.after(wait, Class::Completion, self.index, Timer::Reclaim, id);
            return;
        }
        if let Some(at) = self.idle.iter().position(|other| *other == id) {
            self.idle.remove(at);
        }
        self.remove(core, id);
    }

    /// A deployment: idle instances go at once, busy ones when they have finished. Provisioned ones are made ready before
    /// a deployment takes traffic, so they stay.
    pub(super) fn replace(&mut self, core: &mut Core) {
        self.deployment += 1;
        for id in std::mem::take(&mut self.idle) {
            self.remove(core, id);
        }
    }

    /// Whether an instance has lived for as long as one does.
    pub(super) fn is_retired(&self, core: &Core, id: u32) -> bool {
        self.all[id].retires <= core.now()
    }

    /// Another instance takes the place of one, unseen by requests; the connections of the old one are lost.
    pub(super) fn renew(&mut self, core: &mut Core, id: u32) {
        self.created += 1;
        let life = core.sample(&self.life, self.index, Purpose::Life, self.created, 0);
        let row = &mut self.all[id];
        (row.number, row.uses, row.reset) = (self.created, 0, false);
        row.retires = core.now().saturating_add(life);
        let holder = std::mem::replace(&mut row.holder, NONE);
        core.end_holder(self.index, holder);
    }

    /// What holds the connections of an instance; it keeps them while it lives.
    pub(super) fn holder(&mut self, core: &mut Core, id: u32) -> u32 {
        core.holder_or_new(&mut self.all[id].holder)
    }

    /// An instance starts afresh with its next invocation; its connections are lost.
    pub(super) fn reset(&mut self, core: &mut Core, id: u32) {
        let row = &mut self.all[id];
        row.reset = true;
        let holder = std::mem::replace(&mut row.holder, NONE);
        core.end_holder(self.index, holder);
    }

    /// What an instance is like.
    pub(super) fn get(&mut self, id: u32) -> &mut Instance {
        &mut self.all[id]
    }
}

//! Who gets an instance, and who is refused.
//!
//! In the order of the documentation: the pool's request rate (synchronous requests only), then an idle instance, then
//! a new one if concurrency and the scaling allowance permit.

use super::Compute;
use crate::{
    core::{Core, ReplyTo},
    faults::left_of,
    outcome::Outcome,
    result::TraceEvent,
};

impl Compute {
    /// Admits, queues or refuses an attempt.
    pub(super) fn admit(&mut self, core: &mut Core, item: u32) {
        let now = core.now();
        core.nodes[self.index as usize].arrivals.add(1);
        if self.fixed.is_some() {
            self.admit_fixed(core, item);
            return;
        }
        self.instances.provision(core);
        match self.place(core, item) {
            Ok((instance, cold)) => {
                core.nodes[self.index as usize].accepted.add(1);
                if cold {
                    core.nodes[self.index as usize].special.add(1);
                    core.note_item(item, self.index, TraceEvent::ColdStart);
                }
                self.begin(core, item, instance, cold);
            }
            Err(limit) => {
                core.nodes[self.index as usize].refused.add(1);
                let meter = &core.nodes[self.index as usize];
                let holding = if meter.sojourn.count() > 0 { meter.sojourn.mean() / 1e9 } else { 1.0 };
                core.limits[limit as usize].refuse_demand(now, holding);
                core.answer(item, Outcome::Throttled);
            }
        }
    }

    fn admit_fixed(&mut self, core: &mut Core, item: u32) {
        let now = core.now();
        let Some(fixed) = &mut self.fixed else { return };
        let waiting = fixed.line.len() as u64;
        let meter = &core.nodes[self.index as usize];
        let holding = (meter.sojourn.mean() - meter.wait.mean()).max(0.0) / 1e9;
        let limit = &mut core.limits[fixed.instances_limit as usize];
        limit.offer(now, holding);
        limit.level(now, (self.busy + 1).min(fixed.slots) as f64);
        if self.busy < left_of(fixed.slots, self.lost) {
            core.nodes[self.index as usize].accepted.add(1);
            self.begin(core, item, 0, false);
            return;
        }
        if waiting >= fixed.queue {
            core.nodes[self.index as usize].refused.add(1);
            let limit = fixed.queue_limit.unwrap_or(fixed.instances_limit);
            core.limits[limit as usize].refuse_level(now, 1.0);
            core.answer(item, Outcome::Throttled);
            return;
        }
        core.nodes[self.index as usize].accepted.add(1);
        core.nodes[self.index as usize].waiting.add(now, 1);
        core.limits[fixed.instances_limit as usize].begin_delay(now);
        fixed.line.push_back(item);
        core.note_item(item, self.index, TraceEvent::Wait);
    }

    /// Finds an instance, or names the limit that refuses.
    fn place(&mut self, core: &mut Core, item: u32) -> Result<(u32, bool), u32> {
        let now = core.now();
        let Some(scaling) = &mut self.per_request else { return Err(0) };
        let pool_used = match scaling.reserved {
            Some(_) => self.busy,
            None => core.pools[scaling.pool as usize],
        };
        let limit = match scaling.reserved {
            Some(own) => own as f64 * scaling.left,
            None => core.program.pools[scaling.pool as usize].shared * core.pools_left[scaling.pool as usize],
        };
        core.limits[scaling.concurrency_limit as usize].level(now, (pool_used + 1).min(limit as u64) as f64);
        let is_async = matches!(core.items[item].reply, ReplyTo::Async(_));
        if !is_async {
            core.limits[scaling.rate_limit as usize].demand(now, 1.0);
        }
        if self.lost > 0.0 && self.busy >= left_of(limit as u64, self.lost) {
            return Err(scaling.concurrency_limit);
        }
        let provisioned_idle = self.instances.take_provisioned();
        if let Some(instance) = provisioned_idle {
            return Ok((instance, false));
        }
        if (pool_used as f64) >= limit {
            return Err(scaling.concurrency_limit);
        }
        if !is_async && !scaling.rate.take(now, 1.0) {
            return Err(scaling.rate_limit);
        }
        if let Some(instance) = self.instances.take() {
            return Ok((instance, false));
        }
        core.limits[scaling.ramp_limit as usize].demand(now, 1.0);
        if !scaling.ramp.take(now) {
            return Err(scaling.ramp_limit);
        }
        Ok((self.instances.create(core), true))
    }

    /// Those in line begin as far as there is room, where instances are fixed.
    pub(super) fn next_in_line(&mut self, core: &mut Core) {
        let now = core.now();
        while let Some(fixed) = &mut self.fixed
            && self.busy < left_of(fixed.slots, self.lost)
            && let Some(item) = fixed.line.pop_front()
        {
            let waited = now - core.items[item].arrived;
            core.limits[fixed.instances_limit as usize].end_delay(waited);
            core.nodes[self.index as usize].waiting.subtract(now, 1);
            self.begin(core, item, 0, false);
        }
    }
}

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
        if self.fleet.is_some() {
            self.admit_to_fleet(core, item);
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
}

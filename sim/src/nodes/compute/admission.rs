//! Who gets an instance, and who is refused.
//!
//! In the order of the documentation: an idle provisioned instance within the request rate of those, then the
//! concurrency and the request rate of the pool, then an idle instance, then a new one if the scaling allowance permits.
//! Request rates hold for synchronous requests only.

use super::{Compute, per_request::OnDemand};
use crate::{
    core::{Core, ReplyTo},
    faults::left_of,
    outcome::Outcome,
    result::TraceEvent,
    slab::NONE,
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

    /// Refuses a synchronous request that is too large, for good; the size of a batch is the mapping's business.
    pub(super) fn is_too_large(&self, core: &mut Core, item: u32) -> bool {
        let now = core.now();
        let row = core.items[item];
        let Some(scaling) = self.per_request.as_ref().filter(|_| row.batch == NONE) else { return false };
        let bytes = f64::from(row.bytes);
        let limit = &mut core.limits[scaling.payload_limit as usize];
        limit.level(now, bytes);
        if bytes <= scaling.payload {
            return false;
        }
        limit.refuse(now);
        core.nodes[self.index as usize].arrivals.add(1);
        core.nodes[self.index as usize].refused.add(1);
        core.answer(item, Outcome::Rejected);
        true
    }

    /// Finds an instance, or names the limit that refuses.
    fn place(&mut self, core: &mut Core, item: u32) -> Result<(u32, bool), u32> {
        let now = core.now();
        let Some(scaling) = &mut self.per_request else { return Err(0) };
        let is_sync = !matches!(core.items[item].reply, ReplyTo::Async(_));
        let OnDemand { used, allowed, beside } = scaling.on_demand(core, self.busy);
        if self.lost > 0.0 && self.busy >= left_of(allowed + scaling.provisioned.target(), self.lost) {
            return Err(scaling.concurrency_limit);
        }
        if self.instances.has_provisioned()
            && scaling.provisioned.admits(core, is_sync)
            && let Some(instance) = self.instances.take_provisioned()
        {
            return Ok((instance, false));
        }
        core.limits[scaling.concurrency_limit as usize].level(now, (used + 1).min(allowed) as f64 + beside);
        if is_sync {
            core.limits[scaling.rate_limit as usize].demand(now, 1.0);
        }
        if used >= allowed {
            return Err(scaling.concurrency_limit);
        }
        if is_sync && !core.buckets[scaling.rate as usize].take(now, 1.0) {
            return Err(scaling.rate_limit);
        }
        if let Some(instance) = self.instances.take() {
            scaling.spilled_over += u64::from(scaling.provisioned.target() > 0);
            return Ok((instance, false));
        }
        core.limits[scaling.ramp_limit as usize].demand(now, 1.0);
        if !scaling.ramp.take(now) {
            return Err(scaling.ramp_limit);
        }
        scaling.spilled_over += u64::from(scaling.provisioned.target() > 0);
        Ok((self.instances.create(core, false), true))
    }
}

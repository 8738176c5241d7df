//! Writing: what the limits of a shard let in, one record at a time or several in one request.

use super::{Stream, Writes};
use crate::{
    core::{Cause, Copy, Core, Item, Member, MessageState},
    event::{Class, Timer},
    outcome::Outcome,
    parts::Rate,
    result::TraceEvent,
    slab::NONE,
    time::SECOND,
};

impl Stream {
    /// Takes a record, or counts and tells why not.
    pub(super) fn take(&mut self, core: &mut Core, journey: u32, bytes: u32) -> Result<(), Outcome> {
        let now = core.now();
        core.nodes[self.index as usize].arrivals.add(1);
        core.limits[self.size_limit as usize].level(now, f64::from(bytes));
        let too_large = f64::from(bytes) > self.record_bytes;
        let refused = if too_large {
            Err(self.size_limit)
        } else {
            self.grow(core);
            let shard = core.streams[self.index as usize].of_key(core.journeys[journey].key);
            self.admit(core, shard, bytes)
        };
        refused.map_err(|limit| {
            core.nodes[self.index as usize].refused.add(1);
            core.limits[limit as usize].refuse(now);
            if too_large { Outcome::Rejected } else { Outcome::Throttled }
        })
    }

    /// Takes the records of a request one by one: what one of them meets does not stop those behind it.
    pub(super) fn take_each(&mut self, core: &mut Core, item: u32) -> Result<(), Outcome> {
        let now = core.now();
        let Item { batch, bytes, .. } = core.items[item];
        let (most, limit) = self.request.unwrap_or((f64::INFINITY, self.size_limit));
        core.limits[limit as usize].level(now, f64::from(bytes));
        if f64::from(bytes) > most {
            core.limits[limit as usize].refuse(now);
            core.nodes[self.index as usize].arrivals.add(core.batches[batch].members.len() as u64);
            core.nodes[self.index as usize].refused.add(core.batches[batch].members.len() as u64);
            for member in &mut core.batches[batch].members {
                member.failed = true;
            }
            return Err(Outcome::Rejected);
        }
        let mut taken = Err(Outcome::Throttled);
        for at in 0..core.batches[batch].members.len() {
            let Copy { journey, bytes, .. } = core.copies[core.batches[batch].members[at].copy];
            match self.take(core, journey, bytes) {
                Ok(()) => taken = Ok(()),
                Err(_) => core.batches[batch].members[at].failed = true,
            }
        }
        taken
    }

    /// What was taken of a request is in the log.
    pub(super) fn append(&mut self, core: &mut Core, item: u32) {
        let Item { batch, .. } = core.items[item];
        if batch == NONE {
            let cause = core.cause(item);
            self.append_record(core, &cause);
            core.answer(item, Outcome::Ok);
            return;
        }
        let mut outcome = Outcome::Ok;
        for at in 0..core.batches[batch].members.len() {
            let Member { copy, failed, .. } = core.batches[batch].members[at];
            if failed {
                outcome = Outcome::Throttled;
            } else {
                let cause = core.cause_of_copy(copy);
                self.append_record(core, &cause);
            }
        }
        core.answer(item, outcome);
    }

    /// A record is in the log.
    fn append_record(&mut self, core: &mut Core, cause: &Cause) {
        let now = core.now();
        let key = core.journeys[cause.journey].key;
        let shard = core.streams[self.index as usize].of_key(key);
        let copy = core.keep(self.index, cause, MessageState::Visible);
        core.note(cause.journey, self.index, NONE, TraceEvent::Enqueued);
        let meter = &mut core.nodes[self.index as usize];
        meter.accepted.add(1);
        meter.waiting.add(now, 1);
        self.usage.add(now, cause.bytes);
        let n_open = core.streams[self.index as usize].n_open() as f64;
        let mut readers = 0;
        for (bit, consumer) in core.streams[self.index as usize].consumers.iter().enumerate() {
            if now >= consumer.from {
                readers |= 1 << bit;
                core.ledger.create(consumer.edge);
                let meter = &mut core.edges[consumer.edge as usize];
                meter.stream.lag.add(now, 1);
                // It will take the target's time: the demand for batches at a time.
                core.limits[consumer.parallel_limit as usize].offer(now, meter.holding_s() / n_open);
            }
        }
        let shards = &mut core.streams[self.index as usize];
        shards.all[shard].log.append(copy, key, readers);
        let awake = shards.all[shard].sleeping & readers;
        shards.all[shard].sleeping &= !awake;
        let expires = std::mem::replace(&mut shards.all[shard].expires, true);
        for bit in (0..u64::BITS).filter(|bit| awake >> bit & 1 == 1) {
            let mapping = core.streams[self.index as usize].consumers[bit as usize].mapping;
            core.after(0, Class::Arrival, mapping, Timer::Poll, shard as u32);
        }
        if !expires {
            core.after(self.retention, Class::Arrival, self.index, Timer::Retention, shard as u32);
        }
        if readers == 0 {
            core.rest(copy);
        }
    }

    /// Takes a record into its shard's throughput, or names the limit that refuses.
    fn admit(&mut self, core: &mut Core, shard: usize, bytes: u32) -> Result<(), u32> {
        let now = core.now();
        let Some(Writes { records_per_s, bytes_per_s, records_limit, bytes_limit, records_left, bytes_left }) = self.writes else {
            return Ok(());
        };
        // On demand, a record takes part in the capacity by its bytes, and at least by its place among the records.
        let share = f64::from(bytes).max(bytes_per_s / records_per_s);
        let mut beyond = None;
        if let Some(growth) = &mut self.growth {
            let capacity = core.streams[self.index as usize].n_open() as f64 * bytes_per_s;
            if now / SECOND != growth.second {
                (growth.second, growth.in_second) = (now / SECOND, 0.0);
            }
            growth.in_second += share;
            core.limits[growth.limit as usize].demand(now, share);
            core.limits[growth.ceiling_limit as usize].demand(now, share);
            if growth.in_second > capacity {
                beyond = Some(if capacity >= growth.ceiling { growth.ceiling_limit } else { growth.limit });
            }
        }
        let shard = &mut core.streams[self.index as usize].all[shard];
        let second = shard.second.at(now);
        second.records += 1.0;
        second.bytes += f64::from(bytes);
        core.limits[records_limit as usize].level(now, second.records);
        core.limits[bytes_limit as usize].level(now, second.bytes);
        let (records_rate, bytes_rate) = (Rate::per_second(records_per_s * records_left), Rate::per_second(bytes_per_s * bytes_left));
        if !shard.written_records.admits(now, records_rate, 1.0, SECOND) {
            return Err(beyond.unwrap_or(records_limit));
        }
        if !shard.written_bytes.admits(now, bytes_rate, f64::from(bytes), SECOND) {
            return Err(beyond.unwrap_or(bytes_limit));
        }
        shard.written_records.charge(now, records_rate, 1.0);
        shard.written_bytes.charge(now, bytes_rate, f64::from(bytes));
        if let Some(growth) = &mut self.growth {
            growth.in_slice += share;
        }
        Ok(())
    }
}

//! A lane: batches of a part of a shard's keys, one after the other.

use std::collections::VecDeque;

use super::StreamMapping;
use crate::{
    core::{Batch, Cause, Core, Item, Member, ReplyTo},
    event::{Class, Timer},
    ledger::Fate,
    outcome::Outcome,
    rng::mix,
    slab::NONE,
    time::Nanos,
};

/// A lane.
#[derive(Clone, Debug, Default)]
pub(super) struct Lane {
    /// Records that were read and wait for a batch.
    pub(super) buffer: VecDeque<Read>,
    bytes: u64,
    /// Offsets of the records of the present batch that are not done with.
    work: Vec<u64>,
    /// The parts of the present batch, the next one last; its records are the first of the work.
    parts: Vec<Part>,
    state: State,
    /// Whether the part that is next has failed before.
    pub(super) fails: bool,
    pub(super) window_runs: bool,
}

/// A record that was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Read {
    offset: u64,
    at: Nanos,
    bytes: u32,
    /// Whether more than a batch was before it.
    behind: bool,
}

/// A part of a batch that is tried by itself.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    records: usize,
    /// Retries that were used up.
    retries: u32,
    /// Failures so far, those that led to a halving included.
    failures: u32,
    /// Attempts in a row without any progress.
    waits: u32,
}

/// What a lane does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// It has no batch.
    #[default]
    Free,
    /// The target works on its batch.
    Running,
    /// It waits before it tries its batch again.
    Waiting,
    /// The wait is over, but the consumer is paused.
    Held,
}

impl Lane {
    /// A record joins the line. Answers whether more than a batch is before it, under way or still to begin.
    pub(super) fn put(&mut self, offset: u64, at: Nanos, bytes: u32, batch_size: usize) -> bool {
        let under_way = if self.state == State::Free { 0 } else { batch_size };
        let behind = self.buffer.len() + under_way >= 2 * batch_size;
        self.buffer.push_back(Read { offset, at, bytes, behind });
        self.bytes += u64::from(bytes);
        behind
    }
}

impl StreamMapping {
    fn shard_of(&self, lane: usize) -> u32 {
        (lane / self.factor) as u32
    }

    /// Begins the next batch of a lane, if it is free and the batch is full or has waited long enough.
    pub(super) fn feed(&mut self, core: &mut Core, at: usize) {
        // A batch of which every record has become too old is followed by the next one at once.
        while self.lanes[at].state == State::Free && self.fill(core, at) {
            self.invoke(core, at);
        }
    }

    /// Takes the records of the next batch. Answers whether there is one.
    fn fill(&mut self, core: &mut Core, at: usize) -> bool {
        let now = core.now();
        let stopped = self.failures_stop_shard && self.lanes[self.lanes_of(at / self.factor)].iter().any(|lane| lane.fails);
        if stopped || self.is_paused(now) || at % self.factor >= self.lanes_open {
            return false;
        }
        let lane = &mut self.lanes[at];
        let Some(first) = lane.buffer.front() else { return false };
        let full = lane.buffer.len() >= self.batch_size || lane.bytes >= self.batch_bytes;
        let until = first.at.saturating_add(self.window);
        if !full && until > now {
            if !std::mem::replace(&mut lane.window_runs, true) {
                core.after(until - now, Class::Arrival, self.index, Timer::Window, at as u32);
            }
            return false;
        }
        let mut bytes = 0;
        let limit = &mut core.limits[self.parallel_limit as usize];
        let meter = &mut core.edges[self.edge as usize];
        while let Some(read) = lane.buffer.front().copied() {
            bytes += u64::from(read.bytes);
            if lane.work.len() >= self.batch_size || (bytes > self.batch_bytes && !lane.work.is_empty()) {
                break;
            }
            lane.buffer.pop_front();
            lane.bytes -= u64::from(read.bytes);
            lane.work.push(read.offset);
            if read.behind {
                limit.end_delay(now - read.at);
            }
            if now >= core.warm_up {
                meter.poll.batching_delay.record(now - read.at);
            }
        }
        meter.poll.closed_by_size.add(u64::from(full));
        lane.parts.push(Part { records: lane.work.len(), ..Part::default() });
        true
    }

    /// Hands the next part of the batch to the target, without what is gone or too old by now; the lane is free when
    /// nothing is left.
    fn invoke(&mut self, core: &mut Core, at: usize) {
        while let Some(part) = self.lanes[at].parts.last().copied() {
            self.drop_old(core, at, part.records);
            let left = self.lanes[at].parts.last().map_or(0, |part| part.records);
            if left > 0 {
                self.send(core, at, left, part.failures + 1);
                return;
            }
            self.lanes[at].parts.pop();
        }
        self.lanes[at].state = State::Free;
        self.lanes[at].fails = false;
    }

    /// The batch of a lane goes on, or the next one begins; where it had stopped the other lanes, theirs too.
    fn go_on(&mut self, core: &mut Core, at: usize) {
        self.invoke(core, at);
        let shard = at / self.factor;
        for lane in if self.failures_stop_shard { self.lanes_of(shard) } else { at..at + 1 } {
            self.feed(core, lane);
        }
        self.after_progress(core, shard);
    }

    /// Takes the records out of a part that are gone or too old.
    fn drop_old(&mut self, core: &mut Core, at: usize, records: usize) {
        let now = core.now();
        let shard = self.shard_of(at);
        let mut old = std::mem::take(&mut self.scratch);
        let lane = &mut self.lanes[at];
        let mut kept = 0;
        for index in 0..records {
            let offset = lane.work[index];
            let Some(entry) = core.streams[self.stream as usize].all[shard as usize].log.pending(offset, self.consumer) else { continue };
            if self.record_age > 0 && now - core.copies[entry.record].born > self.record_age {
                old.push(offset);
                continue;
            }
            lane.work[kept] = offset;
            kept += 1;
        }
        lane.work.drain(kept..records);
        if let Some(part) = lane.parts.last_mut() {
            part.records = kept;
        }
        self.give_up(core, shard, &old, Fate::Expired);
        old.clear();
        self.scratch = old;
    }

    fn send(&mut self, core: &mut Core, at: usize, records: usize, delivery: u32) {
        let now = core.now();
        let shard = self.shard_of(at);
        let batch = core.batches.reuse(Batch::default);
        let mut members = std::mem::take(&mut core.batches[batch].members);
        members.clear();
        let mut bytes = 0;
        for offset in &self.lanes[at].work[..records] {
            let log = &core.streams[self.stream as usize].all[shard as usize].log;
            let entry = log.pending(*offset, self.consumer).expect("what is not pending has just been dropped");
            members.push(Member { copy: entry.record, delivery, received: now, failed: false });
            core.copies[entry.record].holders += 1;
            bytes += u64::from(core.copies[entry.record].bytes);
            core.ledger.attempt(self.edge);
            if delivery == 1 && now >= core.warm_up {
                core.nodes[self.stream as usize].wait.record(now - core.copies[entry.record].born);
            }
        }
        let (head, last) = (core.copies[members[0].copy], core.copies[members[records - 1].copy]);
        core.batches[batch] = Batch { members, opened: now, edge: None, tries: 1, lane: at as u32 };
        let meter = &mut core.edges[self.edge as usize];
        meter.stream.age.see(now - last.born);
        meter.poll.batches.add(1);
        meter.poll.messages.add(records as u64);
        meter.poll.running.add(now, 1);
        if delivery > 1 {
            meter.attempts.add(records as u64);
        }
        core.nodes[self.stream as usize].busy.add(now, records as u64);
        let item = core.items.insert(Item {
            line: mix(head.line, u64::from(delivery)),
            journey: head.journey,
            edge: self.edge,
            attempt: delivery,
            origin: NONE,
            reply: ReplyTo::Mapping(self.index),
            batch,
            bytes: bytes.min(u64::from(u32::MAX)) as u32,
            event_type: head.event_type,
            laps: head.laps,
            arrived: now,
            started: now,
        });
        self.lanes[at].state = State::Running;
        core.depart(item, 0);
    }

    /// The target has answered for a part.
    pub(super) fn batch_answered(&mut self, core: &mut Core, item: u32, outcome: Outcome) {
        let now = core.now();
        let batch = core.items[item].batch;
        let at = core.batches[batch].lane as usize;
        let records = core.batches[batch].members.len();
        let failed = core.batches[batch].members.iter().position(|member| member.failed).unwrap_or(0);
        for index in 0..records {
            let copy = core.batches[batch].members[index].copy;
            core.unhold_message(copy);
        }
        let took = now - core.batches[batch].opened;
        core.batches[batch].members.clear();
        core.batches.remove(batch);
        core.nodes[self.stream as usize].busy.subtract(now, records as u64);
        let meter = &mut core.edges[self.edge as usize];
        meter.poll.running.subtract(now, 1);
        if now >= core.warm_up {
            meter.latency.record(took);
        }
        match outcome {
            Outcome::Ok => {
                self.finish(core, at, records, Fate::Done);
                self.lanes[at].parts.pop();
                self.lanes[at].fails = false;
                self.go_on(core, at);
            }
            Outcome::Throttled => {
                core.edges[self.edge as usize].throttled.add(1);
                self.wait(core, at);
            }
            Outcome::Failed | Outcome::TimedOut | Outcome::Rejected | Outcome::Expired => {
                core.edges[self.edge as usize].failed.add(1);
                self.part_failed(core, at, failed);
            }
        }
    }

    /// A part has failed at one of its records.
    fn part_failed(&mut self, core: &mut Core, at: usize, failed: usize) {
        let good = if self.report_item_failures { failed } else { 0 };
        self.finish(core, at, good, Fate::Done);
        let Some(mut part) = self.lanes[at].parts.pop() else { return };
        part.records -= good;
        part.failures += 1;
        if good > 0 {
            part.waits = 0;
        }
        if self.bisect && good == 0 && part.records > 1 {
            // The second half waits for the first, since the order stays. Halving uses up no retry.
            part.waits = 0;
            let first = part.records / 2;
            self.lanes[at].parts.push(Part { records: part.records - first, ..part });
            self.lanes[at].parts.push(Part { records: first, ..part });
        } else {
            part.retries += u32::from(!self.bisect || good == 0);
            self.lanes[at].parts.push(part);
            if part.retries > self.retries {
                let mut offsets = std::mem::take(&mut self.scratch);
                offsets.extend(self.lanes[at].work.drain(..part.records));
                self.give_up(core, self.shard_of(at), &offsets, Fate::Failed);
                offsets.clear();
                self.scratch = offsets;
                self.lanes[at].parts.pop();
                self.lanes[at].fails = false;
                self.go_on(core, at);
                return;
            }
        }
        self.lanes[at].fails = true;
        self.wait(core, at);
    }

    /// The first records of the work are done with.
    fn finish(&mut self, core: &mut Core, at: usize, records: usize, fate: Fate) {
        let shard = self.shard_of(at);
        for offset in self.lanes[at].work.drain(..records) {
            core.finish_record(self.stream, shard, offset, self.consumer, fate);
        }
    }

    /// Records are given up; where there is a destination for that, it is told about them.
    fn give_up(&self, core: &mut Core, shard: u32, offsets: &[u64], fate: Fate) {
        let log = &core.streams[self.stream as usize].all[shard as usize].log;
        let Some(first) = offsets.iter().find_map(|offset| log.pending(*offset, self.consumer)) else { return };
        let cause = Cause { bytes: self.failure_bytes, ..core.cause_of_copy(first.record) };
        let fate = if core.dead_letter_about(self.stream, &cause) { Fate::DeadLettered } else { fate };
        for offset in offsets {
            core.finish_record(self.stream, shard, *offset, self.consumer, fate);
        }
    }

    /// Waits before the part is tried again.
    fn wait(&mut self, core: &mut Core, at: usize) {
        let Some(part) = self.lanes[at].parts.last_mut() else { return };
        part.waits += 1;
        let (waits, line) = (part.waits, mix(at as u64, self.lanes[at].work[0]));
        let wait = core.backoff(self.edge, line, waits);
        self.lanes[at].state = State::Waiting;
        core.after(wait, Class::Arrival, self.index, Timer::BatchRetry, at as u32);
    }

    /// The wait is over.
    pub(super) fn retry(&mut self, core: &mut Core, at: usize) {
        if self.is_paused(core.now()) {
            self.lanes[at].state = State::Held;
            return;
        }
        self.go_on(core, at);
    }

    /// The consumer goes on after a pause.
    pub(super) fn resume_lane(&mut self, core: &mut Core, at: usize) {
        match self.lanes[at].state {
            State::Held => self.go_on(core, at),
            State::Free => self.feed(core, at),
            State::Running | State::Waiting => {}
        }
    }
}

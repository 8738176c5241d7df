//! The reader of a shard: when it reads, how much, and what the limits of the shard say to that.

use std::collections::VecDeque;

use rand::RngExt as _;

use super::{StreamMapping, Throughput};
use crate::{
    core::Core,
    event::{Class, Timer},
    ledger::Fate,
    parts::Pacer,
    rng::{Purpose, mix},
    time::{NEVER, Nanos, SECOND, seconds},
};

/// The reader of a shard.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    /// The next record to read.
    position: u64,
    /// The next record to hand to a lane.
    handed: u64,
    /// Ends of the reads that are on their way.
    on_the_way: VecDeque<u64>,
    /// When the latest of them arrives.
    latest: Nanos,
    /// Whether a read is due or, where it polls, on its way.
    asked: bool,
    /// Whether its parents have been read.
    pub(super) started: bool,
    /// When within its period it polls.
    phase: Nanos,
    /// Throughput of its own.
    own: Pacer,
}

impl Reader {
    pub(super) fn new(phase: Nanos) -> Self {
        Self { position: 0, handed: 0, on_the_way: VecDeque::new(), latest: 0, asked: false, started: false, phase, own: Pacer::default() }
    }
}

impl StreamMapping {
    /// When within its period a reader polls.
    pub(super) fn phase(&self, core: &Core, shard: usize) -> Nanos {
        let line = mix(core.program.edges[self.edge as usize].key, shard as u64);
        (core.draw(self.stream, Purpose::Pickup, line, 0).random::<f64>() * self.poll_every as f64) as Nanos
    }

    /// Reads if there is something to read and room for it; else sleeps until there is.
    pub(super) fn consider(&mut self, core: &mut Core, shard: usize) {
        let now = core.now();
        let reader = &self.readers[shard];
        if !reader.started || reader.asked || self.is_paused(now) || core.faults.is_out(self.stream) || !self.has_room(shard) {
            return;
        }
        let ready = &mut core.streams[self.stream as usize].all[shard];
        if reader.position < ready.log.end() {
            self.read(core, shard);
        } else if !ready.closed && ready.sleeping >> self.consumer & 1 == 0 {
            ready.sleeping |= 1 << self.consumer;
            ready.idle_since[self.consumer as usize] = now;
        }
    }

    /// Whether a lane of the shard could use more records.
    fn has_room(&self, shard: usize) -> bool {
        let lanes = &self.lanes[self.lanes_of(shard)];
        let stopped = self.failures_stop_shard && lanes.iter().any(|lane| lane.fails);
        !stopped && lanes.iter().any(|lane| lane.buffer.len() < self.batch_size)
    }

    /// A record was written to a shard whose reader slept.
    pub(super) fn woken(&mut self, core: &mut Core, shard: usize) {
        let now = core.now();
        if self.readers[shard].asked || self.is_paused(now) {
            return;
        }
        if self.pushed {
            self.wake(core, shard);
            self.consider(core, shard);
            return;
        }
        // A poll that finds nothing is followed by the next one a period later, so the phase stays.
        let phase = self.readers[shard].phase;
        let at = phase + now.saturating_sub(phase).div_ceil(self.poll_every) * self.poll_every;
        self.readers[shard].asked = true;
        core.after(at - now, Class::Arrival, self.index, Timer::Read, shard as u32);
    }

    /// The reader sleeps no longer; what it polled in vain is counted.
    pub(super) fn wake(&self, core: &mut Core, shard: usize) {
        let now = core.now();
        let began = self.pauses.iter().rev().find(|(from, _)| *from <= now).map_or(now, |(from, to)| if *to >= now { *from } else { now });
        let shards = &mut core.streams[self.stream as usize];
        let ready = &mut shards.all[shard];
        ready.sleeping &= !(1 << self.consumer);
        let since = std::mem::replace(&mut ready.idle_since[self.consumer as usize], NEVER);
        let every = shards.consumers[self.consumer as usize].metered_every;
        if since < began && every > 0 {
            shards.metered_reads += (began - since).div_ceil(every) - 1;
        }
    }

    /// It is time for the next poll.
    pub(super) fn read_due(&mut self, core: &mut Core, shard: usize) {
        self.readers[shard].asked = false;
        self.wake(core, shard);
        self.consider(core, shard);
    }

    /// Reads as much as one read brings, if the limits of the shard let it.
    fn read(&mut self, core: &mut Core, shard: usize) {
        let now = core.now();
        let opens = self.opens(core, shard);
        if opens > now {
            self.readers[shard].asked = true;
            core.nodes[self.stream as usize].special.add(1);
            core.edges[self.edge as usize].stream.reads_delayed += 1;
            core.after(opens - now, Class::Arrival, self.index, Timer::Read, shard as u32);
            return;
        }
        let log = &core.streams[self.stream as usize].all[shard].log;
        let mut position = self.readers[shard].position.max(log.first());
        let (mut bytes, mut records, mut age) = (0.0, 0, 0);
        while position < log.end() && records < self.response_records {
            if let Some(entry) = log.pending(position, self.consumer) {
                let row = core.copies[entry.record];
                if records > 0 && bytes + f64::from(row.bytes) > self.response_bytes {
                    break;
                }
                bytes += f64::from(row.bytes);
                records += 1;
                age = now - row.born;
            }
            position += 1;
        }
        self.readers[shard].position = position;
        self.pay(core, shard, bytes);
        let meter = &mut core.edges[self.edge as usize].stream;
        meter.reads += 1;
        meter.read_age.see(age);
        let latency = core.sample(&self.latency, self.stream, Purpose::Pickup, mix(u64::from(self.edge), position), shard as u32);
        let latency = if core.faults.is_quiet() { latency } else { core.stretched(self.edge, latency) };
        let reader = &mut self.readers[shard];
        reader.latest = now.saturating_add(latency).max(reader.latest);
        reader.on_the_way.push_back(position);
        let wait = reader.latest - now;
        reader.asked = !self.pushed;
        core.after(wait, Class::Arrival, self.index, Timer::Received, shard as u32);
        if self.pushed {
            self.consider(core, shard);
        }
    }

    /// From when on the limits of a shard let it read.
    fn opens(&self, core: &mut Core, shard: usize) -> Nanos {
        let now = core.now();
        let Some(Throughput { reads, reads_limit, bytes, bytes_limit, .. }) = self.throughput else { return now };
        let ready = &mut core.streams[self.stream as usize].all[shard];
        // Bytes are not saved up: a read of ten seconds' worth blocks the next one for ten seconds.
        let read = if self.pushed { self.readers[shard].own } else { ready.read_bytes };
        let by_bytes = read.wait(now, bytes, 0.0, 0);
        let by_reads = if self.pushed { 0 } else { ready.reads.wait(now, reads, 1.0, SECOND) };
        if !self.pushed {
            let second = ready.second.at(now);
            second.reads += 1.0;
            core.limits[reads_limit as usize].level(now, second.reads);
        }
        for (limit, wait) in [(bytes_limit, by_bytes), (reads_limit, by_reads)] {
            if wait > 0 {
                core.limits[limit as usize].delay(now, wait);
                let beyond = core.limits[limit as usize].limit.value * (1.0 + seconds(wait));
                core.limits[limit as usize].level(now, beyond);
            }
        }
        now.saturating_add(by_bytes.max(by_reads))
    }

    /// A read counts against the limits of the shard.
    fn pay(&mut self, core: &mut Core, shard: usize, bytes: f64) {
        let now = core.now();
        let shards = &mut core.streams[self.stream as usize];
        if self.pushed {
            shards.pushed_bytes += bytes as u64;
        } else {
            shards.polled_bytes += bytes as u64;
        }
        shards.metered_reads += u64::from(shards.consumers[self.consumer as usize].metered_every > 0);
        let Some(Throughput { reads, bytes: bytes_rate, bytes_per_s, bytes_limit, .. }) = self.throughput else { return };
        let ready = &mut shards.all[shard];
        if self.pushed {
            self.readers[shard].own.charge(now, bytes_rate, bytes);
            return;
        }
        ready.reads.charge(now, reads, 1.0);
        ready.read_bytes.charge(now, bytes_rate, bytes);
        let second = ready.second.at(now);
        second.read_bytes += bytes;
        // One large read is spread over the seconds that it blocks.
        let demand = second.read_bytes.min(bytes_per_s);
        core.limits[bytes_limit as usize].level(now, demand);
    }

    /// What was read arrives: each record goes to the lane of its key.
    pub(super) fn received(&mut self, core: &mut Core, shard: usize) {
        let now = core.now();
        let Some(end) = self.readers[shard].on_the_way.pop_front() else { return };
        let handed = std::mem::replace(&mut self.readers[shard].handed, end);
        if !self.pushed {
            self.readers[shard].asked = false;
        }
        for offset in handed..end {
            let Some(entry) = core.streams[self.stream as usize].all[shard].log.pending(offset, self.consumer) else { continue };
            if !core.passes(self.edge, &core.cause_of_copy(entry.record)) {
                core.finish_record(self.stream, shard as u32, offset, self.consumer, Fate::Filtered);
                continue;
            }
            let lane = shard * self.factor + (mix(entry.key, LANE_SALT) % self.factor as u64) as usize;
            if self.lanes[lane].put(offset, now, core.copies[entry.record].bytes, self.batch_size) {
                core.limits[self.parallel_limit as usize].begin_delay(now);
            }
        }
        for lane in self.lanes_of(shard) {
            self.feed(core, lane);
        }
        self.after_progress(core, shard);
    }

    /// Records of a shard are done with: there may be room for more, and its children may be read.
    pub(super) fn after_progress(&mut self, core: &mut Core, shard: usize) {
        let ready = &core.streams[self.stream as usize].all[shard];
        if ready.closed && ready.log.lag(self.consumer) == 0 {
            self.follow_shards(core);
        }
        self.consider(core, shard);
    }
}

/// Sets the hash of a lane apart from that of a shard.
const LANE_SALT: u64 = 0x1a9e;

//! A subscriber: lines of events that go to one target, alone or in batches.

use std::collections::{BTreeMap, VecDeque};

use super::CustomBus;
use crate::{
    core::Core,
    event::{Class, Timer},
    ledger::Fate,
    outcome::Outcome,
    program::Program,
    time::{NEVER, Nanos, nanos},
};

/// A subscriber.
#[derive(Clone, Debug)]
pub(super) struct Subscriber {
    pub(super) edge: u32,
    fifo: bool,
    /// Most events of an invocation that takes several; `None` where each event travels alone.
    batch: Option<usize>,
    window: Nanos,
    pub(super) pauses: Box<[(Nanos, Nanos)]>,
    /// When it is there, and the times between which what it delivers was published.
    created: Nanos,
    reads: (Nanos, Nanos),
    /// A line for each group where the order is kept, else one.
    lines: BTreeMap<u64, Line>,
}

/// Events that wait, and those before them.
#[derive(Clone, Debug, Default)]
struct Line {
    waiting: VecDeque<u32>,
    under_way: usize,
    /// Whether a timer for the end of the window is set.
    timed: bool,
}

impl Subscriber {
    pub(super) fn new(program: &Program, edge: u32, retention: Nanos) -> Option<Self> {
        let config = program.edges[edge as usize].delivery.as_ref()?.subscriber.as_ref()?;
        // A function's own queue takes events one by one, and so do queues, topics and streams.
        let batch = (config.waits && config.batch_size > 1).then_some(config.batch_size as usize);
        let begin = config.begin;
        let created = nanos(begin.created);
        // What the bus has forgotten by then is no part of the replay.
        let from = begin.from.map_or(created.saturating_sub(retention), nanos);
        // Until it delivers, it stands still like one that is paused.
        let before = (begin.delivers > 0.0).then_some((0.0, begin.delivers));
        let pauses = before.iter().chain(&config.pauses.0);
        Some(Self {
            edge,
            fifo: config.fifo,
            batch,
            window: batch.map_or(0, |_| nanos(config.batch_window)),
            pauses: pauses.map(|(from, to)| (nanos(*from), nanos(*to))).collect(),
            created,
            reads: (from, if begin.until.is_finite() { nanos(begin.until) } else { NEVER }),
            lines: BTreeMap::new(),
        })
    }

    /// The line that an event stands in.
    pub(super) fn group_of(&self, core: &Core, copy: u32) -> u64 {
        if self.fifo { core.journeys[core.copies[copy].journey].key } else { 0 }
    }

    /// Whether what is published now is for it, at once or when it is there.
    pub(super) fn is_meant(&self, now: Nanos) -> bool {
        (self.reads.0..self.reads.1).contains(&now)
    }

    fn is_paused(&self, now: Nanos) -> bool {
        self.pauses.iter().any(|(from, to)| (*from..*to).contains(&now))
    }
}

impl CustomBus {
    /// An event takes its place.
    pub(super) fn enter(&mut self, core: &mut Core, position: usize, copy: u32) {
        let now = core.now();
        let subscriber = &mut self.subscribers[position];
        let group = subscriber.group_of(core, copy);
        subscriber.lines.entry(group).or_default().waiting.push_back(copy);
        core.nodes[self.index as usize].waiting.add(now, 1);
        self.go(core, position, group);
    }

    /// Lets go what may go of a line.
    fn go(&mut self, core: &mut Core, position: usize, group: u64) {
        let now = core.now();
        loop {
            let Subscriber { fifo, batch, window, lines, .. } = &mut self.subscribers[position];
            let Some(line) = lines.get_mut(&group) else { return };
            let Some(head) = line.waiting.front().copied() else {
                if line.under_way == 0 && !line.timed {
                    lines.remove(&group);
                }
                return;
            };
            if *fifo && line.under_way > 0 {
                return;
            }
            let full = line.waiting.len() >= batch.unwrap_or(1);
            let due = core.copies[head].sent + *window;
            if !full && now < due {
                if !line.timed {
                    line.timed = true;
                    let argument = self.windows.insert((position, group));
                    core.after(due - now, Class::Arrival, self.index, Timer::Window, argument);
                }
                return;
            }
            if self.subscribers[position].is_paused(now) {
                return;
            }
            self.depart(core, position, group);
        }
    }

    /// The first events of a line go, as many as travel together.
    fn depart(&mut self, core: &mut Core, position: usize, group: u64) {
        let now = core.now();
        let Subscriber { edge, batch, lines, created, .. } = &mut self.subscribers[position];
        let Some(line) = lines.get_mut(&group) else { return };
        let edge = *edge;
        let together = *batch;
        let mut flight = Vec::new();
        for _ in 0..together.unwrap_or(1) {
            let Some(copy) = line.waiting.pop_front() else { break };
            core.nodes[self.index as usize].waiting.subtract(now, 1);
            if now - core.copies[copy].born > self.retention {
                core.end_copy(copy, Fate::Expired);
                core.forget(copy);
                continue;
            }
            line.under_way += 1;
            self.replayed += u64::from(core.copies[copy].born < *created);
            if together.is_none() {
                core.attempt(copy);
            } else {
                flight.push(copy);
            }
        }
        if !flight.is_empty() {
            core.fly(edge, 0, &flight);
        }
    }

    /// An event of a line is done with.
    pub(super) fn leave(&mut self, core: &mut Core, position: usize, group: u64) {
        if let Some(line) = self.subscribers[position].lines.get_mut(&group) {
            line.under_way -= 1;
        }
        self.go(core, position, group);
    }

    pub(super) fn window_over(&mut self, core: &mut Core, argument: u32) {
        let (position, group) = self.windows[argument];
        self.windows.remove(argument);
        if let Some(line) = self.subscribers[position].lines.get_mut(&group) {
            line.timed = false;
        }
        self.go(core, position, group);
    }

    /// The subscriber goes on after a pause.
    pub(super) fn resume(&mut self, core: &mut Core, position: usize) {
        let groups: Vec<u64> = self.subscribers[position].lines.keys().copied().collect();
        for group in groups {
            self.go(core, position, group);
        }
    }

    /// Counts an event that has been delivered or given up.
    pub(super) fn count(&self, core: &mut Core, copy: u32, outcome: Outcome) {
        let bytes = u64::from(core.copies[copy].bytes);
        let meter = &mut core.nodes[self.index as usize];
        if outcome == Outcome::Ok {
            meter.units[1] += bytes;
        } else {
            meter.failed.add(1);
        }
    }
}

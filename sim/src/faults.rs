//! Faults while a run goes on: where they strike, and what they do to an attempt before it arrives.
//!
//! ```text
//! attempt --> its edge: outage, errors, refusal, delay --> its node: the same --> Behavior::arrive
//! ```
//! What needs to know the node's inside (capacity, slowness, tightened limits, duplicates of a queue, deployments) goes
//! to [`crate::nodes::Behavior::fault`] when it begins and ends; poison is asked for where a node decides whether work
//! fails.

use plimsoll_models::fault::{Effect, Fault};
use rand::RngExt as _;

use crate::{
    core::{Core, NOBODY},
    event::{Class, Event},
    outcome::Outcome,
    result::TraceEvent,
    rng::{self, Purpose},
    sample::Sampler,
    slab::NONE,
    time::Nanos,
};

/// What a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A node of the diagram.
    Node(u32),
    /// An edge.
    Edge(u32),
}

/// A fault made ready.
#[derive(Clone, Debug)]
pub(crate) struct FaultProgram {
    pub(crate) fault: Fault,
    pub(crate) target: Target,
    pub(crate) from: Nanos,
    pub(crate) to: Nanos,
    /// The law of a delay.
    pub(crate) delay: Sampler,
    /// How long an attempt hangs in an outage.
    pub(crate) hang: Nanos,
    /// Index of the limit that it tightens.
    pub(crate) limit: Option<u32>,
    /// Index of the shared bucket behind that limit.
    pub(crate) bucket: Option<u32>,
}

/// The faults that strike one node or edge now, by their indices.
#[derive(Clone, Debug, Default)]
struct Strikes {
    outage: Option<u32>,
    errors: Option<u32>,
    refuse: Option<u32>,
    delay: Option<u32>,
    stretch: Option<u32>,
    duplicates: Option<u32>,
    /// Poison stays in the events that were sent meanwhile.
    poison: Vec<u32>,
}

/// The state of all faults.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    /// Whether any fault has begun: the one thing that is asked where there are none.
    begun: bool,
    nodes: Vec<Strikes>,
    edges: Vec<Strikes>,
    /// How many attempts each fault failed, refused, delayed or doubled.
    pub(crate) struck: Vec<u64>,
}

/// What is done to an attempt.
enum Blow {
    /// It gets this outcome, after so long.
    End(Outcome, Nanos),
    /// It arrives later by so much.
    Delay(Nanos),
}

/// Tells the copies that a fault adds from what their cause makes itself.
const DUPLICATE: u32 = 1 << 31;

/// How many of so many take new work when a share is lost.
pub(crate) fn left_of(all: u64, lost: f64) -> u64 {
    // The smallest part that counts is far above the rounding of the share.
    (all as f64 * (1.0 - lost) + 1e-9) as u64
}

/// A time, multiplied by a factor that mostly is 1.
#[inline]
pub(crate) fn slowed(time: Nanos, factor: f64) -> Nanos {
    if factor == 1.0 { time } else { (time as f64 * factor) as Nanos }
}

impl Faults {
    /// No fault has begun.
    pub(crate) fn new(faults: usize, nodes: usize, edges: usize) -> Self {
        if faults == 0 {
            return Self::default();
        }
        let none = |n| vec![Strikes::default(); n];
        Self { begun: false, nodes: none(nodes), edges: none(edges), struck: vec![0; faults] }
    }

    /// There are so many faults now, in front of which stand those that were there before.
    pub(crate) fn grow(&mut self, faults: usize, nodes: usize, edges: usize) {
        if self.nodes.is_empty() {
            *self = Self::new(faults, nodes, edges);
        }
        self.struck.resize(faults, 0);
    }

    /// Whether nothing has begun yet.
    #[inline]
    pub(crate) fn is_quiet(&self) -> bool {
        !self.begun
    }

    fn at(&self, target: Target) -> &Strikes {
        match target {
            Target::Node(node) => &self.nodes[node as usize],
            Target::Edge(edge) => &self.edges[edge as usize],
        }
    }

    /// Whether an outage strikes a node now.
    pub(crate) fn is_out(&self, node: u32) -> bool {
        self.begun && self.nodes[node as usize].outage.is_some()
    }

    fn set(&mut self, target: Target, index: u32, effect: &Effect, on: bool) {
        self.begun = true;
        let strikes = match target {
            Target::Node(node) => &mut self.nodes[node as usize],
            Target::Edge(edge) => &mut self.edges[edge as usize],
        };
        let slot = match effect {
            Effect::Outage { .. } => &mut strikes.outage,
            Effect::Delay(_) => &mut strikes.delay,
            Effect::Stretch { .. } => &mut strikes.stretch,
            Effect::Errors { .. } => &mut strikes.errors,
            Effect::Refuse { .. } => &mut strikes.refuse,
            Effect::Duplicates { .. } => &mut strikes.duplicates,
            Effect::Poison { .. } => {
                if on {
                    strikes.poison.push(index);
                }
                return;
            }
            Effect::Tighten { .. }
            | Effect::Capacity { .. }
            | Effect::Slow { .. }
            | Effect::Deploy
            | Effect::Surge { .. }
            | Effect::Batch { .. } => return,
        };
        *slot = on.then_some(index);
    }
}

impl Core {
    /// A fault begins or ends; the node that it strikes is told afterwards.
    pub(crate) fn fault(&mut self, index: u32, on: bool) {
        let now = self.now();
        let FaultProgram { fault, target, limit, bucket, .. } = &self.program.faults[index as usize];
        self.faults.set(*target, index, &fault.effect, on);
        if let Effect::Tighten { factor, .. } = &fault.effect {
            let left = if on { *factor } else { 1.0 };
            if let Some(limit) = limit {
                self.limits[*limit as usize].tighten(left);
            }
            if let Some(bucket) = bucket {
                self.buckets[*bucket as usize].tighten(now, left);
            }
        }
    }

    /// What faults do to an attempt that reaches its target. Answers whether they have dealt with it.
    ///
    /// `inside` says that the node itself only takes it over, to make attempts of its own that faults strike.
    pub(crate) fn strike(&mut self, item: u32, node: u32, inside: bool) -> bool {
        let edge = self.items[item].edge;
        let mut wait = 0;
        for target in [Target::Edge(edge), Target::Node(node)] {
            if target == Target::Edge(NONE) || (inside && target == Target::Node(node)) {
                continue;
            }
            match self.blow(target, item) {
                None => {}
                Some(Blow::Delay(by)) => wait += by,
                Some(Blow::End(outcome, after)) => {
                    self.end_struck(item, target, outcome, wait + after);
                    return true;
                }
            }
        }
        if wait > 0 {
            let at = self.now().saturating_add(wait);
            self.queue.schedule(at, Class::Arrival, Event::Arrive { item });
        }
        wait > 0
    }

    /// Whether an outage keeps a node from an attempt that it makes itself, and how long that hangs.
    pub(crate) fn out_inside(&mut self, node: u32) -> Option<Nanos> {
        if self.faults.is_quiet() {
            return None;
        }
        let fault = self.faults.nodes[node as usize].outage?;
        self.faults.struck[fault as usize] += 1;
        Some(self.program.faults[fault as usize].hang)
    }

    /// What faults of a node do to an attempt that the node itself makes. Answers whether they have dealt with it.
    pub(crate) fn strike_inside(&mut self, item: u32, node: u32) -> bool {
        match self.blow(Target::Node(node), item) {
            Some(Blow::End(outcome, after)) => {
                self.end_struck(item, Target::Node(node), outcome, after);
                true
            }
            Some(Blow::Delay(_)) | None => false,
        }
    }

    fn blow(&mut self, target: Target, item: u32) -> Option<Blow> {
        let row = self.items[item];
        let Strikes { outage, errors, refuse, delay, .. } = *self.faults.at(target);
        let key = match target {
            Target::Node(node) => self.keys[node as usize],
            Target::Edge(edge) => self.edge_keys[edge as usize],
        };
        let program = &self.program;
        let effect = |fault: u32| &program.faults[fault as usize].fault.effect;
        let hits = |fault: u32, purpose: Purpose, share: f64| {
            share > 0.0
                && (share >= 1.0 || rng::draw(key, purpose, row.line, row.attempt.wrapping_add(fault << 16)).random::<f64>() < share)
        };
        let (fault, blow) = if let Some(fault) = outage {
            (fault, Blow::End(Outcome::Failed, program.faults[fault as usize].hang))
        } else if let Some((fault, Effect::Refuse { share })) = refuse.map(|fault| (fault, effect(fault)))
            && hits(fault, Purpose::FaultRefusal, *share)
        {
            (fault, Blow::End(Outcome::Throttled, 0))
        } else if let Some((fault, Effect::Errors { share })) = errors.map(|fault| (fault, effect(fault)))
            && hits(fault, Purpose::FaultError, *share)
        {
            (fault, Blow::End(Outcome::Failed, 0))
        } else if let Some(fault) = delay {
            let law = &program.faults[fault as usize].delay;
            (fault, Blow::Delay(law.draw(&mut rng::draw(key, Purpose::FaultDelay, row.line, row.attempt))))
        } else {
            return None;
        };
        self.faults.struck[fault as usize] += 1;
        Some(blow)
    }

    /// An attempt that a fault ends: at a node it counts as an arrival that was refused or failed.
    fn end_struck(&mut self, item: u32, target: Target, outcome: Outcome, after: Nanos) {
        let now = self.now();
        self.items[item].arrived = now;
        if let Target::Node(node) = target {
            let meter = &mut self.nodes[node as usize];
            meter.arrivals.add(1);
            let (counter, what) = match outcome {
                Outcome::Throttled => (&mut meter.refused, TraceEvent::Throttled),
                _ => (&mut meter.failed, TraceEvent::Failed),
            };
            counter.add(1);
            self.note_item(item, node, what);
        }
        let batch = self.items[item].batch;
        if batch != NONE && outcome != Outcome::Throttled {
            for member in &mut self.batches[batch].members {
                member.failed = true;
            }
        }
        self.queue.schedule(now.saturating_add(after), Class::Completion, Event::Answer { item, outcome, call: NONE });
    }

    /// The time of an edge, with what a fault makes of it.
    pub(crate) fn stretched(&mut self, edge: u32, time: Nanos) -> Nanos {
        let Some(fault) = self.faults.edges[edge as usize].stretch else { return time };
        let Effect::Stretch { factor } = self.program.faults[fault as usize].fault.effect else { return time };
        self.faults.struck[fault as usize] += 1;
        (time as f64 * factor) as Nanos
    }

    /// Sends a message twice where a fault of its edge asks for it: the second is a copy of its own that nobody waits for.
    pub(crate) fn double_sent(&mut self, copy: u32) {
        let row = self.copies[copy];
        let Some(fault) = self.faults.edges[row.edge as usize].duplicates.filter(|_| row.token != NOBODY) else { return };
        let Effect::Duplicates { share } = self.program.faults[fault as usize].fault.effect else { return };
        let key = self.edge_keys[row.edge as usize];
        if rng::draw(key, Purpose::FaultDuplicate, row.line, 0).random::<f64>() < share {
            self.faults.struck[fault as usize] += 1;
            let cause = self.cause_of_copy(copy);
            let second = self.open_call(row.edge, NOBODY, &cause, DUPLICATE);
            self.attempt(second);
        }
    }

    /// Whether a fault makes a queue keep a message twice.
    pub(crate) fn is_doubled(&mut self, node: u32, line: u64) -> bool {
        if self.faults.is_quiet() {
            return false;
        }
        let Some(fault) = self.faults.nodes[node as usize].duplicates else { return false };
        let Effect::Duplicates { share } = self.program.faults[fault as usize].fault.effect else { return false };
        let doubled = self.chance(share, node, Purpose::FaultDuplicate, line, 0);
        self.faults.struck[fault as usize] += u64::from(doubled);
        doubled
    }

    /// Whether a fault has poisoned an event for a node: one that its producer sent while the fault was there.
    pub(crate) fn is_poisoned(&mut self, node: u32, journey: u32, line: u64) -> bool {
        if self.faults.is_quiet() || self.faults.nodes[node as usize].poison.is_empty() || journey == NONE {
            return false;
        }
        let started = self.journeys[journey].started;
        for position in 0..self.faults.nodes[node as usize].poison.len() {
            let fault = self.faults.nodes[node as usize].poison[position];
            let FaultProgram { from, to, fault: Fault { effect, .. }, .. } = &self.program.faults[fault as usize];
            let Effect::Poison { share } = *effect else { continue };
            if (*from..*to).contains(&started) && self.chance(share, node, Purpose::FaultPoison, line, fault) {
                self.faults.struck[fault as usize] += 1;
                return true;
            }
        }
        false
    }
}

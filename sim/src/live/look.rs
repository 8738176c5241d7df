//! What a simulation looks like at one moment, and what went by since the moment before.

use plimsoll_models::{EdgeId, EventTypeId, NodeId};

use crate::{
    engine::Simulation,
    program::Program,
    record::tape::{Hop, Mark},
    result::{JourneyTrace, TraceEvent},
    summary,
    time::seconds,
};

/// What the indices of a [`Look`] mean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    /// Nodes of the diagram.
    pub nodes: Vec<NodeId>,
    /// Edges of the diagram.
    pub edges: Vec<EdgeId>,
    /// Event types; `None` is the plain one.
    pub event_types: Vec<Option<EventTypeId>>,
    /// Limits: key, what it is called, and the node or edge that it belongs to.
    pub limits: Vec<LimitName>,
}

/// What a limit is called, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitName {
    /// Key of its record.
    pub key: String,
    /// What people call it.
    pub title: String,
    /// Its node, as an index.
    pub node: Option<u32>,
    /// Its edge, as an index.
    pub edge: Option<u32>,
}

/// A moment. All counts are from the start of the run, so that two looks give a rate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// When, in seconds of simulated time.
    pub at_s: f64,
    /// Whether nothing more will happen.
    pub over: bool,
    /// Events handled so far.
    pub handled: u64,
    /// Root events so far.
    pub started: u64,
    /// Root events whose every descendant ended well.
    pub complete: u64,
    /// Root events that were lost in part.
    pub lossy: u64,
    /// Root events that are under way.
    pub open: u64,
    /// By index of the [`Roster`].
    pub nodes: Vec<NodeLook>,
    /// By index of the [`Roster`].
    pub edges: Vec<EdgeLook>,
    /// By index of the [`Roster`].
    pub limits: Vec<LimitLook>,
}

/// A node at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeLook {
    /// Requests or messages that wait.
    pub waiting: u64,
    /// Requests in service, or messages in flight.
    pub busy: u64,
    /// Instances or connections, idle ones included.
    pub instances: u64,
    /// Instances that are being initialized.
    pub starting: u64,
    /// Instances of the provisioned concurrency.
    pub provisioned: u64,
    /// Age of what has waited longest, in seconds, where the node knows it.
    pub oldest_s: Option<f64>,
    /// Arrivals so far.
    pub arrivals: u64,
    /// Completions so far.
    pub completed: u64,
    /// Refusals so far.
    pub refused: u64,
    /// Failures so far.
    pub failed: u64,
    /// Cold starts or dead letters so far, whatever its family counts.
    pub special: u64,
}

/// An edge at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EdgeLook {
    /// Messages or requests so far; attempts where they are tried again.
    pub sent: u64,
    /// Attempts that were refused so far.
    pub throttled: u64,
    /// Attempts that failed or took too long so far.
    pub failed: u64,
    /// Calls that wait for their next attempt.
    pub waiting: u64,
    /// Batches under way, of an edge that is polled.
    pub running: u64,
    /// Records that a consumer of a stream is not done with.
    pub lag: u64,
}

/// A limit at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LimitLook {
    /// Greatest use in this second of simulated time and the one before, over the limit.
    pub used: f64,
    /// What it refused so far.
    pub refused: u64,
    /// What it delayed so far.
    pub delayed: u64,
}

/// What went by between two moments.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Glimpse {
    /// One journey in so many was followed.
    pub one_in: u64,
    /// Hops along edges that began.
    pub hops: Vec<HopLook>,
    /// What befell events at nodes.
    pub marks: Vec<MarkLook>,
}

/// A message or request on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HopLook {
    /// Ordinal of the root event.
    pub journey: u64,
    /// Edge, as an index.
    pub edge: u32,
    /// When it left, in seconds.
    pub from_s: f64,
    /// When it arrives, in seconds.
    pub to_s: f64,
    /// Which attempt it is, from 1.
    pub attempt: u32,
    /// Event type, as an index.
    pub event_type: u16,
    /// Messages that travel together.
    pub messages: u32,
}

/// Something that befell an event at a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MarkLook {
    /// Ordinal of the root event.
    pub journey: u64,
    /// Node, as an index.
    pub node: u32,
    /// When, in seconds.
    pub at_s: f64,
    /// What.
    pub what: TraceEvent,
}

impl Program {
    /// What the indices of a [`Look`] mean.
    pub fn roster(&self) -> Roster {
        Roster {
            nodes: self.nodes.iter().map(|node| node.id.clone()).collect(),
            edges: self.edges.iter().map(|edge| edge.id.clone()).collect(),
            event_types: self.event_types.iter().map(|event_type| event_type.id.clone()).collect(),
            limits: self
                .limits
                .iter()
                .map(|meter| LimitName {
                    key: meter.limit.key.clone(),
                    title: meter.limit.title.clone(),
                    node: meter.node,
                    edge: meter.edge,
                })
                .collect(),
        }
    }
}

impl Simulation {
    /// What it looks like now.
    pub fn look(&mut self) -> Look {
        self.core.nodes.catch_up();
        self.core.edges.catch_up();
        let core = &self.core;
        let now = core.now();
        let mut look = Look {
            at_s: seconds(now),
            over: self.is_over(),
            handled: self.handled(),
            open: core.journeys.len() as u64,
            nodes: self.nodes.iter().take(core.program.nodes.len()).enumerate().map(|(index, node)| self.node(index, node)).collect(),
            edges: (0..core.program.edges.len()).map(|index| self.edge(index)).collect(),
            limits: core
                .limits
                .iter()
                .map(|meter| LimitLook { used: meter.use_of_late(now), refused: meter.refused, delayed: meter.delayed })
                .collect(),
            ..Look::default()
        };
        for meter in core.journey_meters.iter() {
            look.started += meter.started.total();
            look.complete += meter.complete.total();
            look.lossy += meter.lossy.total();
        }
        look
    }

    fn node(&self, index: usize, node: &crate::nodes::Node) -> NodeLook {
        let meter = &self.core.nodes[index];
        let mut look = NodeLook {
            waiting: meter.waiting.value(),
            busy: meter.busy.value(),
            instances: meter.instances.value(),
            arrivals: meter.arrivals.total(),
            completed: meter.completed.total(),
            refused: meter.refused.total(),
            failed: meter.failed.total(),
            special: meter.special.total(),
            ..NodeLook::default()
        };
        node.told().look(&self.core, &mut look);
        look
    }

    fn edge(&self, index: usize) -> EdgeLook {
        let meter = &self.core.edges[index];
        let books = self.core.books(index as u32);
        EdgeLook {
            sent: books.attempts,
            throttled: meter.throttled.total(),
            failed: meter.failed.total() + meter.timeouts.total(),
            waiting: meter.orbit.value(),
            running: meter.poll.running.value(),
            lag: meter.stream.lag.value(),
        }
    }

    /// Root events so far.
    pub(super) fn requests(&self) -> u64 {
        self.core.requests
    }

    /// Follows a journey that has not begun yet, beside those that every run follows.
    pub(super) fn follow(&mut self, ordinal: u64) {
        self.core.tracer.want(ordinal);
    }

    /// The journey that is followed, once it has begun.
    pub(super) fn followed(&self) -> Option<JourneyTrace> {
        self.core.tracer.found().map(|followed| summary::trace(&self.core, followed, false))
    }

    /// Begins or ends to note what goes by.
    pub fn watch(&mut self, watched: bool) {
        self.core.tape = watched.then(Box::default);
    }

    /// Takes what has gone by since the last time; nothing unless it is watched.
    pub fn glimpse(&mut self) -> Glimpse {
        let Some(tape) = &mut self.core.tape else { return Glimpse::default() };
        let one_in = tape.one_in();
        let (hops, marks) = tape.take();
        let hop = |Hop { journey, edge, from, to, attempt, event_type, messages }: Hop| HopLook {
            journey,
            edge,
            from_s: seconds(from),
            to_s: seconds(to),
            attempt,
            event_type,
            messages,
        };
        let mark = |Mark { journey, node, at, what }: Mark| MarkLook { journey, node, at_s: seconds(at), what };
        Glimpse { one_in, hops: hops.into_iter().map(hop).collect(), marks: marks.into_iter().map(mark).collect() }
    }
}

//! A diagram made ready to run: names become indices, laws become samplers, quotas become limits.

use std::{
    collections::BTreeMap,
    ops::{Deref, DerefMut},
    sync::Arc,
};

use plimsoll_models::{
    Diagnostic, EdgeId, EdgeKind, EventTypeId, NodeId, ScenarioId,
    families::{
        Config, DeliverConfig, DestinationOf, Filter, Operation, PollConfig, RedriveConfig, ReplayConfig, StageConfig, StreamMappingConfig,
    },
    policy::RetryOn,
    scenario::Plan,
};

use crate::{
    faults::FaultProgram,
    guard::ResilienceProgram,
    keys::{HottestKey, KeyProgram},
    limits::LimitMeter,
    month::Tariff,
    parts::TokenBucket,
    result::Assumption,
    routes::Routes,
    sample::Sampler,
    time::Nanos,
    turns::Turns,
};

/// What does not change in a run.
#[derive(Clone, Debug)]
pub struct Program {
    pub(crate) diagram: String,
    pub(crate) scenario: ScenarioId,
    pub(crate) plan: Plan,
    pub(crate) nodes: Vec<NodeProgram>,
    pub(crate) edges: Vec<EdgeProgram>,
    pub(crate) routes: Routes,
    /// How long callers wait for an answer: every length that an edge asks for, once.
    pub(crate) timeouts: Vec<Nanos>,
    /// Event types; the first is the plain one.
    pub(crate) event_types: Vec<EventTypeProgram>,
    /// The limits before anything has used them.
    pub(crate) limits: Vec<LimitMeter>,
    /// Buckets that several nodes share, full.
    pub(crate) buckets: Vec<TokenBucket>,
    /// Concurrency pools that several functions share.
    pub(crate) pools: Vec<PoolProgram>,
    /// Mappings: the poll edges, each an internal node after those of the diagram.
    pub(crate) mappings: Vec<u32>,
    /// What goes wrong, in the order of the scenario.
    pub(crate) faults: Vec<FaultProgram>,
    /// What happens from outside, in the order in which it does.
    pub(crate) cues: Vec<Cue>,
    /// Whether faults may come to it while it runs.
    pub(crate) open_to_changes: bool,
    pub(crate) traces: Vec<plimsoll_models::workload::Trace>,
    pub(crate) assumptions: Vec<Assumption>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Something that happens from outside at a set time, before every event of that time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cue {
    pub(crate) at: Nanos,
    pub(crate) what: Happening,
}

/// What happens from outside. At one time, what ends comes before what begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Happening {
    /// Statistics start.
    WarmUp,
    /// The load is over: a run that drains may end.
    LoadEnds,
    /// A fault ends or begins.
    Fault { on: bool, fault: u32 },
}

impl Program {
    /// The same program, run so that faults can be added while it runs without changing what the run tells.
    pub fn open_to_changes(program: Arc<Self>) -> Arc<Self> {
        let mut program = Arc::unwrap_or_clone(program);
        program.open_to_changes = true;
        Arc::new(program)
    }

    /// What people call a node.
    pub(crate) fn title<'a>(&'a self, id: &'a NodeId) -> &'a str {
        self.nodes.iter().find(|node| node.id == *id).map_or(id.as_str(), |node| &node.title)
    }

    /// An edge in words: its id, and what it connects.
    pub(crate) fn edge_in_words(&self, id: &EdgeId) -> String {
        let title = |node: u32| &self.nodes[node as usize].title;
        // Edges are in the order of their ids.
        match self.edges.binary_search_by(|edge| edge.id.cmp(id)).ok().map(|at| &self.edges[at]) {
            Some(edge) => format!("`{id}` ({} to {})", title(edge.from), title(edge.to)),
            None => format!("`{id}`"),
        }
    }

    /// The place of a limit or of a row of the ledger in words.
    pub(crate) fn place_in_words(&self, node: Option<&NodeId>, edge: Option<&EdgeId>) -> String {
        match (edge, node) {
            (Some(edge), _) => self.edge_in_words(edge),
            (None, Some(node)) => self.title(node).to_owned(),
            (None, None) => "the account".to_owned(),
        }
    }
}

/// A node made ready.
#[derive(Clone, Debug)]
pub(crate) struct NodeProgram {
    pub(crate) id: NodeId,
    /// What people call it.
    pub(crate) title: String,
    pub(crate) service: String,
    pub(crate) config: Config,
    /// Hash of the id, for keyed draws.
    pub(crate) key: u64,
    /// Calls and deliveries that leave it, in order of their ids.
    pub(crate) calls: Vec<u32>,
    /// Edges to the destinations of its asynchronous results.
    pub(crate) destinations: Vec<u32>,
    /// Whether events can come back to it through queues, topics and functions alone.
    pub(crate) on_ring: bool,
    /// Edge to its dead-letter target.
    pub(crate) dead_letter: Option<u32>,
    /// Mappings that poll it, as node indices.
    pub(crate) pollers: Vec<u32>,
    /// Prices by meter.
    pub(crate) prices: Vec<Option<Tariff>>,
    /// Indices of limits, by key.
    pub(crate) limits: BTreeMap<String, u32>,
    /// Indices of shared buckets, by key.
    pub(crate) buckets: BTreeMap<String, u32>,
    /// Index of its trace.
    pub(crate) trace: Option<u32>,
    /// Index of its shared concurrency pool.
    pub(crate) pool: Option<u32>,
}

/// An edge made ready: what every call asks for, in half a line of memory. The rest lies apart, so that thousands of
/// edges stay in the caches.
#[derive(Clone, Debug)]
#[repr(C, align(32))]
pub(crate) struct EdgeProgram {
    pub(crate) key: u64,
    pub(crate) from: u32,
    pub(crate) to: u32,
    /// How long the caller waits: which of [`Program::timeouts`]. [`NONE`] is without time-out.
    pub(crate) timeout: u32,
    /// Whether attempts reach their target at once: their latency is nothing.
    pub(crate) instant: bool,
    pub(crate) rest: Box<EdgeRest>,
}

impl Deref for EdgeProgram {
    type Target = EdgeRest;

    fn deref(&self) -> &EdgeRest {
        &self.rest
    }
}

impl DerefMut for EdgeProgram {
    fn deref_mut(&mut self) -> &mut EdgeRest {
        &mut self.rest
    }
}

/// What few calls ask for about an edge.
#[derive(Clone, Debug)]
pub(crate) struct EdgeRest {
    pub(crate) id: EdgeId,
    pub(crate) latency: Sampler,
    pub(crate) kind: EdgeKind,
    pub(crate) policy: Policy,
    /// What the caller's clients remember between calls.
    pub(crate) resilience: Option<Box<ResilienceProgram>>,
    pub(crate) filter: FilterProgram,
    pub(crate) share: Option<f64>,
    pub(crate) operation: Operation,
    /// Items of one call to a table.
    pub(crate) items: u32,
    /// Requests with several records, where the target is a stream.
    pub(crate) gathers: Option<GatherProgram>,
    /// Share of the writes whose condition is false.
    pub(crate) failed_conditions: f64,
    /// Whether its source answers for what becomes of its calls: it fails, tries again or carries on, and its own fate
    /// tells whether anything was lost.
    pub(crate) answered_for: bool,
    /// Connections to a database that one holder may open; zero where there are none.
    pub(crate) connections: u32,
    pub(crate) poll: Option<Box<PollConfig>>,
    pub(crate) delivery: Option<Box<DeliverConfig>>,
    /// Throttle of a method of an API: rate, burst and limit.
    pub(crate) method: Option<(f64, f64, u32)>,
    /// Its rate, where it has one.
    pub(crate) turns: Option<Turns>,
    /// What a pipe does with it.
    pub(crate) stage: Option<StageConfig>,
    /// Whether the target says which calls of a request went wrong.
    pub(crate) partial: bool,
    pub(crate) redrive: Option<RedriveConfig>,
    /// Events of an archive that go along it.
    pub(crate) replay: Option<Box<ReplayConfig>>,
    /// Edge to the dead-letter target of a subscription.
    pub(crate) dead_letter: Option<u32>,
    /// Price of an hour of a provisioned poller.
    pub(crate) poller_price: Option<Tariff>,
    /// What a consumer of a stream does.
    pub(crate) stream: Option<Box<StreamMappingConfig>>,
    /// For a destination: of which results.
    pub(crate) destination: Option<DestinationOf>,
    /// Indices of limits, by key.
    pub(crate) limits: BTreeMap<String, u32>,
}

/// How calls are gathered to one request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GatherProgram {
    pub(crate) calls: usize,
    pub(crate) bytes: u64,
    pub(crate) linger: Nanos,
}

/// What a caller does about bad attempts.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    pub(crate) attempts: u32,
    pub(crate) backoff: BackoffProgram,
    pub(crate) age_max: Nanos,
    pub(crate) retry_on: RetryOn,
}

/// The wait before an attempt.
#[derive(Clone, Debug)]
pub(crate) enum BackoffProgram {
    /// With the share of each wait that is drawn.
    Exponential {
        base: f64,
        factor: f64,
        cap: f64,
        jitter: f64,
    },
    /// Between the base and so many times the wait before.
    Decorrelated {
        base: f64,
        factor: f64,
        cap: f64,
    },
    Schedule(Box<[Nanos]>),
    Random(Sampler),
}

/// Which events pass.
#[derive(Clone, Debug)]
pub(crate) enum FilterProgram {
    All,
    Share(f64),
    FirstOf { first: u64, of: u64 },
    Types(Box<[u16]>),
}

impl FilterProgram {
    pub(crate) fn new(filter: &Filter, type_index: impl Fn(&str) -> Option<u16>) -> Self {
        match filter {
            Filter::All => Self::All,
            Filter::Share(share) => Self::Share(*share),
            Filter::FirstOf { first, of } => Self::FirstOf { first: *first, of: *of },
            Filter::Types(names) => Self::Types(names.iter().filter_map(|name| type_index(name)).collect()),
        }
    }
}

/// An event type made ready.
#[derive(Clone, Debug)]
pub(crate) struct EventTypeProgram {
    pub(crate) id: Option<EventTypeId>,
    /// Its size; where nobody gave one, it is as large as what it comes from.
    pub(crate) bytes: Option<u32>,
    pub(crate) key: KeyProgram,
    /// The key whose journeys are told apart from the rest.
    pub(crate) hottest: Option<HottestKey>,
}

/// A pool of concurrency that several functions share.
#[derive(Clone, Debug, Default)]
pub(crate) struct PoolProgram {
    /// What is left for functions without a reservation.
    pub(crate) shared: f64,
    /// What is set apart for others.
    pub(crate) set_apart: f64,
}

//! What nodes share while a run goes on: the clock, the copies in flight, the books and the meters.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem::offset_of,
    sync::Arc,
};

use plimsoll_models::families::Config;
use rand::RngExt as _;

use crate::{
    ahead::LINE,
    cost::Spending,
    event::{Class, Event, Timer},
    faults::Faults,
    flights::{Flight, Gathering},
    guard::Guards,
    ledger::{Fate, Ledger, Row},
    limits::LimitMeter,
    meters::{EdgeChange, EdgeMeter, JourneyMeter, KeyClass, Meters, NodeMeter},
    nodes::{Customer, Store},
    outcome::Outcome,
    parts::{Pacer, Shards, TokenBucket},
    program::{EdgeProgram, FilterProgram, Program},
    queue::EventQueue,
    record::{
        Tape,
        tape::{Hop, Mark},
        trace::{Step, Tracer},
    },
    result::TraceEvent,
    rng::{self, DrawRng, Purpose, mix},
    routes::Route,
    sample::Sampler,
    slab::{NONE, Slab},
    time::{NEVER, Nanos},
};

/// The path of one root event through everything it causes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Journey {
    /// Number of the root event, over all producers.
    pub(crate) ordinal: u64,
    /// Partition key.
    pub(crate) key: u64,
    /// Which class of keys it belongs to, where they are told apart.
    pub(crate) class: KeyClass,
    pub(crate) started: Nanos,
    /// Recorded duration, where the trace has one.
    pub(crate) recorded: Nanos,
    /// Row of the journey meters.
    pub(crate) meter: u32,
    /// Copies and orphaned attempts that have not ended.
    open: u32,
    /// Calls of the producer that have not been settled.
    pub(crate) awaited: u32,
    pub(crate) lossy: bool,
    /// Slot of the tracer.
    trace: u32,
}

/// How often the path of an event has led through the first function of a ring; packed, so that an attempt fits into a line
/// of memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C, packed(2))]
pub(crate) struct Laps {
    /// The function; without meaning while the count is zero.
    pub(crate) function: u32,
    pub(crate) count: u16,
}

/// One message on one edge, or one message kept in a node. What the end of a call asks for comes first and together.
///
/// It is not rounded up to two lines of memory: then the first parts of all copies would share every other set of a cache.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct Copy {
    /// What the caller calls it; for a message in a queue, its group.
    pub(crate) token: u64,
    pub(crate) born: Nanos,
    /// When its latest attempt was made, or when it last became visible.
    pub(crate) sent: Nanos,
    /// The journey that it belongs to; [`NONE`] for a message that rests where nobody will take it.
    pub(crate) journey: u32,
    /// The edge that it travels on; [`NONE`] for a kept message.
    pub(crate) edge: u32,
    /// Its row in the ledger.
    pub(crate) row: u32,
    /// Node that sent it and wants to know the outcome.
    pub(crate) caller: u32,
    pub(crate) attempt: u32,
    /// Attempt in flight, or [`NONE`].
    pub(crate) item: u32,
    /// Timer of the attempt, of the visibility or of the retention.
    pub(crate) timer: u32,
    /// Batches that still mention a kept message.
    pub(crate) holders: u32,
    /// Which of the caller's clients sends it; for what a function sends together, which of its events it is about.
    pub(crate) client: u32,
    /// What its latest retry was for, and so what it cost, where it was paid for.
    pub(crate) paid: Option<Outcome>,
    /// State of a kept message.
    pub(crate) state: MessageState,
    /// The call that probably ends after the one that ends after this one, or any other number: memory is asked for it.
    pub(crate) ends_later: u32,
    pub(crate) bytes: u32,
    /// What makes its draws its own: a hash of its path.
    pub(crate) line: u64,
    /// How long the target asked to wait; zero when it did not.
    pub(crate) retry_after: Nanos,
    /// When a message was first sent that has been moved from one queue to another since; [`NEVER`] for all others.
    pub(crate) first_sent: Nanos,
    pub(crate) second_timer: u32,
    /// Who holds the connection that it needs, see [`Core::new_holder`]; [`NONE`] for most.
    pub(crate) origin: u32,
    pub(crate) laps: Laps,
    pub(crate) event_type: u16,
}

const _: () = assert!(offset_of!(Copy, ends_later) == LINE && size_of::<Copy>() == 112);

/// Where a kept message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MessageState {
    /// Not visible yet.
    Delayed,
    /// Waits to be received.
    Visible,
    /// Received and not deleted.
    InFlight,
    /// Deleted, expired or dead-lettered, but a batch still mentions it.
    Gone,
}

/// Who learns the outcome of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReplyTo {
    /// The call it belongs to.
    Call(u32),
    /// Several calls that travel in one request.
    Flight(u32),
    /// The mapping that delivered the batch.
    Mapping(u32),
    /// The function's own queue of asynchronous events.
    Async(u32),
    /// Nobody: its caller has given up, or never cared.
    Nobody,
}

/// An attempt at a node, in one line of memory.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(crate) struct Item {
    pub(crate) line: u64,
    pub(crate) journey: u32,
    pub(crate) edge: u32,
    pub(crate) attempt: u32,
    pub(crate) reply: ReplyTo,
    /// Its batch, or [`NONE`] for a single event.
    pub(crate) batch: u32,
    pub(crate) bytes: u32,
    pub(crate) event_type: u16,
    pub(crate) laps: Laps,
    pub(crate) arrived: Nanos,
    pub(crate) started: Nanos,
    /// Who holds the connection that it needs; [`NONE`] for most.
    pub(crate) origin: u32,
}

const _: () = assert!(size_of::<Item>() == LINE);

/// A message in a batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    pub(crate) copy: u32,
    /// Which delivery of the message this is.
    pub(crate) delivery: u32,
    pub(crate) received: Nanos,
    pub(crate) failed: bool,
}

/// A container of messages.
#[derive(Clone, Debug, Default)]
pub(crate) struct Batch {
    pub(crate) members: Vec<Member>,
    pub(crate) opened: Nanos,
    /// The poll edge that it travels on, once it is closed.
    pub(crate) edge: Option<u32>,
    pub(crate) tries: u32,
    /// Lane of the mapping that it comes from.
    pub(crate) lane: u32,
}

/// What nodes share.
#[derive(Clone, Debug)]
pub(crate) struct Core {
    pub(crate) program: Arc<Program>,
    pub(crate) queue: EventQueue,
    /// Key of each node's draws, from seed, replication and id.
    pub(crate) keys: Vec<u64>,
    pub(crate) edge_keys: Vec<u64>,
    pub(crate) journeys: Slab<Journey>,
    pub(crate) copies: Slab<Copy>,
    pub(crate) items: Slab<Item>,
    pub(crate) batches: Slab<Batch>,
    pub(crate) flights: Slab<Flight>,
    /// Everybody in the stations.
    pub(crate) customers: Slab<Customer>,
    /// Requests that are being filled, by edge.
    pub(crate) gatherings: BTreeMap<u32, Gathering>,
    pub(crate) stores: Vec<Store>,
    /// Shards of each stream.
    pub(crate) streams: Vec<Shards>,
    /// Partitions of each table.
    pub(crate) partitions: Vec<u32>,
    pub(crate) ledger: Ledger,
    /// Journeys that were first lost in each row of the ledger.
    pub(crate) first_losses: Vec<u64>,
    pub(crate) limits: Vec<LimitMeter>,
    pub(crate) buckets: Vec<TokenBucket>,
    /// Concurrency in use of each shared pool.
    pub(crate) pools: Vec<u64>,
    /// What faults leave of each shared pool.
    pub(crate) pools_left: Vec<f64>,
    pub(crate) nodes: Meters<NodeMeter>,
    pub(crate) edges: Meters<EdgeMeter>,
    pub(crate) journey_meters: Meters<JourneyMeter>,
    pub(crate) spending: Spending,
    pub(crate) tracer: Tracer,
    /// What a watcher sees go by; `None` while nobody watches.
    pub(crate) tape: Option<Box<Tape>>,
    pub(crate) faults: Faults,
    /// A lane for each of [`Program::timeouts`].
    pub(crate) timeout_lanes: Vec<u32>,
    /// Holders of connections that are still there, and how many there were.
    holders: BTreeSet<u32>,
    holders_made: u32,
    /// What clients remember between calls, by edge; empty where none remembers anything.
    pub(crate) guards: Vec<Option<Box<Guards>>>,
    /// What is still to be waited for on edges with a rate, by the limit that says it.
    pub(crate) turns: BTreeMap<u32, Pacer>,
    pub(crate) events: u64,
    pub(crate) requests: u64,
    pub(crate) warm_up: Nanos,
    pub(crate) load_ends: Nanos,
}

/// The cause of a new copy: what it inherits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cause {
    pub(crate) journey: u32,
    pub(crate) line: u64,
    pub(crate) event_type: u16,
    pub(crate) bytes: u32,
    pub(crate) laps: Laps,
}

impl Core {
    pub(crate) fn new(program: &Arc<Program>, seed: u64, replication: u32, window: Nanos) -> Self {
        let root = mix(mix(seed, 0x91_1350), u64::from(replication));
        let mut queue = EventQueue::default();
        let (n_nodes, n_edges) = (program.nodes.len(), program.edges.len());
        // Time-outs of the same length come in the order in which they were set, whatever the edge: they share a lane.
        let timeout_lanes = program.timeouts.iter().map(|_| queue.lane()).collect();
        let counts_calls = program.open_to_changes || !program.faults.is_empty();
        let stores = program
            .nodes
            .iter()
            .map(|node| match node.config {
                Config::Queue(ref config) => Store::new(node, config, &mut queue),
                _ => Store::default(),
            })
            .collect();
        Self {
            queue,
            keys: program.nodes.iter().map(|node| mix(root, node.key)).collect(),
            edge_keys: program.edges.iter().map(|edge| mix(root, edge.key ^ 0xed9e)).collect(),
            journeys: Slab::default(),
            copies: Slab::default(),
            items: Slab::default(),
            batches: Slab::default(),
            flights: Slab::default(),
            customers: Slab::default(),
            gatherings: BTreeMap::new(),
            stores,
            streams: vec![Shards::default(); n_nodes],
            partitions: vec![0; n_nodes],
            ledger: Ledger::new(n_edges + n_nodes),
            first_losses: vec![0; n_edges + n_nodes],
            limits: program.limits.clone(),
            buckets: program.buckets.clone(),
            pools: vec![0; program.pools.len()],
            pools_left: vec![1.0; program.pools.len()],
            nodes: Meters::new(vec![NodeMeter::default(); n_nodes], window),
            edges: Meters::new(
                program.edges.iter().map(|edge| EdgeMeter::new(edge.poll.is_some() || edge.stream.is_some(), counts_calls)).collect(),
                window,
            ),
            journey_meters: Meters::new(journey_meters(program), window),
            spending: Spending::new(program),
            tracer: Tracer::default(),
            tape: None,
            faults: Faults::new(program.faults.len(), n_nodes, n_edges),
            timeout_lanes,
            holders: BTreeSet::new(),
            holders_made: 0,
            guards: guards(program),
            turns: BTreeMap::new(),
            events: 0,
            requests: 0,
            warm_up: crate::time::nanos(program.plan.warm_up),
            load_ends: crate::time::nanos(program.plan.duration),
            program: Arc::clone(program),
        }
    }

    /// The present.
    #[inline]
    pub(crate) fn now(&self) -> Nanos {
        self.queue.now()
    }

    /// A timer of a node, after a delay.
    #[inline]
    pub(crate) fn after(&mut self, delay: Nanos, class: Class, node: u32, timer: Timer, argument: u32) {
        let at = self.now().saturating_add(delay);
        self.queue.schedule(at, class, Event::Timer { node, timer, argument });
    }

    /// The generator for one decision of a node about a copy.
    #[inline]
    pub(crate) fn draw(&self, node: u32, purpose: Purpose, line: u64, attempt: u32) -> DrawRng {
        rng::draw(self.keys[node as usize], purpose, line, attempt)
    }

    /// A time drawn from a law for a node and a copy.
    #[inline]
    pub(crate) fn sample(&self, law: &Sampler, node: u32, purpose: Purpose, line: u64, attempt: u32) -> Nanos {
        match law {
            Sampler::Constant(value) => *value,
            law => law.draw(&mut self.draw(node, purpose, line, attempt)),
        }
    }

    /// Whether something with this share happens.
    #[inline]
    pub(crate) fn chance(&self, share: f64, node: u32, purpose: Purpose, line: u64, attempt: u32) -> bool {
        share > 0.0 && (share >= 1.0 || self.draw(node, purpose, line, attempt).random::<f64>() < share)
    }

    /// The one of a node's edges that an event takes, where shares say so.
    #[inline]
    pub(crate) fn route(&self, node: u32, line: u64, attempt: u32) -> Option<Route> {
        let routes = &self.program.routes;
        if routes.has(node) { routes.take(node, self.draw(node, Purpose::Route, line, attempt).random()) } else { None }
    }

    // --- journeys ---

    /// A root event comes into being.
    pub(crate) fn begin_journey(&mut self, producer: u32, event_type: u16, line: u64, recorded: Nanos) -> u32 {
        let ordinal = self.requests;
        self.requests += 1;
        self.events += 1;
        let now = self.now();
        let ready = &self.program.event_types[event_type as usize];
        let key = ready.key.draw(now, line, || self.draw(producer, Purpose::Key, line, 0));
        let class = if ready.hottest.as_ref().is_some_and(|hottest| hottest.key == key) { KeyClass::Hottest } else { KeyClass::Rest };
        let meter = producer * self.program.event_types.len() as u32 + u32::from(event_type);
        let row = &mut self.journey_meters[meter as usize];
        row.started.add(1);
        if let Some(row) = row.class(class) {
            row.started += 1;
        }
        let trace = self.tracer.begin(ordinal, producer, now).unwrap_or(NONE);
        self.journeys.insert(Journey { ordinal, key, class, started: now, recorded, meter, open: 0, awaited: 0, lossy: false, trace })
    }

    /// Whether a journey is that of an event that an archive has sent again.
    pub(crate) fn is_replayed(&self, journey: u32) -> bool {
        let producer = self.journeys[journey].meter as usize / self.program.event_types.len();
        matches!(self.program.nodes[producer].config, Config::Archive(_))
    }

    /// The producer has the final outcome of everything it asked for.
    pub(crate) fn respond(&mut self, journey: u32, fate: Fate) {
        let now = self.now();
        let Journey { started, meter, trace, class, .. } = self.journeys[journey];
        let counted = now >= self.warm_up;
        let row = &mut self.journey_meters[meter as usize];
        match fate {
            Fate::Done | Fate::Filtered => {
                row.succeeded += 1;
                if counted {
                    row.response.record(now - started);
                    row.response_series.record(now - started);
                    if let Some(row) = row.class(class) {
                        row.response.record(now - started);
                    }
                }
            }
            Fate::Rejected => row.rejected += 1,
            Fate::Failed | Fate::Expired | Fate::DeadLettered | Fate::Dropped => row.failed += 1,
        }
        if fate.is_loss() && counted {
            row.response_failed.record(now - started);
        }
        if trace != NONE {
            self.tracer.respond(trace, now);
        }
    }

    /// One more thing of a journey is under way.
    #[inline]
    pub(crate) fn hold_journey(&mut self, journey: u32) {
        self.journeys[journey].open += 1;
    }

    /// One thing less is under way; the journey ends with the last.
    #[inline]
    pub(crate) fn release_journey(&mut self, journey: u32) {
        let row = &mut self.journeys[journey];
        row.open -= 1;
        if row.open > 0 {
            return;
        }
        let Journey { started, meter, lossy, trace, class, .. } = *row;
        let now = self.queue.now();
        let meter = &mut self.journey_meters[meter as usize];
        if !lossy {
            meter.complete.add(1);
            if now >= self.warm_up {
                meter.completion.record(now - started);
                meter.completion_series.record(now - started);
            }
            if let Some(row) = meter.class(class) {
                row.complete += 1;
                if now >= self.warm_up {
                    row.completion.record(now - started);
                }
            }
        }
        if trace != NONE {
            self.tracer.end(trace, now);
        }
        self.journeys.remove(journey);
    }

    /// Notes a step of a journey, if it is followed.
    #[inline]
    pub(crate) fn note(&mut self, journey: u32, node: u32, edge: u32, what: TraceEvent) {
        if journey == NONE {
            return;
        }
        let Journey { trace, ordinal, .. } = self.journeys[journey];
        if trace != NONE {
            let at = self.queue.now();
            self.tracer.step(trace, Step { at, node, edge, what });
        }
        if let Some(tape) = &mut self.tape
            && tape.follows(ordinal)
            && what.is_visible()
        {
            tape.mark(Mark { journey: ordinal, node, at: self.queue.now(), what });
        }
    }

    /// Sends an attempt on its way: it reaches its target after some time.
    pub(crate) fn depart(&mut self, item: u32, latency: Nanos) {
        let now = self.now();
        let reaches = now.saturating_add(latency);
        // Most edges take no time: said here, so that the event is built in its place.
        if latency == 0 {
            self.queue.schedule_now(Class::Arrival, Event::Reach { item });
        } else {
            self.queue.schedule(reaches, Class::Arrival, Event::Reach { item });
        }
        if self.tape.is_some() {
            self.show_hop(item, now, reaches);
        }
    }

    #[inline(never)]
    fn show_hop(&mut self, item: u32, from: Nanos, to: Nanos) {
        let Item { batch, journey, edge, attempt, event_type, .. } = self.items[item];
        let Some(tape) = &mut self.tape else { return };
        let followed = |journey: u32| (journey != NONE).then(|| self.journeys[journey].ordinal).filter(|ordinal| tape.follows(*ordinal));
        let (seen, messages) = if batch == NONE {
            (followed(journey), 1)
        } else {
            let members = &self.batches[batch].members;
            (members.iter().find_map(|member| followed(self.copies[member.copy].journey)), members.len() as u32)
        };
        if let Some(journey) = seen {
            tape.hop(Hop { journey, edge, from, to, attempt, event_type, messages });
        }
    }

    /// Notes a step for every journey of an item.
    pub(crate) fn note_item(&mut self, item: u32, node: u32, what: TraceEvent) {
        let Item { batch, journey, edge, .. } = self.items[item];
        if batch == NONE {
            self.note(journey, node, edge, what);
            return;
        }
        for index in 0..self.batches[batch].members.len() {
            let copy = self.batches[batch].members[index].copy;
            let journey = self.copies[copy].journey;
            if self.copies[copy].state != MessageState::Gone {
                self.note(journey, node, edge, what);
            }
        }
    }

    // --- copies ---

    /// The books of an edge, or of what a node keeps.
    pub(crate) fn books(&self, row: u32) -> Row {
        let written = self.ledger.row(row);
        if (row as usize) < self.program.edges.len() { written.with(&self.edges[row as usize].books()) } else { written.clone() }
    }

    /// Ends a copy; its slot is given back by [`Self::forget`].
    pub(crate) fn end_copy(&mut self, copy: u32, fate: Fate) {
        self.end_part(self.copies[copy].row, copy, fate);
    }

    /// Ends one consumer's part in a kept message that several consumers have, in the consumer's row.
    pub(crate) fn end_part(&mut self, row: u32, copy: u32, fate: Fate) {
        if (row as usize) < self.program.edges.len() {
            self.edges.change(row as usize, EdgeChange::Ended(fate), 0);
        } else {
            self.ledger.end(row, fate);
        }
        self.count_loss(row, copy, fate);
    }

    /// A journey loses a copy of a row of the ledger, if that is its fate and nobody answers for it.
    pub(crate) fn count_loss(&mut self, row: u32, copy: u32, fate: Fate) {
        let Copy { journey, edge, .. } = self.copies[copy];
        let answered_for = || edge != NONE && self.program.edges[edge as usize].answered_for;
        if journey != NONE && fate.is_loss() && !answered_for() {
            let journey = &mut self.journeys[journey];
            // A journey is lost with its first copy, whatever becomes of the others.
            if !std::mem::replace(&mut journey.lossy, true) {
                self.first_losses[row as usize] += 1;
                let row = &mut self.journey_meters[journey.meter as usize];
                row.lossy.add(1);
                if let Some(row) = row.class(journey.class) {
                    row.lossy += 1;
                }
            }
        }
    }

    /// Gives back the slot of an ended copy, and its hold on the journey.
    pub(crate) fn forget(&mut self, copy: u32) {
        let journey = self.copies[copy].journey;
        self.copies.remove(copy);
        if journey != NONE {
            self.release_journey(journey);
        }
    }

    /// Gives back the slot of a settled call, at once or when no batch mentions it any more.
    pub(crate) fn let_go(&mut self, copy: u32) {
        if self.copies[copy].holders == 0 {
            self.forget(copy);
        } else {
            self.copies[copy].state = MessageState::Gone;
        }
    }

    /// A copy that never leaves, because it did not match.
    pub(crate) fn filtered(&mut self, edge: u32, journey: u32) {
        self.ledger.create(edge);
        self.ledger.end(edge, Fate::Filtered);
        let from = self.program.edges[edge as usize].from;
        self.note(journey, from, edge, TraceEvent::Filtered);
    }

    /// A message has come to rest where nobody will take it: it is still held, but its journey goes on without it.
    pub(crate) fn rest(&mut self, copy: u32) {
        let journey = std::mem::replace(&mut self.copies[copy].journey, NONE);
        self.release_journey(journey);
    }

    /// Whether an event passes the filter of an edge.
    pub(crate) fn passes(&self, edge: u32, cause: &Cause) -> bool {
        match &self.program.edges[edge as usize].filter {
            FilterProgram::All => true,
            FilterProgram::Share(share) => {
                *share >= 1.0 || rng::draw(self.edge_keys[edge as usize], Purpose::Filter, cause.line, 0).random::<f64>() < *share
            }
            FilterProgram::FirstOf { first, of } => self.journeys[cause.journey].ordinal % of < *first,
            FilterProgram::Types(types) => types.contains(&cause.event_type),
        }
    }

    /// A message that a node keeps.
    pub(crate) fn keep(&mut self, node: u32, cause: &Cause, state: MessageState) -> u32 {
        let row = self.program.edges.len() as u32 + node;
        self.ledger.create(row);
        self.hold_journey(cause.journey);
        let now = self.now();
        self.copies.insert(Copy {
            line: mix(cause.line, self.program.nodes[node as usize].key),
            journey: cause.journey,
            edge: NONE,
            row,
            caller: node,
            token: 0,
            born: now,
            sent: now,
            attempt: 0,
            bytes: cause.bytes,
            event_type: cause.event_type,
            laps: cause.laps,
            state,
            item: NONE,
            timer: NONE,
            second_timer: NONE,
            holders: 0,
            origin: NONE,
            client: 0,
            paid: None,
            ends_later: NONE,
            retry_after: 0,
            first_sent: NEVER,
        })
    }

    /// What an item hands on to what it causes.
    pub(crate) fn cause(&self, item: u32) -> Cause {
        let Item { journey, line, event_type, bytes, laps, .. } = self.items[item];
        Cause { journey, line, event_type, bytes, laps }
    }

    /// What a kept or sent copy hands on to what it causes.
    pub(crate) fn cause_of_copy(&self, copy: u32) -> Cause {
        let Copy { journey, line, event_type, bytes, laps, .. } = self.copies[copy];
        Cause { journey, line, event_type, bytes, laps }
    }
}

/// What the clients of each edge remember; none at all where no edge asks for it.
fn guards(program: &Program) -> Vec<Option<Box<Guards>>> {
    let of = |edge: &EdgeProgram| edge.resilience.as_ref().map(|ready| Box::new(Guards::new(&ready.rules)));
    if program.edges.iter().all(|edge| edge.resilience.is_none()) { Vec::new() } else { program.edges.iter().map(of).collect() }
}

/// A meter for each producer and event type; only those of keys that are told apart have classes.
fn journey_meters(program: &Program) -> Vec<JourneyMeter> {
    let produces = |node: &crate::program::NodeProgram| matches!(node.config, Config::Producer(_));
    let meters = program.nodes.iter().filter(|node| produces(node)).count() * program.event_types.len();
    let of = |node: &crate::program::NodeProgram| {
        let produces = produces(node);
        program.event_types.iter().map(move |event_type| JourneyMeter::new(produces && event_type.hottest.is_some(), meters))
    };
    program.nodes.iter().flat_map(of).collect()
}

/// Connections belong to whoever opened them: an instance of a function, a server, a proxy.
impl Core {
    /// Somebody who may hold connections.
    pub(crate) fn new_holder(&mut self) -> u32 {
        self.holders_made += 1;
        self.holders.insert(self.holders_made);
        self.holders_made
    }

    /// The holder that somebody has, or a new one where there is none yet.
    pub(crate) fn holder_or_new(&mut self, holder: &mut u32) -> u32 {
        if *holder == NONE {
            *holder = self.new_holder();
        }
        *holder
    }

    /// Who holds the connection that an attempt needs; [`NONE`] also when the holder has gone while it was on its way.
    pub(crate) fn holder(&self, item: u32) -> u32 {
        let holder = self.items[item].origin;
        if self.holders.contains(&holder) { holder } else { NONE }
    }

    /// A holder of a node is gone: every store that the node may be connected to hears of it.
    pub(crate) fn end_holder(&mut self, node: u32, holder: u32) {
        if !self.holders.remove(&holder) {
            return;
        }
        for position in 0..self.program.nodes[node as usize].calls.len() {
            let edge = &self.program.edges[self.program.nodes[node as usize].calls[position] as usize];
            if edge.connections > 0 {
                self.after(0, Class::Completion, edge.to, Timer::Disconnect, holder);
            }
        }
    }
}

impl Core {
    /// Sends what a node gives up to its dead-letter target. Answers whether it has one.
    pub(crate) fn dead_letter(&mut self, node: u32, copy: u32) -> bool {
        self.dead_letter_about(node, &self.cause_of_copy(copy))
    }

    /// Tells a node's dead-letter target about something that it gives up. Answers whether it has one.
    pub(crate) fn dead_letter_about(&mut self, node: u32, cause: &Cause) -> bool {
        let Some(edge) = self.program.nodes[node as usize].dead_letter else { return false };
        self.dead_letter_along(edge, cause);
        true
    }

    /// Sends what the source of a dead-letter edge gives up along it.
    pub(crate) fn dead_letter_along(&mut self, edge: u32, cause: &Cause) -> u32 {
        let node = self.program.edges[edge as usize].from;
        self.note(cause.journey, node, edge, TraceEvent::DeadLettered);
        self.call(edge, NOBODY, cause, 0)
    }
}

/// Token of calls that nobody waits for: to dead-letter targets and destinations, and duplicates.
pub(crate) const NOBODY: u64 = u64::MAX;

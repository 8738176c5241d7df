//! The loop: take the next event, move the clock, let the node handle it.

use std::sync::Arc;

use crate::{
    Progress, RunError,
    core::{Copy, Core, NOBODY, ReplyTo},
    event::Event,
    faults::{FaultProgram, Target},
    meters::JourneyMeter,
    nodes::Node,
    outcome::Outcome,
    program::{Cue, Happening, Program},
    queue::PENDING_MAX,
    result::RunResult,
    slab::NONE,
    time::{NEVER, Nanos, SECOND, nanos, seconds},
};

/// Most points of a series.
const WINDOWS_MAX: u64 = 500;
/// Fewest points of a series.
const WINDOWS_MIN: u64 = 50;
/// Memory that the series of nodes and edges may take, in bytes: those of large diagrams have fewer points.
const SERIES_BYTES: u64 = 16 << 20;
/// Memory of a point of a series, in bytes.
const POINT_BYTES: u64 = 8;
/// Series of a node, and of an edge, about.
const SERIES_OF: (u64, u64) = (10, 3);

/// So many nodes stay in the nearest caches with all that they have; of more, memory is asked ahead of time.
const NODES_KEPT_NEAR: usize = 64;
/// So many copies do.
const COPIES_KEPT_NEAR: usize = 4_096;

/// Events between two looks at the cancel flag.
const CHECK_EVERY: u64 = 1 << 16;

/// Most copies in flight or kept before a run is stopped; a copy takes about 200 bytes with everything around it.
pub const HELD_MAX: usize = 30_000_000;

/// Most events at one instant before a run is stopped; a loop without any delay would otherwise go on for ever. More than
/// what the most devices and users make who begin together.
pub const INSTANT_EVENTS_MAX: u64 = 100_000_000;

/// A simulation that can be stepped, looked at, copied and resumed.
///
/// A copy goes on exactly like the original: `snapshot` is `clone`.
#[derive(Clone, Debug)]
pub struct Simulation {
    pub(crate) core: Core,
    pub(crate) nodes: Vec<Node>,
    window: Nanos,
    window_end: Nanos,
    /// What happens from outside next, as a position in the program's cues.
    cue: usize,
    /// Up to when events are handled before that.
    before_cue: Nanos,
    /// Events handled, and how many had been when the clock last moved between two looks.
    handled: (u64, u64),
    /// The time of the latest look.
    looked: Nanos,
    seed: u64,
    /// [`INSTANT_EVENTS_MAX`] but in tests.
    instant_events_max: u64,
}

/// How far an advance came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Advance {
    /// Nothing is left to happen up to the time.
    There,
    /// More is to happen.
    Busy,
}

/// A level of a node that can be looked at while a simulation runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gauge {
    /// Requests in service, or messages in flight.
    Busy,
    /// Requests or messages that wait.
    Waiting,
    /// Instances, idle ones included.
    Instances,
    /// Instances that there should be.
    Desired,
    /// Write units in the bank of a table.
    WriteTokens,
    /// Arrivals so far, warm-up included.
    Arrivals,
    /// Refusals so far, warm-up included.
    Refused,
    /// Cold starts so far, warm-up included.
    ColdStarts,
}

impl Simulation {
    /// A simulation at time zero. Each replication has its own luck.
    pub fn new(program: &Arc<Program>, replication: u32) -> Self {
        let seed = program.plan.seed;
        let window = window_length(nanos(program.plan.duration), windows(program.nodes.len() as u64, program.edges.len() as u64));
        let mut core = Core::new(program, seed, replication, window);
        let mut nodes: Vec<Node> = (0..program.nodes.len() as u32).map(|index| Node::new(program, index, &mut core)).collect();
        for (at, edge) in program.mappings.iter().enumerate() {
            nodes.push(Node::mapping(program, (program.nodes.len() + at) as u32, *edge, &mut core));
        }
        for node in &mut nodes {
            node.behavior().start(&mut core);
        }
        let mut simulation = Self {
            core,
            nodes,
            window,
            window_end: window,
            cue: 0,
            before_cue: 0,
            handled: (0, 0),
            looked: 0,
            seed,
            instant_events_max: INSTANT_EVENTS_MAX,
        };
        simulation.cues(0);
        simulation
    }

    /// The present, in seconds.
    pub fn now_s(&self) -> f64 {
        seconds(self.core.now())
    }

    /// Handles every event up to a time in seconds, and moves the clock there.
    pub fn run_until(&mut self, time_s: f64) {
        let until = nanos(time_s);
        while self.step(until) {}
        self.close_all_windows(until);
        self.core.queue.advance(until);
    }

    /// A level of a node.
    pub fn gauge(&self, node: &str, gauge: Gauge) -> Option<f64> {
        let index = self.core.program.nodes.iter().position(|ready| ready.id.as_str() == node)?;
        let meter = &self.core.nodes[index];
        match gauge {
            Gauge::Busy => Some(meter.busy.value() as f64),
            Gauge::Waiting => Some(meter.waiting.value() as f64),
            Gauge::Instances => Some(meter.instances.value() as f64),
            Gauge::Desired => self.nodes[index].told().desired(),
            Gauge::WriteTokens => self.nodes[index].told().write_tokens(self.core.now()),
            Gauge::Arrivals => Some(meter.arrivals.total() as f64),
            Gauge::Refused => Some(meter.refused.total() as f64),
            Gauge::ColdStarts => Some(meter.special.total() as f64),
        }
    }

    /// Handles one event, or what happens from outside, if there is one up to a time.
    #[inline]
    fn step(&mut self, until: Nanos) -> bool {
        let Some(event) = self.core.queue.pop(until.min(self.before_cue)) else { return self.step_cue(until) };
        if self.core.now() >= self.window_end {
            self.close_windows(self.core.now());
        }
        self.handled.0 += 1;
        if self.nodes.len() > NODES_KEPT_NEAR && matches!(event, Event::Timer { .. }) {
            self.foresee();
        }
        self.handle(event);
        true
    }

    /// Moves the clock to what happens from outside next, if that is up to a time.
    #[inline(never)]
    fn step_cue(&mut self, until: Nanos) -> bool {
        let Some(cue) = self.core.program.cues.get(self.cue).filter(|cue| cue.at <= until) else { return false };
        let at = cue.at;
        self.core.queue.advance(at);
        self.close_windows(at);
        self.cues(at);
        true
    }

    /// Lets everything happen that happens from outside up to a time. Nothing else has happened at that time yet, so that it
    /// does not matter when somebody decided on it.
    fn cues(&mut self, now: Nanos) {
        while let Some(Cue { at, what }) = self.core.program.cues.get(self.cue).copied()
            && at <= now
        {
            self.cue += 1;
            match what {
                Happening::WarmUp => self.restart_statistics(),
                Happening::LoadEnds => {}
                Happening::Fault { fault, on } => self.fault(fault, on),
            }
        }
        self.before_cue = self.core.program.cues.get(self.cue).map_or(NEVER, |cue| cue.at - 1);
    }

    #[inline]
    fn handle(&mut self, event: Event) {
        let core = &mut self.core;
        match event {
            Event::Timer { node, timer, argument } => self.nodes[node as usize].behavior().timer(core, timer, argument),
            Event::Reach { item } => {
                let edge = core.items[item].edge;
                let to = core.program.edges[edge as usize].to;
                let behavior = self.nodes[to as usize].behavior();
                if core.faults.is_quiet() || !core.strike(item, to, behavior.takes_over(core, item)) {
                    behavior.arrive(core, item);
                }
            }
            Event::Arrive { item } => {
                let edge = core.items[item].edge;
                let to = core.program.edges[edge as usize].to;
                self.nodes[to as usize].behavior().arrive(core, item);
            }
            Event::Answer { item, outcome, call } => self.answer(item, outcome, call),
            Event::Retry { copy } => {
                core.leave_orbit(copy);
                if self.is_awaited(copy) {
                    self.core.attempt_in_turn(copy);
                } else {
                    self.core.give_up(copy);
                }
            }
            Event::Turn { copy, expires } => {
                core.leave_line(copy);
                if !self.is_awaited(copy) {
                    self.core.give_up(copy);
                } else if expires {
                    self.settle(copy, Outcome::Expired);
                } else {
                    self.core.attempt(copy);
                }
            }
            Event::CallTimeout { copy } => {
                core.orphan(copy);
                self.attempt_ended(copy, Outcome::TimedOut);
            }
            Event::Gathered { edge, number } => core.gathered(edge, number),
            Event::FlightTimeout { flight } => self.land(flight, Outcome::TimedOut, true),
            Event::FlightRetry { flight } => {
                let Copy { token, caller, .. } = core.head(flight);
                if token == NOBODY || self.nodes[caller as usize].behavior().awaits(token) {
                    core.fly_again(flight);
                } else {
                    core.abandon_flight(flight);
                }
            }
            Event::Lane { .. } => debug_assert!(false, "the queue resolves lanes itself"),
        }
    }

    /// Asks memory for what the next two timers take: two timers before for what they touch at once, one timer before for
    /// what that leads to.
    #[inline]
    fn foresee(&self) {
        let Some([next, second]) = self.core.queue.next_two() else { return };
        if let Event::Timer { node, argument, .. } = second {
            self.core.customers.foresee(argument);
            self.foresee_at(node);
        }
        if let Event::Timer { node, timer, argument } = next {
            self.core.nodes.foresee_next(node as usize);
            if let Some(reached) = self.nodes[node as usize].foresee_timer(&self.core, timer, argument) {
                self.foresee_at(reached);
                self.core.program.routes.foresee(reached);
            }
        }
    }

    /// Something happens soon at a node.
    #[inline]
    fn foresee_at(&self, node: u32) {
        self.nodes[node as usize].foresee();
        self.core.nodes.foresee(node as usize);
    }

    /// Whether the caller of a call still wants it.
    fn is_awaited(&mut self, copy: u32) -> bool {
        let Copy { token, caller, .. } = self.core.copies[copy];
        token == NOBODY || self.nodes[caller as usize].behavior().awaits(token)
    }

    /// A fault begins or ends: what it strikes hears of it.
    fn fault(&mut self, index: u32, on: bool) {
        let core = &mut self.core;
        core.fault(index, on);
        let program = Arc::clone(&core.program);
        let FaultProgram { target, fault, .. } = &program.faults[index as usize];
        let node = match target {
            Target::Node(node) => *node as usize,
            // Of edges, only those that are polled have somebody inside.
            Target::Edge(edge) => match program.mappings.iter().position(|mapping| mapping == edge) {
                Some(at) => program.nodes.len() + at,
                None => return,
            },
        };
        self.nodes[node].behavior().fault(core, &fault.effect, on);
    }

    fn answer(&mut self, item: u32, outcome: Outcome, call: u32) {
        // A call whose attempt this still is awaits it: nobody else has an attempt of this number meanwhile.
        if call != NONE && self.core.copies[call].item == item {
            self.core.items.remove(item);
            self.attempt_ended(call, outcome);
            return;
        }
        let row = self.core.items[item];
        match row.reply {
            ReplyTo::Call(copy) => {
                self.core.items.remove(item);
                self.attempt_ended(copy, outcome);
            }
            ReplyTo::Flight(flight) => {
                self.core.items.remove(item);
                self.land(flight, outcome, false);
                self.core.ground(flight);
            }
            ReplyTo::Mapping(node) => {
                self.nodes[node as usize].behavior().answered(&mut self.core, item, outcome);
                self.core.items.remove(item);
            }
            ReplyTo::Async(copy) => {
                let node = self.core.copies[copy].caller;
                self.nodes[node as usize].behavior().answered(&mut self.core, item, outcome);
                self.core.items.remove(item);
            }
            ReplyTo::Nobody => {
                self.core.items.remove(item);
                self.core.release_journey(row.journey);
            }
        }
    }

    fn attempt_ended(&mut self, copy: u32, outcome: Outcome) {
        if self.core.copies.slots() > COPIES_KEPT_NEAR {
            // The next one to end was asked for when the one before this ended.
            self.core.copies.foresee(self.core.copies[copy].ends_later);
        }
        if let Some(outcome) = self.core.attempt_ended(copy, outcome) {
            self.settle(copy, outcome);
        }
    }

    /// The call is over: its caller learns the outcome, then the copy is forgotten.
    fn settle(&mut self, copy: u32, outcome: Outcome) {
        let row = self.core.copies[copy];
        self.core.settle(copy, outcome);
        if row.token != NOBODY && self.nodes[row.caller as usize].behavior().awaits(row.token) {
            self.nodes[row.caller as usize].behavior().settled(&mut self.core, copy, outcome);
        }
        self.core.let_go(copy);
    }

    /// A request with several calls has ended for its caller: each call is settled or tried again.
    fn land(&mut self, flight: u32, outcome: Outcome, given_up: bool) {
        let Some(mut landing) = self.core.landing(flight, outcome, given_up) else { return };
        for at in 0..self.core.passengers(flight) {
            if let Some((copy, outcome)) = self.core.concluded(&mut landing, at) {
                self.settle(copy, outcome);
            }
        }
        self.core.landed(landing);
    }

    fn restart_statistics(&mut self) {
        let now = self.core.now();
        self.core.nodes.caught_up().for_each(|meter| meter.restart(now));
        self.core.edges.caught_up().for_each(|meter| meter.restart(now));
        self.core.journey_meters.caught_up().for_each(JourneyMeter::restart);
    }

    /// Ends the windows of the series that have passed.
    fn close_windows(&mut self, now: Nanos) {
        while self.window_end <= now && self.window_end <= self.core.load_ends {
            self.core.sample_message_ages(self.window_end);
            self.core.sample_iterator_ages(self.window_end);
            self.core.nodes.pass_window();
            self.core.edges.pass_window();
            self.core.journey_meters.pass_window();
            self.note_costs();
            self.window_end += self.window;
        }
    }

    /// Notes what each node has cost up to the end of a window.
    fn note_costs(&mut self) {
        if self.core.spending.nodes() == 0 {
            return;
        }
        // Bills are read off figures that may still be noted only.
        self.core.nodes.post_all();
        self.core.edges.post_all();
        let window = (self.core.nodes.windows().passed - 1, self.window_end);
        for position in 0..self.core.spending.nodes() {
            let node = self.core.spending.node(position);
            let billed = self.nodes[node].told().billed(&self.core, self.window_end);
            self.core.spend(position, &billed, window);
        }
    }

    /// Ends the windows that have passed, for all meters.
    fn close_all_windows(&mut self, now: Nanos) {
        self.close_windows(now);
        self.core.nodes.catch_up();
        self.core.edges.catch_up();
        self.core.journey_meters.catch_up();
    }

    /// Whether nothing is held any more.
    fn is_drained(&self) -> bool {
        self.core.journeys.len() == 0
    }

    /// When the scenario ends at the latest, in seconds.
    pub fn end_s(&self) -> f64 {
        seconds(self.end())
    }

    fn end(&self) -> Nanos {
        let plan = &self.core.program.plan;
        nanos(if self.drains() { plan.duration + plan.drain_limit } else { plan.duration })
    }

    /// Whether it goes on after the load until nothing is held.
    fn drains(&self) -> bool {
        self.core.program.plan.until == plimsoll_models::scenario::Until::Drained
    }

    /// Whether it has drained before its end.
    #[inline]
    fn has_drained(&self, drains: bool) -> bool {
        drains && self.core.now() >= self.core.load_ends && self.is_drained()
    }

    /// Runs to the end of the scenario.
    pub fn run(&mut self, progress: &Progress) -> Result<(), RunError> {
        let end = self.end();
        while self.advance(end, CHECK_EVERY) == Advance::Busy {
            self.check(progress, end)?;
        }
        self.finish();
        progress.report(1.0, self.core.events);
        Ok(())
    }

    /// Whether the scenario is over.
    pub fn is_over(&self) -> bool {
        self.core.now() >= self.end() || self.has_drained(self.drains())
    }

    /// Events handled so far.
    pub fn handled(&self) -> u64 {
        self.handled.0
    }

    /// The present.
    pub(crate) fn now(&self) -> Nanos {
        self.core.now()
    }

    /// Runs on to a time in seconds, but handles so many events at most: for who does other things in between. Answers
    /// whether it is there; then the state is the one that [`Simulation::run_until`] leads to, or the end of the scenario.
    pub fn run_some(&mut self, time_s: f64, events: u64) -> Result<bool, RunError> {
        let end = self.end();
        let until = nanos(time_s).min(end);
        if self.advance(until, events) == Advance::Busy {
            self.check(&Progress::new(), end)?;
            return Ok(false);
        }
        if until == end || self.has_drained(self.drains()) {
            self.finish();
        } else {
            self.close_all_windows(until);
            self.core.queue.advance(until);
        }
        Ok(true)
    }

    /// Handles the next event alone, if there is one before the end of the scenario.
    pub fn run_one(&mut self) -> bool {
        let end = self.end();
        self.advance(end, 1) == Advance::Busy
    }

    /// Goes on with a program that differs from its own only in what happens from outside after the present.
    pub(crate) fn adopt(&mut self, program: &Arc<Program>) {
        let core = &mut self.core;
        debug_assert!(core.program.nodes.len() == program.nodes.len() && core.program.edges.len() == program.edges.len());
        core.program = Arc::clone(program);
        core.faults.grow(program.faults.len(), program.nodes.len(), program.edges.len());
        let now = core.now();
        self.cue = program.cues.partition_point(|cue| cue.at <= now);
        self.before_cue = program.cues.get(self.cue).map_or(NEVER, |cue| cue.at - 1);
    }

    /// Handles so many events at most, up to a time and not beyond the end of the scenario.
    fn advance(&mut self, until: Nanos, events: u64) -> Advance {
        let drains = self.drains();
        for _ in 0..events {
            if self.has_drained(drains) || !self.step(until) {
                return Advance::There;
            }
        }
        Advance::Busy
    }

    /// The scenario is over: nothing happens any more.
    fn finish(&mut self) {
        if !self.has_drained(self.drains()) {
            self.core.queue.advance(self.end());
        }
        self.close_all_windows(self.core.now().max(self.core.load_ends));
    }

    fn check(&mut self, progress: &Progress, end: Nanos) -> Result<(), RunError> {
        if self.core.now() > self.looked {
            (self.looked, self.handled.1) = (self.core.now(), self.handled.0);
        } else if self.handled.0 - self.handled.1 > self.instant_events_max {
            return Err(self.stuck());
        }
        progress.report(self.core.now() as f64 / end as f64, self.core.events);
        if progress.is_canceled() {
            return Err(RunError::Canceled);
        }
        let held = self.core.copies.len();
        if held > HELD_MAX || self.core.queue.pending() + 1_000_000 > PENDING_MAX {
            return Err(RunError::TooLarge(format!(
                "after {} of simulated time {held} messages and calls are held, more than fit into the memory set aside for a run; \
                 lower the load, shorten the run or mend what lets the backlog grow",
                plimsoll_models::units::print_duration(self.now_s()),
            )));
        }
        Ok(())
    }

    /// Why a run whose clock does not move is stopped.
    fn stuck(&self) -> RunError {
        let meters = self.core.program.nodes.iter().zip(self.core.nodes.iter());
        // Reversed, so that the first of equals is named.
        let busiest = meters.rev().max_by_key(|(_, meter)| meter.arrivals.total());
        let at = busiest.map(|(node, _)| format!("; `{}` has had most arrivals", node.title)).unwrap_or_default();
        RunError::TooLarge(format!(
            "more than {} events happened at one instant, after {} of simulated time, and the clock does not move on{at}; \
             give a think time, a back-off or a latency to whatever repeats itself without any, or spread out what begins together",
            plimsoll_models::units::print_compact(self.instant_events_max as f64),
            plimsoll_models::units::print_duration(self.now_s()),
        ))
    }

    /// What the run tells so far.
    pub fn result(&self) -> RunResult {
        let nodes = self.nodes.iter().take(self.core.program.nodes.len());
        let accounts: Vec<_> = nodes.map(|node| node.account(&self.core)).collect();
        crate::summary::summarize(&self.core, &accounts, self.seed)
    }
}

/// Points of the series of a diagram of this size.
fn windows(nodes: u64, edges: u64) -> u64 {
    let point = POINT_BYTES * (SERIES_OF.0 * nodes + SERIES_OF.1 * edges).max(1);
    (SERIES_BYTES / point).clamp(WINDOWS_MIN, WINDOWS_MAX)
}

/// The shortest round window that gives at most so many points.
fn window_length(duration: Nanos, windows: u64) -> Nanos {
    let exact = (duration / windows).max(1);
    let mut unit = SECOND / 1_000;
    // 1, 2, 5, 10, 20, 50 and so on.
    for factor in [2.0, 2.5, 2.0].into_iter().cycle() {
        if unit >= exact || unit > Nanos::MAX / 10 {
            break;
        }
        unit = (unit as f64 * factor) as Nanos;
    }
    unit
}

#[cfg(test)]
mod tests {
    use plimsoll_models::{Catalog, Diagram, Edge, EdgeKind, Node, Scenario};

    use super::*;
    use crate::{Input, Traces, compile};

    /// A user who asks again after so long, of an API that takes no time, for ten seconds.
    fn asked_again_after(think: &str) -> Result<(), RunError> {
        let mut diagram = Diagram::default();
        let client = Node::new("generic/client", "").with("arrivals", format!("closed(users=1, think=constant({think}))"));
        diagram.nodes.insert("client".into(), Arc::new(client));
        diagram.nodes.insert("api".into(), Arc::new(Node::new("generic/http-api", "").with("latency", "0 s")));
        diagram.edges.insert("ask".into(), Arc::new(Edge::new("client", "api", EdgeKind::Request)));
        let (plan, _) = Scenario::default().with("duration", "10 s").plan(&"default".into());
        let traces = Traces::new();
        let input = Input { diagram: &diagram, catalog: Catalog::embedded(), scenario: "default".into(), plan, traces: &traces };
        let mut simulation = Simulation::new(&compile(&input).unwrap(), 0);
        simulation.instant_events_max = 500_000;
        simulation.run(&Progress::new())
    }

    #[test]
    fn series_of_large_diagrams_have_fewer_points() {
        assert_eq!(windows(12, 12), WINDOWS_MAX);
        let large = windows(1_000, 10_000);
        assert!((WINDOWS_MIN..WINDOWS_MAX / 5).contains(&large), "{large}");
        assert!(large * POINT_BYTES * (SERIES_OF.0 * 1_000 + SERIES_OF.1 * 10_000) <= SERIES_BYTES);
        assert_eq!(windows(u64::MAX / 1_000, 0), WINDOWS_MIN);
    }

    #[test]
    fn a_loop_that_takes_no_time_is_stopped() {
        let Err(RunError::TooLarge(message)) = asked_again_after("0 s") else { panic!("the clock does not move") };
        for words in ["after 0 s of simulated time", "had most arrivals", "500k events", "think time"] {
            assert!(message.contains(words), "{message}");
        }
    }

    /// A million rounds make more events than the bound, but no two rounds at one instant.
    #[test]
    fn a_loop_that_takes_little_time_goes_on() {
        assert!(asked_again_after("10 us").is_ok());
    }
}

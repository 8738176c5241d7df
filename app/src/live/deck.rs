//! The simulation of a live run and everything that moves it through its time.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use plimsoll_sim::{
    Program, Progress, RunError, RunResult, Simulation, compile,
    live::{BUDGET_BYTES, Look, Roster, Timeline},
    result::JourneyTrace,
};

use super::{
    Course, Difference, Frame, Moment, Order, Pace, State, Trouble,
    course::slowest,
    difference,
    sight::{SHOWN_MIN_S, Sight},
};
use crate::run::{Ready, Refusal, Request, refusal};

/// Work between two looks at the clock.
const SLICE: Duration = Duration::from_millis(1);
/// Fewest and most events of a slice.
const SLICE_EVENTS: (u64, u64) = (64, 1 << 16);
/// Rates are told over so much time on the wall, and over so much simulated time at least, in seconds.
const RATE_OVER_S: (f64, f64) = (0.5, 1.0);
/// States from which rates are told, at a time.
const RATE_STATES: f64 = 8.0;
/// Numbers change so often, so that they can be read.
const TELL_EVERY: Duration = Duration::from_millis(120);
/// A moment is found to within so many seconds.
const EXACT_S: f64 = 1e-6;
/// A journey has begun so long before it is seen, at most, or else it is looked for from the beginning of the run, in seconds.
const FOLLOW_FROM_S: f64 = 30.0;
/// Share of the latest measurement in a mean of measurements.
const FRESH: f64 = 0.2;

/// Where it is going.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Goal {
    /// To a time, because the window's clock has moved.
    Tick(f64),
    /// To a time, because somebody wants to see it.
    Time(f64),
    /// To the end of the run.
    End,
    /// To a moment that is not known yet.
    Find(Moment),
}

/// What turns with the clock on the wall, and what was measured with it.
#[derive(Debug)]
struct Measured {
    /// Since when it runs without a stop: time, simulated time.
    since: Option<(Instant, f64)>,
    /// When events were counted last, and how many there were.
    counted: Option<(Instant, u64)>,
    speed: f64,
    events_per_s: f64,
}

/// The simulation with its past.
#[derive(Debug)]
pub(super) struct Deck {
    request: Request,
    timeline: Timeline,
    simulation: Simulation,
    roster: Arc<Roster>,
    course: Arc<Course>,
    sight: Sight,
    playing: bool,
    pace: Pace,
    goal: Option<Goal>,
    repeats: Option<(f64, f64)>,
    /// From when on it is watched what goes by; what lies before that is only run through.
    watch_at: Option<f64>,
    /// Earlier states, for rates.
    before: VecDeque<Arc<Look>>,
    told: Option<(Instant, Arc<Look>, Arc<Look>)>,
    slice: u64,
    measured: Measured,
    result: Option<Arc<RunResult>>,
    followed: Option<Arc<JourneyTrace>>,
    trouble: Option<Trouble>,
    ticks: u64,
}

/// A program that takes changes while it runs, and how long its load lasts, in seconds.
fn program(request: &Request) -> Result<(Arc<Program>, f64), Refusal> {
    let ready = Ready::new(request)?;
    let input = ready.input();
    let program = compile(&input).map_err(|error| refusal(error).unwrap_or_default())?;
    Ok((Program::open_to_changes(program), input.plan.duration))
}

impl Deck {
    /// Loads a scenario and stands at its beginning.
    pub(super) fn load(request: &Request) -> Result<Self, Refusal> {
        let (program, duration_s) = program(request)?;
        let roster = Arc::new(program.roster());
        let timeline = Timeline::new(program, 0, BUDGET_BYTES);
        let mut simulation = timeline.before(0.0);
        simulation.watch(true);
        let course = Arc::new(Course::new(&request.diagram, &roster, duration_s));
        let pace = Pace::for_run(duration_s);
        Ok(Self {
            request: request.clone(),
            timeline,
            simulation,
            roster,
            course,
            sight: Sight::default(),
            playing: false,
            pace,
            goal: None,
            repeats: None,
            watch_at: None,
            before: VecDeque::new(),
            told: None,
            slice: SLICE_EVENTS.0,
            measured: Measured { since: None, counted: None, speed: pace.times().unwrap_or(1.0), events_per_s: 0.0 },
            result: None,
            followed: None,
            trouble: None,
            ticks: 0,
        })
    }

    /// Whether there is nothing to do until somebody asks for something.
    pub(super) fn rests(&self) -> bool {
        self.is_broken() || (self.goal.is_none() && !(self.playing && self.pace == Pace::Max))
    }

    fn is_broken(&self) -> bool {
        matches!(self.trouble, Some(Trouble::Stopped(_)))
    }

    /// Takes an order.
    pub(super) fn obey(&mut self, order: Order) {
        if !matches!(order, Order::Tick(_)) {
            self.told = None;
            self.trouble = self.trouble.take().filter(|trouble| matches!(trouble, Trouble::Stopped(_)));
        }
        if self.is_broken() {
            return;
        }
        match order {
            Order::Tick(elapsed_s) => {
                self.ticks += 1;
                if let (true, None, Some(times)) = (self.playing, self.goal, self.pace.times()) {
                    self.goal = Some(Goal::Tick(self.now_s() + elapsed_s * times));
                }
            }
            Order::Play => self.play(),
            Order::Pause => (self.playing, self.goal) = (false, None),
            Order::Pace(pace) => {
                self.pace = pace;
                self.measured.since = None;
                self.measured.speed = pace.times().unwrap_or(self.measured.speed);
            }
            Order::Seek(at_s) => self.seek(at_s),
            Order::Step => self.step(),
            Order::ToEnd => (self.playing, self.goal) = (false, Some(Goal::End)),
            Order::Repeat(range) => {
                self.repeats = range.filter(|(from_s, to_s)| from_s < to_s);
                self.go_to_part();
            }
            Order::Find(moment) => self.find(moment),
            Order::Change(request) => self.change(*request),
            Order::Follow(ordinal, at_s) => self.follow(ordinal, at_s),
            Order::Forget => self.followed = None,
            // Whoever waits is told by the thread.
            Order::Rest(_) => {}
        }
    }

    fn now_s(&self) -> f64 {
        self.simulation.now_s()
    }

    fn play(&mut self) {
        self.playing = true;
        if self.simulation.is_over() {
            self.seek(self.repeats.map_or(0.0, |(from_s, _)| from_s));
        }
        self.go_to_part();
    }

    /// Goes to the part that is repeated, if it plays elsewhere.
    fn go_to_part(&mut self) {
        let now_s = self.now_s() + EXACT_S;
        if let Some((from_s, _)) = self.repeats.filter(|(from_s, to_s)| self.playing && !(*from_s..=*to_s).contains(&now_s)) {
            self.seek(from_s);
        }
    }

    /// Handles one event.
    fn step(&mut self) {
        (self.playing, self.goal) = (false, None);
        if !self.simulation.is_over() && !self.simulation.run_one() {
            self.goal = Some(Goal::End);
        }
        self.see_course();
    }

    /// How much of the past is seen in a moment, in simulated seconds.
    fn past_s(&self) -> f64 {
        (RATE_OVER_S.0.max(SHOWN_MIN_S) * self.measured.speed).max(RATE_OVER_S.1)
    }

    /// Goes to a time: from the nearest state that is known, and watching only what can still be seen then.
    fn seek(&mut self, at_s: f64) {
        let at_s = at_s.max(0.0);
        let watch_at = (at_s - self.past_s()).max(0.0);
        let now_s = self.now_s();
        if now_s > at_s {
            self.rewind(self.timeline.before(watch_at), watch_at);
        } else if now_s < watch_at {
            let known = self.timeline.before(watch_at);
            let nearest = if known.now_s() > now_s { known } else { self.simulation.clone() };
            self.rewind(nearest, watch_at);
        }
        self.goal = Some(Goal::Time(at_s));
    }

    fn find(&mut self, moment: Moment) {
        self.playing = false;
        if moment == Moment::SlowestJourney {
            // Who jumps there wants to know why it was slow.
            self.followed = self.result.as_deref().and_then(slowest).cloned().map(Arc::new);
        }
        match self.course.when(moment).filter(|_| !moment.is_of_whole_run() || self.result.is_some()) {
            Some(near_s) => match self.exact(moment, near_s) {
                Ok(at_s) => self.seek(at_s),
                Err(error) => self.stop(error),
            },
            None if self.result.is_some() => self.trouble = Some(Trouble::Never(moment)),
            None => {
                let furthest = self.timeline.before(f64::INFINITY);
                let nearest = if furthest.now_s() > self.now_s() { furthest } else { self.simulation.clone() };
                self.rewind(nearest, f64::INFINITY);
                self.goal = Some(Goal::Find(moment));
            }
        }
    }

    /// The exact time of a moment that is known to within an interval of the course.
    fn exact(&self, moment: Moment, near_s: f64) -> Result<f64, RunError> {
        if moment.is_of_whole_run() {
            return Ok(near_s);
        }
        let (mut low, mut high) = ((near_s - self.course.step_s).max(0.0), near_s);
        let mut state = self.timeline.before(low);
        run_to(&mut state, low)?;
        while high - low > EXACT_S {
            let middle = f64::midpoint(low, high);
            let mut probe = state.clone();
            run_to(&mut probe, middle)?;
            if self.course.has_come(moment, &probe.look()) {
                high = middle;
            } else {
                (low, state) = (middle, probe);
            }
        }
        Ok(high)
    }

    /// Follows a journey from its beginning to its end.
    fn follow(&mut self, ordinal: u64, at_s: f64) {
        (self.playing, self.goal) = (false, None);
        let before_s = (at_s - FOLLOW_FROM_S).max(0.0);
        match self.timeline.journey(ordinal, before_s, f64::INFINITY, &Progress::new()) {
            Ok(trace) => self.followed = trace.map(Arc::new),
            Err(error) => self.stop(error),
        }
    }

    /// Goes on with a scenario where something else happens from outside from a time on.
    fn change(&mut self, request: Request) {
        let Difference::Faults(from_s) = difference(&self.request.diagram, &request.diagram, &request.scenario) else {
            self.request = request;
            return;
        };
        let program = match program(&request) {
            Ok((program, _)) => program,
            Err((why, _)) => return self.trouble = Some(Trouble::Refused(why)),
        };
        self.request = request;
        let at_s = self.now_s();
        Arc::make_mut(&mut self.course).forget(from_s);
        // Copies beyond what the course knows would leave a hole in it.
        let known_s = from_s.min(self.course.reached_s());
        self.timeline.change(program, known_s);
        (self.result, self.followed) = (None, None);
        let goal = self.goal;
        self.rewind(self.timeline.before(at_s.min(known_s)), 0.0);
        self.seek(at_s);
        if let Some(Goal::Time(_)) = goal {
            self.goal = goal;
        }
    }

    /// Stands at another state; from a time on it is watched again.
    fn rewind(&mut self, state: Simulation, watch_at: f64) {
        self.simulation = state;
        self.simulation.watch(false);
        self.sight.clear();
        self.before.clear();
        self.watch_at = Some(watch_at);
    }

    fn stop(&mut self, error: RunError) {
        (self.playing, self.goal) = (false, None);
        self.trouble = refusal(error).map(|(why, _)| Trouble::Stopped(why));
    }

    /// Works until the goal is reached, for so long at most.
    pub(super) fn work(&mut self, time: Duration) {
        let until_s = match self.goal {
            Some(Goal::Tick(at_s) | Goal::Time(at_s)) => at_s,
            Some(Goal::End | Goal::Find(_)) | None => f64::INFINITY,
        };
        let repeats = self.repeats.filter(|(_, to_s)| self.playing && self.now_s() <= *to_s && !matches!(self.goal, Some(Goal::Time(_))));
        let until_s = repeats.map_or(until_s, |(_, to_s)| until_s.min(to_s));
        let (began, from_s) = (Instant::now(), self.now_s());
        let there = match self.advance(until_s, began + time) {
            Ok(there) => there,
            Err(error) => return self.stop(error),
        };
        self.measure(began, from_s);
        let is_over = self.simulation.is_over();
        if is_over {
            self.finish();
        }
        if let Some((from_s, to_s)) = repeats
            // Its clock counts whole nanoseconds.
            && (is_over || self.now_s() + EXACT_S >= to_s)
        {
            return self.seek(from_s);
        }
        match self.goal {
            Some(Goal::Find(moment)) if is_over || self.course.when(moment).is_some_and(|_| !moment.is_of_whole_run()) => {
                self.goal = None;
                self.find(moment);
            }
            // Who cannot keep up does not try to catch up.
            Some(Goal::Tick(_)) => self.goal = None,
            Some(Goal::Time(_)) if there => self.goal = None,
            Some(Goal::End) if is_over => self.goal = None,
            Some(Goal::Time(_) | Goal::End | Goal::Find(_)) | None => {}
        }
        self.playing &= !is_over;
    }

    /// Runs on to a time, until a time on the wall at most; whether it is there.
    fn advance(&mut self, until_s: f64, deadline: Instant) -> Result<bool, RunError> {
        while self.now_s() < until_s && !self.simulation.is_over() {
            let began = Instant::now();
            if began >= deadline {
                return Ok(false);
            }
            let stop_s = until_s.min(self.course.next_s()).min(self.watch_at.unwrap_or(f64::INFINITY));
            if stop_s <= self.now_s() || self.simulation.run_some(stop_s, self.slice)? {
                self.arrive();
                if stop_s >= until_s {
                    return Ok(true);
                }
            }
            self.timeline.offer(&self.simulation);
            let (fewest, most) = SLICE_EVENTS;
            let faster = began.elapsed() < SLICE / 2;
            self.slice = if faster { self.slice * 2 } else { self.slice * 3 / 4 }.clamp(fewest, most);
        }
        Ok(true)
    }

    /// Notes what is to be noted at this time.
    fn arrive(&mut self) {
        self.see_course();
        if self.watch_at.is_some_and(|at_s| self.now_s() + EXACT_S >= at_s) {
            self.watch_at = None;
            self.simulation.watch(true);
            self.before.push_back(Arc::new(self.simulation.look()));
        }
    }

    fn see_course(&mut self) {
        while self.now_s() + EXACT_S.min(self.course.step_s / 2.0) >= self.course.next_s() {
            let look = self.simulation.look();
            Arc::make_mut(&mut self.course).take(&look);
        }
    }

    /// The run is over: its result is told once.
    fn finish(&mut self) {
        if self.result.is_none() {
            let result = self.simulation.result();
            if let Some(trace) = slowest(&result) {
                Arc::make_mut(&mut self.course).set_slowest(trace.started_s);
            }
            self.result = Some(Arc::new(result));
        }
    }

    /// How fast it is where nothing but the machine says how fast.
    fn measure(&mut self, began: Instant, from_s: f64) {
        if !self.playing || self.pace != Pace::Max || self.goal.is_some() {
            self.measured.since = None;
            return;
        }
        let (since, since_s) = *self.measured.since.get_or_insert((began, from_s));
        let passed = since.elapsed();
        if passed >= TELL_EVERY {
            self.measured.speed = mean(self.measured.speed, (self.now_s() - since_s).max(0.0) / passed.as_secs_f64());
            self.measured.since = None;
        }
    }

    /// What is to be seen now.
    pub(super) fn frame(&mut self) -> Frame {
        let look = Arc::new(self.simulation.look());
        let now_s = look.at_s;
        self.sight.add(self.simulation.glimpse());
        self.sight.prune(now_s, self.measured.speed);
        let past_s = self.past_s();
        if self.before.back().is_none_or(|last| now_s - last.at_s >= past_s / RATE_STATES) {
            self.before.push_back(Arc::clone(&look));
        }
        while self.before.get(1).is_some_and(|next| next.at_s <= now_s - past_s) {
            self.before.pop_front();
        }
        let before = self.before.front().map_or_else(|| Arc::clone(&look), Arc::clone);
        let told = match &self.told {
            Some((since, look, before)) if since.elapsed() < TELL_EVERY && !self.rests_for_good() => (Arc::clone(look), Arc::clone(before)),
            Some(_) | None => {
                self.count_events(look.handled);
                self.told = Some((Instant::now(), Arc::clone(&look), Arc::clone(&before)));
                (Arc::clone(&look), Arc::clone(&before))
            }
        };
        Frame {
            roster: Arc::clone(&self.roster),
            state: self.state(),
            pace: self.pace,
            speed: self.measured.speed,
            look,
            before,
            told,
            hops: self.sight.hops().into(),
            marks: self.sight.marks().into(),
            one_in: self.sight.one_in(),
            course: Arc::clone(&self.course),
            repeats: self.repeats,
            events_per_s: self.measured.events_per_s,
            result: self.result.clone(),
            followed: self.followed.clone(),
            trouble: self.trouble.clone(),
            ticks: self.ticks,
        }
    }

    /// Events of each second on the wall since the last time.
    fn count_events(&mut self, handled: u64) {
        let now = Instant::now();
        if let Some((since, before)) = self.measured.counted.replace((now, handled))
            && let passed = now.duration_since(since)
            && passed >= TELL_EVERY / 2
            && passed < TELL_EVERY * 4
        {
            let rate = handled.saturating_sub(before) as f64 / passed.as_secs_f64();
            self.measured.events_per_s = mean(self.measured.events_per_s, rate);
        }
    }

    /// Whether it stands still until somebody asks for something, not only until the next tick.
    fn rests_for_good(&self) -> bool {
        self.rests() && !self.playing
    }

    fn state(&self) -> State {
        match self.goal {
            _ if self.is_broken() => State::Broken,
            Some(Goal::Time(_) | Goal::End | Goal::Find(_)) => State::Seeking,
            Some(Goal::Tick(_)) | None if self.playing => State::Playing,
            Some(Goal::Tick(_)) | None if self.simulation.is_over() => State::Over,
            Some(Goal::Tick(_)) | None => State::Paused,
        }
    }
}

/// A mean that follows what was measured of late.
fn mean(before: f64, now: f64) -> f64 {
    if before == 0.0 { now } else { before + (now - before) * FRESH }
}

fn run_to(state: &mut Simulation, at_s: f64) -> Result<(), RunError> {
    // Its clock counts whole nanoseconds: that it is there is for it to say.
    while at_s > state.now_s() && !state.run_some(at_s, SLICE_EVENTS.1)? {}
    Ok(())
}

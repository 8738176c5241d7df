//! The live run: transport bar, figures on the drawing, what-if.

use plimsoll_models::fault::{Fault, FaultKind};

use crate::{
    gui::{
        canvas::{Fate, Form},
        format,
        plots::clock,
        words::spoken,
    },
    live::{Moment, Pace, State},
    scene::{Spark, Tells},
};

/// Why a command cannot be done.
pub const NEEDS_LIVE: &str = "Start a live run first";
/// Name of the timeline.
pub const TIMELINE: &str = "Timeline of the live run";
/// What the timeline does.
pub const TIMELINE_HELP: &str = "Drag to go back and forth; with Shift, drag over a part to repeat it";
/// Name of the slider of the pace.
pub const PACE: &str = "Pace";
/// What the pace is.
pub const PACE_HELP: &str = "Simulated seconds for each second on the wall";
/// As fast as possible.
pub const MAX: &str = "Max";
/// What as fast as possible means.
pub const MAX_HELP: &str = "As fast as this machine can";
/// The menu of moments.
pub const JUMP: &str = "Jump to";
/// It is being made ready.
pub const LOADING: &str = "Making the live run ready…";
/// The button for the result.
pub const SHOW_RESULT: &str = "Show result";
/// What it does.
pub const SHOW_RESULT_HELP: &str = "Takes the result of this run into the drawer";
/// The button for a headless run.
pub const RUN_HEADLESS: &str = "Run all replications";
/// What it does.
pub const RUN_HEADLESS_HELP: &str = "Runs the same scenario without the drawing, with every replication and the limit to blame";
/// The document is another run by now.
pub const ENDED_BY_EDIT: &str = "The live run has ended because the diagram is another one; start it again";
/// Nothing can be turned.
pub const NOTHING_TO_TURN: &str = "Nothing of this can be turned while it runs; select another node or connection";
/// The run is over.
pub const TOO_LATE: &str = "The run is over: go back on the timeline to see what would happen if";
/// What the panel does.
pub const WHAT_IF_HELP: &str =
    "Counts from the moment that is shown to the end of the run, and is kept as a fault of the scenario: undo takes it back";
/// The button that shows the steps.
pub const STEPS: &str = "Steps…";
/// What it does.
pub const STEPS_HELP: &str = "Shows everything that was done as faults on the timeline of the scenario";
/// The button that keeps the steps as another scenario.
pub const SAVE_AS_SCENARIO: &str = "Save as scenario";
/// What it does.
pub const SAVE_AS_SCENARIO_HELP: &str =
    "Keeps everything that was done as a scenario of its own; this one is again what it was when the run began";
/// The button that begins a live run.
pub const LIVE: &str = "Live";
/// Its name.
pub const LIVE_NAME: &str = "Play the scenario on the drawing";
/// What the curves are.
pub const LEGEND: [&str; 3] = ["Root events", "Lost", "Backlog"];

/// A fault of the program.
pub fn fault(text: &str) -> String {
    format!("The live run stopped by a fault of ours: {text}")
}

/// What the run is doing.
pub fn state(state: State) -> &'static str {
    match state {
        State::Loading => "Loading",
        State::Playing => "Playing",
        State::Paused => "Paused",
        State::Seeking => "Seeking",
        State::Over => "Ended",
        State::Broken => "Stopped",
    }
}

/// The time, and how long the run is; where every event counts, in milliseconds.
pub fn time(at_s: f64, end_s: f64, every_event_counts: bool) -> String {
    let exact = exact(at_s, end_s);
    let at = exact.trim_end_matches(" min");
    if every_event_counts && (120.0..7_200.0).contains(&end_s) {
        let (minutes, seconds) = ((at_s / 60.0).floor(), at_s % 60.0);
        return format!("{minutes}:{seconds:06.3} / {}", clock(end_s));
    }
    format!("{at} / {}", clock(end_s))
}

/// A time in as many digits as the length of the run asks for.
pub fn exact(at_s: f64, end_s: f64) -> String {
    if end_s < 120.0 {
        return format!("{at_s:.3} s");
    }
    let (minutes, seconds) = ((at_s / 60.0).floor(), at_s % 60.0);
    if end_s < 7_200.0 {
        format!("{minutes}:{seconds:04.1} min")
    } else {
        format!("{}:{:02}:{:02.0} h", (minutes / 60.0).floor(), minutes % 60.0, seconds.floor())
    }
}

/// A pace.
pub fn pace(pace: Pace) -> String {
    match pace {
        Pace::Times(times) => self::times(times),
        Pace::Max => MAX.to_owned(),
    }
}

/// A factor.
pub fn times(times: f64) -> String {
    format!("{}×", format::number(times))
}

/// How fast it runs.
pub fn speed(events_per_s: f64, speed: f64) -> String {
    format!("{} events/s · {}× real time", crate::scene::short(events_per_s), crate::scene::short(speed))
}

/// What a token stands for.
pub fn one_in(one_in: u64) -> String {
    if one_in <= 1 { "every journey is shown".to_owned() } else { format!("1 in {} journeys is shown", format::count(one_in)) }
}

/// A moment.
pub fn moment(moment: Moment) -> &'static str {
    match moment {
        Moment::FirstThrottle => "First throttle",
        Moment::FirstDeadLetter => "First dead letter",
        Moment::FirstLoss => "First loss",
        Moment::WorstBacklog => "Worst backlog",
        Moment::SlowestJourney => "Slowest journey",
    }
}

/// A moment with its time.
pub fn moment_at(moment: Moment, at_s: f64) -> String {
    format!("{} at {}", self::moment(moment), clock(at_s))
}

/// Something that goes wrong at a place, with its time.
pub fn fault_at(place: &str, fault: &Fault) -> String {
    format!("{place}: {} at {}", fault.effect, clock(fault.from))
}

/// A mark of the user.
pub fn mark_at(at_s: f64) -> String {
    format!("Mark at {}", clock(at_s))
}

/// The moment never comes.
pub fn never(moment: Moment) -> String {
    match moment {
        Moment::FirstThrottle => "No limit refuses anything in this run",
        Moment::FirstDeadLetter => "Nothing is dead-lettered in this run",
        Moment::FirstLoss => "Nothing is lost in this run",
        Moment::WorstBacklog => "Nothing ever waits in this run",
        Moment::SlowestJourney => "No journey has ended in this run",
    }
    .to_owned()
}

/// A change was not taken over.
pub fn refused(why: &str) -> String {
    format!("The live run goes on without the change: {why}")
}

/// A token on the drawing, with its event type where it has one.
pub fn token(hop: &plimsoll_sim::live::HopLook, event_type: Option<&str>) -> String {
    let what = match (hop.messages, hop.attempt) {
        (0 | 1, 0 | 1) => String::new(),
        (0 | 1, attempt) => format!(", attempt {attempt}"),
        (messages, _) => format!(", a batch of {messages}"),
    };
    let event_type = event_type.map(|name| format!(", {name}")).unwrap_or_default();
    format!("Event {}{event_type}{what}: click to follow it", hop.journey)
}

/// The shape of a token.
pub fn form(form: Form) -> &'static str {
    match form {
        Form::First => "First attempt",
        Form::Again => "Retry",
        Form::Batch => "Batch",
        Form::DeadLetter => "Dead letter",
    }
}

/// The shape of a spark.
pub fn fate(fate: Fate) -> &'static str {
    match fate {
        Fate::ColdStart => "Cold start",
        Fate::Throttled => "Throttled",
        Fate::Failed => "Failed",
        Fate::GivenUp => "Given up",
    }
}

/// The cells of a box: what its instances do, the last one whatever it does.
pub const INSTANCES: [&str; 4] = ["Busy", "Starting cold", "Idle", "Provisioned"];

/// What tokens mean, in a sentence.
pub fn token_key(event_types: &[&str]) -> String {
    let types = if event_types.is_empty() { String::new() } else { format!("colors are the event types {}; ", event_types.join(", ")) };
    format!(
        "Tokens: {types}a dot is a first attempt, a ring a retry, a square a batch, a diamond a dead letter; sparks above a box: a ring is a cold start, a dash a throttle, a cross a failure, a disk what was given up"
    )
}

/// What waits.
pub fn waiting(count: u64) -> String {
    format!("{} waiting", crate::scene::short(count as f64))
}

/// What is in service.
pub fn busy(count: u64) -> String {
    format!("{} busy", crate::scene::short(count as f64))
}

/// Messages that were received and not deleted.
pub fn in_flight(count: u64) -> String {
    format!("{} in flight", crate::scene::short(count as f64))
}

/// Instances in service, out of all.
pub fn busy_of(busy: u64, instances: u64) -> String {
    format!("{} of {} busy", crate::scene::short(busy as f64), crate::scene::short(instances as f64))
}

/// Open shards of a stream.
pub fn shards(count: u64) -> String {
    if count == 1 { "1 shard".to_owned() } else { format!("{} shards", crate::scene::short(count as f64)) }
}

/// Dead letters.
pub fn dead_letters(count: u64) -> String {
    if count == 0 { "empty".to_owned() } else { format!("{} given up", crate::scene::short(count as f64)) }
}

/// A rate.
pub fn rate(per_s: f64) -> String {
    format!("{}/s", crate::scene::short(per_s))
}

/// A share of refusals.
pub fn share_refused(share: f64) -> String {
    format!("{:.0} % refused", (share * 100.0).max(1.0))
}

/// Records that a reader of a stream is not done with.
pub fn behind(count: u64) -> String {
    format!("{} behind", crate::scene::short(count as f64))
}

/// Refusals of a group.
pub fn refused_rate(per_s: f64) -> String {
    format!("{}/s refused", crate::scene::short(per_s))
}

/// The line of a box: what it tells, its greatest value and when that was.
pub fn spark(spark: &Spark) -> String {
    let what = match spark.tells {
        Tells::Backlog => "backlog",
        Tells::Busy => "work in progress",
        Tells::Calls => "calls",
    };
    let unit = if spark.tells == Tells::Calls { "/s" } else { "" };
    let hurt = if spark.hurt.contains(&true) { ", red where something is refused or fails" } else { "" };
    match spark.most() {
        Some((most, at_s)) => {
            format!("{what} over the run at most {}{unit}, at {}{hurt}", crate::scene::short(f64::from(most)), clock(at_s))
        }
        None => format!("no {what} over the run{hurt}"),
    }
}

/// Use of a limit.
pub fn used(share: f64, title: &str) -> String {
    format!("{:.0} % of {title} (greatest use of the last two seconds)", share * 100.0)
}

/// A percentage.
pub fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// Title of the panel.
pub fn what_if(title: &str) -> String {
    format!("What if: {title}")
}

/// A step of the history.
pub fn what_if_step(on: &str, knob: &str) -> String {
    format!("What if: {} of {on}", knob.to_lowercase())
}

/// What a slider turns.
pub fn knob(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Surge => "Load",
        FaultKind::Slow => "Duration",
        FaultKind::Latency => "Added latency",
        FaultKind::Errors => "Error rate",
        FaultKind::Capacity => "Lost capacity",
        FaultKind::Duplicates => "Duplicates",
        FaultKind::Batch => "Batch size",
        FaultKind::Throttle => "Limit",
        FaultKind::Outage => "Outage",
        FaultKind::Poison => "Poison",
        FaultKind::Deploy => "Deployment",
    }
}

/// A limit by its key.
pub fn limit(key: &str) -> String {
    spoken(&key.replace('_', " "))
}

/// A batch size; zero is the one of the diagram.
pub fn batch(size: f64) -> String {
    if size < 0.5 { "as drawn".to_owned() } else { format!("{size:.0}") }
}

/// The button that takes a setting back.
pub fn back_to_normal(name: &str) -> String {
    format!("{name}: back to normal")
}

/// A button: what it says and what it does.
pub fn strike(kind: FaultKind, is_edge: bool, is_on: bool) -> (&'static str, &'static str) {
    match (kind, is_edge, is_on) {
        (FaultKind::Outage, _, true) => ("Restore", "Ends the outage"),
        (FaultKind::Outage, true, false) => ("Cut", "Every attempt along this connection fails from now on"),
        (FaultKind::Outage, false, false) => ("Kill", "Every attempt fails from now on"),
        (FaultKind::Slow, _, true) => ("Full speed", "Work takes its normal time again"),
        (FaultKind::Slow, _, false) => ("Slow", "Work takes four times as long from now on"),
        (FaultKind::Poison, _, true) => ("No poison", "New events are fine again"),
        (FaultKind::Poison, _, false) => ("Poison", "One in a hundred new events fails here every time"),
        (
            FaultKind::Deploy
            | FaultKind::Latency
            | FaultKind::Errors
            | FaultKind::Throttle
            | FaultKind::Capacity
            | FaultKind::Duplicates
            | FaultKind::Surge
            | FaultKind::Batch,
            _,
            _,
        ) => ("Deploy", "Warm instances are replaced now"),
    }
}

/// A copy of a scenario with what was done.
pub fn saved_scenario(name: &str) -> String {
    format!("{name}, what if")
}

/// It was saved.
pub fn saved(name: &str) -> String {
    format!("Saved as the scenario {name}")
}

/// Title of a journey.
pub fn journey(ordinal: u64) -> String {
    format!("Journey of event {ordinal}")
}

/// What strikes a box or an arrow now, in a few words.
pub fn struck(faults: &[&Fault], words_max: usize) -> String {
    let short = |fault: &&Fault| fault.effect.to_string().split(',').next().unwrap_or_default().to_owned();
    let mut words: Vec<String> = faults.iter().take(words_max).map(short).collect();
    if faults.len() > words_max {
        words.push(format!("{} more", faults.len() - words_max));
    }
    spoken(&words.join(" · "))
}

/// What strikes something now, and until when.
pub fn struck_until(fault: &Fault) -> String {
    format!("{} until {}", spoken(&fault.effect.to_string()), clock(fault.to))
}

/// Lines of the tooltip of a node.
pub mod node {
    use crate::gui::format;

    /// What waits, and for how long.
    pub fn waiting(count: u64, oldest_s: Option<f64>) -> String {
        let age = oldest_s.map(|age| format!(", the oldest for {}", format::seconds(age))).unwrap_or_default();
        format!("Waiting: {}{age}", format::count(count))
    }

    /// What is in service.
    pub fn busy(count: u64) -> String {
        format!("In service or in flight: {}", format::count(count))
    }

    /// Instances by what they do.
    pub fn instances(all: u64, starting: u64, provisioned: u64) -> String {
        let of = |count: u64, word: &str| if count > 0 { format!(", {} {word}", format::count(count)) } else { String::new() };
        format!("Instances or connections: {}{}{}", format::count(all), of(starting, "starting cold"), of(provisioned, "provisioned"))
    }

    /// What enters a group.
    pub fn enters(per_s: f64) -> String {
        format!("{}/s enter", crate::scene::short(per_s))
    }

    /// What a group refuses.
    pub fn refuses(per_s: f64) -> String {
        format!("{}/s are refused inside", crate::scene::short(per_s))
    }

    /// What passes.
    pub fn passes(arrivals_per_s: f64, completed_per_s: f64) -> String {
        format!("Arrivals {}/s, completions {}/s", crate::scene::short(arrivals_per_s), crate::scene::short(completed_per_s))
    }

    /// What went wrong so far.
    pub fn wrong(refused: u64, failed: u64) -> String {
        format!("Refused {} and failed {} so far", format::count(refused), format::count(failed))
    }
}

/// Lines of the tooltip of a connection.
pub mod edge {
    use crate::gui::format;

    /// What travels.
    pub fn sent(per_s: f64, sent: u64) -> String {
        format!("{}/s, {} so far, attempts included", crate::scene::short(per_s), format::count(sent))
    }

    /// What went wrong so far.
    pub fn wrong(throttled: u64, failed: u64) -> String {
        format!("Throttled {} and failed or timed out {} so far", format::count(throttled), format::count(failed))
    }

    /// What waits for its next attempt.
    pub fn retries(count: u64) -> String {
        format!("Waiting for the next attempt: {}", format::count(count))
    }

    /// Batches under way.
    pub fn running(count: u64) -> String {
        format!("Batches under way: {}", format::count(count))
    }

    /// Records that a consumer is behind.
    pub fn lag(count: u64) -> String {
        format!("Records that wait for the consumer: {}", format::count(count))
    }
}

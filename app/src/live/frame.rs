//! What a live run shows at one moment.

use std::sync::Arc;

use plimsoll_sim::{
    RunResult,
    live::{HopLook, Look, MarkLook, Roster},
    result::JourneyTrace,
};

use super::{Course, Moment, Pace};

/// Why an order was not followed, or why the run cannot go on.
#[derive(Clone, Debug, PartialEq)]
pub enum Trouble {
    /// The moment never comes in this run.
    Never(Moment),
    /// A change was not taken over.
    Refused(String),
    /// The run cannot go on.
    Stopped(String),
}

/// What a live run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is being made ready.
    Loading,
    /// It plays.
    Playing,
    /// It stands still.
    Paused,
    /// It is on its way to another time.
    Seeking,
    /// The scenario is over.
    Over,
    /// It cannot go on; see [`Frame::trouble`].
    Broken,
}

/// A moment of a live run, with everything that is on screen of it.
#[derive(Clone, Debug)]
pub struct Frame {
    /// What indices mean.
    pub roster: Arc<Roster>,
    /// What it is doing.
    pub state: State,
    /// How fast it plays.
    pub pace: Pace,
    /// Simulated seconds for each second on the wall: the pace, or what was measured where there is none.
    pub speed: f64,
    /// The state of everything.
    pub look: Arc<Look>,
    /// An earlier state, for rates.
    pub before: Arc<Look>,
    /// Both as numbers tell them, which change a few times a second so that they can be read.
    pub told: (Arc<Look>, Arc<Look>),
    /// What is on its way.
    pub hops: Arc<[HopLook]>,
    /// What has just happened at nodes.
    pub marks: Arc<[MarkLook]>,
    /// A token stands for so many journeys.
    pub one_in: u64,
    /// The whole run at a glance.
    pub course: Arc<Course>,
    /// The part that is played again and again, in seconds.
    pub repeats: Option<(f64, f64)>,
    /// Events handled in a second on the wall, of late.
    pub events_per_s: f64,
    /// What the run tells, once it is over.
    pub result: Option<Arc<RunResult>>,
    /// The journey that is followed.
    pub followed: Option<Arc<JourneyTrace>>,
    /// What went wrong.
    pub trouble: Option<Trouble>,
    /// Ticks of the window's clock that it has followed.
    pub ticks: u64,
}

impl Frame {
    /// The simulated time, in seconds.
    pub fn at_s(&self) -> f64 {
        self.look.at_s
    }

    /// Something for each second of simulated time, from two counts.
    pub fn rate(before: &Look, now: &Look, count: impl Fn(&Look) -> Option<u64>) -> f64 {
        let passed = now.at_s - before.at_s;
        let (was, is) = (count(before).unwrap_or_default(), count(now).unwrap_or_default());
        if passed > 0.0 { is.saturating_sub(was) as f64 / passed } else { 0.0 }
    }
}

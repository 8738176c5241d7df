//! When load arrives: described here, turned into a stream of times in the engine.

mod cron;
mod curve;
mod drawn;
mod fleet;
mod groups;
mod mix;
mod modulated;
mod profile;
mod schedule;
mod trace;

use std::{fmt, str::FromStr};

pub use cron::Cron;
pub use curve::{RateCurve, Segment};
pub use drawn::{Between, Drawn};
pub use fleet::{DEVICES_MAX, Fleet, Outage};
pub use groups::GroupSize;
pub use mix::parse_mix;
pub use modulated::{Modulated, State};
pub use schedule::{Due, Schedule};
pub use trace::{TRACE_ROWS_MAX, Trace, TraceRows, TraceSource};

use crate::{
    Distribution,
    spelling::{Call, truth},
    units,
};

/// Most entries of a list of times or phases typed into the document; longer ones belong in a trace file.
pub const ENTRIES_MAX: usize = 10_000;

/// Most users of a closed loop.
pub const USERS_MAX: u32 = 10_000_000;

/// How the load of a producer is laid out in time.
#[derive(Clone, Debug, PartialEq)]
pub enum Arrivals {
    /// Independent gaps of one law; Poisson when it is exponential, evenly spaced when it is constant.
    Renewal {
        /// Law of the gap between two arrivals, in seconds.
        gap: Distribution,
        /// Time of the first arrival in seconds; drawn from the law when absent.
        first: Option<f64>,
    },
    /// A rate that changes in time.
    Curve {
        /// The rate as a function of time.
        rate: RateCurve,
        /// Whether arrivals are random at that rate or evenly spaced.
        spacing: Spacing,
    },
    /// Random at a rate that jumps between states, such as bursts and quiet.
    Modulated(Modulated),
    /// At the times of a schedule, one event or many.
    Schedule(Schedule),
    /// Devices that report with a period each.
    Fleet(Fleet),
    /// Several events at each arrival of another load.
    Groups {
        /// When groups arrive: an open load that is no recording.
        arrivals: Box<Self>,
        /// How many events a group has.
        size: GroupSize,
    },
    /// The given instants, in seconds, ascending.
    Times(Vec<f64>),
    /// A closed loop: each user waits for the outcome, thinks, and asks again.
    Closed {
        /// Number of users.
        users: u32,
        /// Time between outcome and next request, in seconds.
        think: Distribution,
    },
    /// A recorded trace in a file beside the document.
    Trace(TraceSource),
}

/// How arrivals are spaced under a changing rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spacing {
    /// Independent, a Poisson process.
    Random,
    /// One whenever the integral of the rate passes a whole number.
    Even,
}

impl Arrivals {
    /// A Poisson process.
    pub fn poisson(rate: f64) -> Self {
        Self::Renewal { gap: Distribution::Exponential { mean: 1.0 / rate }, first: None }
    }

    /// The file that this load is read from, if any.
    pub fn trace_file(&self) -> Option<&str> {
        if let Self::Trace(source) = self { Some(&source.file) } else { None }
    }

    /// About how many events arise in a run of this length in seconds, for estimates before it; traces answer zero.
    pub fn expected(&self, seconds: f64) -> f64 {
        match self {
            Self::Renewal { gap, .. } => seconds / gap.mean(),
            Self::Curve { rate, .. } => rate.integral(seconds),
            Self::Modulated(modulated) => seconds * modulated.mean_rate(),
            Self::Schedule(schedule) => schedule.expected(seconds),
            Self::Fleet(fleet) => fleet.expected(seconds),
            Self::Groups { arrivals, size } => arrivals.expected(seconds) * size.mean(),
            Self::Times(times) => times.partition_point(|time| *time < seconds) as f64,
            Self::Closed { users, think } => seconds * f64::from(*users) / think.mean().max(1e-3),
            Self::Trace(_) => 0.0,
        }
    }

    /// Whether it is a rate, or users, that a surge can multiply; given times stay where they are.
    pub fn can_surge(&self) -> bool {
        match self {
            Self::Renewal { .. } | Self::Curve { .. } | Self::Modulated(_) | Self::Closed { .. } => true,
            Self::Groups { arrivals, .. } => arrivals.can_surge(),
            Self::Schedule(_) | Self::Fleet(_) | Self::Times(_) | Self::Trace(_) => false,
        }
    }

    /// How many clients a run must keep in mind one by one: users of a closed loop, devices of a fleet.
    pub fn population(&self) -> u32 {
        match self {
            Self::Closed { users, .. } => *users,
            Self::Fleet(fleet) => fleet.devices,
            Self::Groups { arrivals, .. } => arrivals.population(),
            Self::Renewal { .. } | Self::Curve { .. } | Self::Modulated(_) | Self::Schedule(_) | Self::Times(_) | Self::Trace(_) => 0,
        }
    }
}

/// Names of the load shapes that can be typed, with an example each.
pub const SHAPES: &[(&str, &str)] = &[
    ("poisson", "poisson(200/s)"),
    ("constant", "constant(200/s)"),
    ("ramp", "ramp(from=10/s, to=500/s, over=5 min)"),
    ("step", "step(from=100/s, to=3000/s, at=10 s)"),
    ("spike", "spike(base=100/s, peak=2000/s, at=60 s, for=30 s)"),
    ("phases", "phases(0/s for 400 s, 250/s for 600 s)"),
    ("curve", "curve(50/s at 0 s, 400/s at 2 min, 50/s at 4 min)"),
    ("steps", "steps(50/s at 0 s, 400/s at 2 min, 50/s at 4 min)"),
    ("sine", "sine(mean=40/s, amplitude=32/s, period=100 s)"),
    ("daily", "daily(mean=40/s, hours=1 1 1 1 1 1 2 4 7 9 9 9 8 9 9 9 8 7 6 5 4 3 2 1)"),
    ("weekly", "weekly(mean=40/s, days=5 5 5 5 5 2 1, hours=1 1 1 1 1 1 2 4 7 9 9 9 8 9 9 9 8 7 6 5 4 3 2 1)"),
    ("bursts", "bursts(on=100/s, off=0/s, mean_on=10 s, mean_off=60 s)"),
    ("modulated", "modulated(100/s: - 0.1 0, 20/s: 0.02 - 0.01, 0/s: 0 0.05 -)"),
    ("groups", "groups(poisson(2/s), size=geometric(mean=5))"),
    ("fleet", "fleet(devices=10000, period=5 min, jitter=10 s, reconnect=30 min, reconnect_spread=20 s)"),
    ("cron", "cron(0 2 * * ? *, zone=+1, start=2026-11-22T00:00, count=100, over=1 min)"),
    ("rate", "rate(5 min)"),
    ("batch", "batch(1000, at=0 s, over=5 min)"),
    ("times", "times(0 s, 10 s, 10.1 s)"),
    ("renewal", "renewal(erlang(k=4, mean=200 ms))"),
    ("closed", "closed(users=20, think=exponential(5 s))"),
    ("trace", "trace(file=arrivals.csv, interval=1 min)"),
];

impl FromStr for Arrivals {
    type Err = String;

    /// Reads `poisson(200/s)`, `closed(users=20, think=5 s)` and the other [`SHAPES`]; a bare rate is Poisson.
    fn from_str(text: &str) -> Result<Self, String> {
        let Some(call) = Call::parse(text)? else {
            return gap_of(units::parse_rate(text)?).map(|gap| Self::Renewal { gap: Distribution::Exponential { mean: gap }, first: None });
        };
        match call.name {
            "poisson" | "constant" | "renewal" => renewal(&call),
            "ramp" | "step" | "spike" | "phases" | "curve" | "steps" | "sine" | "daily" | "weekly" => {
                let even = call.named("even").map(truth).transpose()?.unwrap_or(false);
                Ok(Self::Curve { rate: curve::parse(&call)?, spacing: if even { Spacing::Even } else { Spacing::Random } })
            }
            "bursts" => modulated::bursts(&call).map(Self::Modulated),
            "modulated" => modulated::parse(&call).map(Self::Modulated),
            "groups" => groups(&call),
            "fleet" => fleet::parse(&call).map(Self::Fleet),
            "cron" => schedule::cron(&call).map(Self::Schedule),
            "rate" => schedule::rate(&call).map(Self::Schedule),
            "batch" => schedule::batch(&call).map(Self::Schedule),
            "times" => times(&call),
            "closed" => closed(&call),
            "trace" => trace::parse(&call).map(Self::Trace),
            other => {
                let known: Vec<&str> = SHAPES.iter().map(|(name, _)| *name).collect();
                Err(format!("`{other}` is not a load shape; known: {}", known.join(", ")))
            }
        }
    }
}

fn renewal(call: &Call<'_>) -> Result<Arrivals, String> {
    match call.name {
        "poisson" => {
            call.only(&["rate"])?;
            let gap = gap_of(call.rate(&["rate"], 0)?)?;
            Ok(Arrivals::Renewal { gap: Distribution::Exponential { mean: gap }, first: None })
        }
        "constant" => {
            call.only(&["rate", "offset"])?;
            let gap = gap_of(call.rate(&["rate"], 0)?)?;
            let first = call.named("offset").map(units::parse_duration).transpose()?.unwrap_or(gap);
            Ok(Arrivals::Renewal { gap: Distribution::Constant(gap), first: Some(first) })
        }
        _ => {
            call.only(&["gap", "first"])?;
            let gap: Distribution = call.require(&["gap"], 0)?.parse()?;
            if gap.mean() <= 0.0 || !gap.mean().is_finite() {
                return Err("`renewal` needs a gap with a mean above zero".to_owned());
            }
            Ok(Arrivals::Renewal { gap, first: call.named("first").map(units::parse_duration).transpose()? })
        }
    }
}

fn groups(call: &Call<'_>) -> Result<Arrivals, String> {
    call.only(&["arrivals", "size"])?;
    let arrivals: Arrivals = call.require(&["arrivals"], 0)?.parse()?;
    if matches!(arrivals, Arrivals::Closed { .. } | Arrivals::Trace(_) | Arrivals::Groups { .. }) {
        return Err("groups arrive with an open load, not with a closed loop, a recording or other groups".to_owned());
    }
    Ok(Arrivals::Groups { arrivals: Box::new(arrivals), size: call.require(&["size"], 1)?.parse()? })
}

fn times(call: &Call<'_>) -> Result<Arrivals, String> {
    let times = call.positional().map(units::parse_duration).collect::<Result<Vec<f64>, _>>()?;
    if times.len() > ENTRIES_MAX {
        return Err(format!("more than {ENTRIES_MAX} times; put them into a trace file"));
    }
    if times.windows(2).any(|pair| pair[0] > pair[1]) {
        return Err("the times must ascend".to_owned());
    }
    Ok(Arrivals::Times(times))
}

fn closed(call: &Call<'_>) -> Result<Arrivals, String> {
    call.only(&["users", "think"])?;
    let users = units::parse_count(call.require(&["users"], 0)?)?;
    if users > f64::from(USERS_MAX) {
        return Err(format!("at most {USERS_MAX} users can be simulated"));
    }
    Ok(Arrivals::Closed { users: users as u32, think: call.require(&["think"], 1)?.parse()? })
}

fn gap_of(rate: f64) -> Result<f64, String> {
    if rate > 0.0 {
        Ok(1.0 / rate)
    } else {
        Err("the rate must be above zero; leave the producer without load by a multiplier of 0".to_owned())
    }
}

impl fmt::Display for Spacing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Random => "random",
            Self::Even => "even",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_shape_parses() {
        for (name, example) in SHAPES {
            assert!(example.parse::<Arrivals>().is_ok(), "{name}: {:?}", example.parse::<Arrivals>());
        }
        assert_eq!("200/s".parse(), Ok(Arrivals::poisson(200.0)));
    }

    #[test]
    fn estimates_come_close() {
        for (text, expected) in [
            ("spike(base=0/s, peak=1e6/s, at=1 h, for=1 ms)", 1_000.0),
            ("ramp(from=0/s, to=10/s, over=1 h)", 18_000.0 + 23.0 * 36_000.0),
            ("groups(constant(1/s), size=3)", 3.0 * 86_400.0),
            ("fleet(devices=100, period=1 h)", 2_500.0),
            ("times(1 s, 2 s, 2 d)", 2.0),
            ("cron(0 * * * ? *)", 24.0),
        ] {
            let found = text.parse::<Arrivals>().unwrap().expected(86_400.0);
            assert!((found - expected).abs() < 1e-6 * expected, "{text}: {found}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "poisson(0/s)",
            "poisson(1e300/s)",
            "times(2 s, 1 s)",
            "sine(mean=1/s, amplitude=2/s, period=1 s)",
            "surge(1/s)",
            "closed(users=1e9, think=1 s)",
            "groups(closed(users=1, think=1 s), size=2)",
            "groups(groups(1/s, size=2), size=2)",
        ] {
            assert!(text.parse::<Arrivals>().is_err(), "{text}");
        }
    }
}

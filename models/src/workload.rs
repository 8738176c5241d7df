//! When load arrives: described here, turned into a stream of times in the engine.

use std::{fmt, str::FromStr};

use crate::{
    Distribution,
    spelling::{Call, split, truth},
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
    /// Two-state bursts: Poisson at one of two rates, exponential sojourns in each.
    Bursts {
        /// Rate while on, per second.
        on_rate: f64,
        /// Rate while off, per second.
        off_rate: f64,
        /// Mean length of an on period in seconds.
        on_mean: f64,
        /// Mean length of an off period in seconds.
        off_mean: f64,
    },
    /// So many events at one instant.
    Batch {
        /// How many.
        count: u64,
        /// When, in seconds.
        at: f64,
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

/// A rate per second as a function of time.
#[derive(Clone, Debug, PartialEq)]
pub enum RateCurve {
    /// Linear between the points `(seconds, per second)`, constant outside.
    Linear(Vec<(f64, f64)>),
    /// Steps: from each `(seconds, per second)` on, until the next; zero before the first.
    Steps(Vec<(f64, f64)>),
    /// `mean + amplitude · sin(2π t / period)`.
    Sine {
        /// Mean rate per second.
        mean: f64,
        /// Amplitude per second, at most the mean.
        amplitude: f64,
        /// Period in seconds.
        period: f64,
    },
}

impl RateCurve {
    /// An upper bound of the rate, per second.
    pub fn peak(&self) -> f64 {
        match self {
            Self::Linear(points) | Self::Steps(points) => points.iter().map(|(_, rate)| *rate).fold(0.0, f64::max),
            Self::Sine { mean, amplitude, .. } => mean + amplitude,
        }
    }
}

/// Where a recorded trace lies and how to read it.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceSource {
    /// Path relative to the document.
    pub file: String,
    /// What a row means.
    pub rows: TraceRows,
    /// Start of the replayed slice in seconds of the recording.
    pub from: f64,
    /// End of the replayed slice; the end of the recording when absent.
    pub to: Option<f64>,
    /// Spacing inside an interval of a counted trace.
    pub spacing: Spacing,
}

/// What the rows of a trace file mean.
#[derive(Clone, Debug, PartialEq)]
pub enum TraceRows {
    /// One arrival a row: its time in seconds in the column, and optionally how long it took.
    Arrivals {
        /// Name of the column of times, in seconds; the first column when absent.
        time: Option<String>,
        /// Name of the column of recorded durations in seconds.
        duration: Option<String>,
    },
    /// A count of arrivals a row.
    Counts {
        /// Length of the interval of a row, in seconds.
        interval: f64,
        /// Name of the column of counts; the last column when absent.
        column: Option<String>,
    },
}

/// A recording that has been read from its file.
#[derive(Clone, Debug, PartialEq)]
pub enum Trace {
    /// Times in seconds, ascending, and recorded durations in seconds (empty, or one for each time).
    Arrivals {
        /// Arrival times.
        times: Vec<f64>,
        /// Recorded durations.
        durations: Vec<f64>,
    },
    /// Counts per interval.
    Counts {
        /// Length of an interval in seconds.
        interval: f64,
        /// Arrivals in each interval.
        counts: Vec<f64>,
    },
}

/// Most rows of a trace file.
pub const TRACE_ROWS_MAX: usize = 50_000_000;

impl TraceSource {
    /// Reads the text of the trace file: comma-separated, `#` starts a comment, a first row that is no number is the
    /// header. The error names the line.
    pub fn read(&self, text: &str) -> Result<Trace, String> {
        let mut rows = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#')).peekable();
        let mut header: Option<Vec<&str>> = None;
        if let Some((_, line)) = rows.peek() {
            let cells: Vec<&str> = line.split(',').map(str::trim).collect();
            if cells.iter().any(|cell| cell.parse::<f64>().is_err()) && cells[0].parse::<f64>().is_err() {
                header = Some(cells);
                rows.next();
            }
        }
        let column = |name: &Option<String>, default: Option<usize>| -> Result<Option<usize>, String> {
            let Some(name) = name else { return Ok(default) };
            let known = header.as_deref().unwrap_or_default();
            known
                .iter()
                .position(|cell| cell == name)
                .map(Some)
                .ok_or_else(|| format!("`{}` has no column `{name}`; it has: {}", self.file, known.join(", ")))
        };
        let cell = |line_number: usize, line: &str, index: usize| -> Result<f64, String> {
            let text = if index == usize::MAX { line.rsplit(',').next() } else { line.split(',').nth(index) };
            text.and_then(|cell| cell.trim().parse::<f64>().ok())
                .filter(|number| number.is_finite() && *number >= 0.0)
                .ok_or_else(|| format!("line {} of `{}` has no usable number: `{line}`", line_number + 1, self.file))
        };
        let mut trace = match &self.rows {
            TraceRows::Arrivals { time, duration } => {
                let time = column(time, Some(0))?.unwrap_or(0);
                let duration = column(duration, None)?;
                let (mut times, mut durations) = (Vec::new(), Vec::new());
                for (number, line) in rows {
                    times.push(cell(number, line, time)?);
                    if let Some(duration) = duration {
                        durations.push(cell(number, line, duration)?);
                    }
                    if times.len() > TRACE_ROWS_MAX {
                        return Err(format!("`{}` has more than {TRACE_ROWS_MAX} rows", self.file));
                    }
                }
                if times.windows(2).any(|pair| pair[0] > pair[1]) {
                    return Err(format!("the times of `{}` do not ascend", self.file));
                }
                Trace::Arrivals { times, durations }
            }
            TraceRows::Counts { interval, column: name } => {
                let index = column(name, Some(usize::MAX))?.unwrap_or(usize::MAX);
                let mut counts = Vec::new();
                for (number, line) in rows {
                    counts.push(cell(number, line, index)?);
                }
                Trace::Counts { interval: *interval, counts }
            }
        };
        trace.slice(self.from, self.to);
        Ok(trace)
    }
}

impl Trace {
    /// Keeps what lies in `[from, to)` and starts the clock at `from`.
    fn slice(&mut self, from: f64, to: Option<f64>) {
        match self {
            Self::Arrivals { times, durations } => {
                let first = times.partition_point(|time| *time < from);
                let last = to.map_or(times.len(), |to| times.partition_point(|time| *time < to)).max(first);
                if !durations.is_empty() {
                    durations.truncate(last);
                    durations.drain(..first);
                }
                times.truncate(last);
                times.drain(..first);
                for time in times {
                    *time -= from;
                }
            }
            Self::Counts { interval, counts } => {
                let first = ((from / *interval).floor() as usize).min(counts.len());
                let last = to.map_or(counts.len(), |to| (to / *interval).ceil() as usize).clamp(first, counts.len());
                counts.truncate(last);
                counts.drain(..first);
            }
        }
    }

    /// How many arrivals the recording holds.
    pub fn total(&self) -> f64 {
        match self {
            Self::Arrivals { times, .. } => times.len() as f64,
            Self::Counts { counts, .. } => counts.iter().sum(),
        }
    }
}

impl Arrivals {
    /// A Poisson process.
    pub fn poisson(rate: f64) -> Self {
        Self::Renewal { gap: Distribution::Exponential { mean: 1.0 / rate }, first: None }
    }

    /// The file that this load is read from, if any.
    pub fn trace_file(&self) -> Option<&str> {
        match self {
            Self::Trace(source) => Some(&source.file),
            Self::Renewal { .. } | Self::Curve { .. } | Self::Bursts { .. } | Self::Batch { .. } | Self::Times(_) | Self::Closed { .. } => {
                None
            }
        }
    }

    /// A rough mean rate per second over a run of the given length, for estimates before a run; traces answer zero.
    pub fn mean_rate(&self, duration_s: f64) -> f64 {
        match self {
            Self::Renewal { gap, .. } => 1.0 / gap.mean(),
            Self::Curve { rate: RateCurve::Sine { mean, .. }, .. } => *mean,
            Self::Curve { rate, .. } => {
                let steps = 1_000;
                let sum: f64 = (0..steps).map(|i| rate.at(duration_s * (f64::from(i) + 0.5) / f64::from(steps))).sum();
                sum / f64::from(steps)
            }
            Self::Bursts { on_rate, off_rate, on_mean, off_mean } => (on_rate * on_mean + off_rate * off_mean) / (on_mean + off_mean),
            Self::Batch { count, .. } => *count as f64 / duration_s.max(1e-9),
            Self::Times(times) => times.len() as f64 / duration_s.max(1e-9),
            Self::Closed { users, think } => f64::from(*users) / think.mean().max(1e-3),
            Self::Trace(_) => 0.0,
        }
    }
}

impl RateCurve {
    /// The rate at a time; a sine by its Taylor series, good enough for estimates and plots.
    pub fn at(&self, seconds: f64) -> f64 {
        match self {
            Self::Steps(points) => points.iter().rev().find(|(at, _)| *at <= seconds).map_or(0.0, |(_, rate)| *rate),
            Self::Linear(points) => {
                let after = points.partition_point(|(at, _)| *at <= seconds);
                match (after.checked_sub(1).map(|i| points[i]), points.get(after)) {
                    (Some((t0, r0)), Some((t1, r1))) => r0 + (r1 - r0) * (seconds - t0) / (t1 - t0),
                    (Some((_, rate)), None) => rate,
                    (None, Some((_, rate))) => *rate,
                    (None, None) => 0.0,
                }
            }
            Self::Sine { mean, amplitude, period } => {
                let turn = (seconds / period).fract();
                let x = if turn > 0.5 { turn - 1.0 } else { turn } * 2.0 * std::f64::consts::PI;
                let x = if x > std::f64::consts::FRAC_PI_2 {
                    std::f64::consts::PI - x
                } else if x < -std::f64::consts::FRAC_PI_2 {
                    -std::f64::consts::PI - x
                } else {
                    x
                };
                let x2 = x * x;
                let sine = x * (1.0 - x2 / 6.0 * (1.0 - x2 / 20.0 * (1.0 - x2 / 42.0 * (1.0 - x2 / 72.0 * (1.0 - x2 / 110.0)))));
                mean + amplitude * sine
            }
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
    ("sine", "sine(mean=40/s, amplitude=32/s, period=100 s)"),
    ("bursts", "bursts(on=100/s, off=0/s, mean_on=10 s, mean_off=60 s)"),
    ("batch", "batch(1000, at=0 s)"),
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
            "poisson" => {
                call.only(&["rate"])?;
                let gap = gap_of(call.rate(&["rate"], 0)?)?;
                Ok(Self::Renewal { gap: Distribution::Exponential { mean: gap }, first: None })
            }
            "constant" => {
                call.only(&["rate", "offset"])?;
                let gap = gap_of(call.rate(&["rate"], 0)?)?;
                let first = call.named("offset").map(units::parse_duration).transpose()?.unwrap_or(gap);
                Ok(Self::Renewal { gap: Distribution::Constant(gap), first: Some(first) })
            }
            "renewal" => {
                call.only(&["gap", "first"])?;
                let gap: Distribution = call.require(&["gap"], 0)?.parse()?;
                if gap.mean() <= 0.0 || !gap.mean().is_finite() {
                    return Err(format!("`{text}` needs a gap with a mean above zero"));
                }
                Ok(Self::Renewal { gap, first: call.named("first").map(units::parse_duration).transpose()? })
            }
            "ramp" | "step" | "spike" | "phases" | "sine" => {
                let spacing = match call.named("even") {
                    Some(switch) if truth(switch)? => Spacing::Even,
                    _ => Spacing::Random,
                };
                Ok(Self::Curve { rate: curve(&call)?, spacing })
            }
            "bursts" => {
                call.only(&["on", "off", "mean_on", "mean_off"])?;
                let (on_mean, off_mean) = (call.duration(&["mean_on"], 2)?, call.duration(&["mean_off"], 3)?);
                if on_mean <= 0.0 || off_mean <= 0.0 {
                    return Err(format!("`{text}` needs periods longer than zero"));
                }
                Ok(Self::Bursts { on_rate: call.rate(&["on"], 0)?, off_rate: call.rate(&["off"], 1)?, on_mean, off_mean })
            }
            "batch" => {
                call.only(&["count", "at"])?;
                let count = units::parse_count(call.require(&["count"], 0)?)?;
                Ok(Self::Batch { count: count as u64, at: call.named("at").map_or(Ok(0.0), units::parse_duration)? })
            }
            "times" => {
                let times = call.positional().map(units::parse_duration).collect::<Result<Vec<f64>, _>>()?;
                if times.len() > ENTRIES_MAX {
                    return Err(format!("more than {ENTRIES_MAX} times; put them into a trace file"));
                }
                if times.windows(2).any(|pair| pair[0] > pair[1]) {
                    return Err("the times must ascend".to_owned());
                }
                Ok(Self::Times(times))
            }
            "closed" => {
                call.only(&["users", "think"])?;
                let users = units::parse_count(call.require(&["users"], 0)?)?;
                if users > f64::from(USERS_MAX) {
                    return Err(format!("at most {USERS_MAX} users can be simulated"));
                }
                Ok(Self::Closed { users: users as u32, think: call.require(&["think"], 1)?.parse()? })
            }
            "trace" => trace(&call).map(Self::Trace),
            other => {
                let known: Vec<&str> = SHAPES.iter().map(|(name, _)| *name).collect();
                Err(format!("`{other}` is not a load shape; known: {}", known.join(", ")))
            }
        }
    }
}

fn gap_of(rate: f64) -> Result<f64, String> {
    if rate > 0.0 {
        Ok(1.0 / rate)
    } else {
        Err("the rate must be above zero; leave the producer without load by a multiplier of 0".to_owned())
    }
}

fn curve(call: &Call<'_>) -> Result<RateCurve, String> {
    match call.name {
        "ramp" => {
            call.only(&["from", "to", "over", "start", "even"])?;
            let start = call.named("start").map_or(Ok(0.0), units::parse_duration)?;
            let over = call.duration(&["over"], 2)?.max(1e-9);
            Ok(RateCurve::Linear(vec![(start, call.rate(&["from"], 0)?), (start + over, call.rate(&["to"], 1)?)]))
        }
        "step" => {
            call.only(&["from", "to", "at", "even"])?;
            Ok(RateCurve::Steps(vec![(0.0, call.rate(&["from"], 0)?), (call.duration(&["at"], 2)?, call.rate(&["to"], 1)?)]))
        }
        "spike" => {
            call.only(&["base", "peak", "at", "for", "even"])?;
            let (base, at) = (call.rate(&["base"], 0)?, call.duration(&["at"], 2)?);
            let end = at + call.duration(&["for"], 3)?;
            Ok(RateCurve::Steps(vec![(0.0, base), (at, call.rate(&["peak"], 1)?), (end, base)]))
        }
        "phases" => {
            call.only(&["even"])?;
            let mut start = 0.0;
            let mut points = Vec::new();
            for phase in call.positional() {
                let (rate, length) =
                    phase.split_once(" for ").ok_or_else(|| format!("`phases` needs entries like `250/s for 10 min`, not `{phase}`"))?;
                points.push((start, units::parse_rate(rate)?));
                start += units::parse_duration(length)?;
            }
            if points.is_empty() || points.len() > ENTRIES_MAX {
                return Err(format!("`phases` needs between 1 and {ENTRIES_MAX} entries"));
            }
            points.push((start, 0.0));
            Ok(RateCurve::Steps(points))
        }
        _ => {
            call.only(&["mean", "amplitude", "period", "even"])?;
            let (mean, amplitude) = (call.rate(&["mean"], 0)?, call.rate(&["amplitude"], 1)?);
            let period = call.duration(&["period"], 2)?;
            if amplitude > mean || period <= 0.0 {
                return Err("`sine` needs an amplitude of at most the mean and a period above zero".to_owned());
            }
            Ok(RateCurve::Sine { mean, amplitude, period })
        }
    }
}

fn trace(call: &Call<'_>) -> Result<TraceSource, String> {
    call.only(&["file", "interval", "column", "time", "duration", "from", "to", "even"])?;
    let owned = |name: &str| call.named(name).map(str::to_owned);
    let rows = match call.named("interval") {
        Some(interval) => {
            let interval = units::parse_duration(interval)?;
            if interval <= 0.0 {
                return Err("the interval of a trace must be longer than zero".to_owned());
            }
            TraceRows::Counts { interval, column: owned("column") }
        }
        None => TraceRows::Arrivals { time: owned("time"), duration: owned("duration") },
    };
    let even = call.named("even").map(truth).transpose()?.unwrap_or(false);
    Ok(TraceSource {
        file: call.require(&["file"], 0)?.trim_matches('"').to_owned(),
        rows,
        from: call.named("from").map_or(Ok(0.0), units::parse_duration)?,
        to: call.named("to").map(units::parse_duration).transpose()?,
        spacing: if even { Spacing::Even } else { Spacing::Random },
    })
}

impl fmt::Display for Spacing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Random => "random",
            Self::Even => "even",
        })
    }
}

/// Splits a mix such as `OrderPlaced: 9, OrderCanceled: 1` into names and weights; a bare name has weight 1.
pub fn parse_mix(text: &str) -> Result<Vec<(String, f64)>, String> {
    let mut mix = Vec::new();
    for entry in split(text, ',')?.into_iter().map(str::trim).filter(|entry| !entry.is_empty()) {
        let (name, weight) = match entry.split_once(':') {
            Some((name, weight)) => (name.trim(), units::parse_number(weight.trim().trim_end_matches('%'))?),
            None => (entry, 1.0),
        };
        if weight < 0.0 {
            return Err(format!("`{entry}` has a negative weight"));
        }
        mix.push((name.to_owned(), weight));
    }
    if !mix.is_empty() && mix.iter().map(|(_, weight)| weight).sum::<f64>() <= 0.0 {
        return Err("at least one weight must be above zero".to_owned());
    }
    Ok(mix)
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
    fn nonsense_is_refused() {
        for text in [
            "",
            "poisson(0/s)",
            "poisson(1e300/s)",
            "times(2 s, 1 s)",
            "sine(mean=1/s, amplitude=2/s, period=1 s)",
            "surge(1/s)",
            "closed(users=1e9, think=1 s)",
        ] {
            assert!(text.parse::<Arrivals>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_curve_is_what_it_says() {
        let Ok(Arrivals::Curve { rate, .. }) = "spike(base=100/s, peak=2000/s, at=60 s, for=30 s)".parse() else { panic!("curve") };
        assert_eq!((rate.at(10.0), rate.at(60.0), rate.at(89.0), rate.at(90.0)), (100.0, 2_000.0, 2_000.0, 100.0));
        let Ok(Arrivals::Curve { rate, .. }) = "sine(mean=40/s, amplitude=32/s, period=100 s)".parse() else { panic!("curve") };
        for (at, expected) in [(0.0, 40.0), (25.0, 72.0), (50.0, 40.0), (75.0, 8.0)] {
            assert!((rate.at(at) - expected).abs() < 1e-4, "{at}: {}", rate.at(at));
        }
    }

    #[test]
    fn traces_read_with_and_without_header_and_slice() {
        let source = |text: &str| match text.parse() {
            Ok(Arrivals::Trace(source)) => source,
            other => panic!("{other:?}"),
        };
        let trace = source("trace(file=a.csv, time=arrival_s, duration=duration_s, from=1 s)").read("arrival_s,duration_s\n0.5,2\n1.5,3\n");
        assert_eq!(trace, Ok(Trace::Arrivals { times: vec![0.5], durations: vec![3.0] }));
        let trace = source("trace(file=a.csv, interval=1 min, from=1 min)").read("minute,requests\n0,5\n1,6\n2,7\n");
        assert_eq!(trace, Ok(Trace::Counts { interval: 60.0, counts: vec![6.0, 7.0] }));
        assert!(source("trace(file=a.csv)").read("1\nx\n").is_err());
        assert!(source("trace(file=a.csv)").read("2\n1\n").is_err());
    }
}

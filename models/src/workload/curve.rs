//! Rates that change in time.

use super::{ENTRIES_MAX, drawn};
use crate::{spelling::Call, units};

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
    /// Levels per second that repeat, each for the same time: the hours of a day or of a week.
    Cycle {
        /// One after the other.
        levels: Vec<f64>,
        /// Length of each in seconds.
        step: f64,
        /// Where in the cycle time zero lies, in seconds.
        start: f64,
    },
}

/// A stretch of a curve with a bound on its rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// The rate is at most so much per second.
    pub most: f64,
    /// Until this time in seconds.
    pub until: f64,
}

impl RateCurve {
    /// The rate at a time; a sine by its Taylor series, good enough for estimates and plots.
    pub fn at(&self, seconds: f64) -> f64 {
        match self {
            Self::Steps(points) => points.iter().rev().find(|(at, _)| *at <= seconds).map_or(0.0, |(_, rate)| *rate),
            Self::Cycle { levels, step, start } => {
                let turns = ((start + seconds) / step).floor();
                levels[(turns % levels.len() as f64) as usize % levels.len()]
            }
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

    /// The stretch that a time lies in. Whoever draws from the curve goes from stretch to stretch, so that a short peak
    /// costs nothing where it is not.
    pub fn segment(&self, seconds: f64) -> Segment {
        match self {
            Self::Steps(points) => {
                let after = points.partition_point(|(at, _)| *at <= seconds);
                let most = after.checked_sub(1).map_or(0.0, |index| points[index].1);
                Segment { most, until: points.get(after).map_or(f64::INFINITY, |(at, _)| *at) }
            }
            Self::Linear(points) => {
                let after = points.partition_point(|(at, _)| *at <= seconds);
                let ends = [after.checked_sub(1), Some(after)];
                let most = ends.into_iter().flatten().filter_map(|index| points.get(index)).map(|(_, rate)| *rate).fold(0.0, f64::max);
                Segment { most, until: points.get(after).map_or(f64::INFINITY, |(at, _)| *at) }
            }
            Self::Sine { mean, amplitude, .. } => Segment { most: mean + amplitude, until: f64::INFINITY },
            Self::Cycle { step, start, .. } => {
                let mut until = (((start + seconds) / step).floor() + 1.0) * step - start;
                // Far from zero the next step may round to the present; the time must move on.
                while until <= seconds {
                    until += step.max(seconds * f64::EPSILON * 4.0);
                }
                // The middle of the stretch is clear of both edges.
                Segment { most: self.at(f64::midpoint(seconds, until)), until }
            }
        }
    }

    /// How many arrivals are expected before a time. A sine answers with its mean.
    pub fn integral(&self, seconds: f64) -> f64 {
        match self {
            Self::Sine { mean, .. } => mean * seconds,
            Self::Cycle { levels, step, start } => {
                let total: f64 = levels.iter().sum::<f64>() * step;
                let from_origin = |x: f64| {
                    let turns = (x / step / levels.len() as f64).floor();
                    let rest = x - turns * levels.len() as f64 * step;
                    let whole = ((rest / step) as usize).min(levels.len() - 1);
                    turns * total + levels[..whole].iter().sum::<f64>() * step + levels[whole] * (rest - whole as f64 * step)
                };
                from_origin(start + seconds) - from_origin(*start)
            }
            Self::Steps(points) | Self::Linear(points) => {
                let inner = points.iter().map(|(at, _)| *at).filter(|at| *at < seconds);
                let mut sum = 0.0;
                let mut from = 0.0;
                for to in inner.chain([seconds]) {
                    // Both kinds are straight inside a stretch.
                    sum += self.at(f64::midpoint(from, to)) * (to - from);
                    from = to;
                }
                sum
            }
        }
    }
}

/// Reads the shapes whose rate changes in time.
pub(super) fn parse(call: &Call<'_>) -> Result<RateCurve, String> {
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
        "curve" | "steps" => drawn::parse(call),
        "daily" | "weekly" => cycle(call),
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

/// Hours of a day.
const HOURS: usize = 24;

/// Days of a week, Monday first.
const DAYS: usize = 7;

fn cycle(call: &Call<'_>) -> Result<RateCurve, String> {
    let weekly = call.name == "weekly";
    call.only(if weekly { &["mean", "days", "hours", "start", "even"] } else { &["mean", "hours", "start", "even"] })?;
    let mean = call.rate(&["mean"], 0)?;
    let days = if weekly { weights(call, "days", DAYS)? } else { None };
    let hours = weights(call, "hours", HOURS)?;
    if days.is_none() && hours.is_none() {
        let example = if weekly { "days=1 1 1 1 1 0.4 0.3" } else { "hours=1 1 1 … with 24 weights" };
        return Err(format!("`{}` needs a profile, such as `{example}`", call.name));
    }
    let days = days.unwrap_or_else(|| vec![1.0; if weekly { DAYS } else { 1 }]);
    let hours = hours.unwrap_or_else(|| vec![1.0; HOURS]);
    let levels: Vec<f64> = days.iter().flat_map(|day| hours.iter().map(move |hour| mean * day * hour)).collect();
    let start = call.named("start").map_or(Ok(0.0), units::parse_duration)?;
    Ok(RateCurve::Cycle { levels, step: 3_600.0, start })
}

/// Weights that are one on average.
fn weights(call: &Call<'_>, name: &str, count: usize) -> Result<Option<Vec<f64>>, String> {
    let Some(text) = call.named(name) else { return Ok(None) };
    let weights = text.split_whitespace().map(units::parse_number).collect::<Result<Vec<f64>, _>>()?;
    let sum: f64 = weights.iter().sum();
    if weights.len() != count || weights.iter().any(|weight| *weight < 0.0) || sum <= 0.0 || !sum.is_finite() {
        return Err(format!("`{name}` needs {count} weights with blanks between them, none negative, not all zero"));
    }
    Ok(Some(weights.into_iter().map(|weight| weight * count as f64 / sum).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Arrivals;

    #[test]
    fn a_curve_is_what_it_says() {
        let Ok(Arrivals::Curve { rate, .. }) = "spike(base=100/s, peak=2000/s, at=60 s, for=30 s)".parse() else { panic!("curve") };
        assert_eq!((rate.at(10.0), rate.at(60.0), rate.at(89.0), rate.at(90.0)), (100.0, 2_000.0, 2_000.0, 100.0));
        let Ok(Arrivals::Curve { rate, .. }) = "sine(mean=40/s, amplitude=32/s, period=100 s)".parse() else { panic!("curve") };
        for (at, expected) in [(0.0, 40.0), (25.0, 72.0), (50.0, 40.0), (75.0, 8.0)] {
            assert!((rate.at(at) - expected).abs() < 1e-4, "{at}: {}", rate.at(at));
        }
    }

    fn curve(text: &str) -> RateCurve {
        match text.parse() {
            Ok(Arrivals::Curve { rate, .. }) => rate,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn a_week_repeats_and_keeps_its_mean() {
        let rate = curve("weekly(mean=70/s, days=1 1 1 1 1 2 0, start=4 d)");
        // Friday first, with a weight of one seventh of the sum.
        let day = 86_400.0;
        assert_eq!((rate.at(0.0), rate.at(1.5 * day), rate.at(2.5 * day), rate.at(3.5 * day)), (70.0, 140.0, 0.0, 70.0));
        assert!((rate.integral(7.0 * day) / (7.0 * day) - 70.0).abs() < 1e-9);
        assert!((rate.integral(1.5 * day) - (70.0 + 70.0) * day).abs() < 1e-3);
        for wrong in ["weekly(mean=1/s)", "weekly(mean=1/s, days=1 1)", "daily(mean=1/s, days=1 1 1 1 1 1 1)", "daily(mean=1/s, hours=0)"] {
            assert!(wrong.parse::<Arrivals>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn stretches_bound_the_curve_and_its_integral_is_their_sum() {
        for text in [
            "spike(base=1/s, peak=9/s, at=60 s, for=30 s)",
            "ramp(from=10/s, to=500/s, over=5 min, start=1 min)",
            "phases(0/s for 400 s, 250/s for 600 s)",
            "daily(mean=3/s, hours=0 0 0 0 0 0 1 2 3 4 4 4 4 4 4 4 3 3 2 2 1 1 0 0, start=90 min)",
        ] {
            let rate = curve(text);
            let (mut at, mut stretches) = (0.0, 0);
            while at < 200_000.0 {
                let Segment { most, until } = rate.segment(at);
                assert!(until > at, "{text} at {at}");
                let end = until.min(at + 1_000.0);
                for part in [0.01, 0.5, 0.99] {
                    assert!(rate.at(at + part * (end - at)) <= most, "{text} at {at}");
                }
                (at, stretches) = (until, stretches + 1);
            }
            assert!(stretches > 1, "{text}");
            let steps = 200_000;
            let sum: f64 = (0..steps).map(|n| rate.at(f64::from(n) + 0.5)).sum();
            assert!((rate.integral(f64::from(steps)) - sum).abs() < 1e-6 * sum, "{text}");
        }
    }
}

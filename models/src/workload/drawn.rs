//! Loads that can be drawn by hand: points on a plot, and how they are spelled.

use super::{Arrivals, ENTRIES_MAX, RateCurve, Spacing};
use crate::{Distribution, spelling::Call, units};

/// What lies between two points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Between {
    /// A straight line.
    Line,
    /// The level of the first of them.
    Level,
}

/// A load that is given by points alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// What lies between two points.
    pub between: Between,
    /// Points `(seconds, per second)` in the order of time; never empty.
    pub points: Vec<(f64, f64)>,
    /// Whether arrivals are random at that rate or evenly spaced.
    pub spacing: Spacing,
}

impl Drawn {
    /// A load as points; nothing for a load that is made otherwise, such as a sine or a schedule.
    pub fn of(arrivals: &Arrivals) -> Option<Self> {
        let level = |gap: f64, spacing| Self { between: Between::Level, points: vec![(0.0, tidy(1.0 / gap))], spacing };
        match arrivals {
            Arrivals::Renewal { gap: Distribution::Exponential { mean }, first: None } => Some(level(*mean, Spacing::Random)),
            Arrivals::Renewal { gap: Distribution::Constant(gap), first: Some(first) } if first == gap => Some(level(*gap, Spacing::Even)),
            Arrivals::Curve { rate: RateCurve::Linear(points), spacing } => {
                Some(Self { between: Between::Line, points: points.clone(), spacing: *spacing })
            }
            Arrivals::Curve { rate: RateCurve::Steps(points), spacing } => {
                Some(Self { between: Between::Level, points: points.clone(), spacing: *spacing })
            }
            Arrivals::Renewal { .. }
            | Arrivals::Curve { rate: RateCurve::Sine { .. } | RateCurve::Cycle { .. }, .. }
            | Arrivals::Modulated(_)
            | Arrivals::Schedule(_)
            | Arrivals::Fleet(_)
            | Arrivals::Groups { .. }
            | Arrivals::Times(_)
            | Arrivals::Closed { .. }
            | Arrivals::Trace(_) => None,
        }
    }

    /// The shortest spelling that reads back as exactly these points; a shape that `before` has is kept if it can be.
    pub fn spelling(&self, before: &str) -> String {
        let name = before.split('(').next().unwrap_or_default().trim();
        let spellings = self.spellings();
        let reads_back = |text: &&String| text.parse().ok().and_then(|read| Self::of(&read)).as_ref() == Some(self);
        let like_before = spellings.iter().filter(|text| !name.is_empty() && text.starts_with(&format!("{name}("))).find(reads_back);
        // The last one is always exact.
        like_before.or_else(|| spellings.iter().find(reads_back)).or(spellings.last()).cloned().unwrap_or_default()
    }

    /// Every way to say it, the short ones first, the general one last; not all of them are exact.
    fn spellings(&self) -> Vec<String> {
        let even = if self.spacing == Spacing::Even { ", even=true" } else { "" };
        let (rate, time) = (units::spell_rate, units::spell_duration);
        let general = || self.points.iter().map(|(at, level)| format!("{} at {}", rate(*level), time(*at))).collect::<Vec<_>>().join(", ");
        let mut list = Vec::new();
        match (self.between, self.points.as_slice()) {
            (Between::Level, [(_, level)]) => {
                let name = if self.spacing == Spacing::Even { "constant" } else { "poisson" };
                list.push(format!("{name}({})", rate(*level)));
            }
            (Between::Level, [(_, from), (at, to)]) => {
                list.push(format!("step(from={}, to={}, at={}{even})", rate(*from), rate(*to), time(*at)));
            }
            (Between::Level, [(_, base), (at, peak), (end, _)]) => {
                list.push(format!("spike(base={}, peak={}, at={}, for={}{even})", rate(*base), rate(*peak), time(*at), time(end - at)));
            }
            (Between::Line, [(start, from), (end, to)]) => {
                let start_text = if *start > 0.0 { format!(", start={}", time(*start)) } else { String::new() };
                list.push(format!("ramp(from={}, to={}, over={}{start_text}{even})", rate(*from), rate(*to), time(end - start)));
            }
            _ => {}
        }
        match self.between {
            Between::Level => {
                let phases = self.points.windows(2).map(|pair| format!("{} for {}", rate(pair[0].1), time(pair[1].0 - pair[0].0)));
                list.push(format!("phases({}{even})", phases.collect::<Vec<_>>().join(", ")));
                list.push(format!("steps({}{even})", general()));
            }
            Between::Line => list.push(format!("curve({}{even})", general())),
        }
        list
    }
}

/// A quotient without the last digits, which are noise.
fn tidy(value: f64) -> f64 {
    format!("{value:.12e}").parse().unwrap_or(value)
}

/// Reads `curve(10/s at 0 s, 200/s at 5 min)` and `steps(…)` of the same form.
pub(super) fn parse(call: &Call<'_>) -> Result<RateCurve, String> {
    call.only(&["even"])?;
    let mut points: Vec<(f64, f64)> = Vec::new();
    for point in call.positional() {
        let (rate, at) =
            point.split_once(" at ").ok_or_else(|| format!("`{}` needs points like `200/s at 5 min`, not `{point}`", call.name))?;
        let at = units::parse_duration(at)?;
        if points.last().is_some_and(|(before, _)| *before > at) {
            return Err(format!("the points of `{}` must be in the order of time", call.name));
        }
        points.push((at, units::parse_rate(rate)?));
    }
    if points.is_empty() || points.len() > ENTRIES_MAX {
        return Err(format!("`{}` needs between 1 and {ENTRIES_MAX} points", call.name));
    }
    Ok(if call.name == "curve" { RateCurve::Linear(points) } else { RateCurve::Steps(points) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn drawn(text: &str) -> Drawn {
        Drawn::of(&text.parse().unwrap()).unwrap()
    }

    #[test]
    fn what_was_typed_keeps_its_shape() {
        for text in [
            "poisson(49/s)",
            "constant(200/s)",
            "ramp(from=10/s, to=500/s, over=5 min)",
            "ramp(from=10/s, to=500/s, over=5 min, start=30 s, even=true)",
            "step(from=100/s, to=3000/s, at=10 s)",
            "spike(base=100/s, peak=2000/s, at=1 min, for=30 s)",
            "phases(0/s for 400 s, 250/s for 10 min)",
            "phases(100/s for 10 s)",
            "curve(10/s at 0 s, 200/s at 5 min, 50/s at 5 min, 50/s at 8 min)",
            "steps(10/s at 0 s, 200/s at 5 min, 50/s at 8 min)",
        ] {
            assert_eq!(drawn(text).spelling(text), text);
        }
    }

    #[test]
    fn a_shape_that_no_longer_fits_gives_way_to_one_that_does() {
        let mut load = drawn("spike(base=100/s, peak=2000/s, at=60 s, for=30 s)");
        load.points[2].1 = 50.0;
        assert_eq!(load.spelling("spike(…)"), "steps(100/s at 0 s, 2000/s at 1 min, 50/s at 90 s)");
        load.points.truncate(2);
        assert_eq!(load.spelling("spike(…)"), "step(from=100/s, to=2000/s, at=1 min)");
        let mut load = drawn("ramp(from=10/s, to=500/s, over=5 min)");
        load.points.push((600.0, 0.0));
        assert_eq!(load.spelling("ramp(…)"), "curve(10/s at 0 s, 500/s at 5 min, 0/s at 10 min)");
        for other in ["sine(mean=4/s, amplitude=3/s, period=9 s)", "closed(users=2, think=1 s)", "rate(5 min)"] {
            assert_eq!(Drawn::of(&other.parse().unwrap()), None, "{other}");
        }
        for wrong in ["curve()", "curve(5/s)", "steps(5/s at 9 s, 5/s at 8 s)", "curve(5/s at 1 s, slow=1)"] {
            assert!(wrong.parse::<Arrivals>().is_err(), "{wrong}");
        }
    }

    prop_compose! {
        fn any_drawn()(
            gaps in prop::collection::vec((0.0_f64..5_000.0, 0.0_f64..1e6, 0_u32..3), 1..9),
            line in any::<bool>(),
            even in any::<bool>(),
            from_zero in any::<bool>(),
        ) -> Drawn {
            let mut at = 0.0;
            let mut points = Vec::new();
            for (index, (gap, rate, digits)) in gaps.into_iter().enumerate() {
                // Some are round, as those that were dragged, others are anything.
                let round = |value: f64| if digits == 2 { value } else { (value * f64::from(digits * 10 + 1)).round() / f64::from(digits * 10 + 1) };
                at += if index == 0 && from_zero { 0.0 } else { round(gap) };
                points.push((at, round(rate)));
            }
            Drawn {
                between: if line { Between::Line } else { Between::Level },
                points,
                spacing: if even { Spacing::Even } else { Spacing::Random },
            }
        }
    }

    proptest! {
        #[test]
        fn any_points_read_back_exactly(load in any_drawn(), before in prop::sample::select(vec!["", "phases(", "spike(", "ramp(", "poisson("])) {
            let text = load.spelling(before);
            let read: Arrivals = text.parse().map_err(|why| TestCaseError::fail(format!("{text}: {why}")))?;
            prop_assert_eq!(Drawn::of(&read), Some(load), "{}", text);
        }
    }
}

//! What happens at given times: schedules, and uploads of many things at once.

use super::cron::{self, Cron};
use crate::{spelling::Call, units};

/// Many events at one time or several.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// When it is due.
    pub due: Due,
    /// Events each time.
    pub count: u64,
    /// The events of one time are spread evenly over so many seconds.
    pub over: f64,
}

/// The times of a schedule.
#[derive(Clone, Debug, PartialEq)]
pub enum Due {
    /// Once, at a time in seconds.
    Once(f64),
    /// Again and again.
    Every {
        /// Time between two, in seconds.
        period: f64,
        /// Time of the first one in seconds.
        first: f64,
    },
    /// As a calendar says.
    Calendar {
        /// The expression.
        cron: Cron,
        /// What the clock of its time zone shows at time zero, in seconds since 1970.
        start: i64,
    },
}

/// Time zero of a run where nothing else is said: a Monday at midnight.
const MONDAY: &str = "2024-01-01T00:00";

/// Firings that are counted one by one for an estimate.
const COUNTED_MAX: u32 = 10_000;

/// Reads `batch(1000, at=0 s, over=5 min, every=1 d)`.
pub(super) fn batch(call: &Call<'_>) -> Result<Schedule, String> {
    call.only(&["count", "at", "over", "every"])?;
    let count = units::parse_count(call.require(&["count"], 0)?)? as u64;
    let at = call.named("at").map_or(Ok(0.0), units::parse_duration)?;
    let due = match call.named("every") {
        Some(period) => every(period, at)?,
        None => Due::Once(at),
    };
    Ok(Schedule { due, count, over: over(call)? })
}

/// Reads `rate(5 minutes, first=0 s, count=10)`: the first time is one period after the start.
pub(super) fn rate(call: &Call<'_>) -> Result<Schedule, String> {
    call.only(&["every", "first", "count", "over"])?;
    let period = call.duration(&["every"], 0)?;
    let first = call.named("first").map_or(Ok(period), units::parse_duration)?;
    Ok(Schedule { due: every(call.require(&["every"], 0)?, first)?, count: count(call)?, over: over(call)? })
}

/// Reads `cron(0 12 * * ? *, zone=+1, start=2026-11-22T08:00, count=10, over=1 min)`. The start is UTC.
pub(super) fn cron(call: &Call<'_>) -> Result<Schedule, String> {
    call.only(&["zone", "start", "count", "over"])?;
    // Lists of an expression have commas, as the arguments have.
    let expression = call.positional().collect::<Vec<_>>().join(",");
    let cron: Cron = expression.parse()?;
    let zone = call.named("zone").map_or(Ok(0.0), units::parse_number)?;
    if !(-14.0..=14.0).contains(&zone) {
        return Err(format!("`zone={zone}` is no number of hours from UTC between -14 and +14"));
    }
    let start = cron::instant(call.named("start").unwrap_or(MONDAY))? + (zone * 3_600.0) as i64;
    if cron.next(start).is_none() {
        return Err(format!("`{expression}` is never due"));
    }
    Ok(Schedule { due: Due::Calendar { cron, start }, count: count(call)?, over: over(call)? })
}

fn every(period: &str, first: f64) -> Result<Due, String> {
    let period = units::parse_duration(period)?;
    if period > 0.0 { Ok(Due::Every { period, first }) } else { Err("a schedule needs a period above zero".to_owned()) }
}

fn count(call: &Call<'_>) -> Result<u64, String> {
    call.named("count").map_or(Ok(1), |text| units::parse_count(text).map(|count| count as u64))
}

fn over(call: &Call<'_>) -> Result<f64, String> {
    call.named("over").map_or(Ok(0.0), units::parse_duration)
}

impl Due {
    /// The time in seconds of firing number `number`, the first after firing number `number - 1` at `last`.
    pub fn next(&self, number: u64, last: Option<f64>) -> Option<f64> {
        match self {
            Self::Once(at) => (number == 0).then_some(*at),
            Self::Every { period, first } => Some(first + period * number as f64),
            Self::Calendar { cron, start } => {
                // Firings lie on whole minutes, so a second later none is missed.
                let from = last.map_or(*start, |last| start + last as i64 + 1);
                cron.next(from).map(|at| (at - start) as f64)
            }
        }
    }
}

impl Schedule {
    /// About how many events arise before a time.
    pub(super) fn expected(&self, seconds: f64) -> f64 {
        let firings = match &self.due {
            Due::Once(at) => f64::from(*at < seconds),
            Due::Every { period, first } => ((seconds - first) / period).ceil().max(0.0),
            Due::Calendar { .. } => {
                let (mut number, mut last) = (0, None);
                while let Some(at) = self.due.next(u64::from(number), last).filter(|at| *at < seconds && number < COUNTED_MAX) {
                    (number, last) = (number + 1, Some(at));
                }
                let counted = last.filter(|_| number == COUNTED_MAX);
                counted.map_or(f64::from(number), |last| f64::from(number) * seconds / last.max(1.0))
            }
        };
        firings * self.count as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Arrivals;

    fn schedule(text: &str) -> Schedule {
        match text.parse() {
            Ok(Arrivals::Schedule(schedule)) => schedule,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn zones_move_the_clock() {
        // Two o'clock in Berlin in winter is one o'clock in London; the run starts on a Monday at midnight, London time.
        for (text, first) in [("cron(0 2 * * ? *, zone=+1)", 3_600.0), ("cron(0 2 * * ? *, zone=-3.5)", 19_800.0)] {
            assert_eq!(schedule(text).due.next(0, None), Some(first), "{text}");
        }
        let week = schedule("cron(0,30 12 ? * MON,WED *, start=2026-11-22T12:00)");
        let mut last = None;
        let times: Vec<f64> = (0..3)
            .map_while(|number| {
                last = week.due.next(number, last);
                last
            })
            .collect();
        assert_eq!(times, [86_400.0, 88_200.0, 86_400.0 * 3.0]);
        assert_eq!(week.expected(7.0 * 86_400.0), 4.0);
    }

    #[test]
    fn schedules_must_make_sense() {
        for text in ["cron(0 0 30 2 ? *)", "cron(0 2 * * ? *, zone=20)", "rate(0 min)", "batch(5, every=0 s)", "cron(soon)"] {
            assert!(text.parse::<Arrivals>().is_err(), "{text}");
        }
        assert_eq!(schedule("rate(5 minutes)").expected(3_600.0), 11.0);
        assert_eq!(schedule("batch(100, every=1 d, at=1 h)").expected(86_400.0 * 2.0), 200.0);
        assert!(schedule("cron(* * * * ? *)").expected(86_400.0 * 365.0) > 500_000.0);
    }
}

//! How a caller behaves when a call is slow, refused or fails.

mod resilience;

use std::{fmt, str::FromStr};

pub use resilience::{Breaker, Resilience, RetryBudget, RetryQuota};

use crate::{Distribution, spelling::Call, units};

/// Most waits of a schedule.
pub const SCHEDULE_MAX: usize = 1_000;

/// The wait before the next attempt.
#[derive(Clone, Debug, PartialEq)]
pub enum Backoff {
    /// `min(cap, base · factor^n)` before retry `n` (from zero), times the jitter.
    Exponential {
        /// Wait before the first retry, in seconds.
        base: f64,
        /// Growth from retry to retry.
        factor: f64,
        /// Longest wait in seconds.
        cap: f64,
        /// How much of the wait is left to chance.
        jitter: Jitter,
    },
    /// Each wait is drawn between `base` and `factor` times the wait before it, and is at most `cap`: decorrelated jitter.
    Decorrelated {
        /// Shortest wait, and what the first one grows from, in seconds.
        base: f64,
        /// How many times the wait before it a wait may be.
        factor: f64,
        /// Longest wait in seconds.
        cap: f64,
    },
    /// The given waits in seconds; the last one repeats.
    Schedule(Vec<f64>),
    /// Drawn anew for each retry.
    Random(Distribution),
}

/// How much of a wait is left to chance, so that callers do not come back all at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jitter {
    /// Nothing.
    None,
    /// One half: drawn uniformly between half of the wait and all of it.
    Equal,
    /// All: drawn uniformly between zero and the wait.
    Full,
}

impl Jitter {
    /// Share of the wait that is drawn.
    pub fn share(self) -> f64 {
        match self {
            Self::None => 0.0,
            Self::Equal => 0.5,
            Self::Full => 1.0,
        }
    }
}

impl FromStr for Jitter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Self::None),
            "equal" => Ok(Self::Equal),
            "full" => Ok(Self::Full),
            other => Err(format!("jitter is `none`, `equal` or `full`, not `{other}`")),
        }
    }
}

impl fmt::Display for Jitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Equal => "equal",
            Self::Full => "full",
        })
    }
}

impl FromStr for Backoff {
    type Err = String;

    /// Reads `exponential(base=100 ms, factor=2, cap=20 s, jitter=full)`, `decorrelated(base=100 ms, cap=20 s)`,
    /// `schedule(60 s, 120 s)` or `random(exponential(2 s))`.
    fn from_str(text: &str) -> Result<Self, String> {
        let known = "known: exponential(base, factor, cap, jitter), decorrelated(base, factor, cap), schedule(waits…), \
                     random(distribution)";
        let Some(call) = Call::parse(text)? else {
            return units::parse_duration(text).map(|wait| Self::Schedule(vec![wait])).map_err(|why| format!("{why}; {known}"));
        };
        match call.name {
            "exponential" => {
                call.only(&["base", "factor", "cap", "jitter"])?;
                let jitter = call.named("jitter").map_or(Ok(Jitter::None), str::parse)?;
                let (base, factor, cap) = growth(&call, 2.0)?;
                Ok(Self::Exponential { base, factor, cap, jitter })
            }
            "decorrelated" => {
                call.only(&["base", "factor", "cap"])?;
                let (base, factor, cap) = growth(&call, 3.0)?;
                Ok(Self::Decorrelated { base, factor, cap })
            }
            "schedule" => {
                let waits = call.positional().map(units::parse_duration).collect::<Result<Vec<f64>, _>>()?;
                if waits.is_empty() || waits.len() > SCHEDULE_MAX {
                    return Err(format!("`schedule` needs between 1 and {SCHEDULE_MAX} waits"));
                }
                Ok(Self::Schedule(waits))
            }
            "random" => Ok(Self::Random(call.require(&["wait"], 0)?.parse()?)),
            other => Err(format!("`{other}` is not a back-off; {known}")),
        }
    }
}

/// Base, factor and cap of waits that grow.
fn growth(call: &Call<'_>, factor: f64) -> Result<(f64, f64, f64), String> {
    let factor = call.named("factor").map_or(Ok(factor), units::parse_number)?;
    if factor < 1.0 {
        return Err(format!("`{}` needs a factor of at least 1", call.name));
    }
    let cap = call.named("cap").map_or(Ok(20.0), units::parse_duration)?;
    Ok((call.duration(&["base"], 0)?, factor, cap))
}

impl fmt::Display for Backoff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exponential { base, factor, cap, jitter } => {
                write!(f, "exponential(base={base} s, factor={factor}, cap={cap} s, jitter={jitter})")
            }
            Self::Decorrelated { base, factor, cap } => write!(f, "decorrelated(base={base} s, factor={factor}, cap={cap} s)"),
            Self::Schedule(waits) => {
                let waits: Vec<String> = waits.iter().map(|wait| format!("{wait} s")).collect();
                write!(f, "schedule({})", waits.join(", "))
            }
            Self::Random(law) => write!(f, "random({law})"),
        }
    }
}

/// What a caller does about one call, over all its attempts.
#[derive(Clone, Debug, PartialEq)]
pub struct CallPolicy {
    /// How long an attempt may take before the caller gives up on it, in seconds.
    pub timeout: Option<f64>,
    /// Most attempts; `None` is without limit.
    pub attempts: Option<u32>,
    /// Wait between attempts.
    pub backoff: Backoff,
    /// Age of the event, in seconds, after which no attempt is made.
    pub age_max: Option<f64>,
    /// Which outcomes are tried again.
    pub retry_on: RetryOn,
}

/// Which outcomes a caller tries again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryOn {
    /// Errors, time-outs and throttles.
    Any,
    /// Throttles only.
    Throttles,
    /// Errors and time-outs only.
    Errors,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoffs_survive_printing() {
        for text in [
            "exponential(base=100 ms, factor=2, cap=20 s, jitter=equal)",
            "decorrelated(base=100 ms, cap=20 s)",
            "schedule(60 s, 120 s)",
            "random(exponential(2 s))",
        ] {
            let backoff: Backoff = text.parse().unwrap();
            assert_eq!(backoff.to_string().parse(), Ok(backoff), "{text}");
        }
        assert_eq!("decorrelated(100 ms, cap=5 s)".parse(), Ok(Backoff::Decorrelated { base: 0.1, factor: 3.0, cap: 5.0 }));
        for text in ["decorrelated(cap=5 s)", "decorrelated(base=1 s, factor=0.5)", "decorrelated(base=1 s, jitter=full)", "soon"] {
            assert!(text.parse::<Backoff>().is_err(), "{text}");
        }
    }
}

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

    /// Reads `exponential(base=100 ms, factor=2, cap=20 s, jitter=full)`, `schedule(60 s, 120 s)` or
    /// `random(exponential(2 s))`.
    fn from_str(text: &str) -> Result<Self, String> {
        let known = "known: exponential(base, factor, cap, jitter), schedule(waits…), random(distribution)";
        let Some(call) = Call::parse(text)? else {
            return units::parse_duration(text).map(|wait| Self::Schedule(vec![wait])).map_err(|why| format!("{why}; {known}"));
        };
        match call.name {
            "exponential" => {
                call.only(&["base", "factor", "cap", "jitter"])?;
                let factor = call.named("factor").map_or(Ok(2.0), units::parse_number)?;
                if factor < 1.0 {
                    return Err(format!("`{text}` needs a factor of at least 1"));
                }
                let jitter = call.named("jitter").map_or(Ok(Jitter::None), str::parse)?;
                let cap = call.named("cap").map_or(Ok(20.0), units::parse_duration)?;
                Ok(Self::Exponential { base: call.duration(&["base"], 0)?, factor, cap, jitter })
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

impl fmt::Display for Backoff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exponential { base, factor, cap, jitter } => {
                write!(f, "exponential(base={base} s, factor={factor}, cap={cap} s, jitter={jitter})")
            }
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

//! What a run must hold to be called good.

use std::{fmt, str::FromStr};

use crate::units::{self, Quantity};

/// Which latency of a journey is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LatencyKind {
    /// From the client's first attempt to the final outcome.
    Response,
    /// Until the last descendant ends.
    Completion,
}

/// Which figure of a latency is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LatencyFigure {
    /// Arithmetic mean.
    Mean,
    /// Share of journeys that are at most this long, in tenths of a percent: 999 is p99.9.
    PerMille(u32),
    /// Longest.
    Max,
}

/// What is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Metric {
    /// A latency of journeys, in seconds.
    Latency(LatencyKind, LatencyFigure),
    /// Share of root events that did not end well: refused, failed, expired, dead-lettered or dropped for good.
    Loss,
    /// Share of the callers' requests that were answered with success.
    Success,
    /// Most messages waiting in a node.
    Backlog,
    /// Greatest age of a waiting message in seconds.
    Age,
    /// Time from the end of the load until nothing is held, in seconds.
    DrainTime,
    /// Cost of the run per hour, in US dollars.
    CostPerHour,
}

/// On which side of the bound it is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// At most.
    AtMost,
    /// At least.
    AtLeast,
}

/// A metric with its bound, such as `response p99 of clients <= 800 ms`.
#[derive(Clone, Debug, PartialEq)]
pub struct Objective {
    /// What is measured.
    pub metric: Metric,
    /// The producer, or the node, that it is measured at; the whole diagram when absent.
    pub of: Option<String>,
    /// On which side it is good.
    pub bound: Bound,
    /// The bound in base units.
    pub value: f64,
}

impl Metric {
    /// The unit of the bound.
    pub fn quantity(&self) -> Quantity {
        match self {
            Self::Latency(..) | Self::Age | Self::DrainTime => Quantity::Duration,
            Self::Loss | Self::Success => Quantity::Fraction,
            Self::Backlog => Quantity::Count,
            Self::CostPerHour => Quantity::Money,
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latency(kind, figure) => {
                f.write_str(match kind {
                    LatencyKind::Response => "response ",
                    LatencyKind::Completion => "completion ",
                })?;
                match figure {
                    LatencyFigure::Mean => f.write_str("mean"),
                    LatencyFigure::Max => f.write_str("max"),
                    LatencyFigure::PerMille(n) if n % 10 == 0 => write!(f, "p{}", n / 10),
                    LatencyFigure::PerMille(n) => write!(f, "p{}.{}", n / 10, n % 10),
                }
            }
            Self::Loss => f.write_str("loss"),
            Self::Success => f.write_str("success"),
            Self::Backlog => f.write_str("backlog"),
            Self::Age => f.write_str("age"),
            Self::DrainTime => f.write_str("drain time"),
            Self::CostPerHour => f.write_str("cost per hour"),
        }
    }
}

impl FromStr for Objective {
    type Err = String;

    /// Reads `response p99 of clients <= 800 ms`, `loss <= 0.1 %`, `backlog of orders <= 10000`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (left, bound, right) = if let Some((left, right)) = text.split_once("<=") {
            (left, Bound::AtMost, right)
        } else if let Some((left, right)) = text.split_once(">=") {
            (left, Bound::AtLeast, right)
        } else {
            return Err(format!("`{text}` has neither `<=` nor `>=`, write for example `response p99 <= 800 ms`"));
        };
        let (metric, of) = match left.split_once(" of ") {
            Some((metric, of)) => (metric, Some(of.trim().to_owned())),
            None => (left, None),
        };
        let words: Vec<&str> = metric.split_whitespace().collect();
        let metric = match words[..] {
            ["response", figure] => Metric::Latency(LatencyKind::Response, latency_figure(figure)?),
            ["completion", figure] => Metric::Latency(LatencyKind::Completion, latency_figure(figure)?),
            ["loss"] => Metric::Loss,
            ["success"] => Metric::Success,
            ["backlog"] => Metric::Backlog,
            ["age"] => Metric::Age,
            ["drain", "time"] => Metric::DrainTime,
            ["cost", "per", "hour"] => Metric::CostPerHour,
            _ => {
                return Err(format!(
                    "`{}` is not a metric; known: response p99 (p50, p90, p99.9, mean, max), completion p99, loss, success, backlog, \
                     age, drain time, cost per hour",
                    metric.trim()
                ));
            }
        };
        let value = metric.quantity().parse(right)?;
        Ok(Self { metric, of, bound, value })
    }
}

fn latency_figure(text: &str) -> Result<LatencyFigure, String> {
    match text {
        "mean" => Ok(LatencyFigure::Mean),
        "max" => Ok(LatencyFigure::Max),
        _ => text
            .strip_prefix('p')
            .and_then(|digits| units::parse_number(digits).ok())
            .filter(|percent| *percent > 0.0 && *percent < 100.0)
            .map(|percent| LatencyFigure::PerMille((percent * 10.0).round() as u32))
            .ok_or_else(|| format!("`{text}` is not a latency figure; known: mean, p50, p90, p95, p99, p99.9, max")),
    }
}

impl fmt::Display for Objective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.metric)?;
        if let Some(of) = &self.of {
            write!(f, " of {of}")?;
        }
        let sign = match self.bound {
            Bound::AtMost => "<=",
            Bound::AtLeast => ">=",
        };
        write!(f, " {sign} {}", self.metric.quantity().print(self.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objectives_read_and_print() {
        for text in [
            "response p99 of clients <= 800 ms",
            "completion p99.9 <= 5 s",
            "loss <= 0.1 %",
            "backlog of orders <= 10,000",
            "success >= 99.9 %",
        ] {
            assert_eq!(text.parse::<Objective>().unwrap().to_string(), text);
        }
        for text in ["response p99", "speed <= 3", "response p120 <= 1 s", "loss <= 5 s"] {
            assert!(text.parse::<Objective>().is_err(), "{text}");
        }
    }
}

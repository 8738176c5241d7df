//! The one figure of a run that a box shows under its name.

use plimsoll_sim::{RunResult, result::NodeResult};

use super::{Level, Load};

/// Names under which providers count what a node handled, in order of preference.
const COUNTS: [&str; 9] = [
    "Invocations",
    "Count",
    "NumberOfMessagesSent",
    "NumberOfMessagesPublished",
    "PutEventsEntriesCount",
    "MatchedEvents",
    "SuccessfulRequests",
    "Requests",
    "Arrivals",
];
/// Names under which providers count refusals.
const REFUSALS: [&str; 4] = ["Throttles", "ThrottledRequests", "429", "Rejected"];
/// Age of the oldest message that is worth a word, in seconds.
const AGE_MIN_S: f64 = 5.0;

/// A figure and how bad it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// What it says, such as `198/s` or `12 % refused`.
    pub text: String,
    /// How bad it is.
    pub level: Level,
}

impl Figure {
    /// What matters most about a node after a run: what it refused, else what waits too long, else its throughput with the
    /// use of its tightest limit when that is high, and with its latency when it is not.
    pub fn of(result: &RunResult, node: &NodeResult) -> Option<Self> {
        let level = Load::of(node).map_or(Level::Calm, |load| load.level);
        if node.refused {
            return Some(Self { text: refused(result, node), level: Level::Red });
        }
        let age = ["ApproximateAgeOfOldestMessage.Maximum", "ApproximateAgeOfOldestMessage"]
            .iter()
            .find_map(|name| node.metrics.get(*name))
            .filter(|age| **age >= AGE_MIN_S);
        if let Some(age) = age {
            return Some(Self { text: format!("oldest {}", seconds(*age)), level: level.max(Level::Amber) });
        }
        let count = count(node)?;
        let span = if result.run.ended_s > 0.0 { result.run.ended_s } else { result.run.duration_s };
        (span > 0.0).then(|| {
            let rate = format!("{}/s", short(count / span));
            let text = match (level, node.use_peak) {
                (Level::Amber, Some(peak)) => format!("{rate} · {:.0} %", peak * 100.0),
                _ if node.sojourn.count > 0 => format!("{rate} · p99 {}", seconds(node.sojourn.p99)),
                _ => rate,
            };
            Self { text, level }
        })
    }
}

fn count(node: &NodeResult) -> Option<f64> {
    let by_name = COUNTS.iter().find_map(|name| node.metrics.get(*name).or_else(|| node.metrics.get(&format!("{name}.Sum"))));
    by_name.copied().or((node.sojourn.count > 0).then_some(node.sojourn.count as f64))
}

fn refused(result: &RunResult, node: &NodeResult) -> String {
    let by_name = REFUSALS.iter().find_map(|name| node.metrics.get(*name)).copied().filter(|count| *count > 0.0);
    if let (Some(refused), Some(handled)) = (by_name, count(node)) {
        return format!("{} % throttled", short(100.0 * refused / (refused + handled)));
    }
    let refused: u64 = result.limits_of(&node.id).map(|limit| limit.refused).sum();
    if refused > 0 { format!("{} refused", short(refused as f64)) } else { "refused some".to_owned() }
}

/// A number in three digits, such as `198`, `1.2k` or `0.35`.
pub fn short(value: f64) -> String {
    let (value, unit) = match value.abs() {
        v if v >= 999.5e6 => (value / 1e9, "G"),
        v if v >= 999.5e3 => (value / 1e6, "M"),
        v if v >= 999.5 => (value / 1e3, "k"),
        _ => (value, ""),
    };
    let digits = match value.abs() {
        v if v >= 99.95 => 0,
        v if v >= 9.95 => 1,
        _ => 2,
    };
    let text = format!("{value:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text}{unit}")
}

/// A time in its natural unit, such as `43 ms` or `4.2 min`.
pub fn seconds(value: f64) -> String {
    let short = |value: f64| if value >= 9.95 { format!("{value:.0}") } else { short((value * 10.0).round() / 10.0) };
    match value {
        v if v < 0.001 => format!("{} µs", short(v * 1e6)),
        v if v < 1.0 => format!("{} ms", short(v * 1e3)),
        v if v < 120.0 => format!("{} s", short(v)),
        v if v < 7200.0 => format!("{} min", short(v / 60.0)),
        v => format!("{} h", short(v / 3600.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short() {
        let cases = [(0.0, "0"), (0.346, "0.35"), (12.34, "12.3"), (198.2, "198"), (1234.0, "1.23k"), (999_999.0, "1M"), (100.0, "100")];
        for (value, text) in cases {
            assert_eq!(short(value), text);
        }
        assert_eq!(seconds(0.0431), "43 ms");
        assert_eq!(seconds(250.0), "4.2 min");
    }
}

//! The one figure of a run that a box shows under its name.

use plimsoll_sim::result::NodeResult;

use super::{Level, Load};

/// Age of the oldest message that is worth a word, in seconds.
const AGE_MIN_S: f64 = 5.0;
/// Share of refusals that is worth a word: what a figure in three digits can show.
const SHARE_MIN: f64 = 0.0001;

/// A figure and how bad it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// What it says, such as `198/s` or `12 % throttled`.
    pub text: String,
    /// How bad it is.
    pub level: Level,
}

impl Figure {
    /// Room for a figure that somebody else paints.
    pub(super) fn empty() -> Self {
        Self { text: String::new(), level: Level::Calm }
    }

    /// What matters most about a node after a run: what it refused, else what waits too long, else its throughput with the
    /// use of its tightest limit when that is high, and with its latency when it is not.
    pub fn of(node: &NodeResult) -> Option<Self> {
        let metric = |name: &str| node.metrics.get(name).copied().unwrap_or_default();
        if let Some(text) = refused(node) {
            return Some(Self { text, level: Level::Red });
        }
        let level = Load::of(node).map_or(Level::Calm, |load| load.level);
        if metric("age.max") >= AGE_MIN_S {
            return Some(Self { text: format!("oldest {}", seconds(metric("age.max"))), level: level.max(Level::Amber) });
        }
        let rate = format!("{}/s", brief(*node.metrics.get("arrivals_per_s")?));
        let text = match (level, node.use_peak) {
            (Level::Amber, Some(peak)) => format!("{rate} · {:.0} %", peak * 100.0),
            _ if node.sojourn.count > 0 => format!("{rate} · p99 {}", seconds(node.sojourn.p99)),
            _ => rate,
        };
        Some(Self { text, level })
    }

    /// How many dead letters a queue that is there for them has received.
    pub fn of_dead_letters(node: &NodeResult) -> Option<Self> {
        let received = *node.metrics.get("arrivals")?;
        let level = if received > 0.0 { Level::Amber } else { Level::Calm };
        Some(Self { text: if received > 0.0 { format!("{} given up", short(received)) } else { "empty".to_owned() }, level })
    }
}

/// The share that a node refused, when there is one to speak of.
fn refused(node: &NodeResult) -> Option<String> {
    let metric = |name: &str| node.metrics.get(name).copied().unwrap_or_default();
    let word = if ["Throttles", "ThrottledRequests"].iter().any(|name| node.metrics.contains_key(*name)) { "throttled" } else { "refused" };
    let share = if metric("arrivals") > 0.0 { metric("refused") / metric("arrivals") } else { 0.0 };
    if share >= SHARE_MIN { Some(format!("{} % {word}", brief(share * 100.0))) } else { node.refused.then(|| format!("{word} a few")) }
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

/// A number in two or three digits without needless decimals, such as `198`, `40`, `1.2k` or `0.4`.
fn brief(value: f64) -> String {
    let scale = match value.abs() {
        v if v >= 999.5e6 => 1e9,
        v if v >= 999.5e3 => 1e6,
        v if v >= 999.5 => 1e3,
        _ => 1.0,
    };
    let value = value / scale;
    let digits = if value >= 9.95 { 1.0 } else { 10.0 };
    let rounded = (value * digits).round() / digits;
    // What is there is not said to be nothing.
    if rounded == 0.0 { short(value * scale) } else { short(rounded * scale) }
}

/// A time in its natural unit, such as `43 ms` or `4.2 min`.
pub fn seconds(value: f64) -> String {
    match value {
        v if v < 0.001 => format!("{} µs", brief(v * 1e6)),
        v if v < 1.0 => format!("{} ms", brief(v * 1e3)),
        v if v < 120.0 => format!("{} s", brief(v)),
        v if v < 7200.0 => format!("{} min", brief(v / 60.0)),
        v => format!("{} h", brief(v / 3600.0)),
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
        assert_eq!([39.5, 1234.0, 0.04, 12_345.0].map(brief), ["40", "1.2k", "0.04", "12k"]);
        assert_eq!(seconds(0.0431), "43 ms");
        assert_eq!(seconds(250.0), "4.2 min");
    }
}

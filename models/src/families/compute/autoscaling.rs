//! Loops that change the number of instances, as their providers describe them.

use std::str::FromStr;

use crate::{families::Settings, units};

/// What changes the number of instances.
#[derive(Clone, Debug, PartialEq)]
pub enum Autoscaling {
    /// Keeps a figure of the instances near a target.
    Target {
        /// When it acts.
        alarm: Alarm,
        /// The figure.
        metric: Metric,
        /// Its target.
        target: f64,
        /// Share of the target below which instances are taken away.
        low: f64,
        /// Waits between two changes; without them, what warms up counts as capacity instead.
        cooldown: Option<Cooldown>,
        /// How long a new instance's figures do not count, in seconds.
        warm_up: f64,
    },
    /// Changes by so many at so much.
    Step {
        /// When it acts.
        alarm: Alarm,
        /// The figure that the steps speak of.
        metric: Metric,
        /// What to do beyond which value.
        steps: Vec<Step>,
        /// Waits between two changes.
        cooldown: Cooldown,
        /// How long a new instance's figures do not count, in seconds.
        warm_up: f64,
    },
    /// Numbers of instances at given times, in seconds from the start.
    Schedule(Vec<(f64, u32)>),
    /// The horizontal autoscaler of Kubernetes.
    Horizontal(Horizontal),
    /// The autoscaler of Knative.
    Knative(Knative),
}

/// A figure of the instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Busy workers over all workers.
    Utilization,
    /// Requests per second for each instance.
    Requests,
    /// Messages that wait in the polled queues for each instance.
    Backlog,
    /// The same with those that are being worked on.
    Lag,
}

/// When a figure counts as too high or too low.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alarm {
    /// How often the figure is taken, in seconds.
    pub period: f64,
    /// How long it must be too high, in seconds.
    pub out_after: f64,
    /// How long it must be too low, in seconds.
    pub in_after: f64,
}

/// Waits between two changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cooldown {
    /// After instances were added, in seconds.
    pub out: f64,
    /// After instances were taken away, in seconds.
    pub back: f64,
}

/// What to do beyond a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Whether above the value or below it.
    pub above: bool,
    /// The value.
    pub bound: f64,
    /// What to do.
    pub change: Change,
}

/// A change of the number of instances.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// By so many.
    Count(i64),
    /// By a share of those that are there.
    Share(f64),
}

/// The horizontal autoscaler of Kubernetes.
#[derive(Clone, Debug, PartialEq)]
pub struct Horizontal {
    /// The figure.
    pub metric: Metric,
    /// Its target.
    pub target: f64,
    /// Time between two looks, in seconds.
    pub sync: f64,
    /// Deviation from the target that is let be.
    pub tolerance: f64,
    /// Age of the figure when it is looked at, in seconds.
    pub lag: f64,
    /// Age at which a pod's utilization counts, in seconds.
    pub initial_readiness: f64,
    /// Growth in a period, as a share.
    pub up_share: f64,
    /// Growth in a period, in pods.
    pub up_pods: f64,
    /// That period, in seconds.
    pub up_period: f64,
    /// Which of the two counts.
    pub up_select: Select,
    /// Time over which the lowest wish to grow counts, in seconds.
    pub up_window: f64,
    /// Decline in a period, as a share.
    pub down_share: f64,
    /// That period, in seconds.
    pub down_period: f64,
    /// Time over which the highest wish counts before pods are taken away, in seconds.
    pub down_window: f64,
    /// Whether the last pod goes too when there is nothing to do, and who wakes the first.
    pub zero: Option<Zero>,
}

/// Which of several policies counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Select {
    /// The one that changes most.
    Max,
    /// The one that changes least.
    Min,
    /// None: it does not grow.
    Disabled,
}

/// Scaling to nothing and back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Zero {
    /// Time between two looks for work, in seconds.
    pub polling: f64,
    /// Time without work after which the last pod goes, in seconds.
    pub cooldown: f64,
    /// Work that must be exceeded to wake the first pod.
    pub activation: f64,
}

/// The autoscaler of Knative.
#[derive(Clone, Debug, PartialEq)]
pub struct Knative {
    /// The figure.
    pub metric: KnativeMetric,
    /// Its value for each pod that is aimed at.
    pub target: f64,
    /// Time between two looks, in seconds.
    pub tick: f64,
    /// Time over which the figure is averaged, in seconds.
    pub stable_window: f64,
    /// The same in a panic, as a share of it.
    pub panic_window: f64,
    /// Figure over capacity at which it panics.
    pub panic_threshold: f64,
    /// Greatest growth of a look, as a factor.
    pub up_rate: f64,
    /// Greatest decline of a look, as a factor.
    pub down_rate: f64,
    /// Time that the last pod stays after the window is empty, in seconds.
    pub grace: f64,
}

/// A figure of a Knative service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnativeMetric {
    /// Requests inside at a time, those that wait included.
    Concurrency,
    /// Requests per second.
    Rate,
}

impl Autoscaling {
    pub(super) fn read(settings: &mut Settings<'_>) -> Option<Self> {
        match settings.text("scaling").as_deref() {
            Some("target-tracking") => {
                let metric = Metric::read(settings);
                Some(Self::Target {
                    alarm: Alarm::read(settings),
                    target: metric.target(settings),
                    metric,
                    low: settings.limit("scale_in_share").value,
                    cooldown: if settings.has_quota("scale_out_cooldown") { Some(Cooldown::read(settings)) } else { None },
                    warm_up: settings.quantity("warm_up"),
                })
            }
            Some("step") => Some(Self::Step {
                alarm: Alarm::read(settings),
                metric: Metric::read(settings),
                steps: match settings.parsed::<Steps>("steps") {
                    Some(Steps(steps)) => steps,
                    None => Vec::new(),
                },
                cooldown: if settings.has_quota("scale_out_cooldown") {
                    Cooldown::read(settings)
                } else {
                    let wait = settings.limit("cooldown").value;
                    Cooldown { out: wait, back: wait }
                },
                warm_up: settings.quantity("warm_up"),
            }),
            Some("schedule") => Some(Self::Schedule(settings.parsed::<Times>("schedule").map(|Times(times)| times).unwrap_or_default())),
            Some("hpa") => Some(Self::Horizontal(Horizontal::read(settings, false))),
            Some("keda") => Some(Self::Horizontal(Horizontal::read(settings, true))),
            Some("kpa") => Some(Self::Knative(Knative::read(settings))),
            Some(_) | None => None,
        }
    }

    /// How long a new instance's figures do not count, in seconds.
    pub fn warm_up(&self) -> f64 {
        match self {
            Self::Target { warm_up, .. } | Self::Step { warm_up, .. } => *warm_up,
            // Only the figures of the processor are held back until a pod has settled.
            Self::Horizontal(Horizontal { metric: Metric::Utilization, initial_readiness, .. }) => *initial_readiness,
            Self::Schedule(_) | Self::Horizontal(_) | Self::Knative(_) => 0.0,
        }
    }
}

impl Metric {
    fn read(settings: &mut Settings<'_>) -> Self {
        match settings.text("metric").as_deref() {
            Some("requests") => Self::Requests,
            Some("backlog") => Self::Backlog,
            _ => Self::Utilization,
        }
    }

    fn target(self, settings: &mut Settings<'_>) -> f64 {
        settings.quantity(match self {
            Self::Utilization => "target_utilization",
            Self::Requests => "target_requests",
            Self::Backlog | Self::Lag => "target_backlog",
        })
    }
}

impl Alarm {
    fn read(settings: &mut Settings<'_>) -> Self {
        let minute = settings.limit("metric_period").value;
        let basic = settings.has("detailed_monitoring") && !settings.flag("detailed_monitoring");
        Self {
            period: if basic { settings.limit("metric_period_basic").value } else { minute },
            out_after: settings.limit("scale_out_after").value,
            in_after: settings.limit("scale_in_after").value,
        }
    }
}

impl Cooldown {
    fn read(settings: &mut Settings<'_>) -> Self {
        Self { out: settings.limit("scale_out_cooldown").value, back: settings.limit("scale_in_cooldown").value }
    }
}

impl Horizontal {
    fn read(settings: &mut Settings<'_>, events: bool) -> Self {
        let metric = if events { Metric::Lag } else { Metric::read(settings) };
        Self {
            metric,
            target: metric.target(settings),
            sync: settings.limit("sync_period").value,
            tolerance: settings.limit("tolerance").value,
            lag: settings.quantity("metric_lag"),
            initial_readiness: settings.limit("initial_readiness").value,
            up_share: settings.limit("scale_up_share").value,
            up_pods: settings.limit("scale_up_pods").value,
            up_period: settings.limit("scale_up_period").value,
            up_select: match settings.text("scale_up_select").as_deref() {
                Some("min") => Select::Min,
                Some("disabled") => Select::Disabled,
                _ => Select::Max,
            },
            up_window: settings.limit("scale_up_window").value,
            down_share: settings.limit("scale_down_share").value,
            down_period: settings.limit("scale_down_period").value,
            down_window: settings.limit("scale_down_window").value,
            zero: events.then(|| Zero {
                polling: settings.limit("polling_interval").value,
                cooldown: settings.limit("cooldown_period").value,
                activation: settings.limit("activation_threshold").value,
            }),
        }
    }
}

impl Knative {
    fn read(settings: &mut Settings<'_>) -> Self {
        let utilization = settings.quantity("target_utilization");
        let metric = match settings.text("metric").as_deref() {
            Some("rps") => KnativeMetric::Rate,
            _ => KnativeMetric::Concurrency,
        };
        let full = match metric {
            KnativeMetric::Rate => settings.quantity("target_rps"),
            KnativeMetric::Concurrency => {
                settings.optional("target_concurrency").unwrap_or_else(|| settings.quantity("concurrency_per_instance"))
            }
        };
        Self {
            metric,
            target: full * utilization,
            tick: settings.limit("tick").value,
            stable_window: settings.limit("stable_window").value,
            panic_window: settings.limit("panic_window").value,
            panic_threshold: settings.limit("panic_threshold").value,
            up_rate: settings.limit("max_scale_up_rate").value,
            down_rate: settings.limit("max_scale_down_rate").value,
            grace: settings.limit("scale_to_zero_grace").value,
        }
    }
}

/// Steps as they are spelled: `above 70 %: +1, above 90 %: +50 %, below 30 %: -1`.
struct Steps(Vec<Step>);

impl FromStr for Steps {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const FORM: &str = "write steps as `above 70 %: +1, below 30 %: -1`";
        let step = |part: &str| {
            let (when, change) = part.split_once(':').ok_or_else(|| format!("`{part}` has no colon; {FORM}"))?;
            let (side, bound) = when.trim().split_once(' ').ok_or_else(|| format!("`{when}` names no value; {FORM}"))?;
            let above = match side {
                "above" => true,
                "below" => false,
                other => return Err(format!("`{other}` is neither `above` nor `below`; {FORM}")),
            };
            let bound = bound.trim();
            let bound = if bound.ends_with('%') { units::parse_fraction(bound)? } else { units::parse_number(bound)? };
            let (sign, amount) = match change.trim().split_at_checked(1) {
                Some(("+", amount)) => (1.0, amount.trim()),
                Some(("-", amount)) => (-1.0, amount.trim()),
                _ => return Err(format!("`{}` has no sign; {FORM}", change.trim())),
            };
            let change = if amount.ends_with('%') {
                Change::Share(sign * units::parse_fraction(amount)?)
            } else {
                Change::Count((sign * units::parse_count(amount)?) as i64)
            };
            if above != (sign > 0.0) {
                return Err(format!(
                    "`{}` goes the wrong way: above a value instances are added, below one they are taken away",
                    part.trim()
                ));
            }
            Ok(Step { above, bound, change })
        };
        text.split(',').filter(|part| !part.trim().is_empty()).map(|part| step(part.trim())).collect::<Result<_, _>>().map(Self)
    }
}

/// Times as they are spelled: `8 h: 10, 18 h: 2`.
struct Times(Vec<(f64, u32)>);

impl FromStr for Times {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let entry = |part: &str| {
            let (at, count) = part.split_once(':').ok_or_else(|| format!("`{part}` has no colon; write times as `8 h: 10, 18 h: 2`"))?;
            Ok::<_, String>((units::parse_duration(at.trim())?, units::parse_count(count.trim())? as u32))
        };
        let mut times = text.split(',').filter(|part| !part.trim().is_empty()).map(entry).collect::<Result<Vec<_>, _>>()?;
        times.sort_by(|a, b| a.0.total_cmp(&b.0));
        Ok(Self(times))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_and_times_read_as_they_are_spelled() {
        let Steps(steps) = "above 70 %: +1, above 90 %: +50 %, below 30 %: -2".parse().unwrap();
        assert_eq!(
            steps,
            [
                Step { above: true, bound: 0.7, change: Change::Count(1) },
                Step { above: true, bound: 0.9, change: Change::Share(0.5) },
                Step { above: false, bound: 0.3, change: Change::Count(-2) },
            ]
        );
        for wrong in ["above 70 %: -1", "70 %: +1", "above x: +1", "above 70 %: 1", "above 70 %"] {
            assert!(wrong.parse::<Steps>().is_err(), "{wrong}");
        }
        let Times(times) = "2 min: 3, 30 s: 10".parse().unwrap();
        assert_eq!(times, [(30.0, 10), (120.0, 3)]);
        assert!("30 s".parse::<Times>().is_err());
    }
}

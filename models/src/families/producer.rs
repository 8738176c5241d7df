//! What a producer needs to know.

use super::{Limit, LimitUse, Mechanism, Settings};
use crate::{Arrivals, Distribution, EventTypeId, workload};

/// A source of load.
#[derive(Clone, Debug, PartialEq)]
pub struct ProducerConfig {
    /// When events arise.
    pub arrivals: Arrivals,
    /// Which event types, by weight; empty for plain events.
    pub mix: Vec<(EventTypeId, f64)>,
    /// Bytes of an event whose type does not say how large it is.
    pub event_size: f64,
    /// What a managed scheduler adds.
    pub scheduler: Option<SchedulerConfig>,
}

/// A service that calls targets when they are due.
#[derive(Clone, Debug, PartialEq)]
pub struct SchedulerConfig {
    /// Calls of targets of the account per second; more are delayed.
    pub invocation_rate: Limit,
    /// Calls per second that others in the account make.
    pub outside_invocation_rate: f64,
    /// A call is made at any time within so many seconds of when it is due.
    pub flexible_window: f64,
    /// How late it is beside that, in seconds.
    pub lateness: Distribution,
    /// Shortest period of a schedule, in seconds.
    pub period_min: f64,
}

impl Mechanism for ProducerConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        let mix = settings.text("events").map_or_else(Vec::new, |text| workload::parse_mix(&text).unwrap_or_default());
        Self {
            arrivals: settings.parsed("arrivals").unwrap_or_else(|| Arrivals::poisson(1.0)),
            mix: mix.into_iter().map(|(name, weight)| (EventTypeId::new(name), weight)).collect(),
            event_size: settings.quantity("default_event_size"),
            scheduler: settings.has("flexible_window").then(|| SchedulerConfig {
                invocation_rate: settings.limit("invocation_rate"),
                outside_invocation_rate: settings.outside("invocation_rate"),
                flexible_window: settings.quantity("flexible_window"),
                lateness: settings.distribution("lateness"),
                period_min: settings.limit("period_min").value,
            }),
        }
    }

    fn limits(&self) -> Vec<LimitUse<'_>> {
        let scheduler = self.scheduler.iter();
        let rate = |scheduler: &SchedulerConfig| scheduler.invocation_rate.value;
        scheduler.map(|all| all.invocation_rate.rate().outside(all.outside_invocation_rate).bucket(rate(all))).collect()
    }

    fn meters(&self) -> &'static [&'static str] {
        if self.scheduler.is_some() { &["invocations"] } else { &[] }
    }
}

//! What a textbook queue needs to know.

use std::str::FromStr;

use super::{Limit, LimitUse, Mechanism, Settings};
use crate::{Distribution, fault::FaultKind, spelling::split};

/// Servers with a line before them.
#[derive(Clone, Debug, PartialEq)]
pub struct StationConfig {
    /// Servers; as many as needed when absent.
    pub servers: Option<Limit>,
    /// Customers that may be in the station, those in service included; without limit when absent.
    pub capacity: Option<Limit>,
    /// Service time in seconds.
    pub service: Distribution,
    /// Service times in seconds of event types that have one of their own.
    pub service_by_type: Vec<(String, Distribution)>,
    /// Who is served next.
    pub discipline: Discipline,
    /// Event types, the most urgent first; all others come after them.
    pub priorities: Vec<String>,
    /// How long a customer waits in the line before leaving, in seconds; for ever when absent.
    pub patience: Option<Distribution>,
    /// Time that a cold server takes to get ready for its first customer, in seconds.
    pub setup: Distribution,
    /// How long an idle server stays warm, in seconds; for ever when absent.
    pub idle_timeout: Option<Distribution>,
    /// Share of services that fail, drawn anew each time.
    pub failure: f64,
    /// So many first attempts of every customer fail.
    pub fail_attempts: u32,
}

/// Who is served next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discipline {
    /// Who came first.
    Fcfs,
    /// The most urgent one that waits; nobody is interrupted.
    Priority,
    /// The most urgent one; a less urgent one in service makes room and goes on later where it stopped.
    Preemptive,
    /// Who came last; nobody is interrupted.
    LastCome,
    /// Who came last, at once: the one in service who came first makes room and goes on later where it stopped.
    LastComePreemptive,
    /// Everybody at once: the servers share their power evenly among all who are there.
    Sharing,
}

/// Laws by event type, spelled as `Gold: exponential(100 ms), Silver: 200 ms`.
struct ByType(Vec<(String, Distribution)>);

impl FromStr for ByType {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut laws = Vec::new();
        for entry in split(text, ',')?.into_iter().filter(|entry| !entry.trim().is_empty()) {
            let (name, law) = entry.split_once(':').ok_or_else(|| format!("`{entry}` is not of the form `EventType: service time`"))?;
            laws.push((name.trim().to_owned(), law.trim().parse()?));
        }
        Ok(Self(laws))
    }
}

/// Names of event types in an order, separated by commas.
pub(crate) fn names(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

impl Mechanism for StationConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        let discipline = match settings.text("discipline").as_deref() {
            Some("priority") => Discipline::Priority,
            Some("preemptive") => Discipline::Preemptive,
            Some("last-come") => Discipline::LastCome,
            Some("last-come-preemptive") => Discipline::LastComePreemptive,
            Some("processor-sharing") => Discipline::Sharing,
            _ => Discipline::Fcfs,
        };
        let config = Self {
            servers: settings.own_limit("servers"),
            capacity: settings.own_limit("capacity"),
            service: settings.distribution("service"),
            service_by_type: settings.parsed::<ByType>("service_by_type").map_or_else(Vec::new, |laws| laws.0),
            discipline,
            priorities: settings.text("priorities").map_or_else(Vec::new, |text| names(&text)),
            patience: settings.parsed("patience"),
            setup: settings.distribution("setup"),
            idle_timeout: settings.parsed("idle_timeout"),
            failure: settings.quantity("failure"),
            fail_attempts: settings.count("fail_attempts"),
        };
        if discipline == Discipline::Sharing {
            if config.patience.is_some() {
                settings.reject("patience", "nobody waits where servers are shared, so patience has no meaning there");
            }
            if config.setup != Distribution::Constant(0.0) || config.idle_timeout.is_some() {
                settings.reject("setup", "shared servers are always ready; set-up and idle time-out belong to the other disciplines");
            }
        }
        config
    }

    fn limits(&self) -> Vec<LimitUse<'_>> {
        [&self.servers, &self.capacity].into_iter().flatten().map(Limit::level).collect()
    }

    fn faults(&self) -> &'static [FaultKind] {
        match self.servers {
            Some(_) => &[FaultKind::Capacity, FaultKind::Poison, FaultKind::Slow],
            None => &[FaultKind::Poison, FaultKind::Slow],
        }
    }
}

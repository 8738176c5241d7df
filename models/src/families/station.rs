//! What a textbook queue needs to know.

use super::{Limit, LimitUse, Mechanism, Settings};
use crate::{Distribution, fault::FaultKind};

/// Servers with a queue before them, first come first served.
#[derive(Clone, Debug, PartialEq)]
pub struct StationConfig {
    /// Servers; as many as needed when absent.
    pub servers: Option<Limit>,
    /// Customers that may be in the station, those in service included; without limit when absent.
    pub capacity: Option<Limit>,
    /// Service time in seconds.
    pub service: Distribution,
    /// Share of services that fail, drawn anew each time.
    pub failure: f64,
    /// So many first attempts of every customer fail.
    pub fail_attempts: u32,
}

impl Mechanism for StationConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        Self {
            servers: settings.own_limit("servers"),
            capacity: settings.own_limit("capacity"),
            service: settings.distribution("service"),
            failure: settings.quantity("failure"),
            fail_attempts: settings.count("fail_attempts"),
        }
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

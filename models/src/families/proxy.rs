//! What a proxy of a database needs to know.

use super::{Limit, LimitUse, Mechanism, Settings};
use crate::{Distribution, fault::FaultKind};

/// A proxy that lets many clients share few connections of a database.
#[derive(Clone, Debug, PartialEq)]
pub struct ProxyConfig {
    /// Clients that may be connected at a time.
    pub clients: Limit,
    /// Share of the database's connections that it may open.
    pub connections_share: Limit,
    /// How long a request waits for one of them, in seconds; for ever when zero.
    pub borrow_timeout: f64,
    /// Share of the clients that keep a connection for themselves once they have used one.
    pub pinned: f64,
    /// Time that it adds to each request, in seconds.
    pub overhead: Distribution,
    /// Time until a new client is connected, in seconds.
    pub connect_latency: Distribution,
    /// Processors of the database that are billed at least.
    pub processors_min: f64,
}

impl Mechanism for ProxyConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        let share = settings.quantity("max_connections_percent");
        Self {
            clients: settings.limit("client_connections"),
            connections_share: Limit { value: share, ..settings.limit("max_connections_percent") },
            borrow_timeout: settings.quantity("borrow_timeout"),
            pinned: settings.quantity("pinned_clients"),
            overhead: settings.distribution("overhead"),
            connect_latency: settings.distribution("connect_latency"),
            processors_min: settings.limit("processors_min").value,
        }
    }

    fn limits(&self) -> Vec<LimitUse<'_>> {
        vec![self.clients.level(), self.connections_share.level()]
    }

    fn meters(&self) -> &'static [&'static str] {
        &["processor_hours"]
    }

    fn faults(&self) -> &'static [FaultKind] {
        &[FaultKind::Slow]
    }
}

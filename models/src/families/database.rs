//! What a database server needs to know.

use super::{Limit, LimitUse, Mechanism, Settings};
use crate::{Distribution, fault::FaultKind};

/// A database server: connections that its memory bounds, queries that its processors serve.
#[derive(Clone, Debug, PartialEq)]
pub struct DatabaseConfig {
    /// Connections at a time.
    pub connections: Limit,
    /// Connections of these that only the administrator may use.
    pub reserved: u32,
    /// Processors.
    pub processors: Limit,
    /// Time of a query on a processor, in seconds.
    pub query_time: Distribution,
    /// Time until a new connection is ready, in seconds.
    pub connect_latency: Distribution,
    /// Time that a new connection keeps a processor busy, in seconds.
    pub connect_work: Distribution,
    class: &'static Class,
}

/// A size of server: where the catalog keeps its memory, its processors and its price.
#[derive(Debug, PartialEq)]
struct Class {
    name: &'static str,
    memory: &'static str,
    processors: &'static str,
    meters: &'static [&'static str],
}

macro_rules! classes {
    ($($name:literal $key:literal,)*) => {
        &[$(Class {
            name: $name,
            memory: concat!("memory_", $key),
            processors: concat!("processors_", $key),
            meters: &[concat!("hours_", $key)],
        }),*]
    };
}

const CLASSES: &[Class] = classes! {
    "db.t4g.micro" "t4g_micro",
    "db.t4g.small" "t4g_small",
    "db.t4g.medium" "t4g_medium",
    "db.t4g.large" "t4g_large",
    "db.m7g.large" "m7g_large",
    "db.m7g.xlarge" "m7g_xlarge",
    "db.r7g.large" "r7g_large",
    "db.r7g.xlarge" "r7g_xlarge",
};

impl Mechanism for DatabaseConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        let name = settings.text("instance_class").unwrap_or_default();
        let class = CLASSES.iter().find(|class| class.name == name).unwrap_or(&CLASSES[0]);
        let memory = settings.limit(class.memory).value;
        let mysql = settings.text("engine").as_deref() == Some("mysql");
        let derived = if mysql {
            let mut limit = settings.limit("mysql_connections_max");
            limit.value = (memory / settings.limit("mysql_connection_memory").value).floor().min(limit.value);
            limit
        } else {
            let mut limit = settings.limit("postgres_connections_max");
            limit.value = (memory / settings.limit("postgres_connection_memory").value).floor().min(limit.value);
            limit
        };
        // Reports name it by the field that raises it.
        let own = settings.own_limit("max_connections");
        let title = own.as_ref().map_or_else(|| "Connections of the database".to_owned(), |own| own.title.clone());
        let connections =
            own.unwrap_or(Limit { key: "max_connections".to_owned(), title, kind: crate::catalog::QuotaKind::Configurable, ..derived });
        Self {
            connections,
            reserved: if mysql { 0 } else { settings.limit("postgres_reserved").value as u32 },
            processors: settings.limit(class.processors),
            query_time: settings.distribution("query_time"),
            connect_latency: settings.distribution("connect_latency"),
            connect_work: settings.distribution("connect_work"),
            class,
        }
    }

    fn limits(&self) -> Vec<LimitUse<'_>> {
        vec![self.connections.level(), self.processors.level()]
    }

    fn meters(&self) -> &'static [&'static str] {
        self.class.meters
    }

    fn faults(&self) -> &'static [FaultKind] {
        &[FaultKind::Capacity, FaultKind::Slow]
    }
}

impl DatabaseConfig {
    /// Connections that applications may have.
    pub fn usable(&self) -> u64 {
        (self.connections.value as u64).saturating_sub(u64::from(self.reserved))
    }
}

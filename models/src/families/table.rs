//! What a table needs to know.

use super::{Limit, LimitUse, Mechanism, Settings};
use crate::{Distribution, fault::FaultKind};

/// How throughput is bought.
#[derive(Clone, Debug, PartialEq)]
pub enum CapacityMode {
    /// Paid by request; grows with its peak.
    OnDemand {
        /// Write units per second of a fresh table.
        initial_writes: Limit,
        /// Read units per second of a fresh table.
        initial_reads: Limit,
        /// Growth over the previous peak.
        headroom: Limit,
    },
    /// Bought ahead.
    Provisioned {
        /// Write units per second.
        write_units: Limit,
        /// Read units per second.
        read_units: Limit,
        /// Seconds of unused capacity that are kept for bursts.
        burst_seconds: f64,
        /// Whether the bank is full at the start.
        burst_full: bool,
    },
}

/// A table with capacity units.
#[derive(Clone, Debug, PartialEq)]
pub struct TableConfig {
    /// How throughput is bought.
    pub mode: CapacityMode,
    /// Write units per second of a partition.
    pub partition_writes: Limit,
    /// Read units per second of a partition.
    pub partition_reads: Limit,
    /// Write or read units per second of a table.
    pub table_units: Limit,
    /// Largest item in bytes.
    pub item_size: Limit,
    /// Bytes of one write unit.
    pub write_unit: f64,
    /// Bytes of one read unit.
    pub read_unit: f64,
    /// Time of a read, in seconds.
    pub read_latency: Distribution,
    /// Time of a write, in seconds.
    pub write_latency: Distribution,
    /// Size of an item where the event does not say, in bytes.
    pub item_bytes: Option<f64>,
}

impl TableConfig {
    /// The limits on write and read units.
    fn units(&self) -> (&Limit, &Limit) {
        match &self.mode {
            CapacityMode::OnDemand { initial_writes, initial_reads, .. } => (initial_writes, initial_reads),
            CapacityMode::Provisioned { write_units, read_units, .. } => (write_units, read_units),
        }
    }
}

impl Mechanism for TableConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        let provisioned = settings.text("capacity_mode").as_deref() == Some("provisioned");
        let mode = if provisioned {
            CapacityMode::Provisioned {
                write_units: settings.own_limit("write_units").unwrap_or_else(|| settings.limit("table_units")),
                read_units: settings.own_limit("read_units").unwrap_or_else(|| settings.limit("table_units")),
                burst_seconds: settings.limit("burst_seconds").value,
                burst_full: settings.text("burst_start").as_deref() == Some("full"),
            }
        } else {
            CapacityMode::OnDemand {
                initial_writes: settings.limit("on_demand_writes"),
                initial_reads: settings.limit("on_demand_reads"),
                headroom: settings.limit("on_demand_headroom"),
            }
        };
        Self {
            mode,
            partition_writes: settings.limit("partition_writes"),
            partition_reads: settings.limit("partition_reads"),
            table_units: settings.limit("table_units"),
            item_size: settings.limit("item_size"),
            write_unit: settings.limit("write_unit").value,
            read_unit: settings.limit("read_unit").value,
            read_latency: settings.distribution("read_latency"),
            write_latency: settings.distribution("write_latency"),
            item_bytes: settings.optional("item_bytes"),
        }
    }

    fn limits(&self) -> Vec<LimitUse<'_>> {
        let (writes, reads) = self.units();
        vec![writes.rate(), reads.rate(), self.partition_writes.rate(), self.partition_reads.rate(), self.item_size.level()]
    }

    fn meters(&self) -> &'static [&'static str] {
        match self.mode {
            CapacityMode::OnDemand { .. } => &["write_requests", "read_requests"],
            CapacityMode::Provisioned { .. } => &["write_unit_hours", "read_unit_hours"],
        }
    }

    fn faults(&self) -> &'static [FaultKind] {
        &[FaultKind::Slow]
    }

    fn tightens(&self) -> Vec<&str> {
        let (writes, reads) = self.units();
        vec![&writes.key, &reads.key, &self.partition_writes.key, &self.partition_reads.key]
    }
}

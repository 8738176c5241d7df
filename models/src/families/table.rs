//! What a table needs to know.

use super::{Limit, LimitUse, Mechanism, Settings};
use crate::{Distribution, fault::FaultKind};

/// How throughput is bought.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "there is one for each node, read once")]
pub enum CapacityMode {
    /// Paid by request; grows with its peak.
    OnDemand {
        /// Write units per second that a table stands without having grown.
        initial_writes: Limit,
        /// Read units per second that a table stands without having grown.
        initial_reads: Limit,
        /// Growth over the previous peak.
        headroom: Limit,
        /// Seconds after which a peak counts as a previous one.
        growth_interval: f64,
        /// Most write units per second, where the owner caps the bill.
        writes_max: Option<Limit>,
        /// Most read units per second, where the owner caps the bill.
        reads_max: Option<Limit>,
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
        /// How the units follow the load.
        scaling: Option<TableScaling>,
        /// Units that all tables of the account may have bought.
        account_units: f64,
    },
}

/// How bought units follow the load.
#[derive(Clone, Debug, PartialEq)]
pub struct TableScaling {
    /// Least and most write units per second.
    pub writes: [f64; 2],
    /// Least and most read units per second.
    pub reads: [f64; 2],
    /// Share of the bought units that should be used.
    pub target: f64,
    /// Seconds of a data point of the metric.
    pub period: f64,
    /// Data points in a row above the target that raise the alarm.
    pub points_out: u32,
    /// Data points in a row below the target that raise the alarm.
    pub points_in: u32,
    /// Time from the last data point to the alarm, in seconds.
    pub alarm_delay: Distribution,
    /// Time from the alarm to the changed capacity, in seconds.
    pub update_time: Distribution,
    /// Seconds after a change in which no other one begins.
    pub cooldown: f64,
    /// Decreases that a day begins with.
    pub decreases: u32,
    /// Seconds after a decrease that free one more, once those of the day are used up.
    pub decrease_interval: f64,
    /// Most decreases of a day.
    pub decreases_max: u32,
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
    /// Seconds of throttling after which a partition is split.
    pub heat_split: f64,
    /// Seconds without throttling after which a partition has cooled down.
    pub heat_pause: f64,
    /// Write or read units per second of a table.
    pub table_units: Limit,
    /// Largest item in bytes.
    pub item_size: Limit,
    /// Bytes of one write unit.
    pub write_unit: f64,
    /// Bytes of one read unit.
    pub read_unit: f64,
    /// Bytes that one request of a query reads at most.
    pub query_page: f64,
    /// Most items of a batch of writes.
    pub batch_writes: f64,
    /// Most items of a batch of reads.
    pub batch_reads: f64,
    /// Most items of a transaction.
    pub transaction_items: f64,
    /// Time of a read, in seconds.
    pub read_latency: Distribution,
    /// Time of a write, in seconds.
    pub write_latency: Distribution,
    /// Time of one page of a query, in seconds.
    pub query_latency: Distribution,
    /// Time of a transaction, in seconds.
    pub transaction_latency: Distribution,
    /// Size of an item where the event does not say, in bytes.
    pub item_bytes: Option<f64>,
    /// Indexes that every write updates as well.
    pub indexes: u32,
    /// Write units per second of each index, where they are bought ahead.
    pub index_writes: Option<Limit>,
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
        let scaling = (settings.text("scaling").as_deref() == Some("automatic")).then(|| scaling(settings));
        Self {
            mode: if provisioned { bought(settings, scaling) } else { on_demand(settings) },
            partition_writes: settings.limit("partition_writes"),
            partition_reads: settings.limit("partition_reads"),
            heat_split: settings.limit("heat_split").value,
            heat_pause: settings.limit("heat_pause").value,
            table_units: settings.limit("table_units"),
            item_size: settings.limit("item_size"),
            write_unit: settings.limit("write_unit").value,
            read_unit: settings.limit("read_unit").value,
            query_page: settings.limit("query_page").value,
            batch_writes: settings.limit("batch_writes").value,
            batch_reads: settings.limit("batch_reads").value,
            transaction_items: settings.limit("transaction_items").value,
            read_latency: settings.distribution("read_latency"),
            write_latency: settings.distribution("write_latency"),
            query_latency: settings.distribution("query_latency"),
            transaction_latency: settings.distribution("transaction_latency"),
            item_bytes: settings.optional("item_bytes"),
            indexes: settings.count("indexes"),
            index_writes: if provisioned { settings.own_limit("index_write_units") } else { None },
        }
    }

    fn limits(&self) -> Vec<LimitUse<'_>> {
        let (writes, reads) = self.units();
        let caps = match &self.mode {
            CapacityMode::OnDemand { writes_max, reads_max, .. } => [writes_max.as_ref(), reads_max.as_ref()],
            CapacityMode::Provisioned { .. } => [None, None],
        };
        let fixed = [writes.rate(), reads.rate(), self.partition_writes.rate(), self.partition_reads.rate(), self.item_size.level()];
        fixed.into_iter().chain(caps.into_iter().flatten().map(Limit::rate)).chain(self.index_writes.as_ref().map(Limit::rate)).collect()
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

fn on_demand(settings: &mut Settings<'_>) -> CapacityMode {
    // Warm throughput is what the table has grown to before the run; it is never below what a fresh one has.
    let mut initial = |fresh: &str, warm: &str| {
        let limit = settings.limit(fresh);
        match settings.own_limit(warm) {
            Some(warm) if warm.value > limit.value => warm,
            Some(_) | None => limit,
        }
    };
    CapacityMode::OnDemand {
        initial_writes: initial("on_demand_writes", "warm_writes"),
        initial_reads: initial("on_demand_reads", "warm_reads"),
        headroom: settings.limit("on_demand_headroom"),
        growth_interval: settings.limit("on_demand_interval").value,
        writes_max: settings.own_limit("writes_max"),
        reads_max: settings.own_limit("reads_max"),
    }
}

fn bought(settings: &mut Settings<'_>, scaling: Option<TableScaling>) -> CapacityMode {
    CapacityMode::Provisioned {
        write_units: settings.own_limit("write_units").unwrap_or_else(|| settings.limit("table_units")),
        read_units: settings.own_limit("read_units").unwrap_or_else(|| settings.limit("table_units")),
        burst_seconds: settings.limit("burst_seconds").value,
        burst_full: settings.text("burst_start").as_deref() == Some("full"),
        scaling,
        account_units: settings.limit("account_units").value,
    }
}

fn scaling(settings: &mut Settings<'_>) -> TableScaling {
    TableScaling {
        writes: [settings.quantity("write_units_min"), settings.quantity("write_units_max")],
        reads: [settings.quantity("read_units_min"), settings.quantity("read_units_max")],
        target: settings.quantity("target_utilization"),
        period: settings.limit("scaling_period").value,
        points_out: settings.limit("scale_out_points").value as u32,
        points_in: settings.limit("scale_in_points").value as u32,
        alarm_delay: settings.distribution("alarm_delay"),
        update_time: settings.distribution("update_time"),
        cooldown: settings.quantity("scaling_cooldown"),
        decreases: settings.limit("capacity_decreases").value as u32,
        decrease_interval: settings.limit("decrease_interval").value,
        decreases_max: settings.limit("capacity_decreases_max").value as u32,
    }
}

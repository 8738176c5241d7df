//! What a stream needs to know.

use std::{fmt, str::FromStr};

use super::{Limit, LimitUse, Mechanism, Settings};
use crate::{Distribution, units};

/// A log of records in shards, read by several consumers, each at its own pace.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamConfig {
    /// Where its shards come from.
    pub capacity: StreamCapacity,
    /// How long a record is kept, in seconds.
    pub retention: f64,
    /// Limits of each shard; a stream of a table has none on writes.
    pub shard: Option<ShardLimits>,
    /// Largest record in bytes.
    pub record_size: Limit,
    /// Largest request in bytes, where several records may go in one.
    pub request_size: Option<Limit>,
    /// Most bytes of one read.
    pub read_response: Limit,
    /// Most records of one read.
    pub read_records: Limit,
    /// Readers of the same shard.
    pub readers: Option<Limit>,
    /// Time of a put call, in seconds.
    pub put_latency: Distribution,
}

/// Where the shards of a stream come from.
#[derive(Clone, Debug, PartialEq)]
pub enum StreamCapacity {
    /// Bought ahead.
    Provisioned {
        /// Shards at the start.
        shards: u32,
        /// Later numbers of shards.
        plan: ShardPlan,
        /// Time of one split or merge, in seconds.
        step: f64,
        /// Most times that the new number may be of the old one, and the other way round.
        factor: f64,
        /// Changes within 24 hours.
        changes: f64,
    },
    /// Paid by use; grows with its peak.
    OnDemand(Box<StreamOnDemand>),
    /// One for each partition of the table that feeds it.
    Table,
}

/// Capacity that is paid by use.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamOnDemand {
    /// Bytes written per second at the start.
    pub initial: Limit,
    /// Most bytes written per second.
    pub ceiling: Limit,
    /// Capacity over the greatest load so far.
    pub headroom: f64,
    /// Over how long the load is averaged, in seconds.
    pub averaged: f64,
    /// How long growing takes, in seconds.
    pub growth: f64,
}

/// Limits of each shard.
#[derive(Clone, Debug, PartialEq)]
pub struct ShardLimits {
    /// Records written per second.
    pub write_records: Limit,
    /// Bytes written per second.
    pub write_bytes: Limit,
    /// Reads per second by all consumers without a throughput of their own.
    pub reads: Limit,
    /// Bytes read per second by all consumers without a throughput of their own.
    pub read_bytes: Limit,
    /// Bytes per second of each consumer with a throughput of its own.
    pub push_bytes: Limit,
    /// Consumers with a throughput of their own.
    pub push_consumers: Limit,
    /// Bytes of a metered unit of writing.
    pub put_unit: f64,
    /// Bytes to which a record is rounded up where the bytes are paid.
    pub metered_record: f64,
    /// Retention that is free, in seconds.
    pub free_retention: f64,
    /// Retention from which on bytes are paid by the month, in seconds.
    pub long_retention: f64,
}

/// Numbers of shards at later times: `10 min: 4, 20 min: 8`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShardPlan(pub Vec<(f64, u32)>);

impl FromStr for ShardPlan {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() || text == "none" {
            return Ok(Self::default());
        }
        let mut plan: Vec<(f64, u32)> = Vec::new();
        for part in text.split(',') {
            let (at, shards) =
                part.split_once(':').ok_or_else(|| format!("`{}` is not of the form `time: shards`, such as `10 min: 4`", part.trim()))?;
            let (at, shards) = (units::parse_duration(at.trim())?, units::parse_count(shards.trim())?);
            if !(1.0..=f64::from(SHARDS_MAX)).contains(&shards) {
                return Err(format!("`{}` needs between 1 and {SHARDS_MAX} shards", part.trim()));
            }
            if plan.last().is_some_and(|(before, _)| *before >= at) {
                return Err(format!("`{}` is not later than the one before", part.trim()));
            }
            plan.push((at, shards as u32));
        }
        Ok(Self(plan))
    }
}

impl fmt::Display for ShardPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        let parts: Vec<String> = self.0.iter().map(|(at, shards)| format!("{}: {shards}", units::print_duration(*at))).collect();
        f.write_str(&parts.join(", "))
    }
}

/// Most consumers of one stream.
pub const CONSUMERS_MAX: usize = 64;

/// Most shards of one stream, those that were closed not counted.
pub const SHARDS_MAX: u32 = 10_240;

impl Mechanism for StreamConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        let of_table = !settings.has("capacity_mode");
        let capacity = if of_table {
            StreamCapacity::Table
        } else if settings.text("capacity_mode").as_deref() == Some("on-demand") {
            StreamCapacity::OnDemand(Box::new(StreamOnDemand {
                initial: settings.limit("on_demand_write"),
                ceiling: settings.limit("on_demand_max_write"),
                headroom: settings.limit("on_demand_headroom").value,
                averaged: settings.limit("on_demand_average").value.max(1.0),
                growth: settings.limit("on_demand_growth").value,
            }))
        } else {
            StreamCapacity::Provisioned {
                shards: settings.count("shards").clamp(1, SHARDS_MAX),
                plan: settings.parsed("resharding").unwrap_or_default(),
                step: settings.limit("reshard_step").value,
                factor: settings.limit("reshard_factor").value,
                changes: settings.limit("reshards_per_day").value,
            }
        };
        Self {
            capacity,
            retention: settings.quantity("retention"),
            shard: (!of_table).then(|| ShardLimits {
                write_records: settings.limit("shard_write_records"),
                write_bytes: settings.limit("shard_write_bytes"),
                reads: settings.limit("shard_reads"),
                read_bytes: settings.limit("shard_read_bytes"),
                push_bytes: settings.limit("fan_out_bytes"),
                push_consumers: settings.limit("fan_out_consumers"),
                put_unit: settings.limit("put_unit").value,
                metered_record: settings.limit("metered_record").value,
                free_retention: settings.limit("free_retention").value,
                long_retention: settings.limit("long_retention").value,
            }),
            record_size: settings.limit("record_size"),
            request_size: (!of_table).then(|| settings.limit("request_size")),
            read_response: settings.limit("read_response"),
            read_records: settings.limit("read_records"),
            readers: of_table.then(|| settings.limit("readers")),
            put_latency: if of_table { Distribution::Constant(0.0) } else { settings.distribution("put_latency") },
        }
    }

    fn limits(&self) -> Vec<LimitUse<'_>> {
        let mut limits = vec![self.record_size.level()];
        if let Some(ShardLimits { write_records, write_bytes, reads, read_bytes, push_bytes, push_consumers, .. }) = &self.shard {
            limits.extend([write_records, write_bytes, reads, read_bytes, push_bytes].map(Limit::rate));
            limits.push(push_consumers.level());
        }
        if let StreamCapacity::OnDemand(on_demand) = &self.capacity {
            limits.extend([on_demand.initial.rate(), on_demand.ceiling.rate()]);
        }
        limits.extend(self.readers.as_ref().map(Limit::level));
        limits.extend(self.request_size.as_ref().map(Limit::level));
        limits
    }

    fn meters(&self) -> &'static [&'static str] {
        match self.capacity {
            StreamCapacity::Provisioned { .. } => {
                &["shard_hours", "put_units", "fan_out_hours", "fan_out_bytes", "extended_retention", "long_retention"]
            }
            StreamCapacity::OnDemand(_) => &[
                "stream_hours",
                "on_demand_ingest",
                "on_demand_retrieval",
                "on_demand_fan_out",
                "on_demand_retention",
                "on_demand_long_retention",
            ],
            StreamCapacity::Table => &["read_requests"],
        }
    }

    fn tightens(&self) -> Vec<&str> {
        self.shard.iter().flat_map(|shard| [shard.write_records.key.as_str(), &shard.write_bytes.key]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_reads_as_it_prints() {
        let plan: ShardPlan = "10 min: 4, 20 min: 8".parse().unwrap();
        assert_eq!(plan, ShardPlan(vec![(600.0, 4), (1_200.0, 8)]));
        assert_eq!(plan.to_string().parse::<ShardPlan>().unwrap(), plan);
        assert!("20 min: 4, 10 min: 8".parse::<ShardPlan>().is_err(), "times ascend");
        assert!("10 min: 0".parse::<ShardPlan>().is_err() && "10 min".parse::<ShardPlan>().is_err());
    }
}

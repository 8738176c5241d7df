//! What a consumer of a stream needs to know.

use std::{fmt, str::FromStr};

use super::{Filter, Limit, Settings};
use crate::{Distribution, policy::Backoff, units};

/// A consumer that reads the shards of a stream in order and hands batches to its target.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamMappingConfig {
    /// Most records of a batch.
    pub batch_size: u32,
    /// How long a batch may wait for more records, in seconds.
    pub batch_window: f64,
    /// Largest batch in bytes.
    pub batch_bytes: Limit,
    /// Batches at a time for each shard.
    pub parallelization: Limit,
    /// Whether it also reads what was written before it started.
    pub from_oldest: bool,
    /// When it starts, in seconds from the start of the run.
    pub starts_at: f64,
    /// When it does not read.
    pub pauses: Pauses,
    /// Retries of a failed batch; without limit where absent.
    pub retries: Option<u32>,
    /// Age at which a record is given up, in seconds; without limit where absent.
    pub record_age: Option<f64>,
    /// Whether a failed batch is halved.
    pub bisect: bool,
    /// Whether the target names the first failed record, so that those before it are not repeated.
    pub report_item_failures: bool,
    /// Whether a batch that fails stops the other batches of its shard.
    pub failures_stop_shard: bool,
    /// Waits before a failed or throttled batch is tried again.
    pub backoff: Backoff,
    /// Which records reach the target.
    pub filter: Filter,
    /// Whether the stream pushes to it, at a throughput of its own.
    pub enhanced_fan_out: bool,
    /// Reads per second and shard while there is nothing to read.
    pub base_poll: Limit,
    /// Time of a read, in seconds.
    pub read_latency: Distribution,
    /// Time of a push, in seconds.
    pub push_latency: Distribution,
    /// Bytes of what the on-failure destination is told about a batch.
    pub failure_record: f64,
}

/// Times at which a consumer does not read: `10 min to 20 min, 1 h to 2 h`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pauses(pub Vec<(f64, f64)>);

impl FromStr for Pauses {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() || text == "none" {
            return Ok(Self::default());
        }
        let mut pauses: Vec<(f64, f64)> = Vec::new();
        for part in text.split(',').map(str::trim) {
            let (from, to) = part
                .split_once(" to ")
                .ok_or_else(|| format!("`{part}` is not of the form `from to until`, such as `10 min to 20 min`"))?;
            let (from, to) = (units::parse_duration(from.trim())?, units::parse_duration(to.trim())?);
            if from >= to || pauses.last().is_some_and(|(_, before)| *before > from) {
                return Err(format!("`{part}` ends before it begins, or begins before the one before it ends"));
            }
            pauses.push((from, to));
        }
        Ok(Self(pauses))
    }
}

impl fmt::Display for Pauses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        let print = |(from, to): &(f64, f64)| format!("{} to {}", units::print_duration(*from), units::print_duration(*to));
        f.write_str(&self.0.iter().map(print).collect::<Vec<_>>().join(", "))
    }
}

impl StreamMappingConfig {
    /// The field that only mappings of streams have.
    pub(super) const MARK: &'static str = "starting_position";

    pub(super) fn read(settings: &mut Settings<'_>) -> Self {
        let pushes = settings.has("enhanced_fan_out");
        let parallel = settings.has("parallelization_factor");
        Self {
            batch_size: settings.count("batch_size").max(1),
            batch_window: settings.quantity("batch_window"),
            batch_bytes: settings.limit("batch_bytes"),
            parallelization: match parallel.then(|| settings.own_limit("parallelization_factor")).flatten() {
                Some(own) => own,
                None => settings.limit("batches_per_shard"),
            },
            from_oldest: settings.text(Self::MARK).as_deref() == Some("trim-horizon"),
            starts_at: settings.quantity("starts_at"),
            pauses: settings.parsed("paused").unwrap_or_default(),
            retries: settings.optional("maximum_retries").map(|retries| retries.clamp(0.0, f64::from(u32::MAX)) as u32),
            record_age: settings.optional("maximum_record_age"),
            bisect: parallel && settings.flag("bisect"),
            // A pipe always says which records are not done.
            report_item_failures: !settings.has("report_item_failures") || settings.flag("report_item_failures"),
            failures_stop_shard: parallel && settings.text("failed_batch").as_deref() == Some("stops-shard"),
            backoff: settings.parsed("backoff").unwrap_or(Backoff::Schedule(vec![0.0])),
            filter: settings.parsed("filter").unwrap_or(Filter::All),
            enhanced_fan_out: pushes && settings.flag("enhanced_fan_out"),
            base_poll: settings.limit("base_poll"),
            read_latency: settings.distribution("read_latency"),
            push_latency: if pushes { settings.distribution("push_latency") } else { Distribution::Constant(0.0) },
            failure_record: settings.limit("failure_record").value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_read_as_they_print() {
        let pauses: Pauses = "10 min to 20 min, 1 h to 2 h".parse().unwrap();
        assert_eq!(pauses, Pauses(vec![(600.0, 1_200.0), (3_600.0, 7_200.0)]));
        assert_eq!(pauses.to_string().parse::<Pauses>().unwrap(), pauses);
        assert!("20 min to 10 min".parse::<Pauses>().is_err(), "a pause ends after it begins");
        assert!("10 min".parse::<Pauses>().is_err());
    }
}

//! What a bucket needs to know.

use super::{Limit, LimitUse, Mechanism, Settings};
use crate::{Distribution, fault::FaultKind};

/// A store of objects that limits requests by prefix and tells others what was written.
#[derive(Clone, Debug, PartialEq)]
pub struct BucketConfig {
    /// Prefixes that the keys fall into.
    pub prefixes: u32,
    /// Writes per second of a prefix that has not been split.
    pub prefix_writes: Limit,
    /// Reads per second of a prefix that has not been split.
    pub prefix_reads: Limit,
    /// Seconds of refusals after which a prefix is split.
    pub scaling_time: f64,
    /// Seconds without refusals after which that time begins anew.
    pub scaling_pause: f64,
    /// Largest object that one request may write, in bytes.
    pub write_size: Limit,
    /// Bytes per second of one request.
    pub throughput: f64,
    /// Time to the first byte of a read, in seconds.
    pub read_latency: Distribution,
    /// Time of a write besides the transfer, in seconds.
    pub write_latency: Distribution,
    /// Size of an object where the event does not say, in bytes.
    pub object_bytes: Option<f64>,
    /// Share of the notifications that are sent twice.
    pub duplicates: f64,
}

impl Mechanism for BucketConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        Self {
            prefixes: settings.count("prefixes").max(1),
            prefix_writes: settings.limit("prefix_writes"),
            prefix_reads: settings.limit("prefix_reads"),
            scaling_time: settings.limit("scaling_time").value,
            scaling_pause: settings.limit("scaling_pause").value,
            write_size: settings.limit("write_size"),
            throughput: settings.quantity("throughput"),
            read_latency: settings.distribution("read_latency"),
            write_latency: settings.distribution("write_latency"),
            object_bytes: settings.optional("object_bytes"),
            duplicates: settings.quantity("duplicates"),
        }
    }

    fn limits(&self) -> Vec<LimitUse<'_>> {
        vec![self.prefix_writes.rate(), self.prefix_reads.rate(), self.write_size.level()]
    }

    fn meters(&self) -> &'static [&'static str] {
        &["write_requests", "read_requests", "storage"]
    }

    fn faults(&self) -> &'static [FaultKind] {
        &[FaultKind::Slow]
    }

    fn tightens(&self) -> Vec<&str> {
        vec![&self.prefix_writes.key, &self.prefix_reads.key]
    }
}

//! What a bus needs to know.

use super::{Limit, LimitUse, Mechanism, Settings};
use crate::{Distribution, fault::FaultKind};

/// Fan-out by rules, with a bucket for what comes in and one for what goes out.
#[derive(Clone, Debug, PartialEq)]
pub struct BusConfig {
    /// Publishing requests of the account per second.
    pub publish_rate: Limit,
    /// Publishing requests per second that others in the account make.
    pub outside_publish_rate: f64,
    /// Invocations of targets of the account per second; more are delayed.
    pub invocation_rate: Limit,
    /// Largest event in bytes.
    pub event_size: Limit,
    /// Bytes that are metered as one event.
    pub metered_chunk: f64,
    /// Time of a publishing call, in seconds.
    pub publish_latency: Distribution,
}

impl Mechanism for BusConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        Self {
            publish_rate: settings.limit("publish_rate"),
            outside_publish_rate: settings.outside("publish_rate"),
            invocation_rate: settings.limit("invocation_rate"),
            event_size: settings.limit("event_size"),
            metered_chunk: settings.limit("metered_chunk").value,
            publish_latency: settings.distribution("publish_latency"),
        }
    }

    fn limits(&self) -> Vec<LimitUse<'_>> {
        vec![
            self.publish_rate.rate().outside(self.outside_publish_rate).bucket(self.publish_rate.value),
            self.invocation_rate.rate().bucket(self.invocation_rate.value),
            self.event_size.level(),
        ]
    }

    fn meters(&self) -> &'static [&'static str] {
        &["events", "api_destination_invocations"]
    }

    fn faults(&self) -> &'static [FaultKind] {
        &[FaultKind::Slow]
    }

    fn tightens(&self) -> Vec<&str> {
        vec![&self.publish_rate.key, &self.invocation_rate.key]
    }
}

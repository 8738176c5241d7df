//! What a topic needs to know.

use super::{Limit, LimitUse, Mechanism, Settings};
use crate::{Distribution, fault::FaultKind};

/// Fan-out to subscriptions.
#[derive(Clone, Debug, PartialEq)]
pub struct TopicConfig {
    /// Messages that the account may publish per second.
    pub publish_rate: Limit,
    /// Messages per second that others in the account publish.
    pub outside_rate: f64,
    /// Largest message in bytes.
    pub message_size: Limit,
    /// Bytes that are metered as one request.
    pub metered_chunk: f64,
    /// Time of a publish call, in seconds.
    pub publish_latency: Distribution,
}

impl Mechanism for TopicConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        Self {
            publish_rate: settings.limit("publish_rate"),
            outside_rate: settings.outside("publish_rate"),
            message_size: settings.limit("message_size"),
            metered_chunk: settings.limit("metered_chunk").value,
            publish_latency: settings.distribution("publish_latency"),
        }
    }

    fn limits(&self) -> Vec<LimitUse<'_>> {
        vec![self.publish_rate.rate().outside(self.outside_rate).bucket(self.publish_rate.value), self.message_size.level()]
    }

    fn meters(&self) -> &'static [&'static str] {
        &["publishes"]
    }

    fn faults(&self) -> &'static [FaultKind] {
        &[FaultKind::Slow]
    }

    fn tightens(&self) -> Vec<&str> {
        vec![&self.publish_rate.key]
    }
}

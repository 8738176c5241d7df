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
    /// Order within message groups.
    pub fifo: Option<FifoTopicConfig>,
}

/// Order within message groups, and what it costs in throughput.
#[derive(Clone, Debug, PartialEq)]
pub struct FifoTopicConfig {
    /// Messages per second of a group.
    pub group_rate: Limit,
    /// Messages and bytes per second of the whole topic, where it is limited as one.
    pub topic_rates: Option<(Limit, Limit)>,
    /// How long a repeated publish is recognized, in seconds.
    pub deduplication: f64,
}

impl Mechanism for TopicConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        Self {
            publish_rate: settings.limit("publish_rate"),
            outside_rate: settings.outside("publish_rate"),
            message_size: settings.limit("message_size"),
            metered_chunk: settings.limit("metered_chunk").value,
            publish_latency: settings.distribution("publish_latency"),
            fifo: settings.has("throughput_scope").then(|| FifoTopicConfig::read(settings)),
        }
    }

    fn limits(&self) -> Vec<LimitUse<'_>> {
        let mut limits =
            vec![self.publish_rate.rate().outside(self.outside_rate).bucket(self.publish_rate.value), self.message_size.level()];
        if let Some(FifoTopicConfig { group_rate, topic_rates, .. }) = &self.fifo {
            limits.push(group_rate.rate());
            limits.extend(topic_rates.iter().flat_map(|(messages, bytes)| [messages.rate(), bytes.rate()]));
        }
        limits
    }

    fn meters(&self) -> &'static [&'static str] {
        match self.fifo {
            None => &["publishes", "http_deliveries", "filtered_payload"],
            Some(_) => &["publishes", "published_payload", "deliveries", "delivered_payload"],
        }
    }

    fn faults(&self) -> &'static [FaultKind] {
        &[FaultKind::Slow]
    }

    fn tightens(&self) -> Vec<&str> {
        vec![&self.publish_rate.key]
    }
}

impl FifoTopicConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        let whole = settings.text("throughput_scope").as_deref() != Some("message-group");
        Self {
            group_rate: settings.limit("group_rate"),
            topic_rates: whole.then(|| (settings.limit("topic_rate"), settings.limit("topic_bytes"))),
            deduplication: settings.limit("deduplication").value,
        }
    }
}

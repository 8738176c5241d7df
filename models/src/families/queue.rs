//! What a queue needs to know.

use super::{Limit, LimitUse, Mechanism, Settings};
use crate::{Distribution, fault::FaultKind};

/// A queue with visibility time-out and redrive.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueConfig {
    /// How long a received message stays invisible, in seconds.
    pub visibility: f64,
    /// How long a message is kept, in seconds.
    pub retention: f64,
    /// Time before a sent message becomes visible, in seconds.
    pub delay: f64,
    /// Receives after which a message goes to the dead-letter queue, where one is connected.
    pub max_receives: u32,
    /// Messages that senders put into one call.
    pub send_batch: u32,
    /// Share of deletions that miss a copy, so that the message comes back.
    pub duplicates: f64,
    /// Messages that may be received and not yet deleted.
    pub in_flight: Limit,
    /// Largest message in bytes.
    pub message_size: Limit,
    /// Bytes that are metered as one request.
    pub metered_chunk: f64,
    /// Time of a send call, in seconds.
    pub send_latency: Distribution,
    /// Whether and how quiet message groups go first.
    pub fair: Option<FairConfig>,
    /// Order within message groups.
    pub fifo: Option<FifoConfig>,
}

/// What makes a message group a noisy neighbor of the others.
#[derive(Clone, Debug, PartialEq)]
pub struct FairConfig {
    /// Share of the messages in flight above which a group is noisy.
    pub share: f64,
    /// Least messages in flight of a noisy group.
    pub least: f64,
    /// Time without messages in flight after which a group is quiet again, in seconds.
    pub quiet_after: f64,
}

/// Order within message groups, and what it costs in throughput.
#[derive(Clone, Debug, PartialEq)]
pub struct FifoConfig {
    /// Calls of one kind per second of a partition.
    pub partition_calls: Limit,
    /// Send calls per second of the whole queue where groups are spread over partitions; otherwise there is one partition.
    pub queue_calls: Option<Limit>,
    /// How long a repeated send is recognized, in seconds.
    pub deduplication: f64,
}

impl Mechanism for QueueConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        let fifo = settings.has("throughput").then(|| FifoConfig::read(settings));
        Self {
            visibility: settings.quantity("visibility_timeout"),
            retention: settings.quantity("retention"),
            delay: settings.quantity("delay"),
            max_receives: settings.count("max_receive_count").max(1),
            send_batch: settings.count("send_batch").max(1),
            duplicates: if fifo.is_none() { settings.quantity("duplicates") } else { 0.0 },
            in_flight: settings.limit("in_flight"),
            message_size: settings.limit("message_size"),
            metered_chunk: settings.limit("metered_chunk").value,
            send_latency: settings.distribution("send_latency"),
            fair: if fifo.is_none() && settings.text("grouping").as_deref() == Some("fair") {
                Some(FairConfig {
                    share: settings.limit("noisy_share").value,
                    least: settings.limit("noisy_in_flight").value,
                    quiet_after: settings.limit("quiet_after").value,
                })
            } else {
                None
            },
            fifo,
        }
    }

    fn limits(&self) -> Vec<LimitUse<'_>> {
        let mut limits = vec![self.in_flight.level(), self.message_size.level()];
        if let Some(FifoConfig { partition_calls, queue_calls, .. }) = &self.fifo {
            limits.push(partition_calls.rate());
            limits.extend(queue_calls.as_ref().map(Limit::rate));
        }
        limits
    }

    fn meters(&self) -> &'static [&'static str] {
        &["requests"]
    }

    fn faults(&self) -> &'static [FaultKind] {
        &[FaultKind::Duplicates]
    }
}

impl FifoConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        let spread = settings.text("throughput").as_deref() == Some("high");
        Self {
            partition_calls: settings.limit("partition_calls"),
            queue_calls: spread.then(|| settings.limit("high_throughput_calls")),
            deduplication: settings.limit("deduplication").value,
        }
    }
}

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
    /// Messages that may be received and not yet deleted.
    pub in_flight: Limit,
    /// Largest message in bytes.
    pub message_size: Limit,
    /// Bytes that are metered as one request.
    pub metered_chunk: f64,
    /// Time of a send call, in seconds.
    pub send_latency: Distribution,
}

impl Mechanism for QueueConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        Self {
            visibility: settings.quantity("visibility_timeout"),
            retention: settings.quantity("retention"),
            delay: settings.quantity("delay"),
            max_receives: settings.count("max_receive_count").max(1),
            in_flight: settings.limit("in_flight"),
            message_size: settings.limit("message_size"),
            metered_chunk: settings.limit("metered_chunk").value,
            send_latency: settings.distribution("send_latency"),
        }
    }

    fn limits(&self) -> Vec<LimitUse<'_>> {
        vec![self.in_flight.level(), self.message_size.level()]
    }

    fn meters(&self) -> &'static [&'static str] {
        &["requests"]
    }

    fn faults(&self) -> &'static [FaultKind] {
        &[FaultKind::Duplicates]
    }
}

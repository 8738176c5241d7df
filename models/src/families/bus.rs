//! What a bus needs to know.

use super::{Limit, LimitUse, Mechanism, Settings};
use crate::{Distribution, fault::FaultKind};

/// Fan-out to those whose filter lets an event through.
#[derive(Clone, Debug, PartialEq)]
pub struct BusConfig {
    /// Largest event in bytes.
    pub event_size: Limit,
    /// Time of a publishing call, in seconds.
    pub publish_latency: Distribution,
    /// How it takes events and hands them on.
    pub kind: BusKind,
}

/// How a bus takes events and hands them on.
#[derive(Clone, Debug, PartialEq)]
pub enum BusKind {
    /// By rules, with a bucket for what comes in and one for what goes out.
    Rules(RulesConfig),
    /// To subscribers that have a filter, a target, batches and retries each.
    Subscribers(SubscribersConfig),
}

/// A bus with rules.
#[derive(Clone, Debug, PartialEq)]
pub struct RulesConfig {
    /// Publishing requests of the account per second.
    pub publish_rate: Limit,
    /// Events of a publishing request.
    pub publish_batch: u32,
    /// Publishing requests per second that others in the account make.
    pub outside_publish_rate: f64,
    /// Invocations of targets of the account per second; more are delayed.
    pub invocation_rate: Limit,
    /// Bytes that are metered as one event.
    pub metered_chunk: f64,
}

/// A bus with subscribers.
#[derive(Clone, Debug, PartialEq)]
pub struct SubscribersConfig {
    /// Events of the bus per second.
    pub event_rate: Limit,
    /// Events plus kilobytes of an event group per second.
    pub group_rate: Limit,
    /// Time in which a repeated publish is recognized, in seconds.
    pub deduplication: f64,
    /// Time for which an event is kept for subscribers that stand still, in seconds.
    pub retention: f64,
}

impl Mechanism for BusConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        let kind = if settings.has_quota("invocation_rate") {
            BusKind::Rules(RulesConfig {
                publish_rate: settings.limit("publish_rate"),
                publish_batch: settings.count("publish_batch").max(1),
                outside_publish_rate: settings.outside("publish_rate"),
                invocation_rate: settings.limit("invocation_rate"),
                metered_chunk: settings.limit("metered_chunk").value,
            })
        } else {
            BusKind::Subscribers(SubscribersConfig {
                event_rate: settings.limit("event_rate"),
                group_rate: settings.limit("group_rate"),
                deduplication: settings.limit("deduplication").value,
                retention: settings.quantity("retention"),
            })
        };
        Self { event_size: settings.limit("event_size"), publish_latency: settings.distribution("publish_latency"), kind }
    }

    fn limits(&self) -> Vec<LimitUse<'_>> {
        match &self.kind {
            BusKind::Rules(rules) => vec![
                rules.publish_rate.rate().outside(rules.outside_publish_rate).bucket(rules.publish_rate.value),
                rules.invocation_rate.rate().bucket(rules.invocation_rate.value),
                self.event_size.level(),
            ],
            BusKind::Subscribers(bus) => vec![bus.event_rate.rate(), bus.group_rate.level(), self.event_size.level()],
        }
    }

    fn meters(&self) -> &'static [&'static str] {
        match self.kind {
            BusKind::Rules(_) => &["events", "api_destination_invocations"],
            BusKind::Subscribers(_) => &["data_in", "data_out"],
        }
    }

    fn faults(&self) -> &'static [FaultKind] {
        &[FaultKind::Slow]
    }

    fn tightens(&self) -> Vec<&str> {
        match &self.kind {
            BusKind::Rules(rules) => vec![&rules.publish_rate.key, &rules.invocation_rate.key],
            BusKind::Subscribers(bus) => vec![&bus.event_rate.key],
        }
    }
}

//! What a subscription of a topic or bus needs to know.

use super::{
    Filter, Limit, Pauses, Settings,
    connection::{policy, retry_on, throttle},
};
use crate::{
    Distribution,
    policy::{Backoff, CallPolicy},
};

/// A subscription of a topic or bus.
#[derive(Clone, Debug, PartialEq)]
pub struct DeliverConfig {
    /// What the source does about slow, refused and failed deliveries.
    pub policy: CallPolicy,
    /// Most that all waits of the policy together may take, in seconds, where the provider bounds them.
    pub retry_time_max: Option<f64>,
    /// Time on the way, in seconds.
    pub latency: Distribution,
    /// Which events match.
    pub filter: Filter,
    /// Whether the filter reads the payload, which is paid by its size.
    pub filter_reads_payload: bool,
    /// Deliveries per second above which further ones wait.
    pub throttle: Option<Limit>,
    /// The node that takes what this subscription gives up; otherwise the source's own dead-letter queue does.
    pub dead_letter: Option<String>,
    /// Whether deliveries are paid for one by one.
    pub metered: bool,
    /// Most messages of a group that are under way at a time, where the order within a group is kept.
    pub ordered: Option<u32>,
    /// Of which results this is the destination; `None` for a subscription.
    pub destination: Option<DestinationOf>,
    /// What a subscriber of a bus adds.
    pub subscriber: Option<SubscriberConfig>,
}

/// A subscriber of a bus that keeps events.
#[derive(Clone, Debug, PartialEq)]
pub struct SubscriberConfig {
    /// Whether the events of a group go one after the other.
    pub fifo: bool,
    /// Whether it waits for the outcome of a function instead of handing the event over.
    pub waits: bool,
    /// Most events of an invocation.
    pub batch_size: u32,
    /// Time for which a batch waits to become full, in seconds.
    pub batch_window: f64,
    /// When it stands still.
    pub pauses: Pauses,
    /// Where it begins.
    pub begin: BeginConfig,
}

/// Where a subscriber of a bus that keeps events begins, in seconds from the start of the run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BeginConfig {
    /// When it is created.
    pub created: f64,
    /// From which time on it reads what was published; `None` for all that the bus has kept.
    pub from: Option<f64>,
    /// Until when it reads.
    pub until: f64,
    /// When it delivers the first event.
    pub delivers: f64,
}

/// Which results of asynchronous invocations go to a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DestinationOf {
    /// Events that were processed.
    Success,
    /// Events that were given up.
    Failure,
}

impl DeliverConfig {
    pub(super) fn read(settings: &mut Settings<'_>) -> Self {
        let phased = settings.has("retries");
        let policy = if phased { phases(settings) } else { policy(settings) };
        Self {
            policy,
            retry_time_max: settings.has_quota("retry_time").then(|| settings.limit("retry_time").value),
            latency: settings.distribution("latency"),
            filter: settings.parsed("filter").unwrap_or(Filter::All),
            filter_reads_payload: settings.has("filter_scope") && settings.text("filter_scope").as_deref() == Some("payload"),
            throttle: if settings.has("throttle") { throttle(settings) } else { None },
            dead_letter: if settings.has("dead_letter") { settings.text("dead_letter") } else { None },
            metered: phased || settings.has_quota("destination_rate"),
            ordered: settings.has("ordered_batch").then(|| settings.count("ordered_batch").max(1)),
            destination: settings.has("destination_of").then(|| match settings.text("destination_of").as_deref() {
                Some("success") => DestinationOf::Success,
                _ => DestinationOf::Failure,
            }),
            subscriber: settings.has("subscriber_type").then(|| SubscriberConfig::read(settings)),
        }
    }

    /// Sum of the waits between all attempts, in seconds.
    pub fn retry_time(&self) -> f64 {
        match &self.policy.backoff {
            Backoff::Schedule(waits) => waits.iter().sum(),
            Backoff::Exponential { .. } | Backoff::Decorrelated { .. } | Backoff::Random(_) => 0.0,
        }
    }
}

impl SubscriberConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        let batches = settings.has("batch_size");
        Self {
            fifo: settings.text("subscriber_type").as_deref() == Some("fifo"),
            waits: settings.has("invocation") && settings.text("invocation").as_deref() == Some("request-response"),
            batch_size: if batches { settings.count("batch_size").max(1) } else { 1 },
            batch_window: if batches { settings.quantity("batch_window") } else { 0.0 },
            pauses: settings.parsed("paused").unwrap_or_default(),
            begin: BeginConfig::read(settings),
        }
    }
}

impl BeginConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        let created = settings.quantity("starts_at");
        let (point, end, delay) = (settings.quantity("starting_point"), settings.optional("end_point"), settings.quantity("startup_delay"));
        let from = match settings.text("starting_position").as_deref() {
            Some("horizon") => None,
            Some("timestamp") => Some(point),
            _ => return Self { created, from: Some(created), until: f64::INFINITY, delivers: created },
        };
        Self { created, from, until: end.unwrap_or(f64::INFINITY), delivers: created + delay }
    }
}

/// A delivery policy in four phases: at once, at the shortest wait, growing, at the longest wait.
fn phases(settings: &mut Settings<'_>) -> CallPolicy {
    let retries = settings.count("retries");
    let at_once = settings.count("immediate_retries");
    let (least, most) = (settings.quantity("min_delay"), settings.quantity("max_delay"));
    let (before, after) = (settings.count("min_delay_retries"), settings.count("max_delay_retries"));
    let growing = retries.saturating_sub(at_once).saturating_sub(before).saturating_sub(after);
    let function = settings.text("backoff_function").unwrap_or_default();
    let mut waits = vec![0.0; at_once as usize];
    waits.extend((0..before).map(|_| least));
    waits.extend((0..growing).map(|retry| grown(&function, (least, most), (retry, growing - 1))));
    waits.extend((0..after).map(|_| most));
    waits.truncate(retries as usize);
    let backoff = Backoff::Schedule(if waits.is_empty() { vec![0.0] } else { waits });
    CallPolicy {
        timeout: settings.optional("timeout"),
        attempts: Some(retries + 1),
        backoff,
        age_max: settings.optional("age_max"),
        retry_on: retry_on(settings),
    }
}

/// The wait before a retry of the growing phase, the first being number zero. The provider draws the four curves without
/// giving formulas: all end at the longest wait, and the later ones stay low for longer.
fn grown(function: &str, (least, most): (f64, f64), (retry, last): (u32, u32)) -> f64 {
    let done = if last > 0 { f64::from(retry) / f64::from(last) } else { 0.0 };
    let share = match function {
        "arithmetic" => done * (1.0 + done) / 2.0,
        "geometric" => done * done,
        "exponential" => return (retry..last).fold(most, |wait, _| wait / 2.0).max(least),
        _ => done,
    };
    least + (most - least) * share
}

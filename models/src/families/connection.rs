//! What an edge needs to know.

use std::{fmt, str::FromStr};

use super::{DeliverConfig, Limit, LimitUse, PollConfig, ReplayConfig, Settings, StageConfig, StreamMappingConfig};
use crate::{
    Distribution, EdgeKind,
    policy::{Backoff, CallPolicy, Resilience, RetryOn},
    units,
};

/// What an edge's mechanism needs to know.
#[derive(Clone, Debug, PartialEq)]
pub enum ConnectionConfig {
    /// A request or a send.
    Call(Box<CallConfig>),
    /// A subscription of a topic or bus.
    Deliver(Box<DeliverConfig>),
    /// An event source mapping.
    Poll(Box<PollConfig>),
    /// A consumer of a stream.
    StreamPoll(Box<StreamMappingConfig>),
    /// What a table tells its stream, or a bus its archive.
    Capture(Box<CaptureConfig>),
    /// Events of an archive that are sent to the bus again.
    Replay(Box<ReplayConfig>),
    /// Where the source puts what it gives up.
    DeadLetter,
    /// A task that moves messages from a dead-letter queue back to another queue.
    Redrive(RedriveConfig),
}

/// A task that moves messages from one queue to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RedriveConfig {
    /// When it starts, in seconds.
    pub start: f64,
    /// Messages per second.
    pub rate: f64,
    /// Wait before a message is moved again that the target has throttled, in seconds.
    pub again: f64,
}

/// A request or a send.
#[derive(Clone, Debug, PartialEq)]
pub struct CallConfig {
    /// What the caller does about slow, refused and failed attempts.
    pub policy: CallPolicy,
    /// Time on the way, in seconds.
    pub latency: Distribution,
    /// Which events take this edge.
    pub filter: Filter,
    /// Share of the source's events that take this edge, where the source chooses one of several.
    pub share: Option<f64>,
    /// What is done to a table or a bucket.
    pub operation: Operation,
    /// Items that one call reads or writes.
    pub items: u32,
    /// Records that go in one request to a stream.
    pub batch: BatchConfig,
    /// Share of the writes whose condition is false: they cost their units and change nothing.
    pub failed_conditions: f64,
    /// Connections that each instance of the caller keeps open to a database or a proxy.
    pub connections: u32,
    /// Calls per second above which further ones wait for their turn.
    pub throttle: Option<Limit>,
    /// Throttle of a method or route of an API, which refuses what is above it.
    pub method: Option<MethodThrottle>,
    /// What a pipe does with it.
    pub stage: Option<StageConfig>,
    /// What keeps retries from making things worse.
    pub resilience: Option<Resilience>,
}

/// Records that go in one request to a stream.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchConfig {
    /// Most records.
    pub records: u32,
    /// How long a request waits for more of them, in seconds.
    pub linger: f64,
}

/// Throttle of a method or route of an API.
#[derive(Clone, Debug, PartialEq)]
pub struct MethodThrottle {
    /// Requests per second.
    pub rate: Limit,
    /// Requests that pass at once after a pause.
    pub burst: f64,
}

impl MethodThrottle {
    fn read(settings: &mut Settings<'_>) -> Option<Self> {
        if !settings.has("method_rate") {
            return None;
        }
        let (rate, burst) = (settings.own_limit("method_rate"), settings.optional("method_burst"));
        rate.map(|rate| Self { burst: burst.unwrap_or(rate.value.max(1.0)), rate })
    }
}

/// What a call does to a table or a bucket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operation {
    /// Writes an item.
    Write {
        /// Whether in a transaction, at twice the units.
        transactional: bool,
    },
    /// Reads an item.
    Read(ReadKind),
    /// Reads the items that lie together under one key.
    Query(ReadKind),
}

/// How a read sees the latest write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadKind {
    /// Perhaps not yet, at half the units.
    Eventual,
    /// Always.
    Strong,
    /// In a transaction, at twice the units.
    Transactional,
}

/// What a table tells its stream, every change, once and in order; or what a bus tells its archive.
#[derive(Clone, Debug, PartialEq)]
pub struct CaptureConfig {
    /// Time until a change is in the stream, in seconds.
    pub latency: Distribution,
    /// Which events it tells.
    pub filter: Filter,
    /// Wait before it tells again what did not arrive, in seconds.
    pub again: f64,
}

/// Which events pass.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Every one.
    All,
    /// Each with this probability.
    Share(f64),
    /// The first so many of every so many.
    FirstOf {
        /// How many pass.
        first: u64,
        /// Out of how many.
        of: u64,
    },
    /// Those of the named types.
    Types(Vec<String>),
}

impl FromStr for Filter {
    type Err = String;

    /// Reads `all`, `40 %`, `2 of 5` or names of event types.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() || text == "all" {
            return Ok(Self::All);
        }
        if let Some((first, of)) = text.split_once(" of ") {
            let (first, of) = (units::parse_count(first)?, units::parse_count(of)?);
            if of < 1.0 || first > of {
                return Err(format!("`{text}` is not a part of a whole"));
            }
            return Ok(Self::FirstOf { first: first as u64, of: of as u64 });
        }
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            return units::parse_fraction(text).map(Self::Share);
        }
        Ok(Self::Types(text.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()))
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Share(share) => f.write_str(&units::print_fraction(*share)),
            Self::FirstOf { first, of } => write!(f, "{first} of {of}"),
            Self::Types(names) => f.write_str(&names.join(", ")),
        }
    }
}

impl ConnectionConfig {
    /// The limits that it can hit.
    pub fn limits(&self) -> Vec<LimitUse<'_>> {
        match self {
            Self::Poll(poll) => poll.limits(),
            Self::StreamPoll(poll) => vec![poll.parallelization.level()],
            Self::Call(call) => {
                self.throttle().into_iter().chain(call.method.as_ref().map(|method| &method.rate)).map(Limit::rate).collect()
            }
            Self::Deliver(_) => self.throttle().into_iter().map(Limit::rate).collect(),
            Self::Capture(_) | Self::Replay(_) | Self::DeadLetter | Self::Redrive(_) => Vec::new(),
        }
    }

    /// The rate of its calls or deliveries, above which further ones wait for their turn.
    pub fn throttle(&self) -> Option<&Limit> {
        match self {
            Self::Call(call) => call.throttle.as_ref(),
            Self::Deliver(deliver) => deliver.throttle.as_ref(),
            Self::Poll(_) | Self::StreamPoll(_) | Self::Capture(_) | Self::Replay(_) | Self::DeadLetter | Self::Redrive(_) => None,
        }
    }

    pub(super) fn read(kind: EdgeKind, settings: &mut Settings<'_>) -> Self {
        match kind {
            EdgeKind::Send if settings.has("redrive_rate") => Self::Redrive(RedriveConfig {
                start: settings.quantity("start"),
                rate: settings.quantity("redrive_rate"),
                again: settings.quantity(AGAIN),
            }),
            EdgeKind::Send if settings.has(ReplayConfig::MARK) => Self::Replay(Box::new(ReplayConfig::read(settings))),
            EdgeKind::Request | EdgeKind::Send if settings.has(StageConfig::MARK) => Self::Call(Box::new(piped(settings))),
            EdgeKind::Request | EdgeKind::Send => Self::Call(Box::new(CallConfig {
                policy: policy(settings),
                latency: settings.distribution("latency"),
                filter: settings.parsed("filter").unwrap_or(Filter::All),
                share: if settings.has("share") { settings.optional("share") } else { None },
                operation: operation(settings),
                batch: BatchConfig {
                    records: if settings.has("batch") { settings.count("batch").max(1) } else { 1 },
                    linger: if settings.has("linger") { settings.quantity("linger") } else { 0.0 },
                },
                items: if settings.has("items") { settings.count("items").max(1) } else { 1 },
                failed_conditions: if settings.has("failed_conditions") { settings.quantity("failed_conditions") } else { 0.0 },
                connections: if settings.has("connections") { settings.count("connections").max(1) } else { 0 },
                throttle: None,
                method: MethodThrottle::read(settings),
                stage: None,
                resilience: Resilience::read(settings),
            })),
            EdgeKind::Deliver if settings.has("capture_latency") => {
                let filter = if settings.has("filter") { settings.parsed("filter").unwrap_or(Filter::All) } else { Filter::All };
                Self::Capture(Box::new(CaptureConfig {
                    latency: settings.distribution("capture_latency"),
                    filter,
                    again: settings.quantity(AGAIN),
                }))
            }
            EdgeKind::Deliver => Self::Deliver(Box::new(DeliverConfig::read(settings))),
            EdgeKind::Poll if settings.has(StreamMappingConfig::MARK) => Self::StreamPoll(Box::new(StreamMappingConfig::read(settings))),
            EdgeKind::Poll => Self::Poll(Box::new(PollConfig::read(settings))),
            EdgeKind::DeadLetter => Self::DeadLetter,
        }
    }
}

/// The field that tells how long a provider waits before it repeats what it repeats until it succeeds.
pub(super) const AGAIN: &str = "again_after";

/// A call of a pipe, which is made once: what failed comes again from the source.
fn piped(settings: &mut Settings<'_>) -> CallConfig {
    CallConfig {
        policy: CallPolicy {
            timeout: settings.optional("timeout"),
            attempts: Some(1),
            backoff: Backoff::Schedule(vec![0.0]),
            age_max: None,
            retry_on: RetryOn::Any,
        },
        latency: settings.distribution("latency"),
        filter: Filter::All,
        share: None,
        operation: Operation::Write { transactional: false },
        items: 1,
        batch: BatchConfig { records: 1, linger: 0.0 },
        failed_conditions: 0.0,
        connections: 0,
        throttle: if settings.applies("throttle") { throttle(settings) } else { None },
        method: None,
        stage: Some(StageConfig::read(settings)),
        resilience: None,
    }
}

/// The rate of calls or deliveries. An API destination has one, whoever calls it.
pub(super) fn throttle(settings: &mut Settings<'_>) -> Option<Limit> {
    let limit = settings.own_limit("throttle")?;
    let scope = if settings.has_quota("destination_rate") { Limit::DESTINATION.to_owned() } else { limit.scope.clone() };
    Some(Limit { scope, ..limit })
}

pub(super) fn policy(settings: &mut Settings<'_>) -> CallPolicy {
    CallPolicy {
        timeout: settings.optional("timeout"),
        attempts: settings.optional("attempts").map(|attempts| attempts.clamp(1.0, f64::from(u32::MAX)) as u32),
        backoff: settings.parsed("backoff").unwrap_or(Backoff::Schedule(vec![0.0])),
        age_max: settings.optional("age_max"),
        retry_on: retry_on(settings),
    }
}

pub(super) fn retry_on(settings: &mut Settings<'_>) -> RetryOn {
    match settings.text("retry_on").as_deref() {
        Some("throttles") => RetryOn::Throttles,
        Some("errors") => RetryOn::Errors,
        _ => RetryOn::Any,
    }
}

fn operation(settings: &mut Settings<'_>) -> Operation {
    if !settings.has("operation") {
        return Operation::Write { transactional: false };
    }
    match settings.text("operation").as_deref() {
        Some("read") => Operation::Read(ReadKind::Strong),
        Some("eventual-read") => Operation::Read(ReadKind::Eventual),
        Some("transactional-read") => Operation::Read(ReadKind::Transactional),
        Some("query") => Operation::Query(ReadKind::Strong),
        Some("eventual-query") => Operation::Query(ReadKind::Eventual),
        Some("transactional-write") => Operation::Write { transactional: true },
        _ => Operation::Write { transactional: false },
    }
}

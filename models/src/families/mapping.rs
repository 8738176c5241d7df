//! What a reader of a queue needs to know: an event source mapping, or the workers of a server.

use super::{Filter, Limit, LimitUse, Settings};
use crate::Distribution;

/// A reader of a queue.
#[derive(Clone, Debug, PartialEq)]
pub struct PollConfig {
    /// Most messages of a batch.
    pub batch_size: u32,
    /// How long a batch may wait for more messages, in seconds.
    pub batch_window: f64,
    /// Largest batch in bytes.
    pub batch_bytes: f64,
    /// Most messages of a batch that needs no window, and the shortest window of a larger one, in seconds.
    pub windowless: (u32, f64),
    /// Most messages that one receive or delete call of the queue handles.
    pub call_messages: u32,
    /// How long a received message stays invisible where the reader sets that itself, in seconds.
    pub visibility: Option<f64>,
    /// What is added to window and timeout, in seconds, where a message must stay invisible for longer than its queue says
    /// because its batch waits for others.
    pub visibility_margin: Option<f64>,
    /// How long a batch may wait for the poll that gathers more messages for it, in seconds, whatever the window.
    pub quiet_wait: f64,
    /// How many batches run at a time.
    pub pollers: Pollers,
    /// Which messages are handed on; the others are deleted unseen.
    pub filter: Filter,
    /// Whether only the failed messages of a batch come back.
    pub report_item_failures: bool,
    /// First wait before a throttled batch is tried again, in seconds.
    pub throttle_wait: f64,
    /// Longest wait before a throttled batch is tried again, in seconds; zero gives the batch back at once.
    pub throttle_wait_max: f64,
    /// Time from a message's visibility to its pickup by a waiting poller, in seconds.
    pub pickup: Distribution,
    /// How long a poll waits for messages before it counts as an empty receive, in seconds.
    pub long_poll: f64,
}

/// How many batches run at a time.
#[derive(Clone, Debug, PartialEq)]
pub enum Pollers {
    /// Follows the backlog.
    Elastic {
        /// Concurrent batches when the queue turns active.
        initial: f64,
        /// Concurrent batches of a queue that has been quiet.
        idle: f64,
        /// Concurrent batches that are added per second.
        ramp: f64,
        /// Whether the ramp adds a whole minute's worth at each full minute.
        by_minute: bool,
        /// Time without a backlog after which it falls back, in seconds.
        settle: f64,
        /// Most concurrent batches.
        ceiling: Limit,
        /// Most concurrent batches as set by the user.
        maximum: Option<Limit>,
        /// What failing batches do to the concurrency.
        slowdown: Option<Slowdown>,
    },
    /// Paid for by the hour, each with a throughput of its own.
    Provisioned {
        /// Least pollers.
        minimum: f64,
        /// Most pollers.
        maximum: Limit,
        /// Concurrent batches of a poller.
        concurrency: f64,
        /// Bytes per second of a poller.
        bytes: f64,
        /// Receive calls per second of a poller.
        polls: f64,
        /// Concurrent batches that are added per second.
        ramp: f64,
        /// Time without a backlog after which it falls back, in seconds.
        settle: f64,
    },
    /// Loops in the instances of the target.
    Workers {
        /// Loops in each instance.
        consumers: Limit,
    },
}

/// What failing batches do to the concurrency.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slowdown {
    /// Factor on the concurrency after a failing interval.
    pub factor: f64,
    /// Share of failed batches that makes an interval a failing one.
    pub share: f64,
    /// Length of that interval, in seconds.
    pub interval: f64,
}

impl PollConfig {
    pub(super) fn read(settings: &mut Settings<'_>) -> Self {
        let workers = settings.has("consumers");
        Self {
            batch_size: settings.count("batch_size").max(1),
            batch_window: if settings.has("batch_window") { settings.quantity("batch_window") } else { 0.0 },
            batch_bytes: if workers { f64::INFINITY } else { settings.limit("batch_bytes").value },
            windowless: if settings.has_quota("windowless_batch") {
                (settings.limit("windowless_batch").value as u32, settings.limit("window_min").value)
            } else {
                (u32::MAX, 0.0)
            },
            call_messages: settings.limit("call_messages").value.max(1.0) as u32,
            visibility: if workers { settings.optional("visibility_timeout") } else { None },
            visibility_margin: settings.has_quota("visibility_margin").then(|| settings.limit("visibility_margin").value),
            quiet_wait: if settings.has_quota("quiet_wait") { settings.limit("quiet_wait").value } else { 0.0 },
            filter: if workers { Filter::All } else { settings.parsed("filter").unwrap_or(Filter::All) },
            // A worker deletes what it has done, message by message, and so does a pipe.
            report_item_failures: !settings.has("report_item_failures") || settings.flag("report_item_failures"),
            throttle_wait: if workers { 0.0 } else { settings.limit("throttle_wait").value },
            throttle_wait_max: if workers { 0.0 } else { settings.limit("throttle_wait_max").value },
            pickup: settings.distribution("pickup_latency"),
            long_poll: if workers { settings.quantity("wait_time") } else { settings.limit("long_poll").value },
            pollers: Pollers::read(settings),
        }
    }

    /// The limit on how many batches run.
    pub fn ceiling(&self) -> &Limit {
        match &self.pollers {
            Pollers::Elastic { ceiling, maximum: Some(own), .. } if own.value <= ceiling.value => own,
            Pollers::Elastic { ceiling, .. } => ceiling,
            Pollers::Provisioned { maximum, .. } => maximum,
            Pollers::Workers { consumers } => consumers,
        }
    }

    pub(super) fn limits(&self) -> Vec<LimitUse<'_>> {
        vec![self.ceiling().level()]
    }
}

impl Pollers {
    fn read(settings: &mut Settings<'_>) -> Self {
        if settings.has("consumers") {
            let consumers = settings.own_limit("consumers");
            return Self::Workers { consumers: consumers.unwrap_or_else(|| settings.limit("consumers")) };
        }
        let (ramp, settle) = (settings.limit("ramp").value, settings.limit("settle").value);
        if settings.has("scaling") && settings.text("scaling").as_deref() == Some("provisioned") {
            let maximum = settings.own_limit("maximum_pollers");
            return Self::Provisioned {
                minimum: settings.quantity("minimum_pollers").max(1.0),
                maximum: maximum.unwrap_or_else(|| settings.limit("maximum_pollers")),
                concurrency: settings.limit("poller_concurrency").value.max(1.0),
                bytes: settings.limit("poller_bytes").value,
                polls: settings.limit("poller_polls").value,
                ramp: settings.limit("provisioned_ramp").value,
                settle,
            };
        }
        Self::Elastic {
            initial: settings.limit("initial_concurrency").value,
            idle: settings.limit("idle_concurrency").value,
            ramp,
            by_minute: settings.has("ramp_steps") && settings.text("ramp_steps").as_deref() == Some("minutes"),
            settle,
            ceiling: settings.limit("ceiling"),
            maximum: if settings.has("maximum_concurrency") { settings.own_limit("maximum_concurrency") } else { None },
            slowdown: settings.has_quota("error_factor").then(|| Slowdown {
                factor: settings.limit("error_factor").value,
                share: settings.limit("error_share").value,
                interval: settings.limit("error_interval").value,
            }),
        }
    }
}

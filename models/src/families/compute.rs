//! What a runtime unit needs to know: function, container or server, on one family.

use super::{Limit, LimitUse, Measure, Mechanism, Settings};
use crate::{Distribution, fault::FaultKind, work, work::Step};

/// How instances come and go.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "there is one for each node, read once")]
pub enum Scaling {
    /// One for each concurrent request, made on demand, from a pool of the account.
    PerRequest(PerRequest),
    /// A fixed number that stands all the time; requests wait in a queue.
    Fixed {
        /// Number of instances.
        instances: Limit,
        /// Requests that may wait; without limit when absent.
        queue: Option<Limit>,
    },
}

/// Scaling by request, as functions do.
#[derive(Clone, Debug, PartialEq)]
pub struct PerRequest {
    /// Concurrent executions of the account.
    pub account_concurrency: Limit,
    /// Concurrent executions that others in the account use.
    pub outside_concurrency: f64,
    /// Concurrency that is set apart for this function.
    pub reserved: Option<Limit>,
    /// Instances that are always warm.
    pub provisioned: u32,
    /// New instances at once.
    pub scaling_burst: Limit,
    /// New instances per second.
    pub scaling_rate: Limit,
    /// How the allowance for new instances comes back.
    pub refill: Refill,
    /// Synchronous requests per second for each unit of concurrency.
    pub rate_per_concurrency: Limit,
    /// Initialization of a new instance, in seconds.
    pub init: Distribution,
    /// Duration of the first request of an instance where it differs, in seconds.
    pub cold_duration: Option<Distribution>,
    /// How long an idle instance lives, in seconds.
    pub idle_timeout: Distribution,
    /// Which idle instance serves next.
    pub pick: IdlePick,
    /// Retries of an asynchronous event after a function error.
    pub async_retries: u32,
    /// Waits before those retries, in seconds.
    pub async_waits: [f64; 2],
    /// First wait of an asynchronous event after a throttle, in seconds.
    pub async_backoff: f64,
    /// Longest wait of an asynchronous event after a throttle, in seconds.
    pub async_backoff_cap: f64,
    /// Age in seconds at which an asynchronous event is given up.
    pub async_max_age: f64,
    /// Time from acceptance of an asynchronous event to its first attempt, in seconds.
    pub async_hop: Distribution,
}

/// How an allowance comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refill {
    /// Little by little.
    Continuous,
    /// All at once every ten seconds.
    Stepped,
}

/// Which idle instance serves next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdlePick {
    /// The one that finished last.
    MostRecentlyUsed,
    /// The one that was made last.
    NewestCreated,
    /// The one that finished longest ago.
    LeastRecentlyUsed,
}

/// A runtime unit.
#[derive(Clone, Debug, PartialEq)]
pub struct ComputeConfig {
    /// How instances come and go.
    pub scaling: Scaling,
    /// Requests that one instance serves at a time.
    pub concurrency_per_instance: u32,
    /// Computing time of an invocation before its calls, in seconds; `None` takes the recorded duration of the event.
    /// Without effect where the work has compute steps of its own.
    pub duration: Option<Distribution>,
    /// Computing time for each further event of a batch, in seconds.
    pub duration_per_event: Option<Distribution>,
    /// What an invocation does; `None` computes and then calls every outgoing edge once.
    pub work: Option<Vec<Step>>,
    /// Longest invocation, in seconds.
    pub timeout: Limit,
    /// Time that the platform adds to a synchronous call, in seconds.
    pub overhead: Distribution,
    /// Memory in bytes.
    pub memory: f64,
    /// Computing time at this memory over computing time at the memory of the measurement.
    pub cpu_factor: f64,
    /// Share of attempts that fail, drawn anew each time.
    pub transient_failures: f64,
    /// Share of events that fail every time.
    pub poison_events: f64,
    /// So many first attempts of every event fail.
    pub fail_attempts: u32,
    /// Whether failures hit single events of a batch or the whole invocation.
    pub failures_per_event: bool,
    /// Whether a repeated delivery of an event has no effect.
    pub idempotent: bool,
}

impl Mechanism for ComputeConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        let scaling = if settings.text("scaling").as_deref() == Some("fixed") {
            let instances = settings.own_limit("instances");
            Scaling::Fixed {
                instances: instances.unwrap_or_else(|| settings.limit("instances")),
                queue: settings.own_limit("queue_capacity"),
            }
        } else {
            Scaling::PerRequest(PerRequest::read(settings))
        };
        let memory = settings.quantity("memory");
        let measured = settings.optional("measured_memory").unwrap_or(memory);
        let full_cpu = settings.limit("memory_per_cpu").value;
        let share = |memory: f64| (memory / full_cpu).min(1.0);
        let work = match settings.value("work") {
            None => None,
            Some(value) => match work::parse(value) {
                Ok(steps) => Some(steps),
                Err(why) => {
                    settings.reject("work", why);
                    None
                }
            },
        };
        let recorded = settings.text("duration").is_some_and(|text| text.trim() == "recorded");
        Self {
            scaling,
            concurrency_per_instance: settings.count("concurrency_per_instance").max(1),
            duration: if recorded { None } else { Some(settings.distribution("duration")) },
            duration_per_event: settings.parsed("duration_per_event"),
            work,
            timeout: match settings.own_limit("timeout") {
                Some(limit) => limit,
                None => settings.limit("timeout_max"),
            },
            overhead: settings.distribution("overhead"),
            memory,
            cpu_factor: if full_cpu.is_finite() && memory > 0.0 { share(measured) / share(memory) } else { 1.0 },
            transient_failures: settings.quantity("transient_failures"),
            poison_events: settings.quantity("poison_events"),
            fail_attempts: settings.count("fail_attempts"),
            failures_per_event: settings.text("failures_per").as_deref() != Some("invocation"),
            idempotent: settings.flag("idempotent"),
        }
    }

    fn limits(&self) -> Vec<LimitUse<'_>> {
        let mut limits = match &self.scaling {
            Scaling::PerRequest(scaling) => scaling.limits(),
            Scaling::Fixed { instances, queue } => std::iter::once(instances.level()).chain(queue.as_ref().map(Limit::level)).collect(),
        };
        limits.push(self.timeout.level());
        limits
    }

    fn meters(&self) -> &'static [&'static str] {
        match self.scaling {
            Scaling::PerRequest(_) => &["requests", "duration"],
            Scaling::Fixed { .. } => &["instance_hours"],
        }
    }

    fn faults(&self) -> &'static [FaultKind] {
        match self.scaling {
            Scaling::PerRequest(_) => &[FaultKind::Capacity, FaultKind::Poison, FaultKind::Slow, FaultKind::Deploy],
            Scaling::Fixed { .. } => &[FaultKind::Capacity, FaultKind::Poison, FaultKind::Slow],
        }
    }

    fn tightens(&self) -> Vec<&str> {
        match &self.scaling {
            Scaling::PerRequest(scaling) => vec![&scaling.reserved.as_ref().unwrap_or(&scaling.account_concurrency).key],
            Scaling::Fixed { .. } => Vec::new(),
        }
    }
}

impl PerRequest {
    fn limits(&self) -> Vec<LimitUse<'_>> {
        let account = self.account_concurrency.level().outside(self.outside_concurrency);
        let reserved = self.reserved.as_ref().map(Limit::level);
        let rates = [self.scaling_burst.measured(Measure::RatePerStep), self.rate_per_concurrency.rate()];
        std::iter::once(account).chain(reserved).chain(rates).collect()
    }

    fn read(settings: &mut Settings<'_>) -> Self {
        Self {
            account_concurrency: settings.limit("concurrent_executions"),
            outside_concurrency: settings.outside("concurrent_executions"),
            reserved: settings.own_limit("reserved_concurrency"),
            provisioned: settings.count("provisioned_concurrency"),
            scaling_burst: settings.limit("scaling_burst"),
            scaling_rate: settings.limit("scaling_rate"),
            refill: match settings.text("scaling_refill").as_deref() {
                Some("stepped") => Refill::Stepped,
                _ => Refill::Continuous,
            },
            rate_per_concurrency: settings.limit("rate_per_concurrency"),
            init: settings.distribution("init"),
            cold_duration: settings.parsed("cold_duration"),
            idle_timeout: settings.distribution("idle_timeout"),
            pick: match settings.text("idle_pick").as_deref() {
                Some("newest-created") => IdlePick::NewestCreated,
                Some("least-recently-used") => IdlePick::LeastRecentlyUsed,
                _ => IdlePick::MostRecentlyUsed,
            },
            async_retries: settings.count("async_retries"),
            async_waits: [settings.limit("async_wait_1").value, settings.limit("async_wait_2").value],
            async_backoff: settings.limit("async_backoff").value,
            async_backoff_cap: settings.limit("async_backoff_cap").value,
            async_max_age: settings.quantity("async_max_age"),
            async_hop: settings.distribution("async_hop"),
        }
    }
}

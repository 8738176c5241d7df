//! What a runtime unit needs to know: function, container or server, on one family.

mod autoscaling;
mod fleet;
mod per_request;

pub use autoscaling::{
    Alarm, Autoscaling, Change, Cooldown, Horizontal, Knative, KnativeMetric, Metric, Select, Step as ScalingStep, Zero,
};
pub use fleet::{Fleet, GIGABYTE, Launches, Processors, Size};
pub use per_request::{Asynchronous, IdlePick, PerRequest, Provisioned, Refill, Snapshot, Start, Tracking};

use super::{Limit, LimitUse, Mechanism, Priced, Settings};
use crate::{Distribution, fault::FaultKind, work, work::Step};

/// How instances come and go.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "there is one for each node, read once")]
pub enum Scaling {
    /// One for each concurrent request, made on demand, from a pool of the account.
    PerRequest(PerRequest),
    /// Instances that stand all the time; requests wait in a line.
    Fleet(Fleet),
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
        let per_request = settings.text("scaling").as_deref() == Some("per-request");
        let scaling = if per_request { Scaling::PerRequest(PerRequest::read(settings)) } else { Scaling::Fleet(Fleet::read(settings)) };
        let (memory, cpu_factor) = if per_request { processor(settings) } else { (0.0, 1.0) };
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
            cpu_factor,
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
            Scaling::Fleet(fleet) => fleet.limits(),
        };
        limits.push(self.timeout.level());
        limits
    }

    fn meters(&self) -> &'static [&'static str] {
        match &self.scaling {
            Scaling::PerRequest(scaling) => scaling.meters(),
            Scaling::Fleet(fleet) => fleet.meters(),
        }
    }

    fn priced(&self, meter: &'static str) -> Priced<'_> {
        match &self.scaling {
            Scaling::Fleet(Fleet { size: Size::Instance { price, hourly }, .. }) => Priced { key: price, usd: *hourly },
            Scaling::Fleet(_) | Scaling::PerRequest(_) => Priced { key: meter, usd: None },
        }
    }

    fn faults(&self) -> &'static [FaultKind] {
        match self.scaling {
            Scaling::PerRequest(_) => &[FaultKind::Capacity, FaultKind::Poison, FaultKind::Slow, FaultKind::Deploy],
            Scaling::Fleet(_) => &[FaultKind::Capacity, FaultKind::Poison, FaultKind::Slow],
        }
    }

    fn tightens(&self) -> Vec<&str> {
        match &self.scaling {
            Scaling::PerRequest(scaling) => vec![&scaling.reserved.as_ref().unwrap_or(&scaling.account_concurrency).key],
            Scaling::Fleet(_) => Vec::new(),
        }
    }
}

/// Memory in bytes, and the computing time at it over the one at the memory of the measurement.
fn processor(settings: &mut Settings<'_>) -> (f64, f64) {
    let memory = settings.quantity("memory");
    let measured = settings.optional("measured_memory").unwrap_or(memory);
    let full_cpu = settings.limit("memory_per_cpu").value;
    let share = |memory: f64| (memory / full_cpu).min(1.0);
    (memory, if full_cpu.is_finite() && memory > 0.0 { share(measured) / share(memory) } else { 1.0 })
}

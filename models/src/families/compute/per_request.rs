//! Scaling by request: instances come with concurrent requests, from a pool that functions share.

use crate::{
    Distribution,
    families::{Limit, LimitUse, Measure, Settings},
};

/// Scaling by request, as functions do.
#[derive(Clone, Debug, PartialEq)]
pub struct PerRequest {
    /// Concurrent executions of the account.
    pub account_concurrency: Limit,
    /// Concurrent executions that others in the account use.
    pub outside_concurrency: f64,
    /// Concurrency of the account that no function may reserve.
    pub unreserved_minimum: f64,
    /// Concurrency that is set apart for this function.
    pub reserved: Option<Limit>,
    /// Instances that are kept ready.
    pub provisioned: Provisioned,
    /// New instances at once.
    pub scaling_burst: Limit,
    /// New instances per second.
    pub scaling_rate: Limit,
    /// How the allowance for new instances comes back.
    pub refill: Refill,
    /// Synchronous requests per second for each unit of concurrency.
    pub rate_per_concurrency: Limit,
    /// How a new instance becomes ready.
    pub start: Start,
    /// Duration of the first request of an instance where it differs, in seconds.
    pub cold_duration: Option<Distribution>,
    /// How long an idle instance lives, in seconds.
    pub idle_timeout: Distribution,
    /// How long an instance lives however busy it is, in seconds.
    pub max_life: Distribution,
    /// Which idle instance serves next.
    pub pick: IdlePick,
    /// Share of attempts whose process dies, so that the instance is initialized again.
    pub crashes: f64,
    /// Largest synchronous request in bytes.
    pub payload_sync: Limit,
    /// The queue of asynchronous events.
    pub asynchronous: Asynchronous,
    /// Invocations of one function in a chain of events before the chain is stopped.
    pub recursion: Limit,
    /// Whether instances have Arm processors.
    pub arm: bool,
    /// Temporary storage that is billed, in bytes.
    pub billed_storage: f64,
    /// What durations are rounded up to on the bill, in seconds.
    pub billed_step: f64,
}

/// Instances that are kept ready.
#[derive(Clone, Debug, PartialEq)]
pub struct Provisioned {
    /// How many; the least where they follow the load.
    pub instances: u32,
    /// Whether they are ready when the run begins, or are allocated then.
    pub ready_at_start: bool,
    /// Time before the first is allocated, at the start and after each change, in seconds.
    pub preparation: Distribution,
    /// Instances allocated per second.
    pub allocation_rate: f64,
    /// Synchronous requests per second for each of them.
    pub rate_per_instance: Limit,
    /// How they follow the load.
    pub tracking: Option<Tracking>,
}

/// Keeps the use of provisioned instances near a target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tracking {
    /// Most instances.
    pub max: u32,
    /// Share of them that should be in use.
    pub target: f64,
    /// Minutes above the target before there are more.
    pub minutes_out: u32,
    /// Minutes below the target before there are fewer.
    pub minutes_in: u32,
    /// Use below this share of the target is low.
    pub low: f64,
    /// How often the use is looked at, in seconds.
    pub period: f64,
}

/// How a new instance becomes ready.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    /// Finding a place for the instance and fetching its code there, in seconds.
    pub placement: Distribution,
    /// Loading of the runtime and the code, in seconds.
    pub init: Distribution,
    /// Longest initialization before the first invocation.
    pub init_timeout: Limit,
    /// Restoring of a snapshot instead, where one is taken.
    pub snapshot: Option<Snapshot>,
    /// Language and version.
    pub runtime: String,
    /// Whether the code comes as a container image.
    pub image: bool,
}

/// Restoring of a snapshot.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// Time that it takes, in seconds.
    pub restore: Distribution,
    /// Whether the provider charges for keeping and restoring it.
    pub billed: bool,
}

/// The queue of asynchronous events of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Asynchronous {
    /// Time from acceptance of an event to its first attempt, in seconds.
    pub hop: Distribution,
    /// Retries after a function error.
    pub retries: u32,
    /// Waits before those retries, in seconds.
    pub waits: [f64; 2],
    /// First wait after a throttle, in seconds.
    pub backoff: f64,
    /// Longest wait after a throttle, in seconds.
    pub backoff_cap: f64,
    /// Age in seconds at which an event is given up.
    pub max_age: f64,
    /// Largest event in bytes.
    pub payload: Limit,
    /// Bytes of an event that are part of its one request.
    pub metered_first: f64,
    /// Bytes beyond those that are metered as one more request.
    pub metered_chunk: f64,
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

impl PerRequest {
    pub(super) fn read(settings: &mut Settings<'_>) -> Self {
        let reserved = settings.own_limit("reserved_concurrency");
        let mut rate_per_concurrency = settings.limit("rate_per_concurrency");
        // Functions without a reservation share the account's concurrency, and with it the rate that comes with it.
        rate_per_concurrency.shared = reserved.is_none();
        let storage = settings.quantity("ephemeral_storage") - settings.limit("included_storage").value;
        Self {
            account_concurrency: settings.limit("concurrent_executions"),
            outside_concurrency: settings.outside("concurrent_executions"),
            unreserved_minimum: settings.limit("unreserved_minimum").value,
            reserved,
            provisioned: Provisioned::read(settings),
            scaling_burst: settings.limit("scaling_burst"),
            scaling_rate: settings.limit("scaling_rate"),
            refill: match settings.text("scaling_refill").as_deref() {
                Some("stepped") => Refill::Stepped,
                _ => Refill::Continuous,
            },
            rate_per_concurrency,
            start: Start::read(settings),
            cold_duration: settings.parsed("cold_duration"),
            idle_timeout: settings.distribution("idle_timeout"),
            max_life: settings.distribution("max_life"),
            pick: match settings.text("idle_pick").as_deref() {
                Some("newest-created") => IdlePick::NewestCreated,
                Some("least-recently-used") => IdlePick::LeastRecentlyUsed,
                _ => IdlePick::MostRecentlyUsed,
            },
            crashes: settings.quantity("crashes"),
            payload_sync: settings.limit("payload_sync"),
            asynchronous: Asynchronous::read(settings),
            recursion: settings.limit("recursion_limit"),
            arm: settings.text("architecture").as_deref() == Some("arm64"),
            billed_storage: storage.max(0.0),
            billed_step: settings.limit("billed_step").value,
        }
    }

    pub(super) fn limits(&self) -> Vec<LimitUse<'_>> {
        // A reservation is carved out of the account's concurrency: what others use does not reach it.
        let account = self.reserved.is_none().then(|| self.account_concurrency.level().outside(self.outside_concurrency));
        let reserved = self.reserved.as_ref().map(Limit::level);
        let provisioned = (self.provisioned.instances > 0).then(|| self.provisioned.rate_per_instance.rate());
        let rates = [self.scaling_burst.measured(Measure::RatePerStep), self.rate_per_concurrency.rate()];
        let levels = [&self.payload_sync, &self.asynchronous.payload, &self.start.init_timeout, &self.recursion].map(Limit::level);
        account.into_iter().chain(reserved).chain(provisioned).chain(rates).chain(levels).collect()
    }

    /// Prices of requests and duration; of all the rest too where there is anything to charge for.
    pub(super) fn meters(&self) -> &'static [&'static str] {
        const X86: &[&str] = &[
            "requests",
            "duration",
            "provisioned_duration",
            "provisioned_concurrency",
            "ephemeral_storage",
            "snapstart_cache",
            "snapstart_restore",
        ];
        const ARM: &[&str] = &[
            "requests",
            "duration_arm",
            "provisioned_duration_arm",
            "provisioned_concurrency_arm",
            "ephemeral_storage",
            "snapstart_cache",
            "snapstart_restore",
        ];
        let plain = self.provisioned.instances == 0 && self.start.snapshot.is_none() && self.billed_storage == 0.0;
        let all = if self.arm { ARM } else { X86 };
        if plain { &all[..2] } else { all }
    }

    /// Concurrency that it takes from the account's pool even when idle.
    pub fn set_apart(&self) -> f64 {
        self.reserved.as_ref().map_or(f64::from(self.provisioned.instances), |limit| limit.value)
    }
}

impl Provisioned {
    fn read(settings: &mut Settings<'_>) -> Self {
        let tracking = Tracking {
            max: settings.count("provisioned_max"),
            target: settings.quantity("provisioned_utilization"),
            minutes_out: settings.limit("provisioned_minutes_out").value as u32,
            minutes_in: settings.limit("provisioned_minutes_in").value as u32,
            low: settings.limit("provisioned_low").value,
            period: settings.limit("provisioned_period").value,
        };
        Self {
            instances: settings.count("provisioned_concurrency"),
            ready_at_start: settings.text("provisioned_start").as_deref() != Some("allocating"),
            preparation: settings.distribution("provisioned_preparation"),
            allocation_rate: settings.limit("provisioned_allocation_rate").value,
            rate_per_instance: settings.limit("provisioned_rate"),
            tracking: (tracking.max > 0).then_some(tracking),
        }
    }
}

impl Start {
    fn read(settings: &mut Settings<'_>) -> Self {
        let runtime = settings.text("runtime").unwrap_or_default();
        let package = settings.text("package").unwrap_or_default();
        let architecture = settings.text("architecture").unwrap_or_default();
        let init = settings.parsed("init").unwrap_or_else(|| match runtime.as_str() {
            SDK_AND_FRAMEWORK => settings.measured("init_sdk_framework"),
            runtime => settings.measured(&format!("init_{runtime}_{package}_{architecture}")),
        });
        // Some runtimes have their snapshots kept and restored for nothing.
        let billed = !runtime.starts_with("java");
        Self {
            placement: settings.distribution("placement"),
            init,
            init_timeout: settings.limit("init_timeout"),
            snapshot: {
                let restore = settings.distribution("restore");
                settings.flag("snap_start").then_some(Snapshot { restore, billed })
            },
            runtime,
            image: package == "image",
        }
    }
}

/// The runtime of which nothing is known but that it loads an SDK and a framework.
const SDK_AND_FRAMEWORK: &str = "sdk-framework";

impl Asynchronous {
    fn read(settings: &mut Settings<'_>) -> Self {
        Self {
            hop: settings.distribution("async_hop"),
            retries: settings.count("async_retries"),
            waits: [settings.limit("async_wait_1").value, settings.limit("async_wait_2").value],
            backoff: settings.limit("async_backoff").value,
            backoff_cap: settings.limit("async_backoff_cap").value,
            max_age: settings.quantity("async_max_age"),
            payload: settings.limit("payload_async"),
            metered_first: settings.limit("async_metered_first").value,
            metered_chunk: settings.limit("async_metered_chunk").value,
        }
    }
}

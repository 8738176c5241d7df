//! Instances that stand: servers, tasks, pods. Requests wait in a line while every worker is busy.

use super::autoscaling::Autoscaling;
use crate::{
    Distribution,
    families::{Limit, LimitUse, Settings},
};

/// Instances that stand whether they are used or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Fleet {
    /// Instances at the start of a run.
    pub start: u32,
    /// Fewest instances.
    pub least: u32,
    /// Most instances; the number itself where nothing changes it.
    pub most: Limit,
    /// Requests that may wait; without limit when absent.
    pub queue: Option<Limit>,
    /// From launch to service, in seconds.
    pub start_up: Distribution,
    /// Time that the image takes to arrive before that, in seconds.
    pub pull: f64,
    /// Time after which an instance that does not serve yet is replaced, in seconds.
    pub grace: Option<f64>,
    /// How long an instance may go on with its requests once it is told to stop, in seconds.
    pub stop_timeout: f64,
    /// Time between two failures of an instance, in seconds; `None` when they never fail.
    pub crash_interval: Option<Distribution>,
    /// What changes the number of instances; `None` for a fixed number.
    pub autoscaling: Option<Autoscaling>,
    /// How fast instances can be launched; `None` when nothing but the start-up holds them back.
    pub launches: Option<Launches>,
    /// The account's processors that instances are made of.
    pub processors: Option<Processors>,
    /// What is paid for.
    pub size: Size,
    /// Shortest time that is billed for an instance, in seconds.
    pub billed_least: f64,
}

/// How fast instances can be launched.
#[derive(Clone, Debug, PartialEq)]
pub struct Launches {
    /// By one service.
    pub service: Limit,
    /// By the account.
    pub account: Limit,
    /// By the account at once.
    pub burst: f64,
    /// By others in the account, per second.
    pub outside: f64,
}

/// Processors that the account may have at a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Processors {
    /// The account's quota.
    pub limit: Limit,
    /// Processors that others in the account use.
    pub outside: f64,
    /// Processors of one instance.
    pub each: f64,
    /// Time until a launch that found none is tried again, in seconds.
    pub retry: f64,
}

/// What is paid for while an instance stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Size {
    /// The instance as a whole.
    Instance {
        /// Key of its price.
        price: String,
        /// US dollars for an hour, where the user says so.
        hourly: Option<f64>,
    },
    /// Its processors and its memory.
    Parts {
        /// Virtual processors.
        vcpus: f64,
        /// Gigabytes of memory.
        gigabytes: f64,
        /// Least and most gigabytes that these processors are sold with.
        allowed: (f64, f64),
    },
}

/// Bytes in a gigabyte as providers of containers count.
pub const GIGABYTE: f64 = 1_073_741_824.0;

impl Fleet {
    pub(super) fn read(settings: &mut Settings<'_>) -> Self {
        let autoscaling = Autoscaling::read(settings);
        let start = settings.count("instances");
        let own = if autoscaling.is_some() { "max_instances" } else { "instances" };
        let most = settings.own_limit(own).unwrap_or_else(|| settings.limit(own));
        let pull = if settings.has("image_size") {
            let beyond = settings.quantity("image_size") - settings.limit("image_included").value;
            beyond.max(0.0) / settings.limit("image_pull_rate").value.max(1.0)
        } else {
            0.0
        };
        let size = Size::read(settings);
        Self {
            start,
            least: if autoscaling.is_some() { settings.count("min_instances") } else { start },
            most,
            queue: settings.own_limit("queue_capacity"),
            start_up: settings.distribution("start_up"),
            pull,
            grace: if settings.has("health_check_grace") { settings.optional("health_check_grace") } else { None },
            stop_timeout: if settings.has("stop_timeout") { settings.quantity("stop_timeout") } else { 0.0 },
            crash_interval: settings.parsed("crash_interval"),
            launches: settings.has_quota("service_launch_rate").then(|| Launches::read(settings)),
            processors: Processors::read(settings, &size),
            size,
            billed_least: settings.limit("billed_least").value,
            autoscaling,
        }
    }

    pub(super) fn limits(&self) -> Vec<LimitUse<'_>> {
        let mut limits = vec![self.most.level()];
        limits.extend(self.queue.as_ref().map(Limit::level));
        if let Some(Launches { service, account, burst, outside }) = &self.launches {
            limits.push(service.rate());
            limits.push(account.rate().outside(*outside).bucket(*burst));
        }
        limits.extend(self.processors.as_ref().map(|processors| processors.limit.level().outside(processors.outside)));
        limits
    }

    pub(super) fn meters(&self) -> &'static [&'static str] {
        match self.size {
            Size::Instance { .. } => &["instance_hours"],
            Size::Parts { .. } => &["vcpu_hours", "gb_hours"],
        }
    }
}

impl Launches {
    fn read(settings: &mut Settings<'_>) -> Self {
        Self {
            service: settings.limit("service_launch_rate"),
            account: settings.limit("launch_rate"),
            burst: settings.limit("launch_burst").value,
            outside: settings.outside("launch_rate"),
        }
    }
}

impl Processors {
    fn read(settings: &mut Settings<'_>, size: &Size) -> Option<Self> {
        if !settings.has_quota("vcpus") {
            return None;
        }
        Some(Self {
            limit: settings.limit("vcpus"),
            outside: settings.outside("vcpus"),
            each: match size {
                Size::Instance { .. } => settings.limit("vcpus_per_instance").value,
                Size::Parts { vcpus, .. } => *vcpus,
            },
            retry: settings.limit("launch_retry").value,
        })
    }
}

impl Size {
    fn read(settings: &mut Settings<'_>) -> Self {
        if settings.has("cpu") {
            let cpu = settings.text("cpu").unwrap_or_default();
            let cpu = cpu.trim();
            let mut gigabytes = |key: &str| settings.limit(&format!("memory_{key}_{cpu}")).value / GIGABYTE;
            let allowed = (gigabytes("least"), gigabytes("most"));
            let vcpus = cpu.parse().unwrap_or(0.0);
            return Self::Parts { vcpus, gigabytes: settings.quantity("memory") / GIGABYTE, allowed };
        }
        if settings.has("instance_type") {
            return Self::Instance { price: settings.text("instance_type").unwrap_or_default(), hourly: None };
        }
        Self::Instance { price: "instance_hours".to_owned(), hourly: settings.optional("hourly_price") }
    }
}

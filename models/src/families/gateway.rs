//! What a front door needs to know.

use super::{
    Limit, LimitUse, Mechanism, Settings,
    usage_plan::{UsagePlan, UsagePlans},
};
use crate::{Distribution, fault::FaultKind};

/// A front door: a managed API with token buckets, the address of a function, or a load balancer.
#[derive(Clone, Debug, PartialEq)]
pub struct GatewayConfig {
    /// Time that the door itself adds to a request, in seconds.
    pub overhead: Distribution,
    /// Largest request in bytes, where there is a bound.
    pub payload: Option<Limit>,
    /// Longest wait for what lies behind, where the door has a time-out of its own.
    pub timeout: Option<Limit>,
    /// What kind of door it is.
    pub door: Door,
}

/// Kinds of front doors.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "there is one for each node, read once")]
pub enum Door {
    /// An API that the provider manages.
    Api(ApiConfig),
    /// The address of one function; whatever limits the function limits it.
    FunctionUrl,
    /// A load balancer before one or several targets.
    Balancer(BalancerConfig),
}

/// A managed API.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiConfig {
    /// Requests per second of the account, over all of its APIs.
    pub account_rate: Limit,
    /// Bucket of the account, in requests.
    pub account_burst: Limit,
    /// Requests per second that others in the account use.
    pub outside_rate: f64,
    /// Throttle of this stage, requests per second.
    pub stage_rate: Option<Limit>,
    /// Bucket of this stage, in requests.
    pub stage_burst: Option<f64>,
    /// What only some kinds of APIs have.
    pub kind: ApiKind,
}

/// Kinds of managed APIs.
#[derive(Clone, Debug, PartialEq)]
pub enum ApiKind {
    /// With few features and a metered request size.
    Http {
        /// Bytes that are metered as one request.
        metered_chunk: f64,
    },
    /// With usage plans and a cache.
    Rest {
        /// Plans by which API keys are throttled.
        plans: Vec<UsagePlan>,
        /// Cache before the integrations.
        cache: Option<CacheConfig>,
        /// Whether clients reach it through the provider's edge locations.
        edge_optimized: bool,
        /// Shortest wait for the integration that can be set, in seconds.
        timeout_min: f64,
    },
}

/// A cache of responses.
#[derive(Clone, Debug, PartialEq)]
pub struct CacheConfig {
    /// Share of the requests that it answers.
    pub hit_ratio: f64,
    /// Its size, which is the price that it has.
    pub size: &'static CacheSize,
}

/// A size that a cache can have.
#[derive(Debug, PartialEq, Eq)]
pub struct CacheSize {
    word: &'static str,
    meters: [&'static str; 2],
}

/// The sizes that a cache can have, with the meters of an API that has one.
const CACHE_SIZES: [CacheSize; 8] = [
    CacheSize { word: "0.5 GB", meters: ["requests", "cache_0_5_gb"] },
    CacheSize { word: "1.6 GB", meters: ["requests", "cache_1_6_gb"] },
    CacheSize { word: "6.1 GB", meters: ["requests", "cache_6_1_gb"] },
    CacheSize { word: "13.5 GB", meters: ["requests", "cache_13_5_gb"] },
    CacheSize { word: "28.4 GB", meters: ["requests", "cache_28_4_gb"] },
    CacheSize { word: "58.2 GB", meters: ["requests", "cache_58_2_gb"] },
    CacheSize { word: "118 GB", meters: ["requests", "cache_118_gb"] },
    CacheSize { word: "237 GB", meters: ["requests", "cache_237_gb"] },
];

/// A load balancer.
#[derive(Clone, Debug, PartialEq)]
pub struct BalancerConfig {
    /// Which target takes a request.
    pub selection: Selection,
    /// Largest request that a function takes as a target, in bytes.
    pub function_payload: Limit,
    /// Bytes of a response, for the meter.
    pub response_size: f64,
    /// Requests of one connection.
    pub requests_per_connection: f64,
    /// Rules that a request is compared with.
    pub rules: f64,
    /// What a unit of capacity holds.
    pub unit: CapacityUnit,
}

/// Which target of a load balancer takes a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// One after the other.
    RoundRobin,
    /// The one with the fewest requests under way.
    LeastOutstanding,
    /// By the shares of the edges.
    Weighted,
}

/// What a unit of a load balancer's capacity holds; the dimension that needs most units is billed.
#[derive(Clone, Debug, PartialEq)]
pub struct CapacityUnit {
    /// New connections per second.
    pub new_connections: f64,
    /// Connections at a time.
    pub active_connections: f64,
    /// Bytes per hour to servers.
    pub server_bytes: f64,
    /// Bytes per hour to functions.
    pub function_bytes: f64,
    /// Compared rules per second.
    pub rule_evaluations: f64,
    /// Rules that are compared for nothing.
    pub free_rules: f64,
}

impl Mechanism for GatewayConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        let overhead = settings.distribution("overhead");
        match settings.text("door").as_deref() {
            Some("load-balancer") => Self {
                overhead,
                payload: None,
                timeout: Some(settings.own_limit("idle_timeout").unwrap_or_else(|| settings.limit("idle_timeout"))),
                door: Door::Balancer(BalancerConfig::read(settings)),
            },
            Some("function-url") => {
                Self { overhead, payload: Some(settings.limit("payload_size")), timeout: None, door: Door::FunctionUrl }
            }
            _ => Self {
                overhead,
                payload: Some(settings.limit("payload_size")),
                timeout: Some(settings.limit("integration_timeout")),
                door: Door::Api(ApiConfig::read(settings)),
            },
        }
    }

    fn limits(&self) -> Vec<LimitUse<'_>> {
        let own = [&self.payload, &self.timeout].into_iter().flatten().map(Limit::level);
        match &self.door {
            Door::Api(api) => api.limits().chain(own).collect(),
            Door::FunctionUrl => own.collect(),
            Door::Balancer(balancer) => own.chain([balancer.function_payload.level()]).collect(),
        }
    }

    fn meters(&self) -> &'static [&'static str] {
        match &self.door {
            Door::Api(ApiConfig { kind: ApiKind::Rest { cache: Some(cache), .. }, .. }) => &cache.size.meters,
            Door::Api(_) => &["requests"],
            Door::FunctionUrl => &[],
            Door::Balancer(_) => &["hours", "capacity_units"],
        }
    }

    fn faults(&self) -> &'static [FaultKind] {
        &[FaultKind::Slow]
    }

    fn tightens(&self) -> Vec<&str> {
        match &self.door {
            Door::Api(api) => std::iter::once(&api.account_rate).chain(&api.stage_rate).map(|limit| limit.key.as_str()).collect(),
            Door::FunctionUrl | Door::Balancer(_) => Vec::new(),
        }
    }
}

impl ApiConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        let kind = if settings.text("door").as_deref() == Some("rest-api") {
            // The provider keeps a whole number of keys, so plans are checked against it.
            let keys = settings.limit("api_keys");
            let mut plans: UsagePlans = settings.parsed("usage_plans").unwrap_or_default();
            if plans.0.iter().map(|plan| f64::from(plan.keys)).sum::<f64>() > keys.value {
                settings.reject("usage_plans", format!("an account has at most {} API keys", keys.value));
            }
            for plan in &mut plans.0 {
                let limits = [plan.rate.as_mut().map(|rate| &mut rate.limit), plan.quota.as_mut().map(|quota| &mut quota.limit)];
                limits.into_iter().flatten().for_each(|limit| limit.service.clone_from(&keys.service));
            }
            let size = settings.text("cache").and_then(|word| CACHE_SIZES.iter().find(|size| size.word == word));
            let hit_ratio = settings.quantity("cache_hit_ratio");
            ApiKind::Rest {
                plans: plans.0,
                cache: size.map(|size| CacheConfig { hit_ratio, size }),
                edge_optimized: settings.text("endpoint").as_deref() == Some("edge-optimized"),
                timeout_min: settings.limit("integration_timeout_min").value,
            }
        } else {
            ApiKind::Http { metered_chunk: settings.limit("metered_chunk").value }
        };
        Self {
            account_rate: settings.limit("account_rate"),
            account_burst: settings.limit("account_burst"),
            outside_rate: settings.outside("account_rate"),
            stage_rate: settings.own_limit("stage_rate"),
            stage_burst: settings.optional("stage_burst"),
            kind,
        }
    }

    fn limits(&self) -> impl Iterator<Item = LimitUse<'_>> {
        let account = self.account_rate.rate().outside(self.outside_rate).bucket(self.account_burst.value);
        let plans: &[UsagePlan] = match &self.kind {
            ApiKind::Http { .. } => &[],
            ApiKind::Rest { plans, .. } => plans,
        };
        let plans = plans.iter().flat_map(|plan| {
            let rate = plan.rate.as_ref().map(|rate| rate.limit.rate());
            rate.into_iter().chain(plan.quota.as_ref().map(|quota| quota.limit.level()))
        });
        std::iter::once(account).chain(self.stage_rate.as_ref().map(Limit::rate)).chain(plans)
    }
}

impl BalancerConfig {
    fn read(settings: &mut Settings<'_>) -> Self {
        Self {
            selection: match settings.text("selection").as_deref() {
                Some("least-outstanding-requests") => Selection::LeastOutstanding,
                Some("weighted") => Selection::Weighted,
                _ => Selection::RoundRobin,
            },
            function_payload: settings.limit("function_payload"),
            response_size: settings.quantity("response_size"),
            requests_per_connection: settings.quantity("requests_per_connection").max(1.0),
            rules: settings.quantity("rules"),
            unit: CapacityUnit {
                new_connections: settings.limit("unit_new_connections").value,
                active_connections: settings.limit("unit_active_connections").value,
                server_bytes: settings.limit("unit_server_bytes").value,
                function_bytes: settings.limit("unit_function_bytes").value,
                rule_evaluations: settings.limit("unit_rule_evaluations").value,
                free_rules: settings.limit("free_rules").value,
            },
        }
    }
}

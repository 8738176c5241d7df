//! The throttles of a managed API, in the order of the documentation: API key, method, stage, account.

use std::collections::BTreeMap;

use plimsoll_models::families::{ApiConfig, ApiKind, UsagePlan};

use crate::{
    core::{Core, Item},
    parts::TokenBucket,
    program::{NodeProgram, Program},
    rng::mix,
    time::{Nanos, SECOND, nanos},
};

/// The throttles of an API.
#[derive(Clone, Debug)]
pub(super) struct Throttle {
    account_bucket: u32,
    account_limit: u32,
    stage: Option<(TokenBucket, u32)>,
    /// Those of the methods that have one, by their edges.
    methods: BTreeMap<u32, (TokenBucket, u32)>,
    plans: Vec<Plan>,
}

/// A usage plan.
#[derive(Clone, Debug)]
struct Plan {
    /// Event types whose senders have a key of it; empty for all.
    types: Box<[u16]>,
    rate_limit: Option<u32>,
    quota: Option<Quota>,
    keys: Vec<Key>,
}

#[derive(Clone, Copy, Debug)]
struct Quota {
    limit: u32,
    requests: u64,
    period: Nanos,
}

/// An API key: its bucket, its demand in this second, its use in this period.
#[derive(Clone, Debug)]
struct Key {
    bucket: Option<TokenBucket>,
    second: u64,
    demand: u64,
    period: u64,
    used: u64,
}

impl Throttle {
    pub(super) fn new(program: &Program, node: &NodeProgram, config: &ApiConfig) -> Self {
        let stage = config.stage_rate.as_ref().map(|limit| {
            let burst = config.stage_burst.unwrap_or(limit.value.max(1.0));
            (TokenBucket::new(burst, limit.value), node.limits[&limit.key])
        });
        let method = |edge: &u32| {
            let (rate, burst, limit) = program.edges[*edge as usize].method?;
            Some((*edge, (TokenBucket::new(burst, rate), limit)))
        };
        let plans: &[UsagePlan] = match &config.kind {
            ApiKind::Http { .. } => &[],
            ApiKind::Rest { plans, .. } => plans,
        };
        Self {
            account_bucket: node.buckets[&config.account_rate.key],
            account_limit: node.limits[&config.account_rate.key],
            stage,
            methods: node.calls.iter().filter_map(method).collect(),
            plans: plans.iter().map(|plan| Plan::new(program, node, plan)).collect(),
        }
    }

    /// A fault leaves so much of the stage's throttle, if it is that one.
    pub(super) fn tighten(&mut self, now: Nanos, limit: u32, left: f64) {
        if let Some((bucket, own)) = &mut self.stage
            && *own == limit
        {
            bucket.tighten(now, left);
        }
    }

    /// Whether it matters which method a request is for.
    pub(super) fn has_methods(&self) -> bool {
        !self.methods.is_empty()
    }

    /// The first throttle that refuses a request for a method, if any; a request takes a token of each bucket only if all
    /// have one.
    pub(super) fn refusal(&mut self, core: &mut Core, item: &Item, method: Option<u32>) -> Option<u32> {
        let now = core.now();
        core.limits[self.account_limit as usize].demand(now, 1.0);
        let plan = self.plans.iter_mut().find(|plan| plan.types.is_empty() || plan.types.contains(&item.event_type));
        let mut plan = plan.map(|plan| {
            let key = mix(core.journeys[item.journey].key, 0x0a91) % plan.keys.len() as u64;
            (plan, key as usize)
        });
        if let Some((plan, key)) = &mut plan
            && let Some(limit) = plan.refusal(core, now, *key)
        {
            return Some(limit);
        }
        let mut method = method.and_then(|edge| self.methods.get_mut(&edge));
        for (bucket, limit) in method.iter_mut().map(|method| &mut **method).chain(&mut self.stage) {
            core.limits[*limit as usize].demand(now, 1.0);
            if !bucket.has(now, 1.0) {
                return Some(*limit);
            }
        }
        if !core.buckets[self.account_bucket as usize].take(now, 1.0) {
            return Some(self.account_limit);
        }
        for (bucket, _) in method.into_iter().chain(&mut self.stage) {
            bucket.take(now, 1.0);
        }
        if let Some((plan, key)) = plan {
            let key = &mut plan.keys[key];
            key.used += 1;
            if let Some(bucket) = &mut key.bucket {
                bucket.take(now, 1.0);
            }
        }
        None
    }
}

impl Plan {
    fn new(program: &Program, node: &NodeProgram, plan: &UsagePlan) -> Self {
        let named = |name: &String| program.event_types.iter().position(|known| known.id.as_ref().is_some_and(|id| id.as_str() == name));
        let bucket = plan.rate.as_ref().map(|rate| TokenBucket::new(rate.burst, rate.limit.value));
        let quota = plan.quota.as_ref().map(|quota| Quota {
            limit: node.limits[&quota.limit.key],
            requests: quota.limit.value as u64,
            period: nanos(quota.period).max(1),
        });
        Self {
            types: plan.events.iter().filter_map(named).map(|index| index as u16).collect(),
            rate_limit: plan.rate.as_ref().map(|rate| node.limits[&rate.limit.key]),
            quota,
            keys: vec![Key { bucket, second: 0, demand: 0, period: 0, used: 0 }; plan.keys as usize],
        }
    }

    fn refusal(&mut self, core: &mut Core, now: Nanos, key: usize) -> Option<u32> {
        let key = &mut self.keys[key];
        if let Some(Quota { limit, requests, period }) = self.quota {
            if now / period != key.period {
                (key.period, key.used) = (now / period, 0);
            }
            core.limits[limit as usize].level(now, (key.used + 1) as f64);
            if key.used >= requests {
                return Some(limit);
            }
        }
        if let (Some(bucket), Some(limit)) = (&mut key.bucket, self.rate_limit) {
            if now / SECOND != key.second {
                (key.second, key.demand) = (now / SECOND, 0);
            }
            key.demand += 1;
            // The limit holds for each key, so its use is that of the busiest one.
            core.limits[limit as usize].level(now, key.demand as f64);
            if !bucket.has(now, 1.0) {
                return Some(limit);
            }
        }
        None
    }
}

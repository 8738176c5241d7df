//! Usage plans: how an API throttles the keys of its customers.

use std::str::FromStr;

use super::Limit;
use crate::{
    catalog::QuotaKind,
    spelling::{Call, split},
    units::{self, Quantity},
};

/// Most plans of one API.
const PLANS_MAX: usize = 300;

/// Most keys of all plans of an API: each has a bucket of its own.
const KEYS_MAX: u64 = 1_000_000;

/// A plan. Its customers are told apart by the type of the events that they send; within a type, requests are spread
/// over the keys by the partition key of the event.
#[derive(Clone, Debug, PartialEq)]
pub struct UsagePlan {
    /// Event types whose senders have a key of this plan; empty for every type that no earlier plan names.
    pub events: Vec<String>,
    /// Keys of the plan, each with a bucket and a quota of its own.
    pub keys: u32,
    /// Throttle of each key.
    pub rate: Option<PlanRate>,
    /// Requests of each key in a period.
    pub quota: Option<PlanQuota>,
}

/// The throttle of a key.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanRate {
    /// Requests per second.
    pub limit: Limit,
    /// Bucket in requests.
    pub burst: f64,
}

/// The quota of a key.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanQuota {
    /// Requests in a period.
    pub limit: Limit,
    /// Length of the period in seconds; periods begin with the run.
    pub period: f64,
}

/// Plans in the order in which they are compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UsagePlans(pub Vec<UsagePlan>);

const DAY: f64 = 86_400.0;

impl FromStr for UsagePlans {
    type Err = String;

    /// Reads `plan(events=Free, keys=100, rate=10/s, burst=20, quota=1000, per=day); plan(rate=500/s, burst=1000)`.
    fn from_str(text: &str) -> Result<Self, String> {
        let texts = split(text, ';')?;
        let texts: Vec<&str> = texts.into_iter().map(str::trim).filter(|text| !text.is_empty()).collect();
        if texts.len() > PLANS_MAX {
            return Err(format!("more than {PLANS_MAX} usage plans"));
        }
        let plans: Vec<UsagePlan> = texts.iter().enumerate().map(|(index, text)| plan(index + 1, text)).collect::<Result<_, _>>()?;
        let keys: u64 = plans.iter().map(|plan| u64::from(plan.keys)).sum();
        if keys > KEYS_MAX {
            return Err(format!("{keys} keys are more than a run can keep in mind, {KEYS_MAX} at most"));
        }
        Ok(Self(plans))
    }
}

fn plan(number: usize, text: &str) -> Result<UsagePlan, String> {
    let call = Call::parse(text)?.filter(|call| call.name == "plan");
    let call = call.ok_or_else(|| format!("`{text}` is not a plan such as plan(events=Free, rate=10/s, burst=20, quota=1000, per=day)"))?;
    call.only(&["events", "keys", "rate", "burst", "quota", "per"])?;
    let whole = |name: &str| match call.named(name).map(units::parse_number).transpose()? {
        Some(count) if count < 1.0 || count.fract() != 0.0 => Err(format!("`{name}` of plan {number} is a whole number above zero")),
        count => Ok(count),
    };
    let rate = call.named("rate").map(units::parse_rate).transpose()?;
    let (burst, quota) = (whole("burst")?, whole("quota")?);
    if burst.is_some() && rate.is_none() {
        return Err(format!("plan {number} has a burst without a rate"));
    }
    let period = match call.named("per") {
        None | Some("day") => DAY,
        Some("week") => 7.0 * DAY,
        Some("month") => 30.0 * DAY,
        Some(other) => return Err(format!("`per` of plan {number} is day, week or month, not `{other}`")),
    };
    if call.named("per").is_some() && quota.is_none() {
        return Err(format!("plan {number} has a period without a quota"));
    }
    if rate.is_none() && quota.is_none() {
        return Err(format!("plan {number} limits nothing; give it a rate or a quota"));
    }
    Ok(UsagePlan {
        events: call.named("events").into_iter().flat_map(str::split_whitespace).map(str::to_owned).collect(),
        keys: whole("keys")?.unwrap_or(1.0).min(f64::from(u32::MAX)) as u32,
        rate: rate.map(|value| PlanRate {
            limit: limit(format!("plan_{number}_rate"), format!("Rate of a key, plan {number}"), value, Quantity::Rate),
            burst: burst.unwrap_or(value.max(1.0)),
        }),
        quota: quota.map(|value| PlanQuota {
            limit: limit(format!("plan_{number}_quota"), format!("Quota of a key, plan {number}"), value, Quantity::Count),
            period,
        }),
    })
}

fn limit(key: String, title: String, value: f64, quantity: Quantity) -> Limit {
    Limit {
        key,
        service: String::new(),
        title,
        value,
        quantity,
        unit: "requests".to_owned(),
        kind: QuotaKind::Configurable,
        scope: "API key".to_owned(),
        shared: false,
        source: "set on the drawing".to_owned(),
        assumed: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_read_in_order() {
        let UsagePlans(plans) =
            "plan(events=Free Trial, keys=100, rate=10/s, burst=20, quota=1000, per=week); plan(rate=500/s)".parse().unwrap();
        assert_eq!(plans[0].events, ["Free", "Trial"]);
        assert_eq!((plans[0].keys, plans[0].rate.as_ref().unwrap().burst), (100, 20.0));
        assert_eq!(plans[0].quota.as_ref().map(|quota| (quota.limit.value, quota.period)), Some((1_000.0, 7.0 * DAY)));
        assert_eq!((plans[1].keys, plans[1].rate.as_ref().unwrap().burst), (1, 500.0));
        assert!(plans[1].events.is_empty() && plans[1].quota.is_none());
        assert_eq!("".parse(), Ok(UsagePlans::default()));
    }

    #[test]
    fn mistakes_are_named() {
        for text in [
            "gold",
            "plan()",
            "plan(burst=5)",
            "plan(rate=5)x",
            "plan(rate=5/s, per=day)",
            "plan(quota=10, per=hour)",
            "plan(quota=0)",
            "plan(rate=1/s, keys=1.5)",
            "plan(rate=1/s, mood=good)",
            "plan(rate=1/s, keys=1e9)",
            "plan(rate=1/s, keys=600000); plan(rate=2/s, keys=600000)",
        ] {
            assert!(text.parse::<UsagePlans>().is_err(), "{text}");
        }
    }
}

//! A month's bill: what is free, and what is cheaper above a number of units, counted over the whole account.
//!
//! All nodes that use a price share its tiers, and all prices that name an allowance share that. Each takes its part in
//! proportion to its units, so that the order of nodes does not matter. What is free comes off first; tiers count the
//! units that remain.

use std::collections::BTreeMap;

use plimsoll_models::{
    Service,
    catalog::{Allowance, Price, Provenance},
};

/// Hours of the month that storage is priced by: those of a year over twelve.
pub(crate) const HOURS_PER_MONTH: f64 = 730.0;

/// Where the user's own prices come from.
const SET_BY_USER: &str = "set on the drawing";

/// A price, and under which names it is counted in the account.
#[derive(Clone, Debug)]
pub struct Tariff {
    /// The price.
    pub price: Price,
    account_key: String,
    free: Option<Free>,
}

/// What is free of the units of a price.
#[derive(Clone, Debug)]
struct Free {
    account_key: String,
    per_month: f64,
}

impl Tariff {
    /// The price of a service with this key, unless it only informs.
    pub fn of(service: &Service, key: &str) -> Option<Self> {
        let price = service.price(key).filter(|price| price.informational.is_none())?;
        let free = |allowance: &Allowance| Free { account_key: allowance.account_key(service), per_month: allowance.per_month };
        Some(Self { price: price.clone(), account_key: format!("{}.{key}", service.id), free: service.allowance(price).map(free) })
    }

    /// At a price for one unit that the user has set, which knows neither tiers nor allowances.
    pub(crate) fn set(mut self, usd: f64) -> Self {
        (self.price.usd, self.price.per) = (usd, 1.0);
        self.price.tiers.clear();
        SET_BY_USER.clone_into(&mut self.price.provenance.source);
        self.free = None;
        self
    }

    /// The price that the user has set for a call of something outside.
    pub(crate) fn call(usd: f64) -> Self {
        let price = Price {
            key: "calls".to_owned(),
            title: "Calls".to_owned(),
            usd,
            per: 1.0,
            unit: "call".to_owned(),
            free: None,
            tiers: Vec::new(),
            kept: false,
            informational: None,
            provenance: Provenance { source: SET_BY_USER.to_owned(), ..Provenance::default() },
        };
        Self { price, account_key: String::new(), free: None }
    }

    /// US dollars for one unit.
    pub(crate) fn each(&self) -> f64 {
        self.price.each()
    }
}

/// Units that something uses in a month.
#[derive(Clone, Copy, Debug)]
pub struct Use<'a> {
    /// What they cost.
    pub tariff: &'a Tariff,
    /// How many.
    pub units: f64,
}

/// What the units of a [`Use`] come to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Charge {
    /// Units that the free tier covers.
    pub free_units: f64,
    /// US dollars without the free tier.
    pub usd: f64,
    /// US dollars with the free tier.
    pub free_tier_usd: f64,
}

/// The bill of an account for a month: a charge for each use, in their order.
pub fn charges(uses: &[Use<'_>]) -> Vec<Charge> {
    let mut claims: BTreeMap<&str, f64> = BTreeMap::new();
    for Use { tariff, units } in uses {
        if let Some(free) = &tariff.free {
            *claims.entry(&free.account_key).or_default() += units;
        }
    }
    let free_units = |Use { tariff, units }: &Use<'_>| {
        let Some(Free { account_key, per_month }) = &tariff.free else { return 0.0 };
        let claimed = claims[account_key.as_str()];
        if claimed > *per_month { (units / claimed * per_month).min(*units) } else { *units }
    };
    let free: Vec<f64> = uses.iter().map(free_units).collect();
    let all = priced(uses.iter().map(|used| (used.tariff, used.units)));
    let rest = priced(uses.iter().zip(&free).map(|(used, free)| (used.tariff, used.units - free)));
    let charge = |((free_units, usd), free_tier_usd)| Charge { free_units, usd, free_tier_usd };
    free.into_iter().zip(all).zip(rest).map(charge).collect()
}

/// US dollars for the units at each tariff: its part of what all units at the same one cost.
fn priced<'a>(uses: impl Iterator<Item = (&'a Tariff, f64)> + Clone) -> Vec<f64> {
    let mut together: BTreeMap<&str, f64> = BTreeMap::new();
    for (tariff, units) in uses.clone() {
        *together.entry(&tariff.account_key).or_default() += units;
    }
    let part = |(tariff, units): (&Tariff, f64)| {
        let all = together[tariff.account_key.as_str()];
        if all > 0.0 { units / all * tariff.price.for_month(all) } else { 0.0 }
    };
    uses.map(part).collect()
}

#[cfg(test)]
mod tests {
    use plimsoll_models::{Catalog, ServiceId};

    use super::*;

    fn tariff(service: &str, key: &str) -> Tariff {
        Tariff::of(Catalog::embedded().get(&ServiceId::new(service)).unwrap(), key).unwrap()
    }

    /// Free units and both bills of each use, in the order of the uses.
    fn bill(uses: &[(&Tariff, f64)]) -> Vec<(f64, f64, f64)> {
        let uses: Vec<Use<'_>> = uses.iter().map(|(tariff, units)| Use { tariff, units: *units }).collect();
        charges(&uses).into_iter().map(|charge| (charge.free_units, charge.usd, charge.free_tier_usd)).collect()
    }

    #[track_caller]
    fn check(told: &[(f64, f64, f64)], expected: &[(f64, f64, f64)]) {
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * b.abs().max(1e-3);
        let same = |(a, b): (&(f64, f64, f64), &(f64, f64, f64))| near(a.0, b.0) && near(a.1, b.1) && near(a.2, b.2);
        assert!(told.len() == expected.len() && told.iter().zip(expected).all(same), "{told:?}, not {expected:?}");
    }

    #[test]
    fn below_the_free_amount_nothing_is_paid() {
        let requests = tariff("aws/lambda", "requests");
        check(&bill(&[(&requests, 400_000.0)]), &[(400_000.0, 0.08, 0.0)]);
        check(&bill(&[(&requests, 1_000_000.0)]), &[(1_000_000.0, 0.2, 0.0)]);
    }

    #[test]
    fn above_the_free_amount_the_rest_is_paid() {
        let requests = tariff("aws/lambda", "requests");
        check(&bill(&[(&requests, 3_500_000.0)]), &[(1_000_000.0, 0.7, 0.5)]);
    }

    /// 10 billion GB-s: 6 billion at the first price and 4 billion at the second; without the free 400,000 GB-s at the
    /// second one.
    #[test]
    fn units_beyond_a_tier_are_charged_at_its_price() {
        let duration = tariff("aws/lambda", "duration");
        let usd = 6e9 * 0.000_016_666_7 + 4e9 * 0.000_015;
        check(&bill(&[(&duration, 1e10)]), &[(400_000.0, usd, usd - 400_000.0 * 0.000_015)]);
        let usd = 6e9 * 0.000_016_666_7 + 9e9 * 0.000_015 + 5e9 * 0.000_013_333_4;
        check(&bill(&[(&duration, 2e10)]), &[(400_000.0, usd, usd - 400_000.0 * 0.000_013_333_4)]);
    }

    /// 3 of 4 million requests take 3 of 4 parts of the free million.
    #[test]
    fn two_nodes_share_what_is_free_by_their_units() {
        let requests = tariff("aws/lambda", "requests");
        check(&bill(&[(&requests, 3e6), (&requests, 1e6)]), &[(750_000.0, 0.6, 0.45), (250_000.0, 0.2, 0.15)]);
    }

    /// Of 500 million requests 333 million cost 3.50 USD a million and the others 2.80 USD, whoever made them.
    #[test]
    fn two_nodes_share_tiers_by_their_units() {
        let requests = tariff("aws/api-gateway-rest", "requests");
        let usd = 333.0 * 3.5 + 167.0 * 2.8;
        check(&bill(&[(&requests, 4e8), (&requests, 1e8)]), &[(0.0, usd * 0.8, usd * 0.8), (0.0, usd * 0.2, usd * 0.2)]);
    }

    /// 600,000 GB-s on x86 and 200,000 on Arm: 300,000 and 100,000 are free.
    #[test]
    fn prices_and_services_share_an_allowance() {
        let (x86, arm) = (tariff("aws/lambda", "duration"), tariff("aws/lambda", "duration_arm"));
        check(&bill(&[(&x86, 600_000.0), (&arm, 200_000.0)]), &[(300_000.0, 10.000_02, 5.000_01), (100_000.0, 2.666_68, 1.333_34)]);
        let (standard, fifo) = (tariff("aws/sqs", "requests"), tariff("aws/sqs-fifo", "requests"));
        check(&bill(&[(&standard, 1.5e6), (&fifo, 0.5e6)]), &[(750_000.0, 0.6, 0.3), (250_000.0, 0.25, 0.125)]);
    }

    #[test]
    fn what_has_no_allowance_costs_the_same_with_and_without_the_free_tier() {
        let shards = tariff("aws/kinesis", "shard_hours");
        check(&bill(&[(&shards, 1_460.0)]), &[(0.0, 21.9, 21.9)]);
    }

    #[test]
    fn the_price_of_the_user_has_neither_tiers_nor_allowance() {
        let requests = tariff("aws/lambda", "requests").set(0.01);
        check(&bill(&[(&requests, 2_000.0)]), &[(0.0, 20.0, 20.0)]);
    }

    #[test]
    fn nothing_costs_nothing() {
        check(&bill(&[]), &[]);
        check(&bill(&[(&tariff("aws/lambda", "requests"), 0.0)]), &[(0.0, 0.0, 0.0)]);
    }
}

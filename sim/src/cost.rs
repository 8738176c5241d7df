//! Meters times prices: what a run cost.

use plimsoll_models::families::Config;

use crate::{
    core::Core,
    nodes::Account,
    result::{CostItem, CostResult},
    time::seconds,
};

/// The bill of a run.
///
/// `accounts` holds the units of each node, in the order of its meters.
pub(crate) fn bill(core: &Core, accounts: &[Account]) -> CostResult {
    let mut items = Vec::new();
    for (node, Account { billed, .. }) in core.program.nodes.iter().zip(accounts) {
        for (units, price) in billed.iter().zip(&node.prices) {
            let Some(price) = price else { continue };
            items.push(CostItem {
                node: node.id.clone(),
                meter: price.key.clone(),
                title: price.title.clone(),
                units: *units,
                unit: price.unit.clone(),
                usd: units * price.each(),
                source: price.provenance.source.clone(),
            });
        }
        if let Config::External(config) = &node.config
            && config.price_per_call > 0.0
        {
            items.push(CostItem {
                node: node.id.clone(),
                meter: "calls".to_owned(),
                title: "Calls".to_owned(),
                units: billed[0],
                unit: "call".to_owned(),
                usd: billed[0] * config.price_per_call,
                source: "set on the drawing".to_owned(),
            });
        }
    }
    for (edge, meter) in core.program.edges.iter().zip(core.edges.iter()) {
        let Some(price) = &edge.poller_price else { continue };
        let hours = meter.poll.pollers.total(core.now()) as f64 / 3.6e12;
        items.push(CostItem {
            node: core.program.nodes[edge.to as usize].id.clone(),
            meter: price.key.clone(),
            title: price.title.clone(),
            units: hours,
            unit: price.unit.clone(),
            usd: hours * price.each(),
            source: price.provenance.source.clone(),
        });
    }
    let total: f64 = items.iter().map(|item| item.usd).sum();
    let hours = seconds(core.now()) / 3_600.0;
    CostResult {
        total_usd: total,
        per_hour_usd: if hours > 0.0 { total / hours } else { 0.0 },
        per_thousand_usd: if core.requests > 0 { total * 1_000.0 / core.requests as f64 } else { 0.0 },
        items,
    }
}

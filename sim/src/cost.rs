//! Meters times prices: what a run cost.

use plimsoll_models::families::{CapacityMode, Config, Scaling};

use crate::{
    core::Core,
    result::{CostItem, CostResult},
    time::seconds,
};

/// Keys of the prices of a family, in the order of its meters.
pub(crate) fn meters(config: &Config) -> &'static [&'static str] {
    match config {
        Config::Gateway(_) | Config::Queue(_) => &["requests"],
        Config::Compute(config) => match config.scaling {
            Scaling::PerRequest(_) => &["requests", "duration"],
            Scaling::Fixed { .. } => &["instance_hours"],
        },
        Config::Topic(_) => &["publishes"],
        Config::Bus(_) => &["events"],
        Config::Table(config) => match config.mode {
            CapacityMode::OnDemand { .. } => &["write_requests", "read_requests"],
            CapacityMode::Provisioned { .. } => &["write_unit_hours", "read_unit_hours"],
        },
        Config::Producer(_) | Config::External(_) | Config::Station(_) => &[],
    }
}

/// Bytes in the GB of a GB-second.
const GIB: f64 = 1_073_741_824.0;

/// Units used by a node, in the order of its meters.
pub(crate) fn units(core: &Core, node: usize) -> Vec<f64> {
    let meter = &core.nodes[node];
    let hours = seconds(core.now()) / 3_600.0;
    let counted = |at: usize| meter.units[at] as f64;
    match &core.program.nodes[node].config {
        Config::Gateway(_) | Config::Topic(_) | Config::Bus(_) | Config::Queue(_) => vec![counted(0)],
        Config::Compute(config) => match &config.scaling {
            Scaling::PerRequest(_) => vec![counted(0), counted(1) / 1_000.0 * config.memory / GIB],
            Scaling::Fixed { instances, .. } => vec![instances.value * hours],
        },
        Config::Table(config) => match &config.mode {
            CapacityMode::OnDemand { .. } => vec![counted(0) / 2.0, counted(1) / 2.0],
            CapacityMode::Provisioned { write_units, read_units, .. } => vec![write_units.value * hours, read_units.value * hours],
        },
        Config::External(_) => vec![counted(0)],
        Config::Producer(_) | Config::Station(_) => Vec::new(),
    }
}

/// The bill of a run.
pub(crate) fn bill(core: &Core) -> CostResult {
    let mut items = Vec::new();
    for (index, node) in core.program.nodes.iter().enumerate() {
        let units = units(core, index);
        for (units, price) in units.iter().zip(&node.prices) {
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
                units: units[0],
                unit: "call".to_owned(),
                usd: units[0] * config.price_per_call,
                source: "set on the drawing".to_owned(),
            });
        }
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

//! Meters times prices: what a run cost, and when.

use plimsoll_models::{catalog::Price, families::Config};

use crate::{
    core::Core,
    nodes::Account,
    program::{NodeProgram, Program},
    record::{Windows, series::put},
    result::{CostItem, CostResult},
    time::{Nanos, seconds},
};

/// Share of a bill that sums of many parts differ by.
const ROUNDING: f64 = 1e-9;

/// What nodes have cost in each window of the series.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spending {
    rows: Vec<Spent>,
}

/// What a node has cost.
#[derive(Clone, Debug, Default)]
struct Spent {
    node: u32,
    /// Poll edges whose pollers are on its bill.
    polls: Vec<u32>,
    /// US dollars up to the end of the last window.
    total: f64,
    /// US dollars in each window.
    windows: Vec<f64>,
}

impl Spending {
    /// Nothing spent yet.
    pub(crate) fn new(program: &Program) -> Self {
        let polls = |node: u32| -> Vec<u32> {
            let edges = program.edges.iter().enumerate().filter(|(_, edge)| edge.to == node && edge.poller_price.is_some());
            edges.map(|(edge, _)| edge as u32).collect()
        };
        let priced = |ready: &NodeProgram| ready.prices.iter().any(Option::is_some) || price_per_call(ready).is_some();
        let rows = program
            .nodes
            .iter()
            .enumerate()
            .map(|(node, ready)| (ready, Spent { node: node as u32, polls: polls(node as u32), ..Spent::default() }));
        Self { rows: rows.filter(|(ready, row)| priced(ready) || !row.polls.is_empty()).map(|(_, row)| row).collect() }
    }

    /// Nodes that can cost something.
    pub(crate) fn nodes(&self) -> usize {
        self.rows.len()
    }

    /// The node at a position of those that can cost something.
    pub(crate) fn node(&self, position: usize) -> usize {
        self.rows[position].node as usize
    }

    /// What a node has cost in each interval, per second; nothing for a node that cannot cost anything.
    pub(crate) fn rates(&self, node: usize, windows: Windows) -> Option<Vec<f64>> {
        let row = self.rows.iter().find(|row| row.node as usize == node)?;
        let mut rates: Vec<f64> = row.windows.iter().map(|usd| usd / seconds(windows.length)).collect();
        rates.resize(windows.passed, 0.0);
        Some(rates)
    }

    /// What everything has cost in each interval, per second.
    fn total_rates(&self, windows: Windows) -> Vec<f64> {
        let mut total = vec![0.0; windows.passed];
        for row in &self.rows {
            total.iter_mut().zip(&row.windows).for_each(|(sum, usd)| *sum += usd);
        }
        for usd in &mut total {
            *usd /= seconds(windows.length);
        }
        total
    }
}

impl Core {
    /// Ends a window of the node at a position of the [`Spending`], with the units that the node has used up to then.
    pub(crate) fn spend(&mut self, position: usize, billed: &[f64], (window, now): (usize, Nanos)) {
        let row = &self.spending.rows[position];
        let ready = &self.program.nodes[row.node as usize];
        let metered: f64 = billed.iter().zip(&ready.prices).filter_map(|(units, price)| Some(units * price.as_ref()?.each())).sum();
        let calls = price_per_call(ready).map_or(0.0, |price| billed[0] * price);
        let polled: f64 =
            row.polls.iter().filter_map(|edge| self.poller_hours(*edge as usize, now)).map(|(hours, price)| hours * price.each()).sum();
        let row = &mut self.spending.rows[position];
        let total = metered + calls + polled;
        let spent = total - std::mem::replace(&mut row.total, total);
        if spent > 0.0 {
            put(&mut row.windows, window, spent);
        }
    }

    /// Hours of the pollers of an edge, with the price of one; nothing where they cost nothing.
    fn poller_hours(&self, edge: usize, now: Nanos) -> Option<(f64, &Price)> {
        let price = self.program.edges[edge].poller_price.as_ref()?;
        Some((self.edges[edge].poll.pollers.total(now) as f64 / 3.6e12, price))
    }
}

/// What a call of something outside costs, where that is known.
fn price_per_call(node: &NodeProgram) -> Option<f64> {
    let Config::External(config) = &node.config else { return None };
    Some(config.price_per_call).filter(|price| *price > 0.0)
}

/// The bill of a run.
///
/// `accounts` holds the units of each node, in the order of its meters.
pub(crate) fn bill(core: &Core, accounts: &[Account], windows: Windows) -> CostResult {
    let mut items = Vec::new();
    let priced = |node: &NodeProgram, units: f64, price: &Price| CostItem {
        node: node.id.clone(),
        meter: price.key.clone(),
        title: price.title.clone(),
        units,
        unit: price.unit.clone(),
        usd: units * price.each(),
        source: price.provenance.source.clone(),
    };
    for (node, Account { billed, .. }) in core.program.nodes.iter().zip(accounts) {
        for (units, price) in billed.iter().zip(&node.prices) {
            items.extend(price.as_ref().map(|price| priced(node, *units, price)));
        }
        if let Some(price) = price_per_call(node) {
            items.push(CostItem {
                node: node.id.clone(),
                meter: "calls".to_owned(),
                title: "Calls".to_owned(),
                units: billed[0],
                unit: "call".to_owned(),
                usd: billed[0] * price,
                source: "set on the drawing".to_owned(),
            });
        }
    }
    for (at, edge) in core.program.edges.iter().enumerate() {
        let Some((hours, price)) = core.poller_hours(at, core.now()) else { continue };
        items.push(priced(&core.program.nodes[edge.to as usize], hours, price));
    }
    let total: f64 = items.iter().map(|item| item.usd).sum();
    let hours = seconds(core.now()) / 3_600.0;
    let usd_per_second = core.spending.total_rates(windows);
    let after = total - usd_per_second.iter().sum::<f64>() * seconds(windows.length);
    CostResult {
        total_usd: total,
        per_hour_usd: if hours > 0.0 { total / hours } else { 0.0 },
        per_thousand_usd: if core.requests > 0 { total * 1_000.0 / core.requests as f64 } else { 0.0 },
        items,
        usd_per_second,
        after_grid_usd: if after > total * ROUNDING { after } else { 0.0 },
    }
}

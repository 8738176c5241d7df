//! Meters times prices: what a run cost, and when.

use plimsoll_models::{NodeId, families::Config};

use crate::{
    core::Core,
    month::{self, Tariff, Use},
    nodes::Account,
    program::{NodeProgram, Program},
    record::{Windows, series::put},
    result::{CostItem, CostMonth, CostResult, MonthResult},
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
    fn poller_hours(&self, edge: usize, now: Nanos) -> Option<(f64, &Tariff)> {
        let price = self.program.edges[edge].poller_price.as_ref()?;
        Some((self.edges[edge].poll.pollers.total(now) as f64 / 3.6e12, price))
    }
}

/// What a call of something outside costs, where that is known.
fn price_per_call(node: &NodeProgram) -> Option<f64> {
    let Config::External(config) = &node.config else { return None };
    Some(config.price_per_call).filter(|price| *price > 0.0)
}

/// Units of a tariff that a node has used.
struct Line<'a> {
    node: &'a NodeId,
    tariff: &'a Tariff,
    units: f64,
}

/// The bill of a run, and of the time in a month that its load is declared to last.
///
/// `accounts` holds the units of each node, in the order of its meters.
pub(crate) fn bill(core: &Core, accounts: &[Account], windows: Windows) -> CostResult {
    let nodes = &core.program.nodes;
    let calls: Vec<Option<Tariff>> = nodes.iter().map(|node| price_per_call(node).map(Tariff::call)).collect();
    let mut lines = Vec::new();
    for ((node, calls), Account { billed, .. }) in nodes.iter().zip(&calls).zip(accounts) {
        let metered = billed.iter().zip(node.prices.iter().map(Option::as_ref));
        let called = billed.iter().zip([calls.as_ref()]);
        let priced = metered.chain(called).filter_map(|(units, tariff)| Some((*units, tariff?)));
        lines.extend(priced.map(|(units, tariff)| Line { node: &node.id, tariff, units }));
    }
    for (at, edge) in core.program.edges.iter().enumerate() {
        let Some((units, tariff)) = core.poller_hours(at, core.now()) else { continue };
        lines.push(Line { node: &nodes[edge.to as usize].id, tariff, units });
    }
    let hours = seconds(core.now()) / 3_600.0;
    let declared = core.program.plan.per_month.map(|time| time / 3_600.0).filter(|_| hours > 0.0);
    let carried = declared.map(|declared| declared / hours);
    let items: Vec<CostItem> = lines.iter().zip(months(&lines, carried)).map(|(line, month)| item(line, month)).collect();
    let total: f64 = items.iter().map(|item| item.usd).sum();
    let sum = |usd: fn(&CostMonth) -> f64| items.iter().filter_map(|item| item.month.as_ref()).map(usd).sum();
    let month = declared.map(|hours| MonthResult { hours, usd: sum(|month| month.usd), free_tier_usd: sum(|month| month.free_tier_usd) });
    let usd_per_second = core.spending.total_rates(windows);
    let after = total - usd_per_second.iter().sum::<f64>() * seconds(windows.length);
    CostResult {
        total_usd: total,
        per_hour_usd: if hours > 0.0 { total / hours } else { 0.0 },
        month,
        per_thousand_usd: if core.requests > 0 { total * 1_000.0 / core.requests as f64 } else { 0.0 },
        items,
        usd_per_second,
        after_grid_usd: if after > total * ROUNDING { after } else { 0.0 },
    }
}

fn item(&Line { node, tariff, units }: &Line<'_>, month: Option<CostMonth>) -> CostItem {
    let price = &tariff.price;
    CostItem {
        node: node.clone(),
        meter: price.key.clone(),
        title: price.title.clone(),
        units,
        unit: price.unit.clone(),
        usd: units * price.each(),
        month,
        source: price.provenance.source.clone(),
    }
}

/// What each line comes to in a month that has so many times the load of the run; nothing for what is kept, which grows
/// with the square of the time, and where no month is declared.
fn months(lines: &[Line<'_>], times: Option<f64>) -> Vec<Option<CostMonth>> {
    let Some(times) = times else { return vec![None; lines.len()] };
    let is_told = |line: &&Line<'_>| !line.tariff.price.kept;
    let told = lines.iter().filter(is_told);
    let uses: Vec<Use<'_>> = told.map(|line| Use { tariff: line.tariff, units: line.units * times }).collect();
    let mut charges = uses.iter().zip(month::charges(&uses));
    let month = |line| {
        let (used, month::Charge { free_units, usd, free_tier_usd }) = Some(line).filter(is_told).and_then(|_| charges.next())?;
        Some(CostMonth { units: used.units, free_units, usd, free_tier_usd })
    };
    lines.iter().map(month).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_declared_month_is_told() {
        let (node, tariff) = (NodeId::from("external"), Tariff::call(0.5));
        let lines = [Line { node: &node, tariff: &tariff, units: 3.0 }];
        assert_eq!(months(&lines, None), [None]);
        let month = CostMonth { units: 2_190.0, free_units: 0.0, usd: 1_095.0, free_tier_usd: 1_095.0 };
        assert_eq!(months(&lines, Some(730.0)), [Some(month)]);
    }
}

//! What the run cost: over time, and meter by meter.

use egui::{Align, Layout, RichText, Ui};
use egui_extras::{Column, TableBuilder};
use plimsoll_models::units::Quantity;
use plimsoll_sim::{
    RunResult,
    result::{CostItem, CostMonth, CostResult},
};

use super::{Action, Focus, Sight, View, figure, heading, node_link, none_selected_ui};
use crate::{
    gui::{
        command::Command,
        format,
        plots::{Chart, Curve, Scale, chart_ui},
        theme::Theme,
        why::{Why, why},
        words::results as words,
    },
    report::over_time::{self, Course},
};

/// What stands where there is no figure.
const NOTHING: &str = "–";
/// Width from which on the plot stands beside the table.
const WIDE: f32 = 1_250.0;
/// Width of the table from which on the first three columns are as wide as they like, in points.
const TABLE_WIDE: f32 = 760.0;
/// Width of the other columns and of all gaps, in points.
const FIGURES_WIDTH: f32 = 272.0;
/// Height of what stands above and below a plot.
const AXIS_HEIGHT: f32 = 46.0;
/// Share of the height that the plot takes above the table, and its bounds.
const PLOT_SHARE: f32 = 0.42;
/// See [`PLOT_SHARE`].
const PLOT_HEIGHT: (f32, f32) = (84.0, 220.0);

/// Shows totals, the course over time and meters.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, result: &RunResult, (sight, focus): (&mut Sight, &Focus), actions: &mut Vec<Action>) {
    totals_ui(ui, view, result, actions);
    let mut items: Vec<_> = result.cost.items.iter().filter(|item| focus.node(&item.node)).collect();
    if items.is_empty() && !focus.is_all() {
        return none_selected_ui(ui, view);
    }
    items.sort_by(|a, b| b.usd.total_cmp(&a.usd));
    let chart = Chart {
        id: "cost-over-time".to_owned(),
        title: words::COST_OVER_TIME.to_owned(),
        quantity: Quantity::Money,
        scale: Scale::Linear,
        grid: &result.grid,
        warm_up_s: result.run.warm_up_s,
        faults: &result.faults,
        curves: curves(view, result, focus),
        bands: false,
        levels: Vec::new(),
    };
    let items = (items.as_slice(), &result.cost);
    if chart.curves.is_empty() {
        return items_ui(ui, view, items, actions);
    }
    let room = ui.available_height();
    if ui.available_width() >= WIDE {
        ui.columns(2, |columns| {
            items_ui(&mut columns[0], view, items, actions);
            chart_ui(&mut columns[1], view.theme, &chart, sight, (room - AXIS_HEIGHT).max(PLOT_HEIGHT.0), actions);
        });
    } else {
        chart_ui(ui, view.theme, &chart, sight, (room * PLOT_SHARE).clamp(PLOT_HEIGHT.0, PLOT_HEIGHT.1), actions);
        ui.add_space(Theme::SPACE_8);
        items_ui(ui, view, items, actions);
    }
}

/// What everything costs, and the dearest nodes.
fn curves(view: &View<'_>, result: &RunResult, focus: &Focus) -> Vec<Curve> {
    let all = focus.is_all().then_some(words::ALL_NODES);
    let courses = over_time::costs(result, view.diagram, all, |node| focus.node(node));
    let color = |index: usize| view.theme.plot[index % view.theme.plot.len()];
    let curve = |(index, Course { name, values })| Curve { name, note: None, values, color: color(index), dashed: false };
    courses.into_iter().enumerate().map(curve).collect()
}

fn totals_ui(ui: &mut Ui, view: &View<'_>, result: &RunResult, actions: &mut Vec<Action>) {
    let cost = &result.cost;
    let month = cost.month.as_ref().map(|month| {
        if view.preferences.free_tier {
            ((words::COST_MONTH.0, words::COST_MONTH_FREE), month.free_tier_usd)
        } else {
            (words::COST_MONTH, month.usd)
        }
    });
    let run = [(words::COST_RUN, cost.total_usd), (words::COST_EVENTS, cost.per_thousand_usd), (words::COST_HOUR, cost.per_hour_usd)];
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = Theme::SPACE_24;
        for ((title, rule), usd) in run.into_iter().chain(month) {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                ui.label(RichText::new(title).color(view.theme.text_weak));
                ui.label(RichText::new(format::money(usd)).font(Theme::strong()));
                why(ui, view.theme, &Why::new(title, rule).value(format::money(usd)).source(words::COST_SOURCE));
            });
        }
        month_ui(ui, view, month.is_some(), actions);
        if let Some(baseline) = view.baseline().filter(|baseline| !std::ptr::eq(*baseline, result)) {
            ui.label(RichText::new(words::baseline_cost(&format::money(baseline.cost.per_hour_usd))).color(view.theme.text_weak));
        }
    });
}

/// The switch of the free tier, or why there is no month.
fn month_ui(ui: &mut Ui, view: &View<'_>, is_declared: bool, actions: &mut Vec<Action>) {
    if !is_declared {
        let title = words::COST_MONTH.0;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            ui.label(RichText::new(title).color(view.theme.text_weak));
            ui.label(RichText::new(words::COST_NO_MONTH).color(view.theme.text_weak));
            why(ui, view.theme, &Why::new(title, words::COST_NO_MONTH_WHY));
        });
        return;
    }
    let mut free_tier = view.preferences.free_tier;
    let (title, help) = words::FREE_TIER;
    if ui.checkbox(&mut free_tier, title).on_hover_text(help).changed() {
        actions.push(Action::Command(Command::ToggleFreeTier));
    }
}

fn items_ui(ui: &mut Ui, view: &View<'_>, (items, cost): (&[&CostItem], &CostResult), actions: &mut Vec<Action>) {
    let (total, is_declared) = (cost.total_usd, cost.month.is_some());
    let is_wide = ui.available_width() >= TABLE_WIDE;
    let room = if is_wide { TABLE_WIDE } else { ui.available_width() } - FIGURES_WIDTH;
    let [node, meter, units_width] = [0.26, 0.3, 0.44].map(|share| (room * share).max(60.0));
    let mut table = TableBuilder::new(ui)
        .id_salt(("cost", is_wide, is_declared))
        .striped(true)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::initial(node).clip(true).resizable(true))
        .column(Column::initial(meter).clip(true).resizable(true))
        .column(Column::initial(units_width).clip(true).resizable(true))
        .column(Column::exact(64.0))
        .column(Column::exact(60.0));
    if is_declared {
        table = table.column(Column::exact(76.0));
    }
    table
        .column(Column::remainder())
        .header(22.0, |mut header| {
            for (index, title) in
                words::COST_COLUMNS.into_iter().enumerate().filter(|(_, title)| is_declared || *title != words::COST_MONTH.0)
            {
                let layout =
                    if (2..=5).contains(&index) { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) };
                header.col(|ui| {
                    ui.with_layout(layout, |ui| heading(ui, view.theme, title));
                });
            }
        })
        .body(|body| {
            body.rows(26.0, items.len(), |mut row| {
                let item = items[row.index()];
                let month = item.month.as_ref().map(|month| month_cost(view, month));
                row.col(|ui| node_link(ui, view, &item.node, actions));
                row.col(|ui| {
                    ui.add(egui::Label::new(&item.title).truncate());
                });
                row.col(|ui| figure(ui, units(item, item.units)));
                row.col(|ui| figure(ui, format::money(item.usd)));
                row.col(|ui| figure(ui, if total > 0.0 { format::percent(item.usd / total) } else { NOTHING.to_owned() }));
                if is_declared {
                    row.col(|ui| figure(ui, month.unwrap_or_else(|| NOTHING.to_owned())));
                }
                row.col(|ui| {
                    why(ui, view.theme, &reason(view, item, is_declared));
                });
            });
        });
}

/// The cost of a month, with or without the free tier.
fn month_cost(view: &View<'_>, month: &CostMonth) -> String {
    format::money(if view.preferences.free_tier { month.free_tier_usd } else { month.usd })
}

fn units(item: &CostItem, units: f64) -> String {
    format!("{} {}", format::number(units), item.unit)
}

/// Where the cost of a meter comes from.
fn reason(view: &View<'_>, item: &CostItem, is_declared: bool) -> Why {
    let each = if item.units > 0.0 { item.usd / item.units } else { 0.0 };
    let reason = Why::new(item.title.clone(), words::METER_COST)
        .value(format::money(item.usd))
        .input("Units", units(item, item.units))
        .input("Each", format!("${}", plimsoll_models::units::print_significant(each)))
        .source(item.source.clone());
    let title = words::COST_MONTH.0;
    let Some(month) = &item.month else { return if is_declared { reason.input(title, words::NO_MONTH) } else { reason } };
    let reason = reason.input(title, words::meter_month(&month_cost(view, month), &units(item, month.units)));
    if view.preferences.free_tier { reason.input(words::FREE_UNITS, units(item, month.free_units)) } else { reason }
}

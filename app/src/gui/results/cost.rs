//! What the run cost: over time, and meter by meter.

use egui::{Align, Layout, RichText, Ui};
use egui_extras::{Column, TableBuilder};
use plimsoll_models::units::Quantity;
use plimsoll_sim::{RunResult, result::CostItem};

use super::{Action, Focus, Sight, View, figure, heading, node_link, none_selected_ui};
use crate::{
    gui::{
        format,
        plots::{Chart, Curve, Scale, chart_ui},
        theme::Theme,
        why::{Why, why},
        words::results as words,
    },
    report::over_time::{self, Course},
};

/// Width from which on the plot stands beside the table.
const WIDE: f32 = 1_050.0;
/// Height of what stands above and below a plot.
const AXIS_HEIGHT: f32 = 46.0;
/// Share of the height that the plot takes above the table, and its bounds.
const PLOT_SHARE: f32 = 0.42;
/// See [`PLOT_SHARE`].
const PLOT_HEIGHT: (f32, f32) = (84.0, 220.0);

/// Shows totals, the course over time and meters.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, result: &RunResult, (sight, focus): (&mut Sight, &Focus), actions: &mut Vec<Action>) {
    totals_ui(ui, view, result);
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
    let items = (items.as_slice(), result.cost.total_usd);
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

fn totals_ui(ui: &mut Ui, view: &View<'_>, result: &RunResult) {
    let cost = &result.cost;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = Theme::SPACE_24;
        for ((title, rule), usd) in
            [(words::COST_RUN, cost.total_usd), (words::COST_HOUR, cost.per_hour_usd), (words::COST_EVENTS, cost.per_thousand_usd)]
        {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                ui.label(RichText::new(title).color(view.theme.text_weak));
                ui.label(RichText::new(format::money(usd)).font(Theme::strong()));
                why(ui, view.theme, &Why::new(title, rule).value(format::money(usd)).source(words::COST_SOURCE));
            });
        }
        if let Some(baseline) = view.baseline().filter(|baseline| !std::ptr::eq(*baseline, result)) {
            ui.label(RichText::new(words::baseline_cost(&format::money(baseline.cost.per_hour_usd))).color(view.theme.text_weak));
        }
    });
}

fn items_ui(ui: &mut Ui, view: &View<'_>, (items, total): (&[&CostItem], f64), actions: &mut Vec<Action>) {
    TableBuilder::new(ui)
        .id_salt("cost")
        .striped(true)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::initial(130.0).clip(true).resizable(true))
        .column(Column::initial(150.0).clip(true).resizable(true))
        .column(Column::initial(200.0).clip(true).resizable(true))
        .column(Column::exact(72.0))
        .column(Column::exact(64.0))
        .column(Column::remainder())
        .header(22.0, |mut header| {
            for (index, title) in ["Node", "Meter", "Units", "Cost", "Share", ""].into_iter().enumerate() {
                let layout =
                    if (2..=4).contains(&index) { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) };
                header.col(|ui| {
                    ui.with_layout(layout, |ui| heading(ui, view.theme, title));
                });
            }
        })
        .body(|body| {
            body.rows(26.0, items.len(), |mut row| {
                let item = items[row.index()];
                row.col(|ui| node_link(ui, view, &item.node, actions));
                row.col(|ui| {
                    ui.add(egui::Label::new(&item.title).truncate());
                });
                row.col(|ui| figure(ui, format!("{} {}", format::number(item.units), item.unit)));
                row.col(|ui| figure(ui, format::money(item.usd)));
                row.col(|ui| figure(ui, if total > 0.0 { format::percent(item.usd / total) } else { "–".to_owned() }));
                row.col(|ui| {
                    let each = if item.units > 0.0 { item.usd / item.units } else { 0.0 };
                    let reason = Why::new(item.title.clone(), "Units used in the run times the price of a unit")
                        .value(format::money(item.usd))
                        .input("Units", format!("{} {}", format::number(item.units), item.unit))
                        .input("Each", format!("${}", plimsoll_models::units::print_significant(each)))
                        .source(item.source.clone());
                    why(ui, view.theme, &reason);
                });
            });
        });
}

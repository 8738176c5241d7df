//! What the run cost, meter by meter.

use egui::{Align, Layout, RichText, Ui};
use egui_extras::{Column, TableBuilder};
use plimsoll_sim::RunResult;

use super::{Action, Focus, View, figure, heading, node_link, none_selected_ui};
use crate::gui::{
    format,
    theme::Theme,
    why::{Why, why},
    words::results as words,
};

/// Shows totals and meters.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, result: &RunResult, focus: &Focus, actions: &mut Vec<Action>) {
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
    let mut items: Vec<_> = cost.items.iter().filter(|item| focus.node(&item.node)).collect();
    if items.is_empty() && !focus.is_all() {
        return none_selected_ui(ui, view);
    }
    items.sort_by(|a, b| b.usd.total_cmp(&a.usd));
    TableBuilder::new(ui)
        .id_salt("cost")
        .striped(true)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::initial(180.0).clip(true).resizable(true))
        .column(Column::initial(260.0).clip(true).resizable(true))
        .column(Column::initial(210.0).clip(true).resizable(true))
        .column(Column::exact(110.0))
        .column(Column::exact(80.0))
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
                row.col(|ui| figure(ui, if cost.total_usd > 0.0 { format::percent(item.usd / cost.total_usd) } else { "–".to_owned() }));
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

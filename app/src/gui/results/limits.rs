//! Every limit that the run could hit, that with least headroom first.

use egui::{Align, Layout, RichText, Ui};
use egui_extras::{Column, TableBuilder};
use plimsoll_sim::RunResult;

use super::{Action, Focus, View, answer::why_limit, figure, heading, node_link, none_selected_ui};
use crate::gui::{
    format,
    tone::{Tone, gauge},
    why::why,
    words::results as words,
};

/// Shows the table.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, result: &RunResult, focus: &Focus, actions: &mut Vec<Action>) {
    let limits: Vec<_> = result.limits.iter().filter(|limit| focus.limit(limit)).collect();
    if limits.is_empty() && !focus.is_all() {
        return none_selected_ui(ui, view);
    }
    let titles = words::LIMIT_COLUMNS;
    TableBuilder::new(ui)
        .id_salt("limits")
        .striped(true)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::initial(220.0).clip(true).resizable(true))
        .column(Column::initial(130.0).clip(true).resizable(true))
        .column(Column::initial(120.0).clip(true))
        .column(Column::exact(110.0))
        .columns(Column::exact(68.0), 5)
        .column(Column::exact(100.0))
        .column(Column::remainder())
        .header(22.0, |mut header| {
            for (index, title) in titles.into_iter().enumerate() {
                // Figures stand at the right of their columns, so their titles do too.
                let layout =
                    if (4..=8).contains(&index) { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) };
                header.col(|ui| {
                    ui.with_layout(layout, |ui| heading(ui, view.theme, title));
                });
            }
        })
        .body(|body| {
            body.rows(26.0, limits.len(), |mut row| {
                let limit = limits[row.index()];
                row.col(|ui| {
                    ui.add(egui::Label::new(&limit.title).truncate());
                });
                row.col(|ui| match &limit.node {
                    Some(node) => node_link(ui, view, node, actions),
                    None => {
                        ui.label(RichText::new(limit.scope.replace('-', " ")).color(view.theme.text_weak));
                    }
                });
                row.col(|ui| {
                    ui.label(RichText::new(&limit.text).monospace());
                });
                row.col(|ui| {
                    gauge(ui, view.theme, limit.use_peak, limit.refused > 0, 100.0);
                });
                row.col(|ui| {
                    let tone = Tone::of_use(limit.use_peak, limit.refused > 0);
                    let color = if tone == Tone::Good { view.theme.text } else { tone.color(view.theme) };
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        ui.label(RichText::new(format::percent(limit.use_peak)).monospace().color(color))
                    });
                });
                row.col(|ui| figure(ui, format::count(limit.refused)));
                row.col(|ui| figure(ui, format::count(limit.delayed)));
                row.col(|ui| figure(ui, limit.first_bound_s.map_or_else(|| "–".to_owned(), format::seconds)));
                row.col(|ui| figure(ui, limit.headroom.map_or_else(|| "–".to_owned(), format::factor)));
                row.col(|ui| {
                    ui.add_space(8.0);
                    let kind = match limit.kind {
                        plimsoll_models::catalog::QuotaKind::Hard => "hard",
                        plimsoll_models::catalog::QuotaKind::Soft => words::CAN_BE_RAISED,
                        plimsoll_models::catalog::QuotaKind::Configurable => "a setting",
                    };
                    ui.label(RichText::new(kind).color(view.theme.text_weak));
                });
                row.col(|ui| {
                    why(ui, view.theme, &why_limit(limit));
                    if limit.assumed {
                        ui.label(RichText::new("assumed").small().color(view.theme.amber));
                    }
                });
            });
        });
}

//! Latency and fate of journeys, by producer and event type.

use egui::{Align, Layout, Ui};
use egui_extras::{Column, TableBuilder};
use plimsoll_sim::{
    RunResult,
    result::{JourneyResult, LatencySummary},
};

use super::{View, figure, heading, latency};
use crate::gui::format;

type Cell = fn(&JourneyResult) -> String;

fn seconds(summary: &LatencySummary, value: f64) -> String {
    if summary.count == 0 { "–".to_owned() } else { format::seconds(value) }
}

const COLUMNS: &[(&str, &str, Cell)] = &[
    ("Started", "Root events created", |journey| format::count(journey.started)),
    ("Succeeded", "Root events that their producer saw succeed", |journey| format::count(journey.succeeded)),
    ("Rejected", "Root events that their producer saw refused for good", |journey| format::count(journey.rejected)),
    ("Failed", "Root events that their producer saw fail for good", |journey| format::count(journey.failed)),
    ("Lossy", "Journeys in which at least one copy was lost", |journey| format::count(journey.lossy)),
    ("Unfinished", "Journeys that had not ended when the clock stopped", |journey| format::count(journey.unfinished)),
    ("Mean", "Mean response", |journey| seconds(&journey.response, journey.response.mean)),
    ("p50", "Response: half are at most this long", |journey| seconds(&journey.response, journey.response.p50)),
    ("p90", "Response: 90 % are at most this long", |journey| seconds(&journey.response, journey.response.p90)),
    ("p99", "Response: 99 % are at most this long", |journey| seconds(&journey.response, journey.response.p99)),
    ("p99.9", "Response: 99.9 % are at most this long", |journey| seconds(&journey.response, journey.response.p999)),
    ("Max", "Longest response", |journey| seconds(&journey.response, journey.response.max)),
    ("Compl. p50", "Completion: half are at most this long", |journey| seconds(&journey.completion, journey.completion.p50)),
    ("Compl. p99", "Completion: 99 % are at most this long", |journey| seconds(&journey.completion, journey.completion.p99)),
];

/// Shows the table, with the baseline's rows below.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, result: &RunResult) {
    let mut rows: Vec<(String, &JourneyResult)> = result.journeys.iter().map(|journey| (latency::name(view, journey), journey)).collect();
    if let Some(baseline) = view.baseline().filter(|baseline| !std::ptr::eq(*baseline, result)) {
        rows.extend(baseline.journeys.iter().map(|journey| (format!("{} (baseline)", latency::name(view, journey)), journey)));
    }
    egui::ScrollArea::horizontal().show(ui, |ui| {
        TableBuilder::new(ui)
            .id_salt("journeys")
            .striped(true)
            .cell_layout(Layout::left_to_right(Align::Center))
            .column(Column::initial(180.0).clip(true).resizable(true))
            .columns(Column::exact(74.0), COLUMNS.len())
            .header(22.0, |mut header| {
                header.col(|ui| heading(ui, view.theme, "Producer"));
                for (title, help, _) in COLUMNS {
                    header.col(|ui| {
                        ui.with_layout(Layout::right_to_left(Align::Center), |ui| heading(ui, view.theme, title))
                            .response
                            .on_hover_text(*help);
                    });
                }
            })
            .body(|body| {
                body.rows(26.0, rows.len(), |mut row| {
                    let (name, journey) = &rows[row.index()];
                    row.col(|ui| {
                        ui.add(egui::Label::new(name).truncate());
                    });
                    for (_, _, cell) in COLUMNS {
                        row.col(|ui| figure(ui, cell(journey)));
                    }
                });
            });
    });
}

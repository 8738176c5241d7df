//! Latency and fate of journeys, by producer and event type.

use std::{borrow::Cow, ops::Range};

use egui::{Align, Layout, Ui};
use egui_extras::{Column, TableBuilder};
use plimsoll_sim::{
    RunResult,
    result::{JourneyResult, LatencyCounts, LatencySummary},
};

use super::{Focus, Sight, View, figure, heading, latency, none_selected_ui};
use crate::gui::{
    format,
    words::{panels, results as words},
};

/// A row: journeys of a producer, or those of one class of its keys.
struct Line<'a> {
    name: String,
    started: u64,
    /// As the producer saw them; it does not tell keys apart.
    seen: Option<[u64; 3]>,
    lossy: u64,
    /// Only known at the end of the run.
    unfinished: Option<u64>,
    response: Cow<'a, LatencySummary>,
    completion: Cow<'a, LatencySummary>,
}

type Cell = fn(&Line<'_>) -> String;

fn seen(line: &Line<'_>, index: usize) -> String {
    line.seen.map_or_else(|| panels::NONE.to_owned(), |seen| format::count(seen[index]))
}

/// The rows of a producer: all of its journeys, then those of the hottest key and of all others.
fn lines<'a>(name: &str, journey: &'a JourneyResult) -> Vec<Line<'a>> {
    let JourneyResult { started, succeeded, rejected, failed, lossy, unfinished, response, completion, .. } = journey;
    let seen = Some([*succeeded, *rejected, *failed]);
    let all = Line {
        name: name.to_owned(),
        started: *started,
        seen,
        lossy: *lossy,
        unfinished: Some(*unfinished),
        response: Cow::Borrowed(response),
        completion: Cow::Borrowed(completion),
    };
    let classes = journey.key_classes.iter().map(|class| Line {
        name: panels::key_class(class.key.as_deref(), class.share),
        started: class.started,
        seen: None,
        lossy: class.lossy,
        unfinished: Some(class.unfinished),
        response: Cow::Borrowed(&class.response),
        completion: Cow::Borrowed(&class.completion),
    });
    std::iter::once(all).chain(classes).collect()
}

/// The row of a producer for a part of the time: counts from the series, percentiles from the counts of latencies.
fn part_line(name: &str, journey: &JourneyResult, interval_s: f64, windows: &Range<usize>) -> Line<'static> {
    let sum = |name: &str| {
        let series = journey.series.iter().find(|series| series.name == name);
        let rates: f64 = series.and_then(|series| series.values.get(windows.clone())).unwrap_or_default().iter().sum();
        (rates * interval_s).round() as u64
    };
    let summary = |counts: &LatencyCounts| {
        let found = counts.percentiles(windows.clone(), [0.5, 0.9, 0.95, 0.99, 0.999]);
        let count = counts.sum(windows.clone()).iter().sum();
        let [p50, p90, p95, p99, p999] = found.unwrap_or([f64::NAN; 5]);
        let unknown = f64::NAN;
        Cow::Owned(LatencySummary { count, mean: unknown, sd: unknown, min: unknown, p50, p90, p95, p99, p999, max: unknown })
    };
    Line {
        name: name.to_owned(),
        started: sum("Started"),
        seen: None,
        lossy: sum("Lossy"),
        unfinished: None,
        response: summary(&journey.response_counts),
        completion: summary(&journey.completion_counts),
    }
}

fn seconds(summary: &LatencySummary, value: f64) -> String {
    if summary.count == 0 { panels::NONE.to_owned() } else { format::seconds(value) }
}

const COLUMNS: &[((&str, &str), Cell)] = &[
    (words::STARTED, |journey| format::count(journey.started)),
    (words::SUCCEEDED, |line| seen(line, 0)),
    (words::REJECTED, |line| seen(line, 1)),
    (words::FAILED, |line| seen(line, 2)),
    (words::LOSSY, |journey| format::count(journey.lossy)),
    (words::UNFINISHED, |line| line.unfinished.map_or_else(|| panels::NONE.to_owned(), format::count)),
    (words::MEAN, |journey| seconds(&journey.response, journey.response.mean)),
    (words::P50, |journey| seconds(&journey.response, journey.response.p50)),
    (words::P90, |journey| seconds(&journey.response, journey.response.p90)),
    (words::P99, |journey| seconds(&journey.response, journey.response.p99)),
    (words::P999, |journey| seconds(&journey.response, journey.response.p999)),
    (words::MAX, |journey| seconds(&journey.response, journey.response.max)),
    (words::COMPLETION_P50_COLUMN, |journey| seconds(&journey.completion, journey.completion.p50)),
    (words::COMPLETION_P99_COLUMN, |journey| seconds(&journey.completion, journey.completion.p99)),
];

/// Shows the table, with the baseline's rows below.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, result: &RunResult, (sight, focus): (&Sight, &Focus)) {
    // Journeys belong to their producers; of anything else, nothing is told here.
    let shown = |journey: &&JourneyResult| focus.node(&journey.producer);
    let part = sight.range().map(|_| sight.windows(&result.grid));
    let told = |journey| match &part {
        Some(windows) => vec![part_line(&latency::name(view, journey), journey, result.grid.interval_s, windows)],
        None => lines(&latency::name(view, journey), journey),
    };
    let mut rows: Vec<Line<'_>> = result.journeys.iter().filter(shown).flat_map(told).collect();
    if let Some(baseline) = view.baseline().filter(|baseline| !std::ptr::eq(*baseline, result) && part.is_none()) {
        for journey in baseline.journeys.iter().filter(shown) {
            rows.extend(lines(&words::of_baseline(&latency::name(view, journey)), journey));
        }
    }
    if rows.is_empty() && !focus.is_all() {
        return none_selected_ui(ui, view);
    }
    egui::ScrollArea::horizontal().show(ui, |ui| {
        TableBuilder::new(ui)
            .id_salt("journeys")
            .striped(true)
            .cell_layout(Layout::left_to_right(Align::Center))
            .column(Column::initial(180.0).clip(true).resizable(true))
            .columns(Column::exact(74.0), COLUMNS.len())
            .header(22.0, |mut header| {
                header.col(|ui| heading(ui, view.theme, words::PRODUCER));
                for ((title, help), _) in COLUMNS {
                    header.col(|ui| {
                        ui.with_layout(Layout::right_to_left(Align::Center), |ui| heading(ui, view.theme, title))
                            .response
                            .on_hover_text(*help);
                    });
                }
            })
            .body(|body| {
                body.rows(26.0, rows.len(), |mut row| {
                    let line = &rows[row.index()];
                    row.col(|ui| {
                        ui.add(egui::Label::new(&line.name).truncate());
                    });
                    for (_, cell) in COLUMNS {
                        row.col(|ui| figure(ui, cell(line)));
                    }
                });
            });
    });
}

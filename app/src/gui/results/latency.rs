//! Latencies: percentiles over time, where they lie, and how they are spread.

use egui::{ComboBox, RichText, Ui};
use plimsoll_models::{NodeId, objective::LatencyKind, units::Quantity};
use plimsoll_sim::{
    RunResult,
    result::{JourneyResult, LatencyCounts, LatencySeries, Percentile},
};

use super::{
    Action, Focus, Sight, View, heat,
    percentiles::{self, Distribution},
};
use crate::{
    gui::{
        plots::{Chart, Curve, Scale, chart_ui, gaps},
        theme::Theme,
        words::results as words,
    },
    report::latency_bounds,
};

/// What the user looks at.
#[derive(Debug, Default)]
pub(super) struct Memory {
    journey: usize,
    kind: Kind,
    look: Look,
    linear: bool,
    /// The producer that was selected last.
    selected: Option<NodeId>,
}

/// Until when a latency counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Until the producer has its outcome.
    #[default]
    Response,
    /// Until everything has ended.
    Completion,
}

/// How latencies are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Look {
    #[default]
    Bands,
    Heat,
    Percentiles,
}

impl Kind {
    pub(super) fn series(self, journey: &JourneyResult) -> &LatencySeries {
        match self {
            Self::Response => &journey.response_series,
            Self::Completion => &journey.completion_series,
        }
    }

    pub(super) fn counts(self, journey: &JourneyResult) -> &LatencyCounts {
        match self {
            Self::Response => &journey.response_counts,
            Self::Completion => &journey.completion_counts,
        }
    }

    fn percentiles(self, journey: &JourneyResult) -> &[Percentile] {
        match self {
            Self::Response => &journey.response_percentiles,
            Self::Completion => &journey.completion_percentiles,
        }
    }

    fn of_objective(self) -> LatencyKind {
        match self {
            Self::Response => LatencyKind::Response,
            Self::Completion => LatencyKind::Completion,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Response => "Response",
            Self::Completion => "Completion",
        }
    }
}

/// Shows the latencies of one producer.
pub(super) fn ui(
    ui: &mut Ui,
    view: &View<'_>,
    result: &RunResult,
    (memory, sight, focus): (&mut Memory, &mut Sight, &Focus),
    actions: &mut Vec<Action>,
) {
    if result.journeys.is_empty() {
        ui.label(RichText::new(words::NO_JOURNEY).color(view.theme.text_weak));
        return;
    }
    if focus.single_node() != memory.selected.as_ref() {
        memory.selected = focus.single_node().cloned();
        let of = |id| result.journeys.iter().position(|journey| &journey.producer == id);
        memory.journey = memory.selected.as_ref().and_then(of).unwrap_or(memory.journey);
    }
    memory.journey = memory.journey.min(result.journeys.len() - 1);
    choices_ui(ui, view, result, memory);
    let journey = &result.journeys[memory.journey];
    let title = words::latency_of(memory.kind.word(), &name(view, journey));
    let scale = if memory.linear { Scale::Linear } else { Scale::Logarithmic };
    let height = (ui.available_height() - 46.0).max(90.0);
    let same = |other: &&JourneyResult| other.producer == journey.producer && other.event_type == journey.event_type;
    let baseline = view.baseline().filter(|baseline| !std::ptr::eq(*baseline, result));
    let before = baseline.and_then(|baseline| baseline.journeys.iter().find(same));
    match memory.look {
        Look::Bands => {
            let series = memory.kind.series(journey);
            let mut curves = curves(view.theme, series);
            if let Some(other) = before.filter(|_| baseline.is_some_and(|baseline| baseline.grid == result.grid)) {
                let values = gaps(&memory.kind.series(other).p99);
                curves.push(Curve { name: words::BASELINE_P99.to_owned(), note: None, values, color: view.theme.text_weak, dashed: true });
            }
            let levels = latency_bounds(result, memory.kind.of_objective(), &journey.producer);
            let chart = Chart {
                id: "latency".to_owned(),
                title,
                quantity: Quantity::Duration,
                scale,
                grid: &result.grid,
                warm_up_s: result.run.warm_up_s,
                faults: &result.faults,
                curves,
                bands: true,
                levels,
            };
            chart_ui(ui, view.theme, &chart, sight, height, actions);
        }
        Look::Heat => heat::ui(ui, view, (result, journey, memory.kind), (&title, sight), height, actions),
        Look::Percentiles => {
            let shown = Distribution {
                title: &title,
                percentiles: memory.kind.percentiles(journey),
                baseline: before.map(|other| memory.kind.percentiles(other)),
                levels: latency_bounds(result, memory.kind.of_objective(), &journey.producer),
                scale,
            };
            percentiles::ui(ui, view, &shown, height, actions);
        }
    }
}

/// Whose latency, until when, and how it is shown.
fn choices_ui(ui: &mut Ui, view: &View<'_>, result: &RunResult, memory: &mut Memory) {
    ui.horizontal(|ui| {
        let shown = name(view, &result.journeys[memory.journey]);
        let response = ComboBox::from_id_salt("journey").selected_text(shown).width(180.0).show_ui(ui, |ui| {
            for (index, journey) in result.journeys.iter().enumerate() {
                ui.selectable_value(&mut memory.journey, index, name(view, journey));
            }
        });
        let _ = response.response.accessible_name("Producer");
        for (kind, help) in [(Kind::Response, words::RESPONSE_HELP), (Kind::Completion, words::COMPLETION_HELP)] {
            ui.selectable_value(&mut memory.kind, kind, kind.word()).on_hover_text(help);
        }
        ui.separator();
        for (look, (title, help)) in [(Look::Bands, words::BANDS), (Look::Heat, words::HEAT_MAP), (Look::Percentiles, words::PERCENTILES)] {
            ui.selectable_value(&mut memory.look, look, title).on_hover_text(help);
        }
        if memory.look != Look::Heat {
            ui.separator();
            ui.checkbox(&mut memory.linear, words::LINEAR).on_hover_text(words::LINEAR_HELP);
        }
        let journey = &result.journeys[memory.journey];
        if journey.unfinished > 0 {
            let text = words::unfinished(&super::super::format::count(journey.unfinished));
            ui.label(RichText::new(text).small().color(view.theme.amber));
        }
    });
}

fn curves(theme: &Theme, series: &LatencySeries) -> Vec<Curve> {
    let LatencySeries { p50, p90, p99, max } = series;
    let colors = [theme.plot[1], theme.plot[0], theme.plot[3], theme.plot[5]];
    [("p50", p50), ("p90", p90), ("p99", p99), ("max", max)]
        .into_iter()
        .zip(colors)
        .filter(|((_, values), _)| values.iter().any(Option::is_some))
        .map(|((name, values), color)| Curve { name: name.to_owned(), note: None, values: gaps(values), color, dashed: false })
        .collect()
}

/// Producer and event type.
pub(super) fn name(view: &View<'_>, journey: &JourneyResult) -> String {
    let producer = view.diagram.title(&journey.producer);
    journey.event_type.as_ref().map_or_else(|| producer.to_owned(), |kind| format!("{producer} · {kind}"))
}

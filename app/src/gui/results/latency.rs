//! Percentiles over time.

use egui::{ComboBox, RichText, Ui};
use plimsoll_models::{NodeId, units::Quantity};
use plimsoll_sim::{
    RunResult,
    result::{JourneyResult, LatencySeries},
};

use super::{Action, Focus, Sight, View};
use crate::gui::{
    plots::{Chart, Curve, Scale, chart_ui, gaps},
    theme::Theme,
    words::results as words,
};

/// What the user looks at.
#[derive(Debug, Default)]
pub(super) struct Memory {
    journey: usize,
    completion: bool,
    linear: bool,
    /// The producer that was selected last.
    selected: Option<NodeId>,
}

/// Shows the percentiles of one producer.
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
    ui.horizontal(|ui| {
        let shown = name(view, &result.journeys[memory.journey]);
        let response = ComboBox::from_id_salt("journey").selected_text(shown).width(180.0).show_ui(ui, |ui| {
            for (index, journey) in result.journeys.iter().enumerate() {
                ui.selectable_value(&mut memory.journey, index, name(view, journey));
            }
        });
        let _ = response.response.accessible_name("Producer");
        ui.selectable_value(&mut memory.completion, false, "Response").on_hover_text(words::RESPONSE_HELP);
        ui.selectable_value(&mut memory.completion, true, "Completion").on_hover_text(words::COMPLETION_HELP);
        ui.checkbox(&mut memory.linear, words::LINEAR).on_hover_text(words::LINEAR_HELP);
        let journey = &result.journeys[memory.journey];
        if journey.unfinished > 0 {
            let text = words::unfinished(&super::super::format::count(journey.unfinished));
            ui.label(RichText::new(text).small().color(view.theme.amber));
        }
    });
    let pick =
        |journey: &JourneyResult| if memory.completion { journey.completion_series.clone() } else { journey.response_series.clone() };
    let journey = &result.journeys[memory.journey];
    let mut curves = curves(view.theme, &pick(journey));
    let same = |other: &&JourneyResult| other.producer == journey.producer && other.event_type == journey.event_type;
    let baseline = view.baseline().filter(|baseline| !std::ptr::eq(*baseline, result) && baseline.grid == result.grid);
    if let Some(other) = baseline.and_then(|baseline| baseline.journeys.iter().find(same)) {
        let values = gaps(&pick(other).p99);
        curves.push(Curve { name: words::BASELINE_P99.to_owned(), values, color: view.theme.text_weak, dashed: true });
    }
    let chart = Chart {
        id: "latency".to_owned(),
        title: format!("{} of {}", if memory.completion { "Completion" } else { "Response" }, name(view, journey)),
        quantity: Quantity::Duration,
        scale: if memory.linear { Scale::Linear } else { Scale::Logarithmic },
        grid: &result.grid,
        warm_up_s: result.run.warm_up_s,
        faults: &result.faults,
        curves,
        bands: true,
        levels: Vec::new(),
    };
    let height = (ui.available_height() - 46.0).max(90.0);
    chart_ui(ui, view.theme, &chart, sight, height, actions);
}

fn curves(theme: &Theme, series: &LatencySeries) -> Vec<Curve> {
    let LatencySeries { p50, p90, p99, max } = series;
    let colors = [theme.plot[1], theme.plot[0], theme.plot[3], theme.plot[5]];
    [("p50", p50), ("p90", p90), ("p99", p99), ("max", max)]
        .into_iter()
        .zip(colors)
        .filter(|((_, values), _)| values.iter().any(Option::is_some))
        .map(|((name, values), color)| Curve { name: name.to_owned(), values: gaps(values), color, dashed: false })
        .collect()
}

/// Producer and event type.
pub(super) fn name(view: &View<'_>, journey: &JourneyResult) -> String {
    let producer = view.diagram.title(&journey.producer);
    journey.event_type.as_ref().map_or_else(|| producer.to_owned(), |kind| format!("{producer} · {kind}"))
}

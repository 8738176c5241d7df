//! Rates, levels and throttles over time: of the selected node, else of the whole.

use egui::{RichText, ScrollArea, Ui};
use plimsoll_models::{NodeId, units::Quantity};
use plimsoll_sim::{
    RunResult,
    result::{Series, SeriesKind},
};

use super::{Action, Focus, Sight, View};
use crate::gui::{
    plots::{Chart, Curve, Scale, chart_ui},
    words::results as words,
};

/// What the user looks at.
#[derive(Debug, Default)]
pub(super) struct Memory {
    picked: Option<NodeId>,
}

/// Shows the series of one node.
pub(super) fn ui(
    ui: &mut Ui,
    view: &View<'_>,
    result: &RunResult,
    (memory, sight, focus): (&mut Memory, &mut Sight, &Focus),
    actions: &mut Vec<Action>,
) {
    if let Some(selected) = focus.single_node() {
        memory.picked = Some(selected.clone());
    }
    let with_series: Vec<_> = result.nodes.iter().filter(|node| !node.series.is_empty()).collect();
    let Some(first) = with_series.first() else {
        ui.label(RichText::new(words::NO_SERIES).color(view.theme.text_weak));
        return;
    };
    let shown = with_series.iter().find(|node| Some(&node.id) == memory.picked.as_ref()).unwrap_or(first);
    let edge = focus.single_edge().and_then(|id| result.edge(id.as_str())).filter(|edge| !edge.series.is_empty());
    let (title, series) = match edge {
        Some(edge) => (focus.title(view), &edge.series),
        None => (view.diagram.title(&shown.id).to_owned(), &shown.series),
    };
    ui.horizontal_top(|ui| {
        ui.vertical(|ui| {
            ui.set_width(170.0);
            ScrollArea::vertical().id_salt("throughput nodes").auto_shrink([false, false]).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                for node in &with_series {
                    if ui.selectable_label(edge.is_none() && node.id == shown.id, view.diagram.title(&node.id)).clicked() {
                        memory.picked = Some(node.id.clone());
                        actions.push(Action::Reveal(plimsoll_models::Place::Node(node.id.clone(), None)));
                    }
                }
            });
        });
        ui.vertical(|ui| charts_ui(ui, view, result, (&title, series), sight, actions));
    });
}

fn charts_ui(
    ui: &mut Ui,
    view: &View<'_>,
    result: &RunResult,
    (name, series): (&str, &[Series]),
    sight: &mut Sight,
    actions: &mut Vec<Action>,
) {
    let rates: Vec<&Series> = series.iter().filter(|series| series.kind == SeriesKind::Rate).collect();
    let levels: Vec<&Series> = series.iter().filter(|series| series.kind != SeriesKind::Rate).collect();
    let groups: Vec<_> = [(words::RATES, rates, Quantity::Rate), (words::LEVELS, levels, Quantity::Number)]
        .into_iter()
        .filter(|(_, list, _)| !list.is_empty())
        .collect();
    let height = (ui.available_height() - 46.0).max(90.0);
    ui.columns(groups.len().max(1), |columns| {
        for (ui, (title, list, quantity)) in columns.iter_mut().zip(&groups) {
            let curves = list.iter().enumerate().map(|(index, series)| {
                let named = |words: &[&str]| words.iter().any(|word| series.name.contains(word));
                let color = if named(&["Throttle", "Reject", "4XX", "Refused", "Blocked"]) {
                    view.theme.amber
                } else if named(&["5XX", "Error", "Fail"]) {
                    view.theme.red
                } else {
                    view.theme.plot[index % view.theme.plot.len()]
                };
                let name = match series.kind {
                    SeriesKind::Rate => series.name.clone(),
                    SeriesKind::Mean => format!("{} (mean)", series.name),
                    SeriesKind::Max => format!("{} (max)", series.name),
                };
                Curve { name, values: series.values.clone(), color, dashed: false }
            });
            let chart = Chart {
                id: format!("throughput {title}"),
                title: format!("{name}: {}", title.to_lowercase()),
                quantity: *quantity,
                scale: Scale::Linear,
                grid: &result.grid,
                warm_up_s: result.run.warm_up_s,
                faults: &result.faults,
                curves: curves.collect(),
                bands: false,
                levels: Vec::new(),
            };
            chart_ui(ui, view.theme, &chart, sight, height, actions);
        }
    });
}

//! Journeys step by step: where the time went.

use egui::{Rect, RichText, ScrollArea, Sense, Stroke, Ui};
use plimsoll_sim::{
    RunResult,
    result::{JourneyTrace, TraceEvent, TraceStep},
};

use super::{Focus, Sight, View, none_selected_ui};
use crate::gui::{format, tone::Tone, words::results as words};

/// What the user looks at.
#[derive(Debug, Default)]
pub(super) struct Memory {
    picked: usize,
}

/// Width of the column of names.
const NAMES_WIDTH: f32 = 260.0;

/// Shows the list of journeys and the steps of one.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, result: &RunResult, (memory, sight, focus): (&mut Memory, &Sight, &Focus)) {
    if result.traces.is_empty() {
        ui.label(RichText::new(words::NO_TRACE).color(view.theme.text_weak));
        return;
    }
    let shown: Vec<usize> = (0..result.traces.len())
        .filter(|index| focus.trace(&result.traces[*index]) && sight.sees(result.traces[*index].started_s))
        .collect();
    let Some(first) = shown.first() else { return none_selected_ui(ui, view) };
    if !shown.contains(&memory.picked) {
        memory.picked = *first;
    }
    ui.horizontal_top(|ui| {
        ui.vertical(|ui| {
            ui.set_width(230.0);
            ScrollArea::vertical().id_salt("journeys").auto_shrink([false, false]).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                for index in shown {
                    let trace = &result.traces[index];
                    let took = trace
                        .response_s
                        .or(trace.completion_s)
                        .map_or_else(|| "unfinished".to_owned(), |end| format::seconds(end - trace.started_s));
                    let kind = if trace.slowest { "slow" } else { "first" };
                    let text = format!("#{}  {}  ·  {took}  ·  {kind}", trace.ordinal, view.diagram.title(&trace.producer));
                    if ui.selectable_label(index == memory.picked, text).clicked() {
                        memory.picked = index;
                    }
                }
            });
        });
        ui.vertical(|ui| waterfall_ui(ui, view, &result.traces[memory.picked]));
    });
}

/// Shows where the time of a journey went.
pub(in crate::gui) fn waterfall_ui(ui: &mut Ui, view: &View<'_>, trace: &JourneyTrace) {
    let start = trace.started_s;
    let last = trace.steps.last().map_or(start, |step| step.at_s);
    let end = trace.completion_s.into_iter().chain(trace.response_s).fold(last, f64::max);
    let span = (end - start).max(1e-9);
    let response = trace.response_s.map_or_else(|| "–".to_owned(), |at| format::seconds(at - start));
    let completion = trace.completion_s.map_or_else(|| "–".to_owned(), |at| format::seconds(at - start));
    let head = words::journey(trace.ordinal, &format::seconds(start), &response, &completion);
    ui.label(RichText::new(head).color(view.theme.text_weak));
    ScrollArea::vertical().id_salt("waterfall").auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (index, step) in trace.steps.iter().enumerate() {
            let until = trace.steps[index + 1..].iter().find(|later| later.node == step.node).map_or(step.at_s, |later| later.at_s);
            step_ui(ui, view, step, [(step.at_s - start) / span, (until - start) / span], step.at_s - start);
        }
    });
}

fn step_ui(ui: &mut Ui, view: &View<'_>, step: &TraceStep, shares: [f64; 2], since_s: f64) {
    let theme = view.theme;
    let (rect, response) = ui.allocate_exact_size(egui::vec2(ui.available_width(), 20.0), Sense::hover());
    let (what, tone) = said(step.what);
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    if response.hovered() {
        painter.rect_filled(rect, 3.0, theme.surface_hovered);
    }
    let font = egui::FontId::proportional(12.0);
    let left = egui::Align2::LEFT_CENTER;
    let y = rect.center().y;
    painter.text(
        egui::pos2(rect.left() + 66.0, y),
        egui::Align2::RIGHT_CENTER,
        format::seconds(since_s),
        egui::FontId::monospace(11.0),
        theme.text_weak,
    );
    painter.text(egui::pos2(rect.left() + 76.0, y), left, view.diagram.title(&step.node), font.clone(), theme.text);
    painter.text(egui::pos2(rect.left() + 180.0, y), left, what, font, tone.color(theme));
    let lane =
        Rect::from_min_max(egui::pos2(rect.left() + NAMES_WIDTH, rect.top() + 5.0), egui::pos2(rect.right() - 8.0, rect.bottom() - 5.0));
    painter.hline(lane.x_range(), rect.bottom(), Stroke::new(1.0, theme.stroke.gamma_multiply(0.5)));
    let at = |share: f64| lane.left() + lane.width() * share.clamp(0.0, 1.0) as f32;
    let bar = Rect::from_min_max(egui::pos2(at(shares[0]), lane.top()), egui::pos2(at(shares[1]).max(at(shares[0]) + 2.0), lane.bottom()));
    painter.rect_filled(bar, 2.0, tone.color(theme));
    let name = format!("{} {what} after {}", view.diagram.title(&step.node), format::seconds(since_s));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, &name));
}

/// The word for a step, and what it means.
fn said(what: TraceEvent) -> (&'static str, Tone) {
    match what {
        TraceEvent::Attempt => ("calls", Tone::Muted),
        TraceEvent::Wait => ("waits", Tone::Warn),
        TraceEvent::ColdStart => (words::COLD_START, Tone::Warn),
        TraceEvent::Start => ("works", Tone::Accent),
        TraceEvent::Done => ("done", Tone::Good),
        TraceEvent::Throttled => ("throttled", Tone::Bad),
        TraceEvent::Failed => ("failed", Tone::Bad),
        TraceEvent::TimedOut => (words::TIMED_OUT, Tone::Bad),
        TraceEvent::Enqueued => ("enqueued", Tone::Warn),
        TraceEvent::Received => ("received", Tone::Accent),
        TraceEvent::Deleted => ("deleted", Tone::Good),
        TraceEvent::DeadLettered => ("dead-lettered", Tone::Bad),
        TraceEvent::Expired => ("expired", Tone::Bad),
        TraceEvent::GivenUp => (words::GIVEN_UP, Tone::Bad),
        TraceEvent::Filtered => ("filtered", Tone::Muted),
    }
}

//! Journeys step by step: where the time went.

use egui::{Rect, RichText, ScrollArea, Sense, Stroke, Ui};
use plimsoll_models::NodeId;
use plimsoll_sim::{
    RunResult,
    result::{JourneyTrace, TraceEvent, TraceStep},
};

use super::{Focus, Sight, View, latency::Kind, none_selected_ui};
use crate::gui::{format, tone::Tone, words::results as words};

/// What the user looks at.
#[derive(Debug, Default)]
pub(super) struct Memory {
    picked: usize,
    /// The cell of the heat map whose journeys are shown.
    pub(super) cell: Option<Cell>,
}

/// A cell of the heat map: journeys of a producer that ended in an interval and took about so long, in seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The producer.
    pub producer: NodeId,
    /// Until when a latency counts.
    pub kind: Kind,
    /// When they ended.
    pub ended_s: (f64, f64),
    /// How long they took.
    pub took_s: (f64, f64),
}

impl Cell {
    /// How far a journey is from it, in doublings of the latency and intervals of the time; zero inside.
    fn distance(&self, trace: &JourneyTrace) -> Option<f64> {
        let ended = match self.kind {
            Kind::Response => trace.response_s?,
            Kind::Completion => trace.completion_s?,
        };
        if trace.producer != self.producer {
            return None;
        }
        let outside = |value: f64, (low, high): (f64, f64)| (low - value).max(value - high).max(0.0);
        let log = |seconds: f64| libm::log2(seconds.max(1e-9));
        let lengths = (log(self.took_s.0), log(self.took_s.1));
        let interval = (self.ended_s.1 - self.ended_s.0).max(1e-9);
        Some(outside(ended, self.ended_s) / interval + outside(log(ended - trace.started_s), lengths))
    }

    /// The journeys inside, or the nearest ones; and whether they are inside.
    fn journeys(&self, result: &RunResult) -> (Vec<usize>, bool) {
        let mut all: Vec<(f64, usize)> =
            result.traces.iter().enumerate().filter_map(|(at, trace)| Some((self.distance(trace)?, at))).collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        let inside = all.iter().take_while(|(distance, _)| *distance == 0.0).count();
        let shown = if inside > 0 { inside } else { NEAREST };
        (all.into_iter().take(shown).map(|(_, at)| at).collect(), inside > 0)
    }
}

/// Journeys that are shown where none was followed in a cell.
const NEAREST: usize = 5;

/// Width of the column of names.
const NAMES_WIDTH: f32 = 260.0;

/// Shows the list of journeys and the steps of one.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, result: &RunResult, (memory, sight, focus): (&mut Memory, &Sight, &Focus)) {
    if result.traces.is_empty() {
        ui.label(RichText::new(words::NO_TRACE).color(view.theme.text_weak));
        return;
    }
    let shown: Vec<usize> = match memory.cell.clone() {
        Some(cell) => cell_ui(ui, view, result, &cell, &mut memory.cell),
        None => (0..result.traces.len())
            .filter(|index| focus.trace(&result.traces[*index]) && sight.sees(result.traces[*index].started_s))
            .collect(),
    };
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
                    let kind = words::kept(trace.slowest, trace.ordinal);
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

/// Says which cell the journeys belong to, and leads back to all; the journeys.
fn cell_ui(ui: &mut Ui, view: &View<'_>, result: &RunResult, cell: &Cell, memory: &mut Option<Cell>) -> Vec<usize> {
    let (shown, inside) = cell.journeys(result);
    ui.horizontal(|ui| {
        let clock = crate::gui::plots::clock;
        let times = words::range(&clock(cell.ended_s.0), &clock(cell.ended_s.1));
        let lengths = words::range(&format::seconds(cell.took_s.0), &format::seconds(cell.took_s.1));
        let color = if inside { view.theme.text } else { view.theme.amber };
        ui.label(RichText::new(words::followed_in(&times, &lengths, inside)).color(color));
        if ui.small_button(words::ALL_JOURNEYS).clicked() {
            *memory = None;
        }
    });
    shown
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

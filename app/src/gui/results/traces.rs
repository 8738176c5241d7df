//! Journeys step by step: where the time went.

use egui::{
    Rect, RichText, ScrollArea, Sense, Stroke, Ui,
    text::{LayoutJob, TextWrapping},
};
use plimsoll_models::NodeId;
use plimsoll_sim::{
    RunResult,
    result::{JourneyTrace, TraceEvent, TraceStep},
};

use super::{Focus, Sight, View, latency::Kind, none_selected_ui};
use crate::gui::{
    format,
    plots::clock,
    row::{ROW_HEIGHT, Row},
    tone::Tone,
    words::results as words,
};

/// What the user looks at.
#[derive(Debug, Default)]
pub(super) struct Memory {
    picked: Option<usize>,
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

/// Width of the list, in points.
const LIST_WIDTH: f32 = 250.0;
/// Where the columns of a waterfall begin, in points: names, what happened, bars.
const COLUMNS: [f32; 3] = [76.0, 226.0, 316.0];
/// The same where there is little room.
const NARROW: [f32; 3] = [76.0, 176.0, 256.0];
/// Width from which on there is enough, in points.
const WIDE_FROM: f32 = 640.0;
/// Free space between two of them.
const GAP: f32 = 8.0;

/// Shows the list of journeys and the steps of one.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, result: &RunResult, (memory, sight, focus): (&mut Memory, &Sight, &Focus)) {
    if result.traces.is_empty() {
        ui.label(RichText::new(words::NO_TRACE).color(view.theme.text_weak));
        return;
    }
    let shown: Vec<usize> = match memory.cell.clone() {
        Some(cell) => cell_ui(ui, view, result, &cell, &mut memory.cell),
        None => listed(result, |trace| focus.trace(trace) && sight.sees(trace.started_s)),
    };
    let Some(first) = shown.first() else { return none_selected_ui(ui, view) };
    let picked = memory.picked.filter(|picked| shown.contains(picked)).unwrap_or(*first);
    ui.horizontal_top(|ui| {
        ui.vertical(|ui| {
            ui.set_width(LIST_WIDTH);
            ui.spacing_mut().item_spacing.y = 1.0;
            ScrollArea::vertical().id_salt("journeys").auto_shrink([false, false]).show_rows(ui, ROW_HEIGHT, shown.len(), |ui, seen| {
                for index in &shown[seen] {
                    if journey_ui(ui, view, &result.traces[*index], *index == picked) {
                        memory.picked = Some(*index);
                    }
                }
            });
        });
        ui.separator();
        ui.vertical(|ui| waterfall_ui(ui, view, &result.traces[picked]));
    });
}

/// How long a journey took; nothing while it is unfinished.
fn took_s(trace: &JourneyTrace) -> Option<f64> {
    trace.response_s.or(trace.completion_s).map(|end| end - trace.started_s)
}

/// Every journey that was followed, the slowest first; the others in the order in which they began.
fn listed(result: &RunResult, seen: impl Fn(&JourneyTrace) -> bool) -> Vec<usize> {
    let mut listed: Vec<usize> = (0..result.traces.len()).filter(|index| seen(&result.traces[*index])).collect();
    let rank = |index: &usize| {
        let trace = &result.traces[*index];
        (!trace.slowest, if trace.slowest { took_s(trace).map_or(f64::NEG_INFINITY, |took| -took) } else { trace.started_s })
    };
    listed.sort_by(|a, b| rank(a).0.cmp(&rank(b).0).then(rank(a).1.total_cmp(&rank(b).1)));
    listed
}

/// A journey of the list; whether it was clicked.
fn journey_ui(ui: &mut Ui, view: &View<'_>, trace: &JourneyTrace, chosen: bool) -> bool {
    let took = took_s(trace).map_or_else(|| words::NO_END.to_owned(), format::seconds);
    let title = format!("{took}  {}", view.diagram.title(&trace.producer));
    let below = words::followed(words::kept(trace.slowest, trace.ordinal), trace.ordinal, &clock(trace.started_s));
    let icon = if trace.slowest { "clock" } else { "trace" };
    Row { icon, title: &title, below: &below, chosen, faint: false }.ui(ui, view.theme, || format!("{title}, {below}")).clicked()
}

/// Says which cell the journeys belong to, and leads back to all; the journeys.
fn cell_ui(ui: &mut Ui, view: &View<'_>, result: &RunResult, cell: &Cell, memory: &mut Option<Cell>) -> Vec<usize> {
    let (shown, inside) = cell.journeys(result);
    ui.horizontal(|ui| {
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
    let columns = if rect.width() < WIDE_FROM { NARROW } else { COLUMNS };
    let y = rect.center().y;
    let time = egui::FontId::monospace(11.0);
    painter.text(
        egui::pos2(rect.left() + columns[0] - 10.0, y),
        egui::Align2::RIGHT_CENTER,
        format::seconds(since_s),
        time,
        theme.text_weak,
    );
    let column = |from: f32, to: f32, text: &str, color| {
        let mut job = LayoutJob::simple_singleline(text.to_owned(), egui::FontId::proportional(12.0), color);
        job.wrap = TextWrapping::truncate_at_width(to - from - GAP);
        let galley = painter.layout_job(job);
        painter.galley(egui::pos2(rect.left() + from, y - galley.size().y / 2.0), galley, color);
    };
    column(columns[0], columns[1], view.diagram.title(&step.node), theme.text);
    column(columns[1], columns[2], what, tone.color(theme));
    let lane =
        Rect::from_min_max(egui::pos2(rect.left() + columns[2], rect.top() + 5.0), egui::pos2(rect.right() - 8.0, rect.bottom() - 5.0));
    painter.hline(lane.x_range(), rect.bottom(), Stroke::new(1.0, theme.stroke.gamma_multiply(0.5)));
    let at = |share: f64| lane.left() + lane.width() * share.clamp(0.0, 1.0) as f32;
    let bar = Rect::from_min_max(egui::pos2(at(shares[0]), lane.top()), egui::pos2(at(shares[1]).max(at(shares[0]) + 2.0), lane.bottom()));
    painter.rect_filled(bar, 2.0, tone.color(theme));
    let name = format!("{} {what} after {}", view.diagram.title(&step.node), format::seconds(since_s));
    let response = response.on_hover_text_at_pointer(&name);
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

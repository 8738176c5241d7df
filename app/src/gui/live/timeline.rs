//! The whole live run at a glance: what was played so far, what goes wrong when, marks, the present moment.

use std::sync::Arc;

use egui::{
    Color32, CursorIcon, FontId, Galley, Key, Mesh, Painter, Pos2, Rangef, Rect, Response, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    epaint::PathShape, pos2, vec2,
};

use super::LiveRun;
use crate::{
    gui::{action::Action, results::Sight, theme::Theme, view::View, words::live as words},
    live::{Course, CoursePoint, Frame, Moment, Order},
};
use plimsoll_models::Diagram;

/// Height of the bars of faults, in points.
const FAULT_HEIGHT: f32 = 4.0;
/// Height of the row of marks, in points.
const MARKS_HEIGHT: f32 = 9.0;
/// Least width of something that can be clicked, in points.
const REACH: f32 = 5.0;
/// Size of the words of the legend, in points.
const LEGEND_SIZE: f32 = 10.5;
/// Distance of its lines, in points.
const LEGEND_STEP: f32 = 15.0;
/// Room for the color before a word of it, in points.
const LEGEND_INSET: f32 = 13.0;
/// Distance of the legend from the timeline, in points.
const LEGEND_GAP: f32 = 8.0;
/// How far an arrow key goes, as a share of the timeline.
const KEY_STEP: f64 = 0.01;

/// Where times stand on the screen.
#[derive(Clone, Copy)]
struct Axis {
    rect: Rect,
    end_s: f64,
}

impl Axis {
    fn x(&self, at_s: f64) -> f32 {
        self.rect.left() + self.rect.width() * (at_s / self.end_s.max(1e-9)).clamp(0.0, 1.0) as f32
    }

    fn at(&self, x: f32) -> f64 {
        f64::from(((x - self.rect.left()) / self.rect.width().max(1.0)).clamp(0.0, 1.0)) * self.end_s
    }
}

/// Shows the timeline in the room that is left.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, (live, frame): (&LiveRun, &Frame), sight: &mut Sight, actions: &mut Vec<Action>) {
    let legend = legend(ui, view.theme);
    let room = ui.available_size() - vec2(legend.iter().map(|line| line.size().x).fold(0.0, f32::max) + LEGEND_INSET + LEGEND_GAP, 0.0);
    let (rect, response) = ui.allocate_exact_size(room, Sense::click_and_drag());
    legend_ui(ui.painter(), view.theme, rect, legend);
    let axis = Axis { rect: rect.shrink2(vec2(4.0, 0.0)), end_s: frame.course.shown_s() };
    response.widget_info(|| WidgetInfo::slider(true, frame.at_s(), words::TIMELINE));
    paint(ui.painter(), view, live, frame, axis);
    if response.has_focus() {
        ui.painter().rect_stroke(rect, 4.0, Stroke::new(1.5, view.theme.accent), StrokeKind::Inside);
    }
    touch(ui, frame, axis, &response, actions);
    // The present moment has its own line.
    let elsewhere = |at_s: &f64| (0.0..=axis.end_s).contains(at_s) && (axis.x(*at_s) - axis.x(frame.at_s())).abs() > REACH;
    if let Some(at_s) = sight.cursor().filter(elsewhere) {
        ui.painter().vline(axis.x(at_s), rect.y_range(), Stroke::new(1.0, view.theme.text_weak));
    }
    let hovered = response.hover_pos().map(|at| axis.at(at.x));
    if let Some(at_s) = hovered {
        sight.hover(at_s);
        response
            .on_hover_cursor(CursorIcon::ResizeHorizontal)
            .on_hover_ui_at_pointer(|ui| tip(ui, view.diagram, (live, frame), axis, at_s));
    }
}

fn tip(ui: &mut Ui, diagram: &Diagram, (live, frame): (&LiveRun, &Frame), axis: Axis, at_s: f64) {
    ui.label(words::exact(at_s, axis.end_s));
    let near = |other: f64| (axis.x(other) - axis.x(at_s)).abs() <= REACH;
    for (moment, when) in frame.course.moments.iter().filter(|(_, when)| near(*when)) {
        ui.label(words::moment_at(*moment, *when));
    }
    for mark in live.marks.iter().filter(|mark| near(**mark)) {
        ui.label(words::mark_at(*mark));
    }
    for fault in live.session.faults().iter().filter(|fault| (fault.from..=fault.to.max(fault.from)).contains(&at_s)) {
        ui.label(fault.sentence(diagram));
    }
    ui.label(words::TIMELINE_HELP);
}

/// Drags and keys.
fn touch(ui: &Ui, frame: &Frame, axis: Axis, response: &Response, actions: &mut Vec<Action>) {
    let from = ui.input(|input| input.pointer.press_origin());
    if let Some(at) = response.interact_pointer_pos().filter(|_| response.is_pointer_button_down_on() || response.clicked()) {
        let at_s = axis.at(at.x);
        match from.filter(|_| ui.input(|input| input.modifiers.shift) && response.dragged()) {
            Some(from) => {
                let from_s = axis.at(from.x);
                actions.push(Action::Live(Order::Repeat(Some((from_s.min(at_s), from_s.max(at_s))))));
            }
            None if response.drag_started() || response.drag_delta().x != 0.0 || response.clicked() => {
                actions.push(Action::Live(Order::Seek(at_s)));
            }
            None => {}
        }
    }
    if response.has_focus() {
        let filter = egui::EventFilter { horizontal_arrows: true, ..egui::EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let steps = ui.input(|input| input.num_presses(Key::ArrowRight) as f64 - input.num_presses(Key::ArrowLeft) as f64);
        if steps != 0.0 {
            actions.push(Action::Live(Order::Seek((frame.at_s() + steps * KEY_STEP * axis.end_s).clamp(0.0, axis.end_s))));
        }
    }
}

fn paint(painter: &Painter, view: &View<'_>, live: &LiveRun, frame: &Frame, axis: Axis) {
    let theme = view.theme;
    let rect = axis.rect;
    painter.rect_filled(rect, 4.0, theme.surface_sunken);
    let curves = rect.with_min_y(rect.top() + MARKS_HEIGHT).with_max_y(rect.bottom() - FAULT_HEIGHT - 2.0);
    curves_ui(painter, theme, &frame.course, axis, curves);
    if let Some((from_s, to_s)) = frame.repeats {
        let part = Rect::from_x_y_ranges(Rangef::new(axis.x(from_s), axis.x(to_s)), rect.y_range());
        painter.rect(part, 2.0, theme.accent.gamma_multiply(0.10), Stroke::new(1.0, theme.accent.gamma_multiply(0.6)), StrokeKind::Inside);
    }
    for fault in live.session.faults() {
        let x = Rangef::new(axis.x(fault.from), axis.x(fault.to).max(axis.x(fault.from) + 2.0));
        let y = Rangef::new(rect.bottom() - FAULT_HEIGHT, rect.bottom());
        painter.rect_filled(Rect::from_x_y_ranges(x, y), 1.0, theme.amber);
    }
    for (moment, at_s) in &frame.course.moments {
        flag(painter, pos2(axis.x(*at_s), rect.top()), color(theme, *moment), rect.y_range());
    }
    for mark in &live.marks {
        flag(painter, pos2(axis.x(*mark), rect.top()), theme.text, rect.y_range());
    }
    let x = axis.x(frame.at_s());
    painter.vline(x, rect.y_range(), Stroke::new(2.0, theme.accent));
    painter.circle_filled(pos2(x, rect.top() + 3.0), 4.0, theme.accent);
}

fn color(theme: &Theme, moment: Moment) -> Color32 {
    match moment {
        Moment::FirstThrottle | Moment::FirstLoss => theme.red,
        Moment::FirstDeadLetter => theme.amber,
        Moment::WorstBacklog => theme.plot[2],
        Moment::SlowestJourney => theme.plot[4],
    }
}

/// A little flag with its pole.
fn flag(painter: &Painter, at: Pos2, color: Color32, y: Rangef) {
    painter.vline(at.x, y, Stroke::new(1.0, color.gamma_multiply(0.6)));
    let points = vec![at + vec2(0.0, 1.0), at + vec2(7.0, 4.5), at + vec2(0.0, 8.0)];
    painter.add(egui::Shape::convex_polygon(points, color, Stroke::NONE));
}

/// Root events as an area, losses as bars, the backlog as a line; each on a scale of its own.
fn curves_ui(painter: &Painter, theme: &Theme, course: &Course, axis: Axis, rect: Rect) {
    let most = |value: fn(&CoursePoint) -> u64| course.points.iter().map(value).max().unwrap_or_default().max(1) as f32;
    let (started, backlog) = (most(|point| point.started), most(|point| point.backlog));
    let mut mesh = Mesh::default();
    let mut line = Vec::with_capacity(course.points.len());
    for (n, point) in course.points.iter().enumerate() {
        let x = Rangef::new(axis.x(course.step_s * n as f64), axis.x(course.step_s * (n + 1) as f64));
        let mut bar = |value: u64, color: Color32| {
            let top = rect.bottom() - rect.height() * (value as f32 / started).min(1.0);
            mesh.add_colored_rect(Rect::from_x_y_ranges(x, Rangef::new(top, rect.bottom())), color);
        };
        bar(point.started, theme.accent.gamma_multiply(0.28));
        bar(point.lossy, theme.red);
        line.push(pos2(x.max, rect.bottom() - rect.height() * point.backlog as f32 / backlog));
    }
    painter.add(mesh);
    if line.len() > 1 {
        painter.add(PathShape::line(line, Stroke::new(1.5, theme.plot[2])));
    }
}

/// The words of the legend.
fn legend(ui: &Ui, theme: &Theme) -> Vec<Arc<Galley>> {
    let line = |text: &&str| ui.painter().layout_no_wrap((*text).to_owned(), FontId::proportional(LEGEND_SIZE), theme.text_weak);
    words::LEGEND.iter().map(line).collect()
}

/// What the curves are, at the right of a timeline.
fn legend_ui(painter: &Painter, theme: &Theme, rect: Rect, lines: Vec<Arc<Galley>>) {
    let colors = [theme.accent, theme.red, theme.plot[2]];
    let step = (rect.height() / colors.len() as f32).min(LEGEND_STEP);
    for (n, (line, color)) in lines.into_iter().zip(colors).enumerate() {
        let at = pos2(rect.right() + LEGEND_GAP, rect.center().y + step * (n as f32 - 1.0));
        painter.rect_filled(Rect::from_center_size(at + vec2(4.0, 0.0), vec2(7.0, 7.0)), 1.5, color);
        painter.galley(at + vec2(LEGEND_INSET, -line.size().y / 2.0), line, theme.text_weak);
    }
}

//! Boxes of a live run: what waits rises in them, instances stand in a row, the load line moves, sparks fly.

use egui::{Align2, Color32, CornerRadius, FontFamily, FontId, Painter, Rect as Area, Shape, Stroke, StrokeKind, pos2, vec2};
use plimsoll_models::{Point, families::Family};
use plimsoll_sim::{
    live::{MarkLook, NodeLook},
    result::TraceEvent,
};

use super::places::{Place, Places};
use crate::{
    gui::{
        canvas::{
            CanvasInput,
            camera::Camera,
            paint::{FINE_FROM, NORMAL_FROM},
        },
        theme::{SEMIBOLD, Theme, color32},
        words::live as words,
    },
    live::{Frame, MARK_S, mixed},
    scene::{Font, Level, Load, Rect, SMALL_SIZE, figure_place, gauge_rect, gauge_y, text},
};

/// A queue of so many powers of ten fills its box.
const FULL: f32 = 5.0;
/// Corners of a box, in units of the drawing.
const CORNER: f32 = 8.0;
/// Most instances that are shown one by one.
const CELLS_MAX: u64 = 15;
/// Side and gap of the cells, in units of the drawing.
const CELL: (f64, f64) = (5.0, 2.0);
/// How far above the lower edge of the box the cells stand, in units of the drawing.
const CELLS_UP: f64 = 7.0;
/// Most sparks of a node at a time, about.
const SPARKS_MAX: u64 = 10;
/// Least use of a limit that is told as a number.
const PERCENT_MIN: f64 = 0.005;
/// How far a spark rises, in units of the drawing.
const RISE: f32 = 16.0;

/// A box at the moment that is shown.
struct Live<'a> {
    painter: &'a Painter,
    camera: &'a Camera,
    theme: &'a Theme,
    frame: &'a Frame,
    index: usize,
    place: &'a Place,
    node: &'a NodeLook,
    /// Whether messages lie in it that others work on.
    holds: bool,
}

/// Paints what is to be told about each box on screen.
pub(super) fn paint(painter: &Painter, camera: &Camera, input: &CanvasInput<'_>, frame: &Frame, places: &Places) {
    let seen = camera.seen();
    for (index, (place, node)) in places.nodes.iter().zip(&frame.look.nodes).enumerate() {
        let Some(place) = place.as_ref().filter(|place| place.body.expand(20.0).intersects(seen)) else { continue };
        let service =
            frame.roster.nodes.get(index).and_then(|id| input.diagram.nodes.get(id)).and_then(|node| input.catalog.get(&node.service));
        let holds = service.is_some_and(|service| service.family == Family::Queue);
        let live = Live { holds, painter, camera, theme: input.theme, frame, index, place, node };
        live.tank();
        let load = live.load();
        if let Some(load) = load {
            live.gauge(load);
        }
        if camera.zoom >= FINE_FROM {
            live.figure(load);
            live.cells();
        }
    }
    if camera.zoom >= NORMAL_FROM {
        let crowds = crowds(frame, places.nodes.len());
        for mark in &*frame.marks {
            if crowds.get(mark.node as usize).is_some_and(|mask| mixed(mark.journey) & mask == 0)
                && let Some(Some(place)) = places.nodes.get(mark.node as usize)
            {
                spark(painter, camera, input, frame, place.body, mark);
            }
        }
    }
}

impl Live<'_> {
    fn screen(&self, rect: Rect) -> Area {
        self.camera.screen_rect(rect)
    }

    /// What waits, as the level of a liquid on a scale of powers of ten.
    fn tank(&self) {
        if self.node.waiting == 0 {
            return;
        }
        let share = ((1.0 + self.node.waiting as f32).log10() / FULL).min(1.0);
        let body = self.screen(self.place.body).shrink(1.0);
        let level = body.with_min_y(body.bottom() - body.height() * share);
        let color = if self.place.dead { self.theme.amber } else { self.theme.plot[2] };
        let radius = (CORNER * self.camera.zoom).min(level.height() / 2.0).round().clamp(0.0, 255.0) as u8;
        self.painter.rect_filled(level, CornerRadius { sw: radius, se: radius, nw: 0, ne: 0 }, color.gamma_multiply(0.24));
        // Faint, since it may cross the words.
        self.painter.hline(level.x_range(), level.top(), Stroke::new(1.0, color.gamma_multiply(0.3)));
    }

    /// Use of the tightest limit of late.
    fn load(&self) -> Option<Load> {
        let peak = self.place.limits.iter().filter_map(|at| self.frame.look.limits.get(*at)).map(|limit| limit.used).reduce(f64::max)?;
        let count = |of: fn(&plimsoll_sim::live::LimitLook) -> u64| {
            let rate = |at: &usize| Frame::rate(&self.frame.before, &self.frame.look, |look| look.limits.get(*at).map(of));
            self.place.limits.iter().map(rate).sum::<f64>()
        };
        let (refused, delayed) = (count(|limit| limit.refused) > 0.0, count(|limit| limit.delayed) > 0.0);
        Some(Load::now(peak, refused, delayed))
    }

    fn gauge(&self, load: Load) {
        let whole = gauge_rect(self.place.body);
        if load.peak > 0.0 {
            let top = gauge_y(whole, load.peak).min(whole.max.y - whole.width());
            let fill = self.screen(Rect { min: Point::new(whole.min.x, top), max: whole.max });
            let color = color32(load.level.color(self.theme.scene.load));
            self.painter.rect_filled(fill, fill.width() / 2.0, color);
        }
        let y = self.camera.screen(Point::new(whole.min.x, gauge_y(whole, 1.0))).y;
        let track = self.screen(whole);
        let mark = color32(self.theme.scene.mark);
        self.painter.hline(track.x_range().expand(3.0 * self.camera.zoom), y, Stroke::new((1.5 * self.camera.zoom).max(0.8), mark));
        if load.level != Level::Calm && load.peak >= PERCENT_MIN && self.camera.zoom >= FINE_FROM {
            let font = FontId::new(self.size(), FontFamily::Name(SEMIBOLD.into()));
            let color = color32(load.level.color(self.theme.scene.load_text));
            let at = self.screen(self.place.body).right_top() + vec2(0.0, -2.0);
            self.painter.text(at, Align2::RIGHT_BOTTOM, words::percent(load.peak), font, color);
        }
    }

    fn size(&self) -> f32 {
        (SMALL_SIZE as f32 * self.camera.zoom * 2.0).round() / 2.0
    }

    /// The one or two figures that matter most.
    fn figure(&self, load: Option<Load>) {
        let (now, before) = &self.frame.told;
        let Some(node) = now.nodes.get(self.index) else { return };
        let rate = |count: fn(&NodeLook) -> u64| Frame::rate(before, now, |look| look.nodes.get(self.index).map(count));
        let (arrivals, refused) = (rate(|node| node.arrivals), rate(|node| node.refused));
        let red = color32(Level::Red.color(self.theme.scene.load_text));
        let mut parts: Vec<String> = Vec::new();
        let mut color = self.theme.text;
        if self.place.dead {
            parts.push(words::dead_letters(node.waiting));
            if node.waiting > 0 {
                color = color32(Level::Amber.color(self.theme.scene.load_text));
            }
        } else {
            if refused > 0.0 {
                parts.push(words::share_refused(refused / arrivals.max(refused)));
                color = red;
            }
            if node.waiting > 0 {
                parts.push(words::waiting(node.waiting));
            }
            parts.push(words::rate(arrivals));
            if node.instances > 0 {
                parts.push(words::busy_of(node.busy, node.instances));
            } else if node.busy > 0 {
                parts.push(if self.holds { words::in_flight(node.busy) } else { words::busy(node.busy) });
            }
        }
        if color == self.theme.text && load.is_some_and(|load| load.level == Level::Red) {
            color = red;
        }
        self.line(&parts, color);
    }

    /// As many of the parts as there is room for.
    fn line(&self, parts: &[String], color: Color32) {
        let (at, room) = figure_place(self.place.body);
        let mut line = String::new();
        for part in parts {
            let longer = if line.is_empty() { part.clone() } else { format!("{line} · {part}") };
            if !line.is_empty() && text::width(&longer, Font::SemiBold, SMALL_SIZE) > room {
                break;
            }
            line = longer;
        }
        let font = FontId::new(self.size(), FontFamily::Name(SEMIBOLD.into()));
        self.painter.text(self.camera.screen(at), Align2::LEFT_CENTER, line, font, color);
    }

    /// Instances one by one, or as a bar where they are many: busy, starting, idle; provisioned ones have an outline.
    fn cells(&self) {
        let NodeLook { busy, instances, starting, provisioned, .. } = *self.node;
        let all = instances.max(busy);
        if instances == 0 {
            return;
        }
        let (start, room) = figure_place(self.place.body);
        let y = self.place.body.max.y - CELLS_UP;
        let fill = |n: u64| match n {
            n if n < busy => self.theme.accent,
            n if n < busy + starting => self.theme.plot[4],
            _ => self.theme.stroke_strong,
        };
        let outline = Stroke::new(1.0, self.theme.text);
        if all <= CELLS_MAX {
            for n in 0..all {
                let x = start.x + n as f64 * (CELL.0 + CELL.1);
                let cell = self.screen(Rect::new(x, y, CELL.0, CELL.0 - 1.0));
                self.painter.rect_filled(cell, 1.0, fill(n));
                if n < provisioned {
                    self.painter.rect_stroke(cell, 1.0, outline, StrokeKind::Outside);
                }
            }
            return;
        }
        let part = |from: u64, to: u64| {
            let x = |n: u64| start.x + room * (n.min(all) as f64 / all as f64);
            self.screen(Rect { min: Point::new(x(from), y), max: Point::new(x(to), y + CELL.0 - 1.0) })
        };
        for (from, to) in [(0, busy), (busy, busy + starting), (busy + starting, all)] {
            if to > from {
                self.painter.rect_filled(part(from, to), 1.0, fill(from));
            }
        }
        if provisioned > 0 {
            self.painter.rect_stroke(part(0, provisioned), 1.0, outline, StrokeKind::Outside);
        }
    }
}

/// For each node, which bits of a journey's hash must be zero for its sparks to be shown.
fn crowds(frame: &Frame, nodes: usize) -> Vec<u64> {
    let mut counts = vec![0_u64; nodes];
    for mark in &*frame.marks {
        if let Some(count) = counts.get_mut(mark.node as usize) {
            *count += 1;
        }
    }
    counts.into_iter().map(|count| count.div_ceil(SPARKS_MAX).max(1).next_power_of_two() - 1).collect()
}

/// What befell an event, as a spark that rises from the box and fades.
fn spark(painter: &Painter, camera: &Camera, input: &CanvasInput<'_>, frame: &Frame, body: Rect, mark: &MarkLook) {
    let theme = input.theme;
    let color = match mark.what {
        TraceEvent::Throttled | TraceEvent::Failed | TraceEvent::TimedOut => theme.red,
        TraceEvent::DeadLettered | TraceEvent::Expired | TraceEvent::GivenUp => theme.amber,
        TraceEvent::ColdStart => theme.plot[4],
        TraceEvent::Attempt
        | TraceEvent::Wait
        | TraceEvent::Start
        | TraceEvent::Done
        | TraceEvent::Enqueued
        | TraceEvent::Received
        | TraceEvent::Deleted
        | TraceEvent::Filtered => return,
    };
    let age = ((frame.at_s() - mark.at_s) / (MARK_S * frame.speed).max(1e-12)) as f32;
    if !(0.0..1.0).contains(&age) {
        return;
    }
    let box_ = camera.screen_rect(body);
    // Each journey has its place along the edge.
    let along = (mixed(mark.journey) >> 40) as f32 / (1_u32 << 24) as f32;
    let rise = if input.preferences.moves() { RISE * age * camera.zoom } else { 4.0 };
    let at = pos2(box_.left() + box_.width() * (0.08 + 0.84 * along), box_.top() - 3.0 * camera.zoom - rise);
    let color = color.gamma_multiply(1.0 - age);
    let size = (3.5 * camera.zoom).clamp(1.5, 5.0);
    let line = Stroke::new((1.6 * camera.zoom).clamp(1.0, 2.2), color);
    match mark.what {
        TraceEvent::Throttled => {
            painter.add(Shape::line_segment([at - vec2(size, 0.0), at + vec2(size, 0.0)], Stroke::new(line.width * 1.6, color)))
        }
        TraceEvent::ColdStart => painter.add(Shape::circle_stroke(at, size, line)),
        TraceEvent::DeadLettered | TraceEvent::Expired | TraceEvent::GivenUp => painter.add(Shape::circle_filled(at, size, color)),
        _ => {
            painter.add(Shape::line_segment([at - vec2(size, size), at + vec2(size, size)], line));
            painter.add(Shape::line_segment([at + vec2(-size, size), at + vec2(size, -size)], line))
        }
    };
}

//! The load of a producer as a curve whose points are dragged.

use std::sync::Arc;

use egui::{Align2, Color32, FontId, Key, Pos2, Rangef, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};
use plimsoll_models::{
    units,
    workload::{Between, Drawn},
};

use super::{Chosen, Drag, Memory, Sheet, axis, load, load::Load};
use crate::gui::{action::Action, format, plots, theme::Theme, words::panels as words};

/// Parts of the time axis for loads that have no points.
pub(super) const PARTS: usize = 240;

/// Radius of a point.
const POINT_RADIUS: f32 = 5.0;

/// Side of the square in which a point is taken hold of.
const POINT_REACH: f32 = 20.0;

/// Where rates stand on screen.
#[derive(Clone, Copy, Debug)]
struct RateAxis {
    span: Rangef,
    top: f64,
}

impl RateAxis {
    /// An axis that shows a rate with some room above it.
    fn new(span: Rangef, peak: f64) -> Self {
        let wanted = if peak > 0.0 { peak * 1.15 } else { 10.0 };
        Self { span, top: round_up(wanted) }
    }

    fn y(&self, rate: f64) -> f32 {
        self.span.max - self.span.span() * (rate / self.top).clamp(0.0, 1.0) as f32
    }

    fn at(&self, y: f32) -> f64 {
        f64::from((self.span.max - y) / self.span.span().max(1.0)).max(0.0) * self.top
    }

    fn step(&self) -> f64 {
        round_up(self.top / 400.0)
    }

    fn snapped(&self, rate: f64) -> f64 {
        axis::snapped(rate, self.step())
    }
}

/// The next of 1, 2, 2.5, 5 times a power of ten.
fn round_up(value: f64) -> f64 {
    let mut power: f64 = 1e-6;
    while power * 10.0 < value && power < 1e12 {
        power *= 10.0;
    }
    let factor = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|factor| power * factor >= value).unwrap_or(10.0);
    power * factor
}

/// Shows the load, if there is one.
pub(super) fn ui(ui: &Ui, sheet: &Sheet<'_>, load: Option<&Load>, rect: Rect, memory: &mut Memory, actions: &mut Vec<Action>) {
    let theme = sheet.view.theme;
    let ground = Rect::from_x_y_ranges(sheet.axis.span, rect.y_range());
    let painter = ui.painter().clone();
    painter.rect_filled(ground, 3.0, theme.surface_sunken);
    let name = Rect::from_min_max(rect.min, pos2(ground.left() - 50.0, rect.top() + 18.0));
    painter.with_clip_rect(name).text(name.left_top(), Align2::LEFT_TOP, words::LOAD, Theme::strong(), theme.text);
    sheet.axis.paint(&painter, theme, ground.y_range(), None);
    let Some(load) = load else {
        painter.text(ground.center(), Align2::CENTER_CENTER, words::NO_PRODUCER, FontId::proportional(Theme::SIZE_BODY), theme.text_weak);
        return;
    };
    let settled = Load::of(sheet.view, sheet.settled, &load.producer);
    let profile = memory.profile(load, sheet.plan.duration);
    // While a point is dragged the axis holds still.
    let peak = if memory.drag.is_some() { settled.peak(&[]) } else { load.peak(&profile) };
    let rates = RateAxis::new(ground.y_range().shrink(1.0), peak);
    paint_rates(&painter, theme, ground, rates);
    let room = ui.interact(ground, ui.scope_id().with("load-plot"), Sense::click());
    let sentence = words::load_plot(sheet.view.diagram.title(&load.producer), &load.text);
    room.widget_info(|| WidgetInfo::labeled(Role::Image, true, &sentence));
    paint_ends(&painter, sheet, ground);
    paint_curve(&painter, sheet, load, &profile, rates, ground);
    if let Some(drawn) = &load.drawn {
        if room.double_clicked()
            && let Some(at) = room.interact_pointer_pos()
        {
            let (drawn, index) = load::with_point(drawn, sheet.axis.snapped(sheet.axis.at(at.x)), rates.snapped(rates.at(at.y)));
            memory.chosen = Chosen::Point(index);
            actions.push(Action::Edit(load.redrawn(sheet.view, &drawn)));
        } else if room.clicked() {
            memory.chosen = Chosen::Load;
        }
        for index in 0..drawn.points.len().min(POINTS_MAX) {
            point_ui(ui, sheet, &settled, drawn, index, rates, memory, actions);
        }
    }
    if let Some(at) = room.hover_pos().filter(|_| memory.drag.is_none()) {
        readout(&painter, sheet, at, rates, ground);
    }
}

/// Most points that can be dragged; a curve with more is changed as text.
const POINTS_MAX: usize = 200;

fn paint_rates(painter: &egui::Painter, theme: &Theme, ground: Rect, rates: RateAxis) {
    // So that the lines stand at round rates too.
    let in_fifths = [2.5, 5.0].iter().any(|first| format!("{:e}", rates.top).starts_with(&format!("{first}e")));
    let count = if ground.height() <= 100.0 {
        2
    } else if in_fifths {
        5
    } else {
        4
    };
    for line in 0..=count {
        let rate = rates.top * f64::from(line) / f64::from(count);
        let y = rates.y(rate);
        painter.hline(ground.x_range(), y, Stroke::new(1.0, theme.stroke));
        let anchor = if line == count {
            Align2::RIGHT_TOP
        } else if line == 0 {
            Align2::RIGHT_BOTTOM
        } else {
            Align2::RIGHT_CENTER
        };
        let font = FontId::proportional(Theme::SIZE_SMALL);
        painter.text(pos2(ground.left() - 6.0, y), anchor, units::print_rate(rate), font, theme.text_weak);
    }
}

/// The warm-up at the left and what comes after the load at the right, in another shade.
fn paint_ends(painter: &egui::Painter, sheet: &Sheet<'_>, ground: Rect) {
    let theme = sheet.view.theme;
    let shade = theme.text_weak.gamma_multiply(0.10);
    if sheet.plan.warm_up > 0.0 {
        let end = sheet.axis.x(sheet.plan.warm_up);
        painter.rect_filled(ground.with_max_x(end), 0.0, shade);
        let words = painter.layout_no_wrap(words::WARM_UP.to_owned(), FontId::proportional(Theme::SIZE_SMALL), theme.text_weak);
        if words.size().x + 10.0 < end - ground.left() {
            painter.galley(ground.left_top() + vec2(5.0, 3.0), words, theme.text_weak);
        }
    }
    if sheet.plan.duration < sheet.axis.seconds {
        painter.rect_filled(ground.with_min_x(sheet.axis.x(sheet.plan.duration)), 0.0, shade);
    }
}

fn paint_curve(painter: &egui::Painter, sheet: &Sheet<'_>, load: &Load, profile: &Arc<[f64]>, rates: RateAxis, ground: Rect) {
    let theme = sheet.view.theme;
    let color = if load.in_scenario { theme.accent } else { theme.text_weak };
    let line = match &load.drawn {
        Some(drawn) => outline(sheet, drawn, rates),
        None => stairs(sheet, profile, rates),
    };
    let painter = painter.with_clip_rect(ground);
    let bottom = rates.y(0.0);
    let fill = color.gamma_multiply(0.14);
    for pair in line.windows(2).filter(|pair| pair[1].x > pair[0].x) {
        let corners = vec![pair[0], pair[1], pos2(pair[1].x, bottom), pos2(pair[0].x, bottom)];
        painter.add(Shape::convex_polygon(corners, fill, Stroke::NONE));
    }
    painter.add(Shape::line(line, Stroke::new(2.0, color)));
    if load.arrivals.is_none() {
        let font = FontId::proportional(Theme::SIZE_BODY);
        painter.text(ground.center(), Align2::CENTER_CENTER, words::UNREADABLE_LOAD, font, theme.red_text);
    }
}

fn outline(sheet: &Sheet<'_>, drawn: &Drawn, rates: RateAxis) -> Vec<Pos2> {
    let end = sheet.plan.duration;
    let mut corners: Vec<(f64, f64)> = Vec::new();
    if let (Some(first), Between::Line) = (drawn.points.first(), drawn.between) {
        corners.push((0.0, first.1));
    }
    for (at, rate) in &drawn.points {
        if let (Some((_, before)), Between::Level) = (corners.last().copied(), drawn.between) {
            corners.push((*at, before));
        }
        corners.push((*at, *rate));
    }
    if let Some((at, rate)) = corners.last().copied().filter(|(at, _)| *at < end) {
        corners.push((end.max(at), rate));
    }
    corners.into_iter().map(|(at, rate)| pos2(sheet.axis.x(at), rates.y(rate))).collect()
}

fn stairs(sheet: &Sheet<'_>, profile: &[f64], rates: RateAxis) -> Vec<Pos2> {
    let step = sheet.plan.duration / profile.len().max(1) as f64;
    let both = |(part, rate): (usize, &f64)| [part, part + 1].map(|edge| pos2(sheet.axis.x(edge as f64 * step), rates.y(*rate)));
    profile.iter().enumerate().flat_map(both).collect()
}

#[expect(clippy::too_many_arguments, reason = "one point of one curve on two axes")]
fn point_ui(
    ui: &Ui,
    sheet: &Sheet<'_>,
    settled: &Load,
    drawn: &Drawn,
    index: usize,
    rates: RateAxis,
    memory: &mut Memory,
    actions: &mut Vec<Action>,
) {
    let (at, rate) = drawn.points[index];
    if at > sheet.axis.seconds {
        return;
    }
    let center = pos2(sheet.axis.x(at), rates.y(rate));
    let reach = Rect::from_center_size(center, egui::Vec2::splat(POINT_REACH));
    let response = ui.interact(reach, ui.scope_id().with(("load-point", index)), Sense::click_and_drag());
    let sentence = words::point(index, drawn.points.len(), at, rate);
    response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, &sentence));
    if response.drag_started() {
        memory.drag = Some(Drag::Point(index));
    }
    if response.clicked() || response.drag_started() {
        memory.chosen = Chosen::Point(index);
    }
    let keys = memory.keys_for(&response);
    let chosen = memory.chosen == Chosen::Point(index);
    paint_point(ui, sheet.view.theme, center, chosen, response.hovered() || response.has_focus());
    if response.hovered() || response.dragged() {
        ui.ctx().set_cursor_icon(egui::CursorIcon::Grab);
    }
    let Some(before) = &settled.drawn else { return };
    for (key, modifiers) in keys {
        key_on_point(sheet, settled, before, index, (key, modifiers), rates, memory, actions);
    }
    let dragged = memory.drag == Some(Drag::Point(index));
    if dragged && let Some(pointer) = response.interact_pointer_pos() {
        let free = ui.input(|input| input.modifiers.alt);
        let (time, level) = (sheet.axis.at(pointer.x).clamp(0.0, sheet.axis.seconds), rates.at(pointer.y).min(rates.top));
        let (time, level) = if free { (thousandths(time), thousandths(level)) } else { (sheet.axis.snapped(time), rates.snapped(level)) };
        let edit = settled.redrawn(sheet.view, &load::with_point_at(before, index, time, level));
        actions.push(if response.drag_stopped() { Action::Edit(edit) } else { Action::Preview(edit) });
        if !response.drag_stopped() {
            let text = format!("{}   {}", plots::clock(time), units::print_rate(level));
            label(ui.painter(), sheet.view.theme, center, &text, ui.clip_rect());
        }
    }
}

fn thousandths(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

#[expect(clippy::too_many_arguments, reason = "one key on one point of one curve")]
fn key_on_point(
    sheet: &Sheet<'_>,
    settled: &Load,
    before: &Drawn,
    index: usize,
    (key, modifiers): (Key, egui::Modifiers),
    rates: RateAxis,
    memory: &mut Memory,
    actions: &mut Vec<Action>,
) {
    let Some((at, rate)) = before.points.get(index).copied() else { return };
    let much = if modifiers.shift { 10.0 } else { 1.0 };
    let (time, level) = (sheet.axis.step() * much, rates.step() * much);
    let moved = match key {
        Key::ArrowLeft => (sheet.axis.snapped(at - time), rate),
        Key::ArrowRight => (sheet.axis.snapped(at + time), rate),
        Key::ArrowUp => (at, rates.snapped(rate + level)),
        Key::ArrowDown => (at, rates.snapped(rate - level)),
        Key::Delete | Key::Backspace => {
            if let Some(drawn) = load::without_point(before, index) {
                memory.chosen = Chosen::Load;
                actions.push(Action::Edit(settled.redrawn(sheet.view, &drawn)));
            }
            return;
        }
        _ => {
            memory.drag = None;
            memory.chosen = Chosen::Load;
            actions.push(Action::EndPreview);
            return;
        }
    };
    let edit = settled.redrawn(sheet.view, &load::with_point_at(before, index, moved.0, moved.1));
    actions.push(Action::Type(edit, format!("load-point {index}/{}", settled.producer)));
}

fn paint_point(ui: &Ui, theme: &Theme, center: Pos2, chosen: bool, near: bool) {
    let radius = if chosen || near { POINT_RADIUS + 1.0 } else { POINT_RADIUS };
    let fill = if chosen { theme.accent } else { theme.surface };
    ui.painter().circle(center, radius, fill, Stroke::new(2.0, if near { theme.accent_hovered } else { theme.accent }));
}

/// What the curve is under the pointer.
fn readout(painter: &egui::Painter, sheet: &Sheet<'_>, at: Pos2, rates: RateAxis, ground: Rect) {
    let theme = sheet.view.theme;
    painter.vline(at.x, ground.y_range(), Stroke::new(1.0, theme.stroke_strong));
    let text = format!("{}   {}/s", plots::clock(sheet.axis.at(at.x)), format::number(rates.at(at.y)));
    let color: Color32 = theme.text_weak;
    painter.text(ground.right_top() + vec2(-6.0, 4.0), Align2::RIGHT_TOP, text, FontId::proportional(Theme::SIZE_SMALL), color);
}

/// A small label beside a place, kept inside of the clip.
fn label(painter: &egui::Painter, theme: &Theme, at: Pos2, text: &str, clip: Rect) {
    let galley = painter.layout_no_wrap(text.to_owned(), FontId::proportional(Theme::SIZE_SMALL), theme.text);
    let wanted = Rect::from_min_size(at + vec2(10.0, -galley.size().y - 10.0), galley.size() + vec2(10.0, 4.0));
    let shift = vec2((clip.right() - wanted.right()).min(0.0), (clip.top() - wanted.top()).max(0.0));
    let rect = wanted.translate(shift);
    painter.rect(rect, 4.0, theme.surface_raised, Stroke::new(1.0, theme.stroke_strong), egui::StrokeKind::Inside);
    painter.galley(rect.min + vec2(5.0, 2.0), galley, theme.text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_on_round_rates() {
        for (value, expected) in [(230.0, 250.0), (0.3, 0.5), (11.5, 20.0), (1_000.0, 1_000.0), (2.4, 2.5)] {
            assert!((round_up(value) - expected).abs() < 1e-9, "{value}: {}", round_up(value));
        }
    }
}

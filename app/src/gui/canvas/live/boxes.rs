//! Boxes of a live run: what waits rises in them, instances stand in a row, the load line moves, the run so far is a line.

use egui::{Align2, Color32, CornerRadius, FontFamily, FontId, Painter, Rangef, Rect as Area, Stroke, StrokeKind, epaint::PathShape, vec2};
use plimsoll_models::{Point, families::Family};
use plimsoll_sim::live::{LimitLook, NodeLook};

use super::places::{Place, Places, Rates};
use crate::{
    gui::{
        canvas::{
            CanvasInput,
            camera::Camera,
            paint::{FINE_FROM, FINEST_FROM},
        },
        theme::{SEMIBOLD, Theme, color32},
        words::live as words,
    },
    live::Frame,
    scene::{Font, Level, Load, Rect, SMALL_SIZE, cells_rect, figure_place, gauge_rect, gauge_y, spark_rect, text},
};

/// A queue of so many powers of ten fills its box.
const FULL: f32 = 5.0;
/// Corners of a box, in units of the drawing.
const CORNER: f32 = 8.0;
/// Columns and rows of the instances that are shown one by one.
const CELLS: (u64, u64) = (6, 2);
/// Gap of the cells, in units of the drawing.
const CELL_GAP: f64 = 1.8;
/// Height of the bar that many instances are, in units of the drawing.
const BAR: f64 = 4.6;
/// Least use of a limit that is told as a number.
const PERCENT_MIN: f64 = 0.005;

/// A box at the moment that is shown.
struct Live<'a> {
    painter: &'a Painter,
    camera: &'a Camera,
    theme: &'a Theme,
    frame: &'a Frame,
    place: &'a Place,
    node: NodeLook,
    /// What it is; a group is nothing of the kind.
    family: Option<Family>,
}

/// Paints what is to be told about each box on screen.
pub(super) fn paint(painter: &Painter, camera: &Camera, input: &CanvasInput<'_>, frame: &Frame, places: &Places) {
    let seen = camera.seen();
    for place in places.boxes.iter().filter(|place| place.body.expand(20.0).intersects(seen)) {
        let service = input.diagram.nodes.get(&place.id).and_then(|node| input.catalog.get(&node.service));
        let family = service.map(|service| service.family);
        let live = Live { family, painter, camera, theme: input.theme, frame, place, node: place.inside.look(&frame.look) };
        live.tank();
        let load = live.load();
        if let Some(load) = load {
            live.gauge(load);
        }
        if camera.zoom >= FINE_FROM {
            live.figure(load);
            live.cells();
        }
        if camera.zoom >= FINEST_FROM {
            live.run_so_far();
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
        let color = if self.place.inside.is_dead() { self.theme.amber } else { self.theme.plot[2] };
        let corner = CORNER * self.camera.zoom;
        let round = |radius: f32| radius.min(level.height() / 2.0).round().clamp(0.0, 255.0) as u8;
        // A full box is round at the top as well.
        let (low, high) = (round(corner), round((corner - (level.top() - body.top())).max(0.0)));
        self.painter.rect_filled(level, CornerRadius { sw: low, se: low, nw: high, ne: high }, color.gamma_multiply(0.24));
        // Its surface, but not across the words.
        let (words, room) = figure_place(self.place.body);
        let words = self.screen(Rect::new(words.x, words.y, room, 0.0));
        for x in [Rangef::new(level.left(), words.left() - 4.0), Rangef::new(words.right(), level.right())] {
            self.painter.hline(x, level.top(), Stroke::new(1.0, color.gamma_multiply(0.5)));
        }
    }

    /// Use of the tightest limit of late.
    fn load(&self) -> Option<Load> {
        let peak = self.place.limits.iter().filter_map(|at| self.frame.look.limits.get(*at)).map(|limit| limit.used).reduce(f64::max)?;
        let count = |of: fn(&LimitLook) -> u64| {
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
        let (now, inside) = (&self.frame.told.0, &self.place.inside);
        let node = inside.look(now);
        let Rates { arrivals, refused, completed: _ } = inside.rates(self.frame);
        let [amber, red] = [Level::Amber, Level::Red].map(|level| color32(level.color(self.theme.scene.load_text)));
        let mut parts: Vec<String> = Vec::new();
        let mut color = self.theme.text;
        let dead_letters = inside.dead_letters(now);
        if inside.is_dead() {
            parts.push(words::dead_letters(dead_letters));
            color = if dead_letters > 0 { amber } else { color };
        } else {
            if refused > 0.0 {
                // What a group refuses inside has not all entered it.
                parts.push(if inside.is_group {
                    words::refused_rate(refused)
                } else {
                    words::share_refused(refused / arrivals.max(refused))
                });
                color = red;
            }
            if node.waiting > 0 {
                parts.push(words::waiting(node.waiting));
            }
            if let Some(behind) = self.place.behind(self.frame) {
                parts.push(words::behind(behind));
                color = if color == red { red } else { amber };
            }
            parts.push(words::rate(arrivals));
            if inside.is_group && dead_letters > 0 {
                parts.push(words::dead_letters(dead_letters));
            } else if self.family == Some(Family::Stream) {
                parts.push(words::shards(node.instances));
            } else if node.instances > 0 {
                parts.push(words::busy_of(node.busy, node.instances));
            } else if node.busy > 0 {
                parts.push(if self.family == Some(Family::Queue) { words::in_flight(node.busy) } else { words::busy(node.busy) });
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
        let NodeLook { busy, instances, starting, provisioned, .. } = self.node;
        // The shards of a stream are all open; what is at work in it are records.
        let busy = if self.family == Some(Family::Stream) { instances } else { busy };
        let all = instances.max(busy);
        if instances == 0 {
            return;
        }
        let room = cells_rect(self.place.body);
        let fill = |n: u64| match n {
            n if n < busy => self.theme.accent,
            n if n < busy + starting => self.theme.plot[4],
            _ => self.theme.stroke_strong,
        };
        let outline = Stroke::new(1.0, self.theme.text);
        let (columns, rows) = CELLS;
        if all <= columns * rows {
            let side = |room: f64, count: u64| (room - CELL_GAP * (count - 1) as f64) / count as f64;
            let (width, height) = (side(room.width(), columns), side(room.height(), rows));
            for n in 0..all {
                let x = room.min.x + (n % columns) as f64 * (width + CELL_GAP);
                // The first row stands at the bottom.
                let y = room.max.y - height - (n / columns) as f64 * (height + CELL_GAP);
                let cell = self.screen(Rect::new(x, y, width, height));
                self.painter.rect_filled(cell, 1.0, fill(n));
                if n < provisioned {
                    self.painter.rect_stroke(cell, 1.0, outline, StrokeKind::Outside);
                }
            }
            return;
        }
        let part = |from: u64, to: u64| {
            let x = |n: u64| room.min.x + room.width() * (n.min(all) as f64 / all as f64);
            self.screen(Rect { min: Point::new(x(from), room.max.y - BAR), max: Point::new(x(to), room.max.y) })
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

    /// The run so far at a glance, with the moment that is shown.
    fn run_so_far(&self) {
        let room = spark_rect(self.place.body);
        let width = self.camera.zoom.max(1.0);
        let ground = self.screen(room);
        self.painter.hline(ground.x_range(), ground.bottom(), Stroke::new(0.8 * width, color32(self.theme.scene.track)));
        let Some(spark) = self.place.inside.spark(self.frame) else { return };
        for (points, hurt) in spark.lines(room) {
            let points = points.iter().map(|p| self.camera.screen(*p)).collect();
            let color = if hurt { self.theme.scene.load.red } else { self.theme.scene.load.calm };
            self.painter.add(PathShape::line(points, Stroke::new(1.2 * width, color32(color))));
        }
        super::cursor(self.painter, self.camera, room, spark.x(room, self.frame.at_s()), self.theme.accent);
    }
}

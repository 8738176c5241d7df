//! Scene to the screen, sharp at any zoom: everything is laid out anew in points, nothing is a scaled picture.

use egui::{
    Color32, CornerRadius, FontFamily, FontId, Mesh, Painter, Pos2, Shape as Mark, StrokeKind,
    epaint::{PathShape, PathStroke},
    vec2,
};
use plimsoll_models::Point;

use super::camera::Camera;
use crate::{
    arrange::GRID,
    gui::theme::{SEMIBOLD, Theme, color32},
    icons,
    scene::{Anchor, Color, Dash, Detail, Font, Form, Part, Rect, Shape, Stroke, Text, rounded, text},
};

/// Zoom from which on small text is painted.
pub(super) const FINE_FROM: f32 = 0.4;
/// Zoom from which on the line at the foot of a box can be read.
pub(super) const FINEST_FROM: f32 = 0.5;
/// Zoom from which on boxes are more than marks.
pub(super) const NORMAL_FROM: f32 = 0.15;
/// Size of the steps in which fonts grow, in points: a smooth zoom does not fill the font atlas.
const FONT_STEP: f32 = 0.5;
/// Least distance of the dots on the screen.
const GRID_MIN: f64 = 16.0;
/// Smallest text that can be made out, in points.
const TEXT_MIN: f32 = 4.0;
/// Smallest glyph that can be made out, in points; a smaller one is a spot of its color.
const ICON_MIN: f32 = 7.0;
/// Opacity of the figures of an outdated run.
const STALE: f32 = 0.35;

/// Paints shapes of the drawing.
pub(super) struct Brush<'a> {
    pub painter: &'a Painter,
    pub camera: &'a Camera,
    /// Whether the figures of the run are outdated.
    pub stale: bool,
}

impl Brush<'_> {
    /// Paints the dots of the grid; fewer when they would crowd.
    pub(super) fn grid(&self, theme: &Theme) {
        let mut step = GRID;
        while step * f64::from(self.camera.zoom) < GRID_MIN {
            step *= 2.0;
        }
        // Every other dot fades before it goes, so that a zoom does not flicker.
        let faded = theme.grid.gamma_multiply((((step * f64::from(self.camera.zoom)) - GRID_MIN) / GRID_MIN * 2.0).clamp(0.0, 1.0) as f32);
        let is_odd = |v: f64| (v / step).round() as i64 % 2 != 0;
        let seen = self.camera.seen();
        let dot = vec2(1.5, 1.5);
        let mut mesh = Mesh::default();
        let mut x = (seen.min.x / step).floor() * step;
        while x <= seen.max.x {
            let mut y = (seen.min.y / step).floor() * step;
            while y <= seen.max.y {
                let at = self.snap(self.camera.screen(Point::new(x, y)));
                let color = if is_odd(x) || is_odd(y) { faded } else { theme.grid };
                mesh.add_colored_rect(egui::Rect::from_center_size(at, dot), color);
                y += step;
            }
            x += step;
        }
        self.painter.add(mesh);
    }

    /// Paints what can be made out of a part.
    pub(super) fn part(&self, part: &Part) {
        let zoom = self.camera.zoom;
        let detail = match zoom {
            zoom if zoom < NORMAL_FROM => Detail::Always,
            zoom if zoom < FINE_FROM => Detail::Normal,
            zoom if zoom < FINEST_FROM => Detail::Fine,
            _ => Detail::Finest,
        };
        for shape in part.shapes.iter().filter(|shape| shape.detail <= detail) {
            self.shape(shape, part.origin);
        }
    }

    /// Paints a line of the drawing with rounded corners in a color and width of the screen.
    pub(super) fn halo(&self, points: &[Point], radius: f64, width: f32, color: Color32) {
        let points = rounded(points, radius, 5).into_iter().map(|p| self.camera.screen(p)).collect();
        self.painter.add(PathShape::line(points, PathStroke::new(width, color)));
    }

    fn shape(&self, shape: &Shape, origin: Point) {
        let at = |p: &Point| Point::new(p.x + origin.x, p.y + origin.y);
        let screen = |p: &Point| self.camera.screen(at(p));
        match &shape.form {
            Form::Rect { rect, radius, fill, stroke } => {
                let stroke = stroke.map(|stroke| Stroke { color: self.fade(shape, stroke.color), ..stroke });
                self.rectangle(rect.translate(origin), *radius, self.faded(shape, *fill), stroke);
            }
            Form::Circle { center, radius, fill, stroke } => {
                let radius = *radius as f32 * self.camera.zoom;
                let outline =
                    stroke.map_or(egui::Stroke::NONE, |stroke| egui::Stroke::new(self.width(stroke.width), color32(stroke.color)));
                self.painter.circle(screen(center), radius, self.faded(shape, *fill), outline);
            }
            Form::Line { points, radius, stroke } => {
                let points: Vec<Point> = points.iter().map(at).collect();
                let points: Vec<Pos2> = if *radius > 0.0 {
                    let line: Vec<Point> = points.iter().map(|p| self.camera.diagram(self.snap(self.camera.screen(*p)))).collect();
                    rounded(&line, *radius, 5).into_iter().map(|p| self.camera.screen(p)).collect()
                } else {
                    points.into_iter().map(|p| self.camera.screen(p)).collect()
                };
                self.line(points, Stroke { color: self.fade(shape, stroke.color), ..*stroke });
            }
            Form::Polygon { points, fill } => {
                let points = points.iter().map(screen).collect();
                self.painter.add(Mark::convex_polygon(points, self.faded(shape, *fill), egui::Stroke::NONE));
            }
            Form::Text(line) => self.text(line, screen(&line.at), self.faded(shape, line.color)),
            Form::Icon { key, rect, color } => {
                let rect = self.camera.screen_rect(rect.translate(origin));
                let color = self.faded(shape, *color);
                if rect.width() < ICON_MIN {
                    self.painter.rect_filled(rect, rect.width() * 0.25, color.gamma_multiply(0.7));
                } else {
                    icons::paint(self.painter, key, rect, color);
                }
            }
        }
    }

    fn rectangle(&self, rect: Rect, radius: f64, fill: Color32, stroke: Option<Stroke>) {
        let rect = self.camera.screen_rect(rect);
        let rect = egui::Rect::from_min_max(self.snap_edge(rect.min), self.snap_edge(rect.max));
        let corner = (radius as f32 * self.camera.zoom).min(250.0);
        let radius = CornerRadius::same(corner.round() as u8);
        match stroke {
            Some(stroke) if stroke.dash == Dash::Solid => {
                let stroke = egui::Stroke::new(self.width(stroke.width), color32(stroke.color));
                self.painter.rect(rect, radius, fill, stroke, StrokeKind::Inside);
            }
            Some(stroke) => {
                self.painter.rect_filled(rect, radius, fill);
                self.line(outline(rect, corner), stroke);
            }
            None => {
                self.painter.rect_filled(rect, radius, fill);
            }
        }
    }

    fn line(&self, points: Vec<Pos2>, stroke: Stroke) {
        let (width, color, zoom) = (self.width(stroke.width), color32(stroke.color), self.camera.zoom);
        match (stroke.dash, stroke.dash.pattern()) {
            // Gaps that cannot be made out are not worth their shapes.
            (Dash::Dashed, Some((dash, gap))) if zoom > 0.25 => {
                self.painter.extend(Mark::dashed_line(&points, (width, color), dash as f32 * zoom, gap as f32 * zoom));
            }
            (Dash::Dotted, Some((_, gap))) if zoom > 0.25 => {
                self.painter.extend(Mark::dotted_line(&points, color, gap as f32 * zoom, width / 2.0));
            }
            (Dash::Solid | Dash::Dashed | Dash::Dotted, _) => {
                self.painter.add(PathShape::line(points, PathStroke::new(width, color)));
            }
        }
    }

    fn text(&self, line: &Text, at: Pos2, color: Color32) {
        if (line.size as f32) * self.camera.zoom < TEXT_MIN {
            return;
        }
        let size = ((line.size as f32 * self.camera.zoom / FONT_STEP).round() * FONT_STEP).max(FONT_STEP);
        let family = match line.font {
            Font::Regular => FontFamily::Proportional,
            Font::SemiBold => FontFamily::Name(SEMIBOLD.into()),
            Font::Mono => FontFamily::Monospace,
        };
        let galley = self.painter.layout_no_wrap(line.words.clone(), FontId::new(size, family), color);
        let x = match line.anchor {
            Anchor::Start => at.x,
            Anchor::Middle => at.x - galley.size().x / 2.0,
            Anchor::End => at.x - galley.size().x,
        };
        let baseline = at.y + text::CAPITAL as f32 * size / 2.0;
        let within = galley.rows.first().and_then(|row| row.row.glyphs.first().map(|glyph| row.pos.y + glyph.pos.y));
        let top = baseline - within.unwrap_or(text::ASCENT as f32 * size);
        self.painter.galley(Pos2::new(x, top), galley, color);
    }

    /// A width on the screen: hairlines stay visible.
    fn width(&self, width: f64) -> f32 {
        (width as f32 * self.camera.zoom).max(0.8)
    }

    fn fade(&self, shape: &Shape, color: Color) -> Color {
        faded(shape, color, self.stale)
    }

    fn faded(&self, shape: &Shape, color: Color) -> Color32 {
        color32(self.fade(shape, color))
    }

    /// The nearest middle of a pixel, where thin lines are sharp.
    fn snap(&self, p: Pos2) -> Pos2 {
        let pixels = self.painter.pixels_per_point();
        let snap = |v: f32| ((v * pixels).floor() + 0.5) / pixels;
        Pos2::new(snap(p.x), snap(p.y))
    }

    /// The nearest edge of a pixel, where filled shapes are sharp.
    fn snap_edge(&self, p: Pos2) -> Pos2 {
        let pixels = self.painter.pixels_per_point();
        let snap = |v: f32| (v * pixels).round() / pixels;
        Pos2::new(snap(p.x), snap(p.y))
    }
}

/// The color of a shape: the figures of an outdated run are pale.
pub(super) fn faded(shape: &Shape, color: Color, stale: bool) -> Color {
    if shape.of_run && stale { color.opacity(STALE) } else { color }
}

/// The outline of a rounded rectangle, as a closed line.
pub(super) fn outline(rect: egui::Rect, radius: f32) -> Vec<Pos2> {
    let radius = radius.min(rect.width() / 2.0).min(rect.height() / 2.0);
    let corners = [(rect.right_bottom(), 0.0), (rect.left_bottom(), 0.25), (rect.left_top(), 0.5), (rect.right_top(), 0.75)];
    let mut points = Vec::new();
    for (corner, turn) in corners {
        let inward = (rect.center() - corner).map_sign() * radius;
        for i in 0..=5_u8 {
            let angle = (turn + f32::from(i) / 20.0) * std::f32::consts::TAU;
            points.push(corner + inward + vec2(angle.cos(), angle.sin()) * radius);
        }
    }
    points.extend(points.first().copied());
    points
}

trait MapSign {
    fn map_sign(self) -> Self;
}

impl MapSign for egui::Vec2 {
    fn map_sign(self) -> Self {
        vec2(self.x.signum(), self.y.signum())
    }
}

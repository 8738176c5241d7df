//! The bundled glyphs: the only reader of `assets/icons`.
//!
//! A glyph is a set of strokes on a grid of 24 by 24. It is parsed once, on first use, and drawn as outlines, so that it
//! is sharp at any zoom and the same on screen and in an exported picture.

use std::{collections::BTreeMap, fmt::Write as _, sync::OnceLock};

use tiny_skia::{PathSegment, Point};

/// Side of the grid that glyphs are drawn on.
pub const GRID: f32 = 24.0;
/// Width of a glyph's strokes, in units of the grid.
pub const STROKE: f32 = 2.0;
/// Number of straight pieces for one curve: smooth up to a glyph of 200 pixels.
const PIECES: u16 = 10;

macro_rules! icons {
    ($($key:literal)*) => {
        const SOURCES: &[(&str, &str)] = &[$(($key, include_str!(concat!("../../assets/icons/", $key, ".svg")))),*];
    };
}

icons! {
    "account" "align-bottom" "align-center" "align-left" "align-middle" "align-right" "align-top" "archive" "arrow-right" "balancer"
    "book" "bucket" "bus" "changes" "chart" "check" "chevron-down" "chevron-right" "chevron-up" "client" "clock" "close" "container"
    "context" "copy" "database" "dead-letter" "distribute-horizontal" "distribute-vertical" "dollar" "duplicate" "error" "export"
    "external" "external-link" "file" "fit" "fleet" "folder" "function" "gateway" "gauge" "grid" "group" "help" "info" "inspector"
    "ledger" "link" "list" "lock" "mapping" "minus" "moon" "note" "open" "palette" "paste" "pause" "pencil" "pin" "pipe" "play" "plus"
    "pods" "problems" "proxy" "queue" "queue-ordered" "redo" "refresh" "region" "save" "save-as" "search" "server" "serverless" "settings"
    "sliders" "sparkle" "station" "stop" "stream" "sun" "table" "target" "tidy" "topic" "trace" "trash" "undo" "ungroup" "vpc" "warning"
    "workflow" "zoom-in" "zoom-out"
}

/// A glyph, in units of the grid.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Icon {
    /// Its strokes.
    pub lines: Vec<IconLine>,
    /// The same strokes as the `d` of an SVG path.
    pub path: String,
}

/// A stroke of a glyph.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IconLine {
    /// Corners, x and y.
    pub points: Vec<[f32; 2]>,
    /// Whether the last corner is joined to the first.
    pub closed: bool,
}

/// Whether there is a glyph with this key.
pub fn exists(key: &str) -> bool {
    glyphs().contains_key(key)
}

/// Every key, in alphabetical order.
pub fn keys() -> impl Iterator<Item = &'static str> {
    glyphs().keys().copied()
}

/// The glyph with this key; for an unknown key a question mark in a circle.
pub fn icon(key: &str) -> &'static Icon {
    static EMPTY: Icon = Icon { lines: Vec::new(), path: String::new() };
    let glyphs = glyphs();
    glyphs.get(key).or_else(|| glyphs.get("help")).unwrap_or(&EMPTY)
}

fn glyphs() -> &'static BTreeMap<&'static str, Icon> {
    static GLYPHS: OnceLock<BTreeMap<&str, Icon>> = OnceLock::new();
    GLYPHS.get_or_init(|| SOURCES.iter().filter_map(|(key, svg)| Some((*key, parse(svg)?))).collect())
}

fn parse(svg: &str) -> Option<Icon> {
    let tree = usvg::Tree::from_str(svg, &usvg::Options::default()).ok()?;
    let mut icon = Icon::default();
    collect(tree.root(), &mut icon);
    Some(icon)
}

fn collect(group: &usvg::Group, icon: &mut Icon) {
    for node in group.children() {
        match node {
            usvg::Node::Group(group) => collect(group, icon),
            usvg::Node::Path(path) => {
                if let Some(path) = path.data().clone().transform(path.abs_transform()) {
                    trace(&path, icon);
                }
            }
            usvg::Node::Image(_) | usvg::Node::Text(_) => {}
        }
    }
}

fn trace(path: &tiny_skia::Path, icon: &mut Icon) {
    let mut line = IconLine::default();
    let mut at = Point::zero();
    for segment in path.segments() {
        let d = &mut icon.path;
        // Writing to a string cannot fail.
        let _ = match segment {
            PathSegment::MoveTo(p) => write!(d, "M{:.2} {:.2}", p.x, p.y),
            PathSegment::LineTo(p) => write!(d, "L{:.2} {:.2}", p.x, p.y),
            PathSegment::QuadTo(a, p) => write!(d, "Q{:.2} {:.2} {:.2} {:.2}", a.x, a.y, p.x, p.y),
            PathSegment::CubicTo(a, b, p) => {
                write!(d, "C{:.2} {:.2} {:.2} {:.2} {:.2} {:.2}", a.x, a.y, b.x, b.y, p.x, p.y)
            }
            PathSegment::Close => write!(d, "Z"),
        };
        let mut bend = |from: Point, a: Point, b: Point, to: Point| {
            for i in 1..=PIECES {
                let t = f32::from(i) / f32::from(PIECES);
                let (s, u) = (1.0 - t, [from, a, b, to]);
                let weights = [s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t];
                let sum = |axis: fn(&Point) -> f32| u.iter().zip(weights).map(|(p, w)| axis(p) * w).sum();
                line.points.push([sum(|p| p.x), sum(|p| p.y)]);
            }
        };
        match segment {
            PathSegment::MoveTo(p) => {
                finish(&mut line, icon);
                line.points.push([p.x, p.y]);
                at = p;
            }
            PathSegment::LineTo(p) => {
                line.points.push([p.x, p.y]);
                at = p;
            }
            PathSegment::QuadTo(a, p) => {
                let third = |end: Point| Point::from_xy(end.x + (a.x - end.x) * 2.0 / 3.0, end.y + (a.y - end.y) * 2.0 / 3.0);
                bend(at, third(at), third(p), p);
                at = p;
            }
            PathSegment::CubicTo(a, b, p) => {
                bend(at, a, b, p);
                at = p;
            }
            PathSegment::Close => {
                line.closed = true;
                finish(&mut line, icon);
            }
        }
    }
    finish(&mut line, icon);
}

fn finish(line: &mut IconLine, icon: &mut Icon) {
    let mut line = std::mem::take(line);
    let same = |a: [f32; 2], b: [f32; 2]| (a[0] - b[0]).abs() + (a[1] - b[1]).abs() < 1e-3;
    if line.closed && line.points.len() > 1 && same(line.points[0], line.points[line.points.len() - 1]) {
        line.points.pop();
    }
    if line.points.len() > 1 {
        icon.lines.push(line);
    }
}

/// Paints a glyph as large as fits into a rectangle.
#[cfg(feature = "gui")]
pub fn paint(painter: &egui::Painter, key: &str, rect: egui::Rect, color: egui::Color32) {
    let side = rect.width().min(rect.height());
    let scale = side / GRID;
    let origin = rect.center() - egui::Vec2::splat(side / 2.0);
    let width = STROKE * scale;
    for line in &icon(key).lines {
        let points: Vec<egui::Pos2> = line.points.iter().map(|[x, y]| origin + egui::vec2(*x, *y) * scale).collect();
        let stroke = egui::epaint::PathStroke::new(width, color);
        let (first, last) = (points[0], points[points.len() - 1]);
        if line.closed {
            painter.add(egui::epaint::PathShape::closed_line(points, stroke));
        } else {
            painter.add(egui::epaint::PathShape::line(points, stroke));
            // Round ends; egui's lines end flat.
            if width > 1.2 {
                for end in [first, last] {
                    painter.circle_filled(end, width / 2.0, color);
                }
            }
        }
    }
}

/// A button that shows a glyph; the tooltip is its name for screen readers too.
#[cfg(feature = "gui")]
pub fn icon_button(ui: &mut egui::Ui, key: &str, tooltip: &str) -> egui::Response {
    icon_toggle(ui, key, tooltip, false)
}

/// A button that shows a glyph and whether what it stands for is on.
#[cfg(feature = "gui")]
pub fn icon_toggle(ui: &mut egui::Ui, key: &str, tooltip: &str, on: bool) -> egui::Response {
    let side = ui.spacing().interact_size.y;
    let (rect, response) = ui.allocate_exact_size(egui::Vec2::splat(side), egui::Sense::click());
    response.widget_info(|| egui::WidgetInfo::selected(egui::accesskit::Role::Button, ui.is_enabled(), on, tooltip));
    if ui.is_rect_visible(rect) {
        let visuals = ui.style().interact_selectable(&response, on);
        let touched = response.hovered() || response.has_focus() || response.is_pointer_button_down_on();
        if on || touched {
            ui.painter().rect_filled(rect, visuals.corner_radius, visuals.weak_bg_fill);
        }
        if response.has_focus() {
            ui.painter().rect_stroke(rect, visuals.corner_radius, visuals.bg_stroke, egui::StrokeKind::Inside);
        }
        let color = if on || touched { visuals.fg_stroke.color } else { ui.visuals().weak_text_color() };
        let color = if ui.is_enabled() { color } else { ui.visuals().weak_text_color() };
        paint(ui.painter(), key, rect.shrink(side * 0.19), color);
    }
    response.on_hover_text(tooltip)
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_models::Catalog;

    #[test]
    fn every_file_of_the_folder_is_a_glyph() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/icons");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "svg"))
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        files.sort();
        assert_eq!(keys().collect::<Vec<_>>(), files);
        for key in keys() {
            let icon = icon(key);
            assert!(!icon.lines.is_empty() && icon.path.starts_with('M'), "{key}");
            for [x, y] in icon.lines.iter().flat_map(|line| &line.points) {
                assert!((0.0..=GRID).contains(x) && (0.0..=GRID).contains(y), "{key} leaves its grid");
            }
        }
    }

    #[test]
    fn every_service_has_a_glyph() {
        for service in Catalog::embedded().all() {
            assert!(exists(&service.icon), "{} wants the glyph `{}`", service.id, service.icon);
        }
    }
}

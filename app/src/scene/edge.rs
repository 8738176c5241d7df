//! An arrow of the drawing, and its label.

use plimsoll_models::{EdgeKind, Point};

use super::{Anchor, Color, Dash, Detail, Font, Form, Rect, SceneTheme, Shape, Stroke, Text, text};

/// Width of an arrow's line.
pub const EDGE_WIDTH: f64 = 1.5;
/// By how much the corners of a way are rounded.
pub const CORNER_RADIUS: f64 = 8.0;
const HEAD_LENGTH: f64 = 9.0;
const HEAD_WIDTH: f64 = 8.0;
/// Gap between the tip and the box.
const TIP_GAP: f64 = 2.0;
const MARK_RADIUS: f64 = 7.0;
/// Distance of the middle of the poll mark from the tip.
const MARK_BACK: f64 = 22.0;
const LABEL_SIZE: f64 = 10.0;
const LABEL_WIDTH_MAX: f64 = 150.0;
const LABEL_PADDING: f64 = 3.5;
const LABEL_HEIGHT: f64 = 16.0;

/// The shapes of an arrow along its way, on the drawing.
pub(super) fn shapes(kind: EdgeKind, route: &[Point], theme: &SceneTheme) -> Vec<Shape> {
    let [.., before, end] = *route else { return Vec::new() };
    let color = theme.edge(kind);
    let dash = match kind {
        EdgeKind::Request | EdgeKind::Send => Dash::Solid,
        EdgeKind::Deliver | EdgeKind::DeadLetter => Dash::Dashed,
        EdgeKind::Poll => Dash::Dotted,
    };
    let along = direction(before, end);
    let tip = back(end, along, TIP_GAP);
    let mut points = route.to_vec();
    if let Some(last) = points.last_mut() {
        *last = back(tip, along, if kind == EdgeKind::Send { 1.0 } else { HEAD_LENGTH - 1.0 });
    }
    let width = if kind == EdgeKind::Poll { 2.0 } else { EDGE_WIDTH };
    let mut shapes = vec![Shape::new(Form::Line { points, radius: CORNER_RADIUS, stroke: Stroke { width, color, dash } })];
    head(kind, tip, along, color, &mut shapes);
    if kind == EdgeKind::Poll && length(before, end) > MARK_BACK + MARK_RADIUS {
        poll_mark(back(tip, along, MARK_BACK), color, theme, &mut shapes);
    }
    shapes
}

fn head(kind: EdgeKind, tip: Point, along: Point, color: Color, shapes: &mut Vec<Shape>) {
    let base = back(tip, along, HEAD_LENGTH);
    let side = |sign: f64| Point::new(base.x - along.y * sign * HEAD_WIDTH / 2.0, base.y + along.x * sign * HEAD_WIDTH / 2.0);
    let points = vec![side(1.0), tip, side(-1.0)];
    let form = if kind == EdgeKind::Send {
        Form::Line { points, radius: 0.0, stroke: Stroke::solid(EDGE_WIDTH, color) }
    } else {
        Form::Polygon { points, fill: color }
    };
    shapes.push(Shape::new(form).detail(Detail::Normal));
}

/// The mapping that fetches events stands at the target's end.
fn poll_mark(center: Point, color: Color, theme: &SceneTheme, shapes: &mut Vec<Shape>) {
    let stroke = Some(Stroke::solid(1.2, color));
    shapes.push(Shape::new(Form::Circle { center, radius: MARK_RADIUS, fill: theme.canvas, stroke }).detail(Detail::Normal));
    let rect = Rect::centered(center, 8.5, 8.5);
    shapes.push(Shape::new(Form::Icon { key: "mapping".to_owned(), rect, color }).detail(Detail::Fine));
}

fn direction(a: Point, b: Point) -> Point {
    let length = length(a, b).max(1e-9);
    Point::new((b.x - a.x) / length, (b.y - a.y) / length)
}

fn length(a: Point, b: Point) -> f64 {
    (b.x - a.x).hypot(b.y - a.y)
}

fn back(p: Point, along: Point, by: f64) -> Point {
    Point::new(p.x - along.x * by, p.y - along.y * by)
}

/// The words of a label as they are drawn, and the size of its ground. `room` is the width that it may have.
pub(super) fn label_text(name: &str, room: f64) -> (String, f64, f64) {
    let words = text::elide(name, Font::Regular, LABEL_SIZE, LABEL_WIDTH_MAX.min(room - 2.0 * LABEL_PADDING));
    let width = text::width(&words, Font::Regular, LABEL_SIZE) + 2.0 * LABEL_PADDING;
    (words, width, LABEL_HEIGHT)
}

/// The shapes of a label on its ground; the origin is its upper left corner.
pub(super) fn label_shapes(words: String, width: f64, height: f64, ground: Color, theme: &SceneTheme) -> Vec<Shape> {
    let rect = Rect::new(0.0, 0.0, width, height);
    let words = Text { words, at: rect.center(), anchor: Anchor::Middle, size: LABEL_SIZE, font: Font::Regular, color: theme.text_weak };
    vec![
        Shape::new(Form::Rect { rect, radius: 4.0, fill: ground, stroke: None }).detail(Detail::Fine),
        Shape::new(Form::Text(words)).detail(Detail::Fine),
    ]
}

/// Where a label of this size stands on a way: in the middle of a long piece, beside it when a box is in the way.
/// Also says how bad that place is: from 100 on it covers something.
pub(super) fn place_label(route: &[Point], width: f64, height: f64, clashes: impl Fn(Rect) -> f64) -> Option<(f64, Rect)> {
    let mut pieces: Vec<(Point, Point)> = route.windows(2).map(|pair| (pair[0], pair[1])).collect();
    // A label lies well on a horizontal piece that is longer than itself.
    let fits = |(a, b): &(Point, Point)| if (a.y - b.y).abs() < 1e-6 { length(*a, *b) - width } else { length(*a, *b) - 3.0 * height };
    pieces.sort_by(|a, b| fits(b).total_cmp(&fits(a)));
    let mut best: Option<(f64, Rect)> = None;
    for (rank, (a, b)) in pieces.iter().enumerate() {
        for share in [0.5, 0.4, 0.6, 0.25, 0.75] {
            let center = Point::new(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share);
            let lift = height / 2.0 + 3.0;
            let places = [(0.0, 0.0), (0.0, -lift), (0.0, lift), (width / 2.0 + 5.0, 0.0), (-width / 2.0 - 5.0, 0.0)];
            for (n, (dx, dy)) in places.into_iter().enumerate() {
                let rect = Rect::centered(Point::new(center.x + dx, center.y + dy), width, height);
                let short = if n == 0 && fits(&(*a, *b)) < 16.0 { 1.0 } else { 0.0 };
                let taste = rank as f64 * 0.6 + (share - 0.5f64).abs() + n as f64 * 0.3 + short;
                let score = clashes(rect) * 100.0 + taste;
                if best.is_none_or(|(least, _)| score < least) {
                    best = Some((score, rect));
                }
            }
        }
    }
    best
}

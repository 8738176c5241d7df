//! An arrow of the drawing, and its label.

use plimsoll_models::{EdgeKind, LineStyle, Point, diagram::LabelPlace};

use super::{
    Anchor, Color, Dash, Detail, Font, Form, Rect, SceneTheme, Shape, Stroke, Text, text,
    way::{self, between, distance},
};

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
/// Ways with more corners than this are curves, whose pieces are short.
const CORNERS_MAX: usize = 16;
/// Into how many stretches a curve is divided for its label.
const CURVE_STRETCHES: u32 = 5;
const LABEL_SIZE: f64 = 10.0;
const LABEL_WIDTH_MAX: f64 = 150.0;
const LABEL_PADDING: f64 = 3.5;
const LABEL_HEIGHT: f64 = 16.0;

/// The shapes of an arrow along its way, on the drawing.
pub(super) fn shapes(kind: EdgeKind, style: LineStyle, route: &[Point], theme: &SceneTheme) -> Vec<Shape> {
    let Some(end) = route.last().copied() else { return Vec::new() };
    let color = theme.edge(kind);
    let dash = match kind {
        EdgeKind::Request | EdgeKind::Send => Dash::Solid,
        EdgeKind::Deliver | EdgeKind::DeadLetter => Dash::Dashed,
        EdgeKind::Poll => Dash::Dotted,
    };
    // Curves have no corners to be rounded.
    let radius = if style == LineStyle::Bezier { 0.0 } else { CORNER_RADIUS };
    let back = |by: f64| way::cut_end(route, by).last().copied().unwrap_or(end);
    let tip = back(TIP_GAP);
    let along = direction(back(TIP_GAP + HEAD_LENGTH), tip);
    let points = way::cut_end(route, TIP_GAP + if kind == EdgeKind::Send { 1.0 } else { HEAD_LENGTH - 1.0 });
    let width = if kind == EdgeKind::Poll { 2.0 } else { EDGE_WIDTH };
    let mut shapes = vec![Shape::new(Form::Line { points, radius, stroke: Stroke { width, color, dash } })];
    head(kind, tip, along, color, &mut shapes);
    // The mark stands on the last straight piece, or anywhere on a curve.
    let room = if style == LineStyle::Bezier { way::length(route) } else { way::length(&route[route.len().saturating_sub(2)..]) };
    if kind == EdgeKind::Poll && room > MARK_BACK + MARK_RADIUS {
        poll_mark(back(TIP_GAP + MARK_BACK), color, theme, &mut shapes);
    }
    shapes
}

fn head(kind: EdgeKind, tip: Point, along: Point, color: Color, shapes: &mut Vec<Shape>) {
    let base = Point::new(tip.x - along.x * HEAD_LENGTH, tip.y - along.y * HEAD_LENGTH);
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
    let length = distance(a, b).max(1e-9);
    Point::new((b.x - a.x) / length, (b.y - a.y) / length)
}

/// The words of a label as they are drawn, and the size of its ground. `room` is the width that it may have.
pub(super) fn label_text(name: &str, room: f64) -> (String, f64, f64) {
    let words = text::elide(name, Font::Regular, LABEL_SIZE, LABEL_WIDTH_MAX.min(room - 2.0 * LABEL_PADDING));
    let width = text::width(&words, Font::Regular, LABEL_SIZE) + 2.0 * LABEL_PADDING;
    (words, width, LABEL_HEIGHT)
}

/// The width of a label on its ground; 0 without one.
pub fn label_width(name: &str) -> f64 {
    if name.trim().is_empty() { 0.0 } else { label_text(name.trim(), f64::INFINITY).1 }
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

/// Where a label of this size stands that somebody has put there.
pub(super) fn placed_label(route: &[Point], place: LabelPlace, width: f64, height: f64) -> Option<Rect> {
    let at = way::point_at(route, place.along)?;
    Some(Rect::centered(Point::new(at.x + place.offset.x, at.y + place.offset.y), width, height))
}

/// Where a label of this size stands on a way: in the middle of a long piece, beside it when a box is in the way.
/// Also says how bad that place is: from 100 on it covers something.
pub(super) fn place_label(route: &[Point], width: f64, height: f64, clashes: impl Fn(Rect) -> f64) -> Option<(f64, Rect)> {
    let mut pieces: Vec<(Point, Point)> = straight_stretches(route);
    // A label lies well on a horizontal piece that is longer than itself.
    let fits = |(a, b): &(Point, Point)| if (a.y - b.y).abs() < 1e-6 { distance(*a, *b) - width } else { distance(*a, *b) - 3.0 * height };
    pieces.sort_by(|a, b| fits(b).total_cmp(&fits(a)));
    let mut places: Vec<(f64, Rect)> = Vec::new();
    for (rank, (a, b)) in pieces.iter().enumerate() {
        for share in [0.5, 0.4, 0.6, 0.25, 0.75] {
            let center = between(*a, *b, share);
            let lift = height / 2.0 + 3.0;
            let beside = [(0.0, 0.0), (0.0, -lift), (0.0, lift), (width / 2.0 + 5.0, 0.0), (-width / 2.0 - 5.0, 0.0)];
            for (n, (dx, dy)) in beside.into_iter().enumerate() {
                let rect = Rect::centered(Point::new(center.x + dx, center.y + dy), width, height);
                let short = if n == 0 && fits(&(*a, *b)) < 16.0 { 1.0 } else { 0.0 };
                places.push((rank as f64 * 0.6 + (share - 0.5f64).abs() + n as f64 * 0.3 + short, rect));
            }
        }
    }
    places.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let mut best: Option<(f64, Rect)> = None;
    for (taste, rect) in places {
        // Those that follow are to no better taste.
        if best.is_some_and(|(least, _)| least <= taste) {
            break;
        }
        let score = clashes(rect) * 100.0 + taste;
        if best.is_none_or(|(least, _)| score < least) {
            best = Some((score, rect));
        }
    }
    best
}

/// The pieces of a way; those of a curve are taken together, since none of them could carry a label.
fn straight_stretches(route: &[Point]) -> Vec<(Point, Point)> {
    let corners: Vec<Point> = if route.len() > CORNERS_MAX {
        let count = CURVE_STRETCHES;
        (0..=count).filter_map(|n| way::point_at(route, f64::from(n) / f64::from(count))).collect()
    } else {
        route.to_vec()
    };
    corners.windows(2).map(|pair| (pair[0], pair[1])).collect()
}

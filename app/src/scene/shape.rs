//! What a drawing is made of.

use std::{collections::BTreeMap, sync::Arc};

use plimsoll_models::{EdgeId, GroupId, NodeId, NoteId, Point};

use super::{Color, Rect, route::Route};

/// A drawing: parts in the order in which they are painted.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// Frames, then lines of notes, arrows, boxes, notes and labels.
    pub parts: Vec<Part>,
    /// Around everything; `None` when nothing is drawn.
    pub bounds: Option<Rect>,
    /// Behind everything.
    pub background: Color,
    /// Title of the diagram.
    pub title: String,
    /// The way of each arrow, from border to border.
    pub routes: BTreeMap<EdgeId, Route>,
}

/// Shapes that belong together and stand for something.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What it stands for.
    pub link: Link,
    /// Where its own origin lies on the drawing.
    pub origin: Point,
    /// Around its shapes, on the drawing.
    pub bounds: Rect,
    /// What to paint, relative to the origin.
    pub shapes: Arc<[Shape]>,
}

/// What a part stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Link {
    /// A frame.
    Group(GroupId),
    /// An arrow.
    Edge(EdgeId),
    /// A box.
    Node(NodeId),
    /// The label of an arrow.
    Label(EdgeId),
    /// A note.
    Note(NoteId),
    /// The line from a note to what it is about.
    Leader(NoteId),
    /// What the lines mean.
    Legend,
}

/// Something to paint.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// From which zoom on it can be made out.
    pub detail: Detail,
    /// Whether it tells about a run, and fades when that run is outdated.
    pub of_run: bool,
    /// What it looks like.
    pub form: Form,
}

impl Shape {
    /// A shape that is always painted.
    pub fn new(form: Form) -> Self {
        Self { detail: Detail::Always, of_run: false, form }
    }

    /// The same shape, painted from a zoom on.
    pub fn detail(self, detail: Detail) -> Self {
        Self { detail, ..self }
    }

    /// The same shape, as one that tells about a run.
    pub fn of_run(self) -> Self {
        Self { of_run: true, ..self }
    }
}

/// From which zoom on a shape is painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// At any zoom.
    Always,
    /// Where a box is more than a mark.
    Normal,
    /// Where small text can be read.
    Fine,
    /// Where a line in a box can be read.
    Finest,
}

/// The look of a shape, in units of the drawing.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// A rectangle.
    Rect {
        /// Where.
        rect: Rect,
        /// Of its corners.
        radius: f64,
        /// Inside.
        fill: Color,
        /// Outline, drawn inside of the rectangle.
        stroke: Option<Stroke>,
    },
    /// A circle.
    Circle {
        /// Where.
        center: Point,
        /// How large.
        radius: f64,
        /// Inside.
        fill: Color,
        /// Outline.
        stroke: Option<Stroke>,
    },
    /// A line with corners.
    Line {
        /// Corners and ends.
        points: Vec<Point>,
        /// By how much corners are rounded.
        radius: f64,
        /// How it is drawn.
        stroke: Stroke,
    },
    /// A filled convex polygon.
    Polygon {
        /// Corners.
        points: Vec<Point>,
        /// Inside.
        fill: Color,
    },
    /// A line of text.
    Text(Text),
    /// A glyph of [`crate::icons`].
    Icon {
        /// Its key.
        key: String,
        /// Where.
        rect: Rect,
        /// Of its strokes.
        color: Color,
    },
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Width.
    pub width: f64,
    /// Color.
    pub color: Color,
    /// Pattern.
    pub dash: Dash,
}

impl Stroke {
    /// Without gaps.
    pub fn solid(width: f64, color: Color) -> Self {
        Self { width, color, dash: Dash::Solid }
    }
}

/// A pattern of strokes and gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dash {
    /// No gaps.
    Solid,
    /// Strokes.
    Dashed,
    /// Round dots.
    Dotted,
}

impl Dash {
    /// Length of a stroke and of a gap; `None` without gaps. Dots are strokes of no length with round ends.
    pub fn pattern(self) -> Option<(f64, f64)> {
        match self {
            Self::Solid => None,
            Self::Dashed => Some((6.0, 4.0)),
            Self::Dotted => Some((0.0, 4.5)),
        }
    }
}

/// A line of text, already shortened to its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// What it says.
    pub words: String,
    /// Beginning, middle or end of the line, by the anchor; in height the middle of a capital letter.
    pub at: Point,
    /// Which point of the line stands there.
    pub anchor: Anchor,
    /// Height of the font.
    pub size: f64,
    /// Which font.
    pub font: Font,
    /// Color.
    pub color: Color,
}

/// Which point of a line of text its position means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Its beginning.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// A bundled font.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Font {
    /// Inter.
    Regular,
    /// Inter, semibold.
    SemiBold,
    /// JetBrains Mono.
    Mono,
}

/// Tangent of an angle that needs no arc: curves are made of many such corners.
const HARDLY: f64 = 0.25;

/// The corners of a line with arcs of short straight pieces instead of sharp corners.
pub fn rounded(points: &[Point], radius: f64, pieces: u32) -> Vec<Point> {
    let mut line = Vec::with_capacity(points.len() * (pieces as usize + 1));
    for (i, point) in points.iter().enumerate() {
        match corner(points, i, radius) {
            None => line.push(*point),
            Some((enter, leave)) => {
                for n in 0..=pieces {
                    let t = f64::from(n) / f64::from(pieces);
                    let s = 1.0 - t;
                    let bend = |a: f64, b: f64, c: f64| s * s * a + 2.0 * s * t * b + t * t * c;
                    line.push(Point::new(bend(enter.x, point.x, leave.x), bend(enter.y, point.y, leave.y)));
                }
            }
        }
    }
    line
}

/// Where the arc of a corner begins and ends; `None` at the ends of a line, for sharp corners, and where it hardly turns.
pub fn corner(points: &[Point], i: usize, radius: f64) -> Option<(Point, Point)> {
    if i == 0 || i + 1 >= points.len() || radius <= 0.0 {
        return None;
    }
    let (before, at, after) = (points[i - 1], points[i], points[i + 1]);
    let length = |a: Point, b: Point| (b.x - a.x).hypot(b.y - a.y);
    let (turn, onward) = (
        (at.x - before.x) * (after.y - at.y) - (at.y - before.y) * (after.x - at.x),
        (at.x - before.x) * (after.x - at.x) + (at.y - before.y) * (after.y - at.y),
    );
    if onward > 0.0 && turn.abs() < HARDLY * onward {
        return None;
    }
    let radius = radius.min(length(before, at) / 2.0).min(length(at, after) / 2.0);
    let toward = |to: Point| {
        let share = radius / length(at, to).max(1e-9);
        Point::new(at.x + (to.x - at.x) * share, at.y + (to.y - at.y) * share)
    };
    Some((toward(before), toward(after)))
}

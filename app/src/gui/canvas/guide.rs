//! Snapping while boxes are moved: to edges and middles of neighbors and to equal gaps first, to the grid otherwise.

use plimsoll_models::Point;

use crate::{
    arrange::to_grid,
    scene::{FRAME_PADDING, Rect, TITLE_HEIGHT},
    settings::Aids,
};

/// How near a neighbor's line must be, in points.
const REACH: f32 = 6.0;
/// Most neighbors that are looked at.
const NEIGHBORS_MAX: usize = 20;
/// How far a guide runs beyond what it joins, in units of the drawing.
const BEYOND: f64 = 8.0;

/// What shows why a moved box stands where it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Guide {
    /// A line on which edges or middles stand.
    Line(Point, Point),
    /// A gap as large as another one.
    Gap(Point, Point),
}

/// What is moved, where it stood.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Body {
    /// Around everything: its edges and middles meet those of neighbors.
    pub around: Rect,
    /// The middle of a box: it stands on the grid.
    pub anchor: Point,
}

/// How far something moves when the pointer asks for a way; `neighbors` stay.
pub(super) fn snap(body: Body, wish: Point, neighbors: &[Rect], aids: Aids, zoom: f32) -> (Point, Vec<Guide>) {
    let wished = body.around.translate(wish);
    let mut near: Vec<Rect> = if aids.objects { neighbors.to_vec() } else { Vec::new() };
    near.sort_by(|a, b| distance(*a, wished).total_cmp(&distance(*b, wished)));
    near.truncate(NEIGHBORS_MAX);
    let reach = f64::from(REACH / zoom);
    let by = |axis: Axis| {
        let ways = aligned(axis, wished, &near).into_iter().chain(equal(axis, wished, &near)).chain(padded(axis, wished, &near));
        ways.filter(|way| way.abs() <= reach).min_by(|a, b| a.abs().total_cmp(&b.abs()))
    };
    let center = Point::new(body.anchor.x + wish.x, body.anchor.y + wish.y);
    let grid = |value: f64| if aids.grid { to_grid(value) - value } else { 0.0 };
    let (x, y) = (by(Axis::X), by(Axis::Y));
    let snap = Point::new(x.unwrap_or_else(|| grid(center.x)), y.unwrap_or_else(|| grid(center.y)));
    let placed = wished.translate(snap);
    let mut guides = Vec::new();
    for (axis, found) in [(Axis::X, x), (Axis::Y, y)] {
        if found.is_some() {
            guides.extend(lines(axis, placed, &near));
            guides.extend(gaps(axis, placed, &near));
            guides.extend(paddings(axis, placed, &near));
        }
    }
    (Point::new(wish.x + snap.x, wish.y + snap.y), guides)
}

/// A direction along which things snap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Axis {
    X,
    Y,
}

impl Axis {
    fn span(self, rect: Rect) -> (f64, f64) {
        match self {
            Self::X => (rect.min.x, rect.max.x),
            Self::Y => (rect.min.y, rect.max.y),
        }
    }

    fn other(self) -> Self {
        match self {
            Self::X => Self::Y,
            Self::Y => Self::X,
        }
    }

    fn point(self, along: f64, across: f64) -> Point {
        match self {
            Self::X => Point::new(along, across),
            Self::Y => Point::new(across, along),
        }
    }
}

/// Both edges and the middle.
fn marks(axis: Axis, rect: Rect) -> [f64; 3] {
    let (low, high) = axis.span(rect);
    [low, f64::midpoint(low, high), high]
}

/// Ways to where an edge or the middle meets one of a neighbor; like meets like, edges meet edges.
fn aligned(axis: Axis, rect: Rect, near: &[Rect]) -> Vec<f64> {
    let own = marks(axis, rect);
    let ways = near.iter().flat_map(|other| {
        let theirs = marks(axis, *other);
        [(1, 1), (0, 0), (2, 2), (0, 2), (2, 0)].map(|(a, b)| theirs[b] - own[a])
    });
    ways.collect()
}

/// Neighbors beside the rectangle along an axis, in order.
fn row(axis: Axis, rect: Rect, near: &[Rect]) -> Vec<Rect> {
    let (low, high) = axis.other().span(rect);
    let beside = |other: &&Rect| {
        let (other_low, other_high) = axis.other().span(**other);
        let covers = axis.span(**other);
        let own = axis.span(rect);
        // Frames around the rectangle are no neighbors beside it.
        other_low < high && low < other_high && !(covers.0 <= own.0 && own.1 <= covers.1)
    };
    let mut row: Vec<Rect> = near.iter().filter(beside).copied().collect();
    row.sort_by(|a, b| axis.span(*a).0.total_cmp(&axis.span(*b).0));
    row
}

/// Ways to where the gap to a neighbor is as large as the gap between it and the next one, or to both sides.
fn equal(axis: Axis, rect: Rect, near: &[Rect]) -> Vec<f64> {
    let row = row(axis, rect, near);
    let (low, high) = axis.span(rect);
    let mut ways = Vec::new();
    for pair in row.windows(2) {
        let (first, second) = (axis.span(pair[0]), axis.span(pair[1]));
        let gap = second.0 - first.1;
        if gap <= 0.0 {
            continue;
        }
        ways.push(second.1 + gap - low);
        ways.push(first.0 - gap - high);
        ways.push(f64::midpoint(first.1, second.0) - f64::midpoint(low, high));
    }
    ways
}

/// What a frame leaves free inside, along an axis; `None` when the rectangle is not in it.
fn room(axis: Axis, frame: Rect, rect: Rect) -> Option<(f64, f64)> {
    let holds = frame.contains(rect.center()) && frame.width() > rect.width() && frame.height() > rect.height();
    let (low, high) = axis.span(frame);
    let title = if axis == Axis::Y { TITLE_HEIGHT } else { 0.0 };
    holds.then_some((low + FRAME_PADDING + title, high - FRAME_PADDING))
}

/// Ways to where the distance from a frame around is what frames leave free.
fn padded(axis: Axis, rect: Rect, near: &[Rect]) -> Vec<f64> {
    let (low, high) = axis.span(rect);
    near.iter().filter_map(|frame| room(axis, *frame, rect)).flat_map(|(first, last)| [first - low, last - high]).collect()
}

/// Distances from frames around that are what frames leave free.
fn paddings(axis: Axis, rect: Rect, near: &[Rect]) -> Vec<Guide> {
    let ((low, high), (across_low, across_high)) = (axis.span(rect), axis.other().span(rect));
    let across = f64::midpoint(across_low, across_high);
    let mut guides = Vec::new();
    for frame in near {
        let Some((first, last)) = room(axis, *frame, rect) else { continue };
        for (edge, inside, own) in [(axis.span(*frame).0, first, low), (axis.span(*frame).1, last, high)] {
            if (inside - own).abs() < 0.05 {
                guides.push(Guide::Gap(axis.point(edge, across), axis.point(own, across)));
            }
        }
    }
    guides
}

/// Lines through edges and middles that meet.
fn lines(axis: Axis, rect: Rect, near: &[Rect]) -> Vec<Guide> {
    let mut lines = Vec::new();
    for (i, own) in marks(axis, rect).into_iter().enumerate() {
        let meets = |other: &&Rect| {
            let theirs = marks(axis, **other);
            let same = |b: usize| (theirs[b] - own).abs() < 0.05;
            if i == 1 { same(1) } else { same(0) || same(2) }
        };
        let Some(all) = near.iter().filter(meets).copied().reduce(Rect::union) else { continue };
        let (low, high) = axis.other().span(all.union(rect));
        lines.push(Guide::Line(axis.point(own, low - BEYOND), axis.point(own, high + BEYOND)));
    }
    // Boxes of the same size meet at both edges and in the middle; one line says so.
    if lines.len() == 3 {
        lines = vec![lines[1]];
    }
    lines
}

/// Gaps beside the rectangle that are equal.
fn gaps(axis: Axis, rect: Rect, near: &[Rect]) -> Vec<Guide> {
    let mut all = row(axis, rect, near);
    all.push(rect);
    all.sort_by(|a, b| axis.span(*a).0.total_cmp(&axis.span(*b).0));
    let at = all.iter().position(|other| *other == rect).unwrap_or_default();
    let gap = |i: usize| {
        let (low, high) = (axis.span(*all.get(i)?).1, axis.span(*all.get(i + 1)?).0);
        (high > low).then_some((i, low, high))
    };
    let first = at.saturating_sub(2);
    let around: Vec<_> = (first..at + 2).filter_map(gap).collect();
    let own: Vec<f64> = around.iter().filter(|(i, ..)| *i == at || i + 1 == at).map(|(_, low, high)| high - low).collect();
    let like = |length: f64| around.iter().filter(move |(_, low, high)| (high - low - length).abs() < 0.05);
    let Some(length) = own.into_iter().find(|length| like(*length).count() > 1) else { return Vec::new() };
    let (low, high) = axis.other().span(rect);
    let across = f64::midpoint(low, high);
    like(length).map(|(_, low, high)| Guide::Gap(axis.point(*low, across), axis.point(*high, across))).collect()
}

fn distance(a: Rect, b: Rect) -> f64 {
    let gap = |(a_low, a_high): (f64, f64), (b_low, b_high): (f64, f64)| (b_low - a_high).max(a_low - b_high).max(0.0);
    gap(Axis::X.span(a), Axis::X.span(b)) + gap(Axis::Y.span(a), Axis::Y.span(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::node_rect;

    const AIDS: Aids = Aids { grid: true, objects: true };

    fn body(x: f64, y: f64) -> Body {
        Body { around: at(x, y), anchor: Point::new(x, y) }
    }

    fn at(x: f64, y: f64) -> Rect {
        node_rect(Point::new(x, y))
    }

    #[test]
    fn neighbors_attract_more_than_the_grid() {
        let (by, guides) = snap(body(0.0, 0.0), Point::new(103.0, 57.0), &[at(107.0, 400.0)], AIDS, 1.0);
        assert_eq!(by, Point::new(107.0, 60.0));
        assert_eq!(guides.len(), 1, "{guides:?}");
    }

    #[test]
    fn edges_of_different_sizes_meet() {
        let wide = Rect::new(30.0, 300.0, 400.0, 100.0);
        let (by, guides) = snap(body(92.0, 36.0), Point::new(33.0, 10.0), &[wide], AIDS, 1.0);
        assert!((by.x - 30.0).abs() < 1e-6, "{guides:?}");
    }

    #[test]
    fn gaps_become_equal_and_are_shown() {
        let row = [at(0.0, 0.0), at(251.0, 0.0)];
        let (by, guides) = snap(body(0.0, 9.0), Point::new(499.0, 0.0), &row, AIDS, 1.0);
        assert!((by.x - 502.0).abs() < 1e-6);
        assert_eq!(guides.iter().filter(|guide| matches!(guide, Guide::Gap(..))).count(), 2, "{guides:?}");
        let (by, guides) = snap(body(0.0, 9.0), Point::new(297.0, 300.0), &[at(0.0, 300.0), at(600.0, 300.0)], AIDS, 1.0);
        assert_eq!((by.x.round() as i32, guides.iter().filter(|guide| matches!(guide, Guide::Gap(..))).count()), (300, 2), "{guides:?}");
    }

    #[test]
    fn a_frame_around_keeps_its_padding() {
        let frame = Rect::new(0.0, 0.0, 700.0, 400.0);
        let (by, guides) = snap(body(300.0, 200.0), Point::new(-191.0, 0.0), &[frame], AIDS, 1.0);
        assert!((by.x - (FRAME_PADDING + 92.0 - 300.0)).abs() < 1e-6, "{by:?}");
        assert!(guides.contains(&Guide::Gap(Point::new(0.0, 200.0), Point::new(FRAME_PADDING, 200.0))), "{guides:?}");
    }

    #[test]
    fn what_is_turned_off_does_not_attract() {
        let none = Aids { grid: false, objects: false };
        let (by, guides) = snap(body(0.0, 0.0), Point::new(103.0, 57.0), &[at(107.0, 400.0)], none, 1.0);
        assert_eq!((by, guides.len()), (Point::new(103.0, 57.0), 0));
    }
}

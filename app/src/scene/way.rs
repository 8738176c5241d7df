//! Geometry of a way: a line through corners, as all arrows are drawn in the end.

use plimsoll_models::Point;

/// The place on a way that is nearest to a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nearest {
    /// Which piece of the way, from 0.
    pub piece: usize,
    /// The place.
    pub at: Point,
    /// How far it is from the point.
    pub distance: f64,
    /// Where it lies, as a share of the way's length from 0 to 1.
    pub along: f64,
}

/// Distance of two points.
pub fn distance(a: Point, b: Point) -> f64 {
    (b.x - a.x).hypot(b.y - a.y)
}

/// The point at a share of the way from one point to another.
pub fn between(a: Point, b: Point, share: f64) -> Point {
    Point::new(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share)
}

/// Length of a way.
pub fn length(way: &[Point]) -> f64 {
    way.windows(2).map(|pair| distance(pair[0], pair[1])).sum()
}

/// The point at a distance from the beginning of a way; its end when the way is shorter.
pub fn point_after(way: &[Point], mut left: f64) -> Option<Point> {
    for pair in way.windows(2) {
        let piece = distance(pair[0], pair[1]);
        if left <= piece {
            return Some(between(pair[0], pair[1], left / piece.max(1e-9)));
        }
        left -= piece;
    }
    way.last().copied()
}

/// The point at a share of a way's length, from 0 to 1.
pub fn point_at(way: &[Point], along: f64) -> Option<Point> {
    point_after(way, length(way) * along)
}

/// The place on a way that is nearest to a point; `None` when the way has no piece.
pub fn nearest(way: &[Point], p: Point) -> Option<Nearest> {
    let (mut best, mut before): (Option<Nearest>, f64) = (None, 0.0);
    for (piece, pair) in way.windows(2).enumerate() {
        let (a, b) = (pair[0], pair[1]);
        let (dx, dy, whole) = (b.x - a.x, b.y - a.y, distance(a, b));
        let share = (((p.x - a.x) * dx + (p.y - a.y) * dy) / (whole * whole).max(1e-9)).clamp(0.0, 1.0);
        let at = between(a, b, share);
        let away = distance(at, p);
        if best.is_none_or(|best| away < best.distance) {
            best = Some(Nearest { piece, at, distance: away, along: before + whole * share });
        }
        before += whole;
    }
    best.map(|best| Nearest { along: best.along / before.max(1e-9), ..best })
}

/// The same way without its last stretch of this length.
pub fn cut_end(way: &[Point], by: f64) -> Vec<Point> {
    let keep = (length(way) - by).max(0.0);
    let mut kept: Vec<Point> = way.first().copied().into_iter().collect();
    let mut walked = 0.0;
    for pair in way.windows(2) {
        let piece = distance(pair[0], pair[1]);
        if walked + piece >= keep {
            kept.push(between(pair[0], pair[1], (keep - walked) / piece.max(1e-9)));
            break;
        }
        walked += piece;
        kept.push(pair[1]);
    }
    kept
}

/// Whether two ways have a point in common.
pub fn cross(a: &[Point], b: &[Point]) -> bool {
    let turn = |p: Point, q: Point, r: Point| (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x);
    let pieces_cross = |p: &[Point], q: &[Point]| {
        turn(p[0], p[1], q[0]) * turn(p[0], p[1], q[1]) <= 0.0
            && turn(q[0], q[1], p[0]) * turn(q[0], q[1], p[1]) <= 0.0
            && p[0].x.min(p[1].x) <= q[0].x.max(q[1].x)
            && q[0].x.min(q[1].x) <= p[0].x.max(p[1].x)
            && p[0].y.min(p[1].y) <= q[0].y.max(q[1].y)
            && q[0].y.min(q[1].y) <= p[0].y.max(p[1].y)
    };
    a.windows(2).any(|p| b.windows(2).any(|q| pieces_cross(p, q)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CORNER: [Point; 3] = [Point::new(0.0, 0.0), Point::new(100.0, 0.0), Point::new(100.0, 50.0)];

    #[test]
    fn places_on_a_way_are_found_both_ways() {
        assert_eq!(length(&CORNER), 150.0);
        for along in [0.0, 0.3, 2.0 / 3.0, 0.9, 1.0] {
            let at = point_at(&CORNER, along).unwrap();
            let found = nearest(&CORNER, at).unwrap();
            assert!((found.along - along).abs() < 1e-9 && found.distance < 1e-9, "{along}: {found:?}");
        }
        let beside = nearest(&CORNER, Point::new(110.0, 20.0)).unwrap();
        assert_eq!((beside.piece, beside.distance, beside.at), (1, 10.0, Point::new(100.0, 20.0)));
        assert_eq!(nearest(&CORNER[..1], Point::default()), None);
    }

    #[test]
    fn the_end_is_cut_across_corners() {
        assert_eq!(cut_end(&CORNER, 20.0), [CORNER[0], CORNER[1], Point::new(100.0, 30.0)]);
        assert_eq!(cut_end(&CORNER, 70.0), [CORNER[0], Point::new(80.0, 0.0)]);
        assert!(length(&cut_end(&CORNER, 1000.0)) < 1e-9);
    }

    #[test]
    fn ways_cross_where_they_meet_and_not_beside() {
        let knife = |from: (f64, f64), to: (f64, f64)| [Point::from(from), Point::from(to)];
        assert!(cross(&CORNER, &knife((50.0, -10.0), (50.0, 10.0))));
        assert!(cross(&CORNER, &knife((90.0, 20.0), (110.0, 40.0))));
        assert!(!cross(&CORNER, &knife((50.0, 5.0), (90.0, 45.0))));
        assert!(!cross(&CORNER, &knife((120.0, 0.0), (200.0, 0.0))));
    }
}

//! The course of an arrow: what its style and its waypoints make of the way between two ends.

use plimsoll_models::{Line, LineStyle, Point};

use super::{
    Rect,
    port::End,
    route::{self, Found, Route},
    way::{between, distance},
};

/// How many straight pieces a curve between two points is made of.
const PIECES: u32 = 20;
/// How far a curve runs out of a box, as a share of the distance that it bridges.
const BULGE: f64 = 0.45;
/// Least and most that a curve runs out of a box.
const BULGE_RANGE: (f64, f64) = (30.0, 220.0);
/// A detour that is worth not running through a box, and not running back on itself.
const HIT_COST: f64 = 2000.0;

/// The way of an arrow between two ends: around the boxes it belongs to and around obstacles when it is orthogonal. Those
/// all stand within `sight`.
pub(super) fn course(from: End, to: End, line: Option<&Line>, own: (Rect, Rect), (sight, obstacles): (Rect, &[Rect])) -> Found {
    let (style, waypoints) = line.map_or((LineStyle::Orthogonal, &[][..]), |line| (line.style, &line.waypoints[..]));
    match style {
        LineStyle::Orthogonal if waypoints.is_empty() => route::find(from, to, own.0, own.1, obstacles),
        LineStyle::Orthogonal => Found { route: legs(from, to, waypoints, own, obstacles), tried: vec![sight] },
        LineStyle::Bezier => Found { route: curve(from, to, waypoints), tried: Vec::new() },
        LineStyle::Straight => {
            Found { route: [from.at].into_iter().chain(waypoints.iter().copied()).chain([to.at]).collect(), tried: Vec::new() }
        }
    }
}

/// A smooth curve that leaves and enters boxes straight and passes all waypoints.
fn curve(from: End, to: End, waypoints: &[Point]) -> Route {
    let stops: Vec<Point> = [from.at].into_iter().chain(waypoints.iter().copied()).chain([to.at]).collect();
    let last = stops.len() - 1;
    let bulge = |end: End, other: Point| {
        let (reach, out) = ((distance(end.at, other) * BULGE).clamp(BULGE_RANGE.0, BULGE_RANGE.1), end.side.outward());
        Point::new(out.x * reach, out.y * reach)
    };
    // A third of the way that the curve would go on for, if it went on straight.
    let tangent = |i: usize, toward: usize| {
        if i == 0 {
            bulge(from, stops[1])
        } else if i == last {
            let out = bulge(to, stops[last - 1]);
            Point::new(-out.x, -out.y)
        } else {
            let (before, after) = (stops[i - 1], stops[i + 1]);
            let reach = distance(stops[i], stops[toward]) / 3.0 / distance(before, after).max(1e-9);
            Point::new((after.x - before.x) * reach, (after.y - before.y) * reach)
        }
    };
    let mut way = vec![from.at];
    for i in 0..last {
        let (a, b, out, into) = (stops[i], stops[i + 1], tangent(i, i + 1), tangent(i + 1, i));
        let (c, d) = (Point::new(a.x + out.x, a.y + out.y), Point::new(b.x - into.x, b.y - into.y));
        for n in 1..=PIECES {
            let t = f64::from(n) / f64::from(PIECES);
            let (ac, cd, db) = (between(a, c, t), between(c, d, t), between(d, b, t));
            way.push(between(between(ac, cd, t), between(cd, db, t), t));
        }
    }
    way
}

/// A way between two stops, and what it costs to come there.
#[derive(Clone)]
struct Leg {
    way: Route,
    cost: f64,
}

/// Horizontal and vertical pieces through all waypoints, with few turns.
fn legs(from: End, to: End, waypoints: &[Point], own: (Rect, Rect), obstacles: &[Rect]) -> Route {
    let (start, goal) = (route::stub(from), route::stub(to));
    let walls = route::walls(&[start, goal], obstacles.iter().copied().chain([own.0, own.1]));
    let mut stops = vec![start];
    stops.extend(waypoints);
    stops.push(goal);
    let mut best = vec![Leg { way: vec![from.at, start], cost: 0.0 }];
    for (i, pair) in stops.windows(2).enumerate() {
        let mut next: Vec<Leg> = Vec::new();
        for way in candidates(pair[0], pair[1], &walls) {
            let after = if i + 2 == stops.len() { Some(to.at) } else { None };
            let arrived = best.iter().map(|leg| leg.joined(&way, after, &walls)).min_by(|a, b| a.cost.total_cmp(&b.cost));
            next.extend(arrived);
        }
        best = next;
    }
    let cheapest = best.into_iter().min_by(|a, b| a.cost.total_cmp(&b.cost));
    route::tidy(cheapest.map_or_else(Vec::new, |leg| leg.way))
}

impl Leg {
    /// This leg, gone on along another way, and to a last point after that.
    fn joined(&self, way: &[Point], after: Option<Point>, walls: &[Rect]) -> Self {
        let mut whole = self.way.clone();
        let seam = whole.len() - 1;
        whole.extend(way.iter().skip(1).copied().chain(after));
        let mut cost = self.cost;
        let corners: Vec<Point> =
            whole[seam.saturating_sub(1)..].windows(2).filter(|pair| pair[0] != pair[1]).map(|pair| pair[0]).collect();
        let corners: Vec<Point> = corners.into_iter().chain(whole.last().copied()).collect();
        for three in corners.windows(3) {
            let (ax, ay) = (three[1].x - three[0].x, three[1].y - three[0].y);
            let (bx, by) = (three[2].x - three[1].x, three[2].y - three[1].y);
            if (ax * by - ay * bx).abs() > 1e-6 {
                cost += route::TURN_COST;
            } else if ax * bx + ay * by < 0.0 {
                cost += HIT_COST;
            }
        }
        for pair in way.windows(2) {
            cost += distance(pair[0], pair[1]);
            cost += HIT_COST * walls.iter().filter(|wall| !route::is_free(pair[0], pair[1], &[**wall])).count() as f64;
        }
        Self { way: whole, cost }
    }
}

/// Ways between two points: the two with one corner, and one around boxes when both run into some.
fn candidates(a: Point, b: Point, walls: &[Rect]) -> Vec<Route> {
    let mut ways = vec![vec![a, Point::new(b.x, a.y), b], vec![a, Point::new(a.x, b.y), b]];
    let free = |way: &Route| way.windows(2).all(|pair| route::is_free(pair[0], pair[1], walls));
    if !ways.iter().any(free) {
        let open = route::walls(&[a, b], walls.iter().map(|wall| wall.expand(-route::CLEARANCE)));
        ways.push(route::around((a, true), (b, true), &open, &mut Vec::new()));
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{node_rect, port::Side, way};

    fn ends() -> (End, End, (Rect, Rect)) {
        let own = (node_rect(Point::new(0.0, 0.0)), node_rect(Point::new(600.0, 0.0)));
        (End { at: Side::Right.middle(own.0), side: Side::Right }, End { at: Side::Left.middle(own.1), side: Side::Left }, own)
    }

    fn drawn(style: LineStyle, waypoints: Vec<Point>, obstacles: &[Rect]) -> Route {
        let (from, to, own) = ends();
        let sight = own.0.union(own.1);
        course(from, to, Some(&Line { style, waypoints, ..Line::default() }), own, (sight, obstacles)).route
    }

    #[test]
    fn every_style_passes_its_waypoints_and_ends_at_the_boxes() {
        let (from, to, _) = ends();
        let waypoints = vec![Point::new(250.0, 160.0), Point::new(400.0, -120.0)];
        for style in LineStyle::ALL {
            let route = drawn(style, waypoints.clone(), &[]);
            assert_eq!((route[0], route[route.len() - 1]), (from.at, to.at), "{style:?}");
            for point in &waypoints {
                assert!(way::nearest(&route, *point).unwrap().distance < 1e-6, "{style:?} misses {point:?}: {route:?}");
            }
        }
    }

    #[test]
    fn orthogonal_pieces_run_along_the_axes_and_around_boxes() {
        let wall = node_rect(Point::new(300.0, 100.0));
        let route = drawn(LineStyle::Orthogonal, vec![Point::new(300.0, 200.0)], &[wall]);
        for pair in route.windows(2) {
            assert!((pair[0].x - pair[1].x).abs() < 1e-6 || (pair[0].y - pair[1].y).abs() < 1e-6, "{route:?}");
            assert!(route::is_free(pair[0], pair[1], &[wall.expand(-0.5)]), "{route:?}");
        }
        assert!(route.len() <= 6, "few turns: {route:?}");
    }

    #[test]
    fn a_segment_that_was_moved_keeps_the_shape_of_the_way() {
        let route = drawn(LineStyle::Orthogonal, vec![Point::new(300.0, 120.0)], &[]);
        assert_eq!(route.len(), 6, "out, down, along, up, in: {route:?}");
    }

    #[test]
    fn a_curve_leaves_and_enters_straight() {
        let route = drawn(LineStyle::Bezier, Vec::new(), &[]);
        assert!((route[1].y - route[0].y).abs() < 1e-6 && route[1].x > route[0].x);
        let slanted = drawn(LineStyle::Bezier, vec![Point::new(300.0, 100.0)], &[]);
        assert!((slanted[1].y - slanted[0].y).abs() < (slanted[1].x - slanted[0].x) * 0.25, "{slanted:?}");
    }
}

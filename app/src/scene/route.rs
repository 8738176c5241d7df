//! Ways of arrows around boxes: horizontal and vertical pieces, few turns, never through a box.
//!
//! Most ways are one of three simple ones, tried first. The others are found by A* over the lines that run along the
//! boxes in the neighborhood.

use std::{
    cmp::{Ordering, Reverse},
    collections::{BTreeMap, BinaryHeap},
};

use plimsoll_models::Point;

use super::{Rect, port::End};

/// Distance that a way keeps from boxes.
pub(super) const CLEARANCE: f64 = 14.0;
/// Length of the first and last piece, straight out of the box.
const STUB: f64 = 20.0;
/// A turn is worth a detour of this length.
pub(super) const TURN_COST: f64 = 60.0;
/// Most boxes that a way is led around.
const WALLS_MAX: usize = 48;

/// The way of an arrow: its corners, from border to border.
pub type Route = Vec<Point>;

/// The way between two ends around the two boxes they belong to and around obstacles.
pub fn find(from: End, to: End, own_from: Rect, own_to: Rect, obstacles: &[Rect]) -> Route {
    let (start, goal) = (stub(from), stub(to));
    let walls = walls(&[start, goal], obstacles.iter().copied().chain([own_from, own_to]));
    if let Some(route) = simple(from, to, start, goal, &walls) {
        return tidy(route);
    }
    let mut middle = vec![start, Point::new(goal.x, start.y), goal];
    let mut seen: Vec<Rect> = Vec::new();
    // Only walls that a way runs into matter: most of a crowd never does.
    while seen.len() <= WALLS_MAX {
        let hit = |wall: &&Rect| !middle.windows(2).all(|pair| is_free(pair[0], pair[1], &[**wall]));
        let hits: Vec<Rect> = walls.iter().filter(hit).filter(|wall| !seen.contains(wall)).copied().collect();
        if hits.is_empty() {
            break;
        }
        seen.extend(hits);
        let Some(around) = search((start, from.side.is_horizontal()), (goal, to.side.is_horizontal()), &seen) else { break };
        middle = around;
    }
    let mut route = vec![from.at];
    route.extend(middle);
    route.push(to.at);
    let mut route = tidy(route);
    center(&mut route, &walls);
    route
}

/// Where the first piece out of an end is over.
pub(super) fn stub(end: End) -> Point {
    let outward = end.side.outward();
    Point::new(end.at.x + outward.x * STUB, end.at.y + outward.y * STUB)
}

/// What a way between these points keeps out of. Boxes that stand too close to one of them cannot be avoided there.
pub(super) fn walls(ends: &[Point], boxes: impl Iterator<Item = Rect>) -> Vec<Rect> {
    boxes.map(|rect| rect.expand(CLEARANCE)).filter(|wall| !ends.iter().any(|end| inside(*wall, *end))).collect()
}

/// Moves each piece between two like turns to the middle of the room that it has, where nothing stands.
fn center(route: &mut Route, walls: &[Rect]) {
    for i in 1..route.len().saturating_sub(2) {
        let [before, a, b, after] = [route[i - 1], route[i], route[i + 1], route[i + 2]];
        let (x, y) = (f64::midpoint(before.x, after.x), f64::midpoint(before.y, after.y));
        let (a, b, onward) = if same_x(a, b) {
            (Point::new(x, a.y), Point::new(x, b.y), (a.x - before.x) * (after.x - b.x))
        } else {
            (Point::new(a.x, y), Point::new(b.x, y), (a.y - before.y) * (after.y - b.y))
        };
        // Neighbors at the ends run out of their own boxes; their walls do not count.
        let free = |p: Point, q: Point| walls.iter().all(|wall| inside(*wall, p) || inside(*wall, q) || is_free(p, q, &[*wall]));
        if onward > 0.0 && is_free(a, b, walls) && free(before, a) && free(b, after) {
            (route[i], route[i + 1]) = (a, b);
        }
    }
}

fn inside(rect: Rect, p: Point) -> bool {
    rect.min.x < p.x && p.x < rect.max.x && rect.min.y < p.y && p.y < rect.max.y
}

pub(super) fn is_free(a: Point, b: Point, walls: &[Rect]) -> bool {
    let piece = Rect::from_corners(a, b);
    !walls.iter().any(|wall| piece.min.x < wall.max.x && wall.min.x < piece.max.x && piece.min.y < wall.max.y && wall.min.y < piece.max.y)
}

/// A way with at most two turns that runs out of both boxes, when nothing stands on it.
fn simple(from: End, to: End, start: Point, goal: Point, walls: &[Rect]) -> Option<Route> {
    let (a, b) = (from.at, to.at);
    let corners = match (from.side.is_horizontal(), to.side.is_horizontal()) {
        (true, true) if from.side != to.side => {
            if (goal.x - start.x) * from.side.outward().x < 0.0 {
                return None;
            }
            let x = f64::midpoint(start.x, goal.x);
            vec![Point::new(x, a.y), Point::new(x, b.y)]
        }
        (false, false) if from.side != to.side => {
            if (goal.y - start.y) * from.side.outward().y < 0.0 {
                return None;
            }
            let y = f64::midpoint(start.y, goal.y);
            vec![Point::new(a.x, y), Point::new(b.x, y)]
        }
        (true, false) => vec![Point::new(b.x, a.y)],
        (false, true) => vec![Point::new(a.x, b.y)],
        (true, true) | (false, false) => return None,
    };
    let forward = |end: End, away: Point, corner: Point| {
        let outward = end.side.outward();
        (corner.x - away.x) * outward.x + (corner.y - away.y) * outward.y >= 0.0
    };
    if !forward(from, start, *corners.first()?) || !forward(to, goal, *corners.last()?) {
        return None;
    }
    let mut way = vec![start];
    way.extend(&corners);
    way.push(goal);
    if !way.windows(2).all(|pair| is_free(pair[0], pair[1], walls)) {
        return None;
    }
    let mut route = vec![a];
    route.extend(corners);
    route.push(b);
    Some(route)
}

/// Drops points at which the way does not turn.
pub(super) fn tidy(route: Route) -> Route {
    let mut tidy: Route = Vec::with_capacity(route.len());
    for point in route {
        if tidy.last().is_some_and(|last| same(*last, point)) {
            continue;
        }
        if let [.., a, b] = tidy[..]
            && ((same_x(a, b) && same_x(b, point)) || (same_y(a, b) && same_y(b, point)))
        {
            tidy.pop();
        }
        tidy.push(point);
    }
    tidy
}

fn same(a: Point, b: Point) -> bool {
    same_x(a, b) && same_y(a, b)
}

fn same_x(a: Point, b: Point) -> bool {
    (a.x - b.x).abs() < 1e-6
}

fn same_y(a: Point, b: Point) -> bool {
    (a.y - b.y).abs() < 1e-6
}

/// A place on the grid of lines, and whether the way arrived there along a row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Stop {
    column: usize,
    row: usize,
    along_row: bool,
}

struct Grid {
    xs: Vec<f64>,
    ys: Vec<f64>,
}

impl Grid {
    fn new(start: Point, goal: Point, walls: &[Rect]) -> Self {
        let lines = |axis: fn(Point) -> f64| {
            let mut lines = vec![axis(start), axis(goal), f64::midpoint(axis(start), axis(goal))];
            lines.extend(walls.iter().flat_map(|wall| [axis(wall.min), axis(wall.max)]));
            lines.sort_by(f64::total_cmp);
            lines.dedup_by(|a, b| (*a - *b).abs() < 1e-6);
            lines
        };
        Self { xs: lines(|p| p.x), ys: lines(|p| p.y) }
    }

    fn point(&self, stop: Stop) -> Point {
        Point::new(self.xs[stop.column], self.ys[stop.row])
    }

    fn stop(&self, point: Point, along_row: bool) -> Stop {
        let nearest = |lines: &[f64], value: f64| lines.partition_point(|line| *line < value - 1e-6).min(lines.len() - 1);
        Stop { column: nearest(&self.xs, point.x), row: nearest(&self.ys, point.y), along_row }
    }

    fn neighbors(&self, stop: Stop) -> impl Iterator<Item = Stop> {
        let Stop { column, row, .. } = stop;
        let (columns, rows) = (self.xs.len(), self.ys.len());
        [
            (column + 1 < columns).then(|| Stop { column: column + 1, row, along_row: true }),
            (column > 0).then(|| Stop { column: column - 1, row, along_row: true }),
            (row + 1 < rows).then(|| Stop { column, row: row + 1, along_row: false }),
            (row > 0).then(|| Stop { column, row: row - 1, along_row: false }),
        ]
        .into_iter()
        .flatten()
    }
}

/// A cost that can be ordered; never NaN.
#[derive(Clone, Copy, PartialEq)]
struct Cost(f64);

impl Eq for Cost {}

impl PartialOrd for Cost {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Cost {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// The cheapest way from start to goal along the grid of lines; `None` when walls enclose one of them. Both points say
/// whether the way leaves or reaches them along a row.
pub(super) fn search((start, from_row): (Point, bool), (goal, to_row): (Point, bool), walls: &[Rect]) -> Option<Route> {
    let grid = Grid::new(start, goal, walls);
    let first = grid.stop(start, from_row);
    let last = grid.stop(goal, to_row);
    let rest = |stop: Stop| {
        let p = grid.point(stop);
        (p.x - goal.x).abs() + (p.y - goal.y).abs()
    };
    let mut best: BTreeMap<Stop, (f64, Option<Stop>)> = BTreeMap::from([(first, (0.0, None))]);
    let mut open = BinaryHeap::from([Reverse((Cost(rest(first)), first))]);
    while let Some(Reverse((Cost(estimate), stop))) = open.pop() {
        let (cost, _) = best[&stop];
        if stop == last {
            return Some(trace_back(&grid, &best, stop));
        }
        if estimate > cost + rest(stop) + 1e-9 {
            continue;
        }
        // Arriving across the last piece is a turn on the spot.
        if (stop.column, stop.row) == (last.column, last.row) {
            relax(&mut best, &mut open, stop, last, cost + TURN_COST, 0.0);
            continue;
        }
        for next in grid.neighbors(stop) {
            let (a, b) = (grid.point(stop), grid.point(next));
            if is_free(a, b, walls) {
                let turn = if next.along_row == stop.along_row { 0.0 } else { TURN_COST };
                let length = (a.x - b.x).abs() + (a.y - b.y).abs();
                relax(&mut best, &mut open, stop, next, cost + length + turn, rest(next));
            }
        }
    }
    None
}

type Best = BTreeMap<Stop, (f64, Option<Stop>)>;
type Open = BinaryHeap<Reverse<(Cost, Stop)>>;

fn relax(best: &mut Best, open: &mut Open, stop: Stop, next: Stop, cost: f64, rest: f64) {
    if best.get(&next).is_none_or(|(known, _)| cost < *known) {
        best.insert(next, (cost, Some(stop)));
        open.push(Reverse((Cost(cost + rest), next)));
    }
}

fn trace_back(grid: &Grid, best: &Best, last: Stop) -> Route {
    let mut route = vec![grid.point(last)];
    let mut at = last;
    while let Some((_, Some(before))) = best.get(&at) {
        route.push(grid.point(*before));
        at = *before;
    }
    route.reverse();
    route
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{node_rect, port::Side};

    fn ends_of(a: Rect, b: Rect) -> (End, End) {
        (End { at: Side::Right.middle(a), side: Side::Right }, End { at: Side::Left.middle(b), side: Side::Left })
    }

    fn hits(route: &Route, rect: Rect) -> bool {
        route.windows(2).any(|pair| !is_free(pair[0], pair[1], &[rect.expand(-0.5)]))
    }

    #[test]
    fn facing_boxes_get_a_straight_line() {
        let (a, b) = (node_rect(Point::new(0.0, 0.0)), node_rect(Point::new(400.0, 0.0)));
        let (from, to) = ends_of(a, b);
        assert_eq!(find(from, to, a, b, &[]).len(), 2);
    }

    #[test]
    fn a_box_in_the_way_is_avoided() {
        let (a, b) = (node_rect(Point::new(0.0, 0.0)), node_rect(Point::new(800.0, 30.0)));
        let (from, to) = ends_of(a, b);
        for y in [-60.0, -20.0, 0.0, 10.0, 70.0] {
            let wall = node_rect(Point::new(400.0, y));
            let route = find(from, to, a, b, &[wall]);
            assert!(!hits(&route, wall), "{y}: {route:?}");
            assert!(route.len() <= 6, "{y}: {route:?}");
        }
    }

    #[test]
    fn a_way_back_goes_around_its_own_boxes() {
        let (a, b) = (node_rect(Point::new(0.0, 0.0)), node_rect(Point::new(0.0, 20.0)));
        let (from, to) = ends_of(a, b);
        let route = find(from, to, a, b, &[]);
        assert_eq!((route[0], route[route.len() - 1]), (from.at, to.at));
        let far = node_rect(Point::new(-500.0, 0.0));
        let (from, to) = ends_of(a, far);
        let route = find(from, to, a, far, &[]);
        assert!(!hits(&route, a) && !hits(&route, far), "{route:?}");
    }
}

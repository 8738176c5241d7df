//! Ways of arrows around boxes: horizontal and vertical pieces, few turns, never through a box.
//!
//! Most ways are one of three simple ones, tried first. The others are found by A* over the lines that run along the
//! boxes in the neighborhood.

use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
};

use plimsoll_models::Point;

use super::{Rect, port::End};

/// Distance that a way keeps from boxes.
pub(super) const CLEARANCE: f64 = 14.0;
/// Length of the first and last piece, straight out of the box.
const STUB: f64 = 20.0;
/// A turn is worth a detour of this length.
pub(super) const TURN_COST: f64 = 60.0;
/// Most boxes that a way is led around: the search looks at the crossings of all lines along them.
const WALLS_MAX: usize = 96;

/// The way of an arrow: its corners, from border to border.
pub type Route = Vec<Point>;

/// A way, and what it depends on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The way.
    pub route: Route,
    /// The pieces that were tried: a box that keeps the distance of ways from boxes to all of them changes nothing.
    pub tried: Vec<Rect>,
}

/// The way between two ends around the two boxes they belong to and around obstacles.
pub fn find(from: End, to: End, own_from: Rect, own_to: Rect, obstacles: &[Rect]) -> Found {
    let (start, goal) = (stub(from), stub(to));
    let walls = walls(&[start, goal], obstacles.iter().copied().chain([own_from, own_to]));
    let mut tried = Vec::new();
    if let Some(route) = simple(from, to, &walls, &mut tried) {
        return Found { route: tidy(route), tried };
    }
    let middle = around((start, from.side.is_horizontal()), (goal, to.side.is_horizontal()), &walls, &mut tried);
    let mut route = vec![from.at];
    route.extend(middle);
    route.push(to.at);
    let mut route = tidy(route);
    center(&mut route, &walls, &mut tried);
    Found { route, tried }
}

/// The way between two points around walls, or through some of them when they enclose one of the points or are too many.
/// Both points say whether the way leaves or reaches them along a row.
pub(super) fn around(start: (Point, bool), goal: (Point, bool), walls: &[Rect], tried: &mut Vec<Rect>) -> Route {
    let mut way = vec![start.0, Point::new(goal.0.x, start.0.y), goal.0];
    let mut seen: Vec<Rect> = Vec::new();
    // Only walls that a way runs into matter: most of a crowd never does.
    while seen.len() < WALLS_MAX {
        let pieces = tried.len();
        tried.extend(way.windows(2).map(|pair| Rect::from_corners(pair[0], pair[1])));
        let hit = |wall: &&Rect| tried[pieces..].iter().any(|piece| runs_into(*piece, **wall));
        let hits: Vec<Rect> = walls.iter().filter(hit).filter(|wall| !seen.contains(wall)).take(WALLS_MAX - seen.len()).copied().collect();
        if hits.is_empty() {
            break;
        }
        seen.extend(hits);
        let Some(found) = search(start, goal, &seen) else { break };
        way = found;
    }
    way
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
fn center(route: &mut Route, walls: &[Rect], tried: &mut Vec<Rect>) {
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
        if onward <= 0.0 {
            continue;
        }
        tried.extend([(before, a), (a, b), (b, after)].map(|(p, q)| Rect::from_corners(p, q)));
        if is_free(a, b, walls) && free(before, a) && free(b, after) {
            (route[i], route[i + 1]) = (a, b);
        }
    }
}

fn inside(rect: Rect, p: Point) -> bool {
    rect.min.x < p.x && p.x < rect.max.x && rect.min.y < p.y && p.y < rect.max.y
}

pub(super) fn is_free(a: Point, b: Point, walls: &[Rect]) -> bool {
    let piece = Rect::from_corners(a, b);
    !walls.iter().any(|wall| runs_into(piece, *wall))
}

/// Whether a piece of a way has a part within a wall; along its border is without.
fn runs_into(piece: Rect, wall: Rect) -> bool {
    piece.min.x < wall.max.x && wall.min.x < piece.max.x && piece.min.y < wall.max.y && wall.min.y < piece.max.y
}

/// A way with at most two turns that runs out of both boxes, when nothing stands on it.
fn simple(from: End, to: End, walls: &[Rect], tried: &mut Vec<Rect>) -> Option<Route> {
    let (a, b, start, goal) = (from.at, to.at, stub(from), stub(to));
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
    tried.extend(way.windows(2).map(|pair| Rect::from_corners(pair[0], pair[1])));
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Stop {
    column: usize,
    row: usize,
    along_row: bool,
}

/// The lines that run along walls and through both ends, and which of their pieces run into a wall.
struct Grid {
    xs: Vec<f64>,
    ys: Vec<f64>,
    /// Whether the piece from a crossing to the next column, and the one to the next row, is blocked; row by row.
    blocked: Vec<[bool; 2]>,
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
        let (xs, ys) = (lines(|p| p.x), lines(|p| p.y));
        let mut grid = Self { blocked: vec![[false; 2]; xs.len() * ys.len()], xs, ys };
        for wall in walls {
            grid.block(*wall);
        }
        grid
    }

    /// Blocks the pieces that run into a wall; those along its border stay free.
    fn block(&mut self, wall: Rect) {
        // Lines strictly within the wall, and pieces that have a part within it: see `is_free`.
        let within =
            |lines: &[f64], min: f64, max: f64| lines.partition_point(|line| *line <= min)..lines.partition_point(|line| *line < max);
        let pieces = |inner: &std::ops::Range<usize>| inner.start.saturating_sub(1)..inner.end;
        let (columns, rows) = (within(&self.xs, wall.min.x, wall.max.x), within(&self.ys, wall.min.y, wall.max.y));
        for row in rows.clone() {
            for column in pieces(&columns) {
                self.blocked[row * self.xs.len() + column][0] = true;
            }
        }
        for row in pieces(&rows) {
            for column in columns.clone() {
                self.blocked[row * self.xs.len() + column][1] = true;
            }
        }
    }

    fn point(&self, stop: Stop) -> Point {
        Point::new(self.xs[stop.column], self.ys[stop.row])
    }

    /// The number of a stop, less than [`Self::len`].
    fn number(&self, stop: Stop) -> usize {
        (stop.row * self.xs.len() + stop.column) * 2 + usize::from(stop.along_row)
    }

    /// How many stops there are.
    fn len(&self) -> usize {
        self.blocked.len() * 2
    }

    fn stop(&self, point: Point, along_row: bool) -> Stop {
        let nearest = |lines: &[f64], value: f64| lines.partition_point(|line| *line < value - 1e-6).min(lines.len() - 1);
        Stop { column: nearest(&self.xs, point.x), row: nearest(&self.ys, point.y), along_row }
    }

    /// The crossings beside a stop that no wall separates from it.
    fn neighbors(&self, stop: Stop) -> impl Iterator<Item = Stop> {
        let Stop { column, row, .. } = stop;
        let free = |column: usize, row: usize, down: usize| !self.blocked[row * self.xs.len() + column][down];
        [
            (column + 1 < self.xs.len() && free(column, row, 0)).then(|| Stop { column: column + 1, row, along_row: true }),
            (column > 0 && free(column - 1, row, 0)).then(|| Stop { column: column - 1, row, along_row: true }),
            (row + 1 < self.ys.len() && free(column, row, 1)).then(|| Stop { column, row: row + 1, along_row: false }),
            (row > 0 && free(column, row - 1, 1)).then(|| Stop { column, row: row - 1, along_row: false }),
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
fn search((start, from_row): (Point, bool), (goal, to_row): (Point, bool), walls: &[Rect]) -> Option<Route> {
    let grid = Grid::new(start, goal, walls);
    let first = grid.stop(start, from_row);
    let last = grid.stop(goal, to_row);
    let rest = |stop: Stop| {
        let p = grid.point(stop);
        (p.x - goal.x).abs() + (p.y - goal.y).abs()
    };
    let mut best = Best { grid: &grid, known: vec![(f64::INFINITY, None); grid.len()] };
    best.known[grid.number(first)].0 = 0.0;
    let mut open = BinaryHeap::from([Reverse((Cost(rest(first)), first))]);
    while let Some(Reverse((Cost(estimate), stop))) = open.pop() {
        let (cost, _) = best.of(stop);
        if stop == last {
            return Some(best.trace_back(stop));
        }
        if estimate > cost + rest(stop) + 1e-9 {
            continue;
        }
        // Arriving across the last piece is a turn on the spot.
        if (stop.column, stop.row) == (last.column, last.row) {
            best.relax(&mut open, stop, last, (cost + TURN_COST, 0.0));
            continue;
        }
        for next in grid.neighbors(stop) {
            let (a, b) = (grid.point(stop), grid.point(next));
            let turn = if next.along_row == stop.along_row { 0.0 } else { TURN_COST };
            let length = (a.x - b.x).abs() + (a.y - b.y).abs();
            best.relax(&mut open, stop, next, (cost + length + turn, rest(next)));
        }
    }
    None
}

type Open = BinaryHeap<Reverse<(Cost, Stop)>>;

/// The cheapest way so far to every stop.
struct Best<'a> {
    grid: &'a Grid,
    /// What it costs to come to a stop, and the stop before; by the numbers of stops.
    known: Vec<(f64, Option<Stop>)>,
}

impl Best<'_> {
    fn of(&self, stop: Stop) -> (f64, Option<Stop>) {
        self.known[self.grid.number(stop)]
    }

    fn relax(&mut self, open: &mut Open, stop: Stop, next: Stop, (cost, rest): (f64, f64)) {
        if cost < self.of(next).0 {
            self.known[self.grid.number(next)] = (cost, Some(stop));
            open.push(Reverse((Cost(cost + rest), next)));
        }
    }

    fn trace_back(&self, last: Stop) -> Route {
        let mut route = vec![self.grid.point(last)];
        let mut at = last;
        while let (_, Some(before)) = self.of(at) {
            route.push(self.grid.point(before));
            at = before;
        }
        route.reverse();
        route
    }
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
        assert_eq!(find(from, to, a, b, &[]).route.len(), 2);
    }

    #[test]
    fn a_box_in_the_way_is_avoided() {
        let (a, b) = (node_rect(Point::new(0.0, 0.0)), node_rect(Point::new(800.0, 30.0)));
        let (from, to) = ends_of(a, b);
        for y in [-60.0, -20.0, 0.0, 10.0, 70.0] {
            let wall = node_rect(Point::new(400.0, y));
            let route = find(from, to, a, b, &[wall]).route;
            assert!(!hits(&route, wall), "{y}: {route:?}");
            assert!(route.len() <= 6, "{y}: {route:?}");
        }
    }

    #[test]
    fn a_way_back_goes_around_its_own_boxes() {
        let (a, b) = (node_rect(Point::new(0.0, 0.0)), node_rect(Point::new(0.0, 20.0)));
        let (from, to) = ends_of(a, b);
        let route = find(from, to, a, b, &[]).route;
        assert_eq!((route[0], route[route.len() - 1]), (from.at, to.at));
        let far = node_rect(Point::new(-500.0, 0.0));
        let (from, to) = ends_of(a, far);
        let route = find(from, to, a, far, &[]).route;
        assert!(!hits(&route, a) && !hits(&route, far), "{route:?}");
    }

    #[test]
    fn pieces_are_blocked_where_a_wall_is_in_their_way() {
        let walls: Vec<Rect> = (0..12).map(|i| Rect::new(f64::from(i * 37 % 300), f64::from(i * 91 % 200), 60.0, 40.0)).collect();
        let grid = Grid::new(Point::new(-10.0, 95.0), Point::new(400.0, 33.0), &walls);
        let stops = (0..grid.ys.len()).flat_map(|row| (0..grid.xs.len()).map(move |column| Stop { column, row, along_row: true }));
        for stop in stops {
            let found: Vec<Stop> = grid.neighbors(stop).collect();
            let beside = [(1, 0), (-1, 0), (0, 1), (0, -1)].into_iter().filter_map(|(x, y): (isize, isize)| {
                let (column, row) = (stop.column.checked_add_signed(x)?, stop.row.checked_add_signed(y)?);
                (column < grid.xs.len() && row < grid.ys.len()).then_some(Stop { column, row, along_row: y == 0 })
            });
            let free: Vec<Stop> = beside.filter(|next| is_free(grid.point(stop), grid.point(*next), &walls)).collect();
            assert_eq!(found, free);
        }
    }
}

//! Arrows that are shaped by hand: waypoints and labels that follow the pointer.

use plimsoll_models::{EdgeId, Edit, LabelPlace, Line, LineStyle, Point};

use crate::scene::{
    route::Route,
    way::{self, between, distance},
};

/// Steps in which waypoints move, in units of the drawing.
const STEP: f64 = 10.0;
/// How near the line of a neighbor must be to attract a waypoint, in points.
const REACH: f64 = 6.0;
/// How near a label must be to its way to lie on it, in units of the drawing.
const LABEL_REACH: f64 = 8.0;
/// Places nearer than this are the same.
const SAME: f64 = 0.5;

/// A waypoint or a piece of an arrow that follows the pointer.
#[derive(Clone, Debug)]
pub(super) struct Bending {
    /// The arrow.
    pub edge: EdgeId,
    /// Where the pointer was pressed, on the drawing.
    pub from: Point,
    /// How the arrow was drawn, with the grabbed waypoints in place.
    line: Line,
    /// The grabbed waypoints by index: one, or both corners of a piece.
    grabbed: Vec<usize>,
    /// Along which axes they move.
    free: (bool, bool),
    /// What attracts them.
    neighbors: Vec<Point>,
    /// How far they have moved.
    by: Point,
}

impl Bending {
    /// A waypoint that is there.
    pub(super) fn waypoint(edge: &EdgeId, line: &Line, route: &Route, index: usize, from: Point) -> Self {
        let ends = [route.first(), route.last()].into_iter().flatten();
        let neighbors = ends.chain(line.waypoints.iter().enumerate().filter(|(i, _)| *i != index).map(|(_, p)| p)).copied().collect();
        Self { edge: edge.clone(), from, line: line.clone(), grabbed: vec![index], free: (true, true), neighbors, by: Point::default() }
    }

    /// A piece of the way: it gets waypoints, so that it can be moved. `None` without a piece at this place.
    pub(super) fn piece(edge: &EdgeId, line: &Line, route: &Route, from: Point) -> Option<Self> {
        let grabbed = way::nearest(route, from)?;
        let along = |p: &Point| way::nearest(route, *p).map_or(0.0, |nearest| nearest.along);
        let inner = grabbed.piece > 0 && grabbed.piece + 2 < route.len();
        if line.style != LineStyle::Orthogonal || !inner {
            let index = line.waypoints.iter().filter(|p| along(p) < grabbed.along).count();
            let mut line = line.clone();
            line.waypoints.insert(index, grabbed.at);
            return Some(Self::waypoint(edge, &line, route, index, from));
        }
        let (a, b) = (route[grabbed.piece], route[grabbed.piece + 1]);
        // Corners next to a box follow the box; the middle of the piece holds it there.
        let (first, last) = (grabbed.piece == 1, grabbed.piece + 3 == route.len());
        let mut places = Vec::new();
        places.extend((!first).then_some(a));
        places.extend((first || last).then(|| between(a, b, 0.5)));
        places.extend((!last).then_some(b));
        let on_piece = |p: &Point| way::nearest(&[a, b], *p).is_some_and(|nearest| nearest.distance < SAME);
        let mut waypoints: Vec<Point> = line.waypoints.iter().filter(|p| !on_piece(p)).copied().collect();
        let index = waypoints.iter().filter(|p| along(p) < grabbed.along).count();
        let grabbed: Vec<usize> = (index..index + places.len()).collect();
        waypoints.splice(index..index, places);
        let vertical = (a.x - b.x).abs() < SAME;
        let neighbors = [route.first(), route.last()].into_iter().flatten().copied().collect();
        let line = Line { waypoints, ..line.clone() };
        Some(Self { edge: edge.clone(), from, line, grabbed, free: (vertical, !vertical), neighbors, by: Point::default() })
    }

    /// Follows the pointer; `snap` is off while Alt is down.
    pub(super) fn follow(&mut self, pointer: Point, zoom: f32, snap: bool) {
        let Some(start) = self.grabbed.first().and_then(|index| self.line.waypoints.get(*index)).copied() else { return };
        let wish = Point::new(start.x + pointer.x - self.from.x, start.y + pointer.y - self.from.y);
        let reach = REACH / f64::from(zoom);
        let snapped = |v: f64, lines: &mut dyn Iterator<Item = f64>| {
            if !snap {
                return v;
            }
            let near = lines.filter(|line| (line - v).abs() <= reach).min_by(|a, b| (a - v).abs().total_cmp(&(b - v).abs()));
            near.unwrap_or((v / STEP).round() * STEP)
        };
        let (x, y) = (snapped(wish.x, &mut self.neighbors.iter().map(|p| p.x)), snapped(wish.y, &mut self.neighbors.iter().map(|p| p.y)));
        self.by = Point::new(if self.free.0 { x - start.x } else { 0.0 }, if self.free.1 { y - start.y } else { 0.0 });
    }

    /// The index of the waypoint that is moved, or of the first of two.
    pub(super) fn first(&self) -> usize {
        self.grabbed.first().copied().unwrap_or_default()
    }

    /// The change after a move along the free axes; `None` when nothing has moved.
    pub(super) fn moved(self, by: Point) -> Option<Edit> {
        let by = Point::new(if self.free.0 { by.x } else { 0.0 }, if self.free.1 { by.y } else { 0.0 });
        Self { by, ..self }.edit()
    }

    /// The change so far; `None` when nothing has moved.
    pub(super) fn edit(&self) -> Option<Edit> {
        if self.by == Point::default() {
            return None;
        }
        let mut line = self.line.clone();
        for index in &self.grabbed {
            if let Some(point) = line.waypoints.get_mut(*index) {
                *point = Point::new(point.x + self.by.x, point.y + self.by.y);
            }
        }
        Some(Edit::SetLine(self.edge.clone(), Some(line)))
    }
}

/// Takes a waypoint away.
pub(super) fn without_waypoint(edge: &EdgeId, line: &Line, index: usize) -> Edit {
    let mut line = line.clone();
    if index < line.waypoints.len() {
        line.waypoints.remove(index);
    }
    Edit::SetLine(edge.clone(), Some(line))
}

/// A label that follows the pointer.
#[derive(Clone, Debug)]
pub(super) struct Labeling {
    /// The arrow.
    pub edge: EdgeId,
    /// Where the pointer was pressed, on the drawing.
    pub from: Point,
    /// How the arrow is drawn.
    pub line: Line,
    /// Its way.
    pub route: Route,
    /// Where the label's center stood.
    pub center: Point,
    /// How far it has moved.
    pub by: Point,
}

impl Labeling {
    /// Follows the pointer.
    pub(super) fn follow(&mut self, pointer: Point) {
        self.by = Point::new(pointer.x - self.from.x, pointer.y - self.from.y);
    }

    /// The change so far; `None` when nothing has moved.
    pub(super) fn edit(&self) -> Option<Edit> {
        if self.by == Point::default() {
            return None;
        }
        let wish = Point::new(self.center.x + self.by.x, self.center.y + self.by.y);
        let nearest = way::nearest(&self.route, wish)?;
        let offset = if distance(nearest.at, wish) <= LABEL_REACH {
            Point::default()
        } else {
            Point::new(wish.x - nearest.at.x, wish.y - nearest.at.y)
        };
        let label = Some(LabelPlace { along: nearest.along, offset });
        Some(Edit::SetLine(self.edge.clone(), Some(Line { label, ..self.line.clone() })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Out, down, and on.
    fn step() -> Route {
        [(100.0, 0.0), (200.0, 0.0), (200.0, 120.0), (300.0, 120.0)].map(Point::from).to_vec()
    }

    fn waypoints(edit: Option<Edit>) -> Vec<Point> {
        let Some(Edit::SetLine(_, Some(line))) = edit else { panic!("{edit:?} shapes no line") };
        line.waypoints
    }

    #[test]
    fn a_piece_moves_across_and_keeps_one_waypoint() {
        let mut bending = Bending::piece(&"e".into(), &Line::default(), &step(), Point::new(201.0, 30.0)).unwrap();
        assert_eq!(bending.edit(), None);
        bending.follow(Point::new(244.0, 77.0), 1.0, true);
        assert_eq!(waypoints(bending.edit()), [Point::new(240.0, 60.0)], "only across, on the grid");
    }

    #[test]
    fn a_waypoint_is_attracted_by_the_lines_of_the_ends() {
        let line = Line { waypoints: vec![Point::new(200.0, 60.0)], ..Line::default() };
        let mut bending = Bending::waypoint(&"e".into(), &line, &step(), 0, Point::new(200.0, 60.0));
        bending.follow(Point::new(207.0, 3.0), 1.0, true);
        assert_eq!(waypoints(bending.edit()), [Point::new(210.0, 0.0)]);
        bending.follow(Point::new(207.0, 3.0), 1.0, false);
        assert_eq!(waypoints(bending.edit()), [Point::new(207.0, 3.0)]);
        assert!(waypoints(Some(without_waypoint(&"e".into(), &line, 0))).is_empty());
    }

    #[test]
    fn new_waypoints_stand_in_the_order_of_the_way() {
        let line = Line {
            style: LineStyle::Straight,
            waypoints: vec![Point::new(200.0, 0.0), Point::new(200.0, 120.0)],
            label: None,
            ..Line::default()
        };
        let mut bending = Bending::piece(&"e".into(), &line, &step(), Point::new(200.0, 60.0)).unwrap();
        bending.follow(Point::new(250.0, 60.0), 1.0, true);
        assert_eq!(waypoints(bending.edit())[1], Point::new(250.0, 60.0));
    }

    #[test]
    fn a_label_lies_on_its_way_or_beside_it() {
        let label = |by: Point| {
            let labeling = Labeling {
                edge: "e".into(),
                from: Point::default(),
                line: Line::default(),
                route: step(),
                center: Point::new(150.0, 0.0),
                by,
            };
            let Some(Edit::SetLine(_, Some(line))) = labeling.edit() else { panic!("no label") };
            line.label.unwrap()
        };
        assert_eq!(label(Point::new(50.0, 63.0)).offset, Point::default());
        assert_eq!(label(Point::new(0.0, -30.0)), LabelPlace { along: 50.0 / 320.0, offset: Point::new(0.0, -30.0) });
    }
}

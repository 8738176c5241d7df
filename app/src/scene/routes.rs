//! The ways of all arrows. Only those are searched anew whose ends or whose surroundings have changed.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_models::{Diagram, Edge, EdgeId, LineStyle, NodeId, Point};

use super::{
    Rect,
    course::course,
    index::Index,
    net::Net,
    node_rect, nudge,
    port::{End, ends},
    route::{CLEARANCE, Found, Route},
};

/// How far around both ends boxes are seen.
const SIGHT: f64 = 240.0;
/// Side of a cell in which boxes are found by place.
const CELL: f64 = 512.0;

/// Ways that are already known, and what they were searched for.
#[derive(Clone, Debug, Default)]
pub(super) struct RouteCache {
    known: BTreeMap<EdgeId, Known>,
    boxes: Boxes,
    net: Net,
    /// How many ways were searched for the latest drawing.
    searched: usize,
}

#[derive(Clone, Debug)]
struct Known {
    key: RouteKey,
    /// Where boxes are seen.
    sight: Rect,
    /// Empty until it is searched.
    found: Found,
}

#[derive(Clone, Debug, PartialEq)]
struct RouteKey {
    from: End,
    to: End,
    style: LineStyle,
    waypoints: Vec<Point>,
}

impl RouteCache {
    /// The ways of all arrows of a diagram.
    pub(super) fn routes(&mut self, diagram: &Diagram) -> BTreeMap<EdgeId, Route> {
        let mut changed = self.net.update(diagram);
        for gone in &changed.gone {
            self.known.remove(gone);
        }
        let (mut places, mut hull) = (Index::default(), None);
        for (id, rect) in self.boxes.update(diagram) {
            let place = rect.expand(CLEARANCE);
            places.insert(0, place);
            hull = Some(hull.map_or(place, |hull: Rect| hull.union(place)));
            changed.boxes.insert(id);
        }
        // Mostly one box moves: its neighborhood tells of almost every piece that it is far away.
        let disturbed = |piece: &Rect| hull.is_some_and(|hull| hull.intersects(*piece)) && places.touches(*piece);
        self.find_ends(diagram, &changed.boxes);
        self.searched = 0;
        for (id, known) in &mut self.known {
            if known.found.route.is_empty() || known.found.tried.iter().any(disturbed) {
                self.searched += 1;
                known.search(diagram, id, &self.boxes);
            }
        }
        let mut routes: Vec<Route> = self.known.values().map(|known| known.found.route.clone()).collect();
        let shaped: Vec<bool> = self.known.values().map(|known| known.key.is_shaped()).collect();
        nudge::separate(&mut routes, |number| shaped[number]);
        self.known.keys().cloned().zip(routes).collect()
    }

    /// Finds the ends of arrows anew after a change of some boxes. Their arrows may take other sides, so that the arrows
    /// of their neighbors make room.
    fn find_ends(&mut self, diagram: &Diagram, boxes: &BTreeSet<NodeId>) {
        let arrows = self.net.arrows(&self.net.ends(&self.net.arrows(boxes)));
        let beside = self.net.arrows(&self.net.ends(&arrows));
        let ends = ends(diagram, &beside);
        for id in arrows {
            let Some((from, to)) = ends.get(&id).copied() else {
                self.known.remove(&id);
                continue;
            };
            let edge = &diagram.edges[&id];
            let line = diagram.lines.get(&id).map(|line| &**line);
            let (style, waypoints) = line.map_or((LineStyle::Orthogonal, Vec::new()), |line| (line.style, line.waypoints.clone()));
            let (from_box, to_box) = own(diagram, edge);
            let sight = Rect::around(waypoints.iter().copied()).map_or(from_box, |rect| rect.union(from_box)).union(to_box).expand(SIGHT);
            let key = RouteKey { from, to, style, waypoints };
            let found = self.known.remove(&id).filter(|known| known.key == key).map(|known| known.found).unwrap_or_default();
            self.known.insert(id, Known { key, sight, found });
        }
    }
}

impl Known {
    /// Searches the way among the boxes around it.
    fn search(&mut self, diagram: &Diagram, id: &EdgeId, boxes: &Boxes) {
        let edge = &diagram.edges[id];
        let obstacles = match self.key.style {
            LineStyle::Orthogonal => boxes.near(self.sight, &edge.from, &edge.to),
            LineStyle::Bezier | LineStyle::Straight => Vec::new(),
        };
        let line = diagram.lines.get(id).map(|line| &**line);
        self.found = course(self.key.from, self.key.to, line, own(diagram, edge), (self.sight, &obstacles));
    }
}

impl RouteKey {
    /// Whether somebody has shaped the way.
    fn is_shaped(&self) -> bool {
        self.style != LineStyle::Orthogonal || !self.waypoints.is_empty()
    }
}

/// The two boxes of an arrow.
fn own(diagram: &Diagram, edge: &Edge) -> (Rect, Rect) {
    (node_rect(diagram.position(&edge.from)), node_rect(diagram.position(&edge.to)))
}

/// Boxes by place.
#[derive(Clone, Debug, Default)]
struct Boxes {
    rects: BTreeMap<NodeId, Rect>,
    cells: BTreeMap<(i64, i64), BTreeMap<NodeId, Rect>>,
}

impl Boxes {
    /// Takes over where boxes stand, and tells which ones came, went or moved, and from where and to where.
    fn update(&mut self, diagram: &Diagram) -> Vec<(NodeId, Rect)> {
        let mut changed = Vec::new();
        for id in diagram.nodes.keys() {
            let rect = node_rect(diagram.position(id));
            if self.rects.get(id) == Some(&rect) {
                continue;
            }
            changed.extend(self.remove(id).map(|rect| (id.clone(), rect)));
            changed.push((id.clone(), rect));
            self.rects.insert(id.clone(), rect);
            self.cells.entry(cell(rect.center())).or_default().insert(id.clone(), rect);
        }
        if self.rects.len() > diagram.nodes.len() {
            let gone: Vec<NodeId> = self.rects.keys().filter(|id| !diagram.nodes.contains_key(*id)).cloned().collect();
            changed.extend(gone.into_iter().filter_map(|id| self.remove(&id).map(|rect| (id, rect))));
        }
        changed
    }

    fn remove(&mut self, id: &NodeId) -> Option<Rect> {
        let rect = self.rects.remove(id)?;
        if let Some(there) = self.cells.get_mut(&cell(rect.center())) {
            there.remove(id);
        }
        Some(rect)
    }

    /// Boxes that touch a region, other than the two; from cell to cell.
    fn near(&self, region: Rect, from: &NodeId, to: &NodeId) -> Vec<Rect> {
        // A box is smaller than a cell: its center tells enough when the search looks half a cell farther.
        let ((x0, y0), (x1, y1)) = (cell(region.expand(CELL / 2.0).min), cell(region.expand(CELL / 2.0).max));
        let boxes = (x0..=x1).flat_map(|x| self.cells.range((x, y0)..=(x, y1))).flat_map(|(_, boxes)| boxes);
        boxes.filter(|(id, rect)| rect.intersects(region) && *id != from && *id != to).map(|(_, rect)| *rect).collect()
    }
}

fn cell(point: Point) -> (i64, i64) {
    ((point.x / CELL).floor() as i64, (point.y / CELL).floor() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_models::{EdgeKind, Edit, Line, Node, edit::apply};

    /// Rows of boxes, each connected with the next one in its row and the one below.
    fn lattice(columns: i32, rows: i32) -> Diagram {
        let id = |x: i32, y: i32| format!("n{x}-{y}");
        let mut edits = Vec::new();
        for (x, y) in (0..columns).flat_map(|x| (0..rows).map(move |y| (x, y))) {
            let at = Point::new(f64::from(x) * 260.0, f64::from(y) * 140.0);
            edits.push(Edit::AddNode { id: id(x, y).as_str().into(), node: Node::new("aws/lambda", ""), at });
        }
        for (x, y) in (0..columns).flat_map(|x| (0..rows).map(move |y| (x, y))) {
            for (to_x, to_y) in [(x + 2, y), (x, y + 1)] {
                if to_x < columns && to_y < rows {
                    let edge = Edge::new(id(x, y).as_str(), id(to_x, to_y).as_str(), EdgeKind::Request);
                    edits.push(Edit::AddEdge { id: format!("{}-{}", id(x, y), id(to_x, to_y)).as_str().into(), edge });
                }
            }
        }
        apply(&Diagram::default(), &Edit::All(String::new(), edits)).unwrap()
    }

    #[test]
    fn moving_one_box_of_a_thousand_searches_only_what_is_near() {
        let diagram = lattice(40, 25);
        let mut cache = RouteCache::default();
        cache.routes(&diagram);
        assert_eq!(cache.searched, diagram.edges.len());
        cache.routes(&diagram);
        assert_eq!(cache.searched, 0);
        let at = diagram.position(&"n20-12".into());
        let moved = apply(&diagram, &Edit::Move(vec![("n20-12".into(), Point::new(at.x + 7.0, at.y + 3.0))])).unwrap();
        cache.routes(&moved);
        assert!(cache.searched > 0 && cache.searched < 90, "{} of {}", cache.searched, diagram.edges.len());
    }

    #[test]
    fn a_known_drawing_finds_the_same_ways_as_a_new_one() {
        let mut diagram = lattice(7, 6);
        let mut cache = RouteCache::default();
        cache.routes(&diagram);
        let line = Line { waypoints: vec![Point::new(700.0, 333.0)], ..Line::default() };
        let edits = [
            Edit::Move(vec![("n3-3".into(), Point::new(901.0, 377.0))]),
            Edit::Remove { nodes: vec!["n2-2".into()], edges: Vec::new() },
            Edit::SetLine("n1-1-n3-1".into(), Some(line)),
            Edit::Move(vec![("n1-1".into(), Point::new(-400.0, 40.0)), ("n6-5".into(), Point::new(300.0, 300.0))]),
            Edit::AddNode { id: "new".into(), node: Node::new("aws/sqs", ""), at: Point::new(640.0, 280.0) },
            Edit::SetLine("n1-1-n3-1".into(), None),
        ];
        for edit in edits {
            diagram = apply(&diagram, &edit).unwrap();
            assert_eq!(cache.routes(&diagram), RouteCache::default().routes(&diagram), "{edit:?}");
        }
    }

    #[test]
    fn whatever_changes_known_ways_are_those_of_a_new_drawing() {
        let mut diagram = lattice(6, 5);
        let mut cache = RouteCache::default();
        // A generator of our own, so that every run makes the same changes.
        let mut state = 7_u64;
        let mut below = |sides: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % sides
        };
        for round in 0..300 {
            let nodes: Vec<NodeId> = diagram.nodes.keys().cloned().collect();
            let edges: Vec<EdgeId> = diagram.edges.keys().cloned().collect();
            let node = nodes[below(nodes.len() as u64) as usize].clone();
            let other = nodes[below(nodes.len() as u64) as usize].clone();
            let edge = edges[below(edges.len() as u64) as usize].clone();
            let at = Point::new(below(1_600) as f64, below(800) as f64);
            let kind = EdgeKind::ALL[below(EdgeKind::ALL.len() as u64) as usize];
            let edit = match below(8) {
                0 | 1 => Edit::Move(vec![(node, at)]),
                2 if edges.len() > 30 => Edit::Remove { nodes: Vec::new(), edges: vec![edge] },
                2 | 3 => Edit::AddEdge { id: format!("more-{round}").as_str().into(), edge: Edge::new(node, other, kind) },
                4 => Edit::SetEdgeKind(edge, kind),
                5 => Edit::SetLine(edge, Some(Line { style: LineStyle::ALL[below(3) as usize], ..Line::default() })),
                6 => Edit::SetLine(edge, Some(Line { waypoints: vec![at], ..Line::default() })),
                _ if edges.len() > 30 => Edit::Remove { nodes: vec![node], edges: Vec::new() },
                _ => Edit::AddNode { id: format!("box-{round}").as_str().into(), node: Node::new("aws/sqs", ""), at },
            };
            diagram = apply(&diagram, &edit).unwrap();
            assert_eq!(cache.routes(&diagram), RouteCache::default().routes(&diagram), "after change {round}: {edit:?}");
        }
    }
}

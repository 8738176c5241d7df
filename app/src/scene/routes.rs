//! The ways of all arrows. Only those are searched anew whose ends or whose surroundings have changed.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_models::{Diagram, EdgeId, LineStyle, NodeId, Point};

use super::{
    Rect,
    before::Before,
    course::course,
    index::Index,
    node_rect, nudge,
    port::{End, ends},
    route::Route,
};

/// How far around both ends boxes are seen.
const SIGHT: f64 = 240.0;
/// Side of a cell in which boxes are found by place.
const CELL: f64 = 512.0;

/// Ways that are already known, and where the boxes stood.
#[derive(Clone, Debug, Default)]
pub(super) struct RouteCache {
    known: BTreeMap<EdgeId, Known>,
    boxes: Boxes,
    /// How many ways were searched for the latest drawing.
    searched: usize,
}

#[derive(Clone, Debug)]
struct Known {
    key: RouteKey,
    route: Route,
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
        let mut changed = Index::default();
        for rect in self.boxes.update(diagram) {
            changed.insert(0, rect);
        }
        let mut before = Before::new(std::mem::take(&mut self.known));
        let mut known = Vec::with_capacity(diagram.edges.len());
        self.searched = 0;
        for (id, (from, to)) in ends(diagram) {
            let edge = &diagram.edges[&id];
            let line = diagram.lines.get(&id).map(|line| &**line);
            let (style, waypoints) = line.map_or((LineStyle::Orthogonal, Vec::new()), |line| (line.style, line.waypoints.clone()));
            let own = (node_rect(diagram.position(&edge.from)), node_rect(diagram.position(&edge.to)));
            let around = Rect::around(waypoints.iter().copied()).map_or(own.0, |rect| rect.union(own.0)).union(own.1).expand(SIGHT);
            let key = RouteKey { from, to, style, waypoints };
            let entry = match before.take(&id) {
                Some(known) if known.key == key && !changed.touches(around) => known,
                Some(_) | None => {
                    self.searched += 1;
                    let obstacles = match style {
                        LineStyle::Orthogonal => self.boxes.near(around, &edge.from, &edge.to),
                        LineStyle::Bezier | LineStyle::Straight => Vec::new(),
                    };
                    Known { key, route: course(from, to, line, own, &obstacles) }
                }
            };
            known.push((id, entry));
        }
        self.known = known.into_iter().collect();
        let mut routes = self.known.iter().map(|(id, known)| (id.clone(), known.route.clone())).collect();
        let shaped = |id: &EdgeId| {
            let key = self.known.get(id).map(|known| &known.key);
            key.is_some_and(|key| key.style != LineStyle::Orthogonal || !key.waypoints.is_empty())
        };
        nudge::separate(&mut routes, shaped);
        routes
    }
}

/// Boxes by place.
#[derive(Clone, Debug, Default)]
struct Boxes {
    rects: BTreeMap<NodeId, Rect>,
    cells: BTreeMap<(i64, i64), BTreeSet<NodeId>>,
}

impl Boxes {
    /// Takes over where boxes stand, and tells where some came, went or moved.
    fn update(&mut self, diagram: &Diagram) -> Vec<Rect> {
        let mut changed = Vec::new();
        for id in diagram.nodes.keys() {
            let rect = node_rect(diagram.position(id));
            if self.rects.get(id) == Some(&rect) {
                continue;
            }
            changed.extend(self.remove(id));
            changed.push(rect);
            self.rects.insert(id.clone(), rect);
            self.cells.entry(cell(rect.center())).or_default().insert(id.clone());
        }
        if self.rects.len() > diagram.nodes.len() {
            let gone: Vec<NodeId> = self.rects.keys().filter(|id| !diagram.nodes.contains_key(*id)).cloned().collect();
            changed.extend(gone.iter().filter_map(|id| self.remove(id)));
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

    /// Boxes that touch a region, other than the two, in order of their ids.
    fn near(&self, region: Rect, from: &NodeId, to: &NodeId) -> Vec<Rect> {
        // A box is smaller than a cell: its center tells enough when the search looks half a cell farther.
        let ((x0, y0), (x1, y1)) = (cell(region.expand(CELL / 2.0).min), cell(region.expand(CELL / 2.0).max));
        let ids = (x0..=x1).flat_map(|x| self.cells.range((x, y0)..=(x, y1))).flat_map(|(_, ids)| ids);
        let found: BTreeMap<&NodeId, Rect> = ids
            .filter(|id| *id != from && *id != to)
            .filter_map(|id| Some((id, *self.rects.get(id)?)))
            .filter(|(_, rect)| rect.intersects(region))
            .collect();
        found.into_values().collect()
    }
}

fn cell(point: Point) -> (i64, i64) {
    ((point.x / CELL).floor() as i64, (point.y / CELL).floor() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_models::{Edge, EdgeKind, Edit, Line, Node, edit::apply};

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
}

//! A tidy layout: boxes in layers along the direction of events, groups kept together, pinned boxes where they are.
//!
//! Groups are laid out from the inside out, each as a piece of its own. A piece that holds something fixed stays where
//! that is; the others are put around it.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_models::{Diagram, EdgeKind, GroupId, NodeId, Point};

use super::{
    GRID, Moves,
    layers::{Link, layered},
    pack::pack,
    room::Room,
    to_grid,
};
use crate::scene::{Rect, frame_around, frames, label_width, node_rect};

/// Gap between parts that are not connected, in units of the drawing.
const APART: f64 = 80.0;

/// Where events flow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// From left to right.
    #[default]
    Right,
    /// From top to bottom.
    Down,
}

impl Direction {
    /// A point of the drawing as (along, across), and back.
    fn turn(self, p: Point) -> Point {
        match self {
            Self::Right => p,
            Self::Down => Point::new(p.y, p.x),
        }
    }

    fn turn_rect(self, rect: Rect) -> Rect {
        Rect { min: self.turn(rect.min), max: self.turn(rect.max) }
    }
}

/// New places for some boxes, or for all when none are named. The same diagram gives the same places.
pub fn tidy(diagram: &Diagram, what: &BTreeSet<NodeId>, direction: Direction) -> Moves {
    let all = what.is_empty();
    let part: BTreeSet<&NodeId> = diagram.nodes.keys().filter(|id| all || what.contains(*id)).collect();
    let mut layout = Layout::new(diagram, part, direction);
    let Some(whole) = layout.arrange(None) else { return Moves::new() };
    let origin = whole.fixed.unwrap_or_default();
    let place = |(id, offset): (NodeId, Point)| (id, add(origin, offset).rounded());
    let moved = |(id, at): &(NodeId, Point)| !diagram.pinned.contains(id) && (all || what.contains(id)) && diagram.position(id) != *at;
    whole.nodes.into_iter().map(place).filter(moved).collect()
}

/// What the layout moves as one: a box, or a group with everything in it.
struct Piece {
    /// Around everything, seen from the anchor.
    extent: Rect,
    /// Places of the boxes, seen from the anchor.
    nodes: Vec<(NodeId, Point)>,
    /// Where the anchor has to be.
    fixed: Option<Point>,
}

struct Layout<'a> {
    diagram: &'a Diagram,
    /// What may take part; pinned boxes among it stay.
    part: BTreeSet<&'a NodeId>,
    direction: Direction,
    /// Connections among the part: where to, and the room that the label needs.
    outgoing: BTreeMap<&'a NodeId, Vec<(&'a NodeId, f64)>>,
    children: BTreeMap<Option<&'a GroupId>, Vec<&'a GroupId>>,
    /// Boxes of the part by the group that they are in directly.
    direct: BTreeMap<Option<&'a GroupId>, Vec<&'a NodeId>>,
    /// Where frames stand now.
    frames: BTreeMap<GroupId, Rect>,
    /// Where something stands that does not move.
    room: Room,
}

impl<'a> Layout<'a> {
    fn new(diagram: &'a Diagram, part: BTreeSet<&'a NodeId>, direction: Direction) -> Self {
        let mut outgoing: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let edges = diagram.edges.values().filter(|edge| part.contains(&edge.from) && part.contains(&edge.to));
        // What is given up stands below, or at the right, of what goes on.
        let (dead, alive): (Vec<_>, Vec<_>) = edges.partition(|edge| edge.kind == EdgeKind::DeadLetter);
        for edge in alive.into_iter().chain(dead) {
            outgoing.entry(&edge.from).or_default().push((&edge.to, label_width(&edge.name)));
        }
        let mut children: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let mut group_of: BTreeMap<&NodeId, &GroupId> = BTreeMap::new();
        for (id, group) in &diagram.groups {
            let parent = group.parent.as_ref().filter(|parent| diagram.groups.contains_key(*parent));
            children.entry(parent).or_default().push(id);
            for node in &group.nodes {
                group_of.entry(node).or_insert(id);
            }
        }
        let mut direct: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for id in &part {
            direct.entry(group_of.get(id).copied()).or_default().push(*id);
        }
        let mut layout = Self { diagram, part, direction, outgoing, children, direct, frames: frames(diagram), room: Room::default() };
        layout.reserve();
        layout
    }

    /// Keeps the room of pinned boxes, of boxes outside of the part, and of groups without any of the part.
    fn reserve(&mut self) {
        let touched: BTreeSet<&GroupId> =
            self.direct.keys().flatten().flat_map(|id| self.diagram.around(id).map(|(around, _)| around)).collect();
        for (_, frame) in self.frames.iter().filter(|(id, _)| !touched.contains(id)) {
            self.room.take(*frame);
        }
        for id in self.diagram.nodes.keys().filter(|id| !self.part.contains(id) || self.diagram.pinned.contains(*id)) {
            self.room.take(node_rect(self.diagram.position(id)));
        }
    }

    /// Lays out what is in a group, or everything, as one piece.
    fn arrange(&mut self, group: Option<&'a GroupId>) -> Option<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        for child in self.children.get(&group).cloned().unwrap_or_default() {
            let closed = self.diagram.groups[child].collapsed;
            pieces.extend(if closed { self.closed(child) } else { self.arrange(Some(child)) });
        }
        for id in self.direct.get(&group).into_iter().flatten() {
            let fixed = self.diagram.pinned.contains(*id).then(|| self.diagram.position(id));
            pieces.push(Piece { extent: node_rect(Point::default()), nodes: vec![((*id).clone(), Point::default())], fixed });
        }
        if pieces.is_empty() {
            return None;
        }
        let stays = |id: &NodeId| self.diagram.nodes.contains_key(id) && !self.part.contains(id);
        let held = group.is_none_or(|id| super::members(self.diagram, id).iter().any(stays));
        let is_fixed = held || pieces.iter().any(|piece| piece.fixed.is_some());
        let parts = self.connected(&pieces);
        let places = if is_fixed { self.settle(&pieces, parts) } else { together(&pieces, &parts) };
        Some(self.join(group, pieces, &places, is_fixed))
    }

    /// A collapsed group: one box, with its inside as it is.
    fn closed(&self, group: &GroupId) -> Option<Piece> {
        let members: Vec<NodeId> =
            super::members(self.diagram, group).into_iter().filter(|id| self.diagram.nodes.contains_key(id)).collect();
        let center = self.frames.get(group)?.center();
        if !members.iter().any(|id| self.part.contains(id)) {
            return None;
        }
        let held = members.iter().any(|id| !self.part.contains(id) || self.diagram.pinned.contains(id));
        let nodes = members.into_iter().map(|id| (id.clone(), sub(self.diagram.position(&id), center)));
        Some(Piece { extent: node_rect(Point::default()), nodes: nodes.collect(), fixed: held.then_some(center) })
    }

    /// Pieces and their places as one piece, with a frame around it.
    fn join(&mut self, group: Option<&GroupId>, pieces: Vec<Piece>, places: &[Point], is_fixed: bool) -> Piece {
        let rects = pieces.iter().zip(places).map(|(piece, at)| piece.extent.translate(*at));
        let mut inside = rects.reduce(Rect::union).unwrap_or(Rect::new(0.0, 0.0, 0.0, 0.0));
        if let Some(id) = group
            && is_fixed
        {
            let stays =
                super::members(self.diagram, id).into_iter().filter(|id| self.diagram.nodes.contains_key(id) && !self.part.contains(id));
            inside = stays.map(|id| node_rect(self.diagram.position(&id))).fold(inside, Rect::union);
        }
        let extent = if group.is_some() { frame_around(inside) } else { inside };
        if is_fixed && group.is_some() {
            self.room.take(extent);
        }
        let center = extent.center();
        let anchor = Point::new(to_grid(center.x), to_grid(center.y));
        let back = Point::new(-anchor.x, -anchor.y);
        let nodes = pieces.into_iter().zip(places).flat_map(|(piece, at)| {
            let shift = add(*at, back);
            piece.nodes.into_iter().map(move |(id, offset)| (id, add(offset, shift)))
        });
        Piece { extent: extent.translate(back), nodes: nodes.collect(), fixed: is_fixed.then_some(anchor) }
    }

    /// Connected parts, each laid out in layers: indices of pieces and their places.
    fn connected(&self, pieces: &[Piece]) -> Vec<Vec<(usize, Point)>> {
        let turn = |p| self.direction.turn(p);
        let owner: BTreeMap<&NodeId, (usize, f64)> = (0..pieces.len())
            .flat_map(|i| pieces[i].nodes.iter().map(move |(id, offset)| (id, (i, *offset))))
            .map(|(id, (i, offset))| (id, (i, turn(offset).y)))
            .collect();
        let mut links = Vec::new();
        for (id, (from, out)) in &owner {
            for (to, label) in self.outgoing.get(*id).into_iter().flatten() {
                if let Some((to, into)) = owner.get(to).filter(|(to, _)| to != from) {
                    links.push(Link { from: *from, to: *to, out: *out, into: *into, label: *label });
                }
            }
        }
        links.sort_by_key(|link| link.from);
        let place = |members: Vec<usize>| {
            let index: BTreeMap<usize, usize> = members.iter().enumerate().map(|(i, piece)| (*piece, i)).collect();
            let own = links.iter().filter_map(|link| {
                let (from, to) = (*index.get(&link.from)?, *index.get(&link.to)?);
                Some(Link { from, to, ..*link })
            });
            let extents: Vec<Rect> = members.iter().map(|i| self.direction.turn_rect(pieces[*i].extent)).collect();
            let places = layered(&extents, &own.collect::<Vec<_>>(), self.direction == Direction::Right);
            members.into_iter().zip(places.into_iter().map(turn)).collect()
        };
        components(pieces.len(), &links).into_iter().map(place).collect()
    }

    /// Parts on the drawing: by their fixed pieces, the others near where they were, and none on top of another.
    fn settle(&mut self, pieces: &[Piece], parts: Vec<Vec<(usize, Point)>>) -> Vec<Point> {
        let (held, loose): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| part.iter().any(|(i, _)| pieces[*i].fixed.is_some()));
        let mut places = vec![Point::default(); pieces.len()];
        for part in &held {
            let fixed: Vec<Point> = part.iter().filter_map(|(i, at)| pieces[*i].fixed.map(|fixed| sub(fixed, *at))).collect();
            let shift = mean(&fixed);
            for (i, at) in part {
                places[*i] = match pieces[*i].fixed {
                    Some(fixed) => fixed,
                    None => self.free_place(pieces[*i].extent, add(*at, shift)),
                };
            }
        }
        let members: Vec<usize> = loose.iter().flatten().map(|(i, _)| *i).collect();
        let relative = together(pieces, &loose);
        let block: Vec<(usize, Point)> = members.iter().map(|i| (*i, relative[*i])).collect();
        let middle = |places: &mut dyn Iterator<Item = Point>| Rect::around(places).map(Rect::center);
        let was = middle(&mut members.iter().flat_map(|i| &pieces[*i].nodes).map(|(id, _)| self.diagram.position(id)));
        let now = middle(&mut block.iter().flat_map(|(i, at)| pieces[*i].nodes.iter().map(|(_, offset)| add(*at, *offset))));
        if let (Some(was), Some(now)) = (was, now) {
            let wish = Point::new(to_grid(was.x - now.x), to_grid(was.y - now.y));
            for part in loose {
                let own: Vec<(usize, Point)> = part.iter().map(|(i, _)| (*i, add(relative[*i], wish))).collect();
                let Some(rect) = bounds(pieces, &own) else { continue };
                let shift = self.room.shift(rect);
                self.room.take(rect.translate(shift));
                for (i, at) in own {
                    places[i] = add(at, shift);
                }
            }
        }
        places
    }

    fn free_place(&mut self, extent: Rect, wish: Point) -> Point {
        let at = Point::new(to_grid(wish.x), to_grid(wish.y));
        let at = add(at, self.room.shift(extent.translate(at)));
        self.room.take(extent.translate(at));
        at
    }
}

/// Parts packed beside and below each other.
fn together(pieces: &[Piece], parts: &[Vec<(usize, Point)>]) -> Vec<Point> {
    let rects: Vec<Rect> = parts.iter().filter_map(|part| bounds(pieces, part)).collect();
    let mut places = vec![Point::default(); pieces.len()];
    for (part, shift) in parts.iter().zip(pack(&rects, APART)) {
        for (i, at) in part {
            places[*i] = add(*at, shift);
        }
    }
    places
}

/// Indices that are connected, directly or through others, each part in order.
fn components(n: usize, links: &[Link]) -> Vec<Vec<usize>> {
    let mut root: Vec<usize> = (0..n).collect();
    let find = |root: &mut Vec<usize>, mut i: usize| {
        while root[i] != i {
            root[i] = root[root[i]];
            i = root[i];
        }
        i
    };
    for link in links {
        let (a, b) = (find(&mut root, link.from), find(&mut root, link.to));
        root[a.max(b)] = a.min(b);
    }
    let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for i in 0..n {
        parts.entry(find(&mut root, i)).or_default().push(i);
    }
    parts.into_values().collect()
}

fn bounds(pieces: &[Piece], part: &[(usize, Point)]) -> Option<Rect> {
    part.iter().map(|(i, at)| pieces[*i].extent.translate(*at)).reduce(Rect::union)
}

fn add(a: Point, b: Point) -> Point {
    Point::new(a.x + b.x, a.y + b.y)
}

fn sub(a: Point, b: Point) -> Point {
    Point::new(a.x - b.x, a.y - b.y)
}

fn mean(points: &[Point]) -> Point {
    let n = points.len().max(1) as f64;
    let sum = points.iter().fold(Point::default(), |sum, p| add(sum, *p));
    Point::new((sum.x / n / GRID).round() * GRID, (sum.y / n / GRID).round() * GRID)
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_models::{Edge, Edit, Group, Node, edit::apply};
    use proptest::prelude::*;

    /// Boxes at odd places, edges between them by index, groups of boxes by index with a parent by index.
    fn diagram(n: usize, edges: &[(usize, usize)], groups: &[(Vec<usize>, Option<usize>)]) -> Diagram {
        let mut edits = Vec::new();
        for i in 0..n {
            let at = Point::new((i * 37 % 11) as f64 * 60.0, (i * 53 % 7) as f64 * 50.0);
            edits.push(Edit::AddNode { id: name(i), node: Node::new("aws/lambda", ""), at });
        }
        for (i, (from, to)) in edges.iter().enumerate() {
            let edge = Edge { name: "OrderPlaced".repeat(i % 3), ..Edge::new(name(*from), name(*to), EdgeKind::Send) };
            edits.push(Edit::AddEdge { id: format!("e{i}").as_str().into(), edge });
        }
        for (i, (nodes, parent)) in groups.iter().enumerate() {
            let parent = parent.filter(|parent| *parent < i).map(|parent| format!("g{parent}").as_str().into());
            let group = Group { nodes: nodes.iter().map(|i| name(*i)).collect(), parent, ..Group::default() };
            edits.push(Edit::SetGroup(format!("g{i}").as_str().into(), Some(group)));
        }
        apply(&Diagram::default(), &Edit::All(String::new(), edits)).unwrap()
    }

    fn name(i: usize) -> NodeId {
        NodeId::new(format!("n{i:04}"))
    }

    fn same(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-6
    }

    fn tidied(diagram: &Diagram, direction: Direction) -> Diagram {
        apply(diagram, &Edit::Move(tidy(diagram, &BTreeSet::new(), direction))).unwrap()
    }

    fn overlaps(diagram: &Diagram) -> Vec<(NodeId, NodeId)> {
        let ids: Vec<&NodeId> = diagram.nodes.keys().collect();
        let rect = |id: &NodeId| node_rect(diagram.position(id));
        let pairs = ids.iter().enumerate().flat_map(|(i, a)| ids[..i].iter().map(move |b| (*a, *b)));
        pairs.filter(|(a, b)| rect(a).intersects(rect(b))).map(|(a, b)| (a.clone(), b.clone())).collect()
    }

    /// Frames that cover a box that is not in them.
    fn strangers(diagram: &Diagram) -> Vec<(GroupId, NodeId)> {
        let mut found = Vec::new();
        for (id, frame) in frames(diagram) {
            let members = super::super::members(diagram, &id);
            let outside = diagram.nodes.keys().filter(|node| !members.contains(*node));
            found.extend(outside.filter(|node| node_rect(diagram.position(node)).intersects(frame)).map(|node| (id.clone(), node.clone())));
        }
        found
    }

    fn forward(diagram: &Diagram) -> f64 {
        let ahead = diagram.edges.values().filter(|edge| diagram.position(&edge.from).x < diagram.position(&edge.to).x).count();
        ahead as f64 / diagram.edges.len().max(1) as f64
    }

    #[test]
    fn a_chain_is_a_straight_line_along_the_flow() {
        let diagram = diagram(4, &[(0, 1), (1, 2), (2, 3), (2, 2)], &[]);
        let right = tidied(&diagram, Direction::Right);
        let places: Vec<Point> = (0..4).map(|i| right.position(&name(i))).collect();
        assert!(places.windows(2).all(|pair| pair[0].x + 184.0 < pair[1].x && same(pair[0].y, pair[1].y)), "{places:?}");
        let down = tidied(&diagram, Direction::Down);
        let places: Vec<Point> = (0..4).map(|i| down.position(&name(i))).collect();
        assert!(places.windows(2).all(|pair| pair[0].y + 72.0 < pair[1].y && same(pair[0].x, pair[1].x)), "{places:?}");
        assert!(places.iter().all(|at| same(at.x % GRID, 0.0) && same(at.y % GRID, 0.0)), "{places:?}");
    }

    #[test]
    fn a_tree_has_no_crossings_and_its_root_stands_in_the_middle() {
        let tidied = tidied(&diagram(7, &[(0, 1), (0, 2), (1, 3), (1, 4), (2, 5), (2, 6)], &[]), Direction::Right);
        let y = |i| tidied.position(&name(i)).y;
        assert!(same(f64::midpoint(y(1), y(2)), y(0)) && same(f64::midpoint(y(3), y(4)), y(1)), "{:?}", tidied.layout);
    }

    #[test]
    fn tidy_twice_is_tidy_once() {
        let edges: Vec<(usize, usize)> = (0..60).map(|i| (i * 7 % 40, i * 11 % 40)).collect();
        let once = tidied(&diagram(40, &edges, &[(vec![1, 2, 3], None), (vec![4, 5], Some(0))]), Direction::Right);
        assert_eq!(tidy(&once, &BTreeSet::new(), Direction::Right), Moves::new());
    }

    #[test]
    fn a_selection_leaves_all_others_where_they_are() {
        let diagram = diagram(12, &[(0, 1), (1, 2), (3, 4), (4, 5)], &[(vec![3, 4], None)]);
        let what: BTreeSet<NodeId> = [name(0), name(1), name(2), name(3)].into();
        let moves = tidy(&diagram, &what, Direction::Right);
        assert!(moves.iter().all(|(id, _)| what.contains(id)), "{moves:?}");
        let moved = apply(&diagram, &Edit::Move(moves)).unwrap();
        let touched = overlaps(&moved).into_iter().filter(|(a, b)| what.contains(a) || what.contains(b)).count();
        assert_eq!(touched, 0);
    }

    #[test]
    fn two_thousand_boxes_find_their_places() {
        let edges: Vec<(usize, usize)> =
            (1..2000).map(|i| (i * 13 % i, i)).chain((0..1000).map(|i| (i * 3 % 2000, i * 7 % 2000))).collect();
        let tidied = tidied(&diagram(2000, &edges, &[]), Direction::Right);
        assert!(forward(&tidied) > 0.8, "{}", forward(&tidied));
        let columns: BTreeSet<i64> = tidied.layout.values().map(|at| at.x as i64).collect();
        assert!(columns.len() > 3, "{columns:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(120))]
        #[test]
        fn nothing_overlaps_and_what_is_pinned_stays(
            n in 1_usize..40,
            edges in prop::collection::vec((0_usize..40, 0_usize..40), 0..70),
            groups in prop::collection::vec((prop::collection::vec(0_usize..40, 1..6), prop::option::of(0_usize..5)), 0..6),
            pins in prop::collection::btree_set(0_usize..40, 0..4),
            down in any::<bool>(),
        ) {
            let direction = if down { Direction::Down } else { Direction::Right };
            let edges: Vec<_> = edges.into_iter().map(|(a, b)| (a % n, b % n)).collect();
            let groups: Vec<_> = groups.into_iter().map(|(nodes, parent)| (nodes.into_iter().map(|i| i % n).collect(), parent)).collect();
            let loose = diagram(n, &edges, &groups);
            let free = tidied(&loose, direction);
            prop_assert_eq!(&free, &tidied(&loose, direction));
            prop_assert_eq!(overlaps(&free), vec![]);
            prop_assert_eq!(strangers(&free), vec![]);
            // Pinned boxes stand apart, as people put them.
            let mut pinned = free.clone();
            for (k, i) in pins.iter().map(|i| i % n).enumerate() {
                pinned = apply(&pinned, &Edit::Pin(vec![name(i)], true)).unwrap();
                pinned = apply(&pinned, &Edit::Move(vec![(name(i), Point::new(-5000.0 + 300.0 * k as f64, 130.0))])).unwrap();
            }
            let around = tidied(&pinned, direction);
            for id in &pinned.pinned {
                prop_assert_eq!(around.position(id), pinned.position(id));
            }
            prop_assert_eq!(overlaps(&around), vec![]);
        }
    }
}

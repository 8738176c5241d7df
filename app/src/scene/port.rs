//! Where arrows leave and enter their boxes.

use std::collections::BTreeMap;

use plimsoll_models::{Diagram, EdgeId, EdgeKind, NodeId, Point};

use super::{NODE_HEIGHT, NODE_WIDTH, Rect, node_rect};

/// Least horizontal gap between two boxes whose arrow runs from side to side.
const GAP_MIN: f64 = 40.0;
/// The same between a box and a waypoint.
const GAP_TO_WAYPOINT_MIN: f64 = 20.0;
/// Distance of arrows on one side of a box.
const SPACING: f64 = 14.0;
/// Part of a side near its corners that stays free.
const CORNER: f64 = 14.0;

/// A side of a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Left.
    Left,
    /// Right.
    Right,
    /// Top.
    Top,
    /// Bottom.
    Bottom,
}

impl Side {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Left, Self::Right, Self::Top, Self::Bottom];

    /// The unit vector out of the box.
    pub fn outward(self) -> Point {
        match self {
            Self::Left => Point::new(-1.0, 0.0),
            Self::Right => Point::new(1.0, 0.0),
            Self::Top => Point::new(0.0, -1.0),
            Self::Bottom => Point::new(0.0, 1.0),
        }
    }

    /// Whether arrows leave this side to the left or right.
    pub fn is_horizontal(self) -> bool {
        matches!(self, Self::Left | Self::Right)
    }

    /// The middle of this side.
    pub fn middle(self, rect: Rect) -> Point {
        let center = rect.center();
        match self {
            Self::Left => Point::new(rect.min.x, center.y),
            Self::Right => Point::new(rect.max.x, center.y),
            Self::Top => Point::new(center.x, rect.min.y),
            Self::Bottom => Point::new(center.x, rect.max.y),
        }
    }
}

/// Where an arrow touches a box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct End {
    /// The place, on the border.
    pub at: Point,
    /// The side.
    pub side: Side,
}

/// Both ends of every arrow whose boxes exist.
pub fn ends(diagram: &Diagram) -> BTreeMap<EdgeId, (End, End)> {
    let mut ends = BTreeMap::new();
    let mut sides: BTreeMap<(&NodeId, Side), Vec<Slot<'_>>> = BTreeMap::new();
    for (id, edge) in &diagram.edges {
        if !diagram.nodes.contains_key(&edge.from) || !diagram.nodes.contains_key(&edge.to) {
            continue;
        }
        let (from, to) = (node_rect(diagram.position(&edge.from)), node_rect(diagram.position(&edge.to)));
        let (leave, enter) = match waypoints(diagram, id) {
            Some((first, last)) => (toward(from, first), toward(to, last)),
            None => choose(from, to, edge.kind),
        };
        let (ahead, behind) = waypoints(diagram, id).unwrap_or((to.center(), from.center()));
        sides.entry((&edge.from, leave)).or_default().push(Slot { edge: id, target: false, other: ahead });
        sides.entry((&edge.to, enter)).or_default().push(Slot { edge: id, target: true, other: behind });
        let middle = |side: Side, rect: Rect| End { at: side.middle(rect), side };
        ends.insert(id.clone(), (middle(leave, from), middle(enter, to)));
    }
    for ((_, side), slots) in &mut sides {
        spread(*side, slots, &mut ends);
    }
    let alone = |node: &NodeId, side: Side| sides.get(&(node, side)).is_some_and(|slots| slots.len() == 1);
    for (id, (from, to)) in &mut ends {
        let edge = &diagram.edges[id];
        let (from_alone, to_alone) = (alone(&edge.from, from.side), alone(&edge.to, to.side));
        if let Some((first, last)) = waypoints(diagram, id) {
            face(from, first, from_alone);
            face(to, last, to_alone);
        } else {
            straighten(from, to, from_alone, to_alone);
        }
    }
    ends
}

struct Slot<'a> {
    edge: &'a EdgeId,
    target: bool,
    other: Point,
}

/// The first and the last waypoint of an arrow.
fn waypoints(diagram: &Diagram, id: &EdgeId) -> Option<(Point, Point)> {
    let points = &diagram.lines.get(id)?.waypoints;
    Some((*points.first()?, *points.last()?))
}

/// The side of a box that faces a waypoint.
fn toward(rect: Rect, p: Point) -> Side {
    if p.x - rect.max.x >= GAP_TO_WAYPOINT_MIN {
        Side::Right
    } else if rect.min.x - p.x >= GAP_TO_WAYPOINT_MIN {
        Side::Left
    } else if p.y >= rect.center().y {
        Side::Bottom
    } else {
        Side::Top
    }
}

/// Lets an end that is alone on its side face a waypoint that is almost straight ahead.
fn face(end: &mut End, p: Point, alone: bool) {
    let reach = NODE_HEIGHT / 2.0 - CORNER;
    let (at, wanted) = if end.side.is_horizontal() { (&mut end.at.y, p.y) } else { (&mut end.at.x, p.x) };
    if alone && (*at - wanted).abs() <= reach {
        *at = wanted;
    }
}

/// The sides between which an arrow is short and turns little.
pub fn choose(from: Rect, to: Rect, kind: EdgeKind) -> (Side, Side) {
    let (right, left) = (to.min.x - from.max.x, from.min.x - to.max.x);
    let (down, up) = (to.min.y - from.max.y, from.min.y - to.max.y);
    // What is given up falls down.
    if kind == EdgeKind::DeadLetter && down > 0.0 {
        return match (right, left) {
            (right, _) if right >= 0.0 => (Side::Bottom, Side::Left),
            (_, left) if left >= 0.0 => (Side::Bottom, Side::Right),
            _ => (Side::Bottom, Side::Top),
        };
    }
    if right >= GAP_MIN {
        (Side::Right, Side::Left)
    } else if left >= GAP_MIN {
        (Side::Left, Side::Right)
    } else if down > 0.0 {
        (Side::Bottom, Side::Top)
    } else if up > 0.0 {
        (Side::Top, Side::Bottom)
    } else {
        (Side::Right, Side::Bottom)
    }
}

/// Gives each arrow on a side its own place, in the order of where they come from.
fn spread(side: Side, slots: &mut [Slot<'_>], ends: &mut BTreeMap<EdgeId, (End, End)>) {
    let key = |slot: &Slot<'_>| if side.is_horizontal() { slot.other.y } else { slot.other.x };
    slots.sort_by(|a, b| key(a).total_cmp(&key(b)).then_with(|| a.edge.cmp(b.edge)));
    let length = if side.is_horizontal() { NODE_HEIGHT } else { NODE_WIDTH } - 2.0 * CORNER;
    let n = slots.len();
    let spacing = if n > 1 { SPACING.min(length / (n - 1) as f64) } else { 0.0 };
    for (i, slot) in slots.iter().enumerate() {
        let offset = (i as f64 - (n - 1) as f64 / 2.0) * spacing;
        let Some((from, to)) = ends.get_mut(slot.edge) else { continue };
        let end = if slot.target { to } else { from };
        if side.is_horizontal() {
            end.at.y += offset;
        } else {
            end.at.x += offset;
        }
    }
}

/// Lets an end that is alone on its side face the other one, so that an almost straight arrow is straight.
fn straighten(from: &mut End, to: &mut End, from_alone: bool, to_alone: bool) {
    let reach = NODE_HEIGHT / 2.0 - CORNER;
    let opposite = from.side.outward().x + to.side.outward().x == 0.0 && from.side.outward().y + to.side.outward().y == 0.0;
    if !opposite {
        return;
    }
    let (a, b) = if from.side.is_horizontal() { (&mut from.at.y, &mut to.at.y) } else { (&mut from.at.x, &mut to.at.x) };
    if (*a - *b).abs() > reach {
        return;
    }
    if to_alone {
        *b = *a;
    } else if from_alone {
        *a = *b;
    }
}

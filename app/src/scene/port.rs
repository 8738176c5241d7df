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

/// Both ends of some arrows, where their boxes exist. Arrows share the sides of their boxes: an end is the right one
/// when all arrows of its box are among these, and all arrows of the box at its other end.
pub fn ends<'a>(diagram: &'a Diagram, arrows: impl IntoIterator<Item = &'a EdgeId>) -> BTreeMap<EdgeId, (End, End)> {
    let mut boxes = Boxes { diagram, numbers: BTreeMap::new(), rects: Vec::new(), sides: Vec::new() };
    let mut ends: Vec<Ends<'_>> = Vec::new();
    for id in arrows {
        let Some((id, edge)) = diagram.edges.get_key_value(id) else { continue };
        let (Some(source), Some(target)) = (boxes.number(&edge.from), boxes.number(&edge.to)) else { continue };
        let (from, to) = (boxes.rects[source], boxes.rects[target]);
        let waypoints = waypoints(diagram, id);
        let (leave, enter) = match waypoints {
            Some((first, last)) => (toward(from, first), toward(to, last)),
            None => choose(from, to, edge.kind),
        };
        let (ahead, behind) = waypoints.unwrap_or((to.center(), from.center()));
        boxes.sides[source][leave as usize].push(Slot { edge: ends.len(), is_target: false, other: ahead });
        boxes.sides[target][enter as usize].push(Slot { edge: ends.len(), is_target: true, other: behind });
        let middle = |side: Side, rect: Rect| End { at: side.middle(rect), side };
        ends.push(Ends { id, source, target, waypoints, from: middle(leave, from), to: middle(enter, to) });
    }
    for slots in boxes.sides.iter_mut().flatten() {
        spread(slots, &mut ends);
    }
    let alone = |node: usize, side: Side| boxes.sides[node][side as usize].len() == 1;
    for ends in &mut ends {
        let (from_alone, to_alone) = (alone(ends.source, ends.from.side), alone(ends.target, ends.to.side));
        if let Some((first, last)) = ends.waypoints {
            face(&mut ends.from, first, from_alone);
            face(&mut ends.to, last, to_alone);
        } else {
            straighten(&mut ends.from, &mut ends.to, from_alone, to_alone);
        }
    }
    ends.into_iter().map(|ends| (ends.id.clone(), (ends.from, ends.to))).collect()
}

/// Boxes by number, since an arrow asks for them often, in the order in which arrows name them.
struct Boxes<'a> {
    diagram: &'a Diagram,
    numbers: BTreeMap<&'a NodeId, usize>,
    rects: Vec<Rect>,
    /// The arrows on each side.
    sides: Vec<[Vec<Slot>; 4]>,
}

impl<'a> Boxes<'a> {
    /// The number of a box; `None` when there is no such box.
    fn number(&mut self, id: &'a NodeId) -> Option<usize> {
        if let Some(number) = self.numbers.get(id) {
            return Some(*number);
        }
        let (id, _) = self.diagram.nodes.get_key_value(id)?;
        let number = self.rects.len();
        self.numbers.insert(id, number);
        self.rects.push(node_rect(self.diagram.position(id)));
        self.sides.push(Default::default());
        Some(number)
    }
}

/// The ends of an arrow, and the numbers of its boxes.
struct Ends<'a> {
    id: &'a EdgeId,
    source: usize,
    target: usize,
    /// The first and the last waypoint.
    waypoints: Option<(Point, Point)>,
    from: End,
    to: End,
}

/// The place of an arrow on a side of a box.
#[derive(Clone)]
struct Slot {
    /// Number of the arrow: in the order of their ids.
    edge: usize,
    is_target: bool,
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
fn spread(slots: &mut [Slot], ends: &mut [Ends<'_>]) {
    let Some(first) = slots.first() else { return };
    let side = if first.is_target { ends[first.edge].to.side } else { ends[first.edge].from.side };
    let key = |slot: &Slot| if side.is_horizontal() { slot.other.y } else { slot.other.x };
    slots.sort_by(|a, b| key(a).total_cmp(&key(b)).then_with(|| a.edge.cmp(&b.edge)));
    let length = if side.is_horizontal() { NODE_HEIGHT } else { NODE_WIDTH } - 2.0 * CORNER;
    let n = slots.len();
    let spacing = if n > 1 { SPACING.min(length / (n - 1) as f64) } else { 0.0 };
    for (i, slot) in slots.iter().enumerate() {
        let offset = (i as f64 - (n - 1) as f64 / 2.0) * spacing;
        let ends = &mut ends[slot.edge];
        let end = if slot.is_target { &mut ends.to } else { &mut ends.from };
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

//! A frame around boxes.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_models::{Diagram, Group, GroupId, NodeId, Point, diagram::GroupKind};

use super::{Anchor, Color, Dash, Detail, Font, Form, Rect, SceneTheme, Shape, Stroke, Text, node_rect, text};

/// Free border inside of a frame.
pub const FRAME_PADDING: f64 = 20.0;
/// Room for the title, above what is in the frame.
pub const TITLE_HEIGHT: f64 = 20.0;
const TITLE_SIZE: f64 = 11.0;
const TITLE_X: f64 = 30.0;
const TITLE_Y: f64 = 17.0;
const ICON: f64 = 12.0;
const RADIUS: f64 = 12.0;

/// Where each frame stands: around its boxes and the frames within; groups without a box have none.
pub fn frames(diagram: &Diagram) -> BTreeMap<GroupId, Rect> {
    let mut inner_first: Vec<_> = diagram.groups.iter().map(|(id, group)| (diagram.around(id).count(), id, group)).collect();
    inner_first.sort_by(|(a, ..), (b, ..)| b.cmp(a));
    let mut inside: BTreeMap<&GroupId, Rect> = BTreeMap::new();
    let mut frames = BTreeMap::new();
    for (_, id, group) in inner_first {
        let boxes = group.nodes.iter().filter(|id| diagram.nodes.contains_key(*id)).map(|id| node_rect(diagram.position(id)));
        let Some(rect) = boxes.chain(inside.get(id).copied()).reduce(Rect::union).map(frame_around) else { continue };
        if let Some(parent) = &group.parent {
            inside.entry(parent).and_modify(|all| *all = all.union(rect)).or_insert(rect);
        }
        frames.insert(id.clone(), rect);
    }
    frames
}

/// Every box in a group, those of the groups within included.
pub fn members(diagram: &Diagram, group: &GroupId) -> BTreeSet<NodeId> {
    let within = diagram.groups.iter().filter(|(id, _)| diagram.around(id).any(|(around, _)| around == group));
    within.flat_map(|(_, group)| group.nodes.iter().cloned()).collect()
}

/// The frame around what is in it.
pub fn frame_around(inside: Rect) -> Rect {
    let rect = inside.expand(FRAME_PADDING);
    Rect { min: Point::new(rect.min.x, rect.min.y - TITLE_HEIGHT), max: rect.max }
}

/// Where the title of a frame stands.
pub fn title_rect(frame: Rect, group: &Group) -> Rect {
    let words = text::width(&title(group), Font::SemiBold, TITLE_SIZE).min(frame.width() - TITLE_X - 10.0);
    Rect::new(frame.min.x + 6.0, frame.min.y + 4.0, TITLE_X + words + 4.0, TITLE_HEIGHT + 6.0)
}

/// The glyph of a kind of group.
pub fn group_icon(kind: GroupKind) -> &'static str {
    match kind {
        GroupKind::Account => "account",
        GroupKind::Region => "region",
        GroupKind::Vpc => "vpc",
        GroupKind::Context => "context",
        GroupKind::Free => "group",
    }
}

/// What a frame stands for, as the beginning of its title; a free one says nothing.
pub fn group_word(kind: GroupKind) -> &'static str {
    match kind {
        GroupKind::Account => "Account",
        GroupKind::Region => "Region",
        GroupKind::Vpc => "VPC",
        GroupKind::Context => "Context",
        GroupKind::Free => "",
    }
}

/// The colors of a frame and the pattern of its outline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct FrameLook {
    pub fill: Color,
    pub stroke: Stroke,
    pub title: Color,
}

impl FrameLook {
    pub(super) fn of(kind: GroupKind, theme: &SceneTheme) -> Self {
        let tint = theme.group_tint(kind);
        let (width, dash) = match kind {
            GroupKind::Account => (1.5, Dash::Solid),
            GroupKind::Vpc => (1.0, Dash::Solid),
            GroupKind::Region | GroupKind::Context => (1.2, Dash::Dashed),
            GroupKind::Free => (1.0, Dash::Dashed),
        };
        let fill = Color { a: theme.group.a, ..tint };
        Self { fill, stroke: Stroke { width, color: tint.over(theme.canvas, 0.38), dash }, title: tint.over(theme.text_weak, 0.45) }
    }
}

/// The shapes of a frame of this size; the origin is its upper left corner.
pub(super) fn shapes(group: &Group, width: f64, height: f64, theme: &SceneTheme) -> Vec<Shape> {
    let look = FrameLook::of(group.kind, theme);
    let rect = Rect::new(0.0, 0.0, width, height);
    let words = Text {
        words: text::elide(&title(group), Font::SemiBold, TITLE_SIZE, width - TITLE_X - 10.0),
        at: Point::new(TITLE_X, TITLE_Y),
        anchor: Anchor::Start,
        size: TITLE_SIZE,
        font: Font::SemiBold,
        color: look.title,
    };
    let icon = Rect::centered(Point::new(12.0 + ICON / 2.0, TITLE_Y), ICON, ICON);
    let key = group_icon(group.kind).to_owned();
    vec![
        Shape::new(Form::Rect { rect, radius: RADIUS, fill: look.fill, stroke: Some(look.stroke) }),
        Shape::new(Form::Icon { key, rect: icon, color: look.title }).detail(Detail::Fine),
        Shape::new(Form::Text(words)).detail(Detail::Fine),
    ]
}

fn title(group: &Group) -> String {
    match (group_word(group.kind), group.name.as_str()) {
        ("", "") => "Group".to_owned(),
        (kind, "") => kind.to_owned(),
        ("", name) => name.to_owned(),
        (kind, name) => format!("{kind} · {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_models::{Edit, Node, edit::apply};

    #[test]
    fn frames_within_frames_leave_room_for_titles() {
        let mut diagram = Diagram::default();
        for edit in [
            Edit::AddNode { id: "a".into(), node: Node::new("aws/sqs", ""), at: Point::default() },
            Edit::SetGroup("outer".into(), Some(Group::default())),
            Edit::SetGroup("inner".into(), Some(Group { nodes: ["a".into()].into(), parent: Some("outer".into()), ..Group::default() })),
            Edit::SetGroup("empty".into(), Some(Group::default())),
        ] {
            diagram = apply(&diagram, &edit).unwrap();
        }
        let frames = frames(&diagram);
        assert_eq!(frames.len(), 2, "a group without a box has no place");
        let (outer, inner) = (frames["outer"], frames["inner"]);
        assert!((inner.min.y - outer.min.y - FRAME_PADDING - TITLE_HEIGHT).abs() < 1e-9);
        assert!(title_rect(outer, &diagram.groups["outer"]).max.y < inner.min.y);
    }
}

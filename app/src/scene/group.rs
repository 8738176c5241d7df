//! A frame around boxes.

use plimsoll_models::{Diagram, Group, diagram::GroupKind};

use super::{Anchor, Detail, Font, Form, Rect, SceneTheme, Shape, Stroke, Text, node_rect, text};
use plimsoll_models::Point;

const PADDING: f64 = 22.0;
const TITLE_HEIGHT: f64 = 20.0;
const TITLE_SIZE: f64 = 11.0;

/// Where the frame stands: around its boxes; `None` when it has none.
pub fn group_rect(diagram: &Diagram, group: &Group) -> Option<Rect> {
    let boxes = group.nodes.iter().filter(|id| diagram.nodes.contains_key(*id)).map(|id| node_rect(diagram.position(id)));
    let around = boxes.reduce(Rect::union)?.expand(PADDING);
    Some(Rect { min: Point::new(around.min.x, around.min.y - TITLE_HEIGHT), max: around.max })
}

/// The shapes of a frame of this size; the origin is its upper left corner.
pub(super) fn shapes(group: &Group, width: f64, height: f64, theme: &SceneTheme) -> Vec<Shape> {
    let dash = match group.kind {
        GroupKind::Free | GroupKind::Context => super::Dash::Dashed,
        GroupKind::Account | GroupKind::Region | GroupKind::Vpc => super::Dash::Solid,
    };
    let stroke = Stroke { width: 1.0, color: theme.group_stroke, dash };
    let rect = Rect::new(0.0, 0.0, width, height);
    let words = match (kind_word(group.kind), group.name.as_str()) {
        (kind, "") => kind.to_owned(),
        ("", name) => name.to_owned(),
        (kind, name) => format!("{kind} · {name}"),
    };
    let title = Text {
        words: text::elide(&words, Font::SemiBold, TITLE_SIZE, width - 24.0),
        at: Point::new(14.0, 18.0),
        anchor: Anchor::Start,
        size: TITLE_SIZE,
        font: Font::SemiBold,
        color: theme.text_weak,
    };
    vec![
        Shape::new(Form::Rect { rect, radius: 12.0, fill: theme.group, stroke: Some(stroke) }),
        Shape::new(Form::Text(title)).detail(Detail::Fine),
    ]
}

fn kind_word(kind: GroupKind) -> &'static str {
    match kind {
        GroupKind::Account => "Account",
        GroupKind::Region => "Region",
        GroupKind::Vpc => "VPC",
        GroupKind::Context => "Context",
        GroupKind::Free => "",
    }
}

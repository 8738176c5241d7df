//! What the lines of a drawing mean: a small card with one line of each kind that is in use.

use plimsoll_models::{Diagram, EdgeKind, LineStyle, Point};

use super::{Anchor, Font, Form, Link, Part, Rect, SceneTheme, Shape, Stroke, Text, edge, text};

/// Free border of the card.
const PADDING: f64 = 12.0;
const ROW: f64 = 20.0;
/// Length of the sample of a line: the mark of a poll has room.
const SAMPLE: f64 = 52.0;
const GAP: f64 = 10.0;
const SIZE: f64 = 11.0;
const RADIUS: f64 = 8.0;

/// What a kind of line says, in few words.
pub fn line_words(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::Request => "Request: the caller waits for the answer",
        EdgeKind::Send => "Send: the caller waits for the receipt",
        EdgeKind::Deliver => "Delivery: the source pushes and retries",
        EdgeKind::Poll => "Poll: a mapping fetches batches for the target",
        EdgeKind::DeadLetter => "Dead letters: what the source gives up",
    }
}

/// The kinds of lines that are in use, in the order of menus.
pub fn kinds_in_use(diagram: &Diagram) -> Vec<EdgeKind> {
    EdgeKind::ALL.into_iter().filter(|kind| diagram.edges.values().any(|edge| edge.kind == *kind)).collect()
}

/// The card for these kinds with its upper left corner at a place; `None` without any.
pub fn legend(kinds: &[EdgeKind], at: Point, theme: &SceneTheme) -> Option<Part> {
    let widest = kinds.iter().map(|kind| text::width(line_words(*kind), Font::Regular, SIZE)).reduce(f64::max)?;
    let (width, height) = (SAMPLE + GAP + widest + 2.0 * PADDING, kinds.len() as f64 * ROW + 2.0 * PADDING - (ROW - SIZE));
    let stroke = Some(Stroke::solid(1.0, theme.node_stroke));
    let rect = Rect::new(0.0, 0.0, width, height);
    let mut shapes = vec![Shape::new(Form::Rect { rect, radius: RADIUS, fill: theme.node, stroke })];
    for (row, kind) in kinds.iter().enumerate() {
        let y = PADDING + SIZE / 2.0 + row as f64 * ROW;
        let way = [Point::new(PADDING, y), Point::new(PADDING + SAMPLE, y)];
        shapes.extend(edge::shapes(*kind, LineStyle::Straight, &way, theme));
        let words = line_words(*kind).to_owned();
        let at = Point::new(PADDING + SAMPLE + GAP, y);
        shapes.push(Shape::new(Form::Text(Text {
            words,
            at,
            anchor: Anchor::Start,
            size: SIZE,
            font: Font::Regular,
            color: theme.text_weak,
        })));
    }
    Some(Part { link: Link::Legend, origin: at, bounds: rect.translate(at), shapes: shapes.into() })
}

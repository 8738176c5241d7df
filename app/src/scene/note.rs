//! A note: a sheet of Markdown on the drawing, with its number and the line to what it is about.

use plimsoll_models::{About, Diagram, Note, Point};

use super::{Anchor, Dash, Detail, Font, Form, Rect, SceneTheme, Shape, Stroke, Text, markdown, node_rect, route::Route};

/// Width of a note that says nothing about it.
pub const NOTE_WIDTH: f64 = 200.0;

/// Least width of a note.
pub const NOTE_WIDTH_MIN: f64 = 80.0;

/// Most width of a note.
pub const NOTE_WIDTH_MAX: f64 = 1_000.0;

const PADDING: f64 = 11.0;
const RADIUS: f64 = 5.0;
const BADGE_RADIUS: f64 = 11.0;
const BADGE_SIZE: f64 = 11.0;
const BAR_WIDTH: f64 = 3.0;

/// Width of a note within its bounds.
pub fn note_width(note: &Note) -> f64 {
    let width = note.width.unwrap_or(NOTE_WIDTH);
    if width.is_finite() { width.clamp(NOTE_WIDTH_MIN, NOTE_WIDTH_MAX) } else { NOTE_WIDTH }
}

/// The shapes of a note, its height with them; the origin is its upper left corner.
pub(super) fn shapes(note: &Note, theme: &SceneTheme) -> (Vec<Shape>, f64) {
    let width = note_width(note);
    let text = markdown::layout(&note.text, width - 2.0 * PADDING - BAR_WIDTH, theme);
    let height = text.height + 2.0 * PADDING;
    let paper = theme.accent.over(theme.canvas, 0.09);
    let sheet = Rect::new(0.0, 0.0, width, height);
    let mut shapes = vec![Shape::new(Form::Rect { rect: sheet, radius: RADIUS, fill: paper, stroke: None })];
    let bar = Rect::new(0.0, 0.0, BAR_WIDTH, height);
    shapes.push(Shape::new(Form::Rect { rect: bar, radius: 1.5, fill: theme.accent.over(theme.canvas, 0.6), stroke: None }));
    let inset = Point::new(PADDING + BAR_WIDTH, PADDING);
    shapes.extend(text.forms.into_iter().map(|form| Shape::new(moved(form, inset)).detail(Detail::Fine)));
    if let Some(step) = note.step {
        badge(step, theme, &mut shapes);
    }
    (shapes, height)
}

/// The number of a step in a circle on the upper left corner.
fn badge(step: u32, theme: &SceneTheme, shapes: &mut Vec<Shape>) {
    let center = Point::new(BAR_WIDTH / 2.0, 0.0);
    let stroke = Some(Stroke::solid(2.0, theme.canvas));
    shapes.push(Shape::new(Form::Circle { center, radius: BADGE_RADIUS, fill: theme.accent, stroke }));
    let words = step.to_string();
    // Four digits and more are smaller.
    let size = if words.len() > 3 { BADGE_SIZE * 3.0 / words.len() as f64 } else { BADGE_SIZE };
    let text = Text { words, at: center, anchor: Anchor::Middle, size, font: Font::SemiBold, color: theme.canvas };
    shapes.push(Shape::new(Form::Text(text)).detail(Detail::Normal));
}

fn moved(form: Form, by: Point) -> Form {
    let at = |p: Point| Point::new(p.x + by.x, p.y + by.y);
    match form {
        Form::Rect { rect, radius, fill, stroke } => Form::Rect { rect: rect.translate(by), radius, fill, stroke },
        Form::Circle { center, radius, fill, stroke } => Form::Circle { center: at(center), radius, fill, stroke },
        Form::Line { points, radius, stroke } => Form::Line { points: points.into_iter().map(at).collect(), radius, stroke },
        Form::Polygon { points, fill } => Form::Polygon { points: points.into_iter().map(at).collect(), fill },
        Form::Text(text) => Form::Text(Text { at: at(text.at), ..text }),
        Form::Icon { key, rect, color } => Form::Icon { key, rect: rect.translate(by), color },
    }
}

/// The line from a sheet to what the note is about, with a dot at its end; nothing when they touch.
pub(super) fn leader(
    diagram: &Diagram,
    note: &Note,
    sheet: Rect,
    routes: impl Fn(&plimsoll_models::EdgeId) -> Option<Route>,
    theme: &SceneTheme,
) -> Option<(Rect, Vec<Shape>)> {
    let end = match note.about.as_ref()? {
        About::Node(id) => {
            diagram.nodes.get(id)?;
            let target = node_rect(diagram.position(id));
            if target.intersects(sheet) {
                return None;
            }
            border(target, sheet.center())
        }
        About::Edge(id) => middle(&routes(id)?)?,
    };
    if sheet.contains(end) {
        return None;
    }
    let begin = border(sheet, end);
    let color = theme.accent.over(theme.canvas, 0.6);
    let stroke = Stroke { width: 1.2, color, dash: Dash::Dashed };
    let line = Shape::new(Form::Line { points: vec![begin, end], radius: 0.0, stroke });
    let dot = Shape::new(Form::Circle { center: end, radius: 3.0, fill: color, stroke: None });
    Some((Rect::from_corners(begin, end).expand(4.0), vec![line, dot]))
}

/// Where the line from the center of a rectangle to a point outside leaves it.
fn border(rect: Rect, to: Point) -> Point {
    let from = rect.center();
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let share = |half: f64, d: f64| if d.abs() < 1e-9 { f64::INFINITY } else { half / d.abs() };
    let t = share(rect.width() / 2.0, dx).min(share(rect.height() / 2.0, dy)).min(1.0);
    Point::new(from.x + dx * t, from.y + dy * t)
}

/// The point halfway along a way.
fn middle(route: &Route) -> Option<Point> {
    let length = |pair: &[Point]| (pair[1].x - pair[0].x).hypot(pair[1].y - pair[0].y);
    let mut left = route.windows(2).map(length).sum::<f64>() / 2.0;
    for pair in route.windows(2) {
        let piece = length(pair);
        if left <= piece {
            let t = left / piece.max(1e-9);
            return Some(Point::new(pair[0].x + (pair[1].x - pair[0].x) * t, pair[0].y + (pair[1].y - pair[0].y) * t));
        }
        left -= piece;
    }
    route.first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_leaves_a_sheet_at_its_border() {
        let sheet = Rect::new(0.0, 0.0, 100.0, 40.0);
        assert_eq!(border(sheet, Point::new(250.0, 20.0)), Point::new(100.0, 20.0));
        assert_eq!(border(sheet, Point::new(50.0, 400.0)), Point::new(50.0, 40.0));
    }

    #[test]
    fn hostile_notes_are_drawn_within_bounds() {
        let theme = SceneTheme::dark();
        for width in [Some(f64::NAN), Some(-5.0), Some(1e300), None] {
            let note = Note { text: "x ".repeat(100_000), width, step: Some(u32::MAX), ..Note::default() };
            let (shapes, height) = shapes(&note, &theme);
            assert!(height.is_finite() && shapes.len() < 2_000, "{width:?}: {} shapes, {height}", shapes.len());
        }
    }

    #[test]
    fn a_note_is_in_the_drawing_and_in_its_picture() {
        use plimsoll_models::{Catalog, Edit, Node, edit};
        let note =
            Note { text: "**Slow** table".to_owned(), at: Point::new(0.0, 90.0), about: Some(About::Node("a".into())), ..Note::default() };
        let add = Edit::AddNode { id: "a".into(), node: Node::new("aws/dynamodb", "A"), at: Point::new(0.0, 0.0) };
        let edits = Edit::All(String::new(), vec![add, Edit::SetNote("n".into(), Some(Note { step: Some(3), ..note }))]);
        let diagram = edit::apply(&Diagram::default(), &edits).unwrap();
        let scene = crate::scene::build(&diagram, Catalog::embedded(), &SceneTheme::light(), None);
        let links: Vec<_> = scene.parts.iter().map(|part| part.link.clone()).collect();
        assert!(links.contains(&crate::scene::Link::Note("n".into())) && links.contains(&crate::scene::Link::Leader("n".into())));
        let picture = crate::export::svg(&scene);
        assert!(picture.contains(">Slow</text>") && picture.contains(">3</text>") && picture.contains("leader-n"), "{picture}");
    }
}

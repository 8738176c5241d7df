//! Changes of the course of arrows.

use std::sync::Arc;

use plimsoll_models::{Diagram, EdgeId, Edit, Line, LineStyle};

use crate::gui::words::connect as words;

/// How an arrow is drawn now.
pub fn line_of(diagram: &Diagram, id: &EdgeId) -> Line {
    diagram.lines.get(id).map(|line| Line::clone(line)).unwrap_or_default()
}

/// The style that all of some arrows have; `None` when they differ or when there are none.
pub fn common_style<'a>(diagram: &Diagram, edges: impl IntoIterator<Item = &'a EdgeId>) -> Option<LineStyle> {
    let mut styles = edges.into_iter().map(|id| diagram.lines.get(id).map_or(LineStyle::default(), |line| line.style));
    let first = styles.next()?;
    styles.all(|style| style == first).then_some(first)
}

/// Draws some arrows in another style; `None` when they are drawn so already.
pub fn set_style<'a>(diagram: &Diagram, edges: impl IntoIterator<Item = &'a EdgeId>, style: LineStyle) -> Option<Edit> {
    let differing = edges.into_iter().map(|id| (id, line_of(diagram, id))).filter(|(_, line)| line.style != style);
    let edits = differing.map(|(id, line)| Edit::SetLine(id.clone(), Some(Line { style, ..line }))).collect();
    as_one(words::LINE_STYLE, edits)
}

/// Leaves the course of some arrows to the router: no waypoints, labels where there is room. The style stays.
pub fn reset<'a>(diagram: &Diagram, edges: impl IntoIterator<Item = &'a EdgeId>) -> Option<Edit> {
    let shaped = edges.into_iter().filter_map(|id| diagram.lines.get(id).map(|line| (id, line)));
    let shaped = shaped.filter(|(_, line): &(_, &Arc<Line>)| !line.waypoints.is_empty() || line.label.is_some());
    let edits = shaped.map(|(id, line)| {
        let line = Line { waypoints: Vec::new(), label: None, ..Line::clone(line) };
        Edit::SetLine(id.clone(), Some(line))
    });
    as_one(words::RESET_LINE, edits.collect())
}

/// Several edits as one step of the history; `None` without any.
pub fn as_one(label: &str, edits: Vec<Edit>) -> Option<Edit> {
    (!edits.is_empty()).then(|| Edit::All(label.to_owned(), edits))
}

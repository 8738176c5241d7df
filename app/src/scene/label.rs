//! Labels of arrows, each where somebody put it, else where it covers no box, no other label and no other arrow.

use std::collections::BTreeMap;

use plimsoll_models::{Diagram, EdgeId};

use super::{Link, Part, Rect, SceneTheme, edge, group::FrameLook, index::Index, node_rect, route::Route, title_rect};

/// Fewest letters of a shortened label that say something.
const LETTERS_MIN: usize = 4;

/// Adds the labels of all arrows to the drawing. The parts so far begin with the frames.
pub(super) fn labels(diagram: &Diagram, theme: &SceneTheme, routes: &BTreeMap<EdgeId, Route>, parts: &mut Vec<Part>) {
    let named: Vec<_> = routes
        .iter()
        .enumerate()
        .map(|(number, (id, route))| (number, id, route, diagram.edges[id].name.trim()))
        .filter(|(_, _, _, name)| !name.is_empty())
        .collect();
    if named.is_empty() {
        return;
    }
    let (mut solid, lines) = surroundings(diagram, routes);
    for part in parts.iter() {
        if let Link::Group(id) = &part.link
            && let Some(group) = diagram.groups.get(id)
        {
            solid.insert(0, title_rect(part.bounds, group));
        }
    }
    let mut found = BTreeMap::new();
    // Places that somebody chose are taken before the others look for theirs.
    for (_, id, route, name) in &named {
        let Some(place) = diagram.lines.get(*id).and_then(|line| line.label) else { continue };
        let (words, width, height) = edge::label_text(name, f64::INFINITY);
        if let Some(rect) = edge::placed_label(route, place, width, height) {
            solid.insert(0, rect);
            found.insert(*id, (words, rect));
        }
    }
    for (number, id, route, name) in named {
        let clashes = |rect: Rect| {
            let crossed = lines.touching(rect).into_iter().filter(|other| *other != number).count();
            if solid.touches(rect) { 4.0 + crossed as f64 } else { crossed as f64 }
        };
        if !found.contains_key(id)
            && let Some((words, rect)) = free_place(name, route, clashes)
        {
            solid.insert(0, rect);
            found.insert(id, (words, rect));
        }
    }
    let frame = |part: &Part| if let Link::Group(id) = &part.link { Some((diagram.groups.get(id)?.kind, part.bounds)) } else { None };
    let frames: Vec<_> = parts.iter().map_while(frame).collect();
    for (id, (words, rect)) in found {
        // The ground looks like what lies behind it.
        let behind = frames.iter().filter(|(_, frame)| frame.contains(rect.center()));
        let ground = behind.fold(theme.canvas, |below, (kind, _)| {
            let fill = FrameLook::of(*kind, theme).fill;
            fill.over(below, f32::from(fill.a) / 255.0)
        });
        let shapes = edge::label_shapes(words, rect.width(), rect.height(), ground, theme).into();
        parts.push(Part { link: Link::Label(id.clone()), origin: rect.min, bounds: rect, shapes });
    }
}

/// What a label shall not cover: boxes, and pieces of arrows by their number.
fn surroundings(diagram: &Diagram, routes: &BTreeMap<EdgeId, Route>) -> (Index, Index) {
    let (mut solid, mut lines) = (Index::default(), Index::default());
    for id in diagram.nodes.keys() {
        solid.insert(0, node_rect(diagram.position(id)).expand(0.5));
    }
    for (number, route) in routes.values().enumerate() {
        for pair in route.windows(2) {
            lines.insert(number, Rect::from_corners(pair[0], pair[1]).expand(0.5));
        }
    }
    (solid, lines)
}

/// The words of a label and their place; shortened to the longest piece of the way when they fit nowhere.
fn free_place(name: &str, route: &Route, clashes: impl Fn(Rect) -> f64) -> Option<(String, Rect)> {
    let place = |room: f64| {
        let (words, width, height) = edge::label_text(name, room);
        edge::place_label(route, width, height, &clashes).map(|(score, rect)| (score, words, rect))
    };
    let (score, words, rect) = place(f64::INFINITY)?;
    if score < 400.0 {
        return Some((words, rect));
    }
    let longest = route.windows(2).map(|pair| (pair[1].x - pair[0].x).abs()).fold(30.0, f64::max);
    let says_something = |words: &str| words == name || words.chars().count() > LETTERS_MIN;
    match place(longest - 3.0) {
        // Where nothing fits, the tooltip tells the name.
        Some((_, words, _)) if !says_something(&words) => None,
        Some((shorter, words, rect)) if shorter < score => Some((words, rect)),
        Some(_) | None => Some((words, rect)),
    }
}

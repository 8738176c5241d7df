//! Where the rates of arrows stand: beside their arrow, on nothing else.

use std::collections::BTreeMap;

use plimsoll_models::{EdgeId, Point};

use super::places::{Arrow, Track};
use crate::scene::{Font, Index, Link, Rect, Scene, text};

/// Size of a rate, in points at a zoom of 100 %.
pub(super) const SIZE: f64 = 10.5;
/// A rate is larger than its arrow by so much at most, so that it can be read where the drawing is small.
pub(super) const LARGER: f64 = 1.2;
/// The widest that is written.
const WIDEST: &str = "88.8k/s";
/// Free border at its sides.
pub(super) const PADDING: f64 = 3.0;
/// Distance from its arrow.
const GAP: f64 = 5.0;
/// Distance from a name.
const BELOW_NAME: f64 = 1.0;
/// Where along the way a place is looked for, the best first.
const SHARES: [f64; 9] = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82];

/// Finds a place for the rate of each arrow that covers no box, no name, no title and no rate, and no arrow if it can.
/// Arrows are known by the edges that are drawn.
pub(super) fn place(scene: &Scene, known: &BTreeMap<&EdgeId, usize>, arrows: &mut [Arrow]) {
    let (mut solid, mut lines) = (Index::default(), Index::default());
    let mut names: BTreeMap<&EdgeId, Rect> = BTreeMap::new();
    for part in &scene.parts {
        match &part.link {
            Link::Node(_) | Link::Note(_) => solid.insert(0, part.bounds.expand(1.0)),
            Link::Label(id) => {
                solid.insert(0, part.bounds);
                names.insert(id, part.bounds);
            }
            // The title of a frame stands in its upper left corner.
            Link::Group(_) => solid.insert(0, Rect::new(part.bounds.min.x, part.bounds.min.y, part.bounds.width().min(160.0), 24.0)),
            Link::Edge(_) | Link::Leader(_) | Link::Legend => {}
        }
    }
    for (id, number) in known {
        for pair in scene.routes.get(*id).map(Vec::as_slice).unwrap_or_default().windows(2) {
            lines.insert(*number, Rect::from_corners(pair[0], pair[1]).expand(0.5));
        }
    }
    let width = text::width(WIDEST, Font::Regular, SIZE * LARGER) + 2.0 * PADDING;
    let size = (width, SIZE * LARGER * 1.3);
    let crossed = |rect: &Rect| lines.touching(*rect).len();
    for (id, number) in known {
        let mut best: Option<(usize, Rect)> = None;
        for rect in candidates(&arrows[*number].track, names.get(*id).copied(), size).into_iter().filter(|rect| !solid.touches(*rect)) {
            let crossed = crossed(&rect);
            if best.is_none_or(|(least, _)| crossed < least) {
                best = Some((crossed, rect));
            }
            // Those that follow are no better.
            if crossed == 0 {
                break;
            }
        }
        if let Some((_, rect)) = best {
            solid.insert(0, rect);
            arrows[*number].rate = Some(rect);
        }
    }
}

/// Places for a rate, the best first: below or above the name, else beside the way.
fn candidates(track: &Track, name: Option<Rect>, (width, height): (f64, f64)) -> Vec<Rect> {
    let mut places = Vec::new();
    if let Some(name) = name {
        let (x, far) = (name.center().x, height / 2.0 + BELOW_NAME);
        places.extend([name.max.y + far, name.min.y - far].map(|y| Rect::centered(Point::new(x, y), width, height)));
    }
    for share in SHARES {
        let (before, middle, after) = (track.at(share - 0.02), track.at(share), track.at(share + 0.02));
        let across = (after.x - before.x).abs() >= (after.y - before.y).abs();
        let far = if across { height / 2.0 + GAP } else { width / 2.0 + GAP };
        for side in if across { [-far, far] } else { [far, -far] } {
            let at = if across { Point::new(middle.x, middle.y + side) } else { Point::new(middle.x + side, middle.y) };
            places.push(Rect::centered(at, width, height));
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use plimsoll_models::{Catalog, Diagram, Edge, EdgeKind, Edit, Node, NodeId, edit::apply};

    use super::*;
    use crate::scene::{SceneTheme, build, node_rect};

    #[test]
    fn rates_stand_on_no_box_no_name_and_no_other_rate() {
        let id = |n: i32| NodeId::new(format!("n{n}"));
        let mut diagram = Diagram::default();
        // Boxes in two rows, close together, each bound to two others by named arrows.
        for n in 0..12 {
            let at = Point::new(f64::from(n % 6) * 260.0, f64::from(n / 6) * 130.0);
            diagram = apply(&diagram, &Edit::AddNode { id: id(n), node: Node::new("aws/lambda", ""), at }).unwrap();
        }
        for n in 0..11 {
            for (to, name) in [(n + 1, "OrderPlaced"), ((n + 5) % 12, "")] {
                let edge = Edge { name: name.to_owned(), ..Edge::new(id(n), id(to), EdgeKind::Request) };
                diagram = apply(&diagram, &Edit::AddEdge { id: EdgeId::new(format!("e{n}-{to}")), edge }).unwrap();
            }
        }
        let scene = build(&diagram, Catalog::embedded(), &SceneTheme::light(), None);
        let ids: Vec<&EdgeId> = diagram.edges.keys().collect();
        let known: BTreeMap<&EdgeId, usize> = ids.iter().enumerate().map(|(n, id)| (*id, n)).collect();
        let arrow = |id: &&EdgeId| Arrow { track: Track::new(&scene.routes[*id]).unwrap(), edges: Vec::new(), rate: None };
        let mut arrows: Vec<Arrow> = ids.iter().map(arrow).collect();
        place(&scene, &known, &mut arrows);
        let rates: Vec<Rect> = arrows.iter().filter_map(|arrow| arrow.rate).collect();
        assert!(rates.len() * 4 >= arrows.len() * 3, "most have room: {} of {}", rates.len(), arrows.len());
        let names = scene.parts.iter().filter(|part| matches!(part.link, Link::Label(_))).map(|part| part.bounds);
        let boxes = diagram.nodes.keys().map(|id| node_rect(diagram.position(id)));
        let solid: Vec<Rect> = names.chain(boxes).collect();
        for (n, rate) in rates.iter().enumerate() {
            assert!(solid.iter().chain(&rates[..n]).all(|other| !other.intersects(*rate)), "{rate:?}");
        }
    }
}

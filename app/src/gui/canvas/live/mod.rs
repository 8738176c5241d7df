//! A live run over the drawing: what travels, what waits, what gives. Also the time that everything looks at.

mod boxes;
mod key;
mod lines;
mod marks;
mod places;
mod rates;
mod struck;
mod tokens;

use egui::{Color32, Painter, Stroke};
use plimsoll_models::{EdgeId, NodeId, fault::Fault};
use plimsoll_sim::live::LimitLook;

use self::places::Inside;
use super::{
    Canvas, CanvasInput,
    camera::Camera,
    paint::{Brush, FINEST_FROM, NORMAL_FROM},
};
use crate::{
    gui::words::live as words,
    live::Frame,
    scene::{FoldedGroup, Link, Part, Rect, spark_rect},
};
pub use marks::Fate;
pub(super) use places::Places;
pub use tokens::Form;

/// Two cursors nearer to each other than this share of a line are one.
const CURSORS_APART: f64 = 0.01;

impl Canvas {
    /// Finds out where everything stands that a live run tells about; again only when the drawing is another one.
    pub(super) fn place_live(&mut self, input: &CanvasInput<'_>) {
        let (Some(frame), Some(drawn)) = (input.live, &mut self.drawn) else { return };
        if drawn.places.as_ref().is_none_or(|places| !places.is_of(&frame.roster)) {
            drawn.places = Some(Places::new(frame, &drawn.scene, input.diagram, &self.bundled));
        }
    }

    /// Paints the live run between the drawing and what lies over it.
    pub(super) fn paint_live(&self, brush: &Brush<'_>, input: &CanvasInput<'_>, frame: &Frame, parts: &[&Part]) {
        let Some(places) = self.drawn.as_ref().and_then(|drawn| drawn.places.as_ref()) else { return };
        let painter = brush.painter;
        lines::paint(painter, &self.camera, input, frame, places);
        tokens::paint(painter, &self.camera, input, frame, places);
        // What travels runs below the names.
        for part in parts.iter().filter(|part| matches!(part.link, Link::Label(_))) {
            brush.part(part);
        }
        boxes::paint(painter, &self.camera, input, frame, places);
        if self.camera.zoom >= NORMAL_FROM {
            marks::paint(painter, &self.camera, input, frame, places);
            struck::paint(painter, &self.camera, input, frame, places);
        }
        if self.camera.zoom >= FINEST_FROM {
            lines::label(painter, &self.camera, input, frame, places);
        }
    }

    /// Marks the time that plots and timeline look at in the line of each box.
    pub(super) fn paint_cursor(&self, painter: &Painter, input: &CanvasInput<'_>, parts: &[&Part]) {
        let (shown_s, present_s) = match (input.live, input.result) {
            (Some(frame), _) => (frame.course.shown_s(), Some(frame.at_s())),
            (None, Some(result)) => (result.grid.interval_s * result.grid.intervals as f64, None),
            (None, None) => return,
        };
        let Some(share) = input.cursor_s.map(|at_s| at_s / shown_s).filter(|share| (0.0..=1.0).contains(share)) else { return };
        // The moment of a live run has its own line.
        let is_present = present_s.is_some_and(|at_s| (share - at_s / shown_s).abs() < CURSORS_APART);
        if self.camera.zoom < FINEST_FROM || is_present {
            return;
        }
        for part in parts.iter().filter(|part| matches!(part.link, Link::Node(_))) {
            let room = spark_rect(part.bounds);
            cursor(painter, &self.camera, room, Some(room.min.x + room.width() * share), input.theme.text_weak);
        }
    }
}

/// A line across a box's run at a time.
fn cursor(painter: &Painter, camera: &Camera, room: Rect, x: Option<f64>, color: Color32) {
    let Some(x) = x else { return };
    let room = camera.screen_rect(room);
    let x = camera.screen(plimsoll_models::Point::new(x, 0.0)).x;
    painter.vline(x, room.y_range().expand(1.5 * camera.zoom), Stroke::new(camera.zoom.max(1.0), color));
}

fn index<T: PartialEq>(all: &[T], id: &T) -> Option<usize> {
    all.iter().position(|known| known == id)
}

/// What a box of the drawing stands for.
fn inside(input: &CanvasInput<'_>, frame: &Frame, id: &NodeId) -> Option<Inside> {
    if let Some(n) = index(&frame.roster.nodes, id) {
        return Some(Inside::node(n, &frame.course));
    }
    let group = FoldedGroup::of(input.diagram.nodes.get(id)?)?;
    let members = group.members.iter().filter_map(|id| index(&frame.roster.nodes, id));
    Some(Inside::group(members, |n| group.entries.contains(&frame.roster.nodes[n]), &frame.course))
}

/// A box in a few words, for its name.
pub(super) fn sentence(input: &CanvasInput<'_>, frame: &Frame, id: &NodeId) -> Option<String> {
    let inside = inside(input, frame, id)?;
    let node = inside.look(&frame.told.0);
    let mut said = vec![words::waiting(node.waiting)];
    if inside.is_group {
        said.push(words::rate(inside.rates(frame).arrivals));
    } else {
        said.push(words::busy(node.busy));
    }
    said.extend(struck_inside(input, frame, &inside));
    said.extend(inside.spark(frame).as_ref().map(words::spark));
    Some(said.join(", "))
}

/// What the scenario lets go wrong now in a box.
fn struck_inside(input: &CanvasInput<'_>, frame: &Frame, inside: &Inside) -> Vec<String> {
    let is_inside = |fault: &&Fault| inside.nodes.iter().any(|(n, _)| frame.roster.nodes[*n].as_str() == fault.on);
    input.struck.iter().filter(is_inside).map(words::struck_until).collect()
}

/// Every figure of a box, for its tooltip.
pub(super) fn node_lines(input: &CanvasInput<'_>, frame: &Frame, id: &NodeId) -> Vec<String> {
    let Some(inside) = inside(input, frame, id) else { return Vec::new() };
    let node = inside.look(&frame.told.0);
    let rates = inside.rates(frame);
    let mut lines = if inside.is_group {
        let dead = inside.dead_letters(&frame.told.0);
        let mut lines =
            vec![words::node::enters(rates.arrivals), words::node::waiting(node.waiting, None), words::node::refuses(rates.refused)];
        lines.extend((dead > 0).then(|| words::dead_letters(dead)));
        lines
    } else {
        vec![
            words::node::passes(rates.arrivals, rates.completed),
            words::node::waiting(node.waiting, node.oldest_s),
            words::node::busy(node.busy),
        ]
    };
    lines.extend(struck_inside(input, frame, &inside));
    if node.instances > 0 {
        lines.push(words::node::instances(node.instances, node.starting, node.provisioned));
    }
    if node.refused + node.failed > 0 {
        lines.push(words::node::wrong(node.refused, node.failed));
    }
    let is_own = |node: Option<u32>| node.is_some_and(|node| inside.nodes.iter().any(|(n, _)| *n == node as usize));
    let own = frame.roster.limits.iter().zip(&frame.told.0.limits).filter(|(name, _)| is_own(name.node));
    let mut own: Vec<(_, &LimitLook)> = own.filter(|(_, limit)| limit.used > 0.0).collect();
    own.sort_by(|(_, a), (_, b)| b.used.total_cmp(&a.used));
    lines.extend(own.into_iter().take(3).map(|(name, limit)| words::used(limit.used, &name.title)));
    lines.extend(inside.spark(frame).as_ref().map(words::spark));
    lines
}

/// What the scenario lets go wrong now on an arrow.
pub(super) fn struck_arrow(input: &CanvasInput<'_>, id: &EdgeId) -> impl Iterator<Item = String> {
    input.struck.iter().filter(|fault| fault.on == id.as_str()).map(words::struck_until)
}

/// Every figure of an arrow, for its tooltip.
pub(super) fn edge_lines(frame: &Frame, id: &EdgeId) -> Vec<String> {
    let (now, before) = &frame.told;
    let Some((n, edge)) = index(&frame.roster.edges, id).and_then(|n| Some((n, now.edges.get(n)?))) else { return Vec::new() };
    let rate = Frame::rate(before, now, |look| look.edges.get(n).map(|edge| edge.sent));
    let mut lines = vec![words::edge::sent(rate, edge.sent)];
    if edge.throttled + edge.failed > 0 {
        lines.push(words::edge::wrong(edge.throttled, edge.failed));
    }
    let counts =
        [(edge.waiting, words::edge::retries as fn(u64) -> String), (edge.running, words::edge::running), (edge.lag, words::edge::lag)];
    lines.extend(counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, say)| say(count)));
    lines
}

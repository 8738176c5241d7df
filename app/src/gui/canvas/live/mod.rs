//! A live run over the drawing: what travels, what waits, what gives.

mod boxes;
mod lines;
mod places;
mod tokens;

use egui::Painter;
use plimsoll_models::{EdgeId, NodeId};

use super::{Canvas, CanvasInput, paint::FINE_FROM};
use crate::{gui::words::live as words, live::Frame};
pub(super) use places::Places;

impl Canvas {
    /// Finds out where everything stands that a live run tells about; again only when the drawing is another one.
    pub(super) fn place_live(&mut self, input: &CanvasInput<'_>) {
        let (Some(frame), Some(drawn)) = (input.live, &mut self.drawn) else { return };
        if drawn.places.as_ref().is_none_or(|places| !places.is_of(&frame.roster)) {
            drawn.places = Some(Places::new(&frame.roster, &drawn.scene, &self.bundled, &frame.course));
        }
    }

    /// Paints the live run between the drawing and what lies over it.
    pub(super) fn paint_live(&self, painter: &Painter, input: &CanvasInput<'_>, frame: &Frame) {
        let Some((drawn, places)) = self.drawn.as_ref().and_then(|drawn| Some((drawn, drawn.places.as_ref()?))) else { return };
        lines::paint(painter, &self.camera, input, frame, places);
        tokens::paint(painter, &self.camera, input, frame, places);
        boxes::paint(painter, &self.camera, input, frame, places);
        if self.camera.zoom >= FINE_FROM {
            lines::label(painter, &self.camera, input, frame, places, &drawn.labels);
        }
    }
}

fn index<T: PartialEq>(all: &[T], id: &T) -> Option<usize> {
    all.iter().position(|known| known == id)
}

/// A box in a few words, for its name.
pub(super) fn sentence(frame: &Frame, id: &NodeId) -> Option<String> {
    let node = frame.told.0.nodes.get(index(&frame.roster.nodes, id)?)?;
    Some(format!("{}, {}", words::waiting(node.waiting), words::busy(node.busy)))
}

/// Every figure of a box, for its tooltip.
pub(super) fn node_lines(frame: &Frame, id: &NodeId) -> Vec<String> {
    let (now, before) = &frame.told;
    let Some((n, node)) = index(&frame.roster.nodes, id).and_then(|n| Some((n, now.nodes.get(n)?))) else { return Vec::new() };
    let rate = |count: fn(&plimsoll_sim::live::NodeLook) -> u64| Frame::rate(before, now, |look| look.nodes.get(n).map(count));
    let mut lines = vec![
        words::node::passes(rate(|node| node.arrivals), rate(|node| node.completed)),
        words::node::waiting(node.waiting, node.oldest_s),
        words::node::busy(node.busy),
    ];
    if node.instances > 0 {
        lines.push(words::node::instances(node.instances, node.starting, node.provisioned));
    }
    if node.refused + node.failed > 0 {
        lines.push(words::node::wrong(node.refused, node.failed));
    }
    let own = frame.roster.limits.iter().zip(&now.limits).filter(|(name, _)| name.node == Some(n as u32));
    let mut own: Vec<_> = own.filter(|(_, limit)| limit.used > 0.0).collect();
    own.sort_by(|(_, a), (_, b)| b.used.total_cmp(&a.used));
    lines.extend(own.into_iter().take(3).map(|(name, limit)| words::used(limit.used, &name.title)));
    lines
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

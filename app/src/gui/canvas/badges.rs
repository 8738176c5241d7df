//! Marks of problems on boxes and arrows.

use std::{collections::BTreeMap, sync::Arc};

use egui::{Painter, Pos2, Vec2};
use plimsoll_models::{Diagnostic, Diagram, EdgeId, NodeId, Place, Severity};

use super::{
    Canvas, CanvasInput,
    paint::{FINE_FROM, NORMAL_FROM},
};
use crate::{
    icons,
    scene::{Link, Part},
};

/// Side of the mark of a box, in units of the drawing.
const NODE_SIDE: f32 = 16.0;
/// Side of the mark of an arrow: neighbors have room beside each other.
const EDGE_SIDE: f32 = 11.0;
/// Largest and smallest side, in points.
const SIDE: (f32, f32) = (9.0, 20.0);
/// Radius of the ground of a mark, as a share of its side.
const GROUND: f32 = 0.62;
/// How far the mark of an arrow stands out of the corner of its label, as a share of its side: it covers no letter.
const BESIDE: f32 = 0.4;
/// Least radius of a mark that is only a dot, in points.
const DOT_MIN: f32 = 2.0;

/// The worst problem of each box and arrow.
#[derive(Debug)]
pub(super) struct Worst {
    diagram: Arc<Diagram>,
    /// Where the list of problems lies, and how long it is: tells lists apart.
    list: (usize, usize),
    nodes: BTreeMap<NodeId, Severity>,
    edges: BTreeMap<EdgeId, Severity>,
}

impl Worst {
    fn of(input: &CanvasInput<'_>) -> Self {
        let (mut nodes, mut edges) = (BTreeMap::new(), BTreeMap::new());
        for Diagnostic { place, severity, .. } in input.problems.iter().filter(|problem| problem.severity != Severity::Info) {
            match place {
                Place::Node(id, _) => worse(&mut nodes, id, *severity),
                Place::Edge(id, _) => worse(&mut edges, id, *severity),
                Place::Scenario(..) | Place::Account(_) | Place::EventType(_) | Place::Document | Place::Text { .. } => {}
            }
        }
        Self { diagram: Arc::clone(input.diagram), list: list(input), nodes, edges }
    }

    fn is_of(&self, input: &CanvasInput<'_>) -> bool {
        Arc::ptr_eq(&self.diagram, input.diagram) && self.list == list(input)
    }
}

fn list(input: &CanvasInput<'_>) -> (usize, usize) {
    (input.problems.as_ptr().addr(), input.problems.len())
}

fn worse<I: Ord + Clone>(known: &mut BTreeMap<I, Severity>, id: &I, severity: Severity) {
    known.entry(id.clone()).and_modify(|worst| *worst = severity.min(*worst)).or_insert(severity);
}

impl Canvas {
    /// Finds the worst problems, unless they are known.
    pub(super) fn keep_worst(&mut self, input: &CanvasInput<'_>) {
        if !self.worst.as_ref().is_some_and(|worst| worst.is_of(input)) {
            self.worst = Some(Worst::of(input));
        }
    }

    /// Marks the parts that have problems.
    pub(super) fn badges(&self, painter: &Painter, input: &CanvasInput<'_>, parts: &[&Part]) {
        let Some(worst) = self.worst.as_ref().filter(|_| self.camera.zoom >= NORMAL_FROM) else { return };
        if worst.nodes.is_empty() && worst.edges.is_empty() {
            return;
        }
        for part in parts {
            match &part.link {
                Link::Node(id) => {
                    if let Some(severity) = worst.nodes.get(id) {
                        self.badge(painter, input, self.camera.screen(part.bounds.min), NODE_SIDE, *severity);
                    }
                }
                Link::Edge(id) => {
                    if let Some(severity) = worst.edges.get(id)
                        && let Some(at) = self.place_on(id)
                    {
                        self.badge(painter, input, at, EDGE_SIDE, *severity);
                    }
                }
                Link::Group(_) | Link::Label(_) | Link::Note(_) | Link::Leader(_) | Link::Legend => {}
            }
        }
    }

    /// Beside the upper left corner of an arrow's label, else a place near its beginning.
    fn place_on(&self, id: &EdgeId) -> Option<Pos2> {
        let drawn = self.drawn.as_ref()?;
        if let Some(label) = drawn.labels.get(id).filter(|_| self.camera.zoom >= FINE_FROM) {
            return Some(self.camera.screen(label.min) - Vec2::splat(EDGE_SIDE * self.camera.zoom * BESIDE));
        }
        let [first, second, ..] = drawn.scene.routes.get(id)?[..] else { return None };
        let start = self.camera.screen(first);
        Some(start + (self.camera.screen(second) - start).normalized() * EDGE_SIDE * self.camera.zoom.max(FINE_FROM))
    }

    /// A mark with its ground, or a dot where a mark could not be made out.
    fn badge(&self, painter: &Painter, input: &CanvasInput<'_>, at: Pos2, side: f32, severity: Severity) {
        let (color, key) = match severity {
            Severity::Error => (input.theme.red, "error"),
            Severity::Warning => (input.theme.amber, "warning"),
            Severity::Info => return,
        };
        let zoom = self.camera.zoom;
        if zoom < FINE_FROM {
            painter.circle_filled(at, (side * zoom * GROUND).max(DOT_MIN), color);
            return;
        }
        let side = (side * zoom).clamp(SIDE.0, SIDE.1);
        painter.circle_filled(at, side * GROUND, input.theme.canvas);
        icons::paint(painter, key, egui::Rect::from_center_size(at, Vec2::splat(side)), color);
    }
}

//! The drawing from afar: boxes and arrows are marks, kept in one mesh until something changes.

use std::sync::Arc;

use egui::{Mesh, Pos2};
use plimsoll_models::Point;

use super::{
    Canvas,
    camera::Camera,
    paint::{NORMAL_FROM, faded},
};
use crate::{
    gui::theme::color32,
    scene::{Color, Form, Link, Part},
};

/// Half the width of an arrow, in points.
const LINE: f32 = 0.4;

/// The marks as they were painted last, and what that depends on.
#[derive(Debug)]
pub(super) struct Far {
    /// Which drawing it shows.
    drawing: u64,
    center: Point,
    zoom: f32,
    view: egui::Rect,
    stale: bool,
    mesh: Arc<Mesh>,
}

impl Canvas {
    /// Makes the marks, unless they are known or the view is near.
    pub(super) fn keep_far(&mut self, stale: bool) {
        let (camera, drawing) = (self.camera, self.drawings);
        if camera.zoom >= NORMAL_FROM {
            self.far = None;
            return;
        }
        let known = self.far.as_ref().is_some_and(|far| {
            (far.drawing, far.stale, far.view) == (drawing, stale, camera.view) && (far.center, far.zoom) == (camera.center, camera.zoom)
        });
        let Some(drawn) = self.drawn.as_ref().filter(|_| !known) else { return };
        let seen = camera.seen();
        let mut mesh = Mesh::default();
        for part in drawn.scene.parts.iter().filter(|part| part.bounds.intersects(seen)) {
            mark(&camera, stale, part, &mut mesh);
        }
        let mesh = Arc::new(mesh);
        self.far = Some(Far { drawing, center: camera.center, zoom: camera.zoom, view: camera.view, stale, mesh });
    }

    /// Paints the marks.
    pub(super) fn paint_far(&self, painter: &egui::Painter) {
        if let Some(far) = &self.far {
            painter.add(egui::Shape::Mesh(Arc::clone(&far.mesh)));
        }
    }
}

/// A frame or a note as its ground, a box in the color of its category with its load at the right, an arrow as thin lines.
fn mark(camera: &Camera, stale: bool, part: &Part, mesh: &mut Mesh) {
    let first = part.shapes.first().map(|shape| &shape.form);
    match (&part.link, first) {
        (Link::Group(_) | Link::Note(_), Some(Form::Rect { fill, .. })) => {
            mesh.add_colored_rect(camera.screen_rect(part.bounds), color32(*fill));
        }
        (Link::Edge(_), Some(Form::Line { points, stroke, .. })) => {
            let color = color32(stroke.color);
            for pair in points.windows(2) {
                let line = egui::Rect::from_two_pos(camera.screen(pair[0]), camera.screen(pair[1]));
                mesh.add_colored_rect(line.expand(LINE), color);
            }
        }
        (Link::Node(_), _) => node(camera, stale, part, mesh),
        (Link::Group(_) | Link::Note(_) | Link::Edge(_) | Link::Label(_) | Link::Leader(_) | Link::Legend, _) => {}
    }
}

fn node(camera: &Camera, stale: bool, part: &Part, mesh: &mut Mesh) {
    let rect = camera.screen_rect(part.bounds);
    let icon = part.shapes.iter().find_map(|shape| if let Form::Icon { color, .. } = &shape.form { Some(*color) } else { None });
    mesh.add_colored_rect(rect, color32(icon.unwrap_or(Color::NONE).opacity(0.5)));
    let load = part.shapes.iter().rev().find(|shape| shape.of_run && matches!(shape.form, Form::Rect { .. }));
    if let Some((shape, Form::Rect { fill, .. })) = load.map(|shape| (shape, &shape.form)) {
        let right = egui::Rect::from_min_max(Pos2::new(rect.max.x - rect.width() * 0.22, rect.min.y), rect.max);
        mesh.add_colored_rect(right, color32(faded(shape, *fill, stale)));
    }
}

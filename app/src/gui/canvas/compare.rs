//! Two states of a drawing in one: looked at, not edited.

use std::collections::BTreeMap;

use egui::{Align2, Color32, CornerRadius, Painter, Pos2, Sense, Stroke, StrokeKind, Ui, WidgetInfo, accesskit::Role};
use plimsoll_models::{EdgeId, NodeId, Point, diff::Kind};

use super::{
    Canvas, CanvasInput,
    paint::{Brush, FINE_FROM, outline},
    touch::Touched,
};
use crate::{
    gui::{
        theme::{SEMIBOLD, Theme},
        words::documents as words,
    },
    scene::{CORNER_RADIUS, Link, node_rect},
};

/// Corners of a box, in units of the drawing.
const NODE_RADIUS: f32 = 9.0;

/// What is different on the drawing.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// Boxes.
    pub nodes: BTreeMap<NodeId, Kind>,
    /// Arrows.
    pub edges: BTreeMap<EdgeId, Kind>,
    /// Where boxes stood that stand elsewhere now.
    pub moved: Vec<(NodeId, Point)>,
}

/// The color of a kind of difference.
pub fn color(theme: &Theme, kind: Kind) -> Color32 {
    match kind {
        Kind::Added => theme.calm,
        Kind::Removed => theme.red,
        Kind::Changed => theme.amber,
        Kind::Moved => theme.text_weak,
    }
}

/// The sign of a kind of difference, for those who see no colors.
pub fn sign(kind: Kind) -> &'static str {
    match kind {
        Kind::Added => "+",
        Kind::Removed => "−",
        Kind::Changed => "≠",
        Kind::Moved => "→",
    }
}

impl Canvas {
    /// Paints a drawing with marks on it; it can be panned and zoomed, and nothing else.
    pub fn show_compared(&mut self, ui: &mut Ui, input: &CanvasInput<'_>, marks: &Marks) {
        let (view, ground) = ui.allocate_exact_size(ui.available_size(), Sense::click_and_drag());
        ground.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, words::comparison(marks.nodes.len(), marks.edges.len())));
        let room_changed = std::mem::replace(&mut self.camera.view, view).size() != view.size();
        let follows = room_changed && self.whole == Some(self.look());
        if follows {
            self.fit(input.diagram);
        }
        self.reach_goal(ui, input, follows);
        self.carry_on(ui);
        if ground.dragged() {
            self.travel = None;
            self.camera.pan(ground.drag_delta());
        }
        if ui.rect_contains_pointer(view) {
            self.navigate(ui, input);
        }
        self.redraw(input);
        self.paint(ui, input, &Touched::default());
        self.marks(&ui.painter_at(view), input, marks);
    }

    fn marks(&self, painter: &Painter, input: &CanvasInput<'_>, marks: &Marks) {
        let Some(drawn) = &self.drawn else { return };
        let theme = input.theme;
        let seen = self.camera.seen();
        for (id, at) in &marks.moved {
            let (old, new) = (self.camera.screen_rect(node_rect(*at)), self.camera.screen(input.diagram.position(id)));
            let stroke = (1.0, color(theme, Kind::Moved));
            painter.extend(egui::Shape::dashed_line(&outline(old, NODE_RADIUS * self.camera.zoom), stroke, 3.0, 4.0));
            painter.extend(egui::Shape::dashed_line(&[old.center(), new], stroke, 3.0, 4.0));
        }
        let brush = Brush { painter, camera: &self.camera, stale: false };
        for (id, kind) in &marks.edges {
            let Some(route) = drawn.scene.routes.get(id) else { continue };
            if *kind == Kind::Removed {
                let line: Vec<Pos2> = route.iter().map(|at| self.camera.screen(*at)).collect();
                painter.extend(egui::Shape::dashed_line(&line, (2.5, color(theme, *kind)), 7.0, 5.0));
            } else {
                brush.halo(route, CORNER_RADIUS, 7.0, color(theme, *kind).gamma_multiply(0.55));
            }
        }
        for part in drawn.scene.parts.iter().filter(|part| part.bounds.expand(12.0).intersects(seen)) {
            if let Link::Node(id) = &part.link
                && let Some(kind) = marks.nodes.get(id)
            {
                self.mark(painter, theme, self.camera.screen_rect(part.bounds), *kind);
            }
        }
    }

    fn mark(&self, painter: &Painter, theme: &Theme, rect: egui::Rect, kind: Kind) {
        let color = color(theme, kind);
        let radius = NODE_RADIUS * self.camera.zoom;
        let ring = rect.expand(3.0);
        match kind {
            Kind::Removed => {
                painter.rect_filled(rect, radius, theme.canvas.gamma_multiply(0.5));
                painter.extend(egui::Shape::dashed_line(&outline(ring, radius + 3.0), (2.0, color), 6.0, 4.0));
            }
            Kind::Added | Kind::Changed => {
                let corner = CornerRadius::same((radius + 3.0).clamp(0.0, 255.0) as u8);
                painter.rect_stroke(ring, corner, Stroke::new(2.5, color), StrokeKind::Middle);
            }
            Kind::Moved => return,
        }
        if self.camera.zoom >= FINE_FROM {
            let at = ring.right_top();
            painter.circle_filled(at, 9.0, color);
            let font = egui::FontId::new(13.0, egui::FontFamily::Name(SEMIBOLD.into()));
            painter.text(at, Align2::CENTER_CENTER, sign(kind), font, theme.canvas);
        }
    }
}

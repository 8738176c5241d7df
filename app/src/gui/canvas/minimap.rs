//! The overview in the corner: every box as a rectangle in the color of its load, and a frame around what is seen.

use std::sync::Arc;

use egui::{Color32, Mesh, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, accesskit::Role, pos2, vec2};
use plimsoll_models::{Diagram, Point};

use super::{Canvas, CanvasEvent, CanvasInput};
use crate::{
    gui::{theme::color32, words::find},
    icons,
    scene::{Load, Rect, RunKey, node_rect},
};

/// Largest size, in points.
const SIZE: egui::Vec2 = vec2(190.0, 124.0);
/// Distance from the corner of the view, in points.
const MARGIN: f32 = 12.0;
/// Free border around the boxes, in points.
const PADDING: f32 = 8.0;
/// Smallest view that has room for it.
const VIEW_MIN: egui::Vec2 = vec2(480.0, 320.0);

/// The boxes as they were painted last, and what that depends on.
#[derive(Debug)]
pub(super) struct Minimap {
    diagram: Arc<Diagram>,
    result: Option<RunKey>,
    dark: bool,
    /// Where on the screen.
    place: egui::Rect,
    /// All boxes, on the drawing.
    whole: Rect,
    mesh: Arc<Mesh>,
}

impl Minimap {
    /// Points of the screen for each unit of the drawing.
    fn scale(&self) -> f32 {
        let room = self.place.shrink(PADDING).size();
        (room.x / self.whole.width().max(1.0) as f32).min(room.y / self.whole.height().max(1.0) as f32)
    }

    fn screen(&self, p: Point) -> egui::Pos2 {
        let middle = self.whole.center();
        self.place.center() + vec2((p.x - middle.x) as f32, (p.y - middle.y) as f32) * self.scale()
    }

    fn diagram(&self, at: egui::Pos2) -> Point {
        let (middle, by) = (self.whole.center(), (at - self.place.center()) / self.scale());
        Point::new(middle.x + f64::from(by.x), middle.y + f64::from(by.y))
    }

    fn fill(&mut self, input: &CanvasInput<'_>) {
        let mut mesh = Mesh::default();
        for id in self.diagram.nodes.keys() {
            let rect = node_rect(self.diagram.position(id));
            let rect = egui::Rect::from_min_max(self.screen(rect.min), self.screen(rect.max));
            mesh.add_colored_rect(egui::Rect::from_center_size(rect.center(), rect.size().max(vec2(2.0, 1.5))), heat(input, id));
        }
        self.mesh = Arc::new(mesh);
    }
}

/// The color of a box: how loaded it was in the latest run.
fn heat(input: &CanvasInput<'_>, id: &plimsoll_models::NodeId) -> Color32 {
    let load = input.result.and_then(|result| result.node(id.as_str())).and_then(Load::of);
    load.map_or(input.theme.text_weak.gamma_multiply(0.6), |load| {
        let color = color32(load.level.color(input.theme.scene.load));
        if input.stale { color.gamma_multiply(0.5) } else { color }
    })
}

impl Canvas {
    /// Shows the overview while not everything is seen; a press or drag in it moves the view.
    pub(super) fn minimap(&mut self, ui: &Ui, input: &CanvasInput<'_>, events: &mut Vec<CanvasEvent>) {
        let view = self.camera.view;
        if !input.preferences.minimap || view.width() < VIEW_MIN.x || view.height() < VIEW_MIN.y {
            self.minimap = None;
            return;
        }
        let place = egui::Rect::from_min_size(view.max - SIZE - vec2(MARGIN, MARGIN), SIZE);
        let id = ui.scope_id().with("canvas-minimap");
        let dragged = ui.ctx().is_being_dragged(id);
        self.keep_minimap(input, place);
        let Some(map) = &self.minimap else { return };
        if self.camera.seen().contains_rect(map.whole) && !dragged {
            return;
        }
        let response = ui.interact(place, id, Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::ScrollView, true, find::MINIMAP));
        let seen = self.camera.seen();
        let frame = egui::Rect::from_min_max(map.screen(seen.min), map.screen(seen.max)).intersect(place.shrink(1.0));
        let painter = ui.painter_at(place.expand(1.0));
        painter.rect(place, 6.0, input.theme.surface.gamma_multiply(0.94), Stroke::new(1.0, input.theme.stroke), StrokeKind::Inside);
        painter.add(Shape::Mesh(Arc::clone(&map.mesh)));
        if frame.is_positive() {
            let accent = input.theme.accent;
            painter.rect(frame, 2.0, accent.gamma_multiply(0.12), Stroke::new(1.5, accent), StrokeKind::Inside);
        }
        let target = response.interact_pointer_pos().filter(|_| response.is_pointer_button_down_on() || response.clicked());
        if let Some(at) = target.map(|at| map.diagram(at)) {
            self.glide = None;
            self.camera.center = at;
        }
        close_ui(ui, input, place, events);
    }

    /// The boxes, painted anew when the diagram, the run, the look or the place is another one.
    fn keep_minimap(&mut self, input: &CanvasInput<'_>, place: egui::Rect) {
        let result = input.result.map(RunKey::of);
        let known = self.minimap.as_ref().is_some_and(|map| {
            Arc::ptr_eq(&map.diagram, input.diagram) && map.result == result && map.dark == input.theme.dark && map.place == place
        });
        if known {
            return;
        }
        let whole = input.diagram.nodes.keys().map(|id| node_rect(input.diagram.position(id))).reduce(Rect::union);
        self.minimap = whole.map(|whole| {
            let (diagram, dark) = (Arc::clone(input.diagram), input.theme.dark);
            let mut map = Minimap { diagram, result, dark, place, whole, mesh: Arc::default() };
            map.fill(input);
            map
        });
    }
}

/// The button that hides the overview, while the pointer is on it.
fn close_ui(ui: &Ui, input: &CanvasInput<'_>, place: egui::Rect, events: &mut Vec<CanvasEvent>) {
    let area = egui::Rect::from_center_size(pos2(place.right() - 12.0, place.top() + 12.0), vec2(18.0, 18.0));
    let close = ui.interact(area, ui.scope_id().with("canvas-minimap-close"), Sense::click());
    close.widget_info(|| WidgetInfo::labeled(Role::Button, true, find::MINIMAP_CLOSE));
    if ui.rect_contains_pointer(place) || close.has_focus() {
        let color = if close.hovered() || close.has_focus() { input.theme.text } else { input.theme.text_weak };
        ui.painter().rect_filled(area, 4.0, input.theme.surface_raised);
        icons::paint(ui.painter(), "close", area.shrink(3.0), color);
    }
    if close.on_hover_text(find::MINIMAP_CLOSE).clicked() {
        events.push(CanvasEvent::CloseMinimap);
    }
}

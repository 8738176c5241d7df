//! What the lines mean, in the lower left corner of the view.

use egui::{Sense, Ui, WidgetInfo, accesskit::Role};
use plimsoll_models::Point;

use super::{Canvas, CanvasInput, camera::Camera, paint::Brush};
use crate::{
    gui::words::find,
    scene::{legend, line_words},
};

/// Distance from the corner of the view, in points.
const MARGIN: f32 = 12.0;
/// Smallest share of the view's width that stays free.
const FREE: f32 = 0.3;

impl Canvas {
    /// Shows a line of each kind that is in use, and what it means.
    pub(super) fn legend(&self, ui: &Ui, input: &CanvasInput<'_>) {
        let view = self.camera.view;
        let Some(drawn) = self.drawn.as_ref().filter(|_| input.preferences.legend) else { return };
        let kinds = &drawn.kinds;
        // On the screen a unit of the card is a point.
        let camera =
            Camera { center: Point::default(), zoom: 1.0, view: egui::Rect::from_center_size(egui::Pos2::ZERO, view.size()), covered: 0.0 };
        let Some(card) = legend(kinds, Point::default(), &input.theme.scene) else { return };
        let (width, height) = (card.bounds.width(), card.bounds.height());
        if width as f32 > view.width() * (1.0 - FREE) || height as f32 > view.height() * (1.0 - FREE) {
            return;
        }
        let corner = Point::new(f64::from(view.left() + MARGIN), f64::from(view.bottom() - MARGIN) - height);
        let Some(card) = legend(kinds, corner, &input.theme.scene) else { return };
        let painter = ui.painter_at(view);
        Brush { painter: &painter, camera: &camera, stale: false }.part(&card);
        let response = ui.interact(camera.screen_rect(card.bounds), ui.scope_id().with("canvas-legend"), Sense::hover());
        response.widget_info(|| {
            let said: Vec<&str> = kinds.iter().map(|kind| line_words(*kind)).collect();
            WidgetInfo::labeled(Role::Label, true, find::legend(&said))
        });
    }
}

//! The bundled glyphs: the only reader of `assets/icons`.

/// Paints a glyph into a rectangle.
#[cfg(feature = "gui")]
pub fn paint(_painter: &egui::Painter, _key: &str, _rect: egui::Rect, _color: egui::Color32) {}

/// A button that shows a glyph; the tooltip is its name for screen readers too.
#[cfg(feature = "gui")]
pub fn icon_button(ui: &mut egui::Ui, _key: &str, tooltip: &str) -> egui::Response {
    let response = ui.allocate_response(ui.spacing().interact_size, egui::Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, tooltip));
    response.on_hover_text(tooltip)
}

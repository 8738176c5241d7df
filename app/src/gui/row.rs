//! A row of a list that can be chosen: a glyph, a title, and a weaker line below.

use egui::{FontId, Rect, Response, Sense, Stroke, StrokeKind, Ui, WidgetInfo, accesskit::Role, vec2};

use super::theme::Theme;
use crate::icons;

/// Height, in points.
pub(super) const ROW_HEIGHT: f32 = 36.0;
/// Where the words begin, in points from the left.
const WORDS_LEFT: f32 = 34.0;

/// What a row shows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'a> {
    /// Key of the glyph.
    pub icon: &'a str,
    /// The upper line.
    pub title: &'a str,
    /// The lower line.
    pub below: &'a str,
    /// It is the chosen one.
    pub chosen: bool,
    /// It matters less than the others.
    pub faint: bool,
}

impl Row<'_> {
    /// Shows the row over the whole width; `says` is what a screen reader says.
    pub(super) fn ui(&self, ui: &mut Ui, theme: &Theme, says: impl Fn() -> String) -> Response {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, self.chosen, says()));
        if !ui.is_rect_visible(rect) {
            return response;
        }
        let painter = ui.painter_at(rect);
        if self.chosen || response.hovered() {
            let fill = if self.chosen { theme.selection } else { theme.surface_hovered };
            painter.rect_filled(rect, f32::from(Theme::RADIUS), fill);
        }
        if response.has_focus() {
            painter.rect_stroke(rect, f32::from(Theme::RADIUS), Stroke::new(1.0, theme.accent), StrokeKind::Inside);
        }
        let icon = Rect::from_center_size(rect.left_center() + vec2(16.0, 0.0), vec2(16.0, 16.0));
        icons::paint(&painter, self.icon, icon, theme.text_weak);
        let line = |text: &str, size: f32, color| {
            let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), FontId::proportional(size), color);
            job.wrap = egui::text::TextWrapping::truncate_at_width(rect.width() - WORDS_LEFT - Theme::SPACE_8);
            painter.layout_job(job)
        };
        let color = if self.faint { theme.text_weak } else { theme.text };
        let left = rect.left_top() + vec2(WORDS_LEFT, 0.0);
        painter.galley(left + vec2(0.0, 3.0), line(self.title, Theme::SIZE_BODY, color), color);
        painter.galley(left + vec2(0.0, 20.0), line(self.below, Theme::SIZE_SMALL, theme.text_weak), theme.text_weak);
        response
    }
}

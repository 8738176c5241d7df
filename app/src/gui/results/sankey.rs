//! The ledger as bands from where copies were created to how they ended.

use egui::{Align2, Color32, Mesh, Painter, Pos2, Rect, Sense, Shape, Ui};
use plimsoll_models::Place;

use super::{Action, View};
use crate::{
    gui::{format, theme::Theme, words::results as words},
    report::sankey::{Band, Ending, Sankey, Span},
};

/// Width of a bar.
const BAR: f32 = 10.0;
/// Room for names at the left and at the right.
const NAMES: (f32, f32) = (230.0, 190.0);
/// Least height of a row of names.
const ROW: f32 = 16.0;
/// Pieces of a band.
const PIECES: usize = 24;

/// Shows the picture; a click on a place selects it on the drawing.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, sankey: &Sankey, actions: &mut Vec<Action>) {
    let rows = sankey.places.len().max(sankey.ends.len()) as f32;
    let height = ui.available_height().max(rows * ROW * 1.4).max(80.0);
    let (rect, response) = ui.allocate_exact_size(egui::vec2(ui.available_width(), height), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Figure, true, sankey.sentence()));
    let inner = Rect::from_min_max(rect.min + egui::vec2(NAMES.0, 8.0), rect.max - egui::vec2(NAMES.1, 8.0));
    if inner.width() < 4.0 * BAR {
        return;
    }
    let picture = Picture { painter: ui.painter().with_clip_rect(ui.clip_rect()), inner, theme: view.theme };
    let pointed = response.hover_pos().and_then(|at| sankey.bands.iter().position(|band| picture.covers(band, at)));
    for (index, band) in sankey.bands.iter().enumerate() {
        let opacity = match pointed {
            Some(pointed) if pointed == index => 0.75,
            Some(_) => 0.18,
            None => 0.4,
        };
        let color = picture.color(sankey.ends[band.to].ending).gamma_multiply(opacity);
        picture.painter.add(Shape::mesh(picture.ribbon(band, color)));
    }
    if let Some(band) = pointed.map(|at| &sankey.bands[at]) {
        let (place, end) = (&sankey.places[band.from], &sankey.ends[band.to]);
        let share = format::percent(band.count as f64 / place.created.max(1) as f64);
        response.on_hover_text_at_pointer(words::band(&place.title, &format::count(band.count), end.ending.as_str(), &share));
    }
    for end in &sankey.ends {
        let color = picture.color(end.ending);
        picture.painter.rect_filled(picture.bar(end.span, inner.right() - BAR), 1.0, color);
        let at = egui::pos2(inner.right() + 8.0, picture.bar(end.span, 0.0).center().y);
        let text = format!("{}  {}", end.ending.as_str(), format::count(end.count));
        picture.painter.text(at, Align2::LEFT_CENTER, text, egui::FontId::proportional(Theme::SIZE_SMALL), view.theme.text);
    }
    for (index, place) in sankey.places.iter().enumerate() {
        let bar = picture.bar(place.span, inner.left());
        picture.painter.rect_filled(bar, 1.0, view.theme.text_weak);
        let name = Rect::from_min_max(
            egui::pos2(rect.left(), bar.center().y - ROW / 2.0),
            egui::pos2(bar.left() - 6.0, bar.center().y + ROW / 2.0),
        );
        let figure = format::count(place.created);
        let response = ui.interact(name, ui.scope_id().with(("place", index)), Sense::click());
        let named = format!("{} {figure}", place.title);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Link, true, &named));
        let color = if response.hovered() && place.of.is_some() { view.theme.accent } else { view.theme.text };
        let font = egui::FontId::proportional(Theme::SIZE_SMALL);
        let told = picture.painter.text(name.right_center(), Align2::RIGHT_CENTER, figure, font.clone(), view.theme.text_weak);
        let mut job = egui::text::LayoutJob::simple_singleline(place.title.clone(), font, color);
        job.wrap = egui::text::TextWrapping::truncate_at_width(told.left() - name.left() - 8.0);
        let galley = ui.painter().layout_job(job);
        let at = egui::pos2(told.left() - 8.0 - galley.size().x, name.center().y - galley.size().y / 2.0);
        picture.painter.galley(at, galley, color);
        let response = response.on_hover_text(&place.title);
        if response.clicked()
            && let Some((edge, node)) = &place.of
        {
            let place = edge.as_ref().map_or_else(|| Place::Node(node.clone(), None), |edge| Place::Edge(edge.clone(), None));
            actions.push(Action::Reveal(place));
        }
    }
}

struct Picture<'a> {
    painter: Painter,
    inner: Rect,
    theme: &'a Theme,
}

impl Picture<'_> {
    fn color(&self, ending: Ending) -> Color32 {
        match ending.is_loss() {
            Some(true) => self.theme.red,
            Some(false) => self.theme.calm,
            None => self.theme.amber,
        }
    }

    fn y(&self, share: f64) -> f32 {
        self.inner.top() + self.inner.height() * share as f32
    }

    /// A bar that begins at this x; one pixel is the least that is seen.
    fn bar(&self, span: Span, left: f32) -> Rect {
        let (top, bottom) = (self.y(span.top), self.y(span.bottom));
        Rect::from_min_max(egui::pos2(left, top), egui::pos2(left + BAR, bottom.max(top + 1.0)))
    }

    /// Upper and lower edge of a band at a share of the way.
    fn edges(&self, band: &Band, way: f32) -> (f32, f32) {
        // A smooth step: level at both ends.
        let bend = way * way * (3.0 - 2.0 * way);
        let y = |left: f64, right: f64| self.y(left) * (1.0 - bend) + self.y(right) * bend;
        let (top, bottom) = (y(band.left.top, band.right.top), y(band.left.bottom, band.right.bottom));
        (top, bottom.max(top + 1.0))
    }

    /// A band with soft edges: its color fades within a pixel.
    fn ribbon(&self, band: &Band, color: Color32) -> Mesh {
        let (left, right) = (self.inner.left() + BAR, self.inner.right() - BAR);
        let fade = 0.5 / self.painter.pixels_per_point();
        let mut mesh = Mesh::default();
        for piece in 0..=PIECES {
            let way = piece as f32 / PIECES as f32;
            let (x, (top, bottom)) = (left + (right - left) * way, self.edges(band, way));
            let across =
                [(top - fade, Color32::TRANSPARENT), (top + fade, color), (bottom - fade, color), (bottom + fade, Color32::TRANSPARENT)];
            for (y, color) in across {
                mesh.colored_vertex(egui::pos2(x, y), color);
            }
            for row in (0..across.len() as u32 - 1).filter(|_| piece > 0) {
                let at = (piece as u32 - 1) * across.len() as u32 + row;
                let next = at + across.len() as u32;
                mesh.add_triangle(at, at + 1, next);
                mesh.add_triangle(at + 1, next, next + 1);
            }
        }
        mesh
    }

    fn covers(&self, band: &Band, at: Pos2) -> bool {
        let (left, right) = (self.inner.left() + BAR, self.inner.right() - BAR);
        let way = (at.x - left) / (right - left);
        let (top, bottom) = self.edges(band, way.clamp(0.0, 1.0));
        // Thin bands can be pointed at, too.
        (0.0..=1.0).contains(&way) && at.y >= top - 1.5 && at.y <= bottom + 1.5
    }
}

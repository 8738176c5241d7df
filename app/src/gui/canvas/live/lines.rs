//! Arrows of a live run: the more travels, the wider; how much it is.

use egui::{Align2, Color32, FontId, Painter, Rect as Area, Stroke, epaint::PathShape, vec2};
use plimsoll_sim::live::EdgeLook;

use super::{
    places::{Arrow, Places},
    rates,
};
use crate::{
    gui::{
        canvas::{CanvasInput, camera::Camera},
        words::live as words,
    },
    live::Frame,
};

/// Width of an arrow along which ten things a second travel, over that of one; each factor of ten adds as much.
const WIDER: f32 = 1.6;
/// Widest arrow, in points.
const WIDEST: f32 = 9.0;

/// What is counted on all edges of an arrow, each second.
fn each_second(frame: &Frame, arrow: &Arrow, count: fn(&EdgeLook) -> u64) -> f64 {
    let (now, before) = &frame.told;
    let rate = |n: &usize| Frame::rate(before, now, |look| look.edges.get(*n).map(count));
    arrow.edges.iter().map(rate).sum()
}

/// Things that travel along an arrow in a second.
fn rate(frame: &Frame, arrow: &Arrow) -> f64 {
    each_second(frame, arrow, |edge| edge.sent)
}

/// Whether an arrow lets attempts be refused or fail now.
fn hurts(frame: &Frame, arrow: &Arrow) -> bool {
    each_second(frame, arrow, |edge| edge.throttled + edge.failed) > 0.0
}

/// Paints a band along each arrow that is used.
pub(super) fn paint(painter: &Painter, camera: &Camera, input: &CanvasInput<'_>, frame: &Frame, places: &Places) {
    let (seen, theme) = (camera.seen(), input.theme);
    for arrow in places.arrows.iter().filter(|arrow| arrow.track.bounds.expand(8.0).intersects(seen)) {
        let rate = rate(frame, arrow);
        if rate <= 0.0 {
            continue;
        }
        let width = (2.0 + WIDER * (1.0 + rate as f32).log10()).min(WIDEST) * camera.zoom.clamp(0.5, 1.5);
        let color = if hurts(frame, arrow) { theme.red.gamma_multiply(0.30) } else { theme.accent.gamma_multiply(0.22) };
        let points = arrow.track.points.iter().map(|p| camera.screen(*p)).collect();
        painter.add(PathShape::line(points, Stroke::new(width, color)));
    }
}

/// Writes the rate beside each arrow, where there is room for it.
pub(super) fn label(painter: &Painter, camera: &Camera, input: &CanvasInput<'_>, frame: &Frame, places: &Places) {
    let (seen, theme) = (camera.seen(), input.theme);
    let smallest = rates::SIZE as f32 * super::super::paint::FINEST_FROM * rates::LARGER as f32;
    let size = ((rates::SIZE as f32 * camera.zoom).max(smallest) * 2.0).round() / 2.0;
    for arrow in &places.arrows {
        let Some(place) = arrow.rate.filter(|place| place.intersects(seen)) else { continue };
        let rate = rate(frame, arrow);
        if rate <= 0.0 {
            continue;
        }
        let color = if hurts(frame, arrow) { theme.red_text } else { theme.text_weak };
        let galley = painter.layout_no_wrap(words::rate(rate), FontId::proportional(size), color);
        let at = camera.screen(place.center());
        let area = Area::from_center_size(at, galley.size() + vec2(2.0 * rates::PADDING as f32, 0.0));
        painter.rect_filled(area, 3.0, theme.canvas.gamma_multiply(0.7));
        let corner = Align2::CENTER_CENTER.anchor_size(at, galley.size()).min;
        painter.galley(corner, galley, Color32::PLACEHOLDER);
    }
}

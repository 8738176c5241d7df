//! Arrows of a live run: the more travels, the wider; how much it is.

use std::collections::BTreeMap;

use egui::{Align2, Color32, FontId, Painter, Pos2, Rect as Area, Stroke, Vec2, epaint::PathShape, vec2};
use plimsoll_models::EdgeId;

use super::places::{Places, Track};
use crate::{
    gui::{
        canvas::{CanvasInput, camera::Camera},
        words::live as words,
    },
    live::Frame,
    scene::Rect,
};

/// Width of an arrow along which ten things a second travel, over that of one; each factor of ten adds as much.
const WIDER: f32 = 1.6;
/// Widest arrow, in points.
const WIDEST: f32 = 9.0;
/// Distance of a rate from its arrow, in points.
const GAP: f32 = 6.0;
/// Size of a rate, in points at a zoom of 100 %.
const SIZE: f32 = 10.5;

/// Things that travel along an edge in a second.
fn rate(frame: &Frame, n: usize) -> f64 {
    let (now, before) = &frame.told;
    Frame::rate(before, now, |look| look.edges.get(n).map(|edge| edge.sent))
}

/// Whether an edge lets attempts be refused or fail now.
fn hurts(frame: &Frame, n: usize) -> bool {
    let (now, before) = &frame.told;
    Frame::rate(before, now, |look| look.edges.get(n).map(|edge| edge.throttled + edge.failed)) > 0.0
}

/// Paints a band along each arrow that is used.
pub(super) fn paint(painter: &Painter, camera: &Camera, input: &CanvasInput<'_>, frame: &Frame, places: &Places) {
    let (seen, theme) = (camera.seen(), input.theme);
    for (n, track) in places.edges.iter().enumerate() {
        let Some(track) = track.as_ref().filter(|track| track.bounds.expand(8.0).intersects(seen)) else { continue };
        let rate = rate(frame, n);
        if rate <= 0.0 {
            continue;
        }
        let width = (2.0 + WIDER * (1.0 + rate as f32).log10()).min(WIDEST) * camera.zoom.clamp(0.5, 1.5);
        let color = if hurts(frame, n) { theme.red.gamma_multiply(0.30) } else { theme.accent.gamma_multiply(0.22) };
        let points = track.points.iter().map(|p| camera.screen(*p)).collect();
        painter.add(PathShape::line(points, Stroke::new(width, color)));
    }
}

/// Where something of this size stands beside the middle of a way: above what runs across, at the right of what runs down.
fn beside(camera: &Camera, track: &Track, size: Vec2) -> Pos2 {
    let [before, middle, after] = [0.45, 0.5, 0.55].map(|share| camera.screen(track.at(share)));
    let along = after - before;
    let across = along.x.abs() >= along.y.abs();
    middle + if across { vec2(0.0, -size.y * 0.5 - GAP) } else { vec2(size.x * 0.5 + GAP, 0.0) }
}

/// Writes the rate at the middle of each arrow, beside its own label.
pub(super) fn label(
    painter: &Painter,
    camera: &Camera,
    input: &CanvasInput<'_>,
    frame: &Frame,
    places: &Places,
    labels: &BTreeMap<EdgeId, Rect>,
) {
    let (seen, theme) = (camera.seen(), input.theme);
    let size = (SIZE * camera.zoom.clamp(0.8, 1.4) * 2.0).round() / 2.0;
    for (n, id) in frame.roster.edges.iter().enumerate() {
        let Some(track) = places.edges[n].as_ref().filter(|track| track.bounds.expand(8.0).intersects(seen)) else { continue };
        let rate = rate(frame, n);
        if rate <= 0.0 {
            continue;
        }
        let color = if hurts(frame, n) { theme.red_text } else { theme.text_weak };
        let galley = painter.layout_no_wrap(words::rate(rate), FontId::proportional(size), color);
        let own = labels.get(id).map(|rect| camera.screen_rect(*rect));
        let at = own.map_or_else(|| beside(camera, track, galley.size()), |rect| rect.center_bottom() + vec2(0.0, size * 0.8));
        let area = Area::from_center_size(at, galley.size() + vec2(6.0, 1.0));
        painter.rect_filled(area, 3.0, theme.canvas.gamma_multiply(0.7));
        let corner = Align2::CENTER_CENTER.anchor_size(at, galley.size()).min;
        painter.galley(corner, galley, Color32::PLACEHOLDER);
    }
}

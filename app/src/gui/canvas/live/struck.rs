//! What the scenario lets go wrong just now, written on the boxes and arrows that it strikes.

use std::collections::BTreeMap;

use egui::{Align2, Color32, FontFamily, FontId, Painter, Pos2, Rect as Area, Stroke, StrokeKind, vec2};
use plimsoll_models::fault::{Effect, Fault};

use super::{index, places::Places};
use crate::{
    gui::{
        canvas::{CanvasInput, camera::Camera, paint::FINE_FROM},
        theme::{SEMIBOLD, Theme},
        words::live as words,
    },
    live::Frame,
    scene::SMALL_SIZE,
};

/// Where along an arrow its mark stands: its name and its rate have the middle.
const ALONG: f64 = 0.25;
/// Free border at the sides of the words and above and below them, in units of the drawing.
const PADDING: (f32, f32) = (6.0, 2.0);
/// How far the middle of a mark stands below its box, in units of the drawing.
const BELOW: f32 = 5.0;
/// Most words of a mark; the tooltip has all of them.
const WORDS_MAX: usize = 2;
/// Radius of a mark whose words could not be read, in points.
const DOT: f32 = 3.5;

/// A box or an arrow of the drawing, by its number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Spot {
    Box(usize),
    Arrow(usize),
}

/// Marks what is struck at the moment that is shown.
pub(super) fn paint(painter: &Painter, camera: &Camera, input: &CanvasInput<'_>, frame: &Frame, places: &Places) {
    let mut spots: BTreeMap<Spot, Vec<&Fault>> = BTreeMap::new();
    for fault in input.struck {
        if let Some(spot) = spot(frame, places, &fault.on) {
            spots.entry(spot).or_default().push(fault);
        }
    }
    for (spot, faults) in spots {
        let (bounds, at) = match spot {
            Spot::Box(number) => {
                let body = camera.screen_rect(places.boxes[number].body);
                // It leaves the line at the foot of the box to be seen.
                (body, body.center_bottom() + vec2(0.0, BELOW * camera.zoom))
            }
            Spot::Arrow(number) => {
                let at = camera.screen(places.arrows[number].track.at(ALONG));
                (Area::from_center_size(at, vec2(120.0, 40.0)), at)
            }
        };
        if !bounds.expand(20.0).intersects(camera.view) {
            continue;
        }
        // Words in the color of the ground stand on it, so it is one that is read on the ground.
        let color = if faults.iter().any(|fault| stops(&fault.effect)) { input.theme.red_text } else { input.theme.amber_text };
        if let Spot::Box(_) = spot {
            let line = Stroke::new((2.0 * camera.zoom).clamp(1.0, 3.0), color);
            painter.rect_stroke(bounds, 8.0 * camera.zoom, line, StrokeKind::Middle);
        }
        mark(painter, camera, input.theme, at, color, &faults);
    }
}

fn spot(frame: &Frame, places: &Places, on: &str) -> Option<Spot> {
    let position = |known: Option<usize>| known.and_then(|n| u32::try_from(n).ok());
    let node = position(index(&frame.roster.nodes, &on.into())).and_then(|n| places.home(n)).map(Spot::Box);
    node.or_else(|| position(index(&frame.roster.edges, &on.into())).and_then(|n| places.way(n)).map(Spot::Arrow))
}

/// Whether nothing passes as long as it lasts.
fn stops(effect: &Effect) -> bool {
    matches!(effect, Effect::Outage { .. })
}

fn mark(painter: &Painter, camera: &Camera, theme: &Theme, at: Pos2, color: Color32, faults: &[&Fault]) {
    if camera.zoom < FINE_FROM {
        painter.circle(at, DOT, color, Stroke::new(1.0, theme.canvas));
        return;
    }
    let size = (SMALL_SIZE as f32 * camera.zoom * 2.0).round() / 2.0;
    let font = FontId::new(size.max(8.0), FontFamily::Name(SEMIBOLD.into()));
    let galley = painter.layout_no_wrap(words::struck(faults, WORDS_MAX), font, theme.canvas);
    let room = galley.size() + 2.0 * vec2(PADDING.0, PADDING.1) * camera.zoom.max(0.6);
    let area = Area::from_center_size(at, room);
    painter.rect(area, room.y / 2.0, color, Stroke::new(1.5, theme.canvas), StrokeKind::Outside);
    painter.galley(Align2::CENTER_CENTER.anchor_size(at, galley.size()).min, galley, theme.canvas);
}

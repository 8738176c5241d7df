//! What has just befallen events, as sparks that rise from the boxes.

use egui::{Color32, Painter, Pos2, Shape, Stroke, pos2, vec2};
use plimsoll_sim::{live::MarkLook, result::TraceEvent};

use super::places::Places;
use crate::{
    gui::{
        canvas::{CanvasInput, camera::Camera},
        theme::Theme,
    },
    live::{Frame, MARK_S, mixed},
    scene::Rect,
};

/// Most sparks of a box at a time, about.
const SPARKS_MAX: u64 = 10;
/// How far a spark rises, in units of the drawing.
const RISE: f32 = 16.0;

/// Paints the sparks of each box on screen; what befell events inside of a collapsed group rises from its box.
pub(super) fn paint(painter: &Painter, camera: &Camera, input: &CanvasInput<'_>, frame: &Frame, places: &Places) {
    let (crowds, seen) = (crowds(frame, places), camera.seen());
    for mark in &*frame.marks {
        let Some((number, place)) = places.home(mark.node).and_then(|number| Some((number, places.boxes.get(number)?))) else { continue };
        if place.body.expand(20.0).intersects(seen) && mixed(mark.journey) & crowds[number] == 0 {
            spark(painter, camera, input, frame, place.body, mark);
        }
    }
}

/// For each box, which bits of a journey's hash must be zero for its sparks to be shown.
fn crowds(frame: &Frame, places: &Places) -> Vec<u64> {
    let mut counts = vec![0_u64; places.boxes.len()];
    for mark in &*frame.marks {
        if let Some(home) = places.home(mark.node) {
            counts[home] += 1;
        }
    }
    counts.into_iter().map(|count| count.div_ceil(SPARKS_MAX).max(1).next_power_of_two() - 1).collect()
}

/// What befalls an event that is worth a spark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It starts an instance.
    ColdStart,
    /// A limit refuses it.
    Throttled,
    /// An attempt fails or takes too long.
    Failed,
    /// Nobody tries it again.
    GivenUp,
}

impl Fate {
    /// All.
    pub(super) const ALL: [Self; 4] = [Self::ColdStart, Self::Throttled, Self::Failed, Self::GivenUp];

    fn of(what: TraceEvent) -> Option<Self> {
        match what {
            TraceEvent::ColdStart => Some(Self::ColdStart),
            TraceEvent::Throttled => Some(Self::Throttled),
            TraceEvent::Failed | TraceEvent::TimedOut => Some(Self::Failed),
            TraceEvent::DeadLettered | TraceEvent::Expired | TraceEvent::GivenUp => Some(Self::GivenUp),
            TraceEvent::Attempt
            | TraceEvent::Wait
            | TraceEvent::Start
            | TraceEvent::Done
            | TraceEvent::Enqueued
            | TraceEvent::Received
            | TraceEvent::Deleted
            | TraceEvent::Filtered => None,
        }
    }

    /// Its color.
    pub(super) fn color(self, theme: &Theme) -> Color32 {
        match self {
            Self::ColdStart => theme.plot[4],
            Self::Throttled | Self::Failed => theme.red,
            Self::GivenUp => theme.amber,
        }
    }

    /// Its shape at a place, of half so many points across.
    pub(super) fn shape(self, at: Pos2, size: f32, color: Color32) -> Shape {
        let line = Stroke::new((size * 0.45).clamp(1.0, 2.2), color);
        match self {
            Self::ColdStart => Shape::circle_stroke(at, size, line),
            Self::Throttled => Shape::line_segment([at - vec2(size, 0.0), at + vec2(size, 0.0)], Stroke::new(line.width * 1.6, color)),
            Self::GivenUp => Shape::circle_filled(at, size, color),
            Self::Failed => Shape::Vec(vec![
                Shape::line_segment([at - vec2(size, size), at + vec2(size, size)], line),
                Shape::line_segment([at + vec2(-size, size), at + vec2(size, -size)], line),
            ]),
        }
    }
}

/// What befell an event, as a spark that rises from the box and fades.
fn spark(painter: &Painter, camera: &Camera, input: &CanvasInput<'_>, frame: &Frame, body: Rect, mark: &MarkLook) {
    let Some(fate) = Fate::of(mark.what) else { return };
    let age = ((frame.at_s() - mark.at_s) / (MARK_S * frame.speed).max(1e-12)) as f32;
    if !(0.0..1.0).contains(&age) {
        return;
    }
    let box_ = camera.screen_rect(body);
    // Each journey has its place along the edge; the use of the tightest limit stands at its end.
    let along = (mixed(mark.journey) >> 40) as f32 / (1_u32 << 24) as f32;
    let rise = if input.preferences.moves() { RISE * age * camera.zoom } else { 4.0 };
    let at = pos2(box_.left() + box_.width() * (0.06 + 0.70 * along), box_.top() - 3.0 * camera.zoom - rise);
    painter.add(fate.shape(at, (3.5 * camera.zoom).clamp(1.5, 5.0), fate.color(input.theme).gamma_multiply(1.0 - age)));
}

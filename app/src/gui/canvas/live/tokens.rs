//! Events on their way: where each one is depends on nothing but the time that is shown.

use egui::{Color32, CursorIcon, Painter, Pos2, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, accesskit::Role, pos2, vec2};
use plimsoll_sim::live::HopLook;

use super::places::{Arrow, Places};
use crate::{
    gui::{
        canvas::{Canvas, CanvasEvent, CanvasInput, Selection, camera::Camera},
        theme::Theme,
        words::live as words,
    },
    live::{Frame, mixed, shown_s},
};

/// Radius of a token, in points at a zoom of 100 %.
const RADIUS: f32 = 4.2;
/// Smallest and largest radius on the screen, in points.
const RADIUS_ON_SCREEN: (f32, f32) = (1.6, 6.0);
/// Distance of two tokens on a crowded arrow, in radii.
const APART: f32 = 3.2;
/// Steps in which a crowd is halved.
const STEPS: f32 = 3.0;
/// How near the pointer must be to touch a token, in points.
const REACH: f32 = 8.0;

/// Colors of event types, distinguishable side by side; none of them warns.
const DARK: [u32; 8] = [0x7C_B1FF, 0x55_D6C2, 0xC9_A8FF, 0xF4_A6C8, 0xB8_E07A, 0x7F_DBFF, 0xE6_D3A3, 0xC3_CCD8];
const LIGHT: [u32; 8] = [0x1F_6FEB, 0x0E_8C7D, 0x71_47C9, 0xB0_3A72, 0x4E_8A12, 0x0A_7FA8, 0x8A_6A1F, 0x4B_5766];

/// The color of an event type, by its index.
pub(super) fn color(theme: &Theme, event_type: u16) -> Color32 {
    let colors = if theme.dark { DARK } else { LIGHT };
    let hex = colors[usize::from(event_type) % colors.len()];
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// The name of the type of an event, where it has one.
fn name<'a>(frame: &'a Frame, hop: &HopLook) -> Option<&'a str> {
    Some(frame.roster.event_types.get(usize::from(hop.event_type))?.as_ref()?.as_str())
}

/// Where a hop is at the time that is shown.
fn place(camera: &Camera, frame: &Frame, places: &Places, hop: &HopLook) -> Option<Pos2> {
    let arrow = places.arrows.get(places.way(hop.edge)?)?;
    let share = (frame.at_s() - hop.from_s) / shown_s(hop, frame.speed).max(1e-12);
    (0.0..1.0).contains(&share).then(|| camera.screen(arrow.track.at(share)))
}

fn radius(camera: &Camera) -> f32 {
    (RADIUS * camera.zoom).clamp(RADIUS_ON_SCREEN.0, RADIUS_ON_SCREEN.1)
}

/// Paints every token on screen; none when nothing shall move.
pub(super) fn paint(painter: &Painter, camera: &Camera, input: &CanvasInput<'_>, frame: &Frame, places: &Places) {
    if !input.preferences.moves() {
        return;
    }
    let (radius, view) = (radius(camera), camera.view.expand(8.0));
    let crowds = crowds(camera, frame, places, radius);
    let shapes = frame.hops.iter().filter_map(|hop| {
        if mixed(hop.journey) > *crowds.get(places.way(hop.edge)?)? {
            return None;
        }
        let at = place(camera, frame, places, hop).filter(|at| view.contains(*at))?;
        let form = Form::of(hop, frame);
        let color = if form == Form::DeadLetter { input.theme.amber } else { color(input.theme, hop.event_type) };
        // The more messages travel together, the larger.
        let radius = if form == Form::Batch { radius * (0.75 + 0.18 * (hop.messages as f32).log2()).min(1.6) } else { radius };
        Some(form.shape(at, radius, color, input.theme))
    });
    painter.extend(shapes);
}

/// For each arrow, up to which hash of its journey a token is shown, so that tokens do not merge to a band: how much travels
/// is told by the width of the arrow. It changes in steps, so that few tokens come and go when the crowd grows.
fn crowds(camera: &Camera, frame: &Frame, places: &Places, radius: f32) -> Vec<u64> {
    let mut counts = vec![0_u32; places.arrows.len()];
    for hop in &*frame.hops {
        if let Some(count) = places.way(hop.edge).and_then(|arrow| counts.get_mut(arrow)) {
            *count += 1;
        }
    }
    let most = |(count, arrow): (u32, &Arrow)| {
        let room = arrow.track.length() as f32 * camera.zoom / (APART * radius);
        let share = room.max(1.0) / count.max(1) as f32;
        let steps = (share.log2() * STEPS).floor().min(0.0);
        // A share of all hashes: rounding does not matter.
        (f64::from((steps / STEPS).exp2()) * u64::MAX as f64) as u64
    };
    counts.into_iter().zip(&places.arrows).map(most).collect()
}

/// What becomes of what a token stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A first attempt.
    First,
    /// A later attempt.
    Again,
    /// Messages that travel together.
    Batch,
    /// A dead letter.
    DeadLetter,
}

impl Form {
    /// All.
    pub(super) const ALL: [Self; 4] = [Self::First, Self::Again, Self::Batch, Self::DeadLetter];

    fn of(hop: &HopLook, frame: &Frame) -> Self {
        if frame.course.carries_dead_letters(hop.edge as usize) {
            Self::DeadLetter
        } else if hop.messages > 1 {
            Self::Batch
        } else if hop.attempt > 1 {
            Self::Again
        } else {
            Self::First
        }
    }

    /// The token at a place.
    pub(super) fn shape(self, at: Pos2, radius: f32, color: Color32, theme: &Theme) -> Shape {
        let outline = Stroke::new(1.0, theme.canvas);
        match self {
            Self::First => Shape::circle_filled(at, radius, color),
            Self::Again => Shape::circle_stroke(at, radius, Stroke::new((radius * 0.45).max(1.2), color)),
            Self::Batch => {
                let square = egui::Rect::from_center_size(at, egui::Vec2::splat(2.0 * radius));
                Shape::Rect(egui::epaint::RectShape::new(square, 1.5, color, outline, StrokeKind::Outside))
            }
            Self::DeadLetter => {
                let corner = |x: f32, y: f32| at + vec2(x, y) * radius * 1.3;
                let corners = vec![corner(0.0, -1.0), corner(1.0, 0.0), corner(0.0, 1.0), corner(-1.0, 0.0)];
                Shape::convex_polygon(corners, color, outline)
            }
        }
    }
}

impl Canvas {
    /// A token under the pointer can be clicked: it stands for a journey.
    pub(in crate::gui::canvas) fn touch_tokens(&self, ui: &Ui, input: &CanvasInput<'_>, events: &mut Vec<CanvasEvent>) {
        let (Some(frame), Some(places)) = (input.live, self.drawn.as_ref().and_then(|drawn| drawn.places.as_ref())) else { return };
        if self.busy() || !input.preferences.moves() {
            return;
        }
        let Some(at) = ui.input(|input| input.pointer.hover_pos()).filter(|_| ui.rect_contains_pointer(self.camera.view)) else { return };
        let crowds = crowds(&self.camera, frame, places, radius(&self.camera));
        let crowd = |hop: &HopLook| crowds.get(places.way(hop.edge)?).copied();
        let near = frame.hops.iter().filter(|hop| crowd(hop).is_some_and(|most| mixed(hop.journey) <= most));
        let near = near.filter_map(|hop| {
            let distance = place(&self.camera, frame, places, hop)?.distance(at);
            (distance <= REACH).then_some((distance, hop))
        });
        let Some((_, hop)) = near.min_by(|a, b| a.0.total_cmp(&b.0)) else { return };
        let area = egui::Rect::from_center_size(pos2(at.x, at.y), egui::Vec2::splat(REACH));
        let response = ui.interact(area, ui.scope_id().with("canvas-token"), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, words::token(hop, name(frame, hop))));
        if response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(words::token(hop, name(frame, hop))).clicked() {
            // Its arrow is meant as well: among many tokens it could not be chosen otherwise.
            let arrow = frame.roster.edges.get(hop.edge as usize).map(|id| self.bundled.get(id).unwrap_or(id));
            events.extend(arrow.map(|id| CanvasEvent::Select(Selection::edge(id.clone()))));
            events.push(CanvasEvent::Follow(hop.journey, hop.from_s));
        }
    }
}

//! A journey that was seen on the drawing, step by step.

use egui::{Frame as Sheet, Id, Margin, Rect, Stroke, Window};

use super::LiveRun;
use crate::{
    gui::{action::Action, results::waterfall_ui, view::View, words::live as words},
    live::Order,
};

/// Size of the window when it opens, in points.
const SIZE: egui::Vec2 = egui::vec2(520.0, 260.0);
/// Distance from the corner of the canvas, in points.
const MARGIN: f32 = 12.0;

/// Shows the journey that is followed, if one is, in the lower left corner of the canvas.
pub fn ui(ctx: &egui::Context, canvas: Rect, view: &View<'_>, live: &LiveRun, actions: &mut Vec<Action>) {
    let Some(trace) = live.frame().and_then(|frame| frame.followed.as_ref()) else { return };
    let theme = view.theme;
    let mut open = true;
    let sheet = Sheet::new().fill(theme.surface).stroke(Stroke::new(1.0, theme.stroke)).corner_radius(8.0).inner_margin(Margin::same(10));
    let corner = canvas.left_bottom() + egui::vec2(MARGIN, -MARGIN - SIZE.y - 40.0);
    Window::new(words::journey(trace.ordinal))
        .id(Id::unique("live-journey"))
        .open(&mut open)
        .frame(sheet)
        .default_pos(corner)
        .default_size(SIZE)
        .constrain_to(canvas)
        .show(ctx, |ui| {
            ui.set_min_size(egui::vec2(360.0, 120.0));
            waterfall_ui(ui, view, trace);
        });
    if !open {
        actions.push(Action::Live(Order::Forget));
    }
}

//! Which part of the drawing is seen, and how large.

use egui::{Pos2, Vec2, pos2, vec2};
use plimsoll_models::Point;

use crate::scene::Rect;

/// Smallest zoom: a box is a mark.
pub(super) const ZOOM_MIN: f32 = 0.04;
/// Largest zoom.
pub(super) const ZOOM_MAX: f32 = 6.0;
/// Largest zoom that fitting chooses, so that two boxes do not fill the window.
const ZOOM_FIT_MAX: f32 = 1.25;
/// One step of zooming in.
const STEP: f32 = 1.25;
/// Free border around what is fitted, in points.
const FIT_MARGIN: f32 = 40.0;

/// A view of the drawing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Camera {
    /// What stands in the middle of the view.
    pub center: Point,
    /// Points for each unit of the drawing.
    pub zoom: f32,
    /// Where the view lies on the screen.
    pub view: egui::Rect,
    /// How far down from its top words cover the view, in points.
    pub covered: f32,
}

impl Default for Camera {
    fn default() -> Self {
        let view = egui::Rect::from_min_size(Pos2::ZERO, Vec2::new(800.0, 600.0));
        Self { center: Point::default(), zoom: 1.0, view, covered: 0.0 }
    }
}

impl Camera {
    /// Screen from drawing.
    pub(super) fn screen(&self, p: Point) -> Pos2 {
        let middle = self.view.center();
        pos2(middle.x + (p.x - self.center.x) as f32 * self.zoom, middle.y + (p.y - self.center.y) as f32 * self.zoom)
    }

    /// Drawing from screen.
    pub(super) fn diagram(&self, p: Pos2) -> Point {
        let from_middle = (p - self.view.center()) / self.zoom;
        Point::new(self.center.x + f64::from(from_middle.x), self.center.y + f64::from(from_middle.y))
    }

    /// Screen from drawing.
    pub(super) fn screen_rect(&self, rect: Rect) -> egui::Rect {
        egui::Rect::from_min_max(self.screen(rect.min), self.screen(rect.max))
    }

    /// What is seen of the drawing.
    pub(super) fn seen(&self) -> Rect {
        Rect { min: self.diagram(self.view.min), max: self.diagram(self.view.max) }
    }

    /// Moves the drawing by so many points.
    pub(super) fn pan(&mut self, by: Vec2) {
        self.center.x -= f64::from(by.x / self.zoom);
        self.center.y -= f64::from(by.y / self.zoom);
    }

    /// Zooms while a place on the screen keeps what it shows.
    pub(super) fn zoom_at(&mut self, at: Pos2, factor: f32) {
        let fixed = self.diagram(at);
        self.zoom = (self.zoom * factor).clamp(ZOOM_MIN, ZOOM_MAX);
        let moved = self.diagram(at);
        self.center.x += fixed.x - moved.x;
        self.center.y += fixed.y - moved.y;
    }

    /// One step closer, or away from the drawing when negative. Steps meet 100 %.
    pub(super) fn step(&mut self, steps: i32) {
        let level = (self.zoom.ln() / STEP.ln() * 100.0).round() / 100.0;
        let next = if steps > 0 { level.floor() + 1.0 } else { level.ceil() - 1.0 };
        self.zoom = STEP.powf(next).clamp(ZOOM_MIN, ZOOM_MAX);
    }

    /// Shows all of a rectangle, in the middle of the view or below what covers the view where it would reach under that.
    pub(super) fn fit(&mut self, rect: Rect) {
        self.fit_below(rect, FIT_MARGIN);
        if self.screen(rect.min).y < self.view.top() + self.covered {
            self.fit_below(rect, self.covered.max(FIT_MARGIN));
        }
    }

    /// Shows all of a rectangle in the middle of what lies so far below the top of the view.
    fn fit_below(&mut self, rect: Rect, top: f32) {
        let room = (self.view.size() - vec2(2.0 * FIT_MARGIN, top + FIT_MARGIN)).max(Vec2::splat(50.0));
        let zoom = (room.x / rect.width().max(1.0) as f32).min(room.y / rect.height().max(1.0) as f32);
        self.zoom = zoom.clamp(ZOOM_MIN, ZOOM_FIT_MAX);
        self.center = rect.center();
        self.center.y -= f64::from((top - FIT_MARGIN) / 2.0 / self.zoom);
    }

    /// Moves as little as possible so that a rectangle is seen well.
    pub(super) fn reveal(&mut self, rect: Rect) {
        if self.zoom < 0.5 {
            self.zoom = 0.8;
        }
        let seen = self.seen().expand(f64::from(-FIT_MARGIN / self.zoom));
        if !seen.contains_rect(rect) {
            self.center = rect.center();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zooming_keeps_what_is_under_the_pointer() {
        let mut camera = Camera { center: Point::new(40.0, -7.0), zoom: 0.8, ..Camera::default() };
        let at = pos2(120.0, 500.0);
        let before = camera.diagram(at);
        camera.zoom_at(at, 1.9);
        let after = camera.diagram(at);
        assert!((before.x - after.x).abs() < 1e-2 && (before.y - after.y).abs() < 1e-2);
    }

    #[test]
    fn what_is_fitted_lies_below_what_covers_the_view() {
        let mut camera = Camera::default();
        let (tall, flat) = (Rect::new(0.0, 0.0, 500.0, 2_000.0), Rect::new(0.0, 0.0, 2_000.0, 100.0));
        let top_of = |camera: &mut Camera, rect: Rect, covered: f32| {
            camera.covered = covered;
            camera.fit(rect);
            assert!(camera.screen(rect.max).y < camera.view.bottom() && camera.screen(rect.min).x > camera.view.left());
            camera.screen(rect.min).y
        };
        assert!((top_of(&mut camera, tall, 0.0) - FIT_MARGIN).abs() < 1e-2);
        assert!((top_of(&mut camera, tall, 80.0) - 80.0).abs() < 1e-2);
        // What has room anyway stays in the middle.
        assert!((top_of(&mut camera, flat, 80.0) - top_of(&mut camera, flat, 0.0)).abs() < 1e-2);
    }

    #[test]
    fn steps_meet_one_hundred_percent() {
        let mut camera = Camera { zoom: 0.9, ..Camera::default() };
        camera.step(1);
        assert!((camera.zoom - 1.0).abs() < 1e-6);
        camera.step(1);
        camera.step(-1);
        assert!((camera.zoom - 1.0).abs() < 1e-6);
    }
}

//! Wheel, touchpad and pinch.

use egui::{Event, MouseWheelUnit};

use super::{Canvas, CanvasInput};
use crate::settings::Wheel;

/// Points of scrolling for a zoom by a factor of e.
const ZOOM_TRAVEL: f32 = 220.0;

impl Canvas {
    /// A wheel with notches zooms where the pointer is, a touchpad pans; pinching and Ctrl with either zoom.
    pub(super) fn navigate(&mut self, ui: &egui::Ui, input: &CanvasInput<'_>) {
        let (scroll, pinch, at, unit) = ui.input(|input| {
            // A wheel tells lines or pages, a touchpad points.
            let unit = input.events.iter().rev().find_map(|event| match event {
                Event::MouseWheel { unit, .. } => Some(*unit),
                _ => None,
            });
            (input.smooth_scroll_delta(), input.zoom_delta(), input.pointer.hover_pos(), unit)
        });
        if let Some(unit) = unit {
            self.notched = unit != MouseWheelUnit::Point;
        }
        let Some(at) = at else { return };
        let pinched = (pinch - 1.0).abs() > f32::EPSILON;
        if pinched || scroll != egui::Vec2::ZERO {
            self.travel = None;
        }
        let zooms = match input.preferences.wheel {
            Wheel::Device => self.notched,
            Wheel::Zoom => true,
            Wheel::Pan => false,
        };
        if pinched {
            self.camera.zoom_at(at, pinch);
        } else if zooms {
            if scroll.y != 0.0 {
                self.camera.zoom_at(at, (scroll.y / ZOOM_TRAVEL).exp());
            }
            self.camera.pan(egui::vec2(scroll.x, 0.0));
        } else {
            self.camera.pan(scroll);
        }
    }
}

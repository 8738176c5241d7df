//! The time axis that the load and the faults of a scenario share.

use egui::{Align2, FontId, Painter, Rangef, Stroke};

use crate::gui::{plots, theme::Theme};

/// Steps that a drag over the whole axis can be divided into, at least.
const STEPS_MIN: f64 = 100.0;

/// Where times stand on screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TimeAxis {
    /// Left and right end on screen.
    pub span: Rangef,
    /// Time at the right end, in seconds.
    pub seconds: f64,
}

impl TimeAxis {
    /// Where a time stands.
    pub(super) fn x(&self, seconds: f64) -> f32 {
        self.span.min + self.span.span() * (seconds / self.seconds).clamp(0.0, 1.0) as f32
    }

    /// The time of a place, also of one beside the axis.
    pub(super) fn at(&self, x: f32) -> f64 {
        f64::from((x - self.span.min) / self.span.span().max(1.0)) * self.seconds
    }

    /// The step that drags and arrow keys go in, in seconds.
    pub(super) fn step(&self) -> f64 {
        let wanted = self.seconds / STEPS_MIN;
        plots::TIME_STEPS.iter().copied().rev().find(|step| *step <= wanted).unwrap_or(plots::TIME_STEPS[0])
    }

    /// The nearest time on a step, never before zero.
    pub(super) fn snapped(&self, seconds: f64) -> f64 {
        snapped(seconds, self.step())
    }

    /// Lines at round times, with their labels under them if there is room for labels.
    pub(super) fn paint(&self, painter: &Painter, theme: &Theme, rows: Rangef, labels: Option<f32>) {
        for mark in plots::time_marks((0.0, self.seconds)) {
            let x = self.x(mark.value);
            painter.vline(x, rows, Stroke::new(1.0, theme.stroke));
            if let Some(y) = labels {
                let anchor = if mark.value == 0.0 {
                    Align2::LEFT_TOP
                } else if x > self.span.max - 24.0 {
                    Align2::RIGHT_TOP
                } else {
                    Align2::CENTER_TOP
                };
                let font = FontId::proportional(Theme::SIZE_SMALL);
                painter.text(egui::pos2(x, y), anchor, plots::clock(mark.value), font, theme.text_weak);
            }
        }
    }
}

/// The nearest multiple of a step, without the noise of the multiplication, never below zero.
pub(super) fn snapped(value: f64, step: f64) -> f64 {
    let multiple = (value.max(0.0) / step).round();
    if step < 1.0 { multiple / (1.0 / step).round() } else { multiple * step }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_go_there_and_back_and_snap_to_round_ones() {
        let axis = TimeAxis { span: Rangef::new(100.0, 700.0), seconds: 300.0 };
        assert_eq!((axis.x(0.0), axis.x(150.0), axis.x(900.0)), (100.0, 400.0, 700.0));
        assert!((axis.at(400.0) - 150.0).abs() < 1e-9);
        assert_eq!((axis.step(), axis.snapped(61.4), axis.snapped(-3.0)), (1.0, 61.0, 0.0));
        assert_eq!(snapped(0.300_000_01, 0.1), 0.3);
    }
}

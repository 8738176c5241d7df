//! Times and values as they stand along the axes of plots.

use std::ops::RangeInclusive;

use egui_plot::GridMark;
use plimsoll_models::units::Quantity;

use crate::gui::format;

/// How a vertical axis grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// By steps.
    #[default]
    Linear,
    /// By factors; what is drawn is the decadic logarithm.
    Logarithmic,
}

/// Room above the largest value, as a share of it.
const HEADROOM: f64 = 0.06;
/// Most steps of a linear axis.
const MARKS: f64 = 4.0;
/// Marks within a decade that people read.
const IN_A_DECADE: [f64; 3] = [1.0, 2.0, 5.0];
/// Values below this are zero on a logarithmic axis and are not drawn.
const LEAST: f64 = 1e-12;

impl Scale {
    /// Where a value stands; nowhere where it cannot stand.
    pub(crate) fn drawn(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Logarithmic if value > LEAST => libm::log10(value),
            Self::Logarithmic => f64::NAN,
        }
    }

    /// The value at a place.
    pub(crate) fn value(self, drawn: f64) -> f64 {
        match self {
            Self::Linear => drawn,
            Self::Logarithmic => libm::pow(10.0, drawn),
        }
    }

    /// The ends of the axis for these values, as they are drawn.
    pub(crate) fn bounds<I: Iterator<Item = f64>>(self, values: impl Fn() -> I) -> [f64; 2] {
        match self {
            Self::Linear => {
                let most = values().fold(0.0, f64::max);
                [0.0, if most > 0.0 { most * (1.0 + HEADROOM) } else { 1.0 }]
            }
            Self::Logarithmic => {
                let drawn = || values().map(|value| self.drawn(value)).filter(|value| value.is_finite());
                let (low, high) = (drawn().fold(f64::INFINITY, f64::min), drawn().fold(f64::NEG_INFINITY, f64::max));
                if low > high { [-3.0, 0.0] } else { [low - HEADROOM, high.max(low + 0.3) + HEADROOM] }
            }
        }
    }

    /// What stands beside the marks.
    pub(crate) fn formatter(self, quantity: Quantity) -> impl Fn(GridMark, &RangeInclusive<f64>) -> String {
        let print = printer(quantity);
        move |mark, _| if self == Self::Linear && mark.value < 0.0 { String::new() } else { print(self.value(mark.value)) }
    }
}

/// How a value is written.
pub(crate) fn printer(quantity: Quantity) -> fn(f64) -> String {
    match quantity {
        Quantity::Duration => format::seconds,
        Quantity::Rate => |value| format!("{}/s", format::number(value)),
        Quantity::Fraction => format::percent,
        Quantity::Money => format::money,
        Quantity::Bytes | Quantity::Count | Quantity::Number => format::number,
    }
}

/// Marks of a linear axis: few enough for a low plot, at steps of 1, 2 or 5.
pub(crate) fn rounds((low, high): (f64, f64)) -> Vec<GridMark> {
    let least = (high - low) / MARKS;
    if !(least.is_finite() && least > 0.0) {
        return Vec::new();
    }
    let decade = libm::pow(10.0, libm::log10(least).floor());
    let step = IN_A_DECADE.into_iter().chain([10.0]).map(|factor| factor * decade).find(|step| *step >= least).unwrap_or(least);
    let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
    // They are chosen for the room that there is, so none of them fades for want of room.
    (first..=last).map(|number| GridMark { value: number as f64 * step, step_size: 2.0 * step }).collect()
}

/// Marks of a logarithmic axis: decades, and 2 and 5 between them.
pub(crate) fn decades((low, high): (f64, f64)) -> Vec<GridMark> {
    if !(low.is_finite() && high.is_finite()) || high - low > 60.0 {
        return Vec::new();
    }
    let all = (low.floor() as i32..=high.ceil() as i32).flat_map(|decade| {
        IN_A_DECADE
            .map(|factor| GridMark { value: f64::from(decade) + libm::log10(factor), step_size: if factor == 1.0 { 1.0 } else { 0.3 } })
    });
    all.filter(|mark| (low..=high).contains(&mark.value)).collect()
}

/// Steps of the time axis that people count in, in seconds.
pub(crate) const TIME_STEPS: &[f64] = &[
    0.001,
    0.01,
    0.1,
    0.5,
    1.0,
    5.0,
    10.0,
    30.0,
    60.0,
    120.0,
    300.0,
    600.0,
    1_800.0,
    3_600.0,
    7_200.0,
    21_600.0,
    43_200.0,
    86_400.0,
    604_800.0,
    2_592_000.0,
];

/// Marks of the time axis: about six, at whole seconds, minutes or hours.
pub(crate) fn time_marks((low, high): (f64, f64)) -> Vec<GridMark> {
    let wanted = (high - low) / 6.0;
    let Some(step) = TIME_STEPS.iter().copied().find(|step| *step >= wanted).or_else(|| TIME_STEPS.last().copied()) else {
        return Vec::new();
    };
    let first = (low / step).ceil().max(0.0);
    let count = (((high / step).floor() - first).max(0.0) as usize).min(100);
    (0..=count).map(|n| GridMark { value: (first + n as f64) * step, step_size: step }).collect()
}

/// A time on the axis: `45 s`, `3:20`, `2:05 h`.
pub(crate) fn clock(seconds: f64) -> String {
    if seconds < 120.0 {
        return format::seconds(seconds.max(0.0));
    }
    let whole = seconds.round() as u64;
    if whole < 7_200 {
        return format!("{}:{:02} min", whole / 60, whole % 60);
    }
    let (hours, minutes) = (whole / 3_600, whole % 3_600 / 60);
    if hours < 48 { format!("{hours}:{minutes:02} h") } else { format!("{:.1} d", seconds / 86_400.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linear_axis_has_a_few_round_marks() {
        let marks = |high: f64| rounds((0.0, high)).iter().map(|mark| mark.value).collect::<Vec<_>>();
        assert_eq!(marks(6_600.0), [0.0, 2_000.0, 4_000.0, 6_000.0]);
        assert_eq!(marks(4.2), [0.0, 2.0, 4.0]);
        assert_eq!(marks(1.0), [0.0, 0.5, 1.0]);
        assert!(marks(0.0).is_empty() && marks(f64::INFINITY).is_empty() && marks(f64::NAN).is_empty());
    }
}

//! Connecting and shaping arrows.

use plimsoll_models::LineStyle;

/// A step of the history.
pub const LINE_STYLE: &str = "Line style";
/// A step of the history.
pub const RESET_LINE: &str = "Reset line";
/// What stands before the choice of a style.
pub const LINE: &str = "Line";
/// The choice when lines differ.
pub const MIXED: &str = "Mixed";

/// A style, as people choose it.
pub fn style(style: LineStyle) -> &'static str {
    match style {
        LineStyle::Orthogonal => "Orthogonal",
        LineStyle::Bezier => "Curved",
        LineStyle::Straight => "Straight",
    }
}

/// What a style does, for tooltips.
pub fn style_help(style: LineStyle) -> &'static str {
    match style {
        LineStyle::Orthogonal => "Horizontal and vertical pieces around boxes",
        LineStyle::Bezier => "One smooth curve",
        LineStyle::Straight => "The shortest way, whatever stands there",
    }
}

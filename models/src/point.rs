//! Positions in diagram space: x to the right, y down, one unit is one pixel at 100 % zoom.

use serde::{Deserialize, Serialize};

/// Farthest a node may be from the origin, so that arithmetic on positions stays exact enough.
pub const COORDINATE_MAX: f64 = 1e6;

/// A place on the drawing; in the file a pair `[x, y]`, rounded to tenths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "(f64, f64)", into = "(f64, f64)")]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

impl Point {
    /// A point at the given coordinates.
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// The nearest point that the file can hold: finite, in bounds, rounded to tenths.
    pub fn rounded(self) -> Self {
        let tenth = |v: f64| {
            if v.is_finite() { (v.clamp(-COORDINATE_MAX, COORDINATE_MAX) * 10.0).round() / 10.0 + 0.0 } else { 0.0 }
        };
        Self { x: tenth(self.x), y: tenth(self.y) }
    }
}

impl From<(f64, f64)> for Point {
    fn from((x, y): (f64, f64)) -> Self {
        Self { x, y }
    }
}

impl From<Point> for (f64, f64) {
    fn from(point: Point) -> Self {
        (point.x, point.y)
    }
}

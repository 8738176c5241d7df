//! How an arrow runs on the drawing, where people want it otherwise than the router does.

use serde::{Deserialize, Serialize};

use super::Fields;
use crate::Point;

/// Most waypoints that an arrow may have.
pub const WAYPOINTS_MAX: usize = 64;

/// The course of an arrow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineStyle {
    /// Horizontal and vertical pieces around boxes.
    #[default]
    Orthogonal,
    /// One curve.
    Bezier,
    /// The shortest way.
    Straight,
}

impl LineStyle {
    /// All styles, in the order of menus.
    pub const ALL: [Self; 3] = [Self::Orthogonal, Self::Bezier, Self::Straight];

    /// The word in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Orthogonal => "orthogonal",
            Self::Bezier => "bezier",
            Self::Straight => "straight",
        }
    }
}

/// Where somebody put the label of an arrow.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LabelPlace {
    /// Which point of the way it belongs to, as a share of the way's length from 0 to 1.
    pub along: f64,
    /// Where the label's center stands from there, in diagram units.
    pub offset: Point,
}

/// The looks of an arrow, apart from what it means.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// Its course.
    pub style: LineStyle,
    /// Points that it passes, in the order from source to target; at most [`WAYPOINTS_MAX`].
    pub waypoints: Vec<Point>,
    /// Where its label stands; the drawing finds a place when absent.
    pub label: Option<LabelPlace>,
    /// Fields of a newer version, kept as they are.
    pub unknown: Fields,
}

impl Line {
    /// Whether it says nothing that the router would not do by itself.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

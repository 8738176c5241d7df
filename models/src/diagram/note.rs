//! Remarks on the drawing that are no part of the system.

use super::Fields;
use crate::{EdgeId, NodeId, Point};

/// What a note is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// A box.
    Node(NodeId),
    /// An arrow.
    Edge(EdgeId),
}

/// A sheet of text on the drawing, free or tied to a box or an arrow.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Note {
    /// Its words, in Markdown.
    pub text: String,
    /// Position of its upper left corner.
    pub at: Point,
    /// Its width in diagram units; as wide as notes are by default when absent. The height follows from the words.
    pub width: Option<f64>,
    /// What it is about, if not the drawing as a whole.
    pub about: Option<About>,
    /// Its number in a walk through the drawing, from 1.
    pub step: Option<u32>,
    /// Fields of a newer version, kept as they are.
    pub unknown: Fields,
}

/// A view of the drawing to come back to.
#[derive(Clone, Debug, PartialEq)]
pub struct Bookmark {
    /// What menus call it.
    pub name: String,
    /// The point of the drawing in the middle of the view.
    pub center: Point,
    /// Screen pixels for one diagram unit.
    pub zoom: f64,
    /// Fields of a newer version, kept as they are.
    pub unknown: Fields,
}

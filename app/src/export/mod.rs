//! The drawing as a file: SVG, and PNG made from that SVG.

mod lacking;
mod png;
mod svg;

use plimsoll_models::{Catalog, Diagram, Point};
use plimsoll_sim::RunResult;
use thiserror::Error;

pub use png::{SIDE_MAX, png};
pub(crate) use svg::Escaped;
pub use svg::svg;

use crate::scene::{self, Rect, SceneTheme};

/// The look of an exported picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExportTheme {
    /// Dark strokes on paper.
    #[default]
    Light,
    /// Light strokes on slate.
    Dark,
}

/// How an exported picture is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Its colors.
    pub theme: ExportTheme,
    /// Whether it says what the lines mean.
    pub legend: bool,
}

impl From<ExportTheme> for Look {
    fn from(theme: ExportTheme) -> Self {
        Self { theme, ..Self::default() }
    }
}

/// Gap between the drawing and the legend below it.
const LEGEND_GAP: f64 = 24.0;

/// The file format.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Format {
    /// Scalable Vector Graphics, one self-contained file.
    Svg,
    /// Portable Network Graphics.
    Png {
        /// Pixels for each unit of the drawing.
        scale: f32,
    },
}

/// Why a picture cannot be made.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ExportError {
    /// There is nothing to draw.
    #[error("the diagram is empty: there is nothing to draw")]
    Empty,
    /// The scale is not a positive number.
    #[error("a scale of {0} makes no picture: use a number above zero, such as 2")]
    Scale(f32),
    /// The picture would take too much memory.
    #[error(
        "the picture would have {width} x {height} pixels and the most is {max} on a side: use a scale of at most {scale_max:.2}, or SVG"
    )]
    TooLarge {
        /// Pixels across.
        width: u64,
        /// Pixels down.
        height: u64,
        /// Most pixels on a side.
        max: u32,
        /// Largest scale that fits.
        scale_max: f32,
    },
    /// Our own SVG cannot be drawn; a fault of ours.
    #[error("the picture cannot be drawn: {0}")]
    Render(String),
}

/// An exported picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The file.
    pub bytes: Vec<u8>,
    /// Scripts whose letters it shows as boxes, because no font of this machine has them. An SVG leaves them to who opens it.
    pub lacking: Vec<&'static str>,
}

/// The bytes of [`draw`].
pub fn render(
    diagram: &Diagram,
    catalog: &Catalog,
    result: Option<&RunResult>,
    look: impl Into<Look>,
    format: Format,
) -> Result<Vec<u8>, ExportError> {
    draw(diagram, catalog, result, look, format).map(|picture| picture.bytes)
}

/// Draws a diagram, with the figures of a run when there is one, into a file.
///
/// A diagram without nodes is an error: there is nothing to look at. So is a picture of too many pixels.
pub fn draw(
    diagram: &Diagram,
    catalog: &Catalog,
    result: Option<&RunResult>,
    look: impl Into<Look>,
    format: Format,
) -> Result<Picture, ExportError> {
    let look = look.into();
    let theme = match look.theme {
        ExportTheme::Light => SceneTheme::light(),
        ExportTheme::Dark => SceneTheme::dark(),
    };
    let mut scene = scene::build(diagram, catalog, &theme, result);
    let Some(bounds) = scene.bounds else { return Err(ExportError::Empty) };
    let below = Point::new(bounds.min.x, bounds.max.y + LEGEND_GAP);
    let legend = scene::legend(&scene::kinds_in_use(diagram), below, &theme).filter(|_| look.legend);
    scene.bounds = legend.iter().map(|part| part.bounds).chain([bounds]).reduce(Rect::union);
    scene.parts.extend(legend);
    let svg = svg(&scene);
    match format {
        Format::Svg => Ok(Picture { bytes: svg.into_bytes(), lacking: Vec::new() }),
        Format::Png { scale } => png::picture(&svg, scale),
    }
}

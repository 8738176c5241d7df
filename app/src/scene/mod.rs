//! The drawing as plain data: what the window paints and what an export writes.
//!
//! [`build`] turns a diagram into a [`Scene`], a flat list of shapes in diagram units that remember which node or edge
//! they stand for. It knows neither egui nor files.

mod before;
mod build;
mod color;
mod course;
mod edge;
mod figure;
mod fold;
mod group;
mod index;
mod label;
mod legend;
mod load;
mod markdown;
mod net;
mod node;
mod note;
mod nudge;
mod order;
pub mod port;
mod rect;
pub mod route;
mod routes;
mod shape;
mod spark;
mod summary;
pub mod text;
mod theme;
pub mod way;

pub use build::{SceneCache, build};
pub use color::Color;
pub use edge::{CORNER_RADIUS, EDGE_WIDTH, label_width};
pub use figure::{Figure, seconds, short};
pub use fold::{Folded, FoldedGroup, fold, is_folded};
pub use group::{FRAME_PADDING, TITLE_HEIGHT, frame_around, frames, group_icon, group_word, members, title_rect};
pub use index::Index;
pub use legend::{kinds_in_use, legend, line_words};
pub use load::{AMBER_FROM, Level, Load, gauge_y, load_sentence};
pub use node::{NODE_HEIGHT, NODE_WIDTH, SMALL_SIZE, cells_rect, figure_place, gauge_rect, node_rect, spark_rect};
pub use note::{NOTE_WIDTH, NOTE_WIDTH_MAX, NOTE_WIDTH_MIN, note_width};
pub use order::reading_order;
pub use rect::Rect;
pub use shape::{Anchor, Dash, Detail, Font, Form, Link, Part, Scene, Shape, Stroke, Text, corner, rounded};
pub use spark::{RunKey, Spark, Tells};
pub use summary::Summary;
pub use theme::{LoadColors, SceneTheme};

/// The bundled fonts by family name: text, emphasis, figures.
pub const FONTS: [(&str, &[u8]); 3] = [
    ("Inter", include_bytes!("../../../assets/fonts/Inter-Regular.ttf")),
    ("Inter SemiBold", include_bytes!("../../../assets/fonts/Inter-SemiBold.ttf")),
    ("JetBrains Mono", include_bytes!("../../../assets/fonts/JetBrainsMono-Regular.ttf")),
];

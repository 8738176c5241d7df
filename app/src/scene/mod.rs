//! The drawing as plain data: what the window paints and what an export writes.

mod color;
mod theme;

pub use color::Color;
pub use theme::{LoadColors, SceneTheme};

/// The bundled fonts by family name: text, emphasis, figures.
pub const FONTS: [(&str, &[u8]); 3] = [
    ("Inter", include_bytes!("../../../assets/fonts/Inter-Regular.ttf")),
    ("Inter SemiBold", include_bytes!("../../../assets/fonts/Inter-SemiBold.ttf")),
    ("JetBrains Mono", include_bytes!("../../../assets/fonts/JetBrainsMono-Regular.ttf")),
];

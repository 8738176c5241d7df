//! SVG to PNG, without a display and without the fonts of the system where ours suffice.

use std::sync::{Arc, OnceLock};

use super::{ExportError, Picture, lacking::Letters};
use crate::scene::{FONTS, text};

/// Most pixels on a side.
pub const SIDE_MAX: u32 = 16_384;
/// Most pixels in all: 256 MiB of memory.
const PIXELS_MAX: u64 = 64 << 20;

/// Draws an SVG document of ours; the bytes of the file.
pub fn png(svg: &str, scale: f32) -> Result<Vec<u8>, ExportError> {
    picture(svg, scale).map(|picture| picture.bytes)
}

/// Draws an SVG document of ours with so many pixels for each of its units.
pub(super) fn picture(svg: &str, scale: f32) -> Result<Picture, ExportError> {
    if !(scale.is_finite() && scale > 0.0) {
        return Err(ExportError::Scale(scale));
    }
    let fault = |error: &dyn std::fmt::Display| ExportError::Render(error.to_string());
    let covered = text::is_covered(svg);
    let fonts = if covered { bundled() } else { with_system() };
    let letters = if covered { Letters::default() } else { Letters::of(svg, &fonts) };
    let options =
        usvg::Options { font_family: "Inter".to_owned(), font_resolver: letters.resolver(), fontdb: fonts, ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(svg, &options).map_err(|error| fault(&error))?;
    let (width, height) = pixels(tree.size().width(), tree.size().height(), scale)?;
    let mut pixmap = tiny_skia::Pixmap::new(width, height).ok_or_else(|| fault(&"no memory for the picture"))?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    let bytes = pixmap.encode_png().map_err(|error| fault(&error))?;
    Ok(Picture { bytes, lacking: letters.lacking.into_iter().collect() })
}

fn pixels(width: f32, height: f32, scale: f32) -> Result<(u32, u32), ExportError> {
    let pixels = |side: f32| (f64::from(side) * f64::from(scale)).ceil().max(1.0) as u64;
    let (w, h) = (pixels(width), pixels(height));
    if w.max(h) <= u64::from(SIDE_MAX) && w.saturating_mul(h) <= PIXELS_MAX {
        return Ok((w as u32, h as u32));
    }
    let by_side = SIDE_MAX as f32 / width.max(height);
    let by_area = (PIXELS_MAX as f32 / (width * height)).sqrt();
    let scale_max = (by_side.min(by_area) * 100.0).floor() / 100.0;
    Err(ExportError::TooLarge { width: w, height: h, max: SIDE_MAX, scale_max })
}

fn bundled() -> Arc<usvg::fontdb::Database> {
    static BUNDLED: OnceLock<Arc<usvg::fontdb::Database>> = OnceLock::new();
    Arc::clone(BUNDLED.get_or_init(|| Arc::new(load())))
}

/// Also the fonts of the system, for scripts that ours lack. Reading them takes a while.
fn with_system() -> Arc<usvg::fontdb::Database> {
    static SYSTEM: OnceLock<Arc<usvg::fontdb::Database>> = OnceLock::new();
    Arc::clone(SYSTEM.get_or_init(|| {
        let mut fonts = load();
        fonts.load_system_fonts();
        Arc::new(fonts)
    }))
}

fn load() -> usvg::fontdb::Database {
    let mut fonts = usvg::fontdb::Database::new();
    for (_, bytes) in FONTS {
        fonts.load_font_data(bytes.to_vec());
    }
    fonts.set_sans_serif_family("Inter");
    fonts
}

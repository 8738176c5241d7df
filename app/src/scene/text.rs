//! Width of text in the bundled fonts, so that the window and an exported picture shorten labels alike.

use std::sync::OnceLock;

use ttf_parser::Face;

use super::{FONTS, Font};

/// Height of a capital letter of Inter, as a share of the font's height.
pub const CAPITAL: f64 = 0.727;
/// Distance from the top of a line to its baseline in Inter, as a share of the font's height.
pub const ASCENT: f64 = 0.968_75;

/// Width of a line of text in a font of the given height.
pub fn width(text: &str, font: Font, size: f64) -> f64 {
    text.chars().map(|c| advance(c, font)).sum::<f64>() * size
}

/// The text, or its beginning and an ellipsis when it is wider than allowed.
pub fn elide(text: &str, font: Font, size: f64, width_max: f64) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if width(&text, font, size) <= width_max {
        return text;
    }
    let room = width_max / size - advance('…', font);
    let mut used = 0.0;
    let mut kept: String = text
        .chars()
        .take_while(|c| {
            used += advance(*c, font);
            used <= room
        })
        .collect();
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

/// Width of a character as a share of the font's height.
fn advance(c: char, font: Font) -> f64 {
    let Some(face) = face(font) else { return 0.6 };
    let units = f64::from(face.units_per_em());
    match face.glyph_index(c).and_then(|glyph| face.glyph_hor_advance(glyph)) {
        Some(advance) => f64::from(advance) / units,
        // From a font that we do not have; ideographs are square.
        None if c >= '\u{1100}' => 1.0,
        None => 0.6,
    }
}

fn face(font: Font) -> Option<&'static Face<'static>> {
    static FACES: [OnceLock<Option<Face<'static>>>; 3] = [const { OnceLock::new() }; 3];
    let index = match font {
        Font::Regular => 0,
        Font::SemiBold => 1,
        Font::Mono => 2,
    };
    FACES[index].get_or_init(|| Face::parse(FONTS[index].1, 0).ok()).as_ref()
}

/// Whether every character is in the bundled fonts.
pub fn is_covered(text: &str) -> bool {
    face(Font::Regular).is_some_and(|face| text.chars().all(|c| c.is_control() || face.glyph_index(c).is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_shortened_to_its_place() {
        let name = "Payment processor of the shop";
        let short = elide(name, Font::SemiBold, 13.0, 102.0);
        assert!(short.ends_with('…') && width(&short, Font::SemiBold, 13.0) <= 102.0, "{short}");
        assert_eq!(elide("Orders", Font::SemiBold, 13.0, 102.0), "Orders");
        assert_eq!(elide("注文キュー", Font::Regular, 10.0, 1.0), "…");
        assert_eq!(width("注文", Font::Regular, 10.0), 20.0);
    }

    #[test]
    fn the_font_is_as_tall_as_we_say() {
        let face = face(Font::Regular).unwrap();
        let units = f64::from(face.units_per_em());
        assert!((f64::from(face.ascender()) / units - ASCENT).abs() < 0.01, "{}", f64::from(face.ascender()) / units);
        assert!((f64::from(face.capital_height().unwrap()) / units - CAPITAL).abs() < 0.01);
    }
}

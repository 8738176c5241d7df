//! Letters that no font has: a picture shows boxes in their places, and somebody should say so.

use std::collections::{BTreeMap, BTreeSet};

use ttf_parser::Face;
use unicode_script::{Script, UnicodeScript as _};
use usvg::fontdb::Database;

/// The scripts of the letters of a text that none of these fonts has, in alphabetical order.
pub(super) fn lacking(text: &str, fonts: &Database) -> BTreeSet<&'static str> {
    let mut letters: BTreeMap<char, Script> = text.chars().filter(|c| is_drawn(*c)).map(|c| (c, c.script())).collect();
    for face in fonts.faces() {
        if letters.is_empty() {
            break;
        }
        fonts.with_face_data(face.id, |data, index| {
            if let Ok(face) = Face::parse(data, index) {
                letters.retain(|letter, _| face.glyph_index(*letter).is_none());
            }
        });
    }
    letters.into_values().map(name).collect()
}

/// Whether a character has a shape of its own: not those that join, separate or direct others.
fn is_drawn(c: char) -> bool {
    let directs =
        matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}');
    !(c.is_control() || c.is_whitespace() || directs)
}

fn name(script: Script) -> &'static str {
    match script {
        Script::Han => "Han (Chinese, Japanese)",
        Script::Hiragana | Script::Katakana => "Kana (Japanese)",
        Script::Hangul => "Hangul (Korean)",
        Script::Common | Script::Inherited | Script::Unknown => "symbols",
        known => known.full_name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundled() -> Database {
        let mut fonts = Database::new();
        for (_, bytes) in crate::scene::FONTS {
            fonts.load_font_data(bytes.to_vec());
        }
        fonts
    }

    #[test]
    fn scripts_that_no_font_has_are_named() {
        let of = |text: &str| lacking(text, &bundled()).into_iter().collect::<Vec<_>>();
        assert_eq!(of("Orders → Ünïcode, Ω, Ж ✓\u{200B}"), [""; 0]);
        assert_eq!(of("注文 キュー 주문 큐"), ["Han (Chinese, Japanese)", "Hangul (Korean)", "Kana (Japanese)"]);
        assert_eq!(of("ตะกร้า \u{10FFFD}"), ["Thai", "symbols"]);
        assert_eq!(lacking("주문", &Database::new()).len(), 1, "without any font");
    }
}

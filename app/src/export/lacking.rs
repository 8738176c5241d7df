//! Letters that no font has: a picture shows boxes in their places, and somebody should say so.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use ttf_parser::Face;
use unicode_script::{Script, UnicodeScript as _};
use usvg::{
    FontResolver,
    fontdb::{Database, ID, Style, Weight},
};

/// Where the letters of a text are found.
#[derive(Debug, Default)]
pub(super) struct Letters {
    /// Scripts of which letters are in no font, in alphabetical order.
    pub lacking: BTreeSet<&'static str>,
    /// The font for each letter, in plain text and in text with emphasis.
    plain: BTreeMap<char, ID>,
    emphasis: BTreeMap<char, ID>,
}

impl Letters {
    /// Looks for the letters of a text in fonts.
    pub(super) fn of(text: &str, fonts: &Database) -> Self {
        let letters: BTreeSet<char> = text.chars().filter(|c| is_drawn(*c)).collect();
        let [plain, emphasis] = [Weight::NORMAL, Weight::SEMIBOLD].map(|weight| find(&letters, fonts, weight));
        let lacking = letters.iter().filter(|letter| !plain.contains_key(letter)).map(|letter| name(*letter)).collect();
        Self { lacking, plain, emphasis }
    }

    /// Where letters are looked for that the font of a text lacks. The usual search takes any font, and ends at the first
    /// letter that none has; this one takes a font that looks alike, and goes on, so that the letters after it are drawn.
    pub(super) fn resolver(&self) -> FontResolver<'static> {
        let (plain, emphasis) = (self.plain.clone(), self.emphasis.clone());
        let fallback = move |letter: char, used: &[ID], fonts: &mut Arc<Database>| {
            let is_bold = used.first().and_then(|base| fonts.face(*base)).is_some_and(|base| base.weight >= Weight::SEMIBOLD);
            let found = if is_bold { &emphasis } else { &plain };
            let free = |face: &&ID| !used.contains(face);
            found.get(&letter).filter(free).or_else(|| found.values().find(free)).copied()
        };
        FontResolver { select_fallback: Box::new(fallback), ..FontResolver::default() }
    }
}

/// The font for each letter, the one that looks most like ours: without serifs, of a similar weight.
fn find(letters: &BTreeSet<char>, fonts: &Database, weight: Weight) -> BTreeMap<char, ID> {
    let mut faces: Vec<_> = fonts.faces().collect();
    faces.sort_by_key(|face| {
        let another_kind = face.monospaced || face.families.iter().any(|(name, _)| name.contains("Serif") || name.contains("Mono"));
        (another_kind, face.style != Style::Normal, face.weight.0.abs_diff(weight.0))
    });
    let (mut left, mut found) = (letters.clone(), BTreeMap::new());
    for info in faces {
        if left.is_empty() {
            break;
        }
        fonts.with_face_data(info.id, |data, index| {
            let Ok(face) = Face::parse(data, index) else { return };
            let (has, lacks): (BTreeSet<char>, BTreeSet<char>) = left.iter().partition(|letter| face.glyph_index(**letter).is_some());
            found.extend(has.into_iter().map(|letter| (letter, info.id)));
            left = lacks;
        });
    }
    found
}

/// Whether a character has a shape of its own: not those that join, separate or direct others.
fn is_drawn(c: char) -> bool {
    let directs =
        matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}');
    !(c.is_control() || c.is_whitespace() || directs)
}

fn name(letter: char) -> &'static str {
    match letter.script() {
        Script::Han => "Han (Chinese, Japanese)",
        Script::Hiragana | Script::Katakana => "Kana (Japanese)",
        Script::Hangul => "Hangul (Korean)",
        // Marks that several scripts share stand beside letters of one of them.
        Script::Common | Script::Inherited if letter.script_extension().contains_script(Script::Katakana) => "Kana (Japanese)",
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
        let of = |text: &str| Letters::of(text, &bundled()).lacking.into_iter().collect::<Vec<_>>();
        assert_eq!(of("Orders → Ünïcode, Ω, Ж ✓\u{200B}"), [""; 0]);
        assert_eq!(of("注文 キュー 주문 큐"), ["Han (Chinese, Japanese)", "Hangul (Korean)", "Kana (Japanese)"]);
        assert_eq!(of("ตะกร้า \u{10FFFD}"), ["Thai", "symbols"]);
        assert_eq!(Letters::of("주문", &Database::new()).lacking.len(), 1, "without any font");
    }
}

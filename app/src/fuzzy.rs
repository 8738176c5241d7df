//! Finds names from a few of their letters, and says how well they fit.

/// A whole word of the query stands at the beginning of a word.
const AT_WORD: i32 = 60;
/// A whole word of the query stands within a word.
const WITHIN: i32 = 40;
/// A letter of the query begins a word.
const LETTER_AT_WORD: i32 = 4;
/// A letter of the query follows the one before.
const LETTER_NEXT: i32 = 3;

/// How a text fits a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fit {
    /// Higher is better.
    pub score: i32,
    /// Which characters of the text were meant, by their position, in order.
    pub letters: Vec<usize>,
}

/// How a text fits a query: every word of the query stands in it, or its letters in their order. `None` when one does not.
pub fn fit(query: &str, text: &str) -> Option<Fit> {
    let text: Vec<char> = text.chars().map(lower).collect();
    let mut all = Fit { score: -(i32::try_from(text.len()).unwrap_or(i32::MAX) / 8), letters: Vec::new() };
    for word in query.split_whitespace() {
        let word: Vec<char> = word.chars().map(lower).collect();
        let one = whole(&word, &text).or_else(|| scattered(&word, &text))?;
        all.score += one.score;
        all.letters.extend(one.letters);
    }
    all.letters.sort_unstable();
    all.letters.dedup();
    Some(all)
}

/// One character for one character, so that positions stay.
fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

fn begins_word(text: &[char], at: usize) -> bool {
    at == 0 || !text[at - 1].is_alphanumeric()
}

fn whole(word: &[char], text: &[char]) -> Option<Fit> {
    let places = || text.windows(word.len()).enumerate().filter(|(_, window)| *window == word).map(|(at, _)| at);
    let at = places().find(|at| begins_word(text, *at)).or_else(|| places().next())?;
    let base = if begins_word(text, at) { AT_WORD } else { WITHIN };
    let early = 10 - i32::try_from(at.min(10)).unwrap_or(10);
    Some(Fit { score: base + early, letters: (at..at + word.len()).collect() })
}

/// The letters of a word in their order, as near to beginnings of words as can be.
fn scattered(word: &[char], text: &[char]) -> Option<Fit> {
    let first = *word.first()?;
    let starts = text.iter().enumerate().filter(|(_, c)| **c == first).map(|(at, _)| at);
    starts.filter_map(|start| from(word, text, start)).max_by_key(|fit| fit.score)
}

fn from(word: &[char], text: &[char], start: usize) -> Option<Fit> {
    let mut letters: Vec<usize> = Vec::with_capacity(word.len());
    let mut score = 0;
    let mut from = start;
    for letter in word {
        let rest = || (from..text.len()).filter(|at| text[*at] == *letter);
        let next = rest().next().filter(|at| letters.last().is_none_or(|last| last + 1 == *at));
        let at = next.or_else(|| rest().find(|at| begins_word(text, *at))).or_else(|| rest().next())?;
        score += match letters.last() {
            Some(last) if last + 1 == at => LETTER_NEXT,
            Some(_) | None if begins_word(text, at) => LETTER_AT_WORD,
            Some(_) | None => -1,
        };
        letters.push(at);
        from = at + 1;
    }
    // Letters that lie all over a long text are chance, not a name.
    (score > 0).then_some(Fit { score, letters })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best<'a>(query: &str, texts: &[&'a str]) -> Option<&'a str> {
        let fits = texts.iter().filter_map(|text| Some((fit(query, text)?.score, *text)));
        fits.max_by_key(|(score, _)| *score).map(|(_, text)| text)
    }

    #[test]
    fn whole_words_beat_scattered_letters() {
        assert_eq!(best("save", &["Show all variables early", "Save as…", "Autosave"]), Some("Save as…"));
        assert_eq!(best("zf", &["Zoom to fit", "Fizz of"]), Some("Zoom to fit"));
        assert_eq!(best("orders tab", &["Orders", "Orders table"]), Some("Orders table"));
        assert_eq!(fit("xyz", "Zoom to fit"), None);
    }

    #[test]
    fn positions_are_those_of_the_text() {
        assert_eq!(fit("zf", "Zoom to fit").unwrap().letters, [0, 8]);
        assert_eq!(fit("注文", "旧注文キュー").unwrap().letters, [1, 2]);
        assert_eq!(fit("", "anything").unwrap().letters, Vec::<usize>::new());
        assert!(fit("ß", "ẞ İ").is_some() || fit("ß", "ẞ İ").is_none(), "no letter may panic");
    }
}

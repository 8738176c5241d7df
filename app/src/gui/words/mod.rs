//! What the window says, by area: the one place to translate.
//!
//! Panels refer to these constants and functions; names and texts of services, limits and rules come from the catalog
//! and are no part of this.

pub mod arrange;
pub mod connect;
pub mod dialogs;
pub mod documents;
pub mod files;
pub mod find;
pub mod first_steps;
pub mod inspector;
pub mod live;
pub mod panels;
pub mod preferences;
pub mod results;
pub mod scenarios;
pub mod sensitivity;
pub mod sentence;
pub mod shell;
pub mod window;

/// A count with its word, such as `1 node` or `3 nodes`.
pub fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// What a check, a parser or the disk says, as the window says it: in sentence case, and with quotes that people use.
pub fn spoken(text: &str) -> String {
    let mut open = false;
    let mut said: String = text
        .chars()
        .map(|c| match c {
            '`' => {
                open = !open;
                if open { '“' } else { '”' }
            }
            other => other,
        })
        .collect();
    // Names and paths keep their spelling.
    let is_word = |word: &str| word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | ',' | ':'));
    let first = said.chars().next().filter(|_| said.split_whitespace().next().is_some_and(is_word));
    if let Some(letter) = first {
        said.replace_range(..letter.len_utf8(), &letter.to_uppercase().to_string());
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_said_as_sentences_and_names_as_they_are() {
        for (text, said) in [
            ("nothing produces load", "Nothing produces load"),
            ("`Client` sends to nothing", "“Client” sends to nothing"),
            ("set `timeout` to `6 s` at least", "Set “timeout” to “6 s” at least"),
            ("/tmp/a.json: line 2", "/tmp/a.json: line 2"),
            ("visibility_timeout is too short", "visibility_timeout is too short"),
            ("p99 is high", "p99 is high"),
            ("édition, terminée", "Édition, terminée"),
            ("注文", "注文"),
            ("", ""),
        ] {
            assert_eq!(spoken(text), said);
        }
    }
}

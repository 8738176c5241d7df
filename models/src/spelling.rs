//! The call-like spelling that distributions, arrivals and keys share: `name(first, key=value, …)`.

use crate::units;

/// Deepest nesting of calls that is read; no sensible distribution comes near it.
const DEPTH_MAX: usize = 8;

/// A parsed call. The arguments are still text, since their units depend on the name.
#[derive(Debug, PartialEq)]
pub(crate) struct Call<'a> {
    pub(crate) name: &'a str,
    arguments: Vec<(Option<&'a str>, &'a str)>,
}

impl<'a> Call<'a> {
    /// Parses `name(…)`; `None` when the text is not a call at all.
    pub(crate) fn parse(text: &'a str) -> Result<Option<Self>, String> {
        let text = text.trim();
        let Some(open) = text.find('(') else { return Ok(None) };
        let name = text[..open].trim();
        let Some(inner) = text[open + 1..].strip_suffix(')') else {
            return Err(format!("`{text}` lacks its closing parenthesis"));
        };
        let arguments = split(inner, ',')?
            .into_iter()
            .filter(|part| !part.trim().is_empty())
            .map(|part| match split_key(part) {
                Some((key, value)) => (Some(key), value),
                None => (None, part.trim()),
            })
            .collect();
        Ok(Some(Self { name, arguments }))
    }

    /// The unnamed arguments in order.
    pub(crate) fn positional(&self) -> impl Iterator<Item = &'a str> {
        self.arguments.iter().filter(|(key, _)| key.is_none()).map(|(_, value)| *value)
    }

    /// The argument with one of these names, else the unnamed one at `position`.
    pub(crate) fn argument(&self, names: &[&str], position: usize) -> Option<&'a str> {
        self.arguments
            .iter()
            .find(|(key, _)| key.is_some_and(|key| names.contains(&key)))
            .map(|(_, value)| *value)
            .or_else(|| self.positional().nth(position))
    }

    /// The argument with this name only.
    pub(crate) fn named(&self, name: &str) -> Option<&'a str> {
        self.arguments.iter().find(|(key, _)| *key == Some(name)).map(|(_, value)| *value)
    }

    /// Like [`Self::argument`], and an error when it is missing.
    pub(crate) fn require(&self, names: &[&str], position: usize) -> Result<&'a str, String> {
        self.argument(names, position).ok_or_else(|| format!("`{}` needs `{}=…`", self.name, names[0]))
    }

    /// Refuses misspelled names of arguments.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), String> {
        match self.arguments.iter().find_map(|(key, _)| key.filter(|key| !known.contains(key))) {
            Some(key) => Err(format!("`{}` has no argument `{key}`, it knows: {}", self.name, known.join(", "))),
            None => Ok(()),
        }
    }

    pub(crate) fn duration(&self, names: &[&str], position: usize) -> Result<f64, String> {
        units::parse_duration(self.require(names, position)?)
    }

    pub(crate) fn rate(&self, names: &[&str], position: usize) -> Result<f64, String> {
        units::parse_rate(self.require(names, position)?)
    }

    pub(crate) fn number(&self, names: &[&str], position: usize) -> Result<f64, String> {
        units::parse_number(self.require(names, position)?)
    }

    /// A number that must be above zero.
    pub(crate) fn positive(&self, names: &[&str], position: usize) -> Result<f64, String> {
        let text = self.require(names, position)?;
        match units::parse_number(text)? {
            number if number > 0.0 => Ok(number),
            _ => Err(format!("`{}` needs `{}` above zero, not `{text}`", self.name, names[0])),
        }
    }
}

fn split_key(part: &str) -> Option<(&str, &str)> {
    let (key, value) = part.split_once('=')?;
    let key = key.trim();
    key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_').then_some((key, value.trim()))
}

/// Splits at a separator outside of parentheses. A comma between digits belongs to a number: `1,000/s`.
pub(crate) fn split(text: &str, separator: char) -> Result<Vec<&str>, String> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    let bytes = text.as_bytes();
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1).ok_or_else(|| format!("`{text}` closes a parenthesis that it never opened"))?,
            _ if c == separator && depth == 0 => {
                let thousands = c == ','
                    && at > 0
                    && bytes[at - 1].is_ascii_digit()
                    && bytes.len() > at + 3
                    && bytes[at + 1..at + 4].iter().all(u8::is_ascii_digit)
                    && !bytes.get(at + 4).is_some_and(u8::is_ascii_digit);
                if !thousands {
                    parts.push(&text[start..at]);
                    start = at + c.len_utf8();
                }
            }
            _ => {}
        }
        if depth > DEPTH_MAX {
            return Err(format!("more than {DEPTH_MAX} calls are nested"));
        }
    }
    if depth > 0 {
        return Err(format!("`{text}` lacks a closing parenthesis"));
    }
    parts.push(&text[start..]);
    Ok(parts)
}

/// Whether a spelled switch is on.
pub(crate) fn truth(text: &str) -> Result<bool, String> {
    match text.trim() {
        "true" | "yes" | "on" => Ok(true),
        "false" | "no" | "off" => Ok(false),
        other => Err(format!("`{other}` is neither true nor false")),
    }
}

//! What we read from comments, which the provider ignores.

use serde_json::{Map, Value};

use crate::spelling::split;

/// What a comment starts with when it speaks to us.
const PREFIX: &str = "plimsoll:";

/// The keys that a comment may set.
const KNOWN: [&str; 5] = ["probability", "items", "time", "edge", "emit"];

/// Keys and values of a comment.
#[derive(Debug, Default)]
pub(super) struct Annotation<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Annotation<'a> {
    /// Reads the comment of a state or rule.
    pub(super) fn read(fields: &'a Map<String, Value>) -> Result<Self, String> {
        let text = fields.get("Comment").and_then(Value::as_str).map(str::trim);
        let Some(text) = text.and_then(|text| text.strip_prefix(PREFIX)) else { return Ok(Self::default()) };
        let mut pairs = Vec::new();
        for part in split(text, ';')?.into_iter().map(str::trim).filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=').ok_or_else(|| format!("the comment's `{part}` is not of the form key=value"))?;
            let key = key.trim();
            if !KNOWN.contains(&key) {
                return Err(format!("the comment sets `{key}`; known: {}", KNOWN.join(", ")));
            }
            pairs.push((key, value.trim()));
        }
        Ok(Self(pairs))
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&'a str> {
        self.0.iter().find(|(known, _)| *known == key).map(|(_, value)| *value)
    }
}

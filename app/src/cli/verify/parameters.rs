//! The parameters of a model: read by path, and none of them ignored in silence.

use std::{collections::BTreeSet, sync::Mutex};

use serde::Deserialize;
use serde_json::Value;

use super::{case::Missing, law};

/// The parameters of a model as they stand in the file, and which of them somebody has asked for.
///
/// A path is made of keys and indices with dots between them, such as `stations.0.service`.
#[derive(Debug, Deserialize)]
#[serde(from = "Value")]
pub(super) struct Parameters {
    value: Value,
    read: Mutex<BTreeSet<String>>,
}

impl From<Value> for Parameters {
    fn from(value: Value) -> Self {
        Self { value, read: Mutex::default() }
    }
}

impl Clone for Parameters {
    /// The same parameters, none of them read yet.
    fn clone(&self) -> Self {
        self.value.clone().into()
    }
}

/// Keys that only explain.
const REMARKS: &[&str] = &["type", "semantics", "note", "notes", "title", "comment", "description"];

impl Parameters {
    /// A parameter that is there and not null.
    pub(super) fn get(&self, path: &str) -> Option<&Value> {
        if let Ok(mut read) = self.read.lock() {
            read.insert(path.to_owned());
        }
        self.peek(path)
    }

    /// The same, without counting it as read.
    fn peek(&self, path: &str) -> Option<&Value> {
        let step = |value: &'_ Value, key: &str| match value {
            Value::Array(_) => key.parse().ok().map(Key::Index),
            _ => Some(Key::Name(key.to_owned())),
        };
        path.split('.')
            .try_fold(&self.value, |value, key| match step(value, key)? {
                Key::Index(index) => value.get(index),
                Key::Name(name) => value.get(name),
            })
            .filter(|value| !value.is_null())
    }

    /// Whether there is such a parameter; it still has to be read.
    pub(super) fn has(&self, path: &str) -> bool {
        self.peek(path).is_some()
    }

    /// How many elements a list has; they still have to be read.
    pub(super) fn count(&self, path: &str) -> Result<usize, Missing> {
        self.peek(path).and_then(Value::as_array).map(Vec::len).ok_or_else(|| format!("the model has no list `{path}`"))
    }

    /// Says that a parameter only explains what another one, or the model itself, already says.
    pub(super) fn remark(&self, path: &str) {
        self.get(path);
    }

    /// A number, be it written as a text.
    pub(super) fn number(&self, path: &str) -> Result<f64, Missing> {
        self.optional(path)?.ok_or_else(|| format!("the model has no number `{path}`"))
    }

    /// A number that need not be there.
    pub(super) fn optional(&self, path: &str) -> Result<Option<f64>, Missing> {
        let Some(value) = self.get(path) else { return Ok(None) };
        number(value).map(Some).ok_or_else(|| format!("`{path}` is {value}, which is no number"))
    }

    /// A number, or what holds where there is none.
    pub(super) fn number_or(&self, path: &str, default: f64) -> Result<f64, Missing> {
        Ok(self.optional(path)?.unwrap_or(default))
    }

    /// A number that may be without bound: absent, `null` or `"inf"`.
    pub(super) fn limit(&self, path: &str) -> Result<Option<f64>, Missing> {
        match self.get(path).and_then(Value::as_str) {
            Some("inf" | "infinite" | "infinity" | "unlimited" | "unbounded" | "none") => Ok(None),
            _ => self.optional(path),
        }
    }

    /// A list of numbers.
    pub(super) fn numbers(&self, path: &str) -> Result<Vec<f64>, Missing> {
        numbers(self.get(path)).ok_or_else(|| format!("the model has no list `{path}`"))
    }

    /// A list of numbers; empty where there is none.
    pub(super) fn numbers_or_none(&self, path: &str) -> Result<Vec<f64>, Missing> {
        if self.has(path) { self.numbers(path) } else { Ok(Vec::new()) }
    }

    /// Yes or no; no where it does not say.
    pub(super) fn flag(&self, path: &str) -> Result<bool, Missing> {
        match self.get(path) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(value) => Err(format!("`{path}` is {value}, which is neither true nor false")),
        }
    }

    /// A text; empty where there is none.
    pub(super) fn text(&self, path: &str) -> &str {
        self.get(path).and_then(Value::as_str).unwrap_or("")
    }

    /// The known word that a text begins with, explanations after it aside; the first one where there is no text.
    pub(super) fn word(&self, path: &str, known: &[&'static str]) -> Result<&'static str, Missing> {
        let Some(value) = self.get(path) else { return known.first().copied().ok_or_else(String::new) };
        let text = value.as_str().unwrap_or_default().to_lowercase();
        let begins = |word: &&&str| {
            let rest = text.strip_prefix(word.to_lowercase().as_str());
            rest.is_some_and(|rest| !rest.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_'))
        };
        let found = known.iter().filter(begins).max_by_key(|word| word.len());
        found.copied().ok_or_else(|| format!("`{path}` is {value}; known: {}", known.join(", ")))
    }

    /// A law, as the document spells it.
    pub(super) fn law(&self, path: &str) -> Result<String, Missing> {
        law::law(self.get(path).ok_or_else(|| format!("the model has no law `{path}`"))?)
    }

    /// Mean of a law, for the length of a run.
    pub(super) fn mean(&self, path: &str) -> Result<f64, Missing> {
        law::mean(&self.law(path)?)
    }

    /// The first parameter that nobody has asked for.
    pub(super) fn unread(&self) -> Option<String> {
        let read = self.read.lock().ok()?;
        let members = self.value.as_object()?;
        members.iter().filter(|(key, _)| !REMARKS.contains(&key.as_str())).find_map(|(key, value)| unread(&read, key, value))
    }
}

/// A step of a path.
enum Key {
    Index(usize),
    Name(String),
}

/// What nobody has asked for at a path or below it, neither for itself nor for anything that holds it.
fn unread(read: &BTreeSet<String>, path: &str, value: &Value) -> Option<String> {
    if value.is_null() || read.contains(path) {
        return None;
    }
    let inside = format!("{path}.");
    if !read.iter().any(|path| path.starts_with(&inside)) {
        return Some(path.to_owned());
    }
    match value {
        Value::Object(members) => members.iter().find_map(|(key, value)| unread(read, &format!("{inside}{key}"), value)),
        Value::Array(list) => list.iter().enumerate().find_map(|(index, value)| unread(read, &format!("{inside}{index}"), value)),
        _ => Some(path.to_owned()),
    }
}

/// A number, be it written as a text.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
        _ => value.as_f64(),
    }
}

/// A JSON list of numbers.
pub(super) fn numbers(value: Option<&Value>) -> Option<Vec<f64>> {
    value?.as_array()?.iter().map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parameters() -> Parameters {
        json!({"type": "x", "rate": "2.5", "servers": "inf", "jitter": "full: U(0,w)", "capacity": null,
            "load": {"process": "poisson", "rate": 3}, "rows": [{"a": 1, "b": 2}], "list": [1, 2]})
        .into()
    }

    #[test]
    fn numbers_may_be_texts_and_limits_infinite() {
        let parameters = parameters();
        assert_eq!((parameters.number("rate"), parameters.number("load.rate"), parameters.number("rows.0.b")), (Ok(2.5), Ok(3.0), Ok(2.0)));
        assert_eq!(
            (parameters.limit("servers"), parameters.limit("capacity"), parameters.limit("nothing")),
            (Ok(None), Ok(None), Ok(None))
        );
        assert!(parameters.number("servers").is_err());
        assert!(parameters.number_or("jitter", 1.0).is_err(), "a text that is no number is not the same as none");
        assert_eq!(parameters.numbers("list"), Ok(vec![1.0, 2.0]));
    }

    #[test]
    fn words_may_have_explanations() {
        let parameters = parameters();
        assert_eq!(parameters.word("jitter", &["none", "full"]), Ok("full"));
        assert_eq!(parameters.word("absent", &["none", "full"]), Ok("none"));
        assert!(parameters.word("jitter", &["none", "fu"]).is_err());
    }

    #[test]
    fn what_nobody_has_read_is_told() {
        let parameters = parameters();
        for path in ["load.rate", "rows.0.b", "list.1"] {
            parameters.remark(path);
        }
        let mut told = Vec::new();
        while let Some(path) = parameters.unread() {
            parameters.remark(&path);
            told.push(path);
        }
        told.sort();
        assert_eq!(told, ["jitter", "list.0", "load.process", "rate", "rows.0.a", "servers"]);
    }
}

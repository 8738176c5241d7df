//! What the tool tells about a document: where, what, what to do.

use std::fmt;

use serde::Serialize;

use crate::{EdgeId, Edit, EventTypeId, NodeId, ScenarioId};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A run has no meaning until this is mended.
    Error,
    /// Works, but probably not as meant.
    Warning,
    /// Good to know.
    Info,
}

/// The part of a document that a diagnostic is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// The whole document.
    Document,
    /// A line and column of the file, from 1.
    Text {
        /// Line.
        line: usize,
        /// Column.
        column: usize,
    },
    /// A node, and the key of one of its fields.
    Node(NodeId, Option<String>),
    /// An edge, and the key of one of its fields.
    Edge(EdgeId, Option<String>),
    /// An event type.
    EventType(EventTypeId),
    /// A scenario, and the key of one of its fields.
    Scenario(ScenarioId, Option<String>),
    /// The account profile, and the quota in question.
    Account(Option<String>),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = |f: &mut fmt::Formatter<'_>, field: &Option<String>| match field {
            Some(field) => write!(f, ".{field}"),
            None => Ok(()),
        };
        match self {
            Self::Document => f.write_str("document"),
            Self::Text { line, column } => write!(f, "line {line}, column {column}"),
            Self::Node(id, key) => write!(f, "node {id}").and_then(|()| field(f, key)),
            Self::Edge(id, key) => write!(f, "edge {id}").and_then(|()| field(f, key)),
            Self::EventType(id) => write!(f, "event type {id}"),
            Self::Scenario(id, key) => write!(f, "scenario {id}").and_then(|()| field(f, key)),
            Self::Account(key) => write!(f, "account").and_then(|()| field(f, key)),
        }
    }
}

/// One message for the user.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable name of the rule, such as `unknown-field`.
    pub code: &'static str,
    /// Where it is.
    pub place: Place,
    /// What is wrong, as a sentence.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hint: String,
    /// An edit that mends it.
    #[serde(skip)]
    pub fix: Option<Box<Edit>>,
}

impl Diagnostic {
    /// A run has no meaning until this is mended.
    pub fn error(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, place, message)
    }

    /// Works, but probably not as meant.
    pub fn warning(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, place, message)
    }

    /// Good to know.
    pub fn info(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self::new(Severity::Info, code, place, message)
    }

    fn new(severity: Severity, code: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self { severity, code, place, message: message.into(), hint: String::new(), fix: None }
    }

    /// Adds what to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Adds an edit that mends it.
    pub fn fix(mut self, fix: Edit) -> Self {
        self.fix = Some(Box::new(fix));
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        write!(f, "{severity}[{}] {}: {}", self.code, self.place, self.message)?;
        if !self.hint.is_empty() {
            write!(f, "\n  hint: {}", self.hint)?;
        }
        Ok(())
    }
}

/// Puts the worst first, then by place.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(|a, b| (a.severity, &a.place, a.code).cmp(&(b.severity, &b.place, b.code)));
}

/// Whether any of the diagnostics forbids a run.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// The known text that a misspelled one most likely means.
pub fn closest<'a>(text: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (edit_distance(text, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= 2.max(candidate.len() / 3))
        .min()
        .map(|(_, candidate)| candidate)
}

fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_text_is_suggested() {
        assert_eq!(closest("durration", ["timeout", "duration", "memory"]), Some("duration"));
        assert_eq!(closest("xyzzy", ["timeout", "duration"]), None);
    }
}

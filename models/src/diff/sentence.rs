//! Differences in words.

use serde_json::Value;

use super::{Detail, Difference, Kind, Subject};
use crate::{Catalog, Service, ServiceId, scenario};

/// What stands for a value that is not set and has no default that is known here.
const NOTHING: &str = "(default)";

/// Longest value that is written out, in characters; longer ones end in `…`.
const VALUE_MAX: usize = 80;

impl Subject {
    /// The word for machines, and the id; empty where there is only one.
    pub fn words(&self) -> (&'static str, &str) {
        match self {
            Self::Diagram => ("diagram", ""),
            Self::Account => ("account", ""),
            Self::Node(id) => ("node", id.as_str()),
            Self::Edge(id) => ("edge", id.as_str()),
            Self::EventType(id) => ("event-type", id.as_str()),
            Self::Scenario(id) => ("scenario", id.as_str()),
            Self::Group(id) => ("group", id.as_str()),
            Self::Note(id) => ("note", id.as_str()),
            Self::Bookmark(id) => ("bookmark", id.as_str()),
        }
    }
}

impl Difference {
    /// What it is about: `Orders`, `Orders → Worker`, `Scenario default`.
    pub fn heading(&self) -> String {
        let named = |kind: &str| if self.title.is_empty() { kind.to_owned() } else { format!("{kind} {}", self.title) };
        match &self.subject {
            Subject::Diagram => named("Diagram"),
            Subject::Account => named("Account"),
            Subject::Node(_) | Subject::Edge(_) => self.title.clone(),
            Subject::EventType(_) => named("Event type"),
            Subject::Scenario(_) => named("Scenario"),
            Subject::Group(_) => named("Group"),
            Subject::Note(_) => named("Note"),
            Subject::Bookmark(_) => named("Bookmark"),
        }
    }

    /// One sentence for each value, or one for all of it.
    pub fn sentences(&self, catalog: &Catalog) -> Vec<String> {
        let heading = self.heading();
        let what = self.service(catalog).map_or(self.what.as_str(), Service::short_title);
        let what = if what.is_empty() { String::new() } else { format!(" ({what})") };
        match self.kind {
            Kind::Added => vec![format!("{heading}{what} added")],
            Kind::Removed => vec![format!("{heading}{what} removed")],
            Kind::Changed | Kind::Moved => {
                self.details.iter().map(|detail| format!("{heading}: {}", self.detail(catalog, detail))).collect()
            }
        }
    }

    /// A value in words: `visibility timeout 30 s (default) → 180 s`.
    pub fn detail(&self, catalog: &Catalog, detail: &Detail) -> String {
        let Detail { key, old, new } = detail;
        if key == "position"
            && let (Some(old), Some(new)) = (old, new)
        {
            return format!("moved from {} to {}", spelled(old), spelled(new));
        }
        let (title, default) = self.field(catalog, key);
        let value = |value: &Option<Value>| match (value, &default) {
            (Some(value), _) => spelled(value),
            (None, Some(default)) => format!("{default} (default)"),
            (None, None) => NOTHING.to_owned(),
        };
        format!("{title} {} → {}", value(old), value(new))
    }

    /// What people call a field, and the value that counts when it is absent.
    fn field(&self, catalog: &Catalog, key: &str) -> (String, Option<String>) {
        let plain = key.replace('_', " ");
        let default = match &self.subject {
            Subject::Scenario(_) => scenario::FIELDS.iter().find(|field| field.key == key).map(|field| field.default.to_owned()),
            Subject::Node(_)
            | Subject::Diagram
            | Subject::Account
            | Subject::Edge(_)
            | Subject::EventType(_)
            | Subject::Group(_)
            | Subject::Note(_)
            | Subject::Bookmark(_) => self.service(catalog).and_then(|service| service.field(key)?.default.clone()),
        };
        (plain, default.filter(|default| !default.is_empty()))
    }

    /// The service of a box.
    fn service<'a>(&self, catalog: &'a Catalog) -> Option<&'a Service> {
        let is_node = matches!(self.subject, Subject::Node(_));
        is_node.then(|| catalog.get(&ServiceId::new(self.what.as_str())))?
    }
}

fn spelled(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned).replace('\n', " ");
    match text.char_indices().nth(VALUE_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A line that tells several differences: the first one, and how many there are besides.
pub fn summary(differences: &[Difference], catalog: &Catalog) -> Option<String> {
    let told = differences.iter().find(|difference| difference.kind != Kind::Moved).or_else(|| differences.first())?;
    let sentences = told.sentences(catalog);
    let first = sentences.first()?;
    let others = differences.len() - 1 + sentences.len() - 1;
    Some(if others == 0 { first.clone() } else { format!("{first}, and {others} more") })
}

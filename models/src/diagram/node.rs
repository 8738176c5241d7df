//! A box of the diagram.

use super::Fields;
use crate::ServiceId;

/// An instance of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is, a service of the catalog.
    pub service: ServiceId,
    /// Name on the drawing; the id when empty.
    pub name: String,
    /// Settings that differ from the catalog's defaults, in the spelling of the user.
    pub fields: Fields,
    /// A remark in Markdown.
    pub note: String,
    /// Fields of a newer version, kept as they are.
    pub unknown: Fields,
}

impl Node {
    /// A node with all defaults.
    pub fn new(service: impl Into<ServiceId>, name: impl Into<String>) -> Self {
        Self { service: service.into(), name: name.into(), fields: Fields::new(), note: String::new(), unknown: Fields::new() }
    }

    /// The same node with one field set.
    pub fn with(mut self, key: &str, value: impl Into<serde_json::Value>) -> Self {
        self.fields.insert(key.to_owned(), value.into());
        self
    }
}

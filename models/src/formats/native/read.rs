//! From text to diagram.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Map, Value};
use thiserror::Error;

use super::{BYTES_MAX, EDGES_MAX, NODES_MAX, VERSION, tree};
use crate::{
    Account, Diagnostic, Diagram, Edge, EdgeId, EdgeKind, EventType, EventTypeId, Group, GroupId, Node, NodeId, Place, Point, Scenario,
    ScenarioId, ServiceId,
    diagram::{Fields, GroupKind},
    ids,
};

/// What was read, with everything that the reader noticed.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The diagram.
    pub diagram: Diagram,
    /// What is odd about the file.
    pub diagnostics: Vec<Diagnostic>,
}

/// Why a text is not one of our files.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FormatError {
    /// It is not JSON, or breaks off.
    #[error("line {line}, column {column}: {message}")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What the parser says.
        message: String,
    },
    /// It is JSON, but nothing of ours.
    #[error("this is not a Plimsoll file: {0}")]
    Foreign(String),
    /// It was written by a newer program.
    #[error("the file has format version {found}, this program reads up to {VERSION}; please update Plimsoll")]
    Newer {
        /// The version in the file.
        found: u64,
    },
    /// It is larger than anything that can be handled.
    #[error("{0}")]
    TooLarge(String),
}

/// Reads a document of any version that was ever written.
pub fn read(text: &str) -> Result<Opened, FormatError> {
    if text.len() > BYTES_MAX {
        return Err(FormatError::TooLarge(format!("the file has {} bytes; at most {BYTES_MAX} are read", text.len())));
    }
    let (value, duplicates) = tree::parse(text).map_err(|error| FormatError::Json {
        line: error.line(),
        column: error.column(),
        message: plain(&error.to_string()),
    })?;
    let Value::Object(mut root) = value else {
        return Err(FormatError::Foreign("the top level is not an object".to_owned()));
    };
    let version =
        root.remove("plimsoll").ok_or_else(|| FormatError::Foreign("it lacks the key `plimsoll` with the format version".to_owned()))?;
    match version.as_u64() {
        Some(found) if found > VERSION => return Err(FormatError::Newer { found }),
        Some(1..) => {}
        _ => return Err(FormatError::Foreign("`plimsoll` is not a format version".to_owned())),
    }
    for (key, most) in [("nodes", NODES_MAX), ("edges", EDGES_MAX)] {
        let count = root.get(key).and_then(Value::as_object).map_or(0, Map::len);
        if count > most {
            return Err(FormatError::TooLarge(format!("the file has {count} {key}; at most {most} can be opened")));
        }
    }
    let mut reader = Reader { diagnostics: Vec::new() };
    for key in duplicates {
        reader.error(
            "duplicate-id",
            Place::Document,
            format!("`{key}` stands twice in one object; the first one counts"),
            "give each its own id",
        );
    }
    let diagram = reader.diagram(root);
    Ok(Opened { diagram, diagnostics: reader.diagnostics })
}

/// The parser's message without its own line and column.
fn plain(message: &str) -> String {
    message.split(" at line ").next().unwrap_or(message).to_owned()
}

pub(super) struct Reader {
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Reader {
    pub(super) fn error(&mut self, code: &'static str, place: Place, message: String, hint: &str) {
        self.diagnostics.push(Diagnostic::error(code, place, message).hint(hint));
    }

    fn diagram(&mut self, mut root: Map<String, Value>) -> Diagram {
        let mut diagram = Diagram {
            name: self.text(&mut root, "name", &Place::Document),
            description: self.text(&mut root, "description", &Place::Document),
            account: self.account(&mut root),
            ..Diagram::default()
        };
        for (id, value) in self.section(&mut root, "event_types") {
            let id = EventTypeId::new(id);
            if let Some(fields) = self.fields(value, &Place::EventType(id.clone())) {
                diagram.event_types.insert(id, Arc::new(EventType { fields }));
            }
        }
        for (id, value) in self.section(&mut root, "nodes") {
            let id = NodeId::new(id);
            if let Some(node) = self.node(&id, value) {
                diagram.nodes.insert(id, Arc::new(node));
            }
        }
        for (id, value) in self.section(&mut root, "edges") {
            let id = EdgeId::new(id);
            if let Some(edge) = self.edge(&id, value, &diagram.nodes) {
                diagram.edges.insert(id, Arc::new(edge));
            }
        }
        for (id, value) in self.section(&mut root, "groups") {
            if let Some(group) = self.group(&id, value) {
                diagram.groups.insert(GroupId::new(id), Arc::new(group));
            }
        }
        self.nesting(&mut diagram);
        for (id, value) in self.section(&mut root, "scenarios") {
            let id = ScenarioId::new(id);
            if let Some(fields) = self.fields(value, &Place::Scenario(id.clone(), None)) {
                diagram.scenarios.insert(id, Arc::new(Scenario { fields }));
            }
        }
        for (id, value) in self.section(&mut root, "layout") {
            self.position(&mut diagram, &id, &value);
        }
        self.drawing(&mut root, &mut diagram);
        diagram.unknown = self.unknown(root, &Place::Document);
        diagram
    }

    pub(super) fn text(&mut self, map: &mut Map<String, Value>, key: &str, place: &Place) -> String {
        match map.remove(key) {
            None => String::new(),
            Some(Value::String(text)) => text,
            Some(_) => {
                self.error("bad-shape", place.clone(), format!("`{key}` is not a text"), "write it in quotes");
                String::new()
            }
        }
    }

    /// An object of objects; members with an unusable id are left out.
    pub(super) fn section(&mut self, root: &mut Map<String, Value>, key: &str) -> Vec<(String, Value)> {
        let map = match root.remove(key) {
            None => return Vec::new(),
            Some(Value::Object(map)) => map,
            Some(_) => {
                self.error("bad-shape", Place::Document, format!("`{key}` is not an object of ids"), "write {\"id\": {…}}");
                return Vec::new();
            }
        };
        let mut members = Vec::with_capacity(map.len());
        for (id, value) in map {
            if ids::is_valid(&id) {
                members.push((id, value));
            } else {
                let shown: String = id.chars().take(40).collect();
                self.error(
                    "bad-id",
                    Place::Document,
                    format!("`{shown}` in `{key}` is not a valid id and is left out"),
                    "use letters, digits, `-` and `_`",
                );
            }
        }
        members
    }

    fn fields(&mut self, value: Value, place: &Place) -> Option<Fields> {
        let Value::Object(map) = value else {
            self.error("bad-shape", place.clone(), "this is not an object of fields".to_owned(), "write {\"key\": \"value\"}");
            return None;
        };
        Some(map.into_iter().collect())
    }

    fn taken_fields(&mut self, map: &mut Map<String, Value>, key: &str, place: &Place) -> Fields {
        map.remove(key).and_then(|value| self.fields(value, place)).unwrap_or_default()
    }

    pub(super) fn unknown(&mut self, rest: Map<String, Value>, place: &Place) -> Fields {
        for key in rest.keys() {
            let message = format!("`{key}` is unknown to this version; it is kept as it is and has no effect");
            self.diagnostics.push(Diagnostic::warning("unknown-field", place.clone(), message));
        }
        rest.into_iter().collect()
    }

    fn account(&mut self, root: &mut Map<String, Value>) -> Account {
        let mut account = Account::default();
        let place = Place::Account(None);
        let Some(value) = root.remove("account") else { return account };
        let Value::Object(mut map) = value else {
            self.error("bad-shape", place, "`account` is not an object".to_owned(), "write {\"region\": \"us-east-1\"}");
            return account;
        };
        let region = self.text(&mut map, "region", &place);
        if !region.is_empty() {
            account.region = region;
        }
        account.quotas = self.taken_fields(&mut map, "quotas", &place);
        account.outside = self.taken_fields(&mut map, "outside", &place);
        account.unknown = self.unknown(map, &place);
        account
    }

    fn node(&mut self, id: &NodeId, value: Value) -> Option<Node> {
        let place = Place::Node(id.clone(), None);
        let Value::Object(mut map) = value else {
            self.error("bad-shape", place, "a node is an object with a `service`".to_owned(), "write {\"service\": \"aws/lambda\"}");
            return None;
        };
        let service = self.text(&mut map, "service", &place);
        if service.is_empty() {
            self.error("bad-shape", place, "the node has no `service` and is left out".to_owned(), "`plimsoll catalog` lists the services");
            return None;
        }
        Some(Node {
            service: ServiceId::new(service),
            name: self.text(&mut map, "name", &place),
            note: self.text(&mut map, "note", &place),
            fields: self.taken_fields(&mut map, "fields", &place),
            unknown: self.unknown(map, &place),
        })
    }

    fn edge(&mut self, id: &EdgeId, value: Value, nodes: &BTreeMap<NodeId, Arc<Node>>) -> Option<Edge> {
        let place = Place::Edge(id.clone(), None);
        let Value::Object(mut map) = value else {
            self.error("bad-shape", place, "an edge is an object with `from`, `to` and `kind`".to_owned(), "");
            return None;
        };
        let (from, to) = (self.text(&mut map, "from", &place), self.text(&mut map, "to", &place));
        for end in [&from, &to] {
            if !nodes.contains_key(end.as_str()) {
                let hint =
                    crate::diagnostic::closest(end, nodes.keys().map(NodeId::as_str)).map(|known| format!("did you mean `{known}`?"));
                self.error("dangling-edge", place, format!("there is no node `{end}`; the edge is left out"), &hint.unwrap_or_default());
                return None;
            }
        }
        let word = self.text(&mut map, "kind", &place);
        let Some(kind) = EdgeKind::ALL.into_iter().find(|kind| kind.as_str() == word) else {
            let known: Vec<&str> = EdgeKind::ALL.iter().map(|kind| kind.as_str()).collect();
            self.error(
                "bad-kind",
                place,
                format!("`{word}` is not a kind of edge; the edge is left out"),
                &format!("known: {}", known.join(", ")),
            );
            return None;
        };
        Some(Edge {
            from: NodeId::new(from),
            to: NodeId::new(to),
            kind,
            name: self.text(&mut map, "name", &place),
            fields: self.taken_fields(&mut map, "fields", &place),
            unknown: self.unknown(map, &place),
        })
    }

    fn group(&mut self, id: &str, value: Value) -> Option<Group> {
        let Value::Object(mut map) = value else {
            self.error("bad-shape", Place::Document, format!("the group `{id}` is not an object"), "");
            return None;
        };
        let kind = map.remove("kind").and_then(|kind| serde_json::from_value::<GroupKind>(kind).ok()).unwrap_or_default();
        let nodes = match map.remove("nodes") {
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(NodeId::new).collect(),
            _ => std::collections::BTreeSet::new(),
        };
        let parent = self.text(&mut map, "parent", &Place::Document);
        Some(Group {
            kind,
            name: self.text(&mut map, "name", &Place::Document),
            nodes,
            parent: (!parent.is_empty()).then(|| GroupId::new(parent)),
            collapsed: map.remove("collapsed").and_then(|value| value.as_bool()).unwrap_or_default(),
            unknown: self.unknown(map, &Place::Document),
        })
    }

    fn position(&mut self, diagram: &mut Diagram, id: &str, value: &Value) {
        let Some((id, _)) = diagram.nodes.get_key_value(id) else {
            self.diagnostics.push(Diagnostic::info(
                "stale-layout",
                Place::Document,
                format!("the layout places `{id}`, which is no node; it is forgotten"),
            ));
            return;
        };
        let id = id.clone();
        let numbers: Option<Vec<f64>> = value.as_array().map(|list| list.iter().filter_map(Value::as_f64).collect());
        match numbers.as_deref() {
            Some([x, y]) => {
                diagram.layout.insert(id, Point::new(*x, *y).rounded());
            }
            _ => self.error("bad-shape", Place::Node(id, None), "its layout is not a pair of numbers".to_owned(), "write [120, 80]"),
        }
    }
}

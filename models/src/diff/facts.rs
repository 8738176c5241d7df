//! A thing of a diagram as values by key, so that all of them are compared in one way.

use serde_json::{Value, json};

use super::{Detail, Subject};
use crate::{About, Account, Bookmark, Diagram, Edge, EdgeId, Group, GroupId, Line, Node, NodeId, Note, Point, diagram::Fields};

/// Values by key.
pub(super) type Facts = Fields;

/// How deep into values differences are looked for; what is deeper is told as a whole.
const DEPTH_MAX: usize = 8;

/// The two diagrams.
pub(super) struct Sides<'a> {
    pub old: &'a Diagram,
    pub new: &'a Diagram,
}

impl Sides<'_> {
    /// What people call a thing, and what it is.
    pub(super) fn names(&self, subject: &Subject) -> (String, String) {
        let titled = |id: &str, name: Option<&str>| name.filter(|name| !name.is_empty()).unwrap_or(id).to_owned();
        match subject {
            Subject::Diagram => (String::new(), String::new()),
            Subject::Account => (String::new(), String::new()),
            Subject::Node(id) => {
                let service = self.new.nodes.get(id).or_else(|| self.old.nodes.get(id)).map(|node| node.service.to_string());
                (self.node(id), service.unwrap_or_default())
            }
            Subject::Edge(id) => match self.new.edges.get(id).or_else(|| self.old.edges.get(id)) {
                Some(edge) => (format!("{} → {}", self.node(&edge.from), self.node(&edge.to)), edge.kind.as_str().to_owned()),
                None => (id.to_string(), String::new()),
            },
            Subject::EventType(id) => (id.to_string(), String::new()),
            Subject::Scenario(id) => (id.to_string(), String::new()),
            Subject::Group(id) => {
                let group = self.new.groups.get(id).or_else(|| self.old.groups.get(id));
                (titled(id.as_str(), group.map(|group| group.name.as_str())), String::new())
            }
            Subject::Note(id) => {
                let note = self.new.notes.get(id).or_else(|| self.old.notes.get(id));
                (titled(id.as_str(), note.and_then(|note| note.text.lines().next())), String::new())
            }
            Subject::Bookmark(id) => {
                let bookmark = self.new.bookmarks.get(id).or_else(|| self.old.bookmarks.get(id));
                (titled(id.as_str(), bookmark.map(|bookmark| bookmark.name.as_str())), String::new())
            }
        }
    }

    fn node(&self, id: &NodeId) -> String {
        let side = if self.new.nodes.contains_key(id) { self.new } else { self.old };
        side.title(id).to_owned()
    }
}

/// Fields, with what every thing of its kind says besides; a field of the same key steps aside.
fn with(fields: &Fields, unknown: &Fields, own: impl IntoIterator<Item = (&'static str, Value)>) -> Facts {
    let mut facts = fields.clone();
    facts.extend(unknown.iter().map(|(key, value)| (key.clone(), value.clone())));
    for (key, value) in own {
        let empty = value.is_null() || value.as_str() == Some("") || value == Value::Bool(false);
        if let Some(field) = facts.remove(key) {
            facts.insert(format!("fields.{key}"), field);
        }
        if !empty {
            facts.insert(key.to_owned(), value);
        }
    }
    facts
}

fn place(at: Point) -> Value {
    json!(format!("{}, {}", at.x, at.y))
}

pub(super) fn of_diagram(diagram: &Diagram) -> Facts {
    with(&Fields::new(), &diagram.unknown, [("name", json!(diagram.name)), ("description", json!(diagram.description))])
}

pub(super) fn of_account(account: &Account) -> Facts {
    let own = [("region", json!(account.region)), ("quotas", json!(account.quotas)), ("outside", json!(account.outside))];
    with(&Fields::new(), &account.unknown, own)
}

pub(super) fn of_node(diagram: &Diagram, id: &NodeId, node: &Node) -> (Facts, Facts) {
    let own = [("service", json!(node.service.as_str())), ("name", json!(node.name)), ("note", json!(node.note))];
    let looks = [("position", place(diagram.position(id))), ("pinned", json!(diagram.pinned.contains(id)))];
    (with(&node.fields, &node.unknown, own), with(&Fields::new(), &Fields::new(), looks))
}

pub(super) fn of_edge(diagram: &Diagram, id: &EdgeId, edge: &Edge) -> (Facts, Facts) {
    let own = [
        ("from", json!(edge.from.as_str())),
        ("to", json!(edge.to.as_str())),
        ("kind", json!(edge.kind.as_str())),
        ("name", json!(edge.name)),
    ];
    let looks = diagram.lines.get(id).map(|line| of_line(line)).unwrap_or_default();
    (with(&edge.fields, &edge.unknown, own), looks)
}

fn of_line(line: &Line) -> Facts {
    let waypoints: Vec<String> = line.waypoints.iter().map(|at| format!("{}, {}", at.x, at.y)).collect();
    let label = line.label.map(|label| format!("{} + {}, {}", label.along, label.offset.x, label.offset.y));
    let own = [("line", json!(line.style.as_str())), ("waypoints", json!(waypoints.join("; "))), ("label", json!(label))];
    with(&Fields::new(), &line.unknown, own)
}

pub(super) fn of_group(group: &Group) -> (Facts, Facts) {
    let nodes: Vec<&str> = group.nodes.iter().map(NodeId::as_str).collect();
    let parent = group.parent.as_ref().map(GroupId::as_str);
    let own = [
        ("kind", serde_json::to_value(group.kind).unwrap_or_default()),
        ("name", json!(group.name)),
        ("parent", json!(parent)),
        ("nodes", json!(nodes.join(", "))),
    ];
    let looks = with(&Fields::new(), &Fields::new(), [("collapsed", json!(group.collapsed))]);
    (with(&Fields::new(), &group.unknown, own), looks)
}

pub(super) fn of_note(note: &Note) -> (Facts, Facts) {
    let about = note.about.as_ref().map(|about| match about {
        About::Node(id) => id.to_string(),
        About::Edge(id) => id.to_string(),
    });
    let own = [("text", json!(note.text)), ("about", json!(about)), ("step", json!(note.step))];
    let looks = [("position", place(note.at)), ("width", json!(note.width))];
    (with(&Fields::new(), &note.unknown, own), with(&Fields::new(), &Fields::new(), looks))
}

pub(super) fn of_bookmark(bookmark: &Bookmark) -> (Facts, Facts) {
    let looks = [("position", place(bookmark.center)), ("zoom", json!(bookmark.zoom))];
    let own = [("name", json!(bookmark.name))];
    (with(&Fields::new(), &bookmark.unknown, own), with(&Fields::new(), &Fields::new(), looks))
}

/// Every value that is not the same, by key.
pub(super) fn details(old: &Facts, new: &Facts) -> Vec<Detail> {
    let mut found = Vec::new();
    for (key, a, b) in super::both(old, new) {
        compare(key, a, b, DEPTH_MAX, &mut found);
    }
    found
}

fn compare(key: &str, old: Option<&Value>, new: Option<&Value>, depth: usize, found: &mut Vec<Detail>) {
    if old == new {
        return;
    }
    let empty = serde_json::Map::new();
    let members = |value: Option<&Value>| matches!(value, Some(Value::Object(_)) | None);
    match (old, new) {
        (Some(Value::Array(a)), Some(Value::Array(b))) if depth > 0 && a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                compare(&format!("{key}.{}", index + 1), Some(a), Some(b), depth - 1, found);
            }
        }
        _ if depth > 0 && members(old) && members(new) => {
            let object = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_else(|| empty.clone());
            let (a, b) = (object(old), object(new));
            let keys: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for member in keys {
                compare(&format!("{key}.{member}"), a.get(member), b.get(member), depth - 1, found);
            }
        }
        _ => found.push(Detail { key: key.to_owned(), old: old.cloned(), new: new.cloned() }),
    }
}

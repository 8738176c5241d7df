//! From diagram to canonical text: sorted keys, one node or edge to a line where it fits, a moved box changes one line.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::VERSION;
use crate::{
    Diagram, Point,
    diagram::{About, Fields, Line, LineStyle, Note},
};

/// Longest line of a member before it is broken over several, in characters.
const LINE_MAX: usize = 120;

/// The canonical text of a diagram; the same diagram always gives the same bytes.
pub fn write(diagram: &Diagram) -> String {
    let mut out = Writer { text: String::from("{\n"), first: true };
    out.entry("plimsoll", &json!(VERSION));
    if !diagram.name.is_empty() {
        out.entry("name", &json!(diagram.name));
    }
    if !diagram.description.is_empty() {
        out.entry("description", &json!(diagram.description));
    }
    let account = account(diagram);
    if !account.is_empty() {
        out.entry("account", &Value::Object(account));
    }
    for (key, value) in &diagram.unknown {
        out.entry(key, value);
    }
    out.section("event_types", diagram.event_types.iter().map(|(id, event_type)| (id.as_str(), object(&event_type.fields))));
    out.section(
        "nodes",
        diagram.nodes.iter().map(|(id, node)| {
            let mut map = Map::new();
            map.insert("service".to_owned(), json!(node.service));
            text(&mut map, "name", &node.name);
            text(&mut map, "note", &node.note);
            fields(&mut map, &node.fields);
            (id.as_str(), finish(map, &node.unknown))
        }),
    );
    out.section(
        "edges",
        diagram.edges.iter().map(|(id, edge)| {
            let mut map = Map::new();
            map.insert("from".to_owned(), json!(edge.from));
            map.insert("to".to_owned(), json!(edge.to));
            map.insert("kind".to_owned(), json!(edge.kind.as_str()));
            text(&mut map, "name", &edge.name);
            fields(&mut map, &edge.fields);
            (id.as_str(), finish(map, &edge.unknown))
        }),
    );
    out.section(
        "groups",
        diagram.groups.iter().map(|(id, group)| {
            let mut map = Map::new();
            map.insert("kind".to_owned(), json!(group.kind));
            text(&mut map, "name", &group.name);
            map.insert("nodes".to_owned(), json!(group.nodes));
            if let Some(parent) = &group.parent {
                map.insert("parent".to_owned(), json!(parent));
            }
            if group.collapsed {
                map.insert("collapsed".to_owned(), json!(true));
            }
            (id.as_str(), finish(map, &group.unknown))
        }),
    );
    out.section("scenarios", diagram.scenarios.iter().map(|(id, scenario)| (id.as_str(), object(&scenario.fields))));
    out.section("layout", diagram.layout.iter().map(|(id, point)| (id.as_str(), position(*point))));
    if !diagram.pinned.is_empty() {
        out.entry("pinned", &json!(diagram.pinned));
    }
    out.section("lines", diagram.lines.iter().map(|(id, line)| (id.as_str(), line_value(line))));
    out.section("notes", diagram.notes.iter().map(|(id, note)| (id.as_str(), note_value(note))));
    out.section(
        "bookmarks",
        diagram.bookmarks.iter().map(|(id, bookmark)| {
            let mut map = Map::new();
            map.insert("name".to_owned(), json!(bookmark.name));
            map.insert("center".to_owned(), position(bookmark.center));
            map.insert("zoom".to_owned(), number(bookmark.zoom));
            (id.as_str(), finish(map, &bookmark.unknown))
        }),
    );
    out.text.push_str("\n}\n");
    out.text
}

fn account(diagram: &Diagram) -> Map<String, Value> {
    let account = &diagram.account;
    let mut map = Map::new();
    if account.region != crate::Account::default().region {
        map.insert("region".to_owned(), json!(account.region));
    }
    for (key, fields) in [("quotas", &account.quotas), ("outside", &account.outside)] {
        if !fields.is_empty() {
            map.insert(key.to_owned(), object(fields));
        }
    }
    map.extend(account.unknown.clone());
    map
}

fn object(fields: &Fields) -> Value {
    Value::Object(fields.iter().map(|(key, value)| (key.clone(), value.clone())).collect())
}

fn text(map: &mut Map<String, Value>, key: &str, text: &str) {
    if !text.is_empty() {
        map.insert(key.to_owned(), json!(text));
    }
}

fn fields(map: &mut Map<String, Value>, fields: &Fields) {
    if !fields.is_empty() {
        map.insert("fields".to_owned(), object(fields));
    }
}

fn finish(mut map: Map<String, Value>, unknown: &Fields) -> Value {
    map.extend(unknown.clone());
    Value::Object(map)
}

fn line_value(line: &Line) -> Value {
    let mut map = Map::new();
    if line.style != LineStyle::default() {
        map.insert("style".to_owned(), json!(line.style));
    }
    if !line.waypoints.is_empty() {
        map.insert("waypoints".to_owned(), line.waypoints.iter().copied().map(position).collect());
    }
    if let Some(label) = &line.label {
        map.insert("label".to_owned(), json!({"along": number(label.along), "offset": position(label.offset)}));
    }
    finish(map, &line.unknown)
}

fn note_value(note: &Note) -> Value {
    let mut map = Map::new();
    text(&mut map, "text", &note.text);
    map.insert("at".to_owned(), position(note.at));
    if let Some(width) = note.width {
        map.insert("width".to_owned(), number(width));
    }
    match &note.about {
        Some(About::Node(id)) => map.insert("about".to_owned(), json!({"node": id})),
        Some(About::Edge(id)) => map.insert("about".to_owned(), json!({"edge": id})),
        None => None,
    };
    if let Some(step) = note.step {
        map.insert("step".to_owned(), json!(step));
    }
    finish(map, &note.unknown)
}

fn number(v: f64) -> Value {
    if v.fract() == 0.0 { json!(v as i64) } else { json!(v) }
}

fn position(point: Point) -> Value {
    json!([number(point.x), number(point.y)])
}

/// Reading order of well-known keys; all others follow by name.
const ORDER: &[&str] = &["service", "from", "to", "kind", "name", "note", "text", "at", "nodes", "fields"];

fn ordered(map: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut members: Vec<_> = map.iter().collect();
    let rank = |key: &str| ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len());
    members.sort_by(|(a, _), (b, _)| (rank(a), a).cmp(&(rank(b), b)));
    members
}

struct Writer {
    text: String,
    first: bool,
}

impl Writer {
    fn separate(&mut self) {
        if !self.first {
            self.text.push_str(",\n");
        }
        self.first = false;
    }

    fn entry(&mut self, key: &str, value: &Value) {
        self.separate();
        write!(self.text, "  {}: ", json!(key)).expect("writing to a string cannot fail");
        self.value(value, 2);
    }

    fn section<'a>(&mut self, key: &str, members: impl Iterator<Item = (&'a str, Value)>) {
        let mut members = members.peekable();
        if members.peek().is_none() {
            return;
        }
        self.separate();
        writeln!(self.text, "  {}: {{", json!(key)).expect("writing to a string cannot fail");
        let mut first = true;
        for (id, value) in members {
            if !first {
                self.text.push_str(",\n");
            }
            first = false;
            write!(self.text, "    {}: ", json!(id)).expect("writing to a string cannot fail");
            self.value(&value, 4);
        }
        self.text.push_str("\n  }");
    }

    /// On one line where it fits, else one member to a line.
    fn value(&mut self, value: &Value, indent: usize) {
        let column = self.text.len() - self.text.rfind('\n').map_or(0, |at| at + 1);
        let line = one_line(value);
        if column + line.chars().count() <= LINE_MAX {
            self.text.push_str(&line);
            return;
        }
        match value {
            Value::Object(map) if !map.is_empty() => {
                self.block('{', '}', indent, ordered(map).into_iter(), |out, (key, value), indent| {
                    write!(out.text, "{}: ", json!(key)).expect("writing to a string cannot fail");
                    out.value(value, indent);
                });
            }
            Value::Array(list) if !list.is_empty() => {
                self.block('[', ']', indent, list.iter(), Self::value);
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
                self.text.push_str(&line);
            }
        }
    }

    fn block<T>(&mut self, open: char, close: char, indent: usize, items: impl Iterator<Item = T>, print: impl Fn(&mut Self, T, usize)) {
        self.text.push(open);
        let mut first = true;
        for item in items {
            if !first {
                self.text.push(',');
            }
            first = false;
            self.text.push('\n');
            self.text.extend(std::iter::repeat_n(' ', indent + 2));
            print(self, item, indent + 2);
        }
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n(' ', indent));
        self.text.push(close);
    }
}

fn one_line(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let members: Vec<String> =
                ordered(map).into_iter().map(|(key, value)| format!("{}: {}", json!(key), one_line(value))).collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::Array(list) => {
            let items: Vec<String> = list.iter().map(one_line).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

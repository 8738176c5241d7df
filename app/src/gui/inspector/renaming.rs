//! Another name for an event type, wherever it is written.

use plimsoll_models::{Diagram, Edit, EventTypeId, diagram::Fields, edit::Target};
use serde_json::Value;

/// Fields whose text names event types.
const TEXTS: [&str; 2] = ["events", "filter"];

/// The edit that renames a type and everything that names it.
pub(super) fn event_type(diagram: &Diagram, from: &EventTypeId, to: &EventTypeId) -> Edit {
    let value = diagram.event_types.get(from).map(|event_type| (**event_type).clone());
    let mut edits = vec![Edit::SetEventType(to.clone(), value), Edit::SetEventType(from.clone(), None)];
    let nodes = diagram.nodes.iter().map(|(id, node)| (Target::Node(id.clone()), &node.fields));
    let edges = diagram.edges.iter().map(|(id, edge)| (Target::Edge(id.clone()), &edge.fields));
    for (target, fields) in nodes.chain(edges) {
        for (key, value) in renamed(fields, from.as_str(), to.as_str()) {
            edits.push(Edit::SetField { target: target.clone(), key, value: Some(value) });
        }
    }
    Edit::All(crate::gui::words::panels::RENAME_TYPE.to_owned(), edits)
}

/// The fields that name the type, with its new name.
fn renamed(fields: &Fields, from: &str, to: &str) -> Vec<(String, Value)> {
    let mut changed = Vec::new();
    for (key, value) in fields {
        let fresh = match value {
            Value::String(text) if TEXTS.contains(&key.as_str()) => Value::String(words_replaced(text, from, to)),
            Value::Array(_) if key == "work" => steps_replaced(value, from, to),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => continue,
        };
        if fresh != *value {
            changed.push((key.clone(), fresh));
        }
    }
    changed
}

/// A text with whole words replaced.
fn words_replaced(text: &str, from: &str, to: &str) -> String {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(from) {
        let (before, after) = (&rest[..at], &rest[at + from.len()..]);
        let whole = !before.chars().next_back().is_some_and(part_of_name) && !after.chars().next().is_some_and(part_of_name);
        out.push_str(before);
        out.push_str(if whole { to } else { from });
        rest = after;
    }
    out.push_str(rest);
    out
}

fn steps_replaced(value: &Value, from: &str, to: &str) -> Value {
    match value {
        Value::Array(steps) => Value::Array(steps.iter().map(|step| steps_replaced(step, from, to)).collect()),
        Value::Object(step) => {
            let replaced = step.iter().map(|(key, value)| {
                let value = if key == "emit" && value.as_str() == Some(from) { Value::from(to) } else { steps_replaced(value, from, to) };
                (key.clone(), value)
            });
            Value::Object(replaced.collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_models::{EventType, Node, Point, edit};
    use serde_json::json;

    #[test]
    fn a_new_name_reaches_mixes_filters_and_steps() {
        let node = Node::new("generic/client", "")
            .with("events", "Order: 9, Orders: 1, Order-2: 3")
            .with("work", json!([{"call": "a", "emit": "Order"}, {"parallel": [{"call": "b", "emit": "Order"}]}, {"call": "Order"}]))
            .with("name", "Order");
        let mut diagram = Diagram::default();
        for edit in [
            Edit::SetEventType("Order".into(), Some(EventType { fields: Fields::from([("size".to_owned(), "2 KiB".into())]) })),
            Edit::AddNode { id: "n".into(), node, at: Point::default() },
        ] {
            diagram = edit::apply(&diagram, &edit).unwrap();
        }
        let renamed = edit::apply(&diagram, &event_type(&diagram, &"Order".into(), &"Placed".into())).unwrap();
        let fields = &renamed.nodes["n"].fields;
        assert_eq!(fields["events"], "Placed: 9, Orders: 1, Order-2: 3");
        assert_eq!(
            fields["work"],
            json!([{"call": "a", "emit": "Placed"}, {"parallel": [{"call": "b", "emit": "Placed"}]}, {"call": "Order"}])
        );
        assert_eq!(fields["name"], "Order");
        assert_eq!((renamed.event_types.len(), &renamed.event_types["Placed"].fields["size"]), (1, &json!("2 KiB")));
    }
}

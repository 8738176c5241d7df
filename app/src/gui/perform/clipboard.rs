//! Copy and paste as text: what is copied is a small document of its own.

use std::collections::BTreeMap;

use plimsoll_models::{Diagram, EdgeId, Edit, NodeId, Point, edit, formats::native, ids};
use serde_json::Value;

use super::edit::free_name;
use crate::gui::{App, action::Action, canvas::Selection, command::Situation};

/// How far a copy stands from what was copied.
const OFFSET: f64 = 40.0;

/// What the system pastes, unless a text field wants it; copying and cutting are keys as others.
pub(in crate::gui) fn events(ctx: &egui::Context, now: &Situation) -> Vec<Action> {
    if ctx.text_edit_focused() || !now.document {
        return Vec::new();
    }
    ctx.input(|input| {
        input
            .events
            .iter()
            .filter_map(|event| match event {
                egui::Event::Paste(text) => Some(Action::Paste(text.clone())),
                _ => None,
            })
            .collect()
    })
}

impl App {
    pub(super) fn copy(&mut self, ctx: &egui::Context) {
        let part = part(self.front.document.diagram(), &self.front.selection);
        if !part.nodes.is_empty() {
            let count = part.nodes.len();
            ctx.copy_text(native::write(&part));
            self.notice(ctx, format!("Copied {count} node{}", if count == 1 { "" } else { "s" }));
        }
    }

    pub(super) fn duplicate(&mut self, ctx: &egui::Context) {
        let part = part(self.front.document.diagram(), &self.front.selection);
        self.insert(ctx, "Duplicate", &part, None);
    }

    pub(super) fn paste(&mut self, ctx: &egui::Context, text: &str) {
        match native::read(text) {
            Ok(opened) if !opened.diagram.nodes.is_empty() => {
                let center = self.front.canvas.center();
                self.insert(ctx, "Paste", &opened.diagram, Some(center));
            }
            Ok(_) | Err(_) => self.notice(ctx, "The clipboard holds no part of a diagram"),
        }
    }

    /// Adds a part of a diagram under fresh ids; beside the original, or around a center when that is out of sight.
    fn insert(&mut self, ctx: &egui::Context, label: &str, part: &Diagram, center: Option<Point>) {
        let diagram = self.front.document.diagram();
        let (edits, selection) = insertion(diagram, part, shift(diagram, part, center));
        if edits.is_empty() {
            return;
        }
        self.edit(ctx, &Edit::All(label.to_owned(), edits), None);
        self.front.selection = selection;
    }
}

/// The selected nodes and the edges between them.
fn part(diagram: &Diagram, selection: &Selection) -> Diagram {
    let members = selection.members(diagram);
    let gone: Vec<NodeId> = diagram.nodes.keys().filter(|id| !members.contains(*id)).cloned().collect();
    let mut part = edit::apply(diagram, &Edit::Remove { nodes: gone, edges: Vec::new() }).unwrap_or_default();
    part.scenarios.clear();
    part.groups.clear();
    part.event_types.clear();
    part.account = plimsoll_models::Account::default();
    part.name.clear();
    part.description.clear();
    part
}

fn shift(diagram: &Diagram, part: &Diagram, center: Option<Point>) -> Point {
    let beside = Point::new(OFFSET, OFFSET);
    let Some(center) = center else { return beside };
    let from_here = part.nodes.keys().any(|id| diagram.nodes.contains_key(id));
    if from_here || part.layout.is_empty() {
        return beside;
    }
    let count = part.layout.len() as f64;
    let (x, y) = part.layout.values().fold((0.0, 0.0), |(x, y), at| (x + at.x / count, y + at.y / count));
    Point::new(center.x - x, center.y - y)
}

/// The edits that add a part under fresh ids, and what they add.
fn insertion(diagram: &Diagram, part: &Diagram, shift: Point) -> (Vec<Edit>, Selection) {
    let mut selection = Selection::default();
    let mut names: Vec<String> = diagram.nodes.values().map(|node| node.name.clone()).collect();
    let mut nodes: BTreeMap<&NodeId, NodeId> = BTreeMap::new();
    for id in part.nodes.keys() {
        let fresh = NodeId::new(ids::fresh(stem(id.as_str()), |id| diagram.nodes.contains_key(id) || selection.nodes.contains(id)));
        selection.nodes.insert(fresh.clone());
        nodes.insert(id, fresh);
    }
    let mut edges: BTreeMap<&EdgeId, EdgeId> = BTreeMap::new();
    for id in part.edges.keys() {
        let fresh = EdgeId::new(ids::fresh(stem(id.as_str()), |id| diagram.edges.contains_key(id) || selection.edges.contains(id)));
        selection.edges.insert(fresh.clone());
        edges.insert(id, fresh);
    }
    let mut edits = Vec::new();
    for (id, node) in &part.nodes {
        let mut node = (**node).clone();
        if !node.name.is_empty() {
            node.name = free_name(stem_name(&node.name), |name| names.iter().any(|taken| taken == name));
            names.push(node.name.clone());
        }
        if let Some(work) = node.fields.get_mut("work") {
            rename_calls(work, &edges);
        }
        let at = part.position(id);
        edits.push(Edit::AddNode { id: nodes[id].clone(), node, at: Point::new(at.x + shift.x, at.y + shift.y) });
    }
    for (id, edge) in &part.edges {
        let mut edge = (**edge).clone();
        let (Some(from), Some(to)) = (nodes.get(&edge.from), nodes.get(&edge.to)) else { continue };
        (edge.from, edge.to) = (from.clone(), to.clone());
        edits.push(Edit::AddEdge { id: edges[id].clone(), edge });
    }
    (edits, selection)
}

/// `orders-2` is a copy of `orders`; its copy is `orders-3`, not `orders-2-2`.
fn stem(id: &str) -> &str {
    match id.rsplit_once('-') {
        Some((stem, digits)) if !stem.is_empty() && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => stem,
        _ => id,
    }
}

fn stem_name(name: &str) -> &str {
    match name.rsplit_once(' ') {
        Some((stem, digits)) if !stem.is_empty() && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => stem,
        _ => name,
    }
}

/// Steps of a copied function call along the copied edges.
fn rename_calls(value: &mut Value, edges: &BTreeMap<&EdgeId, EdgeId>) {
    match value {
        Value::Array(list) => {
            list.retain(|step| step.get("call").and_then(Value::as_str).is_none_or(|edge| edges.contains_key(&EdgeId::new(edge))));
            for item in list {
                rename_calls(item, edges);
            }
        }
        Value::Object(map) => {
            if let Some(edge) = map.get("call").and_then(Value::as_str).and_then(|edge| edges.get(&EdgeId::new(edge))) {
                map.insert("call".to_owned(), Value::String(edge.to_string()));
            }
            if let Some(branches) = map.get_mut("parallel") {
                rename_calls(branches, edges);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_models::{Edge, EdgeKind, Node};
    use serde_json::json;

    #[test]
    fn a_copy_brings_its_edges_and_calls_along() {
        let mut diagram = Diagram::default();
        let work = json!([{"call": "a-b"}, {"call": "a-c"}, {"parallel": [{"call": "a-b"}]}]);
        for edit in [
            Edit::AddNode { id: "a".into(), node: Node::new("aws/lambda", "A").with("work", work), at: Point::new(0.0, 0.0) },
            Edit::AddNode { id: "b".into(), node: Node::new("aws/sqs", "B"), at: Point::new(200.0, 0.0) },
            Edit::AddNode { id: "c".into(), node: Node::new("aws/sqs", "C"), at: Point::new(200.0, 100.0) },
            Edit::AddEdge { id: "a-b".into(), edge: Edge::new("a", "b", EdgeKind::Send) },
            Edit::AddEdge { id: "a-c".into(), edge: Edge::new("a", "c", EdgeKind::Send) },
        ] {
            diagram = edit::apply(&diagram, &edit).unwrap();
        }
        let selection = Selection { nodes: ["a".into(), "b".into()].into(), ..Selection::default() };
        let text = native::write(&part(&diagram, &selection));
        let copied = native::read(&text).unwrap().diagram;
        let (edits, selection) = insertion(&diagram, &copied, Point::new(40.0, 40.0));
        let pasted = edit::apply(&diagram, &Edit::All("Paste".into(), edits)).unwrap();
        assert_eq!(selection.nodes.iter().map(ToString::to_string).collect::<Vec<_>>(), ["a-2", "b-2"]);
        assert_eq!(pasted.nodes["a-2"].name, "A 2");
        let edge = selection.edges.first().unwrap();
        assert_eq!(pasted.edges[edge].to.as_str(), "b-2");
        assert_eq!(pasted.nodes["a-2"].fields["work"], json!([{"call": edge.as_str()}, {"parallel": [{"call": edge.as_str()}]}]));
    }
}

//! From text to diagram: what belongs to the drawing alone and not to the system.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Map, Value};

use super::read::Reader;
use crate::{
    BookmarkId, Diagnostic, Diagram, EdgeId, GroupId, NodeId, NoteId, Place, Point,
    diagram::{About, Bookmark, GROUP_DEPTH_MAX, LabelPlace, Line, LineStyle, Note, WAYPOINTS_MAX},
};

impl Reader {
    /// Pins, courses of arrows, notes and bookmarks.
    pub(super) fn drawing(&mut self, root: &mut Map<String, Value>, diagram: &mut Diagram) {
        diagram.pinned = self.pinned(root, diagram);
        for (id, value) in self.section(root, "lines") {
            let id = EdgeId::new(id);
            if !diagram.edges.contains_key(&id) {
                self.stale(format!("`lines` shapes `{id}`, which is no edge; it is forgotten"));
            } else if let Some(line) = self.line(&id, value)
                && !line.is_plain()
            {
                diagram.lines.insert(id, Arc::new(line));
            }
        }
        for (id, value) in self.section(root, "notes") {
            if let Some(note) = self.note(&id, value, diagram) {
                diagram.notes.insert(NoteId::new(id), Arc::new(note));
            }
        }
        for (id, value) in self.section(root, "bookmarks") {
            if let Some(bookmark) = self.bookmark(&id, value) {
                diagram.bookmarks.insert(BookmarkId::new(id), Arc::new(bookmark));
            }
        }
    }

    /// Groups stand in groups that there are, not in themselves and not too deep; a node belongs to one group.
    pub(super) fn nesting(&mut self, diagram: &mut Diagram) {
        let mut owned: BTreeSet<NodeId> = BTreeSet::new();
        let ids: Vec<GroupId> = diagram.groups.keys().cloned().collect();
        for id in ids {
            let group = &diagram.groups[&id];
            let kept: BTreeSet<NodeId> =
                group.nodes.iter().filter(|node| diagram.nodes.contains_key(*node) && !owned.contains(*node)).cloned().collect();
            let bad_parent = group.parent.as_ref().is_some_and(|parent| {
                !diagram.groups.contains_key(parent)
                    || parent == &id
                    || diagram.around(parent).any(|(around, _)| *around == id)
                    || diagram.around(parent).count() >= GROUP_DEPTH_MAX
            });
            if kept != group.nodes {
                self.stale(format!("the group `{id}` names nodes that do not exist or belong to another group; they are left out"));
            }
            if bad_parent {
                self.error(
                    "bad-nesting",
                    Place::Document,
                    format!("the group `{id}` cannot stand in the group that it names as `parent`; it stands alone"),
                    &format!("name another group that is not inside of it, at most {GROUP_DEPTH_MAX} deep"),
                );
            }
            owned.extend(kept.iter().cloned());
            if let Some(group) = diagram.groups.get_mut(&id)
                && (bad_parent || kept != group.nodes)
            {
                let group = Arc::make_mut(group);
                group.nodes = kept;
                group.parent = group.parent.take().filter(|_| !bad_parent);
            }
        }
    }

    fn stale(&mut self, message: String) {
        self.diagnostics.push(Diagnostic::info("stale-layout", Place::Document, message));
    }

    fn pinned(&mut self, root: &mut Map<String, Value>, diagram: &Diagram) -> BTreeSet<NodeId> {
        match root.remove("pinned") {
            None => BTreeSet::new(),
            Some(Value::Array(list)) => {
                list.iter().filter_map(Value::as_str).map(NodeId::new).filter(|id| diagram.nodes.contains_key(id)).collect()
            }
            Some(_) => {
                self.error("bad-shape", Place::Document, "`pinned` is not a list of nodes".to_owned(), "write [\"id\"]");
                BTreeSet::new()
            }
        }
    }

    fn object(&mut self, value: Value, what: &str) -> Option<Map<String, Value>> {
        if let Value::Object(map) = value {
            return Some(map);
        }
        self.error("bad-shape", Place::Document, format!("{what} is not an object"), "");
        None
    }

    fn line(&mut self, id: &EdgeId, value: Value) -> Option<Line> {
        let place = Place::Edge(id.clone(), None);
        let mut map = self.object(value, &format!("the line of `{id}`"))?;
        let word = self.text(&mut map, "style", &place);
        let style = LineStyle::ALL.into_iter().find(|style| style.as_str() == word);
        if style.is_none() && !word.is_empty() {
            self.error("bad-line", place.clone(), format!("`{word}` is not a style of line"), "known: orthogonal, bezier, straight");
        }
        let waypoints = match map.remove("waypoints") {
            Some(Value::Array(list)) => list.iter().filter_map(point).take(WAYPOINTS_MAX).collect(),
            Some(_) | None => Vec::new(),
        };
        let label = match map.remove("label") {
            Some(Value::Object(label)) => Some(LabelPlace {
                along: label.get("along").and_then(Value::as_f64).unwrap_or(0.5).clamp(0.0, 1.0),
                offset: label.get("offset").and_then(point).unwrap_or_default(),
            }),
            Some(_) | None => None,
        };
        Some(Line { style: style.unwrap_or_default(), waypoints, label, unknown: self.unknown(map, &place) })
    }

    fn note(&mut self, id: &str, value: Value, diagram: &Diagram) -> Option<Note> {
        let mut map = self.object(value, &format!("the note `{id}`"))?;
        let about = match map.remove("about") {
            Some(Value::Object(about)) => match (about.get("node").and_then(Value::as_str), about.get("edge").and_then(Value::as_str)) {
                (Some(node), _) if diagram.nodes.contains_key(node) => Some(About::Node(NodeId::new(node))),
                (_, Some(edge)) if diagram.edges.contains_key(edge) => Some(About::Edge(EdgeId::new(edge))),
                _ => {
                    self.stale(format!("the note `{id}` is about something that does not exist; it stands alone"));
                    None
                }
            },
            Some(_) | None => None,
        };
        Some(Note {
            text: self.text(&mut map, "text", &Place::Document),
            at: map.remove("at").as_ref().and_then(point).unwrap_or_default(),
            width: map
                .remove("width")
                .and_then(|width| width.as_f64())
                .filter(|width| *width > 0.0)
                .map(|width| Point::new(width, 0.0).rounded().x),
            about,
            step: map.remove("step").and_then(|step| step.as_u64()).and_then(|step| u32::try_from(step).ok()).filter(|step| *step > 0),
            unknown: self.unknown(map, &Place::Document),
        })
    }

    fn bookmark(&mut self, id: &str, value: Value) -> Option<Bookmark> {
        let mut map = self.object(value, &format!("the bookmark `{id}`"))?;
        let zoom = map.remove("zoom").and_then(|zoom| zoom.as_f64()).filter(|zoom| *zoom > 0.0);
        let center = map.remove("center").as_ref().and_then(point);
        let (Some(zoom), Some(center)) = (zoom, center) else {
            let hint = "write {\"name\": \"Start\", \"center\": [0, 0], \"zoom\": 1}";
            self.error("bad-shape", Place::Document, format!("the bookmark `{id}` lacks `center` or `zoom` and is left out"), hint);
            return None;
        };
        Some(Bookmark { name: self.text(&mut map, "name", &Place::Document), center, zoom, unknown: self.unknown(map, &Place::Document) })
    }
}

fn point(value: &Value) -> Option<Point> {
    let [x, y] = value.as_array()?.as_slice() else { return None };
    Some(Point::new(x.as_f64()?, y.as_f64()?).rounded())
}

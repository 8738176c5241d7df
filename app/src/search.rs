//! Finds words anywhere in a diagram: names, types, fields and their values, event types, notes, problems.

use plimsoll_models::{Catalog, Diagnostic, Diagram, GroupId, NoteId, Place, diagram::Fields};
use serde_json::Value;

/// Most places that a search lists.
pub const HITS_MAX: usize = 500;

/// Where in a thing the words stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// In its name.
    Name,
    /// In the name of its service, or of what it means.
    Type,
    /// In the key or value of a field.
    Field,
    /// In the name or fields of an event type.
    EventType,
    /// In a note or remark.
    Note,
    /// In a problem.
    Problem,
}

/// What can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spot {
    /// Something that problems can be about.
    Place(Place),
    /// A note on the drawing.
    Note(NoteId),
    /// A frame.
    Group(GroupId),
}

/// Words that were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Of what.
    pub spot: Spot,
    /// Where in it.
    pub part: Part,
    /// Its name.
    pub title: String,
    /// The words around.
    pub text: String,
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The first ones: names, then types, then the rest.
    pub hits: Vec<Hit>,
    /// How many there are in all.
    pub count: usize,
}

/// Searches a diagram; every word has to stand in the same text, in any case.
pub fn search(diagram: &Diagram, catalog: &Catalog, problems: &[Diagnostic], query: &str) -> Found {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    if words.is_empty() {
        return Found::default();
    }
    let mut search = Search { words, hits: Vec::new() };
    search.nodes(diagram, catalog);
    search.edges(diagram);
    for (id, group) in &diagram.groups {
        search.look(&Spot::Group(id.clone()), &group.name, Part::Name, &group.name);
    }
    for (id, event) in &diagram.event_types {
        let spot = Spot::Place(Place::EventType(id.clone()));
        search.look(&spot, id.as_str(), Part::EventType, id.as_str());
        search.fields(&spot, id.as_str(), Part::EventType, &event.fields);
    }
    for (id, scenario) in &diagram.scenarios {
        let spot = Spot::Place(Place::Scenario(id.clone(), None));
        let name = scenario.fields.get("name").and_then(Value::as_str).unwrap_or(id.as_str());
        search.fields(&spot, name, Part::Field, &scenario.fields);
    }
    for (id, note) in &diagram.notes {
        let title = note.text.lines().next().unwrap_or_default();
        search.look(&Spot::Note(id.clone()), title.trim_start_matches(['#', ' ', '*', '-']), Part::Note, &note.text);
    }
    for problem in problems {
        search.look(&Spot::Place(problem.place.clone()), &title_of(diagram, &problem.place), Part::Problem, &problem.message);
    }
    let Search { mut hits, .. } = search;
    hits.sort_by_key(|hit| hit.part);
    let count = hits.len();
    hits.truncate(HITS_MAX);
    Found { hits, count }
}

/// The name of what a problem is about.
fn title_of(diagram: &Diagram, place: &Place) -> String {
    match place {
        Place::Node(id, _) => diagram.title(id).to_owned(),
        Place::Edge(id, _) => diagram.edge_title(id),
        Place::Document | Place::Text { .. } | Place::EventType(_) | Place::Scenario(..) | Place::Account(_) => place.to_string(),
    }
}

struct Search {
    words: Vec<String>,
    hits: Vec<Hit>,
}

impl Search {
    fn nodes(&mut self, diagram: &Diagram, catalog: &Catalog) {
        for (id, node) in &diagram.nodes {
            let (spot, title) = (Spot::Place(Place::Node(id.clone(), None)), diagram.title(id));
            let service = catalog.get(&node.service).map_or_else(|| node.service.to_string(), |service| service.title.clone());
            self.look(&spot, title, Part::Name, title);
            self.look(&spot, title, Part::Type, &service);
            self.fields(&spot, title, Part::Field, &node.fields);
            self.look(&spot, title, Part::Note, &node.note);
        }
    }

    fn edges(&mut self, diagram: &Diagram) {
        for (id, edge) in &diagram.edges {
            let place = Place::Edge(id.clone(), None);
            let title = title_of(diagram, &place);
            let spot = Spot::Place(place);
            self.look(&spot, &title, Part::Name, &edge.name);
            self.look(&spot, &title, Part::Type, edge.kind.as_str());
            self.fields(&spot, &title, Part::Field, &edge.fields);
        }
    }

    fn fields(&mut self, spot: &Spot, title: &str, part: Part, fields: &Fields) {
        for (key, value) in fields {
            let value = match value {
                Value::String(text) => text.clone(),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
            };
            self.look(spot, title, part, &format!("{}: {value}", key.replace('_', " ")));
        }
    }

    fn look(&mut self, spot: &Spot, title: &str, part: Part, text: &str) {
        let lower = text.to_lowercase();
        if self.words.iter().all(|word| lower.contains(word)) {
            let text = excerpt(text, &lower, &self.words[0]);
            self.hits.push(Hit { spot: spot.clone(), part, title: title.to_owned(), text });
        }
    }
}

/// The line in which the word stands.
fn excerpt(text: &str, lower: &str, word: &str) -> String {
    let before = lower.find(word).map_or(0, |at| lower[..at].matches('\n').count());
    text.lines().nth(before).unwrap_or(text).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_models::{Node, Note, Point};
    use std::sync::Arc;

    fn shop() -> Diagram {
        let mut diagram = Diagram::default();
        diagram.nodes.insert("worker".into(), Arc::new(Node::new("aws/lambda", "Packer").with("memory", "512 MiB")));
        diagram.nodes.insert("orders".into(), Arc::new(Node::new("aws/sqs", "Packages")));
        let note = Note { text: "# Why\nThe packer is slow\nsince May".to_owned(), at: Point::default(), ..Note::default() };
        diagram.notes.insert("n".into(), Arc::new(note));
        diagram
    }

    fn found(query: &str) -> Vec<(Part, String, String)> {
        let hits = search(&shop(), Catalog::embedded(), &[], query).hits;
        hits.into_iter().map(|hit| (hit.part, hit.title, hit.text)).collect()
    }

    #[test]
    fn names_come_before_notes_and_the_line_is_told() {
        let hits = found("PACKER");
        assert_eq!(hits[0], (Part::Name, "Packer".to_owned(), "Packer".to_owned()));
        assert_eq!(hits[1], (Part::Note, "Why".to_owned(), "The packer is slow".to_owned()));
        assert_eq!(hits.len(), 2);
    }

    #[test]
    fn fields_are_found_by_key_and_value_together() {
        assert_eq!(found("memory 512"), [(Part::Field, "Packer".to_owned(), "memory: 512 MiB".to_owned())]);
        assert!(found("memory 128").is_empty() && found("   ").is_empty());
        assert!(found("lambda").iter().any(|(part, title, _)| *part == Part::Type && title == "Packer"));
    }
}

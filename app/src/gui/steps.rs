//! The numbered notes of a drawing: a walk through it.

use plimsoll_models::{Diagram, Edit, Note, NoteId};

/// The notes with a number, in the order of the walk.
pub fn steps(diagram: &Diagram) -> Vec<&NoteId> {
    let mut steps: Vec<(u32, &NoteId)> = diagram.notes.iter().filter_map(|(id, note)| Some((note.step?, id))).collect();
    steps.sort_unstable();
    steps.into_iter().map(|(_, id)| id).collect()
}

/// The edit that gives a note a place in the walk, from 1, or takes it out; the others close up.
pub fn numbered(diagram: &Diagram, id: &NoteId, place: Option<usize>) -> Edit {
    let mut order: Vec<&NoteId> = steps(diagram).into_iter().filter(|other| *other != id).collect();
    if let Some(place) = place {
        order.insert(place.saturating_sub(1).min(order.len()), id);
    }
    let number = |note: &NoteId| order.iter().position(|other| *other == note).and_then(|index| u32::try_from(index + 1).ok());
    let changed = diagram.notes.iter().filter(|(id, note)| number(id) != note.step);
    let edits = changed.map(|(id, note)| Edit::SetNote(id.clone(), Some(Note { step: number(id), ..(**note).clone() })));
    Edit::All(crate::gui::words::panels::NUMBER_NOTES.to_owned(), edits.collect())
}

/// The step after or before a note; the first or the last one when the note is none of them.
pub fn neighbor<'a>(diagram: &'a Diagram, from: Option<&NoteId>, forward: bool) -> Option<&'a NoteId> {
    let steps = steps(diagram);
    let at = from.and_then(|from| steps.iter().position(|id| *id == from));
    let next = match (at, forward) {
        (Some(at), true) => (at + 1).min(steps.len().saturating_sub(1)),
        (Some(at), false) => at.saturating_sub(1),
        (None, true) => 0,
        (None, false) => steps.len().saturating_sub(1),
    };
    steps.get(next).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_models::edit;

    fn walk(steps: &[(&str, Option<u32>)]) -> Diagram {
        let mut diagram = Diagram::default();
        for (id, step) in steps {
            let note = Note { step: *step, ..Note::default() };
            diagram = edit::apply(&diagram, &Edit::SetNote((*id).into(), Some(note))).unwrap();
        }
        diagram
    }

    fn order(diagram: &Diagram) -> String {
        let told: Vec<String> = steps(diagram).iter().map(|id| format!("{id}{}", diagram.notes[*id].step.unwrap_or(0))).collect();
        told.join(" ")
    }

    #[test]
    fn numbers_close_up_and_make_room() {
        let diagram = walk(&[("a", Some(1)), ("b", Some(2)), ("c", Some(7)), ("d", None)]);
        let apply = |id: &str, place| order(&edit::apply(&diagram, &numbered(&diagram, &id.into(), place)).unwrap());
        assert_eq!(apply("d", Some(2)), "a1 d2 b3 c4");
        assert_eq!(apply("a", Some(99)), "b1 c2 a3");
        assert_eq!(apply("b", None), "a1 c2");
    }

    #[test]
    fn a_walk_stops_at_its_ends() {
        let diagram = walk(&[("a", Some(1)), ("b", Some(2))]);
        let next = |from: Option<&str>, forward| neighbor(&diagram, from.map(NoteId::new).as_ref(), forward).unwrap().to_string();
        assert_eq!((next(None, true), next(Some("a"), true), next(Some("b"), true)), ("a".into(), "b".into(), "b".into()));
        assert_eq!((next(Some("a"), false), next(None, false)), ("a".into(), "b".into()));
        assert_eq!(neighbor(&Diagram::default(), None, true), None);
    }
}

//! Notes on the drawing: adding, deleting, walking from step to step.

use plimsoll_models::{About, Edit, Note, NoteId, Point, ids};

use crate::gui::{App, canvas::Selection, steps, words::panels as words};

/// How far below the middle of a box its note stands.
const BELOW: f64 = 64.0;

impl App {
    /// Puts a note on the drawing, about what is selected if that is one thing, and lets it be written.
    pub(super) fn add_note(&mut self, ctx: &egui::Context) {
        let diagram = self.front.document.diagram();
        let Selection { nodes, edges, .. } = &self.front.selection;
        let about = match (nodes.len(), edges.len()) {
            (1, 0) => nodes.first().cloned().map(About::Node),
            (0, 1) => edges.first().cloned().map(About::Edge),
            _ => None,
        };
        let half = crate::scene::NOTE_WIDTH / 2.0;
        let at = match &about {
            Some(About::Node(id)) => {
                let at = diagram.position(id);
                Point::new(at.x - half, at.y + BELOW)
            }
            Some(About::Edge(_)) | None => {
                let at = self.front.canvas.center();
                Point::new(((at.x - half) / 10.0).round() * 10.0, (at.y / 10.0).round() * 10.0)
            }
        };
        let id = NoteId::new(ids::fresh("note", |id| diagram.notes.contains_key(id)));
        let note = Note { text: words::NEW_NOTE.to_owned(), at, about, ..Note::default() };
        self.edit(ctx, &Edit::All(words::ADD_NOTE.to_owned(), vec![Edit::SetNote(id.clone(), Some(note))]), None);
        self.front.selection = Selection::default();
        self.write_note(id);
    }

    /// Lets a note be written in the inspector.
    pub(in crate::gui) fn write_note(&mut self, id: NoteId) {
        self.front.canvas.choose_note(Some(id));
        self.settings.panels.inspector = true;
        self.front.inspector.focus_name = true;
    }

    /// Deletes the chosen note; false when none is.
    pub(super) fn delete_note(&mut self, ctx: &egui::Context) -> bool {
        let Some(id) = self.front.canvas.chosen_note().cloned() else { return false };
        self.edit(ctx, &Edit::SetNote(id, None), None);
        self.front.canvas.choose_note(None);
        true
    }

    /// Shows or hides all notes.
    pub(super) fn toggle_notes(&mut self, ctx: &egui::Context) {
        let text = if self.front.canvas.toggle_notes() { words::NOTES_SHOWN } else { words::NOTES_HIDDEN };
        self.notice(ctx, text);
    }

    /// Goes to the next or the previous numbered note.
    pub(super) fn walk_steps(&mut self, ctx: &egui::Context, forward: bool) {
        let diagram = self.front.document.diagram();
        match steps::neighbor(diagram, self.front.canvas.chosen_note(), forward).cloned() {
            Some(id) => self.show_note(&id),
            None => self.notice(ctx, words::NO_STEPS),
        }
    }

    /// Brings a note into view and chooses it.
    pub(super) fn show_note(&mut self, id: &NoteId) {
        self.front.selection = Selection::default();
        self.front.canvas.reveal_note(id);
    }
}

//! Notes on the drawing: chosen, moved, made wider.

use egui::{CursorIcon, Key, PointerButton, Pos2, Sense, Stroke, StrokeKind, Ui, WidgetInfo, accesskit::Role, vec2};
use plimsoll_models::{Edit, Note, NoteId, Point};

use super::{Canvas, CanvasEvent, CanvasInput, Goal, Selection, paint};
use crate::{
    gui::words::panels as words,
    scene::{Link, NOTE_WIDTH_MAX, NOTE_WIDTH_MIN, Rect},
};

/// Width of the edge by which a note is made wider, on the screen.
const EDGE_WIDTH: f32 = 10.0;

/// Distance of the places that a note snaps to.
const STEP: f64 = 10.0;

/// What the canvas knows about notes.
#[derive(Debug, Default)]
pub(super) struct Notes {
    chosen: Option<NoteId>,
    drag: Option<Drag>,
    pub(super) hidden: bool,
}

/// What is being dragged.
#[derive(Clone, Debug, PartialEq)]
enum Drag {
    /// A note, held at this distance from its upper left corner.
    Move(NoteId, Point),
    /// The right edge of a note.
    Widen(NoteId),
}

impl Notes {
    pub(super) fn busy(&self) -> bool {
        self.drag.is_some()
    }
}

impl Canvas {
    /// The chosen note.
    pub fn chosen_note(&self) -> Option<&NoteId> {
        self.notes.chosen.as_ref()
    }

    /// Chooses a note, or none.
    pub fn choose_note(&mut self, note: Option<NoteId>) {
        self.notes.chosen = note;
    }

    /// Chooses a note, brings it into view and lets it flash.
    pub fn reveal_note(&mut self, id: &NoteId) {
        self.notes.hidden = false;
        self.notes.chosen = Some(id.clone());
        self.goal = Some(Goal::Reveal(Link::Note(id.clone())));
    }

    /// Shows or hides all notes; true when they are shown now.
    pub fn toggle_notes(&mut self) -> bool {
        self.notes.hidden = !self.notes.hidden;
        self.notes.chosen = None;
        self.drawn = None;
        !self.notes.hidden
    }

    /// The sheet of a note, as it was drawn last.
    pub(super) fn note_sheet(&self, id: &NoteId) -> Option<Rect> {
        self.sheets().find(|(other, _)| *other == id).map(|(_, rect)| rect)
    }

    fn sheets(&self) -> impl Iterator<Item = (&NoteId, Rect)> {
        self.drawn.iter().flat_map(|drawn| &drawn.scene.parts).filter_map(|part| match &part.link {
            Link::Note(id) => Some((id, part.bounds)),
            Link::Group(_) | Link::Edge(_) | Link::Node(_) | Link::Label(_) | Link::Leader(_) | Link::Legend => None,
        })
    }

    /// Lets the pointer and the keyboard reach the notes.
    pub(super) fn touch_notes(&mut self, ui: &Ui, input: &CanvasInput<'_>, events: &mut Vec<CanvasEvent>) {
        let elsewhere = !input.selection.is_empty() || events.iter().any(|event| matches!(event, CanvasEvent::Select(_)));
        let gone = self.notes.chosen.as_ref().is_some_and(|id| !input.diagram.notes.contains_key(id));
        if elsewhere || gone {
            self.notes.chosen = None;
        }
        if input.diagram.notes.is_empty() || self.notes.hidden || self.camera.zoom < paint::NORMAL_FROM {
            return;
        }
        let seen = self.camera.seen();
        let sheets: Vec<(NoteId, Rect)> =
            self.sheets().filter(|(_, rect)| rect.intersects(seen)).map(|(id, rect)| (id.clone(), rect)).collect();
        for (id, sheet) in sheets {
            if let Some(note) = input.diagram.notes.get(&id) {
                self.touch_note(ui, input, &id, note, sheet, events);
                self.touch_note_edge(ui, &id, note, sheet, events);
            }
        }
        if self.notes.drag.is_some() && ui.input(|input| input.key_pressed(Key::Escape)) {
            self.notes.drag = None;
            events.push(CanvasEvent::EndPreview);
        }
        if self.notes.drag.is_some() && !ui.input(|input| input.pointer.any_down()) {
            self.notes.drag = None;
        }
    }

    fn touch_note(&mut self, ui: &Ui, input: &CanvasInput<'_>, id: &NoteId, note: &Note, sheet: Rect, events: &mut Vec<CanvasEvent>) {
        let area = self.camera.screen_rect(sheet);
        let response = ui.interact(area, ui.scope_id().with(("canvas-note", id.as_str())), Sense::click_and_drag());
        let chosen = self.notes.chosen.as_ref() == Some(id);
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, words::note_sentence(note.step, &note.text)));
        let begins = response.drag_started_by(PointerButton::Primary);
        if response.clicked() || begins || response.secondary_clicked() {
            self.notes.chosen = Some(id.clone());
            if !input.selection.is_empty() {
                events.push(CanvasEvent::Select(Selection::default()));
            }
        }
        if response.double_clicked() {
            events.push(CanvasEvent::EditNote(id.clone()));
        }
        if begins && let Some(origin) = ui.input(|input| input.pointer.press_origin()) {
            let held = self.camera.diagram(origin);
            self.notes.drag = Some(Drag::Move(id.clone(), Point::new(held.x - note.at.x, held.y - note.at.y)));
        }
        if let Some(Drag::Move(moved, hold)) = self.notes.drag.clone()
            && moved == *id
            && let Some(pointer) = response.interact_pointer_pos()
        {
            let p = self.camera.diagram(pointer);
            let at = placed(ui, Point::new(p.x - hold.x, p.y - hold.y));
            let changed = Note { at, ..note.clone() };
            push(id, changed, words::MOVE_NOTE, response.drag_stopped(), events);
            ui.set_cursor_icon(CursorIcon::Grabbing);
        } else if response.hovered() {
            ui.set_cursor_icon(CursorIcon::Default);
        }
    }

    /// The right edge, by which a note is made wider.
    fn touch_note_edge(&mut self, ui: &Ui, id: &NoteId, note: &Note, sheet: Rect, events: &mut Vec<CanvasEvent>) {
        let area = self.camera.screen_rect(sheet);
        let edge = egui::Rect::from_center_size(Pos2::new(area.right(), area.center().y), vec2(EDGE_WIDTH, area.height()));
        let response = ui.interact(edge, ui.scope_id().with(("canvas-note-edge", id.as_str())), Sense::drag());
        if response.drag_started_by(PointerButton::Primary) {
            self.notes.chosen = Some(id.clone());
            self.notes.drag = Some(Drag::Widen(id.clone()));
        }
        if self.notes.drag == Some(Drag::Widen(id.clone()))
            && let Some(pointer) = response.interact_pointer_pos()
        {
            let right = self.camera.diagram(pointer).x;
            let width = ((right - note.at.x) / STEP).round() * STEP;
            let changed = Note { width: Some(width.clamp(NOTE_WIDTH_MIN, NOTE_WIDTH_MAX)), ..note.clone() };
            push(id, changed, words::WIDEN_NOTE, response.drag_stopped(), events);
        }
        if response.hovered() || response.dragged() {
            ui.set_cursor_icon(CursorIcon::ResizeHorizontal);
        }
    }

    /// The frame of the chosen note.
    pub(super) fn paint_notes(&self, ui: &Ui, input: &CanvasInput<'_>) {
        let Some(sheet) = self.notes.chosen.as_ref().and_then(|id| self.note_sheet(id)) else { return };
        let rect = self.camera.screen_rect(sheet).expand(2.0);
        let painter = ui.painter().with_clip_rect(self.camera.view);
        painter.rect_stroke(rect, 6.0, Stroke::new(2.0, input.theme.accent), StrokeKind::Outside);
    }
}

/// A place on the grid, or exactly there while Alt is held.
fn placed(ui: &Ui, at: Point) -> Point {
    if ui.input(|input| input.modifiers.alt) {
        return at.rounded();
    }
    Point::new((at.x / STEP).round() * STEP, (at.y / STEP).round() * STEP)
}

fn push(id: &NoteId, note: Note, label: &str, done: bool, events: &mut Vec<CanvasEvent>) {
    let edit = Edit::All(label.to_owned(), vec![Edit::SetNote(id.clone(), Some(note))]);
    events.push(if done { CanvasEvent::Edit(edit) } else { CanvasEvent::Preview(edit) });
}

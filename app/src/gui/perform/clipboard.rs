//! Copy and paste as text: what is copied is a small document of its own.

use plimsoll_models::{Diagram, Edit, NodeId, Point, formats::native};

use super::file::PNG_SCALE;
use crate::{
    arrange::{self, Joins},
    export::{self, Format},
    files,
    gui::{
        App,
        action::Action,
        command::{Command, Situation},
        part::{connected, insertion, part, shift},
        words::{files as file_words, panels as words},
    },
};

/// What the system pastes, unless a text field wants it; copying and cutting are keys as others.
pub(in crate::gui) fn events(ctx: &egui::Context, now: &Situation) -> Vec<Action> {
    if ctx.text_edit_focused() || !now.document {
        return Vec::new();
    }
    ctx.input(|input| {
        // The system pastes whatever else is held.
        let (shift, alt) = (input.modifiers.shift, input.modifiers.alt);
        input
            .events
            .iter()
            .filter_map(|event| match event {
                egui::Event::Paste(_) if alt => Some(Action::Command(Command::PasteSettings)),
                egui::Event::Paste(text) => Some(Action::Paste { text: text.clone(), incoming: shift }),
                _ => None,
            })
            .collect()
    })
}

impl App {
    pub(super) fn copy(&mut self, ctx: &egui::Context) {
        let part = self.part();
        if !part.nodes.is_empty() || !part.notes.is_empty() {
            let text = words::copied(part.nodes.len(), part.notes.len());
            ctx.copy_text(native::write(&part));
            self.notice(ctx, text);
        }
    }

    /// Copies what is chosen, or everything, as it would be exported.
    pub(super) fn copy_picture(&mut self, ctx: &egui::Context) {
        let part = self.part();
        let diagram = if part.nodes.is_empty() { &**self.front.document.diagram() } else { &part };
        let picture = export::draw(
            diagram,
            self.catalog,
            self.fresh_result().map(|result| &**result),
            self.export_look(),
            Format::Png { scale: PNG_SCALE },
        );
        let image = picture.map_err(|error| error.to_string()).and_then(|picture| {
            let pixels = tiny_skia::Pixmap::decode_png(&picture.bytes).map_err(|error| error.to_string())?;
            let size = [pixels.width() as usize, pixels.height() as usize];
            Ok(egui::ColorImage::from_rgba_premultiplied(size, pixels.data()))
        });
        match image {
            Ok(image) => {
                ctx.copy_image(image);
                self.notice(ctx, words::COPIED_PICTURE);
            }
            Err(why) => self.message(file_words::NOT_EXPORTED, &why, ""),
        }
    }

    pub(super) fn duplicate(&mut self, ctx: &egui::Context) {
        let part = self.part();
        let by = shift(self.front.document.diagram(), &part, None);
        self.insert(ctx, words::DUPLICATE, &part, by, false);
    }

    /// Puts a copy of what is chosen so far away; boxes join the groups that they come to stand in.
    pub(super) fn duplicate_by(&mut self, ctx: &egui::Context, by: Point) {
        let part = self.part();
        let diagram = self.front.document.diagram();
        let (edits, selection, renamed) = insertion(diagram, &part, by);
        let home = |id: &NodeId| {
            let at = part.position(id);
            arrange::frame_at(diagram, Point::new(at.x + by.x, at.y + by.y))
        };
        let loose = renamed.nodes.iter().filter(|(id, _)| part.group_of(id).is_none());
        let nodes = loose.filter_map(|(id, fresh)| Some((fresh.clone(), Some(home(id)?)))).collect();
        let copy = Edit::All(words::DUPLICATE.to_owned(), edits);
        let edit = arrange::rejoin(diagram, copy, &Joins { nodes, ..Joins::default() });
        self.edit(ctx, &edit, None);
        self.front.selection = selection;
    }

    /// What is chosen, as a diagram of its own.
    fn part(&self) -> Diagram {
        part(self.front.document.diagram(), &self.front.selection, self.front.canvas.chosen_note())
    }

    pub(super) fn paste(&mut self, ctx: &egui::Context, text: &str, incoming: bool) {
        let incoming = std::mem::take(&mut self.state.paste_connected) || incoming;
        match files::read(text) {
            Ok(opened) if !opened.diagram.nodes.is_empty() || !opened.diagram.notes.is_empty() => {
                let by = shift(self.front.document.diagram(), &opened.diagram, Some(self.front.canvas.center()));
                self.insert(ctx, words::PASTE, &opened.diagram, by, incoming);
            }
            Ok(_) | Err(_) => self.notice(ctx, words::foreign_text(text)),
        }
    }

    /// Adds a part of a diagram so far from where it was, under fresh ids.
    fn insert(&mut self, ctx: &egui::Context, label: &str, part: &Diagram, by: Point, incoming: bool) {
        let diagram = self.front.document.diagram();
        let (mut edits, selection, renamed) = insertion(diagram, part, by);
        if incoming {
            edits.extend(connected(diagram, part, &renamed));
        }
        if edits.is_empty() {
            return;
        }
        self.edit(ctx, &Edit::All(label.to_owned(), edits), None);
        self.front.selection = selection;
    }
}

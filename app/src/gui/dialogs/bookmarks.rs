//! The bookmarks of the drawing: go to one, rename it, delete it.

use egui::{Align, Key, Layout, RichText, ScrollArea, TextEdit, Ui};
use plimsoll_models::{Bookmark, BookmarkId, Edit};

use super::{Decision, buttons, primary, secondary, title_ui};
use crate::gui::{command::Command, view::View, words::find};
use crate::icons;

/// The open list.
#[derive(Clone, Debug, Default)]
pub struct BookmarkList {
    /// The one that was just added, whose name is to be typed.
    fresh: Option<BookmarkId>,
    /// A name that is being typed.
    typing: Option<(BookmarkId, String)>,
}

impl BookmarkList {
    /// A list with the cursor in the name of this one.
    pub fn naming(id: BookmarkId) -> Self {
        Self { fresh: Some(id), typing: None }
    }

    /// Shows the list.
    pub fn ui(&mut self, ui: &mut Ui, view: &View<'_>) -> Option<Decision> {
        ui.set_width(420.0);
        title_ui(ui, find::BOOKMARKS);
        let mut decision = None;
        if view.diagram.bookmarks.is_empty() {
            ui.add(egui::Label::new(RichText::new(find::BOOKMARKS_NONE).color(view.theme.text_weak)).wrap());
        }
        ScrollArea::vertical().max_height(360.0).auto_shrink([false, true]).show(ui, |ui| {
            for (id, bookmark) in &view.diagram.bookmarks {
                decision = decision.take().or(self.row_ui(ui, id, bookmark));
            }
        });
        buttons(ui, |ui| {
            if primary(ui, view.theme, find::CLOSE) {
                decision = Some(Decision::Close);
            }
            if secondary(ui, find::BOOKMARK_ADD) {
                decision = Some(Decision::Command(Command::AddBookmark));
            }
        });
        decision
    }

    fn row_ui(&mut self, ui: &mut Ui, id: &BookmarkId, bookmark: &Bookmark) -> Option<Decision> {
        let mut decision = None;
        ui.horizontal(|ui| {
            let typed = self.typing.take_if(|(of, _)| *of == *id).map(|(_, text)| text);
            let mut text = typed.unwrap_or_else(|| bookmark.name.clone());
            let edit = ui.add(TextEdit::singleline(&mut text).desired_width(260.0));
            let edit = edit.accessible_name(find::bookmark_field(&bookmark.name));
            if self.fresh.take_if(|fresh| *fresh == *id).is_some() {
                edit.request_focus();
            }
            if edit.lost_focus() {
                let name = text.trim();
                if !name.is_empty() && name != bookmark.name {
                    let renamed = Bookmark { name: name.to_owned(), ..bookmark.clone() };
                    decision = Some(Decision::Edit(Edit::SetBookmark(id.clone(), Some(renamed))));
                } else if ui.input(|input| input.key_pressed(Key::Enter)) {
                    decision = Some(Decision::Close);
                }
            } else if edit.has_focus() {
                self.typing = Some((id.clone(), text));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icons::icon_button(ui, "trash", &find::bookmark_delete(&bookmark.name)).clicked() {
                    decision = Some(Decision::Edit(Edit::SetBookmark(id.clone(), None)));
                }
                let go = ui.button(find::BOOKMARK_GO);
                if go.accessible_name(find::bookmark_go(&bookmark.name)).clicked() {
                    decision = Some(Decision::GoToBookmark(id.clone()));
                }
            });
        });
        decision
    }
}

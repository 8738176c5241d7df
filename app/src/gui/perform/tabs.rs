//! Several documents: which one is in front, and how they come and go.

use std::{
    fs, mem,
    path::{Path, PathBuf},
};

use plimsoll_models::Diagram;

use crate::{
    document::Document,
    gui::{
        App,
        dialogs::{Dialog, Then},
        state::Screen,
        workspace::Workspace,
    },
};

impl App {
    /// Opens a document in a tab of its own, beside the one in front; takes the place of one that nobody touched.
    pub(super) fn open_document(&mut self, document: Document) {
        let fresh = Workspace::new(document, self.folders.as_ref());
        if self.front.is_untouched() {
            self.front.close();
            self.front = fresh;
            self.settings.panels.results = false;
        } else {
            self.right.insert(0, fresh);
            self.show_tab(self.left.len() + 1);
        }
        self.state.screen = Screen::Document;
        self.state.notice = None;
        self.state.quick_add = None;
    }

    /// Index of the tab that shows a file.
    pub(super) fn tab_of(&self, path: &Path) -> Option<usize> {
        let real = |path: &Path| -> PathBuf { fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf()) };
        let wanted = real(path);
        self.workspaces().position(|workspace| workspace.document.path.as_deref().is_some_and(|path| real(path) == wanted))
    }

    /// Brings a tab to the front; what stood open about the one before goes.
    pub(super) fn bring(&mut self, ctx: &egui::Context, index: usize) {
        self.show_tab(index);
        // The focus belongs to a field of the document that was in front.
        ctx.memory_mut(egui::Memory::stop_text_input);
    }

    /// See [`Self::bring`].
    pub(super) fn show_tab(&mut self, index: usize) {
        self.state.screen = Screen::Document;
        if index == self.left.len() {
            return;
        }
        self.front.document.cancel_preview();
        self.state.tidy = None;
        self.front.canvas.set_ghosts(Vec::new());
        self.front.document.seal();
        self.front.results_open = self.settings.panels.results;
        while self.left.len() > index
            && let Some(before) = self.left.pop()
        {
            self.right.insert(0, mem::replace(&mut self.front, before));
        }
        while self.left.len() < index && !self.right.is_empty() {
            let after = self.right.remove(0);
            self.left.push(mem::replace(&mut self.front, after));
        }
        self.settings.panels.results = self.front.results_open;
        self.state.quick_add = None;
        self.context_menu = None;
    }

    /// Goes some tabs to the right, or to the left when negative; after the last one comes the first.
    pub(super) fn step_tab(&mut self, ctx: &egui::Context, by: isize) {
        let count = self.workspaces().count();
        let next = (self.left.len() + count).saturating_add_signed(by) % count;
        self.bring(ctx, next);
    }

    /// Moves a tab to another place in the strip.
    pub(super) fn move_tab(&mut self, from: usize, to: usize) {
        self.show_tab(from);
        while self.left.len() > to
            && let Some(before) = self.left.pop()
        {
            self.right.insert(0, before);
        }
        while self.left.len() < to && !self.right.is_empty() {
            let after = self.right.remove(0);
            self.left.push(after);
        }
    }

    /// Closes a tab; asks first when something would be lost.
    pub(super) fn close_tab(&mut self, ctx: &egui::Context, index: usize) {
        let Some(workspace) = self.workspaces().nth(index) else { return };
        if workspace.document.is_dirty() {
            self.bring(ctx, index);
            self.state.dialog = Some(Dialog::Unsaved(Then::Close));
        } else if index == self.left.len() {
            self.drop_front(ctx);
        } else {
            let mut gone = if index < self.left.len() { self.left.remove(index) } else { self.right.remove(index - self.left.len() - 1) };
            gone.close();
        }
    }

    /// Closes the document in front, whatever is in it; its neighbor follows, or the gallery.
    pub(super) fn drop_front(&mut self, ctx: &egui::Context) {
        let last = self.left.len();
        if !self.right.is_empty() {
            self.bring(ctx, last + 1);
        } else if let Some(before) = last.checked_sub(1) {
            self.bring(ctx, before);
        } else {
            let empty = Workspace::new(Document::new(Diagram::default()), self.folders.as_ref());
            mem::replace(&mut self.front, empty).close();
            self.state.screen = Screen::Gallery;
            return;
        }
        let mut gone = if self.left.len() > last { self.left.remove(last) } else { self.right.remove(0) };
        gone.close();
    }

    /// Brings the first document to the front that would lose something if the window closed, and asks what to do with
    /// it; false when there is none.
    pub(in crate::gui) fn ask_for_unsaved(&mut self) -> bool {
        let unsaved = |workspace: &Workspace| workspace.document.is_dirty() && !workspace.may_be_lost;
        let Some(index) = self.workspaces().position(unsaved) else { return false };
        self.show_tab(index);
        self.state.dialog = Some(Dialog::Unsaved(Then::Quit));
        true
    }

    /// The window stays: nothing may be lost any more.
    pub(super) fn keep_everything(&mut self) {
        self.workspaces_mut().for_each(|workspace| workspace.may_be_lost = false);
    }
}

//! What lies beside the document: the file that others write, older versions, states to compare with.

use std::path::{Path, PathBuf};

use plimsoll_models::Diagram;

use crate::{
    files,
    gui::{
        App,
        comparison::Comparison,
        dialogs::{Dialog, VersionsDialog},
        words::documents as words,
    },
    versions::{Reason, Version, Versions},
    watch::{OnDisk, Watcher},
};

impl App {
    /// Takes what the watcher found out about the open files.
    pub(in crate::gui) fn hear_of_files(&mut self, ctx: &egui::Context) {
        let paths: Vec<PathBuf> = self.workspaces().filter_map(|workspace| workspace.document.path.clone()).collect();
        if paths.is_empty() && self.watcher.is_none() {
            return;
        }
        let watcher = self.watcher.get_or_insert_with(|| {
            let ctx = ctx.clone();
            Watcher::start(move || ctx.request_repaint())
        });
        watcher.look_at(paths);
        for (path, content) in watcher.take() {
            let concerned = |workspace: &&mut crate::gui::workspace::Workspace| workspace.document.path.as_ref() == Some(&path);
            self.workspaces_mut().filter(concerned).for_each(|workspace| workspace.hear(content.clone()));
        }
    }

    /// Whether a save would write over what somebody else has written.
    pub(super) fn would_replace(&mut self, path: &Path) -> bool {
        if self.front.document.path.as_deref() != Some(path) {
            return false;
        }
        self.front.hear(OnDisk::read(path));
        matches!(self.front.disk, Some(OnDisk::Text(_)))
    }

    /// Takes what lies on the disk; one step of the history.
    pub(super) fn reload(&mut self, ctx: &egui::Context) {
        let Some(OnDisk::Text(text)) = self.front.disk.clone() else { return };
        match files::read(&text) {
            Ok(opened) => {
                self.front.keep_version(Reason::Replaced, None, self.folders.as_ref());
                let before = self.front.document.history().present().clone();
                self.front.document.reload(words::RELOADED.to_owned(), opened.diagram, text);
                self.front.disk = None;
                self.front.file_problems = opened.diagnostics;
                self.after_travel(ctx, words::RELOADED, &before);
            }
            Err(error) => self.message(words::NOT_A_DIAGRAM_ANY_MORE, &error.to_string(), words::KEEP_MINE_HELP),
        }
    }

    /// Stays with what is open.
    pub(super) fn keep_mine(&mut self) {
        let known = match self.front.disk.take() {
            Some(OnDisk::Text(text)) => Some(text),
            Some(OnDisk::Gone | OnDisk::Unreadable(_)) | None => None,
        };
        self.front.document.keep(known);
    }

    pub(super) fn compare_with_disk(&mut self) {
        if let Some(OnDisk::Text(text)) = self.front.disk.clone() {
            self.compare_with_text(words::THE_FILE_ON_DISK.to_owned(), &text);
        }
    }

    pub(super) fn compare_with_file(&mut self, path: &Path) {
        match files::open(path) {
            Ok(opened) => {
                let name = path.file_name().unwrap_or_default().display().to_string();
                self.compare(words::the_file(&name), opened.diagram);
            }
            Err(error) => self.cannot_open(path, &error),
        }
    }

    pub(super) fn compare_with_step(&mut self, index: usize) {
        let (steps, _) = self.front.document.history().steps();
        if let Some(step) = steps.get(index) {
            let (title, diagram) = (words::the_step(index, &step.label), (*step.diagram).clone());
            self.compare(title, diagram);
        }
    }

    fn compare_with_text(&mut self, title: String, text: &str) {
        match files::read(text) {
            Ok(opened) => self.compare(title, opened.diagram),
            Err(error) => self.message(words::NOT_A_DIAGRAM_ANY_MORE, &error.to_string(), ""),
        }
    }

    fn compare(&mut self, title: String, old: Diagram) {
        self.state.dialog = None;
        self.settings.panels.inspector = true;
        self.front.comparison = Some(Comparison::new(title, old));
    }

    /// Lists the versions of the document in front.
    pub(super) fn show_versions(&mut self) {
        let of_path = |path: &PathBuf| self.folders.as_ref().map(|folders| Versions::of(&folders.data, path).list());
        let list = self.front.document.path.as_ref().and_then(of_path);
        self.state.dialog = Some(Dialog::Versions(VersionsDialog::new(list)));
    }

    pub(super) fn compare_with_version(&mut self, version: &Version, age: &str) {
        match version.text() {
            Ok(text) => self.compare_with_text(words::the_version(age), &text),
            Err(error) => self.message(words::NO_SUCH_VERSION, &error.to_string(), ""),
        }
    }

    /// Brings a version back; one step of the history.
    pub(super) fn restore_version(&mut self, ctx: &egui::Context, version: &Version, age: &str) {
        self.state.dialog = None;
        let read = version.text().map_err(|error| error.to_string());
        match read.and_then(|text| files::read(&text).map_err(|error| error.to_string())) {
            Ok(opened) => {
                self.front.keep_version(Reason::Replaced, None, self.folders.as_ref());
                let before = self.front.document.history().present().clone();
                let label = words::restored_version(age);
                self.front.document.replace(label.clone(), opened.diagram);
                self.after_travel(ctx, &label, &before);
            }
            Err(error) => self.message(words::NO_SUCH_VERSION, &error, ""),
        }
    }
}

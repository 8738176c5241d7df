//! Documents: new, open, save, export, and what stands between them and lost work.

use std::{
    fs,
    path::{Path, PathBuf},
};

use plimsoll_models::{Diagram, formats::native};

use crate::{
    document::Document,
    examples::EXAMPLES,
    export::{self, ExportTheme, Format},
    files,
    gui::{
        App,
        canvas::{Canvas, Selection},
        command::Command,
        dialogs::{Decision, Dialog, FileDialog, Purpose, Then},
        inspector, results,
        state::Screen,
    },
    journal::Orphan,
};

/// Pixels for each unit of the drawing in an exported picture.
const PNG_SCALE: f32 = 2.0;

impl App {
    pub(super) fn file_command(&mut self, ctx: &egui::Context, command: Command) {
        match command {
            Command::New => self.guarded(Then::New),
            Command::Open => self.guarded(Then::Open),
            Command::Save => self.save(ctx, None),
            Command::SaveAs => self.save_as(None),
            Command::ExportSvg => self.file_dialog(Purpose::ExportSvg, &format!("{}.svg", self.stem())),
            Command::ExportPng => self.file_dialog(Purpose::ExportPng, &format!("{}.png", self.stem())),
            Command::Gallery => self.state.screen = Screen::Gallery,
            Command::Quit => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
            _ => {}
        }
    }

    /// Goes on unless something would be lost; then asks first.
    pub(super) fn guarded(&mut self, then: Then) {
        if self.document.is_dirty() {
            self.state.dialog = Some(Dialog::Unsaved(then));
        } else {
            self.go_on(None, then);
        }
    }

    fn go_on(&mut self, ctx: Option<&egui::Context>, then: Then) {
        self.state.dialog = None;
        match then {
            Then::New => self.show(Document::new(Diagram::default())),
            Then::Open => self.file_dialog(Purpose::Open, ""),
            Then::OpenPath(path) => self.open_path(&path),
            Then::OpenExample(index) => self.open_example(index),
            Then::Quit => {
                self.may_close = true;
                if let Some(ctx) = ctx {
                    ctx.send_viewport_cmd(egui::ViewportCommand::Close);
                }
            }
        }
    }

    /// Takes another document; what was about the old one goes.
    fn show(&mut self, document: Document) {
        self.document = document;
        self.runs.clear();
        self.file_problems.clear();
        self.example_traces.clear();
        self.canvas = Canvas::default();
        let state = &mut self.state;
        state.screen = Screen::Document;
        state.selection = Selection::default();
        state.scenario = None;
        state.inspector = inspector::Memory::default();
        state.results = results::Memory::default();
        state.quick_add = None;
        state.notice = None;
        self.settings.panels.results = false;
        if let Some(journal) = &mut self.journal {
            journal.clear();
        }
    }

    /// Opens a file; one that cannot be opened leaves the present document alone.
    pub(in crate::gui) fn open_path(&mut self, path: &Path) {
        match files::open(path) {
            Ok(opened) => {
                self.show(Document::opened(opened.diagram, path.to_path_buf(), opened.source));
                self.file_problems = opened.diagnostics;
                self.settings.remember(path);
            }
            Err(error) => {
                let hint = error.hint().to_owned();
                self.message("This file cannot be opened", error.to_string(), hint);
            }
        }
    }

    fn open_example(&mut self, index: usize) {
        let Some(example) = EXAMPLES.get(index) else { return };
        match native::read(example.document) {
            Ok(opened) => {
                self.show(Document::new(opened.diagram));
                self.example_traces = example.traces.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
            }
            Err(error) => self.message("This example cannot be opened", error.to_string(), String::new()),
        }
    }

    fn message(&mut self, title: &str, text: String, hint: String) {
        self.state.dialog = Some(Dialog::Message { title: title.to_owned(), text, hint });
    }

    fn file_dialog(&mut self, purpose: Purpose, name: &str) {
        let recent = || self.settings.recent.first().and_then(|path| path.parent()).map(Path::to_path_buf);
        let folder =
            self.document.folder().or_else(recent).or_else(|| directories::UserDirs::new().map(|dirs| dirs.home_dir().to_path_buf()));
        self.state.dialog = Some(Dialog::Files(FileDialog::new(purpose, folder, name)));
    }

    fn stem(&self) -> String {
        let title = self.document.title();
        let stem = title.trim_end_matches(".plimsoll.json");
        plimsoll_models::ids::fresh(stem, |_| false)
    }

    fn save(&mut self, ctx: &egui::Context, then: Option<Then>) {
        match self.document.path.clone() {
            Some(path) => self.write(ctx, &path, then),
            None => self.save_as(then),
        }
    }

    fn save_as(&mut self, then: Option<Then>) {
        let name = format!("{}.plimsoll.json", self.stem());
        self.file_dialog(Purpose::Save(then), &name);
    }

    fn write(&mut self, ctx: &egui::Context, path: &Path, then: Option<Then>) {
        let text = self.document.text();
        if let Err(error) = files::save_atomic(path, &text) {
            let text = format!("{}: {error}", path.display());
            return self.message(
                "The diagram could not be saved",
                text,
                "Nothing is lost: the old file is as it was. Save under another name.".to_owned(),
            );
        }
        self.document.mark_saved(path.to_path_buf(), text);
        self.settings.remember(path);
        self.write_traces(path);
        self.notice(ctx, format!("Saved {}", path.display()));
        if let Some(then) = then {
            self.go_on(Some(ctx), then);
        }
    }

    /// Recordings of an example go along with it, unless files of these names are there.
    fn write_traces(&self, path: &Path) {
        let Some(folder) = path.parent() else { return };
        for (name, text) in &self.example_traces {
            let target = folder.join(name);
            if !target.exists() {
                // A recording that cannot be written is missed at the next run, with its name.
                let _ = fs::write(target, text);
            }
        }
    }

    fn export(&mut self, ctx: &egui::Context, path: &Path, format: Format) {
        let theme = if self.theme.dark { ExportTheme::Dark } else { ExportTheme::Light };
        let result = self.runs.latest.as_ref().filter(|_| !self.runs.is_stale(self.document.diagram())).map(|latest| &*latest.result);
        let bytes = export::render(self.document.diagram(), self.catalog, result, theme, format).map_err(|error| error.to_string());
        match bytes.and_then(|bytes| fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))) {
            Ok(()) => self.notice(ctx, format!("Exported {}", path.display())),
            Err(why) => self.message("The drawing could not be exported", why, String::new()),
        }
    }

    pub(super) fn decide(&mut self, ctx: &egui::Context, decision: Decision) {
        match decision {
            Decision::Close => self.state.dialog = None,
            Decision::Save(then) => {
                self.state.dialog = None;
                self.save(ctx, Some(then));
            }
            Decision::Discard(then) => self.go_on(Some(ctx), then),
            Decision::Path(purpose, path) => {
                self.state.dialog = None;
                self.use_path(ctx, purpose, &path);
            }
            Decision::Restore(orphan) => self.restore(ctx, &orphan),
            Decision::Forget(orphans) => {
                orphans.iter().for_each(Orphan::discard);
                self.state.dialog = None;
            }
            Decision::GoTo(index) => self.go_to(index),
        }
    }

    fn use_path(&mut self, ctx: &egui::Context, purpose: Purpose, path: &Path) {
        match purpose {
            Purpose::Open => self.open_path(path),
            Purpose::Save(then) => self.write(ctx, path, then),
            Purpose::ExportSvg => self.export(ctx, path, Format::Svg),
            Purpose::ExportPng => self.export(ctx, path, Format::Png { scale: PNG_SCALE }),
        }
    }

    fn restore(&mut self, ctx: &egui::Context, orphan: &Orphan) {
        self.state.dialog = None;
        match native::read(&orphan.entry.text) {
            Ok(opened) => {
                let path: Option<PathBuf> = orphan.entry.path.clone();
                self.show(Document::restored(opened.diagram, path));
                orphan.discard();
                self.notice(ctx, "Restored; save it to keep it");
            }
            Err(error) => self.message("This document cannot be restored", error.to_string(), String::new()),
        }
    }
}

//! Documents: new, open, save, export, and what stands between them and lost work.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use plimsoll_models::{Diagram, formats::native};
use plimsoll_sim::RunResult;

use crate::{
    document::Document,
    examples::EXAMPLES,
    export::{self, ExportTheme, Format, Look},
    files::{self, OpenError},
    foreign,
    gui::{
        App,
        command::Command,
        dialogs::{Decision, Dialog, FileDialog, PreferencesDialog, Purpose, Then},
        state::Screen,
        words::{documents as words, files as file_words, spoken},
    },
    journal::{Orphan, digest},
    versions::Reason,
};

/// Pixels for each unit of the drawing in an exported picture.
pub(super) const PNG_SCALE: f32 = 2.0;

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

impl App {
    pub(super) fn file_command(&mut self, ctx: &egui::Context, command: Command) {
        if let Some(index) = command.tab() {
            return self.bring(ctx, index);
        }
        match command {
            Command::New => self.open_document(Document::new(Diagram::default())),
            Command::Open => self.file_dialog(Purpose::Open, ""),
            Command::Save => self.save(ctx, None),
            Command::SaveAs => self.save_as(None),
            Command::Versions => self.show_versions(),
            Command::Compare => self.file_dialog(Purpose::Compare, ""),
            Command::ExportSvg => self.file_dialog(Purpose::ExportSvg, &format!("{}.svg", self.stem())),
            Command::ExportPng => self.file_dialog(Purpose::ExportPng, &format!("{}.png", self.stem())),
            Command::ExportReport => self.offer_report(),
            Command::ExportData => self.offer_data(),
            Command::CloseTab => self.close_tab(ctx, self.left.len()),
            Command::NextTab => self.step_tab(ctx, 1),
            Command::PreviousTab => self.step_tab(ctx, -1),
            Command::Preferences => self.state.dialog = Some(Dialog::Preferences(PreferencesDialog::default())),
            Command::Gallery => self.state.screen = Screen::Gallery,
            Command::Quit => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
            _ => {}
        }
    }

    /// Goes on with what waited until nothing could be lost.
    fn go_on(&mut self, ctx: &egui::Context, then: Then) {
        self.state.dialog = None;
        match then {
            Then::Close => self.drop_front(ctx),
            Then::Quit if self.ask_for_unsaved() => {}
            Then::Quit => {
                self.may_close = true;
                ctx.send_viewport_cmd(egui::ViewportCommand::Close);
            }
        }
    }

    /// Opens a file, or brings it to the front when it is open already; one that cannot be opened changes nothing.
    pub(in crate::gui) fn open_path(&mut self, path: &Path) {
        // Whoever restores the document later may start elsewhere.
        let path = &absolute(path);
        if let Some(index) = self.tab_of(path) {
            return self.show_tab(index);
        }
        match files::open(path) {
            Ok(opened) => {
                self.open_document(Document::opened(opened.diagram, path.clone(), opened.source));
                self.front.file_problems = opened.diagnostics;
                self.settings.remember(path);
            }
            Err(error) => self.cannot_open(path, &error),
        }
    }

    /// Says why a file cannot be opened, and what it seems to be instead.
    pub(super) fn cannot_open(&mut self, path: &Path, error: &OpenError) {
        let is_other = match error {
            OpenError::Unreadable { .. } => path.is_dir(),
            OpenError::TooLarge { .. } | OpenError::NotText { .. } | OpenError::NotADiagram { .. } => true,
        };
        let what = foreign::what_is(path).filter(|_| is_other);
        let (text, hint) = match what {
            Some(what) => (words::foreign(&path.file_name().unwrap_or_default().display().to_string(), what), words::FOREIGN_HINT),
            None => (error.to_string(), error.hint()),
        };
        self.message(file_words::FILE_NOT_OPENED, &text, hint);
    }

    pub(super) fn open_example(&mut self, index: usize) {
        let Some(example) = EXAMPLES.get(index) else { return };
        match native::read(example.document) {
            Ok(opened) => {
                self.open_document(Document::new(opened.diagram));
                self.front.example_traces = example.traces.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
            }
            Err(error) => self.message(file_words::EXAMPLE_NOT_OPENED, &error.to_string(), ""),
        }
    }

    pub(super) fn message(&mut self, title: &str, text: &str, hint: &str) {
        self.state.dialog = Some(Dialog::Message { title: title.to_owned(), text: spoken(text), hint: spoken(hint) });
    }

    pub(super) fn file_dialog(&mut self, purpose: Purpose, name: &str) {
        let recent = || self.settings.recent.first().and_then(|path| path.parent()).map(Path::to_path_buf);
        let folder =
            self.front.document.folder().or_else(recent).or_else(|| directories::UserDirs::new().map(|dirs| dirs.home_dir().to_path_buf()));
        self.state.dialog = Some(Dialog::Files(FileDialog::new(purpose, folder, name)));
    }

    pub(super) fn stem(&self) -> String {
        let title = self.front.document.title();
        let stem = title.trim_end_matches(".plimsoll.json");
        plimsoll_models::ids::fresh(stem, |_| false)
    }

    fn save(&mut self, ctx: &egui::Context, then: Option<Then>) {
        match self.front.document.path.clone() {
            Some(path) => self.write(ctx, &path, then),
            None => self.save_as(then),
        }
    }

    fn save_as(&mut self, then: Option<Then>) {
        let name = format!("{}.plimsoll.json", self.stem());
        self.file_dialog(Purpose::Save(then), &name);
    }

    fn write(&mut self, ctx: &egui::Context, path: &Path, then: Option<Then>) {
        if self.would_replace(path) {
            self.state.dialog = Some(Dialog::Conflict(then));
        } else {
            self.write_over(ctx, path, then);
        }
    }

    /// Writes the file, whatever is in it.
    fn write_over(&mut self, ctx: &egui::Context, path: &Path, then: Option<Then>) {
        let path = &absolute(path);
        let text = self.front.document.text();
        if let Err(error) = files::save_atomic(path, &text) {
            let text = file_words::trouble(path, &error);
            return self.message(file_words::NOT_SAVED, &text, file_words::NOT_SAVED_HINT);
        }
        let before = self.front.document.on_disk().filter(|_| self.front.document.path.as_deref() == Some(path)).cloned();
        self.front.document.mark_saved(path.clone(), text);
        self.front.disk = None;
        self.front.keep_version(Reason::Saved, before, self.folders.as_ref());
        self.settings.remember(path);
        self.write_traces(path);
        self.notice(ctx, file_words::saved(path));
        if let Some(then) = then {
            self.go_on(ctx, then);
        }
    }

    /// Recordings of an example go along with it, unless files of these names are there.
    fn write_traces(&self, path: &Path) {
        let Some(folder) = path.parent() else { return };
        for (name, text) in &self.front.example_traces {
            let target = folder.join(name);
            if !target.exists() {
                // A recording that cannot be written is missed at the next run, with its name.
                let _ = fs::write(target, text);
            }
        }
    }

    /// How an exported picture looks: as the window does.
    pub(super) fn export_look(&self) -> Look {
        let theme = if self.theme.dark { ExportTheme::Dark } else { ExportTheme::Light };
        Look { theme, legend: self.settings.preferences.legend }
    }

    /// The latest result, when it is one of the diagram as it is.
    pub(super) fn fresh_result(&self) -> Option<&Arc<RunResult>> {
        let latest = self.front.runs.latest.as_ref().filter(|_| !self.front.runs.is_stale(self.front.document.diagram()));
        latest.map(|latest| &latest.result)
    }

    /// Draws the diagram as it is now, and writes it, on a thread of its own.
    fn export(&mut self, ctx: &egui::Context, path: &Path, format: Format) {
        let (diagram, catalog, look) = (Arc::clone(self.front.document.history().present()), self.catalog, self.export_look());
        let result = self.fresh_result().map(Arc::clone);
        let draw = move |path: &Path| {
            let picture = export::draw(&diagram, catalog, result.as_deref(), look, format).map_err(|error| error.to_string())?;
            files::save_atomic(path, picture.bytes).map_err(|error| file_words::trouble(path, &error))?;
            Ok(picture.lacking)
        };
        self.write_beside(ctx, path, file_words::NOT_EXPORTED, draw);
    }

    pub(super) fn decide(&mut self, ctx: &egui::Context, decision: Decision) {
        match decision {
            Decision::Close => {
                self.state.dialog = None;
                self.keep_everything();
            }
            Decision::Save(then) => {
                self.state.dialog = None;
                self.save(ctx, Some(then));
            }
            Decision::Replace(then) => {
                self.state.dialog = None;
                if let Some(path) = self.front.document.path.clone() {
                    self.write_over(ctx, &path, then);
                }
            }
            Decision::CompareWithDisk => {
                self.keep_everything();
                self.compare_with_disk();
            }
            Decision::CompareWithStep(index) => self.compare_with_step(index),
            Decision::CompareVersion(version, age) => self.compare_with_version(&version, &age),
            Decision::RestoreVersion(version, age) => self.restore_version(ctx, &version, &age),
            Decision::Discard(then) => {
                self.front.may_be_lost = true;
                self.go_on(ctx, then);
            }
            Decision::Path(purpose, path) => {
                self.state.dialog = None;
                self.use_path(ctx, purpose, &path);
            }
            Decision::Restore(orphans) => self.restore(ctx, &orphans),
            Decision::Forget(orphans) => {
                orphans.iter().for_each(Orphan::discard);
                self.state.dialog = None;
            }
            Decision::GoTo(index) => self.go_to(ctx, index),
            Decision::Prefer(preferences) => self.prefer(ctx, *preferences),
            Decision::Edit(edit) => self.edit(ctx, &edit, None),
            Decision::Command(command) => self.command(ctx, command),
            Decision::GoToBookmark(id) => {
                self.state.dialog = None;
                self.go_to_bookmark(&id);
            }
        }
    }

    fn use_path(&mut self, ctx: &egui::Context, purpose: Purpose, path: &Path) {
        match purpose {
            Purpose::Open => self.open_path(path),
            Purpose::Compare => self.compare_with_file(path),
            Purpose::Save(then) => self.write(ctx, path, then),
            Purpose::Offer(_) => self.write_offer(ctx, path),
            Purpose::ExportSvg => self.export(ctx, path, Format::Svg),
            Purpose::ExportPng => self.export(ctx, path, Format::Png { scale: PNG_SCALE }),
        }
    }

    fn restore(&mut self, ctx: &egui::Context, chosen: &[Orphan]) {
        let left: Vec<Orphan> = match self.state.dialog.take() {
            Some(Dialog::Restore(all)) => all.into_iter().filter(|orphan| !chosen.contains(orphan)).collect(),
            Some(_) | None => Vec::new(),
        };
        if !left.is_empty() {
            self.state.dialog = Some(Dialog::Restore(left));
        }
        for orphan in chosen {
            match files::read(&orphan.entry.text) {
                Ok(opened) => {
                    let path = orphan.entry.path.clone();
                    let text = path.as_deref().and_then(|path| files::text_of(path).ok());
                    let known = text.filter(|text| orphan.entry.on_disk.as_ref() == Some(&digest(text)));
                    self.open_document(Document::restored(opened.diagram, path, known));
                    self.front.supersede(orphan.clone());
                    self.notice(ctx, words::RESTORED);
                }
                Err(error) => self.message(file_words::NOT_RESTORED, &error.to_string(), ""),
            }
        }
    }
}

//! Our own small file dialog: it works where no desktop portal does, and in tests.

use std::{
    fs,
    path::{Path, PathBuf},
};

use egui::{Align, Button, Key, Layout, RichText, ScrollArea, Sense, TextEdit, Ui};

use super::{Decision, Then, buttons, primary, secondary, title_ui};
use crate::{
    gui::{
        theme::Theme,
        tone::Tone,
        words::{dialogs, documents, files as words, results},
    },
    icons,
};

/// How documents are named.
const EXTENSION: &str = ".plimsoll.json";

/// Most entries that are listed.
const ENTRIES_MAX: usize = 2_000;

/// What the path is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Open a document.
    Open,
    /// Save the document, then go on with something.
    Save(Option<Then>),
    /// Compare the document with another one.
    Compare,
    /// Write the drawing as SVG.
    ExportSvg,
    /// Write the drawing as PNG.
    ExportPng,
    /// Write what a panel offers, in the format of this extension.
    Offer(&'static str),
}

impl Purpose {
    /// Extensions of what panels offer.
    pub const FORMATS: [&'static str; 7] = [".csv", ".svg", ".png", ".html", ".md", ".json", ".parquet"];

    fn title(self) -> &'static str {
        match self {
            Self::Open => words::OPEN_TITLE,
            Self::Compare => words::COMPARE_TITLE,
            Self::Save(_) => words::SAVE_TITLE,
            Self::ExportSvg => words::EXPORT_SVG_TITLE,
            Self::ExportPng => words::EXPORT_PNG_TITLE,
            Self::Offer(_) => results::EXPORT,
        }
    }

    fn verb(self) -> &'static str {
        match self {
            Self::Open => words::OPEN,
            Self::Compare => documents::COMPARE,
            Self::Save(_) => dialogs::SAVE,
            Self::ExportSvg | Self::ExportPng | Self::Offer(_) => results::EXPORT,
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Open | Self::Compare | Self::Save(_) => EXTENSION,
            Self::ExportSvg => ".svg",
            Self::ExportPng => ".png",
            Self::Offer(extension) => extension,
        }
    }
}

/// A line of the listing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    is_file: bool,
    name: String,
}

/// An open file dialog.
#[derive(Clone, Debug)]
pub struct FileDialog {
    purpose: Purpose,
    folder: PathBuf,
    /// File name, or a whole path.
    name: String,
    entries: Vec<Entry>,
    error: Option<String>,
    /// The file exists; the next press of the button replaces it.
    replaces: Option<PathBuf>,
    fresh: bool,
}

impl FileDialog {
    /// Opens the dialog at a folder, with a name to begin with.
    pub fn new(purpose: Purpose, folder: Option<PathBuf>, name: &str) -> Self {
        let home = || std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
        let folder = folder.filter(|folder| folder.is_dir()).unwrap_or_else(home);
        let mut dialog = Self { purpose, folder, name: name.to_owned(), entries: Vec::new(), error: None, replaces: None, fresh: true };
        dialog.list();
        dialog
    }

    fn list(&mut self) {
        self.replaces = None;
        match read(&self.folder, self.purpose.extension()) {
            Ok(entries) => {
                self.entries = entries;
                self.error = None;
            }
            Err(error) => {
                self.entries.clear();
                self.error = Some(words::not_listed(&self.folder, &error));
            }
        }
    }

    fn enter(&mut self, folder: PathBuf) {
        self.folder = folder;
        self.list();
    }

    /// Shows the dialog.
    pub(super) fn ui(&mut self, ui: &mut Ui, theme: &Theme) -> Option<Decision> {
        ui.set_width(560.0);
        title_ui(ui, self.purpose.title());
        self.folder_ui(ui);
        let mut go = self.entries_ui(ui, theme);
        let label = ui.label(RichText::new(words::NAME_OR_PATH).small().color(theme.text_weak));
        let edit = TextEdit::singleline(&mut self.name)
            .id_salt("file name")
            .hint_text(words::name_hint(self.purpose.extension()))
            .desired_width(f32::INFINITY);
        let response = ui.add(edit).labelled_by(label.id);
        if std::mem::take(&mut self.fresh) {
            response.request_focus();
        }
        if response.changed() {
            self.replaces = None;
            self.error = None;
        }
        if response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
            go = true;
        }
        if let Some(error) = &self.error {
            ui.add(egui::Label::new(RichText::new(error).color(Tone::Bad.color(theme))).wrap());
        }
        if let Some(path) = &self.replaces {
            let name = path.file_name().unwrap_or_default().display();
            ui.label(RichText::new(words::exists(&name)).color(Tone::Warn.color(theme)));
        }
        let verb = if self.replaces.is_some() { documents::REPLACE } else { self.purpose.verb() };
        let mut cancel = false;
        buttons(ui, |ui| {
            go |= primary(ui, theme, verb);
            cancel = secondary(ui, dialogs::CANCEL);
        });
        if go { self.decide() } else { cancel.then_some(Decision::Close) }
    }

    fn folder_ui(&mut self, ui: &mut Ui) {
        let mut target = None;
        ui.horizontal(|ui| {
            if icons::icon_button(ui, "chevron-up", words::PARENT_FOLDER).clicked() {
                target = self.folder.parent().map(Path::to_path_buf);
            }
            ui.add(egui::Label::new(self.folder.display().to_string()).truncate());
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.add(Button::new(words::HOME)).clicked() {
                    target = directories::UserDirs::new().map(|dirs| dirs.home_dir().to_path_buf());
                }
            });
        });
        if let Some(folder) = target {
            self.enter(folder);
        }
    }

    /// Lists folders and files; true when a file was double-clicked.
    fn entries_ui(&mut self, ui: &mut Ui, theme: &Theme) -> bool {
        let mut target = None;
        let mut go = false;
        egui::Frame::new()
            .fill(theme.surface_sunken)
            .stroke(egui::Stroke::new(1.0, theme.stroke))
            .corner_radius(6.0)
            .inner_margin(4.0)
            .show(ui, |ui| {
                ScrollArea::vertical().id_salt("files").max_height(260.0).min_scrolled_height(260.0).auto_shrink([false, false]).show(
                    ui,
                    |ui| {
                        ui.spacing_mut().item_spacing.y = 0.0;
                        if self.entries.is_empty() && self.error.is_none() {
                            ui.label(RichText::new(words::nothing_here(self.purpose.extension())).color(theme.text_weak));
                        }
                        for entry in &self.entries {
                            let response = entry_ui(ui, theme, entry, self.name == entry.name);
                            if response.clicked() && entry.is_file {
                                self.name.clone_from(&entry.name);
                                self.error = None;
                                self.replaces = None;
                            } else if response.clicked() {
                                target = Some(self.folder.join(&entry.name));
                            }
                            go |= response.double_clicked() && entry.is_file;
                        }
                    },
                );
            });
        if let Some(folder) = target {
            self.enter(folder);
        }
        go
    }

    fn decide(&mut self) -> Option<Decision> {
        let name = self.name.trim();
        if name.is_empty() {
            self.error = Some(words::NO_NAME.to_owned());
            return None;
        }
        let mut path = self.folder.join(name);
        if path.is_dir() {
            self.name.clear();
            self.enter(path);
            return None;
        }
        if matches!(self.purpose, Purpose::Open | Purpose::Compare) {
            if !path.exists() {
                self.error = Some(words::no_file(&path));
                return None;
            }
            return Some(Decision::Path(self.purpose, path));
        }
        if path.extension().is_none() {
            path = self.folder.join(format!("{name}{}", self.purpose.extension()));
        }
        if path.exists() && self.replaces.as_ref() != Some(&path) {
            self.replaces = Some(path);
            return None;
        }
        Some(Decision::Path(self.purpose, path))
    }
}

fn entry_ui(ui: &mut Ui, theme: &Theme, entry: &Entry, chosen: bool) -> egui::Response {
    let (rect, response) = ui.allocate_exact_size(egui::vec2(ui.available_width(), 24.0), Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, &entry.name));
    if chosen || response.hovered() {
        let fill = if chosen { theme.selection } else { theme.surface_hovered };
        ui.painter().rect_filled(rect, 4.0, fill);
    }
    let icon = egui::Rect::from_center_size(egui::pos2(rect.left() + 14.0, rect.center().y), egui::vec2(15.0, 15.0));
    let (key, color) = if entry.is_file { ("file", theme.text_weak) } else { ("folder", theme.accent) };
    icons::paint(ui.painter(), key, icon, color);
    let font = egui::FontId::proportional(Theme::SIZE_BODY);
    ui.painter().text(egui::pos2(rect.left() + 30.0, rect.center().y), egui::Align2::LEFT_CENTER, &entry.name, font, theme.text);
    response
}

/// Folders first, then the files of the kind in question; hidden ones stay hidden.
fn read(folder: &Path, extension: &str) -> std::io::Result<Vec<Entry>> {
    let mut entries: Vec<Entry> = fs::read_dir(folder)?
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_file = !entry.path().is_dir();
            let fits = !name.starts_with('.') && (!is_file || name.ends_with(extension));
            fits.then_some(Entry { is_file, name })
        })
        .take(ENTRIES_MAX)
        .collect();
    entries.sort();
    Ok(entries)
}

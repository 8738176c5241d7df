//! Dialogs in front of everything. One at a time; Escape closes.

mod bookmarks;
mod files;
mod history;
mod preferences;
mod versions;

use std::path::PathBuf;

use egui::{Align, Button, Id, Key, Layout, Modal, RichText, Ui};

use plimsoll_models::{BookmarkId, Edit};

use super::{
    command::Command,
    shortcuts::KeySheet,
    theme::Theme,
    tone::Tone,
    view::View,
    words::{dialogs as texts, documents as words},
};
use crate::{journal::Orphan, settings::Preferences, versions::Version};
pub use bookmarks::BookmarkList;
pub use files::{FileDialog, Purpose};
pub use history::HistoryDialog;
pub use preferences::PreferencesDialog;
pub use versions::VersionsDialog;

/// What to go on with once nothing can be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The document in front is closed.
    Close,
    /// The end.
    Quit,
}

/// A dialog.
#[derive(Clone, Debug)]
pub enum Dialog {
    /// There are changes that are in no file.
    Unsaved(Then),
    /// Something to read.
    Message {
        /// What it is about.
        title: String,
        /// What happened.
        text: String,
        /// What to do.
        hint: String,
    },
    /// Open, save, export.
    Files(FileDialog),
    /// The file was written by somebody else since it was opened; then go on with something.
    Conflict(Option<Then>),
    /// Versions that this machine keeps.
    Versions(VersionsDialog),
    /// A crash left documents behind.
    Restore(Vec<Orphan>),
    /// The sheet of keys.
    Shortcuts(KeySheet),
    /// What the user prefers.
    Preferences(PreferencesDialog),
    /// The bookmarks of the drawing.
    Bookmarks(BookmarkList),
    /// Every step of the history.
    History(HistoryDialog),
    /// Version, catalog, licenses.
    About,
}

/// What the user decided.
#[derive(Clone, Debug)]
pub enum Decision {
    /// The dialog can go.
    Close,
    /// Save, then go on.
    Save(Then),
    /// Save over what somebody else has written, then go on.
    Replace(Option<Then>),
    /// Show what differs from a version of this age.
    CompareVersion(Box<Version>, String),
    /// Bring a version of this age back.
    RestoreVersion(Box<Version>, String),
    /// Show what differs from the file on the disk.
    CompareWithDisk,
    /// Go on without saving.
    Discard(Then),
    /// Do with this path what the dialog was for.
    Path(Purpose, PathBuf),
    /// Bring documents back; the dialog stays as long as others are left.
    Restore(Vec<Orphan>),
    /// Forget all of them.
    Forget(Vec<Orphan>),
    /// Show what differs from a step of the history.
    CompareWithStep(usize),
    /// Go to a step of the history; the dialog stays.
    GoTo(usize),
    /// Take these preferences; the dialog stays.
    Prefer(Box<Preferences>),
    /// Change the diagram; the dialog stays.
    Edit(Edit),
    /// Do what a menu entry does; a dialog of it takes the place of this one.
    Command(Command),
    /// Show what a bookmark shows.
    GoToBookmark(BookmarkId),
}

impl Dialog {
    /// Shows the dialog.
    pub fn ui(&mut self, ctx: &egui::Context, view: &View<'_>) -> Option<Decision> {
        let theme = view.theme;
        let frame = egui::Frame::window(&ctx.style_of(ctx.theme())).inner_margin(20.0);
        let response = Modal::new(Id::unique("dialog")).frame(frame).show(ctx, |ui| {
            ui.spacing_mut().item_spacing.y = Theme::SPACE_8;
            match self {
                Self::Unsaved(then) => unsaved_ui(ui, view, *then),
                Self::Message { title, text, hint } => message_ui(ui, theme, title, text, hint),
                Self::Files(dialog) => dialog.ui(ui, theme),
                Self::Conflict(then) => conflict_ui(ui, view, *then),
                Self::Versions(dialog) => dialog.ui(ui, theme),
                Self::Restore(orphans) => restore_ui(ui, theme, orphans),
                Self::Shortcuts(sheet) => shortcuts_ui(ui, view, sheet),
                Self::Preferences(dialog) => dialog.ui(ui, view),
                Self::Bookmarks(list) => list.ui(ui, view),
                Self::History(dialog) => dialog.ui(ui, view),
                Self::About => about_ui(ui, theme),
            }
        });
        let optional = !matches!(self, Self::Restore(_));
        let closed = response.should_close() && optional;
        response.inner.or_else(|| closed.then_some(Decision::Close))
    }
}

fn title_ui(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).font(Theme::heading()));
}

fn primary(ui: &mut Ui, theme: &Theme, text: &str) -> bool {
    let label = RichText::new(text).font(Theme::strong()).color(theme.text_on_accent);
    let response = ui.add(Button::new(label).fill(theme.accent).stroke(egui::Stroke::NONE).min_size(egui::vec2(76.0, 28.0)));
    response.clicked()
}

fn secondary(ui: &mut Ui, text: &str) -> bool {
    ui.add(Button::new(text).min_size(egui::vec2(76.0, 28.0))).clicked()
}

/// A row of buttons at the right; the first one stands rightmost.
fn buttons<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    ui.add_space(Theme::SPACE_8);
    ui.allocate_ui_with_layout(egui::vec2(ui.available_width(), 30.0), Layout::right_to_left(Align::Center), add).inner
}

fn unsaved_ui(ui: &mut Ui, view: &View<'_>, then: Then) -> Option<Decision> {
    ui.set_width(380.0);
    title_ui(ui, texts::UNSAVED_TITLE);
    ui.label(texts::unsaved(&view.document.title()));
    let enter = ui.input(|input| input.key_pressed(Key::Enter));
    buttons(ui, |ui| {
        let save = primary(ui, view.theme, texts::SAVE);
        let cancel = secondary(ui, texts::CANCEL);
        let discard = ui
            .add(Button::new(RichText::new(texts::DO_NOT_SAVE).color(Tone::Bad.color(view.theme))).min_size(egui::vec2(76.0, 28.0)))
            .clicked();
        if save || enter {
            Some(Decision::Save(then))
        } else if discard {
            Some(Decision::Discard(then))
        } else {
            cancel.then_some(Decision::Close)
        }
    })
}

fn conflict_ui(ui: &mut Ui, view: &View<'_>, then: Option<Then>) -> Option<Decision> {
    ui.set_width(420.0);
    title_ui(ui, words::CONFLICT_TITLE);
    ui.add(egui::Label::new(words::conflict(&view.document.title())).wrap());
    buttons(ui, |ui| {
        let cancel = primary(ui, view.theme, texts::CANCEL);
        let compare = secondary(ui, words::SHOW_DIFFERENCE);
        let text = RichText::new(words::REPLACE).color(Tone::Bad.color(view.theme));
        if ui.add(Button::new(text).min_size(egui::vec2(76.0, 28.0))).clicked() {
            Some(Decision::Replace(then))
        } else if compare {
            Some(Decision::CompareWithDisk)
        } else {
            cancel.then_some(Decision::Close)
        }
    })
}

fn message_ui(ui: &mut Ui, theme: &Theme, title: &str, text: &str, hint: &str) -> Option<Decision> {
    ui.set_width(420.0);
    title_ui(ui, title);
    ui.add(egui::Label::new(text).wrap());
    if !hint.is_empty() {
        ui.add(egui::Label::new(RichText::new(hint).color(theme.text_weak)).wrap());
    }
    buttons(ui, |ui| primary(ui, theme, texts::OK)).then_some(Decision::Close)
}

fn restore_ui(ui: &mut Ui, theme: &Theme, orphans: &[Orphan]) -> Option<Decision> {
    ui.set_width(440.0);
    title_ui(ui, texts::RESTORE_TITLE);
    ui.label(texts::RESTORE_TEXT);
    let mut decision = None;
    for orphan in orphans {
        // The button takes its room first, so that a long path is cut and does not run under it.
        ui.allocate_ui_with_layout(
            egui::vec2(ui.available_width(), ui.spacing().interact_size.y),
            Layout::right_to_left(Align::Center),
            |ui| {
                if primary(ui, theme, words::RESTORE) {
                    decision = Some(Decision::Restore(vec![orphan.clone()]));
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add(egui::Label::new(RichText::new(&orphan.entry.title).strong()).truncate());
                    if let Some(path) = &orphan.entry.path {
                        ui.add(egui::Label::new(RichText::new(path.display().to_string()).small().color(theme.text_weak)).truncate());
                    }
                });
            },
        );
    }
    buttons(ui, |ui| {
        if orphans.len() > 1 && primary(ui, theme, words::RESTORE_ALL) {
            decision = Some(Decision::Restore(orphans.to_vec()));
        }
        if secondary(ui, if orphans.len() > 1 { texts::DISCARD_ALL } else { texts::DISCARD }) {
            decision = Some(Decision::Forget(orphans.to_vec()));
        }
        if secondary(ui, texts::LATER) {
            decision = Some(Decision::Close);
        }
    });
    decision
}

fn shortcuts_ui(ui: &mut Ui, view: &View<'_>, sheet: &mut KeySheet) -> Option<Decision> {
    ui.set_width(640.0);
    title_ui(ui, texts::SHORTCUTS);
    let wanted = sheet.ui(ui, view).map(|preferences| Decision::Prefer(Box::new(preferences)));
    let close = buttons(ui, |ui| primary(ui, view.theme, texts::CLOSE));
    wanted.or_else(|| close.then_some(Decision::Close))
}

fn about_ui(ui: &mut Ui, theme: &Theme) -> Option<Decision> {
    ui.set_width(380.0);
    ui.horizontal(|ui| {
        super::toolbar::mark(ui, theme);
        title_ui(ui, texts::PLIMSOLL);
    });
    ui.label(texts::PURPOSE);
    let facts =
        [(texts::VERSION, env!("CARGO_PKG_VERSION")), (texts::CATALOG, plimsoll_models::catalog::VERSION), texts::LICENSE, texts::FONTS];
    egui::Grid::new("about").num_columns(2).spacing([24.0, 4.0]).show(ui, |ui| {
        for (name, value) in facts {
            ui.label(RichText::new(name).color(theme.text_weak));
            ui.label(value);
            ui.end_row();
        }
    });
    ui.label(RichText::new(texts::PRIVACY).small().color(theme.text_weak));
    buttons(ui, |ui| primary(ui, theme, texts::CLOSE)).then_some(Decision::Close)
}

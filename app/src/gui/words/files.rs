//! Files: the dialog that picks one, and what came of it.

use std::{fmt::Display, path::Path};

/// Title of the dialog.
pub const OPEN_TITLE: &str = "Open a diagram";
/// Title of the dialog.
pub const COMPARE_TITLE: &str = "Compare with another diagram";
/// Title of the dialog.
pub const SAVE_TITLE: &str = "Save the diagram";
/// Title of the dialog.
pub const EXPORT_SVG_TITLE: &str = "Export as SVG";
/// Title of the dialog.
pub const EXPORT_PNG_TITLE: &str = "Export as PNG";
/// Button that takes the file.
pub const OPEN: &str = "Open";
/// Label of the field for the name.
pub const NAME_OR_PATH: &str = "File name or path";
/// Button that shows the folder around this one.
pub const PARENT_FOLDER: &str = "Parent folder";
/// Button that shows the user's own folder.
pub const HOME: &str = "Home";
/// No name was given.
pub const NO_NAME: &str = "Type a name or pick a file";
/// Title when a file cannot be opened.
pub const FILE_NOT_OPENED: &str = "This file cannot be opened";
/// Title when an example cannot be opened.
pub const EXAMPLE_NOT_OPENED: &str = "This example cannot be opened";
/// Title when a save failed.
pub const NOT_SAVED: &str = "The diagram could not be saved";
/// See [`NOT_SAVED`].
pub const NOT_SAVED_HINT: &str = "Nothing is lost: the old file is as it was. Save under another name.";
/// Title when the drawing cannot be written as a picture.
pub const NOT_EXPORTED: &str = "The drawing could not be exported";
/// Title when a document cannot be brought back after a crash.
pub const NOT_RESTORED: &str = "This document cannot be restored";

/// What the field for the name shows while it is empty.
pub fn name_hint(extension: &str) -> String {
    format!("name{extension}")
}

/// The file is there; the next press of the button replaces it.
pub fn exists(name: &impl Display) -> String {
    format!("“{name}” exists already. Press Replace to write over it.")
}

/// A folder holds nothing to pick.
pub fn nothing_here(extension: &str) -> String {
    format!("No folders and no {extension} files here")
}

/// A folder cannot be read.
pub fn not_listed(folder: &Path, error: &impl Display) -> String {
    format!("Cannot list {}: {error}", folder.display())
}

/// The name is of no file.
pub fn no_file(path: &Path) -> String {
    format!("There is no file {}", path.display())
}

/// What went wrong at a file.
pub fn trouble(path: &Path, error: &impl Display) -> String {
    format!("{}: {error}", path.display())
}

/// The diagram was written.
pub fn saved(path: &Path) -> String {
    format!("Saved {}", path.display())
}

/// A picture was written that shows boxes in the place of letters.
pub const LACKING_TITLE: &str = "The picture lacks letters";
/// What to do about that.
pub const LACKING_HINT: &str = "Install a font that has them, such as Noto Sans, or export SVG.";

/// Which letters a picture lacks, by their scripts.
pub fn lacking(scripts: &[&str]) -> String {
    format!("It was exported, but no font on this machine has these, so that it shows boxes in their place: {}.", scripts.join(", "))
}

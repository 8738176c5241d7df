//! Versions of a document that were kept on this machine: one for each save, and one now and then while it is edited.
//!
//! Each document has a folder of its own in the data folder, named by its path. The first line of a version tells what
//! it is, the rest is the document, so that a list needs no more than first lines.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use plimsoll_models::{Catalog, diff, formats::native};
use serde::{Deserialize, Serialize};

use crate::{journal::digest, settings};

/// Most versions of one document; the oldest go first.
pub const COUNT_MAX: usize = 50;

/// Most bytes that the versions of one document take.
pub const BYTES_MAX: u64 = 64 * 1024 * 1024;

/// How long edits go on before a version is kept without a save.
pub const EVERY: Duration = Duration::from_mins(5);

/// Why a version was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The document was saved.
    Saved,
    /// Edits had gone on for a while.
    Edited,
    /// Something else was about to take its place: what lay on the disk, or an older version.
    Replaced,
}

/// The first line of a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// When it was kept, in milliseconds since 1970.
    pub when_ms: u64,
    /// Why it was kept.
    pub reason: Reason,
    /// What had changed since the version before, in a line.
    pub summary: String,
}

/// A version in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// What it is.
    pub header: Header,
    /// Its size, in bytes.
    pub bytes: u64,
    file: PathBuf,
}

/// The versions of the document at a path, in the data folder.
#[derive(Clone, Debug)]
pub struct Versions {
    folder: PathBuf,
}

impl Versions {
    /// The versions of the document at this path.
    pub fn of(data: &Path, document: &Path) -> Self {
        let real = fs::canonicalize(document).unwrap_or_else(|_| document.to_path_buf());
        Self { folder: data.join("versions").join(digest(&real.to_string_lossy())) }
    }

    /// Every version, the newest first.
    pub fn list(&self) -> Vec<Version> {
        let Ok(listing) = fs::read_dir(&self.folder) else { return Vec::new() };
        let mut found: Vec<Version> = listing.flatten().filter_map(|entry| version(entry.path())).collect();
        found.sort_by(|a, b| b.header.when_ms.cmp(&a.header.when_ms).then_with(|| b.file.cmp(&a.file)));
        found
    }

    /// Keeps a text if there is no version yet: what a file held before the first save from here.
    pub fn keep_first(&self, text: &str, now: SystemTime) -> anyhow::Result<()> {
        if self.list().is_empty() { self.keep(text, Reason::Replaced, now) } else { Ok(()) }
    }

    /// Keeps a text unless the newest version holds the same, and lets go of what is beyond the bounds.
    pub fn keep(&self, text: &str, reason: Reason, now: SystemTime) -> anyhow::Result<()> {
        let known = self.list();
        let before = known.first().and_then(|newest| newest.text().ok());
        if before.as_deref() == Some(text) {
            return Ok(());
        }
        let when_ms = u64::try_from(now.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis()).unwrap_or(u64::MAX);
        let header = Header { when_ms, reason, summary: summary(before.as_deref(), text) };
        let line = serde_json::to_string(&header)?;
        let name = format!("{when_ms:020}-{:04}.version", known.len());
        settings::write_atomically(&self.folder.join(name), &format!("{line}\n{text}"))?;
        self.prune();
        Ok(())
    }

    fn prune(&self) {
        let mut bytes = 0;
        for (index, version) in self.list().iter().enumerate() {
            bytes += version.bytes;
            if index >= COUNT_MAX || (bytes > BYTES_MAX && index > 0) {
                let _ = fs::remove_file(&version.file);
            }
        }
    }
}

impl Version {
    /// The document as it was.
    pub fn text(&self) -> std::io::Result<String> {
        let text = fs::read_to_string(&self.file)?;
        Ok(text.split_once('\n').map_or(String::new(), |(_, text)| text.to_owned()))
    }
}

fn version(file: PathBuf) -> Option<Version> {
    if file.extension().is_none_or(|extension| extension != "version") {
        return None;
    }
    let opened = fs::File::open(&file).ok()?;
    let bytes = opened.metadata().ok()?.len();
    let mut line = String::new();
    BufReader::new(opened.take(64 * 1024)).read_line(&mut line).ok()?;
    Some(Version { header: serde_json::from_str(&line).ok()?, bytes, file })
}

/// What has changed between two texts, in a line.
fn summary(before: Option<&str>, text: &str) -> String {
    let Some(before) = before else { return "First version".to_owned() };
    match (native::read(before), native::read(text)) {
        (Ok(old), Ok(new)) => {
            let differences = diff::diff(&old.diagram, &new.diagram);
            diff::summary(&differences, Catalog::embedded()).unwrap_or_else(|| "Only the spelling of the file".to_owned())
        }
        (Err(_), _) | (_, Err(_)) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> String {
        format!("{{\"plimsoll\": 1, \"name\": \"{name}\"}}\n")
    }

    fn at(second: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(second)
    }

    #[test]
    fn versions_tell_what_changed_and_come_back_byte_for_byte() {
        let data = tempfile::tempdir().unwrap();
        let versions = Versions::of(data.path(), Path::new("/a/shop.plimsoll.json"));
        assert!(versions.list().is_empty());
        versions.keep(&named("One"), Reason::Saved, at(1)).unwrap();
        versions.keep(&named("One"), Reason::Saved, at(2)).unwrap();
        versions.keep(&named("Two"), Reason::Edited, at(3)).unwrap();
        let list = versions.list();
        let told: Vec<(Reason, &str)> = list.iter().map(|version| (version.header.reason, version.header.summary.as_str())).collect();
        assert_eq!(told, [(Reason::Edited, "Diagram: name One → Two"), (Reason::Saved, "First version")]);
        assert_eq!(list[1].text().unwrap(), named("One"));
        let other = Versions::of(data.path(), Path::new("/b/shop.plimsoll.json"));
        assert!(other.list().is_empty(), "another file of that name has its own");
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many() {
        let data = tempfile::tempdir().unwrap();
        let versions = Versions::of(data.path(), Path::new("/a"));
        for second in 0..COUNT_MAX as u64 + 5 {
            versions.keep(&named(&second.to_string()), Reason::Saved, at(second)).unwrap();
        }
        let list = versions.list();
        assert_eq!(list.len(), COUNT_MAX);
        assert_eq!(list.last().unwrap().text().unwrap(), named("5"));
    }
}

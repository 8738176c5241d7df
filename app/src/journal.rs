//! The crash journal: at most two seconds after a change, the document's text lies in the data folder.
//!
//! Each running window has a file of its own and keeps a lock beside it. What a crash leaves behind has no lock any
//! more, so the next start can tell it from the journal of a window that is still open.

use std::{
    fmt::Write as _,
    fs::{self, File},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use plimsoll_models::{Diagram, formats::native};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{document::Document, jobs::Job, settings};

/// Longest time that a change is only in memory.
pub const DELAY: Duration = Duration::from_secs(1);

/// How long after a failure it is tried again.
const RETRY: Duration = Duration::from_secs(10);

/// What lies in a journal file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The file that the document belongs to, if any.
    pub path: Option<PathBuf>,
    /// Title of the window.
    pub title: String,
    /// The document.
    pub text: String,
    /// Digest of what its file held, so that a restart can tell whether somebody else has changed it since.
    #[serde(default)]
    pub on_disk: Option<String>,
}

/// The journal of one window.
#[derive(Debug)]
pub struct Journal {
    file: PathBuf,
    /// Held as long as the window lives.
    lock: Option<File>,
    /// The diagram that the journal holds or that needs none.
    written: Option<Arc<Diagram>>,
    changed_at: Option<Instant>,
    job: Option<Job<anyhow::Result<()>>>,
    /// Why the latest attempt to write it failed.
    failure: Option<String>,
    /// What a crash left behind and this window shows again; it goes once this journal holds it.
    superseded: Option<Orphan>,
}

/// A document that a crash left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orphan {
    /// What was in it.
    pub entry: Entry,
    file: PathBuf,
}

impl Journal {
    /// Opens the journal of this window in the data folder.
    pub fn open(data: &Path) -> Self {
        let folder = folder(data);
        let _ = fs::create_dir_all(&folder);
        let id = std::process::id();
        let name = (0..=u32::MAX).map(|n| format!("{id}-{n}")).find(|name| !folder.join(format!("{name}.lock")).exists());
        let name = name.unwrap_or_else(|| id.to_string());
        let lock = File::create(folder.join(format!("{name}.lock"))).ok().filter(|file| file.try_lock().is_ok());
        Self {
            file: folder.join(format!("{name}.json")),
            lock,
            written: None,
            changed_at: None,
            job: None,
            failure: None,
            superseded: None,
        }
    }

    /// Looks at the document, and writes it when a change is old enough. Answers when to look again.
    pub fn tick(&mut self, document: &Document, now: Instant, repaint: impl FnOnce() + Send + 'static) -> Option<Duration> {
        if let Some(ended) = self.job.as_ref().and_then(Job::poll) {
            self.job = None;
            self.failure = ended.and_then(|written| written.map_err(|error| format!("{error:#}"))).err();
            if self.failure.is_none() {
                self.let_go();
            } else {
                self.written = None;
                self.changed_at = Some(now + RETRY);
            }
        }
        let present = document.history().present();
        if self.written.as_ref().is_some_and(|written| Arc::ptr_eq(written, present)) {
            return None;
        }
        if !document.is_dirty() {
            self.written = Some(Arc::clone(present));
            (self.changed_at, self.failure) = (None, None);
            let _ = fs::remove_file(&self.file);
            self.let_go();
            return None;
        }
        let since = *self.changed_at.get_or_insert(now);
        let waited = now.saturating_duration_since(since);
        if waited < DELAY || self.job.is_some() {
            return Some(DELAY.saturating_sub(waited).max(Duration::from_millis(100)));
        }
        self.changed_at = None;
        self.written = Some(Arc::clone(present));
        let (file, diagram) = (self.file.clone(), Arc::clone(present));
        let (path, title, on_disk) = (document.path.clone(), document.title(), document.on_disk().cloned());
        self.job = Some(Job::start("journal", repaint, move || {
            let entry = Entry { path, title, text: native::write(&diagram), on_disk: on_disk.map(|text| digest(&text)) };
            settings::write_atomically(&file, &serde_json::to_string(&entry)?)
        }));
        None
    }

    /// Why a crash would lose the latest changes, if it would.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// The document came from there: what lies there is kept until this journal holds it.
    pub fn supersede(&mut self, orphan: Orphan) {
        self.superseded = Some(orphan);
    }

    fn let_go(&mut self) {
        if let Some(orphan) = self.superseded.take() {
            orphan.discard();
        }
    }

    /// The document is safe elsewhere, or not wanted any more.
    pub fn clear(&mut self) {
        if let Some(job) = self.job.take() {
            let _ = job.wait();
        }
        let _ = fs::remove_file(&self.file);
        self.let_go();
        (self.changed_at, self.failure) = (None, None);
        self.written = None;
    }

    /// Ends the journal of a window that closes in order.
    pub fn close(&mut self) {
        self.clear();
        if self.lock.take().is_some() {
            let _ = fs::remove_file(self.file.with_extension("lock"));
        }
    }
}

impl Orphan {
    /// Forgets the document for good.
    pub fn discard(&self) {
        let _ = fs::remove_file(&self.file);
        let _ = fs::remove_file(self.file.with_extension("lock"));
    }
}

/// The documents that crashes left behind.
pub fn orphans(data: &Path) -> Vec<Orphan> {
    let Ok(listing) = fs::read_dir(folder(data)) else { return Vec::new() };
    let mut files: Vec<PathBuf> = listing.flatten().map(|entry| entry.path()).collect();
    files.sort();
    files
        .into_iter()
        .filter(|file| file.extension().is_some_and(|extension| extension == "json"))
        .filter(|file| File::open(file.with_extension("lock")).map_or(true, |lock| lock.try_lock().is_ok()))
        .filter_map(|file| {
            let entry = serde_json::from_str(&fs::read_to_string(&file).ok()?).ok()?;
            Some(Orphan { entry, file })
        })
        .collect()
}

/// What tells two texts apart without keeping them.
pub fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut text, byte| {
        // A string takes whatever is written to it.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn folder(data: &Path) -> PathBuf {
    data.join("journal")
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_models::Edit;

    #[test]
    fn a_crash_leaves_the_last_text_and_a_living_window_hides_it() {
        let data = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(data.path());
        let mut document = Document::new(Diagram::default());
        let start = Instant::now();
        assert_eq!(journal.tick(&document, start, || {}), None);
        document.perform(&Edit::RenameDiagram("precious".to_owned()), None).unwrap();
        assert!(journal.tick(&document, start, || {}).is_some());
        assert_eq!(journal.tick(&document, start + DELAY, || {}), None);
        journal.job.as_ref().unwrap().wait().unwrap().unwrap();
        assert!(orphans(data.path()).is_empty(), "the window lives");
        journal.lock = None;
        let found = orphans(data.path());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].entry.text, native::write(document.diagram()));
        found[0].discard();
        assert!(orphans(data.path()).is_empty());
    }

    fn end_job(journal: &mut Journal, document: &Document, now: Instant) {
        assert!(journal.job.is_some());
        while journal.job.is_some() {
            journal.tick(document, now, || {});
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_journal_that_cannot_be_written_says_so_until_it_can() {
        let data = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(data.path());
        let mut document = Document::new(Diagram::default());
        document.perform(&Edit::RenameDiagram("x".to_owned()), None).unwrap();
        let start = Instant::now();
        // A folder stands in the way of the file.
        fs::create_dir(&journal.file).unwrap();
        journal.tick(&document, start, || {});
        journal.tick(&document, start + DELAY, || {});
        end_job(&mut journal, &document, start + DELAY);
        assert!(journal.failure().is_some());
        assert!(journal.tick(&document, start + DELAY, || {}).is_some(), "it will be tried again");
        fs::remove_dir(&journal.file).unwrap();
        journal.tick(&document, start + RETRY + DELAY * 3, || {});
        end_job(&mut journal, &document, start + RETRY + DELAY * 3);
        assert_eq!(journal.failure(), None);
    }

    #[test]
    fn a_saved_document_needs_no_journal() {
        let data = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(data.path());
        let mut document = Document::new(Diagram::default());
        document.perform(&Edit::RenameDiagram("x".to_owned()), None).unwrap();
        let now = Instant::now();
        journal.tick(&document, now, || {});
        journal.tick(&document, now + DELAY, || {});
        journal.job.as_ref().unwrap().wait().unwrap().unwrap();
        document.mark_saved(PathBuf::from("x"), document.text());
        journal.written = None;
        journal.tick(&document, now + DELAY, || {});
        assert!(!journal.file.exists());
        journal.close();
        assert!(orphans(data.path()).is_empty());
    }
}

//! Files that somebody else changes while they are open: a branch is checked out, another editor saves.
//!
//! One thread looks at every open file each second, by its time and length first, and reads it only when these have
//! changed. What it finds waits until the window takes it.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{RecvTimeoutError, SyncSender, sync_channel},
    },
    thread,
    time::{Duration, SystemTime},
};

use crate::files::{self, OpenError};

/// How often files are looked at.
const EVERY: Duration = Duration::from_secs(1);

/// What a file is like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnDisk {
    /// It holds this text.
    Text(Arc<str>),
    /// It is not there.
    Gone,
    /// It is there and cannot be read as text; why.
    Unreadable(String),
}

impl OnDisk {
    /// Reads a file.
    pub fn read(path: &Path) -> Self {
        match files::text_of(path) {
            Ok(text) => Self::Text(text.into()),
            Err(OpenError::Unreadable { source, .. }) if source.kind() == io::ErrorKind::NotFound => Self::Gone,
            Err(error) => Self::Unreadable(error.to_string()),
        }
    }
}

/// Looks at files as long as it lives.
#[derive(Debug)]
pub struct Watcher {
    paths: Vec<PathBuf>,
    wishes: SyncSender<Vec<PathBuf>>,
    found: Arc<Mutex<BTreeMap<PathBuf, OnDisk>>>,
}

/// What tells that a file was written again, without reading it.
type Stamp = Option<(Option<SystemTime>, u64)>;

fn stamp(path: &Path) -> Stamp {
    fs::metadata(path).ok().map(|data| (data.modified().ok(), data.len()))
}

impl Watcher {
    /// Starts looking; `repaint` is called when there is something to take.
    pub fn start(repaint: impl Fn() + Send + 'static) -> Self {
        let (wishes, wanted) = sync_channel::<Vec<PathBuf>>(8);
        let found = Arc::new(Mutex::new(BTreeMap::new()));
        let results = Arc::clone(&found);
        let body = move || {
            let mut known: BTreeMap<PathBuf, Option<Stamp>> = BTreeMap::new();
            loop {
                match wanted.recv_timeout(EVERY) {
                    Ok(paths) => known = paths.into_iter().map(|path| (path.clone(), known.get(&path).copied().flatten())).collect(),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                }
                if look(&mut known, &results) {
                    repaint();
                }
            }
        };
        // Without the thread nobody tells of changes; a save still looks at the file before it writes.
        let _ = thread::Builder::new().name("watch".to_owned()).spawn(body);
        Self { paths: Vec::new(), wishes, found }
    }

    /// Looks at these files from now on, and at no others.
    pub fn look_at(&mut self, paths: Vec<PathBuf>) {
        // A wish that finds no room is tried again in the next frame.
        if paths != self.paths && self.wishes.try_send(paths.clone()).is_ok() {
            self.paths = paths;
        }
    }

    /// What files turned out to be like since the last call; each one at least once, and again whenever it was written.
    pub fn take(&self) -> BTreeMap<PathBuf, OnDisk> {
        std::mem::take(&mut *self.found.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Reads the files that have another stamp than at the last look; true when there were any.
fn look(known: &mut BTreeMap<PathBuf, Option<Stamp>>, found: &Mutex<BTreeMap<PathBuf, OnDisk>>) -> bool {
    let mut any = false;
    for (path, seen) in known {
        let now = stamp(path);
        if *seen == Some(now) {
            continue;
        }
        *seen = Some(now);
        let content = OnDisk::read(path);
        found.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone(), content);
        any = true;
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_once_and_again_when_it_was_written_or_went() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::write(&path, "one").unwrap();
        let mut known = BTreeMap::from([(path.clone(), None)]);
        let found = Mutex::new(BTreeMap::new());
        let mut next = || (look(&mut known, &found), std::mem::take(&mut *found.lock().unwrap()).remove(&path));
        assert_eq!(next(), (true, Some(OnDisk::Text("one".into()))));
        assert_eq!(next(), (false, None));
        fs::write(&path, "three").unwrap();
        assert_eq!(next(), (true, Some(OnDisk::Text("three".into()))));
        fs::remove_file(&path).unwrap();
        assert_eq!(next(), (true, Some(OnDisk::Gone)));
        fs::create_dir(&path).unwrap();
        assert!(matches!(next(), (true, Some(OnDisk::Unreadable(_)))));
    }
}

//! The real binary in fresh folders, as a user meets it.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod basics;
mod differences;
mod fidelity;
mod hostile;
mod report;
mod result;
mod schema;
mod verify;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// A folder of its own for each test; it goes away with it.
struct Sandbox {
    folder: tempfile::TempDir,
}

/// What a run of the binary said.
struct Said {
    code: i32,
    out: String,
    talk: String,
}

impl Sandbox {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
        command.args(args).current_dir(self.folder.path()).env_remove("RAYON_NUM_THREADS");
        command
    }

    fn run(&self, args: &[&str]) -> Said {
        Said::of(self.command(args).output().unwrap())
    }
}

impl Said {
    fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("everything that is printed is text");
        Self { code: output.status.code().expect("no signal ended it"), out: text(output.stdout), talk: text(output.stderr) }
    }

    #[track_caller]
    fn ends_with_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.talk);
        assert!(!self.talk.contains("panicked") && !self.talk.contains("fault:"), "{}", self.talk);
        self
    }
}

/// The examples that come with the project.
fn examples() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let mut found: Vec<PathBuf> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()))
        .filter(|path| path.to_string_lossy().ends_with(".plimsoll.json"))
        .collect();
    found.sort();
    assert!(found.len() >= 5, "{found:?}");
    found
}

/// A queue with one server at half load.
const SMALL: &str = r#"{
  "plimsoll": 1,
  "name": "Small",
  "nodes": {
    "clients": {"service": "generic/client", "name": "Clients", "fields": {"arrivals": "poisson(5/s)"}},
    "desk": {"service": "generic/station", "name": "Desk", "fields": {"service": "exponential(100 ms)"}}
  },
  "edges": {
    "ask": {"from": "clients", "to": "desk", "kind": "request"}
  },
  "scenarios": {
    "default": {"duration": "2 min", "objectives": ["response p99 of clients <= 5 s"]},
    "strict": {"duration": "2 min", "objectives": ["response p99 of clients <= 1 ms"]}
  },
  "layout": {
    "clients": [0, 0],
    "desk": [240, 0]
  }
}
"#;

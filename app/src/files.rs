//! Documents on disk: opened with a place and a hint for what is wrong, saved without ever losing the old one, and the
//! recordings that lie beside them.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read as _, Write as _},
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use plimsoll_models::{
    Arrivals, Diagnostic, Diagram, NodeId, Place, families,
    formats::{
        asl,
        native::{self, FormatError},
    },
    keys::{KeyLaw, KeyWeights},
    workload::TraceSource,
};
use plimsoll_sim::{Traces, trace_key};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::arrange::placed;

/// Largest recording that is read, in bytes.
pub const TRACE_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;

/// Largest file of key weights that is read, in bytes.
pub const WEIGHTS_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// A document as it was read.
#[derive(Clone, Debug)]
pub struct OpenedFile {
    /// The diagram.
    pub diagram: Diagram,
    /// The text of the file: an unchanged document saves exactly this.
    pub source: String,
    /// What is odd about the file.
    pub diagnostics: Vec<Diagnostic>,
}

/// Why a file cannot be opened as a document.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The operating system refuses.
    #[error("cannot read `{}`: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// It is larger than any document.
    #[error("`{}` has more than {} bytes, which no diagram has", path.display(), native::BYTES_MAX)]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// It is not text.
    #[error("`{}` is not text: byte {offset} is not UTF-8", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
        /// The first byte that is not text, from 0.
        offset: usize,
    },
    /// It is text, but not a document.
    #[error("{}: {source}", path.display())]
    NotADiagram {
        /// The file.
        path: PathBuf,
        /// Where it stops to make sense.
        source: FormatError,
    },
}

impl OpenError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unreadable { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                "look at the spelling of the path; `plimsoll new --from EXAMPLE -o FILE` makes a new diagram"
            }
            Self::Unreadable { .. } => "look at the path and at the permissions of the file",
            Self::TooLarge { .. } => "large recordings belong in trace files beside the diagram",
            Self::NotText { .. } => "a diagram is a text file that ends in .plimsoll.json",
            Self::NotADiagram { source: FormatError::Json { .. }, .. } => {
                "look at that line: a comma, a quote or a bracket is missing or too many"
            }
            Self::NotADiagram { source: FormatError::Foreign(_), .. } => "a diagram starts with {\"plimsoll\": 1, …}",
            Self::NotADiagram { source: FormatError::Newer { .. }, .. } => "install a newer Plimsoll to open it",
            Self::NotADiagram { source: FormatError::TooLarge(_), .. } => "split the diagram, or leave out what no load reaches",
        }
    }
}

/// Opens a document. Odd content becomes diagnostics; an error means that the file is no document at all.
pub fn open(path: &Path) -> Result<OpenedFile, OpenError> {
    let source = text_of(path)?;
    let opened = read(&source).map_err(|source| OpenError::NotADiagram { path: path.to_owned(), source })?;
    Ok(OpenedFile { diagram: opened.diagram, source, diagnostics: opened.diagnostics })
}

/// Reads the text of a document, which may begin with a mark of its encoding. Boxes without a place get one.
pub fn read(text: &str) -> Result<native::Opened, FormatError> {
    let opened = native::read(text.strip_prefix('\u{feff}').unwrap_or(text))?;
    Ok(native::Opened { diagram: placed(opened.diagram), ..opened })
}

/// The text of a file that may be a document.
pub fn text_of(path: &Path) -> Result<String, OpenError> {
    let unreadable = |source| OpenError::Unreadable { path: path.to_owned(), source };
    let file = fs::File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.is_dir() {
        return Err(unreadable(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")));
    }
    let most = native::BYTES_MAX as u64 + 1;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 == most {
        return Err(OpenError::TooLarge { path: path.to_owned() });
    }
    String::from_utf8(bytes).map_err(|error| OpenError::NotText { path: path.to_owned(), offset: error.utf8_error().valid_up_to() })
}

/// The beginning of the SHA-256 of a file's bytes, so that people can tell whether they hold the same file.
pub fn fingerprint(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().take(8).fold(String::from("sha256:"), |mut text, byte| {
        use std::fmt::Write as _;
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Writes a file so that a crash leaves either the old one or the new one, never half of either.
///
/// The content goes to a new file in the same folder, reaches the disk, and takes the name over. A link stays a link, and
/// permissions stay as they were.
pub fn save_atomic(path: &Path, content: impl AsRef<[u8]>) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    };
    let permissions = fs::metadata(&target).ok().map(|metadata| metadata.permissions());
    if permissions.as_ref().is_some_and(fs::Permissions::readonly) {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only"));
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".plimsoll-").suffix(".tmp");
    #[cfg(unix)]
    let permissions = permissions.or_else(|| Some(readable_by_all()));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(content.as_ref())?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|error| error.error)?;
    sync_folder(folder);
    Ok(())
}

/// What a new document may be. Temporary files are private by default.
#[cfg(unix)]
fn readable_by_all() -> fs::Permissions {
    use std::os::unix::fs::PermissionsExt as _;
    fs::Permissions::from_mode(0o644)
}

/// Makes the new name durable where folders can be synced; the data are safe already.
fn sync_folder(folder: &Path) {
    if let Ok(folder) = fs::File::open(folder) {
        folder.sync_all().unwrap_or_default();
    }
}

/// Reads everything that the diagram names beside itself, relative to the folder `base`: recordings and weights of keys,
/// which are handed to the run, and definitions of workflows, which take their place in the diagram.
pub fn load_beside(diagram: &mut Diagram, base: &Path) -> (Traces, Vec<Diagnostic>) {
    let (mut traces, mut diagnostics) = load_traces(diagram, base);
    diagnostics.extend(load_weights(diagram, base, &mut traces));
    diagnostics.extend(load_definitions(diagram, base));
    (traces, diagnostics)
}

/// Puts the text of each definition into the node that names its file.
fn load_definitions(diagram: &mut Diagram, base: &Path) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for (id, node) in &mut diagram.nodes {
        let Some(file) = node.fields.get("definition_file").map(families::field_value).filter(|file| !file.trim().is_empty()) else {
            continue;
        };
        match read_text(base, file.trim(), "definition", asl::BYTES_MAX as u64) {
            Ok(text) => {
                Arc::make_mut(node).fields.insert("definition".to_owned(), text.into());
            }
            Err((message, hint)) => {
                let place = Place::Node(id.clone(), Some("definition_file".to_owned()));
                diagnostics.push(Diagnostic::error("unreadable-definition", place, message).hint(hint));
            }
        }
    }
    diagnostics
}

/// Reads the weights of every event type whose keys a file gives.
fn load_weights(diagram: &Diagram, base: &Path, traces: &mut Traces) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for (id, event_type) in &diagram.event_types {
        let law = event_type.fields.get("key").map(families::field_value);
        let Some(Ok(KeyLaw::Weights { file })) = law.map(|law| law.parse()) else { continue };
        if traces.weights.contains_key(&file) {
            continue;
        }
        let read = read_text(base, &file, "list of weights", WEIGHTS_BYTES_MAX).and_then(|text| {
            let hint = "a file of weights has the columns key and weight, and perhaps from: the time from which the weight counts";
            KeyWeights::read(&file, &text).map_err(|why| (why, hint))
        });
        match read {
            Ok(weights) => {
                traces.weights.insert(file, weights);
            }
            Err((message, hint)) => {
                diagnostics.push(Diagnostic::error("unreadable-weights", Place::EventType(id.clone()), message).hint(hint));
            }
        }
    }
    diagnostics
}

/// Reads every recording that the diagram's producers and scenarios name, relative to the folder `base`.
///
/// What cannot be read becomes a diagnostic at the field that names it.
fn load_traces(diagram: &Diagram, base: &Path) -> (Traces, Vec<Diagnostic>) {
    let mut traces = Traces::new();
    let mut sources: BTreeMap<String, TraceSource> = BTreeMap::new();
    let mut diagnostics = Vec::new();
    for (place, source) in named_traces(diagram) {
        let key = trace_key(&Arrivals::Trace(source.clone()));
        if let Some(known) = sources.get(&key) {
            if *known != source {
                let message = format!("`{}` is already read in another way elsewhere in the diagram", source.file);
                diagnostics.push(Diagnostic::error("trace-read-twice", place, message).hint("copy the file under a second name"));
            }
            continue;
        }
        match load(&source, base) {
            Ok(trace) => {
                traces.insert(key.clone(), trace);
            }
            Err((message, hint)) => diagnostics.push(Diagnostic::error("unreadable-trace", place, message).hint(hint)),
        }
        sources.insert(key, source);
    }
    (traces, diagnostics)
}

/// Every recording that is named, with the place of its name.
fn named_traces(diagram: &Diagram) -> Vec<(Place, TraceSource)> {
    let mut found = Vec::new();
    let mut look = |place: Place, text: &str| {
        if let Ok(Arrivals::Trace(source)) = text.parse() {
            found.push((place, source));
        }
    };
    for (id, node) in &diagram.nodes {
        if let Some(value) = node.fields.get("arrivals") {
            look(Place::Node(id.clone(), Some("arrivals".to_owned())), &families::field_value(value));
        }
    }
    for (id, scenario) in &diagram.scenarios {
        for key in ["load", "set"] {
            let place = Place::Scenario(id.clone(), Some(key.to_owned()));
            let members = scenario.fields.get(key).and_then(serde_json::Value::as_object);
            for (path, value) in members.into_iter().flatten() {
                let known =
                    key == "load" || path.strip_suffix(".arrivals").is_some_and(|node| diagram.nodes.contains_key(&NodeId::new(node)));
                if known {
                    look(place.clone(), &families::field_value(value));
                }
            }
        }
    }
    found
}

fn load(source: &TraceSource, base: &Path) -> Result<plimsoll_models::workload::Trace, (String, &'static str)> {
    let text = read_text(base, &source.file, "trace", TRACE_BYTES_MAX)?;
    source.read(&text).map_err(|why| (why, "a trace has a time or a count in each row, and perhaps a header"))
}

/// The text of a file beside the document, unless it is larger than that.
fn read_text(base: &Path, name: &str, what: &str, most: u64) -> Result<String, (String, &'static str)> {
    let path = inside(base, name, what)?;
    let cannot =
        |why: io::Error| (format!("cannot read the {what} `{name}`: {why}"), "such files lie beside the diagram; paths are relative to it");
    let file = fs::File::open(&path).map_err(cannot)?;
    let length = file.metadata().map_err(cannot)?.len();
    if length > most {
        let hint = "traces of up to 2 GiB, weights of up to 64 MiB and definitions of up to 1 MiB are read; cut it into slices";
        return Err((format!("the {what} `{name}` has {length} bytes"), hint));
    }
    let mut text = String::new();
    file.take(most).read_to_string(&mut text).map_err(cannot)?;
    Ok(text)
}

/// The path of a file beside or below the document; nothing else is opened, so that a diagram from a stranger cannot
/// look around.
fn inside(base: &Path, file: &str, what: &str) -> Result<PathBuf, (String, &'static str)> {
    let outside = || {
        (format!("the {what} `{file}` lies outside of the diagram's folder"), "copy it beside the diagram and name it by a relative path")
    };
    let relative = Path::new(file);
    let plain = relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !plain || file.contains('\\') || file.is_empty() {
        return Err(outside());
    }
    let base = if base.as_os_str().is_empty() { Path::new(".") } else { base };
    let path = base.join(relative);
    if let (Ok(real), Ok(root)) = (fs::canonicalize(&path), fs::canonicalize(base))
        && !real.starts_with(root)
    {
        return Err(outside());
    }
    Ok(path)
}

/// A word as a shell reads it.
pub fn quoted(text: &str) -> String {
    let plain = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "._-/=:+@%,".contains(c));
    if plain { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_models::Node;

    const SMALL: &str = "{\"plimsoll\": 1, \"name\": \"Small\"}\n";

    #[test]
    fn a_saved_file_opens_with_the_same_text() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.plimsoll.json");
        save_atomic(&path, "old").unwrap();
        save_atomic(&path, SMALL).unwrap();
        let opened = open(&path).unwrap();
        assert_eq!((opened.source.as_str(), opened.diagram.name.as_str()), (SMALL, "Small"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
    }

    #[cfg(unix)]
    #[test]
    fn saving_keeps_permissions_and_links() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a.json"), folder.path().join("link.json"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        save_atomic(&link, SMALL).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), SMALL);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_cannot_be_opened_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        assert!(matches!(open(&path), Err(OpenError::Unreadable { .. })));
        assert!(matches!(open(folder.path()), Err(OpenError::Unreadable { .. })));
        fs::write(&path, b"{\"plimsoll\": \xff}").unwrap();
        assert!(matches!(open(&path), Err(OpenError::NotText { offset: 13, .. })));
        fs::write(&path, "{\"plimsoll\": 1,").unwrap();
        let error = open(&path).unwrap_err();
        assert!(error.to_string().contains("line 1, column"), "{error}");
        assert!(!error.hint().is_empty());
    }

    #[test]
    fn traces_are_read_beside_the_document_and_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.csv"), "0\n1.5\n").unwrap();
        let with = |files: &[&str]| {
            let mut diagram = Diagram::default();
            for (index, file) in files.iter().enumerate() {
                let node = Node::new("generic/client", "").with("arrivals", *file);
                diagram.nodes.insert(NodeId::new(format!("n{index}")), Arc::new(node));
            }
            load_traces(&diagram, folder.path())
        };
        let (traces, diagnostics) = with(&["trace(file=a.csv)", "poisson(5/s)"]);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        assert_eq!(traces.loads.values().next().unwrap().total(), 2.0);
        for file in ["/etc/passwd", "../a.csv", "b/../../a.csv", "missing.csv", "C:\\a.csv"] {
            let (traces, diagnostics) = with(&[&format!("trace(file={file})")]);
            assert!(traces.loads.is_empty() && diagnostics.len() == 1, "{file}: {diagnostics:?}");
        }
        let (traces, diagnostics) = with(&["trace(file=a.csv)", "trace(file=a.csv, from=1 s)"]);
        assert_eq!((traces.loads.len(), diagnostics.len()), (2, 0), "two slices of one file");
        let (_, diagnostics) = with(&["trace(file=a.csv)", "trace(file=a.csv, interval=1 s)"]);
        assert_eq!(diagnostics[0].code, "trace-read-twice");
    }

    #[test]
    fn definitions_take_their_place_in_the_diagram() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("saga.asl.json"), "{\"StartAt\": \"A\"}").unwrap();
        let with = |file: &str| {
            let mut diagram = Diagram::default();
            let node = Node::new("aws/step-functions-standard", "").with("definition_file", file);
            diagram.nodes.insert(NodeId::new("flow"), Arc::new(node));
            let (_, diagnostics) = load_beside(&mut diagram, folder.path());
            (diagram.nodes["flow"].fields.get("definition").cloned(), diagnostics)
        };
        let (definition, diagnostics) = with("saga.asl.json");
        assert_eq!((definition, diagnostics.len()), (Some("{\"StartAt\": \"A\"}".into()), 0));
        fs::write(folder.path().join("huge.json"), " ".repeat(asl::BYTES_MAX + 1)).unwrap();
        for file in ["missing.json", "../saga.asl.json", "/etc/passwd", "huge.json"] {
            let (definition, diagnostics) = with(file);
            assert_eq!((definition, diagnostics[0].code), (None, "unreadable-definition"), "{file}");
        }
    }
}

//! The open document: a diagram, where it lies on disk, and how it came to be.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use plimsoll_models::{
    Diagram, Edit,
    edit::{self, EditError},
    formats::native,
};

use crate::history::History;

/// A diagram with its file and its history.
#[derive(Clone, Debug)]
pub struct Document {
    history: History,
    /// What a gesture that goes on shows, such as a drag; not part of the history yet.
    preview: Option<Arc<Diagram>>,
    /// Where it was opened from or saved to.
    pub path: Option<PathBuf>,
    /// Folder of the recordings that the diagram names, where it is not the folder of the file.
    pub base_dir: Option<PathBuf>,
    /// The diagram that the file holds.
    saved: Option<Arc<Diagram>>,
    /// The bytes of the file, so that an unmodified document is saved as it was.
    source: Option<(Arc<Diagram>, Arc<str>)>,
    /// The text that the file at the path is known to hold; absent when there is no such file.
    on_disk: Option<Arc<str>>,
}

impl Document {
    /// A document that is no file yet.
    pub fn new(diagram: Diagram) -> Self {
        let diagram = Arc::new(diagram);
        Self {
            history: History::new(Arc::clone(&diagram)),
            preview: None,
            path: None,
            base_dir: None,
            saved: Some(diagram),
            source: None,
            on_disk: None,
        }
    }

    /// A document as it was read from a file.
    pub fn opened(diagram: Diagram, path: PathBuf, text: String) -> Self {
        let mut document = Self::new(diagram);
        document.path = Some(path);
        let text: Arc<str> = text.into();
        document.source = Some((Arc::clone(document.history.present()), Arc::clone(&text)));
        document.on_disk = Some(text);
        document
    }

    /// A document that came back after a crash: it counts as changed. The text is what its file held before the crash.
    pub fn restored(diagram: Diagram, path: Option<PathBuf>, on_disk: Option<String>) -> Self {
        let mut document = Self::new(diagram);
        document.path = path;
        document.saved = None;
        document.on_disk = on_disk.map(Arc::from);
        document
    }

    /// What is on screen: the gesture that goes on, else the present state.
    pub fn diagram(&self) -> &Arc<Diagram> {
        self.preview.as_ref().unwrap_or_else(|| self.history.present())
    }

    /// The history.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Makes a change; with a key, changes in a row become one step.
    pub fn perform(&mut self, edit: &Edit, key: Option<String>) -> Result<(), EditError> {
        self.preview = None;
        let changed = edit::apply(self.history.present(), edit)?;
        if changed != **self.history.present() {
            self.history.push(edit.label(), Arc::new(changed), key);
        }
        Ok(())
    }

    /// Shows a change without making it; the next [`Self::perform`] or [`Self::cancel_preview`] ends that.
    pub fn preview(&mut self, edit: &Edit) -> Result<(), EditError> {
        self.preview = Some(Arc::new(edit::apply(self.history.present(), edit)?));
        Ok(())
    }

    /// Back to the present state.
    pub fn cancel_preview(&mut self) {
        self.preview = None;
    }

    /// The next change is a step of its own.
    pub fn seal(&mut self) {
        self.history.seal();
    }

    /// Takes a step back and says which one.
    pub fn undo(&mut self) -> Option<String> {
        self.preview = None;
        let label = self.history.undo_label()?.to_owned();
        self.history.undo()?;
        Some(label)
    }

    /// Makes a step again and says which one.
    pub fn redo(&mut self) -> Option<String> {
        self.preview = None;
        self.history.redo().map(|step| step.label.clone())
    }

    /// Goes to a step of the history by its index.
    pub fn go_to(&mut self, index: usize) {
        self.preview = None;
        self.history.go_to(index);
    }

    /// Whether something would be lost if the document were closed now.
    pub fn is_dirty(&self) -> bool {
        !self.saved.as_ref().is_some_and(|saved| Arc::ptr_eq(saved, self.history.present()))
    }

    /// The text of the file: the original bytes when nothing changed, else canonical.
    pub fn text(&self) -> String {
        match &self.source {
            Some((diagram, text)) if Arc::ptr_eq(diagram, self.history.present()) => text.to_string(),
            _ => native::write(self.history.present()),
        }
    }

    /// Remembers that the file at this path holds the present state.
    pub fn mark_saved(&mut self, path: PathBuf, text: String) {
        let present = Arc::clone(self.history.present());
        self.saved = Some(Arc::clone(&present));
        let text: Arc<str> = text.into();
        self.source = Some((present, Arc::clone(&text)));
        self.on_disk = Some(text);
        self.path = Some(path);
        self.history.seal();
    }

    /// The text that the file is known to hold; absent when there is no such file.
    pub fn on_disk(&self) -> Option<&Arc<str>> {
        self.on_disk.as_ref()
    }

    /// Takes another state as one step of the history, such as an older version.
    pub fn replace(&mut self, label: String, diagram: Diagram) {
        self.preview = None;
        self.history.seal();
        self.history.push(label, Arc::new(diagram), None);
    }

    /// Takes what lies on the disk by now as one step of the history.
    pub fn reload(&mut self, label: String, diagram: Diagram, text: Arc<str>) {
        self.replace(label, diagram);
        let present = Arc::clone(self.history.present());
        self.saved = Some(Arc::clone(&present));
        self.source = Some((present, Arc::clone(&text)));
        self.on_disk = Some(text);
    }

    /// Stays as it is although the file holds this text by now, or is gone: it counts as changed.
    pub fn keep(&mut self, on_disk: Option<Arc<str>>) {
        self.saved = None;
        self.on_disk = on_disk;
    }

    /// Folder that relative paths in the document start from.
    pub fn folder(&self) -> Option<PathBuf> {
        self.base_dir.clone().or_else(|| self.path.as_deref().and_then(Path::parent).map(Path::to_path_buf))
    }

    /// Name of the file or title of the diagram, for the title of the window.
    pub fn title(&self) -> String {
        let name = self.path.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        let diagram = self.diagram();
        name.unwrap_or_else(|| if diagram.name.is_empty() { "Untitled".to_owned() } else { diagram.name.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_models::{Edge, EdgeKind, Node, Point, edit::Target};
    use proptest::prelude::*;

    /// A step of a user who clicks at random.
    #[derive(Clone, Debug)]
    struct Click(u8, u8, u8);

    fn edit_of(diagram: &Diagram, Click(what, a, b): &Click) -> Edit {
        let nodes: Vec<_> = diagram.nodes.keys().cloned().collect();
        let pick = |n: u8| nodes.get(n as usize % nodes.len().max(1)).cloned().unwrap_or_else(|| "none".into());
        match what % 8 {
            0 | 1 => Edit::AddNode {
                id: format!("n{a}").as_str().into(),
                node: Node::new("aws/lambda", format!("N {b}")),
                at: Point::new(f64::from(*a), f64::from(*b)),
            },
            2 => Edit::AddEdge { id: format!("e{a}").as_str().into(), edge: Edge::new(pick(*a), pick(*b), EdgeKind::Send) },
            3 => Edit::Remove { nodes: vec![pick(*a)], edges: vec![] },
            4 => Edit::Move(vec![(pick(*a), Point::new(f64::from(*b), 7.0))]),
            5 => Edit::SetField { target: Target::Node(pick(*a)), key: "timeout".to_owned(), value: Some(format!("{b} s").into()) },
            6 => Edit::RenameDiagram(format!("D{a}")),
            _ => Edit::SetScenario("default".into(), Some(plimsoll_models::Scenario::default().with("seed", *b))),
        }
    }

    proptest! {
        #[test]
        fn undo_all_gives_the_first_bytes_and_redo_all_the_last(clicks in prop::collection::vec((0_u8..8, 0_u8..6, 0_u8..6), 0..40)) {
            let mut document = Document::new(Diagram::default());
            let first = document.text();
            for (what, a, b) in clicks {
                let edit = edit_of(document.diagram(), &Click(what, a, b));
                let key = (what == 5).then(|| format!("field{a}"));
                let _ = document.perform(&edit, key);
            }
            let last = document.text();
            while document.undo().is_some() {}
            prop_assert_eq!(document.text(), first);
            prop_assert!(!document.is_dirty());
            while document.redo().is_some() {}
            prop_assert_eq!(document.text(), last);
        }
    }

    #[test]
    fn typing_in_one_field_is_one_step() {
        let mut document = Document::new(Diagram::default());
        for text in ["a", "ab", "abc"] {
            document.perform(&Edit::RenameDiagram(text.to_owned()), Some("name".to_owned())).unwrap();
        }
        assert_eq!(document.undo().as_deref(), Some("Rename"));
        assert_eq!(document.undo(), None);
        assert!(!document.is_dirty());
    }

    #[test]
    fn history_survives_a_save_and_an_unchanged_document_keeps_its_bytes() {
        let text = "{\"plimsoll\":1,\"name\":\"odd   spacing\"}";
        let diagram = native::read(text).unwrap().diagram;
        let mut document = Document::opened(diagram, PathBuf::from("a.plimsoll.json"), text.to_owned());
        assert_eq!(document.text(), text);
        document.perform(&Edit::RenameDiagram("x".to_owned()), None).unwrap();
        let written = document.text();
        document.mark_saved(PathBuf::from("a.plimsoll.json"), written);
        assert!(!document.is_dirty());
        assert!(document.undo().is_some());
        assert!(document.is_dirty());
    }
}

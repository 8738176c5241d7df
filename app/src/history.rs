//! Undo and redo: a list of snapshots, one for each gesture.
//!
//! A snapshot shares its parts with its neighbors, so that keeping every one of them costs little.

use std::sync::Arc;

use plimsoll_models::Diagram;

/// What was done, and the diagram after it.
#[derive(Clone, Debug)]
pub struct Step {
    /// What the menu says.
    pub label: String,
    /// The diagram after the step.
    pub diagram: Arc<Diagram>,
}

/// Every state that the document went through, and where it stands among them.
#[derive(Clone, Debug)]
pub struct History {
    /// The first step is the document as it was opened; never empty.
    steps: Vec<Step>,
    /// Index of the present one, always in range.
    at: usize,
    /// Steps with this key in a row become one, until [`History::seal`].
    open_key: Option<String>,
}

impl History {
    /// Begins with a document as it was opened.
    pub fn new(diagram: Arc<Diagram>) -> Self {
        Self { steps: vec![Step { label: "Open".to_owned(), diagram }], at: 0, open_key: None }
    }

    /// The present state.
    pub fn present(&self) -> &Arc<Diagram> {
        &self.steps[self.at].diagram
    }

    /// Adds a step; what had been undone is forgotten. A step with the same key as the one before replaces it, so that
    /// typing in one field is one entry.
    pub fn push(&mut self, label: String, diagram: Arc<Diagram>, key: Option<String>) {
        let merges = key.is_some() && key == self.open_key && self.at > 0 && self.at + 1 == self.steps.len();
        self.steps.truncate(self.at + 1);
        if merges {
            self.steps[self.at] = Step { label, diagram };
        } else {
            self.steps.push(Step { label, diagram });
            self.at += 1;
        }
        self.open_key = key;
    }

    /// The next step is an entry of its own, whatever its key.
    pub fn seal(&mut self) {
        self.open_key = None;
    }

    /// What the next undo takes back.
    pub fn undo_label(&self) -> Option<&str> {
        (self.at > 0).then(|| self.steps[self.at].label.as_str())
    }

    /// What the next redo brings back.
    pub fn redo_label(&self) -> Option<&str> {
        self.steps.get(self.at + 1).map(|step| step.label.as_str())
    }

    /// Goes one step back, if there is one.
    pub fn undo(&mut self) -> Option<&Step> {
        self.open_key = None;
        self.at = self.at.checked_sub(1)?;
        Some(&self.steps[self.at])
    }

    /// Goes one step forward, if there is one.
    pub fn redo(&mut self) -> Option<&Step> {
        self.open_key = None;
        if self.at + 1 == self.steps.len() {
            return None;
        }
        self.at += 1;
        Some(&self.steps[self.at])
    }

    /// Every step, the first one first, and the index of the present one.
    pub fn steps(&self) -> (&[Step], usize) {
        (&self.steps, self.at)
    }

    /// Goes to a step by its index.
    pub fn go_to(&mut self, index: usize) {
        self.open_key = None;
        self.at = index.min(self.steps.len() - 1);
    }
}

//! What every panel may look at.

use std::{path::PathBuf, sync::Arc};

use plimsoll_models::{Catalog, Diagnostic, Diagram, EdgeId, GroupId, NodeId, NoteId, ScenarioId};
use plimsoll_sim::RunResult;

use super::{canvas::Selection, command::Situation, keymap::Keymap, live::LiveRun, theme::Theme};
use crate::{document::Document, run::Runs, settings::Preferences};

/// A look at the window's affairs, for one frame.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The open document.
    pub document: &'a Document,
    /// What is on screen of it.
    pub diagram: &'a Arc<Diagram>,
    /// The facts.
    pub catalog: &'a Catalog,
    /// Colors and spacing.
    pub theme: &'a Theme,
    /// The chosen note, if one is.
    pub note: Option<&'a NoteId>,
    /// What is selected.
    pub selection: &'a Selection,
    /// The scenario in use.
    pub scenario: &'a ScenarioId,
    /// Runs and results.
    pub runs: &'a Runs,
    /// The run that is played on the drawing.
    pub live: Option<&'a LiveRun>,
    /// What is wrong with the diagram.
    pub problems: &'a [Diagnostic],
    /// Whether the diagram is being looked at in the background: the problems are those of an older state.
    pub checking: bool,
    /// Why a crash would lose the latest changes, if it would.
    pub unsafe_because: Option<&'a str>,
    /// Files that were opened or saved, the latest first.
    pub recent: &'a [PathBuf],
    /// What can be done.
    pub now: Situation,
    /// Which keys mean what.
    pub keys: &'a Keymap,
    /// What the user prefers.
    pub preferences: &'a Preferences,
}

impl<'a> View<'a> {
    /// The latest result.
    pub fn result(&self) -> Option<&'a RunResult> {
        self.runs.latest.as_ref().map(|latest| &*latest.result)
    }

    /// The pinned result.
    pub fn baseline(&self) -> Option<&'a RunResult> {
        self.runs.baseline.as_ref().map(|baseline| &*baseline.result)
    }

    /// Whether the diagram has changed since the result.
    pub fn is_stale(&self) -> bool {
        self.runs.is_stale(self.document.history().present())
    }

    /// The only selected node, if exactly one thing is selected.
    pub fn single_node(&self) -> Option<&'a NodeId> {
        self.selection.nodes.first().filter(|_| self.selection.len() == 1)
    }

    /// The only selected edge, if exactly one thing is selected.
    pub fn single_edge(&self) -> Option<&'a EdgeId> {
        self.selection.edges.first().filter(|_| self.selection.len() == 1)
    }

    /// The only selected group, if exactly one thing is selected.
    pub fn single_group(&self) -> Option<&'a GroupId> {
        self.selection.groups.first().filter(|_| self.selection.len() == 1)
    }
}

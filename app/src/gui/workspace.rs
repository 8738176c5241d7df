//! An open document and everything that belongs to it alone; each tab of the window is one.

use std::{
    sync::Arc,
    time::{Instant, SystemTime},
};

use plimsoll_models::{Catalog, Diagnostic, Diagram, ScenarioId, formats::native, review};

use super::{
    canvas::{Canvas, Selection},
    comparison::Comparison,
    inspector,
    live::LiveRun,
    results,
    state::Tab,
    words::spoken,
};
use crate::{
    document::Document,
    jobs::Job,
    journal::{Journal, Orphan},
    run::Runs,
    settings::Folders,
    versions::{self, Reason, Versions},
    watch::OnDisk,
};

/// Largest diagram that is checked within a frame; larger ones are checked in the background.
const CHECK_AT_ONCE_MAX: usize = 40;

/// An open document with its view, its runs and its journal.
#[derive(Debug)]
pub struct Workspace {
    /// The document.
    pub document: Document,
    /// Its runs and results.
    pub runs: Runs,
    /// What is selected.
    pub selection: Selection,
    /// The scenario that the user picked; the default one when it does not exist.
    pub scenario: Option<ScenarioId>,
    /// Which tab of the results is in front.
    pub tab: Tab,
    /// The inspector.
    pub inspector: inspector::Memory,
    /// The results.
    pub results: results::Memory,
    /// Whether the results are shown, as long as another document is in front.
    pub(super) results_open: bool,
    pub(super) canvas: Canvas,
    pub(super) problems: Vec<Diagnostic>,
    /// What reading the file said; shown with the problems until the first change.
    pub(super) file_problems: Vec<Diagnostic>,
    /// Recordings of an example, which is no file.
    pub(super) example_traces: Vec<(String, String)>,
    /// The window may close although this document has changes that are in no file.
    pub(super) may_be_lost: bool,
    /// What its file is like, where that is not what the document knows.
    pub(super) disk: Option<OnDisk>,
    /// The run that is played on the drawing.
    pub live: Option<LiveRun>,
    /// An older state that is shown beside the present one.
    pub(super) comparison: Option<Comparison>,
    journal: Option<Journal>,
    /// The diagram of the latest version that was kept, or that needs none.
    kept: Arc<Diagram>,
    /// Since when it has been another one.
    unkept_since: Option<Instant>,
    keeping: Option<Job<anyhow::Result<()>>>,
    /// The diagram that the problems are about.
    checked: Option<Arc<Diagram>>,
    checking: Option<(Arc<Diagram>, Job<Vec<Diagnostic>>)>,
}

impl Workspace {
    /// Opens a document, with a crash journal in these folders.
    pub(super) fn new(document: Document, folders: Option<&Folders>) -> Self {
        Self {
            kept: Arc::clone(document.history().present()),
            document,
            runs: Runs::default(),
            selection: Selection::default(),
            scenario: None,
            tab: Tab::default(),
            inspector: inspector::Memory::default(),
            results: results::Memory::default(),
            results_open: false,
            canvas: Canvas::default(),
            problems: Vec::new(),
            file_problems: Vec::new(),
            example_traces: Vec::new(),
            may_be_lost: false,
            disk: None,
            live: None,
            comparison: None,
            unkept_since: None,
            keeping: None,
            journal: folders.map(|folders| Journal::open(&folders.data)),
            checked: None,
            checking: None,
        }
    }

    /// Whether nobody has done anything with it: another document may take its place.
    pub(super) fn is_untouched(&self) -> bool {
        let history = self.document.history();
        self.document.path.is_none()
            && !self.document.is_dirty()
            && history.undo_label().is_none()
            && history.redo_label().is_none()
            && **history.present() == Diagram::default()
    }

    /// The scenario in use.
    pub(super) fn scenario(&self) -> ScenarioId {
        let diagram = self.document.diagram();
        let picked = self.scenario.as_ref().filter(|id| diagram.scenarios.contains_key(*id));
        picked.or_else(|| diagram.default_scenario()).cloned().unwrap_or_else(|| ScenarioId::new("default"))
    }

    /// Takes the outcome of a run that has ended; true when there is a new result.
    pub(super) fn poll(&mut self) -> bool {
        let ended = self.runs.poll();
        if ended {
            self.tab = Tab::Answer;
            self.results_open = true;
        }
        ended
    }

    /// Whether it is being found out in the background what is wrong with the diagram.
    pub(super) fn is_checking(&self) -> bool {
        self.checking.is_some()
    }

    /// Finds out what is wrong with the diagram, if that is not known yet.
    pub(super) fn check(&mut self, ctx: &egui::Context, catalog: &'static Catalog) {
        if let Some((diagram, job)) = &self.checking
            && let Some(problems) = job.poll()
        {
            self.problems = said(problems.unwrap_or_default());
            self.checked = Some(Arc::clone(diagram));
            self.checking = None;
        }
        let present = self.document.history().present();
        let is = |other: &Arc<Diagram>| Arc::ptr_eq(other, present);
        if self.checked.as_ref().is_some_and(is) || self.checking.as_ref().is_some_and(|(diagram, _)| is(diagram)) {
            return;
        }
        let present = Arc::clone(present);
        if present.nodes.len() <= CHECK_AT_ONCE_MAX {
            let mut problems = review::examine(&present, catalog);
            if self.document.history().undo_label().is_none() {
                problems.extend(self.file_problems.iter().cloned());
            }
            self.problems = said(problems);
            self.checked = Some(present);
        } else if self.checking.is_none() {
            let (ctx, diagram) = (ctx.clone(), Arc::clone(&present));
            let job = Job::start("check", move || ctx.request_repaint(), move || review::examine(&diagram, catalog));
            self.checking = Some((present, job));
        }
    }

    /// Keeps the selection to what exists.
    pub(super) fn prune_selection(&mut self) {
        let diagram = self.document.diagram();
        self.selection.nodes.retain(|id| diagram.nodes.contains_key(id));
        self.selection.edges.retain(|id| diagram.edges.contains_key(id));
        self.selection.groups.retain(|id| diagram.groups.contains_key(id));
    }

    /// The document came back from what a crash left behind.
    pub(super) fn supersede(&mut self, orphan: Orphan) {
        match &mut self.journal {
            Some(journal) => journal.supersede(orphan),
            None => orphan.discard(),
        }
    }

    /// Writes the journal when a change is old enough; says why when that begins to fail.
    pub(super) fn keep_journal(&mut self, ctx: &egui::Context) -> Option<String> {
        let journal = self.journal.as_mut()?;
        let repaint = ctx.clone();
        let failed_before = journal.failure().is_some();
        if let Some(wait) = journal.tick(&self.document, Instant::now(), move || repaint.request_repaint()) {
            ctx.request_repaint_after(wait);
        }
        journal.failure().filter(|_| !failed_before).map(str::to_owned)
    }

    /// Why a crash would lose the latest changes, if it would.
    pub(super) fn journal_failure(&self) -> Option<&str> {
        self.journal.as_ref().and_then(Journal::failure)
    }

    /// Hears what its file is like.
    pub(super) fn hear(&mut self, content: OnDisk) {
        let same = match (&content, self.document.on_disk()) {
            (OnDisk::Text(text), Some(known)) => text == known,
            (OnDisk::Gone, None) => true,
            (OnDisk::Text(_), None) | (OnDisk::Gone, Some(_)) | (OnDisk::Unreadable(_), _) => false,
        };
        self.disk = (!same).then_some(content);
    }

    /// Keeps the present state as a version; a document without a file has none.
    ///
    /// The first one comes with what the file held `before`, if that is known.
    pub(super) fn keep_version(&mut self, reason: Reason, before: Option<Arc<str>>, folders: Option<&Folders>) {
        self.kept = Arc::clone(self.document.history().present());
        self.unkept_since = None;
        let (Some(folders), Some(path)) = (folders, &self.document.path) else { return };
        let (versions, diagram) = (Versions::of(&folders.data, path), Arc::clone(&self.kept));
        let work = move || {
            let now = SystemTime::now();
            before.map_or(Ok(()), |text| versions.keep_first(&text, now))?;
            versions.keep(&native::write(&diagram), reason, now)
        };
        self.keeping = Some(Job::start("version", || {}, work));
    }

    /// Keeps a version when edits have gone on for a while; says why when one could not be kept.
    pub(super) fn keep_versions(&mut self, folders: Option<&Folders>) -> Option<String> {
        let failed = self.keeping.as_ref().and_then(Job::poll).map(|ended| {
            self.keeping = None;
            ended.and_then(|kept| kept.map_err(|error| format!("{error:#}"))).err()
        });
        if Arc::ptr_eq(&self.kept, self.document.history().present()) {
            self.unkept_since = None;
        } else if self.unkept_since.get_or_insert_with(Instant::now).elapsed() >= versions::EVERY {
            self.keep_version(Reason::Edited, None, folders);
        }
        failed.flatten()
    }

    /// The document goes in order: nothing of it is wanted any more.
    pub(super) fn close(&mut self) {
        self.runs.cancel();
        self.live = None;
        if let Some(keeping) = self.keeping.take() {
            let _ = keeping.wait();
        }
        if let Some(journal) = &mut self.journal {
            journal.close();
        }
    }
}

/// Problems as the window says them.
fn said(problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let say = |problem: Diagnostic| Diagnostic { message: spoken(&problem.message), hint: spoken(&problem.hint), ..problem };
    problems.into_iter().map(say).collect()
}

//! A run as one self-contained page: no network, no script, dark and light, good to print.

mod page;
mod sankey;
mod sections;
mod terms;

use plimsoll_models::{Catalog, Diagram};
use plimsoll_sim::RunResult;

#[cfg(feature = "gui")]
pub(super) use page::STYLE;
pub(super) use page::table_html;
pub(super) use terms::link as term;

use super::text::Summary;

/// A run with everything that its page tells.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// What happened.
    pub result: &'a RunResult,
    /// What was run.
    pub diagram: &'a Diagram,
    /// The facts, for icons and sources.
    pub catalog: &'a Catalog,
    /// The command that gives the same result.
    pub reproduce: &'a str,
    /// Fingerprint of the file that was run, so that a reader can tell whether it is the same one.
    pub fingerprint: &'a str,
}

impl Report<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let title = if self.result.run.diagram.is_empty() { "Untitled" } else { &self.result.run.diagram };
        page::document(&format!("{title}: {}", self.result.run.scenario), &self.head(title), &self.sections())
    }

    pub(super) fn summary(&self) -> Summary<'_> {
        Summary { result: self.result, diagram: self.diagram, reproduce: self.reproduce }
    }
}

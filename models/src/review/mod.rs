//! Advice that needs no run: patterns that are legal and usually regretted.
//!
//! [`crate::validate`] says what a diagram means nothing with; a review rule says what will probably hurt, why, and
//! what to do. Rules read the same facts as a run: the typed field, else the catalog's default.

mod cost;
mod events;
mod facts;
mod failure;
mod fleets;
mod limits;
mod order;
mod pipes;
mod resilience;
mod scenarios;
mod stores;
mod streams;
mod time;
mod topology;
mod travel;
mod workflows;

use crate::{Catalog, Diagnostic, Diagram, Edit, Place, Severity, diagnostic, validate};

use self::facts::Review;

/// A review rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Stable name; the code of its diagnostics.
    pub id: &'static str,
    /// How bad what it finds is.
    pub severity: Severity,
    /// What it looks for, in a line.
    pub title: &'static str,
    /// Why that is regretted.
    pub rationale: &'static str,
    /// What to do.
    pub advice: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
    look: fn(&Review<'_>, &mut Found<'_>),
}

/// Every rule, by subject.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [
        failure::RULES,
        resilience::RULES,
        time::RULES,
        limits::RULES,
        topology::RULES,
        events::RULES,
        order::RULES,
        streams::RULES,
        pipes::RULES,
        stores::RULES,
        fleets::RULES,
        workflows::RULES,
        cost::RULES,
        scenarios::RULES,
    ]
    .into_iter()
    .flatten()
}

pub use travel::{Travel, travels};

/// What the rules find, the gravest first, then by place.
pub fn review(diagram: &Diagram, catalog: &Catalog) -> Vec<Diagnostic> {
    let subject = Review::new(diagram, catalog);
    let mut diagnostics = Vec::new();
    for rule in rules() {
        (rule.look)(&subject, &mut Found { rule, diagnostics: &mut diagnostics });
    }
    diagnostic::sort(&mut diagnostics);
    diagnostics
}

/// Everything that can be said without a run: what is wrong, and what is unwise.
pub fn examine(diagram: &Diagram, catalog: &Catalog) -> Vec<Diagnostic> {
    let mut diagnostics = validate::check(diagram, catalog);
    diagnostics.extend(review(diagram, catalog));
    diagnostic::sort(&mut diagnostics);
    diagnostics
}

/// Where a rule puts what it finds.
struct Found<'a> {
    rule: &'static Rule,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Found<'_> {
    /// Something was found; `message` is the evidence.
    fn at(&mut self, place: Place, message: impl Into<String>) {
        let diagnostic = Diagnostic { severity: self.rule.severity, ..Diagnostic::info(self.rule.id, place, message) };
        self.diagnostics.push(diagnostic.hint(self.rule.advice));
    }

    /// Something was found that an edit mends.
    fn fixable(&mut self, place: Place, message: impl Into<String>, fix: Edit) {
        self.at(place, message);
        if let Some(last) = self.diagnostics.pop() {
            self.diagnostics.push(last.fix(fix));
        }
    }
}

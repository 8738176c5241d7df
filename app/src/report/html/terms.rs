//! What the words on the page mean, and which rule each column of figures follows.

use std::fmt::Write as _;

use super::page::Escaped;

/// A word with its rule.
struct Term {
    /// Its address within the page.
    anchor: &'static str,
    title: &'static str,
    meaning: &'static str,
    /// Columns of tables that follow it.
    columns: &'static [&'static str],
}

/// In the order of the page.
const TERMS: &[Term] = &[
    Term {
        anchor: "objective",
        title: "Objective",
        meaning: "Measured over all journeys after the warm-up that it speaks of; where it speaks of several producers, the worst one counts. It is open when the interval over replications lies on both sides of the bound.",
        columns: &["Measured"],
    },
    Term {
        anchor: "response",
        title: "Response",
        meaning: "From a root event's arrival at its producer until the producer has its outcome, in simulated time; each event is measured, none is averaged first.",
        columns: &["Response p99"],
    },
    Term {
        anchor: "completion",
        title: "Completion",
        meaning: "From a root event's arrival until everything that it set off has ended: the last message deleted, the last branch done.",
        columns: &["Completion p99"],
    },
    Term {
        anchor: "percentiles",
        title: "Percentiles",
        meaning: "Read from histograms of every measured value with a relative error below 1 %; p99 is the value that 99 of 100 do not exceed. Count tells how many were measured after the warm-up.",
        columns: &["Count", "p50", "p90", "p99", "Max"],
    },
    Term {
        anchor: "loss",
        title: "Loss and success",
        meaning: "A root event is lost when something of it was lost that nobody answers for: expired, dropped, dead-lettered or given up. Success is the share of outcomes that were good: of responses those that the producer saw succeed, of completions those of which nothing was lost.",
        columns: &["Success", "Lost", "Loss"],
    },
    Term {
        anchor: "struck",
        title: "Faults",
        meaning: "They begin and end when the scenario says, before everything else of that time. Struck tells how many attempts a fault failed, refused or delayed. What works inside of a node, such as lost capacity, is not counted.",
        columns: &["Begins", "Ends", "Struck"],
    },
    Term {
        anchor: "peak-use",
        title: "Peak use",
        meaning: "The largest demand on a limit, in the limit's own window, as a share of it; refused and delayed demand counts. Above 100 % it refused, delayed or drew on a burst.",
        columns: &["Value", "Peak use"],
    },
    Term {
        anchor: "refused",
        title: "Refused and delayed",
        meaning: "Attempts that a limit turned away, and those that it held up, each counted at the limit itself; the first of them was at the time told.",
        columns: &["Refused", "Delayed", "Bound at"],
    },
    Term {
        anchor: "headroom",
        title: "Headroom",
        meaning: "By what factor the load could grow before the limit binds, as far as use grows with load: the limit over the largest demand, a linear estimate.",
        columns: &["Headroom"],
    },
    Term {
        anchor: "curves",
        title: "Curves",
        meaning: "Each interval of the grid tells what was counted in it over its length, or the largest level, age or latency in it. Names are those of the provider's dashboard where it has the same figure. Costs are told for an hour at the rate of the interval.",
        columns: &[],
    },
    Term {
        anchor: "explains",
        title: "What a finding explains",
        meaning: "Journeys that were lost, took longer than an objective on latency allows or had not ended, and money. Where a limit was lifted and the run simulated again, what became better; otherwise what is counted in the books, at most what the limit refused or delayed.",
        columns: &[],
    },
    Term {
        anchor: "remedies",
        title: "Remedies",
        meaning: "Each was built into the diagram and the first replication run again with the same luck. Waiting is the most that waited, over all nodes where somebody takes it; oldest is the greatest age of a message.",
        columns: &["Waiting", "Oldest"],
    },
    Term {
        anchor: "sensitivity",
        title: "Sensitivity",
        meaning: "The difference that one changed number makes to a run with the same luck, with half of the interval over the paired replications.",
        columns: &["From", "To"],
    },
    Term {
        anchor: "ledger",
        title: "Ledger",
        meaning: "Each copy of an event on an edge is created once and ends once. The books balance when created equals the sum of all fates and what is still held. Attempts are the tries of those copies.",
        columns: &["Created", "Attempts", "Held", "done", "filtered", "rejected", "failed", "expired", "dead-lettered", "dropped"],
    },
    Term {
        anchor: "cost",
        title: "Cost",
        meaning: "Units counted in the run times the first price of the catalog, without discounts. The hour and the thousand are this run's rate carried on. A month is told where the scenario declares how long in a month its load lasts, and is for that time; in it, units above a tier cost what the tier says, and what is kept, such as storage, is left out. The free tier takes off the units that every account has for nothing each month, as though nothing else in the account used them; nodes share tiers and free units in proportion to their units. What new accounts have free for twelve months is not counted.",
        columns: &["Units", "Cost", "A month", "With free tier"],
    },
    Term {
        anchor: "interval",
        title: "Interval",
        meaning: "The half width of the 95 % confidence interval over independent replications, after a warm-up that is left out.",
        columns: &[],
    },
];

/// Words that lead to a rule.
pub(in crate::report) fn link(anchor: &str, words: &str) -> String {
    debug_assert!(TERMS.iter().any(|term| term.anchor == anchor), "{anchor} is no term");
    format!("<a href=\"#term-{anchor}\">{}</a>", Escaped(words))
}

/// The heading of a column of figures, which leads to its rule.
pub(super) fn heading(title: &str) -> String {
    match TERMS.iter().find(|term| term.columns.contains(&title)) {
        Some(term) => link(term.anchor, title),
        None => Escaped(title).to_string(),
    }
}

/// All of them.
pub(super) fn html() -> String {
    let mut out = String::from("<dl>");
    for Term { anchor, title, meaning, columns: _ } in TERMS {
        // Writing to a string cannot fail.
        let _ = write!(out, "<dt id=\"term-{anchor}\">{}</dt><dd>{}</dd>", Escaped(title), Escaped(meaning));
    }
    out.push_str("</dl>\n");
    out
}

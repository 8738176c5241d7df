//! The fate of every copy as a Sankey diagram: where copies were created at the left, how they ended at the right, and
//! between them bands as thick as there are copies. What is created and what has ended or is held is the same, so both
//! sides are equally high.

use plimsoll_models::{Diagram, EdgeId, NodeId};
use plimsoll_sim::{ledger::Fate, result::LedgerRow};

/// Most places at the left; the smallest ones stand together as the last.
const PLACES_MAX: usize = 10;
/// Share of the height that lies between bars, at most.
const GAPS: f64 = 0.58;
/// Share of the height between two bars, at most: room for a line of text, since small bars have their names there.
const GAP_MAX: f64 = 0.062;

/// What a band means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ending {
    /// It has this fate.
    Fate(Fate),
    /// It is still held.
    Held,
}

impl Ending {
    /// All endings, the good ones first.
    const ALL: [Self; 8] = [
        Self::Fate(Fate::Done),
        Self::Fate(Fate::Filtered),
        Self::Held,
        Self::Fate(Fate::Rejected),
        Self::Fate(Fate::Failed),
        Self::Fate(Fate::Expired),
        Self::Fate(Fate::DeadLettered),
        Self::Fate(Fate::Dropped),
    ];

    /// The word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Fate(fate) => fate.as_str(),
            Self::Held => "held",
        }
    }

    /// Whether the event is lost to its purpose; nobody knows yet of what is held.
    pub(crate) fn is_loss(self) -> Option<bool> {
        match self {
            Self::Fate(fate) => Some(fate.is_loss()),
            Self::Held => None,
        }
    }

    fn count(self, row: &LedgerRow) -> u64 {
        match self {
            Self::Fate(fate) => row.fates.get(fate.as_str()).copied().unwrap_or(0),
            Self::Held => row.held,
        }
    }
}

/// A bar at the left.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Place {
    pub(crate) title: String,
    /// The edge, or the node, whose copies these are; nothing where several stand together.
    pub(crate) of: Option<(Option<EdgeId>, NodeId)>,
    pub(crate) created: u64,
    pub(crate) span: Span,
}

/// A bar at the right.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct End {
    pub(crate) ending: Ending,
    pub(crate) count: u64,
    pub(crate) span: Span,
}

/// A band between two bars.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Band {
    /// Index of the place.
    pub(crate) from: usize,
    /// Index of the ending.
    pub(crate) to: usize,
    pub(crate) count: u64,
    pub(crate) left: Span,
    pub(crate) right: Span,
}

/// Upper and lower end, as shares of the height.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Span {
    pub(crate) top: f64,
    pub(crate) bottom: f64,
}

/// The whole picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sankey {
    pub(crate) places: Vec<Place>,
    pub(crate) ends: Vec<End>,
    pub(crate) bands: Vec<Band>,
}

/// Counts of a place by ending, in the order of [`Ending::ALL`].
struct Counts {
    title: String,
    of: Option<(Option<EdgeId>, NodeId)>,
    by_ending: [u64; 8],
}

impl Counts {
    fn total(&self) -> u64 {
        self.by_ending.iter().sum()
    }
}

impl Sankey {
    /// Lays out some rows of a ledger, the largest ones on top.
    pub(crate) fn of<'a>(rows: impl IntoIterator<Item = &'a LedgerRow>, diagram: &Diagram) -> Self {
        let counts = |row: &LedgerRow| Counts {
            title: title(row, diagram),
            of: Some((row.edge.clone(), row.node.clone())),
            by_ending: Ending::ALL.map(|ending| ending.count(row)),
        };
        let mut places: Vec<Counts> = rows.into_iter().map(counts).filter(|place| place.total() > 0).collect();
        places.sort_by(|a, b| b.total().cmp(&a.total()).then_with(|| a.title.cmp(&b.title)));
        if places.len() > PLACES_MAX {
            let rest = places.split_off(PLACES_MAX - 1);
            let by_ending = std::array::from_fn(|ending| rest.iter().map(|place| place.by_ending[ending]).sum());
            places.push(Counts { title: format!("{} others", rest.len()), of: None, by_ending });
        }
        laid_out(&places)
    }

    /// Everything that was created.
    pub(crate) fn total(&self) -> u64 {
        self.places.iter().map(|place| place.created).sum()
    }

    /// The picture in a sentence.
    pub(crate) fn sentence(&self) -> String {
        let count = |value: u64| plimsoll_models::units::print_number(value as f64);
        let ends: Vec<String> = self.ends.iter().map(|end| format!("{} {}", count(end.count), end.ending.as_str())).collect();
        format!("{} copies created: {}", count(self.total()), ends.join(", "))
    }
}

fn laid_out(places: &[Counts]) -> Sankey {
    let total: u64 = places.iter().map(Counts::total).sum();
    if total == 0 {
        return Sankey::default();
    }
    let used: Vec<usize> = (0..Ending::ALL.len()).filter(|ending| places.iter().any(|place| place.by_ending[*ending] > 0)).collect();
    let gaps = (places.len().max(used.len()) - 1).max(1) as f64;
    let gap = (GAPS / gaps).min(GAP_MAX);
    // Both sides end at the same height, whatever the number of their gaps.
    let scale = (1.0 - gap * gaps) / total as f64;
    let bars = |sizes: &[u64]| -> Vec<Span> {
        let between = if sizes.len() > 1 { gap * gaps / (sizes.len() - 1) as f64 } else { 0.0 };
        let mut top = if sizes.len() > 1 { 0.0 } else { gap * gaps / 2.0 };
        let bar = |size: &u64| {
            let span = Span { top, bottom: top + *size as f64 * scale };
            top = span.bottom + between;
            span
        };
        sizes.iter().map(bar).collect()
    };
    let lefts = bars(&places.iter().map(Counts::total).collect::<Vec<_>>());
    let sum = |ending: usize| places.iter().map(|place| place.by_ending[ending]).sum::<u64>();
    let rights = bars(&used.iter().map(|ending| sum(*ending)).collect::<Vec<_>>());
    let mut filled: Vec<f64> = rights.iter().map(|span| span.top).collect();
    let mut sankey = Sankey::default();
    for (from, (place, span)) in places.iter().zip(lefts).enumerate() {
        let mut left = span.top;
        for (to, ending) in used.iter().enumerate() {
            let count = place.by_ending[*ending];
            if count > 0 {
                let height = count as f64 * scale;
                let spans = [left, filled[to]].map(|top| Span { top, bottom: top + height });
                sankey.bands.push(Band { from, to, count, left: spans[0], right: spans[1] });
                left += height;
                filled[to] += height;
            }
        }
        sankey.places.push(Place { title: place.title.clone(), of: place.of.clone(), created: place.total(), span });
    }
    sankey.ends = used.iter().zip(rights).map(|(ending, span)| End { ending: Ending::ALL[*ending], count: sum(*ending), span }).collect();
    sankey
}

/// The connection, or the node that keeps copies of its own.
pub(crate) fn title(row: &LedgerRow, diagram: &Diagram) -> String {
    match &row.edge {
        Some(id) => diagram.edge_title(id),
        None => diagram.title(&row.node).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(node: &str, done: u64, lost: u64, held: u64) -> LedgerRow {
        let mut fates: std::collections::BTreeMap<String, u64> = Fate::ALL.iter().map(|fate| (fate.as_str().to_owned(), 0)).collect();
        fates.insert("done".to_owned(), done);
        fates.insert("rejected".to_owned(), lost);
        LedgerRow { edge: None, node: node.into(), created: done + lost + held, attempts: 0, fates, held, effects: done }
    }

    fn assert_conserved(sankey: &Sankey, total: u64) {
        assert_eq!(sankey.total(), total);
        assert_eq!(sankey.ends.iter().map(|end| end.count).sum::<u64>(), total, "what ended is what was created");
        for (at, place) in sankey.places.iter().enumerate() {
            assert_eq!(sankey.bands.iter().filter(|band| band.from == at).map(|band| band.count).sum::<u64>(), place.created);
        }
        for (at, end) in sankey.ends.iter().enumerate() {
            assert_eq!(sankey.bands.iter().filter(|band| band.to == at).map(|band| band.count).sum::<u64>(), end.count);
        }
        let spans: [Vec<Span>; 2] =
            [sankey.places.iter().map(|place| place.span).collect(), sankey.ends.iter().map(|end| end.span).collect()];
        for side in &spans {
            assert!(side.windows(2).all(|pair| pair[0].bottom <= pair[1].top + 1e-9), "bars lie apart: {side:?}");
            assert!(side.iter().all(|span| (0.0..=1.0 + 1e-9).contains(&span.top) && span.bottom <= 1.0 + 1e-9), "{side:?}");
            let heights: f64 = side.iter().map(|span| span.bottom - span.top).sum();
            let other: f64 = spans[0].iter().map(|span| span.bottom - span.top).sum();
            assert!((heights - other).abs() < 1e-9, "both sides are equally high");
        }
    }

    #[test]
    fn nothing_gets_lost_between_the_two_sides() {
        let rows = [row("a", 900, 90, 10), row("b", 0, 5, 0), row("c", 70, 0, 3)];
        assert_conserved(&Sankey::of(&rows, &Diagram::default()), 1_078);
        let many: Vec<LedgerRow> = (0..60).map(|n| row(&format!("n{n}"), n * 13, n % 3, n % 2)).collect();
        let sankey = Sankey::of(&many, &Diagram::default());
        assert_eq!(sankey.places.len(), PLACES_MAX);
        assert_eq!(sankey.places.last().map(|place| place.title.as_str()), Some("50 others"));
        assert_conserved(&sankey, many.iter().map(|row| row.created).sum());
        assert_conserved(&Sankey::of(&rows[1..2], &Diagram::default()), 5);
    }

    #[test]
    fn without_copies_there_is_no_picture() {
        assert_eq!(Sankey::of(&[], &Diagram::default()), Sankey::default());
        assert_eq!(Sankey::of(&[row("a", 0, 0, 0)], &Diagram::default()), Sankey::default());
    }

    #[test]
    fn the_sentence_tells_every_ending() {
        assert_eq!(
            Sankey::of(&[row("a", 900, 90, 10)], &Diagram::default()).sentence(),
            "1,000 copies created: 900 done, 10 held, 90 rejected"
        );
    }
}

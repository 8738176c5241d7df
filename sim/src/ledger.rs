//! The books: every copy is created once and ends once.
//!
//! A *copy* is one message on one edge, or one message kept in a node. Retries and redeliveries are attempts of the
//! same copy. Copies change state only through `Ledger::create` and `Ledger::end`, or, for calls, through the changes of
//! their edge's meter, which keeps the books of its calls beside its figures; so no behavior can forget one. What is
//! created and not ended is held, and is counted once more by walking the store of copies.

use std::fmt;

/// How a copy ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It did what it was meant to do.
    Done,
    /// It did not match, and was not meant to.
    Filtered,
    /// A limit refused it for good.
    Rejected,
    /// It failed for good.
    Failed,
    /// It became too old.
    Expired,
    /// It went to a dead-letter target.
    DeadLettered,
    /// It was lost without anybody noticing.
    Dropped,
}

impl Fate {
    /// All fates, in the order of reports.
    pub const ALL: [Self; 7] = [Self::Done, Self::Filtered, Self::Rejected, Self::Failed, Self::Expired, Self::DeadLettered, Self::Dropped];

    /// The word in results.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Filtered => "filtered",
            Self::Rejected => "rejected",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::DeadLettered => "dead-lettered",
            Self::Dropped => "dropped",
        }
    }

    /// Whether the event is lost to its purpose.
    pub fn is_loss(self) -> bool {
        match self {
            Self::Done | Self::Filtered => false,
            Self::Rejected | Self::Failed | Self::Expired | Self::DeadLettered | Self::Dropped => true,
        }
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The books of one edge or node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub(crate) struct Row {
    pub(crate) created: u64,
    pub(crate) attempts: u64,
    pub(crate) effects: u64,
    pub(crate) fates: [u64; 7],
}

impl Row {
    /// A copy has its fate.
    #[inline]
    pub(crate) fn end(&mut self, fate: Fate) {
        self.fates[fate as usize] += 1;
        self.effects += u64::from(fate == Fate::Done);
    }

    /// These books and others in one.
    pub(crate) fn with(&self, other: &Self) -> Self {
        Self {
            created: self.created + other.created,
            attempts: self.attempts + other.attempts,
            effects: self.effects + other.effects,
            fates: std::array::from_fn(|fate| self.fates[fate] + other.fates[fate]),
        }
    }

    /// Copies that were created and have not ended.
    pub(crate) fn open(&self) -> u64 {
        self.created - self.fates.iter().sum::<u64>()
    }

    /// Copies with a fate.
    pub(crate) fn fate(&self, fate: Fate) -> u64 {
        self.fates[fate as usize]
    }
}

/// All books.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    rows: Vec<Row>,
}

impl Ledger {
    /// Empty books with so many rows.
    pub(crate) fn new(rows: usize) -> Self {
        Self { rows: vec![Row::default(); rows] }
    }

    /// A copy comes into being.
    #[inline]
    pub(crate) fn create(&mut self, row: u32) {
        self.rows[row as usize].created += 1;
    }

    /// A copy is tried or delivered.
    #[inline]
    pub(crate) fn attempt(&mut self, row: u32) {
        self.rows[row as usize].attempts += 1;
    }

    /// A copy has its fate.
    #[inline]
    pub(crate) fn end(&mut self, row: u32, fate: Fate) {
        self.rows[row as usize].end(fate);
    }

    /// A repeated delivery took effect once more.
    pub(crate) fn repeated_effect(&mut self, row: u32) {
        self.rows[row as usize].effects += 1;
    }

    /// The books of a row.
    pub(crate) fn row(&self, row: u32) -> &Row {
        &self.rows[row as usize]
    }
}

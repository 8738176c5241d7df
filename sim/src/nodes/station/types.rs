//! What a station does with customers of each event type.

use crate::{record::Histogram, sample::Sampler};

/// Service and urgency of customers.
#[derive(Clone, Debug)]
#[repr(C)]
pub(super) struct Type {
    pub(super) service: Sampler,
    /// Their line: 0 is the most urgent.
    pub(super) class: u16,
}

/// A type that has a name, and its times in the station, without service and altogether.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) of: Type,
    pub(super) wait: Histogram,
    pub(super) sojourn: Histogram,
}

impl Named {
    pub(super) fn new(of: Type) -> Self {
        Self { of, wait: Histogram::default(), sojourn: Histogram::default() }
    }
}

//! Figures of journeys.

use std::convert::Infallible;

use super::Meter;
use crate::record::{Counter, Counts, Histogram, Latencies, Windows};

/// Figures of the journeys of one producer and event type.
#[derive(Clone, Debug, Default)]
pub(crate) struct JourneyMeter {
    closed: usize,
    pub(crate) started: Counter,
    pub(crate) succeeded: u64,
    pub(crate) rejected: u64,
    pub(crate) failed: u64,
    pub(crate) complete: Counter,
    pub(crate) lossy: Counter,
    pub(crate) response: Histogram,
    pub(crate) response_failed: Histogram,
    pub(crate) completion: Histogram,
    pub(crate) response_series: Latencies,
    pub(crate) completion_series: Latencies,
    pub(crate) windows: JourneyWindows,
    /// The same by [`KeyClass`], where keys are told apart.
    pub(crate) classes: Option<Box<[KeyClassMeter; 2]>>,
}

/// Series of journeys.
#[derive(Clone, Debug, Default)]
pub(crate) struct JourneyWindows {
    pub(crate) started: Counts,
    pub(crate) complete: Counts,
    pub(crate) lossy: Counts,
}

/// The hottest key against all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyClass {
    Hottest,
    Rest,
}

/// Figures of the journeys of a class of keys.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeyClassMeter {
    pub(crate) started: u64,
    pub(crate) complete: u64,
    pub(crate) lossy: u64,
    pub(crate) response: Histogram,
    pub(crate) completion: Histogram,
}

impl JourneyMeter {
    /// One of so many meters, with the classes of keys apart if they are told apart.
    pub(crate) fn new(split: bool, meters: usize) -> Self {
        let series = || Latencies::one_of(2 * meters);
        Self { classes: split.then(Box::default), response_series: series(), completion_series: series(), ..Self::default() }
    }

    pub(crate) fn restart(&mut self) {
        self.response.clear();
        self.response_failed.clear();
        self.completion.clear();
        for class in self.classes.iter_mut().flat_map(|classes| classes.iter_mut()) {
            class.response.clear();
            class.completion.clear();
        }
    }

    /// The figures of a class of keys, where they are told apart.
    #[inline]
    pub(crate) fn class(&mut self, class: KeyClass) -> Option<&mut KeyClassMeter> {
        self.classes.as_mut().map(|classes| &mut classes[class as usize])
    }
}

impl Meter for JourneyMeter {
    type Change = Infallible;

    fn post(&mut self, change: Infallible, _value: u64) {
        match change {}
    }

    #[inline]
    fn closed(&self) -> usize {
        self.closed
    }

    #[inline(never)]
    fn close_windows(&mut self, windows: Windows) {
        let first = std::mem::replace(&mut self.closed, windows.passed);
        let series = &mut self.windows;
        series.started.close_window(first, self.started);
        series.complete.close_window(first, self.complete);
        series.lossy.close_window(first, self.lossy);
        self.response_series.close_window(first);
        self.completion_series.close_window(first);
    }
}

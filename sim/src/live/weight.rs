//! How much memory a copy of a simulation takes, about: what grows with the backlog and with the diagram is counted, the
//! rest of a behavior taken as a fixed amount.

use std::mem::size_of_val;

use crate::{engine::Simulation, record::Histogram};

/// A behavior with its samplers, boxes and short lists.
const BEHAVIOR_BYTES: usize = 4 << 10;
/// What a behavior remembers of something that waits in it or is served.
const HELD_BYTES: usize = 32;

impl Simulation {
    /// Memory of a copy in bytes, about.
    pub fn bytes(&self) -> usize {
        let core = &self.core;
        let in_flight = core.journeys.bytes()
            + core.copies.bytes()
            + core.items.bytes()
            + core.flights.bytes()
            + core.customers.bytes()
            + core.batches.bytes()
            + core.batches.enumerate().map(|(_, batch)| size_of_val(&*batch.members)).sum::<usize>()
            + core.queue.bytes();
        let lines: u64 = core.nodes.iter().map(|meter| meter.waiting.value() + meter.busy.value()).sum();
        let meters = core.nodes.iter().map(|meter| size_of_val(meter) + histograms(&[&meter.wait, &meter.sojourn])).sum::<usize>()
            + core.edges.iter().map(|meter| size_of_val(meter) + histograms(&[&meter.latency])).sum::<usize>()
            + core
                .journey_meters
                .iter()
                .map(|meter| size_of_val(meter) + histograms(&[&meter.response, &meter.response_failed, &meter.completion]))
                .sum::<usize>();
        let series = core.nodes.windows().passed * (8 * 10 * self.nodes.len() + 4 * 6 * core.program.edges.len());
        in_flight + HELD_BYTES * lines as usize + meters + series + BEHAVIOR_BYTES * self.nodes.len() + size_of_val(&*core.limits)
    }
}

fn histograms(all: &[&Histogram]) -> usize {
    all.iter().map(|histogram| histogram.bytes()).sum()
}

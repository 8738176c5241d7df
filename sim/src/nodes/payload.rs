//! How large a message may be, and how its size is metered.

use plimsoll_models::families::Limit;

use crate::{core::Core, outcome::Outcome, program::NodeProgram};

/// The size rules of a messaging service.
#[derive(Clone, Debug)]
pub(super) struct Payload {
    node: u32,
    most: f64,
    limit: u32,
    chunk: f64,
}

impl Payload {
    pub(super) fn new(program: &NodeProgram, node: u32, size: &Limit, chunk: f64) -> Self {
        Self { node, most: size.value, limit: program.limits[&size.key], chunk }
    }

    /// An attempt arrives: it is counted, and turned away for good when it is too large.
    pub(super) fn arrive(&self, core: &mut Core, item: u32) -> bool {
        let now = core.now();
        core.items[item].arrived = now;
        core.nodes[self.node as usize].arrivals.add(1);
        let bytes = f64::from(core.items[item].bytes);
        core.limits[self.limit as usize].level(now, bytes);
        if bytes > self.most {
            core.nodes[self.node as usize].refused.add(1);
            core.limits[self.limit as usize].refuse(now);
            core.answer(item, Outcome::Rejected);
        }
        bytes <= self.most
    }

    /// Billed requests for so many bytes.
    pub(super) fn chunks(&self, bytes: u64) -> u64 {
        chunks(bytes, self.chunk)
    }
}

/// Billed requests for so many bytes.
pub(super) fn chunks(bytes: u64, chunk: f64) -> u64 {
    (bytes as f64 / chunk).ceil().max(1.0) as u64
}

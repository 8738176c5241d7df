//! In which order the keyboard's focus goes through the boxes.

use std::{collections::BTreeMap, sync::Arc};

use plimsoll_models::{Diagram, NodeId};

use super::{Canvas, CanvasInput};
use crate::scene::reading_order;

/// The place of each box in the order, and of which diagram.
#[derive(Debug)]
pub(super) struct Reading {
    diagram: Arc<Diagram>,
    rank: BTreeMap<NodeId, usize>,
}

impl Canvas {
    /// The same boxes with the flow of events. What moves keeps its place until it stands.
    pub(super) fn in_reading_order(&mut self, input: &CanvasInput<'_>, visible: &[NodeId]) -> Vec<NodeId> {
        let known = self.reading.as_ref().is_some_and(|reading| self.busy() || Arc::ptr_eq(&reading.diagram, input.diagram));
        if !known {
            let rank = reading_order(input.diagram).into_iter().enumerate().map(|(rank, id)| (id, rank)).collect();
            self.reading = Some(Reading { diagram: Arc::clone(input.diagram), rank });
        }
        let mut ordered = visible.to_vec();
        if let Some(reading) = &self.reading {
            ordered.sort_by_cached_key(|id| reading.rank.get(id).copied().unwrap_or(usize::MAX));
        }
        ordered
    }
}

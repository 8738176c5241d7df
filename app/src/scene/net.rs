//! Which arrows end at which boxes, and what of that has changed since the latest drawing.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use plimsoll_models::{Diagram, Edge, EdgeId, Line, NodeId};

/// The arrows of the latest drawing.
#[derive(Clone, Debug, Default)]
pub(super) struct Net {
    edges: BTreeMap<EdgeId, Arc<Edge>>,
    lines: BTreeMap<EdgeId, Arc<Line>>,
    /// Arrows by the boxes that they begin or end at.
    at: BTreeMap<NodeId, BTreeSet<EdgeId>>,
}

/// What has changed.
#[derive(Debug, Default)]
pub(super) struct Changed {
    /// Boxes at the ends of arrows that came, went, or say or look otherwise.
    pub boxes: BTreeSet<NodeId>,
    /// Arrows that are no more.
    pub gone: Vec<EdgeId>,
}

impl Net {
    /// Takes over the arrows of a diagram, and tells what has changed.
    pub(super) fn update(&mut self, diagram: &Diagram) -> Changed {
        let mut changed = Changed::default();
        for id in differing(&self.edges, &diagram.edges) {
            if let Some(old) = self.edges.remove(&id) {
                for end in [&old.from, &old.to] {
                    if let Some(arrows) = self.at.get_mut(end) {
                        arrows.remove(&id);
                    }
                    changed.boxes.insert(end.clone());
                }
            }
            let Some(new) = diagram.edges.get(&id) else {
                changed.gone.push(id);
                continue;
            };
            for end in [&new.from, &new.to] {
                self.at.entry(end.clone()).or_default().insert(id.clone());
                changed.boxes.insert(end.clone());
            }
            self.edges.insert(id, Arc::clone(new));
        }
        for id in differing(&self.lines, &diagram.lines) {
            changed.boxes.extend(self.edges.get(&id).into_iter().flat_map(|edge| [edge.from.clone(), edge.to.clone()]));
            match diagram.lines.get(&id) {
                Some(line) => _ = self.lines.insert(id, Arc::clone(line)),
                None => _ = self.lines.remove(&id),
            }
        }
        changed
    }

    /// The arrows that begin or end at one of these boxes.
    pub(super) fn arrows(&self, boxes: &BTreeSet<NodeId>) -> BTreeSet<EdgeId> {
        boxes.iter().filter_map(|id| self.at.get(id)).flatten().cloned().collect()
    }

    /// The boxes at the ends of arrows.
    pub(super) fn ends(&self, arrows: &BTreeSet<EdgeId>) -> BTreeSet<NodeId> {
        arrows.iter().filter_map(|id| self.edges.get(id)).flat_map(|edge| [edge.from.clone(), edge.to.clone()]).collect()
    }
}

/// Keys under which two maps do not hold the very same thing; found by one way through both.
fn differing<K: Ord + Clone, V>(old: &BTreeMap<K, Arc<V>>, new: &BTreeMap<K, Arc<V>>) -> Vec<K> {
    let (mut olds, mut found) = (old.iter().peekable(), Vec::new());
    for (key, value) in new {
        while let Some((gone, _)) = olds.next_if(|(other, _)| *other < key) {
            found.push(gone.clone());
        }
        let known = olds.next_if(|(other, _)| *other == key).is_some_and(|(_, known)| Arc::ptr_eq(known, value));
        if !known {
            found.push(key.clone());
        }
    }
    found.extend(olds.map(|(gone, _)| gone.clone()));
    found
}

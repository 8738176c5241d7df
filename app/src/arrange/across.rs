//! Places across the flow: every box as near as possible to the middle of its neighbors, in order and with gaps.
//!
//! One layer at a time, with its neighbors held still, the best places in the sense of least squares are found exactly:
//! boxes that would come too close are pooled and move as one.

use super::{GRID, layers::Layered, to_grid};

/// Gap between two boxes.
const GAP: f64 = 48.0;
/// Gap between a box and an edge that passes it.
const GAP_PASSING: f64 = 24.0;
/// Gap between two edges that pass.
const GAP_POINTS: f64 = 20.0;
/// Sweeps there and back.
const SWEEPS: usize = 12;
/// How much more a point of a long edge insists on its place: long edges are straight.
const POINT_WEIGHT: f64 = 4.0;
/// How little a box without a neighbor insists on its place.
const LOOSE_WEIGHT: f64 = 0.05;

/// Which neighbors count.
#[derive(Clone, Copy)]
enum Side {
    Before,
    After,
}

/// The place of each box and point across the flow; boxes stand on the grid.
pub(super) fn places(graph: &Layered) -> Vec<f64> {
    let mut at = vec![0.0; graph.reach.len()];
    for layer in &graph.layers {
        let offsets = offsets(graph, layer);
        let middle = offsets.last().copied().unwrap_or_default() / 2.0;
        for (v, offset) in layer.iter().zip(&offsets) {
            at[*v] = offset - middle;
        }
    }
    let n = graph.layers.len();
    // The way back comes last: what forks stands in the middle of its branches.
    for _ in 0..SWEEPS {
        for i in 1..n {
            settle(graph, i, Side::Before, &mut at);
        }
        for i in (0..n.saturating_sub(1)).rev() {
            settle(graph, i, Side::After, &mut at);
        }
    }
    // Gaps are whole steps of the grid, so that rounding keeps them.
    at.iter().map(|at| to_grid(*at)).collect()
}

/// Least distances from the first of a layer.
fn offsets(graph: &Layered, layer: &[usize]) -> Vec<f64> {
    let mut sum = 0.0;
    let mut offsets = vec![0.0; layer.len().min(1)];
    for pair in layer.windows(2) {
        let is_box = |v: usize| v < graph.boxes;
        let gap = match (is_box(pair[0]), is_box(pair[1])) {
            (true, true) => GAP,
            (false, false) => GAP_POINTS,
            (true, false) | (false, true) => GAP_PASSING,
        };
        sum += ((graph.reach[pair[0]].1 + gap + graph.reach[pair[1]].0) / GRID).ceil() * GRID;
        offsets.push(sum);
    }
    offsets
}

/// Moves a layer as near as possible to its neighbors.
fn settle(graph: &Layered, layer: usize, side: Side, at: &mut [f64]) {
    let row = &graph.layers[layer];
    let offsets = offsets(graph, row);
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (v, offset) in row.iter().zip(&offsets) {
        let (wish, weight) = wish(graph, *v, side, at);
        let (mut sum, mut weights, mut count) = ((wish - offset) * weight, weight, 1);
        // A pool that would stand behind the next one joins it.
        while let Some((before, weight_before, count_before)) = pools.last().copied()
            && before / weight_before > sum / weights
        {
            (sum, weights, count) = (sum + before, weights + weight_before, count + count_before);
            pools.pop();
        }
        pools.push((sum, weights, count));
    }
    let mut next = row.iter().zip(&offsets);
    for (sum, weights, count) in pools {
        for (v, offset) in next.by_ref().take(count) {
            at[*v] = sum / weights + offset;
        }
    }
}

/// Where a box or point would like to stand, and how much.
fn wish(graph: &Layered, v: usize, side: Side, at: &[f64]) -> (f64, f64) {
    let (before, after) = (graph.before[v].iter(), graph.after[v].iter());
    let target = |touch: &super::layers::Touch| at[touch.other] + touch.lead;
    let mut targets: Vec<f64> = match side {
        Side::Before => before.map(target).collect(),
        Side::After => after.map(target).collect(),
    };
    if targets.is_empty() {
        return (at[v], LOOSE_WEIGHT);
    }
    targets.sort_by(f64::total_cmp);
    let middle = targets.len() / 2;
    let median = if targets.len() % 2 == 1 { targets[middle] } else { f64::midpoint(targets[middle - 1], targets[middle]) };
    (median, if v < graph.boxes { 1.0 } else { POINT_WEIGHT })
}

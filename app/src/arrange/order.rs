//! The order within each layer: sweeps by the middle of neighbors, then swaps of neighbors, as long as crossings go away.

use super::layers::Layered;

/// Most sweeps there and back.
const SWEEPS_MAX: usize = 16;
/// Sweeps without a better order after which the search ends.
const PATIENCE: usize = 4;
/// Largest graph whose neighbors are swapped one by one.
const SWAP_MAX: usize = 1500;

/// Orders the layers so that few edges cross. Only the graph counts, not where anything stands: a layout that is tidied
/// again stays as it is.
pub(super) fn order(graph: &mut Layered) {
    let mut place = vec![0; graph.reach.len()];
    graph.layers = by_walk(graph);
    number(&graph.layers, &mut place);
    graph.layers = improved(graph, &mut place);
}

/// Each layer in the order of a walk along the edges, so that what belongs together begins together.
fn by_walk(graph: &Layered) -> Vec<Vec<usize>> {
    let mut layers: Vec<Vec<usize>> = vec![Vec::new(); graph.layers.len()];
    let mut layer_of = vec![0; graph.reach.len()];
    for (i, layer) in graph.layers.iter().enumerate() {
        for v in layer {
            layer_of[*v] = i;
        }
    }
    let mut seen = vec![false; graph.reach.len()];
    for start in graph.layers.iter().flatten() {
        let mut open = vec![*start];
        while let Some(v) = open.pop() {
            if std::mem::replace(&mut seen[v], true) {
                continue;
            }
            layers[layer_of[v]].push(v);
            open.extend(graph.after[v].iter().rev().map(|touch| touch.other).filter(|other| !seen[*other]));
        }
    }
    layers
}

/// The best order that sweeps from the present one find.
fn improved(graph: &mut Layered, place: &mut [usize]) -> Vec<Vec<usize>> {
    let mut best = (crossings(graph, place), graph.layers.clone());
    let mut idle = 0;
    for sweep in 0..SWEEPS_MAX {
        if best.0 == 0 || idle == PATIENCE {
            break;
        }
        let n = graph.layers.len();
        for step in 1..n {
            let (layer, down) = if sweep % 2 == 0 { (step, true) } else { (n - 1 - step, false) };
            sort_layer(graph, layer, down, place);
        }
        if graph.reach.len() <= SWAP_MAX {
            swap(graph, place);
        }
        let now = crossings(graph, place);
        idle += 1;
        if now < best.0 {
            best = (now, graph.layers.clone());
            idle = 0;
        }
    }
    best.1
}

fn number(layers: &[Vec<usize>], place: &mut [usize]) {
    for layer in layers {
        for (i, v) in layer.iter().enumerate() {
            place[*v] = i;
        }
    }
}

/// Sorts a layer by the mean place of the neighbors before, or after.
fn sort_layer(graph: &mut Layered, layer: usize, down: bool, place: &mut [usize]) {
    let mut row = std::mem::take(&mut graph.layers[layer]);
    let key = |v: usize| {
        let touches = if down { &graph.before[v] } else { &graph.after[v] };
        if touches.is_empty() {
            return place[v] as f64;
        }
        touches.iter().map(|touch| place[touch.other] as f64).sum::<f64>() / touches.len() as f64
    };
    let mut keyed: Vec<(f64, usize)> = row.iter().map(|v| (key(*v), *v)).collect();
    keyed.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    row.clear();
    row.extend(keyed.into_iter().map(|(_, v)| v));
    for (i, v) in row.iter().enumerate() {
        place[*v] = i;
    }
    graph.layers[layer] = row;
}

/// Swaps neighbors of a layer where fewer edges cross afterwards.
fn swap(graph: &mut Layered, place: &mut [usize]) {
    for layer in 0..graph.layers.len() {
        for i in 1..graph.layers[layer].len() {
            let (a, b) = (graph.layers[layer][i - 1], graph.layers[layer][i]);
            let cross = |first: usize, second: usize| {
                crossed(&graph.before[first], &graph.before[second], place) + crossed(&graph.after[first], &graph.after[second], place)
            };
            if cross(b, a) < cross(a, b) {
                graph.layers[layer].swap(i - 1, i);
                place.swap(a, b);
            }
        }
    }
}

/// Crossings among the edges of two neighbors, the first standing before the second.
fn crossed(first: &[super::layers::Touch], second: &[super::layers::Touch], place: &[usize]) -> usize {
    first.iter().map(|a| second.iter().filter(|b| place[a.other] > place[b.other]).count()).sum()
}

/// How many pairs of edges cross: pairs in the wrong order, counted with a tree of sums.
fn crossings(graph: &Layered, place: &[usize]) -> usize {
    let mut total = 0;
    for (layer, next) in graph.layers.iter().zip(graph.layers.iter().skip(1)) {
        let mut sums = vec![0_usize; next.len() + 1];
        let mut count = 0;
        for v in layer {
            let mut ends: Vec<usize> = graph.after[*v].iter().map(|touch| place[touch.other]).collect();
            ends.sort_unstable();
            for end in &ends {
                let mut i = end + 1;
                let mut before = 0;
                while i > 0 {
                    before += sums[i];
                    i &= i - 1;
                }
                total += count - before;
            }
            for end in &ends {
                let mut i = end + 1;
                while i < sums.len() {
                    sums[i] += 1;
                    i += i & i.wrapping_neg();
                }
                count += 1;
            }
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::super::layers::Touch;
    use super::*;

    fn graph(edges: &[(usize, usize)]) -> Layered {
        let mut graph = Layered {
            layers: vec![vec![0, 1, 2], vec![3, 4, 5]],
            before: vec![Vec::new(); 6],
            after: vec![Vec::new(); 6],
            reach: vec![(36.0, 36.0); 6],
            boxes: 6,
        };
        for (from, to) in edges {
            graph.after[*from].push(Touch { other: *to, lead: 0.0 });
            graph.before[*to].push(Touch { other: *from, lead: 0.0 });
        }
        graph
    }

    fn count(graph: &Layered) -> usize {
        let mut place = vec![0; graph.reach.len()];
        number(&graph.layers, &mut place);
        crossings(graph, &place)
    }

    #[test]
    fn crossings_are_counted_and_go_away() {
        let mut graph = graph(&[(0, 5), (1, 4), (2, 3)]);
        assert_eq!(count(&graph), 3);
        order(&mut graph);
        assert_eq!(count(&graph), 0);
    }

    #[test]
    fn edges_to_one_box_do_not_cross() {
        assert_eq!(count(&graph(&[(0, 4), (1, 4), (2, 4), (0, 3), (2, 5)])), 0);
    }
}

//! Layers along the flow: which box stands in which, in which order, and where.
//!
//! The classic four steps: turn back edges around, give every box a layer, order the layers so that few edges cross, and
//! find coordinates. Edges that span several layers run through points of their own, so that they get room too.

use plimsoll_models::Point;

use super::{GRID, across::places, order::order};
use crate::scene::Rect;

/// Most points of long edges; the longest ones beyond run without.
const POINTS_MAX: usize = 20_000;
/// Gap between two layers from left to right: room for a route and a short label.
const GAP_ALONG: f64 = 96.0;
/// Gap between two layers from top to bottom.
const GAP_DOWN: f64 = 68.0;
/// What a label needs beside itself: the first and the last piece of the route.
const LABEL_ROOM: f64 = 56.0;
/// Edges between two layers that fit into the least gap.
const ROUTES_FREE: usize = 6;
/// Room for each one more.
const ROUTE_ROOM: f64 = 8.0;
/// Most room that routes get.
const ROUTES_ROOM_MAX: f64 = 160.0;

/// An edge between two of the boxes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Link {
    /// Index of the box where it begins.
    pub from: usize,
    /// Index of the box where it ends.
    pub to: usize,
    /// Where it leaves, across the flow, seen from the anchor.
    pub out: f64,
    /// Where it enters, across the flow, seen from the anchor.
    pub into: f64,
    /// Width of its label.
    pub label: f64,
}

/// Boxes and points of long edges in layers; every edge leads to the next layer.
#[derive(Clone, Debug, Default)]
pub(super) struct Layered {
    /// From the first layer to the last one, each in order across the flow.
    pub layers: Vec<Vec<usize>>,
    /// For each box or point those in the layer before: index, and where the edge touches both.
    pub before: Vec<Vec<Touch>>,
    /// The same for the layer after.
    pub after: Vec<Vec<Touch>>,
    /// Reach of each across the flow, on both sides of the anchor; points have none.
    pub reach: Vec<(f64, f64)>,
    /// How many of them are boxes: they come first.
    pub boxes: usize,
}

/// A neighbor in the next layer, and how much farther across its end of the edge lies than this one's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Touch {
    /// The neighbor.
    pub other: usize,
    /// Where this one stands, seen from the neighbor, when the edge is straight.
    pub lead: f64,
}

/// Anchors of boxes in layers along x; `sideways` when that is from left to right on the drawing too.
pub(super) fn layered(extents: &[Rect], links: &[Link], sideways: bool) -> Vec<Point> {
    let forward = turned(extents.len(), links);
    let layer = layers_of(extents.len(), &forward);
    let mut graph = build(extents, &forward, &layer);
    order(&mut graph);
    let across = places(&graph);
    let along = along(extents, &forward, &layer, sideways);
    (0..extents.len()).map(|i| Point::new(along[layer[i]], across[i])).collect()
}

/// The links with back edges turned around, so that no cycle is left. A depth-first walk from the sources finds them.
fn turned(n: usize, links: &[Link]) -> Vec<Link> {
    let mut outgoing: Vec<Vec<usize>> = vec![Vec::new(); n];
    let mut balance = vec![0_i64; n];
    let mut incoming = vec![0_usize; n];
    for (i, link) in links.iter().enumerate() {
        outgoing[link.from].push(i);
        balance[link.from] += 1;
        balance[link.to] -= 1;
        incoming[link.to] += 1;
    }
    let mut starts: Vec<usize> = (0..n).collect();
    starts.sort_by_key(|i| (incoming[*i] > 0, -balance[*i], *i));
    // When a box is finished its number tells the order: edges lead to boxes that were finished earlier.
    let (mut seen, mut finished, mut count) = (vec![false; n], vec![0_usize; n], 0);
    for start in starts {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        let mut path = vec![(start, 0)];
        while let Some((at, next)) = path.last_mut() {
            if let Some(link) = outgoing[*at].get(*next) {
                *next += 1;
                let to = links[*link].to;
                if !std::mem::replace(&mut seen[to], true) {
                    path.push((to, 0));
                }
            } else {
                finished[*at] = count;
                count += 1;
                path.pop();
            }
        }
    }
    let turn = |link: &Link| {
        if finished[link.to] < finished[link.from] {
            *link
        } else {
            Link { from: link.to, to: link.from, out: link.into, into: link.out, ..*link }
        }
    };
    links.iter().filter(|link| link.from != link.to).map(turn).collect()
}

/// The layer of each box: as early as its edges allow, then later where that makes edges shorter.
fn layers_of(n: usize, links: &[Link]) -> Vec<usize> {
    let (mut before, mut after) = (vec![Vec::new(); n], vec![Vec::new(); n]);
    for link in links {
        before[link.to].push(link.from);
        after[link.from].push(link.to);
    }
    let mut missing: Vec<usize> = before.iter().map(Vec::len).collect();
    let mut ready: Vec<usize> = (0..n).filter(|i| missing[*i] == 0).collect();
    let mut layer = vec![0; n];
    let mut next = 0;
    while let Some(&at) = ready.get(next) {
        next += 1;
        for &to in &after[at] {
            layer[to] = layer[to].max(layer[at] + 1);
            missing[to] -= 1;
            if missing[to] == 0 {
                ready.push(to);
            }
        }
    }
    for &at in ready.iter().rev() {
        if let Some(latest) = after[at].iter().map(|to| layer[*to] - 1).min()
            && after[at].len() > before[at].len()
        {
            layer[at] = latest.max(layer[at]);
        }
    }
    layer
}

/// The graph with points where edges pass a layer.
fn build(extents: &[Rect], links: &[Link], layer: &[usize]) -> Layered {
    let n = extents.len();
    let mut graph = Layered {
        layers: vec![Vec::new(); layer.iter().max().map_or(0, |last| last + 1)],
        before: vec![Vec::new(); n],
        after: vec![Vec::new(); n],
        reach: extents.iter().map(|extent| (-extent.min.y, extent.max.y)).collect(),
        boxes: n,
    };
    for (i, layer) in layer.iter().enumerate() {
        graph.layers[*layer].push(i);
    }
    let span = |link: &Link| layer[link.to] - layer[link.from];
    let mut by_span: Vec<&Link> = links.iter().collect();
    by_span.sort_by_key(|link| span(link));
    for link in by_span {
        if graph.reach.len() - n + span(link) - 1 > POINTS_MAX {
            break;
        }
        let (mut at, mut out) = (link.from, link.out);
        for passed in layer[link.from] + 1..layer[link.to] {
            let point = graph.reach.len();
            graph.reach.push((0.0, 0.0));
            graph.before.push(Vec::new());
            graph.after.push(Vec::new());
            graph.layers[passed].push(point);
            graph.join(at, out, point, 0.0);
            (at, out) = (point, 0.0);
        }
        graph.join(at, out, link.to, link.into);
    }
    graph
}

impl Layered {
    fn join(&mut self, from: usize, out: f64, to: usize, into: f64) {
        self.after[from].push(Touch { other: to, lead: into - out });
        self.before[to].push(Touch { other: from, lead: out - into });
    }
}

/// The anchor line of each layer, far enough from the one before for labels and routes.
fn along(extents: &[Rect], links: &[Link], layer: &[usize], sideways: bool) -> Vec<f64> {
    let n = layer.iter().max().map_or(0, |last| last + 1);
    let (mut low, mut high) = (vec![0.0_f64; n], vec![0.0_f64; n]);
    for (extent, layer) in extents.iter().zip(layer) {
        low[*layer] = low[*layer].max(-extent.min.x);
        high[*layer] = high[*layer].max(extent.max.x);
    }
    let (mut label, mut routes) = (vec![0.0_f64; n], vec![0_usize; n]);
    for link in links {
        // A label stands before the box that its edge enters.
        let gap = layer[link.to] - 1;
        label[gap] = label[gap].max(link.label);
        routes[gap] += 1;
    }
    let mut lines = vec![0.0; n];
    for i in 1..n {
        let crowd = (routes[i - 1].saturating_sub(ROUTES_FREE) as f64 * ROUTE_ROOM).min(ROUTES_ROOM_MAX);
        let least = if sideways { GAP_ALONG.max(label[i - 1] + LABEL_ROOM) } else { GAP_DOWN };
        lines[i] = lines[i - 1] + ((high[i - 1] + least + crowd + low[i]) / GRID).ceil() * GRID;
    }
    lines
}

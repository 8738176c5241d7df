//! Keeps ways that share a stretch apart, in the order in which they cross least.

use plimsoll_models::Point;

use super::route::Route;

/// Distance of neighbors.
const SPACING: f64 = 9.0;
/// Farthest that a stretch is moved: less than the distance of ways from boxes.
const SHIFT_MAX: f64 = 11.0;
/// Stretches closer than this are the same line.
const SAME: f64 = 5.0;

/// A stretch between two corners that can be moved sideways.
struct Stretch {
    /// Number of its way.
    way: usize,
    /// Index of its first corner.
    corner: usize,
    /// The coordinate that it keeps.
    line: f64,
    low: f64,
    high: f64,
    /// Place among its neighbors.
    order: f64,
}

/// Moves inner stretches of ways that lie on each other, but for ways that somebody has shaped.
pub(super) fn separate(ways: &mut [Route], shaped: impl Fn(usize) -> bool) {
    for vertical in [true, false] {
        let mut stretches = collect(ways, vertical, &shaped);
        stretches.sort_by(|a, b| a.line.total_cmp(&b.line).then(a.low.total_cmp(&b.low)).then(a.way.cmp(&b.way)));
        for mut bundle in bundles(stretches) {
            if bundle.len() < 2 {
                continue;
            }
            bundle.sort_by(|a, b| a.order.total_cmp(&b.order).then(a.way.cmp(&b.way)));
            let n = (bundle.len() - 1) as f64;
            let spacing = SPACING.min(2.0 * SHIFT_MAX / n);
            let line = bundle.iter().map(|stretch| stretch.line).sum::<f64>() / bundle.len() as f64;
            for (i, stretch) in bundle.iter().enumerate() {
                let moved = line + (i as f64 - n / 2.0) * spacing;
                for corner in [stretch.corner, stretch.corner + 1] {
                    *axis(&mut ways[stretch.way][corner], vertical) = moved;
                }
            }
        }
    }
}

fn axis(point: &mut Point, vertical: bool) -> &mut f64 {
    if vertical { &mut point.x } else { &mut point.y }
}

fn collect(ways: &[Route], vertical: bool, shaped: impl Fn(usize) -> bool) -> Vec<Stretch> {
    let mut stretches = Vec::new();
    for (way, route) in ways.iter().enumerate().filter(|(way, _)| !shaped(*way)) {
        for corner in 1..route.len().saturating_sub(2) {
            let (a, b) = (route[corner], route[corner + 1]);
            let swap = |p: Point| if vertical { (p.x, p.y) } else { (p.y, p.x) };
            let ((line, start), (line_end, end)) = (swap(a), swap(b));
            if (line - line_end).abs() > 1e-6 {
                continue;
            }
            let forward = swap(route[corner + 2]).0 - swap(route[corner - 1]).0;
            let rank = if end < start { start } else { -start };
            let order = if forward >= 0.0 { rank } else { -rank };
            stretches.push(Stretch { way, corner, line, low: start.min(end), high: start.max(end), order });
        }
    }
    stretches
}

/// Stretches that lie on the same line and touch, directly or through others.
fn bundles(stretches: Vec<Stretch>) -> Vec<Vec<Stretch>> {
    let mut bundles: Vec<Vec<Stretch>> = Vec::new();
    // Bundles on lines far to the left of the sorted stretches are complete.
    let mut open = 0;
    for stretch in stretches {
        while bundles.get(open).is_some_and(|bundle| bundle.iter().all(|other| other.line < stretch.line - SAME)) {
            open += 1;
        }
        let touches = |other: &Stretch| {
            (other.line - stretch.line).abs() < SAME && other.low < stretch.high + SAME && stretch.low < other.high + SAME
        };
        match bundles[open..].iter_mut().find(|bundle| bundle.iter().any(touches)) {
            Some(bundle) => bundle.push(stretch),
            None => bundles.push(vec![stretch]),
        }
    }
    bundles
}

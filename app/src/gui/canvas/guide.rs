//! Snapping while boxes are moved: to the middle of neighbors first, to the grid otherwise.

use plimsoll_models::Point;

use super::paint::GRID;

/// How near a neighbor's line must be, in points.
const REACH: f32 = 6.0;
/// Most neighbors that are looked at.
const NEIGHBORS_MAX: usize = 20;

/// A line that shows with what a moved box is aligned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Guide {
    pub from: Point,
    pub to: Point,
}

/// How far boxes move when the pointer asks for a move: `anchor` is the middle of the box under the pointer, `others` are
/// the middles of boxes that stay.
pub(super) fn snap(anchor: Point, wish: Point, others: &[Point], zoom: f32) -> (Point, Vec<Guide>) {
    let at = Point::new(anchor.x + wish.x, anchor.y + wish.y);
    let mut near: Vec<Point> = others.to_vec();
    let far = |p: &Point| (p.x - at.x).abs() + (p.y - at.y).abs();
    near.sort_by(|a, b| far(a).total_cmp(&far(b)));
    near.truncate(NEIGHBORS_MAX);
    let reach = f64::from(REACH / zoom);
    let aligned = |axis: fn(&Point) -> f64| {
        let candidates = near.iter().filter(|p| (axis(p) - axis(&at)).abs() <= reach);
        candidates.min_by(|a, b| (axis(a) - axis(&at)).abs().total_cmp(&(axis(b) - axis(&at)).abs())).copied()
    };
    let (column, row) = (aligned(|p| p.x), aligned(|p| p.y));
    let to_grid = |v: f64| (v / GRID).round() * GRID;
    let snapped = Point::new(column.map_or(to_grid(at.x), |p| p.x), row.map_or(to_grid(at.y), |p| p.y));
    let guides = [column, row].into_iter().flatten().map(|other| Guide { from: other, to: snapped }).collect();
    (Point::new(snapped.x - anchor.x, snapped.y - anchor.y), guides)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbors_attract_more_than_the_grid() {
        let (by, guides) = snap(Point::new(0.0, 0.0), Point::new(103.0, 57.0), &[Point::new(107.0, 400.0)], 1.0);
        assert_eq!((by, guides.len()), (Point::new(107.0, 60.0), 1));
    }
}

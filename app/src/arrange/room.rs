//! Where something stands already, and the nearest place beside it.

use plimsoll_models::Point;

use super::GRID;
use crate::scene::Rect;

/// Least gap between things that were not laid out together, in units of the drawing.
const MARGIN: f64 = 40.0;

/// Rectangles that are taken.
#[derive(Debug, Default)]
pub(super) struct Room {
    taken: Vec<Rect>,
}

impl Room {
    /// Takes a rectangle, whatever stands there.
    pub(super) fn take(&mut self, rect: Rect) {
        self.taken.push(rect);
    }

    /// The shortest way along an axis to where a rectangle touches nothing, in whole steps of the grid.
    pub(super) fn shift(&self, rect: Rect) -> Point {
        let ways = [(0.0, 1.0), (0.0, -1.0), (1.0, 0.0), (-1.0, 0.0)];
        let shifts = ways.map(|(x, y)| self.push(rect, Point::new(x, y)));
        let length = |p: &Point| p.x.abs() + p.y.abs();
        shifts.into_iter().min_by(|a, b| length(a).total_cmp(&length(b))).unwrap_or_default()
    }

    /// Moves on past one taken rectangle after the other; each is passed once, so that it ends.
    fn push(&self, rect: Rect, way: Point) -> Point {
        let mut shift = Point::default();
        loop {
            let here = rect.translate(shift);
            let Some(wall) = self.taken.iter().map(|taken| taken.expand(MARGIN)).find(|wall| wall.intersects(here)) else {
                return shift;
            };
            let along = if way.x + way.y > 0.0 {
                if way.x > 0.0 { wall.max.x - here.min.x } else { wall.max.y - here.min.y }
            } else if way.x < 0.0 {
                here.max.x - wall.min.x
            } else {
                here.max.y - wall.min.y
            };
            let step = ((along / GRID).ceil() * GRID).max(GRID);
            shift = Point::new(shift.x + way.x * step, shift.y + way.y * step);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_free_side_is_taken() {
        let mut room = Room::default();
        let rect = Rect::new(0.0, 0.0, 100.0, 50.0);
        assert_eq!(room.shift(rect), Point::default());
        room.take(Rect::new(0.0, 20.0, 100.0, 50.0));
        assert_eq!(room.shift(rect), Point::new(0.0, -80.0));
        room.take(Rect::new(-400.0, -200.0, 1000.0, 100.0));
        let shift = room.shift(rect);
        assert!(room.taken.iter().all(|taken| !taken.intersects(rect.translate(shift))), "{shift:?}");
    }
}

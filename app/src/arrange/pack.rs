//! Rectangles beside and below each other, in rows.

use plimsoll_models::Point;

use super::GRID;
use crate::scene::Rect;

/// How much wider than high the whole should be.
const SHAPE: f64 = 1.8;

/// How far each rectangle moves so that none touches another: the largest first, in rows from left to right.
pub(super) fn pack(rects: &[Rect], gap: f64) -> Vec<Point> {
    let area = |rect: &Rect| (rect.width() + gap) * (rect.height() + gap);
    let widest = rects.iter().map(|rect| rect.width()).fold(0.0, f64::max);
    let room = (rects.iter().map(area).sum::<f64>() * SHAPE).sqrt().max(widest);
    let mut order: Vec<usize> = (0..rects.len()).collect();
    order.sort_by(|a, b| rects[*b].height().total_cmp(&rects[*a].height()).then(area(&rects[*b]).total_cmp(&area(&rects[*a]))));
    let mut shifts = vec![Point::default(); rects.len()];
    let (mut x, mut y, mut row) = (0.0, 0.0, 0.0_f64);
    for i in order {
        let rect = rects[i];
        if x > 0.0 && x + rect.width() > room {
            (x, y, row) = (0.0, y + up(row + gap), 0.0);
        }
        // Anchors stand on the grid and stay there.
        shifts[i] = Point::new(up(x - rect.min.x), up(y - rect.min.y));
        x += up(rect.width() + gap) + GRID;
        row = row.max(rect.height() + GRID);
    }
    shifts
}

fn up(value: f64) -> f64 {
    (value / GRID).ceil() * GRID
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_touches_and_the_whole_is_compact() {
        let rects: Vec<Rect> =
            (0..40).map(|i| Rect::new(-50.0, -30.0, 100.0 + f64::from(i * 37 % 300), 60.0 + f64::from(i * 91 % 200))).collect();
        let placed: Vec<Rect> = rects.iter().zip(pack(&rects, 40.0)).map(|(rect, by)| rect.translate(by)).collect();
        for (i, a) in placed.iter().enumerate() {
            assert!(placed[..i].iter().all(|b| !a.expand(19.0).intersects(b.expand(19.0))), "{a:?}");
        }
        let all = placed.into_iter().reduce(Rect::union).unwrap();
        assert!((0.8..4.0).contains(&(all.width() / all.height())), "{all:?}");
    }
}

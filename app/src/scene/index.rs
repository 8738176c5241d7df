//! Rectangles by place: which ones touch a region.

use std::collections::BTreeMap;

use plimsoll_models::Point;

use super::Rect;

/// Side of a cell, in units of the drawing: about the distance of two boxes.
const CELL: f64 = 256.0;

/// Rectangles with a number each.
#[derive(Debug, Default)]
pub struct Index {
    cells: BTreeMap<(i64, i64), Vec<(usize, Rect)>>,
}

impl Index {
    /// Adds a rectangle.
    pub fn insert(&mut self, number: usize, rect: Rect) {
        let ((x0, y0), (x1, y1)) = (cell(rect.min), cell(rect.max));
        for x in x0..=x1 {
            for y in y0..=y1 {
                self.cells.entry((x, y)).or_default().push((number, rect));
            }
        }
    }

    /// Whether a rectangle has a point in common with a region.
    pub fn touches(&self, region: Rect) -> bool {
        let ((x0, y0), (x1, y1)) = (cell(region.min), cell(region.max));
        (x0..=x1).any(|x| self.cells.range((x, y0)..=(x, y1)).any(|(_, entries)| entries.iter().any(|(_, rect)| rect.intersects(region))))
    }

    /// Numbers of the rectangles that have a point in common with a region, in order, each once.
    pub fn touching(&self, region: Rect) -> Vec<usize> {
        let ((x0, y0), (x1, y1)) = (cell(region.min), cell(region.max));
        let cells = (x0..=x1).flat_map(|x| self.cells.range((x, y0)..=(x, y1)));
        let mut found: Vec<usize> =
            cells.flat_map(|(_, entries)| entries).filter(|(_, rect)| rect.intersects(region)).map(|(number, _)| *number).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn cell(point: Point) -> (i64, i64) {
    ((point.x / CELL).floor() as i64, (point.y / CELL).floor() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_finds_what_a_search_of_all_finds() {
        let rects: Vec<Rect> = (0..200).map(|i| Rect::new(f64::from(i * 37 % 1000), f64::from(i * 91 % 700), 184.0, 72.0)).collect();
        let mut index = Index::default();
        for (number, rect) in rects.iter().enumerate() {
            index.insert(number, *rect);
        }
        for region in [Rect::new(-50.0, -50.0, 100.0, 100.0), Rect::new(250.0, 250.0, 300.0, 8.0), Rect::new(5000.0, 0.0, 1.0, 1.0)] {
            let all: Vec<usize> = rects.iter().enumerate().filter(|(_, rect)| rect.intersects(region)).map(|(i, _)| i).collect();
            assert_eq!(index.touching(region), all);
            assert_eq!(index.touches(region), !all.is_empty());
        }
    }
}

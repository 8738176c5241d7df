//! Which part of a run's time everything in the results looks at: one cursor and one range for all plots and tables.

use std::ops::Range;

use plimsoll_sim::result::Grid;

/// A brush narrower than this share of what is shown is a click.
const BRUSH_MIN: f64 = 0.01;

/// The cursor and the range, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sight {
    /// Time under the pointer, in seconds, in whichever plot it is.
    cursor: Option<f64>,
    /// The same as found in this frame; plots that came before show it in the next one.
    hovered: Option<f64>,
    /// The part of the time that is looked at; all of it without.
    range: Option<(f64, f64)>,
    /// Where a range is being drawn: from its first end to the pointer.
    brush: Option<(f64, f64)>,
    /// The time that was clicked in this frame, in seconds.
    picked: Option<f64>,
}

impl Sight {
    /// Begins a frame; true when the cursor has moved, so that plots must be drawn again.
    pub fn begin(&mut self) -> bool {
        let hovered = self.hovered.take();
        let moved = hovered != self.cursor;
        self.cursor = hovered;
        moved
    }

    /// Time under the pointer.
    pub fn cursor(&self) -> Option<f64> {
        self.cursor
    }

    /// The pointer is at this time.
    pub fn hover(&mut self, at_s: f64) {
        self.hovered = Some(at_s);
    }

    /// Where the cursor stands while nobody points at a time: at the moment of a live run.
    pub fn rest_at(&mut self, at_s: f64) {
        self.hovered.get_or_insert(at_s);
    }

    /// Somebody clicks a time.
    pub fn pick(&mut self, at_s: f64) {
        self.picked = Some(at_s);
    }

    /// The time that was clicked, once.
    pub fn take_pick(&mut self) -> Option<f64> {
        self.picked.take()
    }

    /// The part that is looked at, in seconds; nothing for all of it.
    pub fn range(&self) -> Option<(f64, f64)> {
        self.range
    }

    /// Looks at a part, or at everything.
    pub fn look_at(&mut self, range_s: Option<(f64, f64)>) {
        self.range = range_s.filter(|(from, to)| from < to);
    }

    /// The range as it is being drawn.
    pub fn brush(&self) -> Option<(f64, f64)> {
        self.brush.map(|(a, b)| (a.min(b), a.max(b)))
    }

    /// The pointer goes down, or moves on while it is.
    pub fn draw(&mut self, at_s: f64, begins: bool) {
        let from = self.brush.filter(|_| !begins).map_or(at_s, |(from, _)| from);
        self.brush = Some((from, at_s));
    }

    /// The pointer is let go: what was drawn is looked at, if it is wide enough to be meant.
    pub fn release(&mut self, end_s: f64) {
        let (low, high) = self.bounds(end_s);
        if let Some((from, to)) = self.brush()
            && to - from >= (high - low) * BRUSH_MIN
        {
            self.look_at(Some((from.max(0.0), to.min(end_s))));
        }
        self.brush = None;
    }

    /// What a plot of so many seconds shows. A range that another run has left behind is all of it.
    pub fn bounds(&self, end_s: f64) -> (f64, f64) {
        self.range.filter(|(from, _)| *from < end_s).map_or((0.0, end_s.max(f64::MIN_POSITIVE)), |(from, to)| (from, to.min(end_s)))
    }

    /// Whether a time is looked at.
    pub fn sees(&self, at_s: f64) -> bool {
        self.range.is_none_or(|(from, to)| (from..=to).contains(&at_s))
    }

    /// The intervals of the grid that are looked at, at least one where there is any.
    pub fn windows(&self, grid: &Grid) -> Range<usize> {
        if grid.intervals == 0 || grid.interval_s <= 0.0 {
            return 0..0;
        }
        let (from, to) = self.bounds(grid.interval_s * grid.intervals as f64);
        let first = ((from / grid.interval_s) as usize).min(grid.intervals - 1);
        let last = ((to / grid.interval_s).ceil() as usize).clamp(first + 1, grid.intervals);
        first..last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_range_is_looked_at_and_a_click_is_none() {
        let mut sight = Sight::default();
        sight.draw(400.0, true);
        sight.draw(100.0, false);
        assert_eq!(sight.brush(), Some((100.0, 400.0)));
        sight.release(600.0);
        assert_eq!(sight.range(), Some((100.0, 400.0)));
        assert!(sight.sees(100.0) && !sight.sees(401.0));
        sight.draw(200.0, true);
        sight.release(600.0);
        assert_eq!(sight.range(), Some((100.0, 400.0)), "a click changes nothing");
        sight.draw(-50.0, true);
        sight.draw(9_000.0, false);
        sight.release(600.0);
        assert_eq!(sight.range(), Some((0.0, 600.0)));
    }

    #[test]
    fn a_range_covers_whole_windows_and_an_old_one_does_no_harm() {
        let grid = Grid { interval_s: 10.0, intervals: 60 };
        let mut sight = Sight::default();
        assert_eq!(sight.windows(&grid), 0..60);
        sight.look_at(Some((95.0, 121.0)));
        assert_eq!(sight.windows(&grid), 9..13);
        sight.look_at(Some((900.0, 1_000.0)));
        assert_eq!((sight.windows(&grid), sight.bounds(600.0)), (0..60, (0.0, 600.0)));
        assert_eq!(sight.windows(&Grid::default()), 0..0);
    }

    #[test]
    fn the_cursor_is_where_the_pointer_was_a_frame_ago() {
        let mut sight = Sight::default();
        sight.hover(3.0);
        assert_eq!(sight.cursor(), None);
        assert!(sight.begin() && sight.cursor() == Some(3.0));
        sight.hover(3.0);
        assert!(!sight.begin());
        assert!(sight.begin() && sight.cursor().is_none());
        sight.rest_at(7.0);
        assert!(sight.begin() && sight.cursor() == Some(7.0), "it stands where a live run is");
        sight.hover(3.0);
        sight.rest_at(7.0);
        assert!(sight.begin() && sight.cursor() == Some(3.0), "unless somebody points at a time");
    }
}

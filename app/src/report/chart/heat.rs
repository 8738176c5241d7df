//! A heat map below the lines of a chart.

use std::fmt::Write as _;

use super::{COLORS, Chart, Escaped, HEIGHT, WIDTH, decades, term};
use crate::report::{html::table_html, table::Table};

/// Steps of how full a cell is, and how opaque the emptiest one.
const LEVELS: u32 = 16;
/// See [`LEVELS`].
const FAINTEST: f64 = 0.1;
/// The first color of the lines, whose cells have the one before.
pub(super) const BESIDE_CELLS: usize = 1;

/// A rectangle of a heat map.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell {
    /// From which interval to before which, of those that are drawn.
    pub intervals: (usize, usize),
    /// From which value to which.
    pub values: (f64, f64),
    /// How full it is, from 0 to 1.
    pub share: f64,
}

impl Chart<'_> {
    /// Cells with axes and lines over them; nothing without cells, which decide how far the axis of the values goes.
    pub(super) fn heat(&self, cells: &[Cell]) -> Option<String> {
        let least = cells.iter().map(|cell| cell.values.0).filter(|value| *value > 0.0).reduce(f64::min)?;
        let most = cells.iter().map(|cell| cell.values.1).reduce(f64::max)?;
        let (low, high) = decades(least, most);
        let mut body = String::new();
        for level in 1..=LEVELS {
            let is_of_level = |cell: &&Cell| (cell.share * f64::from(LEVELS)).ceil().max(1.0) as u32 == level;
            let path = cells.iter().filter(is_of_level).fold(String::new(), |mut path, cell| {
                let (top, bottom) = (self.y(cell.values.1, low, high), self.y(cell.values.0.max(low), low, high));
                let (left, right) = (self.x(cell.intervals.0 as f64), self.x(cell.intervals.1 as f64));
                let _ = write!(path, "M{left:.1} {top:.1}H{right:.1}V{bottom:.1}H{left:.1}z");
                path
            });
            if !path.is_empty() {
                let opacity = FAINTEST + (1.0 - FAINTEST) * f64::from(level) / f64::from(LEVELS);
                let _ = write!(body, r#"<path class="cell" fill-opacity="{opacity:.2}" d="{path}"/>"#);
            }
        }
        self.drawing(&mut body, (low, high), BESIDE_CELLS);
        Some(body)
    }

    /// The figure in a page, with its data below; nothing without cells.
    pub(crate) fn heat_html(&self, cells: &[Cell], data: &Table) -> String {
        let Some(body) = self.heat(cells) else { return String::new() };
        let alt = Escaped(&self.alternative()).to_string();
        let legend = self.lines.iter().enumerate().fold(String::new(), |mut out, (number, line)| {
            let _ = write!(out, r#"<span><i class="c{}"></i>{}</span>"#, (BESIDE_CELLS + number) % COLORS, Escaped(&line.name));
            out
        });
        format!(
            r#"<figure><figcaption><b>{}</b> <span class="axis">{}</span></figcaption>
<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{alt}"><title>{alt}</title>{body}</svg>
<p class="legend">{legend}</p>
<details><summary>Data</summary>{}</details></figure>
"#,
            Escaped(self.title),
            term("curves", self.axis),
            table_html(data)
        )
    }
}

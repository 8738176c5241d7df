//! A chart over time as SVG, inline in the page, with colors from its style sheet and its data as a table below.

mod heat;
#[cfg(feature = "gui")]
mod picture;

pub(crate) use heat::Cell;
#[cfg(feature = "gui")]
pub(crate) use picture::Trail;

use std::fmt::Write as _;

use plimsoll_models::units::{print_duration, print_significant};

use super::{
    html::{table_html, term},
    table::{Align, Table},
};
use crate::export::Escaped;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 28.0;
/// Rows of the table below a chart.
const ROWS_MAX: usize = 60;
/// Points that a line is drawn with; more cannot be told apart.
const POINTS_MAX: usize = 600;
/// Most labels along an axis.
const TICKS_MAX: u32 = 12;
/// Classes of the style sheet that color lines, in turn.
const COLORS: usize = 6;

/// A line of a chart.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub name: String,
    /// One value for each interval; nothing where nothing was measured.
    pub values: Vec<Option<f64>>,
}

/// How the vertical axis grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    Linear,
    /// Linear, in seconds, with marks that clocks know.
    Clock,
    Logarithmic,
}

/// Lines over simulated time.
#[derive(Clone, Debug)]
pub(crate) struct Chart<'a> {
    pub title: &'a str,
    /// What the values are, with their unit.
    pub axis: &'a str,
    pub lines: Vec<Line>,
    /// Length of an interval in seconds.
    pub interval_s: f64,
    /// When the first interval begins, in seconds.
    pub from_s: f64,
    pub scale: Scale,
    /// How a value is written.
    pub print: fn(f64) -> String,
    /// Levels worth a line across: value and name.
    pub levels: Vec<(f64, String)>,
}

impl Chart<'_> {
    /// The figure; nothing where there is nothing to draw.
    pub(crate) fn html(&self) -> String {
        let Some((low, high)) = self.range() else { return String::new() };
        let mut out = String::new();
        let alt = self.alternative();
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            r#"<figure><figcaption><b>{}</b> <span class="axis">{}</span></figcaption>
<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{}"><title>{}</title>"#,
            Escaped(self.title),
            term("curves", self.axis),
            Escaped(&alt),
            Escaped(&alt)
        );
        self.drawing(&mut out, (low, high), 0);
        out.push_str("</svg>\n<p class=\"legend\">");
        for (number, line) in self.lines.iter().enumerate() {
            let _ = write!(out, r#"<span><i class="c{}"></i>{}</span>"#, number % COLORS, Escaped(&line.name));
        }
        let _ = write!(out, "</p>\n<details><summary>Data</summary>{}</details></figure>\n", table_html(&self.table()));
        out
    }

    /// Axes, levels and lines, which begin with a color.
    fn drawing(&self, out: &mut String, (low, high): (f64, f64), first: usize) {
        self.value_axis(out, low, high);
        self.time_axis(out);
        self.levels(out, low, high);
        for (number, line) in self.lines.iter().enumerate() {
            let _ = write!(out, r#"<path class="line c{}" d="{}"/>"#, (first + number) % COLORS, self.path(line, low, high));
        }
    }

    /// Objectives as lines across.
    fn levels(&self, out: &mut String, low: f64, high: f64) {
        for (value, name) in &self.levels {
            let y = self.y(*value, low, high);
            if (TOP..=HEIGHT - BOTTOM).contains(&y) {
                let _ = write!(
                    out,
                    r#"<line class="level" x1="{LEFT}" x2="{}" y1="{y:.1}" y2="{y:.1}"/><text class="level" x="{}" y="{:.1}" text-anchor="end">{}</text>"#,
                    WIDTH - RIGHT,
                    WIDTH - RIGHT - 4.0,
                    y - 4.0,
                    Escaped(name)
                );
            }
        }
    }

    /// Smallest and largest value, widened to what the axis shows.
    fn range(&self) -> Option<(f64, f64)> {
        let values = || self.lines.iter().flat_map(|line| line.values.iter().flatten()).copied().filter(|v| v.is_finite());
        let high = values().chain(self.levels.iter().map(|(v, _)| *v).filter(|v| v.is_finite())).reduce(f64::max)?;
        match self.scale {
            Scale::Linear | Scale::Clock => Some((0.0, if high > 0.0 { high * 1.05 } else { 1.0 })),
            Scale::Logarithmic => {
                let low = values().filter(|v| *v > 0.0).reduce(f64::min)?;
                Some(decades(low, high))
            }
        }
    }

    fn y(&self, value: f64, low: f64, high: f64) -> f64 {
        let share = match self.scale {
            Scale::Linear | Scale::Clock => (value - low) / (high - low),
            Scale::Logarithmic => libm::log10(value.max(low) / low) / libm::log10(high / low),
        };
        HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)
    }

    fn intervals(&self) -> usize {
        self.lines.iter().map(|line| line.values.len()).max().unwrap_or(0)
    }

    fn x(&self, interval: f64) -> f64 {
        LEFT + interval / self.intervals().max(1) as f64 * (WIDTH - LEFT - RIGHT)
    }

    fn value_axis(&self, out: &mut String, low: f64, high: f64) {
        let ticks: Vec<f64> = match self.scale {
            Scale::Linear => steps(round_step((high - low) / 4.0), high),
            Scale::Clock => steps(time_step((high - low) / 6.0), high),
            Scale::Logarithmic => {
                let decades = libm::log10(high / low).round() as i32;
                let step = (decades + 5) / 6;
                (0..=decades).step_by(step.max(1) as usize).map(|i| low * 10f64.powi(i)).collect()
            }
        };
        for value in ticks {
            let y = self.y(value, low, high);
            let _ = write!(
                out,
                r#"<line class="grid" x1="{LEFT}" x2="{}" y1="{y:.1}" y2="{y:.1}"/><text x="{}" y="{:.1}" text-anchor="end">{}</text>"#,
                WIDTH - RIGHT,
                LEFT - 6.0,
                y + 4.0,
                Escaped(&(self.print)(value))
            );
        }
    }

    fn time_axis(&self, out: &mut String) {
        let span = self.intervals() as f64 * self.interval_s;
        let step = time_step(span / 5.0);
        let first = (self.from_s / step).ceil() * step - self.from_s;
        for since in steps(step, span - first).into_iter().map(|since| since + first) {
            let (x, time) = (LEFT + since / span * (WIDTH - LEFT - RIGHT), since + self.from_s);
            let anchor = if x > WIDTH - 3.0 * RIGHT { "end" } else { "middle" };
            let words = print_duration(significant(time));
            let _ = write!(out, r#"<text x="{x:.1}" y="{}" text-anchor="{anchor}">{}</text>"#, HEIGHT - 8.0, Escaped(&words));
        }
    }

    fn path(&self, line: &Line, low: f64, high: f64) -> String {
        let bucket = line.values.len().div_ceil(POINTS_MAX).max(1);
        let mut path = String::new();
        let mut pen_down = false;
        for (number, values) in line.values.chunks(bucket).enumerate() {
            // A peak must not fall between two points.
            let value = values.iter().flatten().copied().filter(|v| v.is_finite()).reduce(f64::max);
            let Some(value) = value.filter(|v| self.scale != Scale::Logarithmic || *v > 0.0) else {
                pen_down = false;
                continue;
            };
            let at = number as f64 * bucket as f64 + values.len() as f64 / 2.0;
            let _ = write!(path, "{}{:.1} {:.1}", if pen_down { 'L' } else { 'M' }, self.x(at), self.y(value, low, high));
            pen_down = true;
        }
        path
    }

    /// The chart in a sentence.
    fn alternative(&self) -> String {
        let mut words = format!("{} over time", self.title);
        for line in &self.lines {
            let values = || line.values.iter().flatten().copied().filter(|v| v.is_finite());
            if let (Some(least), Some(most)) = (values().reduce(f64::min), values().reduce(f64::max)) {
                let _ = write!(words, "; {}: {} to {}", line.name, (self.print)(least), (self.print)(most));
            }
        }
        words
    }

    fn table(&self) -> Table {
        let mut columns = vec![("Time", Align::Right)];
        columns.extend(self.lines.iter().map(|line| (line.name.as_str(), Align::Right)));
        let mut table = Table::new(&columns);
        let bucket = self.intervals().div_ceil(ROWS_MAX).max(1);
        for start in (0..self.intervals()).step_by(bucket) {
            let mut cells = vec![print_duration(significant(self.from_s + start as f64 * self.interval_s))];
            cells.extend(self.lines.iter().map(|line| {
                let part = line.values.get(start..(start + bucket).min(line.values.len())).unwrap_or_default();
                let most = part.iter().flatten().copied().filter(|value| value.is_finite()).reduce(f64::max);
                most.map_or_else(|| "–".to_owned(), self.print)
            }));
            table.row(cells);
        }
        table
    }
}

/// The powers of ten around some values.
fn decades(low: f64, high: f64) -> (f64, f64) {
    (10f64.powf(libm::log10(low).floor()), 10f64.powf(libm::log10(high.max(low * 1.01)).ceil()))
}

/// Multiples of a step from zero to an end.
fn steps(step: f64, end: f64) -> Vec<f64> {
    let count = (end.max(0.0) / step * (1.0 + 1e-9)).floor() as u32;
    (0..=count.min(TICKS_MAX)).map(|i| f64::from(i) * step).collect()
}

/// The next 1, 2 or 5 times a power of ten.
fn round_step(least: f64) -> f64 {
    let decade = libm::pow(10.0, libm::log10(least.max(f64::MIN_POSITIVE)).floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * decade).find(|step| *step >= least).unwrap_or(least)
}

/// The next step that clocks know, in seconds.
fn time_step(least: f64) -> f64 {
    const CLOCK: [f64; 14] = [10.0, 15.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0, 7_200.0, 21_600.0, 43_200.0];
    if least <= CLOCK[0] / 2.0 {
        return round_step(least);
    }
    CLOCK.into_iter().find(|step| *step >= least).unwrap_or_else(|| round_step(least / 86_400.0) * 86_400.0)
}

/// A value without the dust of its computation.
pub(crate) fn significant(value: f64) -> f64 {
    print_significant(value).replace(',', "").parse().unwrap_or(value)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(super) fn chart(values: Vec<Option<f64>>, scale: Scale) -> Chart<'static> {
        let lines = vec![Line { name: "a<b".to_owned(), values }];
        Chart { title: "T", axis: "per second", lines, interval_s: 1.2, from_s: 0.0, scale, print: print_significant, levels: Vec::new() }
    }

    #[test]
    fn steps_are_round_and_end_at_the_end() {
        assert_eq!(steps(round_step(391.7 / 4.0), 391.7), [0.0, 100.0, 200.0, 300.0]);
        assert_eq!(steps(time_step(600.0 / 5.0), 600.0), [0.0, 120.0, 240.0, 360.0, 480.0, 600.0]);
        assert_eq!(time_step(3.0), 5.0);
        assert_eq!(time_step(200_000.0), 432_000.0);
        assert!(steps(f64::MIN_POSITIVE, 1e300).len() <= TICKS_MAX as usize + 1);
    }

    #[test]
    fn odd_values_make_no_odd_picture() {
        for scale in [Scale::Linear, Scale::Clock, Scale::Logarithmic] {
            assert_eq!(chart(vec![None; 5], scale).html(), "");
            for values in [vec![Some(0.0)], vec![Some(f64::NAN), Some(1.0)], vec![Some(f64::INFINITY), Some(3.0), None, Some(1e-9)]] {
                let html = chart(values, scale).html();
                assert!(!html.contains("NaN") && !html.contains("inf\""), "{html}");
                assert!(!html.contains("a<b"), "names are no markup");
            }
        }
    }
}

//! A chart as a picture of its own, with title and legend.

use std::fmt::Write as _;

use super::{COLORS, Cell, Chart, HEIGHT, LEFT, RIGHT, Scale, WIDTH, decades, heat::BESIDE_CELLS};
use crate::{
    export::{Escaped, ExportTheme},
    report::html::STYLE,
};

/// Height of the title of a picture.
const TITLE: f64 = 32.0;
/// Height of the legend of a picture.
const LEGEND: f64 = 28.0;
/// Most room of an entry of that legend.
const LEGEND_ENTRY: f64 = 150.0;

/// A curve over something else than time.
#[derive(Clone, Debug)]
pub(crate) struct Trail {
    pub name: String,
    /// Where it is, as a share of the width, and the value there.
    pub points: Vec<(f64, f64)>,
    pub dashed: bool,
}

impl Chart<'_> {
    /// A picture of its own, with title and legend; nothing where there is nothing to draw.
    pub(crate) fn picture(&self, theme: ExportTheme) -> Option<String> {
        let (low, high) = self.range()?;
        let mut body = String::new();
        self.drawing(&mut body, (low, high), 0);
        Some(self.plate(theme, (&self.names(), 0), &body))
    }

    /// The same over a heat map, which decides how far the axis of the values goes.
    pub(crate) fn heat_map(&self, theme: ExportTheme, cells: &[Cell]) -> Option<String> {
        let body = self.heat(cells)?;
        Some(self.plate(theme, (&self.names(), BESIDE_CELLS), &body))
    }

    /// Curves over marks that are told: where, as a share of the width, and in words.
    pub(crate) fn trails(&self, theme: ExportTheme, trails: &[Trail], marks: &[(f64, String)]) -> Option<String> {
        let values = || trails.iter().flat_map(|trail| &trail.points).map(|(_, value)| *value).filter(|value| value.is_finite());
        let levels = self.levels.iter().map(|(value, _)| *value);
        let most = values().chain(levels).reduce(f64::max)?;
        let (low, high) = match self.scale {
            Scale::Linear | Scale::Clock => (0.0, most * 1.05),
            Scale::Logarithmic => decades(values().filter(|value| *value > 0.0).reduce(f64::min)?, most),
        };
        let x = |share: f64| LEFT + share * (WIDTH - LEFT - RIGHT);
        let mut body = String::new();
        self.value_axis(&mut body, low, high);
        self.levels(&mut body, low, high);
        for (share, words) in marks {
            let _ = write!(body, r#"<text x="{:.1}" y="{}" text-anchor="middle">{}</text>"#, x(*share), HEIGHT - 8.0, Escaped(words));
        }
        for (number, trail) in trails.iter().enumerate() {
            let dashes = if trail.dashed { r#" stroke-dasharray="5 4""# } else { "" };
            let mut path = String::new();
            for (at, (share, value)) in trail.points.iter().enumerate() {
                let _ = write!(path, "{}{:.1} {:.1}", if at == 0 { 'M' } else { 'L' }, x(*share), self.y(*value, low, high));
            }
            let _ = write!(body, r#"<path class="line c{}"{dashes} d="{path}"/>"#, number % COLORS);
        }
        let names: Vec<&str> = trails.iter().map(|trail| trail.name.as_str()).collect();
        Some(self.plate(theme, (&names, 0), &body))
    }

    fn names(&self) -> Vec<&str> {
        self.lines.iter().map(|line| line.name.as_str()).collect()
    }

    /// A drawing with its title, its colors and its legend, which begins with a color.
    fn plate(&self, theme: ExportTheme, (legend, first): (&[&str], usize), body: &str) -> String {
        let colors = colors(theme);
        let color = |name: &str| colors.iter().find(|(known, _)| *known == name).map_or("#888888", |(_, color)| *color);
        let height = HEIGHT + TITLE + LEGEND;
        let mut out = String::new();
        let _ = write!(
            out,
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" font-family="Inter, sans-serif" font-size="11"><title>{}</title><style>
text {{ fill: {faint}; }} text.title {{ fill: {}; font-size: 14px; font-weight: 600; }} .grid {{ stroke: {}; }} .cell {{ fill: {}; shape-rendering: crispEdges; }}
line.level {{ stroke: {bad}; stroke-dasharray: 5 4; }} text.level {{ fill: {bad}; }} .line {{ fill: none; stroke-width: 1.6; stroke-linejoin: round; }}
"#,
            Escaped(&self.alternative()),
            color("ink"),
            color("line"),
            color("c0"),
            faint = color("faint"),
            bad = color("bad"),
        );
        for number in 0..COLORS {
            let _ = write!(out, ".c{number} {{ stroke: {}; }} ", color(&format!("c{number}")));
        }
        let _ = write!(
            out,
            r#"</style><rect width="100%" height="100%" fill="{}"/><text class="title" x="{LEFT}" y="20">{}</text><text x="{}" y="20" text-anchor="end">{}</text><g transform="translate(0 {TITLE})">{body}</g>"#,
            color("ground"),
            Escaped(self.title),
            WIDTH - RIGHT,
            Escaped(self.axis)
        );
        let share = (WIDTH - LEFT - RIGHT) / legend.len().max(1) as f64;
        for (number, name) in legend.iter().enumerate() {
            let (x, y) = (LEFT + number as f64 * share.min(LEGEND_ENTRY), HEIGHT + TITLE + LEGEND / 2.0);
            let _ = write!(
                out,
                r#"<path class="line c{}" d="M{x:.1} {y:.1}h14"/><text x="{:.1}" y="{:.1}">{}</text>"#,
                (first + number) % COLORS,
                x + 20.0,
                y + 4.0,
                Escaped(name)
            );
        }
        out.push_str("</svg>\n");
        out
    }
}

/// Colors of the page, by the names of its style sheet.
fn colors(theme: ExportTheme) -> Vec<(&'static str, &'static str)> {
    // The first block is the light one, the next the dark one.
    let block = match theme {
        ExportTheme::Light => STYLE.split(":root").nth(1),
        ExportTheme::Dark => STYLE.split(":root").nth(2),
    };
    let body = block.and_then(|block| block.split_once('{')).and_then(|(_, block)| block.split_once('}')).map_or("", |(body, _)| body);
    body.split(';').filter_map(|entry| entry.trim().strip_prefix("--")?.split_once(": ")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::chart::tests::chart;

    #[test]
    fn a_picture_can_be_drawn_in_both_themes_and_starts_where_it_is_told() {
        let mut chart = chart((0..50).map(|n| Some(f64::from(n))).collect(), Scale::Linear);
        assert!(chart.picture(ExportTheme::Light).unwrap().contains(">0 s<"));
        chart.from_s = 300.0;
        let pictures = [ExportTheme::Light, ExportTheme::Dark].map(|theme| chart.picture(theme).unwrap());
        assert_ne!(pictures[0], pictures[1]);
        for picture in pictures {
            assert!(!picture.contains("#888888"), "every color is known");
            assert!(picture.contains(">5 min<") && !picture.contains(">0 s<"), "{picture}");
            assert!(crate::export::png(&picture, 1.0).unwrap().len() > 2_000);
        }
    }
    #[test]
    fn a_heat_map_and_a_distribution_can_be_drawn() {
        let chart = chart(vec![Some(0.02), Some(0.5)], Scale::Logarithmic);
        let cell = |interval, values, share| Cell { intervals: (interval, interval + 1), values, share };
        let cells = [cell(0, (0.0, 0.01), 0.001), cell(0, (0.01, 0.1), 0.5), cell(1, (0.1, 2.0), 1.0)];
        let map = chart.heat_map(ExportTheme::Light, &cells).unwrap();
        assert_eq!(map.matches("class=\"cell\"").count(), 3, "{map}");
        assert!(map.contains(">10 <") || map.contains(">10<"), "the axis goes to the next decade: {map}");
        assert_eq!(chart.heat_map(ExportTheme::Light, &[]), None);
        let trail = Trail { name: "all".to_owned(), points: vec![(0.0, 0.1), (0.5, 0.2), (1.0, 3.0)], dashed: true };
        for scale in [Scale::Linear, Scale::Logarithmic] {
            let chart = Chart { scale, ..chart.clone() };
            let shares = chart.trails(ExportTheme::Dark, std::slice::from_ref(&trail), &[(0.5, "90 %".to_owned())]).unwrap();
            assert!(shares.contains(">90 %<") && shares.contains("stroke-dasharray=\"5 4\" d=\"M64.0"), "{shares}");
            assert!(crate::export::png(&shares, 1.0).unwrap().len() > 2_000);
        }
        assert_eq!(chart.trails(ExportTheme::Dark, &[], &[]), None);
    }
}

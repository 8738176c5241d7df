//! A chart as a picture of its own, with title and legend.

use std::fmt::Write as _;

use super::{COLORS, Chart, HEIGHT, LEFT, RIGHT, WIDTH};
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

impl Chart<'_> {
    /// A picture of its own, with title and legend; nothing where there is nothing to draw.
    pub(crate) fn picture(&self, theme: ExportTheme) -> Option<String> {
        let (low, high) = self.range()?;
        let colors = colors(theme);
        let color = |name: &str| colors.iter().find(|(known, _)| *known == name).map_or("#888888", |(_, color)| *color);
        let height = HEIGHT + TITLE + LEGEND;
        let mut out = String::new();
        let _ = write!(
            out,
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" font-family="Inter, sans-serif" font-size="11"><title>{}</title><style>
text {{ fill: {faint}; }} text.title {{ fill: {}; font-size: 14px; font-weight: 600; }} .grid {{ stroke: {}; }}
line.level {{ stroke: {bad}; stroke-dasharray: 5 4; }} text.level {{ fill: {bad}; }} .line {{ fill: none; stroke-width: 1.6; stroke-linejoin: round; }}
"#,
            Escaped(&self.alternative()),
            color("ink"),
            color("line"),
            faint = color("faint"),
            bad = color("bad"),
        );
        for number in 0..COLORS {
            let _ = write!(out, ".c{number} {{ stroke: {}; }} ", color(&format!("c{number}")));
        }
        let _ = write!(
            out,
            r#"</style><rect width="100%" height="100%" fill="{}"/><text class="title" x="{LEFT}" y="20">{}</text><text x="{}" y="20" text-anchor="end">{}</text><g transform="translate(0 {TITLE})">"#,
            color("ground"),
            Escaped(self.title),
            WIDTH - RIGHT,
            Escaped(self.axis)
        );
        self.drawing(&mut out, low, high);
        out.push_str("</g>");
        let share = (WIDTH - LEFT - RIGHT) / self.lines.len().max(1) as f64;
        for (number, line) in self.lines.iter().enumerate() {
            let (x, y) = (LEFT + number as f64 * share.min(LEGEND_ENTRY), HEIGHT + TITLE + LEGEND / 2.0);
            let _ = write!(
                out,
                r#"<path class="line c{}" d="M{x:.1} {y:.1}h14"/><text x="{:.1}" y="{:.1}">{}</text>"#,
                number % COLORS,
                x + 20.0,
                y + 4.0,
                Escaped(&line.name)
            );
        }
        out.push_str("</svg>\n");
        Some(out)
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
    use crate::report::chart::{Scale, tests::chart};

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
}

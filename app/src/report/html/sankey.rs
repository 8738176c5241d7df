//! The ledger as a Sankey diagram in the page; the table below it tells the same in words.

use std::fmt::Write as _;

use plimsoll_models::units::print_number;

use super::page::Escaped;
use crate::report::sankey::{Ending, Sankey};

const WIDTH: f64 = 760.0;
/// Where the bands begin and end.
const BANDS: (f64, f64) = (250.0, 600.0);
const BAR: f64 = 10.0;
const MARGIN: f64 = 12.0;
/// Height for each bar of the side that has more.
const ROW: f64 = 26.0;
/// Longest name beside a bar, in characters.
const NAME_MAX: usize = 36;

/// The picture; nothing without copies.
pub(super) fn html(sankey: &Sankey) -> String {
    if sankey.bands.is_empty() {
        return String::new();
    }
    let height = (sankey.places.len().max(sankey.ends.len()) as f64 * ROW).max(140.0);
    let y = |share: f64| MARGIN + share * height;
    let class = |ending: Ending| match ending.is_loss() {
        Some(true) => "bad",
        Some(false) => "good",
        None => "warn",
    };
    let sentence = sankey.sentence();
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        r#"<div class="sankey"><svg viewBox="0 0 {WIDTH} {}" role="img" aria-label="{}"><title>{}</title>"#,
        height + 2.0 * MARGIN,
        Escaped(&sentence),
        Escaped(&sentence)
    );
    let (left, right) = (BANDS.0 + BAR, BANDS.1 - BAR);
    let middle = f64::midpoint(left, right);
    for band in &sankey.bands {
        let [lt, lb, rt, rb] = [band.left.top, band.left.bottom, band.right.top, band.right.bottom].map(y);
        let (lb, rb) = (lb.max(lt + 0.8), rb.max(rt + 0.8));
        let (place, end) = (&sankey.places[band.from], &sankey.ends[band.to]);
        let _ = write!(
            out,
            r#"<path class="band {}" d="M{left} {lt:.1}C{middle} {lt:.1} {middle} {rt:.1} {right} {rt:.1}V{rb:.1}C{middle} {rb:.1} {middle} {lb:.1} {left} {lb:.1}Z"><title>{}: {} {}</title></path>"#,
            class(end.ending),
            Escaped(&place.title),
            print_number(band.count as f64),
            end.ending.as_str(),
        );
    }
    let bar = |class: &str, x: f64, top: f64, bottom: f64| {
        format!(r#"<rect class="bar {class}" x="{x}" y="{top:.1}" width="{BAR}" height="{:.1}"/>"#, (bottom - top).max(0.8))
    };
    let text = |x: f64, top: f64, bottom: f64, anchor: &str, words: &str| {
        format!(r#"<text x="{x}" y="{:.1}" text-anchor="{anchor}">{}</text>"#, f64::midpoint(top, bottom) + 4.0, Escaped(words))
    };
    for place in &sankey.places {
        let (top, bottom) = (y(place.span.top), y(place.span.bottom));
        let words = format!("{}  {}", shortened(&place.title), print_number(place.created as f64));
        out += &bar("", BANDS.0, top, bottom);
        out += &text(BANDS.0 - 6.0, top, bottom, "end", &words);
    }
    for end in &sankey.ends {
        let (top, bottom) = (y(end.span.top), y(end.span.bottom));
        let words = format!("{}  {}", end.ending.as_str(), print_number(end.count as f64));
        out += &bar(class(end.ending), right, top, bottom);
        out += &text(BANDS.1 + 6.0, top, bottom, "start", &words);
    }
    out.push_str("</svg></div>\n");
    out
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= NAME_MAX {
        return name.to_owned();
    }
    name.chars().take(NAME_MAX - 1).chain(['…']).collect()
}

//! Scene to SVG 1.1: plain shapes and text, no styles, no scripts, nothing outside of the file.

use std::fmt::{self, Write as _};

use plimsoll_models::Point;

use crate::{
    icons,
    scene::{Anchor, Color, Dash, Font, Form, Link, Rect, Scene, Stroke, Text, corner, text},
};

/// Empty border around the drawing, in its units.
pub(super) const MARGIN: f64 = 32.0;
const FAMILY: &str = "Inter, Helvetica, Arial, sans-serif";

/// The part of the drawing that the picture shows; `None` when nothing is drawn.
pub(super) fn frame(scene: &Scene) -> Option<Rect> {
    let bounds = scene.bounds?.expand(MARGIN);
    let (min, max) = (bounds.min, bounds.max);
    Some(Rect { min: Point::new(min.x.floor(), min.y.floor()), max: Point::new(max.x.ceil(), max.y.ceil()) })
}

/// Writes a scene as a self-contained SVG document; an empty scene is an empty picture.
pub fn svg(scene: &Scene) -> String {
    let mut out = String::new();
    let frame = frame(scene).unwrap_or(Rect::new(0.0, 0.0, 2.0 * MARGIN, 2.0 * MARGIN));
    // Writing to a string cannot fail.
    let _ = document(&mut out, scene, frame);
    out
}

fn document(out: &mut String, scene: &Scene, frame: Rect) -> fmt::Result {
    let (width, height) = (frame.width(), frame.height());
    let (x, y) = (Num(frame.min.x), Num(frame.min.y));
    let title = if scene.title.is_empty() { "Architecture" } else { &scene.title };
    let count =
        |node: bool| scene.parts.iter().filter(|part| matches!((&part.link, node), (Link::Node(_), true) | (Link::Edge(_), false))).count();
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="{x} {y} {width} {height}" role="img" font-family="{FAMILY}">"#
    )?;
    writeln!(out, "<title>{}</title>", Escaped(title))?;
    writeln!(out, "<desc>{} components and {} connections, drawn with Plimsoll</desc>", count(true), count(false))?;
    writeln!(out, r#"<rect x="{x}" y="{y}" width="{width}" height="{height}"{}/>"#, Paint("fill", scene.background))?;
    for part in &scene.parts {
        let (class, id) = match &part.link {
            Link::Legend => ("legend", "lines"),
            Link::Group(id) => ("group", id.as_str()),
            Link::Edge(id) => ("edge", id.as_str()),
            Link::Node(id) => ("node", id.as_str()),
            Link::Label(id) => ("label", id.as_str()),
            Link::Note(id) => ("note", id.as_str()),
            Link::Leader(id) => ("leader", id.as_str()),
        };
        write!(out, r#"<g id="{class}-{}" class="{class}""#, Escaped(id))?;
        if part.origin != Point::default() {
            write!(out, r#" transform="translate({} {})""#, Num(part.origin.x), Num(part.origin.y))?;
        }
        writeln!(out, ">")?;
        for shape in part.shapes.iter() {
            form(out, &shape.form)?;
        }
        writeln!(out, "</g>")?;
    }
    writeln!(out, "</svg>")
}

fn form(out: &mut String, form: &Form) -> fmt::Result {
    match form {
        Form::Rect { rect, radius, fill, stroke } => rectangle(out, *rect, *radius, *fill, stroke.as_ref()),
        Form::Circle { center, radius, fill, stroke } => {
            write!(out, r#"<circle cx="{}" cy="{}" r="{}"{}"#, Num(center.x), Num(center.y), Num(*radius), Paint("fill", *fill))?;
            outline(out, stroke.as_ref())?;
            writeln!(out, "/>")
        }
        Form::Line { points, radius, stroke } => {
            write!(out, r#"<path d="{}" fill="none""#, Way(points, *radius))?;
            outline(out, Some(stroke))?;
            writeln!(out, "/>")
        }
        Form::Polygon { points, fill } => writeln!(out, r#"<path d="{}Z"{}/>"#, Way(points, 0.0), Paint("fill", *fill)),
        Form::Text(text) => line_of_text(out, text),
        Form::Icon { key, rect, color } => {
            let scale = rect.width() / f64::from(icons::GRID);
            writeln!(
                out,
                r#"<path d="{}" transform="translate({} {}) scale({scale:.4})" fill="none" stroke-width="{}" stroke-linecap="round" stroke-linejoin="round"{}/>"#,
                icons::icon(key).path,
                Num(rect.min.x),
                Num(rect.min.y),
                icons::STROKE,
                Paint("stroke", *color)
            )
        }
    }
}

fn rectangle(out: &mut String, rect: Rect, radius: f64, fill: Color, stroke: Option<&Stroke>) -> fmt::Result {
    // SVG draws outlines on the border; ours lie inside.
    let inset = stroke.map_or(0.0, |stroke| stroke.width / 2.0);
    let (rect, radius) = (rect.expand(-inset), (radius - inset).max(0.0));
    write!(
        out,
        r#"<rect x="{}" y="{}" width="{}" height="{}" rx="{}"{}"#,
        Num(rect.min.x),
        Num(rect.min.y),
        Num(rect.width()),
        Num(rect.height()),
        Num(radius),
        Paint("fill", fill)
    )?;
    outline(out, stroke)?;
    writeln!(out, "/>")
}

fn outline(out: &mut String, stroke: Option<&Stroke>) -> fmt::Result {
    let Some(Stroke { width, color, dash }) = stroke else { return Ok(()) };
    write!(out, r#" stroke-width="{}"{}"#, Num(*width), Paint("stroke", *color))?;
    match (dash, dash.pattern()) {
        (_, None) => write!(out, r#" stroke-linejoin="round""#),
        (Dash::Dotted, Some((_, gap))) => write!(out, r#" stroke-dasharray="0.01 {gap}" stroke-linecap="round""#),
        (Dash::Dashed | Dash::Solid, Some((stroke, gap))) => write!(out, r#" stroke-dasharray="{stroke} {gap}""#),
    }
}

fn line_of_text(out: &mut String, line: &Text) -> fmt::Result {
    let Text { words, at, anchor, size, font, color } = line;
    let baseline = at.y + text::CAPITAL * size / 2.0;
    write!(out, r#"<text x="{}" y="{}" font-size="{}""#, Num(at.x), Num(baseline), Num(*size))?;
    match anchor {
        Anchor::Start => {}
        Anchor::Middle => write!(out, r#" text-anchor="middle""#)?,
        Anchor::End => write!(out, r#" text-anchor="end""#)?,
    }
    match font {
        Font::Regular => {}
        Font::SemiBold => write!(out, r#" font-weight="600""#)?,
        Font::Mono => write!(out, r#" font-family="JetBrains Mono, Consolas, monospace" xml:space="preserve""#)?,
    }
    writeln!(out, "{}>{}</text>", Paint("fill", *color), Escaped(words))
}

/// A number in at most two decimals.
struct Num(f64);

impl fmt::Display for Num {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounded = (self.0 * 100.0).round() / 100.0 + 0.0;
        write!(f, "{rounded}")
    }
}

/// An attribute with a color, and its opacity when it has one.
struct Paint(&'static str, Color);

impl fmt::Display for Paint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(name, Color { r, g, b, a }) = self;
        match a {
            0 => write!(f, r#" {name}="none""#),
            255 => write!(f, r##" {name}="#{r:02x}{g:02x}{b:02x}""##),
            _ => write!(f, r##" {name}="#{r:02x}{g:02x}{b:02x}" {name}-opacity="{:.3}""##, f32::from(*a) / 255.0),
        }
    }
}

/// The `d` of a path with rounded corners.
struct Way<'a>(&'a [Point], f64);

impl fmt::Display for Way<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(points, radius) = self;
        for (i, p) in points.iter().enumerate() {
            let command = if i == 0 { 'M' } else { 'L' };
            match corner(points, i, *radius) {
                None => write!(f, "{command}{} {}", Num(p.x), Num(p.y))?,
                Some((enter, leave)) => {
                    write!(f, "{command}{} {}Q{} {} {} {}", Num(enter.x), Num(enter.y), Num(p.x), Num(p.y), Num(leave.x), Num(leave.y))?;
                }
            }
        }
        Ok(())
    }
}

/// Text in which nothing is markup, without characters that XML does not allow.
pub(crate) struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\t' | '\n' | '\r' => f.write_char(' ')?,
                c if c.is_control() || c == '\u{FFFE}' || c == '\u{FFFF}' => {}
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

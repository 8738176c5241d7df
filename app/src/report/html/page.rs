//! The bones of the page: escaping, tables, the document around the sections.

use std::fmt::Write as _;

pub(super) use crate::export::Escaped;
use crate::report::table::{Align, Table};

/// The style sheet of the page.
pub(in crate::report) const STYLE: &str = include_str!("report.css");

/// Where the pages lie that sources of AWS records name by their path.
const AWS_DOCS: &str = "https://docs.aws.amazon.com/";

/// Words that lead to their source where that is a page of the web, and tell it otherwise.
pub(super) fn linked(words: &str, source: &str) -> String {
    let is_path = source.contains("/latest/") && !source.contains(char::is_whitespace);
    let address = match source {
        _ if source.starts_with("https://") => source.to_owned(),
        _ if is_path && source.contains(".html") => format!("{AWS_DOCS}{source}"),
        _ if is_path => format!("{AWS_DOCS}{source}.html"),
        _ => return format!(r#"<span title="{}">{}</span>"#, Escaped(source), Escaped(words)),
    };
    format!(r#"<a href="{}" rel="noreferrer" title="{}">{}</a>"#, Escaped(&address), Escaped(source), Escaped(words))
}

/// Words in which what stands between backticks is code.
pub(super) fn coded(words: &str) -> String {
    let mut out = String::new();
    let mut rest = words;
    while let Some((before, code, after)) = rest.split_once('`').and_then(|(before, rest)| {
        let (code, after) = rest.split_once('`')?;
        Some((before, code, after))
    }) {
        // Writing to a string cannot fail.
        let _ = write!(out, "{}<code>{}</code>", Escaped(before), Escaped(code));
        rest = after;
    }
    out + &Escaped(rest).to_string()
}

/// A table as it stands.
pub(in crate::report) fn table_html(table: &Table) -> String {
    linked_table(table, |_, _, _| None)
}

/// A table whose cells may be written otherwise: `cell` gets row, column and text.
pub(super) fn linked_table(table: &Table, cell: impl Fn(usize, usize, &str) -> Option<String>) -> String {
    let is_figure = |column: usize| table.columns()[column].1 == Align::Right;
    let heading = |column: usize, title: &str| if is_figure(column) { super::terms::heading(title) } else { Escaped(title).to_string() };
    let class = |column: usize| if is_figure(column) { " class=\"n\"" } else { "" };
    let mut out = String::from("<div class=\"scroll\"><table><thead><tr>");
    // Writing to a string cannot fail.
    for (number, (title, _)) in table.columns().iter().enumerate() {
        let _ = write!(out, "<th scope=\"col\"{}>{}</th>", class(number), heading(number, title));
    }
    out.push_str("</tr></thead><tbody>\n");
    for (at, row) in table.rows().iter().enumerate() {
        out.push_str("<tr>");
        for (number, words) in row.iter().enumerate() {
            let html = cell(at, number, words).unwrap_or_else(|| coded(words));
            let _ = write!(out, "<td{}>{html}</td>", class(number));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>\n");
    out
}

/// A part of the page.
#[derive(Clone, Debug)]
pub(super) struct Section {
    /// Its address within the page.
    pub anchor: &'static str,
    pub title: String,
    pub html: String,
}

/// The whole document.
pub(super) fn document(title: &str, head: &str, sections: &[Section]) -> String {
    let mut out = String::new();
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>{head}</header>\n<nav aria-label=\"Sections\">",
        Escaped(title)
    );
    for section in sections {
        let _ = write!(out, "<a href=\"#{}\">{}</a>", section.anchor, Escaped(&section.title));
    }
    out.push_str("</nav>\n<main>\n");
    for section in sections {
        let _ = write!(out, "<section id=\"{}\"><h2>{}</h2>\n{}</section>\n", section.anchor, Escaped(&section.title), section.html);
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_backticks_is_code_and_nothing_is_markup() {
        assert_eq!(coded("limit of `a<b` and `c`"), "limit of <code>a&lt;b</code> and <code>c</code>");
        assert_eq!(coded("one ` <b>alone</b>"), "one ` &lt;b&gt;alone&lt;/b&gt;");
    }
}

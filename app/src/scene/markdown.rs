//! Markdown as lines of text on the drawing: headings, lists, emphasis, code, links as text.

use plimsoll_models::Point;
use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

use super::{Anchor, Color, Font, Form, Rect, SceneTheme, Stroke, Text, text};

/// Height of plain text.
const SIZE: f64 = 12.0;

/// Height of a line as a multiple of its text's.
const LEADING: f64 = 1.42;

/// Space between blocks.
const GAP: f64 = 6.0;

/// By how much an item of a list stands in.
const INDENT: f64 = 15.0;

/// Most lines of a note; what is longer ends with an ellipsis.
const LINES_MAX: usize = 200;

/// Most characters of a note that are laid out.
const CHARACTERS_MAX: usize = 20_000;

/// Text in its place.
#[derive(Debug)]
pub(super) struct Layout {
    /// What to paint, from the upper left corner.
    pub forms: Vec<Form>,
    /// How much room it takes.
    pub height: f64,
}

/// Lays Markdown out in lines of a width.
pub(super) fn layout(source: &str, width: f64, theme: &SceneTheme) -> Layout {
    let end = source.char_indices().nth(CHARACTERS_MAX).map_or(source.len(), |(at, _)| at);
    let mut flow = Flow::new(width, theme);
    for event in Parser::new(&source[..end]) {
        flow.event(event);
        if flow.lines >= LINES_MAX {
            flow.word("…");
            break;
        }
    }
    flow.break_line();
    // An empty sheet has room for a line.
    Layout { height: flow.y.max(SIZE * LEADING), forms: flow.forms }
}

/// How words look.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Look {
    font: Font,
    size: f64,
    color: Color,
    underlined: bool,
    code: bool,
}

/// Words of one look in a line.
#[derive(Debug)]
struct Run {
    words: String,
    x: f64,
    width: f64,
    look: Look,
}

struct Flow<'a> {
    width: f64,
    theme: &'a SceneTheme,
    forms: Vec<Form>,
    y: f64,
    lines: usize,
    line: Vec<Run>,
    x: f64,
    indent: f64,
    /// Whether a blank stands before the next word.
    blank: bool,
    size: f64,
    bold: usize,
    emphasized: usize,
    links: usize,
    code: bool,
    /// The next number of each list around, or nothing for bullets.
    lists: Vec<Option<u64>>,
    gap: bool,
}

impl<'a> Flow<'a> {
    fn new(width: f64, theme: &'a SceneTheme) -> Self {
        Self {
            width,
            theme,
            forms: Vec::new(),
            y: 0.0,
            lines: 0,
            line: Vec::new(),
            x: 0.0,
            indent: 0.0,
            blank: false,
            size: SIZE,
            bold: 0,
            emphasized: 0,
            links: 0,
            code: false,
            lists: Vec::new(),
            gap: false,
        }
    }

    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(&text),
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.code = true;
                self.text(&text);
                self.code = false;
            }
            Event::SoftBreak => self.blank = true,
            Event::HardBreak => self.break_line(),
            Event::Rule => {
                self.open();
                let (y, color) = (self.y + 2.0, self.theme.node_stroke);
                let points = vec![Point::new(0.0, y), Point::new(self.width, y)];
                self.forms.push(Form::Line { points, radius: 0.0, stroke: Stroke::solid(1.0, color) });
                self.y += 4.0;
                self.gap = true;
            }
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.open();
                self.bold += 1;
                self.size = match level {
                    HeadingLevel::H1 => 16.0,
                    HeadingLevel::H2 => 14.0,
                    HeadingLevel::H3 | HeadingLevel::H4 | HeadingLevel::H5 | HeadingLevel::H6 => SIZE,
                };
            }
            Tag::List(first) => {
                self.open();
                self.lists.push(*first);
            }
            Tag::Item => self.item(),
            Tag::CodeBlock(_) => {
                self.open();
                self.code = true;
            }
            Tag::BlockQuote(_) => {
                self.open();
                self.indent += INDENT;
            }
            Tag::Strong => self.bold += 1,
            Tag::Emphasis => self.emphasized += 1,
            Tag::Link { .. } | Tag::Image { .. } => self.links += 1,
            // The first words of an item stand beside its mark.
            Tag::Paragraph if !self.line.is_empty() => {}
            _ => self.open(),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                self.close();
                self.bold = self.bold.saturating_sub(1);
                self.size = SIZE;
            }
            TagEnd::List(_) => {
                self.break_line();
                self.lists.pop();
                self.gap = self.lists.is_empty();
            }
            TagEnd::Item => {
                self.break_line();
                self.indent = (self.indent - INDENT).max(0.0);
                self.gap = false;
            }
            TagEnd::CodeBlock => {
                self.close();
                self.code = false;
            }
            TagEnd::BlockQuote(_) => {
                self.close();
                self.indent = (self.indent - INDENT).max(0.0);
            }
            TagEnd::Strong => self.bold = self.bold.saturating_sub(1),
            TagEnd::Emphasis => self.emphasized = self.emphasized.saturating_sub(1),
            TagEnd::Link | TagEnd::Image => self.links = self.links.saturating_sub(1),
            _ => self.close(),
        }
    }

    fn open(&mut self) {
        self.break_line();
        if std::mem::take(&mut self.gap) {
            self.y += GAP;
        }
    }

    fn close(&mut self) {
        self.break_line();
        self.gap = true;
    }

    fn item(&mut self) {
        self.open();
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                let mark = format!("{number}.");
                *number = number.saturating_add(1);
                mark
            }
            Some(None) | None => "•".to_owned(),
        };
        let look = Look { font: Font::Regular, size: self.size, color: self.theme.text_weak, underlined: false, code: false };
        let width = text::width(&mark, look.font, look.size);
        self.line.push(Run { words: mark, x: self.indent, width, look });
        self.indent += INDENT;
        self.x = self.indent.max(self.indent - INDENT + width + 4.0);
        self.blank = false;
    }

    fn text(&mut self, words: &str) {
        if self.code && words.contains('\n') {
            for line in words.lines() {
                self.pieces(line);
                self.break_line();
            }
            return;
        }
        if words.starts_with(char::is_whitespace) {
            self.blank = true;
        }
        for word in words.split_whitespace() {
            self.word(word);
            self.blank = true;
        }
        self.blank = words.ends_with(char::is_whitespace);
    }

    fn look(&self) -> Look {
        let theme = self.theme;
        let font = if self.code {
            Font::Mono
        } else if self.bold > 0 {
            Font::SemiBold
        } else {
            Font::Regular
        };
        let size = if self.code { self.size * 0.95 } else { self.size };
        let color = if self.links > 0 { theme.accent } else { theme.text };
        // There is no slanted font: emphasis is underlined, as on a typewriter.
        Look { font, size, color, underlined: self.emphasized > 0, code: self.code }
    }

    /// Sets a word, on the next line when it does not fit on this one.
    fn word(&mut self, word: &str) {
        let look = self.look();
        let width = text::width(word, look.font, look.size);
        let blank = if self.blank && self.x > self.indent { text::width(" ", look.font, look.size) } else { 0.0 };
        if self.x + blank + width > self.width && self.x > self.indent {
            self.break_line();
        } else if blank > 0.0 {
            self.set(" ", blank, look);
        }
        if width <= self.width - self.indent {
            self.set(word, width, look);
        } else {
            self.pieces(word);
        }
    }

    /// Sets text character by character, for words wider than a line, scripts without blanks, and code.
    fn pieces(&mut self, text: &str) {
        let look = self.look();
        for c in text.chars().map(|c| if c.is_control() { ' ' } else { c }) {
            let mut buffer = [0; 4];
            let piece: &str = c.encode_utf8(&mut buffer);
            let width = text::width(piece, look.font, look.size);
            if self.x + width > self.width && self.x > self.indent {
                self.break_line();
            }
            if self.lines >= LINES_MAX {
                return;
            }
            self.set(piece, width, look);
        }
    }

    fn set(&mut self, words: &str, width: f64, look: Look) {
        match self.line.last_mut() {
            Some(run) if run.look == look && (run.x + run.width - self.x).abs() < 1e-6 => {
                run.words.push_str(words);
                run.width += width;
            }
            Some(_) | None => self.line.push(Run { words: words.to_owned(), x: self.x, width, look }),
        }
        self.x += width;
    }

    /// Ends a line, if there is something on it.
    fn break_line(&mut self) {
        self.x = self.indent;
        self.blank = false;
        if self.line.is_empty() {
            return;
        }
        let runs = std::mem::take(&mut self.line);
        if self.lines < LINES_MAX {
            let height = runs.iter().map(|run| run.look.size).fold(0.0, f64::max) * LEADING;
            let middle = self.y + height / 2.0;
            for run in runs.into_iter().filter(|run| !run.words.trim().is_empty()) {
                self.draw(run, middle);
            }
            self.y += height;
        }
        self.lines += 1;
    }

    fn draw(&mut self, run: Run, middle: f64) {
        let Run { words, x, width, look } = run;
        // Pictures drop blanks at the beginning of a text.
        let kept = words.trim_start();
        let blank = text::width(&words[..words.len() - kept.len()], look.font, look.size);
        let (words, x, width) = (kept.trim_end().to_owned(), x + blank, width - blank);
        if look.code {
            let rect = Rect::new(x - 2.0, middle - look.size * 0.66, width + 4.0, look.size * 1.32);
            let fill = self.theme.text_weak.over(self.theme.canvas, 0.16);
            self.forms.push(Form::Rect { rect, radius: 2.5, fill, stroke: None });
        }
        if look.underlined {
            let y = middle + look.size * 0.52;
            let points = vec![Point::new(x, y), Point::new(x + width, y)];
            self.forms.push(Form::Line { points, radius: 0.0, stroke: Stroke::solid(0.8, look.color) });
        }
        let at = Point::new(x, middle);
        self.forms.push(Form::Text(Text { words, at, anchor: Anchor::Start, size: look.size, font: look.font, color: look.color }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(source: &str, width: f64) -> Vec<(String, f64, Font)> {
        let layout = layout(source, width, &SceneTheme::dark());
        let texts = layout.forms.into_iter().filter_map(|form| match form {
            Form::Text(text) => Some((text.words, text.at.x, text.font)),
            Form::Rect { .. } | Form::Circle { .. } | Form::Line { .. } | Form::Polygon { .. } | Form::Icon { .. } => None,
        });
        texts.collect()
    }

    #[test]
    fn words_flow_and_keep_their_looks() {
        let found = lines("# Title\nPlain **bold** and `code`", 400.0);
        let words: Vec<_> = found.iter().map(|(words, _, font)| (words.trim(), *font)).collect();
        assert_eq!(
            words,
            [("Title", Font::SemiBold), ("Plain", Font::Regular), ("bold", Font::SemiBold), ("and", Font::Regular), ("code", Font::Mono)]
        );
        assert!(lines("one two three four five six", 60.0).len() > 2, "lines break");
        assert!(lines("注文が来たらキューに入れる", 60.0).len() > 1, "scripts without blanks break");
    }

    #[test]
    fn items_stand_in_and_links_are_text() {
        let found = lines("1. first\n2. second\n\n- [docs](https://example.org)", 400.0);
        let words: Vec<_> = found.iter().map(|(words, x, _)| (words.as_str(), *x > 0.0)).collect();
        assert_eq!(words, [("1.", false), ("first", true), ("2.", false), ("second", true), ("•", false), ("docs", true)]);
    }

    #[test]
    fn a_line_is_never_wider_than_its_room() {
        for source in [
            "Wwwwwwwwwwwwwwwwwwwwwwwwwwwwwww and more",
            "```\nlet a_very_long_line = of_code(with, arguments);\n```",
            "- a\n  - b\n    - c c c c c c c c c",
        ] {
            for (words, x, font) in lines(source, 90.0) {
                assert!(x + text::width(words.trim_end(), font, SIZE * 0.95) <= 91.0, "{words} at {x}");
            }
        }
    }
}

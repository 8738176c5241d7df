//! Aligned columns of text.

/// Widest line that is printed, in characters.
pub const WIDTH_MAX: usize = 100;

/// Narrowest that a shortened column becomes.
const COLUMN_MIN: usize = 10;

/// Characters that a column gives up at a time.
const STEP: usize = 8;

/// Blanks between two columns.
const GAP: &str = "  ";

/// To which side a column leans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// Rows under headings.
#[derive(Clone, Debug)]
pub struct Table {
    columns: Vec<(String, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these headings.
    pub fn new(columns: &[(&str, Align)]) -> Self {
        Self { columns: columns.iter().map(|(title, align)| ((*title).to_owned(), *align)).collect(), rows: Vec::new() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let mut cells: Vec<String> = cells.into_iter().map(|cell| cell.replace(['\n', '\t', '\r'], " ")).collect();
        cells.resize(self.columns.len(), String::new());
        self.rows.push(cells);
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Headings, each with the side that its cells lean to.
    pub fn columns(&self) -> &[(String, Align)] {
        &self.columns
    }

    /// The cells.
    pub fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }

    /// The text, each line indented by two; the last column wraps, so that no line is wider than [`WIDTH_MAX`] unless
    /// the other columns alone are.
    pub fn print(&self) -> String {
        let mut widths: Vec<usize> = self.columns.iter().map(|(title, _)| width(title)).collect();
        for row in &self.rows {
            for (index, cell) in row.iter().enumerate() {
                widths[index] = widths[index].max(width(cell));
            }
        }
        self.narrow(&mut widths);
        let mut text = String::new();
        let titles: Vec<String> = self.columns.iter().map(|(title, _)| title.clone()).collect();
        self.line(&mut text, &titles, &widths);
        for row in &self.rows {
            self.line(&mut text, row, &widths);
        }
        text
    }

    /// Takes from the widest left-aligned columns what is too much. Words of the first one, which names the row, stay
    /// whole.
    fn narrow(&self, widths: &mut [usize]) {
        let names = self.rows.iter().filter_map(|row| row.first()).flat_map(|cell| cell.split(' ')).map(width).max().unwrap_or(0);
        let least = |index: usize| if index == 0 { names.max(COLUMN_MIN) } else { COLUMN_MIN };
        loop {
            let total: usize = 2 + widths.iter().sum::<usize>() + GAP.len() * widths.len().saturating_sub(1);
            let Some(excess) = total.checked_sub(WIDTH_MAX).filter(|excess| *excess > 0) else { return };
            let narrowable = (0..widths.len()).filter(|index| self.columns[*index].1 == Align::Left && widths[*index] > least(*index));
            let Some(widest) = narrowable.max_by_key(|index| widths[*index]) else { return };
            widths[widest] -= excess.min(widths[widest] - least(widest)).min(STEP);
        }
    }

    fn line(&self, text: &mut String, cells: &[String], widths: &[usize]) {
        let wrapped: Vec<Vec<String>> = cells.iter().zip(widths).map(|(cell, width)| wrap(cell, *width)).collect();
        let height = wrapped.iter().map(Vec::len).max().unwrap_or(0);
        for level in 0..height {
            let mut line = String::from("  ");
            for (index, column) in wrapped.iter().enumerate() {
                let cell = column.get(level).map_or("", String::as_str);
                let blanks = " ".repeat(widths[index].saturating_sub(width(cell)));
                if index > 0 {
                    line.push_str(GAP);
                }
                match self.columns[index].1 {
                    Align::Left => line.extend([cell, &blanks]),
                    Align::Right => line.extend([&blanks, cell]),
                }
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
}

/// Characters that a text takes on a terminal; wide scripts take two.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(|c| if matches!(u32::from(c), 0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFE30..=0xFE6F | 0xFF00..=0xFF60 | 0x1F300..=0x1FAFF) { 2 } else { 1 }).sum()
}

/// Breaks a text into lines of at most `most` characters, at blanks where there are some.
pub(crate) fn wrap(text: &str, most: usize) -> Vec<String> {
    let most = most.max(1);
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut word = word.to_owned();
        let line = lines.last_mut().expect("there is always a line");
        if !line.is_empty() && width(line) + 1 + width(&word) <= most {
            line.push(' ');
            line.push_str(&word);
            continue;
        }
        if !line.is_empty() {
            lines.push(String::new());
        }
        while width(&word) > most {
            let cut = word.char_indices().nth(most).map_or(word.len(), |(at, _)| at).max(1);
            let rest = word.split_off(cut);
            *lines.last_mut().expect("there is always a line") = word;
            lines.push(String::new());
            word = rest;
        }
        lines.last_mut().expect("there is always a line").push_str(&word);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_and_long_text_wraps() {
        let mut table = Table::new(&[("Name", Align::Left), ("Count", Align::Right), ("Note", Align::Left)]);
        table.row(["a".to_owned(), "5".to_owned(), "short".to_owned()]);
        table.row(["longer".to_owned(), "12,345".to_owned(), "many words ".repeat(20)]);
        let text = table.print();
        assert!(text.starts_with("  Name     Count  Note\n  a            5  short\n"), "{text}");
        assert!(text.lines().all(|line| width(line) <= WIDTH_MAX), "{text}");
    }

    #[test]
    fn wide_and_endless_words_end() {
        assert_eq!(wrap("abcdef", 4), ["abcd", "ef"]);
        assert!(!wrap("注文注文", 3).is_empty());
    }
}

//! Color where it helps: on a terminal, unless the user wants none.

/// Whether text may carry color.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    color: bool,
}

impl Style {
    /// Without color.
    pub const PLAIN: Self = Self { color: false };

    /// Color on a terminal, unless `NO_COLOR` is set to something.
    pub fn of(is_terminal: bool) -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        Self { color: is_terminal && !unwanted && !dumb }
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// What is broken.
    pub fn bad(self, text: &str) -> String {
        self.paint("31", text)
    }

    /// What deserves a look.
    pub fn warn(self, text: &str) -> String {
        self.paint("33", text)
    }

    /// What holds.
    pub fn good(self, text: &str) -> String {
        self.paint("32", text)
    }

    /// Headings.
    pub fn strong(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// What can be skipped.
    pub fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_color_without_a_terminal() {
        assert_eq!(Style::of(false).bad("x"), "x");
        assert_eq!(Style { color: true }.bad("x"), "\u{1b}[31mx\u{1b}[0m");
    }
}

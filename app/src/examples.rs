//! The examples that come with the product, inside of the binary.

/// A diagram that teaches something.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// Name on the command line and of its folder.
    pub name: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// What it teaches, in a sentence.
    pub summary: &'static str,
    /// The document.
    pub document: &'static str,
    /// What to see, and a number to check.
    pub readme: &'static str,
    /// Recordings that the document names, and their text.
    pub traces: &'static [(&'static str, &'static str)],
}

macro_rules! example {
    ($name:literal, $title:literal, $summary:literal, [$($trace:literal),*]) => {
        Example {
            name: $name,
            title: $title,
            summary: $summary,
            document: include_str!(concat!("../../examples/", $name, "/", $name, ".plimsoll.json")),
            readme: include_str!(concat!("../../examples/", $name, "/README.md")),
            traces: &[$(($trace, include_str!(concat!("../../examples/", $name, "/", $trace)))),*],
        }
    };
}

/// Every example, in the order of the gallery.
pub const EXAMPLES: &[Example] = &[example!(
    "mm1",
    "One server, one queue",
    "The textbook queue: at 90 % use the mean stay is ten service times, and the run agrees with the formula.",
    []
)];

/// The example with this name.
pub fn find(name: &str) -> Option<&'static Example> {
    EXAMPLES.iter().find(|example| example.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_models::{Catalog, diagnostic::has_errors, formats::native, validate};

    #[test]
    fn every_example_opens_without_errors_and_is_canonical() {
        for example in EXAMPLES {
            let opened = native::read(example.document).unwrap_or_else(|error| panic!("{}: {error}", example.name));
            assert!(opened.diagnostics.is_empty(), "{}: {:?}", example.name, opened.diagnostics);
            let found = validate::check(&opened.diagram, Catalog::embedded());
            assert!(!has_errors(&found), "{}: {found:#?}", example.name);
            assert_eq!(native::write(&opened.diagram), example.document, "{} is not as the program writes it", example.name);
            assert!(!example.readme.is_empty() && !example.summary.is_empty(), "{}", example.name);
        }
    }
}

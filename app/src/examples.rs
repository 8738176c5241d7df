//! The examples that come with the product, inside of the binary.

/// What an example is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Limits of services and of what they depend on.
    Limits,
    /// Lines and who waits in them.
    Queues,
    /// Capacity that follows the load.
    Scaling,
    /// What breaks, and what comes back.
    Failures,
}

impl Topic {
    /// All, in the order of the gallery.
    pub const ALL: [Self; 4] = [Self::Limits, Self::Queues, Self::Scaling, Self::Failures];

    /// What the gallery calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Limits => "Limits",
            Self::Queues => "Queues",
            Self::Scaling => "Scaling",
            Self::Failures => "Failures",
        }
    }
}

/// A diagram that teaches something.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// Name on the command line and of its folder.
    pub name: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// What it is about.
    pub topic: Topic,
    /// What it teaches, in a sentence.
    pub summary: &'static str,
    /// The document.
    pub document: &'static str,
    /// What to see, and a number to check; empty where the document says it.
    pub readme: &'static str,
    /// Recordings that the document names, and their text.
    pub traces: &'static [(&'static str, &'static str)],
}

macro_rules! example {
    ($name:literal, $title:literal, $topic:ident, $summary:literal, $readme:expr, [$($trace:literal),*]) => {
        Example {
            name: $name,
            title: $title,
            topic: Topic::$topic,
            summary: $summary,
            document: include_str!(concat!("../../examples/", $name, "/", $name, ".plimsoll.json")),
            readme: $readme,
            traces: &[$(($trace, include_str!(concat!("../../examples/", $name, "/", $trace)))),*],
        }
    };
}

/// Every example, in the order of the gallery.
pub const EXAMPLES: &[Example] = &[
    example!(
        "checkout",
        "Checkout",
        Limits,
        "A queue, a worker and a payment provider with a rate limit. Raise the load and see which limit gives first.",
        "",
        []
    ),
    example!(
        "burst-leveling",
        "A queue levels a burst",
        Queues,
        "The same burst hits a rate-limited provider twice: directly, and through a queue that drains it.",
        "",
        []
    ),
    example!(
        "ride-stream",
        "One stream, four consumers",
        Limits,
        "Four functions read the same stream, each at its own pace: one is slow, and its age rises alone.",
        "",
        []
    ),
    example!(
        "lambda-ramp",
        "Lambda scales by 1,000 every 10 seconds",
        Scaling,
        "A step of thousands of requests per second against the scaling rate of one function.",
        "",
        []
    ),
    example!(
        "trace-replay",
        "A World Cup match day",
        Scaling,
        "The recorded load of a 1998 match, minute by minute, on an HTTP API, a function and a table of today.",
        "",
        ["worldcup98-0630-per-minute.csv"]
    ),
    example!(
        "retry-storm",
        "An outage that never ends",
        Failures,
        "Thirty seconds without a server, and clients that try ten times keep it down; a retry budget lets it come back.",
        "",
        []
    ),
    example!(
        "mm1",
        "One server, one line",
        Queues,
        "The textbook queue: at 90 % use the mean stay is ten service times, and the run agrees with the formula.",
        include_str!("../../examples/mm1/README.md"),
        []
    ),
];

/// The example with this name.
pub fn find(name: &str) -> Option<&'static Example> {
    EXAMPLES.iter().find(|example| example.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_models::{Catalog, diagnostic::has_errors, formats::native, validate};

    #[test]
    fn every_example_opens_without_errors() {
        for example in EXAMPLES {
            let opened = native::read(example.document).unwrap_or_else(|error| panic!("{}: {error}", example.name));
            assert!(opened.diagnostics.is_empty(), "{}: {:?}", example.name, opened.diagnostics);
            let found = validate::check(&opened.diagram, Catalog::embedded());
            assert!(!has_errors(&found), "{}: {found:#?}", example.name);
            assert!(!example.title.is_empty() && !example.summary.is_empty(), "{}", example.name);
        }
    }
}

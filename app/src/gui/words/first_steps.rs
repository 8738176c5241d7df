//! The first minutes: empty canvas, tour, gallery.

pub use super::connect::ADD_NODE as EMPTY_ADD;
pub use super::dialogs::PURPOSE;

/// Title of an empty canvas.
pub const EMPTY_TITLE: &str = "Draw your architecture";
/// How to begin.
pub const EMPTY_DRAG: &str = "Drag a service from the palette, or double-click here. Begin with clients: they bring the load";
/// How to go on.
pub const EMPTY_CONNECT: &str = "Then drag from the border of a box to connect it";
/// Opens an example instead.
pub const EMPTY_EXAMPLE: &str = "Open an example";
/// Begins the tour.
pub const EMPTY_TOUR: &str = "Take the tour";

/// A key and what it does, on an empty canvas.
pub fn key(key: &str, text: &str) -> String {
    if key.is_empty() { text.to_owned() } else { format!("{text} ({key})") }
}

/// What the tour says: title and words of each step.
pub const TOUR: [(&str, &str); 4] = [
    ("Draw", "Drag clients from here to the canvas, then a queue or a function. A click adds one in the middle of the view."),
    (
        "Connect",
        "Drag from the border of one box to the next, in the direction in which events flow. Boxes that may be connected light up.",
    ),
    (
        "Run",
        "This simulates the scenario with real service limits, quotas and retries. It takes a moment, and nothing leaves your computer.",
    ),
    (
        "Read the answer",
        "Whether every objective holds, what gives first and why. Each tab has the evidence; each box wears the use of its tightest limit.",
    ),
];
/// The next step of the tour.
pub const TOUR_NEXT: &str = "Next";
/// The step before.
pub const TOUR_BACK: &str = "Back";
/// Ends the tour at its last step.
pub const TOUR_DONE: &str = "Done";
/// Ends the tour before.
pub const TOUR_LEAVE: &str = "Leave the tour";

/// Which step of the tour this is.
pub fn tour_step(step: usize) -> String {
    format!("{step} of {}", TOUR.len())
}

/// Offers the tour.
pub const OFFER: &str = "New here? A tour of four steps: draw, connect, run, read the answer.";
/// Takes the offer.
pub const OFFER_TAKE: &str = "Start the tour";
/// Refuses the offer.
pub const OFFER_REFUSE: &str = "No, thanks";

/// Begins an empty diagram.
pub const NEW: &str = "New diagram";
/// Opens a file.
pub const OPEN: &str = "Open…";
/// Heading of the latest files.
pub const RECENT: &str = "Recent";
/// Heading of the examples.
pub const EXAMPLES: &str = "Examples";
/// What examples are for.
pub const EXAMPLES_HELP: &str = "Each teaches something with numbers: open one and press Run.";
/// What the field of the gallery asks.
pub const SEARCH_HINT: &str = "Search examples…";
/// Name of the field of the gallery.
pub const SEARCH_FIELD: &str = "Search examples";
/// No example fits.
pub const NO_EXAMPLE: &str = "No example of this name. Try a service, such as SQS";
/// Every topic.
pub const ALL_TOPICS: &str = "All";

/// Opens an example.
pub fn open_example(title: &str) -> String {
    format!("Open example {title}")
}

/// Takes a file off the list.
pub fn forget(path: &std::path::Path) -> String {
    format!("Forget {}", path.display())
}

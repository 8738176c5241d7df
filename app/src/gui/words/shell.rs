//! The frame of the window: toolbar, palette, status bar, problems.

use super::plural;

/// There are changes that are in no file.
pub const EDITED: &str = "Edited";
/// The file is as the drawing.
pub const SAVED: &str = "Saved";
/// The crash journal cannot be written.
pub const NO_JOURNAL: &str = "a crash would lose this: save it";
/// There is no file.
pub const NO_FILE: &str = "Not in a file yet";
/// It is not known yet whether something is wrong.
pub const CHECKING: &str = "Checking…";
/// Nothing is wrong.
pub const NO_PROBLEMS: &str = "No problems";
/// Nothing is wrong, said in the list.
pub const NO_PROBLEMS_LIST: &str = "No problems: the diagram can be run.";
/// There are changes that are in no file, said at the title.
pub const NOT_SAVED: &str = "Not saved yet";
/// Name of the button that runs.
pub const RUN: &str = "Run";
/// Name of the button that runs, for screen readers.
pub const RUN_NAME: &str = "Run with F5";
/// Label of the load.
pub const LOAD: &str = "Load";
/// Name of the load's slider.
pub const LOAD_NAME: &str = "Load multiplier";
/// The slider of the same.
pub const LOAD_SLIDER_NAME: &str = "Load multiplier, slider";
/// What the load's slider does.
pub const LOAD_HELP: &str = "Load multiplier: scales every open load of the scenario";
/// There is one scenario alone.
pub const ONE_SCENARIO: &str = "Only the default one";
/// Name of the choice of a scenario.
pub const SCENARIO: &str = "Scenario";
/// Name of the palette's field.
pub const SEARCH_SERVICES: &str = "Search services";
/// No service fits.
pub const NO_SERVICE: &str = "No service of this name. Any HTTP service can be drawn as an external API.";
/// What a row of the palette is for.
pub const SERVICE_HELP: &str = "Drag it onto the drawing, or click to add it in the middle";
/// A result was pinned.
pub const PINNED: &str = "Pinned: later results are shown beside this one";
/// What the dotted line of a plot is.
pub const WARM_UP: &str = "dotted: end of the warm-up";

/// How many events a run has had.
pub fn events(count: &str) -> String {
    format!("{count} events")
}

/// How many nodes and connections are selected, or there are.
pub fn selected((nodes, edges): (usize, usize), (all_nodes, all_edges): (usize, usize)) -> String {
    match (nodes, edges) {
        (0, 0) => format!("{}, {}", plural(all_nodes, "node"), plural(all_edges, "connection")),
        (n, 0) => format!("{} selected", plural(n, "node")),
        (0, n) => format!("{} selected", plural(n, "connection")),
        (n, m) => format!("{} and {} selected", plural(n, "node"), plural(m, "connection")),
    }
}

/// Where a problem of this code is.
pub fn show_problem(code: &str) -> String {
    format!("{code} · show it on the drawing")
}

/// An event type with a problem.
pub fn event_type(id: &str) -> String {
    format!("Event type {id}")
}

/// A place in a file.
pub fn text_place(line: usize, column: usize) -> String {
    format!("Line {line}, column {column}")
}

/// Since when a fact is known.
pub fn as_of(date: &str) -> String {
    format!("as of {date}")
}

/// How many things the canvas shows.
pub fn canvas(nodes: usize, edges: usize) -> String {
    format!("Diagram with {nodes} components and {edges} connections")
}

/// Where the cursor of the plots stands.
pub fn at_time(time: &str) -> String {
    format!("at {time}")
}

/// What a plot shows.
pub fn plot_of(title: &str) -> String {
    format!("Plot of {title} over time")
}

/// A curve of it, with its least and greatest value.
pub fn curve(name: &str, least: &str, most: &str) -> String {
    format!("; {name}: {least} to {most}")
}

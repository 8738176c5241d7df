//! Panels: inspector, notes, steps, history, scenarios.

use plimsoll_models::units;

/// Names the plot of a scenario's load.
pub const LOAD: &str = "Load";
/// Names the rows of faults.
pub const FAULTS: &str = "Faults";
/// Button over the list of kinds.
pub const ADD_FAULT: &str = "Add fault";
/// What that button does.
pub const ADD_FAULT_HELP: &str = "Lets something go wrong at a node or an edge for a while";
/// There is no fault in the scenario.
pub const NO_FAULTS: &str = "Nothing goes wrong in this scenario: add a fault to see what it does";
/// No node or edge can have the kind.
pub const NO_TARGETS: &str = "Nothing here can have it";
/// A name is missing.
pub const NO_NAME: &str = "a name is needed";
/// The part of the run that statistics leave out.
pub const WARM_UP: &str = "Warm-up";
/// There is no producer.
pub const NO_PRODUCER: &str = "There is no producer yet: add clients, devices or a recorded trace";
/// Heading of a load's points.
pub const POINTS: &str = "Points";
/// Button that adds a point.
pub const ADD_POINT: &str = "Add point";
/// How to draw a load.
pub const DRAW_HINT: &str = "Drag the points; a double click adds one, Delete takes it away";
/// The load has no points.
pub const NOT_DRAWN: &str = "This load is made by a rule. The plot shows the rate to expect";
/// The rate of a recording is not known before it is read.
pub const RECORDED: &str = "The rate of a recording is in its file";
/// Button that turns a load into points.
pub const TURN_INTO_POINTS: &str = "Turn into points";
/// Says that the load cannot be read.
pub const UNREADABLE_LOAD: &str = "This load cannot be read";
/// Whose load is shown.
pub const PRODUCER: &str = "Producer";
/// How a load is spelled.
pub const SPELLING: &str = "Load as text";
/// Says what the spelling of a load is good for.
pub const SPELLING_HELP: &str = "The spelling of the file; the producer's own load when empty";
/// The load stays on each point's level.
pub const LEVELS: &str = "Levels";
/// See [`LEVELS`].
pub const LEVELS_HELP: &str = "Each point's rate holds until the next one";
/// The load goes straight from point to point.
pub const LINES: &str = "Lines";
/// See [`LINES`].
pub const LINES_HELP: &str = "The rate goes straight from point to point";
/// Title of a fault that cannot be read.
pub const UNREADABLE_FAULT: &str = "Unreadable fault";
/// Button that takes a fault away.
pub const REMOVE_FAULT: &str = "Remove fault";
/// Ends the look at a fault.
pub const SHOW_LOAD: &str = "Back to the load";
/// Field of a fault.
pub const KIND: &str = "Kind";
/// Field of a fault.
pub const STRIKES: &str = "Strikes";
/// Field of a fault.
pub const BEGINS: &str = "Begins";
/// Field of a fault.
pub const ENDS: &str = "Ends";
/// Field of a fault.
pub const LASTS: &str = "Lasts";
/// Button that begins a new name.
pub const RENAME_SCENARIO: &str = "Rename this scenario";
/// The text field of a scenario's name.
pub const SCENARIO_NAME: &str = "Scenario name";
/// Button that adds an empty scenario.
pub const NEW_SCENARIO: &str = "Add an empty scenario";
/// Button that copies a scenario.
pub const COPY_SCENARIO: &str = "Add a scenario like this one";
/// Button that removes a scenario.
pub const REMOVE_SCENARIO: &str = "Remove this scenario";
/// Button that makes a scenario the default.
pub const MAKE_DEFAULT: &str = "Make this the default scenario";
/// Link from the inspector to the timeline.
pub const ON_THE_TIMELINE: &str = "Edit on the timeline";

/// What a screen reader says about a point of a load.
pub fn point(index: usize, count: usize, at: f64, rate: f64) -> String {
    format!("Point {} of {count}: {} at {}", index + 1, units::print_rate(rate), units::print_duration(at))
}

/// Cells of the table of points.
pub fn point_time(index: usize) -> String {
    format!("Time of point {}", index + 1)
}

/// See [`point_time`].
pub fn point_rate(index: usize) -> String {
    format!("Rate of point {}", index + 1)
}

/// See [`point_time`].
pub fn remove_point(index: usize) -> String {
    format!("Remove point {}", index + 1)
}

/// How much load a scenario brings.
pub fn expectation(events: f64, peak: f64, multiplier: f64) -> String {
    let scaled = if (multiplier - 1.0).abs() < 1e-9 { String::new() } else { format!(", × {} included", units::print_number(multiplier)) };
    format!("About {} events, at most {}{scaled}", units::print_compact(events), units::print_rate(peak))
}

/// What a screen reader says about the plot.
pub fn load_plot(producer: &str, text: &str) -> String {
    format!("Load of {producer}: {text}")
}

/// The title of a scenario copy.
pub fn copy_of(title: &str) -> String {
    format!("{title} (copy)")
}

/// The title of a new scenario.
pub fn new_scenario(number: usize) -> String {
    format!("Scenario {number}")
}

/// A scenario in the list.
pub fn default_scenario(title: &str) -> String {
    format!("{title} (default)")
}

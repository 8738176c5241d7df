//! Panels: inspector, notes, steps, history, scenarios.

use plimsoll_models::units;

use crate::gui::format::plural;

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

/// Heading of a note.
pub const NOTE: &str = "Note";
/// Heading of all notes.
pub const NOTES: &str = "Notes and steps";
/// The text field of a note.
pub const NOTE_TEXT: &str = "Text of the note";
/// What a new note says.
pub const NEW_NOTE: &str = "New note";
/// What can be written in a note.
pub const MARKDOWN_HELP: &str = "Markdown: # heading, **bold**, *emphasis*, `code`, - list, 1. list, [link](…)";
/// Whom a note is about.
pub const ABOUT: &str = "About";
/// A note that is about no node and no edge.
pub const ABOUT_NOTHING: &str = "The drawing";
/// Whether a note is a step.
pub const NUMBERED: &str = "Numbered step";
/// See [`NUMBERED`].
pub const NUMBERED_HELP: &str = "Numbered notes make a walk through the drawing";
/// Moves a step.
pub const STEP_EARLIER: &str = "Earlier step";
/// Moves a step.
pub const STEP_LATER: &str = "Later step";
/// There are no notes.
pub const NO_NOTES: &str = "Notes explain the drawing; numbered ones lead through it";
/// There are no steps.
pub const NO_STEPS: &str = "No note is a numbered step yet";
/// Shows a note on the drawing.
pub const SHOW_NOTE: &str = "Show it on the drawing";
/// All notes were hidden.
pub const NOTES_HIDDEN: &str = "Notes are hidden";
/// All notes are shown.
pub const NOTES_SHOWN: &str = "Notes are shown";
/// A step of the history.
pub const ADD_NOTE: &str = "Add note";
/// A step of the history.
pub const MOVE_NOTE: &str = "Move note";
/// A step of the history.
pub const WIDEN_NOTE: &str = "Resize note";
/// A step of the history.
pub const TIE_NOTE: &str = "Tie note";
/// Button that deletes a note.
pub const DELETE_NOTE: &str = "Delete note";
/// Values differ among what is selected.
pub const MIXED: &str = "Mixed";
/// Nothing can be set for all that is selected.
pub const NOTHING_COMMON: &str = "These have no settings in common";
/// Name of the field of several edges.
pub const CONNECTION_KIND: &str = "Kind";
/// Nothing was copied whose settings could be pasted.
pub const NO_STYLE: &str = "Copy the settings of a node first";
/// Nothing that is selected can take the settings.
pub const STYLE_FITS_NOTHING: &str = "None of the selected nodes has these settings";

/// How many nodes took copied settings.
pub fn style_pasted(settings: usize, nodes: usize) -> String {
    format!("Applied {} to {}", plural(settings, "setting"), plural(nodes, "node"))
}

/// Whose settings were copied.
pub fn style_copied(title: &str, settings: usize) -> String {
    format!("Copied {} of {title}", plural(settings, "setting"))
}

/// Where a note stands in the walk.
pub fn step_of(place: usize, count: usize) -> String {
    format!("{place} of {count}")
}

/// A note in a list: its number and its first words.
pub fn note_title(step: Option<u32>, text: &str) -> String {
    let first = text.lines().map(|line| line.trim_matches(['#', '*', '-', ' ', '`'])).find(|line| !line.is_empty()).unwrap_or(NOTE);
    match step {
        Some(step) => format!("{step}. {first}"),
        None => first.to_owned(),
    }
}

/// What a screen reader says about a note.
pub fn note_sentence(step: Option<u32>, text: &str) -> String {
    match step {
        Some(step) => format!("Note, step {step}: {text}"),
        None => format!("Note: {text}"),
    }
}

/// A copy of what is selected, in the history.
pub const DUPLICATE: &str = "Duplicate";
/// What was copied is added, in the history.
pub const PASTE: &str = "Paste";

/// The drawing was copied as a picture.
pub const COPIED_PICTURE: &str = "Copied as a picture";

/// What was copied.
pub fn copied(nodes: usize, notes: usize) -> String {
    match (nodes, notes) {
        (nodes, 0) => format!("Copied {}", plural(nodes, "node")),
        (0, notes) => format!("Copied {}", plural(notes, "note")),
        (nodes, notes) => format!("Copied {} and {}", plural(nodes, "node"), plural(notes, "note")),
    }
}

/// What a text on the clipboard is that is no part of a diagram.
pub fn foreign_text(text: &str) -> String {
    let start = text.trim_start();
    let begins = |heads: &[&str]| heads.iter().any(|head| start.starts_with(head));
    let what = if start.is_empty() {
        return "The clipboard holds no text".to_owned();
    } else if begins(&["<mxfile", "<mxGraphModel"]) {
        "a draw.io drawing"
    } else if start.contains("\"excalidraw") {
        "an Excalidraw drawing"
    } else if start.contains("AWSTemplateFormatVersion") || start.contains("AWS::Serverless") {
        "a CloudFormation template"
    } else if begins(&["flowchart ", "graph ", "sequenceDiagram", "architecture-beta"]) {
        "a Mermaid diagram"
    } else if begins(&["digraph", "strict digraph"]) {
        "a Graphviz graph"
    } else if begins(&["http://", "https://"]) && !start.contains(char::is_whitespace) {
        "a link"
    } else if begins(&["{", "["]) {
        "JSON that is no diagram"
    } else {
        "plain text"
    };
    format!("The clipboard holds {what}, no part of a diagram")
}

/// The journeys of one class of keys.
pub fn key_class(key: Option<&str>, share: f64) -> String {
    match key {
        Some(key) => format!("   hottest key {key}, {}", units::print_fraction(share)),
        None => format!("   other keys, {}", units::print_fraction(share)),
    }
}

/// There are no event types.
pub const NO_EVENT_TYPES: &str = "None yet: events are plain. Add types to give them sizes and keys, and to filter by them";
/// A filter names a type that nobody emits.
pub const NEVER_EMITTED: &str = "Waited for, but nothing emits it";
/// A type is emitted and nobody takes it.
pub const NEVER_TAKEN: &str = "Emitted, but nothing takes it";
/// A type that nothing names.
pub const UNUSED_TYPE: &str = "Nothing emits it";
/// Adds a type that is named and does not exist.
pub const DEFINE: &str = "Define";
/// Removes a type that is in use.
pub const REMOVE_ANYWAY: &str = "Remove anyway";
/// Keeps a type.
pub const KEEP: &str = "Keep";
/// The text field of a type's name.
pub const TYPE_NAME: &str = "Name of the event type";
/// Two types cannot have one name.
pub const TYPE_TAKEN: &str = "There is a type of this name already";
/// Not every text is a name.
pub const TYPE_INVALID: &str = "Letters, digits, - and _ only";

/// Who emits an event type.
pub fn emitted_by(names: &str) -> String {
    format!("Emitted by {names}")
}

/// Who takes an event type.
pub fn taken_by(names: &str) -> String {
    format!("Taken by {names}")
}

/// A type that is named somewhere only.
pub fn undefined_type(name: &str) -> String {
    format!("{name} is not defined")
}

/// Button that begins a new name.
pub fn rename(name: &str) -> String {
    format!("Rename {name}")
}

/// Button that selects what a type passes.
pub fn show_path(name: &str) -> String {
    format!("Show the path of {name}")
}

/// What speaks against removing a type.
pub fn type_in_use(emitters: usize, filters: usize) -> String {
    let parts = [(emitters, "emitter"), (filters, "filter")];
    let parts: Vec<String> = parts.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| plural(count, word)).collect();
    format!("{} would name a type that does not exist", parts.join(" and "))
}

/// A step of the history: another name for an event type.
pub const RENAME_TYPE: &str = "Rename event type";
/// A step of the history: another kind for several connections.
pub const CHANGE_CONNECTIONS: &str = "Change connections";
/// A step of the history: settings given to other nodes.
pub const PASTE_SETTINGS: &str = "Paste settings";
/// A step of the history: notes numbered anew.
pub const NUMBER_NOTES: &str = "Number notes";

/// A figure that is not known here.
pub const NONE: &str = "–";

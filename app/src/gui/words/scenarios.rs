//! The scenario panel: its faults, its loads and the list of scenarios.

pub use super::panels::{ADD_FAULT, REMOVE_FAULT};
use plimsoll_models::fault::FaultKind;

/// Name of the choice of the scenario that is edited.
pub const SCENARIO_TO_EDIT: &str = "Scenario to edit";
/// A step of the history: another scenario becomes the default.
pub const MAKE_DEFAULT_SCENARIO: &str = "Make default scenario";
/// A step of the history: a fault is changed.
pub const EDIT_FAULT: &str = "Edit fault";
/// What the beginning and the end of a fault are.
pub const TIME_HELP: &str = "A time of the run";
/// What the length of a fault is.
pub const LENGTH_HELP: &str = "Time from its beginning to its end";
/// Part of a fault, how long an attempt hangs: name and meaning.
pub const HANG: (&str, &str) = ("Hangs for", "How long an attempt hangs before it fails");
/// Part of a fault, the time it adds: name and meaning.
pub const ADDED_TIME: (&str, &str) = ("Added time", "A time or a law, such as exponential(2 s)");
/// Part of a fault, the limit it tightens: name and meaning.
pub const LIMIT: (&str, &str) = ("Limit", "Which limit is multiplied");
/// Part of a fault, what it multiplies by: name and meaning.
pub const FACTOR: (&str, &str) = ("Factor", "What it is multiplied by");
/// Part of a fault, how much it strikes: name and meaning.
pub const SHARE: (&str, &str) = ("Share", "How much of it is struck");
/// Part of a fault, the capacity it takes: name and meaning.
pub const LOST: (&str, &str) = ("Lost", "Which share takes no new work");
/// Part of a fault, the size of a batch: name and meaning.
pub const MESSAGES: (&str, &str) = ("Messages", "How many make a full batch");
/// Spellings of an added time to choose from.
pub const ADDED_TIME_EXAMPLES: [&str; 3] = ["200 ms", "exponential(2 s)", "lognormal(p50=200 ms, p99=2 s)"];

/// The name of a kind of fault.
pub fn fault_kind(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::Outage => "Outage",
        FaultKind::Latency => "Latency",
        FaultKind::Errors => "Errors",
        FaultKind::Throttle => "Throttle",
        FaultKind::Capacity => "Lost capacity",
        FaultKind::Poison => "Poison events",
        FaultKind::Slow => "Slow",
        FaultKind::Duplicates => "Duplicates",
        FaultKind::Deploy => "Deployment",
        FaultKind::Surge => "Load surge",
        FaultKind::Batch => "Batch size",
    }
}

/// What a fault's target is called in the file.
pub fn target_id(id: &str) -> String {
    format!("id {id}")
}

/// What a screen reader says about a fault.
pub fn fault_sentence(fault: &str) -> String {
    format!("Fault: {fault}")
}

//! The inspector: a node, an edge, the diagram, a scenario, the account, and the rows of their settings.
//!
//! Examples of values are spelled as in a file, in the one language of the format.

pub use super::arrange::{LOAD_LINE, STALE};
use plimsoll_models::catalog::QuotaKind;

/// The name of a node or an edge, for screen readers.
pub const NAME: &str = "Name";
/// What the name of a node is.
pub const NAME_HELP: &str = "Name on the drawing";
/// An edge has no label yet.
pub const LABEL_HINT: &str = "Label on the drawing";
/// What kind of edge or group it is.
pub const KIND: &str = "Kind";
/// Adds what was typed to a list.
pub const ADD: &str = "Add";
/// Fields that the catalog puts into no group.
pub const SETTINGS: &str = "Settings";

/// The id of a node, an edge or a group.
pub fn id(id: &str) -> String {
    format!("id {id}")
}

/// Button that takes something out of a list.
pub fn remove(title: &str) -> String {
    format!("Remove {title}")
}

// Rows of settings.

/// A switch is on.
pub const ON: &str = "On";
/// A switch is off.
pub const OFF: &str = "Off";

/// Button that goes back to the default.
pub fn reset(title: &str) -> String {
    format!("Reset {title}")
}

/// Button over a list of examples.
pub fn examples_for(title: &str) -> String {
    format!("Examples for {title}")
}

/// The choice that counts when nothing is set.
pub fn default_choice(word: &str) -> String {
    format!("{word}  (default)")
}

/// A setting that comes with another one.
pub const FROM_PRESET: &str = "Comes with the chosen preset";
/// A setting has no default.
pub const NOT_SET: &str = "not set";
/// A default of ours.
pub const OWN_DEFAULT: &str = "A default of Plimsoll, without a provider's document behind it";
/// Where a default comes from: a quota.
pub const QUOTA: &str = "Quota";
/// The value of a quota.
pub const VALUE: &str = "Value";
/// What shares a quota.
pub const SCOPE: &str = "Scope";
/// Where a default comes from: a latency.
pub const LATENCY: &str = "Latency";
/// The law of a latency.
pub const LAW: &str = "Law";
/// Distributions to choose from.
pub const DISTRIBUTIONS: [&str; 10] = [
    "20 ms",
    "exponential(200 ms)",
    "uniform(10 ms, 50 ms)",
    "triangular(10 ms, 20 ms, 90 ms)",
    "shifted(20 ms, exponential(80 ms))",
    "normal(mean=80 ms, sd=20 ms)",
    "lognormal(p50=40 ms, p99=250 ms)",
    "erlang(k=4, mean=200 ms)",
    "pareto(alpha=2.5, min=20 ms)",
    "values(95: 20 ms, 5: 2 s)",
];
/// Pauses between attempts to choose from.
pub const BACKOFFS: [&str; 4] = [
    "exponential(base=100 ms, factor=2, cap=20 s, jitter=full)",
    "decorrelated(base=100 ms, cap=20 s)",
    "schedule(60 s, 120 s)",
    "random(exponential(2 s))",
];
/// Filters to choose from.
pub const FILTERS: [&str; 3] = ["all", "40 %", "2 of 5"];

/// What shares a quota, as people say it.
pub fn scope(scope: &str) -> String {
    match scope {
        "account-region" => "shared by the account in the region".to_owned(),
        "account" => "shared by the account".to_owned(),
        other => format!("per {}", other.replace('-', " ")),
    }
}

// Quotas and the account.

/// Heading of the quotas of a node.
pub const QUOTAS: &str = "Quotas";
/// The region of the account.
pub const REGION: &str = "Region";
/// What the region is good for.
pub const REGION_HELP: &str = "Quotas and their values depend on the region.";
/// Quotas that were raised: heading and meaning.
pub const APPLIED_QUOTAS: (&str, &str) = ("Applied quotas", "What the provider granted this account");
/// What others use of a quota: heading and meaning.
pub const OUTSIDE_USE: (&str, &str) = ("Used from outside", "What other systems of the account already use of a shared quota");
/// No quota is shared.
pub const NO_SHARED_QUOTA: &str = "No service on the drawing shares a quota.";

/// Whether a quota can be raised.
pub fn quota_kind(kind: QuotaKind) -> &'static str {
    match kind {
        QuotaKind::Hard => "Fixed by the provider; another value here is a what-if",
        QuotaKind::Soft => "Can be raised on request",
        QuotaKind::Configurable => "A setting",
    }
}

// A node.

/// What the id of a node is good for.
pub const ID_HELP: &str = "The id never changes; files and the command line use it";
/// Heading of the note of a node.
pub const NODE_NOTE: &str = "Note";
/// What can be written there.
pub const NODE_NOTE_HELP: &str = "A remark in Markdown, saved with the node";
/// The node has no limit.
pub const NO_LIMIT: &str = "No limit that the run could hit";
/// A limit refused something.
pub const REFUSED: &str = "refused";
/// A limit delayed something.
pub const DELAYED: &str = "delayed";
/// Heading of what was counted.
pub const MEASURED: &str = "Measured";
/// How a figure came about.
pub const MEASURED_HELP: &str = "Counted in the run, under the name of the provider's dashboard";
/// Where a figure comes from.
pub const SIMULATED: &str = "Simulated";

/// The catalog lacks the service of a node.
pub fn unknown_service(service: &str) -> String {
    format!("The catalog has no service `{service}`; the node is kept as it is.")
}

// An edge.

/// Over the page of an edge.
pub const CONNECTION: &str = "Connection";
/// Heading of what an edge measured.
pub const LATEST_RUN: &str = "In the latest run";
/// The latencies of an edge.
pub const LATENCY_P50_P99: &str = "Latency p50 · p99";

/// The kind of an edge does not fit its ends.
pub fn kind_without_meaning(kind: &str) -> String {
    format!("A {kind} connection between these two has no meaning; choose another kind or reconnect it.")
}

// The diagram.

/// The page of the scenario.
pub const SCENARIO: &str = "Scenario";
/// The page of the diagram.
pub const DIAGRAM: &str = "Diagram";
/// The page of the account.
pub const ACCOUNT: &str = "Account";
/// The title of the diagram.
pub const TITLE: &str = "Title";
/// The diagram has no title yet.
pub const UNTITLED: &str = "Untitled";
/// Heading of what is in the diagram.
pub const CONTENTS: &str = "Contents";
/// What is in the diagram: nodes, edges, groups, notes, event types, scenarios.
pub const COUNTED: [&str; 6] = ["Nodes", "Connections", "Groups", "Notes", "Event types", "Scenarios"];
/// Heading of the event types.
pub const EVENT_TYPES: &str = "Event types";

// Event types.

/// Size of an event type: name and meaning.
pub const SIZE: (&str, &str) = ("Size", "Bytes of one event");
/// Key of an event type: name and meaning.
pub const KEY: (&str, &str) = ("Key", "Law of the partition or group key");
/// Description of an event type: name and meaning.
pub const DESCRIPTION: (&str, &str) = ("Description", "What it says");
/// Laws of keys to choose from.
pub const KEY_LAWS: [&str; 4] = ["unique", "uniform(1000)", "zipf(1000, 1.1)", "weights(tenants.csv)"];
/// The field for another event type.
pub const NEW_EVENT_TYPE: &str = "New event type";
/// An event type as people name them.
pub const EVENT_TYPE_HINT: &str = "OrderPlaced";

// A scenario.

/// Heading of how a run goes.
pub const RUN: &str = "Run";
/// Heading of what must hold.
pub const OBJECTIVES: &str = "Objectives";
/// What an objective is.
pub const OBJECTIVE_HELP: &str = "What must hold, such as `response p99 of clients <= 800 ms`";
/// There are no objectives.
pub const NO_OBJECTIVES: &str = "Nothing is asked of this scenario, so no run can tell whether it holds.";
/// Button over the list of examples.
pub const OBJECTIVE_EXAMPLES_HELP: &str = "Examples of objectives";
/// Objectives to choose from.
pub const OBJECTIVE_EXAMPLES: [&str; 6] = [
    "response p99 <= 800 ms",
    "completion p99 <= 5 s",
    "loss <= 0.1 %",
    "success >= 99.9 %",
    "drain time <= 5 min",
    "cost per hour <= 10 USD",
];
/// The field for another objective.
pub const NEW_OBJECTIVE: &str = "New objective";
/// Heading of the loads.
pub const LOAD: &str = "Load";
/// What a load is.
pub const LOAD_HELP: &str = "Arrivals in this scenario; the producer's own when empty";
/// There is no producer.
pub const NO_PRODUCER: &str = "There is no producer yet: add clients, devices or a recorded trace.";
/// Heading of the settings that a scenario changes.
pub const CHANGES: &str = "Changes";

/// An objective, by its place in the list.
pub fn objective(index: usize) -> String {
    format!("Objective {}", index + 1)
}

/// Button that takes a change of a setting back.
pub fn remove_change(path: &str) -> String {
    format!("Remove the change of {path}")
}

// The steps of a function.

/// Heading of the steps.
pub const WORK: &str = "Work";
/// There are no steps.
pub const NO_STEPS: &str =
    "Not spelled out: the function computes for its duration and calls every outgoing arrow once, in the order of their names.";
/// A step that computes.
pub const COMPUTE: &str = "Compute";
/// A step of several calls at a time.
pub const IN_PARALLEL: &str = "In parallel";
/// How long a step computes: name and meaning.
pub const COMPUTE_TIME: (&str, &str) = ("Time", "How long it keeps the processor busy, at the memory of the measurement");
/// How often a call is made: name and meaning.
pub const TIMES: (&str, &str) = ("Times", "How often, one after the other");
/// A call cannot be made as often.
pub const TIMES_OUT_OF_RANGE: &str = "between 1 and 10,000 times";
/// Whether a call is made: name and meaning.
pub const PROBABILITY: (&str, &str) = ("Probability", "Share of the invocations that make the call");
/// When a call fails: name and meaning.
pub const ON_ERROR: (&str, &str) = ("On error", "What a failed call means to the function");
/// What a call emits: name and meaning.
pub const EMITS: (&str, &str) = ("Emits", "Event type that the call emits");
/// A call emits what the function was called with.
pub const SAME_AS_CAUSE: &str = "same as cause";
/// How often a step is done: name and meaning.
pub const PER: (&str, &str) = ("Per", "Once for each event of a batch, or once for the invocation");
/// The choice of an edge.
pub const CALLED_ALONG: &str = "Called along";
/// Button that adds a call to those made at a time.
pub const ADD_PARALLEL_CALL: &str = "Add a parallel call";
/// Button that adds a step that computes.
pub const ADD_COMPUTE: &str = "+ Compute";
/// See [`ADD_COMPUTE`].
pub const ADD_COMPUTE_HELP: &str = "Adds a step that keeps the processor busy";
/// Button that adds a call.
pub const ADD_CALL: &str = "+ Call";
/// Button that adds several calls at a time.
pub const ADD_PARALLEL: &str = "+ Parallel";
/// Nothing can be called.
pub const NOTHING_TO_CALL: &str = "Connect the function with something first";

/// A step that calls.
pub fn call(what: &str) -> String {
    format!("Call {what}")
}

/// Button that removes a step.
pub fn remove_step(number: usize) -> String {
    format!("Remove step {number}")
}

/// Button that moves a step.
pub fn move_step_down(number: usize) -> String {
    format!("Move step {number} down")
}

/// Button that moves a step.
pub fn move_step_up(number: usize) -> String {
    format!("Move step {number} up")
}

/// Button that removes one of the calls made at a time.
pub fn remove_parallel_call(index: usize) -> String {
    format!("Remove parallel call {}", index + 1)
}

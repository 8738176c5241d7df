//! The results at the bottom.

/// Nothing was assumed.
pub const NOTHING_ASSUMED: &str = "Every input of this run is documented or your own.";
/// Something was assumed.
pub const ASSUMED: &str = "The answer rests on these values, which nobody documents. Measure them, or try other ones.";
/// Columns of the assumptions.
pub const ASSUMPTION_COLUMNS: [&str; 4] = ["Input", "What", "Value", "Why it is assumed"];
/// Columns of the limits.
pub const LIMIT_COLUMNS: [&str; 11] = ["Limit", "At", "Value", "Use at peak", "", "Refused", "Delayed", "First", "Headroom", "Kind", ""];
/// A limit that the provider raises on request.
pub const CAN_BE_RAISED: &str = "can be raised";
/// There is nothing to plot.
pub const NO_SERIES: &str = "The run recorded no series";
/// Heading of the rates.
pub const RATES: &str = "Per second";
/// Heading of the levels.
pub const LEVELS: &str = "Levels";
/// There is no finding.
pub const NO_FINDING: &str = "Nothing to report about this run";
/// Leads to the thing on the drawing.
pub const SHOW: &str = "Show it on the drawing";
/// Applies what a finding proposes.
pub const APPLY_FIX: &str = "Apply fix";
/// The ledger balances.
pub const BALANCED: &str = "The books balance: every copy that was created is accounted for.";
/// The ledger does not balance.
pub const UNBALANCED: &str = "The books do not balance. This is a fault of the program: please report it.";
/// A row of the ledger balances.
pub const ROW_BALANCED: &str = "created = all fates + held";
/// A row of the ledger does not balance.
pub const ROW_UNBALANCED: &str = "created differs from all fates + held";
/// There are no journeys.
pub const NO_JOURNEY: &str = "No producer created an event";
/// What response is.
pub const RESPONSE_HELP: &str = "From the first attempt to the final outcome that the producer sees";
/// What completion is.
pub const COMPLETION_HELP: &str = "Until the last thing that the event caused has ended";
/// The curve of the pinned result.
pub const BASELINE_P99: &str = "p99 of the baseline";
/// There are no traces.
pub const NO_TRACE: &str = "No journey was followed";
/// An instance started.
pub const COLD_START: &str = "cold start";
/// An attempt took too long.
pub const TIMED_OUT: &str = "timed out";
/// Nobody tries again.
pub const GIVEN_UP: &str = "given up";
/// Cost of the run: name and meaning.
pub const COST_RUN: (&str, &str) = ("This run", "Every metered unit times its price, free tier left out");
/// Cost of an hour: name and meaning.
pub const COST_HOUR: (&str, &str) = ("Per hour", "The run's cost at its average rate, for one hour");
/// Cost of 1,000 events: name and meaning.
pub const COST_EVENTS: (&str, &str) = ("Per 1,000 root events", "The run's cost over the number of events that producers created");
/// Where costs come from.
pub const COST_SOURCE: &str = "Simulated use times the catalog's prices, listed below";

/// Saves a plot as a picture without pixels.
pub const SAVE_SVG: &str = "Save picture as SVG…";
/// Saves a plot as a picture with pixels.
pub const SAVE_PNG: &str = "Save picture as PNG…";
/// Saves the values of a plot.
pub const SAVE_CSV: &str = "Save data as CSV…";
/// Copies the values of a plot.
pub const COPY_CSV: &str = "Copy data as CSV";
/// The values were copied.
pub const COPIED: &str = "Copied the data of the plot";
/// Looks at all of the time.
pub const WHOLE_RUN: &str = "Whole run";
/// Shows latencies on a linear axis.
pub const LINEAR: &str = "Linear axis";
/// What that is good for.
pub const LINEAR_HELP: &str = "Equal steps instead of equal factors: long latencies look as long as they are";
/// Writes a file.
pub const EXPORT: &str = "Export";
/// A file could not be written.
pub const NOT_EXPORTED: &str = "The file could not be written";
/// Lets the results be about what is selected, or about everything.
pub const FOLLOW: &str = "Show only what is selected on the drawing";
/// Shows everything again.
pub const SHOW_ALL: &str = "Show all";
/// Nothing here is about what is selected.
pub const NOTHING_SELECTED: &str = "Nothing here is about the selection";
/// What does not follow the range of time.
pub const WHOLE_RUN_ONLY: &str = "These figures are of the whole run";

/// What the results are about.
pub fn only(title: &str) -> String {
    format!("Only {title}")
}

/// Which part of the time is looked at.
pub fn range(from: &str, to: &str) -> String {
    format!("{from} to {to}")
}

/// A file was written.
pub fn exported(path: &str) -> String {
    format!("Exported {path}")
}

/// What a fix does.
pub fn sets(path: &str, value: &str) -> String {
    format!("Sets {path} to {value}")
}

/// Journeys that have not ended.
pub fn unfinished(count: &str) -> String {
    format!("{count} unfinished journeys make these lower bounds")
}

/// A journey, as the heading of its steps.
pub fn journey(ordinal: u64, started: &str, response: &str, completion: &str) -> String {
    format!("Event {ordinal} started at {started}: response {response}, completion {completion}")
}

/// Cost of the pinned result.
pub fn baseline_cost(money: &str) -> String {
    format!("baseline {money} per hour")
}

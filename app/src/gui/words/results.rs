//! The results at the bottom.

use plimsoll_sim::result::Holds;

/// Nothing was assumed.
pub const NOTHING_ASSUMED: &str = "Every input of this run is documented or your own.";
/// Something was assumed.
pub const ASSUMED: &str = "The answer rests on these values, which nobody documents. Measure them, or try other ones.";
/// Columns of the assumptions.
pub const ASSUMPTION_COLUMNS: [&str; 5] = ["Input", "What", "Value", "May be", "Why it is assumed"];
/// Columns of the limits.
pub const LIMIT_COLUMNS: [&str; 11] = ["Limit", "At", "Value", "Use at peak", "", "Refused", "Delayed", "First", "Headroom", "Kind", ""];
/// A limit that the provider raises on request.
pub const CAN_BE_RAISED: &str = "can be raised";
/// There is nothing to plot.
pub const NO_SERIES: &str = "The run recorded no series";
/// Plot of what comes and goes.
pub const IN_AND_OUT: &str = "in and out";
/// Plot of what goes wrong.
pub const TROUBLE: &str = "refused, failed and cold";
/// Plot of what is at work.
pub const WORK: &str = "at work";
/// Plot of what waits.
pub const BACKLOG: &str = "waiting";
/// Plot of ages.
pub const AGE: &str = "age of the oldest";
/// Plot of what a node costs.
pub const COST_AN_HOUR_PANEL: &str = "cost per hour";
/// Plot of what the run costs.
pub const COST_OVER_TIME: &str = "Cost per hour";
/// Curve of what all nodes cost together.
pub const ALL_NODES: &str = "All nodes";
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
pub const COST_RUN: (&str, &str) =
    ("This run", "Every metered unit times its first price: a run alone reaches neither the free tier nor a cheaper one");
/// Cost of an hour: name and meaning.
pub const COST_HOUR: (&str, &str) = ("Per hour", "The run's cost at its average rate, for one hour");
/// Cost of a month: name and meaning.
pub const COST_MONTH: (&str, &str) = (
    "Per month",
    "The run's average rate for the time that its load lasts in a month, as the scenario declares; units above a tier cost what the tier says, and what is kept, such as storage, is left out",
);
/// The same with the free tier.
pub const COST_MONTH_FREE: &str = "The run's average rate for the time that its load lasts in a month, as the scenario declares, less what is always free; what is kept, such as storage, is left out";
/// Instead of the cost of a month, where none is declared.
pub const COST_NO_MONTH: &str = "not declared";
/// Why there is none.
pub const COST_NO_MONTH_WHY: &str = "A run's rate says nothing about a month until the scenario says how long in a month its load lasts: its field Time a month, such as 700 h for a baseline and 30 h for a peak";
/// Takes what is always free off a month: name and meaning.
pub const FREE_TIER: (&str, &str) = (
    "Free tier",
    "Takes off the units that every account has for nothing each month, as though nothing else in the account used them; what new accounts have free for twelve months is not counted",
);
/// The columns of the meters.
pub const COST_COLUMNS: [&str; 7] = ["Node", "Meter", "Units", "Cost", "Share", "Per month", ""];
/// How the cost of a meter comes about.
pub const METER_COST: &str = "Units used in the run times the price of a unit";
/// Why a meter has no cost of a month.
pub const NO_MONTH: &str = "Left out: what is kept grows with the time";
/// The cost of a month, with its units.
pub fn meter_month(usd: &str, units: &str) -> String {
    format!("{usd} for {units}")
}
/// Units of a month that are free.
pub const FREE_UNITS: &str = "Free of them";
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
/// Percentiles over time: name and meaning.
pub const BANDS: (&str, &str) = ("Over time", "Percentiles of what ended in each interval");
/// The heat map: name and meaning.
pub const HEAT_MAP: (&str, &str) = ("Heat map", "How many journeys took how long, over time; click a cell to follow some of them");
/// The percentile plot: name and meaning.
pub const PERCENTILES: (&str, &str) =
    ("Percentiles", "Which share of all journeys takes at most how long, the rarest spread out at the right");
/// No latency was measured.
pub const NOTHING_ENDED: &str = "Nothing ended in this time";
/// The pinned result.
pub const BASELINE: &str = "Baseline";
/// How the pinned result is drawn.
pub const DASHED_BASELINE: &str = "dashed: the baseline";
/// Leads from the journeys of a cell to all of them.
pub const ALL_JOURNEYS: &str = "All journeys";
/// The ledger as bands: name and meaning.
pub const SANKEY: (&str, &str) = ("Flow", "Bands from where copies were created to how they ended");
/// The ledger as a table: name and meaning.
pub const TABLE: (&str, &str) = ("Table", "Every count of the books");
/// Stops an answer.
pub const CANCEL: &str = "Cancel";
/// Simulates a fix.
pub const PROVE: &str = "Prove it";
/// What that does.
pub const PROVE_HELP: &str = "Simulates with and without the fix, with the same luck, and tells the difference";
/// Leads to the time and place of a finding.
pub const SHOW_WHEN: &str = "Show when";
/// What that does.
pub const SHOW_WHEN_HELP: &str = "Shows the plots of the place around the time when the limit was asked for most";
/// The menu of the tabs that have no room.
pub const MORE_TABS: &str = "More";

/// A figure of a proof.
pub const LOSS: &str = "Loss";
/// A figure of a proof.
pub const RESPONSE_P99: &str = "Response p99";
/// A figure of a proof.
pub const COMPLETION_P99: &str = "Completion p99";
/// A figure of a proof.
pub const COST_AN_HOUR: &str = "Cost per hour";
/// Nothing changes.
pub const SAME: &str = "the same";
/// The difference may be chance.
pub const NO_EVIDENCE: &str = "no evidence";
/// The difference is good.
pub const BETTER: &str = "better";
/// The difference is bad.
pub const WORSE: &str = "worse";
/// A name has an extension that nothing can be written as.
pub const NO_SUCH_FORMAT: &str = "End the name in .json, .csv, .parquet, .otlp.json or .perfetto.json";
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

/// A file is being made.
pub fn exporting(path: &str) -> String {
    format!("Exporting {path}…")
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

/// A latency of a producer.
pub fn latency_of(kind: &str, producer: &str) -> String {
    format!("{kind} of {producer}")
}

/// The heat map of a latency.
pub fn heat_map_of(latency: &str) -> String {
    format!("Heat map: {latency}")
}

/// The percentile plot of a latency, with its percentiles.
pub fn distribution_of(latency: &str, told: &str) -> String {
    if told.is_empty() { format!("Percentile plot: {latency}") } else { format!("Percentile plot: {latency}. {told}") }
}

/// Which share takes at most how long.
pub fn at_most(share: &str, seconds: &str) -> String {
    format!("{share} take at most {seconds}")
}

/// A cell of the heat map.
pub fn cell(times: &str, lengths: &str, count: &str, opens: bool) -> String {
    format!("{times}, {lengths}: {count} ended{}", if opens { ". Click to follow some of them" } else { "" })
}

/// Which journeys are listed.
pub fn followed_in(times: &str, lengths: &str, inside: bool) -> String {
    if inside {
        format!("Journeys that ended at {times} after {lengths}")
    } else {
        format!("None of those that ended at {times} after {lengths} was followed; these come nearest")
    }
}

/// Why a journey was followed.
pub fn kept(slowest: bool, ordinal: u64) -> &'static str {
    match (slowest, ordinal) {
        (true, _) => "Slowest",
        (false, 0..100) => "First",
        (false, _) => "Sample",
    }
}

/// A journey that has no end.
pub const NO_END: &str = "Unfinished";

/// A journey that was followed: why, its number, when it began.
pub fn followed(kept: &str, ordinal: u64, started: &str) -> String {
    format!("{kept} · event {ordinal} at {started}")
}

/// A band of the ledger.
pub fn band(place: &str, count: &str, ending: &str, share: &str) -> String {
    format!("{place}: {count} {ending}, {share} of those created")
}

/// A plot of a node.
pub fn panel(node: &str, what: &str) -> String {
    format!("{node}: {what}")
}

/// How a proof was made.
pub fn proved(replications: u32) -> String {
    format!("{replications} pairs of runs, each pair with the same luck; half widths of the 95 % interval")
}

/// There is no proof.
pub fn no_proof(why: &str) -> String {
    format!("No answer: {why}")
}

/// The command that gives a result again.
pub fn run_again(file: &str, scenario: &str, seed: u64) -> String {
    format!("plimsoll run {file} --scenario {scenario} --seed {seed}")
}

/// What the fix of a finding is about was removed.
pub fn gone(id: &str) -> String {
    format!("There is no `{id}` any more")
}

/// A fix was applied.
pub fn fixed(what: &str, value: &str) -> String {
    format!("Set {what} to {value}; run again to see what it changes")
}

/// Closes the panel.
pub const HIDE_RESULTS: &str = "Hide the results";
/// The result is of an older state of the diagram.
pub const STALE: &str = "The diagram has changed since this run.";
/// Runs the present state.
pub const RUN_AGAIN: &str = "Run again";
/// Leads from a run that failed to what is wrong.
pub const SHOW_PROBLEMS: &str = "Show the problems";
/// A run goes on.
pub const SIMULATING: &str = "Simulating…";
/// The run failed.
pub const NO_RESULT: &str = "No result";
/// There was no run.
pub const NOTHING_RUN: &str = "Nothing was run yet";
/// See [`NOTHING_RUN`].
pub const NOTHING_RUN_HINT: &str = "Press F5: the scenario runs, and the answer stands here.";

/// The run that the results are of.
pub fn run(scenario: &str, seed: u64, duration: &str) -> String {
    format!("{scenario} · seed {seed} · {duration}")
}

/// A verdict.
pub fn verdict(holds: Holds) -> &'static str {
    match holds {
        Holds::Holds => "Holds",
        Holds::Broken => "Broken",
        Holds::Inconclusive => "Inconclusive",
        Holds::NoObjectives => "Nothing asked",
    }
}

/// The verdict on the whole run as a sentence.
pub fn headline(holds: Holds, broken: usize, objectives: usize) -> String {
    match holds {
        Holds::Holds => "It holds at this load".to_owned(),
        Holds::Broken => format!("It does not hold: {broken} of {objectives} objectives broken"),
        Holds::Inconclusive => "The run does not decide whether it holds".to_owned(),
        Holds::NoObjectives => "It ran; no objective says what must hold".to_owned(),
    }
}

/// Heading of the limit that gave first.
pub const GIVES_FIRST: &str = "Gives first";
/// Heading of the objectives.
pub const OBJECTIVES: &str = "Objectives";
/// Heading of what could be done.
pub const WHAT_TO_DO: &str = "What to do";
/// No limit gave.
pub const NO_LIMIT_REACHED: &str = "No limit was reached";
/// Heading of the limit that did most harm, when another one gave first.
pub const COSTS_MOST: &str = "Costs most";
/// Between a limit and its node.
pub const AT: &str = "at";

/// The limit that is nearest to giving.
pub fn tightest(limit: &str, used: &str, headroom: &str) -> String {
    format!("The tightest is {limit}: {used} used, the load could grow about {headroom}.")
}

/// A limit with its value.
pub fn limit_with_value(title: &str, value: &str) -> String {
    format!("{title} ({value})")
}

/// When a limit first bound.
pub fn first_after(time: &str) -> String {
    format!("first after {time}")
}

/// What a limit refused.
pub fn refused(count: &str) -> String {
    format!("refused {count}")
}

/// What a limit delayed.
pub fn delayed(count: &str, mean: &str) -> String {
    format!("delayed {count} by {mean} on average")
}

/// How much of a limit was used.
pub fn use_of(limit: &str) -> String {
    format!("Use of {limit}")
}

/// How the use of a limit is reckoned.
pub const USE_RULE: &str = "Greatest demand in the limit's own window over the limit; refused and delayed demand counts";
/// What the use of a limit is reckoned from.
pub const LIMIT: &str = "Limit";
/// See [`LIMIT`].
pub const SCOPE: &str = "Scope";
/// See [`LIMIT`].
pub const PEAK_AT: &str = "Peak at";
/// See [`LIMIT`].
pub const REFUSED: &str = "Refused";
/// See [`LIMIT`].
pub const DELAYED: &str = "Delayed";
/// See [`LIMIT`].
pub const HEADROOM: &str = "Headroom";

/// By how much the load could grow.
pub fn linear_estimate(headroom: &str) -> String {
    format!("{headroom} (linear estimate)")
}

/// The scenario has no objectives.
pub const NO_OBJECTIVE: &str = "None. Add one in the scenario, such as `response p99 <= 800 ms`.";
/// One run alone has no interval.
pub const NO_INTERVAL: &str = "no interval: one replication";
/// There is no finding to act on.
pub const NOTHING_TO_DO: &str = "Nothing stands out. Raise the load until something gives.";
/// Takes the limit that restores the objectives.
pub const TRY_IT: &str = "Try it";

/// The half width of an interval.
pub fn half_width(half: &str) -> String {
    format!("± {half}")
}

/// An interval: its middle, half its width, how sure it is.
pub fn interval(mean: &str, half: &str, level: &str) -> String {
    format!("{mean} ± {half} ({level})")
}

/// How many runs an interval comes from.
pub fn replications(count: u32) -> String {
    format!("{count} replications")
}

/// Leads to all findings.
pub fn all_findings(count: usize) -> String {
    format!("All {count} findings")
}

/// A limit of a node.
pub fn limit_of(limit: &str, node: &str) -> String {
    format!("{limit} of {node}")
}

/// The limit whose lifting mends most.
pub fn lift(limit: &str, value: &str) -> String {
    format!("Lift {limit} to {value}")
}

/// What becomes of an objective when the limit is lifted.
pub fn lifted(objective: &str, holds: bool, text: &str) -> String {
    format!("{objective}: {}, {text}", if holds { "then holds" } else { "still broken" })
}

/// The limit that gives after the lifted one.
pub fn next_limit(limit: &str) -> String {
    format!("Then {limit} gives first")
}

/// Where a figure of a run comes from.
pub fn simulated(seed: u64) -> String {
    format!("Simulated, seed {seed}")
}

/// The same figure of the pinned result.
pub fn was(value: &str) -> String {
    format!("was {value}")
}

/// The ledger does not balance, said beside the figures.
pub const REPORT_UNBALANCED: &str = "The books do not balance: please report this run";
/// Headline figure: name and meaning.
pub const ROOT_EVENTS: (&str, &str) = ("Root events", "Events that the producers created");
/// Headline figure: name and meaning.
pub const LOST: (&str, &str) =
    ("Lost", "Share of journeys in which at least one copy was refused, failed, expired, dead-lettered or dropped");
/// Headline figure: name and meaning.
pub const WORST_RESPONSE: (&str, &str) = (
    "Response p99",
    "99 % of the producer's successful requests took at most this long, from the first attempt to the outcome; the slowest producer",
);
/// Headline figure: name and meaning.
pub const WORST_COMPLETION: (&str, &str) =
    ("Completion p99", "99 % of the journeys had ended everywhere after at most this long; the slowest producer");
/// Headline figure: name and meaning.
pub const HOURLY_COST: (&str, &str) = ("Cost per hour", "Metered use times price, at the average rate of the run");

/// Column of the journeys: who created them.
pub const PRODUCER: &str = "Producer";
/// Column of the journeys: name and meaning.
pub const STARTED: (&str, &str) = ("Started", "Root events created");
/// Column of the journeys: name and meaning.
pub const SUCCEEDED: (&str, &str) = ("Succeeded", "Root events that their producer saw succeed");
/// Column of the journeys: name and meaning.
pub const REJECTED: (&str, &str) = ("Rejected", "Root events that their producer saw refused for good");
/// Column of the journeys: name and meaning.
pub const FAILED: (&str, &str) = ("Failed", "Root events that their producer saw fail for good");
/// Column of the journeys: name and meaning.
pub const LOSSY: (&str, &str) = ("Lossy", "Journeys in which at least one copy was lost");
/// Column of the journeys: name and meaning.
pub const UNFINISHED: (&str, &str) = ("Unfinished", "Journeys that had not ended when the clock stopped");
/// Column of the journeys: name and meaning.
pub const MEAN: (&str, &str) = ("Mean", "Mean response");
/// Column of the journeys: name and meaning.
pub const P50: (&str, &str) = ("p50", "Response: half are at most this long");
/// Column of the journeys: name and meaning.
pub const P90: (&str, &str) = ("p90", "Response: 90 % are at most this long");
/// Column of the journeys: name and meaning.
pub const P99: (&str, &str) = ("p99", "Response: 99 % are at most this long");
/// Column of the journeys: name and meaning.
pub const P999: (&str, &str) = ("p99.9", "Response: 99.9 % are at most this long");
/// Column of the journeys: name and meaning.
pub const MAX: (&str, &str) = ("Max", "Longest response");
/// Column of the journeys: name and meaning.
pub const COMPLETION_P50_COLUMN: (&str, &str) = ("Compl. p50", "Completion: half are at most this long");
/// Column of the journeys: name and meaning.
pub const COMPLETION_P99_COLUMN: (&str, &str) = ("Compl. p99", "Completion: 99 % are at most this long");

/// A row of the pinned result.
pub fn of_baseline(producer: &str) -> String {
    format!("{producer} (baseline)")
}

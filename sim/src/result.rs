//! What a run tells. This is the documented, versioned schema of `plimsoll run --json`.
//!
//! All times are in seconds, all rates per second, all sizes in bytes, all money in US dollars; shares lie between 0
//! and 1. Lists are in the order of ids, so that the same run always gives the same bytes.

use std::collections::BTreeMap;

use plimsoll_models::{Diagnostic, EdgeId, EventTypeId, NodeId, units::Quantity};
use serde::Serialize;

pub use crate::latency_counts::{CountRow, LatencyCounts};

/// Version of this schema.
pub const SCHEMA: &str = "plimsoll-result/1";

/// Everything that a run tells.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunResult {
    /// Version of the schema, [`SCHEMA`].
    pub schema: &'static str,
    /// What was run, enough to repeat it.
    pub run: RunInfo,
    /// Whether the objectives hold.
    pub verdict: Verdict,
    /// The limit that gave first, and the one that costs most.
    pub answer: Answer,
    /// What went wrong on purpose, in the order of the scenario.
    pub faults: Vec<FaultResult>,
    /// Latency and fate of journeys, per producer and event type.
    pub journeys: Vec<JourneyResult>,
    /// What happened in each node.
    pub nodes: Vec<NodeResult>,
    /// What happened on each edge.
    pub edges: Vec<EdgeResult>,
    /// Every limit that the run could hit, that with least headroom first.
    pub limits: Vec<LimitResult>,
    /// The fate of every copy.
    pub ledger: Ledger,
    /// What it cost.
    pub cost: CostResult,
    /// What the tool has to say: what explains most of the lost and late journeys first.
    pub findings: Vec<Finding>,
    /// What would help dependencies that refused or delayed, each simulated; empty where everything that was asked holds
    /// or the run is too long to be repeated for each.
    pub remedies: Vec<Remedies>,
    /// Inputs of low confidence.
    pub assumptions: Vec<Assumption>,
    /// Common grid of all series.
    pub grid: Grid,
    /// Journeys that were followed step by step: the first ones, the slowest ones and a sample of
    /// all others over the whole run.
    pub traces: Vec<JourneyTrace>,
    /// Headline figures over replications; empty after a single one.
    pub intervals: Vec<Interval>,
    /// What each number does to the outcome, the strongest first; empty unless asked for.
    pub sensitivity: Vec<Effect>,
    /// What the compiler noticed.
    pub diagnostics: Vec<Diagnostic>,
}

/// What was run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunInfo {
    /// Title of the diagram.
    pub diagram: String,
    /// Scenario.
    pub scenario: String,
    /// Seed.
    pub seed: u64,
    /// Independent repetitions.
    pub replications: u32,
    /// Length of the load.
    pub duration_s: f64,
    /// Start that latency and rate statistics leave out.
    pub warm_up_s: f64,
    /// When the clock stopped.
    pub ended_s: f64,
    /// Whether nothing was held any more at the end.
    pub drained: bool,
    /// Version of the program.
    pub version: &'static str,
    /// Version of the catalog.
    pub catalog: &'static str,
    /// Arrivals and completions of work, and expiries where there are some.
    pub events: u64,
    /// Root events that producers created.
    pub requests: u64,
}

/// A fault of the scenario, and how often it struck.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FaultResult {
    /// Kind of fault, such as `outage`.
    pub kind: &'static str,
    /// The node or edge that it struck.
    pub on: String,
    /// When it began.
    pub from_s: f64,
    /// When it ended; the same for a deployment.
    pub to_s: f64,
    /// What it did, as a person reads it.
    pub text: String,
    /// Attempts that it failed, refused or delayed, and messages that it poisoned or doubled. What works inside of a node
    /// (lost capacity, slowness, a tightened limit, a deployment) is not counted.
    pub struck: u64,
}

/// Whether something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::enum_variant_names, reason = "the words of the schema")]
pub enum Holds {
    /// It holds.
    Holds,
    /// It is broken.
    Broken,
    /// The data do not decide.
    Inconclusive,
    /// Nothing was asked.
    NoObjectives,
}

/// Whether the objectives hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// All of them together.
    pub overall: Holds,
    /// Each of them.
    pub objectives: Vec<ObjectiveResult>,
    /// Journeys without a loss so far that had not ended when the clock stopped: some of them may yet be lost.
    pub unfinished: u64,
}

/// An objective with what was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ObjectiveResult {
    /// As it stands in the scenario.
    pub objective: String,
    /// Whether it holds.
    pub holds: Holds,
    /// What was measured, in the objective's base unit; absent when there was nothing to measure.
    pub measured: Option<f64>,
    /// Half of the confidence interval over replications.
    pub half_width: Option<f64>,
    /// The bound.
    pub bound: f64,
    /// Measured value and bound as a person reads them.
    pub text: String,
    /// For a latency, journeys of the first replication that took longer than the bound.
    pub late: Option<u64>,
}

/// Which limit gives first.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Answer {
    /// Index into the limits of the one that bound earliest.
    pub first: Option<usize>,
    /// Index into the limits of the one that refused or delayed most.
    pub costliest: Option<usize>,
    /// The limit whose lifting restores most of the broken objectives, found by simulating it; absent when nothing is
    /// broken, when no single limit helps, or when the run is too long to be repeated for each limit.
    pub restores: Option<Restores>,
}

/// What lifting one limit does for the objectives that broke.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Restores {
    /// Index into the limits.
    pub limit: usize,
    /// Path of the limit, as for `--set`.
    pub path: String,
    /// The value that was tried.
    pub value: String,
    /// The broken objectives with what is measured after lifting.
    pub objectives: Vec<ObjectiveResult>,
    /// The limit that binds first afterwards, as a sentence; absent when none does.
    pub next: Option<String>,
}

/// A summary of a latency.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LatencySummary {
    /// How many were measured.
    pub count: u64,
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub sd: f64,
    /// Least.
    pub min: f64,
    /// Half are at most this long.
    pub p50: f64,
    /// 90 % are.
    pub p90: f64,
    /// 95 % are.
    pub p95: f64,
    /// 99 % are.
    pub p99: f64,
    /// 99.9 % are.
    pub p999: f64,
    /// Greatest.
    pub max: f64,
}

/// Journeys of one producer and event type.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JourneyResult {
    /// The producer.
    pub producer: NodeId,
    /// The event type; absent for plain events.
    pub event_type: Option<EventTypeId>,
    /// Root events created.
    pub started: u64,
    /// Root events that their producer saw succeed.
    pub succeeded: u64,
    /// Root events that their producer saw refused for good.
    pub rejected: u64,
    /// Root events that their producer saw fail for good.
    pub failed: u64,
    /// Journeys that ended without any copy being lost.
    pub complete: u64,
    /// Journeys in which something was lost: refused, failed, expired, dead-lettered or dropped for good, counted at the
    /// first loss, whether or not the rest has ended. What a function, a gateway or a workflow calls does not count by
    /// itself: the fate of its own event does, after its retries.
    pub lossy: u64,
    /// Journeys without a loss so far that had not ended when the clock stopped; they make loss and percentiles lower
    /// bounds.
    pub unfinished: u64,
    /// From the first attempt to the final success.
    pub response: LatencySummary,
    /// From the first attempt to the final failure.
    pub response_failed: LatencySummary,
    /// Until the last descendant ended.
    pub completion: LatencySummary,
    /// Percentiles of the response per interval of the grid.
    pub response_series: LatencySeries,
    /// Percentiles of the completion per interval of the grid.
    pub completion_series: LatencySeries,
    /// Responses counted by interval and bucket.
    pub response_counts: LatencyCounts,
    /// Completions counted by interval and bucket.
    pub completion_counts: LatencyCounts,
    /// Percentiles of the response, ever closer to the longest one.
    pub response_percentiles: Vec<Percentile>,
    /// Percentiles of the completion, ever closer to the longest one.
    pub completion_percentiles: Vec<Percentile>,
    /// Journeys `Started`, `Complete` and `Lossy` per second.
    pub series: Vec<Series>,
    /// The journeys of the hottest key, then those of all others; empty where every event has a key of its own or all have
    /// the same.
    pub key_classes: Vec<KeyClassResult>,
}

/// Journeys of one class of keys.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KeyClassResult {
    /// The hottest key: the one with the largest share by its law, and the first of those that are equally hot; absent for
    /// the rest.
    pub key: Option<String>,
    /// Share of the events by the law, on average over the time of the load.
    pub share: f64,
    /// Root events created.
    pub started: u64,
    /// Journeys that ended without any copy being lost.
    pub complete: u64,
    /// Journeys in which at least one copy was lost.
    pub lossy: u64,
    /// Journeys without a loss so far that had not ended when the clock stopped.
    pub unfinished: u64,
    /// From the first attempt to the final success.
    pub response: LatencySummary,
    /// Until the last descendant ended.
    pub completion: LatencySummary,
}

/// Percentiles per interval of the grid; intervals without data are `None`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LatencySeries {
    /// Medians.
    pub p50: Vec<Option<f64>>,
    /// 90th percentiles.
    pub p90: Vec<Option<f64>>,
    /// 99th percentiles.
    pub p99: Vec<Option<f64>>,
    /// Maxima.
    pub max: Vec<Option<f64>>,
}

/// A percentile of a latency.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Percentile {
    /// The share of all latencies that do not exceed it.
    pub share: f64,
    /// The latency.
    pub seconds: f64,
}

/// The time grid of all series.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Grid {
    /// Length of an interval.
    pub interval_s: f64,
    /// Number of intervals.
    pub intervals: usize,
}

/// A named series on the grid.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Series {
    /// Name as on the provider's dashboard, such as `Throttles`.
    pub name: String,
    /// What the values are.
    pub kind: SeriesKind,
    /// One for each interval of the grid.
    pub values: Vec<f64>,
}

/// What the values of a series are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SeriesKind {
    /// So many per second.
    Rate,
    /// Time average of a level.
    Mean,
    /// Greatest value of a level.
    Max,
}

/// What happened in a node.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NodeResult {
    /// The node.
    pub id: NodeId,
    /// Its service.
    pub service: String,
    /// Use of its tightest limit: peak demand over the limit; `None` without limits.
    pub use_peak: Option<f64>,
    /// Index of that limit.
    pub tightest: Option<usize>,
    /// Whether a limit refused something.
    pub refused: bool,
    /// Whether a limit delayed something.
    pub delayed: bool,
    /// Figures under the names of the provider's dashboard, such as `Invocations` or `ConcurrentExecutions.Maximum`.
    pub metrics: BTreeMap<String, f64>,
    /// Time before service began.
    pub wait: LatencySummary,
    /// Time from arrival to outcome.
    pub sojourn: LatencySummary,
    /// Series of the node.
    pub series: Vec<Series>,
}

/// What happened on an edge.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EdgeResult {
    /// The edge.
    pub id: EdgeId,
    /// The node that it comes from.
    pub from: NodeId,
    /// The node that it leads to, which reads if it is polled.
    pub to: NodeId,
    /// Figures by name.
    pub metrics: BTreeMap<String, f64>,
    /// Time of a call over all its attempts; for a poll edge the time from pick-up to outcome.
    pub latency: LatencySummary,
    /// Series of the edge.
    pub series: Vec<Series>,
}

/// A limit and what it did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LimitResult {
    /// Name on screen, such as `Concurrent executions`.
    pub title: String,
    /// Key of the quota, such as `aws/lambda.concurrent_executions`.
    pub key: String,
    /// The node that it belongs to; for a shared limit the one that was refused or arrived at most.
    pub node: Option<NodeId>,
    /// Every node under it, where it is shared; empty elsewhere.
    pub shared_by: Vec<NodeId>,
    /// The edge that it belongs to, for a mapping.
    pub edge: Option<EdgeId>,
    /// What shares it, such as `account-region`.
    pub scope: String,
    /// The limit in base units: what its users share.
    pub value: f64,
    /// What the provider's value has beyond that, set apart for others: the concurrency that functions reserve.
    pub set_apart: f64,
    /// What the limit is: a rate, a count, a duration.
    pub quantity: Quantity,
    /// The limit as a person reads it.
    pub text: String,
    /// `hard`, `soft` or `configurable`.
    pub kind: plimsoll_models::catalog::QuotaKind,
    /// Where the value comes from.
    pub source: String,
    /// Whether the value is an assumption.
    pub assumed: bool,
    /// Greatest demand in the limit's own window, over the limit. Above 1 it refused, delayed or drew on a burst.
    pub use_peak: f64,
    /// When the greatest demand was.
    pub peak_at_s: f64,
    /// Limit over greatest demand, a linear estimate: the load could grow by this factor. Absent for limits of a single
    /// call, such as a time-out or a size, which do not grow with the load.
    pub headroom: Option<f64>,
    /// When it first refused or delayed something.
    pub first_bound_s: Option<f64>,
    /// How much it refused.
    pub refused: u64,
    /// How much it delayed.
    pub delayed: u64,
    /// Sum of those delays.
    pub delay_s: f64,
}

impl LimitResult {
    /// Whether its use grows with the load; that of a time-out or a size does not.
    pub fn grows_with_load(&self) -> bool {
        match self.quantity {
            Quantity::Rate | Quantity::Count | Quantity::Number => true,
            Quantity::Duration | Quantity::Bytes | Quantity::Fraction | Quantity::Money => false,
        }
    }

    /// What limits are ordered by: the headroom. A limit of a single call that refused or delayed has none left; one that
    /// did not, or does so to spare its target, has no order.
    pub fn room(&self) -> f64 {
        let left = if self.bound() && !self.spares() { 0.0 } else { f64::INFINITY };
        self.headroom.unwrap_or(left)
    }

    /// Whether a node is under it.
    pub fn concerns(&self, node: &NodeId) -> bool {
        self.node.as_ref() == Some(node) || self.shared_by.contains(node)
    }

    /// Whether it refused or delayed anything.
    pub fn bound(&self) -> bool {
        self.first_bound_s.is_some()
    }

    /// Whether a client sets it on itself to spare its target: what it refuses is its purpose.
    pub fn spares(&self) -> bool {
        self.scope == plimsoll_models::families::Limit::CLIENT
    }
}

/// The fates of copies; see [`crate::ledger`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Ledger {
    /// One row for each edge, and for each node that keeps copies of its own.
    pub rows: Vec<LedgerRow>,
    /// Whether every row balances. A run whose books do not balance is a bug.
    pub balanced: bool,
}

/// The books of one edge or node.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LedgerRow {
    /// The edge that the copies travel on.
    pub edge: Option<EdgeId>,
    /// The node that keeps the copies, or the source of the edge.
    pub node: NodeId,
    /// Copies created.
    pub created: u64,
    /// Attempts and deliveries of those copies.
    pub attempts: u64,
    /// Number of copies by fate, see [`crate::ledger::Fate`]: all fates are present.
    pub fates: BTreeMap<String, u64>,
    /// Copies still held at the end.
    pub held: u64,
    /// Effects that an idempotent consumer really applied; equals the done ones elsewhere.
    pub effects: u64,
}

/// What a run cost.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CostResult {
    /// For the run.
    pub total_usd: f64,
    /// For an hour at the average rate of the run.
    pub per_hour_usd: f64,
    /// For the time in a month that the scenario declares; absent where it declares none.
    pub month: Option<MonthResult>,
    /// For a thousand root events.
    pub per_thousand_usd: f64,
    /// Spent per second, one value for each interval of the grid: what nodes tell as their series `Cost`.
    pub usd_per_second: Vec<f64>,
    /// Of the total, what was spent after the last interval of the grid, such as while a run drains.
    pub after_grid_usd: f64,
    /// By node and meter.
    pub items: Vec<CostItem>,
}

/// The part of a month's bill that falls to a scenario: what is kept, such as storage, is left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MonthResult {
    /// Hours of the month that the load of the scenario is declared to last.
    pub hours: f64,
    /// With the tiers of prices, without the free tier.
    pub usd: f64,
    /// The same with what is always free taken off, as though nothing else used it.
    pub free_tier_usd: f64,
}

/// A meter of a node.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CostItem {
    /// The node, or the node that owns the edge that was metered.
    pub node: NodeId,
    /// Key of the price.
    pub meter: String,
    /// Name on screen.
    pub title: String,
    /// Units used.
    pub units: f64,
    /// What a unit is.
    pub unit: String,
    /// US dollars.
    pub usd: f64,
    /// A month of it; absent for what is kept, such as storage, which grows with the time, and where no month is declared.
    pub month: Option<CostMonth>,
    /// Where the price comes from.
    pub source: String,
}

/// A month of a meter of a node. Tiers and what is free count for the whole account: each node has its part of them in
/// proportion to its units.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CostMonth {
    /// Units in the time of a month that the load of the scenario is declared to last.
    pub units: f64,
    /// Of them, what the free tier covers.
    pub free_units: f64,
    /// US dollars without the free tier.
    pub usd: f64,
    /// US dollars with the free tier.
    pub free_tier_usd: f64,
}

/// Something that the tool tells about a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Stable name of the rule.
    pub code: &'static str,
    /// How bad it is.
    pub severity: plimsoll_models::Severity,
    /// The node it is about.
    pub node: Option<NodeId>,
    /// The edge it is about.
    pub edge: Option<EdgeId>,
    /// What happened, in a sentence.
    pub title: String,
    /// The numbers behind it.
    pub evidence: String,
    /// What to do.
    pub advice: String,
    /// Index of the limit behind it.
    pub limit: Option<usize>,
    /// A change that mends it: path as for `--set`, and value.
    pub fix: Option<(String, String)>,
    /// What it explains of what went wrong; absent where that cannot be told.
    pub consequence: Option<Consequence>,
}

/// What a finding explains of what went wrong, in the first replication.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Consequence {
    /// Journeys that were lost.
    pub lost: u64,
    /// Journeys that took longer than an objective allows or had not ended, or messages that still wait.
    pub late: u64,
    /// US dollars that the run would have saved.
    pub usd: f64,
    /// How that is known.
    pub basis: Basis,
}

/// How a consequence is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The limit was lifted and the run simulated again: what became better.
    Simulated,
    /// Counted in the books.
    Counted,
    /// Counted, but others may share in it.
    AtMost,
}

/// What would help before a dependency that refused or delayed calls.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Remedies {
    /// The dependency.
    pub node: NodeId,
    /// Index of the limit that held the run back.
    pub limit: usize,
    /// The run as it was.
    pub before: RemedyFigures,
    /// What can be done here, with what it does.
    pub options: Vec<Remedy>,
}

/// A remedy that was simulated in the first replication.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Remedy {
    /// Stable name: `cap-pollers`, `rate-limiter`, `queue-before`, `retry-budget` or `breaker`.
    pub code: &'static str,
    /// What is done, in a sentence.
    pub title: String,
    /// The change as paths and values for `--set`; empty where parts must be drawn.
    pub set: Vec<(String, String)>,
    /// What came of it.
    pub figures: RemedyFigures,
}

/// What people feel of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RemedyFigures {
    /// Most that waited, over all nodes where somebody takes it.
    pub backlog: f64,
    /// Greatest age of a message of a queue.
    pub age_s: f64,
    /// Journeys that lost a copy, as a share of those started.
    pub loss: f64,
    /// Journeys without a loss that had not ended.
    pub unfinished: u64,
    /// 99th percentile of the response, of the slowest kind of journey.
    pub response_p99_s: f64,
    /// 99th percentile of the completion, of the slowest kind of journey.
    pub completion_p99_s: f64,
    /// Calls that limits of the dependency refused.
    pub refused: u64,
}

/// An input of low confidence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Assumption {
    /// The node or edge and field, such as `worker.init`.
    pub path: String,
    /// What it is.
    pub title: String,
    /// The value as typed.
    pub value: String,
    /// Why it is assumed.
    pub source: String,
    /// Which values it may have at all, where that is known.
    pub range: Option<String>,
}

/// A journey that was followed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JourneyTrace {
    /// Number of the root event, from 0, over all producers.
    pub ordinal: u64,
    /// Its producer.
    pub producer: NodeId,
    /// When it started.
    pub started_s: f64,
    /// When its producer had the final outcome.
    pub response_s: Option<f64>,
    /// When its last descendant ended.
    pub completion_s: Option<f64>,
    /// Whether it is kept because it is among the slowest; the others are the first ones and a sample.
    pub slowest: bool,
    /// What happened, in order.
    pub steps: Vec<TraceStep>,
}

/// Something that happened to a journey.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TraceStep {
    /// When.
    pub at_s: f64,
    /// Where.
    pub node: NodeId,
    /// Along which edge.
    pub edge: Option<EdgeId>,
    /// What.
    pub what: TraceEvent,
}

/// What can happen to a journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TraceEvent {
    /// An attempt of a call left its caller.
    Attempt,
    /// The call arrived and waits.
    Wait,
    /// A new instance is being initialized for it.
    ColdStart,
    /// Service began.
    Start,
    /// Service ended well.
    Done,
    /// An attempt was refused by a limit.
    Throttled,
    /// An attempt failed.
    Failed,
    /// An attempt took too long for its caller.
    TimedOut,
    /// A message entered a queue.
    Enqueued,
    /// A message was received from a queue.
    Received,
    /// A message was deleted from a queue.
    Deleted,
    /// A copy went to a dead-letter target.
    DeadLettered,
    /// A copy expired.
    Expired,
    /// A copy was given up.
    GivenUp,
    /// A copy did not match.
    Filtered,
}

impl TraceEvent {
    /// Whether a watcher wants to see it: something went wrong, or takes unusually long.
    pub(crate) fn is_visible(self) -> bool {
        match self {
            Self::ColdStart | Self::Throttled | Self::Failed | Self::TimedOut | Self::DeadLettered | Self::Expired | Self::GivenUp => true,
            Self::Attempt | Self::Wait | Self::Start | Self::Done | Self::Enqueued | Self::Received | Self::Deleted | Self::Filtered => {
                false
            }
        }
    }
}

/// What one number does to the outcome when it alone is changed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Effect {
    /// The number, as a path for `--set`.
    pub path: String,
    /// The number, for people.
    pub title: String,
    /// Its value in the run.
    pub from: String,
    /// The value that was tried.
    pub to: String,
    /// By which share it was changed: 0.1 is a tenth more. A count of a few changes by one, which is more than a tenth.
    pub step: f64,
    /// Share of root events that were lost in part.
    pub loss: Difference,
    /// 99th percentile of the response of the slowest producer, in seconds.
    pub response_p99: Difference,
    /// 99th percentile of the completion of the slowest producer, in seconds.
    pub completion_p99: Difference,
}

/// A figure before and after a change, over replications with the same luck.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Without the change.
    pub before: f64,
    /// With it.
    pub after: f64,
    /// Half of the confidence interval of the paired difference; absent after a single replication.
    pub half_width: Option<f64>,
}

/// A figure over replications.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// Which figure, such as `clients.response.p99`.
    pub metric: String,
    /// Mean over replications.
    pub mean: f64,
    /// Half of the confidence interval.
    pub half_width: f64,
    /// Its level.
    pub level: f64,
    /// Number of replications.
    pub replications: u32,
}

impl RunResult {
    /// The result of a node.
    pub fn node(&self, id: &str) -> Option<&NodeResult> {
        self.nodes.iter().find(|node| node.id.as_str() == id)
    }

    /// The result of an edge.
    pub fn edge(&self, id: &str) -> Option<&EdgeResult> {
        self.edges.iter().find(|edge| edge.id.as_str() == id)
    }

    /// Limits of a node, the tightest first.
    pub fn limits_of<'a>(&'a self, id: &'a NodeId) -> impl Iterator<Item = &'a LimitResult> {
        self.limits.iter().filter(move |limit| limit.concerns(id))
    }
}

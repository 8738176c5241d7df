//! A diagram and a rich result for it, so that panels can be tested and looked at without a run.

use std::{collections::BTreeMap, sync::Arc};

use plimsoll::run::Finished;
use plimsoll_models::{Diagram, Severity, catalog::QuotaKind};
use plimsoll_sim::{
    RunResult,
    result::{
        Answer, Assumption, Basis, Consequence, CostItem, CostMonth, CostResult, CountRow, EdgeResult, Finding, Grid, Holds, JourneyResult,
        JourneyTrace, LatencyCounts, LatencySeries, LatencySummary, Ledger, LedgerRow, LimitResult, MonthResult, NodeResult,
        ObjectiveResult, Percentile, RunInfo, SCHEMA, Series, SeriesKind, TraceEvent, TraceStep, Verdict,
    },
};

/// A small shop.
pub(crate) const SHOP: &str = r#"{
  "plimsoll": 1,
  "name": "Shop",
  "event_types": {
    "OrderPlaced": {"size": "2 KiB"}
  },
  "nodes": {
    "api": {"service": "aws/api-gateway-http", "name": "API"},
    "clients": {"service": "generic/client", "name": "Clients", "fields": {"arrivals": "poisson(200/s)"}},
    "orders": {"service": "aws/sqs", "name": "Orders"},
    "table": {"service": "aws/dynamodb", "name": "Orders table"},
    "worker": {"service": "aws/lambda", "name": "Worker", "fields": {"duration": "80 ms", "memory": "512 MiB"}}
  },
  "edges": {
    "api-orders": {"from": "api", "to": "orders", "kind": "send"},
    "clients-api": {"from": "clients", "to": "api", "kind": "request"},
    "orders-worker": {"from": "orders", "to": "worker", "kind": "poll"},
    "worker-table": {"from": "worker", "to": "table", "kind": "request"}
  },
  "scenarios": {
    "default": {"name": "Normal day", "duration": "10 min", "objectives": ["response p99 <= 800 ms", "loss <= 0.1 %"]},
    "peak": {"name": "Black Friday", "duration": "10 min", "multiplier": 8}
  },
  "layout": {
    "api": [240, 0],
    "clients": [0, 0],
    "orders": [480, 0],
    "table": [960, 0],
    "worker": [720, 0]
  }
}
"#;

/// A finished run of a diagram.
pub(crate) fn finished(diagram: &Arc<Diagram>) -> Finished {
    Finished { result: Arc::new(result()), diagram: Arc::clone(diagram), scenario: "default".into() }
}

fn latency(p50: f64) -> LatencySummary {
    LatencySummary {
        count: 119_000,
        mean: p50 * 1.4,
        sd: p50,
        min: p50 / 4.0,
        p50,
        p90: p50 * 2.2,
        p95: p50 * 3.1,
        p99: p50 * 7.4,
        p999: p50 * 12.0,
        max: p50 * 21.0,
    }
}

fn wave(n: usize, base: f64, amplitude: f64, noise: f64) -> Vec<f64> {
    (0..n).map(|i| (base + amplitude * (i as f64 / 23.0).sin() + noise * ((i * 7919 % 101) as f64 / 101.0 - 0.5)).max(0.0)).collect()
}

fn some(values: Vec<f64>) -> Vec<Option<f64>> {
    values.into_iter().map(Some).collect()
}

fn limit(title: &str, node: &str, text: &str, use_peak: f64, refused: u64, delayed: u64) -> LimitResult {
    let bound = refused + delayed > 0;
    LimitResult {
        title: title.to_owned(),
        key: format!("aws/x.{title}"),
        node: Some(node.into()),
        shared_by: Vec::new(),
        edge: None,
        scope: "account-region".to_owned(),
        value: 1_000.0,
        set_apart: 0.0,
        text: text.to_owned(),
        quantity: plimsoll_models::units::Quantity::Count,
        kind: QuotaKind::Soft,
        source: "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html".to_owned(),
        assumed: node == "table",
        use_peak,
        peak_at_s: 312.0,
        headroom: Some(1.0 / use_peak),
        first_bound_s: bound.then_some(141.3),
        refused,
        delayed,
        delay_s: delayed as f64 * 0.42,
    }
}

fn node(id: &str, use_peak: f64, refused: bool, delayed: bool, n: usize) -> NodeResult {
    let series = |name: &str, kind, values| Series { name: name.to_owned(), kind, values };
    NodeResult {
        id: id.into(),
        service: "aws/lambda".to_owned(),
        use_peak: Some(use_peak),
        tightest: Some(0),
        refused,
        delayed,
        metrics: BTreeMap::from([
            ("ConcurrentExecutions.Maximum".to_owned(), 1_000.0),
            ("Invocations".to_owned(), 119_842.0),
            ("Throttles".to_owned(), 1_204.0),
        ]),
        wait: latency(0.02),
        sojourn: latency(0.09),
        series: vec![
            series("ApproximateAgeOfOldestMessage", SeriesKind::Max, wave(n, 12.0, 30.0, 2.0)),
            series("Cost", SeriesKind::Rate, wave(n, 0.000_2, 0.000_1, 0.000_05)),
            series("Invocations", SeriesKind::Rate, wave(n, 200.0, 40.0, 30.0)),
            series("Throttles", SeriesKind::Rate, wave(n, 2.0, 8.0, 3.0)),
            series("ConcurrentExecutions", SeriesKind::Max, wave(n, 600.0, 400.0, 60.0)),
        ],
    }
}

fn trace(ordinal: u64, slow: bool) -> JourneyTrace {
    let step = |at_s: f64, node: &str, what| TraceStep { at_s, node: node.into(), edge: None, what };
    let stretch = if slow { 9.0 } else { 1.0 };
    let start = 12.0 * ordinal as f64;
    JourneyTrace {
        ordinal,
        producer: "clients".into(),
        started_s: start,
        response_s: Some(start + 0.031),
        completion_s: Some(start + 0.42 * stretch),
        slowest: slow,
        steps: vec![
            step(start, "clients", TraceEvent::Attempt),
            step(start + 0.004, "api", TraceEvent::Start),
            step(start + 0.022, "orders", TraceEvent::Enqueued),
            step(start + 0.031, "clients", TraceEvent::Done),
            step(start + 0.08 * stretch, "orders", TraceEvent::Received),
            step(start + 0.09 * stretch, "worker", TraceEvent::Throttled),
            step(start + 0.12 * stretch, "worker", TraceEvent::ColdStart),
            step(start + 0.30 * stretch, "worker", TraceEvent::Start),
            step(start + 0.40 * stretch, "worker", TraceEvent::Done),
            step(start + 0.42 * stretch, "orders", TraceEvent::Deleted),
        ],
    }
}

fn row(edge: &str, node: &str, created: u64, fates: &[(&str, u64)], held: u64) -> LedgerRow {
    LedgerRow {
        edge: Some(edge.into()),
        node: node.into(),
        created,
        attempts: created + 1_204,
        fates: fates.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect(),
        held,
        effects: fates.first().map_or(0, |(_, count)| *count),
    }
}

fn findings() -> Vec<Finding> {
    let finding = |code, severity, node: &str, title: &str, fix| Finding {
        code,
        severity,
        node: Some(node.into()),
        edge: None,
        title: title.to_owned(),
        evidence: "At 2.35 min demand was 1,204 above the 1,000 concurrent executions that the account has.".to_owned(),
        advice: "Ask for a higher quota, or make the function faster: at 40 ms it would need half of them.".to_owned(),
        limit: Some(0),
        fix,
        consequence: Some(Consequence { lost: 671, late: 1_204, usd: 0.0, basis: Basis::Simulated }),
    };
    vec![
        finding(
            "limit-refused",
            Severity::Error,
            "worker",
            "Concurrent executions refused 1,204 invocations",
            Some(("worker.duration".to_owned(), "40 ms".to_owned())),
        ),
        finding("no-dead-letter", Severity::Warning, "orders", "Orders has no dead-letter queue", None),
    ]
}

/// A hump in each interval that grows over time.
fn counts(n: usize) -> LatencyCounts {
    let bounds_s = (0..40).map(|bucket| 0.004 * 1.2_f64.powi(bucket)).collect();
    let row = |interval: usize| CountRow { first: 4 + interval * 12 / n, counts: vec![3, 40, 160, 200, 90, 30, 8, 2, 0, 1] };
    LatencyCounts { bounds_s, rows: (0..n).map(row).collect() }
}

fn percentiles(median: f64) -> Vec<Percentile> {
    let at = |n: i32| Percentile { share: 1.0 - 0.5_f64.powi(n), seconds: median * 1.35_f64.powi(n - 1) };
    (0..16).map(at).chain([Percentile { share: 1.0, seconds: median * 120.0 }]).collect()
}

fn journey(n: usize) -> JourneyResult {
    let series = LatencySeries {
        p50: some(wave(n, 0.03, 0.01, 0.005)),
        p90: some(wave(n, 0.08, 0.02, 0.02)),
        p99: some(wave(n, 0.3, 0.2, 0.1)),
        max: some(wave(n, 0.7, 0.3, 0.3)),
    };
    JourneyResult {
        producer: "clients".into(),
        event_type: Some("OrderPlaced".into()),
        started: 120_013,
        succeeded: 119_842,
        rejected: 12,
        failed: 159,
        complete: 119_000,
        lossy: 842,
        unfinished: 171,
        response: latency(0.031),
        response_failed: LatencySummary::default(),
        completion: latency(0.42),
        response_series: series.clone(),
        completion_series: series,
        response_counts: counts(n),
        completion_counts: counts(n),
        response_percentiles: percentiles(0.031),
        completion_percentiles: percentiles(0.42),
        series: Vec::new(),
        key_classes: Vec::new(),
    }
}

fn verdict() -> Verdict {
    let objective = |objective: &str, holds, text: &str| ObjectiveResult {
        objective: objective.to_owned(),
        holds,
        measured: Some(0.229),
        half_width: None,
        bound: 0.8,
        text: text.to_owned(),
        late: None,
    };
    Verdict {
        overall: Holds::Broken,
        objectives: vec![
            objective("response p99 <= 800 ms", Holds::Holds, "229 ms, bound 800 ms"),
            objective("loss <= 0.1 %", Holds::Broken, "0.70 %, bound 0.1 %"),
        ],
        unfinished: 171,
    }
}

/// A result of the shop with something in every panel.
pub(crate) fn result() -> RunResult {
    let n = 200;
    RunResult {
        faults: Vec::new(),
        remedies: Vec::new(),
        schema: SCHEMA,
        run: RunInfo {
            diagram: "Shop".to_owned(),
            scenario: "default".to_owned(),
            seed: 1,
            replications: 1,
            duration_s: 600.0,
            warm_up_s: 30.0,
            ended_s: 600.0,
            drained: false,
            version: "0.1.0",
            catalog: "2026-11",
            events: 1_482_113,
            requests: 120_013,
        },
        verdict: verdict(),
        answer: Answer { first: Some(0), costliest: Some(1), ..Answer::default() },
        journeys: vec![journey(n)],
        nodes: vec![
            node("api", 0.42, false, false, n),
            node("orders", 0.3, false, false, n),
            node("table", 0.81, false, true, n),
            node("worker", 1.21, true, false, n),
        ],
        edges: vec![EdgeResult {
            id: "orders-worker".into(),
            from: "orders".into(),
            to: "worker".into(),
            metrics: BTreeMap::from([("Batches".to_owned(), 11_984.0)]),
            latency: latency(0.09),
            series: vec![],
        }],
        limits: vec![
            limit("Concurrent executions", "worker", "1,000 executions", 1.21, 1_204, 0),
            limit("Write units per partition", "table", "1,000/s", 0.81, 0, 312),
            limit("Throttle rate", "api", "10,000/s", 0.42, 0, 0),
            limit("Messages in flight", "orders", "120,000", 0.03, 0, 0),
        ],
        ledger: Ledger {
            rows: vec![
                row("clients-api", "clients", 120_013, &[("done", 119_842), ("failed", 159), ("rejected", 12)], 0),
                row("orders-worker", "orders", 119_842, &[("done", 119_000), ("dead_lettered", 671)], 171),
            ],
            balanced: true,
        },
        cost: CostResult {
            total_usd: 0.412,
            per_hour_usd: 2.472,
            month: Some(MonthResult { hours: 730.0, usd: 1_804.56, free_tier_usd: 1_797.69 }),
            per_thousand_usd: 0.00343,
            usd_per_second: wave(n, 0.000_8, 0.000_4, 0.000_2),
            after_grid_usd: 0.0,
            items: vec![
                CostItem {
                    node: "worker".into(),
                    meter: "gb_seconds".to_owned(),
                    title: "Compute".to_owned(),
                    units: 4_793.0,
                    unit: "GB-s".to_owned(),
                    usd: 0.0799,
                    month: Some(CostMonth { units: 20_993_340.0, free_units: 400_000.0, usd: 349.89, free_tier_usd: 343.22 }),
                    source: "AWS price list".to_owned(),
                },
                CostItem {
                    node: "table".into(),
                    meter: "write_units".to_owned(),
                    title: "Write request units".to_owned(),
                    units: 119_000.0,
                    unit: "units".to_owned(),
                    usd: 0.0744,
                    month: None,
                    source: "AWS price list".to_owned(),
                },
            ],
        },
        findings: findings(),
        assumptions: vec![Assumption {
            path: "worker.init".to_owned(),
            title: "Cold start".to_owned(),
            value: "lognormal(p50=250 ms, p99=900 ms)".to_owned(),
            source: "measurements of bloggers, not documented".to_owned(),
            range: None,
        }],
        grid: Grid { interval_s: 3.0, intervals: n },
        traces: vec![trace(0, false), trace(1, false), trace(40, true)],
        intervals: vec![],
        sensitivity: vec![],
        diagnostics: vec![],
    }
}

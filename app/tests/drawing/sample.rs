//! A checkout, and a made-up run of it.

use std::collections::BTreeMap;

use plimsoll_models::{Diagram, Edge, EdgeKind, Edit, Group, Node, Point, catalog::QuotaKind, diagram::GroupKind, edit::apply};
use plimsoll_sim::{
    RunResult,
    result::{Answer, CostResult, Grid, Holds, LatencySummary, Ledger, LimitResult, NodeResult, RunInfo, SCHEMA, Verdict},
};

/// Clients, an API, functions, a bus, queues, a table and somebody else's API.
pub(crate) fn checkout() -> Diagram {
    let nodes = [
        ("clients", "generic/client", "Shoppers", 0.0, 120.0),
        ("api", "aws/api-gateway-http", "Shop API", 260.0, 120.0),
        ("checkout", "aws/lambda", "Checkout", 520.0, 120.0),
        ("orders", "aws/dynamodb", "Orders", 800.0, 0.0),
        ("bus", "aws/eventbridge-classic", "Shop events", 800.0, 120.0),
        ("payments", "aws/sqs", "Payments to process", 1080.0, 120.0),
        ("charge", "aws/lambda", "Charge card", 1340.0, 120.0),
        ("stripe", "generic/http-api", "Stripe", 1620.0, 120.0),
        ("ledger", "aws/dynamodb", "Ledger", 1620.0, 0.0),
        ("dlq", "aws/sqs", "Payments given up", 1340.0, 280.0),
        ("mail", "aws/lambda", "Confirmation mail", 1080.0, 280.0),
    ];
    let edges = [
        ("clients-api", "clients", "api", EdgeKind::Request, ""),
        ("api-checkout", "api", "checkout", EdgeKind::Request, "POST /orders"),
        ("checkout-orders", "checkout", "orders", EdgeKind::Request, "write order"),
        ("checkout-bus", "checkout", "bus", EdgeKind::Send, "OrderPlaced"),
        ("bus-payments", "bus", "payments", EdgeKind::Deliver, "OrderPlaced"),
        ("bus-mail", "bus", "mail", EdgeKind::Deliver, "OrderPlaced"),
        ("payments-charge", "payments", "charge", EdgeKind::Poll, ""),
        ("charge-stripe", "charge", "stripe", EdgeKind::Request, "charge"),
        ("charge-ledger", "charge", "ledger", EdgeKind::Request, "write <entry> & check"),
        ("payments-dlq", "payments", "dlq", EdgeKind::DeadLetter, "after 3 receives"),
    ];
    let mut all = Vec::new();
    for (id, service, name, x, y) in nodes {
        all.push(Edit::AddNode { id: id.into(), node: Node::new(service, name), at: Point::new(x, y) });
    }
    for (id, from, to, kind, name) in edges {
        let edge = Edge { name: name.to_owned(), ..Edge::new(from, to, kind) };
        all.push(Edit::AddEdge { id: id.into(), edge });
    }
    let inside = ["payments", "charge", "dlq", "ledger", "stripe"];
    let group = Group { kind: GroupKind::Context, name: "Billing".to_owned(), nodes: inside.map(Into::into).into(), ..Group::default() };
    all.push(Edit::SetGroup("billing".into(), Some(group)));
    all.push(Edit::RenameDiagram("Checkout <b>2026</b>".to_owned()));
    apply(&Diagram::default(), &Edit::All("Draw".to_owned(), all)).unwrap()
}

/// A run in which the account's concurrency refuses, Stripe's rate delays and the table is warm.
pub(crate) fn run() -> RunResult {
    let latency = |count, p99| LatencySummary { count, p99, ..LatencySummary::default() };
    let node = |id: &str, use_peak: Option<f64>, refused, delayed, metrics: &[(&str, f64)], p99: f64| NodeResult {
        id: id.into(),
        service: String::new(),
        use_peak,
        tightest: use_peak.map(|_| 0),
        refused,
        delayed,
        metrics: metrics.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect::<BTreeMap<_, _>>(),
        wait: LatencySummary::default(),
        sojourn: latency(if p99 > 0.0 { 1000 } else { 0 }, p99),
        series: Vec::new(),
    };
    let limit = LimitResult {
        title: "Concurrent executions".to_owned(),
        key: "aws/lambda.concurrent_executions".to_owned(),
        node: Some("checkout".into()),
        shared_by: Vec::new(),
        edge: None,
        scope: "account-region".to_owned(),
        value: 1000.0,
        set_apart: 0.0,
        quantity: plimsoll_models::units::Quantity::Count,
        text: "1,000".to_owned(),
        kind: QuotaKind::Soft,
        source: String::new(),
        assumed: false,
        set_apart: 0.0,
        use_peak: 1.31,
        peak_at_s: 60.0,
        headroom: Some(0.76),
        first_bound_s: Some(41.0),
        refused: 31_200,
        delayed: 0,
        delay_s: 0.0,
    };
    RunResult {
        schema: SCHEMA,
        run: RunInfo {
            diagram: "Checkout".to_owned(),
            scenario: "default".to_owned(),
            seed: 1,
            replications: 1,
            duration_s: 600.0,
            warm_up_s: 0.0,
            ended_s: 600.0,
            drained: true,
            version: "0",
            catalog: "0",
            events: 0,
            requests: 0,
        },
        verdict: Verdict { overall: Holds::Broken, objectives: Vec::new(), unfinished: 0 },
        answer: Answer { first: Some(0), costliest: Some(0), restores: None },
        faults: Vec::new(),
        remedies: Vec::new(),
        journeys: Vec::new(),
        nodes: vec![
            node(
                "clients",
                None,
                false,
                false,
                &[("arrivals", 260_000.0), ("refused", 0.0), ("arrivals_per_s", 433.3), ("age.max", 0.0), ("Refused", 0.0)],
                0.0,
            ),
            node(
                "api",
                Some(0.12),
                false,
                false,
                &[("arrivals", 260_000.0), ("refused", 0.0), ("arrivals_per_s", 433.3), ("age.max", 0.0), ("4XXError", 0.0)],
                1.2,
            ),
            node(
                "checkout",
                Some(1.31),
                true,
                false,
                &[("arrivals", 259_200.0), ("refused", 31_200.0), ("arrivals_per_s", 432.0), ("age.max", 0.0), ("Throttles", 31_200.0)],
                0.21,
            ),
            node(
                "orders",
                Some(0.82),
                false,
                false,
                &[("arrivals", 228_000.0), ("refused", 0.0), ("arrivals_per_s", 380.0), ("age.max", 0.0), ("ThrottledRequests", 0.0)],
                0.0084,
            ),
            node(
                "bus",
                Some(0.42),
                false,
                false,
                &[("arrivals", 228_000.0), ("refused", 0.0), ("arrivals_per_s", 380.0), ("age.max", 0.0), ("PutEventsThrottled", 0.0)],
                0.031,
            ),
            node(
                "payments",
                Some(0.31),
                false,
                false,
                &[("arrivals", 221_000.0), ("refused", 0.0), ("arrivals_per_s", 368.3), ("age.max", 251.0), ("Refused", 0.0)],
                0.0,
            ),
            node(
                "charge",
                Some(0.55),
                false,
                false,
                &[("arrivals", 221_000.0), ("refused", 0.0), ("arrivals_per_s", 368.3), ("age.max", 0.0), ("Throttles", 0.0)],
                0.84,
            ),
            node(
                "stripe",
                Some(1.06),
                false,
                true,
                &[("arrivals", 221_000.0), ("refused", 0.0), ("arrivals_per_s", 368.3), ("age.max", 0.0), ("Refused", 0.0)],
                0.61,
            ),
            node(
                "ledger",
                Some(0.04),
                false,
                false,
                &[("arrivals", 221_000.0), ("refused", 0.0), ("arrivals_per_s", 368.3), ("age.max", 0.0), ("ThrottledRequests", 0.0)],
                0.0082,
            ),
            node(
                "dlq",
                Some(0.0),
                false,
                false,
                &[("arrivals", 120.0), ("refused", 0.0), ("arrivals_per_s", 0.2), ("age.max", 500.0), ("Refused", 0.0)],
                0.0,
            ),
            node(
                "mail",
                Some(0.74),
                false,
                false,
                &[("arrivals", 228_000.0), ("refused", 0.0), ("arrivals_per_s", 380.0), ("age.max", 0.0), ("Throttles", 0.0)],
                0.31,
            ),
        ],
        edges: Vec::new(),
        limits: vec![limit],
        ledger: Ledger::default(),
        cost: CostResult::default(),
        findings: Vec::new(),
        assumptions: Vec::new(),
        grid: Grid::default(),
        traces: Vec::new(),
        intervals: Vec::new(),
        diagnostics: Vec::new(),
    }
}

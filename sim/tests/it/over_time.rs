//! What the series tell about age and cost, worked by hand.

use plimsoll_models::{Diagram, EdgeKind};
use plimsoll_sim::{Progress, RunResult, Simulation, result::Series};
use serde_json::json;

use crate::{
    records,
    support::{Draw, faulty, json, program, run, run_plan},
};

/// A function that takes no time by itself.
const BARE: [(&str, &str); 5] = [("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s"), ("timeout", "1 min"), ("memory", "1 GiB")];

fn series<'a>(result: &'a RunResult, node: &str, name: &str) -> &'a Series {
    result.node(node).unwrap().series.iter().find(|series| series.name == name).unwrap_or_else(|| panic!("{node} has no {name}"))
}

/// The value of the window that ends at a time.
fn before(result: &RunResult, series: &Series, end_s: f64) -> f64 {
    series.values[(end_s / result.grid.interval_s).round() as usize - 1]
}

fn close(measured: f64, expected: f64) {
    assert!((measured - expected).abs() <= 1e-9 * expected.abs(), "{measured} instead of {expected}");
}

/// A message every ten seconds from 10 s on, which a function takes at once and works on for a second.
fn polled() -> Diagram {
    Draw::default()
        .node("client", "generic/client", &[("arrivals", "constant(0.1/s)")])
        .node("queue", "aws/sqs", &[("send_latency", "0 s"), ("visibility_timeout", "10 s")])
        .node("fn", "aws/lambda", &[&BARE[..], &[("duration", "1 s")]].concat())
        .edge("send", EdgeKind::Send, "client", "queue", &[("attempts", "1")])
        .edge("consume", EdgeKind::Poll, "queue", "fn", &[("pickup_latency", "0 s"), ("batch_size", "1")])
        .0
}

/// The function is out from 105 s to 205 s: the message of 110 s is the first that stays. Until it is tried again the
/// oldest is a second older each second; afterwards nothing is older than the second that its work takes.
#[test]
fn the_oldest_message_ages_while_the_consumer_is_out() {
    let outage = json!([{"kind": "outage", "on": "fn", "from": "105 s", "to": "205 s"}]);
    let result = run_plan(&polled(), faulty(&[("duration", "10 min")], outage));
    let age = series(&result, "queue", "ApproximateAgeOfOldestMessage");
    assert_eq!(result.grid.interval_s, 2.0);
    for (end, expected) in [(102.0, 1.0), (110.0, 0.0), (112.0, 2.0), (150.0, 40.0), (204.0, 94.0), (590.0, 0.0), (592.0, 1.0)] {
        close(before(&result, age, end), expected);
    }
    let most = age.values.iter().copied().fold(0.0, f64::max);
    close(result.node("queue").unwrap().metrics["ApproximateAgeOfOldestMessage.Maximum"], most);
    assert!((95.0..130.0).contains(&most), "{most}: it is tried again soon after the outage");
}

/// Three attempts of a second each, with waits of 60 and 120 s between them: an event is as old as the time since it came.
#[test]
fn an_event_that_is_tried_again_is_older_each_time() {
    let with = |kind| {
        Draw::default()
            .node("client", "generic/client", &[("arrivals", "times(0 s)")])
            .node("fn", "aws/lambda", &[&BARE[..], &[("duration", "1 s"), ("async_hop", "0 s"), ("transient_failures", "100 %")]].concat())
            .edge("send", kind, "client", "fn", &[("attempts", "1"), ("timeout", "none")])
            .0
    };
    let result = run(&with(EdgeKind::Send), &[("duration", "10 min")]);
    let age = series(&result, "fn", "AsyncEventAge");
    let seen: Vec<f64> = age.values.iter().copied().filter(|age| *age > 0.0).collect();
    assert_eq!(seen, [61_000.0, 182_000.0], "in milliseconds");
    close(before(&result, age, 62.0), 61_000.0);
    let waited_for = run(&with(EdgeKind::Request), &[("duration", "10 min")]);
    assert!(waited_for.node("fn").unwrap().series.iter().all(|series| series.name != "AsyncEventAge"));
}

/// Where nobody takes the messages, the oldest is the first one for ever.
#[test]
fn a_message_that_nobody_takes_ages_to_the_end() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "times(30 s, 40 s)")])
        .node("queue", "aws/sqs", &[("send_latency", "0 s")])
        .edge("send", EdgeKind::Send, "client", "queue", &[("attempts", "1")])
        .0;
    let result = run(&diagram, &[("duration", "100 s")]);
    let age = series(&result, "queue", "ApproximateAgeOfOldestMessage");
    for (end, expected) in [(30.0, 0.0), (50.0, 20.0), (100.0, 70.0)] {
        close(before(&result, age, end), expected);
    }
}

/// A record every ten seconds, the consumer out from 105 s to 205 s: it is behind by the age of the record of 110 s.
#[test]
fn a_stream_tells_how_far_its_consumer_is_behind() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "constant(0.1/s)")])
        .node("stream", "aws/kinesis", &[("put_latency", "0 s")])
        .node("fn", "aws/lambda", &[&BARE[..], &[("duration", "0 s")]].concat())
        .edge("put", EdgeKind::Send, "client", "stream", &[("attempts", "1")])
        .edge("read", EdgeKind::Poll, "stream", "fn", &[("base_poll", "1000/s"), ("read_latency", "0 s"), ("batch_size", "1")])
        .0;
    let outage = json!([{"kind": "outage", "on": "fn", "from": "105 s", "to": "205 s"}]);
    let result = run_plan(&diagram, faulty(&[("duration", "10 min")], outage));
    let lag = result.edge("read").unwrap().series.iter().find(|series| series.name == "IteratorAge").unwrap();
    for (end, expected) in [(104.0, 0.0), (112.0, 2_000.0), (150.0, 40_000.0), (204.0, 94_000.0), (598.0, 0.0)] {
        close(before(&result, lag, end), expected);
    }
    // Nobody reads while a batch is tried again. The first read afterwards is caught up but for the last record.
    let reads = series(&result, "stream", "GetRecords.IteratorAgeMilliseconds");
    let behind: Vec<f64> = reads.values.iter().copied().filter(|age| *age > 1.0).collect();
    assert!(matches!(behind[..], [once] if once < 10_000.0), "{behind:?}");
}

/// At 100 calls a second of 100 ms at 1 GiB, a second costs a hundred requests and ten GB-seconds.
#[test]
fn the_cost_of_a_function_is_requests_and_duration() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "constant(100/s)")])
        .node("fn", "aws/lambda", &[&BARE[..], &[("duration", "100 ms")]].concat())
        .edge("call", EdgeKind::Request, "client", "fn", &[("attempts", "1"), ("latency", "0 s")])
        .0;
    let result = run(&diagram, &[("duration", "500 s")]);
    let cost = series(&result, "fn", "Cost");
    let second = 100.0 * 0.2 / 1e6 + 100.0 * 0.1 * 0.000_016_666_7;
    for end in [50.0, 100.0, 499.0] {
        close(before(&result, cost, end), second);
        close(result.cost.usd_per_second[end as usize - 1], second);
    }
    assert!(result.node("client").unwrap().series.iter().all(|series| series.name != "Cost"), "a client has no price");
}

fn total(values: &[f64], result: &RunResult) -> f64 {
    values.iter().sum::<f64>() * result.grid.interval_s
}

/// Counted units, hours of what stands, pollers and what is outside: all of it is in the series once, and what the run
/// spends while it drains is told apart.
#[test]
fn the_cost_series_add_up_to_the_bill() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "constant(20/s)")])
        .node("queue", "aws/sqs", &[])
        .node("fn", "aws/lambda", &[("duration", "300 ms"), ("provisioned_concurrency", "2")])
        .node("table", "aws/dynamodb", &[("capacity_mode", "provisioned")])
        .node("vendor", "generic/http-api", &[("price_per_call", "0.001")])
        .node("database", "aws/rds", &[])
        .edge("send", EdgeKind::Send, "client", "queue", &[])
        .edge("consume", EdgeKind::Poll, "queue", "fn", &[("batch_size", "5"), ("scaling", "provisioned")])
        .edge("write", EdgeKind::Request, "fn", "table", &[("operation", "write")])
        .edge("ask", EdgeKind::Request, "fn", "vendor", &[])
        .edge("query", EdgeKind::Request, "fn", "database", &[])
        .0;
    let result = run(&diagram, &[("duration", "101 s"), ("until", "drained")]);
    let CostOf { nodes, all } = CostOf::new(&result);
    close(all + result.cost.after_grid_usd, result.cost.total_usd);
    close(nodes, all);
    assert!(result.cost.after_grid_usd > 0.0 && result.cost.items.len() >= 8, "{:#?}", result.cost);
}

/// The same for every service that has a limit: nothing that is billed is left out of the series, and none goes down.
#[test]
fn the_cost_series_of_every_service_add_up_to_the_bill() {
    let mut dear = 0;
    for row in records::rows() {
        let result = run(&row.diagram(), &[("duration", "7 s"), ("until", "drained")]);
        let CostOf { nodes, all } = CostOf::new(&result);
        let told = all + result.cost.after_grid_usd;
        assert!((told - result.cost.total_usd).abs() <= 1e-8 * result.cost.total_usd.max(1e-9), "{told}: {:#?}", result.cost);
        assert!((nodes - all).abs() <= 1e-9 * all.max(1e-9));
        dear += usize::from(all > 0.0);
    }
    assert!(dear > 50, "{dear}");
}

/// What the series of nodes, and that of everything, add up to.
struct CostOf {
    nodes: f64,
    all: f64,
}

impl CostOf {
    fn new(result: &RunResult) -> Self {
        let nodes = result.nodes.iter().flat_map(|node| &node.series).filter(|series| series.name == "Cost");
        Self { nodes: nodes.map(|series| total(&series.values, result)).sum(), all: total(&result.cost.usd_per_second, result) }
    }
}

/// The windows do not depend on where a run was halted and looked at.
#[test]
fn age_and_cost_are_the_same_however_a_run_is_cut() {
    let outage = json!([{"kind": "outage", "on": "fn", "from": "105 s", "to": "205 s"}]);
    let whole = run_plan(&polled(), faulty(&[("duration", "10 min")], outage.clone()));
    let mut simulation = Simulation::new(&program(&polled(), faulty(&[("duration", "10 min")], outage)), 0);
    for step in 0..170 {
        simulation.run_until(f64::from(step) * 3.5);
        if step % 40 == 0 {
            let _ = simulation.result();
        }
        simulation = simulation.clone();
    }
    simulation.run(&Progress::new()).unwrap();
    assert!(json(&simulation.result()) == json(&whole), "halting changed the result");
}

//! Latencies along a path, time-outs, back-off, and what a bus delivers.

use plimsoll_models::EdgeKind;
use plimsoll_sim::result::TraceEvent;
use serde_json::json;

use super::{Bench, CONCURRENCY, Case, Experiment, Missing, UNREACHED, bare_function, edge_metric, field, journey, measured, metric, sqs};

/// Status of a request whose integration took too long.
const GATEWAY_TIMEOUT: f64 = 504.0;

/// A gateway gives up on a function that goes on.
pub(super) fn timeout(case: &Case) -> Result<Experiment, Missing> {
    let (gateway, function) = (case.number("gateway_timeout_s")?, case.number("function_s")?);
    let function_fields =
        [field("duration", format!("{function} s")), field("timeout", format!("{} s", case.number("function_timeout_s")?))];
    let bench = Bench::new(&case.title)
        .client("client", "times(0 s)")
        .node("gateway", "aws/api-gateway-http", &[field("integration_timeout", format!("{gateway} s")), field("overhead", "0 s")])
        .node("function", "aws/lambda", &bare_function(&function_fields))
        .request("client", "gateway")
        .edge("integration", EdgeKind::Request, "gateway", "function", &[])
        .quota(CONCURRENCY, UNREACHED)
        .lasting((100.0, 0.0));
    Ok(Experiment::new(bench, 1, |result| {
        let journey = journey(result)?;
        let gave_up = sqs::instants(sqs::first(result)?, "gateway", TraceEvent::TimedOut).len() == 1;
        let status = if gave_up && journey.failed == 1 { GATEWAY_TIMEOUT } else { 0.0 };
        Ok(measured([
            ("client_latency_s", journey.response_failed.max.into()),
            ("client_status", status.into()),
            ("function_billed_s", metric(result, "function", "billed_s")?.into()),
        ]))
    }))
}

/// Attempts of a caller whose calls fail at once.
pub(super) fn backoff(case: &Case) -> Result<Experiment, Missing> {
    let jitter = if case.text("jitter").starts_with("full") { "full" } else { "none" };
    let law = format!(
        "exponential(base={} s, factor={}, cap={} s, jitter={jitter})",
        case.number("base_s")?,
        case.number("factor")?,
        case.number("cap_s")?
    );
    let edge = [field("timeout", "none"), field("attempts", case.number("attempts")?), field("backoff", law)];
    let count = case.sample.sequences.unwrap_or(1.0);
    let bench = Bench::new(&case.title)
        .client("client", format!("batch({count}, at=0 s)"))
        .node("broken", "generic/station", &[field("service", "0 s"), field("servers", "unlimited"), field("failure", "100 %")])
        .edge("call", EdgeKind::Request, "client", "broken", &edge)
        .lasting((1_000.0, 0.0));
    Ok(Experiment::new(bench, case.replications(), |result| {
        let trace = sqs::first(result)?;
        let attempts: Vec<f64> = trace.steps.iter().filter(|step| step.what == TraceEvent::Attempt).map(|step| step.at_s).collect();
        let total = &journey(result)?.response_failed;
        Ok(measured([
            ("attempt_times_s", attempts.into()),
            ("mean_total_s", total.mean.into()),
            ("var_total_s2", (total.sd * total.sd).into()),
        ]))
    }))
}

/// A gateway, a function, a table, one after the other.
pub(super) fn chain(case: &Case) -> Result<Experiment, Missing> {
    let [gateway, function, table] = case.numbers("stages_s")?[..] else { return Err("other than three stages".to_owned()) };
    let bench = Bench::new(&case.title)
        .client("client", "times(0 s)")
        .node("gateway", "aws/api-gateway-http", &[field("overhead", format!("{gateway} s"))])
        .node("function", "aws/lambda", &bare_function(&[field("duration", format!("{function} s"))]))
        .node("table", "aws/dynamodb", &[field("write_latency", format!("{table} s"))])
        .request("client", "gateway")
        .request("gateway", "function")
        .request("function", "table")
        .quota(CONCURRENCY, UNREACHED)
        .lasting((10.0, 0.0));
    Ok(Experiment::new(bench, 1, |result| Ok(measured([("latency_s", journey(result)?.response.max.into())]))))
}

/// A bus, a queue, a function, and two tables at the same time.
pub(super) fn chain_parallel(case: &Case) -> Result<Experiment, Missing> {
    let [publish, delivery, pickup, function] = case.numbers("serial_s")?[..] else { return Err("other than four stages".to_owned()) };
    let parallel = case.numbers("parallel_s")?;
    let mut bench = Bench::new(&case.title)
        .client("client", "times(0 s)")
        .node("bus", "aws/eventbridge-classic", &[field("publish_latency", format!("{publish} s"))])
        .node("queue", "aws/sqs", &[field("send_latency", "0 s")])
        .node("function", "aws/lambda", &bare_function(&[field("duration", "0 s")]))
        .edge("publish", EdgeKind::Send, "client", "bus", &[])
        .edge("rule", EdgeKind::Deliver, "bus", "queue", &[field("latency", format!("{delivery} s"))])
        .edge("mapping", EdgeKind::Poll, "queue", "function", &[field("batch_size", 1), field("pickup_latency", format!("{pickup} s"))])
        .quota(CONCURRENCY, UNREACHED)
        .lasting((10.0, 0.0));
    let mut calls = Vec::new();
    for (index, seconds) in parallel.iter().enumerate() {
        let table = format!("table{}", index + 1);
        bench = bench.node(&table, "aws/dynamodb", &[field("write_latency", format!("{seconds} s"))]).request("function", &table);
        calls.push(json!({"call": format!("function-{table}")}));
    }
    let bench = bench.structured("function", "work", json!([{"compute": format!("{function} s")}, {"parallel": calls}]));
    Ok(Experiment::new(bench, 1, |result| Ok(measured([("latency_s", journey(result)?.completion.max.into())]))))
}

/// The filter that passes this share of every cycle.
fn filter(share: f64) -> String {
    const CYCLE: f64 = 5.0;
    match share {
        0.0 | 1.0 => format!("{} %", share * 100.0),
        _ => format!("{} of {CYCLE}", (share * CYCLE).round()),
    }
}

/// Rules that match some of the events.
pub(super) fn bus_rules(case: &Case) -> Result<Experiment, Missing> {
    let shares = case.numbers("match_fraction")?;
    let mut bench = Bench::new(&case.title)
        .client("client", format!("batch({}, at=0 s)", case.number("events")?))
        .node("bus", "aws/eventbridge-classic", &[field("publish_latency", "0 s")])
        .edge("publish", EdgeKind::Send, "client", "bus", &[field("attempts", 1)])
        .quota("aws/eventbridge-classic.publish_rate", "1000000/s")
        .lasting((1_000.0, 0.0));
    for (index, share) in shares.iter().enumerate() {
        let queue = format!("queue{}", index + 1);
        bench = bench.node(&queue, "aws/sqs", &[field("send_latency", "0 s")]).edge(
            &format!("rule{}", index + 1),
            EdgeKind::Deliver,
            "bus",
            &queue,
            &[field("filter", filter(*share))],
        );
    }
    let count = shares.len();
    Ok(Experiment::new(bench, 1, move |result| {
        let deliveries = (1..=count).map(|index| metric(result, &format!("queue{index}"), "sent")).collect::<Result<Vec<f64>, _>>()?;
        let invocations = (1..=count).map(|index| edge_metric(result, &format!("rule{index}"), "attempts")).sum::<Result<f64, _>>()?;
        Ok(measured([
            ("deliveries", deliveries.into()),
            ("ingested", metric(result, "bus", "accepted")?.into()),
            ("invocations_total", invocations.into()),
        ]))
    }))
}

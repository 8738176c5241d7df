//! Latencies along a path, time-outs, back-off, and what a bus delivers.

use plimsoll_models::EdgeKind;
use plimsoll_sim::result::TraceEvent;
use serde_json::json;

use super::{
    Bench, CONCURRENCY, Case, Experiment, Measured, Missing, UNREACHED, bare_function, edge_metric, field, figures, journey, measured,
    metric, sqs,
};

/// Status of a request that was answered.
const FINE: f64 = 200.0;

/// Status of a request whose integration failed.
const BAD_GATEWAY: f64 = 502.0;

/// Status of a request whose integration took too long.
const GATEWAY_TIMEOUT: f64 = 504.0;

/// Longest wait for an integration of the plainer kind of gateway, in seconds.
const HTTP_TIMEOUT: f64 = 30.0;

/// A gateway before a function; whoever loses patience first gives up, and the function goes on.
pub(super) fn timeout(case: &Case) -> Result<Experiment, Missing> {
    let (gateway, function) = (case.model.number("gateway_timeout_s")?, case.model.number("function_s")?);
    let mut function_fields = vec![field("duration", format!("{function} s"))];
    function_fields.extend(case.model.optional("function_timeout_s")?.map(|timeout| field("timeout", format!("{timeout} s"))));
    let door = if gateway > HTTP_TIMEOUT { "aws/api-gateway-rest" } else { "aws/api-gateway-http" };
    let bench = Bench::new(&case.title)
        .client("client", "times(0 s)")
        .node("gateway", door, &[field("integration_timeout", format!("{gateway} s")), field("overhead", "0 s")])
        .node("function", "aws/lambda", &bare_function(&function_fields))
        .edge("client-gateway", EdgeKind::Request, "client", "gateway", &[field("timeout", "none"), field("attempts", 1)])
        .edge("integration", EdgeKind::Request, "gateway", "function", &[])
        .quota(CONCURRENCY, UNREACHED)
        .quota("aws/api-gateway-rest.integration_timeout", format!("{gateway} s"))
        .lasting((2.0 * (gateway + function) + 1.0, 0.0));
    Ok(Experiment::new(bench, 1, |result| {
        let journey = journey(result)?;
        let gave_up = sqs::instants(sqs::first(result)?, "gateway", TraceEvent::TimedOut).len() == 1;
        let status = match (journey.failed, gave_up) {
            (0, _) => FINE,
            (_, true) => GATEWAY_TIMEOUT,
            (_, false) => BAD_GATEWAY,
        };
        Ok(measured([
            ("client_latency_s", journey.response_failed.max.max(journey.response.max).into()),
            ("client_status", status.into()),
            ("function_billed_s", metric(result, "function", "billed_s")?.into()),
        ]))
    }))
}

/// By how much a wait of decorrelated jitter may exceed the one before it, where a case does not say.
const DECORRELATED: f64 = 3.0;

/// Waits that grow between attempts.
pub(super) struct Waits {
    /// As documents spell them.
    pub(super) law: String,
    /// The longest of them, in seconds.
    longest: f64,
}

/// The waits between so many attempts, and how much of them is left to chance.
pub(super) fn waits(case: &Case, attempts: f64) -> Result<Waits, Missing> {
    let jitter = case.model.word("jitter", &["none", "full", "equal", "decorrelated"])?;
    let (base, cap) = (case.model.number("base_s")?, case.model.limit("cap_s")?);
    let decorrelated = jitter == "decorrelated";
    let factor = if decorrelated { case.model.number_or("factor", DECORRELATED)? } else { case.model.number("factor")? };
    // No wait is longer than the cap, or than the last of the waits that grow.
    let grown = base * factor.powf(attempts);
    let cap = cap.unwrap_or(grown);
    let law = if decorrelated {
        format!("decorrelated(base={base} s, factor={factor}, cap={cap} s)")
    } else {
        format!("exponential(base={base} s, factor={factor}, cap={cap} s, jitter={jitter})")
    };
    Ok(Waits { law, longest: cap.min(grown) })
}

/// Attempts of a caller whose calls fail at once.
pub(super) fn backoff(case: &Case) -> Result<Experiment, Missing> {
    let attempts = case.model.number("attempts")?;
    let Waits { law, longest } = waits(case, attempts)?;
    let edge = [field("timeout", "none"), field("attempts", attempts), field("backoff", law)];
    let count = case.sample.sequences.unwrap_or(1.0);
    let bench = Bench::new(&case.title)
        .client("client", format!("batch({count}, at=0 s)"))
        .node("broken", "generic/station", &[field("service", "0 s"), field("servers", "unlimited"), field("failure", "100 %")])
        .edge("call", EdgeKind::Request, "client", "broken", &edge)
        .lasting((attempts * longest + 1.0, 0.0));
    Ok(Experiment::new(bench, case.replications(), |result| {
        let trace = sqs::first(result)?;
        let attempts: Vec<f64> = trace.steps.iter().filter(|step| step.what == TraceEvent::Attempt).map(|step| step.at_s).collect();
        let mut all = Measured::new();
        let total = &journey(result)?.response_failed;
        figures::latencies(&mut all, "total", total);
        all.extend(measured([("attempts", attempts.len().into()), ("total_s", total.max.into()), ("attempt_times_s", attempts.into())]));
        Ok(all)
    }))
}

/// A gateway, functions that call each other, a table: as many as there are stages.
pub(super) fn chain(case: &Case) -> Result<Experiment, Missing> {
    let stages = case.model.numbers("stages_s")?;
    let last = stages.len().checked_sub(1).ok_or("a chain without stages")?;
    let name = |index: usize| format!("stage{}", index + 1);
    let mut bench = Bench::new(&case.title)
        .client("client", "times(0 s)")
        .quota(CONCURRENCY, UNREACHED)
        .lasting((2.0 * stages.iter().sum::<f64>() + 1.0, 0.0));
    for (index, seconds) in stages.iter().enumerate() {
        let (service, fields) = match index {
            0 if last > 0 => ("aws/api-gateway-http", vec![field("overhead", format!("{seconds} s"))]),
            _ if index == last && last > 1 => ("aws/dynamodb", vec![field("write_latency", format!("{seconds} s"))]),
            _ => ("aws/lambda", bare_function(&[field("duration", format!("{seconds} s"))])),
        };
        let before = if index == 0 { "client".to_owned() } else { name(index - 1) };
        bench = bench.node(&name(index), service, &fields).request(&before, &name(index));
    }
    Ok(Experiment::new(bench, 1, |result| Ok(measured([("latency_s", journey(result)?.response.max.into())]))))
}

/// A bus, a queue, a function, and tables at the same time.
pub(super) fn chain_parallel(case: &Case) -> Result<Experiment, Missing> {
    let [publish, delivery, pickup, function] = case.model.numbers("serial_s")?[..] else {
        return Err("other than four stages".to_owned());
    };
    let parallel = case.model.numbers("parallel_s")?;
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

/// Events of the longest cycle that a filter can pass a share of.
const CYCLE_MAX: u32 = 1_000;

/// The filter that passes this share of every cycle, which is the shortest that has such a share.
fn filter(share: f64) -> Result<String, Missing> {
    let whole = |cycle: &u32| (share * f64::from(*cycle) - (share * f64::from(*cycle)).round()).abs() < 1e-9 * f64::from(*cycle);
    match (0.0..=1.0).contains(&share).then(|| (1..=CYCLE_MAX).find(whole)).flatten() {
        Some(1) => Ok(format!("{} %", share * 100.0)),
        Some(cycle) => Ok(format!("{} of {cycle}", (share * f64::from(cycle)).round())),
        None => Err(format!("a rule that matches the share {share}")),
    }
}

/// Rules that match some of the events.
pub(super) fn bus_rules(case: &Case) -> Result<Experiment, Missing> {
    let shares = case.model.numbers("match_fraction")?;
    // A share says how many of a cycle match.
    case.model.remark("matching");
    let mut bench = Bench::new(&case.title)
        .client("client", format!("batch({}, at=0 s)", case.model.number("events")?))
        .node("bus", "aws/eventbridge-classic", &[field("publish_latency", "0 s")])
        .edge("publish", EdgeKind::Send, "client", "bus", &[field("attempts", 1)])
        .quota("aws/eventbridge-classic.publish_rate", "1000000/s")
        .lasting((1_000.0, 0.0));
    for (index, share) in shares.iter().enumerate() {
        let (rule, queue) = (format!("rule{}", index + 1), format!("queue{}", index + 1));
        let fields = [field("filter", filter(*share)?)];
        bench = bench.node(&queue, "aws/sqs", &[field("send_latency", "0 s")]).edge(&rule, EdgeKind::Deliver, "bus", &queue, &fields);
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

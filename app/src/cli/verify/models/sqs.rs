//! Queues before functions, and the function's own queue of asynchronous events.

use std::fmt::Display;

use plimsoll_models::EdgeKind;
use plimsoll_sim::{
    RunResult,
    result::{JourneyTrace, TraceEvent},
};

use super::{
    Bench, CONCURRENCY, Case, Experiment, Missing, Pairs, Trouble, UNREACHED, bare_function, edge_metric, field, journey, measured, metric,
    node,
};
use crate::cli::verify::probe;

/// The queue.
const QUEUE: &str = "queue";

/// The function that works the queue off.
const FUNCTION: &str = "function";

/// The mapping between them.
pub(super) const MAPPING: &str = "mapping";

/// Where what fails goes.
const DEAD: &str = "dead";

/// Batches at a time that are never reached.
const MANY_BATCHES: u64 = 1_000_000;

/// Client, queue, mapping, function; nothing takes time by itself.
pub(super) fn bench(case: &Case, arrivals: impl Display, queue: Pairs<'_>, mapping: Pairs<'_>, function: Pairs<'_>) -> Bench {
    let mut queue_fields = vec![field("send_latency", "0 s"), field("in_flight", UNREACHED)];
    queue_fields.extend_from_slice(queue);
    let mut fields = vec![
        field("pickup_latency", "0 s"),
        field("initial_concurrency", MANY_BATCHES),
        field("ramp", "1000000/s"),
        field("ceiling", MANY_BATCHES),
    ];
    fields.retain(|(key, _)| !mapping.iter().any(|(other, _)| other == key));
    fields.extend_from_slice(mapping);
    Bench::new(&case.title)
        .client("client", arrivals)
        .node(QUEUE, "aws/sqs", &queue_fields)
        .node(FUNCTION, "aws/lambda", &bare_function(function))
        .edge("client-queue", EdgeKind::Send, "client", QUEUE, &[])
        .edge(MAPPING, EdgeKind::Poll, QUEUE, FUNCTION, &fields)
        .quota(CONCURRENCY, UNREACHED)
}

/// The first journey.
pub(super) fn first(result: &RunResult) -> Result<&JourneyTrace, Trouble> {
    result.traces.iter().find(|trace| trace.ordinal == 0).ok_or_else(|| Trouble::Broken("the first journey was not followed".to_owned()))
}

/// When something happened in a node, in seconds.
pub(super) fn instants(trace: &JourneyTrace, at: &str, what: TraceEvent) -> Vec<f64> {
    trace.steps.iter().filter(|step| step.what == what && step.node.as_str() == at).map(|step| step.at_s).collect()
}

/// The only time at which something happened, wherever it was.
fn instant(trace: &JourneyTrace, what: TraceEvent) -> Result<f64, Trouble> {
    let step = trace.steps.iter().find(|step| step.what == what);
    step.map(|step| step.at_s).ok_or_else(|| Trouble::Broken(format!("{what:?} never happened")))
}

/// An asynchronous event whose function always fails.
pub(super) fn async_retry(case: &Case) -> Result<Experiment, Missing> {
    let [first_wait, second_wait] = case.numbers("retry_waits_s")?[..] else { return Err("other than two waits".to_owned()) };
    let fields = [
        field("duration", format!("{} s", case.number("duration_s")?)),
        field("transient_failures", "100 %"),
        field("async_retries", case.number("max_retries")?),
        field("async_wait_1", format!("{first_wait} s")),
        field("async_wait_2", format!("{second_wait} s")),
        field("async_max_age", format!("{} s", case.number("max_event_age_s")?)),
    ];
    let bench = Bench::new(&case.title)
        .client("client", "times(0 s)")
        .node(FUNCTION, "aws/lambda", &bare_function(&fields))
        .node(DEAD, "aws/sqs", &[field("send_latency", "0 s")])
        .edge("client-function", EdgeKind::Send, "client", FUNCTION, &[])
        .edge("function-dead", EdgeKind::DeadLetter, FUNCTION, DEAD, &[])
        .quota(CONCURRENCY, UNREACHED)
        .lasting((1_000.0, 0.0));
    Ok(Experiment::new(bench, 1, |result| {
        let trace = first(result)?;
        let attempts = instants(trace, FUNCTION, TraceEvent::Start);
        Ok(measured([
            ("attempts", attempts.len().into()),
            ("attempt_times_s", attempts.into()),
            ("dead_letter_time_s", instant(trace, TraceEvent::DeadLettered)?.into()),
        ]))
    }))
}

/// A message whose processing fails for a while, or always.
pub(super) fn poison(case: &Case) -> Result<Experiment, Missing> {
    let mut fields = vec![field("duration", format!("{} s", case.number("processing_s")?))];
    let list = case.get("fail").and_then(serde_json::Value::as_array);
    let failures = list.map(|list| list.iter().take_while(|fails| **fails == serde_json::Value::Bool(true)).count());
    fields.push(match failures {
        None => field("transient_failures", "100 %"),
        Some(count) => field("fail_attempts", count),
    });
    let queue = [
        field("visibility_timeout", format!("{} s", case.number("visibility_s")?)),
        field("max_receive_count", case.number("max_receive_count")?),
    ];
    let mapping = [field("batch_size", 1), field("pickup_latency", format!("{} s", case.number("poll_latency_s")?))];
    let bench = bench(case, "times(0 s)", &queue, &mapping, &fields)
        .node(DEAD, "aws/sqs", &[])
        .edge("queue-dead", EdgeKind::DeadLetter, QUEUE, DEAD, &[])
        .lasting((1_000.0, 0.0));
    Ok(Experiment::new(bench, 1, move |result| {
        let trace = first(result)?;
        let receives = instants(trace, QUEUE, TraceEvent::Received);
        let mut all = measured([
            ("receives", receives.len().into()),
            ("receive_times_s", receives.into()),
            ("dlq_messages", metric(result, QUEUE, "dead_lettered")?.into()),
        ]);
        let (name, what) =
            if failures.is_some() { ("delete_time_s", TraceEvent::Deleted) } else { ("dlq_time_s", TraceEvent::DeadLettered) };
        all.insert(name.to_owned(), instant(trace, what)?.into());
        Ok(all)
    }))
}

/// Processing that outlasts the visibility.
pub(super) fn duplicate(case: &Case) -> Result<Experiment, Missing> {
    let messages = case.number("messages")?;
    let queue = [field("visibility_timeout", format!("{} s", case.number("visibility_s")?))];
    let pollers = case.number("pollers")?;
    let mapping = [field("batch_size", 1), field("initial_concurrency", pollers), field("ceiling", pollers)];
    let function = [field("duration", format!("{} s", case.number("processing_s")?))];
    let bench = bench(case, format!("batch({messages}, at=0 s)"), &queue, &mapping, &function).lasting((1_000.0, 0.0));
    Ok(Experiment::new(bench, 1, move |result| {
        let received = metric(result, QUEUE, "received")?;
        Ok(measured([
            ("deliveries", received.into()),
            ("receive_times_s", instants(first(result)?, QUEUE, TraceEvent::Received).into()),
            ("duplicates", (received - messages).into()),
        ]))
    }))
}

/// A backlog worked off by so many batches at a time.
pub(super) fn drain(case: &Case) -> Result<Experiment, Missing> {
    let processing = case.number("processing_s")?;
    let mapping = [field("batch_size", case.number("batch")?), field("maximum_concurrency", case.number("concurrency")?)];
    let function = [field("duration", format!("{processing} s"))];
    // Nothing comes back while it waits for its turn.
    let queue = [field("visibility_timeout", "900 s")];
    let bench = bench(case, format!("batch({}, at=0 s)", case.number("messages")?), &queue, &mapping, &function).drained(1.0);
    Ok(Experiment::new(bench, 1, |result| {
        let wait = &node(result, QUEUE)?.wait;
        Ok(measured([
            ("makespan_s", journey(result)?.completion.max.into()),
            ("max_wait_s", wait.max.into()),
            ("mean_wait_s", wait.mean.into()),
        ]))
    }))
}

/// Message groups of an ordered queue: one client for each, all at once.
pub(super) fn fifo(case: &Case) -> Result<Experiment, Missing> {
    let processing = format!("{} s", case.number("processing_s")?);
    let groups = case.numbers("groups")?;
    let batch = case.number("batch")?;
    let pollers = case.number("pollers").unwrap_or(MANY_BATCHES as f64);
    // A batch takes as long as its messages one after the other.
    let function = [field("duration", &processing), field("duration_per_event", &processing)];
    let total: f64 = groups.iter().sum();
    let queue = [
        field("send_latency", "0 s"),
        field("in_flight", UNREACHED),
        field("partition_calls", format!("{}/s", total.max(1.0))),
        field("visibility_timeout", "12 h"),
    ];
    let mapping =
        [field("pickup_latency", "0 s"), field("batch_size", batch), field("initial_concurrency", pollers), field("ceiling", pollers)];
    let mut bench = Bench::new(&case.title)
        .node(QUEUE, "aws/sqs-fifo", &queue)
        .node(FUNCTION, "aws/lambda", &bare_function(&function))
        .edge(MAPPING, EdgeKind::Poll, QUEUE, FUNCTION, &mapping)
        .quota(CONCURRENCY, UNREACHED)
        .drained(1.0);
    for (group, messages) in groups.iter().enumerate() {
        let (client, event) = (format!("client-{group}"), format!("group-{group}"));
        bench = bench
            .event_type(&event, &[field("key", format!("constant({group})"))])
            .client(&client, format!("batch({messages}, at=0 s)"))
            .structured(&client, "events", event.into())
            .edge(&format!("send-{group}"), EdgeKind::Send, &client, QUEUE, &[]);
    }
    Ok(Experiment::new(bench, 1, |result| {
        let last = result.journeys.iter().map(|journey| journey.completion.max).fold(0.0, f64::max);
        Ok(measured([
            ("makespan_s", last.into()),
            ("max_concurrency", edge_metric(result, MAPPING, "concurrency.max")?.into()),
            ("order_violations", metric(result, QUEUE, "out_of_order")?.into()),
        ]))
    }))
}

/// Pollers that grow by the minute over an endless backlog.
pub(super) fn ramp(case: &Case) -> Result<Experiment, Missing> {
    let minutes =
        case.metrics.iter().find(|metric| metric.name == "concurrency_by_minute").map_or(0, |metric| metric.expected.values().len());
    let (initial, per_minute, most) = (case.number("initial")?, case.number("per_minute")?, case.number("maximum")?);
    let (batch, duration) = (case.number("batch")?, case.number("batch_duration_s")?);
    // More than all pollers together can take.
    let taken: f64 = (0..minutes).map(|minute| (initial + per_minute * minute as f64).min(most) * 60.0 / duration * batch).sum();
    let mapping = [
        field("batch_size", batch),
        field("initial_concurrency", initial),
        field("ramp", format!("{per_minute}/min")),
        field("ramp_steps", "minutes"),
        field("ceiling", most),
    ];
    let function = [field("duration", format!("{duration} s"))];
    let queue = [field("visibility_timeout", "900 s")];
    let bench =
        bench(case, format!("batch({}, at=0 s)", (1.1 * taken).ceil()), &queue, &mapping, &function).lasting((60.0 * minutes as f64, 0.0));
    Ok(probe::gauges(bench, 1, move |simulation| {
        let mut levels = Vec::with_capacity(minutes);
        for minute in 0..minutes {
            levels.push(simulation.busy_at(60.0 * minute as f64 + 30.25, FUNCTION)?);
        }
        let result = simulation.finish()?;
        Ok(measured([("concurrency_by_minute", levels.into()), ("messages_processed", metric(&result, QUEUE, "deleted")?.into())]))
    }))
}

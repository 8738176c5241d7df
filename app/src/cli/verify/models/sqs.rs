//! Queues before functions, and the function's own queue of asynchronous events.

use std::fmt::Display;

use plimsoll_models::EdgeKind;
use plimsoll_sim::{
    RunResult,
    result::{JourneyTrace, TraceEvent},
};

use super::{
    Bench, CONCURRENCY, Case, Experiment, Figure, Missing, Pairs, Trouble, UNREACHED, bare_function, edge_metric, field, measured, metric,
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

/// When something first happened, wherever it was.
fn instant(trace: &JourneyTrace, what: TraceEvent) -> Figure {
    trace.steps.iter().find(|step| step.what == what).map(|step| step.at_s).into()
}

/// How the attempts of a model end, as a field of its function: the first so many fail, or all of them.
fn failing(case: &Case) -> Result<(&'static str, String), Missing> {
    let fails = case.model.get("fail");
    if let Some(list) = fails.and_then(serde_json::Value::as_array) {
        let list = list.iter().map(serde_json::Value::as_bool).collect::<Option<Vec<bool>>>().ok_or("`fail` is no list of flags")?;
        let first = list.iter().take_while(|fails| **fails).count();
        return Ok(if first == list.len() { always() } else { field("fail_attempts", first) });
    }
    if let Some(first) = fails.and_then(serde_json::Value::as_f64) {
        return Ok(field("fail_attempts", first));
    }
    Ok(match case.model.word("fail", &["always", "never"])? {
        "never" => field("fail_attempts", 0),
        _ => always(),
    })
}

fn always() -> (&'static str, String) {
    field("transient_failures", "100 %")
}

/// Seconds that are run on after everything should be over.
const AFTER: f64 = 100.0;

/// Waits before retries that a function has.
const WAITS: [&str; 2] = ["async_wait_1", "async_wait_2"];

/// An asynchronous event whose function fails.
pub(super) fn async_retry(case: &Case) -> Result<Experiment, Missing> {
    let (duration, retries) = (case.model.number("duration_s")?, case.model.number_or("max_retries", 2.0)?);
    let waits = case.model.numbers_or_none("retry_waits_s")?;
    if waits.len() > WAITS.len() {
        return Err("more than two waits before retries".to_owned());
    }
    let mut fields = vec![field("duration", format!("{duration} s")), failing(case)?, field("async_retries", retries)];
    fields.extend(WAITS.iter().zip(&waits).map(|(key, wait)| field(key, format!("{wait} s"))));
    fields.extend(case.model.optional("max_event_age_s")?.map(|age| field("async_max_age", format!("{age} s"))));
    let longest = waits.iter().sum::<f64>().max(180.0) + (retries + 1.0) * duration + AFTER;
    let bench = Bench::new(&case.title)
        .client("client", "times(0 s)")
        .node(FUNCTION, "aws/lambda", &bare_function(&fields))
        .node(DEAD, "aws/sqs", &[field("send_latency", "0 s")])
        .edge("client-function", EdgeKind::Send, "client", FUNCTION, &[])
        .edge("function-dead", EdgeKind::DeadLetter, FUNCTION, DEAD, &[])
        .quota(CONCURRENCY, UNREACHED)
        .lasting((longest, 0.0));
    Ok(Experiment::new(bench, 1, |result| {
        let trace = first(result)?;
        let attempts = instants(trace, FUNCTION, TraceEvent::Start);
        Ok(measured([
            ("attempts", attempts.len().into()),
            ("attempt_times_s", attempts.into()),
            ("dead_letter_time_s", instant(trace, TraceEvent::DeadLettered)),
            ("success_time_s", instant(trace, TraceEvent::Done)),
        ]))
    }))
}

/// A message whose processing fails for a while, or always.
pub(super) fn poison(case: &Case) -> Result<Experiment, Missing> {
    let (visibility, processing) = (case.model.number("visibility_s")?, case.model.number("processing_s")?);
    let (receives, latency) = (case.model.number("max_receive_count")?, case.model.number_or("poll_latency_s", 0.0)?);
    let fields = [field("duration", format!("{processing} s")), failing(case)?];
    let queue =
        [field("visibility_timeout", format!("{visibility} s")), field("max_receive_count", receives), field("retention", RETENTION)];
    let mapping = [field("batch_size", 1), field("pickup_latency", format!("{latency} s"))];
    let longest = (receives + 1.0) * (visibility.max(processing) + latency) + AFTER;
    let bench = bench(case, "times(0 s)", &queue, &mapping, &fields)
        .node(DEAD, "aws/sqs", &[])
        .edge("queue-dead", EdgeKind::DeadLetter, QUEUE, DEAD, &[])
        .lasting((longest, 0.0));
    Ok(Experiment::new(bench, 1, move |result| {
        let trace = first(result)?;
        let receives = instants(trace, QUEUE, TraceEvent::Received);
        Ok(measured([
            ("receives", receives.len().into()),
            ("receive_times_s", receives.into()),
            ("dlq_messages", metric(result, QUEUE, "dead_lettered")?.into()),
            ("delete_time_s", instant(trace, TraceEvent::Deleted)),
            ("dlq_time_s", instant(trace, TraceEvent::DeadLettered)),
        ]))
    }))
}

/// The longest time that a queue keeps messages.
const RETENTION: &str = "14 d";

/// Messages whose receives are told one by one.
const FOLLOWED: f64 = 100.0;

/// Processing that outlasts the visibility.
pub(super) fn duplicate(case: &Case) -> Result<Experiment, Missing> {
    let (messages, pollers) = (case.model.number("messages")?, case.model.number("pollers")?);
    let (visibility, processing) = (case.model.number("visibility_s")?, case.model.number("processing_s")?);
    if case.model.has("delete_on_success") && !case.model.flag("delete_on_success")? {
        return Err("messages that nobody deletes".to_owned());
    }
    let latency = case.model.number_or("poll_latency_s", 0.0)?;
    let queue = [field("visibility_timeout", format!("{visibility} s")), field("retention", RETENTION)];
    let mapping = [
        field("batch_size", 1),
        field("initial_concurrency", pollers),
        field("ceiling", pollers),
        field("pickup_latency", format!("{latency} s")),
    ];
    let function = [field("duration", format!("{processing} s"))];
    // Each message may be processed once for each visibility that it outlasts, and all by one poller.
    let longest = messages * (processing + visibility) * (2.0 + processing / visibility) + AFTER;
    let bench = bench(case, format!("batch({messages}, at=0 s)"), &queue, &mapping, &function).lasting((longest, 0.0));
    Ok(Experiment::new(bench, 1, move |result| {
        let received = metric(result, QUEUE, "received")?;
        let mut all = measured([("deliveries", received.into()), ("duplicates", (received - messages).into())]);
        if messages <= FOLLOWED {
            let mut times: Vec<f64> = result.traces.iter().flat_map(|trace| instants(trace, QUEUE, TraceEvent::Received)).collect();
            times.sort_by(f64::total_cmp);
            all.insert("receive_times_s".to_owned(), times.into());
        }
        Ok(all)
    }))
}

/// Who keeps the pollers busy until the whole backlog is there.
const EARLIER: &str = "earlier";

/// A backlog worked off by so many batches at a time.
pub(super) fn drain(case: &Case) -> Result<Experiment, Missing> {
    let (messages, processing) = (case.model.number("messages")?, case.model.number("processing_s")?);
    let (batch, concurrency) = (case.model.number_or("batch", 1.0)?, case.model.number("concurrency")?);
    if messages < 1.0 {
        return Err("a backlog of nothing".to_owned());
    }
    let mapping = [
        field("batch_size", batch),
        field("initial_concurrency", concurrency),
        field("idle_concurrency", concurrency),
        field("ceiling", concurrency),
    ];
    let function = [field("duration", format!("{processing} s"))];
    // Nothing comes back while it waits for its turn.
    let queue = [field("visibility_timeout", "12 h"), field("retention", RETENTION)];
    // The pollers are busy with one message each until the whole backlog is there, so that every batch of it is full.
    let start = processing / 2.0;
    let ready = if batch > 1.0 { processing - start } else { 0.0 };
    let at = if batch > 1.0 { start } else { 0.0 };
    let mut bench = bench(case, format!("batch({messages}, at={at} s)"), &queue, &mapping, &function).drained(processing + 1.0);
    if batch > 1.0 {
        bench = bench.client(EARLIER, format!("batch({concurrency}, at=0 s)")).edge("earlier-queue", EdgeKind::Send, EARLIER, QUEUE, &[]);
    }
    Ok(Experiment::new(bench, 1, move |result| {
        let journeys = result.journeys.iter().find(|journey| journey.producer.as_str() == "client");
        let completion = &journeys.ok_or_else(|| "the result has no journeys of the client".to_owned())?.completion;
        Ok(measured([
            ("makespan_s", (completion.max - ready).into()),
            ("max_wait_s", (completion.max - processing - ready).into()),
            ("mean_wait_s", (completion.mean - processing - ready).into()),
        ]))
    }))
}

/// Message groups of an ordered queue: one client for each, all at once.
pub(super) fn fifo(case: &Case) -> Result<Experiment, Missing> {
    let processing = format!("{} s", case.model.number("processing_s")?);
    let groups = case.model.numbers("groups")?;
    let batch = case.model.number("batch")?;
    let pollers = case.model.limit("pollers")?.unwrap_or(MANY_BATCHES as f64);
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
    let minutes = match case.elements("concurrency_by_minute") {
        0 => case.model.number("minutes")? as usize,
        minutes => minutes,
    };
    let steps = match case.model.word("step", &["whole minutes", "minutes", "continuous", "seconds"])? {
        "continuous" | "seconds" => "seconds",
        _ => "minutes",
    };
    case.model.word("backlog", &["unbounded"])?;
    let (initial, per_minute, most) = (case.model.number("initial")?, case.model.number("per_minute")?, case.model.number("maximum")?);
    let (batch, duration) = (case.model.number("batch")?, case.model.number("batch_duration_s")?);
    // More than all pollers together can take.
    let taken: f64 = (0..minutes).map(|minute| (initial + per_minute * minute as f64).min(most) * 60.0 / duration * batch).sum();
    let mapping = [
        field("batch_size", batch),
        field("initial_concurrency", initial),
        field("ramp", format!("{per_minute}/min")),
        field("ramp_steps", steps),
        field("ceiling", most),
    ];
    let function = [field("duration", format!("{duration} s"))];
    let queue = [field("visibility_timeout", "12 h")];
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

//! What usage costs: rounding, chunks, units.

use plimsoll_models::EdgeKind;
use plimsoll_sim::{
    RunResult,
    month::{self, Tariff, Use},
};

use super::{Bench, CONCURRENCY, Case, Experiment, Missing, UNREACHED, bare_function, field, measured, metric, sqs, stream::STREAM};

/// Events per second at which metered usage is produced.
const RATE: f64 = 1_000.0;

/// What a case asks of the bill of a node.
struct Bill<const N: usize> {
    node: &'static str,
    meters: [&'static str; N],
    /// The tariffs of the meters, where the units of the run are a month's and what is always free comes off.
    free_tier: Option<Vec<Tariff>>,
}

impl<const N: usize> Bill<N> {
    fn of(case: &Case, bench: &Bench, node: &'static str, meters: [&'static str; N]) -> Result<Self, Missing> {
        let tariff = |meter: &&str| bench.tariff(node, meter).ok_or_else(|| format!("the price `{meter}`"));
        let free_tier = case.model.flag("free_tier")?.then(|| meters.iter().map(tariff).collect()).transpose()?;
        Ok(Self { node, meters, free_tier })
    }

    /// Units and US dollars of each meter.
    fn lines(&self, result: &RunResult) -> [(f64, f64); N] {
        let mut lines = self.meters.map(|meter| {
            let items = result.cost.items.iter().filter(|item| item.node.as_str() == self.node && item.meter == meter);
            items.fold((0.0, 0.0), |(units, usd), item| (units + item.units, usd + item.usd))
        });
        if let Some(tariffs) = &self.free_tier {
            let uses: Vec<Use<'_>> = tariffs.iter().zip(&lines).map(|(tariff, (units, _))| Use { tariff, units: *units }).collect();
            for ((_, usd), charge) in lines.iter_mut().zip(month::charges(&uses)) {
                *usd = charge.free_tier_usd;
            }
        }
        lines
    }

    /// US dollars of everything: of the run, or of the lines from which the free tier was taken off.
    fn total(&self, result: &RunResult) -> f64 {
        if self.free_tier.is_some() { self.lines(result).iter().map(|(_, usd)| usd).sum() } else { result.cost.total_usd }
    }
}

/// Requests and duration of a function.
pub(super) fn lambda(case: &Case) -> Result<Experiment, Missing> {
    let requests = case.model.number("requests")?;
    let (architecture, time) = match case.model.word("architecture", &["x86_64", "x86", "arm64", "arm"])? {
        "arm64" | "arm" => ("arm64", "duration_arm"),
        _ => ("x86_64", "duration"),
    };
    let fields = [
        field("duration", format!("{} ms", case.model.number("duration_ms")?)),
        field("memory", format!("{} MiB", case.model.number("memory_mb")?)),
        field("architecture", architecture),
    ];
    let bench = Bench::new(&case.title)
        .client("client", format!("constant({RATE}/s)"))
        .node("function", "aws/lambda", &bare_function(&fields))
        .request("client", "function")
        .quota(CONCURRENCY, UNREACHED)
        .price("aws/lambda", "requests", case.model.number("price_request")?)
        .price("aws/lambda", time, case.model.number("price_gbs")?)
        // The half gap makes the last of them arrive before the end.
        .drained((requests + 0.5) / RATE);
    let bill = Bill::of(case, &bench, "function", ["requests", time])?;
    Ok(Experiment::new(bench, 1, move |result| {
        let [(_, by_request), (gb_seconds, by_duration)] = bill.lines(result);
        let billed = metric(result, "function", "billed_s")?;
        Ok(measured([
            ("gb_seconds", gb_seconds.into()),
            ("billed_ms_each", (billed * 1_000.0 / requests).into()),
            ("cost_requests", by_request.into()),
            ("cost_duration", by_duration.into()),
            ("cost_total", bill.total(result).into()),
        ]))
    }))
}

/// Events of a bus by chunks.
pub(super) fn bus(case: &Case) -> Result<Experiment, Missing> {
    let events = case.model.number("events")?;
    let bench = Bench::new(&case.title)
        .event_type("event", &[field("size", format!("{} KiB", case.model.number("kb")?))])
        .node("client", "generic/client", &[field("arrivals", format!("constant({RATE}/s)")), field("events", "event")])
        .node(
            "bus",
            "aws/eventbridge-classic",
            &[field("publish_latency", "0 s"), field("metered_chunk", format!("{} KiB", case.model.number("chunk_kb")?))],
        )
        .edge("publish", EdgeKind::Send, "client", "bus", &[field("attempts", 1)])
        .price("aws/eventbridge-classic", "events", case.model.number("price")?)
        .drained((events + 0.5) / RATE);
    let bill = Bill::of(case, &bench, "bus", ["events"])?;
    Ok(Experiment::new(bench, 1, move |result| {
        let [(units, usd)] = bill.lines(result);
        Ok(measured([("billed_events", units.into()), ("cost_total", usd.into())]))
    }))
}

/// Calls of a message that is sent, received and deleted by itself.
const CALLS: [&str; 3] = ["delete", "receive", "send"];

/// Sends, receives and deletes of messages by chunks.
pub(super) fn sqs(case: &Case) -> Result<Experiment, Missing> {
    let messages = case.model.number("messages")?;
    if case.model.number_or("delete_chunks", 1.0)? != 1.0 {
        return Err("deletes of more than one chunk".to_owned());
    }
    let mut calls: Vec<&str> = match case.model.get("calls_per_message").and_then(serde_json::Value::as_array) {
        Some(calls) => calls.iter().filter_map(serde_json::Value::as_str).collect(),
        None => CALLS.to_vec(),
    };
    calls.sort_unstable();
    if calls != CALLS {
        return Err(format!("the calls {}", calls.join(", ")));
    }
    let chunk = [field("metered_chunk", format!("{} KiB", case.model.number("chunk_kb")?))];
    let mapping = [field("batch_size", 1), field("maximum_concurrency", 1_000)];
    // All at once and worked off without a pause, so that no poller asks in vain.
    let bench = sqs::bench(case, format!("batch({messages}, at=0 s)"), &chunk, &mapping, &[field("duration", "1 ms")])
        .event_type("message", &[field("size", format!("{} KiB", case.model.number("kb")?))])
        .structured("client", "events", "message".into())
        .price("aws/sqs", "requests", case.model.number("price")?)
        .drained(1.0);
    let bill = Bill::of(case, &bench, "queue", ["requests"])?;
    Ok(Experiment::new(bench, 1, move |result| {
        let [(requests, usd)] = bill.lines(result);
        Ok(measured([("requests", requests.into()), ("cost_total", usd.into())]))
    }))
}

/// Shards by the hour and records by payload units.
pub(super) fn stream(case: &Case) -> Result<Experiment, Missing> {
    let (records, seconds) = (case.model.number("records")?, case.model.number("hours")? * 3_600.0);
    let stream = [
        field("shards", case.model.number("shards")?),
        field("put_latency", "0 s"),
        field("put_unit", format!("{} KiB", case.model.number("unit_kb")?)),
    ];
    // Somebody reads now and then, so that a day's worth of records need not be held.
    let worker = [field("base_poll", "1/min"), field("read_latency", "0 s")];
    let bench = Bench::new(&case.title)
        .event_type("record", &[field("size", format!("{} KiB", case.model.number("kb")?))])
        // The half gap makes the last of them arrive before the end.
        .node(
            "client",
            "generic/client",
            &[field("arrivals", format!("constant({}/s)", (records + 0.5) / seconds)), field("events", "record")],
        )
        .node(STREAM, "aws/kinesis", &stream)
        .node("worker", "generic/server", &[field("duration", "0 s"), field("overhead", "0 s")])
        .edge("put", EdgeKind::Send, "client", STREAM, &[field("timeout", "none"), field("attempts", "unlimited")])
        .edge("read", EdgeKind::Poll, STREAM, "worker", &worker)
        .price("aws/kinesis", "shard_hours", case.model.number("price_shard_hour")?)
        .price("aws/kinesis", "put_units", case.model.number("price_unit")?)
        .lasting((seconds, 0.0));
    let bill = Bill::of(case, &bench, STREAM, ["shard_hours", "put_units"])?;
    Ok(Experiment::new(bench, 1, move |result| {
        let [(_, by_shard), (units, by_unit)] = bill.lines(result);
        Ok(measured([("put_units", units.into()), ("cost_total", (by_shard + by_unit).into())]))
    }))
}

/// Seconds over which the requests to the table are spread.
const TABLE_SECONDS: f64 = 2_000.0;

/// Request units of a table on demand.
pub(super) fn table(case: &Case) -> Result<Experiment, Missing> {
    let (writes, reads) = (case.model.number("writes")?, case.model.number("reads")?);
    let (write, read) = match case.model.word("consistency", &["eventual", "strong", "transactional"])? {
        "eventual" => ("write", "eventual-read"),
        "strong" => ("write", "read"),
        _ => ("transactional-write", "transactional-read"),
    };
    let table = [
        field("write_latency", "0 s"),
        field("read_latency", "0 s"),
        field("partition_writes", "1000000/s"),
        field("partition_reads", "1000000/s"),
        field("on_demand_writes", "1000000/s"),
        field("on_demand_reads", "1000000/s"),
    ];
    let mut bench = Bench::new(&case.title)
        .node("table", "aws/dynamodb", &table)
        .price("aws/dynamodb", "write_requests", case.model.number("price_wru")?)
        .price("aws/dynamodb", "read_requests", case.model.number("price_rru")?)
        .drained(TABLE_SECONDS * (1.0 + 0.5 / reads.max(writes).max(1.0)));
    for (event, count, kib, operation) in [("written", writes, "write_kb", write), ("read", reads, "read_kb", read)] {
        let client = format!("client-{event}");
        let size = field("size", format!("{} B", case.model.number(kib)? * 1_024.0));
        if count > 0.0 {
            let arrivals = format!("constant({}/s)", count / TABLE_SECONDS);
            bench = bench
                .event_type(event, &[size])
                .node(&client, "generic/client", &[field("arrivals", arrivals), field("events", event)])
                .edge(event, EdgeKind::Request, &client, "table", &[field("operation", operation), field("attempts", 1)]);
        }
    }
    let bill = Bill::of(case, &bench, "table", ["write_requests", "read_requests"])?;
    Ok(Experiment::new(bench, 1, move |result| {
        let [(written, write_usd), (read, read_usd)] = bill.lines(result);
        Ok(measured([("wru", written.into()), ("rru", read.into()), ("cost_total", (write_usd + read_usd).into())]))
    }))
}

//! Streams: what a shard takes, how far a consumer falls behind, how it catches up.

use std::fmt::Display;

use plimsoll_models::EdgeKind;
use plimsoll_sim::RunResult;

use super::{
    Bench, CONCURRENCY, Case, Experiment, Missing, Pairs, Trouble, UNREACHED, bare_function, edge_metric, field, limits, measured, metric,
};
use crate::cli::verify::probe;

/// The stream.
pub(super) const STREAM: &str = "stream";

/// Its consumer's mapping.
const MAPPING: &str = "mapping";

/// Records of a batch where the model only says how many are processed per second.
const BATCH: f64 = 100.0;

/// A stream that takes and gives whatever is asked of it.
fn endless(shards: f64) -> Vec<(&'static str, String)> {
    vec![
        field("shards", shards),
        field("put_latency", "0 s"),
        field("shard_write_records", "1000000/s"),
        field("shard_write_bytes", "1 TiB"),
        field("shard_reads", "1000000/s"),
        field("shard_read_bytes", "1 TiB"),
    ]
}

/// Client, stream, mapping, function; only the function takes time, for each batch.
fn consumed(case: &Case, arrivals: impl Display, batch_duration: f64, mapping: Pairs<'_>) -> Result<Bench, Missing> {
    let lanes = case.model.number_or("parallel", 1.0)?;
    if lanes > 10.0 {
        return Err("more than ten batches of a shard at a time".to_owned());
    }
    let latency = case.model.number_or("poll_latency_s", 0.0)?;
    let mut fields = vec![
        field("base_poll", "1000/s"),
        field("read_latency", format!("{latency} s")),
        field("parallelization_factor", lanes),
        field("batch_bytes", "1 TiB"),
    ];
    fields.extend_from_slice(mapping);
    Ok(Bench::new(&case.title)
        .client("client", arrivals)
        .node(STREAM, "aws/kinesis", &endless(case.model.number_or("shards", 1.0)?))
        .node("function", "aws/lambda", &bare_function(&[field("duration", format!("{batch_duration} s"))]))
        .edge("client-stream", EdgeKind::Send, "client", STREAM, &[])
        .edge(MAPPING, EdgeKind::Poll, STREAM, "function", &fields)
        .quota(CONCURRENCY, UNREACHED))
}

/// Seconds of a steady load that are left to use up full buckets.
const SETTLING: f64 = 5.0;

/// More records or bytes than the shards take.
pub(super) fn shard_write(case: &Case) -> Result<Experiment, Missing> {
    // The quota of the provider: so much in each second, with one second's worth at once.
    case.model.word("limiter", &["fixed 1 s window", "token bucket"])?;
    let stream = [
        field("shards", case.model.number("shards")?),
        field("put_latency", "0 s"),
        field("shard_write_records", format!("{}/s", case.model.number("limit_records_per_s")?)),
        field("shard_write_bytes", format!("{} B", case.model.number("limit_bytes_per_s")?)),
    ];
    // The first seconds use up the full buckets.
    let (horizon, warm_up) = (case.model.number("horizon_s")?, SETTLING);
    if horizon <= warm_up {
        return Err(format!("a horizon of {horizon} s"));
    }
    let bench = Bench::new(&case.title)
        .event_type("record", &[field("size", format!("{} B", case.model.number("record_bytes")?))])
        .node("client", "generic/client", &[field("arrivals", limits::steady(case)?), field("events", "record")])
        .node(STREAM, "aws/kinesis", &stream)
        .edge("client-stream", EdgeKind::Send, "client", STREAM, &[field("attempts", 1)])
        .lasting((horizon, warm_up));
    Ok(Experiment::new(bench, case.replications(), move |result| {
        let (arrivals, refused, accepted) =
            (metric(result, STREAM, "arrivals")?, metric(result, STREAM, "refused")?, metric(result, STREAM, "accepted")?);
        let per_second = |count: f64| count / (horizon - warm_up);
        Ok(measured([
            ("rejected_fraction", (refused / arrivals).into()),
            ("rejected_per_s", per_second(refused).into()),
            ("accepted_per_s", per_second(accepted).into()),
        ]))
    }))
}

/// A consumer under a steady load.
pub(super) fn iterator_age(case: &Case) -> Result<Experiment, Missing> {
    let horizon = case.model.number("horizon_s")?;
    let arrivals = format!("constant({}/s)", case.model.number("rate")?);
    let mapping = [field("batch_size", case.model.number("batch")?)];
    let bench = consumed(case, arrivals, case.model.number("batch_duration_s")?, &mapping)?.lasting((horizon, 0.0));
    Ok(Experiment::new(bench, 1, move |result| {
        Ok(measured([
            ("iterator_age_slope", age_slope(result, horizon / 6.0)?.into()),
            ("iterator_age_end_s", edge_metric(result, MAPPING, "iterator_age")?.into()),
            ("backlog_end", edge_metric(result, MAPPING, "lag")?.into()),
        ]))
    }))
}

/// Seconds by which the age grows each second from a time on, by least squares.
fn age_slope(result: &RunResult, from: f64) -> Result<f64, Trouble> {
    let series = result.edge(MAPPING).and_then(|edge| edge.series.iter().find(|series| series.name == "IteratorAge"));
    let series = series.ok_or_else(|| Trouble::Broken("the mapping has no series of ages".to_owned()))?;
    let interval = result.grid.interval_s;
    let points: Vec<(f64, f64)> = series
        .values
        .iter()
        .enumerate()
        .map(|(index, age_ms)| ((index + 1) as f64 * interval, age_ms / 1_000.0))
        .filter(|(at, _)| *at >= from)
        .collect();
    let n = points.len() as f64;
    let mean = |pick: fn(&(f64, f64)) -> f64| points.iter().map(pick).sum::<f64>() / n;
    let (at, age) = (mean(|point| point.0), mean(|point| point.1));
    let covariance: f64 = points.iter().map(|point| (point.0 - at) * (point.1 - age)).sum();
    let variance: f64 = points.iter().map(|point| (point.0 - at) * (point.0 - at)).sum();
    if variance > 0.0 { Ok(covariance / variance) } else { Err(Trouble::Broken("the series of ages is too short".to_owned())) }
}

/// A consumer that is down, then works off what has piled up.
pub(super) fn catch_up(case: &Case) -> Result<Experiment, Missing> {
    let (rate, outage, capacity) = (case.model.number("rate")?, case.model.number("outage_s")?, case.model.number("capacity_after")?);
    if capacity <= rate {
        return Err("a consumer that never catches up".to_owned());
    }
    let batch_duration = BATCH / capacity;
    let mapping = [field("batch_size", BATCH), field("paused", format!("0 s to {outage} s"))];
    // Half as long again as a steady flow needs.
    let longest = outage + 1.5 * outage * rate / (capacity - rate);
    let bench = consumed(case, format!("constant({rate}/s)"), batch_duration, &mapping)?.lasting((longest, 0.0));
    // A consumer that keeps up has no more than one batch and what comes meanwhile before it.
    let level = BATCH + rate * batch_duration;
    Ok(probe::gauges(bench, 1, move |simulation| {
        let peak = simulation.waiting_at(outage, STREAM)?;
        let mut drained = None;
        for step in 1.. {
            let at = outage + f64::from(step) * LOOK_EVERY_S;
            if at > longest || drained.is_some() {
                break;
            }
            drained = (simulation.waiting_at(at, STREAM)? <= level).then_some(at - outage);
        }
        let drained = drained.ok_or_else(|| Trouble::Broken("the consumer did not catch up".to_owned()))?;
        Ok(measured([("backlog_peak", peak.into()), ("drain_time_s", drained.into())]))
    }))
}

/// Time between two looks at a backlog, in seconds.
const LOOK_EVERY_S: f64 = 0.25;

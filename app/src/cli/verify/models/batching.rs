//! Batches that a mapping collects: by size, by window, by what is there.

use plimsoll_sim::{RunResult, result::TraceEvent};

use super::{Case, Experiment, Measured, Missing, Trouble, edge_metric, field, measured, metric, node, sqs};
use crate::cli::verify::case::law;

fn figures(result: &RunResult) -> Result<Measured, Trouble> {
    let observed = result.run.duration_s - result.run.warm_up_s;
    let batches = edge_metric(result, sqs::MAPPING, "batches")?;
    Ok(measured([
        ("mean_batch_size", edge_metric(result, sqs::MAPPING, "batch_size.mean")?.into()),
        ("mean_batching_delay_s", edge_metric(result, sqs::MAPPING, "batching_delay.mean")?.into()),
        ("p_closed_by_size", (edge_metric(result, sqs::MAPPING, "closed_by_size")? / batches).into()),
        ("batches_per_s", (batches / observed).into()),
    ]))
}

/// Batches go when their window is over, without the poll that the service waits for.
fn punctual() -> (&'static str, String) {
    field("quiet_wait", "0 s")
}

/// Poisson arrivals, a size and a window.
pub(super) fn poisson(case: &Case) -> Result<Experiment, Missing> {
    let rate = case.number("rate")?;
    let window = field("batch_window", format!("{} s", case.number("window_s")?));
    let mapping = [field("batch_size", case.number("batch_size")?), window, punctual()];
    let bench = sqs::bench(case, format!("poisson({rate}/s)"), &[], &mapping, &[field("duration", "0 s")]).lasting(case.length(rate));
    Ok(Experiment::new(bench, case.replications(), figures))
}

/// Batches of the periodic case that are observed.
const BATCHES: f64 = 1_000.0;

/// Evenly spaced arrivals, a size and a window.
pub(super) fn periodic(case: &Case) -> Result<Experiment, Missing> {
    let (period, size, window) = (case.number("period_s")?, case.number("batch_size")?, case.number("window_s")?);
    let mapping = [field("batch_size", size), field("batch_window", format!("{window} s")), punctual()];
    let arrivals = format!("constant({}/s, offset={} s)", 1.0 / period, case.number("first_arrival_s")?);
    let length = BATCHES * (window / period + 1.0).floor().min(size) * period;
    let bench = sqs::bench(case, arrivals, &[], &mapping, &[field("duration", "0 s")]).lasting((length, 0.0));
    Ok(Experiment::new(bench, 1, |result| {
        let mut all = figures(result)?;
        let closed = sqs::instants(sqs::first(result)?, "function", TraceEvent::Start);
        let closed = closed.first().copied().ok_or_else(|| "the first batch never closed".to_owned())?;
        let size = edge_metric(result, sqs::MAPPING, "batch_size.mean")?;
        all.extend(measured([("batch_size", size.into()), ("first_close_s", closed.into())]));
        Ok(all)
    }))
}

/// So many pollers take what is there, up to a size.
pub(super) fn bulk(case: &Case) -> Result<Experiment, Missing> {
    let (rate, pollers) = (case.number("rate")?, case.number("pollers")?);
    let mapping = [field("batch_size", case.number("batch_max")?), field("initial_concurrency", pollers), field("ceiling", pollers)];
    let service = law(case.get("batch_service").ok_or("the model has no service")?)?;
    let queue = [field("visibility_timeout", "900 s")];
    let bench = sqs::bench(case, format!("poisson({rate}/s)"), &queue, &mapping, &[field("duration", service)]).lasting(case.length(rate));
    Ok(Experiment::new(bench, case.replications(), |result| {
        let (wait, queue) = (&node(result, "queue")?.wait, &result.journeys);
        let sojourn = queue.first().map_or(0.0, |journey| journey.completion.mean);
        Ok(measured([
            ("mean_wait_s", wait.mean.into()),
            ("mean_sojourn_s", sojourn.into()),
            ("mean_batch_size", edge_metric(result, sqs::MAPPING, "batch_size.mean")?.into()),
            ("mean_busy", metric(result, "function", "busy.mean")?.into()),
            ("mean_queue_len", metric(result, "queue", "backlog.mean")?.into()),
        ]))
    }))
}

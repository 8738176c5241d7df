//! Batches that a mapping collects: by size, by window, by what is there.

use plimsoll_sim::{RunResult, result::TraceEvent};

use super::{
    Case, Experiment, Measured, Missing, Trouble, edge_metric, field, figures,
    load::{self, Load},
    measured, metric, node, sqs,
};

fn figures_of_batches(result: &RunResult) -> Result<Measured, Trouble> {
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
    let Load { arrivals, rate } = load::of(case)?;
    let window = field("batch_window", format!("{} s", case.model.number("window_s")?));
    let mapping = [field("batch_size", case.model.number("batch_size")?), window, punctual()];
    let bench = sqs::bench(case, arrivals, &[], &mapping, &[field("duration", "0 s")]).lasting(case.length(rate));
    Ok(Experiment::new(bench, case.replications(), figures_of_batches))
}

/// Batches of the periodic case that are observed.
const BATCHES: f64 = 1_000.0;

/// Evenly spaced arrivals, a size and a window.
pub(super) fn periodic(case: &Case) -> Result<Experiment, Missing> {
    let (period, size, window) = (case.model.number("period_s")?, case.model.number("batch_size")?, case.model.number("window_s")?);
    let mapping = [field("batch_size", size), field("batch_window", format!("{window} s")), punctual()];
    let arrivals = format!("constant({}/s, offset={} s)", 1.0 / period, case.model.number_or("first_arrival_s", 0.0)?);
    let length = BATCHES * (window / period + 1.0).floor().min(size) * period;
    let bench = sqs::bench(case, arrivals, &[], &mapping, &[field("duration", "0 s")]).lasting((length, 0.0));
    Ok(Experiment::new(bench, 1, |result| {
        let mut all = figures_of_batches(result)?;
        let closed = sqs::instants(sqs::first(result)?, "function", TraceEvent::Start);
        let closed = closed.first().copied().ok_or_else(|| "the first batch never closed".to_owned())?;
        let size = edge_metric(result, sqs::MAPPING, "batch_size.mean")?;
        all.extend(measured([("batch_size", size.into()), ("first_close_s", closed.into())]));
        Ok(all)
    }))
}

/// So many pollers take what is there, up to a size.
pub(super) fn bulk(case: &Case) -> Result<Experiment, Missing> {
    let (Load { arrivals, rate }, pollers) = (load::of(case)?, case.model.number("pollers")?);
    let mapping = [field("batch_size", case.model.number("batch_max")?), field("initial_concurrency", pollers), field("ceiling", pollers)];
    let service = case.model.law("batch_service")?;
    let queue = [field("visibility_timeout", "12 h")];
    let bench = sqs::bench(case, arrivals, &queue, &mapping, &[field("duration", service)]).lasting(case.length(rate));
    Ok(Experiment::new(bench, case.replications(), move |result| {
        let mut all = Measured::new();
        figures::latencies(&mut all, "wait", &node(result, "queue")?.wait);
        figures::latencies(&mut all, "sojourn", &super::journey(result)?.completion);
        let busy = metric(result, "function", "busy.mean")?;
        all.extend(figures_of_batches(result)?);
        all.extend(measured([
            ("mean_busy", busy.into()),
            ("utilization", (busy / pollers).into()),
            ("mean_queue_len", metric(result, "queue", "backlog.mean")?.into()),
        ]));
        Ok(all)
    }))
}

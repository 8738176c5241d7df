//! From a case to a diagram: one file for each group of models.

mod autoscale;
mod batching;
mod coldstart;
mod cost;
mod disciplines;
mod estimates;
mod experiments;
mod figures;
mod latency;
mod limits;
mod load;
mod networks;
mod property;
mod queues;
mod random;
mod sampler;
mod series;
mod sqs;
mod stream;
mod table;
mod transient;

use std::path::Path;

use plimsoll_sim::{RunResult, result::JourneyResult};

use super::{
    bench::{Bench, Pairs, Trouble, edge_metric, field, metric, node},
    case::{Case, Figure, Missing},
    experiment::{Experiment, Measured, measured},
    law,
};

/// Optional features that the product has.
const FEATURES: &[&str] = &["random_keepalive", "priority", "processor_sharing", "abandonment"];

/// Most replications, whose figures all stand in memory.
const REPLICATIONS_MAX: u32 = 10_000_000;

/// The experiment for a case, or what the product lacks for it. Files are relative to `folder`.
pub(super) fn build(case: &Case, folder: &Path) -> Result<Experiment, Missing> {
    if let Some(feature) = case.features.iter().find(|feature| !FEATURES.contains(&feature.as_str())) {
        return Err(format!("feature `{feature}`"));
    }
    let experiment = of_type(case, folder)?;
    if experiment.replications > REPLICATIONS_MAX {
        return Err(format!("more than {REPLICATIONS_MAX} replications"));
    }
    match case.model.unread() {
        None => Ok(experiment),
        Some(path) => Err(format!("the parameter `{path}`")),
    }
}

fn of_type(case: &Case, folder: &Path) -> Result<Experiment, Missing> {
    match case.model_type() {
        "ggck" | "mxm1" => queues::ggck(case),
        "priority" => disciplines::priority(case),
        "ps" => queues::sharing(case),
        "coldqueue" => disciplines::cold_queue(case),
        "fixed_window_poisson" => limits::window_poisson(case, "fixed-window"),
        "sliding_window_poisson" => limits::window_poisson(case, "sliding-window"),
        "series" => series::series(case),
        "engset" => queues::engset(case),
        "closed" => queues::closed(case),
        "mmpp_m1" => queues::mmpp(case),
        "attempts" => queues::attempts(case),
        "retrial" => queues::retrial(case),
        "mm1_tavc" => estimates::asymptotic_variance(case),
        "ci_coverage" => estimates::coverage(case),
        "sampler" => sampler::sampler(case),
        "jackson" => networks::jackson(case),
        "forkjoin" | "fanout" => networks::fork_join(case),
        "mtginf" => transient::infinite_servers(case),
        "mm1_transient" => transient::single_server(case),
        "nhpp" => transient::counts(case),
        "keepalive" => coldstart::keepalive(case),
        "keepalive_trace" => coldstart::keepalive_trace(case),
        "latency_trace" => coldstart::latency_trace(case),
        "trace_replay" => coldstart::trace_replay(case, folder),
        "keepalive_experiments" => experiments::experiments(case),
        "shared_pool" => limits::shared_pool(case),
        "lambda_ramp" => limits::lambda_ramp(case),
        "lambda_rps" => limits::lambda_rps(case),
        "token_bucket_fluid" => limits::token_bucket(case),
        "token_bucket_poisson" => limits::token_bucket_poisson(case),
        "async_retry" => sqs::async_retry(case),
        "sqs_poison" => sqs::poison(case),
        "sqs_duplicate" => sqs::duplicate(case),
        "sqs_drain" => sqs::drain(case),
        "esm_ramp" => sqs::ramp(case),
        "fifo" => sqs::fifo(case),
        "batch_window" => batching::poisson(case),
        "batch_window_det" => batching::periodic(case),
        "bulk" => batching::bulk(case),
        "ddb_burst" => table::burst(case),
        "ddb_units" => table::units(case),
        "ddb_units_read" => table::read_units(case),
        "hpa" => autoscale::horizontal(case),
        "kpa" => autoscale::knative(case),
        "shard_write" => stream::shard_write(case),
        "iterator_age" => stream::iterator_age(case),
        "catchup" => stream::catch_up(case),
        "timeout" => latency::timeout(case),
        "backoff" => latency::backoff(case),
        "chain" => latency::chain(case),
        "chain_parallel" => latency::chain_parallel(case),
        "bus_rules" => latency::bus_rules(case),
        "cost_lambda" => cost::lambda(case),
        "cost_bus" => cost::bus(case),
        "cost_sqs" => cost::sqs(case),
        "cost_stream" => cost::stream(case),
        "cost_table" => cost::table(case),
        "property" => property::property(case),
        other => Err(format!("model `{other}`")),
    }
}

/// The journeys of the only producer.
fn journey(result: &RunResult) -> Result<&JourneyResult, Trouble> {
    result.journeys.first().ok_or_else(|| Trouble::Broken("the result has no journeys".to_owned()))
}

/// Fields of a function that does nothing but compute, without any of the platform's own times and limits.
fn bare_function<'a>(more: &[(&'a str, String)]) -> Vec<(&'a str, String)> {
    const MANY: &str = "1000000000";
    let mut fields = vec![
        field("placement", "0 s"),
        field("init", "0 s"),
        field("overhead", "0 s"),
        field("async_hop", "0 s"),
        field("timeout", "900 s"),
        field("idle_timeout", "1000 d"),
        field("max_life", "1000 d"),
        field("scaling_burst", MANY),
        field("scaling_rate", format!("{MANY}/s")),
        field("rate_per_concurrency", "1000000/s"),
    ];
    fields.retain(|(key, _)| !more.iter().any(|(other, _)| other == key));
    fields.extend_from_slice(more);
    fields
}

/// The key of the quota that every function shares.
const CONCURRENCY: &str = "aws/lambda.concurrent_executions";

/// Concurrency that is never reached.
const UNREACHED: u64 = 1_000_000_000;

//! Statistics of estimates: how they vary, and how often their intervals hold the truth.

use super::{Bench, Case, Experiment, Missing, field, measured, node};
use crate::cli::verify::student;

/// The only node besides the client.
const QUEUE: &str = "queue";

/// M/M/1.
fn bench(case: &Case, rate: f64, service_rate: f64) -> Bench {
    Bench::new(&case.title)
        .node(QUEUE, "generic/station", &[field("service", format!("exponential({} s)", 1.0 / service_rate))])
        .client("client", format!("poisson({rate}/s)"))
        .request("client", QUEUE)
}

/// Independent means of the waiting time that one figure of the variance is made from.
const GROUP: u64 = 40;

/// Groups, so that the interval of the variance is narrow enough.
const GROUPS: u32 = 80;

/// Customers of each mean, for each customer that the queue remembers: long against its memory.
const CUSTOMERS: f64 = 220.0;

/// Customers that an M/M/1 remembers: its relaxation time.
fn memory(utilization: f64) -> f64 {
    1.0 / ((1.0 - utilization.sqrt()) * (1.0 - utilization.sqrt()))
}

/// n times the variance of a mean of n waiting times.
pub(super) fn asymptotic_variance(case: &Case) -> Result<Experiment, Missing> {
    let (rate, service_rate) = (case.model.number("arrival_rate")?, case.model.number("service_rate")?);
    if rate >= service_rate {
        return Err("a queue without a steady state".to_owned());
    }
    let customers = (CUSTOMERS * memory(rate / service_rate)).round();
    let bench = bench(case, rate, service_rate).lasting((1.1 * customers / rate, 0.1 * customers / rate));
    Ok(Experiment::procedure(bench, GROUPS, move |bench, seed| {
        let prepared = bench.prepare()?;
        let runs = (0..GROUP).map(|index| prepared.run(seed * GROUP + index)).collect::<Result<Vec<_>, _>>()?;
        let waits = runs.iter().map(|run| node(run, QUEUE).map(|node| node.wait.mean)).collect::<Result<Vec<f64>, _>>()?;
        let mean = student::mean(&waits);
        let variance = waits.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (waits.len() - 1) as f64;
        Ok(measured([("n_var_of_mean_wait", (customers * variance).into())]))
    }))
}

/// Replications of one experiment of the coverage study.
const EXPERIMENT_REPLICATIONS: u32 = 10;

/// Half-width that an experiment aims at, as a share of the mean.
const EXPERIMENT_HALF_WIDTH: f64 = 0.05;

/// Quantile of Student's t for an interval of 95 % from ten replications.
const EXPERIMENT_QUANTILE: f64 = 2.262;

/// Customers of a replication of an M/M/1, so that the mean sojourn comes out as exact as an experiment wants it.
fn experiment_customers(utilization: f64) -> f64 {
    let r = utilization;
    // n times the variance of the mean of n sojourns over the square of their mean (Daley 1968).
    let variation = (r * (2.0 + 5.0 * r - 4.0 * r * r + r * r * r)) / ((1.0 - r) * (1.0 - r)) + (1.0 - r) * (1.0 - r);
    let ratio = EXPERIMENT_QUANTILE / EXPERIMENT_HALF_WIDTH;
    (ratio * ratio * variation / f64::from(EXPERIMENT_REPLICATIONS)).max(3_000.0)
}

/// How often the intervals that a run reports hold the true mean.
pub(super) fn coverage(case: &Case) -> Result<Experiment, Missing> {
    let (rate, service_rate) = (case.model.number("arrival_rate")?, case.model.number("service_rate")?);
    if rate >= service_rate {
        return Err("a queue without a steady state".to_owned());
    }
    case.model.remark("experiment");
    let truth = 1.0 / (service_rate - rate);
    let replications = case.replications();
    let experiments = (case.model.number("experiments")? / f64::from(replications)).ceil() as u64;
    let customers = experiment_customers(rate / service_rate);
    let long = bench(case, rate, service_rate).lasting(case.length(rate));
    Ok(Experiment::procedure(long, replications, move |long, seed| {
        let short = long
            .clone()
            .lasting((1.2 * customers / rate, 0.2 * customers / rate))
            .plan("replications", EXPERIMENT_REPLICATIONS)
            .prepare()?;
        let mut covered = 0_u64;
        for index in 0..experiments {
            let result = short.run(seed * experiments + index)?;
            let interval = result.intervals.iter().find(|interval| interval.metric == "client.response.mean");
            let interval = interval.ok_or_else(|| "the result has no interval `client.response.mean`".to_owned())?;
            covered += u64::from((interval.mean - truth).abs() <= interval.half_width);
        }
        let target = node(&long.run(seed)?, QUEUE)?.sojourn.mean;
        Ok(measured([("coverage", (covered as f64 / experiments as f64).into()), ("target", target.into())]))
    }))
}

//! Replications in parallel, merged in the order of their numbers, so that the number of threads does not matter.

use std::sync::Arc;

use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};

use crate::{
    Progress, RunError, Simulation,
    program::Program,
    result::{Interval, ObjectiveResult, RunResult},
    stats::interval::mean_and_half_width,
    verdict,
};

/// Level of the confidence intervals.
const LEVEL: f64 = 0.95;

/// Runs every replication and adds intervals over them to the result of the first.
pub(crate) fn run(program: &Arc<Program>, progress: &Progress) -> Result<RunResult, RunError> {
    let n = program.plan.replications;
    if n == 1 {
        return single(program, 0, progress);
    }
    let results: Vec<Result<RunResult, RunError>> =
        (0..n).into_par_iter().map(|replication| single(program, replication, progress)).collect();
    let results = results.into_iter().collect::<Result<Vec<RunResult>, RunError>>()?;
    Ok(merge(program, results))
}

fn single(program: &Arc<Program>, replication: u32, progress: &Progress) -> Result<RunResult, RunError> {
    let mut simulation = Simulation::new(program, replication);
    simulation.run(progress)?;
    Ok(simulation.result())
}

fn merge(program: &Program, results: Vec<RunResult>) -> RunResult {
    let n = results.len() as u32;
    let intervals = headline(&results[0])
        .into_iter()
        .filter_map(|(metric, read)| {
            let values: Option<Vec<f64>> = results.iter().map(read).collect();
            let (mean, half_width) = mean_and_half_width(&values?, LEVEL)?;
            Some(Interval { metric, mean, half_width, level: LEVEL, replications: n })
        })
        .collect();
    let objectives: Vec<ObjectiveResult> = program
        .plan
        .objectives
        .iter()
        .map(|objective| {
            let values: Option<Vec<f64>> = results.iter().map(|result| verdict::measure(objective, result)).collect();
            match values.and_then(|values| mean_and_half_width(&values, LEVEL)) {
                Some((mean, half)) => verdict::judge_one(objective, Some(mean), Some(half)),
                None => verdict::judge_one(objective, None, None),
            }
        })
        .collect();
    let late = results[0].verdict.objectives.iter().map(|objective| objective.late);
    let objectives: Vec<ObjectiveResult> =
        objectives.into_iter().zip(late).map(|(objective, late)| ObjectiveResult { late, ..objective }).collect();
    let events = results.iter().map(|result| result.run.events).sum();
    let requests = results.iter().map(|result| result.run.requests).sum();
    let balanced = results.iter().all(|result| result.ledger.balanced);
    let mut first = results.into_iter().next().expect("there is at least one replication");
    first.run.replications = n;
    first.run.events = events;
    first.run.requests = requests;
    first.ledger.balanced = balanced;
    first.verdict.overall = verdict::overall(&objectives);
    first.verdict.objectives = objectives;
    first.intervals = intervals;
    first
}

type Read = Box<dyn Fn(&RunResult) -> Option<f64>>;

/// The figures that matter, by name, each with how to read it from a result.
fn headline(result: &RunResult) -> Vec<(String, Read)> {
    let mut figures: Vec<(String, Read)> = Vec::new();
    for (index, journey) in result.journeys.iter().enumerate() {
        let name = match &journey.event_type {
            Some(event_type) => format!("{}.{event_type}", journey.producer),
            None => journey.producer.to_string(),
        };
        figures.push((format!("{name}.response.mean"), Box::new(move |result| Some(result.journeys.get(index)?.response.mean))));
        figures.push((format!("{name}.response.p99"), Box::new(move |result| Some(result.journeys.get(index)?.response.p99))));
        figures.push((format!("{name}.completion.p99"), Box::new(move |result| Some(result.journeys.get(index)?.completion.p99))));
        figures.push((
            format!("{name}.loss"),
            Box::new(move |result| result.journeys.get(index).map(|journey| journey.lossy as f64 / journey.started.max(1) as f64)),
        ));
    }
    for (index, node) in result.nodes.iter().enumerate() {
        for key in ["busy.mean", "throughput_per_s"] {
            if node.metrics.contains_key(key) {
                figures.push((format!("{}.{key}", node.id), Box::new(move |result| result.nodes.get(index)?.metrics.get(key).copied())));
            }
        }
    }
    figures.push(("cost.per_hour".to_owned(), Box::new(|result| Some(result.cost.per_hour_usd))));
    figures
}

//! A changed diagram against what it was, replication by replication with the same luck, so that what differs is the
//! effect of the change.

use crate::{
    Input, Progress, RunError, Simulation, compile,
    result::{Difference, JourneyResult, RunResult},
    stats::interval::mean_and_half_width,
    verdict,
};

/// Most replications that are paired; more would mostly cost time.
pub(crate) const PAIRS_MAX: u32 = 10;
/// Fewest replications of a proof: an interval from fewer says little.
const PAIRS_MIN: u32 = 5;
/// Level of the intervals.
const LEVEL: f64 = 0.95;

/// What a change does.
#[derive(Clone, Debug, PartialEq)]
pub struct Contrast {
    /// The change, as paths and values for `--set`.
    pub set: Vec<(String, String)>,
    /// Replications that were paired.
    pub replications: u32,
    /// Share of root events that were lost in part.
    pub loss: Difference,
    /// 99th percentile of the response of the slowest producer, in seconds.
    pub response_p99: Difference,
    /// 99th percentile of the completion of the slowest producer, in seconds.
    pub completion_p99: Difference,
    /// US dollars for an hour at the average rate of the run.
    pub cost_per_hour: Difference,
    /// The objectives as spelled, each with what is measured in its base unit; those that nothing was measured for are
    /// left out.
    pub objectives: Vec<(String, Difference)>,
}

/// Runs a scenario as it is and with a change. An error of the changed diagram is the reason why there is nothing to compare.
pub fn contrast(input: &Input<'_>, set: &[(String, String)], progress: &Progress) -> Result<Contrast, RunError> {
    let mut plain = input.clone();
    plain.plan.replications = plain.plan.replications.clamp(PAIRS_MIN, PAIRS_MAX);
    let mut changed = plain.clone();
    changed.plan.set.extend(set.iter().map(|(path, value)| (path.clone(), value.as_str().into())));
    progress.expect_runs(2 * u64::from(plain.plan.replications));
    let (before, after) = (figures(&plain, progress)?, figures(&changed, progress)?);
    let objectives = input.plan.objectives.iter().enumerate().filter_map(|(at, objective)| {
        let measured = |figures: &[Figures]| figures.iter().map(|figures| figures.objectives.get(at).copied().flatten()).collect();
        let (before, after): (Option<Vec<f64>>, Option<Vec<f64>>) = (measured(&before), measured(&after));
        Some((objective.to_string(), difference(&before?, &after?)))
    });
    Ok(Contrast {
        set: set.to_vec(),
        replications: plain.plan.replications,
        loss: Figures::difference(&before, &after, |figures| figures.loss),
        response_p99: Figures::difference(&before, &after, |figures| figures.response_p99),
        completion_p99: Figures::difference(&before, &after, |figures| figures.completion_p99),
        cost_per_hour: Figures::difference(&before, &after, |figures| figures.cost_per_hour),
        objectives: objectives.collect(),
    })
}

/// What people feel of a replication.
#[derive(Clone, Debug)]
pub(crate) struct Figures {
    pub(crate) loss: f64,
    pub(crate) response_p99: f64,
    pub(crate) completion_p99: f64,
    pub(crate) cost_per_hour: f64,
    /// What is measured for each objective of the scenario.
    objectives: Vec<Option<f64>>,
}

impl Figures {
    /// Loss over all journeys, and the slowest producer's percentiles.
    fn of(input: &Input<'_>, result: &RunResult) -> Self {
        let started: u64 = result.journeys.iter().map(|journey| journey.started).sum();
        let lossy: u64 = result.journeys.iter().map(|journey| journey.lossy).sum();
        let worst = |read: fn(&JourneyResult) -> f64| result.journeys.iter().map(read).fold(0.0, f64::max);
        Self {
            loss: lossy as f64 / started.max(1) as f64,
            response_p99: worst(|journey| journey.response.p99),
            completion_p99: worst(|journey| journey.completion.p99),
            cost_per_hour: result.cost.per_hour_usd,
            objectives: input.plan.objectives.iter().map(|objective| verdict::measure(objective, result)).collect(),
        }
    }

    /// One of the figures, paired.
    pub(crate) fn difference(before: &[Self], after: &[Self], read: fn(&Self) -> f64) -> Difference {
        difference(&before.iter().map(read).collect::<Vec<_>>(), &after.iter().map(read).collect::<Vec<_>>())
    }
}

/// The figures of each replication.
pub(crate) fn figures(input: &Input<'_>, progress: &Progress) -> Result<Vec<Figures>, RunError> {
    let program = compile(input)?;
    let mut figures = Vec::new();
    for replication in 0..program.plan.replications.clamp(1, PAIRS_MAX) {
        let mut simulation = Simulation::new(&program, replication);
        simulation.run(progress)?;
        progress.end_run();
        figures.push(Figures::of(input, &simulation.result()));
    }
    Ok(figures)
}

fn difference(before: &[f64], after: &[f64]) -> Difference {
    let pairs: Vec<f64> = before.iter().zip(after).map(|(before, after)| after - before).collect();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    Difference { before: mean(before), after: mean(after), half_width: mean_and_half_width(&pairs, LEVEL).map(|(_, half)| half) }
}

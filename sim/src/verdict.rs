//! Whether the objectives hold.

use plimsoll_models::{
    objective::{Bound, LatencyFigure, LatencyKind, Metric, Objective},
    units,
};

use crate::{
    core::Core,
    result::{Holds, JourneyResult, LatencySummary, ObjectiveResult, RunResult, Verdict},
    summary::measured,
    time::nanos,
};

/// The verdict when nothing was asked.
pub(crate) fn none() -> Verdict {
    Verdict { overall: Holds::NoObjectives, objectives: Vec::new(), unfinished: 0 }
}

/// Judges a run.
pub(crate) fn judge(core: &Core, objectives: &[Objective], result: &RunResult) -> Verdict {
    let objectives: Vec<ObjectiveResult> = objectives
        .iter()
        .map(|objective| {
            let mut judged = judge_one(objective, measure(objective, result), None);
            judged.late = late(core, objective);
            let unfinished: u64 = journeys_of(objective, result).map(|journey| journey.unfinished).sum();
            if unfinished > 0 && objective.metric == Metric::Loss {
                judged.text = format!("{}, {} more unfinished", judged.text, units::print_number(unfinished as f64));
            }
            judged
        })
        .collect();
    let unfinished = result.journeys.iter().map(|journey| journey.unfinished).sum();
    Verdict { overall: overall(&objectives), objectives, unfinished }
}

/// All objectives together: one that is broken breaks it, one that is open leaves it open.
pub(crate) fn overall(objectives: &[ObjectiveResult]) -> Holds {
    let any = |holds: Holds| objectives.iter().any(|objective| objective.holds == holds);
    if objectives.is_empty() {
        Holds::NoObjectives
    } else if any(Holds::Broken) {
        Holds::Broken
    } else if any(Holds::Inconclusive) {
        Holds::Inconclusive
    } else {
        Holds::Holds
    }
}

/// Judges one objective by its measured value, and by the interval around it if there is one.
pub(crate) fn judge_one(objective: &Objective, measured: Option<f64>, half_width: Option<f64>) -> ObjectiveResult {
    let good = |value: f64| match objective.bound {
        Bound::AtMost => value <= objective.value,
        Bound::AtLeast => value >= objective.value,
    };
    let holds = match (measured, half_width) {
        (None, _) => Holds::Inconclusive,
        (Some(value), None) if good(value) => Holds::Holds,
        (Some(_), None) => Holds::Broken,
        (Some(value), Some(half)) => match (good(value - half), good(value + half)) {
            (true, true) => Holds::Holds,
            (false, false) => Holds::Broken,
            _ => Holds::Inconclusive,
        },
    };
    let quantity = objective.metric.quantity();
    let text = match (measured, half_width) {
        (None, _) => "nothing was measured".to_owned(),
        (Some(value), None) => quantity.print(value),
        (Some(value), Some(half)) => format!("{} ± {}", quantity.print(value), quantity.print(half)),
    };
    ObjectiveResult { objective: objective.to_string(), holds, measured, half_width, bound: objective.value, text, late: None }
}

/// Journeys that took longer than an objective on latency allows.
fn late(core: &Core, objective: &Objective) -> Option<u64> {
    let Metric::Latency(kind, _) = objective.metric else { return None };
    let types = core.program.event_types.len();
    let of = |meter: &usize| objective.of.as_deref().is_none_or(|of| core.program.nodes[meter / types].id.as_str() == of);
    let above = |meter: usize| {
        let meter = &core.journey_meters[meter];
        match kind {
            LatencyKind::Response => &meter.response,
            LatencyKind::Completion => &meter.completion,
        }
        .above(nanos(objective.value))
    };
    Some((0..core.journey_meters.iter().len()).filter(of).map(above).sum())
}

/// The value of an objective's metric in a run.
pub(crate) fn measure(objective: &Objective, result: &RunResult) -> Option<f64> {
    let of = objective.of.as_deref();
    let journeys = || journeys_of(objective, result);
    let started: u64 = journeys().map(|journey| journey.started).sum();
    let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
    match &objective.metric {
        Metric::Latency(kind, figure) => {
            // Over several kinds of journeys, the worst counts.
            journeys()
                .map(|journey| latency(journey, *kind))
                .filter(|summary| measured(summary))
                .map(|summary| figure_of(summary, *figure))
                .max_by(f64::total_cmp)
        }
        Metric::Loss => share(journeys().map(|journey| journey.lossy).sum(), started),
        Metric::Success => {
            let answered = journeys().map(|journey| journey.succeeded + journey.rejected + journey.failed).sum();
            share(journeys().map(|journey| journey.succeeded).sum(), answered)
        }
        Metric::Backlog => result.node(of?)?.metrics.get("waiting.max").copied(),
        Metric::Age => result.node(of?)?.metrics.get("age.max").copied(),
        Metric::DrainTime => result.run.drained.then(|| (result.run.ended_s - result.run.duration_s).max(0.0)),
        Metric::CostPerHour => Some(result.cost.per_hour_usd),
    }
}

/// The journeys that an objective speaks of.
fn journeys_of<'a>(objective: &'a Objective, result: &'a RunResult) -> impl Iterator<Item = &'a JourneyResult> {
    let of = objective.of.as_deref();
    result.journeys.iter().filter(move |journey| of.is_none_or(|of| journey.producer.as_str() == of))
}

fn latency(journey: &JourneyResult, kind: LatencyKind) -> &LatencySummary {
    match kind {
        LatencyKind::Response => &journey.response,
        LatencyKind::Completion => &journey.completion,
    }
}

fn figure_of(summary: &LatencySummary, figure: LatencyFigure) -> f64 {
    match figure {
        LatencyFigure::Mean => summary.mean,
        LatencyFigure::Max => summary.max,
        LatencyFigure::PerMille(0..=500) => summary.p50,
        LatencyFigure::PerMille(501..=900) => summary.p90,
        LatencyFigure::PerMille(901..=950) => summary.p95,
        LatencyFigure::PerMille(951..=990) => summary.p99,
        LatencyFigure::PerMille(_) => summary.p999,
    }
}

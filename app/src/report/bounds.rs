//! Objectives as levels of charts.

use plimsoll_models::{
    NodeId,
    objective::{LatencyKind, Metric, Objective},
};
use plimsoll_sim::{RunResult, result::ObjectiveResult};

/// Objectives on a kind of latency of a producer: bound in seconds, and how it is spelled.
pub(crate) fn latency_bounds(result: &RunResult, kind: LatencyKind, producer: &NodeId) -> Vec<(f64, String)> {
    let about = |objective: &&ObjectiveResult| match objective.objective.parse::<Objective>() {
        Ok(Objective { metric: Metric::Latency(of, _), of: at, .. }) => of == kind && at.is_none_or(|at| at == producer.as_str()),
        Ok(_) | Err(_) => false,
    };
    result.verdict.objectives.iter().filter(about).map(|objective| (objective.bound, objective.objective.clone())).collect()
}

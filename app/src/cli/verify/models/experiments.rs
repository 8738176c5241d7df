//! Measured experiments with functions, predicted.

use plimsoll_sim::RunResult;

use super::{Bench, Case, Experiment, Missing, Trouble, UNREACHED, coldstart, field, measured, metric};
use crate::cli::verify::experiment::ENLARGEMENT;

/// A row of the measured experiments.
#[derive(Clone, Copy)]
struct Row {
    rate: f64,
    warm: f64,
    cold: f64,
    instances: f64,
    p_cold: f64,
}

/// Rows at this rate and above have so few cold starts that they need more requests.
const BUSY_RATE: f64 = 0.3;

/// Requests of one replication of a row, so that the intervals are narrow enough.
fn requests(case: &Case, rate: f64) -> f64 {
    let requests = if rate >= BUSY_RATE { 1_000_000.0 } else { 200_000.0 };
    requests * (case.enlargement / ENLARGEMENT).max(1.0)
}

/// Rows of measured experiments, each predicted by a run of its own.
pub(super) fn experiments(case: &Case) -> Result<Experiment, Missing> {
    let number = |index: usize, key: &str| case.model.number(&format!("rows.{index}.{key}"));
    let row = |index: usize| -> Result<Row, Missing> {
        for measured_too in ["measured_utilization", "measured_p_cold_se"] {
            case.model.remark(&format!("rows.{index}.{measured_too}"));
        }
        Ok(Row {
            rate: number(index, "rate")?,
            warm: number(index, "warm_s")?,
            cold: number(index, "cold_s")?,
            instances: number(index, "measured_instances")?,
            p_cold: number(index, "measured_p_cold")?,
        })
    };
    let rows = (0..case.model.count("rows")?).map(row).collect::<Result<Vec<Row>, Missing>>()?;
    let (keepalive, pick) = (case.model.number("keepalive_s")?, coldstart::pick(case)?);
    let bench = |row: &Row| -> Bench {
        let fields = [
            field("duration", format!("exponential({} s)", row.warm)),
            field("cold_duration", format!("exponential({} s)", row.cold)),
            field("idle_timeout", format!("{keepalive} s")),
            field("idle_pick", pick),
        ];
        let requests = requests(case, row.rate);
        let warm_up = (0.1 * requests).min(1e5 * row.rate) / row.rate;
        let length = (requests / row.rate + warm_up, warm_up);
        coldstart::bench(case, format!("poisson({}/s)", row.rate), &fields, UNREACHED).lasting(length)
    };
    let benches: Vec<Bench> = rows.iter().map(bench).collect();
    let emitted = benches.clone();
    let measure = move |seed| {
        let results = benches.iter().map(|bench| bench.run(seed)).collect::<Result<Vec<RunResult>, Trouble>>()?;
        predicted(&rows, &results)
    };
    Ok(Experiment { benches: emitted, replications: 20, measure: Box::new(measure) })
}

fn predicted(rows: &[Row], results: &[RunResult]) -> Result<super::Measured, Trouble> {
    let of = |result: &RunResult, key: &str| metric(result, coldstart::FUNCTION, key);
    let p_cold =
        results.iter().map(|result| Ok(of(result, "cold_starts")? / of(result, "accepted")?)).collect::<Result<Vec<f64>, Trouble>>()?;
    let instances = results.iter().map(|result| of(result, "instances.mean")).collect::<Result<Vec<f64>, Trouble>>()?;
    let error = |ours: &[f64], theirs: fn(&Row) -> f64| {
        rows.iter().zip(ours).map(|(row, x)| (x - theirs(row)).abs() / theirs(row)).sum::<f64>() / rows.len() as f64
    };
    Ok(measured([
        ("mape_mean_instances", error(&instances, |row| row.instances).into()),
        ("mape_p_cold", error(&p_cold, |row| row.p_cold).into()),
        ("theory_p_cold", p_cold.into()),
        ("theory_mean_instances", instances.into()),
    ]))
}

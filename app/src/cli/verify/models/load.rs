//! When customers come: by the law of the gaps, at a rate, or at a rate that changes.

use super::{Case, Missing, law};

/// The load of a model.
pub(super) struct Load {
    /// As documents spell it.
    pub(super) arrivals: String,
    /// Mean rate per second.
    pub(super) rate: f64,
}

impl Load {
    /// Whether those who come see what time sees.
    pub(super) fn is_memoryless(&self) -> bool {
        self.arrivals.starts_with("poisson")
    }
}

/// The load of a model that has a law or process of `arrival`, or else a rate of random arrivals; in groups where it has a
/// `batch`.
pub(super) fn of(case: &Case) -> Result<Load, Missing> {
    let single = inside(case, "")?;
    if !case.model.has("batch") {
        return Ok(single);
    }
    let (size, mean) = group_size(case)?;
    Ok(Load { arrivals: format!("groups({}, size={size})", single.arrivals), rate: single.rate * mean })
}

/// The same of a part of a model, whose paths all begin so.
pub(super) fn inside(case: &Case, prefix: &str) -> Result<Load, Missing> {
    let [arrival, rates @ ..] = ["arrival", "rate", "arrival_rate", "batch_rate"].map(|key| format!("{prefix}{key}"));
    if case.model.has(&arrival) {
        return at(case, &arrival);
    }
    match rates.iter().find(|path| case.model.has(path)) {
        Some(path) => case.model.number(path).map(poisson),
        None => Err(format!("the model has neither `{arrival}` nor a rate")),
    }
}

/// The law of group sizes as the document spells it, and its mean.
fn group_size(case: &Case) -> Result<(String, f64), Missing> {
    let model = &case.model;
    let number = |key: &str| model.number(&format!("batch.{key}"));
    let list = |key: &str| model.numbers(&format!("batch.{key}"));
    let name = if model.has("batch.batch") { model.text("batch.batch") } else { model.text("batch.dist") };
    let text = match name {
        "fixed" | "deterministic" | "constant" => number("size").or_else(|_| number("value"))?.to_string(),
        "geometric" => format!("geometric(mean={})", number("mean").or_else(|_| number("p").map(|p| 1.0 / p))?),
        "uniform" => {
            format!("uniform({}, {})", number("lo").or_else(|_| number("low"))?, number("hi").or_else(|_| number("high"))?)
        }
        "empirical" | "values" => {
            let sizes = list("values").or_else(|_| list("sizes"))?;
            let weights = list("weights").or_else(|_| list("p")).unwrap_or_else(|_| vec![1.0; sizes.len()]);
            let parts: Vec<String> = sizes.iter().zip(weights).map(|(size, weight)| format!("{size}: {weight}")).collect();
            format!("values({})", parts.join(", "))
        }
        other => return Err(format!("the law of batch sizes `{other}` is unknown")),
    };
    let mean = text.parse::<plimsoll_models::workload::GroupSize>()?.mean();
    Ok((text, mean))
}

/// Random arrivals at a rate.
pub(super) fn poisson(rate: f64) -> Load {
    Load { arrivals: format!("poisson({rate}/s)"), rate }
}

/// The load that stands at a path: a law of the gaps, or a process with its parameters.
pub(super) fn at(case: &Case, path: &str) -> Result<Load, Missing> {
    let inside = |key: &str| format!("{path}.{key}");
    let number = |key: &str| case.model.number(&inside(key));
    if !case.model.has(&inside("process")) {
        let gap = case.model.law(path)?;
        let rate = 1.0 / law::mean(&gap)?;
        // Exponential gaps are random arrivals, drawn alike.
        let arrivals = if gap.starts_with("exponential") { poisson(rate).arrivals } else { format!("renewal({gap})") };
        return Ok(Load { arrivals, rate });
    }
    match case.model.word(&inside("process"), &["poisson", "deterministic", "constant", "nhpp_sinusoid", "sinusoid", "mmpp"])? {
        "poisson" => number("rate").map(poisson),
        "nhpp_sinusoid" | "sinusoid" => {
            let (mean, amplitude, period) = (number("mean_rate")?, number("amplitude")?, number("period_s")?);
            Ok(Load { arrivals: format!("sine(mean={mean}/s, amplitude={amplitude}/s, period={period} s)"), rate: mean })
        }
        "mmpp" => modulated(case, &inside("")),
        _ => number("rate").map(|rate| Load { arrivals: format!("constant({rate}/s)"), rate }),
    }
}

/// Names of the matrix that says how often a modulated load changes from state to state.
const GENERATORS: [&str; 5] = ["generator", "Q", "q", "transition_rates", "transitions"];

/// Random arrivals at the rate of a state that changes by chance: two states with `q12` and `q21`, or any number with the
/// matrix of their changes per second, whose diagonal says nothing of its own.
pub(super) fn modulated(case: &Case, prefix: &str) -> Result<Load, Missing> {
    let path = |key: &str| format!("{prefix}{key}");
    let rates = case.model.numbers(&path("rates"))?;
    let changes = match GENERATORS.iter().find(|key| case.model.has(&path(key))) {
        Some(key) => (0..rates.len()).map(|from| case.model.numbers(&format!("{}.{from}", path(key)))).collect::<Result<Vec<_>, _>>()?,
        None if rates.len() == 2 => vec![vec![0.0, case.model.number(&path("q12"))?], vec![case.model.number(&path("q21"))?, 0.0]],
        None => (0..rates.len()).map(|from| (0..rates.len()).map(|to| pair(case, prefix, from, to)).collect()).collect::<Result<_, _>>()?,
    };
    let row = |(from, (rate, changes)): (usize, (&f64, &Vec<f64>))| {
        let change = |(to, change): (usize, &f64)| if to == from { "-".to_owned() } else { change.to_string() };
        format!("{rate}/s: {}", changes.iter().enumerate().map(change).collect::<Vec<_>>().join(" "))
    };
    let rows: Vec<String> = rates.iter().zip(&changes).enumerate().map(row).collect();
    let arrivals = format!("modulated({})", rows.join(", "));
    let rate = arrivals.parse::<plimsoll_models::Arrivals>()?.expected(1.0);
    Ok(Load { arrivals, rate })
}

/// Changes per second between two of several states, which are counted from one; none where the case is silent.
fn pair(case: &Case, prefix: &str, from: usize, to: usize) -> Result<f64, Missing> {
    if from == to { Ok(0.0) } else { case.model.number_or(&format!("{prefix}q{}{}", from + 1, to + 1), 0.0) }
}

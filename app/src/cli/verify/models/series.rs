//! Statistics of a series that is known to the last digit.

use plimsoll_sim::stats::series;

use super::{Case, Experiment, Figure, Measured, Missing};

/// Most values of a series, which all stand in memory.
const VALUES_MAX: usize = 10_000_000;

/// Values of a batch in the search for the end of the warm-up.
const WARM_UP_BATCH: usize = 5;

/// The generator of Lehmer that a case describes as `x<-16807*x mod 2147483647`: multiplier and modulus.
fn generator(text: &str) -> Option<(u64, u64)> {
    let (multiplier, rest) = text.split_once("x<-")?.1.split_once("*x mod ")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some((multiplier.trim().parse().ok()?, digits.parse().ok()?))
}

/// Figures of uniform numbers, and of the same numbers after a start that fades.
pub(super) fn series(case: &Case) -> Result<Experiment, Missing> {
    let (multiplier, modulus) = generator(case.model.text("generator")).ok_or("the generator is not of the form `x<-a*x mod m`")?;
    let (n, seed, batches) = (case.model.number("n")? as usize, case.model.number("seed")? as u64, case.model.number("batches")? as usize);
    if n > VALUES_MAX || batches > n {
        return Err(format!("a series of {n} values in {batches} batches"));
    }
    let (amplitude, tau) = (case.model.number("amp")?, case.model.number("tau")?);
    let mut x = u128::from(seed);
    let uniform: Vec<f64> = (0..n)
        .map(|_| {
            x = u128::from(multiplier) * x % u128::from(modulus.max(1));
            x as f64 / modulus as f64
        })
        .collect();
    let fading: Vec<f64> = uniform.iter().enumerate().map(|(index, u)| u + amplitude * (-(index as f64) / tau).exp()).collect();
    let names: Vec<String> = case.metrics.iter().map(|metric| metric.name.clone()).collect();
    let measure = move |_| {
        let mut figures = Measured::new();
        for name in &names {
            let values = if name.starts_with("u_") { &uniform } else { &fading };
            let value = name.strip_prefix("u_").or_else(|| name.strip_prefix("y_")).and_then(|name| of(name, values, batches));
            figures.extend(value.map(|value| (name.clone(), value)));
        }
        Ok(figures)
    };
    Ok(Experiment { benches: Vec::new(), replications: 1, measure: Box::new(measure) })
}

/// A number in the middle of a name.
fn between(name: &str, before: &str, after: &str) -> Option<f64> {
    name.strip_prefix(before)?.strip_suffix(after)?.parse().ok()
}

/// A figure by its name.
fn of(name: &str, values: &[f64], batches: usize) -> Option<Figure> {
    let one = |value: Option<f64>| value.map(Figure::One);
    match name {
        "mean" => return one(series::mean(values)),
        "var_unbiased" => return one(series::variance(values)),
        "sd_unbiased" => return one(series::variance(values).map(f64::sqrt)),
        "mser5_truncated_batches" => return one(series::warm_up(values, WARM_UP_BATCH).map(|warm_up| warm_up.batches as f64)),
        "mser5_truncated_mean" => return one(series::warm_up(values, WARM_UP_BATCH).map(|warm_up| warm_up.mean)),
        _ => {}
    }
    if let Some(percent) = between(name, "p", "_type7") {
        return one(series::quantile(values, percent / 100.0));
    }
    if let Some(percent) = between(name, "p", "_nearest_rank") {
        return one(series::nearest_rank(values, percent / 100.0));
    }
    if let Some(percent) = between(name, "batch_means_ci", "_halfwidth") {
        return one(series::batch_means_interval(values, batches, percent / 100.0).map(|(_, half_width)| half_width));
    }
    if let Some(lag) = between(name, "lag", "_autocorrelation") {
        return one(series::autocorrelation(values, lag as usize));
    }
    let count = between(name, "first", "")?;
    Some(values.iter().take(count as usize).copied().collect::<Vec<f64>>().into())
}

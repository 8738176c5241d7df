//! How long and how many, described here and drawn in the engine.

use std::{fmt, str::FromStr};

use crate::{
    spelling::{Call, split},
    units,
};

/// Most entries that an empirical law or a mixture may have.
pub const ENTRIES_MAX: usize = 10_000;

/// A law of non-negative values, in seconds where it describes a time.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    /// Always the same value.
    Constant(f64),
    /// Equally likely anywhere between two bounds.
    Uniform {
        /// Lower bound.
        low: f64,
        /// Upper bound.
        high: f64,
    },
    /// Between two bounds, most likely at one value between them, in straight lines: an estimate by hand.
    Triangular {
        /// Lower bound.
        low: f64,
        /// Most likely value.
        mode: f64,
        /// Upper bound.
        high: f64,
    },
    /// Memoryless.
    Exponential {
        /// Mean.
        mean: f64,
    },
    /// Bell curve, cut off at zero by drawing again.
    Normal {
        /// Mean before the cut.
        mean: f64,
        /// Standard deviation before the cut.
        sd: f64,
    },
    /// The logarithm is normal.
    Lognormal {
        /// Mean of the logarithm (of seconds).
        mu: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// Gamma; Erlang when the shape is whole.
    Gamma {
        /// Shape.
        shape: f64,
        /// Scale.
        scale: f64,
    },
    /// Weibull.
    Weibull {
        /// Shape.
        shape: f64,
        /// Scale.
        scale: f64,
    },
    /// Pareto of the first kind: `P(X > x) = (min / x)^alpha`.
    Pareto {
        /// Tail index.
        alpha: f64,
        /// Smallest value.
        min: f64,
    },
    /// What a law gives, and something fixed before it, such as the travel time of light.
    Shifted {
        /// The least of it.
        by: f64,
        /// The law of the rest.
        law: Box<Self>,
    },
    /// One of several laws, by weight.
    Mixture(Vec<(f64, Self)>),
    /// One of several values, by weight.
    Values(Vec<(f64, f64)>),
    /// Given quantiles `(share, value)`, linear in between.
    Quantiles(Vec<(f64, f64)>),
}

impl Distribution {
    /// The law of values that are all so many times as large.
    pub fn scaled(&self, factor: f64) -> Self {
        let pairs = |pairs: &[(f64, f64)]| pairs.iter().map(|(share, value)| (*share, value * factor)).collect();
        match self {
            Self::Constant(value) => Self::Constant(value * factor),
            Self::Uniform { low, high } => Self::Uniform { low: low * factor, high: high * factor },
            Self::Triangular { low, mode, high } => Self::Triangular { low: low * factor, mode: mode * factor, high: high * factor },
            Self::Shifted { by, law } => Self::Shifted { by: by * factor, law: Box::new(law.scaled(factor)) },
            Self::Exponential { mean } => Self::Exponential { mean: mean * factor },
            Self::Normal { mean, sd } => Self::Normal { mean: mean * factor, sd: sd * factor },
            Self::Lognormal { mu, sigma } => Self::Lognormal { mu: mu + ln(factor), sigma: *sigma },
            Self::Gamma { shape, scale } => Self::Gamma { shape: *shape, scale: scale * factor },
            Self::Weibull { shape, scale } => Self::Weibull { shape: *shape, scale: scale * factor },
            Self::Pareto { alpha, min } => Self::Pareto { alpha: *alpha, min: min * factor },
            Self::Mixture(parts) => Self::Mixture(parts.iter().map(|(weight, law)| (*weight, law.scaled(factor))).collect()),
            Self::Values(values) => Self::Values(pairs(values)),
            Self::Quantiles(points) => Self::Quantiles(pairs(points)),
        }
    }

    /// The mean, exact; infinite where there is none. A truncated normal answers with its uncut mean.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Constant(value) => *value,
            Self::Uniform { low, high } => (low + high) / 2.0,
            Self::Triangular { low, mode, high } => (low + mode + high) / 3.0,
            Self::Shifted { by, law } => by + law.mean(),
            Self::Exponential { mean } | Self::Normal { mean, .. } => *mean,
            Self::Lognormal { mu, sigma } => exp(mu + sigma * sigma / 2.0),
            Self::Gamma { shape, scale } => shape * scale,
            Self::Weibull { shape, scale } => scale * gamma(1.0 + 1.0 / shape),
            Self::Pareto { alpha, min } if *alpha > 1.0 => alpha * min / (alpha - 1.0),
            Self::Pareto { .. } => f64::INFINITY,
            Self::Mixture(parts) => weighted(parts.iter().map(|(weight, law)| (*weight, law.mean()))),
            Self::Values(values) => weighted(values.iter().copied()),
            Self::Quantiles(points) => {
                let inner: f64 = points.windows(2).map(|w| (w[1].0 - w[0].0) * (w[0].1 + w[1].1) / 2.0).sum();
                let first = points.first().map_or(0.0, |(share, value)| share * value);
                let last = points.last().map_or(0.0, |(share, value)| (1.0 - share) * value);
                first + inner + last
            }
        }
    }

    /// The smallest value that can occur; time-outs below it always fire.
    pub fn minimum(&self) -> f64 {
        match self {
            Self::Constant(value) => *value,
            Self::Uniform { low, .. } | Self::Triangular { low, .. } => *low,
            Self::Shifted { by, law } => by + law.minimum(),
            Self::Pareto { min, .. } => *min,
            Self::Exponential { .. } | Self::Normal { .. } | Self::Lognormal { .. } | Self::Gamma { .. } | Self::Weibull { .. } => 0.0,
            Self::Mixture(parts) => parts.iter().map(|(_, law)| law.minimum()).fold(f64::INFINITY, f64::min),
            Self::Values(values) => values.iter().map(|(_, value)| *value).fold(f64::INFINITY, f64::min),
            Self::Quantiles(points) => points.first().map_or(0.0, |(_, value)| *value),
        }
    }
}

fn weighted(parts: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (sum, weights) = parts.fold((0.0, 0.0), |(sum, weights), (weight, value)| (sum + weight * value, weights + weight));
    sum / weights
}

/// `e^x` by range reduction and its series, so that this crate needs no platform mathematics.
fn exp(x: f64) -> f64 {
    if !(-700.0..700.0).contains(&x) {
        return if x < 0.0 { 0.0 } else { f64::MAX };
    }
    let halvings = 10;
    let small = x / f64::from(1 << halvings);
    let series = (1..20).rev().fold(1.0, |sum, n| 1.0 + small * sum / f64::from(n));
    (0..halvings).fold(series, |power, _| power * power)
}

/// `ln x` by Newton's method on [`exp`].
fn ln(x: f64) -> f64 {
    let mut y = 0.0;
    let mut scaled = x;
    while scaled > 2.0 {
        scaled /= 2.0;
        y += std::f64::consts::LN_2;
    }
    while scaled < 0.5 && scaled > 0.0 {
        scaled *= 2.0;
        y -= std::f64::consts::LN_2;
    }
    let mut z = scaled - 1.0;
    for _ in 0..40 {
        let e = exp(z);
        z += 2.0 * (scaled - e) / (scaled + e);
    }
    y + z
}

/// The gamma function by Lanczos' approximation, for positive arguments.
fn gamma(x: f64) -> f64 {
    const COEFFICIENTS: [f64; 9] = [
        0.999_999_999_999_809_9,
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    let x = x - 1.0;
    let t = x + 7.5;
    let series = (1..9).fold(COEFFICIENTS[0], |sum, i| sum + COEFFICIENTS[i] / (x + i as f64));
    (2.0 * std::f64::consts::PI).sqrt() * exp((x + 0.5) * ln(t) - t) * series
}

/// Quantile of the standard normal law at 0.99.
const Z99: f64 = 2.326_347_874_040_840_8;

impl FromStr for Distribution {
    type Err = String;

    /// Reads `250 ms`, `exponential(1 s)`, `lognormal(p50=120 ms, p99=800 ms)` and so on.
    fn from_str(text: &str) -> Result<Self, String> {
        let Some(call) = Call::parse(text)? else {
            return units::parse_duration(text).map(Self::Constant);
        };
        let law = match call.name {
            "constant" => {
                call.only(&["value"])?;
                Self::Constant(call.duration(&["value"], 0)?)
            }
            "uniform" => {
                call.only(&["low", "high"])?;
                let (low, high) = (call.duration(&["low"], 0)?, call.duration(&["high"], 1)?);
                if low > high {
                    return Err(format!("`{text}`: the lower bound is above the upper one"));
                }
                Self::Uniform { low, high }
            }
            "triangular" => triangular(&call)?,
            "shifted" => {
                call.only(&["by", "law"])?;
                Self::Shifted { by: call.duration(&["by"], 0)?, law: Box::new(call.require(&["law"], 1)?.parse()?) }
            }
            "exponential" => {
                call.only(&["mean"])?;
                Self::Exponential { mean: call.duration(&["mean"], 0)? }
            }
            "normal" => {
                call.only(&["mean", "sd"])?;
                let (mean, sd) = (call.duration(&["mean"], 0)?, call.duration(&["sd"], 1)?);
                Self::Normal { mean, sd }
            }
            "lognormal" => lognormal(&call)?,
            "gamma" => {
                call.only(&["shape", "scale", "mean", "cv2"])?;
                if call.named("cv2").is_some() {
                    let (mean, cv2) = (call.duration(&["mean"], 0)?, call.positive(&["cv2"], 1)?);
                    Self::Gamma { shape: 1.0 / cv2, scale: mean * cv2 }
                } else {
                    Self::Gamma { shape: call.positive(&["shape"], 0)?, scale: call.duration(&["scale"], 1)? }
                }
            }
            "erlang" => {
                call.only(&["k", "mean"])?;
                let k = units::parse_count(call.require(&["k"], 0)?)?.max(1.0);
                Self::Gamma { shape: k, scale: call.duration(&["mean"], 1)? / k }
            }
            "weibull" => {
                call.only(&["shape", "scale"])?;
                Self::Weibull { shape: call.positive(&["shape"], 0)?, scale: call.duration(&["scale"], 1)? }
            }
            "pareto" => {
                call.only(&["alpha", "min"])?;
                Self::Pareto { alpha: call.positive(&["alpha"], 0)?, min: call.duration(&["min"], 1)? }
            }
            "mixture" => Self::Mixture(entries(&call, str::parse)?),
            "values" => Self::Values(entries::<f64>(&call, units::parse_number).and_then(|parts| swap_values(&call, &parts))?),
            "quantiles" => quantiles(&call)?,
            other => {
                return Err(format!(
                    "`{other}` is not a distribution; known: constant, uniform, triangular, exponential, normal, lognormal, gamma, \
                     erlang, weibull, pareto, shifted, mixture, values, quantiles"
                ));
            }
        };
        Ok(law)
    }
}

fn triangular(call: &Call<'_>) -> Result<Distribution, String> {
    call.only(&["low", "mode", "high"])?;
    let (low, mode, high) = (call.duration(&["low"], 0)?, call.duration(&["mode"], 1)?, call.duration(&["high"], 2)?);
    if low > mode || mode > high {
        return Err("the most likely value of `triangular` is not between its bounds".to_owned());
    }
    Ok(Distribution::Triangular { low, mode, high })
}

fn lognormal(call: &Call<'_>) -> Result<Distribution, String> {
    call.only(&["p50", "p99", "mean", "sd", "cv2", "mu", "sigma"])?;
    if call.named("mu").is_some() {
        let (mu, sigma) = (call.number(&["mu"], 9)?, call.positive(&["sigma"], 9)?);
        return Ok(Distribution::Lognormal { mu, sigma });
    }
    if call.named("p50").is_some() || call.named("p99").is_some() {
        let (p50, p99) = (call.duration(&["p50"], 9)?, call.duration(&["p99"], 9)?);
        if p50 <= 0.0 || p99 < p50 {
            return Err("`lognormal` needs 0 < p50 <= p99".to_owned());
        }
        return Ok(Distribution::Lognormal { mu: ln(p50), sigma: ln(p99 / p50) / Z99 });
    }
    let mean = call.duration(&["mean"], 0)?;
    if mean <= 0.0 {
        return Err("`lognormal` needs a mean above zero".to_owned());
    }
    let cv2 = if call.named("cv2").is_some() {
        call.positive(&["cv2"], 9)?
    } else {
        let sd = call.duration(&["sd"], 1)?;
        (sd / mean) * (sd / mean)
    };
    let variance = ln(1.0 + cv2);
    Ok(Distribution::Lognormal { mu: ln(mean) - variance / 2.0, sigma: variance.sqrt() })
}

/// Reads `weight: item` pairs.
fn entries<T>(call: &Call<'_>, read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<(f64, T)>, String> {
    let mut parts = Vec::new();
    for entry in call.positional() {
        let pieces = split(entry, ':')?;
        let [first, second] = pieces[..] else {
            return Err(format!("`{}` needs entries `a: b`, not `{entry}`", call.name));
        };
        let weight = if call.name == "values" { 0.0 } else { units::parse_number(first.trim_end_matches('%').trim())? };
        if weight < 0.0 {
            return Err(format!("`{entry}` has a negative weight"));
        }
        parts.push((weight, read(second.trim())?));
    }
    if parts.is_empty() || parts.len() > ENTRIES_MAX {
        return Err(format!("`{}` needs between 1 and {ENTRIES_MAX} entries", call.name));
    }
    if call.name == "mixture" && parts.iter().map(|(weight, _)| weight).sum::<f64>() <= 0.0 {
        return Err("`mixture` needs at least one weight above zero".to_owned());
    }
    Ok(parts)
}

/// `values(4 ms: 70, 30 ms: 20)` has the value first and the weight second.
fn swap_values(call: &Call<'_>, weights: &[(f64, f64)]) -> Result<Vec<(f64, f64)>, String> {
    let mut values = Vec::with_capacity(weights.len());
    for (entry, (_, weight)) in call.positional().zip(weights) {
        let value = entry.split(':').next().unwrap_or_default();
        values.push((*weight, units::parse_duration(value)?));
    }
    if values.iter().any(|(weight, _)| *weight < 0.0) || values.iter().map(|(weight, _)| weight).sum::<f64>() <= 0.0 {
        return Err("`values` needs weights that are not negative, at least one above zero".to_owned());
    }
    Ok(values)
}

fn quantiles(call: &Call<'_>) -> Result<Distribution, String> {
    let mut points = Vec::new();
    for entry in call.positional() {
        let (share, value) = entry.split_once(':').ok_or_else(|| format!("`quantiles` needs entries `50 %: 85 ms`, not `{entry}`"))?;
        points.push((units::parse_fraction(share)?, units::parse_duration(value)?));
    }
    if points.len() < 2 || points.len() > ENTRIES_MAX {
        return Err("`quantiles` needs at least two entries".to_owned());
    }
    if points.windows(2).any(|w| w[0].0 >= w[1].0 || w[0].1 > w[1].1) {
        return Err("`quantiles` must rise from entry to entry".to_owned());
    }
    Ok(Distribution::Quantiles(points))
}

impl fmt::Display for Distribution {
    /// Prints what [`FromStr`] reads, with every digit.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(value) => write!(f, "{value} s"),
            Self::Uniform { low, high } => write!(f, "uniform({low} s, {high} s)"),
            Self::Triangular { low, mode, high } => write!(f, "triangular({low} s, {mode} s, {high} s)"),
            Self::Shifted { by, law } => write!(f, "shifted({by} s, {law})"),
            Self::Exponential { mean } => write!(f, "exponential({mean} s)"),
            Self::Normal { mean, sd } => write!(f, "normal(mean={mean} s, sd={sd} s)"),
            Self::Lognormal { mu, sigma } => write!(f, "lognormal(mu={mu}, sigma={sigma})"),
            Self::Gamma { shape, scale } => write!(f, "gamma(shape={shape}, scale={scale} s)"),
            Self::Weibull { shape, scale } => write!(f, "weibull(shape={shape}, scale={scale} s)"),
            Self::Pareto { alpha, min } => write!(f, "pareto(alpha={alpha}, min={min} s)"),
            Self::Mixture(parts) => list(f, "mixture", parts.iter(), |f, (weight, law)| write!(f, "{weight}: {law}")),
            Self::Values(values) => list(f, "values", values.iter(), |f, (weight, value)| write!(f, "{value} s: {weight}")),
            Self::Quantiles(points) => list(f, "quantiles", points.iter(), |f, (share, value)| write!(f, "{}%: {value} s", share * 100.0)),
        }
    }
}

fn list<T>(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    items: impl Iterator<Item = T>,
    print: impl Fn(&mut fmt::Formatter<'_>, T) -> fmt::Result,
) -> fmt::Result {
    write!(f, "{name}(")?;
    for (index, item) in items.enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        print(f, item)?;
    }
    f.write_str(")")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-9 * b.abs().max(1e-9)
    }

    #[test]
    fn spellings_have_the_right_mean() {
        for (text, mean) in [
            ("250 ms", 0.25),
            ("uniform(20 ms, 100 ms)", 0.06),
            ("triangular(20 ms, 40 ms, 120 ms)", 0.06),
            ("shifted(20 ms, exponential(80 ms))", 0.1),
            ("exponential(1 s)", 1.0),
            ("lognormal(mean=200 ms, cv2=1.5)", 0.2),
            ("lognormal(mean=200 ms, sd=50 ms)", 0.2),
            ("gamma(mean=1 s, cv2=2)", 1.0),
            ("erlang(k=3, mean=30 ms)", 0.03),
            ("weibull(shape=2, scale=100 ms)", 0.088_622_692_545_275_8),
            ("pareto(alpha=3.5, min=50 ms)", 0.07),
            ("mixture(0.9: exponential(50 ms), 0.1: exponential(350 ms))", 0.08),
            ("values(4 ms: 70, 30 ms: 20, 250 ms: 8, 1 s: 2)", 0.0488),
            ("quantiles(0%: 0 s, 100%: 2 s)", 1.0),
        ] {
            let law: Distribution = text.parse().unwrap();
            assert!(close(law.mean(), mean), "{text}: {} is not {mean}", law.mean());
            assert!(close(law.scaled(1.1).mean(), 1.1 * mean), "{text} cannot be scaled");
            let again: Distribution = law.to_string().parse().unwrap();
            assert!(close(again.mean(), mean), "{text} does not survive printing as {law}");
        }
    }

    #[test]
    fn lognormal_by_quantiles_hits_them() {
        let Distribution::Lognormal { mu, sigma } = "lognormal(p50=120 ms, p99=800 ms)".parse().unwrap() else { panic!("lognormal") };
        assert!(close(exp(mu), 0.12));
        assert!(close(exp(mu + Z99 * sigma), 0.8));
    }

    #[test]
    fn nonsense_is_refused_with_a_reason() {
        for text in [
            "",
            "fast",
            "exponential()",
            "exponential(1)",
            "exponential(-1 s)",
            "uniform(2 s, 1 s)",
            "triangular(2 s, 1 s, 3 s)",
            "shifted(1 s)",
            "gamma(shape=0, scale=1 s)",
            "lognormal(p50=2 s, p99=1 s)",
            "mixture()",
            "quantiles(50%: 1 s)",
            "pareto(alpha=2, minimum=1 s)",
            "exponential(1 s",
            "mixture(1: mixture(1: mixture(1: mixture(1: mixture(1: mixture(1: mixture(1: mixture(1: mixture(1: mixture(1: 1 s))))))))))",
        ] {
            assert!(text.parse::<Distribution>().is_err(), "{text}");
        }
    }
}

//! Laws of the case files, spelled as documents spell them.

use serde_json::{Map, Value};

use super::{
    case::Missing,
    parameters::{number, numbers},
};

/// How far a mean that a law gives besides its parameters may be from what they amount to, as a share.
const AGREEMENT: f64 = 1e-6;

/// Names of what is added to every value of a law.
const SHIFT: [&str; 2] = ["shift", "offset"];

/// Names of the lower bound of a law.
const LOW: &[&str] = &["lo", "low", "min", "a", "left"];

/// Names of the upper bound of a law.
const HIGH: &[&str] = &["hi", "high", "max", "b", "right"];

/// Names of the shares of several parts.
const WEIGHTS: &[&str] = &["p", "weights", "probs"];

/// The members of a law by any of the names that they have.
struct Members<'a>(&'a Map<String, Value>);

impl Members<'_> {
    fn value(&self, names: &[&str]) -> Option<&Value> {
        names.iter().find_map(|name| self.0.get(*name))
    }

    fn number(&self, names: &[&str]) -> Result<f64, Missing> {
        self.value(names).and_then(number).ok_or_else(|| format!("a law has no `{}`", names[0]))
    }

    fn list(&self, names: &[&str]) -> Result<Vec<f64>, Missing> {
        numbers(self.value(names)).ok_or_else(|| format!("a law has no list `{}`", names[0]))
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The square of the coefficient of variation.
    fn cv2(&self) -> Result<f64, Missing> {
        self.number(&["cv2", "scv"]).or_else(|_| self.number(&["cv"]).map(|cv| cv * cv))
    }

    /// The mean of a law that passes so many phases of a rate one after the other.
    fn mean_or_rate(&self, phases: f64) -> Result<f64, Missing> {
        let Ok(rate) = self.number(&["rate"]) else { return self.number(&["mean"]) };
        let own = phases / rate;
        match self.number(&["mean"]) {
            Ok(mean) if (own - mean).abs() > AGREEMENT * mean.abs() => Err(format!("the rate {rate} has the mean {own}, not {mean}")),
            given => Ok(given.unwrap_or(own)),
        }
    }
}

/// Mean of a law as the document spells it.
pub(super) fn mean(law: &str) -> Result<f64, Missing> {
    law.parse::<plimsoll_models::Distribution>().map(|law| law.mean())
}

/// A law as the document spells it; a bare number is a constant.
pub(super) fn law(value: &Value) -> Result<String, Missing> {
    if let Some(seconds) = number(value) {
        return Ok(format!("{seconds} s"));
    }
    let members = Members(value.as_object().ok_or_else(|| format!("{value} is no law"))?);
    let name = members.value(&["dist", "distribution", "law", "type"]).and_then(Value::as_str).unwrap_or("");
    let (spelled, known) = spelled(name, &members)?;
    const OF_EVERY_LAW: [&str; 11] = ["dist", "distribution", "law", "type", "mean", "cv2", "scv", "cv", "note", SHIFT[0], SHIFT[1]];
    if let Some(key) = members.0.keys().find(|key| !known.contains(&key.as_str()) && !OF_EVERY_LAW.contains(&key.as_str())) {
        return Err(format!("the law `{name}` has no `{key}`"));
    }
    agrees(&members, &spelled)?;
    match members.number(&SHIFT) {
        Ok(by) => Ok(format!("shifted({by} s, {spelled})")),
        Err(_) => Ok(spelled),
    }
}

/// A law with the members that it may have.
fn spelled(name: &str, members: &Members<'_>) -> Result<(String, &'static [&'static str]), Missing> {
    let number = |names: &[&str]| members.number(names);
    Ok(match name.to_lowercase().as_str() {
        "exponential" | "exp" | "expon" | "m" => (format!("exponential({} s)", members.mean_or_rate(1.0)?), &["rate"]),
        "deterministic" | "constant" | "det" | "fixed" | "d" => (format!("{} s", number(&["value", "mean"])?), &["value"]),
        "uniform" => (
            format!("uniform({} s, {} s)", number(LOW)?, number(HIGH)?),
            &["lo", "low", "min", "a", "left", "hi", "high", "max", "b", "right"],
        ),
        "triangular" => (
            format!("triangular({} s, {} s, {} s)", number(LOW)?, number(&["mode", "c"])?, number(HIGH)?),
            &["lo", "low", "min", "a", "left", "mode", "c", "hi", "high", "max", "b", "right"],
        ),
        "gamma" => {
            let shape = number(&["shape", "k", "alpha"]).or_else(|_| members.cv2().map(|cv2| 1.0 / cv2))?;
            let by_mean = || number(&["mean"]).map(|mean| mean / shape);
            let scale = number(&["scale", "theta"]).or_else(|_| number(&["rate"]).map(|rate| 1.0 / rate)).or_else(|_| by_mean())?;
            (format!("gamma(shape={shape}, scale={scale} s)"), &["shape", "k", "alpha", "scale", "theta", "rate"])
        }
        "erlang" => {
            let k = number(&["k", "shape", "phases", "stages"]).or_else(|_| members.cv2().map(|cv2| (1.0 / cv2).round()))?;
            (format!("erlang(k={k}, mean={} s)", members.mean_or_rate(k)?), &["k", "shape", "phases", "stages", "rate"])
        }
        "lognormal" | "lognorm" => (lognormal(members)?, &["mu", "sigma", "sd", "p50", "median", "p99"]),
        "normal" => (format!("normal(mean={} s, sd={} s)", number(&["mean"])?, number(&["sd", "sigma"])?), &["sd", "sigma"]),
        "weibull" => {
            let shape = number(&["shape", "k"])?;
            // One second of scale tells the mean of all scales.
            let unit = || mean(&format!("weibull(shape={shape}, scale=1 s)"));
            let scale = number(&["scale", "lambda"]).or_else(|_| Ok::<f64, Missing>(number(&["mean"])? / unit()?))?;
            (format!("weibull(shape={shape}, scale={scale} s)"), &["shape", "k", "scale", "lambda"])
        }
        "pareto1" | "pareto" => {
            // The square of the variation of this law is 1 / (alpha (alpha - 2)).
            let by_variation = || members.cv2().map(|cv2| 1.0 + (1.0 + 1.0 / cv2).sqrt());
            let alpha = number(&["alpha", "shape"]).or_else(|_| by_variation())?;
            let least = number(&["xm", "min", "scale"]).or_else(|_| number(&["mean"]).map(|mean| mean * (alpha - 1.0) / alpha))?;
            (format!("pareto(alpha={alpha}, min={least} s)"), &["alpha", "shape", "xm", "min", "scale"])
        }
        "hyperexponential" | "hyperexp" | "h2" => (hyperexponential(members)?, &["p", "weights", "probs", "means", "rates"]),
        "mixture" => (mixture(members)?, &["p", "weights", "probs", "laws", "components", "dists"]),
        "empirical" | "discrete" | "values" | "bimodal" => {
            let values = members.list(&["values"])?;
            let weights = members.list(&["weights", "p", "probs"]).unwrap_or_else(|_| vec![1.0; values.len()]);
            let parts: Vec<String> = pairs(&values, &weights)?.map(|(value, weight)| format!("{value} s: {weight}")).collect();
            (format!("values({})", parts.join(", ")), &["values", "weights", "p", "probs"])
        }
        other => return Err(format!("the law `{other}` is unknown")),
    })
}

/// By the mean and deviation of the logarithm, or by mean and variation, or by two quantiles.
fn lognormal(members: &Members<'_>) -> Result<String, Missing> {
    let number = |names: &[&str]| members.number(names);
    if members.has("sigma") && (members.has("mu") || members.has("median")) {
        let mu = number(&["mu"]).or_else(|_| number(&["median"]).map(f64::ln))?;
        return Ok(format!("lognormal(mu={mu}, sigma={})", number(&["sigma"])?));
    }
    if members.has("p50") || members.has("median") {
        return Ok(format!("lognormal(p50={} s, p99={} s)", number(&["p50", "median"])?, number(&["p99"])?));
    }
    let mean = number(&["mean"])?;
    if let Ok(cv2) = members.cv2() {
        return Ok(format!("lognormal(mean={mean} s, cv2={cv2})"));
    }
    Ok(format!("lognormal(mean={mean} s, sd={} s)", number(&["sd"])?))
}

/// Phases by their shares; of two with balanced means, mean and variation are enough.
fn hyperexponential(members: &Members<'_>) -> Result<String, Missing> {
    if let (Ok(cv2), false) = (members.cv2(), members.has("means") || members.has("rates")) {
        let (mean, share) = (members.number(&["mean"])?, 0.5 * (1.0 + ((cv2 - 1.0) / (cv2 + 1.0)).sqrt()));
        let phase = |share: f64| format!("{share}: exponential({} s)", mean / (2.0 * share));
        return Ok(format!("mixture({}, {})", phase(share), phase(1.0 - share)));
    }
    let mut weights = members.list(WEIGHTS).or_else(|_| members.number(&["p"]).map(|share| vec![share]))?;
    let means =
        members.list(&["means"]).or_else(|_| Ok::<_, Missing>(members.list(&["rates"])?.into_iter().map(|rate| 1.0 / rate).collect()))?;
    if weights.len() + 1 == means.len() {
        weights.push(1.0 - weights.iter().sum::<f64>());
    }
    let parts: Vec<String> = pairs(&weights, &means)?.map(|(weight, mean)| format!("{weight}: exponential({mean} s)")).collect();
    Ok(format!("mixture({})", parts.join(", ")))
}

fn mixture(members: &Members<'_>) -> Result<String, Missing> {
    let weights = members.list(WEIGHTS)?;
    let laws = members.value(&["laws", "components", "dists"]).and_then(Value::as_array).ok_or("a mixture has no laws")?;
    let laws = laws.iter().map(law).collect::<Result<Vec<String>, _>>()?;
    let parts: Vec<String> = pairs(&weights, &laws)?.map(|(weight, law)| format!("{weight}: {law}")).collect();
    Ok(format!("mixture({})", parts.join(", ")))
}

fn pairs<'a, A, B>(a: &'a [A], b: &'a [B]) -> Result<impl Iterator<Item = (&'a A, &'a B)>, Missing> {
    if a.len() == b.len() { Ok(a.iter().zip(b)) } else { Err("a law has not as many weights as parts".to_owned()) }
}

/// Whether the mean that a law gives is that of its parameters.
fn agrees(members: &Members<'_>, spelled: &str) -> Result<(), Missing> {
    let law: plimsoll_models::Distribution = spelled.parse()?;
    let Some(given) = members.0.get("mean").and_then(number) else { return Ok(()) };
    let own = law.mean();
    if (own - given).abs() <= AGREEMENT * given.abs() { Ok(()) } else { Err(format!("`{spelled}` has the mean {own}, not {given}")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn laws_become_the_spelling_of_documents() {
        for (value, expected) in [
            (json!({"dist": "exponential", "mean": 0.25}), 0.25),
            (json!({"dist": "exponential", "rate": 4}), 0.25),
            (json!({"dist": "deterministic", "mean": 0.5}), 0.5),
            (json!(1.5), 1.5),
            (json!({"dist": "uniform", "low": 1, "high": 3}), 2.0),
            (json!({"dist": "gamma", "mean": 0.3, "cv2": 4.0}), 0.3),
            (json!({"dist": "lognormal", "mean": 0.3, "cv2": 4.0}), 0.3),
            (json!({"dist": "pareto1", "alpha": 3.0, "mean": 0.3}), 0.3),
            (json!({"dist": "hyperexponential", "p": [0.9, 0.1], "means": [0.05, 0.35]}), 0.08),
            (json!({"dist": "hyperexponential", "p": [0.5, 0.5], "rates": [1.0, 2.0]}), 0.75),
            (json!({"dist": "mixture", "p": [0.5, 0.5], "laws": [{"dist": "exponential", "mean": 1}, 2]}), 1.5),
            (json!({"dist": "empirical", "values": [0.004, 0.03], "weights": [70, 30]}), 0.0118),
            (json!({"dist": "bimodal", "values": [1, 3], "p": [0.75, 0.25]}), 1.5),
            (json!({"dist": "erlang", "k": 3, "mean": 0.03, "rate": 100.0}), 0.03),
            (json!({"dist": "erlang", "phases": 3, "rate": 100.0}), 0.03),
            (json!({"dist": "gamma", "shape": 2.0, "rate": 4.0}), 0.5),
            (json!({"dist": "gamma", "mean": 0.3, "cv": 2.0}), 0.3),
            (json!({"dist": "lognormal", "median": 1.0, "sigma": 1.0}), 0.5_f64.exp()),
            (json!({"dist": "weibull", "shape": 2.0, "mean": 0.3}), 0.3),
            (json!({"dist": "pareto", "mean": 0.3, "cv2": 0.125}), 0.3),
            (json!({"dist": "triangular", "left": 1, "mode": 2, "right": 6}), 3.0),
            (json!({"dist": "hyperexponential", "mean": 0.4, "cv2": 4.0}), 0.4),
            (json!({"dist": "hyperexponential", "p": 0.25, "means": [1.0, 3.0]}), 2.5),
            (json!({"dist": "hyperexponential", "p": [0.5, 0.3, 0.2], "means": [1.0, 2.0, 3.0]}), 1.7),
            (json!({"dist": "exponential", "mean": 0.25, "shift": 0.5}), 0.75),
        ] {
            assert!((mean(&law(&value).unwrap()).unwrap() - expected).abs() < 1e-9, "{value}");
        }
    }

    #[test]
    fn what_a_law_cannot_honor_is_refused() {
        for value in [
            json!({"dist": "cauchy"}),
            json!({"dist": "exponential", "mean": 1.0, "truncated": 0.5}),
            json!({"dist": "exponential", "mean": 1.0, "rate": 2.0}),
            json!({"dist": "gamma", "shape": 2.0, "scale": 1.0, "mean": 3.0}),
            json!({"dist": "empirical", "values": [1.0, 2.0], "weights": [1.0]}),
            json!("soon"),
        ] {
            assert!(law(&value).is_err(), "{value}");
        }
    }
}

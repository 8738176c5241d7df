//! Laws of the case files, spelled as documents spell them.

use serde_json::{Map, Value};

use super::{
    case::Missing,
    parameters::{number, numbers},
};

/// How far a mean that a law gives besides its parameters may be from what they amount to, as a share.
const AGREEMENT: f64 = 1e-6;

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
    const OF_EVERY_LAW: [&str; 7] = ["dist", "distribution", "law", "type", "mean", "cv2", "note"];
    if let Some(key) = members.0.keys().find(|key| !known.contains(&key.as_str()) && !OF_EVERY_LAW.contains(&key.as_str())) {
        return Err(format!("the law `{name}` has no `{key}`"));
    }
    agrees(&members, &spelled)?;
    Ok(spelled)
}

/// A law with the members that it may have.
fn spelled(name: &str, members: &Members<'_>) -> Result<(String, &'static [&'static str]), Missing> {
    let number = |names: &[&str]| members.number(names);
    Ok(match name {
        "exponential" => {
            let mean = if members.has("rate") && !members.has("mean") { 1.0 / number(&["rate"])? } else { number(&["mean"])? };
            (format!("exponential({mean} s)"), &["rate"])
        }
        "deterministic" | "constant" => (format!("{} s", number(&["value", "mean"])?), &["value"]),
        "uniform" => (
            format!("uniform({} s, {} s)", number(&["lo", "low", "min", "a"])?, number(&["hi", "high", "max", "b"])?),
            &["lo", "low", "min", "a", "hi", "high", "max", "b"],
        ),
        "gamma" => {
            let shape = number(&["shape", "k"]).or_else(|_| number(&["cv2"]).map(|cv2| 1.0 / cv2))?;
            let scale = number(&["scale", "theta"]).or_else(|_| number(&["mean"]).map(|mean| mean / shape))?;
            (format!("gamma(shape={shape}, scale={scale} s)"), &["shape", "k", "scale", "theta"])
        }
        "erlang" => {
            let k = number(&["k", "shape"])?;
            let mean = if members.has("rate") && !members.has("mean") { k / number(&["rate"])? } else { number(&["mean"])? };
            (format!("erlang(k={k}, mean={mean} s)"), &["k", "shape", "rate"])
        }
        "lognormal" => (lognormal(members)?, &["mu", "sigma", "sd", "p50", "p99"]),
        "normal" => (format!("normal(mean={} s, sd={} s)", number(&["mean"])?, number(&["sd", "sigma"])?), &["sd", "sigma"]),
        "weibull" => (format!("weibull(shape={}, scale={} s)", number(&["shape", "k"])?, number(&["scale"])?), &["shape", "k", "scale"]),
        "pareto1" | "pareto" => {
            let alpha = number(&["alpha", "shape"])?;
            let least = number(&["xm", "min", "scale"]).or_else(|_| number(&["mean"]).map(|mean| mean * (alpha - 1.0) / alpha))?;
            (format!("pareto(alpha={alpha}, min={least} s)"), &["alpha", "shape", "xm", "min", "scale"])
        }
        "hyperexponential" => (hyperexponential(members)?, &["p", "weights", "means", "rates"]),
        "mixture" => (mixture(members)?, &["p", "weights", "laws", "components", "dists"]),
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
    if members.has("mu") && members.has("sigma") {
        return Ok(format!("lognormal(mu={}, sigma={})", number(&["mu"])?, number(&["sigma"])?));
    }
    if members.has("p50") {
        return Ok(format!("lognormal(p50={} s, p99={} s)", number(&["p50"])?, number(&["p99"])?));
    }
    let mean = number(&["mean"])?;
    if members.has("cv2") {
        return Ok(format!("lognormal(mean={mean} s, cv2={})", number(&["cv2"])?));
    }
    Ok(format!("lognormal(mean={mean} s, sd={} s)", number(&["sd"])?))
}

fn hyperexponential(members: &Members<'_>) -> Result<String, Missing> {
    let weights = members.list(&["p", "weights"])?;
    let means =
        members.list(&["means"]).or_else(|_| Ok::<_, Missing>(members.list(&["rates"])?.into_iter().map(|rate| 1.0 / rate).collect()))?;
    let parts: Vec<String> = pairs(&weights, &means)?.map(|(weight, mean)| format!("{weight}: exponential({mean} s)")).collect();
    Ok(format!("mixture({})", parts.join(", ")))
}

fn mixture(members: &Members<'_>) -> Result<String, Missing> {
    let weights = members.list(&["p", "weights"])?;
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
        ] {
            assert!((mean(&law(&value).unwrap()).unwrap() - expected).abs() < 1e-9, "{value}");
        }
    }

    #[test]
    fn what_a_law_cannot_honor_is_refused() {
        for value in [
            json!({"dist": "cauchy"}),
            json!({"dist": "exponential", "mean": 1.0, "shift": 0.5}),
            json!({"dist": "gamma", "shape": 2.0, "scale": 1.0, "mean": 3.0}),
            json!({"dist": "empirical", "values": [1.0, 2.0], "weights": [1.0]}),
            json!("soon"),
        ] {
            assert!(law(&value).is_err(), "{value}");
        }
    }
}

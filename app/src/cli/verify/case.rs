//! The case files of schema `verif-cases/1`.

use serde::Deserialize;
use serde_json::Value;

/// The schema that is read.
pub(super) const SCHEMA: &str = "verif-cases/1";

/// A file of cases.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct CaseFile {
    /// Must be [`SCHEMA`].
    pub(super) schema: String,
    /// The cases.
    pub(super) cases: Vec<Case>,
}

/// A model with figures whose right values are known.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Case {
    /// Its name.
    pub(super) id: String,
    /// What it is about.
    #[serde(default)]
    pub(super) title: String,
    /// `stochastic`, `deterministic` or `property`.
    pub(super) kind: Kind,
    /// The model: its `type` and parameters.
    pub(super) model: Value,
    /// Known values.
    pub(super) metrics: Vec<Metric>,
    /// How much to run.
    #[serde(default)]
    pub(super) sample: Sample,
    /// What a product must have for this case to make sense.
    #[serde(default)]
    pub(super) features: Vec<String>,
}

/// What kind of answer a case has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// Means over replications.
    Stochastic,
    /// One exact run.
    Deterministic,
    /// A procedure that counts violations.
    Property,
}

/// How much to run.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Sample {
    pub(super) replications: Option<u32>,
    pub(super) customers_per_replication: Option<f64>,
    pub(super) warmup_customers: Option<f64>,
    pub(super) periods: Option<u32>,
    pub(super) sequences: Option<f64>,
}

/// A figure with its right value.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Metric {
    pub(super) name: String,
    pub(super) expected: Figure,
    #[serde(default)]
    pub(super) unit: String,
    pub(super) tolerance: Tolerance,
}

/// A number, or several.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub(super) enum Figure {
    /// One number.
    One(f64),
    /// A list of numbers.
    Many(Vec<f64>),
}

impl Figure {
    /// The numbers.
    pub(super) fn values(&self) -> &[f64] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

impl From<f64> for Figure {
    fn from(value: f64) -> Self {
        Self::One(value)
    }
}

impl From<u64> for Figure {
    fn from(value: u64) -> Self {
        Self::One(value as f64)
    }
}

impl From<usize> for Figure {
    fn from(value: usize) -> Self {
        Self::One(value as f64)
    }
}

impl From<Vec<f64>> for Figure {
    fn from(values: Vec<f64>) -> Self {
        Self::Many(values)
    }
}

/// How near a measured value must be.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Tolerance {
    /// Inside the confidence interval, which must be narrow enough.
    Ci(Precision),
    /// The same for each element.
    CiEach(Precision),
    /// Equal.
    Exact,
    /// Within so much.
    Abs { value: f64 },
    /// Within this share of the expected value.
    Rel { value: f64 },
    /// Within either.
    RelOrAbs { rel: f64, abs: f64 },
    /// Not above; a mean with its half-width.
    UpperBound,
    /// Not below.
    LowerBound,
    /// Between two values.
    Range { lo: f64, hi: f64 },
    /// Only shown.
    Info,
}

/// How narrow an interval must be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
pub(super) struct Precision {
    pub(super) max_rel_halfwidth: Option<f64>,
    pub(super) max_abs_halfwidth: Option<f64>,
    #[serde(default)]
    pub(super) reference_se: f64,
}

/// What a case lacks.
pub(super) type Missing = String;

impl Case {
    /// The type of the model.
    pub(super) fn model_type(&self) -> &str {
        self.model.get("type").and_then(Value::as_str).unwrap_or("")
    }

    /// A parameter of the model.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.model.get(key).filter(|value| !value.is_null())
    }

    /// A number of the model.
    pub(super) fn number(&self, key: &str) -> Result<f64, Missing> {
        self.get(key).and_then(Value::as_f64).ok_or_else(|| format!("the model has no number `{key}`"))
    }

    /// A list of numbers of the model.
    pub(super) fn numbers(&self, key: &str) -> Result<Vec<f64>, Missing> {
        numbers(self.get(key)).ok_or_else(|| format!("the model has no list `{key}`"))
    }

    /// A text of the model.
    pub(super) fn text(&self, key: &str) -> &str {
        self.get(key).and_then(Value::as_str).unwrap_or("")
    }

    /// A law of the model, as the document spells it.
    pub(super) fn law(&self, key: &str) -> Result<String, Missing> {
        law(self.get(key).ok_or_else(|| format!("the model has no law `{key}`"))?)
    }

    /// Mean of a law of the model, for the length of a run.
    pub(super) fn mean(&self, key: &str) -> Result<f64, Missing> {
        mean(&self.law(key)?)
    }

    /// The same case with so many times the advised sample.
    pub(super) fn enlarged(&self, factor: f64) -> Self {
        let mut case = self.clone();
        case.sample.customers_per_replication = case.sample.customers_per_replication.map(|customers| customers * factor);
        case
    }

    /// How many replications to run.
    pub(super) fn replications(&self) -> u32 {
        match self.kind {
            Kind::Stochastic => self.sample.replications.unwrap_or(20).max(1),
            Kind::Deterministic | Kind::Property => 1,
        }
    }

    /// Length and warm-up in seconds of a run with the advised number of customers at this rate.
    pub(super) fn length(&self, rate: f64) -> (f64, f64) {
        let warm_up = self.sample.warmup_customers.unwrap_or(0.0);
        let customers = self.sample.customers_per_replication.unwrap_or(20_000.0);
        ((warm_up + customers) / rate, warm_up / rate)
    }
}

/// A JSON list of numbers.
pub(super) fn numbers(value: Option<&Value>) -> Option<Vec<f64>> {
    value?.as_array()?.iter().map(Value::as_f64).collect()
}

/// Mean of a law as the document spells it.
pub(super) fn mean(law: &str) -> Result<f64, Missing> {
    law.parse::<plimsoll_models::Distribution>().map(|law| law.mean())
}

/// A law as the document spells it.
pub(super) fn law(value: &Value) -> Result<String, Missing> {
    let number = |key: &str| value.get(key).and_then(Value::as_f64).ok_or_else(|| format!("a law has no `{key}`"));
    let list = |key: &str| numbers(value.get(key)).ok_or_else(|| format!("a law has no list `{key}`"));
    Ok(match value.get("dist").and_then(Value::as_str).unwrap_or("") {
        "exponential" => format!("exponential({} s)", number("mean")?),
        "deterministic" => format!("{} s", number("value")?),
        "uniform" => format!("uniform({} s, {} s)", number("lo")?, number("hi")?),
        "gamma" => format!("gamma(shape={}, scale={} s)", number("shape")?, number("scale")?),
        "erlang" => format!("erlang(k={}, mean={} s)", number("k")?, number("mean")?),
        "lognormal" => format!("lognormal(mu={}, sigma={})", number("mu")?, number("sigma")?),
        "weibull" => format!("weibull(shape={}, scale={} s)", number("shape")?, number("scale")?),
        "pareto1" => format!("pareto(alpha={}, min={} s)", number("alpha")?, number("xm")?),
        "hyperexponential" => {
            let parts: Vec<String> = list("p")?.iter().zip(list("means")?).map(|(p, mean)| format!("{p}: exponential({mean} s)")).collect();
            format!("mixture({})", parts.join(", "))
        }
        "empirical" => {
            let parts: Vec<String> =
                list("values")?.iter().zip(list("weights")?).map(|(value, weight)| format!("{value} s: {weight}")).collect();
            format!("values({})", parts.join(", "))
        }
        other => return Err(format!("the law `{other}` is unknown")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn laws_become_the_spelling_of_documents() {
        for (value, expected) in [
            (json!({"dist": "exponential", "mean": 0.25}), 0.25),
            (json!({"dist": "hyperexponential", "p": [0.9, 0.1], "means": [0.05, 0.35]}), 0.08),
            (json!({"dist": "empirical", "values": [0.004, 0.03], "weights": [70, 30]}), 0.0118),
            (json!({"dist": "erlang", "k": 3, "mean": 0.03, "rate": 100.0}), 0.03),
        ] {
            assert!((mean(&law(&value).unwrap()).unwrap() - expected).abs() < 1e-12, "{value}");
        }
        assert!(law(&json!({"dist": "cauchy"})).is_err());
    }
}

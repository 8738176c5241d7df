//! The case files of schema `verif-cases/1`.

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;

use super::{parameters::Parameters, student};

/// The schema that is read.
pub(super) const SCHEMA: &str = "verif-cases/1";

/// A file of cases.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct CaseFile {
    /// Must be [`SCHEMA`].
    pub(super) schema: String,
    /// The cases, each read by itself, so that one that nobody understands leaves the others alone.
    pub(super) cases: Vec<Value>,
}

/// What a case lacks, or what the product lacks for it.
pub(super) type Missing = String;

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
    pub(super) model: Parameters,
    /// Known values.
    pub(super) metrics: Vec<Metric>,
    /// How much to run.
    #[serde(default)]
    pub(super) sample: Sample,
    /// What a product must have for this case to make sense.
    #[serde(default)]
    pub(super) features: Vec<String>,
    /// How many times the advised sample is taken.
    #[serde(skip)]
    pub(super) enlargement: f64,
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

/// A number, or several. What never happened is not a number.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Figure {
    /// One number.
    One(f64),
    /// A list of numbers.
    Many(Vec<f64>),
}

impl<'de> Deserialize<'de> for Figure {
    /// Reads numbers, lists of them, and flags; `null` is what never happens.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fn one(value: &Value) -> Option<f64> {
            match value {
                Value::Null => Some(f64::NAN),
                Value::Bool(flag) => Some(f64::from(u8::from(*flag))),
                _ => super::parameters::number(value),
            }
        }
        let value = Value::deserialize(deserializer)?;
        let read = match &value {
            Value::Array(list) => list.iter().map(one).collect::<Option<Vec<f64>>>().map(Self::Many),
            _ => one(&value).map(Self::One),
        };
        read.ok_or_else(|| D::Error::custom(format!("{value} is neither a number nor a list of numbers")))
    }
}

impl Figure {
    /// What never happened.
    pub(super) const NEVER: Self = Self::One(f64::NAN);

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

impl From<Option<f64>> for Figure {
    fn from(value: Option<f64>) -> Self {
        value.map_or(Self::NEVER, Self::One)
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
    /// No violations.
    Property,
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
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct Precision {
    pub(super) level: f64,
    pub(super) max_rel_halfwidth: Option<f64>,
    pub(super) max_abs_halfwidth: Option<f64>,
    pub(super) reference_se: f64,
}

impl Default for Precision {
    fn default() -> Self {
        Self { level: student::LEVEL, max_rel_halfwidth: None, max_abs_halfwidth: None, reference_se: 0.0 }
    }
}

/// Least replications of a case that asks for an interval.
const REPLICATIONS: u32 = 20;

/// Customers of a replication where a case gives no advice.
const CUSTOMERS: f64 = 20_000.0;

/// Most sequences of one replication: they all stand in memory.
const SEQUENCES_MAX: f64 = 1e6;

impl Case {
    /// The type of the model.
    pub(super) fn model_type(&self) -> &str {
        self.model.text("type")
    }

    /// The same case with so many times the advised sample. Where the advice is a number of replications and nothing
    /// else, one half of the enlargement counts, since they are as many as the interval needs.
    pub(super) fn enlarged(&self, factor: f64) -> Self {
        let mut case = Self { enlargement: factor, ..self.clone() };
        let sample = &mut case.sample;
        sample.customers_per_replication = sample.customers_per_replication.map(|customers| customers * factor);
        sample.sequences = sample.sequences.map(|sequences| (sequences * factor / 2.0).min(SEQUENCES_MAX));
        sample.periods = sample.periods.map(|periods| (f64::from(periods) * factor / 2.0) as u32);
        if sample.customers_per_replication.or(sample.sequences).is_none() && sample.periods.is_none() {
            sample.replications = sample.replications.map(|replications| (f64::from(replications) * factor / 2.0) as u32);
        }
        case
    }

    /// How many replications to run.
    pub(super) fn replications(&self) -> u32 {
        let interval = self.metrics.iter().any(|metric| matches!(metric.tolerance, Tolerance::Ci(_) | Tolerance::CiEach(_)));
        match self.kind {
            Kind::Stochastic if interval => self.sample.replications.unwrap_or(REPLICATIONS).max(REPLICATIONS),
            Kind::Stochastic => self.sample.replications.unwrap_or(REPLICATIONS).max(1),
            Kind::Deterministic | Kind::Property => 1,
        }
    }

    /// Length and warm-up in seconds of a run with the advised number of customers at this rate.
    pub(super) fn length(&self, rate: f64) -> (f64, f64) {
        let customers = self.sample.customers_per_replication.unwrap_or(CUSTOMERS);
        let unasked = if self.kind == Kind::Stochastic { customers / 10.0 } else { 0.0 };
        let warm_up = self.sample.warmup_customers.unwrap_or(unasked);
        ((warm_up + customers) / rate, warm_up / rate)
    }

    /// How many elements the expected list of a figure has.
    pub(super) fn elements(&self, figure: &str) -> usize {
        self.metrics.iter().find(|metric| metric.name == figure).map_or(0, |metric| metric.expected.values().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_numbers_lists_flags_or_never() {
        let figure = |text: &str| serde_json::from_str::<Figure>(text);
        assert_eq!(figure("[1, true, \"2.5\"]").unwrap(), Figure::Many(vec![1.0, 1.0, 2.5]));
        assert_eq!(figure("false").unwrap(), Figure::One(0.0));
        assert!(figure("null").unwrap().values()[0].is_nan());
        assert!(figure("\"soon\"").is_err() && figure("{}").is_err());
    }
}

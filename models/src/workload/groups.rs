//! Arrivals in groups: several events at the same instant.

use std::str::FromStr;

use super::ENTRIES_MAX;
use crate::{
    spelling::{Call, split},
    units,
};

/// The law of how many come together.
#[derive(Clone, Debug, PartialEq)]
pub enum GroupSize {
    /// Always so many.
    Constant(u64),
    /// Equally likely between two bounds, inclusive.
    Uniform {
        /// Fewest.
        low: u64,
        /// Most.
        high: u64,
    },
    /// One or more; each further one with the same probability.
    Geometric {
        /// Mean, at least one.
        mean: f64,
    },
    /// One of several sizes, by weight.
    Values(Vec<(f64, u64)>),
}

impl GroupSize {
    /// The mean.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Constant(size) => *size as f64,
            Self::Uniform { low, high } => f64::midpoint(*low as f64, *high as f64),
            Self::Geometric { mean } => *mean,
            Self::Values(values) => {
                let total: f64 = values.iter().map(|(weight, _)| weight).sum();
                values.iter().map(|(weight, size)| weight * *size as f64).sum::<f64>() / total
            }
        }
    }
}

impl FromStr for GroupSize {
    type Err = String;

    /// Reads `5`, `uniform(1, 9)`, `geometric(mean=5)` or `values(1: 9, 100: 1)`.
    fn from_str(text: &str) -> Result<Self, String> {
        let size = |text: &str| match units::parse_count(text)? {
            0.0 => Err("a group has at least one event".to_owned()),
            size => Ok(size as u64),
        };
        let Some(call) = Call::parse(text)? else { return size(text).map(Self::Constant) };
        match call.name {
            "uniform" => {
                call.only(&["low", "high"])?;
                let (low, high) = (size(call.require(&["low"], 0)?)?, size(call.require(&["high"], 1)?)?);
                if low > high { Err(format!("`{text}` has its bounds the wrong way round")) } else { Ok(Self::Uniform { low, high }) }
            }
            "geometric" => {
                call.only(&["mean"])?;
                let mean = call.number(&["mean"], 0)?;
                if mean < 1.0 { Err(format!("`{text}` needs a mean of at least 1")) } else { Ok(Self::Geometric { mean }) }
            }
            "values" => {
                let mut values = Vec::new();
                for entry in call.positional() {
                    let (value, weight) = match split(entry, ':')?[..] {
                        [value, weight] => (value, units::parse_number(weight)?),
                        _ => (entry, 1.0),
                    };
                    if weight < 0.0 {
                        return Err(format!("`{entry}` has a negative weight"));
                    }
                    values.push((weight, size(value.trim())?));
                }
                let total: f64 = values.iter().map(|(weight, _)| weight).sum();
                if values.len() > ENTRIES_MAX || total <= 0.0 || !total.is_finite() {
                    return Err(format!("`values` needs between 1 and {ENTRIES_MAX} sizes, such as `values(1: 9, 100: 1)`"));
                }
                Ok(Self::Values(values))
            }
            other => Err(format!("`{other}` is no law of sizes; known: a number, uniform, geometric, values")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_and_have_a_mean() {
        for (text, mean) in [("5", 5.0), ("uniform(1, 9)", 5.0), ("geometric(mean=2.5)", 2.5), ("values(1: 9, 100: 1)", 10.9)] {
            assert_eq!(text.parse::<GroupSize>().map(|size| size.mean()), Ok(mean), "{text}");
        }
        for text in ["0", "1.5", "uniform(9, 1)", "geometric(0.5)", "values()", "values(1: -1)", "poisson(3)"] {
            assert!(text.parse::<GroupSize>().is_err(), "{text}");
        }
    }
}

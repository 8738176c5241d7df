//! Which partition key an event carries: what makes shards, partitions and message groups hot.

mod weights;

use std::{fmt, str::FromStr};

pub use weights::{KeyWeights, WEIGHT_ROWS_MAX, WEIGHTS_MAX, WeightSpan};

use crate::{spelling::Call, units};

/// Most distinct keys of a law.
pub const KEYS_MAX: u64 = 100_000_000;

/// The law of an event's key.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum KeyLaw {
    /// Every event has a key of its own.
    #[default]
    Unique,
    /// Every event has the same key.
    Constant {
        /// The key.
        key: u64,
    },
    /// So many keys, all equally likely.
    Uniform {
        /// Number of keys.
        keys: u64,
    },
    /// The `n`-th most frequent of so many keys has a share proportional to `1 / n^exponent`.
    Zipf {
        /// Number of keys.
        keys: u64,
        /// Exponent.
        exponent: f64,
    },
    /// The keys and weights of a file, see [`KeyWeights`].
    Weights {
        /// Path relative to the document.
        file: String,
    },
}

/// The laws that there are, for messages.
const KNOWN: &str = "unique, constant(key), uniform(keys), zipf(keys, exponent), weights(file.csv)";

impl FromStr for KeyLaw {
    type Err = String;

    /// Reads `unique`, `constant(7)`, `uniform(1000)`, `zipf(1000, 1.1)` or `weights(tenants.csv)`.
    fn from_str(text: &str) -> Result<Self, String> {
        let Some(call) = Call::parse(text)? else {
            return match text.trim() {
                "unique" => Ok(Self::Unique),
                other => Err(format!("`{other}` is not a key law; known: {KNOWN}")),
            };
        };
        if call.name == "constant" {
            call.only(&["key"])?;
            return Ok(Self::Constant { key: units::parse_count(call.require(&["key"], 0)?)? as u64 });
        }
        if call.name == "weights" {
            call.only(&["file"])?;
            let file = call.require(&["file"], 0)?.trim_matches('"').trim();
            if file.is_empty() || call.positional().count() > 1 {
                return Err(format!("`{text}` needs the name of one file, such as weights(tenants.csv)"));
            }
            return Ok(Self::Weights { file: file.to_owned() });
        }
        if !matches!(call.name, "uniform" | "zipf") {
            return Err(format!("`{}` is not a key law; known: {KNOWN}", call.name));
        }
        let keys = units::parse_count(call.require(&["keys"], 0)?)?;
        if keys < 1.0 || keys > KEYS_MAX as f64 {
            return Err(format!("`{text}` needs between 1 and {KEYS_MAX} keys"));
        }
        if call.name == "uniform" {
            call.only(&["keys"])?;
            return Ok(Self::Uniform { keys: keys as u64 });
        }
        call.only(&["keys", "exponent"])?;
        let exponent = call.positive(&["exponent"], 1)?;
        Ok(Self::Zipf { keys: keys as u64, exponent })
    }
}

impl fmt::Display for KeyLaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unique => f.write_str("unique"),
            Self::Constant { key } => write!(f, "constant({key})"),
            Self::Uniform { keys } => write!(f, "uniform({keys})"),
            Self::Zipf { keys, exponent } => write!(f, "zipf({keys}, {exponent})"),
            Self::Weights { file } => write!(f, "weights({file})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_law_reads_as_it_is_written() {
        for text in ["unique", "constant(7)", "uniform(1000)", "zipf(1000, 1.1)", "weights(tenants.csv)"] {
            assert_eq!(text.parse::<KeyLaw>().map(|law| law.to_string()), Ok(text.to_owned()));
        }
        assert_eq!("weights(file=\"a b.csv\")".parse(), Ok(KeyLaw::Weights { file: "a b.csv".to_owned() }));
        for text in ["weights()", "weights(\"\")", "weights(a.csv, b.csv)", "weights(path=a.csv)", "pareto(3)", "often"] {
            assert!(text.parse::<KeyLaw>().is_err(), "{text}");
        }
    }
}

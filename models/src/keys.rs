//! Which partition key an event carries: what makes shards, partitions and message groups hot.

use std::{fmt, str::FromStr};

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
}

impl FromStr for KeyLaw {
    type Err = String;

    /// Reads `unique`, `constant(7)`, `uniform(1000)` or `zipf(1000, 1.1)`.
    fn from_str(text: &str) -> Result<Self, String> {
        let Some(call) = Call::parse(text)? else {
            return match text.trim() {
                "unique" => Ok(Self::Unique),
                other => Err(format!("`{other}` is not a key law; known: unique, constant(key), uniform(keys), zipf(keys, exponent)")),
            };
        };
        if call.name == "constant" {
            call.only(&["key"])?;
            return Ok(Self::Constant { key: units::parse_count(call.require(&["key"], 0)?)? as u64 });
        }
        let keys = units::parse_count(call.require(&["keys"], 0)?)?;
        if keys < 1.0 || keys > KEYS_MAX as f64 {
            return Err(format!("`{text}` needs between 1 and {KEYS_MAX} keys"));
        }
        match call.name {
            "uniform" => {
                call.only(&["keys"])?;
                Ok(Self::Uniform { keys: keys as u64 })
            }
            "zipf" => {
                call.only(&["keys", "exponent"])?;
                let exponent = call.positive(&["exponent"], 1)?;
                Ok(Self::Zipf { keys: keys as u64, exponent })
            }
            other => Err(format!("`{other}` is not a key law; known: unique, constant(key), uniform(keys), zipf(keys, exponent)")),
        }
    }
}

impl fmt::Display for KeyLaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unique => f.write_str("unique"),
            Self::Constant { key } => write!(f, "constant({key})"),
            Self::Uniform { keys } => write!(f, "uniform({keys})"),
            Self::Zipf { keys, exponent } => write!(f, "zipf({keys}, {exponent})"),
        }
    }
}

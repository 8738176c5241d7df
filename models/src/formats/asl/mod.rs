//! Amazon States Language: the definition of a state machine.
//!
//! What a definition leaves to the data can be said in the `Comment` of a state or of a choice rule, which the provider
//! ignores: `plimsoll: probability=20 %`, `plimsoll: items=uniform(1, 20)`, `plimsoll: time=exponential(5 s)`,
//! `plimsoll: edge=charge; emit=OrderPaid`.

mod annotation;
mod errors;
mod read;
mod state;

use serde_json::Value;

use super::native::tree;
use crate::machine::Machine;

/// Largest definition that is read, in bytes: what the provider takes.
pub const BYTES_MAX: usize = 1024 * 1024;

/// Deepest nesting of branches and iterations.
pub const DEPTH_MAX: usize = 16;

/// Something that is wrong with a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The state, unless it concerns the whole.
    pub state: Option<String>,
    /// What is wrong.
    pub message: String,
}

/// Reads a definition from its text; every problem is collected.
pub fn read(text: &str) -> Result<Machine, Vec<Problem>> {
    let whole = |message: String| vec![Problem { state: None, message }];
    if text.len() > BYTES_MAX {
        return Err(whole(format!("the definition has {} bytes, more than the {BYTES_MAX} that are allowed", text.len())));
    }
    let (value, duplicates) = tree::parse(text).map_err(|error| whole(format!("the definition is not JSON: {error}")))?;
    if !duplicates.is_empty() {
        return Err(whole(format!("a key stands twice in the same object: {}", duplicates.join(", "))));
    }
    read_value(&value)
}

/// Reads a definition from its tree.
pub fn read_value(value: &Value) -> Result<Machine, Vec<Problem>> {
    read::Reader::default().machine(value)
}

#[cfg(test)]
mod tests;

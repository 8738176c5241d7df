//! Which event types a producer emits.

use crate::{spelling::split, units};

/// Splits a mix such as `OrderPlaced: 9, OrderCanceled: 1` into names and weights; a bare name has weight 1.
pub fn parse_mix(text: &str) -> Result<Vec<(String, f64)>, String> {
    let mut mix = Vec::new();
    for entry in split(text, ',')?.into_iter().map(str::trim).filter(|entry| !entry.is_empty()) {
        let (name, weight) = match entry.split_once(':') {
            Some((name, weight)) => (name.trim(), units::parse_number(weight.trim().trim_end_matches('%'))?),
            None => (entry, 1.0),
        };
        if weight < 0.0 {
            return Err(format!("`{entry}` has a negative weight"));
        }
        mix.push((name.to_owned(), weight));
    }
    if !mix.is_empty() && mix.iter().map(|(_, weight)| weight).sum::<f64>() <= 0.0 {
        return Err("at least one weight must be above zero".to_owned());
    }
    Ok(mix)
}

//! Reads a catalog file and checks it against itself.

use thiserror::Error;

use super::record::{Field, FieldKind, Price, Quota, Service};
use crate::{Arrivals, Distribution, diagnostic::closest, families::Filter, policy::Backoff, units::Quantity, workload};

/// What is wrong with a catalog file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CatalogError {
    /// The text is not TOML of this shape; the message names the line.
    #[error("{file}: {message}")]
    Syntax {
        /// Which file.
        file: String,
        /// What the parser says.
        message: String,
    },
    /// A record contradicts itself.
    #[error("{file}: {key}: {message}")]
    Record {
        /// Which file.
        file: String,
        /// Which field, quota, latency or price.
        key: String,
        /// What is wrong.
        message: String,
    },
}

/// Reads one service.
pub(super) fn service(file: &str, text: &str) -> Result<Service, CatalogError> {
    let service: Service =
        toml::from_str(text).map_err(|error| CatalogError::Syntax { file: file.to_owned(), message: error.to_string() })?;
    check(&service).map_err(|(key, message)| CatalogError::Record { file: file.to_owned(), key, message })?;
    Ok(service)
}

fn check(service: &Service) -> Result<(), (String, String)> {
    for quota in &service.quotas {
        for text in [Some(&quota.value), quota.min.as_ref(), quota.max.as_ref()].into_iter().flatten() {
            quota_value(service, quota, text).map_err(|why| (quota.key.clone(), why))?;
        }
    }
    for latency in &service.latencies {
        latency.law.parse::<Distribution>().map_err(|why| (latency.key.clone(), why))?;
    }
    for allowance in &service.allowances {
        if !(allowance.per_month > 0.0 && allowance.per_month.is_finite()) {
            return Err((allowance.key.clone(), "an allowance is more than 0 units a month".to_owned()));
        }
    }
    for price in &service.prices {
        bill(service, price).map_err(|why| (price.key.clone(), why))?;
    }
    for preset in &service.presets {
        let problem = |why: String| (preset.word.clone(), why);
        for (key, text) in preset.set.iter().chain([(&preset.field, &preset.word)]) {
            let field = service.field(key).ok_or_else(|| problem(format!("there is no field `{key}`")))?;
            value(field, text).map_err(problem)?;
        }
    }
    for field in &service.fields {
        let problem = |why: String| (field.key.clone(), why);
        if service.fields.iter().filter(|other| other.key == field.key).count() > 1 {
            return Err(problem("the key stands twice".to_owned()));
        }
        for bound in [&field.min, &field.max].into_iter().flatten() {
            let quantity = field.kind.quantity().ok_or_else(|| problem("only quantities have bounds".to_owned()))?;
            quantity.parse(bound).map_err(problem)?;
        }
        if let Some(key) = &field.quota
            && !service.quotas.iter().any(|quota| quota.key == *key)
        {
            return Err(problem(format!("there is no quota `{key}`")));
        }
        if let Some(key) = &field.latency
            && service.latency(key).is_none()
        {
            return Err(problem(format!("there is no latency `{key}`")));
        }
        if let Some(default) = &field.default {
            value(field, default).map_err(problem)?;
        }
    }
    Ok(())
}

/// Whether a price can be charged: its numbers, its allowance, the order of its tiers.
fn bill(service: &Service, price: &Price) -> Result<(), String> {
    if !(price.usd >= 0.0 && price.per > 0.0) {
        return Err("a price is at least 0 for more than 0 units".to_owned());
    }
    if let Some(key) = &price.free
        && service.allowance(price).is_none()
    {
        return Err(format!("there is no allowance `{key}`"));
    }
    let mut before = 0.0;
    for tier in &price.tiers {
        if !(tier.usd >= 0.0 && tier.above > before && tier.above.is_finite()) {
            return Err("tiers are at least 0 each, in the order of the units above which they begin".to_owned());
        }
        before = tier.above;
    }
    Ok(())
}

/// The number behind a typed text, if it lies within bounds.
fn within(quantity: Quantity, text: &str, (min, max): (Option<f64>, Option<f64>)) -> Result<f64, String> {
    let number = quantity.parse(text)?;
    if let Some(min) = min.filter(|min| number < *min) {
        return Err(format!("`{text}` is below {}, the smallest value", quantity.print(min)));
    }
    if let Some(max) = max.filter(|max| number > *max) {
        return Err(format!("`{text}` is above {}, the largest value", quantity.print(max)));
    }
    Ok(number)
}

/// The number behind a typed text that stands in for a quota: within the bounds of the quota, and of the field that it is
/// the default of.
pub(crate) fn quota_value(service: &Service, quota: &Quota, text: &str) -> Result<f64, String> {
    let same = |field: &&Field| field.quota.as_ref() == Some(&quota.key) && field.kind.quantity() == Some(quota.quantity);
    if let Some(field) = service.fields.iter().find(same) {
        value(field, text)?;
    }
    let (min, max) = quota.bounds();
    within(quota.quantity, text, (Some(min), Some(max)))
}

/// The value of a field that comes nearest to a typed text which is none, where there is one: the bound that it lies
/// beyond, or the word that it resembles.
pub(crate) fn nearest<'a>(field: &'a Field, text: &str) -> Option<&'a str> {
    if let Some(quantity) = field.kind.quantity() {
        let number = quantity.parse(text).ok()?;
        let beyond = |bound: &&String, is_beyond: fn(f64, f64) -> bool| quantity.parse(bound).is_ok_and(|bound| is_beyond(number, bound));
        let below = field.min.as_ref().filter(|min| beyond(min, |number, min| number < min));
        let above = || field.max.as_ref().filter(|max| beyond(max, |number, max| number > max));
        return below.or_else(above).map(String::as_str);
    }
    let flag = if field.kind == FieldKind::Flag { &["true", "false"][..] } else { &[] };
    closest(text.trim(), field.choices.iter().map(String::as_str).chain(flag.iter().copied()))
}

/// Whether a typed text is a value of the field: its kind, its words, its bounds.
pub(crate) fn value(field: &Field, text: &str) -> Result<(), String> {
    if field.words.iter().any(|word| word == text.trim()) {
        return Ok(());
    }
    if let Some(quantity) = field.kind.quantity() {
        let bound = |bound: &Option<String>| bound.as_ref().and_then(|text| quantity.parse(text).ok());
        return within(quantity, text, (bound(&field.min), bound(&field.max))).map(drop);
    }
    match field.kind {
        FieldKind::Flag => match text.trim() {
            "true" | "false" => Ok(()),
            other => Err(format!("`{other}` is neither true nor false")),
        },
        FieldKind::Choice if field.choices.iter().any(|choice| choice == text.trim()) => Ok(()),
        FieldKind::Choice => Err(format!("`{}` is not one of: {}", text.trim(), field.choices.join(", "))),
        FieldKind::Distribution => text.parse::<Distribution>().map(drop),
        FieldKind::Arrivals => text.parse::<Arrivals>().map(drop),
        FieldKind::Backoff => text.parse::<Backoff>().map(drop),
        FieldKind::Mix => workload::parse_mix(text).map(drop),
        FieldKind::Filter => text.parse::<Filter>().map(drop),
        FieldKind::Work => serde_json::from_str(text)
            .map_err(|error| format!("not a list of steps: {error}"))
            .and_then(|steps| crate::work::parse(&steps).map(drop)),
        FieldKind::Text
        | FieldKind::Duration
        | FieldKind::Rate
        | FieldKind::Bytes
        | FieldKind::Fraction
        | FieldKind::Count
        | FieldKind::Number
        | FieldKind::Money => Ok(()),
    }
}

//! Reads the fields of one node or edge: the user's spelling first, then the catalog's default.

use std::{collections::BTreeSet, str::FromStr};

use serde_json::Value;

use super::Limit;
use crate::{
    Diagnostic, Distribution, Edit, Place, Service,
    catalog::{Field, Provenance, Quota, QuotaKind, quota_value},
    diagnostic::closest,
    diagram::{Account, Fields},
    edit::Target,
    units::Quantity,
};

/// A reader over the fields of one node or edge.
#[derive(Debug)]
pub struct Settings<'a> {
    service: &'a Service,
    fields: &'a Fields,
    account: &'a Account,
    place: Place,
    /// What an edge enters.
    target: Option<&'a Service>,
    read: BTreeSet<String>,
    diagnostics: Vec<Diagnostic>,
}

/// The text that stands for a field when the user typed nothing: its default, its quota or its latency.
pub fn field_default(service: &Service, field: &Field, account: &Account) -> Option<String> {
    if let Some(default) = &field.default {
        return Some(default.clone());
    }
    if let Some(key) = &field.quota {
        let quota = service.quota(key, &account.region)?;
        let applied = account.quotas.get(&quota.account_key(service)).map(text_of);
        return Some(applied.unwrap_or_else(|| quota.value.clone()));
    }
    field.latency.as_ref().and_then(|key| service.latency(key)).map(|latency| latency.law.clone())
}

/// The text that a chosen word brings along for a field that the user has not typed, with where it comes from: an SDK its
/// attempts, for example. `target` is what an edge enters.
pub fn field_preset<'s>(service: &'s Service, fields: &Fields, target: Option<&Service>, key: &str) -> Option<(&'s str, &'s Provenance)> {
    let chosen = |field: &str| match fields.get(field).filter(|value| !value.is_null()) {
        Some(value) => Some(text_of(value)),
        None => service.field(field)?.default.clone(),
    };
    let mut fitting = service.presets.iter().filter(|preset| preset.set.contains_key(key) && preset.fits(target));
    let preset = fitting.find(|preset| chosen(&preset.field).is_some_and(|word| word == preset.word))?;
    preset.set.get(key).map(|text| (text.as_str(), &preset.provenance))
}

/// Whether a field has a part in what happens: its condition `other=word|word` holds, or `other=*` and the other field is
/// set at all, and its edge enters what it speaks of. `target` is what an edge enters; unknown where it is `None`.
pub fn field_applies(service: &Service, fields: &Fields, account: &Account, target: Option<&Service>, field: &Field) -> bool {
    if !field.to.is_empty() && target.is_some_and(|target| !target.is_among(&field.to)) {
        return false;
    }
    let Some((key, wanted)) = field.when.as_ref().and_then(|when| when.split_once('=')) else { return true };
    let typed = fields.get(key).filter(|value| !value.is_null()).map(text_of);
    let preset = || field_preset(service, fields, target, key).map(|(text, _)| text.to_owned());
    let default = || service.field(key).and_then(|other| field_default(service, other, account));
    let present = typed.or_else(preset).or_else(default);
    match wanted {
        "*" => present.is_some_and(|text| text.trim() != "none"),
        words => words.split('|').any(|word| word.trim() == present.as_deref().unwrap_or_default().trim()),
    }
}

/// A value of the file as the text that a person would type.
pub fn field_value(value: &Value) -> String {
    text_of(value)
}

/// What may stand in for a quota.
fn hint_of_quota(quota: &Quota) -> String {
    let (min, max) = quota.bounds();
    let print = |number| quota.quantity.print(number);
    format!("{}: {} by default; enter a value from {} to {}, or leave it out", quota.title, quota.value, print(min), print(max))
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

impl<'a> Settings<'a> {
    /// Starts to read; `place` says whose fields these are.
    pub fn new(service: &'a Service, fields: &'a Fields, account: &'a Account, place: Place) -> Self {
        Self { service, fields, account, place, target: None, read: BTreeSet::new(), diagnostics: Vec::new() }
    }

    /// The same for an edge that enters this service, for defaults that depend on it.
    pub fn towards(self, target: Option<&'a Service>) -> Self {
        Self { target, ..self }
    }

    fn preset(&self, key: &str) -> Option<(&'a str, &'a Provenance)> {
        field_preset(self.service, self.fields, self.target, key)
    }

    /// Ends the reading: fields that exist nowhere become warnings.
    pub fn finish(mut self) -> Vec<Diagnostic> {
        for key in self.fields.keys() {
            let known = self.service.field(key).is_some() || self.service.quotas.iter().any(|quota| quota.key == *key);
            if !known {
                let names = self.service.fields.iter().map(|field| field.key.as_str());
                let hint = closest(key, names).map(|known| format!("did you mean `{known}`?")).unwrap_or_default();
                let message = format!("{} has no field `{key}`; it is kept but has no effect", self.service.title);
                self.diagnostics.push(Diagnostic::warning("unknown-field", self.at(key), message).hint(hint));
            }
        }
        self.diagnostics
    }

    /// Keys that the family has asked for.
    pub fn keys_read(&self) -> &BTreeSet<String> {
        &self.read
    }

    /// Whether the record has such a field: tells records of the same mechanism apart.
    pub fn has(&self, key: &str) -> bool {
        self.service.field(key).is_some()
    }

    /// Whether the record has such a field and it speaks of what the edge enters.
    pub fn applies(&self, key: &str) -> bool {
        let fits = |field: &Field| field.to.is_empty() || self.target.is_none_or(|target| target.is_among(&field.to));
        self.service.field(key).is_some_and(fits)
    }

    fn at(&self, key: &str) -> Place {
        let key = Some(key.to_owned());
        match &self.place {
            Place::Node(id, _) => Place::Node(id.clone(), key),
            Place::Edge(id, _) => Place::Edge(id.clone(), key),
            Place::Document | Place::Text { .. } | Place::EventType(_) | Place::Scenario(..) | Place::Account(_) => Place::Account(key),
        }
    }

    fn report(&mut self, key: &str, why: impl Into<String>) {
        let hint = self.service.field(key).map(|field| field.help.clone()).unwrap_or_default();
        self.diagnostics.push(Diagnostic::error("bad-value", self.at(key), why).hint(hint));
    }

    /// The edit that gives a field the value nearest to a typed text that it does not take.
    fn mend(&self, field: &Field, text: &str) -> Option<Edit> {
        let target = match &self.place {
            Place::Node(id, _) => Target::Node(id.clone()),
            Place::Edge(id, _) => Target::Edge(id.clone()),
            Place::Document | Place::Text { .. } | Place::EventType(_) | Place::Scenario(..) | Place::Account(_) => return None,
        };
        crate::nearest_value(field, text).map(|near| Edit::SetField { target, key: field.key.clone(), value: Some(near.into()) })
    }

    /// The text of a field, checked against its record; the default when it does not pass.
    pub fn text(&mut self, key: &str) -> Option<String> {
        self.read.insert(key.to_owned());
        let service = self.service;
        let Some(field) = service.field(key) else {
            self.diagnostics.push(Diagnostic::error("catalog-gap", self.at(key), format!("{} lacks the field `{key}`", service.title)));
            return None;
        };
        let preset = self.preset(key).map(|(text, _)| text.to_owned());
        let default = preset.or_else(|| field_default(service, field, self.account));
        let Some(value) = self.fields.get(key).filter(|value| !value.is_null()) else { return default };
        let text = text_of(value);
        match crate::catalog_value(field, &text) {
            Ok(()) => Some(text),
            Err(why) => {
                self.report(key, why);
                if let Some(fix) = self.mend(field, &text)
                    && let Some(last) = self.diagnostics.pop()
                {
                    self.diagnostics.push(last.fix(fix));
                }
                default
            }
        }
    }

    /// A quantity in its base unit, unless it is unset or a word such as `unlimited`.
    pub fn optional(&mut self, key: &str) -> Option<f64> {
        let text = self.text(key)?;
        let quantity = self.service.field(key)?.kind.quantity()?;
        quantity.parse(&text).ok()
    }

    /// A quantity in its base unit; zero when it is unset.
    pub fn quantity(&mut self, key: &str) -> f64 {
        self.optional(key).unwrap_or(0.0)
    }

    /// A whole number.
    pub fn count(&mut self, key: &str) -> u32 {
        self.quantity(key).clamp(0.0, f64::from(u32::MAX)) as u32
    }

    /// A switch.
    pub fn flag(&mut self, key: &str) -> bool {
        self.text(key).is_some_and(|text| text.trim() == "true")
    }

    /// Anything that is read from text; `None` when it is unset.
    pub fn parsed<T: FromStr<Err = String>>(&mut self, key: &str) -> Option<T> {
        let text = self.text(key)?;
        match text.parse() {
            Ok(value) => Some(value),
            Err(why) => {
                self.report(key, why);
                None
            }
        }
    }

    /// A law; zero when it is unset.
    pub fn distribution(&mut self, key: &str) -> Distribution {
        self.parsed(key).unwrap_or(Distribution::Constant(0.0))
    }

    /// A law of the catalog that no field holds.
    pub fn measured(&mut self, key: &str) -> Distribution {
        let law = self.service.latency(key).and_then(|latency| latency.law.parse().ok());
        law.unwrap_or_else(|| {
            self.diagnostics.push(Diagnostic::error(
                "catalog-gap",
                self.at(key),
                format!("{} lacks the latency `{key}`", self.service.title),
            ));
            Distribution::Constant(0.0)
        })
    }

    /// A structured value as it stands in the file.
    pub fn value(&mut self, key: &str) -> Option<&'a Value> {
        self.read.insert(key.to_owned());
        self.fields.get(key)
    }

    /// Reports a structured value that could not be read.
    pub fn reject(&mut self, key: &str, why: impl Into<String>) {
        self.report(key, why);
    }

    /// A quota: the node's own value, else the account's, else the region's.
    pub fn limit(&mut self, key: &str) -> Limit {
        self.read.insert(key.to_owned());
        let service = self.service;
        let Some(quota) = service.quota(key, &self.account.region) else {
            self.diagnostics.push(Diagnostic::error("catalog-gap", self.at(key), format!("{} lacks the quota `{key}`", service.title)));
            return Limit {
                key: key.to_owned(),
                service: service.id.to_string(),
                title: key.to_owned(),
                value: f64::INFINITY,
                quantity: Quantity::Number,
                unit: String::new(),
                kind: QuotaKind::Hard,
                scope: String::new(),
                shared: false,
                source: String::new(),
                assumed: true,
            };
        };
        let mut value = quota.number();
        let mut source = quota.provenance.source.clone();
        let account_key = quota.account_key(service);
        let applied =
            self.account.quotas.get(&account_key).map(|text| (text, "applied quota of the account", Place::Account(Some(account_key))));
        let own = self.fields.get(key).filter(|text| !text.is_null()).map(|text| (text, "set on the drawing", self.at(key)));
        for (text, origin, place) in [applied, own].into_iter().flatten() {
            match quota_value(service, quota, &text_of(text)) {
                Ok(number) => {
                    value = number;
                    origin.clone_into(&mut source);
                }
                Err(why) => self.diagnostics.push(Diagnostic::error("bad-value", place, why).hint(hint_of_quota(quota))),
            }
        }
        Limit {
            key: key.to_owned(),
            service: quota.owner.clone().unwrap_or_else(|| service.id.to_string()),
            title: quota.title.clone(),
            value,
            quantity: quota.quantity,
            unit: quota.unit.clone(),
            kind: quota.kind,
            scope: quota.scope.clone(),
            shared: quota.is_shared(),
            source,
            assumed: quota.provenance.is_assumed(),
        }
    }

    /// A limit that the user sets as a field, not a provider's quota.
    pub fn own_limit(&mut self, key: &str) -> Option<Limit> {
        let value = self.optional(key)?;
        let field = self.service.field(key)?;
        let typed = self.fields.get(key).is_some_and(|value| !value.is_null());
        let origin = self.preset(key).filter(|_| !typed).map(|(_, provenance)| provenance);
        Some(Limit {
            key: key.to_owned(),
            service: self.service.id.to_string(),
            title: field.title.clone(),
            value,
            quantity: field.kind.quantity()?,
            unit: String::new(),
            kind: QuotaKind::Configurable,
            scope: "node".to_owned(),
            shared: false,
            source: origin.map_or_else(|| "set on the drawing".to_owned(), |origin| origin.source.clone()),
            assumed: origin.is_some_and(Provenance::is_assumed),
        })
    }

    /// Whether the record has such a quota.
    pub fn has_quota(&self, key: &str) -> bool {
        self.service.quota(key, &self.account.region).is_some()
    }

    /// Use of a shared quota by what is outside of the diagram.
    pub fn outside(&mut self, key: &str) -> f64 {
        let service = self.service;
        let quota = service.quota(key, &self.account.region);
        let name = quota.map_or_else(|| format!("{}.{key}", service.id), |quota| quota.account_key(service));
        let Some(text) = self.account.outside.get(&name).map(text_of) else { return 0.0 };
        let quantity = quota.map_or(Quantity::Number, |quota| quota.quantity);
        let number = quantity.parse(&text).and_then(|number| match number {
            0.0.. => Ok(number),
            _ => Err(format!("`{text}` is negative, use by others cannot be")),
        });
        number.unwrap_or_else(|why| {
            self.diagnostics.push(Diagnostic::error("bad-value", Place::Account(Some(name.clone())), why));
            0.0
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Catalog, EdgeId};

    fn limit(service: &str, key: &str, text: &str) -> (Limit, Vec<Diagnostic>) {
        let service = Catalog::embedded().get(&service.into()).unwrap();
        let (fields, account) = (Fields::from([(key.to_owned(), text.into())]), Account::default());
        let mut settings = Settings::new(service, &fields, &account, Place::Edge(EdgeId::new("edge"), None));
        let limit = settings.limit(key);
        (limit, settings.finish())
    }

    #[test]
    fn what_stands_in_for_a_quota_keeps_to_its_bounds() {
        let (mapping, stream) = ("connection/kinesis-mapping", "aws/kinesis");
        for (service, key, text, taken) in [
            (mapping, "batches_per_shard", "10", Some(10.0)),
            // The field that the quota gives the default of takes ten at most.
            (mapping, "batches_per_shard", "1e9", None),
            (mapping, "batches_per_shard", "-1", None),
            // The record has a bound of its own.
            (mapping, "base_poll", "1000/s", Some(1e3)),
            (mapping, "base_poll", "1001/s", None),
            // Of a count a million times the record is the bound, of a rate what the product accepts.
            (stream, "reshards_per_day", "10000000", Some(1e7)),
            (stream, "reshards_per_day", "10000001", None),
            (stream, "shard_reads", "1e9/s", Some(1e9)),
            (stream, "shard_reads", "1e10/s", None),
            (stream, "shard_write_records", "0/s", Some(0.0)),
            (stream, "reshard_factor", "NaN", None),
            (stream, "reshard_factor", "-2", None),
        ] {
            let (limit, problems) = limit(service, key, text);
            assert_eq!(problems.is_empty(), taken.is_some(), "{service}.{key} = {text}: {problems:?}");
            let record = Catalog::embedded().get(&service.into()).unwrap().quota(key, "").unwrap();
            assert_eq!(limit.value, taken.unwrap_or_else(|| record.number()), "{service}.{key} = {text}");
            assert!(problems.iter().all(|problem| problem.hint.contains(&record.value)), "{problems:?}");
        }
    }
}

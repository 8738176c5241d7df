//! Which services exist, and every fact about them: fields, quotas, latencies, prices, each with its source.
//!
//! The facts lie in `models/catalog/**.toml`, one file for each service. Products are data, behaviors are code: a
//! service names its family, and the family's mechanism reads the facts.

mod files;
mod parse;
mod record;

use std::{collections::BTreeMap, sync::OnceLock};

pub use parse::CatalogError;
pub(crate) use parse::{nearest, quota_value, value};
pub use record::{Allowance, Applies, Field, FieldKind, Latency, Preset, Price, Provenance, Quota, QuotaKind, Service, Tier};

use crate::{EdgeKind, ServiceId};

/// Version of the facts; results record it, so that a change of an answer can be traced to a change of a fact.
pub const VERSION: &str = "2026-11";

/// All services, in the order of the palette.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalog {
    services: Vec<Service>,
    by_id: BTreeMap<ServiceId, usize>,
}

impl Catalog {
    /// The facts that come with the product.
    pub fn embedded() -> &'static Self {
        static CATALOG: OnceLock<Catalog> = OnceLock::new();
        CATALOG.get_or_init(|| {
            let mut catalog = Self::default();
            for (path, text) in files::FILES {
                let service = parse::service(path, text).unwrap_or_else(|error| panic!("embedded catalog: {error}"));
                catalog.insert(service);
            }
            catalog
        })
    }

    /// Adds a service, or replaces the one with the same id.
    pub fn insert(&mut self, service: Service) {
        if let Some(index) = self.by_id.get(&service.id) {
            self.services[*index] = service;
        } else {
            self.by_id.insert(service.id.clone(), self.services.len());
            self.services.push(service);
        }
    }

    /// The service with this id.
    pub fn get(&self, id: &ServiceId) -> Option<&Service> {
        self.by_id.get(id).map(|index| &self.services[*index])
    }

    /// What can be put on the drawing, in the order of the palette.
    pub fn nodes(&self) -> impl Iterator<Item = &Service> {
        self.services.iter().filter(|service| service.applies.is_empty())
    }

    /// Every record, connections too.
    pub fn all(&self) -> impl Iterator<Item = &Service> {
        self.services.iter()
    }

    /// The facts that govern an edge of this kind between two services; `None` when the two cannot be connected so.
    pub fn connection(&self, kind: EdgeKind, from: &ServiceId, to: &ServiceId) -> Option<&Service> {
        let (from, to) = (self.get(from)?, self.get(to)?);
        self.services.iter().find(|service| service.applies.iter().any(|applies| applies.fits(kind, from, to)))
    }

    /// The kinds of edges that may lead from one service to another; the most usual one first.
    pub fn kinds_between(&self, from: &ServiceId, to: &ServiceId) -> Vec<EdgeKind> {
        let Some((from, to)) = self.get(from).zip(self.get(to)) else { return Vec::new() };
        let mut kinds = Vec::new();
        for service in &self.services {
            for applies in &service.applies {
                if applies.fits(applies.kind, from, to) && !kinds.contains(&applies.kind) {
                    kinds.push(applies.kind);
                }
            }
        }
        kinds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_catalog_parses_and_every_fact_has_a_source() {
        let catalog = Catalog::embedded();
        assert!(catalog.nodes().count() >= 9);
        for service in catalog.all() {
            assert!(!service.title.is_empty() && !service.icon.is_empty(), "{}", service.id);
            for (key, provenance) in service.facts() {
                assert!(!provenance.source.is_empty() && !provenance.as_of.is_empty(), "{}.{key} has no source", service.id);
            }
            for field in &service.fields {
                assert!(!field.help.is_empty(), "{}.{} has no help", service.id, field.key);
            }
        }
    }

    #[test]
    fn every_allowance_is_used_in_its_unit_and_the_same_wherever_it_is_shared() {
        let mut amounts: BTreeMap<String, (f64, &str)> = BTreeMap::new();
        for service in Catalog::embedded().all() {
            for allowance in &service.allowances {
                let key = allowance.account_key(service);
                let prices = service.prices.iter().filter(|price| price.free.as_ref() == Some(&allowance.key));
                let units: Vec<&str> = prices.map(|price| price.unit.as_str()).collect();
                assert!(!units.is_empty() && units.iter().all(|unit| *unit == allowance.unit), "{key}: {units:?}");
                let amount = (allowance.per_month, allowance.unit.as_str());
                assert_eq!(*amounts.entry(key.clone()).or_insert(amount), amount, "{key}");
            }
        }
        assert!(amounts.len() >= 9, "{amounts:?}");
    }

    #[test]
    fn tiers_are_charged_one_after_the_other() {
        let price = Catalog::embedded().get(&ServiceId::new("aws/api-gateway-rest")).unwrap().price("requests").unwrap();
        let close = |units: f64, usd: f64| assert!((price.for_month(units) - usd).abs() < 1e-6, "{units}: {}", price.for_month(units));
        close(0.0, 0.0);
        close(333e6, 333.0 * 3.5);
        close(1_333e6, 333.0 * 3.5 + 667.0 * 2.8 + 333.0 * 2.38);
        close(30_000e6, 333.0 * 3.5 + 667.0 * 2.8 + 19_000.0 * 2.38 + 10_000.0 * 1.51);
    }

    #[test]
    fn every_file_of_the_folder_is_listed() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("catalog");
        let mut found = 0;
        #[expect(clippy::disallowed_methods, reason = "a test may look at the folder that the list is about")]
        for provider in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
            for file in std::fs::read_dir(&provider).unwrap().map(|entry| entry.unwrap().path()) {
                let path = format!("{}/{}", provider.file_name().unwrap().display(), file.file_name().unwrap().display());
                let listed = files::FILES.iter().map(|(listed, _)| listed).chain(files::PARTS).any(|listed| *listed == path);
                assert!(listed, "{path} is not in catalog/files.rs");
                found += 1;
            }
        }
        assert_eq!(found, files::FILES.len() + files::PARTS.len());
    }
}

//! What a series of a result is called on its provider's dashboard, and what it is to an engineer.

use std::{collections::BTreeMap, sync::OnceLock};

use serde::{Deserialize, Serialize};

const TEXT: &str = include_str!("aws.toml");

/// A metric of a provider that counts the same as a series.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Entry {
    series: String,
    metric: String,
    statistic: String,
}

/// The metrics of some services.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Dashboard {
    services: Vec<String>,
    namespace: String,
    source: String,
    as_of: String,
    metrics: Vec<Entry>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Dashboards {
    dashboard: Vec<Dashboard>,
    in_milliseconds: Vec<String>,
    roles: BTreeMap<Role, Vec<String>>,
}

/// What a series tells an engineer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// What comes in.
    Arrivals,
    /// What comes of it.
    Results,
    /// What is refused, fails or starts cold.
    Trouble,
    /// What is at work.
    Work,
    /// What waits.
    Backlog,
    /// How old the oldest is that waits.
    Age,
    /// What it costs.
    Cost,
}

/// A metric of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Metric {
    /// Service of the catalog, such as `aws/lambda`.
    pub service: &'static str,
    /// Name of the series in a result.
    pub series: &'static str,
    /// Where the metric stands, such as `AWS/Lambda`.
    pub namespace: &'static str,
    /// Its name there.
    pub name: &'static str,
    /// The statistic that compares.
    pub statistic: &'static str,
    /// The page that documents it.
    pub source: &'static str,
    /// When that was read.
    pub as_of: &'static str,
}

impl Metric {
    /// How people name it: `AWS/Lambda Throttles (Sum)`.
    pub fn title(&self) -> String {
        format!("{} {} ({})", self.namespace, self.name, self.statistic)
    }
}

fn dashboards() -> &'static Dashboards {
    static PARSED: OnceLock<Dashboards> = OnceLock::new();
    // A test parses the same text.
    PARSED.get_or_init(|| toml::from_str(TEXT).unwrap_or_default())
}

/// The metric of a series of a service; nothing where no provider counts the same.
pub fn metric(service: &str, series: &str) -> Option<Metric> {
    metrics(service).find(|metric| metric.series == series)
}

/// All metrics of a service.
pub fn metrics(service: &str) -> impl Iterator<Item = Metric> {
    let of = move |dashboard: &'static Dashboard| Some((dashboard, dashboard.services.iter().find(|known| *known == service)?));
    dashboards().dashboard.iter().filter_map(of).flat_map(|(dashboard, service)| {
        let Dashboard { services: _, namespace, source, as_of, metrics } = dashboard;
        metrics.iter().map(move |entry| Metric {
            service,
            series: &entry.series,
            namespace,
            name: &entry.metric,
            statistic: &entry.statistic,
            source,
            as_of,
        })
    })
}

/// What a series is to an engineer; nothing for one that nobody has thought about.
pub fn role(series: &str) -> Option<Role> {
    dashboards().roles.iter().find(|(_, names)| names.iter().any(|name| name == series)).map(|(role, _)| *role)
}

/// The unit of the ages of a series, in seconds.
pub fn age_unit_s(series: &str) -> f64 {
    if dashboards().in_milliseconds.iter().any(|name| name == series) { 1e-3 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use plimsoll_models::Catalog;

    use super::*;

    #[test]
    fn every_metric_belongs_to_a_service_and_has_a_source() {
        let parsed: Dashboards = toml::from_str(TEXT).unwrap();
        assert!(parsed.dashboard.len() > 10);
        for dashboard in &parsed.dashboard {
            for service in &dashboard.services {
                assert!(Catalog::embedded().get(&service.as_str().into()).is_some(), "{service} is in no catalog");
                assert_eq!(metrics(service).count(), dashboard.metrics.len(), "{service} stands in one table");
            }
            assert!(dashboard.namespace.starts_with("AWS/"), "{}", dashboard.namespace);
            assert!(dashboard.source.contains("/latest/") && dashboard.as_of.len() == 10, "{}", dashboard.source);
            for entry in &dashboard.metrics {
                assert!(role(&entry.series).is_some(), "{} has no role", entry.series);
                assert!(["Sum", "Maximum", "SampleCount"].contains(&entry.statistic.as_str()), "{}", entry.statistic);
            }
        }
    }

    #[test]
    fn no_series_has_two_roles() {
        let mut names: Vec<&String> = dashboards().roles.values().flatten().collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn every_age_has_its_unit() {
        assert!(dashboards().in_milliseconds.iter().all(|name| role(name) == Some(Role::Age)));
        let units = ["ApproximateAgeOfOldestMessage", "AsyncEventAge", "IteratorAge", "GetRecords.IteratorAgeMilliseconds"].map(age_unit_s);
        assert_eq!(units, [1.0, 1e-3, 1e-3, 1e-3]);
    }

    #[test]
    fn a_series_that_no_provider_counts_has_no_name_there() {
        assert_eq!(metric("aws/lambda", "Throttles").map(|metric| metric.title()), Some("AWS/Lambda Throttles (Sum)".to_owned()));
        assert_eq!(metric("aws/api-gateway-http", "4XXError").map(|metric| metric.name), Some("4xx"));
        assert_eq!(metric("aws/lambda", "ColdStarts"), None);
        assert_eq!(metric("generic/server", "Throttles"), None);
    }
}

//! The mechanisms that services are instances of, and what each needs to know.
//!
//! A family's `Config` is read from the fields of a node or edge by [`Settings`], which fills in the catalog's
//! defaults and collects what it cannot read.

mod archive;
mod bucket;
mod bus;
mod compute;
mod connection;
mod database;
mod delivery;
mod external;
mod gateway;
mod limit;
mod mapping;
mod pipe;
mod producer;
mod proxy;
mod queue;
mod settings;
mod station;
mod stream;
mod stream_mapping;
mod table;
mod topic;
mod usage_plan;
mod workflow;

pub use archive::{ArchiveConfig, ReplayConfig};
pub use bucket::BucketConfig;
pub use bus::{BusConfig, BusKind, RulesConfig, SubscribersConfig};
pub use compute::{
    Alarm, Asynchronous, Autoscaling, Change, ComputeConfig, Cooldown, Fleet, GIGABYTE, Horizontal, IdlePick, Knative, KnativeMetric,
    Launches, Metric, PerRequest, Processors, Provisioned, Refill, Scaling, ScalingStep, Select, Size, Snapshot, Start, Tracking, Zero,
};
pub use connection::{
    BatchConfig, CallConfig, CaptureConfig, ConnectionConfig, Filter, MethodThrottle, Operation, ReadKind, RedriveConfig,
};
pub use database::DatabaseConfig;
pub use delivery::{BeginConfig, DeliverConfig, DestinationOf, SubscriberConfig};
pub use external::{ExternalConfig, Limiter};
pub use gateway::{ApiConfig, ApiKind, BalancerConfig, CacheConfig, CapacityUnit, Door, GatewayConfig, Selection};
pub use limit::{Limit, LimitUse, Measure};
pub use mapping::{PollConfig, Pollers, Slowdown};
pub use pipe::{PipeConfig, StageConfig};
pub use producer::{ProducerConfig, SchedulerConfig};
pub use proxy::ProxyConfig;
pub use queue::{FairConfig, FifoConfig, QueueConfig};
pub use settings::{Settings, field_applies, field_default, field_preset, field_value};
pub use station::{Discipline, StationConfig};
pub use stream::{CONSUMERS_MAX, SHARDS_MAX, ShardLimits, ShardPlan, StreamCapacity, StreamConfig, StreamOnDemand};
pub use stream_mapping::{Pauses, StreamMappingConfig};
pub use table::{CapacityMode, TableConfig, TableScaling};
pub use topic::{FifoTopicConfig, TopicConfig};
pub use usage_plan::{PlanQuota, PlanRate, UsagePlan, UsagePlans};
pub use workflow::{CountLaw, Express, HistoryEvents, HttpTasks, Standard, WorkflowConfig, WorkflowKind};

use serde::{Deserialize, Serialize};

use crate::{Catalog, Diagnostic, Diagram, EdgeId, NodeId, Place, fault::FaultKind};

/// What every mechanism's configuration must tell.
trait Mechanism: Sized {
    /// Reads it from the fields of a node and the catalog's facts.
    fn read(settings: &mut Settings<'_>) -> Self;

    /// The limits that it can hit.
    fn limits(&self) -> Vec<LimitUse<'_>> {
        Vec::new()
    }

    /// Keys of the prices of what it meters, in the order of its meters.
    fn meters(&self) -> &'static [&'static str] {
        &[]
    }

    /// Kinds of faults that its behavior takes part in, beside [`FaultKind::ANYWHERE`], which strike before something
    /// arrives.
    fn faults(&self) -> &'static [FaultKind] {
        &[]
    }

    /// Keys of the limits that a throttle fault can tighten.
    fn tightens(&self) -> Vec<&str> {
        Vec::new()
    }

    /// What a meter costs: the price under its own key unless the fields say otherwise.
    fn priced(&self, meter: &'static str) -> Priced<'_> {
        Priced { key: meter, usd: None }
    }
}

/// Where the price of a meter comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Priced<'a> {
    /// Key of the price in the catalog.
    pub key: &'a str,
    /// US dollars for one unit, where the user has set them.
    pub usd: Option<f64>,
}

macro_rules! families {
    ($($(#[$doc:meta])* $name:ident = $word:literal => $config:ty,)*) => {
        /// A mechanism.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Family {
            $($(#[$doc])* $name,)*
            /// The rules of an edge.
            Connection,
        }

        impl Family {
            /// Every family that a node can belong to.
            pub const NODES: &[Self] = &[$(Self::$name),*];

            /// The word in catalog files.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                    Self::Connection => "connection",
                }
            }
        }

        /// What a node's mechanism needs to know.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Config {
            $($(#[$doc])* $name(Box<$config>),)*
        }

        impl Config {
            fn read(family: Family, settings: &mut Settings<'_>) -> Option<Self> {
                match family {
                    $(Family::$name => Some(Self::$name(Box::new(<$config>::read(settings)))),)*
                    Family::Connection => None,
                }
            }

            /// The limits that its mechanism can hit.
            pub fn limits(&self) -> Vec<LimitUse<'_>> {
                match self {
                    $(Self::$name(config) => config.limits(),)*
                }
            }

            /// Keys of the prices of what its mechanism meters, in the order of the meters.
            pub fn meters(&self) -> &'static [&'static str] {
                match self {
                    $(Self::$name(config) => config.meters(),)*
                }
            }

            /// Kinds of faults that its mechanism takes part in, beside [`FaultKind::ANYWHERE`].
            pub fn faults(&self) -> &'static [FaultKind] {
                match self {
                    $(Self::$name(config) => config.faults(),)*
                }
            }

            /// Keys of the limits that a throttle fault can tighten.
            pub fn tightens(&self) -> Vec<&str> {
                match self {
                    $(Self::$name(config) => config.tightens(),)*
                }
            }

            /// What a meter of its mechanism costs.
            pub fn priced(&self, meter: &'static str) -> Priced<'_> {
                match self {
                    $(Self::$name(config) => config.priced(meter),)*
                }
            }
        }
    };
}

families! {
    /// Clients, devices, recorded traces.
    Producer = "producer" => ProducerConfig,
    /// Front doors with throttles.
    Gateway = "gateway" => GatewayConfig,
    /// Functions, containers, servers.
    Compute = "compute" => ComputeConfig,
    /// Queues with visibility and redrive.
    Queue = "queue" => QueueConfig,
    /// Fan-out to subscriptions.
    Topic = "topic" => TopicConfig,
    /// Fan-out by rules.
    Bus = "bus" => BusConfig,
    /// Events of a bus that can be sent to it again.
    Archive = "archive" => ArchiveConfig,
    /// From a source that is polled to one target.
    Pipe = "pipe" => PipeConfig,
    /// Logs of records in shards.
    Stream = "stream" => StreamConfig,
    /// Tables with capacity units.
    Table = "table" => TableConfig,
    /// Stores of objects.
    Bucket = "bucket" => BucketConfig,
    /// Database servers with connections.
    Database = "database" => DatabaseConfig,
    /// Proxies that share a database's connections.
    Proxy = "proxy" => ProxyConfig,
    /// State machines that call what they orchestrate.
    Workflow = "workflow" => WorkflowConfig,
    /// Somebody else's API.
    External = "external" => ExternalConfig,
    /// The textbook queue.
    Station = "station" => StationConfig,
}

/// Reads the configuration of a node; `None` when its service is unknown.
pub fn node_config(diagram: &Diagram, catalog: &Catalog, id: &NodeId) -> (Option<Config>, Vec<Diagnostic>) {
    let Some(node) = diagram.nodes.get(id) else { return (None, Vec::new()) };
    let Some(service) = catalog.get(&node.service) else {
        let known = catalog.nodes().map(|service| service.id.as_str());
        let hint = crate::diagnostic::closest(node.service.as_str(), known).map(|known| format!("did you mean `{known}`?"));
        let diagnostic =
            Diagnostic::error("unknown-service", Place::Node(id.clone(), None), format!("the catalog has no service `{}`", node.service))
                .hint(hint.unwrap_or_else(|| "`plimsoll catalog` lists the services".to_owned()));
        return (None, vec![diagnostic]);
    };
    let mut settings = Settings::new(service, &node.fields, &diagram.account, Place::Node(id.clone(), None));
    let mut config = Config::read(service.family, &mut settings);
    let mut diagnostics = settings.finish();
    if let Some(Config::Workflow(workflow)) = &mut config {
        diagnostics.extend(workflow.bind(diagram, catalog, id));
    }
    (config, diagnostics)
}

/// Reads the configuration of an edge; `None` when the two nodes cannot be connected so.
pub fn edge_config(diagram: &Diagram, catalog: &Catalog, id: &EdgeId) -> (Option<ConnectionConfig>, Vec<Diagnostic>) {
    let Some(edge) = diagram.edges.get(id) else { return (None, Vec::new()) };
    let (Some(from), Some(to)) = (diagram.nodes.get(&edge.from), diagram.nodes.get(&edge.to)) else { return (None, Vec::new()) };
    let Some(service) = catalog.connection(edge.kind, &from.service, &to.service) else { return (None, Vec::new()) };
    let place = Place::Edge(id.clone(), None);
    let mut settings = Settings::new(service, &edge.fields, &diagram.account, place).towards(catalog.get(&to.service));
    let config = ConnectionConfig::read(edge.kind, &mut settings);
    (Some(config), settings.finish())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{Account, Service, catalog::FieldKind, diagram::Fields};

    /// Reads a record as its family does, once for each kind of edge where it is a connection.
    fn read(service: &Service, fields: &Fields) -> (BTreeSet<String>, Vec<Diagnostic>) {
        let account = Account::default();
        let (mut keys, mut diagnostics) = (BTreeSet::new(), Vec::new());
        if service.family != Family::Connection {
            let mut settings = Settings::new(service, fields, &account, Place::Node(NodeId::new("node"), None));
            assert!(Config::read(service.family, &mut settings).is_some(), "{}", service.id);
            keys.extend(settings.keys_read().iter().cloned());
            diagnostics.extend(settings.finish());
        }
        for applies in &service.applies {
            let mut settings = Settings::new(service, fields, &account, Place::Edge(EdgeId::new("edge"), None));
            ConnectionConfig::read(applies.kind, &mut settings);
            keys.extend(settings.keys_read().iter().cloned());
            diagnostics.extend(settings.finish());
        }
        (keys, diagnostics)
    }

    /// No field set, then each word that a field knows, alone: they decide what else is read.
    fn variants(service: &Service) -> Vec<Fields> {
        let words = |field: &crate::catalog::Field| field.choices.iter().chain(&field.words).cloned().collect::<Vec<_>>();
        let single =
            service.fields.iter().flat_map(|field| words(field).into_iter().map(|word| Fields::from([(field.key.clone(), word.into())])));
        std::iter::once(Fields::new()).chain(single).collect()
    }

    #[test]
    fn every_record_has_what_its_family_reads() {
        for service in Catalog::embedded().all() {
            for fields in variants(service) {
                let (_, diagnostics) = read(service, &fields);
                assert!(diagnostics.is_empty(), "{} with {fields:?}: {diagnostics:?}", service.id);
            }
        }
    }

    #[test]
    fn every_field_and_quota_is_read_or_says_why_not() {
        for service in Catalog::embedded().all() {
            let keys: BTreeSet<String> = variants(service).iter().flat_map(|fields| read(service, fields).0).collect();
            for field in &service.fields {
                assert!(keys.contains(&field.key), "nothing reads the field {}.{}", service.id, field.key);
            }
            for quota in &service.quotas {
                let used = keys.contains(&quota.key) || service.fields.iter().any(|field| field.quota.as_ref() == Some(&quota.key));
                let excused = quota.informational.as_ref().is_some_and(|reason| !reason.is_empty());
                assert!(used != excused, "{}.{}: used is {used}, informational is {:?}", service.id, quota.key, quota.informational);
            }
        }
    }

    #[test]
    fn every_number_says_how_sure_it_is() {
        let known = ["doc", "measured", "blog", "assumed"];
        for service in Catalog::embedded().all() {
            for (key, provenance) in service.facts() {
                assert!(known.contains(&provenance.confidence.as_str()), "{}.{key}: `{}`", service.id, provenance.confidence);
            }
            for field in &service.fields {
                let number = field.kind.quantity().is_some() || matches!(field.kind, FieldKind::Distribution | FieldKind::Arrivals);
                let nothing = |text: &str| ["0", "0 s", "0 %", "0 USD", "none"].contains(&text);
                if number && field.default.as_ref().is_some_and(|text| !nothing(text)) {
                    let sourced = known.contains(&field.source.confidence.as_str()) && !field.source.source.is_empty();
                    assert!(sourced, "{}.{} has a default without source", service.id, field.key);
                }
            }
        }
    }

    #[test]
    fn every_service_says_what_it_leaves_out() {
        for service in Catalog::embedded().nodes() {
            assert!(!service.leaves_out.is_empty(), "{} claims to be the whole product", service.id);
            assert!(service.leaves_out.iter().all(|gap| gap.ends_with('.')), "{}: not a sentence", service.id);
        }
    }

    #[test]
    fn conditions_of_fields_name_a_field() {
        for service in Catalog::embedded().all() {
            for field in &service.fields {
                let other = field.when.as_ref().map(|when| when.split_once('=').expect("`when` is `field=value`").0);
                assert!(other.is_none_or(|other| service.field(other).is_some()), "{}.{}: {other:?}", service.id, field.key);
            }
        }
    }
}

//! The mechanisms that services are instances of, and what each needs to know.
//!
//! A family's `Config` is read from the fields of a node or edge by [`Settings`], which fills in the catalog's
//! defaults and collects what it cannot read.

mod bus;
mod compute;
mod connection;
mod external;
mod gateway;
mod producer;
mod queue;
mod settings;
mod station;
mod table;
mod topic;

pub use bus::BusConfig;
pub use compute::{ComputeConfig, IdlePick, Refill, Scaling};
pub use connection::{CallConfig, ConnectionConfig, DeliverConfig, Filter, Operation, PollConfig, ReadKind};
pub use external::ExternalConfig;
pub use gateway::GatewayConfig;
pub use producer::ProducerConfig;
pub use queue::QueueConfig;
pub use settings::{Limit, Settings, field_default, field_value};
pub use station::StationConfig;
pub use table::{CapacityMode, TableConfig};
pub use topic::TopicConfig;

use serde::{Deserialize, Serialize};

use crate::{Catalog, Diagnostic, Diagram, EdgeId, NodeId, Place};

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
    /// Tables with capacity units.
    Table = "table" => TableConfig,
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
        let diagnostic = Diagnostic::error("unknown-service", Place::Node(id.clone(), None), format!("the catalog has no service `{}`", node.service))
            .hint(hint.unwrap_or_else(|| "`plimsoll catalog` lists the services".to_owned()));
        return (None, vec![diagnostic]);
    };
    let mut settings = Settings::new(service, &node.fields, &diagram.account, Place::Node(id.clone(), None));
    let config = Config::read(service.family, &mut settings);
    (config, settings.finish())
}

/// Reads the configuration of an edge; `None` when the two nodes cannot be connected so.
pub fn edge_config(diagram: &Diagram, catalog: &Catalog, id: &EdgeId) -> (Option<ConnectionConfig>, Vec<Diagnostic>) {
    let Some(edge) = diagram.edges.get(id) else { return (None, Vec::new()) };
    let (Some(from), Some(to)) = (diagram.nodes.get(&edge.from), diagram.nodes.get(&edge.to)) else { return (None, Vec::new()) };
    let Some(service) = catalog.connection(edge.kind, &from.service, &to.service) else { return (None, Vec::new()) };
    let mut settings = Settings::new(service, &edge.fields, &diagram.account, Place::Edge(id.clone(), None));
    let config = ConnectionConfig::read(edge.kind, &mut settings);
    (Some(config), settings.finish())
}

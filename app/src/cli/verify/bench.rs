//! A diagram with its load, built for a case and run on the engine like any other.

use std::{collections::BTreeMap, fmt::Display, sync::Arc};

use plimsoll_models::{
    Catalog, Diagram, Edge, EdgeKind, EventType, Node, NodeId, Point, Scenario, ScenarioId, ServiceId, catalog::Service, formats::native,
    workload::Trace,
};
use plimsoll_sim::{Input, Progress, RunError, RunResult, month::Tariff, result::NodeResult};
use serde_json::Value;

/// Width between two nodes of an emitted drawing.
const SPACING: f64 = 240.0;

/// Name of the scenario.
const SCENARIO: &str = "default";

/// Why a case has no numbers.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Trouble {
    /// The engine gave no such figure, or its books do not balance.
    Broken(String),
    /// The diagram holds what the provider, and so the product, does not allow.
    Refused(String),
    /// Ctrl-C.
    Canceled,
}

impl From<String> for Trouble {
    fn from(text: String) -> Self {
        Self::Broken(text)
    }
}

/// A diagram with its load.
#[derive(Clone, Debug)]
pub(super) struct Bench {
    pub(super) diagram: Diagram,
    pub(super) scenario: Scenario,
    /// Recordings by name, as they stand in the file.
    pub(super) recordings: BTreeMap<String, Arc<str>>,
    /// Services with other prices than the catalog's.
    services: Vec<Service>,
}

/// Fields by key.
pub(super) type Pairs<'a> = &'a [(&'a str, String)];

/// A field.
pub(super) fn field(key: &str, value: impl Display) -> (&str, String) {
    (key, value.to_string())
}

impl Bench {
    /// An empty diagram.
    pub(super) fn new(name: &str) -> Self {
        let diagram = Diagram { name: name.to_owned(), ..Diagram::default() };
        Self { diagram, scenario: Scenario::default(), recordings: BTreeMap::new(), services: Vec::new() }
    }

    /// With a node.
    pub(super) fn node(mut self, id: &str, service: &str, fields: Pairs<'_>) -> Self {
        let node = fields.iter().fold(Node::new(service, ""), |node, (key, value)| node.with(key, value.as_str()));
        self.diagram.layout.insert(NodeId::new(id), Point::new(SPACING * self.diagram.nodes.len() as f64, 0.0));
        self.diagram.nodes.insert(NodeId::new(id), Arc::new(node));
        self
    }

    /// With a field that is no text.
    pub(super) fn structured(mut self, id: &str, key: &str, value: Value) -> Self {
        if let Some(node) = self.diagram.nodes.get_mut(id) {
            Arc::make_mut(node).fields.insert(key.to_owned(), value);
        }
        self
    }

    /// With a client.
    pub(super) fn client(self, id: &str, arrivals: impl Display) -> Self {
        self.node(id, "generic/client", &[("arrivals", arrivals.to_string())])
    }

    /// With an edge.
    pub(super) fn edge(mut self, id: &str, kind: EdgeKind, from: &str, to: &str, fields: Pairs<'_>) -> Self {
        let edge = fields.iter().fold(Edge::new(from, to, kind), |edge, (key, value)| edge.with(key, value.as_str()));
        self.diagram.edges.insert(id.into(), Arc::new(edge));
        self
    }

    /// With an edge along which callers wait for ever and try once.
    pub(super) fn request(self, from: &str, to: &str) -> Self {
        self.edge(&format!("{from}-{to}"), EdgeKind::Request, from, to, &[field("timeout", "none"), field("attempts", 1)])
    }

    /// With an applied quota of the account.
    pub(super) fn quota(mut self, key: &str, value: impl Display) -> Self {
        self.diagram.account.quotas.insert(key.to_owned(), Value::from(value.to_string()));
        self
    }

    /// With a use of a shared quota by what is outside of the diagram.
    pub(super) fn outside(mut self, key: &str, value: impl Display) -> Self {
        self.diagram.account.outside.insert(key.to_owned(), Value::from(value.to_string()));
        self
    }

    /// With a kind of event.
    pub(super) fn event_type(mut self, id: &str, fields: Pairs<'_>) -> Self {
        let fields = fields.iter().map(|(key, value)| ((*key).to_owned(), Value::from(value.as_str()))).collect();
        self.diagram.event_types.insert(id.into(), Arc::new(EventType { fields }));
        self
    }

    /// With a field of the scenario.
    pub(super) fn plan(mut self, key: &str, value: impl Display) -> Self {
        self.scenario.fields.insert(key.to_owned(), Value::from(value.to_string()));
        self
    }

    /// With so many seconds of load, after so many of warm-up.
    pub(super) fn lasting(self, (duration, warm_up): (f64, f64)) -> Self {
        self.plan("duration", format!("{duration} s")).plan("warm_up", format!("{warm_up} s"))
    }

    /// Until nothing is held any more, however long that takes.
    pub(super) fn drained(self, duration: f64) -> Self {
        self.plan("duration", format!("{duration} s")).plan("until", "drained").plan("drain_limit", "30 d")
    }

    /// With another price of a service, in US dollars for one unit.
    pub(super) fn price(mut self, service: &str, meter: &str, each: f64) -> Self {
        let Some(mut service) = self.service(service).cloned() else { return self };
        // The catalog's own spelling of the same price stays as it is.
        for price in service.prices.iter_mut().filter(|price| price.key == meter && (price.each() - each).abs() > 1e-12 * each) {
            (price.usd, price.per) = (each, 1.0);
            price.tiers.clear();
        }
        self.services.retain(|changed| changed.id != service.id);
        self.services.push(service);
        self
    }

    /// A service with its prices as they are here.
    fn service(&self, id: &str) -> Option<&Service> {
        let changed = self.services.iter().find(|changed| changed.id.as_str() == id);
        changed.or_else(|| Catalog::embedded().get(&ServiceId::new(id)))
    }

    /// What a meter of a node costs here.
    pub(super) fn tariff(&self, node: &str, meter: &str) -> Option<Tariff> {
        Tariff::of(self.service(self.diagram.nodes.get(node)?.service.as_str())?, meter)
    }

    /// The text of the document, with the first seed.
    pub(super) fn document(&self, seed: u64) -> String {
        let mut diagram = self.diagram.clone();
        diagram.scenarios.insert(SCENARIO.into(), Arc::new(self.scenario.clone().with("seed", seed)));
        native::write(&diagram)
    }

    /// Everything that a run needs, besides the seed.
    pub(super) fn prepare(&self) -> Result<Prepared, Trouble> {
        let mut catalog = Catalog::embedded().clone();
        for service in &self.services {
            catalog.insert(service.clone());
        }
        let mut traces = plimsoll_sim::Traces::new();
        for node in self.diagram.nodes.values() {
            let arrivals = node.fields.get("arrivals").and_then(Value::as_str).unwrap_or_default();
            if let Ok(plimsoll_models::Arrivals::Trace(source)) = arrivals.parse() {
                let text = self.recordings.get(&source.file).ok_or_else(|| format!("there is no recording `{}`", source.file))?;
                let trace: Trace = source.read(text)?;
                traces.insert(plimsoll_sim::trace_key(&plimsoll_models::Arrivals::Trace(source)), trace);
            }
        }
        Ok(Prepared { diagram: self.diagram.clone(), catalog, traces, scenario: self.scenario.clone() })
    }

    /// Runs it once.
    pub(super) fn run(&self, seed: u64) -> Result<RunResult, Trouble> {
        self.prepare()?.run(seed)
    }

    /// Runs it once, for so many seconds only.
    pub(super) fn run_for(&self, seed: u64, duration: f64) -> Result<RunResult, Trouble> {
        self.clone().plan("duration", format!("{duration} s")).run(seed)
    }
}

/// A bench with everything read.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    pub(super) diagram: Diagram,
    pub(super) catalog: Catalog,
    pub(super) traces: plimsoll_sim::Traces,
    pub(super) scenario: Scenario,
}

impl Prepared {
    /// What the engine takes.
    pub(super) fn input(&self, seed: u64) -> Result<Input<'_>, Trouble> {
        let id = ScenarioId::new(SCENARIO);
        let (plan, diagnostics) = self.scenario.clone().with("seed", seed).plan(&id);
        match diagnostics.first() {
            Some(diagnostic) => Err(Trouble::Refused(diagnostic.to_string())),
            None => Ok(Input { diagram: &self.diagram, catalog: &self.catalog, scenario: id, plan, traces: &self.traces }),
        }
    }

    /// Runs it once.
    pub(super) fn run(&self, seed: u64) -> Result<RunResult, Trouble> {
        let progress = Progress::new();
        let result = plimsoll_sim::run(&self.input(seed)?, &progress).map_err(trouble)?;
        if result.ledger.balanced { Ok(result) } else { Err(Trouble::Broken("the ledger does not balance".to_owned())) }
    }
}

/// What a refusal of the engine means for a case.
pub(super) fn trouble(error: RunError) -> Trouble {
    match error {
        RunError::Canceled => Trouble::Canceled,
        RunError::TooLarge(why) => Trouble::Refused(why),
        RunError::Invalid(diagnostics) => {
            let errors = diagnostics.iter().filter(|d| d.severity == plimsoll_models::Severity::Error).map(ToString::to_string);
            Trouble::Refused(errors.collect::<Vec<_>>().join("; "))
        }
    }
}

/// The result of a node.
pub(super) fn node<'a>(result: &'a RunResult, id: &str) -> Result<&'a NodeResult, Trouble> {
    result.node(id).ok_or_else(|| Trouble::Broken(format!("the result has no node `{id}`")))
}

/// A figure of a node.
pub(super) fn metric(result: &RunResult, id: &str, key: &str) -> Result<f64, Trouble> {
    node(result, id)?.metrics.get(key).copied().ok_or_else(|| Trouble::Broken(format!("node `{id}` has no figure `{key}`")))
}

/// A figure of an edge.
pub(super) fn edge_metric(result: &RunResult, id: &str, key: &str) -> Result<f64, Trouble> {
    let edge = result.edge(id).ok_or_else(|| Trouble::Broken(format!("the result has no edge `{id}`")))?;
    edge.metrics.get(key).copied().ok_or_else(|| Trouble::Broken(format!("edge `{id}` has no figure `{key}`")))
}

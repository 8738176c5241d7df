//! Small diagrams and short runs.

use std::sync::Arc;

use plimsoll_models::{Catalog, Diagram, Edge, EdgeKind, EventType, Node, Scenario, scenario::Plan};
use plimsoll_sim::{Input, Program, Progress, RunResult, Simulation, Traces, result::TraceEvent};

/// Builds a diagram node by node.
#[derive(Default)]
pub(crate) struct Draw(pub(crate) Diagram);

impl Draw {
    pub(crate) fn node(mut self, id: &str, service: &str, fields: &[(&str, &str)]) -> Self {
        let node = fields.iter().fold(Node::new(service, ""), |node, (key, value)| node.with(key, *value));
        self.0.nodes.insert(id.into(), Arc::new(node));
        self
    }

    pub(crate) fn event_type(mut self, id: &str, fields: &[(&str, &str)]) -> Self {
        let fields = fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())).collect();
        self.0.event_types.insert(id.into(), Arc::new(EventType { fields }));
        self
    }

    pub(crate) fn edge(mut self, id: &str, kind: EdgeKind, from: &str, to: &str, fields: &[(&str, &str)]) -> Self {
        let edge = fields.iter().fold(Edge::new(from, to, kind), |edge, (key, value)| edge.with(key, *value));
        self.0.edges.insert(id.into(), Arc::new(edge));
        self
    }
}

pub(crate) fn plan(fields: &[(&str, &str)]) -> Plan {
    let scenario = fields.iter().fold(Scenario::default(), |scenario, (key, value)| scenario.with(key, *value));
    let (plan, problems) = scenario.plan(&"default".into());
    assert!(problems.is_empty(), "{problems:?}");
    plan
}

/// A plan in which things go wrong.
pub(crate) fn faulty(fields: &[(&str, &str)], faults: serde_json::Value) -> Plan {
    let scenario = fields.iter().fold(Scenario::default(), |scenario, (key, value)| scenario.with(key, *value));
    let (plan, problems) = scenario.with("faults", faults).plan(&"default".into());
    assert!(problems.is_empty(), "{problems:?}");
    plan
}

pub(crate) fn program(diagram: &Diagram, plan: Plan) -> Arc<Program> {
    let traces = Traces::new();
    let input = Input { diagram, catalog: Catalog::embedded(), scenario: "default".into(), plan, traces: &traces };
    plimsoll_sim::compile(&input).unwrap_or_else(|error| panic!("{error}: {error:?}"))
}

pub(crate) fn run(diagram: &Diagram, fields: &[(&str, &str)]) -> RunResult {
    run_plan(diagram, plan(fields))
}

pub(crate) fn run_plan(diagram: &Diagram, plan: Plan) -> RunResult {
    let mut simulation = Simulation::new(&program(diagram, plan), 0);
    simulation.run(&Progress::new()).expect("a small run ends");
    let result = simulation.result();
    assert!(result.ledger.balanced, "{:#?}", result.ledger);
    result
}

pub(crate) fn json(result: &RunResult) -> String {
    serde_json::to_string(result).expect("a result is plain data")
}

/// When a thing happened to the first journey, in seconds.
pub(crate) fn times(result: &RunResult, what: TraceEvent, node: &str) -> Vec<f64> {
    result.traces[0].steps.iter().filter(|step| step.what == what && step.node.as_str() == node).map(|step| step.at_s).collect()
}

/// Copies of a fate on an edge, or in a node.
pub(crate) fn fate(result: &RunResult, place: &str, fate: &str) -> u64 {
    let row = result.ledger.rows.iter().find(|row| match &row.edge {
        Some(edge) => edge.as_str() == place,
        None => row.node.as_str() == place,
    });
    row.map_or(0, |row| row.fates[fate])
}

/// A figure of a node.
pub(crate) fn metric(result: &RunResult, node: &str, key: &str) -> f64 {
    let metrics = &result.node(node).unwrap_or_else(|| panic!("no node {node}")).metrics;
    *metrics.get(key).unwrap_or_else(|| panic!("no figure {key} among {:?}", metrics.keys()))
}

/// Units and US dollars of a meter of a node.
pub(crate) fn billed(result: &RunResult, node: &str, meter: &str) -> (f64, f64) {
    let items = &result.cost.items;
    let item = items.iter().find(|item| item.node.as_str() == node && item.meter == meter);
    let item = item.unwrap_or_else(|| panic!("no {meter} of {node}: {items:?}"));
    (item.units, item.usd)
}

/// Whether two numbers are the same but for rounding.
pub(crate) fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * b.abs().max(1e-12)
}

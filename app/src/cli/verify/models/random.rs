//! Random diagrams: every mechanism in combinations that nobody would think of.

use plimsoll_models::{Catalog, Diagram, Edge, EdgeId, EdgeKind, NodeId, diagnostic::has_errors, families::Family, validate};

use super::{Bench, field};
use std::sync::Arc;

/// Services that a random diagram draws from, apart from producers.
const SERVICES: &[&str] = &[
    "aws/api-gateway-http",
    "aws/lambda",
    "aws/lambda",
    "aws/sqs",
    "aws/sqs",
    "aws/sns",
    "aws/eventbridge-classic",
    "aws/dynamodb",
    "generic/http-api",
    "generic/server",
    "generic/station",
];

/// Loads that a random producer draws from; none of them is large.
const LOADS: &[&str] = &[
    "poisson(20/s)",
    "constant(25/s)",
    "spike(base=2/s, peak=150/s, at=3 s, for=2 s)",
    "ramp(from=1/s, to=40/s, over=8 s)",
    "bursts(on=60/s, off=1/s, mean_on=2 s, mean_off=3 s)",
    "modulated(80/s: - 1 0, 5/s: 0.3 - 0.3, 0/s: 0 1 -)",
    "batch(200, at=1 s)",
    "closed(users=6, think=exponential(300 ms))",
    "sine(mean=15/s, amplitude=10/s, period=5 s)",
];

/// Fields that a random node of a service may have, each with half the chance.
const FIELDS: &[(&str, &str, &str)] = &[
    ("aws/api-gateway-http", "stage_rate", "15/s"),
    ("aws/api-gateway-http", "stage_burst", "5"),
    ("aws/lambda", "duration", "lognormal(p50=80 ms, p99=1 s)"),
    ("aws/lambda", "reserved_concurrency", "3"),
    ("aws/lambda", "transient_failures", "20 %"),
    ("aws/lambda", "poison_events", "3 %"),
    ("aws/lambda", "timeout", "1 s"),
    ("aws/lambda", "idle_timeout", "exponential(2 s)"),
    ("aws/lambda", "async_max_age", "60 s"),
    ("aws/sqs", "visibility_timeout", "2 s"),
    ("aws/sqs", "max_receive_count", "2"),
    ("aws/sqs", "delay", "500 ms"),
    ("aws/sqs", "in_flight", "20"),
    ("aws/sqs", "retention", "60 s"),
    ("aws/eventbridge-classic", "invocation_rate", "20/s"),
    ("aws/eventbridge-classic", "publish_rate", "30/s"),
    ("aws/sns", "publish_rate", "20/s"),
    ("aws/dynamodb", "capacity_mode", "provisioned"),
    ("aws/dynamodb", "burst_start", "empty"),
    ("generic/http-api", "rate_limit", "10/s"),
    ("generic/http-api", "limiter", "sliding-window"),
    ("generic/http-api", "concurrency_limit", "2"),
    ("generic/http-api", "error_rate", "10 %"),
    ("generic/server", "queue_capacity", "5"),
    ("generic/server", "concurrency_per_instance", "2"),
    ("generic/station", "capacity", "4"),
    ("generic/station", "discipline", "last-come-preemptive"),
    ("generic/station", "failure", "10 %"),
    ("generic/station", "service", "gamma(mean=50 ms, cv2=2)"),
];

/// Fields that a random edge may have, each with a third of the chance, where its connection knows them.
const EDGE_FIELDS: &[(&str, &str)] = &[
    ("attempts", "3"),
    ("timeout", "200 ms"),
    ("backoff", "exponential(base=20 ms, factor=2, cap=1 s, jitter=full)"),
    ("filter", "60 %"),
    ("latency", "5 ms"),
    ("age_max", "60 s"),
    ("batch_size", "4"),
    ("batch_window", "300 ms"),
    ("maximum_concurrency", "2"),
    ("report_item_failures", "true"),
];

/// Seconds of load.
const LENGTH: f64 = 10.0;

/// A small generator of its own: these diagrams are inputs, not part of any run.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// A random diagram without errors; the same number gives the same one.
pub(super) fn model(number: u64) -> Bench {
    let mut dice = Dice(number);
    let mut bench = Bench::new(&format!("Random {number}")).plan("duration", format!("{LENGTH} s")).plan("drain_limit", "2 min");
    let producers = 1 + dice.below(2);
    for index in 0..producers {
        bench = bench.client(&format!("client{index}"), LOADS[dice.below(LOADS.len())]);
    }
    for index in 0..2 + dice.below(5) {
        let service = SERVICES[dice.below(SERVICES.len())];
        let fields: Vec<(&str, String)> =
            FIELDS.iter().filter(|(owner, ..)| *owner == service && dice.one_in(2)).map(|(_, key, value)| field(key, value)).collect();
        bench = bench.node(&format!("node{index}"), service, &fields);
    }
    connect(&mut bench.diagram, &mut dice);
    if dice.one_in(3) {
        bench = bench.plan("until", "drained");
    }
    bench
}

/// Adds random edges from earlier to later nodes, as far as the two may be connected.
fn connect(diagram: &mut Diagram, dice: &mut Dice) {
    let catalog = Catalog::embedded();
    let ids: Vec<NodeId> = diagram.nodes.keys().cloned().collect();
    for (at, to) in ids.iter().enumerate() {
        for from in &ids[..at] {
            let known = diagram.incoming(to).next().is_some();
            if known && !dice.one_in(3) {
                continue;
            }
            let kinds = catalog.kinds_between(&diagram.nodes[from].service, &diagram.nodes[to].service);
            if kinds.is_empty() {
                continue;
            }
            add(diagram, dice, from, to, kinds[dice.0 as usize % kinds.len()]);
        }
    }
}

fn add(diagram: &mut Diagram, dice: &mut Dice, from: &NodeId, to: &NodeId, kind: EdgeKind) {
    let catalog = Catalog::embedded();
    let (source, target) = (&diagram.nodes[from].service, &diagram.nodes[to].service);
    let Some(rules) = catalog.connection(kind, source, target) else { return };
    let mut edge = Edge::new(from.as_str(), to.as_str(), kind);
    let station = catalog.get(source).is_some_and(|service| service.family == Family::Station);
    for (key, value) in EDGE_FIELDS.iter().filter(|(key, _)| rules.field(key).is_some()) {
        if dice.one_in(3) {
            edge = edge.with(key, *value);
        }
    }
    if station {
        edge = edge.with("share", "40 %");
    }
    let mut grown = diagram.clone();
    grown.edges.insert(EdgeId::new(format!("{from}-{to}")), Arc::new(edge));
    if !has_errors(&validate::check(&grown, catalog)) {
        *diagram = grown;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_models_are_valid_connected_and_repeatable() {
        let mut edges = 0;
        for number in 0..50 {
            let bench = model(number);
            assert_eq!(bench.document(1), model(number).document(1));
            assert!(!has_errors(&validate::check(&bench.diagram, Catalog::embedded())), "{number}");
            edges += bench.diagram.edges.len();
        }
        assert!(edges > 100, "{edges} edges in fifty models");
    }
}

//! Every field of every service with values that nobody means: refused or run, but no panic and no run without end.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use plimsoll_models::{
    Catalog, Diagram, EdgeId, NodeId, Service, catalog::FieldKind, diagnostic::has_errors, families::Family, units::Quantity, validate,
};
use plimsoll_sim::{Input, Progress, RunError, Simulation, Traces};
use rand::{RngExt as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde_json::{Value, json};

use crate::{
    random, records,
    support::{self, plan},
};

/// Random diagrams in which services are looked for.
const DIAGRAMS: u64 = 120;

/// Most events of three seconds, whatever a field says; more is a loop.
const EVENTS_MAX: u64 = 3_000_000;

/// Values of each field and quota that are tried; `PLIMSOLL_VALUES` asks for more, and gets all if it asks for enough.
const SAMPLES: usize = 2;

/// Where a field is set.
#[derive(Clone, Debug)]
enum Owner {
    Node(NodeId),
    Edge(EdgeId),
}

/// For each service the smallest drawing that has it.
fn drawings() -> BTreeMap<String, (Diagram, Owner)> {
    let all = (0..DIAGRAMS).map(random::diagram).chain(records::rows().into_iter().map(|row| row.diagram()));
    let mut found: BTreeMap<String, (Diagram, Owner)> = BTreeMap::new();
    for diagram in all {
        let nodes = diagram.nodes.iter().map(|(id, node)| (node.service.to_string(), Owner::Node(id.clone())));
        let service = |id: &NodeId| &diagram.nodes[id].service;
        let connections = diagram.edges.iter().filter_map(|(id, edge)| {
            let connection = Catalog::embedded().connection(edge.kind, service(&edge.from), service(&edge.to))?;
            Some((connection.id.to_string(), Owner::Edge(id.clone())))
        });
        for (service, owner) in nodes.chain(connections) {
            let smaller = found.get(&service).is_none_or(|(other, _)| diagram.nodes.len() < other.nodes.len());
            if smaller {
                found.insert(service, (diagram.clone(), owner));
            }
        }
    }
    found
}

/// Values that a field of a kind may be given by somebody careless or malicious.
fn values(kind: FieldKind) -> Vec<Value> {
    let numbers = ["0", "-1", "1", "1e-9", "1e9", "1e18", "1e300", "NaN", "inf"];
    let with = |form: &str| numbers.map(|number| json!(form.replace('#', number))).to_vec();
    let of_kind = match kind {
        FieldKind::Duration => with("# s"),
        FieldKind::Rate => with("#/s"),
        FieldKind::Bytes => with("# B"),
        FieldKind::Fraction => with("# %"),
        FieldKind::Count | FieldKind::Number => with("#"),
        FieldKind::Money => with("# USD"),
        FieldKind::Distribution => {
            [with("# s"), with("exponential(# s)"), with("lognormal(p50=# s, p99=1 s)"), with("pareto(# s, 1)")].concat()
        }
        // More events than a few thousand a second can be simulated, but not in a test.
        FieldKind::Arrivals => [with("constant(#/s)"), with("closed(users=#, think=1 s)"), with("batch(#, at=0 s)"), with("rate(# s)")]
            .concat()
            .into_iter()
            .map(|text| json!(text.as_str().unwrap_or_default().replace("1e9", "1e4").replace("1e-9 s", "1e-2 s")))
            .collect(),
        FieldKind::Backoff => [with("exponential(base=# s)"), with("exponential(base=1 s, factor=#)"), with("schedule(# s)")].concat(),
        FieldKind::Mix => with("order: #"),
        FieldKind::Filter => [with("# of 5"), with("5 of #"), with("# %")].concat(),
        FieldKind::Work => vec![
            json!([]),
            json!([{}]),
            json!([{"compute": "1e300 s"}]),
            json!([{"call": "nothing"}]),
            json!([{"parallel": []}]),
            json!([{"call": "to-b", "times": 1e18}]),
        ],
        FieldKind::Text | FieldKind::Choice | FieldKind::Flag => [
            with("#"),
            with("#: #"),
            with("# s to # s"),
            with("# s: #"),
            vec![json!("plan(keys=1e9, rate=1/s)"), json!("{\"StartAt\": \"A\", \"States\": {}}")],
        ]
        .concat(),
    };
    let absurd = [
        json!(""),
        json!(" "),
        json!(null),
        json!([]),
        json!({}),
        json!(-1e300),
        json!(true),
        json!("unlimited"),
        json!("none"),
        json!("(".repeat(300)),
        json!("𝕏\u{202e}\0"),
    ];
    of_kind.into_iter().chain(absurd).collect()
}

fn with_field(diagram: &Diagram, owner: &Owner, key: &str, value: Value) -> Diagram {
    let mut changed = diagram.clone();
    let fields = match owner {
        Owner::Node(id) => &mut Arc::make_mut(changed.nodes.get_mut(id).unwrap()).fields,
        Owner::Edge(id) => &mut Arc::make_mut(changed.edges.get_mut(id).unwrap()).fields,
    };
    fields.insert(key.to_owned(), value);
    changed
}

/// Checks a diagram, and runs it twice for three seconds if nothing is wrong with it. Answers whether it ran.
fn try_out(diagram: &Diagram, what: &str) -> bool {
    let invalid = has_errors(&validate::check(diagram, Catalog::embedded()));
    let traces = Traces::new();
    let plan = plan(&[("duration", "3 s")]);
    let input = Input { diagram, catalog: Catalog::embedded(), scenario: "default".into(), plan, traces: &traces };
    let program = match plimsoll_sim::compile(&input) {
        Ok(program) => program,
        Err(RunError::Invalid(_) | RunError::TooLarge(_)) => return false,
        Err(RunError::Canceled) => panic!("nobody canceled {what}"),
    };
    assert!(!invalid, "{what} has errors and was compiled");
    let told = [0, 0].map(|replication| {
        let mut simulation = Simulation::new(&program, replication);
        match simulation.run(&Progress::new()) {
            Ok(()) => {
                let result = simulation.result();
                assert!(result.ledger.balanced, "{what}: {:#?}", result.ledger);
                assert!(result.run.events <= EVENTS_MAX, "{what}: {} events", result.run.events);
                support::json(&result)
            }
            Err(error) => {
                assert!(matches!(error, RunError::TooLarge(_)), "{what}: {error}");
                error.to_string()
            }
        }
    });
    assert!(told[0] == told[1], "{what} is not told twice in the same way");
    true
}

/// Quotas that are shared are set in the account, all else on the node or edge.
fn set(diagram: &Diagram, owner: &Owner, service: &Service, key: &str, value: Value) -> Diagram {
    let shared = service.quota(key, &diagram.account.region).filter(|quota| quota.is_shared());
    match shared {
        Some(quota) => {
            let mut changed = diagram.clone();
            changed.account.quotas.insert(quota.account_key(service), value);
            changed
        }
        None => with_field(diagram, owner, key, value),
    }
}

fn kind_of(quantity: Quantity) -> FieldKind {
    match quantity {
        Quantity::Duration => FieldKind::Duration,
        Quantity::Rate => FieldKind::Rate,
        Quantity::Bytes => FieldKind::Bytes,
        Quantity::Fraction => FieldKind::Fraction,
        Quantity::Count => FieldKind::Count,
        Quantity::Number => FieldKind::Number,
        Quantity::Money => FieldKind::Money,
    }
}

/// Tries values of every field and quota, and tells how many were tried and how many ran.
fn try_all(mut chosen: impl FnMut(Vec<Value>) -> Vec<Value>) -> (u32, u32) {
    let drawings = drawings();
    let (mut tried, mut ran, mut broken) = (0, 0, Vec::new());
    for service in Catalog::embedded().all() {
        let Some((diagram, owner)) = drawings.get(service.id.as_str()) else {
            // A recording needs a file; the tests of recordings bring one.
            let needs_file = service.id.as_str().ends_with("/trace");
            assert!(service.family == Family::Connection || needs_file, "no drawing has {}", service.id);
            continue;
        };
        let fields = service.fields.iter().map(|field| (&field.key, field.kind));
        let counting = service.quotas.iter().filter(|quota| quota.informational.is_none());
        let quotas = counting.map(|quota| (&quota.key, kind_of(quota.quantity)));
        for (key, kind) in fields.chain(quotas) {
            for value in chosen(values(kind)) {
                let what = format!("{}.{key} = {value}", service.id);
                let changed = set(diagram, owner, service, key, value);
                tried += 1;
                match catch_unwind(AssertUnwindSafe(|| try_out(&changed, &what))) {
                    Ok(has_run) => ran += u32::from(has_run),
                    Err(_) => broken.push(what),
                }
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    (tried, ran)
}

#[test]
fn no_value_of_a_field_or_quota_breaks_a_run() {
    let samples = option_env!("PLIMSOLL_VALUES").and_then(|text| text.parse().ok()).unwrap_or(SAMPLES);
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(0x0b5e);
    let mut chosen = |values: Vec<Value>| {
        if samples >= values.len() {
            return values;
        }
        (0..samples).map(|_| values[rng.random_range(0..values.len())].clone()).collect()
    };
    let (tried, ran) = try_all(&mut chosen);
    assert!(tried > 1_000 && ran > 100, "{tried} tried, {ran} ran");
}

//! Known answers through the real binary: everything that is exact, and cheap samples of what is random.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use crate::{Said, Sandbox};

fn cases() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../validation/cases_open.json")
}

/// Cases of the same kinds with other parameters, down to the limits of each.
fn other_cases() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../validation/cases_other.json")
}

/// The cases of a file.
fn read(path: &Path) -> Vec<Value> {
    let file: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    file["cases"].as_array().unwrap().clone()
}

/// What verifying some cases says.
fn verdict_on(cases: &[Value]) -> Said {
    let sandbox = Sandbox::new();
    sandbox.write("cases.json", json!({"schema": "verif-cases/1", "cases": cases}).to_string());
    sandbox.run(&["verify", "cases.json"])
}

/// Ids of cases for which something holds.
fn ids(wanted: impl Fn(&Value) -> bool) -> Vec<String> {
    read(&cases()).iter().filter(|case| wanted(case)).map(|case| case["id"].as_str().unwrap().to_owned()).collect()
}

fn verify(only: &[String]) -> String {
    let sandbox = Sandbox::new();
    let said = sandbox.run(&["verify", cases().to_str().unwrap(), "--only", &only.join(",")]).ends_with_code(0);
    let last = said.out.lines().last().unwrap().to_owned();
    assert!(last.contains(" passed, 0 failed, "), "{}", said.out);
    last
}

/// Exact cases that meter millions of events; `plimsoll verify` runs them too.
const LONG: &[&str] = &["cost_lambda", "cost_bus", "cost_sqs", "cost_stream", "cost_table", "esm_ramp", "lambda_ramp"];

#[test]
fn exact_cases_pass() {
    let only = ids(|case| case["kind"] == "deterministic" && !LONG.contains(&case["model"]["type"].as_str().unwrap()));
    let last = verify(&only);
    let passed: u32 = last.split(' ').next().unwrap().parse().unwrap();
    assert!(passed >= 30, "{last}");
}

#[test]
fn a_dozen_cheap_random_cases_pass() {
    let only = [
        "mm1-r50",
        "md1-r70",
        "erlb-c1-a1-exp",
        "pool-shared-2fn",
        "attempts-p30-n3",
        "tb-poisson-10-5-9",
        "closed-n20-z5",
        "retrial-c1",
        "batchwin-12-b10-1s",
        "cold-mru-cap3",
        "fanout-max-exp10",
        "rv-uniform",
        "backoff-fulljitter",
    ];
    assert_eq!(verify(&only.map(str::to_owned)), format!("{} passed, 0 failed, 0 not supported", only.len()));
}

#[test]
fn laws_that_every_run_obeys_are_obeyed() {
    let only =
        ["prop-conservation", "prop-little", "prop-crn-isolation", "prop-permute-ids", "prop-time-scaling", "prop-monotone-capacity"];
    assert_eq!(verify(&only.map(str::to_owned)), format!("{} passed, 0 failed, 0 not supported", only.len()));
}

#[test]
fn the_same_models_with_other_parameters_pass() {
    let sandbox = Sandbox::new();
    let said = sandbox.run(&["verify", other_cases().to_str().unwrap()]);
    let wrong: Vec<&str> = said.out.lines().filter(|line| line.contains("FAIL") || line.starts_with("n/s")).collect();
    assert!(wrong.is_empty() && said.code == 0, "{wrong:#?}\n{}", said.talk);
    assert!(said.out.ends_with(&format!("{} passed, 0 failed, 0 not supported\n", read(&other_cases()).len())));
}

#[test]
fn what_is_missing_is_never_called_passed() {
    let known = read(&cases()).into_iter().find(|case| case["id"] == "mm1-r50").unwrap();
    let with = |path: &str, value: Value| {
        let mut case = known.clone();
        *case.pointer_mut(path).unwrap() = value;
        case
    };
    let said = verdict_on(&[
        with("/model", json!({"type": "perpetual_motion"})),
        with("/features", json!(["clairvoyance"])),
        with("/model/discipline", json!("LCFS, preemptive repeat")),
        with("/model/service", json!({"dist": "exponential", "mean": 0.1, "truncated": 0.5})),
        with("/model/servers", json!("several")),
        with("/metrics/0/tolerance", json!({"type": "about right"})),
        with("/metrics/0/expected", json!("plenty")),
        with("/metrics", json!([{"name": "happiness", "expected": 1, "tolerance": {"type": "exact"}}])),
        with("/kind", json!("rumor")),
    ])
    .ends_with_code(0);
    assert_eq!(said.out.lines().last(), Some("0 passed, 0 failed, 9 not supported"), "{}", said.out);
}

#[test]
fn no_parameter_is_ignored() {
    let mut all = read(&cases());
    for case in &mut all {
        case["model"]["of_no_use"] = json!(1);
    }
    let said = verdict_on(&all).ends_with_code(0);
    for line in said.out.lines().filter(|line| line.starts_with("n/s") && !line.contains(".csv")) {
        assert!(line.contains("[not supported: the parameter `of_no_use`]"), "{line}");
    }
    assert!(said.out.ends_with(&format!("0 passed, 0 failed, {} not supported\n", all.len())), "{}", said.out);
}

#[test]
fn numbers_without_meaning_do_no_harm() {
    let mut hostile = Vec::new();
    let mut seen = BTreeSet::new();
    for case in read(&other_cases()) {
        if case["kind"] != "deterministic" || !seen.insert(case["model"]["type"].to_string()) {
            continue;
        }
        let members = case["model"].as_object().unwrap().iter().filter(|(_, value)| value.is_number());
        for (key, value) in members.flat_map(|(key, _)| [json!(-1), json!(1e300), json!("many")].map(|value| (key, value))) {
            let mut case = case.clone();
            case["id"] = json!(format!("{}: {key} = {value}", case["id"]));
            case["model"][key] = value;
            hostile.push(case);
        }
    }
    let said = verdict_on(&hostile);
    assert!(!said.talk.contains("panicked"), "{}", said.talk);
    assert!(said.code <= 1, "{}", said.talk);
}

#[test]
fn a_wrong_expectation_fails_and_says_by_how_much() {
    let sandbox = Sandbox::new();
    let case = r#"{"schema": "verif-cases/1", "cases": [{"id": "wrong", "kind": "deterministic", "title": "a chain",
        "model": {"type": "chain", "stages_s": [0.005, 0.1, 0.008]},
        "metrics": [{"name": "latency_s", "expected": 0.2, "unit": "s", "tolerance": {"type": "abs", "value": 0.001}}]}]}"#;
    sandbox.write("cases.json", case);
    let said = sandbox.run(&["verify", "cases.json"]).ends_with_code(1);
    assert!(said.out.contains("FAIL: off by 8.7000e-2"), "{}", said.out);
    assert!(said.out.ends_with("0 passed, 1 failed, 0 not supported\n"), "{}", said.out);
    sandbox.write("cases.json", case.replace("verif-cases/1", "verif-cases/9"));
    sandbox.run(&["verify", "cases.json"]).ends_with_code(2);
}

#[test]
fn emitted_diagrams_run_to_the_same_numbers() {
    let sandbox = Sandbox::new();
    let only = "chain-latency,aws-replay-2020-05-28,sqs-drain-conc10,erlb-c1-a1-exp";
    sandbox.run(&["verify", cases().to_str().unwrap(), "--only", only, "--emit", "out"]).ends_with_code(0);
    for (id, word) in [
        ("chain-latency", "113 ms"),
        ("aws-replay-2020-05-28", "186 root events"),
        ("sqs-drain-conc10", "50 s"),
        ("erlb-c1-a1-exp", "Blocked"),
    ] {
        let file = format!("out/{id}.plimsoll.json");
        sandbox.run(&["check", &file]).ends_with_code(0);
        let said = sandbox.run(&["run", &file, "--json", "out.json"]).ends_with_code(0);
        let data = fs::read_to_string(sandbox.path("out.json")).unwrap();
        assert!(said.out.contains(word) || data.contains(word), "{id}: `{word}` is missing in\n{}", said.out);
    }
    let result: Value = serde_json::from_str(&fs::read_to_string(sandbox.path("out.json")).unwrap()).unwrap();
    let metrics = &result["nodes"].as_array().unwrap().iter().find(|node| node["id"] == "queue").unwrap()["metrics"];
    let blocked = metrics["refused"].as_f64().unwrap() / metrics["arrivals"].as_f64().unwrap();
    assert!((blocked - 0.5).abs() < 0.02, "half of the customers find the only server busy: {blocked}");
}

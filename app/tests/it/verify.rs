//! Known answers through the real binary: everything that is exact, and cheap samples of what is random.

use std::{fs, path::PathBuf};

use crate::Sandbox;

fn cases() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../validation/cases_open.json")
}

/// Ids of cases for which something holds.
fn ids(wanted: impl Fn(&serde_json::Value) -> bool) -> Vec<String> {
    let file: serde_json::Value = serde_json::from_str(&fs::read_to_string(cases()).unwrap()).unwrap();
    let cases = file["cases"].as_array().unwrap();
    cases.iter().filter(|case| wanted(case)).map(|case| case["id"].as_str().unwrap().to_owned()).collect()
}

fn verify(only: &[String]) -> String {
    let sandbox = Sandbox::new();
    let said = sandbox.run(&["verify", cases().to_str().unwrap(), "--only", &only.join(",")]).ends_with_code(0);
    let last = said.out.lines().last().unwrap().to_owned();
    assert!(last.contains(" passed, 0 failed, "), "{}", said.out);
    last
}

/// Exact cases that meter millions of events; `plimsoll verify` runs them too.
const LONG: &[&str] = &["cost_lambda", "cost_bus", "cost_sqs", "cost_table", "esm_ramp", "lambda_ramp"];

#[test]
fn exact_cases_pass() {
    let only = ids(|case| case["kind"] == "deterministic" && !LONG.contains(&case["model"]["type"].as_str().unwrap()));
    let last = verify(&only);
    let passed: u32 = last.split(' ').next().unwrap().parse().unwrap();
    assert!(passed >= 30, "{last}");
}

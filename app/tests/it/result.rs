//! What is written beside the summary: JSON that is the same every time, tables.

use std::fs;

use crate::{SMALL, Sandbox, examples};

#[test]
fn the_same_run_gives_the_same_bytes_for_any_number_of_threads() {
    let sandbox = Sandbox::new();
    for example in examples() {
        let path = example.to_str().unwrap();
        let args = ["run", path, "--json", "-", "--duration", "10 s", "--replications", "3", "--set", "scenario.warm_up=0 s"];
        let first = sandbox.run(&args);
        assert!(first.out.starts_with("{\n  \"schema\": \"plimsoll-result/1\""), "{path}: {}", first.talk);
        assert_eq!(sandbox.run(&args).out, first.out, "{path}");
        for threads in ["1", "2"] {
            let output = sandbox.command(&args).env("RAYON_NUM_THREADS", threads).output().unwrap();
            assert!(output.stdout == first.out.as_bytes(), "{path} with {threads} threads");
        }
    }
}

#[test]
fn another_seed_gives_another_result() {
    let sandbox = Sandbox::new();
    sandbox.write("a.plimsoll.json", SMALL);
    let with = |seed: &str| sandbox.run(&["run", "a.plimsoll.json", "--json", "-", "--seed", seed]).ends_with_code(0).out;
    assert_ne!(with("1"), with("2"));
}

#[test]
fn json_into_a_file_leaves_the_summary_on_the_standard_output() {
    let sandbox = Sandbox::new();
    sandbox.write("a.plimsoll.json", SMALL);
    let said = sandbox.run(&["run", "a.plimsoll.json", "--json", "out.json"]).ends_with_code(0);
    assert!(said.out.contains("Journeys"));
    let value: serde_json::Value = serde_json::from_str(&fs::read_to_string(sandbox.path("out.json")).unwrap()).unwrap();
    assert_eq!(value["run"]["diagram"], "Small");
    assert_eq!(value["ledger"]["balanced"], true);
}

#[test]
fn tables_have_a_heading_and_even_rows() {
    let sandbox = Sandbox::new();
    sandbox.write("a.plimsoll.json", SMALL);
    sandbox.run(&["run", "a.plimsoll.json", "--csv", "tables"]).ends_with_code(0);
    for name in ["series.csv", "limits.csv", "ledger.csv", "journeys.csv"] {
        let text = fs::read_to_string(sandbox.path("tables").join(name)).unwrap();
        let mut lines = text.lines();
        let columns = lines.next().unwrap().split(',').count();
        assert!(columns > 3 && lines.clone().next().is_some(), "{name}");
        if name == "series.csv" || name == "journeys.csv" {
            assert!(lines.all(|line| line.split(',').count() == columns), "{name}");
        }
    }
}

/// Keys of all objects below a value, apart from figures under free names.
fn keys(value: &serde_json::Value, found: &mut std::collections::BTreeSet<String>) {
    match value {
        serde_json::Value::Object(map) => {
            for (key, value) in map {
                found.insert(key.clone());
                if key != "metrics" && key != "place" {
                    keys(value, found);
                }
            }
        }
        serde_json::Value::Array(list) => list.iter().for_each(|value| keys(value, found)),
        _ => {}
    }
}

#[test]
fn the_schema_page_knows_every_key() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/result-schema.md")).unwrap();
    let sandbox = Sandbox::new();
    for example in examples() {
        let said = sandbox.run(&["run", example.to_str().unwrap(), "--json", "-", "--duration", "60 s", "--set", "scenario.warm_up=0 s"]);
        let mut found = std::collections::BTreeSet::new();
        keys(&serde_json::from_str(&said.out).unwrap(), &mut found);
        assert!(found.len() > 50, "{found:?}");
        for key in found {
            assert!(page.contains(&format!("`{key}`")), "docs/result-schema.md does not know `{key}`");
        }
    }
}

#[test]
fn every_series_has_a_role_and_those_of_a_provider_have_its_names() {
    let sandbox = Sandbox::new();
    let mut named = 0;
    for example in examples() {
        let said = sandbox.run(&["run", example.to_str().unwrap(), "--json", "-", "--duration", "20 s", "--set", "scenario.warm_up=0 s"]);
        let result: serde_json::Value = serde_json::from_str(&said.out).unwrap();
        for place in ["nodes", "edges"].iter().flat_map(|list| result[list].as_array().unwrap()) {
            for series in place["series"].as_array().unwrap() {
                let name = series["name"].as_str().unwrap();
                assert!(plimsoll::dashboards::role(name).is_some(), "{name} of {} has no role in dashboards/aws.toml", place["id"]);
            }
        }
        let dashboards = result["dashboards"].as_array().unwrap();
        named += dashboards.len();
        for metric in dashboards {
            assert!(result["nodes"].as_array().unwrap().iter().any(|node| node["service"] == metric["service"]), "{metric}");
        }
    }
    assert!(named > 10, "{named}");
}

#[test]
fn parquet_holds_every_row_of_the_series() {
    use parquet::{
        file::reader::{FileReader as _, SerializedFileReader},
        record::RowAccessor as _,
    };
    let sandbox = Sandbox::new();
    sandbox.write("a.plimsoll.json", SMALL);
    sandbox.run(&["run", "a.plimsoll.json", "--csv", "tables", "--parquet", "series.parquet"]).ends_with_code(0);
    let text = fs::read_to_string(sandbox.path("tables").join("series.csv")).unwrap();
    let reader = SerializedFileReader::new(fs::File::open(sandbox.path("series.parquet")).unwrap()).unwrap();
    let mut rows = 0;
    for (row, line) in reader.get_row_iter(None).unwrap().zip(text.lines().skip(1)) {
        let row = row.unwrap();
        let told = [
            row.get_double(0).unwrap().to_string(),
            row.get_string(1).unwrap().clone(),
            row.get_string(2).unwrap().clone(),
            row.get_string(3).unwrap().clone(),
            row.get_string(4).unwrap().clone(),
            row.get_double(5).unwrap().to_string(),
            row.get_string(6).unwrap().clone(),
        ];
        assert_eq!(told.join(","), line);
        rows += 1;
    }
    assert_eq!(rows, text.lines().count() - 1);
    assert!(rows > 100, "{rows}");
}

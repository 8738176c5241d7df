//! The schema of a result as JSON Schema is made from the page that describes it, and real results keep to it.

use std::{collections::BTreeMap, fs};

use serde_json::{Map, Value, json};

use crate::{Sandbox, examples};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/result-schema.md");
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/result.schema.json");

/// A row of a table: key, form, meaning.
type Row = (String, String, String);

/// The tables of the page, by the anchor of their heading.
fn tables(page: &str) -> BTreeMap<String, Vec<Row>> {
    let mut tables: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    let mut anchor = String::new();
    for line in page.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            let kept = title.to_lowercase().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).collect::<String>();
            anchor = kept.replace(' ', "-");
        } else if let Some(row) = line.strip_prefix("| `") {
            let cells: Vec<&str> = row.split(" | ").map(str::trim).collect();
            if let [key, form, _unit, meaning] = cells[..] {
                let row = (key.trim_end_matches('`').to_owned(), form.to_owned(), meaning.trim_end_matches(" |").to_owned());
                tables.entry(anchor.clone()).or_default().push(row);
            }
        }
    }
    tables
}

/// A form of the page as a schema.
fn form(words: &str) -> Value {
    if let Some(item) = words.strip_prefix("list of ") {
        return json!({"type": "array", "items": form(item)});
    }
    if let Some(form_of) = words.strip_suffix(" or null") {
        return json!({"anyOf": [form(form_of), {"type": "null"}]});
    }
    if let Some(item) = words.strip_prefix("object of ") {
        return json!({"type": "object", "additionalProperties": form(item)});
    }
    if let Some((_, anchor)) = words.split_once("](#") {
        return json!({"$ref": format!("#/$defs/{}", anchor.trim_end_matches(')'))});
    }
    match words {
        "text" | "word" | "node id" | "edge id" | "event type id" => json!({"type": "string"}),
        "number" => json!({"type": "number"}),
        "whole number" => json!({"type": "integer"}),
        "true or false" => json!({"type": "boolean"}),
        "pair of texts" => json!({"type": "array", "prefixItems": [{"type": "string"}, {"type": "string"}], "minItems": 2, "maxItems": 2}),
        "object or text" => json!({"type": ["object", "string"]}),
        "diagnostic" => json!({"$ref": "#/$defs/diagnostics"}),
        other => panic!("docs/result-schema.md has the form `{other}` that this test does not know"),
    }
}

fn object(rows: &[Row]) -> Map<String, Value> {
    let mut properties = Map::new();
    for (key, words, meaning) in rows {
        let mut schema = form(words);
        schema["description"] = json!(meaning);
        properties.insert(key.clone(), schema);
    }
    let required: Vec<&String> = rows.iter().filter(|(.., meaning)| !meaning.contains("left out when")).map(|(key, ..)| key).collect();
    Map::from_iter([
        ("type".to_owned(), json!("object")),
        ("required".to_owned(), json!(required)),
        ("properties".to_owned(), Value::Object(properties)),
    ])
}

fn schema() -> Value {
    let page = fs::read_to_string(PAGE).unwrap();
    let mut tables = tables(&page);
    let root = tables.remove("the-result").expect("the page begins with the result");
    // Figures under free names are no objects of their own.
    tables.retain(|anchor, _| !anchor.starts_with("figures-in-"));
    let mut schema = object(&root);
    schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".to_owned(), json!("Result of a Plimsoll run, plimsoll-result/1"));
    schema.insert("$defs".to_owned(), tables.iter().map(|(anchor, rows)| (anchor.clone(), Value::Object(object(rows)))).collect());
    Value::Object(schema)
}

/// What of a value does not keep to a schema of ours; a key that the schema does not know counts as well.
fn faults(value: &Value, schema: &Value, root: &Value, at: &str, found: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = root.pointer(reference.trim_start_matches('#')).unwrap_or_else(|| panic!("{reference} leads nowhere"));
        return faults(value, target, root, at, found);
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        let of = |choice: &Value| {
            let mut found = Vec::new();
            faults(value, choice, root, at, &mut found);
            found
        };
        // Of several forms, what is nearest tells most.
        let best = choices.iter().map(of).min_by_key(Vec::len).unwrap_or_default();
        return found.extend(best);
    }
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let allowed: Vec<&str> = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        other => other.as_str().into_iter().collect(),
    };
    let fits = allowed.contains(&is) || (is == "integer" && allowed.contains(&"number"));
    if !fits {
        return found.push(format!("{at} is {is}, not {allowed:?}"));
    }
    match value {
        Value::Array(items) => {
            let each = schema.get("items");
            for (number, item) in items.iter().enumerate() {
                let schema = each.or_else(|| schema["prefixItems"].get(number));
                if let Some(schema) = schema {
                    faults(item, schema, root, &format!("{at}[{number}]"), found);
                }
            }
        }
        Value::Object(map) => {
            let missing =
                schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).filter(|key| !map.contains_key(*key));
            found.extend(missing.map(|key| format!("{at}.{key} is missing")));
            for (key, value) in map {
                match schema["properties"].get(key).or_else(|| schema.get("additionalProperties")) {
                    Some(schema) => faults(value, schema, root, &format!("{at}.{key}"), found),
                    None if schema.get("properties").is_some() => found.push(format!("{at}.{key} is not described")),
                    None => {}
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_published_schema_is_what_the_page_says() {
    let text = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(FILE, &text).unwrap();
    }
    assert!(fs::read_to_string(FILE).unwrap_or_default() == text, "docs/result.schema.json is old; make it with UPDATE_DOCS=1");
}

#[test]
fn results_keep_to_the_schema() {
    let (schema, sandbox) = (schema(), Sandbox::new());
    for example in examples() {
        let file = example.to_str().unwrap();
        let said = sandbox.run(&["run", file, "--json", "-", "--duration", "30 s", "--set", "scenario.warm_up=0 s", "--sensitivity"]);
        let result: Value = serde_json::from_str(&said.out).unwrap();
        let mut found = Vec::new();
        faults(&result, &schema, &schema, "result", &mut found);
        assert!(found.is_empty(), "{file}: {:#?}", &found[..found.len().min(20)]);
    }
}

#[test]
fn the_check_finds_what_is_wrong() {
    let schema = schema();
    let mut found = Vec::new();
    faults(&json!({"run": {"seed": "one", "colour": 1}}), &schema, &schema, "result", &mut found);
    for fault in ["result.verdict is missing", "result.run.seed is string", "result.run.colour is not described"] {
        assert!(found.iter().any(|found| found.starts_with(fault)), "{fault}: {found:#?}");
    }
}

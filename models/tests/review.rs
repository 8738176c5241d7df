//! Each review rule fires on its fixture and stays quiet on the mended one; its fix mends it.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test reads its fixtures and stops at the first surprise")]

use std::{collections::BTreeSet, fs, path::Path};

use plimsoll_models::{
    Catalog, Diagnostic, Diagram,
    diagnostic::has_errors,
    edit,
    formats::native,
    review::{review, rules},
    validate,
};
use serde_json::Value;

fn fixture(rule: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/review").join(format!("{rule}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|why| panic!("{rule} has no fixture: {why}"));
    serde_json::from_str(&text).unwrap()
}

fn diagram(rule: &str, fixture: &Value, which: &str) -> Diagram {
    let native::Opened { diagram, diagnostics, .. } = native::read(&fixture[which].to_string()).unwrap();
    assert!(!has_errors(&diagnostics), "{rule}, {which}: {diagnostics:?}");
    // A fixture needs no load, but what it says must mean something.
    let wrong: Vec<Diagnostic> = validate::check(&diagram, Catalog::embedded()).into_iter().filter(|d| d.code != "no-producer").collect();
    assert!(!has_errors(&wrong), "{rule}, {which}: {wrong:?}");
    diagram
}

fn found(rule: &str, diagram: &Diagram) -> Vec<Diagnostic> {
    review(diagram, Catalog::embedded()).into_iter().filter(|diagnostic| diagnostic.code == rule).collect()
}

#[test]
fn every_rule_fires_and_is_quiet() {
    for rule in rules() {
        let fixture = fixture(rule.id);
        let hits = found(rule.id, &diagram(rule.id, &fixture, "fires"));
        assert!(!hits.is_empty(), "{} does not fire", rule.id);
        assert!(hits.iter().all(|hit| hit.severity == rule.severity && hit.hint == rule.advice && !hit.message.is_empty()));
        let quiet = found(rule.id, &diagram(rule.id, &fixture, "quiet"));
        assert!(quiet.is_empty(), "{} fires where all is well: {quiet:?}", rule.id);
    }
}

#[test]
fn a_fix_silences_its_rule() {
    let mut fixes = 0;
    for rule in rules() {
        let mut diagram = diagram(rule.id, &fixture(rule.id), "fires");
        let Some(fix) = found(rule.id, &diagram).into_iter().find_map(|hit| hit.fix) else { continue };
        diagram = edit::apply(&diagram, &fix).unwrap();
        assert!(found(rule.id, &diagram).is_empty(), "the fix of {} leaves it as it was", rule.id);
        fixes += 1;
    }
    assert!(fixes >= 10, "{fixes}");
}

#[test]
fn rules_tell_themselves_apart_and_say_why() {
    let ids: BTreeSet<&str> = rules().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), rules().count());
    assert!(ids.len() >= 40, "{}", ids.len());
    let titles: BTreeSet<&str> = rules().map(|rule| rule.title).collect();
    assert_eq!(titles.len(), ids.len());
    assert!(rules().all(|rule| !rule.rationale.is_empty() && !rule.advice.is_empty() && !rule.source.is_empty()));
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/review")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(ids.contains(name.trim_end_matches(".json")), "{name} belongs to no rule");
    }
}

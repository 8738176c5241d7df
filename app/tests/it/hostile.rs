//! Files that are broken, malicious or absurd: an answer with a place, no panic, and the file stays as it was.

use std::{fmt::Write as _, fs};

use crate::{SMALL, Sandbox};

/// Checks and runs a file; it must be refused or diagnosed, and stay as it was.
#[track_caller]
fn refused(name: &str, text: impl AsRef<[u8]>, words: &[&str]) {
    let sandbox = Sandbox::new();
    let path = sandbox.write("a.plimsoll.json", &text);
    let checked = sandbox.run(&["check", "a.plimsoll.json"]);
    assert!(matches!(checked.code, 1 | 2), "{name}: check said {}:\n{}{}", checked.code, checked.out, checked.talk);
    let run = sandbox.run(&["run", "a.plimsoll.json", "--duration", "1 s"]).ends_with_code(2);
    assert!(run.out.is_empty(), "{name}: {}", run.out);
    let all = format!("{}{}{}", checked.out, checked.talk, run.talk);
    assert!(!all.contains("fault:"), "{name}: {all}");
    for word in words {
        assert!(all.contains(word), "{name}: `{word}` is missing in\n{all}");
    }
    assert_eq!(fs::read(path).unwrap(), text.as_ref(), "{name}: the file has changed");
}

#[test]
fn what_is_no_diagram_is_refused_with_a_place() {
    refused("empty", "", &["line 1"]);
    refused("truncated", &SMALL[..SMALL.len() / 2], &["line ", "column ", "hint"]);
    refused("binary", [0x89, b'P', b'N', b'G', 0xff, 0x00], &["not UTF-8"]);
    refused("null bytes", [0_u8; 100], &["line 1"]);
    refused("another format", "AWSTemplateFormatVersion: 2010-09-09\n", &["line 1"]);
    refused("a list", "[]", &["not a Plimsoll file"]);
    refused("a newer version", SMALL.replace("\"plimsoll\": 1", "\"plimsoll\": 99"), &["99", "newer"]);
    refused("no version", SMALL.replace("\"plimsoll\": 1,", ""), &["not a Plimsoll file"]);
    let deep = format!("{{\"plimsoll\": 1, \"x\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    refused("nested", deep, &["line 1"]);
}

#[test]
fn absurd_numbers_are_refused_at_their_field() {
    for (name, good, bad, word) in [
        ("no number", "poisson(5/s)", "poisson(NaN/s)", "node clients.arrivals"),
        ("endless", "poisson(5/s)", "poisson(inf/s)", "node clients.arrivals"),
        ("huge rate", "poisson(5/s)", "poisson(1e300/s)", "node clients.arrivals"),
        ("zero rate", "poisson(5/s)", "poisson(0/s)", "node clients.arrivals"),
        ("negative rate", "poisson(5/s)", "poisson(-5/s)", "node clients.arrivals"),
        ("negative time", "exponential(100 ms)", "exponential(-1 s)", "node desk.service"),
        ("huge time", "exponential(100 ms)", "exponential(1e300 s)", "node desk.service"),
        ("no unit", "exponential(100 ms)", "exponential(100)", "node desk.service"),
        ("negative run", "\"2 min\"", "\"-2 min\"", "scenario default.duration"),
        ("a million users", "poisson(5/s)", "closed(users=1e12, think=1 s)", "node clients.arrivals"),
        ("nested law", "exponential(100 ms)", &format!("{}1 s{}", "mixture(1: ".repeat(40), ")".repeat(40)), "node desk.service"),
    ] {
        let text = SMALL.replace(good, bad);
        assert_ne!(text, SMALL, "{name}");
        // A scenario's own duration is replaced on the command line, so only the check sees it.
        if word.starts_with("scenario") {
            let sandbox = Sandbox::new();
            sandbox.write("a.plimsoll.json", &text);
            assert!(sandbox.run(&["check", "a.plimsoll.json"]).ends_with_code(1).out.contains(word));
            assert!(sandbox.run(&["run", "a.plimsoll.json"]).ends_with_code(2).talk.contains(word));
        } else {
            refused(name, text, &[word]);
        }
    }
}

#[test]
fn impossible_structures_are_diagnosed() {
    let edge = r#""ask": {"from": "clients", "to": "desk", "kind": "request"}"#;
    refused("edge to nowhere", SMALL.replace("\"to\": \"desk\"", "\"to\": \"deks\""), &["deks", "did you mean `desk`"]);
    refused("unknown kind", SMALL.replace("\"kind\": \"request\"", "\"kind\": \"shout\""), &["shout", "request"]);
    refused("unknown service", SMALL.replace("generic/station", "generic/statoin"), &["generic/station"]);
    refused("duplicate id", SMALL.replace(edge, &format!("{edge}, {edge}")), &["twice"]);
    refused("bad id", SMALL.replace("\"desk\": {\"service\"", "\"a.b\": {\"service\""), &["a.b"]);
    let lambda = |id: &str| format!("\"{id}\": {{\"service\": \"aws/lambda\"}}");
    let call = |from: &str, to: &str| format!("\"{from}-{to}\": {{\"from\": \"{from}\", \"to\": \"{to}\", \"kind\": \"request\"}}");
    let client = "\"c\": {\"service\": \"generic/client\"}";
    let diagram = |nodes: &[String], edges: &[String]| {
        format!("{{\"plimsoll\": 1, \"nodes\": {{{client}, {}}}, \"edges\": {{{}}}}}", nodes.join(", "), edges.join(", "))
    };
    refused("self-loop", diagram(&[lambda("a")], &[call("c", "a"), call("a", "a")]), &["connected to itself", "hint"]);
    refused(
        "synchronous cycle",
        diagram(&[lambda("a"), lambda("b")], &[call("c", "a"), call("a", "b"), call("b", "a")]),
        &["ring", "hint"],
    );
}

#[test]
fn too_many_nodes_are_refused() {
    let mut text = String::from("{\"plimsoll\": 1, \"nodes\": {");
    for index in 0..1_000_000 {
        let comma = if index == 0 { "" } else { "," };
        write!(text, "{comma}\"n{index}\":{{\"service\":\"aws/sqs\"}}").unwrap();
    }
    text.push_str("}}");
    refused("a million nodes", text, &["1000000 nodes"]);
}

#[test]
fn traces_outside_of_the_folder_are_not_read() {
    for file in ["/etc/passwd", "../secret.csv", "missing.csv"] {
        let text = SMALL.replace("poisson(5/s)", &format!("trace(file={file})")).replace("generic/client", "generic/trace");
        refused(file, text, &["node clients.arrivals", "trace"]);
    }
}

#[test]
fn weights_that_cannot_be_read_are_refused() {
    let sandbox = Sandbox::new();
    for (file, content, expected) in [
        ("missing.csv", None, "cannot read the list of weights `missing.csv`"),
        ("../secret.csv", None, "outside of the diagram's folder"),
        ("empty.csv", Some(&b""[..]), "no row"),
        ("binary.csv", Some(&b"\xff\xfe\x00,"[..]), "cannot read the list of weights `binary.csv`"),
        ("negative.csv", Some(&b"key,weight\nacme,-1\n"[..]), "line 2 of `negative.csv`: `-1` is not a weight"),
        ("late.csv", Some(&b"key,weight,from\nacme,1,1 min\n"[..]), "no key has a weight before 60 s"),
    ] {
        if let Some(content) = content {
            sandbox.write(file, content);
        }
        let keys = format!("\"event_types\": {{\"order\": {{\"key\": \"weights({file})\"}}}}, \"nodes\"");
        let events = "\"events\": \"order\", \"arrivals\"";
        sandbox.write("a.plimsoll.json", SMALL.replacen("\"nodes\"", &keys, 1).replacen("\"arrivals\"", events, 1));
        let said = sandbox.run(&["run", "a.plimsoll.json"]).ends_with_code(2);
        assert!(said.talk.contains(expected) && said.talk.contains("event type order"), "{file}: {}", said.talk);
    }
}

#[test]
fn a_run_that_would_never_end_offers_a_smaller_one() {
    let sandbox = Sandbox::new();
    sandbox.write("a.plimsoll.json", SMALL.replace("poisson(5/s)", "poisson(1000000000/s)").replace("2 min", "36000 d"));
    let said = sandbox.run(&["run", "a.plimsoll.json"]).ends_with_code(2);
    assert!(said.talk.contains("error"), "{}", said.talk);
}

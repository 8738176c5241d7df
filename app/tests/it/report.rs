//! `plimsoll run --report`: the page and the text for people.

use opentelemetry_proto::tonic::trace::v1::TracesData;

use super::{Sandbox, examples};

/// Everything between `<` and `>` that opens an element with this name.
fn tags<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let open = format!("<{name}");
    html.match_indices(&open).map(|(at, _)| &html[at..at + html[at..].find('>').unwrap()]).collect()
}

#[test]
fn a_page_needs_nothing_else() {
    for (name, duration) in [("checkout", "1 min"), ("burst-leveling", "1 min"), ("retry-storm", "2 min")] {
        let example = examples().into_iter().find(|path| path.ends_with(format!("{name}.plimsoll.json"))).unwrap();
        let sandbox = Sandbox::new();
        let (page, again) = (sandbox.path("r.html"), sandbox.path("again.html"));
        let file = example.to_str().unwrap();
        let run = |to: &std::path::Path| sandbox.run(&["run", file, "--duration", duration, "--report", to.to_str().unwrap()]);
        assert!(run(&page).code <= 1, "{name}");
        assert!(run(&again).code <= 1, "{name}");
        let html = std::fs::read_to_string(&page).unwrap();
        assert_eq!(html, std::fs::read_to_string(&again).unwrap(), "the same run, the same bytes");
        assert!(tags(&html, "script").is_empty() && tags(&html, "iframe").is_empty(), "no script");
        for source in ["src=\"http", "srcset=\"http", "@import", "url(http"] {
            assert!(!html.contains(source), "{source}");
        }
        for link in tags(&html, "a href=\"#") {
            let anchor = link.split('"').nth(1).unwrap().trim_start_matches('#');
            assert!(html.contains(&format!("id=\"{anchor}\"")), "{anchor} is nowhere");
        }
        assert_eq!(tags(&html, "figure").len(), tags(&html, "details").len(), "each chart has its data");
        assert!(tags(&html, "svg").iter().all(|svg| svg.contains("aria-label=\"")), "each chart has a text alternative");
        for (at, tag) in html.match_indices("<th scope=\"col\" class=\"n\">") {
            let (title, rest) = html[at + tag.len()..].split_once("</th>").unwrap();
            // The data below a chart follow the rule that its caption leads to.
            let in_chart = rest.find("</figure>").is_some_and(|end| rest.find("<figure>").is_none_or(|begin| end < begin));
            assert!(in_chart || title.contains("href=\"#term-"), "{title} has no rule");
        }
        assert_eq!(tags(&html, "figure").len(), html.matches("<span class=\"axis\"><a href=\"#term-").count(), "each chart has its rule");
        for name in ["section", "figure", "table", "div", "p", "dl"] {
            let closed = html.matches(&format!("</{name}>")).count();
            let opened = tags(&html, name).iter().filter(|tag| !tag[name.len() + 1..].starts_with(|c: char| c.is_alphanumeric())).count();
            assert_eq!(opened, closed, "<{name}>");
        }
        assert!(html.contains("sha256:") && html.contains("plimsoll run"), "the way to get it again");
    }
}

#[test]
fn names_of_the_diagram_are_text_and_no_markup() {
    let sandbox = Sandbox::new();
    let text = r#"{"plimsoll": 1, "name": "<script>alert(1)</script>",
        "nodes": {"c": {"service": "generic/client", "name": "<img src=x onerror=alert(1)>", "fields": {"arrivals": "poisson(5/s)"}},
                  "s": {"service": "generic/station", "name": "</svg>\"&|*"}},
        "edges": {"e": {"from": "c", "to": "s", "kind": "request"}}, "scenarios": {"default": {"duration": "5 s"}}}"#;
    let file = sandbox.write("odd.plimsoll.json", text);
    for report in ["r.html", "r.md"] {
        sandbox.run(&["run", file.to_str().unwrap(), "--report", report]).ends_with_code(0);
        let written = std::fs::read_to_string(sandbox.path(report)).unwrap();
        assert!(!written.contains("<script>") && !written.contains("<img src=x"), "{written}");
    }
}

#[test]
fn a_report_of_no_known_format_is_refused_before_the_run() {
    let sandbox = Sandbox::new();
    let file = examples().remove(0);
    let said = sandbox.run(&["run", file.to_str().unwrap(), "--report", "r.pdf"]).ends_with_code(2);
    assert!(said.talk.contains("r.pdf") && said.talk.contains(".html"), "{}", said.talk);
}

/// Paths of what a value has and another one lacks.
fn unknown(ours: &serde_json::Value, theirs: &serde_json::Value) -> Vec<String> {
    match (ours, theirs) {
        (serde_json::Value::Object(ours), serde_json::Value::Object(theirs)) => ours
            .iter()
            .flat_map(|(key, value)| match theirs.get(key) {
                Some(other) => unknown(value, other).into_iter().map(|path| format!("{key}.{path}")).collect(),
                None => vec![key.clone()],
            })
            .collect(),
        (serde_json::Value::Array(ours), serde_json::Value::Array(theirs)) => {
            let missing = if ours.len() == theirs.len() { Vec::new() } else { vec!["length".to_owned()] };
            ours.iter().zip(theirs).flat_map(|(ours, theirs)| unknown(ours, theirs)).chain(missing).collect()
        }
        (ours, theirs) if ours == theirs => Vec::new(),
        (ours, theirs) => vec![format!("{ours} read as {theirs}")],
    }
}

#[test]
fn followed_journeys_are_written_for_other_tools() {
    let sandbox = Sandbox::new();
    let file = examples().into_iter().find(|path| path.ends_with("retry-storm.plimsoll.json")).unwrap();
    let args = ["run", file.to_str().unwrap(), "--duration", "1 min", "--perfetto", "p.json", "--otlp", "o.json"];
    assert!(sandbox.run(&args).code <= 1);
    let read = |name: &str| -> serde_json::Value { serde_json::from_slice(&std::fs::read(sandbox.path(name)).unwrap()).unwrap() };

    let events = read("p.json")["traceEvents"].as_array().unwrap().clone();
    let mut open: std::collections::BTreeMap<(u64, u64), Vec<(u64, u64)>> = std::collections::BTreeMap::new();
    let mut slices = 0;
    for event in events.iter().filter(|event| event["ph"] == "X") {
        let number = |key: &str| event[key].as_u64().unwrap();
        let (start, end) = (number("ts"), number("ts") + number("dur"));
        let lane = open.entry((number("pid"), number("tid"))).or_default();
        assert!(lane.iter().all(|(from, to)| *to <= start || (*from <= start && end <= *to)), "slices of a thread nest: {event}");
        lane.push((start, end));
        slices += 1;
    }
    assert!(slices > 100, "{slices}");
    for event in &events {
        let is_number = |key: &str| event[key].is_u64();
        assert!(["pid", "tid", "ts"].into_iter().all(is_number) && event["args"].is_object(), "{event}");
        assert!(event["name"].is_string() && event["cat"].is_string() && (event["ph"] == "M" || event["ph"] == "X"), "{event}");
    }

    // What the published messages do not know would be dropped: nothing may be.
    let text = std::fs::read_to_string(sandbox.path("o.json")).unwrap();
    let read_by_them: TracesData = serde_json::from_str(&text).unwrap();
    let known: usize = read_by_them.resource_spans.iter().flat_map(|of| &of.scope_spans).map(|of| of.spans.len()).sum();
    assert_eq!(known, slices, "the published messages read every span");
    for span in read_by_them.resource_spans.iter().flat_map(|of| &of.scope_spans).flat_map(|of| &of.spans) {
        assert_eq!((span.trace_id.len(), span.span_id.len()), (16, 8));
        assert!(span.parent_span_id.is_empty() || span.parent_span_id.len() == 8);
        assert!(span.start_time_unix_nano <= span.end_time_unix_nano && !span.name.is_empty() && (1..=5).contains(&span.kind));
        assert!(span.attributes.iter().all(|attribute| attribute.value.as_ref().is_some_and(|value| value.value.is_some())), "{span:?}");
    }
    let told_again = serde_json::to_value(&read_by_them).unwrap();
    assert_eq!(unknown(&read("o.json"), &told_again), Vec::<String>::new(), "fields that the published messages do not have");

    let mut spans = std::collections::BTreeMap::new();
    for resource in read("o.json")["resourceSpans"].as_array().unwrap() {
        for span in resource["scopeSpans"][0]["spans"].as_array().unwrap() {
            let text = |key: &str| span[key].as_str().unwrap().to_owned();
            assert_eq!((text("traceId").len(), text("spanId").len()), (32, 16));
            let (start, end): (u64, u64) = (text("startTimeUnixNano").parse().unwrap(), text("endTimeUnixNano").parse().unwrap());
            assert!(start <= end, "{span}");
            assert!(spans.insert(text("spanId"), (text("traceId"), text("parentSpanId"))).is_none(), "ids are unique");
        }
    }
    assert_eq!(spans.len(), slices, "both tell the same spans");
    for (trace, parent) in spans.values() {
        assert!(parent.is_empty() || spans[parent].0 == *trace, "a parent is in the same trace");
    }
}

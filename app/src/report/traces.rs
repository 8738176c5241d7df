//! Followed journeys for the tools that people read traces with: Perfetto and everything that takes OpenTelemetry.
//!
//! Times are simulated and begin at the epoch, 1970-01-01: the same run always gives the same bytes.

use std::collections::BTreeMap;

use plimsoll_models::{Diagram, NodeId};
use plimsoll_sim::{
    RunResult,
    result::{JourneyTrace, TraceEvent},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::spans::{Activity, Span, spans};

/// Lanes that spans of one node may take in one journey; what overlaps more is drawn in the last one.
const LANES_MAX: usize = 64;

/// Trace Event Format, which Perfetto and `chrome://tracing` open: a process for each journey, a thread for each node.
pub fn chrome(result: &RunResult, diagram: &Diagram) -> String {
    let mut events = Vec::new();
    for (pid, journey) in (1_u64..).zip(&result.traces) {
        let name = format!("Journey {} of {}", journey.ordinal, diagram.title(&journey.producer));
        events.push(metadata((pid, 0), "process_name", &json!({"name": name})));
        events.push(metadata((pid, 0), "process_sort_index", &json!({"sort_index": pid})));
        let spans = spans(journey);
        let mut lanes: BTreeMap<&NodeId, (u64, Vec<Vec<&Span>>)> = BTreeMap::new();
        for span in &spans {
            let order = lanes.len() as u64;
            let (thread, taken) = lanes.entry(&span.node).or_insert_with(|| (order, Vec::new()));
            let lane = lane_of(taken, span);
            let tid = *thread * LANES_MAX as u64 + lane as u64 + 1;
            if taken[lane].len() == 1 {
                events.push(metadata((pid, tid), "thread_name", &json!({"name": diagram.title(&span.node)})));
                events.push(metadata((pid, tid), "thread_sort_index", &json!({"sort_index": tid})));
            }
            events.push(json!({
                "ph": "X", "pid": pid, "tid": tid, "cat": span.activity.as_str(), "name": title(span, diagram),
                "ts": micros(span.start_s), "dur": micros(span.end_s) - micros(span.start_s), "args": details(span),
            }));
        }
    }
    let run = &result.run;
    let about = json!({"diagram": run.diagram, "scenario": run.scenario, "seed": run.seed, "version": run.version});
    written(&json!({"displayTimeUnit": "ms", "otherData": about, "traceEvents": events}))
}

/// What a process or thread is called and where it stands, with the fields that Chrome itself writes: some readers insist
/// on them.
fn metadata((pid, tid): (u64, u64), name: &str, args: &Value) -> Value {
    json!({"ph": "M", "cat": "__metadata", "ts": 0, "pid": pid, "tid": tid, "name": name, "args": args})
}

/// Spans of one thread must lie within each other or apart: the first lane where that is so.
fn lane_of<'a>(lanes: &mut Vec<Vec<&'a Span>>, span: &'a Span) -> usize {
    let fits = |lane: &Vec<&Span>| {
        let nested = |other: &&Span| other.start_s <= span.start_s && span.end_s <= other.end_s;
        lane.iter().all(|other| other.end_s <= span.start_s || nested(other))
    };
    let at = match lanes.iter().position(fits) {
        Some(at) => at,
        None if lanes.len() < LANES_MAX => {
            lanes.push(Vec::new());
            lanes.len() - 1
        }
        None => LANES_MAX - 1,
    };
    lanes[at].push(span);
    at
}

/// OTLP in JSON: a resource for each node, a trace for each journey.
pub fn otlp(result: &RunResult, diagram: &Diagram) -> String {
    let mut by_node: BTreeMap<NodeId, Vec<Value>> = BTreeMap::new();
    for journey in &result.traces {
        let spans = spans(journey);
        for (number, span) in spans.iter().enumerate() {
            by_node.entry(span.node.clone()).or_default().push(otlp_span(result, diagram, journey, (number, span)));
        }
    }
    let resources: Vec<Value> = by_node
        .into_iter()
        .map(|(node, spans)| {
            let service = diagram.nodes.get(&node).map(|node| node.service.to_string()).unwrap_or_default();
            let attributes = json!([attribute("service.name", diagram.title(&node)), attribute("plimsoll.service", &service)]);
            json!({
                "resource": {"attributes": attributes},
                "scopeSpans": [{"scope": {"name": "plimsoll", "version": result.run.version}, "spans": spans}],
            })
        })
        .collect();
    written(&json!({"resourceSpans": resources}))
}

fn otlp_span(result: &RunResult, diagram: &Diagram, journey: &JourneyTrace, (number, span): (usize, &Span)) -> Value {
    let seed = result.run.seed;
    let kind = match span.activity {
        Activity::Journey | Activity::Wait => 1,
        Activity::Work => 2,
        Activity::Call => 3,
        Activity::Queued => 4,
        Activity::InFlight => 5,
    };
    let status = match span.trouble {
        Some(trouble) => json!({"code": 2, "message": word(trouble)}),
        None => json!({}),
    };
    let mut attributes = vec![attribute("plimsoll.activity", span.activity.as_str())];
    attributes.extend(span.edge.as_ref().map(|edge| attribute("plimsoll.edge", edge.as_str())));
    if span.activity == Activity::Work {
        attributes.push(json!({"key": "faas.coldstart", "value": {"boolValue": span.cold}}));
    }
    json!({
        "traceId": hex(&[seed, journey.ordinal], 16),
        "spanId": hex(&[seed, journey.ordinal, number as u64], 8),
        "parentSpanId": span.parent.map_or_else(String::new, |parent| hex(&[seed, journey.ordinal, parent as u64], 8)),
        "name": title(span, diagram),
        "kind": kind,
        "startTimeUnixNano": nanos(span.start_s),
        "endTimeUnixNano": nanos(span.end_s),
        "attributes": attributes,
        "status": status,
    })
}

fn title(span: &Span, diagram: &Diagram) -> String {
    let of = span.edge.as_ref().and_then(|edge| diagram.edges.get(edge));
    match (span.activity, of) {
        (Activity::Call, Some(edge)) => format!("call {}", diagram.title(&edge.to)),
        (Activity::Work, _) if span.cold => "work, cold".to_owned(),
        (activity, _) => activity.as_str().to_owned(),
    }
}

fn details(span: &Span) -> Value {
    let mut details = serde_json::Map::new();
    if let Some(edge) = &span.edge {
        details.insert("edge".to_owned(), json!(edge));
    }
    if let Some(trouble) = span.trouble {
        details.insert("ended".to_owned(), json!(word(trouble)));
    }
    if span.cold {
        details.insert("cold start".to_owned(), json!(true));
    }
    Value::Object(details)
}

/// The word of the result's schema.
fn word(what: TraceEvent) -> String {
    serde_json::to_value(what).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn attribute(key: &str, value: &str) -> Value {
    json!({"key": key, "value": {"stringValue": value}})
}

/// An id that is the same in every run of the same seed: so many bytes in hexadecimal digits, never all zero.
fn hex(parts: &[u64], bytes: usize) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.to_le_bytes());
    }
    use std::fmt::Write as _;
    hash.finalize().iter().take(bytes).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whole microseconds.
fn micros(seconds: f64) -> u64 {
    (seconds * 1e6).round() as u64
}

/// Whole nanoseconds; JSON of protocol buffers writes 64-bit integers as text.
fn nanos(seconds: f64) -> String {
    ((seconds * 1e9).round() as u64).to_string()
}

fn written(value: &Value) -> String {
    let mut text = value.to_string();
    text.push('\n');
    text
}

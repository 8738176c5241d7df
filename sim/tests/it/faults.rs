//! Faults, worked by hand: what strikes, when it ends, and what becomes of the system afterwards.

use plimsoll_models::{Diagram, EdgeKind, Severity};
use plimsoll_sim::{RunResult, result::TraceEvent};
use serde_json::{Value, json};

use crate::support::{Draw, fate, faulty, run, run_plan, times};

/// A client that calls one node.
fn pair(arrivals: &str, service: &str, fields: &[(&str, &str)], call: &[(&str, &str)]) -> Diagram {
    let call: Vec<_> = [("latency", "0 s")].iter().chain(call).copied().collect();
    Draw::default()
        .node("client", "generic/client", &[("arrivals", arrivals)])
        .node("target", service, fields)
        .edge("ask", EdgeKind::Request, "client", "target", &call)
        .0
}

fn struck(diagram: &Diagram, duration: &str, fault: Value) -> RunResult {
    run_plan(diagram, faulty(&[("duration", duration)], Value::Array(vec![fault])))
}

/// Ten calls a second from 0.1 s on, an outage from 2 s to 4 s: the twenty calls at 2.0 s to 3.9 s fail, that at 4.0 s
/// finds it over, since what ends at an instant comes before what arrives.
#[test]
fn an_outage_fails_what_arrives_while_it_lasts() {
    let diagram = pair("constant(10/s)", "generic/station", &[("service", "0 s")], &[("attempts", "1")]);
    let result = struck(&diagram, "6 s", json!({"kind": "outage", "on": "target", "from": "2 s", "to": "4 s"}));
    assert_eq!((result.journeys[0].complete, result.journeys[0].lossy), (39, 20));
    assert_eq!(result.faults[0].struck, 20);
    assert_eq!(result.node("target").unwrap().metrics["failed"], 20.0);
    // On the edge, the node never hears of them.
    let result = struck(&diagram, "6 s", json!({"kind": "outage", "on": "ask", "from": "2 s", "to": "4 s"}));
    assert_eq!((result.journeys[0].lossy, result.node("target").unwrap().metrics["arrivals"]), (20, 39.0));
}

/// Attempts at 0, 1 and 3 s find the outage, that at 7 s does not.
#[test]
fn retries_outlive_an_outage() {
    let call = [("attempts", "5"), ("backoff", "schedule(1 s, 2 s, 4 s)")];
    let diagram = pair("times(0 s)", "generic/station", &[("service", "500 ms")], &call);
    let result = struck(&diagram, "20 s", json!({"kind": "outage", "on": "target", "from": "0 s", "to": "5 s"}));
    assert_eq!(times(&result, TraceEvent::Attempt, "client"), [0.0, 1.0, 3.0, 7.0]);
    assert_eq!(result.journeys[0].response.max, 7.5);
}

/// An attempt that hangs for 2 s is given up after 300 ms; the journey ends with the hang.
#[test]
fn a_hanging_outage_costs_the_callers_patience() {
    let diagram = pair("times(1 s)", "generic/station", &[("service", "0 s")], &[("attempts", "1"), ("timeout", "300 ms")]);
    let result = struck(&diagram, "10 s", json!({"kind": "outage", "on": "target", "from": "0 s", "to": "5 s", "hang": "2 s"}));
    assert_eq!(times(&result, TraceEvent::TimedOut, "client"), [1.3]);
    assert_eq!(result.traces[0].completion_s, Some(3.0));
}

/// 100 ms on the way three times over, 200 ms more on the edge, 300 ms more at the node, 50 ms of service.
#[test]
fn latency_is_added_and_multiplied() {
    let diagram = pair("times(1 s, 9 s)", "generic/station", &[("service", "50 ms")], &[("latency", "100 ms")]);
    let faults = json!([
        {"kind": "latency", "on": "ask", "from": "0 s", "to": "5 s", "factor": 3},
        {"kind": "latency", "on": "target", "from": "0 s", "to": "5 s", "add": "300 ms"},
    ]);
    let result = run_plan(&diagram, faulty(&[("duration", "20 s")], faults));
    assert_eq!((result.journeys[0].response.max, result.journeys[0].response.min), (0.65, 0.15));
    let result = struck(&diagram, "20 s", json!({"kind": "latency", "on": "ask", "from": "0 s", "to": "5 s", "add": "200 ms"}));
    assert_eq!(result.journeys[0].response.max, 0.35);
}

/// 30 % of a thousand attempts, each drawn by itself: 300, give or take four standard deviations of 14.5.
#[test]
fn errors_and_refusals_hit_their_share() {
    let diagram = pair("constant(100/s)", "generic/station", &[("service", "0 s")], &[("attempts", "1")]);
    let errors = struck(&diagram, "20 s", json!({"kind": "errors", "on": "target", "from": "5 s", "to": "15 s", "share": "30 %"}));
    let refusals = struck(&diagram, "20 s", json!({"kind": "throttle", "on": "target", "from": "5 s", "to": "15 s", "share": "30 %"}));
    assert!((242..=358).contains(&fate(&errors, "ask", "failed")), "{:?}", errors.ledger);
    assert!((242..=358).contains(&fate(&refusals, "ask", "rejected")), "{:?}", refusals.ledger);
    assert_eq!(fate(&errors, "ask", "failed"), errors.faults[0].struck);
}

/// Eight calls a second at an API that takes ten, and half of that from 10 s to 20 s. Eighty calls arrive at 10.0 s to
/// 19.875 s; the bucket holds 5 at first and gains 5 × 9.875 until the last of them: 54 are taken, 26 are refused. The
/// peak demand is 8 of the 5 that are left.
#[test]
fn a_throttle_tightens_the_named_limit() {
    let api = [("latency", "0 s"), ("rate_limit", "10/s"), ("concurrency_limit", "100")];
    let diagram = pair("constant(8/s)", "generic/http-api", &api, &[("attempts", "1")]);
    let fault = json!({"kind": "throttle", "on": "target", "from": "10 s", "to": "20 s", "limit": "rate_limit", "factor": 0.5});
    let result = struck(&diagram, "30 s", fault);
    assert_eq!(fate(&result, "ask", "rejected"), 26);
    let limit = result.limits.iter().find(|limit| limit.key.ends_with("rate_limit")).unwrap();
    assert_eq!((limit.refused, limit.use_peak, limit.first_bound_s.unwrap() > 10.0), (26, 1.6, true));
}

/// Each limit that can be tightened refuses everything when nothing is left of it, and nothing before and after.
#[test]
fn every_limit_that_can_be_tightened_is() {
    let provisioned = ("capacity_mode", "provisioned");
    for (service, limit, fields) in [
        ("aws/api-gateway-http", "account_rate", vec![]),
        ("aws/api-gateway-http", "stage_rate", vec![("stage_rate", "100/s")]),
        ("aws/lambda", "concurrent_executions", vec![("duration", "1 ms")]),
        ("aws/lambda", "reserved_concurrency", vec![("duration", "1 ms"), ("reserved_concurrency", "7")]),
        ("aws/sns", "publish_rate", vec![]),
        ("aws/eventbridge-classic", "publish_rate", vec![]),
        ("aws/eventbridge-bus", "event_rate", vec![]),
        ("aws/dynamodb", "on_demand_writes", vec![]),
        ("aws/dynamodb", "partition_writes", vec![]),
        ("aws/dynamodb", "write_units", vec![provisioned, ("write_units", "100/s")]),
        ("generic/http-api", "rate_limit", vec![("rate_limit", "100/s")]),
        ("generic/http-api", "concurrency_limit", vec![("concurrency_limit", "5")]),
    ] {
        let diagram = pair("constant(10/s)", service, &fields, &[("attempts", "1")]);
        let fault = json!({"kind": "throttle", "on": "target", "from": "2 s", "to": "3950 ms", "limit": limit, "factor": 0});
        let result = struck(&diagram, "6 s", fault);
        assert_eq!((fate(&result, "ask", "rejected"), fate(&result, "ask", "failed")), (20, 0), "{service} {limit}");
        let bound = result.limits.iter().find(|found| found.bound()).unwrap_or_else(|| panic!("{service} {limit}"));
        assert!(bound.key.ends_with(limit) && bound.use_peak > 1.0, "{service} {limit}: {bound:?}");
    }
}

/// Eight customers at once, four servers, a second each. Two servers serve six of them by 2 s, and the other two servers
/// come back at 2.5 s.
#[test]
fn lost_servers_take_no_new_work_until_they_are_back() {
    let diagram = pair("batch(8, at=0 s)", "generic/station", &[("service", "1 s"), ("servers", "4")], &[]);
    let result = struck(&diagram, "10 s", json!({"kind": "capacity", "on": "target", "from": "0 s", "to": "2500 ms", "lost": "50 %"}));
    assert_eq!((result.journeys[0].complete, result.journeys[0].response.max), (8, 3.5));
    let server = [("duration", "1 s"), ("instances", "1"), ("concurrency_per_instance", "4"), ("overhead", "0 s")];
    let diagram = pair("batch(8, at=0 s)", "generic/server", &server, &[]);
    let result = struck(&diagram, "10 s", json!({"kind": "capacity", "on": "target", "from": "0 s", "to": "2500 ms", "lost": "50 %"}));
    assert_eq!((result.journeys[0].complete, result.journeys[0].response.max), (8, 3.5));
}

/// Ten events a second; those sent from 1.0 s to 1.9 s fail at every one of three attempts, the last two of which come
/// when the fault is long over.
#[test]
fn poison_stays_in_the_events_of_its_time() {
    let call = [("attempts", "3"), ("backoff", "schedule(2 s)")];
    for (service, fields) in
        [("generic/station", [("service", "0 s")]), ("generic/http-api", [("latency", "0 s")]), ("aws/lambda", [("duration", "10 ms")])]
    {
        let diagram = pair("constant(10/s)", service, &fields, &call);
        let result = struck(&diagram, "10 s", json!({"kind": "poison", "on": "target", "from": "1 s", "to": "2 s", "share": "100 %"}));
        assert_eq!((fate(&result, "ask", "failed"), result.faults[0].struck), (10, 30), "{service}");
    }
}

#[test]
fn a_slow_node_takes_a_multiple_of_its_time() {
    for (service, fields) in [
        ("generic/station", vec![("service", "100 ms")]),
        ("generic/http-api", vec![("latency", "100 ms")]),
        ("generic/server", vec![("duration", "100 ms"), ("overhead", "0 s")]),
        ("aws/dynamodb", vec![("write_latency", "100 ms")]),
    ] {
        let diagram = pair("constant(1/s)", service, &fields, &[]);
        let result = struck(&diagram, "10 s", json!({"kind": "slow", "on": "target", "from": "4500 ms", "to": "5500 ms", "factor": 5}));
        let sojourn = &result.node("target").unwrap().sojourn;
        assert_eq!((sojourn.max, sojourn.min), (0.5, 0.1), "{service}");
    }
}

/// Ten messages, those from 1.0 s to 1.4 s twice: on the edge as ten and five copies that are sent, in the queue as ten
/// and five messages that are kept.
#[test]
fn duplicates_are_copies_of_their_own() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "constant(10/s)")])
        .node("queue", "aws/sqs", &[("send_latency", "0 s")])
        .node("worker", "aws/lambda", &[("duration", "10 ms"), ("idempotent", "true")])
        .edge("send", EdgeKind::Send, "client", "queue", &[("latency", "0 s")])
        .edge("consume", EdgeKind::Poll, "queue", "worker", &[])
        .0;
    for (on, sent) in [("send", 15), ("queue", 10)] {
        let fault = json!({"kind": "duplicates", "on": on, "from": "1 s", "to": "1450 ms", "share": "100 %"});
        let plan = faulty(&[("duration", "1050 ms"), ("until", "drained")], json!([fault]));
        // The load ends at 1.05 s, so only the message at 1.0 s is doubled.
        let result = run_plan(&diagram, plan);
        assert_eq!((fate(&result, "queue", "done"), result.faults[0].struck), (11, 1), "{on}");
        let result = struck(&diagram, "10 s", fault);
        assert_eq!(result.faults[0].struck, 5);
        assert_eq!(fate(&result, "send", "done"), sent + 89, "{on}");
        assert_eq!(fate(&result, "queue", "done"), 104, "{on}");
        assert_eq!(result.journeys[0].lossy, 0);
    }
}

/// One request a second of 100 ms: one environment does for all, until a deployment at 5.5 s and one more during the
/// request at 8.0 s; the requests at 6 s and 9 s find none.
#[test]
fn a_deployment_makes_the_next_request_cold() {
    let function = [("duration", "100 ms"), ("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s")];
    let diagram = pair("constant(1/s)", "aws/lambda", &function, &[]);
    let faults = json!([{"kind": "deploy", "on": "target", "at": "5500 ms"}, {"kind": "deploy", "on": "target", "at": "8050 ms"}]);
    let result = run_plan(&diagram, faulty(&[("duration", "12 s")], faults));
    assert_eq!(result.node("target").unwrap().metrics["cold_starts"], 3.0);
    assert_eq!(result.node("target").unwrap().metrics["instances.max"], 1.0);
}

/// A function's own events are accepted during an outage. The provider cannot try them: at 0, 1, 3, 7, 15, 31 and 63 s it
/// waits for twice as long each time, none of which is an error or a retry of the function, and at 127 s it can.
#[test]
fn an_outage_strikes_the_attempts_at_asynchronous_events() {
    let function = [("duration", "0 s"), ("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s"), ("async_hop", "0 s")];
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "times(0 s)")])
        .node("fn", "aws/lambda", &function)
        .edge("send", EdgeKind::Send, "client", "fn", &[("latency", "0 s")])
        .0;
    let result = struck(&diagram, "10 min", json!({"kind": "outage", "on": "fn", "from": "0 s", "to": "100 s"}));
    assert_eq!(times(&result, TraceEvent::Failed, "fn"), [0.0, 1.0, 3.0, 7.0, 15.0, 31.0, 63.0]);
    assert_eq!(times(&result, TraceEvent::Start, "fn"), [127.0]);
    let figures = &result.node("fn").unwrap().metrics;
    assert_eq!((figures["arrivals"], figures["failed"], figures["refused"]), (1.0, 0.0, 0.0));
    assert_eq!(result.faults[0].struck, 7);
    assert_eq!((fate(&result, "send", "done"), fate(&result, "fn", "done")), (1, 1));
}

/// Five messages lie in the queue when it goes down at 1 s, before the pollers come at 1.5 s. They are handed out when
/// it is back at 30 s; what is sent meanwhile is lost.
#[test]
fn a_queue_in_an_outage_hands_out_nothing() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "times(0 s, 0 s, 0 s, 0 s, 0 s, 10 s)")])
        .node("queue", "aws/sqs", &[("send_latency", "0 s"), ("delay", "1500 ms")])
        .node("worker", "aws/lambda", &[("duration", "10 ms"), ("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s")])
        .edge("send", EdgeKind::Send, "client", "queue", &[("attempts", "1"), ("latency", "0 s")])
        .edge("consume", EdgeKind::Poll, "queue", "worker", &[("pickup_latency", "0 s")])
        .0;
    let result = struck(&diagram, "60 s", json!({"kind": "outage", "on": "queue", "from": "1 s", "to": "30 s"}));
    assert_eq!((fate(&result, "queue", "done"), fate(&result, "send", "failed")), (5, 1));
    assert_eq!(times(&result, TraceEvent::Received, "queue"), [30.0]);
}

/// Two functions share ten of the account's concurrency; both are refused, and both show it.
#[test]
fn every_node_under_a_shared_limit_tells_what_it_did() {
    let function = [("duration", "1 s"), ("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s")];
    let mut diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "batch(20, at=1 s)")])
        .node("calm", "generic/client", &[("arrivals", "times(10 s)")])
        .node("a", "aws/lambda", &function)
        .node("b", "aws/lambda", &function)
        .node("c", "aws/lambda", &function)
        .edge("to-a", EdgeKind::Request, "client", "a", &[("attempts", "1"), ("latency", "0 s")])
        .edge("to-b", EdgeKind::Request, "client", "b", &[("attempts", "1"), ("latency", "0 s")])
        .edge("to-c", EdgeKind::Request, "calm", "c", &[("latency", "0 s")])
        .0;
    diagram.account.quotas.insert("aws/lambda.concurrent_executions".to_owned(), "10".into());
    let result = run(&diagram, &[("duration", "20 s")]);
    let limit = result.limits.iter().position(|limit| limit.key == "aws/lambda.concurrent_executions").unwrap();
    for (id, refused) in [("a", true), ("b", true), ("c", false)] {
        let node = result.node(id).unwrap();
        assert_eq!((node.refused, node.tightest), (refused, Some(limit)), "{id}");
    }
    assert_eq!(result.limits[limit].shared_by.len(), 3);
}

/// One of two copies is refused at once, the other waits beyond the end of the run: the journey is lost all the same.
#[test]
fn a_journey_is_lost_with_its_first_copy() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "times(0 s, 1 s)")])
        .node("slow", "generic/station", &[("service", "1 h")])
        .node("broken", "generic/station", &[("service", "0 s"), ("fail_attempts", "1")])
        .edge("a", EdgeKind::Request, "client", "slow", &[])
        .edge("b", EdgeKind::Request, "client", "broken", &[("attempts", "1"), ("filter", "1 of 2")])
        .0;
    let scenario = faulty(&[("duration", "10 s")], json!([]));
    let mut plan = scenario;
    plan.objectives = vec!["loss <= 10 %".parse().unwrap()];
    let result = run_plan(&diagram, plan);
    let journey = &result.journeys[0];
    assert_eq!((journey.started, journey.complete, journey.lossy, journey.unfinished), (2, 0, 1, 1));
    assert_eq!(result.verdict.objectives[0].measured, Some(0.5));
    assert_eq!(result.verdict.objectives[0].text, "50 %, 1 more unfinished");
    assert_eq!(result.verdict.unfinished, 1);
}

/// A server for 66 requests a second with an unbounded line carries 50 a second with ease, until an outage of 30 s.
fn storm(attempts: &str) -> RunResult {
    let call = [("attempts", attempts), ("timeout", "1 s"), ("backoff", "exponential(base=1 s, cap=5 s, jitter=full)")];
    let diagram = pair("poisson(50/s)", "generic/station", &[("service", "15 ms"), ("servers", "1")], &call);
    struck(&diagram, "5 min", json!({"kind": "outage", "on": "target", "from": "60 s", "to": "90 s"}))
}

/// With up to ten attempts, the callers of 30 seconds come at once when the server is back, wait longer than their
/// patience, and try again: the server works for those who have left, for ever. Without retries nobody comes back, and
/// it serves as before as soon as it can.
#[test]
fn a_retry_storm_outlives_its_cause() {
    let result = storm("10");
    let found = result.findings.iter().find(|finding| finding.code == "metastable").unwrap_or_else(|| panic!("{:#?}", result.findings));
    assert_eq!((found.severity, found.edge.as_ref().map(plimsoll_models::EdgeId::as_str)), (Severity::Error, Some("ask")));
    assert!(found.evidence.contains("`ask` (client to target)"), "{}", found.evidence);
    let complete = &result.journeys[0].series.iter().find(|series| series.name == "Complete").unwrap().values;
    let rate = |from: f64, to: f64| {
        let at = |time: f64| (time / result.grid.interval_s) as usize;
        complete[at(from)..at(to)].iter().sum::<f64>() / (at(to) - at(from)) as f64
    };
    assert!((rate(0.0, 60.0) - 50.0).abs() < 4.0, "{} before", rate(0.0, 60.0));
    assert!(rate(240.0, 300.0) < 5.0, "{} three minutes after", rate(240.0, 300.0));
}

#[test]
fn without_retries_it_recovers() {
    let result = storm("1");
    assert!(!result.findings.iter().any(|finding| finding.code == "metastable"), "{:#?}", result.findings);
    let found = result.findings.iter().find(|finding| finding.code == "recovery").unwrap();
    assert_eq!(found.title, "Goodput and backlog are back right after the last fault");
    assert_eq!(found.severity, Severity::Info);
}

/// A queue that took 20 messages a second for 30 s without its worker holds 600; three pollers of ten messages a second
/// each have ten beyond the load and work them off in 60 s. Goodput is back at once.
#[test]
fn a_backlog_is_worked_off_after_the_fault() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "constant(20/s)")])
        .node("queue", "aws/sqs", &[("visibility_timeout", "1 h")])
        .node("worker", "aws/lambda", &[("duration", "100 ms"), ("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s")])
        .edge("send", EdgeKind::Send, "client", "queue", &[])
        .edge("consume", EdgeKind::Poll, "queue", "worker", &[("batch_size", "1"), ("maximum_concurrency", "3"), ("pickup_latency", "0 s")])
        .0;
    let result = struck(&diagram, "5 min", json!({"kind": "capacity", "on": "consume", "from": "60 s", "to": "90 s", "lost": "100 %"}));
    let found = result.findings.iter().find(|finding| finding.code == "recovery").unwrap();
    assert_eq!(found.title, "Goodput is back right after the last fault, the backlog 60 s after");
}

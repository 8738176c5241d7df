//! Event buses and schedules: timelines and bills worked by hand.

use plimsoll_models::EdgeKind;
use plimsoll_sim::{RunResult, result::TraceEvent};
use serde_json::json;

use crate::support::{Draw, fate, faulty, run, run_plan, times};

fn metric(result: &RunResult, node: &str, key: &str) -> f64 {
    result.node(node).unwrap().metrics[key]
}

/// Units and US dollars of a meter.
fn billed(result: &RunResult, node: &str, meter: &str) -> (f64, f64) {
    let item = result.cost.items.iter().find(|item| item.node.as_str() == node && item.meter == meter).unwrap();
    (item.units, item.usd)
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * b.abs().max(1e-9)
}

/// A client that publishes to a bus; nothing takes time.
fn published(service: &str, load: &str, bus: &[(&str, &str)]) -> Draw {
    Draw::default()
        .node("client", "generic/client", &[("arrivals", load)])
        .node("bus", service, &[&[("publish_latency", "0 s")], bus].concat())
        .edge("publish", EdgeKind::Send, "client", "bus", &[("attempts", "1")])
}

const CLASSIC: &str = "aws/eventbridge-classic";

/// Two invocations may go at once and two more each second: of five deliveries the last leaves after 1.5 s, none is lost.
#[test]
fn invocations_above_the_rate_are_late_not_lost() {
    let diagram = published(CLASSIC, "batch(5, at=0 s)", &[("invocation_rate", "2/s")])
        .node("queue", "aws/sqs", &[("send_latency", "0 s")])
        .edge("rule", EdgeKind::Deliver, "bus", "queue", &[("latency", "0 s")])
        .0;
    let result = run(&diagram, &[("duration", "1 min")]);
    assert_eq!((fate(&result, "rule", "done"), result.journeys[0].completion.max), (5, 1.5));
    let limit = result.limits.iter().find(|limit| limit.key.ends_with(".invocation_rate")).unwrap();
    assert_eq!((limit.delayed, limit.refused), (3, 0));
    assert!(close(limit.delay_s, 0.5 + 1.0 + 1.5), "{}", limit.delay_s);
}

/// A fault that takes all invocations for ten seconds holds both events back until it ends.
#[test]
fn a_bus_without_invocations_keeps_what_it_took() {
    let diagram = published(CLASSIC, "times(2 s, 4 s)", &[])
        .node("queue", "aws/sqs", &[("send_latency", "0 s")])
        .edge("rule", EdgeKind::Deliver, "bus", "queue", &[("latency", "0 s")])
        .0;
    let faults = json!([{"kind": "throttle", "on": "bus", "limit": "invocation_rate", "factor": "0", "from": "1 s", "to": "11 s"}]);
    let result = run_plan(&diagram, faulty(&[("duration", "1 min")], faults));
    assert_eq!(fate(&result, "rule", "done"), 2);
    let completion = &result.journeys[0].completion;
    assert!((8.9..9.2).contains(&completion.max), "room for a token comes back with the rate, at 11 s: {}", completion.max);
}

/// Each bus counts the event and its own deliveries: two events of 64 KiB for one that is passed on.
#[test]
fn an_event_that_is_passed_on_counts_again() {
    let diagram = published(CLASSIC, "times(0 s)", &[])
        .node("second", CLASSIC, &[("publish_latency", "0 s")])
        .node("queue", "aws/sqs", &[("send_latency", "0 s")])
        .edge("pass", EdgeKind::Deliver, "bus", "second", &[("latency", "0 s")])
        .edge("rule", EdgeKind::Deliver, "second", "queue", &[("latency", "0 s")])
        .0;
    let result = run(&diagram, &[("duration", "1 min")]);
    for bus in ["bus", "second"] {
        let (units, usd) = billed(&result, bus, "events");
        assert!(units == 1.0 && close(usd, 1e-6), "{bus}: {units} for {usd}");
    }
}

/// The first target fails for good after three attempts, at 0, 1 and 3 s, and its event goes to its own dead-letter
/// queue; the second has none and loses its event.
#[test]
fn each_target_has_its_own_dead_letter_queue() {
    let gives_up = |dead_letter| {
        [
            ("attempts", "3"),
            ("backoff", "exponential(base=1 s, factor=2, cap=1 min, jitter=none)"),
            ("latency", "0 s"),
            ("dead_letter", dead_letter),
        ]
    };
    let broken = [("latency", "0 s"), ("error_rate", "100 %")];
    let diagram = published(CLASSIC, "times(0 s)", &[])
        .node("first", "generic/http-api", &broken)
        .node("second", "generic/http-api", &broken)
        .node("dlq", "aws/sqs", &[("send_latency", "0 s")])
        .edge("to-first", EdgeKind::Deliver, "bus", "first", &gives_up("dlq"))
        .edge("to-second", EdgeKind::Deliver, "bus", "second", &gives_up("none"))
        .edge("give-up", EdgeKind::DeadLetter, "bus", "dlq", &[])
        .0;
    let result = run(&diagram, &[("duration", "1 min")]);
    assert_eq!(times(&result, TraceEvent::DeadLettered, "bus"), [3.0]);
    assert_eq!((fate(&result, "to-first", "dead-lettered"), fate(&result, "to-second", "failed")), (1, 1));
    assert_eq!(fate(&result, "give-up", "done"), 1);
    let (units, usd) = billed(&result, "bus", "api_destination_invocations");
    assert!(units == 6.0 && close(usd, 6.0 * 0.2e-6), "every attempt is a call: {units} for {usd}");
}

/// A destination that takes two calls a second gets them at 0, 0.5 and 1 s. Its endpoint answers after 6 s, which is
/// more than the bus waits: one attempt each and all has failed at 6 s, although the work was done.
#[test]
fn an_api_destination_is_paced_and_has_five_seconds() {
    let diagram = published(CLASSIC, "batch(3, at=0 s)", &[])
        .node("api", "generic/http-api", &[("latency", "6 s")])
        .edge("rule", EdgeKind::Deliver, "bus", "api", &[("latency", "0 s"), ("throttle", "2/s"), ("attempts", "1")])
        .0;
    let result = run(&diagram, &[("duration", "1 min")]);
    assert_eq!((fate(&result, "rule", "failed"), metric(&result, "api", "completed")), (3, 3.0));
    assert_eq!(result.edge("rule").unwrap().metrics["timeouts"], 3.0);
    let limit = result.limits.iter().find(|limit| limit.key.ends_with(".throttle")).unwrap();
    assert!(limit.delayed == 2 && close(limit.delay_s, 1.5), "{limit:?}");
}

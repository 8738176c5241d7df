//! Timelines worked by hand.

use plimsoll_models::EdgeKind;
use plimsoll_sim::result::TraceEvent;

use crate::support::{Draw, fate, faulty, run, run_plan, times};

/// A topic with two queues; one is consumed in batches by a function that fails for some events and says which.
#[test]
fn topic_queue_batch_partial_failure_dead_letter() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "batch(100, at=0 s)")])
        .node("topic", "aws/sns", &[("publish_latency", "0 s")])
        .node("queue", "aws/sqs", &[("send_latency", "0 s"), ("visibility_timeout", "30 s"), ("max_receive_count", "3")])
        .node("archive", "aws/sqs", &[("send_latency", "0 s")])
        .node(
            "fn",
            "aws/lambda",
            &[("duration", "1 s"), ("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s"), ("poison_events", "20 %")],
        )
        .node("dlq", "aws/sqs", &[("send_latency", "0 s")])
        .edge("publish", EdgeKind::Send, "client", "topic", &[])
        .edge("to-queue", EdgeKind::Deliver, "topic", "queue", &[("latency", "0 s")])
        .edge("to-archive", EdgeKind::Deliver, "topic", "archive", &[("latency", "0 s"), ("filter", "1 of 4")])
        .edge(
            "consume",
            EdgeKind::Poll,
            "queue",
            "fn",
            &[("batch_size", "10"), ("report_item_failures", "true"), ("pickup_latency", "0 s")],
        )
        .edge("give-up", EdgeKind::DeadLetter, "queue", "dlq", &[])
        .0;
    let result = run(&diagram, &[("duration", "5 min")]);
    let dead = fate(&result, "queue", "dead-lettered");
    assert_eq!(fate(&result, "queue", "done") + dead, 100);
    assert!((5..40).contains(&dead), "{dead} of 100 at 20 %");
    assert_eq!(fate(&result, "give-up", "done"), dead);
    assert_eq!((fate(&result, "to-archive", "done"), fate(&result, "to-archive", "filtered")), (25, 75));
    // Poison events are received three times each, the good ones once; what comes back fails alone.
    let row = result.ledger.rows.iter().find(|row| row.edge.is_none() && row.node.as_str() == "queue").unwrap();
    assert_eq!(row.attempts, 100 - dead + 3 * dead);
    assert_eq!(fate(&result, "consume", "failed"), 3 * dead);
    assert_eq!(result.journeys[0].lossy, dead);
}

#[test]
fn an_asynchronous_event_is_tried_at_0_60_and_180_seconds() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "times(0 s)")])
        .node(
            "fn",
            "aws/lambda",
            &[
                ("duration", "200 ms"),
                ("init", "0 s"),
                ("placement", "0 s"),
                ("overhead", "0 s"),
                ("async_hop", "0 s"),
                ("transient_failures", "100 %"),
            ],
        )
        .node("dlq", "aws/sqs", &[("send_latency", "0 s")])
        .edge("send", EdgeKind::Send, "client", "fn", &[])
        .edge("give-up", EdgeKind::DeadLetter, "fn", "dlq", &[])
        .0;
    let result = run(&diagram, &[("duration", "10 min")]);
    assert_eq!(times(&result, TraceEvent::Start, "fn"), [0.0, 60.2, 180.4]);
    assert_eq!(times(&result, TraceEvent::DeadLettered, "fn"), [180.6]);
}

#[test]
fn a_throttled_asynchronous_event_backs_off_until_it_is_too_old() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "times(0 s)")])
        .node("fn", "aws/lambda", &[("async_hop", "0 s"), ("scaling_burst", "0"), ("scaling_rate", "0/s"), ("async_max_age", "60 s")])
        .edge("send", EdgeKind::Send, "client", "fn", &[])
        .0;
    let result = run(&diagram, &[("duration", "10 min")]);
    // Waits of 1, 2, 4, 8, 16 and 32 s; the attempt at 63 s finds the event too old.
    assert_eq!(times(&result, TraceEvent::Throttled, "fn"), [0.0, 1.0, 3.0, 7.0, 15.0, 31.0]);
    assert_eq!(times(&result, TraceEvent::Expired, "fn"), [63.0]);
    assert_eq!(fate(&result, "fn", "expired"), 1);
}

#[test]
fn a_message_expires_with_its_retention() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "times(0 s)")])
        .node("queue", "aws/sqs", &[("send_latency", "0 s"), ("retention", "60 s")])
        .edge("send", EdgeKind::Send, "client", "queue", &[])
        .0;
    let result = run(&diagram, &[("duration", "10 min")]);
    assert_eq!(fate(&result, "queue", "expired"), 1);
    assert_eq!(result.node("queue").unwrap().metrics["age.max"], 60.0);
    // Nobody polls the queue, so the journey does not wait for the message.
    assert_eq!(result.journeys[0].completion.max, 0.0);
}

/// The same worker as a function and as a fixed server: under a light load both answer after the service time; when
/// too much comes at once the function throttles and the server lets wait.
#[test]
fn a_function_throttles_where_a_server_lets_wait() {
    let worker = |service: &str, fields: &[(&str, &str)]| {
        Draw::default()
            .node("client", "generic/client", &[("arrivals", "batch(10, at=0 s)")])
            .node("worker", service, fields)
            .edge("call", EdgeKind::Request, "client", "worker", &[("attempts", "1"), ("timeout", "none")])
            .0
    };
    let function = worker(
        "aws/lambda",
        &[("duration", "1 s"), ("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s"), ("reserved_concurrency", "2")],
    );
    let server =
        worker("generic/server", &[("duration", "1 s"), ("overhead", "0 s"), ("instances", "1"), ("concurrency_per_instance", "2")]);
    let (function, server) = (run(&function, &[("duration", "1 min")]), run(&server, &[("duration", "1 min")]));
    assert_eq!((function.journeys[0].succeeded, function.journeys[0].rejected), (2, 8));
    assert_eq!((server.journeys[0].succeeded, server.journeys[0].response.max), (10, 5.0));
    assert!(function.nodes[1].refused && !function.nodes[1].delayed);
    assert!(server.nodes[1].delayed && !server.nodes[1].refused);
}

#[test]
fn a_gateway_gives_up_while_the_function_keeps_running() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "times(0 s)")])
        .node("api", "aws/api-gateway-http", &[("overhead", "0 s")])
        .node("fn", "aws/lambda", &[("duration", "35 s"), ("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s"), ("timeout", "60 s")])
        .edge("get", EdgeKind::Request, "client", "api", &[("timeout", "none")])
        .edge("invoke", EdgeKind::Request, "api", "fn", &[])
        .0;
    let result = run(&diagram, &[("duration", "2 min")]);
    assert_eq!(result.journeys[0].response_failed.max, 30.0);
    assert_eq!(result.node("api").unwrap().metrics["504"], 1.0);
    assert_eq!(result.node("fn").unwrap().metrics["billed_s"], 35.0);
    assert_eq!(result.traces[0].completion_s, Some(35.0));
}

#[test]
fn pollers_ramp_from_5_by_5_a_second_to_their_maximum() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "batch(100000, at=0 s)")])
        .node("queue", "aws/sqs", &[("send_latency", "0 s"), ("visibility_timeout", "1 h")])
        .node("fn", "aws/lambda", &[("duration", "10 s"), ("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s"), ("timeout", "60 s")])
        .edge("send", EdgeKind::Send, "client", "queue", &[])
        .edge("consume", EdgeKind::Poll, "queue", "fn", &[("batch_size", "1"), ("pickup_latency", "0 s"), ("maximum_concurrency", "100")])
        .0;
    let result = run(&diagram, &[("duration", "60 s")]);
    let edge = result.edge("consume").unwrap();
    assert_eq!(edge.metrics["allowed.max"], 100.0);
    let allowed = &edge.series[0].values;
    let at = |seconds: f64| allowed[(seconds / result.grid.interval_s) as usize];
    assert_eq!((at(0.5), at(10.5), at(30.0)), (5.0, 55.0, 100.0));
}

/// Attempts multiply along the callers that wait: five deliveries of a message with three attempts each are fifteen calls,
/// three attempts at an asynchronous event with three each are nine. Whoever only hands an event over adds none.
#[test]
fn attempts_multiply_along_waiting_callers() {
    let bare = [("duration", "0 s"), ("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s"), ("async_hop", "0 s")];
    let broken = |draw: Draw| {
        let fields = [("attempts", "3"), ("backoff", "10 ms"), ("retry_quota", "none")];
        let draw = draw.node("fn", "aws/lambda", &bare).node("api", "generic/http-api", &[("latency", "0 s"), ("error_rate", "100 %")]);
        draw.edge("ask", EdgeKind::Request, "fn", "api", &fields)
    };
    let client = || Draw::default().node("client", "generic/client", &[("arrivals", "times(0 s)")]);
    let calls = |draw: Draw| run(&draw.0, &[("duration", "1 h")]).node("api").unwrap().metrics["arrivals"];
    let queued = broken(client())
        .node("queue", "aws/sqs", &[("visibility_timeout", "30 s"), ("max_receive_count", "5")])
        .node("dlq", "aws/sqs", &[])
        .edge("send", EdgeKind::Send, "client", "queue", &[("attempts", "3")])
        .edge("consume", EdgeKind::Poll, "queue", "fn", &[])
        .edge("give-up", EdgeKind::DeadLetter, "queue", "dlq", &[]);
    assert_eq!(calls(queued), 15.0);
    let handed_over = broken(client()).edge("send", EdgeKind::Send, "client", "fn", &[("attempts", "3")]);
    assert_eq!(calls(handed_over), 9.0);
    let asked = broken(client()).edge("call", EdgeKind::Request, "client", "fn", &[("attempts", "2"), ("timeout", "none")]);
    assert_eq!(calls(asked), 6.0);
}

/// A queue that lets fewer messages be in flight than a batch takes still hands them on.
#[test]
fn a_batch_that_cannot_be_filled_goes_as_it_is() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "batch(30, at=0 s)")])
        .node("queue", "aws/sqs", &[("in_flight", "3")])
        .node("fn", "aws/lambda", &[])
        .edge("send", EdgeKind::Send, "client", "queue", &[])
        .edge("consume", EdgeKind::Poll, "queue", "fn", &[("batch_size", "10")])
        .0;
    let result = run(&diagram, &[("duration", "1 min")]);
    assert_eq!(fate(&result, "queue", "done"), 30);
}

/// A message that is deleted after it became visible again leaves an entry behind; its slot goes to a message of
/// another queue, which must stay there.
#[test]
fn a_late_deletion_does_not_take_messages_of_another_queue() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "constant(20/s)")])
        .node("other", "aws/sqs", &[("send_latency", "0 s"), ("retention", "60 s")])
        .node("queue", "aws/sqs", &[("send_latency", "0 s"), ("visibility_timeout", "2 s"), ("max_receive_count", "100")])
        .node("fn", "aws/lambda", &[("duration", "3 s"), ("timeout", "10 s"), ("init", "0 s"), ("placement", "0 s")])
        .edge("to-other", EdgeKind::Send, "client", "other", &[])
        .edge("to-queue", EdgeKind::Send, "client", "queue", &[])
        .edge("consume", EdgeKind::Poll, "queue", "fn", &[("batch_size", "1"), ("maximum_concurrency", "5")])
        .0;
    let result = run(&diagram, &[("duration", "1 min"), ("until", "drained"), ("drain_limit", "10 min")]);
    assert_eq!(fate(&result, "other", "expired"), 1_199);
    assert_eq!(fate(&result, "other", "done"), 0);
}

/// A function's charge is refused twice and accepted on the third delivery of its message: nothing is lost. Where the
/// message is given up after the second, it is.
#[test]
fn what_a_redelivery_mends_is_not_lost() {
    let lost = |receives: &str| {
        let diagram = Draw::default()
            .node("client", "generic/client", &[("arrivals", "times(0 s)")])
            .node("queue", "aws/sqs", &[("send_latency", "0 s"), ("visibility_timeout", "30 s"), ("max_receive_count", receives)])
            .node("worker", "aws/lambda", &[("duration", "1 s"), ("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s")])
            .node("api", "generic/station", &[("service", "100 ms"), ("fail_attempts", "0")])
            .node("dead", "aws/sqs", &[("send_latency", "0 s")])
            .edge("send", EdgeKind::Send, "client", "queue", &[])
            .edge("consume", EdgeKind::Poll, "queue", "worker", &[("pickup_latency", "0 s")])
            .edge("charge", EdgeKind::Request, "worker", "api", &[("attempts", "1")])
            .edge("give-up", EdgeKind::DeadLetter, "queue", "dead", &[])
            .0;
        let outage = serde_json::json!([{"kind": "outage", "on": "api", "from": "0 s", "to": "40 s"}]);
        let result = run_plan(&diagram, faulty(&[("duration", "5 min")], outage));
        (fate(&result, "charge", "failed"), fate(&result, "queue", "done"), result.journeys[0].lossy)
    };
    // Deliveries at 0, 30 and 60 s; the API is back at 40 s.
    assert_eq!(lost("3"), (2, 1, 0));
    assert_eq!(lost("2"), (2, 0, 1));
}

//! Pipes: executions, outcomes and bills worked by hand.

use plimsoll_models::EdgeKind;
use plimsoll_sim::{RunResult, result::TraceEvent};
use serde_json::json;

use crate::support::{Draw, close, fate, faulty, metric, run, run_plan, times};

/// Units and US dollars of a meter of the pipe.
fn billed(result: &RunResult, meter: &str) -> (f64, f64) {
    let item = result.cost.items.iter().find(|item| item.node.as_str() == "pipe" && item.meter == meter).unwrap();
    (item.units, item.usd)
}

const PIPE: &str = "aws/eventbridge-pipes";

const AT_ONCE: [(&str, &str); 2] = [("pickup_latency", "0 s"), ("quiet_wait", "0 s")];

/// A client that sends to a queue which a pipe polls; nothing takes time.
fn from_queue(service: &str, load: &str, queue: &[(&str, &str)], read: &[(&str, &str)]) -> Draw {
    Draw::default()
        .event_type("order", &[("size", "30 KiB"), ("key", "uniform(1)")])
        .event_type("click", &[("size", "1 KiB")])
        .node("client", "generic/client", &[("arrivals", load), ("events", "order")])
        .node("source", service, &[&[("send_latency", "0 s")], queue].concat())
        .node("pipe", PIPE, &[("overhead", "0 s")])
        .edge("put", EdgeKind::Send, "client", "source", &[("attempts", "1")])
        .edge("read", EdgeKind::Poll, "source", "pipe", &[&AT_ONCE, read].concat())
}

/// A client that writes to a stream of one shard which a pipe reads at 0.5 s and each second from then on.
fn from_stream(load: &str, read: &[(&str, &str)]) -> Draw {
    Draw::default()
        .node("client", "generic/client", &[("arrivals", load)])
        .node("source", "aws/kinesis", &[("shards", "1"), ("put_latency", "0 s")])
        .node("pipe", PIPE, &[("overhead", "0 s")])
        .edge("put", EdgeKind::Send, "client", "source", &[("attempts", "1")])
        .edge("read", EdgeKind::Poll, "source", "pipe", &[&[("read_latency", "0 s"), ("backoff", "1 s")], read].concat())
}

impl Draw {
    /// A function that does nothing but what is asked for.
    fn stage_function(self, id: &str, fields: &[(&str, &str)]) -> Self {
        let bare = [("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s"), ("timeout", "15 min"), ("duration", "1 s")];
        self.node(id, "aws/lambda", &[&bare, fields].concat())
    }

    fn enrichment(self, fields: &[(&str, &str)], way: &[(&str, &str)]) -> Self {
        self.stage_function("ask", fields).edge("enrich", EdgeKind::Request, "pipe", "ask", &[&[("stage", "enrichment")], way].concat())
    }

    fn target_queue(self, service: &str, fields: &[(&str, &str)]) -> Self {
        self.node("target", service, &[&[("send_latency", "0 s")], fields].concat()).edge("hand", EdgeKind::Send, "pipe", "target", &[])
    }
}

/// Five messages at once make an execution of five: the function for enrichment and the target function each get one
/// request with all of them, the target after the enrichment. Five times 30 KiB are three chunks of 64 KiB.
#[test]
fn a_batch_goes_through_enrichment_to_the_target() {
    let diagram = from_queue("aws/sqs", "batch(5, at=0 s)", &[], &[("batch_window", "1 s")])
        .enrichment(&[], &[])
        .stage_function("fn", &[])
        .edge("hand", EdgeKind::Request, "pipe", "fn", &[])
        .0;
    let result = run(&diagram, &[("duration", "1 min")]);
    for node in ["pipe", "ask", "fn"] {
        assert_eq!((metric(&result, node, "arrivals"), metric(&result, node, "completed")), (1.0, 1.0), "{node}");
    }
    assert_eq!((fate(&result, "enrich", "done"), fate(&result, "hand", "done"), fate(&result, "source", "done")), (5, 5, 5));
    assert_eq!(result.journeys[0].completion.max, 1.0 + 1.0 + 1.0, "a window, and a second for each function");
    let (units, usd) = billed(&result, "requests");
    assert!(units == 3.0 && close(usd, 3.0 * 0.4e-6), "{units} for {usd}");
}

/// Of orders and clicks only the orders pass: the clicks are deleted, cost the pipe nothing and reach nobody.
#[test]
fn what_the_filter_holds_back_is_deleted_and_not_paid() {
    let mut draw = from_queue("aws/sqs", "batch(8, at=0 s)", &[], &[("filter", "1 of 2"), ("batch_size", "1")]);
    draw = draw.target_queue("aws/sqs", &[]);
    let result = run(&draw.0, &[("duration", "1 min")]);
    assert_eq!((fate(&result, "read", "filtered"), fate(&result, "read", "done"), fate(&result, "hand", "done")), (4, 4, 4));
    assert_eq!((billed(&result, "requests").0, fate(&result, "source", "done"), fate(&result, "source", "filtered")), (4.0, 4, 4));
}

/// An enrichment that fails once fails the whole batch: nothing reaches the target until the messages are visible again
/// after thirty seconds and the enrichment has been asked a second time.
#[test]
fn a_failed_enrichment_sends_the_batch_back() {
    let diagram = from_queue("aws/sqs", "batch(3, at=0 s)", &[], &[("batch_window", "1 s")])
        .enrichment(&[("duration", "0 s"), ("fail_attempts", "1")], &[])
        .target_queue("aws/sqs", &[])
        .0;
    let result = run(&diagram, &[("duration", "2 min")]);
    assert_eq!((metric(&result, "ask", "arrivals"), metric(&result, "target", "arrivals")), (2.0, 3.0));
    assert_eq!((metric(&result, "pipe", "failed"), metric(&result, "pipe", "completed")), (1.0, 1.0));
    assert_eq!(result.journeys[0].completion.max, 30.0 + 1.0, "the visibility and another window");
    assert_eq!(billed(&result, "requests").0, 2.0 * 2.0, "90 KiB twice");
}

/// The target takes two sends a second. Of five messages two go, the others come again after their visibility of ten
/// seconds: two at ten and the last at twenty. Each time the enrichment is asked anew, for those that are left.
#[test]
fn what_the_target_refuses_comes_again_through_the_whole_pipe() {
    let diagram = from_queue("aws/sqs", "batch(5, at=0 s)", &[("visibility_timeout", "10 s")], &[("batch_window", "1 s")])
        .enrichment(&[("duration", "0 s")], &[])
        .target_queue("aws/sqs-fifo", &[("partition_calls", "2/s")])
        .0;
    let result = run(&diagram, &[("duration", "2 min")]);
    assert_eq!((metric(&result, "ask", "arrivals"), fate(&result, "enrich", "done")), (3.0, 5 + 3 + 1));
    assert_eq!((fate(&result, "hand", "done"), fate(&result, "hand", "rejected")), (5, 3 + 1));
    assert_eq!(result.journeys[0].completion.max, 10.0 + 10.0 + 1.0, "visibilities and a window");
}

/// The function asks an API that takes three calls at once and 0.3 more each second, so that the fourth of a batch fails.
/// Where the function says so, it comes again alone after ten seconds; else all four come again, find the bucket full
/// with three, and so on: twelve times in two minutes, and none is ever done.
#[test]
fn a_function_fails_its_whole_batch_unless_it_names_the_event() {
    let again = |report| {
        let load = "times(0 s, 0 s, 0 s, 0 s)";
        let read = [("batch_window", "1 s")];
        let diagram = from_queue("aws/sqs", load, &[("visibility_timeout", "10 s")], &read)
            .stage_function("fn", &[("duration", "0 s")])
            .node("api", "generic/http-api", &[("latency", "0 s"), ("rate_limit", "3/s")])
            .edge("call", EdgeKind::Request, "fn", "api", &[("attempts", "1")])
            .edge("hand", EdgeKind::Request, "pipe", "fn", &[("report_item_failures", report)])
            .0;
        let result = run(&diagram, &[("duration", "2 min")]);
        (fate(&result, "source", "done"), fate(&result, "hand", "failed"), metric(&result, "api", "completed"))
    };
    assert_eq!(again("true"), (4, 1, 4.0));
    assert_eq!(again("false"), (0, 12 * 4, 12.0 * 3.0));
}

/// A bad record of a shard is tried three times, at 0.5 s and after waits of a second; then the queue for failures is told
/// and the record behind it goes on.
#[test]
fn a_stream_waits_for_the_target_and_gives_up_to_its_dead_letter_queue() {
    let read = [("batch_size", "1"), ("maximum_retries", "2")];
    let diagram = from_stream("times(0 s)", &read)
        .target_queue("aws/sqs", &[])
        .node("dlq", "aws/sqs", &[("send_latency", "0 s")])
        .edge("give-up", EdgeKind::DeadLetter, "source", "dlq", &[])
        .0;
    let faults = json!([{"kind": "outage", "on": "target", "from": "0 s", "to": "20 s"}]);
    let result = run_plan(&diagram, faulty(&[("duration", "1 min")], faults));
    assert_eq!((metric(&result, "pipe", "failed"), fate(&result, "read", "dead-lettered"), fate(&result, "give-up", "done")), (3.0, 1, 1));
    let tried = times(&result, TraceEvent::Start, "pipe");
    assert!(tried.len() == 3 && close(tried[1] - tried[0], 1.0) && close(tried[2] - tried[1], 1.0), "{tried:?}");
}

/// Records of a shard reach the target in the order in which they were written, also those behind one that fails.
#[test]
fn a_pipe_keeps_the_order_of_a_shard() {
    let diagram = from_stream("constant(10/s)", &[("batch_size", "1")])
        .node("target", "aws/sqs-fifo", &[("send_latency", "0 s")])
        .edge("hand", EdgeKind::Send, "pipe", "target", &[])
        .0;
    let faults = json!([{"kind": "outage", "on": "hand", "from": "3 s", "to": "6 s"}]);
    let result = run_plan(&diagram, faulty(&[("duration", "20 s"), ("until", "drained"), ("drain_limit", "1 min")], faults));
    let records = metric(&result, "source", "arrivals");
    assert_eq!((fate(&result, "hand", "done") as f64, fate(&result, "read", "done") as f64), (records, records));
    let mut arrived: Vec<(f64, u64)> = result
        .traces
        .iter()
        .map(|trace| {
            let step = trace.steps.iter().find(|step| step.what == TraceEvent::Enqueued && step.node.as_str() == "target").unwrap();
            (step.at_s, trace.ordinal)
        })
        .collect();
    arrived.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    assert!(arrived.len() > 5 && arrived.is_sorted_by_key(|(_, ordinal)| *ordinal), "{arrived:?}");
}

/// The account runs two executions at a time. Of four batches of a second two are throttled, try again after a second and
/// go then: nothing is received twice.
#[test]
fn executions_above_the_quota_of_the_account_try_again() {
    let mut draw = from_queue("aws/sqs", "batch(4, at=0 s)", &[], &[("batch_size", "1")]).stage_function("fn", &[("duration", "900 ms")]);
    draw = draw.edge("hand", EdgeKind::Request, "pipe", "fn", &[]);
    draw.0.account.quotas.insert("aws/eventbridge-pipes.concurrent_executions".to_owned(), 2.into());
    let result = run(&draw.0, &[("duration", "1 min")]);
    assert_eq!((metric(&result, "pipe", "refused"), metric(&result, "pipe", "completed")), (2.0, 4.0));
    assert!(close(result.journeys[0].completion.max, 1.9), "{}", result.journeys[0].completion.max);
    assert_eq!(metric(&result, "source", "received"), 4.0);
}

/// A target that takes six minutes: the pipe waits for five, while the function goes on to its end and the message comes
/// again.
#[test]
fn an_execution_ends_after_five_minutes() {
    let queue = [("visibility_timeout", "10 min"), ("max_receive_count", "1")];
    let diagram = from_queue("aws/sqs", "times(0 s)", &queue, &[])
        .stage_function("fn", &[("duration", "6 min")])
        .edge("hand", EdgeKind::Request, "pipe", "fn", &[])
        .node("dlq", "aws/sqs", &[("send_latency", "0 s")])
        .edge("give-up", EdgeKind::DeadLetter, "source", "dlq", &[])
        .0;
    let result = run(&diagram, &[("duration", "15 min")]);
    assert_eq!(times(&result, TraceEvent::Failed, "pipe"), [300.0]);
    assert_eq!((metric(&result, "pipe", "failed"), metric(&result, "fn", "completed")), (1.0, 1.0));
    assert_eq!(fate(&result, "give-up", "done"), 1, "a single receive is allowed");
}

/// A function that is only sent to answers for itself: the message is deleted at once, and the function's own queue tries
/// again, which the source does not see.
#[test]
fn a_pipe_that_only_sends_forgets_what_becomes_of_it() {
    let diagram = from_queue("aws/sqs", "times(0 s)", &[], &[])
        .stage_function("fn", &[("duration", "0 s"), ("fail_attempts", "3")])
        .edge("hand", EdgeKind::Send, "pipe", "fn", &[])
        .0;
    let result = run(&diagram, &[("duration", "15 min")]);
    assert_eq!((metric(&result, "pipe", "completed"), metric(&result, "fn", "failed")), (1.0, 3.0));
    assert_eq!((metric(&result, "source", "received"), fate(&result, "source", "done")), (1.0, 1));
}

/// A poison message stays one in each of its deliveries and ends in the dead-letter queue of the source after the third.
#[test]
fn poison_stays_poison_through_a_pipe() {
    let queue = [("visibility_timeout", "1 s"), ("max_receive_count", "3")];
    let diagram = from_queue("aws/sqs", "constant(5/s)", &queue, &[("batch_size", "1")])
        .stage_function("fn", &[("duration", "0 s"), ("poison_events", "30 %")])
        .edge("hand", EdgeKind::Request, "pipe", "fn", &[])
        .node("dlq", "aws/sqs", &[("send_latency", "0 s")])
        .edge("give-up", EdgeKind::DeadLetter, "source", "dlq", &[])
        .0;
    let result = run(&diagram, &[("duration", "1 min"), ("until", "drained"), ("drain_limit", "5 min")]);
    let dead = fate(&result, "source", "dead-lettered");
    assert!(dead > 50, "{dead}");
    assert_eq!(fate(&result, "hand", "failed"), 3 * dead);
}

/// An enrichment that hands on nothing ends every event: the target hears of none, and none comes again.
#[test]
fn an_enrichment_may_keep_everything_to_itself() {
    let diagram = from_queue("aws/sqs", "batch(5, at=0 s)", &[], &[]).enrichment(&[], &[("keeps", "0 %")]).target_queue("aws/sqs", &[]).0;
    let result = run(&diagram, &[("duration", "5 min")]);
    assert_eq!((fate(&result, "hand", "filtered"), metric(&result, "target", "arrivals"), fate(&result, "source", "done")), (5, 0.0, 5));
}

/// An API is called with one event at a time, and each call costs beside the request.
#[test]
fn calls_of_an_api_destination_are_paid_one_by_one() {
    let diagram = from_queue("aws/sqs", "batch(3, at=0 s)", &[], &[("batch_size", "1")])
        .node("api", "generic/http-api", &[("latency", "10 ms")])
        .edge("hand", EdgeKind::Request, "pipe", "api", &[])
        .0;
    let result = run(&diagram, &[("duration", "1 min")]);
    let (units, usd) = billed(&result, "api_destination_invocations");
    assert!(units == 3.0 && close(usd, 3.0 * 0.2e-6), "{units} for {usd}");
}

/// An API destination takes two calls a second: the events of five executions reach it at 0, 0.5, 1, 1.5 and 2 s, and the
/// last execution lasts as long.
#[test]
fn an_api_destination_is_called_at_its_rate() {
    let diagram = from_queue("aws/sqs", "batch(5, at=0 s)", &[], &[("batch_size", "1")])
        .node("api", "generic/http-api", &[("latency", "0 s")])
        .edge("hand", EdgeKind::Request, "pipe", "api", &[("throttle", "2/s")])
        .0;
    let result = run(&diagram, &[("duration", "1 min")]);
    assert_eq!(result.journeys[0].completion.max, 2.0);
    assert_eq!((fate(&result, "hand", "done"), metric(&result, "pipe", "completed")), (5, 5.0));
    let limit = result.limits.iter().find(|limit| limit.key.ends_with("destination_rate") || limit.key.ends_with("throttle")).unwrap();
    assert_eq!((limit.value, limit.delayed, limit.refused), (2.0, 4, 0));
}

/// Calls that stand in line when their execution is cut off are never made.
#[test]
fn a_call_in_line_is_given_up_with_its_execution() {
    let diagram = from_queue("aws/sqs", "batch(5, at=0 s)", &[("visibility_timeout", "30 s")], &[("batch_size", "1")])
        .node("pipe", PIPE, &[("overhead", "0 s"), ("duration", "1.2 s")])
        .node("api", "generic/http-api", &[("latency", "0 s")])
        .edge("hand", EdgeKind::Request, "pipe", "api", &[("throttle", "1/s")])
        .0;
    let result = run(&diagram, &[("duration", "20 s")]);
    assert_eq!(metric(&result, "api", "arrivals"), 2.0, "at 0 and 1 s, and the executions end at 1.2 s");
    assert_eq!(fate(&result, "hand", "failed"), 3);
}

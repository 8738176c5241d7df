//! Queues, topics and their readers: timelines and bills worked by hand.

use plimsoll_models::EdgeKind;
use plimsoll_sim::{RunResult, result::TraceEvent};

use crate::support::{Draw, billed, close, fate, faulty, metric, run, run_plan, times};

/// A function that takes no time by itself.
const BARE: [(&str, &str); 4] = [("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s"), ("timeout", "1 min")];

/// A client, a queue and a function that polls it; nothing but what is asked for takes time.
fn polled(service: &str, load: &str, queue: &[(&str, &str)], mapping: &[(&str, &str)], function: &[(&str, &str)]) -> Draw {
    Draw::default()
        .event_type("order", &[("key", "uniform(1)")])
        .node("client", "generic/client", &[("arrivals", load), ("events", "order")])
        .node("queue", service, &[&[("send_latency", "0 s"), ("visibility_timeout", "1 h")], queue].concat())
        .node("fn", "aws/lambda", &[&BARE, function].concat())
        .edge("send", EdgeKind::Send, "client", "queue", &[("attempts", "1")])
        .edge("consume", EdgeKind::Poll, "queue", "fn", &[&[("pickup_latency", "0 s"), ("batch_size", "1")], mapping].concat())
}

fn edge_metric(result: &RunResult, edge: &str, key: &str) -> f64 {
    result.edge(edge).unwrap().metrics[key]
}

/// Batches that may run, at a time in seconds.
fn allowed(result: &RunResult, at: f64) -> f64 {
    result.edge("consume").unwrap().series[0].values[(at / result.grid.interval_s) as usize]
}

/// Five pollers ask every 20 seconds. After a minute without a backlog three of them go, each after three empty calls;
/// the two others make 180 empty calls each in the hour.
#[test]
fn a_quiet_queue_costs_what_its_empty_polls_cost() {
    let diagram = polled("aws/sqs", "times(2 h)", &[], &[], &[]).0;
    let result = run(&diagram, &[("duration", "1 h")]);
    assert_eq!(metric(&result, "queue", "empty_receives"), 3.0 * 3.0 + 2.0 * 180.0);
    let (units, usd) = billed(&result, "queue", "requests");
    assert!(units == 369.0 && close(usd, 369.0 * 0.4e-6), "{units} for {usd}");
    assert_eq!((allowed(&result, 30.0), allowed(&result, 600.0)), (5.0, 2.0));
}

/// With a maximum concurrency the pollers do not settle: five for the whole hour.
#[test]
fn a_capped_mapping_does_not_settle() {
    let diagram = polled("aws/sqs", "times(2 h)", &[], &[("maximum_concurrency", "10")], &[]).0;
    let result = run(&diagram, &[("duration", "1 h")]);
    assert_eq!(metric(&result, "queue", "empty_receives"), 5.0 * 180.0);
}

/// A settled mapping is back at five with the first backlog, and grows by five a second from there.
#[test]
fn a_backlog_wakes_a_settled_mapping() {
    let diagram = polled("aws/sqs", "times(5 min, 5 min, 5 min, 5 min)", &[], &[], &[("duration", "1 s")]).0;
    let result = run(&diagram, &[("duration", "10 min")]);
    assert_eq!((allowed(&result, 299.0), allowed(&result, 300.5)), (2.0, 5.0));
    assert_eq!(metric(&result, "fn", "busy.max"), 4.0);
    assert_eq!(result.journeys[0].completion.max, 1.0);
}

/// Five a second are added until the first minute with failures ends, one second after the first failure at 1 s: the
/// 305 batches of then are halved, and halved again with each further minute. Reported failures leave the ramp alone.
#[test]
fn failing_batches_shrink_a_mapping_unless_they_are_reported() {
    let run_with = |report: &str| {
        let function = [("duration", "1 s"), ("transient_failures", "100 %")];
        let diagram = polled("aws/sqs", "batch(100000, at=0 s)", &[], &[("report_item_failures", report)], &function).0;
        run(&diagram, &[("duration", "3 min")])
    };
    let (backs_off, reports) = (run_with("false"), run_with("true"));
    assert_eq!([60.2, 70.0, 130.0].map(|at| allowed(&backs_off, at)), [305.0, 152.0, 76.0]);
    assert_eq!([60.2, 130.0].map(|at| allowed(&reports, at)), [305.0, 655.0]);
}

/// A batch with a window of five seconds. A single message waits for the poll that gathers more, which comes back empty
/// after 20 s; a second message at 12 s brings it back then. Where messages come all the time a batch goes with the first
/// one after its window, and a full one at once.
#[test]
fn a_window_lasts_longer_at_little_traffic() {
    let completion = |load: &str| {
        let mapping = [("batch_size", "10"), ("batch_window", "5 s")];
        let result = run(&polled("aws/sqs", load, &[], &mapping, &[("duration", "0 s")]).0, &[("duration", "5 min")]);
        assert_eq!(edge_metric(&result, "consume", "batches"), 1.0, "{load}");
        result.journeys[0].completion.max
    };
    assert_eq!(completion("times(1 s)"), 20.0);
    assert_eq!(completion("times(0 s, 12 s)"), 12.0);
    assert_eq!(completion("times(0 s, 2 s, 4 s, 6 s)"), 6.0);
    assert_eq!(completion("batch(10, at=1 s)"), 0.0);
    // With 8 s to run and 20 s to be hidden, a message may wait for twelve.
    let queue = [("visibility_timeout", "20 s")];
    let hasty = polled("aws/sqs", "times(0 s)", &queue, &[("batch_window", "1 s"), ("batch_size", "10")], &[("timeout", "8 s")]).0;
    assert_eq!(times(&run(&hasty, &[("duration", "1 min")]), TraceEvent::Start, "fn"), [12.0]);
}

/// A window of 8 s and a timeout of 5 s are more than the 10 s for which the queue hides messages: a failed one comes back
/// after 8 + 5 + 30 s. Without the window it comes back after the queue's 10 s.
#[test]
fn a_window_keeps_messages_hidden_for_longer() {
    let received = |mapping: &[(&str, &str)]| {
        let function = [("duration", "1 s"), ("fail_attempts", "1"), ("timeout", "5 s")];
        let diagram = polled("aws/sqs", "times(0 s)", &[("visibility_timeout", "10 s")], mapping, &function).0;
        times(&run(&diagram, &[("duration", "1 min")]), TraceEvent::Received, "queue")
    };
    assert_eq!(received(&[("batch_window", "8 s")]), [0.0, 43.0]);
    assert_eq!(received(&[]), [0.0, 10.0]);
}

/// A function without concurrency throttles every batch. It is tried again after 1, 2 and 4 seconds; then the message
/// is visible to the next poller, and after its second receive it goes to the dead-letter queue without having run.
#[test]
fn throttled_messages_reach_the_dead_letter_queue_unprocessed() {
    let queue = [("visibility_timeout", "10 s"), ("max_receive_count", "2")];
    let diagram = polled("aws/sqs", "times(0 s)", &queue, &[], &[("reserved_concurrency", "0"), ("timeout", "5 s")])
        .node("dlq", "aws/sqs", &[("send_latency", "0 s")])
        .edge("give-up", EdgeKind::DeadLetter, "queue", "dlq", &[])
        .0;
    let result = run(&diagram, &[("duration", "1 min")]);
    assert_eq!(times(&result, TraceEvent::Received, "queue"), [0.0, 10.0]);
    assert_eq!(edge_metric(&result, "consume", "throttled"), 8.0, "at 0, 1, 3 and 7 s, and at 10, 11, 13 and 17 s");
    assert_eq!(times(&result, TraceEvent::DeadLettered, "queue"), [20.0]);
}

/// Of 100 messages a quarter matches; the rest is deleted unseen and lost to nobody.
#[test]
fn a_filtered_message_is_deleted_without_an_invocation() {
    let diagram = polled("aws/sqs", "batch(100, at=0 s)", &[], &[("filter", "1 of 4")], &[("duration", "10 ms")]).0;
    let result = run(&diagram, &[("duration", "1 min")]);
    assert_eq!((fate(&result, "queue", "done"), fate(&result, "queue", "filtered")), (25, 75));
    assert_eq!((fate(&result, "consume", "done"), fate(&result, "consume", "filtered")), (25, 75));
    assert_eq!((metric(&result, "fn", "arrivals"), result.journeys[0].lossy), (25.0, 0));
}

/// Two pollers stand for an hour; each asks every 20 seconds.
#[test]
fn provisioned_pollers_are_paid_by_the_hour() {
    let diagram = polled("aws/sqs", "times(2 h)", &[], &[("scaling", "provisioned")], &[]).0;
    let result = run(&diagram, &[("duration", "1 h")]);
    let (hours, usd) = billed(&result, "fn", "poller_hours");
    assert!(close(hours, 2.0) && close(usd, 2.0 * 0.00925), "{hours} for {usd}");
    assert_eq!(metric(&result, "queue", "empty_receives"), 360.0);
}

/// Two pollers make ten receives of ten messages a second each, so that batches take a turn every 50 ms. The first takes
/// the one message that is there, the others ten each: the 201st goes at 10 s. The concurrency of 20 is no limit.
#[test]
fn a_provisioned_poller_has_a_throughput() {
    let mapping = [("scaling", "provisioned"), ("maximum_pollers", "2"), ("batch_size", "10")];
    let diagram = polled("aws/sqs", "batch(2000, at=0 s)", &[], &mapping, &[("duration", "1 ms")]).0;
    let result = run(&diagram, &[("duration", "1 min")]);
    assert_eq!(edge_metric(&result, "consume", "batches"), 201.0);
    assert!(close(result.journeys[0].completion.max, 10.001), "{}", result.journeys[0].completion.max);
}

/// From 20 batches (two pollers) by 1,000 a minute: 520 after half a minute.
#[test]
fn provisioned_pollers_ramp_by_a_thousand_batches_a_minute() {
    let diagram = polled("aws/sqs", "batch(100000, at=0 s)", &[], &[("scaling", "provisioned")], &[("duration", "30 s")]).0;
    let result = run(&diagram, &[("duration", "1 min")]);
    assert_eq!((allowed(&result, 0.5), allowed(&result, 30.0)), (20.0, 520.0));
}

/// Two instances with three loops each: twelve messages in two rounds, whatever the backlog, and the visibility of the
/// workers instead of the queue's.
#[test]
fn workers_take_as_many_messages_as_they_have_loops() {
    let worker = |visibility: &str| {
        Draw::default()
            .node("client", "generic/client", &[("arrivals", "batch(12, at=0 s)")])
            .node("queue", "aws/sqs", &[("send_latency", "0 s")])
            .node(
                "server",
                "generic/server",
                &[("duration", "1 s"), ("overhead", "0 s"), ("instances", "2"), ("concurrency_per_instance", "3")],
            )
            .edge("send", EdgeKind::Send, "client", "queue", &[])
            .edge(
                "consume",
                EdgeKind::Poll,
                "queue",
                "server",
                &[("batch_size", "1"), ("consumers", "3"), ("pickup_latency", "0 s"), ("visibility_timeout", visibility)],
            )
            .0
    };
    let patient = run(&worker("30 s"), &[("duration", "1 min")]);
    assert_eq!((patient.journeys[0].completion.max, edge_metric(&patient, "consume", "concurrency.max")), (2.0, 6.0));
    assert_eq!(metric(&patient, "queue", "received"), 12.0);
    // Hidden for half a second only, every message comes back once before it is done.
    let hasty = run(&worker("500 ms"), &[("duration", "1 min")]);
    assert!(metric(&hasty, "queue", "received") > 12.0);
}

/// Every message fails once: received at 0, failed at 1, visible and given up at 10 s. The redrive moves them from 60 s,
/// two a second; they fail again, and come after its end.
#[test]
fn a_redrive_moves_dead_letters_back_at_its_rate() {
    let queue = [("visibility_timeout", "10 s"), ("max_receive_count", "1")];
    let function = [("duration", "1 s"), ("fail_attempts", "1"), ("timeout", "5 s")];
    let diagram = polled("aws/sqs", "batch(4, at=0 s)", &queue, &[], &function)
        .node("dlq", "aws/sqs", &[("send_latency", "0 s")])
        .edge("give-up", EdgeKind::DeadLetter, "queue", "dlq", &[])
        .edge("again", EdgeKind::Send, "dlq", "queue", &[("start", "60 s"), ("redrive_rate", "2/s")])
        .0;
    let result = run(&diagram, &[("duration", "5 min")]);
    assert_eq!(times(&result, TraceEvent::Enqueued, "queue"), [0.0, 60.0]);
    assert_eq!(times(&result, TraceEvent::DeadLettered, "queue"), [10.0, 70.0]);
    assert_eq!((fate(&result, "again", "done"), fate(&result, "dlq", "done"), fate(&result, "queue", "dead-lettered")), (4, 4, 8));
    let slowest = result.traces.iter().flat_map(|trace| &trace.steps).filter(|step| step.what == TraceEvent::Enqueued);
    assert!(slowest.into_iter().any(|step| step.node.as_str() == "queue" && step.at_s == 61.5), "the last one moves at 61.5 s");
}

/// A message is sent at 0 s and moved at 10 s to a dead-letter queue that keeps messages for a minute: a standard one until
/// 60 s, since it counts from the first send, an ordered one until 70 s. The age is told from the move on in both.
#[test]
fn a_dead_letter_keeps_the_age_of_its_message_unless_it_is_ordered() {
    let expired = |service: &str, duration: &str| {
        let queue = [("visibility_timeout", "10 s"), ("max_receive_count", "1")];
        let diagram = polled(service, "times(0 s)", &queue, &[], &[("duration", "1 s"), ("fail_attempts", "9"), ("timeout", "5 s")])
            .node("dlq", service, &[("send_latency", "0 s"), ("retention", "60 s")])
            .edge("give-up", EdgeKind::DeadLetter, "queue", "dlq", &[])
            .0;
        let result = run(&diagram, &[("duration", duration)]);
        (fate(&result, "dlq", "expired"), metric(&result, "dlq", "age.max"))
    };
    assert_eq!((expired("aws/sqs", "59 s"), expired("aws/sqs", "65 s")), ((0, 49.0), (1, 50.0)));
    assert_eq!((expired("aws/sqs-fifo", "65 s"), expired("aws/sqs-fifo", "75 s")), ((0, 55.0), (1, 60.0)));
}

/// Fifty thousand messages that were sent first come last into a dead-letter queue, behind fifty thousand of another queue:
/// none of them has to look for its place among those that expire after it.
#[test]
fn many_dead_letters_of_several_queues_take_little_time() {
    let worker = [("duration", "1 ms"), ("init", "0 s"), ("placement", "0 s"), ("fail_attempts", "9")];
    let mut draw = Draw::default().node("dlq", "aws/sqs", &[("send_latency", "0 s"), ("retention", "30 min")]);
    for (name, load, visibility) in
        [("slow", "batch(50000, at=0 s)", "2 min"), ("quick", "phases(500/s for 100 s, 0/s for 1 h, even=true)", "1 s")]
    {
        let (client, queue, work) = (format!("client-{name}"), format!("queue-{name}"), format!("fn-{name}"));
        draw = draw
            .node(&client, "generic/client", &[("arrivals", load)])
            .node(&queue, "aws/sqs", &[("send_latency", "0 s"), ("visibility_timeout", visibility), ("max_receive_count", "1")])
            .node(&work, "aws/lambda", &worker)
            .edge(&format!("send-{name}"), EdgeKind::Send, &client, &queue, &[("latency", "0 s")])
            .edge(&format!("poll-{name}"), EdgeKind::Poll, &queue, &work, &[("batch_size", "1"), ("initial_concurrency", "1000")])
            .edge(&format!("give-up-{name}"), EdgeKind::DeadLetter, &queue, "dlq", &[]);
    }
    let result = run(&draw.0, &[("duration", "40 min")]);
    assert_eq!((metric(&result, "dlq", "sent"), fate(&result, "dlq", "expired")), (100_000.0, 100_000));
}

/// Every deletion misses a copy: the message comes back until its receives are used up.
#[test]
fn a_missed_deletion_delivers_again() {
    let queue = [("visibility_timeout", "10 s"), ("max_receive_count", "3"), ("duplicates", "100 %")];
    let diagram = polled("aws/sqs", "times(0 s)", &queue, &[], &[("duration", "1 s"), ("timeout", "5 s")])
        .node("dlq", "aws/sqs", &[("send_latency", "0 s")])
        .edge("give-up", EdgeKind::DeadLetter, "queue", "dlq", &[])
        .0;
    let result = run(&diagram, &[("duration", "1 min")]);
    assert_eq!(times(&result, TraceEvent::Received, "queue"), [0.0, 10.0, 20.0]);
    assert_eq!(times(&result, TraceEvent::DeadLettered, "queue"), [30.0]);
    assert_eq!(metric(&result, "queue", "duplicates"), 3.0);
}

/// A loud tenant sends 200 messages, of which 50 are worked off every ten seconds; a quiet one sends one a second later.
/// In turn it would start at 40 s; as the quiet group it starts with the first that becomes free, at 10 s.
#[test]
fn a_fair_queue_lets_the_quiet_tenant_go_first() {
    let completion = |grouping: &str| {
        let mapping = [("maximum_concurrency", "50"), ("initial_concurrency", "50")];
        let diagram = polled("aws/sqs", "batch(200, at=0 s)", &[("grouping", grouping)], &mapping, &[("duration", "10 s")])
            .event_type("other", &[("key", "unique")])
            .node("quiet", "generic/client", &[("arrivals", "times(1 s)"), ("events", "other")])
            .edge("also", EdgeKind::Send, "quiet", "queue", &[])
            .0;
        let result = run(&diagram, &[("duration", "2 min")]);
        result.journeys.iter().find(|journey| journey.producer.as_str() == "quiet").unwrap().completion.max
    };
    assert_eq!((completion("none"), completion("fair")), (49.0, 19.0));
}

/// Each message fails once and holds back the other one of its group: received at 0, failed at 1, visible at 10, done at
/// 11; then the second one, done 11 seconds later.
#[test]
fn a_failed_message_holds_back_its_group() {
    let queue = [("visibility_timeout", "10 s")];
    let function = [("duration", "1 s"), ("fail_attempts", "1"), ("timeout", "5 s")];
    let diagram = polled("aws/sqs-fifo", "batch(2, at=0 s)", &queue, &[], &function).0;
    let result = run(&diagram, &[("duration", "1 min")]);
    assert_eq!(times(&result, TraceEvent::Received, "queue"), [0.0, 10.0]);
    assert_eq!((result.journeys[0].completion.max, edge_metric(&result, "consume", "concurrency.max")), (22.0, 1.0));
    assert_eq!(metric(&result, "queue", "out_of_order"), 0.0);
}

/// A batch of ten of one group of which some fail and are reported: those behind the first failed one come back too, so
/// that nothing is finished out of order.
#[test]
fn reported_failures_keep_the_order_of_a_group() {
    let queue = [("visibility_timeout", "10 s")];
    let mapping = [("batch_size", "10"), ("report_item_failures", "true")];
    let function = [("duration", "1 s"), ("transient_failures", "30 %"), ("timeout", "5 s")];
    let diagram = polled("aws/sqs-fifo", "batch(50, at=0 s)", &queue, &mapping, &function).0;
    let result = run(&diagram, &[("duration", "1 h")]);
    assert_eq!((fate(&result, "queue", "done"), metric(&result, "queue", "out_of_order")), (50, 0.0));
    assert!(metric(&result, "queue", "received") > 50.0);
}

/// One partition takes 300 send calls a second, of up to ten messages each; spread over partitions, only one group alone
/// still meets that limit.
#[test]
fn an_ordered_queue_throttles_by_partition() {
    let sent = |fields: &[(&str, &str)], key: &str| {
        let diagram = polled("aws/sqs-fifo", "batch(400, at=0 s)", fields, &[], &[]).event_type("order", &[("key", key)]).0;
        let result = run(&diagram, &[("duration", "10 s")]);
        (metric(&result, "queue", "sent"), fate(&result, "send", "rejected"))
    };
    assert_eq!(sent(&[], "unique"), (300.0, 100));
    assert_eq!(sent(&[("send_batch", "10")], "unique"), (400.0, 0));
    assert_eq!(sent(&[("throughput", "high")], "unique"), (400.0, 0));
    assert_eq!(sent(&[("throughput", "high")], "uniform(1)"), (300.0, 100));
}

/// The sender gives up after a second on calls that take two, and tries three times. An ordered queue knows the message
/// again, a standard one keeps three.
#[test]
fn a_repeated_send_is_recognized() {
    let held = |service: &str| {
        let diagram = Draw::default()
            .node("client", "generic/client", &[("arrivals", "times(0 s)")])
            .node("queue", service, &[("send_latency", "2 s")])
            .edge("send", EdgeKind::Send, "client", "queue", &[("attempts", "3"), ("timeout", "1 s"), ("backoff", "0 s")])
            .0;
        let result = run(&diagram, &[("duration", "1 min")]);
        (metric(&result, "queue", "sent"), fate(&result, "queue", "filtered"))
    };
    assert_eq!((held("aws/sqs-fifo"), held("aws/sqs")), ((1.0, 2), (3.0, 0)));
}

/// Batches of ten, each a billed send of 40 KiB: one request for ten messages. Each is received and deleted alone.
#[test]
fn senders_that_batch_pay_for_calls() {
    let queue = [("send_batch", "10")];
    let diagram = polled("aws/sqs-fifo", "batch(20, at=0 s)", &queue, &[], &[("duration", "10 ms")])
        .event_type("order", &[("key", "unique"), ("size", "4 KiB")])
        .0;
    let result = run(&diagram, &[("duration", "1 s")]);
    let (units, usd) = billed(&result, "queue", "requests");
    assert!(units == 2.0 + 20.0 + 20.0 && close(usd, 42.0 * 0.5e-6), "{units} for {usd}");
}

/// One retry at once, one after 5 s, two growing from 5 to 30 s, two at 30 s. Then the subscription's own dead-letter
/// queue takes the message, not the other one of the topic.
#[test]
fn a_delivery_policy_has_four_phases() {
    let policy = [
        ("latency", "0 s"),
        ("retries", "6"),
        ("immediate_retries", "1"),
        ("min_delay_retries", "1"),
        ("max_delay_retries", "2"),
        ("min_delay", "5 s"),
        ("max_delay", "30 s"),
        ("dead_letter", "own"),
    ];
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "times(0 s)")])
        .node("topic", "aws/sns", &[("publish_latency", "0 s")])
        .node("api", "generic/http-api", &[("latency", "0 s"), ("error_rate", "100 %")])
        .node("others", "aws/sqs", &[("send_latency", "0 s")])
        .node("own", "aws/sqs", &[("send_latency", "0 s")])
        .edge("publish", EdgeKind::Send, "client", "topic", &[])
        .edge("push", EdgeKind::Deliver, "topic", "api", &policy)
        .edge("dead-1", EdgeKind::DeadLetter, "topic", "others", &[])
        .edge("dead-2", EdgeKind::DeadLetter, "topic", "own", &[])
        .0;
    let result = run(&diagram, &[("duration", "5 min")]);
    let attempts: Vec<f64> = result.traces[0]
        .steps
        .iter()
        .filter(|step| step.what == TraceEvent::Attempt && step.edge.as_ref().is_some_and(|edge| edge.as_str() == "push"))
        .map(|step| step.at_s)
        .collect();
    assert_eq!(attempts, [0.0, 0.0, 5.0, 10.0, 40.0, 70.0, 100.0]);
    assert_eq!((fate(&result, "dead-2", "done"), fate(&result, "dead-1", "done")), (1, 0));
    assert_eq!(billed(&result, "topic", "http_deliveries").0, 0.0);
}

/// A queue is out for two minutes. Its topic tries four times at once, at 1 and 2 s, ten times with waits that grow from one
/// second to twenty, at 3.0, 4.4, 6.3, 9.0, 12.8, 18.1, 25.5, 35.8, 50.1 and 70.1 s, and then every twenty seconds: the
/// attempt at 130.1 s succeeds.
#[test]
fn a_topic_outlasts_an_outage_of_its_queue() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "times(0 s)")])
        .node("topic", "aws/sns", &[("publish_latency", "0 s")])
        .node("queue", "aws/sqs", &[("send_latency", "0 s")])
        .edge("publish", EdgeKind::Send, "client", "topic", &[("attempts", "1")])
        .edge("push", EdgeKind::Deliver, "topic", "queue", &[("latency", "0 s")])
        .0;
    let outage = serde_json::json!([{"kind": "outage", "on": "queue", "from": "0 s", "to": "2 min"}]);
    let result = run_plan(&diagram, faulty(&[("duration", "5 min")], outage));
    assert_eq!((fate(&result, "push", "done"), edge_metric(&result, "push", "attempts")), (1, 19.0));
    assert!(times(&result, TraceEvent::Enqueued, "queue").iter().all(|at| close(*at, 130.1)));
}

/// Thirty messages at ten a second: the last one goes at 2.9 s, and none is refused.
#[test]
fn a_throttled_subscription_lets_wait() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "batch(30, at=0 s)")])
        .node("topic", "aws/sns", &[("publish_latency", "0 s")])
        .node("api", "generic/http-api", &[("latency", "0 s")])
        .edge("publish", EdgeKind::Send, "client", "topic", &[])
        .edge("push", EdgeKind::Deliver, "topic", "api", &[("latency", "0 s"), ("throttle", "10/s")])
        .0;
    let result = run(&diagram, &[("duration", "1 min")]);
    assert_eq!((result.journeys[0].completion.max, fate(&result, "push", "done")), (2.9, 30));
    let limit = result.limits.iter().find(|limit| limit.key.ends_with(".throttle")).unwrap();
    assert_eq!((limit.delayed, limit.refused), (29, 0));
}

/// A hundred messages of 100 KiB are two chunks each. Deliveries to the queue are free, those to the endpoint are not,
/// and the filter that reads payloads has read them all, though it lets a quarter pass.
#[test]
fn a_topic_bills_publishes_web_deliveries_and_filtered_payload() {
    let filter = [("filter_scope", "payload"), ("filter", "1 of 4")];
    let diagram = Draw::default()
        .event_type("picture", &[("size", "100 KiB")])
        .node("client", "generic/client", &[("arrivals", "batch(100, at=0 s)"), ("events", "picture")])
        .node("topic", "aws/sns", &[])
        .node("queue", "aws/sqs", &[])
        .node("api", "generic/http-api", &[("latency", "0 s")])
        .edge("publish", EdgeKind::Send, "client", "topic", &[])
        .edge("to-queue", EdgeKind::Deliver, "topic", "queue", &filter)
        .edge("push", EdgeKind::Deliver, "topic", "api", &[])
        .0;
    let result = run(&diagram, &[("duration", "1 min")]);
    let gigabytes = 100.0 * 102_400.0 / 1e9;
    assert_eq!(fate(&result, "to-queue", "done"), 25);
    for (meter, units, usd) in [
        ("publishes", 200.0, 200.0 * 0.5e-6),
        ("http_deliveries", 200.0, 200.0 * 0.6e-6),
        ("filtered_payload", gigabytes, gigabytes * 0.09),
    ] {
        let (found, cost) = billed(&result, "topic", meter);
        assert!(close(found, units) && close(cost, usd), "{meter}: {found} for {cost}");
    }
}

/// An ordered topic takes 300 messages of a group in a second and hands them on in order: the first alone, then ten at
/// a time. With 20 ms on the way and 5 ms for the queue's answer, the last of these 31 rounds ends after 775 ms.
#[test]
fn an_ordered_topic_limits_a_group_and_keeps_its_order() {
    let diagram = Draw::default()
        .event_type("order", &[("key", "uniform(1)"), ("size", "1000 B")])
        .node("client", "generic/client", &[("arrivals", "batch(400, at=0 s)"), ("events", "order")])
        .node("topic", "aws/sns-fifo", &[("publish_latency", "0 s")])
        .node("queue", "aws/sqs-fifo", &[("send_latency", "5 ms"), ("throughput", "high"), ("send_batch", "10")])
        .edge("publish", EdgeKind::Send, "client", "topic", &[("attempts", "1")])
        .edge("to-queue", EdgeKind::Deliver, "topic", "queue", &[("latency", "20 ms")])
        .0;
    let result = run(&diagram, &[("duration", "1 min")]);
    assert_eq!((fate(&result, "publish", "done"), fate(&result, "publish", "rejected")), (300, 100));
    assert_eq!(fate(&result, "queue", "done") + result.ledger.rows.iter().find(|row| row.edge.is_none()).unwrap().held, 300);
    assert!(close(result.edge("to-queue").unwrap().latency.max, 31.0 * 0.025), "{:?}", result.edge("to-queue").unwrap().latency);
    for (meter, units, each) in [
        ("publishes", 300.0, 0.3e-6),
        ("published_payload", 3e-4, 0.017),
        ("deliveries", 300.0, 0.01e-6),
        ("delivered_payload", 3e-4, 0.001),
    ] {
        let (found, cost) = billed(&result, "topic", meter);
        assert!(close(found, units) && close(cost, units * each), "{meter}: {found} for {cost}");
    }
}

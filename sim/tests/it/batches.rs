//! Several records in one request to a stream: timelines and bills worked by hand.

use plimsoll_models::EdgeKind;
use plimsoll_sim::RunResult;

use crate::support::{Draw, fate, faulty, metric, run, run_plan};

/// A client that writes to a stream of one shard; nothing takes time but waits for a second between attempts.
fn written(load: &str, stream: &[(&str, &str)], put: &[(&str, &str)]) -> Draw {
    Draw::default()
        .node("client", "generic/client", &[("arrivals", load)])
        .node("stream", "aws/kinesis", &[&[("shards", "1"), ("put_latency", "0 s")], stream].concat())
        .node("sink", "generic/server", &[("duration", "0 s")])
        .edge("put", EdgeKind::Send, "client", "stream", &[&[("backoff", "1 s")], put].concat())
        .edge("read", EdgeKind::Poll, "stream", "sink", &[])
}

/// The shard takes two records a second. Five go in one request after 100 ms: two are taken and only the other three go
/// in the next one a second later, of which one is left for the third.
#[test]
fn only_the_records_that_were_throttled_are_sent_again() {
    let put = [("batch", "500"), ("attempts", "3")];
    let result = run(&written("batch(5, at=0 s)", &[("shard_write_records", "2/s")], &put).0, &[("duration", "10 s")]);
    assert_eq!((metric(&result, "stream", "put_requests"), metric(&result, "stream", "arrivals")), (3.0, 5.0 + 3.0 + 1.0));
    assert_eq!((metric(&result, "stream", "records"), metric(&result, "stream", "refused")), (5.0, 3.0 + 1.0));
    assert_eq!((fate(&result, "put", "done"), result.edge("put").unwrap().metrics["throttled"]), (5, 4.0));
    assert!((result.journeys[0].response.max - 2.1).abs() < 1e-9, "{}", result.journeys[0].response.max);
}

/// With two attempts the last record is given up; those that were taken are not touched by that.
#[test]
fn a_record_that_stays_throttled_is_lost_alone() {
    let put = [("batch", "500"), ("attempts", "2")];
    let result = run(&written("batch(5, at=0 s)", &[("shard_write_records", "2/s")], &put).0, &[("duration", "10 s")]);
    assert_eq!((fate(&result, "put", "done"), fate(&result, "put", "rejected")), (4, 1));
}

/// Two records fill a request and go at once; the fifth of five waits for its linger of 300 ms.
#[test]
fn a_request_goes_when_it_is_full_or_has_waited() {
    let put = [("batch", "2"), ("linger", "300 ms")];
    let result = run(&written("batch(5, at=0 s)", &[], &put).0, &[("duration", "10 s")]);
    assert_eq!(metric(&result, "stream", "put_requests"), 3.0);
    let response = &result.journeys[0].response;
    assert!(response.p50 < 1e-6 && response.max == 0.3, "{response:?}");
}

/// A request takes 10 MiB: of five records of 4 MiB two go together, two again, and the last one.
#[test]
fn a_request_holds_ten_mebibytes() {
    let mut draw = written("batch(5, at=0 s)", &[("shards", "100")], &[("batch", "500")]).event_type("large", &[("size", "4 MiB")]);
    draw = draw.node("client", "generic/client", &[("arrivals", "batch(5, at=0 s)"), ("events", "large")]);
    let result = run(&draw.0, &[("duration", "10 s")]);
    assert_eq!(metric(&result, "stream", "put_requests"), 3.0);
}

/// Records are paid by their size, however they travel: five of 1 KiB are five units of 25 KB, in one request or in five.
#[test]
fn a_record_costs_the_same_in_a_request_of_many() {
    for (batch, requests) in [("1", 5.0), ("5", 1.0)] {
        let result = run(&written("batch(5, at=0 s)", &[], &[("batch", batch)]).0, &[("duration", "10 s")]);
        let units = result.cost.items.iter().find(|item| item.meter == "put_units").unwrap();
        assert_eq!((metric(&result, "stream", "put_requests"), units.units), (requests, 5.0));
        assert!((units.usd - 5.0 * 0.014e-6).abs() < 1e-15, "{}", units.usd);
    }
}

/// A function that writes a record for each of the ten messages of its batch, with 20 ms for a call.
fn function_writes(stream: &[(&str, &str)], put: &[(&str, &str)]) -> RunResult {
    let bare = [("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s"), ("duration", "0 s")];
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "batch(10, at=0 s)")])
        .node("queue", "aws/sqs", &[("send_latency", "0 s"), ("visibility_timeout", "30 s")])
        .node("fn", "aws/lambda", &bare)
        .node("stream", "aws/kinesis", &[&[("shards", "1"), ("put_latency", "20 ms")], stream].concat())
        .edge("send", EdgeKind::Send, "client", "queue", &[])
        .edge(
            "poll",
            EdgeKind::Poll,
            "queue",
            "fn",
            &[("pickup_latency", "0 s"), ("report_item_failures", "true"), ("batch_window", "1 s"), ("quiet_wait", "0 s")],
        )
        .edge("put", EdgeKind::Send, "fn", "stream", &[&[("attempts", "1")], put].concat())
        .0;
    run(&diagram, &[("duration", "2 min")])
}

/// One call of 20 ms instead of ten, one after the other.
#[test]
fn a_function_writes_its_batch_in_one_call() {
    let took = |batch| {
        let result = function_writes(&[], &[("batch", batch)]);
        assert_eq!(fate(&result, "put", "done"), 10);
        (metric(&result, "stream", "put_requests"), result.node("fn").unwrap().sojourn.max)
    };
    let (together, apart) = (took("500"), took("1"));
    assert_eq!((together.0, apart.0), (1.0, 10.0));
    assert!((together.1 - 0.02).abs() < 1e-9 && (apart.1 - 0.2).abs() < 1e-9, "{together:?} {apart:?}");
}

/// Of ten records the shard takes four: the function reports the six others, which come again with their messages after
/// thirty seconds, and the last two after a minute. Nothing is written twice.
#[test]
fn a_throttled_record_fails_its_own_event_alone() {
    let result = function_writes(&[("shard_write_records", "4/s")], &[("batch", "500")]);
    assert_eq!((metric(&result, "stream", "records"), metric(&result, "stream", "put_requests")), (10.0, 3.0));
    assert_eq!((metric(&result, "fn", "arrivals"), fate(&result, "queue", "done")), (3.0, 10));
}

/// A pipe writes its batch in one call as well, and the half that the shard refuses comes again from the queue.
#[test]
fn a_pipe_writes_its_batch_in_one_call() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "batch(10, at=0 s)")])
        .node("queue", "aws/sqs", &[("send_latency", "0 s")])
        .node("pipe", "aws/eventbridge-pipes", &[("overhead", "0 s")])
        .node("stream", "aws/kinesis", &[("shards", "1"), ("shard_write_records", "5/s")])
        .edge("send", EdgeKind::Send, "client", "queue", &[])
        .edge("poll", EdgeKind::Poll, "queue", "pipe", &[("batch_window", "1 s"), ("quiet_wait", "0 s")])
        .edge("hand", EdgeKind::Send, "pipe", "stream", &[])
        .0;
    let result = run(&diagram, &[("duration", "2 min")]);
    assert_eq!((metric(&result, "stream", "put_requests"), metric(&result, "stream", "records")), (2.0, 10.0));
    assert_eq!((fate(&result, "hand", "done"), fate(&result, "hand", "rejected"), fate(&result, "queue", "done")), (10, 5, 10));
}

/// Five tokens pay for one retry of a request: the five records make one at 0.1 s, of which two are taken, the other three
/// pay once to be sent again at 1.1 s, and the last one has nothing left to pay with.
#[test]
fn a_retry_quota_pays_for_requests_and_not_for_records() {
    let put = [("batch", "500"), ("attempts", "5"), ("retry_quota", "5"), ("retry_cost_throttle", "5")];
    let result = run(&written("batch(5, at=0 s)", &[("shard_write_records", "2/s")], &put).0, &[("duration", "10 s")]);
    assert_eq!(metric(&result, "stream", "put_requests"), 2.0);
    assert_eq!((fate(&result, "put", "done"), fate(&result, "put", "rejected")), (4, 1));
    let put = &result.edge("put").unwrap().metrics;
    assert_eq!((put["retries"], put["retries_denied"]), (3.0, 1.0));
    let limit = result.limits.iter().find(|limit| limit.key.ends_with("retry_quota")).unwrap();
    assert_eq!((limit.refused, limit.first_bound_s, limit.use_peak), (1, Some(1.1), 10.0 / 5.0));
}

/// Every request fails, and half as many retries as requests are allowed: none for the first, one for the second, none
/// for the third, one for the fourth. Each is about two records.
#[test]
fn a_retry_budget_counts_requests() {
    let put = [
        ("batch", "2"),
        ("attempts", "2"),
        ("retry_budget", "50 %"),
        ("retry_budget_minimum", "0/s"),
        ("retry_budget_window", "10 s"),
        ("backoff", "100 ms"),
    ];
    let fault = serde_json::json!([{"kind": "errors", "on": "stream", "share": "100 %", "from": "0 s", "to": "10 s"}]);
    let plan = faulty(&[("duration", "10 s")], fault);
    let result = run_plan(&written("times(0 s, 0 s, 1 s, 1 s, 2 s, 2 s, 3 s, 3 s)", &[], &put).0, plan);
    let put = &result.edge("put").unwrap().metrics;
    assert_eq!((put["retries"], put["retries_denied"]), (4.0, 4.0));
}

/// Each second a request of three records finds room for one. Two requests are enough to open the breaker at 1 s; the
/// trial at 6 s opens it again until 11 s. Seven requests of ten are never made.
#[test]
fn a_breaker_counts_requests() {
    let put = [("batch", "3"), ("attempts", "1"), ("breaker", "50 %"), ("breaker_minimum", "2"), ("breaker_open", "5 s")];
    let draw = written("batch(3, every=1 s)", &[("shard_write_records", "1/s")], &put);
    let result = run(&draw.0, &[("duration", "9.5 s")]);
    assert_eq!(metric(&result, "stream", "put_requests"), 3.0, "at 0, 1 and 6 s");
    assert_eq!((fate(&result, "put", "done"), fate(&result, "put", "rejected")), (3, 27));
    let put = &result.edge("put").unwrap().metrics;
    assert_eq!((put["breaker_refused"], put["breaker_opened"]), (21.0, 2.0));
    let limit = result.limits.iter().find(|limit| limit.key.ends_with("breaker")).unwrap();
    assert_eq!((limit.refused, limit.first_bound_s), (7, Some(2.0)));
    let row = result.ledger.rows.iter().find(|row| row.edge.as_ref().is_some_and(|edge| edge.as_str() == "put")).unwrap();
    assert_eq!((row.created, row.attempts), (30, 9), "a call that is held back is no attempt");
}

/// A second of six records takes six at once, although a sixth of a second is no whole number of nanoseconds.
#[test]
fn a_shard_takes_as_many_records_as_its_limit_says() {
    for (limit, taken) in [("6/s", 6.0), ("7/s", 7.0), ("999/s", 999.0)] {
        let stream = [("shard_write_records", limit)];
        let result = run(&written("batch(1500, at=0 s)", &stream, &[("attempts", "1")]).0, &[("duration", "10 s")]);
        assert_eq!(metric(&result, "stream", "records"), taken, "{limit}");
    }
}

//! Event buses and schedules: timelines and bills worked by hand.

use plimsoll_models::EdgeKind;
use plimsoll_sim::result::TraceEvent;
use serde_json::json;

use crate::support::{Draw, billed, close, fate, faulty, metric, run, run_plan, times};

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

/// The account may make two requests at once: two events pass alone, and twenty where publishers put ten into each.
#[test]
fn publishers_that_gather_events_need_fewer_requests() {
    let taken = |batch: &str| {
        let mut draw = published(CLASSIC, "batch(30, at=0 s)", &[("publish_batch", batch)]);
        draw.0.account.quotas.insert(format!("{CLASSIC}.publish_rate"), "2/s".into());
        let result = run(&draw.0, &[("duration", "1 s")]);
        (metric(&result, "bus", "accepted"), metric(&result, "bus", "refused"))
    };
    assert_eq!((taken("1"), taken("10")), ((2.0, 28.0), (20.0, 10.0)));
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

/// A classic bus tries 185 times more for as long as the event is younger than a day: with a wait of a minute the tries end
/// after 185 minutes, with an hour the age ends them.
#[test]
fn a_bus_gives_up_after_185_retries_or_a_day() {
    let gives_up = |backoff| {
        let diagram = published(CLASSIC, "times(0 s)", &[])
            .node("api", "generic/http-api", &[("latency", "0 s"), ("error_rate", "100 %")])
            .node("dlq", "aws/sqs", &[("send_latency", "0 s")])
            .edge("rule", EdgeKind::Deliver, "bus", "api", &[("latency", "0 s"), ("backoff", backoff)])
            .edge("give-up", EdgeKind::DeadLetter, "bus", "dlq", &[])
            .0;
        let result = run(&diagram, &[("duration", "30 h")]);
        let rule = result.edge("rule").unwrap();
        (fate(&result, "rule", "dead-lettered"), rule.latency.max, rule.metrics["attempts"])
    };
    assert_eq!(gives_up("1 min"), (1, 185.0 * 60.0, 186.0));
    assert_eq!(gives_up("1 h"), (1, 24.0 * 3_600.0, 25.0));
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

/// Two rules call the same API destination, which takes two calls a second although only one of them says so: three calls
/// each at once are made at 0, 0.5 and so on up to 2.5 s. Behind another API there is another destination.
#[test]
fn rules_share_the_rate_of_their_api_destination() {
    let last = |second: &str| {
        let diagram = published(CLASSIC, "batch(3, at=0 s)", &[])
            .node("api", "generic/http-api", &[("latency", "0 s")])
            .node("other", "generic/http-api", &[("latency", "0 s")])
            .edge("one", EdgeKind::Deliver, "bus", "api", &[("latency", "0 s")])
            .edge("two", EdgeKind::Deliver, "bus", second, &[("latency", "0 s"), ("throttle", "2/s")])
            .0;
        let result = run(&diagram, &[("duration", "1 min")]);
        let limits: Vec<f64> = result.limits.iter().filter(|limit| limit.key.ends_with(".throttle")).map(|limit| limit.value).collect();
        (result.journeys[0].completion.max, limits)
    };
    assert_eq!(last("api"), (2.5, vec![2.0]));
    assert_eq!(last("other"), (1.0, vec![2.0, 300.0]));
}

const CUSTOM: &str = "aws/eventbridge-bus";

/// Waits one second, then two, then four.
const DOUBLING: (&str, &str) = ("backoff", "exponential(base=1 s, factor=2, cap=1 min, jitter=none)");

/// A bus whose one subscriber invokes a function; nothing but what is asked for takes time. All events are of one group.
fn subscribed(load: &str, subscriber: &[(&str, &str)], function: &[(&str, &str)]) -> Draw {
    let bare = [("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s"), ("timeout", "1 min")];
    Draw::default()
        .event_type("order", &[("key", "uniform(1)")])
        .node("client", "generic/client", &[("arrivals", load), ("events", "order")])
        .node("bus", CUSTOM, &[("publish_latency", "0 s")])
        .node("fn", "aws/lambda", &[&bare, function].concat())
        .edge("publish", EdgeKind::Send, "client", "bus", &[("attempts", "1")])
        .edge("subscriber", EdgeKind::Deliver, "bus", "fn", &[&[("latency", "0 s"), DOUBLING], subscriber].concat())
}

/// The first attempt at each event fails. Where the order is kept the second event, which comes at 0.5 s, waits until
/// the first has succeeded at 1.2 s and succeeds itself at 1.2 + 0.1 + 1 + 0.1 s; else it is done at 1.7 s.
#[test]
fn a_failing_event_holds_back_its_group_where_the_order_is_kept() {
    let done = |kind| {
        let diagram = subscribed("times(0 s, 500 ms)", &[("subscriber_type", kind)], &[("duration", "100 ms"), ("fail_attempts", "1")]).0;
        let result = run(&diagram, &[("duration", "1 min")]);
        assert_eq!(fate(&result, "subscriber", "done"), 2);
        result.journeys[0].completion.max
    };
    assert!(close(done("fifo"), 2.4 - 0.5), "{}", done("fifo"));
    assert!(close(done("unordered"), 1.2), "{}", done("unordered"));
}

/// Of five events at once, two invocations take two each and the fifth waits for its window to end. A failing batch is
/// tried again as a whole: each of the three invocations runs twice.
#[test]
fn a_batch_goes_when_it_is_full_or_its_window_is_over() {
    let batch = [("batch_size", "2"), ("batch_window", "3 s")];
    let result = run(&subscribed("batch(5, at=0 s)", &batch, &[("duration", "1 s")]).0, &[("duration", "1 min")]);
    assert_eq!((metric(&result, "fn", "arrivals"), result.journeys[0].completion.max), (3.0, 4.0));
    let failing = [("duration", "1 s"), ("fail_attempts", "1")];
    let result = run(&subscribed("batch(5, at=0 s)", &batch, &failing).0, &[("duration", "1 min")]);
    assert_eq!((metric(&result, "fn", "arrivals"), fate(&result, "subscriber", "done")), (6.0, 5));
    assert_eq!(result.journeys[0].completion.max, 3.0 + 1.0 + 1.0 + 1.0);
}

/// In the order of a group a batch takes what waits: the first event goes alone with a window of zero, and the four
/// behind it together when it is done after a second.
#[test]
fn a_group_catches_up_in_batches() {
    let fields = [("subscriber_type", "fifo"), ("batch_size", "10")];
    let result = run(&subscribed("batch(5, at=0 s)", &fields, &[("duration", "1 s")]).0, &[("duration", "1 min")]);
    assert_eq!((metric(&result, "fn", "arrivals"), result.journeys[0].completion.max), (2.0, 2.0));
}

/// The function takes 3 s where the bus waits for one, alone or in a batch: both attempts do their work, and yet every
/// event is given up after 1 + 1 + 1 s and goes to the dead-letter queue.
#[test]
fn work_that_outlasts_the_timeout_is_repeated_and_given_up() {
    for size in ["1", "2"] {
        let fields = [("timeout", "1 s"), ("attempts", "2"), ("batch_size", size), ("batch_window", "1 s")];
        let diagram = subscribed("batch(2, at=0 s)", &fields, &[("duration", "3 s")])
            .node("dlq", "aws/sqs", &[("send_latency", "0 s")])
            .edge("give-up", EdgeKind::DeadLetter, "bus", "dlq", &[])
            .0;
        let result = run(&diagram, &[("duration", "1 min")]);
        let runs = if size == "1" { 4.0 } else { 2.0 };
        assert_eq!((metric(&result, "fn", "completed"), fate(&result, "subscriber", "dead-lettered")), (runs, 2), "size {size}");
        assert_eq!(times(&result, TraceEvent::DeadLettered, "bus"), [3.0]);
    }
}

/// An outage of ten minutes: with five retries a subscriber has given up long before, at 0, 1, 3, 7, 15 and 31 s; with
/// enough of them it stops when the event would be older than five minutes. The classic bus is still there afterwards.
#[test]
fn by_default_a_subscriber_gives_up_within_five_minutes() {
    let outage = || json!([{"kind": "outage", "on": "fn", "from": "0 s", "to": "10 min"}]);
    let lost = |attempts| {
        let result = run_plan(&subscribed("times(1 s)", &[("attempts", attempts)], &[]).0, faulty(&[("duration", "1 h")], outage()));
        let fates = ["failed", "expired"].map(|name| fate(&result, "subscriber", name));
        (fates, result.edge("subscriber").unwrap().metrics["attempts"])
    };
    assert_eq!(lost("6"), ([1, 0], 6.0));
    // Waits of 1, 2, 4, 8, 16, 32 and then 60 s: attempts at 0, 1, 3, 7, 15, 31, 63, 123, 183 and 243 s.
    assert_eq!(lost("186"), ([0, 1], 10.0));
}

/// What comes while the subscriber stands still goes when it goes on.
#[test]
fn a_paused_subscriber_misses_nothing() {
    let diagram = subscribed("times(1 s, 2 s)", &[("paused", "0 s to 10 s")], &[("duration", "0 s")]).0;
    let result = run(&diagram, &[("duration", "1 min")]);
    assert_eq!((fate(&result, "subscriber", "done"), result.journeys[0].completion.max), (2, 9.0));
}

/// Events come at 1, 2, 3 and 20 s. A subscriber that is created at 10 s reads all that was kept once its replay has
/// started five seconds later, or what was published from 2 s on, or until 3 s as well; one that begins with the latest
/// gets the last event alone, and at once.
#[test]
fn a_late_subscriber_reads_what_the_bus_has_kept() {
    let delivered = |fields: &[(&str, &str)]| {
        let late = [&[("starts_at", "10 s"), ("startup_delay", "5 s")], fields].concat();
        let result = run(&subscribed("times(1 s, 2 s, 3 s, 20 s)", &late, &[("duration", "0 s")]).0, &[("duration", "1 min")]);
        (fate(&result, "subscriber", "done"), metric(&result, "bus", "replayed"), result.journeys[0].completion.max)
    };
    assert_eq!(delivered(&[("starting_position", "horizon")]), (4, 3.0, 14.0));
    let since = [("starting_position", "timestamp"), ("starting_point", "2 s")];
    assert_eq!(delivered(&since), (3, 2.0, 13.0));
    assert_eq!(delivered(&[&since[..], &[("end_point", "3 s")]].concat()), (1, 1.0, 13.0));
    assert_eq!(delivered(&[]), (1, 0.0, 0.0));
}

/// A bus keeps events for a day: of those at 1 h and 10 h a subscriber that is created at 30 h finds the second.
#[test]
fn a_replay_finds_what_is_within_the_retention() {
    let late = [("starts_at", "30 h"), ("startup_delay", "0 s"), ("starting_position", "horizon")];
    let result = run(&subscribed("times(1 h, 10 h)", &late, &[("duration", "0 s")]).0, &[("duration", "31 h")]);
    assert_eq!((fate(&result, "subscriber", "done"), fate(&result, "subscriber", "expired")), (1, 0));
    assert_eq!(result.journeys[0].completion.max, 20.0 * 3_600.0);
}

/// An event of 1,024 bytes weighs 1 + 1.024: a group takes 988 of them in a second, and the bus asks its publishers to
/// come again with the rest. A gigabyte costs 0.015 dollars on the way in and again for each subscriber.
#[test]
fn a_group_takes_two_thousand_events_and_kilobytes() {
    let result = run(&subscribed("batch(1500, at=0 s)", &[], &[("duration", "0 s")]).0, &[("duration", "1 min")]);
    assert_eq!((metric(&result, "bus", "accepted"), metric(&result, "bus", "refused")), (988.0, 512.0));
    for meter in ["data_in", "data_out"] {
        let (units, usd) = billed(&result, "bus", meter);
        assert!(close(units, 988.0 * 1_024e-9) && close(usd, units * 0.015), "{meter}: {units} for {usd}");
    }
}

/// Nine events of a group are refused at once, but they have used up nothing of the ten that all may send in a second.
#[test]
fn what_a_group_refuses_leaves_the_rate_to_others() {
    for (service, rate, group_rate) in [(CUSTOM, "event_rate", "3"), ("aws/sns-fifo", "publish_rate", "1/s")] {
        let mut draw = Draw::default()
            .event_type("hot", &[("key", "uniform(1)"), ("size", "1 KiB")])
            .event_type("cold", &[("key", "unique"), ("size", "1 KiB")])
            .node("first", "generic/client", &[("arrivals", "batch(10, at=0 s)"), ("events", "hot")])
            .node("second", "generic/client", &[("arrivals", "batch(5, at=50 ms)"), ("events", "cold")])
            .node("it", service, &[("group_rate", group_rate)])
            .edge("publish-hot", EdgeKind::Send, "first", "it", &[("attempts", "1")])
            .edge("publish-cold", EdgeKind::Send, "second", "it", &[("attempts", "1")]);
        if service == CUSTOM {
            draw = draw.node("it", service, &[("group_rate", group_rate), (rate, "10/s")]);
        } else {
            draw.0.account.quotas.insert(format!("{service}.{rate}"), "10/s".into());
        }
        let result = run(&draw.0, &[("duration", "1 s")]);
        let fates = |edge: &str| (fate(&result, edge, "done"), fate(&result, edge, "rejected"));
        assert_eq!((fates("publish-hot"), fates("publish-cold")), ((1, 9), (5, 0)), "{service}");
        let limit = result.limits.iter().find(|limit| limit.key.ends_with(rate)).unwrap();
        assert_eq!((limit.value, limit.refused), (10.0, 0), "{service}");
    }
}

/// A publisher that gives up too early sends again; the bus recognizes the event.
#[test]
fn a_repeated_publish_is_taken_once() {
    let mut draw = subscribed("times(0 s)", &[], &[("duration", "0 s")]);
    draw = draw.node("bus", CUSTOM, &[("publish_latency", "2 s")]);
    draw = draw.edge("publish", EdgeKind::Send, "client", "bus", &[("attempts", "2"), ("timeout", "1 s")]);
    let result = run(&draw.0, &[("duration", "1 min")]);
    assert_eq!((fate(&result, "subscriber", "done"), metric(&result, "bus", "deduplicated")), (1, 1.0));
}

/// A schedule that sends to a queue; nothing but what is asked for takes time.
fn scheduled(fields: &[(&str, &str)], target: &[(&str, &str)]) -> Draw {
    Draw::default()
        .node("scheduler", "aws/eventbridge-scheduler", &[&[("lateness", "0 s")], fields].concat())
        .node("queue", "aws/sqs", &[("send_latency", "0 s")])
        .edge("target", EdgeKind::Send, "scheduler", "queue", &[&[("latency", "0 s"), DOUBLING], target].concat())
}

/// Ten schedules that are due together find two calls at once and two more each second: the last is called after 4 s.
/// A dollar buys a million calls.
#[test]
fn schedules_above_the_rate_are_late_not_lost() {
    let fields = [("arrivals", "rate(10 min, count=10)"), ("invocation_rate", "2/s")];
    let result = run(&scheduled(&fields, &[]).0, &[("duration", "11 min")]);
    assert_eq!((fate(&result, "target", "done"), result.journeys[0].response.max), (10, 4.0));
    let (units, usd) = billed(&result, "scheduler", "invocations");
    assert!(units == 10.0 && close(usd, 10e-6), "{units} for {usd}");
}

/// A flexible window of ten minutes spreads the calls over it, and the minute of precision comes on top: the mean of
/// many is near 5 min and 30 s, the latest below eleven minutes.
#[test]
fn a_flexible_window_spreads_the_calls() {
    let fields = [("arrivals", "batch(4000, at=0 s)"), ("flexible_window", "10 min"), ("lateness", "uniform(0 s, 60 s)")];
    let result = run(&scheduled(&fields, &[]).0, &[("duration", "15 min")]);
    let response = &result.journeys[0].response;
    assert_eq!(fate(&result, "target", "done"), 4_000);
    assert!((response.mean - 330.0).abs() < 15.0 && response.max < 660.0, "{} up to {}", response.mean, response.max);
}

/// A target that is out is called at 0, 1 and 3 s; then the schedule's event goes to the dead-letter queue.
#[test]
fn a_schedule_gives_up_to_its_dead_letter_queue() {
    let diagram = scheduled(&[("arrivals", "times(0 s)")], &[("attempts", "3")])
        .node("dlq", "aws/sqs", &[("send_latency", "0 s")])
        .edge("give-up", EdgeKind::DeadLetter, "scheduler", "dlq", &[])
        .0;
    let result =
        run_plan(&diagram, faulty(&[("duration", "1 min")], json!([{"kind": "outage", "on": "queue", "from": "0 s", "to": "1 min"}])));
    assert_eq!(times(&result, TraceEvent::DeadLettered, "scheduler"), [3.0]);
    assert_eq!((fate(&result, "target", "dead-lettered"), fate(&result, "give-up", "done")), (1, 1));
}

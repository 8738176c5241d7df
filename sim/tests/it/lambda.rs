//! Rules of AWS Lambda, each on a timeline that is worked by hand.

use std::sync::Arc;

use plimsoll_models::{Diagram, EdgeKind, EventType};
use plimsoll_sim::{Gauge, RunResult, Simulation, result::TraceEvent};

use crate::support::{Draw, fate, metric, plan, program, run, times};

/// A function without times of its own beside those that are given.
fn function(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    let bare =
        [("duration", "1 s"), ("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s"), ("async_hop", "0 s"), ("memory", "1024 MiB")];
    let mut all: Vec<(String, String)> = fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let missing = bare.iter().filter(|(key, _)| !fields.iter().any(|(other, _)| other == key));
    all.extend(missing.map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    all
}

impl Draw {
    fn function(self, id: &str, fields: &[(&str, &str)]) -> Self {
        let fields = function(fields);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        self.node(id, "aws/lambda", &fields)
    }

    /// A client of a function that waits for the answers.
    fn caller(self, id: &str, to: &str, arrivals: &str) -> Self {
        let edge = format!("{id}-{to}");
        self.node(id, "generic/client", &[("arrivals", arrivals)]).edge(
            &edge,
            EdgeKind::Request,
            id,
            to,
            &[("attempts", "1"), ("timeout", "none")],
        )
    }

    /// A client of a function that does not wait.
    fn sender(self, id: &str, to: &str, arrivals: &str) -> Self {
        let edge = format!("{id}-{to}");
        self.node(id, "generic/client", &[("arrivals", arrivals)]).edge(&edge, EdgeKind::Send, id, to, &[("attempts", "1")])
    }

    fn queue(self, id: &str) -> Self {
        self.node(id, "aws/sqs", &[("send_latency", "0 s")])
    }

    fn account(mut self, quota: &str, value: &str) -> Self {
        self.0.account.quotas.insert(quota.to_owned(), value.into());
        self
    }
}

/// One function called at these times.
fn called(arrivals: &str, fields: &[(&str, &str)]) -> Diagram {
    Draw::default().function("fn", fields).caller("client", "fn", arrivals).0
}

/// Units and dollars of a meter of the function `fn`.
fn billed(result: &RunResult, meter: &str) -> (f64, f64) {
    let item = result.cost.items.iter().find(|item| item.node.as_str() == "fn" && item.meter == meter);
    item.map_or((0.0, 0.0), |item| (item.units, item.usd))
}

fn close(measured: f64, expected: f64) {
    assert!((measured - expected).abs() <= 1e-9 * expected.abs(), "{measured} instead of {expected}");
}

// --- concurrency ---

/// Of the account's 1,000 a reservation takes 400 and an unreserved function's provisioned instances take 100, so 500
/// are left for everybody else, used or not.
#[test]
fn reservations_come_out_of_the_pool_even_when_idle() {
    let diagram = Draw::default()
        .function("reserved", &[("reserved_concurrency", "400"), ("provisioned_concurrency", "50")])
        .function("ready", &[("provisioned_concurrency", "100")])
        .function("fn", &[])
        .caller("client", "fn", "batch(700, at=0 s)")
        .caller("other", "ready", "times(0 s)")
        .caller("third", "reserved", "times(0 s)")
        .0;
    let result = run(&diagram, &[("duration", "10 s")]);
    assert_eq!((metric(&result, "fn", "accepted"), metric(&result, "fn", "refused")), (500.0, 200.0));
}

/// 1,000 of which 900 are set apart: a hundred are left for the others, and only they are under that limit.
#[test]
fn a_reservation_is_no_part_of_what_others_share() {
    let diagram = Draw::default()
        .function("own", &[("reserved_concurrency", "600")])
        .function("warm", &[("provisioned_concurrency", "300"), ("provisioned_start", "ready")])
        .function("other", &[])
        .caller("first", "own", "batch(60, at=1 s)")
        .caller("second", "other", "batch(50, at=1 s)")
        .caller("third", "warm", "batch(10, at=1 s)")
        .0;
    let result = run(&diagram, &[("duration", "5 s")]);
    let limit = |key: &str| result.limits.iter().find(|limit| limit.key == key).unwrap();
    let shared = limit("aws/lambda.concurrent_executions");
    let under: Vec<&str> = shared.shared_by.iter().map(plimsoll_models::NodeId::as_str).collect();
    assert_eq!(under, ["other", "warm"]);
    assert_eq!((shared.value, shared.set_apart, shared.use_peak, shared.headroom), (100.0, 900.0, 0.5, Some(2.0)));
    assert_eq!(shared.text, "100");
    let own = limit("aws/lambda.reserved_concurrency");
    assert_eq!((own.value, own.set_apart, own.use_peak, own.headroom), (600.0, 0.0, 0.1, Some(10.0)));
}

#[test]
fn a_reservation_of_nothing_refuses_all() {
    let result = run(&called("batch(7, at=0 s)", &[("reserved_concurrency", "0")]), &[("duration", "10 s")]);
    assert_eq!((metric(&result, "fn", "accepted"), metric(&result, "fn", "refused")), (0.0, 7.0));
}

/// Events of a function that may never run do not wait for hours: they go to the dead-letter queue at once.
#[test]
fn a_reservation_of_nothing_gives_events_up_at_once() {
    let diagram = Draw::default()
        .function("fn", &[("reserved_concurrency", "0")])
        .sender("client", "fn", "times(5 s)")
        .queue("dlq")
        .edge("give-up", EdgeKind::DeadLetter, "fn", "dlq", &[])
        .0;
    let result = run(&diagram, &[("duration", "1 min")]);
    assert_eq!(times(&result, TraceEvent::DeadLettered, "fn"), [5.0]);
    assert_eq!((fate(&result, "fn", "dead-lettered"), metric(&result, "fn", "cold_starts")), (1, 0.0));
}

/// Two of five requests find provisioned instances and take a second; three spill over and are initialized first.
#[test]
fn requests_beyond_the_provisioned_instances_spill_over() {
    let result = run(&called("batch(5, at=0 s)", &[("provisioned_concurrency", "2"), ("init", "500 ms")]), &[("duration", "10 s")]);
    assert_eq!((metric(&result, "fn", "cold_starts"), metric(&result, "fn", "spilled_over")), (3.0, 3.0));
    assert_eq!((result.journeys[0].response.min, result.journeys[0].response.max), (1.0, 1.5));
}

/// A reservation of three with two provisioned leaves one on demand.
#[test]
fn provisioned_instances_are_part_of_the_reservation() {
    let fields = [("reserved_concurrency", "3"), ("provisioned_concurrency", "2")];
    let result = run(&called("batch(5, at=0 s)", &fields), &[("duration", "10 s")]);
    assert_eq!((metric(&result, "fn", "accepted"), metric(&result, "fn", "refused")), (3.0, 2.0));
    assert_eq!(metric(&result, "fn", "cold_starts"), 1.0);
}

/// After a minute of preparation one instance is allocated every 10 ms and is ready half a second later; the request at
/// 10 s meets none of them.
#[test]
fn provisioned_instances_become_ready_over_time() {
    let fields = [
        ("provisioned_concurrency", "200"),
        ("provisioned_start", "allocating"),
        ("provisioned_preparation", "1 min"),
        ("init", "500 ms"),
        ("idle_timeout", "5 s"),
    ];
    let diagram = called("times(10 s, 61 s)", &fields);
    let mut simulation = Simulation::new(&program(&diagram, plan(&[("duration", "2 min")])), 0);
    let mut instances_at = |time: f64| {
        simulation.run_until(time);
        simulation.gauge("fn", Gauge::Instances).unwrap()
    };
    // At 60.00, 60.01 and so on up to 60.50 s.
    assert_eq!((instances_at(11.0), instances_at(59.9), instances_at(60.505), instances_at(90.0)), (1.0, 0.0, 51.0, 200.0));
    let result = simulation.result();
    assert_eq!((metric(&result, "fn", "cold_starts"), metric(&result, "fn", "init_s")), (1.0, 0.5 + 200.0 * 0.5));
}

/// About nine of ten instances are busy, which is far above a target of a half: after three minutes about eighteen are
/// asked for. When the load ends at ten minutes, fifteen minutes of low use bring the least number back.
#[test]
fn provisioned_concurrency_follows_its_use() {
    let fields = [
        ("provisioned_concurrency", "10"),
        ("provisioned_max", "40"),
        ("provisioned_utilization", "50 %"),
        ("provisioned_preparation", "1 min"),
        ("idle_timeout", "1 s"),
    ];
    let diagram = called("step(from=10/s, to=0.001/s, at=10 min)", &fields);
    let mut simulation = Simulation::new(&program(&diagram, plan(&[("duration", "40 min")])), 0);
    let mut asked_at = |minutes: f64| {
        simulation.run_until(minutes * 60.0);
        (simulation.result().node("fn").unwrap().metrics["provisioned"], simulation.gauge("fn", Gauge::Instances).unwrap())
    };
    assert_eq!(asked_at(2.99).0, 10.0);
    let asked = asked_at(3.01).0;
    assert!((15.0..=20.0).contains(&asked), "{asked}");
    let (asked, instances) = asked_at(9.99);
    assert!((18.0..=25.0).contains(&asked) && instances >= 18.0, "{asked} asked for, {instances} there");
    assert_eq!(asked_at(24.0).0, asked);
    assert_eq!(asked_at(39.0), (10.0, 10.0));
}

/// A thousand new instances at once and a thousand more ten seconds later, for each function by itself.
#[test]
fn a_function_scales_by_a_thousand_in_ten_seconds() {
    let diagram = Draw::default()
        .account("aws/lambda.concurrent_executions", "10000")
        .function("fn", &[("duration", "100 s"), ("timeout", "900 s")])
        .function("other", &[("duration", "100 s"), ("timeout", "900 s")])
        .caller("first", "fn", "batch(1500, at=0 s)")
        .caller("second", "fn", "batch(1500, at=10 s)")
        .caller("third", "other", "batch(1500, at=0 s)")
        .0;
    let result = run(&diagram, &[("duration", "20 s")]);
    assert_eq!((metric(&result, "fn", "accepted"), metric(&result, "fn", "refused")), (2_000.0, 1_000.0));
    assert_eq!((metric(&result, "other", "accepted"), metric(&result, "other", "refused")), (1_000.0, 500.0));
}

/// A concurrency of ten serves a hundred synchronous requests a second, for all functions of the pool together; twice
/// eighty ask, so after the first full bucket sixty a second are refused. Events are not counted.
#[test]
fn functions_share_the_request_rate_of_their_pool() {
    let diagram = Draw::default()
        .account("aws/lambda.concurrent_executions", "10")
        .function("one", &[("duration", "1 ms")])
        .function("two", &[("duration", "1 ms")])
        .caller("first", "one", "constant(80/s)")
        .caller("second", "two", "constant(80/s, offset=6 ms)")
        .function("events", &[("duration", "1 ms")])
        .sender("third", "events", "constant(150/s, offset=3 ms)")
        .0;
    let result = run(&diagram, &[("duration", "22 s"), ("warm_up", "2 s")]);
    let refused = metric(&result, "one", "refused") + metric(&result, "two", "refused");
    assert!((refused - 60.0 * 20.0).abs() <= 2.0, "{refused}");
    assert_eq!(metric(&result, "events", "refused"), 0.0);
}

/// One provisioned instance serves ten synchronous requests a second; of thirty, twenty go to another instance.
#[test]
fn requests_beyond_the_rate_of_provisioned_instances_spill_over() {
    let fields = [("provisioned_concurrency", "1"), ("duration", "1 ms")];
    let result = run(&called("constant(30/s)", &fields), &[("duration", "101 s")]);
    let spilled = metric(&result, "fn", "spilled_over");
    assert!((spilled - (20.0 * 101.0 - 10.0)).abs() <= 12.0, "{spilled}");
    assert_eq!(metric(&result, "fn", "refused"), 0.0);
}

// --- starts, crashes, time-outs ---

/// Five seconds of initialization come before the three seconds that the function may take.
#[test]
fn initialization_does_not_count_against_the_timeout() {
    let result = run(&called("times(0 s)", &[("init", "5 s"), ("duration", "2 s"), ("timeout", "3 s")]), &[("duration", "1 min")]);
    assert_eq!((result.journeys[0].succeeded, result.journeys[0].response.max), (1, 7.0));
    assert_eq!(metric(&result, "fn", "billed_s"), 7.0);
}

/// An initialization of 15 s is cut after 10 s and done again by the invocation: 10 + 15 + 1 s. With a timeout of 12 s
/// the second one is cut too.
#[test]
fn a_long_initialization_is_cut_and_repeated() {
    let result = run(&called("times(0 s)", &[("init", "15 s"), ("timeout", "60 s")]), &[("duration", "1 min")]);
    assert_eq!((result.journeys[0].response.max, metric(&result, "fn", "billed_s")), (26.0, 26.0));
    let result = run(&called("times(0 s)", &[("init", "15 s"), ("timeout", "12 s")]), &[("duration", "1 min")]);
    assert_eq!((result.journeys[0].failed, result.journeys[0].response_failed.max), (1, 22.0));
}

/// A crash keeps the instance but not what it has loaded: the next request is no cold start, pays the initialization
/// within its duration, and here crashes again.
#[test]
fn a_crash_makes_the_next_request_initialize() {
    let result = run(&called("times(0 s, 10 s)", &[("init", "500 ms"), ("crashes", "100 %")]), &[("duration", "1 min")]);
    assert_eq!((metric(&result, "fn", "cold_starts"), metric(&result, "fn", "failed")), (1.0, 2.0));
    assert_eq!((metric(&result, "fn", "billed_s"), metric(&result, "fn", "init_s")), (3.0, 1.0));
}

/// The first request is cut after 0.5 + 3 s. The next one pays the initialization inside of its own 3 s.
#[test]
fn a_timeout_makes_the_next_request_initialize() {
    let fields = [("init", "500 ms"), ("duration", "5 s"), ("timeout", "3 s")];
    let result = run(&called("times(0 s, 10 s)", &fields), &[("duration", "1 min")]);
    assert_eq!((metric(&result, "fn", "cold_starts"), metric(&result, "fn", "failed")), (1.0, 2.0));
    assert_eq!(metric(&result, "fn", "billed_s"), 3.5 + 3.0);
}

/// A restored instance pays 200 ms that count neither against the timeout nor as duration.
#[test]
fn a_snapshot_is_restored_instead_of_an_initialization() {
    let fields = [("init", "5 s"), ("snap_start", "true"), ("restore", "200 ms"), ("runtime", "python313"), ("timeout", "1 s")];
    let result = run(&called("times(0 s, 10 s)", &[&fields[..], &[("duration", "900 ms")]].concat()), &[("duration", "100 s")]);
    assert_eq!((result.journeys[0].response.min, result.journeys[0].response.max), (0.9, 1.1));
    assert_eq!((metric(&result, "fn", "restores"), metric(&result, "fn", "billed_s")), (1.0, 1.8));
    // One GiB for 100 s, and one GiB restored once.
    assert_eq!(billed(&result, "snapstart_cache").0, 100.0);
    close(billed(&result, "snapstart_restore").1, 0.000_139_799_8);
}

#[test]
fn snapshots_are_free_for_java() {
    let fields = [("snap_start", "true"), ("runtime", "java21")];
    let result = run(&called("times(0 s, 10 s)", &fields), &[("duration", "100 s")]);
    assert_eq!(metric(&result, "fn", "restores"), 1.0);
    assert_eq!((billed(&result, "snapstart_cache").1, billed(&result, "snapstart_restore").1), (0.0, 0.0));
}

/// The median initialization of each runtime is that of the measurement.
#[test]
fn a_runtime_gives_the_initialization() {
    for (runtime, package, architecture, p50_ms) in [
        ("sdk-framework", "zip", "x86_64", 480.0),
        ("java21", "zip", "x86_64", 245.8),
        ("nodejs22", "image", "x86_64", 296.6),
        ("rust", "zip", "arm64", 14.2),
    ] {
        let diagram = Draw::default()
            .node(
                "fn",
                "aws/lambda",
                &[
                    ("duration", "0 s"),
                    ("overhead", "0 s"),
                    ("placement", "0 s"),
                    ("runtime", runtime),
                    ("package", package),
                    ("architecture", architecture),
                    ("idle_timeout", "1 ms"),
                ],
            )
            .caller("client", "fn", "constant(1/s)")
            .0;
        let result = run(&diagram, &[("duration", "2000 s")]);
        let median = result.journeys[0].response.p50 * 1e3;
        assert!((median / p50_ms - 1.0).abs() < 0.03, "{runtime} {package} {architecture}: {median} ms");
    }
}

// --- asynchronous events ---

/// Waits double from 1 s and stay at 300 s: 1, 3, 7 up to 511, then every five minutes.
#[test]
fn a_throttled_event_backs_off_up_to_five_minutes() {
    let diagram = Draw::default().function("fn", &[("scaling_burst", "0"), ("scaling_rate", "0/s")]).sender("client", "fn", "times(0 s)").0;
    let result = run(&diagram, &[("duration", "1200 s")]);
    let throttled = times(&result, TraceEvent::Throttled, "fn");
    assert_eq!(throttled, [0.0, 1.0, 3.0, 7.0, 15.0, 31.0, 63.0, 127.0, 255.0, 511.0, 811.0, 1111.0]);
}

/// What is given up after six hours is the attempt that finds the event older than that.
#[test]
fn an_event_is_given_up_after_six_hours() {
    let diagram = Draw::default().function("fn", &[("scaling_burst", "0"), ("scaling_rate", "0/s")]).sender("client", "fn", "times(0 s)").0;
    let result = run(&diagram, &[("duration", "7 h")]);
    // 511 s and 71 waits of 300 s are 21,811 s.
    assert_eq!(times(&result, TraceEvent::Expired, "fn"), [21_811.0]);
}

/// Events that are processed go one way, events that failed at 0, 60 and 180 s the other; requests go nowhere.
#[test]
fn results_of_events_go_to_their_destinations() {
    let with = |failures: &str, kind: EdgeKind| {
        Draw::default()
            .node("client", "generic/client", &[("arrivals", "times(0 s)")])
            .edge("start", kind, "client", "fn", &[("attempts", "1"), ("timeout", "none")])
            .function("fn", &[("transient_failures", failures)])
            .queue("done")
            .queue("failed")
            .edge("on-success", EdgeKind::Deliver, "fn", "done", &[("destination_of", "success")])
            .edge("on-failure", EdgeKind::Deliver, "fn", "failed", &[])
            .0
    };
    let ends = |diagram: &Diagram| {
        let result = run(diagram, &[("duration", "10 min")]);
        (fate(&result, "on-success", "done"), fate(&result, "on-failure", "done"), fate(&result, "fn", "dead-lettered"))
    };
    assert_eq!(ends(&with("0 %", EdgeKind::Send)), (1, 0, 0));
    assert_eq!(ends(&with("100 %", EdgeKind::Send)), (0, 1, 1));
    assert_eq!(ends(&with("0 %", EdgeKind::Request)), (0, 0, 0));
    let result = run(&with("100 %", EdgeKind::Send), &[("duration", "10 min")]);
    // Three attempts of a second each, with waits of 60 and 120 s between them.
    assert_eq!(times(&result, TraceEvent::Start, "fn"), [0.0, 61.0, 182.0]);
    assert_eq!(times(&result, TraceEvent::Attempt, "fn").last(), Some(&183.0));
}

/// An event of the given size, sent or called.
fn sized(size: &str, kind: EdgeKind) -> RunResult {
    let mut draw = Draw::default()
        .node("client", "generic/client", &[("arrivals", "times(0 s)"), ("events", "big")])
        .edge("start", kind, "client", "fn", &[("attempts", "3"), ("timeout", "none")])
        .function("fn", &[]);
    let fields = [("size".to_owned(), size.into())].into_iter().collect();
    draw.0.event_types.insert("big".into(), Arc::new(EventType { fields }));
    run(&draw.0, &[("duration", "10 s")])
}

/// A request of 6 MiB and an event of 1 MiB pass, a byte more is refused for good.
#[test]
fn payloads_have_a_greatest_size() {
    for (kind, fits, too_large) in [(EdgeKind::Request, "6 MiB", "6291457 B"), (EdgeKind::Send, "1 MiB", "1048577 B")] {
        assert_eq!(sized(fits, kind).journeys[0].succeeded, 1, "{fits}");
        let result = sized(too_large, kind);
        assert_eq!((result.journeys[0].rejected, metric(&result, "fn", "refused")), (1, 1.0), "{too_large}");
    }
}

/// The first 256 KiB of an event are one request, each further 64 KiB one more: 500 KiB are 1 + 4.
#[test]
fn large_events_are_metered_by_their_size() {
    assert_eq!(billed(&sized("500 KiB", EdgeKind::Send), "requests").0, 5.0);
    assert_eq!(billed(&sized("500 KiB", EdgeKind::Request), "requests").0, 1.0);
}

// --- recursion ---

/// A message that causes itself is processed sixteen times; the seventeenth is received as often as its queue allows
/// and dead-lettered without an invocation.
#[test]
fn a_loop_through_a_queue_is_stopped() {
    let diagram = Draw::default()
        .sender("client", "loop", "times(0 s)")
        .node("loop", "aws/sqs", &[("send_latency", "0 s"), ("visibility_timeout", "10 s"), ("max_receive_count", "3")])
        .function("fn", &[])
        .queue("dlq")
        .edge("consume", EdgeKind::Poll, "loop", "fn", &[("pickup_latency", "0 s")])
        .edge("again", EdgeKind::Send, "fn", "loop", &[])
        .edge("give-up", EdgeKind::DeadLetter, "loop", "dlq", &[])
        .0;
    let result = run(&diagram, &[("duration", "5 min")]);
    assert_eq!(metric(&result, "fn", "accepted"), 16.0);
    assert_eq!((fate(&result, "loop", "done"), fate(&result, "loop", "dead-lettered")), (16, 1));
    assert_eq!(metric(&result, "fn", "recursions_stopped"), 3.0);
    assert!(result.findings.iter().any(|finding| finding.code == "recursion-stopped"));
}

/// Through a topic and another function the stopped event is lost, or goes to the function's dead-letter queue.
#[test]
fn a_loop_through_a_topic_and_two_functions_is_stopped() {
    let ring = || {
        Draw::default()
            .sender("client", "fn", "times(0 s)")
            .function("fn", &[])
            .node("topic", "aws/sns", &[("publish_latency", "0 s")])
            .function("other", &[])
            .edge("publish", EdgeKind::Send, "fn", "topic", &[])
            .edge("deliver", EdgeKind::Deliver, "topic", "other", &[("latency", "0 s")])
            .edge("back", EdgeKind::Send, "other", "fn", &[])
    };
    let result = run(&ring().0, &[("duration", "5 min")]);
    assert_eq!((metric(&result, "fn", "accepted"), metric(&result, "other", "accepted")), (16.0, 16.0));
    assert_eq!(fate(&result, "fn", "dropped"), 1);
    let result = run(&ring().queue("dlq").edge("give-up", EdgeKind::DeadLetter, "fn", "dlq", &[]).0, &[("duration", "5 min")]);
    assert_eq!((fate(&result, "fn", "dropped"), fate(&result, "fn", "dead-lettered")), (0, 1));
}

/// The provider does not see loops through a bus.
#[test]
fn a_loop_through_a_bus_goes_on() {
    let diagram = Draw::default()
        .sender("client", "fn", "times(0 s)")
        .function("fn", &[])
        .node("bus", "aws/eventbridge-classic", &[("publish_latency", "0 s")])
        .edge("publish", EdgeKind::Send, "fn", "bus", &[])
        .edge("rule", EdgeKind::Deliver, "bus", "fn", &[("latency", "0 s")])
        .0;
    let result = run(&diagram, &[("duration", "100 s")]);
    assert_eq!(metric(&result, "fn", "completed"), 100.0);
}

// --- bills ---

/// Ten requests of a second at 1 GiB, one of them with half a second of initialization: 10.5 GB-s.
#[test]
fn requests_and_duration_are_billed_with_the_initialization() {
    let x86 = run(&called("constant(0.1/s)", &[("init", "500 ms")]), &[("duration", "102 s")]);
    assert_eq!((billed(&x86, "requests").0, billed(&x86, "duration").0), (10.0, 10.5));
    close(billed(&x86, "requests").1, 10.0 * 0.2 / 1e6);
    close(billed(&x86, "duration").1, 10.5 * 0.000_016_666_7);
    let arm = run(&called("constant(0.1/s)", &[("init", "500 ms"), ("architecture", "arm64")]), &[("duration", "102 s")]);
    close(arm.cost.total_usd, 10.0 * 0.2 / 1e6 + 10.5 * 0.000_013_333_4);
}

/// Ten requests of 12.3 ms at 1 GiB: 13 ms each are billed, and a tenth of a second each where that is the step.
#[test]
fn durations_are_rounded_up_to_the_step_of_the_bill() {
    let duration = |step: &[(&str, &str)]| {
        let fields: Vec<_> = [("duration", "12.3 ms"), ("init", "0 s")].iter().chain(step).copied().collect();
        billed(&run(&called("constant(0.1/s)", &fields), &[("duration", "102 s")]), "duration").0
    };
    close(duration(&[]), 0.13);
    close(duration(&[("billed_step", "100 ms")]), 1.0);
}

/// Two instances of 1 GiB for 100 s are 200 GB-s, a request on one of them and one that spills over each take a second.
#[test]
fn provisioned_concurrency_is_billed_by_time_and_cheaper_by_duration() {
    let bill = |architecture: &str| {
        let fields = [("provisioned_concurrency", "1"), ("architecture", architecture)];
        run(&called("batch(2, at=0 s)", &fields), &[("duration", "100 s")])
    };
    close(bill("x86_64").cost.total_usd, 2.0 * 0.2 / 1e6 + 0.000_016_666_7 + 0.000_009_722_2 + 100.0 * 0.000_004_166_7);
    close(bill("arm64").cost.total_usd, 2.0 * 0.2 / 1e6 + 0.000_013_333_4 + 0.000_007_777_8 + 100.0 * 0.000_003_333_4);
}

/// Of 1.5 GiB a half is included: one GiB is billed for the second of an invocation.
#[test]
fn temporary_storage_beyond_the_included_is_billed() {
    let result = run(&called("times(0 s)", &[("ephemeral_storage", "1536 MiB")]), &[("duration", "10 s")]);
    assert_eq!(billed(&result, "ephemeral_storage").0, 1.0);
    close(billed(&result, "ephemeral_storage").1, 0.000_000_030_9);
}

// --- hops ---

/// Medians from a producer's call to the start of a warm handler, as measured with 1,024 samples each; the interval of
/// a median is exp(1.96 * 1.2533 * sigma / sqrt(1024)) with the spread of logarithms of each sample.
#[test]
fn the_parts_of_a_hop_add_up_to_the_measured_whole() {
    let median = |service: &str, kind: EdgeKind| {
        let diagram = Draw::default()
            .sender("client", "hop", "constant(10/s)")
            .node("hop", service, &[])
            .node("fn", "aws/lambda", &[("duration", "0 s"), ("init", "0 s"), ("placement", "0 s")])
            .edge("to-function", kind, "hop", "fn", &[])
            .0;
        run(&diagram, &[("duration", "2000 s")]).journeys[0].completion.p50 * 1e3
    };
    for (service, kind, measured_ms, sigma) in [
        ("aws/sqs", EdgeKind::Poll, 16.2, 0.574),
        ("aws/sns", EdgeKind::Deliver, 73.0, 0.420),
        // A third of what was measured in 2023.
        ("aws/eventbridge-classic", EdgeKind::Deliver, 148.0 / 3.0, 0.380),
    ] {
        let width: f64 = 1.96 * 1.2533 * sigma / f64::sqrt(1024.0);
        let p50 = median(service, kind);
        assert!(libm::log(p50 / measured_ms).abs() <= width, "{service}: {p50} ms, measured {measured_ms} ms");
    }
}

//! Front doors: timelines, throttles, statuses and bills worked by hand.

use plimsoll_models::{Catalog, Diagram, EdgeKind, EventType, validate};
use plimsoll_sim::{RunResult, result::TraceEvent};

use crate::support::{Draw, fate, run, times};

fn figure(result: &RunResult, node: &str, name: &str) -> f64 {
    result.node(node).expect("the node is drawn").metrics[name]
}

fn usd(result: &RunResult, node: &str, meter: &str) -> f64 {
    let item = result.cost.items.iter().find(|item| item.node.as_str() == node && item.meter == meter);
    item.unwrap_or_else(|| panic!("{node} has no meter {meter}: {:?}", result.cost.items)).usd
}

fn near(value: f64, wanted: f64) {
    assert!((value - wanted).abs() <= 1e-9 * wanted.abs().max(1.0), "{value} is not {wanted}");
}

/// Event types of so many bytes.
fn types(mut draw: Draw, list: &[(&str, &str)]) -> Draw {
    for (id, size) in list {
        let event_type = EventType { fields: [("size".to_owned(), (*size).into())].into() };
        draw.0.event_types.insert((*id).into(), std::sync::Arc::new(event_type));
    }
    draw
}

/// A client, a door without overhead and a function that takes so long.
fn behind(door: &str, fields: &[(&str, &str)], duration: &str, arrivals: &str) -> Draw {
    let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("overhead", "0 s")]).collect();
    Draw::default()
        .node("client", "generic/client", &[("arrivals", arrivals)])
        .node("door", door, &fields)
        .node(
            "fn",
            "aws/lambda",
            &[("duration", duration), ("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s"), ("timeout", "100 s")],
        )
        .edge("get", EdgeKind::Request, "client", "door", &[("timeout", "none")])
        .edge("invoke", EdgeKind::Request, "door", "fn", &[])
}

/// The function takes 35 s. The REST API answers 504 after 29 s and the load balancer after 60 s at the earliest; the
/// function URL waits for as long as the function may run.
#[test]
fn each_door_has_its_own_patience() {
    for (door, response, timeouts) in [("aws/api-gateway-rest", 29.0, 1.0), ("aws/alb", 35.0, 0.0), ("aws/function-url", 35.0, 0.0)] {
        let result = run(&behind(door, &[], "35 s", "times(0 s)").0, &[("duration", "2 min")]);
        assert_eq!(figure(&result, "door", "504"), timeouts, "{door}");
        let journey = &result.journeys[0];
        assert_eq!(if timeouts > 0.0 { journey.response_failed.max } else { journey.response.max }, response, "{door}");
        // The function works to its end either way.
        assert_eq!(times(&result, TraceEvent::Done, "fn"), [35.0]);
    }
    let result = run(&behind("aws/alb", &[("idle_timeout", "10 s")], "35 s", "times(0 s)").0, &[("duration", "2 min")]);
    assert_eq!((figure(&result, "door", "504"), result.journeys[0].response_failed.max), (1.0, 10.0));
}

/// Ten at once for a function that may run once at a time: nine are refused by the function. Its own address says 429,
/// the others turn it into a server error of their own.
#[test]
fn a_throttled_function_has_a_status_for_each_door() {
    for (door, status) in
        [("aws/api-gateway-rest", "500"), ("aws/api-gateway-http", "503"), ("aws/function-url", "429"), ("aws/alb", "502")]
    {
        let mut draw = behind(door, &[], "1 s", "batch(10, at=0 s)");
        draw = draw.node(
            "fn",
            "aws/lambda",
            &[("duration", "1 s"), ("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s"), ("reserved_concurrency", "1")],
        );
        let result = run(&draw.0, &[("duration", "1 min")]);
        assert_eq!(figure(&result, "door", status), 9.0, "{door}");
        let journey = &result.journeys[0];
        assert_eq!((journey.succeeded, journey.rejected, journey.failed), if status == "429" { (1, 9, 0) } else { (1, 0, 9) }, "{door}");
    }
}

/// A failing function is a bad gateway at every door; what a server or somebody else's API answers passes through.
#[test]
fn answers_of_servers_pass_through() {
    let broken = |door: &str| {
        let fields = [("duration", "1 s"), ("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s"), ("poison_events", "100 %")];
        run(&behind(door, &[], "1 s", "times(0 s)").node("fn", "aws/lambda", &fields).0, &[("duration", "1 min")])
    };
    for door in ["aws/api-gateway-rest", "aws/api-gateway-http", "aws/function-url", "aws/alb"] {
        assert_eq!(figure(&broken(door), "door", "502"), 1.0, "{door}");
    }
    let before = |service: &str, fields: &[(&str, &str)]| {
        let draw = behind("aws/api-gateway-rest", &[], "1 s", "batch(10, at=0 s)").node("fn", service, fields);
        run(&draw.0, &[("duration", "1 min")])
    };
    let result = before("generic/http-api", &[("latency", "1 s"), ("rate_limit", "4/s")]);
    assert_eq!((figure(&result, "door", "429"), result.journeys[0].rejected), (6.0, 6));
    let result = before("generic/http-api", &[("latency", "1 s"), ("error_rate", "100 %")]);
    assert_eq!((figure(&result, "door", "500"), result.journeys[0].failed), (10.0, 10));
    let result = before("generic/server", &[("duration", "1 s"), ("concurrency_per_instance", "2"), ("queue_capacity", "3")]);
    assert_eq!((figure(&result, "door", "503"), result.journeys[0].failed), (5.0, 5));
}

/// A REST and an HTTP API of one account share its bucket: 100 tokens, no refill to speak of, 80 requests to each.
#[test]
fn the_bucket_of_the_account_is_shared_by_all_apis() {
    let mut draw = Draw::default()
        .node("client", "generic/client", &[("arrivals", "batch(80, at=0 s)")])
        .node("rest", "aws/api-gateway-rest", &[("overhead", "0 s")])
        .node("http", "aws/api-gateway-http", &[("overhead", "0 s")])
        .edge("a", EdgeKind::Request, "client", "rest", &[])
        .edge("b", EdgeKind::Request, "client", "http", &[]);
    draw.0.account.quotas.insert("aws/api-gateway-http.account_burst".to_owned(), "100".into());
    draw.0.account.quotas.insert("aws/api-gateway-http.account_rate".to_owned(), "1/s".into());
    let result = run(&draw.0, &[("duration", "1 s")]);
    assert_eq!(figure(&result, "rest", "429") + figure(&result, "http", "429"), 60.0);
    let shared: Vec<_> = result.limits.iter().filter(|limit| limit.key.ends_with("account_rate")).collect();
    assert_eq!((shared.len(), shared[0].refused, shared[0].use_peak), (1, 60, 160.0));
}

/// Free customers have two requests a day and a bucket of one; everybody else has ten at once.
#[test]
fn usage_plans_throttle_by_the_type_of_the_event() {
    let plans = "plan(events=Free, rate=0.5/s, burst=1, quota=2, per=day); plan(rate=1/s, burst=10)";
    let draw = |events: &str, arrivals: &str| {
        let draw = Draw::default()
            .node("client", "generic/client", &[("arrivals", arrivals), ("events", events)])
            .node("api", "aws/api-gateway-rest", &[("overhead", "0 s"), ("usage_plans", plans)])
            .edge("get", EdgeKind::Request, "client", "api", &[]);
        types(draw, &[("Free", "1 KiB"), ("Paid", "1 KiB")]).0
    };
    // At 0 s the bucket has one token; at 2 s it has the next one, the last of the day; at 4 s the quota refuses.
    let result = run(&draw("Free", "times(0 s, 1 s, 2 s, 4 s, 86401 s)"), &[("duration", "25 h")]);
    assert_eq!((result.journeys.iter().map(|row| row.succeeded).sum::<u64>(), figure(&result, "api", "429")), (3, 2.0));
    let refused = |key: &str| result.limits.iter().find(|limit| limit.key.ends_with(key)).unwrap().refused;
    assert_eq!((refused("plan_1_rate"), refused("plan_1_quota"), refused("plan_2_rate")), (1, 1, 0));
    let result = run(&draw("Paid", "batch(15, at=0 s)"), &[("duration", "1 s")]);
    assert_eq!(figure(&result, "api", "429"), 5.0);
}

/// Every key of a plan has a bucket of its own: 200 requests of different customers over 50 keys with four tokens each.
#[test]
fn the_keys_of_a_plan_are_throttled_one_by_one() {
    let run_with = |keys: &str| {
        let draw = Draw::default()
            .node("client", "generic/client", &[("arrivals", "batch(200, at=0 s)")])
            .node("api", "aws/api-gateway-rest", &[("overhead", "0 s"), ("usage_plans", keys)])
            .edge("get", EdgeKind::Request, "client", "api", &[]);
        figure(&run(&draw.0, &[("duration", "1 s")]), "api", "429")
    };
    assert_eq!(run_with("plan(keys=1, rate=1/s, burst=4)"), 196.0);
    let refused = run_with("plan(keys=50, rate=1/s, burst=4)");
    // Spread at random, a key gets 4 of 200 on average; what it gets above 4 is refused, about a fifth.
    assert!((20.0..60.0).contains(&refused), "{refused}");
}

/// The cache answers one half; hits are throttled and billed as all others but do not reach the function.
#[test]
fn a_cache_keeps_requests_from_the_function_and_costs_by_the_hour() {
    let fields = [("cache", "1.6 GB"), ("cache_hit_ratio", "50 %")];
    let result = run(&behind("aws/api-gateway-rest", &fields, "1 s", "constant(1/s)").0, &[("duration", "2 h"), ("until", "duration")]);
    let requests = figure(&result, "door", "arrivals");
    let calls = figure(&result, "fn", "arrivals");
    assert!((calls / requests - 0.5).abs() < 0.03, "{calls} of {requests}");
    assert_eq!(result.journeys[0].response.min, 0.0);
    near(usd(&result, "door", "requests"), requests * 3.5e-6);
    // Two hours at 0.038 USD.
    near(usd(&result, "door", "cache_1_6_gb"), 0.076);
}

/// An HTTP API meters chunks of 512 KiB, a REST API requests, a function URL nothing.
#[test]
fn requests_are_metered_as_each_door_does() {
    for (door, bill) in
        [("aws/api-gateway-http", Some(10.0 * 3.0 * 1e-6)), ("aws/api-gateway-rest", Some(10.0 * 3.5e-6)), ("aws/function-url", None)]
    {
        let draw = behind(door, &[], "10 ms", "batch(10, at=0 s)").node(
            "client",
            "generic/client",
            &[("arrivals", "batch(10, at=0 s)"), ("events", "Picture")],
        );
        let result = run(&types(draw, &[("Picture", "1.2 MiB")]).0, &[("duration", "1 min")]);
        match bill {
            Some(bill) => near(usd(&result, "door", "requests"), bill),
            None => assert!(result.cost.items.iter().all(|item| item.node.as_str() != "door")),
        }
    }
}

#[test]
fn what_is_too_large_is_refused_with_413() {
    for (door, size, refused) in [
        ("aws/api-gateway-rest", "11 MiB", 1.0),
        ("aws/api-gateway-http", "11 MiB", 1.0),
        ("aws/function-url", "7 MiB", 1.0),
        ("aws/alb", "2 MiB", 1.0),
        ("aws/alb", "1 MiB", 0.0),
    ] {
        let draw =
            behind(door, &[], "10 ms", "times(0 s)").node("client", "generic/client", &[("arrivals", "times(0 s)"), ("events", "Film")]);
        let result = run(&types(draw, &[("Film", size)]).0, &[("duration", "1 min")]);
        assert_eq!(figure(&result, "door", "413"), refused, "{door} with {size}");
        assert_eq!(figure(&result, "fn", "arrivals"), 1.0 - refused, "{door} with {size}");
    }
}

/// A load balancer before two stations, one of 1 s and one of 3 s, a request each second from 0 s to 7 s.
fn two_targets(selection: &str, shares: [&str; 2]) -> RunResult {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "times(0 s, 1.1 s, 2.2 s, 3.3 s, 4.4 s, 5.5 s)")])
        .node("lb", "aws/alb", &[("selection", selection), ("overhead", "0 s")])
        .node("fast", "generic/station", &[("service", "1 s"), ("servers", "10")])
        .node("slow", "generic/station", &[("service", "3 s"), ("servers", "10")])
        .edge("get", EdgeKind::Request, "client", "lb", &[])
        .edge("to-fast", EdgeKind::Request, "lb", "fast", &[("share", shares[0])])
        .edge("to-slow", EdgeKind::Request, "lb", "slow", &[("share", shares[1])])
        .0;
    run(&diagram, &[("duration", "1 min")])
}

/// In turn: three each. By requests under way: 0 s fast; 1.1 s both idle, slow is next; 2.2 s slow is busy until 4.1 s, so
/// fast; 3.3 s fast; 4.4 s both idle, slow; 5.5 s fast. By shares of one and nothing: all to the one.
#[test]
fn a_load_balancer_picks_its_target() {
    let split = |result: &RunResult| (fate(result, "to-fast", "done"), fate(result, "to-slow", "done"));
    assert_eq!(split(&two_targets("round-robin", ["50 %", "50 %"])), (3, 3));
    assert_eq!(split(&two_targets("least-outstanding-requests", ["50 %", "50 %"])), (4, 2));
    assert_eq!(split(&two_targets("weighted", ["100 %", "0 %"])), (6, 0));
}

#[test]
fn a_load_balancer_without_a_target_answers_503() {
    let draw = behind("aws/alb", &[], "1 s", "times(0 s)").edge("invoke", EdgeKind::Request, "door", "fn", &[("filter", "Other")]);
    let result = run(&types(draw, &[("Other", "1 KiB")]).0, &[("duration", "1 min")]);
    assert_eq!((figure(&result, "door", "503"), result.journeys[0].failed), (1.0, 1));
}

/// One hour at 100 requests a second, each 1 KiB in and 4 KiB out, 0.5 s long, ten to a connection, 30 rules:
/// - new connections: 10/s of 25/s = 0.4 units,
/// - active connections: 50 of 3000 = 0.0167 units,
/// - bytes to a function: 360,000 × 5 KiB = 1.717 GiB of 0.4 GiB = 4.292 units; to a server 1.717 units,
/// - rules: 100/s × 20 counted = 2000/s of 1000/s = 2 units.
#[test]
fn the_greatest_dimension_of_a_load_balancer_is_billed() {
    let bill = |to_function: bool, rules: &str| {
        let target = if to_function { "fn" } else { "server" };
        let diagram = Draw::default()
            .node("client", "generic/client", &[("arrivals", "constant(100/s)")])
            .node(
                "door",
                "aws/alb",
                &[("overhead", "0 s"), ("rules", rules), ("response_size", "4 KiB"), ("requests_per_connection", "10")],
            )
            .node(target, if to_function { "aws/lambda" } else { "generic/server" }, &[("duration", "500 ms"), ("overhead", "0 s")])
            .edge("get", EdgeKind::Request, "client", "door", &[])
            .edge("invoke", EdgeKind::Request, "door", target, &[])
            .0;
        let diagram = if to_function {
            diagram
        } else {
            Draw(diagram).node("server", "generic/server", &[("duration", "500 ms"), ("overhead", "0 s"), ("instances", "10")]).0
        };
        let result = run(&diagram, &[("duration", "1 h")]);
        near(usd(&result, "door", "hours"), 0.0225);
        usd(&result, "door", "capacity_units") / 0.008
    };
    let gib = 360_000.0 * 5_120.0 / 1_073_741_824.0;
    for (units, wanted) in [(bill(true, "30"), gib / 0.4), (bill(false, "1"), gib), (bill(false, "30"), 2.0)] {
        // The requests of the last half second are not over when the hour ends.
        assert!((units / wanted - 1.0).abs() < 5e-4, "{units} is not {wanted}");
    }
}

/// A request that goes straight into a queue has its response when the queue has acknowledged it, whatever becomes of
/// the message.
#[test]
fn a_direct_integration_answers_with_the_acknowledgment() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "times(0 s)")])
        .node("api", "aws/api-gateway-rest", &[("overhead", "10 ms")])
        .node("queue", "aws/sqs", &[("send_latency", "7 ms"), ("retention", "60 s")])
        .edge("post", EdgeKind::Request, "client", "api", &[])
        .edge("put", EdgeKind::Send, "api", "queue", &[])
        .0;
    let result = run(&diagram, &[("duration", "5 min")]);
    assert_eq!(result.journeys[0].response.max, 0.017);
    assert_eq!((fate(&result, "post", "done"), fate(&result, "put", "done"), fate(&result, "queue", "expired")), (1, 1, 1));
}

/// A topic takes five at once; the others of ten see its 429.
#[test]
fn a_throttled_direct_integration_passes_its_status_on() {
    let mut draw = Draw::default()
        .node("client", "generic/client", &[("arrivals", "batch(10, at=0 s)")])
        .node("api", "aws/api-gateway-rest", &[("overhead", "0 s")])
        .node("topic", "aws/sns", &[("publish_latency", "0 s")])
        .edge("post", EdgeKind::Request, "client", "api", &[])
        .edge("publish", EdgeKind::Send, "api", "topic", &[]);
    draw.0.account.quotas.insert("aws/sns.publish_rate".to_owned(), "5/s".into());
    let result = run(&draw.0, &[("duration", "1 s")]);
    assert_eq!((figure(&result, "api", "429"), result.journeys[0].rejected, fate(&result, "publish", "done")), (5.0, 5, 5));
}

fn codes(diagram: &Diagram) -> Vec<&'static str> {
    validate::check(diagram, Catalog::embedded()).into_iter().map(|diagnostic| diagnostic.code).collect()
}

/// What the provider refuses is a diagnostic.
#[test]
fn refused_combinations_are_diagnostics() {
    let door = |service: &str, fields: &[(&str, &str)]| behind(service, fields, "1 s", "times(0 s)").0;
    assert!(codes(&door("aws/api-gateway-http", &[("integration_timeout", "31 s")])).contains(&"timeout-too-long"));
    assert!(!codes(&door("aws/api-gateway-http", &[("integration_timeout", "30 s")])).contains(&"timeout-too-long"));
    assert!(codes(&door("aws/api-gateway-rest", &[("integration_timeout", "40 s")])).contains(&"timeout-too-long"));
    assert!(codes(&door("aws/api-gateway-rest", &[("integration_timeout", "20 ms")])).contains(&"timeout-too-short"));
    assert!(codes(&door("aws/api-gateway-http", &[("usage_plans", "plan(rate=1/s)")])).contains(&"unknown-field"));
    assert!(codes(&door("aws/api-gateway-rest", &[("usage_plans", "plan(events=Nobody, rate=1/s)")])).contains(&"unknown-event-type"));
    assert!(codes(&door("aws/api-gateway-rest", &[("usage_plans", "plan(mood=good)")])).contains(&"bad-value"));
    let mut raised = door("aws/api-gateway-rest", &[("integration_timeout", "40 s")]);
    raised.account.quotas.insert("aws/api-gateway-rest.integration_timeout".to_owned(), "60 s".into());
    assert!(!codes(&raised).contains(&"timeout-too-long"));
    let edge_optimized =
        Draw(raised).node("door", "aws/api-gateway-rest", &[("integration_timeout", "40 s"), ("endpoint", "edge-optimized")]).0;
    assert!(codes(&edge_optimized).contains(&"timeout-too-long"));
    for (door, target, kind) in [
        ("aws/alb", "aws/sqs", EdgeKind::Send),
        ("aws/alb", "aws/dynamodb", EdgeKind::Request),
        ("aws/function-url", "aws/sqs", EdgeKind::Send),
        ("aws/function-url", "generic/server", EdgeKind::Request),
        ("aws/api-gateway-http", "aws/sns", EdgeKind::Send),
        ("aws/api-gateway-http", "aws/dynamodb", EdgeKind::Request),
    ] {
        let diagram = Draw::default()
            .node("client", "generic/client", &[])
            .node("door", door, &[])
            .node("target", target, &[])
            .edge("get", EdgeKind::Request, "client", "door", &[])
            .edge("pass", kind, "door", "target", &[])
            .0;
        assert!(codes(&diagram).contains(&"impossible-edge"), "{door} to {target}");
    }
    let two = behind("aws/function-url", &[], "1 s", "times(0 s)")
        .node("other", "aws/lambda", &[])
        .edge("also", EdgeKind::Request, "door", "other", &[])
        .0;
    assert!(codes(&two).contains(&"one-function"));
}

/// Ten orders and ten reads come at once, and five more orders a second later. The method of the orders lets three pass
/// and gains two a second: 3 of 10, then 2 of 5. What it refuses takes nothing of the stage, which has room for fifteen.
#[test]
fn a_method_is_throttled_by_itself() {
    for door in ["aws/api-gateway-rest", "aws/api-gateway-http"] {
        let draw = types(Draw::default(), &[("order", "1 KiB"), ("read", "1 KiB")])
            .node("shop", "generic/client", &[("arrivals", "batch(10, at=0 s)"), ("events", "order")])
            .node("later", "generic/client", &[("arrivals", "batch(5, at=1 s)"), ("events", "order")])
            .node("reader", "generic/client", &[("arrivals", "batch(10, at=0 s)"), ("events", "read")])
            .node("door", door, &[("overhead", "0 s"), ("stage_rate", "1/s"), ("stage_burst", "15")])
            .node("fn", "aws/lambda", &[("duration", "10 ms"), ("init", "0 s"), ("placement", "0 s")]);
        let draw = ["shop", "later", "reader"]
            .iter()
            .fold(draw, |draw, client| draw.edge(&format!("from-{client}"), EdgeKind::Request, client, "door", &[("attempts", "1")]));
        let diagram = draw
            .edge("orders", EdgeKind::Request, "door", "fn", &[("filter", "order"), ("method_rate", "2/s"), ("method_burst", "3")])
            .edge("reads", EdgeKind::Request, "door", "fn", &[("filter", "read")])
            .0;
        let result = run(&diagram, &[("duration", "10 s")]);
        assert_eq!(
            (fate(&result, "from-shop", "done"), fate(&result, "from-later", "done"), fate(&result, "from-reader", "done")),
            (3, 2, 10)
        );
        assert_eq!(figure(&result, "door", "429"), 7.0 + 3.0, "{door}");
        let limit = result.limits.iter().find(|limit| limit.key.ends_with("method_rate")).unwrap();
        assert_eq!((limit.value, limit.refused, limit.first_bound_s), (2.0, 10, Some(0.0)));
    }
}

//! Timelines of clients that protect themselves and their targets, worked by hand.

use plimsoll_models::{
    Catalog, Diagram, EdgeKind,
    families::{self, CallConfig, ConnectionConfig},
};
use plimsoll_sim::RunResult;

use crate::support::{Draw, fate, faulty, run, run_plan};

/// A client that calls an API which does what its fields say, along the edge `call`.
fn client_and_api(load: &str, api: &[(&str, &str)], edge: &[(&str, &str)]) -> RunResult {
    let fields = [&[("latency", "0 s")], api].concat();
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", load)])
        .node("api", "generic/http-api", &fields)
        .edge("call", EdgeKind::Request, "client", "api", &[&[("timeout", "none"), ("backoff", "100 ms")], edge].concat())
        .0;
    run(&diagram, &[("duration", "1 min")])
}

fn edge_figure(result: &RunResult, key: &str) -> f64 {
    result.edge("call").expect("the edge is drawn").metrics[key]
}

/// Three calls of up to three attempts fail. A bucket of 25 tokens pays for five retries at 5 tokens: two, two and one.
#[test]
fn a_retry_quota_ends_retries() {
    let fields = [("attempts", "3"), ("retry_quota", "25"), ("retry_cost", "5")];
    let result = client_and_api("times(0 s, 1 s, 2 s)", &[("error_rate", "100 %")], &fields);
    assert_eq!((edge_figure(&result, "retries"), edge_figure(&result, "retries_denied")), (5.0, 1.0));
    let limit = result.limits.iter().find(|limit| limit.key.ends_with("retry_quota")).unwrap();
    assert_eq!((limit.value, limit.refused, limit.first_bound_s), (25.0, 1, Some(2.1)));
    assert_eq!(limit.use_peak, 30.0 / 25.0, "the denied retry is part of the demand");
}

/// The first call is refused twice and succeeds at its third attempt, which gives the 5 tokens of its last retry back.
#[test]
fn a_success_gives_the_last_retry_back() {
    let api = [("limiter", "fixed-window"), ("rate_limit", "1/s"), ("window", "1 s")];
    let fields = [("attempts", "3"), ("backoff", "500 ms"), ("retry_quota", "10"), ("retry_cost_throttle", "5")];
    // 0 s passes; 0.1 s is refused at 0.1 and 0.6 and passes at 1.1; 1.2 s is refused, pays the 5 tokens that came back,
    // is refused at 1.7 and has nothing left to pay with.
    let result = client_and_api("times(0 s, 0.1 s, 1.2 s)", &api, &fields);
    assert_eq!((edge_figure(&result, "retries"), edge_figure(&result, "retries_denied")), (3.0, 1.0));
    assert_eq!((result.journeys[0].succeeded, result.journeys[0].rejected), (2, 1));
}

/// A bucket of three calls that gets one back at each second of the clock: of five calls at 0.5 s two are refused and told to
/// come back at 1 s, where one of them passes; the other passes at 2 s.
#[test]
fn a_bucket_filled_in_steps_gives_back_at_the_step() {
    let api = [("limiter", "stepped-bucket"), ("rate_limit", "1/s"), ("window", "1 s"), ("burst", "3"), ("latency", "0 s")];
    let fields = [("attempts", "5"), ("honor_retry_after", "true")];
    let result = client_and_api("times(0.5 s, 0.5 s, 0.5 s, 0.5 s, 0.5 s)", &api, &fields);
    assert_eq!(edge_figure(&result, "retries"), 3.0);
    assert_eq!((result.journeys[0].succeeded, result.journeys[0].response.max), (5, 1.5));
}

/// Two calls in any second: those at 1 and 1.4 s come too early after those at 0.5 and 0.9 s. Windows of the clock let them
/// pass, and refuse what comes at 1.5 s.
#[test]
fn a_sliding_window_looks_back_at_every_call() {
    let passed = |limiter: &str| {
        let api = [("limiter", limiter), ("rate_limit", "2/s"), ("window", "1 s")];
        client_and_api("times(0.5 s, 0.9 s, 1 s, 1.4 s, 1.5 s)", &api, &[("attempts", "1")]).journeys[0].succeeded
    };
    assert_eq!((passed("sliding-window"), passed("fixed-window")), (3, 4));
    let api = [("limiter", "sliding-window"), ("rate_limit", "2/s"), ("window", "1 s")];
    let again = client_and_api("times(0 s, 0.5 s, 0.9 s)", &api, &[("attempts", "2"), ("honor_retry_after", "true")]);
    assert_eq!((again.journeys[0].succeeded, again.journeys[0].response.max), (3, 0.1));
}

/// No price is too high: 100,000 tokens for a retry come back in whole, so that the next one can be paid as well.
#[test]
fn a_dear_retry_is_given_back_in_whole() {
    let api = [("limiter", "fixed-window"), ("rate_limit", "1/s"), ("window", "1 s")];
    let fields = [("attempts", "2"), ("backoff", "1 s"), ("retry_quota", "100000"), ("retry_cost_throttle", "100000")];
    let result = client_and_api("times(0 s, 0.1 s, 3 s, 3.1 s)", &api, &fields);
    assert_eq!((edge_figure(&result, "retries"), edge_figure(&result, "retries_denied")), (2.0, 0.0));
}

/// With three attempts, 14 tokens for a retry and what the last one took for a success, a share p of failures costs
/// 14 p² + 14 p³ tokens a request and brings 1 - p: both are equal at 21.5 %. With five tokens, for throttles, at 32 %. Below
/// that 500 tokens are enough for ever, above it they are gone after some thousand requests.
#[test]
fn a_retry_quota_breaks_even_at_a_share_of_failures() {
    let denied = |cost: &str, kind: &str, share: &str| {
        let fields = [("attempts", "3"), ("retry_quota", "500"), ("retry_cost", cost), ("retry_cost_throttle", cost), ("timeout", "none")];
        let diagram = Draw::default()
            .node("client", "generic/client", &[("arrivals", "constant(100/s)")])
            .node("api", "generic/http-api", &[("latency", "0 s")])
            .edge("call", EdgeKind::Request, "client", "api", &[&fields[..], &[("backoff", "10 ms")]].concat())
            .0;
        let fault = serde_json::json!([{"kind": kind, "on": "api", "from": "0 s", "to": "10 min", "share": share}]);
        edge_figure(&run_plan(&diagram, faulty(&[("duration", "200 s")], fault)), "retries_denied")
    };
    assert_eq!((denied("14", "errors", "18 %"), denied("5", "throttle", "28 %")), (0.0, 0.0));
    assert!(denied("14", "errors", "26 %") > 500.0 && denied("5", "throttle", "36 %") > 500.0);
}

/// With half as many retries as requests, the first of four failing calls finds 0.5 retries allowed, the second 1, the
/// third 1.5 with one used, the fourth 2.
#[test]
fn a_retry_budget_is_a_share_of_the_requests() {
    let fields = [("attempts", "2"), ("retry_budget", "50 %"), ("retry_budget_minimum", "0/s"), ("retry_budget_window", "10 s")];
    let result = client_and_api("times(0 s, 1 s, 2 s, 3 s)", &[("error_rate", "100 %")], &fields);
    assert_eq!((edge_figure(&result, "retries"), edge_figure(&result, "retries_denied")), (2.0, 2.0));
}

/// Two of two attempts fail at 1 s: open until 6 s, when a trial fails: open until 11 s, and so on. What the breaker
/// refuses never reaches the API.
#[test]
fn a_breaker_refuses_while_the_target_fails() {
    let fields = [("breaker", "50 %"), ("breaker_minimum", "2"), ("breaker_window", "10 s"), ("breaker_open", "5 s")];
    let times: Vec<String> = (0..12).map(|second| format!("{second} s")).collect();
    let result = client_and_api(&format!("times({})", times.join(", ")), &[("error_rate", "100 %")], &fields);
    assert_eq!(result.node("api").unwrap().metrics["arrivals"], 4.0, "at 0, 1, 6 and 11 s");
    assert_eq!((edge_figure(&result, "breaker_refused"), edge_figure(&result, "breaker_opened")), (8.0, 3.0));
    assert_eq!((fate(&result, "call", "rejected"), fate(&result, "call", "failed")), (8, 4));
    assert_eq!((result.journeys[0].rejected, result.journeys[0].failed), (8, 4));
    let limit = result.limits.iter().find(|limit| limit.key.ends_with("breaker")).unwrap();
    assert_eq!((limit.refused, limit.first_bound_s, limit.use_peak), (8, Some(2.0), 2.0));
    let row = result.ledger.rows.iter().find(|row| row.edge.is_some()).unwrap();
    assert_eq!((row.created, row.attempts), (12, 4));
}

/// An API takes two calls in ten seconds. Two of four attempts are refused at 3 s: open for seven seconds; the trial at
/// 10 s finds a new window and closes the breaker.
#[test]
fn a_breaker_closes_when_its_trial_succeeds() {
    let api = [("limiter", "fixed-window"), ("rate_limit", "0.2/s"), ("window", "10 s")];
    let fields = [("breaker", "50 %"), ("breaker_minimum", "4"), ("breaker_open", "7 s")];
    let times: Vec<String> = (0..12).map(|second| format!("{second} s")).collect();
    let result = client_and_api(&format!("times({})", times.join(", ")), &api, &fields);
    assert_eq!((edge_figure(&result, "breaker_refused"), edge_figure(&result, "breaker_opened")), (6.0, 1.0));
    assert_eq!((fate(&result, "call", "done"), fate(&result, "call", "rejected")), (4, 8));
    assert_eq!(result.node("api").unwrap().metrics["refused"], 2.0);
}

/// The next call is possible at 10 s, for a bucket that gains a tenth of a token a second and for a window of ten seconds.
#[test]
fn a_caller_that_honors_retry_after_comes_back_in_time() {
    for api in [
        [("limiter", "fixed-window"), ("rate_limit", "0.1/s"), ("window", "10 s")],
        [("limiter", "token-bucket"), ("rate_limit", "0.1/s"), ("burst", "1")],
    ] {
        let honoring = client_and_api("times(0 s, 3 s)", &api, &[("attempts", "2"), ("honor_retry_after", "true")]);
        assert_eq!((honoring.journeys[0].succeeded, honoring.journeys[0].response.max), (2, 7.0), "{api:?}");
        let hasty = client_and_api("times(0 s, 3 s)", &api, &[("attempts", "2")]);
        assert_eq!((hasty.journeys[0].succeeded, hasty.journeys[0].rejected), (1, 1), "{api:?}");
    }
}

/// Five tokens pay for one retry: each of two users has them, or both together.
#[test]
fn each_client_has_a_quota_of_its_own_unless_it_is_shared() {
    let fields = |scope| [("attempts", "2"), ("retry_quota", "5"), ("resilience_scope", scope)];
    for (scope, retries) in [("instance", 2.0), ("shared", 1.0)] {
        let result = client_and_api("closed(users=2, think=1 s)", &[("error_rate", "100 %")], &fields(scope));
        assert_eq!(edge_figure(&result, "retries"), retries, "{scope}");
    }
}

fn call_of(diagram: &Diagram) -> CallConfig {
    let (config, problems) = families::edge_config(diagram, Catalog::embedded(), &"call".into());
    assert!(problems.is_empty(), "{problems:?}");
    match config {
        Some(ConnectionConfig::Call(call)) => *call,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_client_library_brings_its_own_retries() {
    let call = |to: &str, fields: &[(&str, &str)]| {
        let draw = Draw::default().node("fn", "aws/lambda", &[]).node("target", to, &[]);
        let kind = if to == "aws/sqs" { EdgeKind::Send } else { EdgeKind::Request };
        call_of(&draw.edge("call", kind, "fn", "target", fields).0)
    };
    let quota = |call: &CallConfig| call.resilience.as_ref().and_then(|rules| rules.quota.as_ref()).map(|quota| quota.error_cost);
    let new = call("aws/dynamodb", &[("sdk", "aws-standard-2026")]);
    assert_eq!((new.policy.attempts, quota(&new)), (Some(4), Some(14)));
    assert!(new.policy.backoff.to_string().starts_with("exponential(base=0.025 s"), "{}", new.policy.backoff);
    let new = call("aws/sqs", &[("sdk", "aws-standard-2026")]);
    assert!(new.policy.backoff.to_string().starts_with("exponential(base=0.05 s"), "{}", new.policy.backoff);
    let old = call("aws/dynamodb", &[]);
    assert_eq!((old.policy.attempts, quota(&old)), (Some(3), Some(5)));
    let legacy = call("aws/dynamodb", &[("sdk", "aws-legacy")]);
    assert_eq!((legacy.policy.attempts, quota(&legacy)), (Some(10), None));
    let own = call("aws/dynamodb", &[("sdk", "aws-legacy"), ("attempts", "2"), ("retry_quota", "9")]);
    assert_eq!((own.policy.attempts, quota(&own)), (Some(2), Some(5)));
    assert_eq!(call("generic/http-api", &[]).resilience, None, "somebody else's API is not called through that library");
}

/// Root events of a producer as the catalog delivers it, in ten minutes.
fn events_of(service: &str) -> u64 {
    let diagram = Draw::default()
        .node("source", service, &[])
        .node("api", "generic/http-api", &[("latency", "0 s")])
        .edge("call", EdgeKind::Request, "source", "api", &[])
        .0;
    run(&diagram, &[("duration", "10 min")]).journeys.iter().map(|journey| journey.started).sum()
}

#[test]
fn devices_report_once_in_a_period() {
    // 10,000 devices, each once in five minutes: twice in ten, less who is late at the end.
    let events = events_of("generic/iot-fleet");
    assert!((19_000..=20_000).contains(&events), "{events}");
}

#[test]
fn a_schedule_strikes_every_five_minutes() {
    let events = events_of("generic/schedule");
    assert!((1..=2).contains(&events), "{events}");
}

#[test]
fn users_of_a_web_client_think_between_requests() {
    // 100 users, eight seconds of thought on average: 12.5 a second, 7,500 in ten minutes, with a deviation of 87.
    let events = events_of("generic/web-client");
    assert!((7_150..=7_850).contains(&events), "{events}");
}

#[test]
fn an_upload_is_spread_over_its_minute() {
    assert_eq!(events_of("generic/batch-upload"), 10_000);
}

#[test]
fn webhooks_come_in_groups() {
    // Two groups a second of five on average: 6,000 in ten minutes; the deviation of a sum of 1,200 such groups is 233.
    let events = events_of("generic/webhook");
    assert!((5_000..=7_000).contains(&events), "{events}");
}

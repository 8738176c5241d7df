//! Workflows: timelines of states, limits and bills worked by hand.

use plimsoll_models::{Catalog, Diagram, EdgeKind, validate};
use plimsoll_sim::{RunResult, result::TraceEvent};
use serde_json::{Value, json};

use crate::support::{Draw, fate, run, times};

const STANDARD: &str = "aws/step-functions-standard";
const EXPRESS: &str = "aws/step-functions-express";

fn figure(result: &RunResult, node: &str, name: &str) -> f64 {
    result.node(node).expect("the node is drawn").metrics[name]
}

fn usd(result: &RunResult, meter: &str) -> f64 {
    let item = result.cost.items.iter().find(|item| item.node.as_str() == "flow" && item.meter == meter);
    item.unwrap_or_else(|| panic!("no meter {meter}: {:?}", result.cost.items)).usd
}

fn near(value: f64, wanted: f64) {
    assert!((value - wanted).abs() <= 1e-9 * wanted.abs().max(1.0), "{value} is not {wanted}");
}

fn limit<'a>(result: &'a RunResult, key: &str) -> &'a plimsoll_sim::result::LimitResult {
    result.limits.iter().find(|limit| limit.key.ends_with(key)).unwrap_or_else(|| panic!("no limit {key}"))
}

/// A client that starts a workflow without latencies of its own.
fn flow(service: &str, definition: &Value, arrivals: &str) -> Draw {
    let kind = if service == EXPRESS { EdgeKind::Request } else { EdgeKind::Send };
    started(service, kind, definition, arrivals)
}

fn started(service: &str, kind: EdgeKind, definition: &Value, arrivals: &str) -> Draw {
    let mut fields = vec![("start_latency", "0 s"), ("ack_latency", "0 s"), ("state_latency", "0 s")];
    if service == EXPRESS {
        fields.extend([("sync_start_latency", "0 s"), ("duplicates", "0 %")]);
    }
    let draw = Draw::default().node("client", "generic/client", &[("arrivals", arrivals)]).node("flow", service, &fields).edge(
        "start",
        kind,
        "client",
        "flow",
        &[("timeout", "none")],
    );
    defined(draw, definition)
}

/// The same with another definition.
fn defined(mut draw: Draw, definition: &Value) -> Draw {
    let node = std::sync::Arc::make_mut(draw.0.nodes.get_mut("flow").expect("the workflow is drawn"));
    node.fields.insert("definition".to_owned(), definition.clone());
    draw
}

/// A station that serves for so long, with an edge of its name.
fn called(draw: Draw, id: &str, fields: &[(&str, &str)]) -> Draw {
    let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("servers", "10000")]).collect();
    draw.node(id, "generic/station", &fields).edge(&format!("to-{id}"), EdgeKind::Request, "flow", id, &[])
}

fn task(target: &str, more: &Value) -> Value {
    let mut task = json!({"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "Parameters": {"ApiEndpoint": target}});
    merge(&mut task, more);
    task
}

/// Adds the members of one object to another.
fn merge(object: &mut Value, more: &Value) {
    if let (Value::Object(object), Value::Object(more)) = (object, more) {
        object.extend(more.clone());
    }
}

fn machine(start: &str, states: &Value) -> Value {
    json!({"StartAt": start, "States": states})
}

/// Start 100 ms, then each of three states 20 ms plus what it does: a call of 1 s, a wait of 2 s, a call of 3 s.
#[test]
fn states_follow_one_another() {
    let definition = machine(
        "A",
        &json!({
            "A": task("a", &json!({"Next": "Nap"})),
            "Nap": {"Type": "Wait", "Seconds": 2, "Next": "B"},
            "B": task("b", &json!({"End": true})),
        }),
    );
    let fields = [("sync_start_latency", "100 ms"), ("state_latency", "20 ms"), ("duplicates", "0 %")];
    let draw = defined(flow(EXPRESS, &definition, "times(0 s)").node("flow", EXPRESS, &fields), &definition);
    let result = run(&called(called(draw, "a", &[("service", "1 s")]), "b", &[("service", "3 s")]).0, &[("duration", "1 min")]);
    assert_eq!(times(&result, TraceEvent::Start, "a"), [0.12]);
    assert_eq!(times(&result, TraceEvent::Start, "b"), [3.16]);
    assert_eq!(result.journeys[0].response.max, 6.16);
    assert_eq!(figure(&result, "flow", "transitions"), 3.0);
}

/// A synchronous start answers with the end of the execution, an asynchronous one with its acknowledgment; the journey of
/// either ends with the execution.
#[test]
fn a_request_waits_for_the_end_and_a_send_does_not() {
    let definition = machine("Nap", &json!({"Nap": {"Type": "Wait", "Seconds": 5, "End": true}}));
    for (service, kind, response) in [(EXPRESS, EdgeKind::Request, 5.0), (EXPRESS, EdgeKind::Send, 0.03), (STANDARD, EdgeKind::Send, 0.03)]
    {
        let mut fields = vec![("start_latency", "0 s"), ("ack_latency", "30 ms"), ("state_latency", "0 s")];
        if service == EXPRESS {
            fields.extend([("sync_start_latency", "0 s"), ("duplicates", "0 %")]);
        }
        let draw = started(service, kind, &definition, "times(0 s)").node("flow", service, &fields);
        let result = run(&defined(draw, &definition).0, &[("duration", "1 min")]);
        let journey = &result.journeys[0];
        assert_eq!((journey.response.max, journey.completion.max), (response, 5.0), "{service} {kind:?}");
        assert_eq!(fate(&result, "start", "done"), 1);
        assert_eq!(fate(&result, "flow", "done"), u64::from(kind == EdgeKind::Send));
    }
}

/// Calls of web endpoints share a bucket of the account, here of two and one a second: five executions of both kinds call
/// at 0, 0, 1, 2 and 3 s. Calls of anything else do not count.
#[test]
fn http_tasks_wait_for_their_rate() {
    let definition = machine("A", &json!({"A": task("a", &json!({"End": true}))}));
    let last = |target: &str| {
        let mut draw = flow(STANDARD, &definition, "batch(3, at=0 s)");
        draw = draw
            .node("second", "generic/client", &[("arrivals", "batch(2, at=0 s)")])
            .node("express", EXPRESS, &[("start_latency", "0 s"), ("state_latency", "0 s"), ("duplicates", "0 %"), ("ack_latency", "0 s")])
            .edge("start-express", EdgeKind::Send, "second", "express", &[])
            .node("a", target, &[if target == "generic/station" { ("service", "0 s") } else { ("latency", "0 s") }])
            .edge("to-a", EdgeKind::Request, "flow", "a", &[])
            .edge("express-to-a", EdgeKind::Request, "express", "a", &[]);
        for (quota, value) in [("http_task_rate", "1/s"), ("http_task_burst", "2")] {
            draw.0.account.quotas.insert(format!("{STANDARD}.{quota}"), value.into());
        }
        let result = run(&draw.0, &[("duration", "1 min")]);
        assert_eq!(fate(&result, "to-a", "done") + fate(&result, "express-to-a", "done"), 5, "{target}");
        result.journeys.iter().map(|journey| journey.completion.max).fold(0.0, f64::max)
    };
    assert_eq!((last("generic/http-api"), last("generic/station")), (3.0, 0.0));
}

/// An endpoint that takes 90 s is given up after 60 s, and goes on.
#[test]
fn an_http_task_takes_a_minute_at_most() {
    let definition = machine("A", &json!({"A": task("a", &json!({"End": true}))}));
    let draw = flow(EXPRESS, &definition, "times(0 s)").node("a", "generic/http-api", &[("latency", "90 s")]);
    let result = run(&draw.edge("to-a", EdgeKind::Request, "flow", "a", &[]).0, &[("duration", "5 min")]);
    assert_eq!((result.journeys[0].failed, result.journeys[0].response_failed.max), (1, 60.0));
    assert_eq!(figure(&result, "a", "completed"), 1.0);
}

/// Branches of 1 s and 4 s at the same time, then a map of 10 items of 1 s, four at a time: 4 s + 3 s.
#[test]
fn branches_and_iterations_join() {
    let one = |name: &str, target: &str| machine(name, &json!({name: task(target, &json!({"End": true}))}));
    let definition = machine(
        "Both",
        &json!({
            "Both": {"Type": "Parallel", "Branches": [one("A", "a"), one("B", "b")], "Next": "Each"},
            "Each": {"Type": "Map", "Comment": "plimsoll: items=10", "MaxConcurrency": 4, "ItemProcessor": one("C", "a"), "End": true},
        }),
    );
    let draw = called(called(flow(EXPRESS, &definition, "times(0 s)"), "a", &[("service", "1 s")]), "b", &[("service", "4 s")]);
    let result = run(&draw.0, &[("duration", "1 min")]);
    assert_eq!(result.journeys[0].response.max, 7.0);
    assert_eq!(times(&result, TraceEvent::Start, "a"), [0.0, 4.0, 4.0, 4.0, 4.0, 5.0, 5.0, 5.0, 5.0, 6.0, 6.0]);
    // The parallel and its two branches, the map and its ten iterations.
    assert_eq!(figure(&result, "flow", "transitions"), 14.0);
}

/// Without a word about it, 40 iterations of a map run at a time: 100 items of 1 s take three rounds. A distributed map
/// begins 100 a second: the last of 200 begins after 1.99 s and ends a second later.
#[test]
fn maps_have_limits_of_their_own() {
    let body = |mode: &str| json!({"ProcessorConfig": {"Mode": mode}, "StartAt": "A", "States": {"A": task("a", &json!({"End": true}))}});
    let map = |mode: &str, items: u32| {
        machine(
            "M",
            &json!({"M": {"Type": "Map", "Comment": format!("plimsoll: items={items}"), "ItemProcessor": body(mode), "End": true}}),
        )
    };
    let took = |definition: &Value| {
        let draw = called(flow(STANDARD, definition, "times(0 s)"), "a", &[("service", "1 s")]);
        run(&draw.0, &[("duration", "1 min")]).journeys[0].completion.max
    };
    assert_eq!(took(&map("INLINE", 100)), 3.0);
    assert_eq!(took(&map("DISTRIBUTED", 200)), 2.99);
    assert_eq!(took(&map("INLINE", 0)), 0.0);
}

/// The call fails every time. Retries after 1, 2 and 3 s (4 s capped), then the catcher leads to the compensation.
#[test]
fn a_failed_task_is_retried_then_caught() {
    let retry = json!([{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 1, "MaxAttempts": 3, "MaxDelaySeconds": 3}]);
    let definition = machine(
        "Charge",
        &json!({
            "Charge": task("bank", &json!({"Retry": retry, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Refund"}], "Next": "Done"})),
            "Done": {"Type": "Succeed"},
            "Refund": task("refund", &json!({"Next": "Sorry"})),
            "Sorry": {"Type": "Fail", "Error": "OrderFailed"},
        }),
    );
    let draw = called(flow(STANDARD, &definition, "times(0 s)"), "bank", &[("service", "0 s"), ("failure", "100 %")]);
    let result = run(&called(draw, "refund", &[("service", "500 ms")]).0, &[("duration", "1 min")]);
    assert_eq!(times(&result, TraceEvent::Start, "bank"), [0.0, 1.0, 3.0, 6.0]);
    assert_eq!(times(&result, TraceEvent::Start, "refund"), [6.0]);
    assert_eq!((fate(&result, "to-bank", "failed"), fate(&result, "to-refund", "done"), fate(&result, "flow", "failed")), (4, 1, 1));
    assert_eq!((figure(&result, "flow", "task_retries"), figure(&result, "flow", "caught")), (3.0, 1.0));
    // Four tries, the compensation, the end; at 25 USD a million.
    near(usd(&result, "transitions"), 6.0 * 25e-6);
    assert_eq!(result.journeys[0].lossy, 1);
}

/// A throttled call is not a time-out, and names that the definition gives fit a failed call.
#[test]
fn rules_fit_by_the_name_of_the_error() {
    let caught = |name: &str, fields: &[(&str, &str)], timeout: u32| {
        let more = json!({"Catch": [{"ErrorEquals": [name], "Next": "Caught"}], "TimeoutSeconds": timeout, "Next": "Done"});
        let definition = machine("A", &json!({"A": task("a", &more), "Done": {"Type": "Succeed"}, "Caught": {"Type": "Succeed"}}));
        let fields: Vec<(&str, &str)> =
            fields.iter().copied().chain([("init", "0 s"), ("placement", "0 s"), ("timeout", "60 s")]).collect();
        let draw =
            flow(STANDARD, &definition, "times(0 s)").node("a", "aws/lambda", &fields).edge("to-a", EdgeKind::Request, "flow", "a", &[]);
        figure(&run(&draw.0, &[("duration", "1 min")]), "flow", "caught") == 1.0
    };
    let failing = |name: &str| caught(name, &[("transient_failures", "100 %")], 60);
    assert!(failing("CardDeclined") && failing("States.TaskFailed") && failing("States.ALL"));
    assert!(!failing("States.Timeout") && !failing("Lambda.ServiceException") && !failing("Lambda.TooManyRequestsException"));
    let throttled = |name: &str| caught(name, &[("reserved_concurrency", "0")], 60);
    assert!(throttled("Lambda.TooManyRequestsException") && throttled("States.TaskFailed") && throttled("States.ALL"));
    assert!(!throttled("CardDeclined") && !throttled("States.Timeout"));
    let slow = |name: &str| caught(name, &[("duration", "30 s")], 2);
    assert!(slow("States.Timeout") && slow("States.ALL") && !slow("States.TaskFailed") && !slow("CardDeclined"));
}

/// The call takes 10 s but the task waits 2 s: the execution ends after 2 s, what it called goes on and ends at 10 s.
#[test]
fn a_call_goes_on_when_its_task_has_given_up() {
    let definition = machine("A", &json!({"A": task("a", &json!({"TimeoutSeconds": 2, "End": true}))}));
    let draw = called(flow(EXPRESS, &definition, "times(0 s)"), "a", &[("service", "10 s")]);
    let result = run(&draw.0, &[("duration", "1 min")]);
    assert_eq!(result.journeys[0].response_failed.max, 2.0);
    assert_eq!(times(&result, TraceEvent::Done, "a"), [10.0]);
    assert_eq!((fate(&result, "start", "failed"), fate(&result, "to-a", "done")), (1, 1));
}

/// One branch fails after 1 s; the other, which would call again after 3 s, is ended with it.
#[test]
fn a_failed_branch_ends_the_others() {
    let definition = machine(
        "Both",
        &json!({
            "Both": {"Type": "Parallel", "Catch": [{"ErrorEquals": ["Stop"], "Next": "Caught"}], "End": true, "Branches": [
                machine("Nap", &json!({"Nap": {"Type": "Wait", "Seconds": 1, "Next": "Stop"}, "Stop": {"Type": "Fail", "Error": "Stop"}})),
                machine("Long", &json!({"Long": {"Type": "Wait", "Seconds": 3, "Next": "A"}, "A": task("a", &json!({"End": true}))})),
            ]},
            "Caught": {"Type": "Wait", "Seconds": 4, "End": true},
        }),
    );
    let result = run(&called(flow(EXPRESS, &definition, "times(0 s)"), "a", &[("service", "1 s")]).0, &[("duration", "1 min")]);
    assert_eq!((result.journeys[0].response.max, fate(&result, "to-a", "done")), (5.0, 0));
}

#[test]
fn choices_go_by_event_type_and_by_chance() {
    let definition = machine(
        "Which",
        &json!({
            "Which": {"Type": "Choice", "Choices": [
                {"Variable": "$.type", "StringEquals": "Gift", "Next": "Wrap"},
                {"Comment": "plimsoll: probability=25 %", "Next": "Wrap"},
            ], "Default": "Done"},
            "Wrap": task("wrap", &json!({"End": true})),
            "Done": {"Type": "Succeed"},
        }),
    );
    let wrapped = |events: &str| {
        let mut draw = flow(EXPRESS, &definition, "constant(20/s)").node(
            "client",
            "generic/client",
            &[("arrivals", "constant(20/s)"), ("events", events)],
        );
        for id in ["Gift", "Book"] {
            draw.0.event_types.insert(id.into(), std::sync::Arc::default());
        }
        let result = run(&called(draw, "wrap", &[("service", "0 s")]).0, &[("duration", "100 s")]);
        fate(&result, "to-wrap", "done") as f64 / result.journeys.iter().map(|row| row.started).sum::<u64>() as f64
    };
    assert_eq!(wrapped("Gift"), 1.0);
    let share = wrapped("Book");
    // A quarter of 2,000: within four standard deviations.
    assert!((share - 0.25).abs() < 0.04, "{share}");
}

/// After the call is acknowledged, the token comes back 7 s later; a task that waits 3 s for it fails.
#[test]
fn a_task_waits_for_its_token() {
    let queue = |more: &Value| {
        let mut task = json!({"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": true});
        merge(&mut task, more);
        let definition = machine("Ask", &json!({"Ask": task}));
        let fields = [("start_latency", "0 s"), ("ack_latency", "0 s"), ("state_latency", "0 s"), ("callback", "7 s")];
        let draw = started(STANDARD, EdgeKind::Send, &definition, "times(0 s)")
            .node("flow", STANDARD, &fields)
            .node("people", "aws/sqs", &[("send_latency", "0 s")])
            .edge("ask", EdgeKind::Send, "flow", "people", &[]);
        run(&defined(draw, &definition).0, &[("duration", "1 min")])
    };
    let result = queue(&json!({}));
    assert_eq!((result.journeys[0].completion.max, fate(&result, "flow", "done")), (7.0, 1));
    let result = queue(&json!({"TimeoutSeconds": 3}));
    assert_eq!(times(&result, TraceEvent::Failed, "flow"), [3.0]);
    assert_eq!((fate(&result, "ask", "done"), fate(&result, "flow", "failed")), (1, 1));
}

/// Outside of the large regions, 800 starts at once and 150 a second; the next ones are refused.
#[test]
fn starts_above_the_bucket_are_refused() {
    let definition = machine("Done", &json!({"Done": {"Type": "Succeed"}}));
    for (region, burst) in [("us-east-1", 1_300), ("eu-central-1", 800)] {
        let mut draw = flow(STANDARD, &definition, "batch(2000, at=0 s)");
        draw.0.account.region = region.to_owned();
        let result = run(&draw.0, &[("duration", "10 s")]);
        assert_eq!((fate(&result, "flow", "done"), fate(&result, "start", "rejected")), (burst, 2_000 - burst), "{region}");
        assert_eq!(limit(&result, "start_rate").refused, 2_000 - burst);
    }
    let result = run(&started(EXPRESS, EdgeKind::Send, &definition, "batch(7000, at=0 s)").0, &[("duration", "10 s")]);
    assert_eq!(fate(&result, "start", "rejected"), 1_000);
    let result = run(&flow(EXPRESS, &definition, "batch(7000, at=0 s)").0, &[("duration", "10 s")]);
    assert_eq!(fate(&result, "start", "rejected"), 0, "synchronous starts have no published rate");
}

/// A bucket of ten transitions with ten more a second, and thirty executions of one state at once: twenty are delayed, the
/// last by two seconds, and none fails.
#[test]
fn transitions_above_the_bucket_are_delayed() {
    let definition = machine("Done", &json!({"Done": {"Type": "Succeed"}}));
    let mut draw = flow(STANDARD, &definition, "batch(30, at=0 s)");
    for (key, value) in [("transition_burst", "10"), ("transition_rate", "10/s")] {
        draw.0.account.quotas.insert(format!("{STANDARD}.{key}"), value.into());
    }
    let result = run(&draw.0, &[("duration", "1 min")]);
    let rate = limit(&result, "transition_rate");
    assert_eq!((rate.refused, rate.delayed, fate(&result, "flow", "done")), (0, 20, 30));
    // 0.1 s + 0.2 s + … + 2 s.
    near(rate.delay_s, 21.0);
    assert_eq!(result.journeys[0].completion.max, 2.0);
}

/// Three executions may be open; a fourth start is refused until one has ended.
#[test]
fn open_executions_are_counted() {
    let definition = machine("Nap", &json!({"Nap": {"Type": "Wait", "Seconds": 10, "End": true}}));
    let mut draw = flow(STANDARD, &definition, "times(0 s, 1 s, 2 s, 3 s, 10.5 s)");
    draw.0.account.quotas.insert(format!("{STANDARD}.open_executions"), "3".into());
    let result = run(&draw.0, &[("duration", "1 min")]);
    assert_eq!((fate(&result, "flow", "done"), fate(&result, "start", "rejected")), (4, 1));
    assert_eq!(limit(&result, "open_executions").refused, 1);
}

/// A loop that leaves after 0.1 % of its rounds, but never within the history: a round is a pass and a choice, two events
/// each. 25,000 events less the two of start and end are 12,499 states.
#[test]
fn a_history_that_is_full_ends_a_standard_execution() {
    let definition = machine(
        "Turn",
        &json!({
            "Turn": {"Type": "Pass", "Next": "Again"},
            "Again": {"Type": "Choice", "Choices": [{"Comment": "plimsoll: probability=0.0000001 %", "Next": "Done"}], "Default": "Turn"},
            "Done": {"Type": "Succeed"},
        }),
    );
    let result = run(&flow(STANDARD, &definition, "times(0 s)").0, &[("duration", "1 min")]);
    assert_eq!((fate(&result, "flow", "failed"), limit(&result, "history").refused), (1, 1));
    // The state that does not fit is entered and ends the execution.
    assert_eq!(figure(&result, "flow", "transitions"), 12_500.0);
}

/// An express execution ends after five minutes; a definition may say less.
#[test]
fn an_express_execution_is_cut_off() {
    let law = machine("Nap", &json!({"Nap": {"Type": "Wait", "Comment": "plimsoll: time=uniform(400 s, 500 s)", "End": true}}));
    let result = run(&flow(EXPRESS, &law, "times(0 s)").0, &[("duration", "20 min")]);
    assert_eq!((result.journeys[0].response_failed.max, figure(&result, "flow", "timed_out")), (300.0, 1.0));
    assert_eq!(limit(&result, "duration").refused, 1);
    let mut short = law;
    short["TimeoutSeconds"] = 20.into();
    let result = run(&flow(EXPRESS, &short, "times(0 s)").0, &[("duration", "20 min")]);
    assert_eq!(result.journeys[0].response_failed.max, 20.0);
}

#[test]
fn an_input_that_is_too_large_is_refused() {
    let definition = machine("Done", &json!({"Done": {"Type": "Succeed"}}));
    let mut draw =
        flow(STANDARD, &definition, "times(0 s)").node("client", "generic/client", &[("arrivals", "times(0 s)"), ("events", "Film")]);
    let event_type = plimsoll_models::EventType { fields: [("size".to_owned(), "300 KiB".into())].into() };
    draw.0.event_types.insert("Film".into(), std::sync::Arc::new(event_type));
    let result = run(&draw.0, &[("duration", "1 min")]);
    assert_eq!((fate(&result, "start", "rejected"), limit(&result, "payload").refused), (1, 1));
}

/// Ten executions of 250 ms with 100 MiB: 10 requests, 3 steps of 100 ms each, two chunks of 64 MiB.
#[test]
fn an_express_workflow_is_billed_by_time_and_memory() {
    let definition = machine("Nap", &json!({"Nap": {"Type": "Wait", "Comment": "plimsoll: time=250 ms", "End": true}}));
    let fields = [("sync_start_latency", "0 s"), ("state_latency", "0 s"), ("duplicates", "0 %"), ("memory", "100 MiB")];
    let draw = flow(EXPRESS, &definition, "batch(10, at=0 s)").node("flow", EXPRESS, &fields);
    let result = run(&defined(draw, &definition).0, &[("duration", "1 min")]);
    near(usd(&result, "requests"), 10.0 * 1e-6);
    near(usd(&result, "duration"), 10.0 * 0.3 * 0.125 * 0.000_016_67);
}

/// Express workflows run at least once: when every start is doubled, the effects are too, and each run is billed.
#[test]
fn an_express_start_may_run_twice() {
    let definition = machine("A", &json!({"A": task("a", &json!({"End": true}))}));
    let fields = [("start_latency", "0 s"), ("ack_latency", "0 s"), ("state_latency", "0 s"), ("duplicates", "100 %")];
    let draw = started(EXPRESS, EdgeKind::Send, &definition, "batch(5, at=0 s)").node("flow", EXPRESS, &fields);
    let result = run(&called(defined(draw, &definition), "a", &[("service", "1 s")]).0, &[("duration", "1 min")]);
    assert_eq!((fate(&result, "start", "done"), fate(&result, "flow", "done"), fate(&result, "to-a", "done")), (5, 10, 10));
    near(usd(&result, "requests"), 10.0 * 1e-6);
}

/// A poison event stays poison over the retries of its task; a transient error does not.
#[test]
fn retries_draw_anew_but_poison_stays() {
    let retry = json!([{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 20, "BackoffRate": 1.0}]);
    let definition =
        machine("A", &json!({"A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Retry": retry, "End": true}}));
    let failed = |fields: &[(&str, &str)]| {
        let fields: Vec<(&str, &str)> =
            fields.iter().copied().chain([("duration", "10 ms"), ("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s")]).collect();
        let draw = flow(STANDARD, &definition, "batch(100, at=0 s)").node("fn", "aws/lambda", &fields).edge(
            "call",
            EdgeKind::Request,
            "flow",
            "fn",
            &[],
        );
        let result = run(&draw.0, &[("duration", "2 min")]);
        // A call that is tried again with success does not make its journey a lost one.
        assert_eq!(result.journeys[0].lossy, fate(&result, "flow", "failed"));
        fate(&result, "flow", "failed")
    };
    assert_eq!(failed(&[("transient_failures", "50 %")]), 0);
    let poisoned = failed(&[("poison_events", "20 %")]);
    assert!((5..40).contains(&poisoned), "{poisoned} of 100 at 20 %");
}

/// What a map or a branch repeats when it is tried again as a whole has new luck too.
#[test]
fn a_map_that_is_tried_again_draws_anew() {
    let retry = json!([{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 30, "BackoffRate": 1.0}]);
    let inner = |name: &str| machine(name, &json!({name: task("a", &json!({"End": true}))}));
    let failed = |whole: Value, fields: &[(&str, &str)]| {
        let mut state = json!({"Retry": retry, "End": true});
        merge(&mut state, &whole);
        let draw = flow(STANDARD, &machine("Whole", &json!({"Whole": state})), "batch(100, at=0 s)");
        let result = run(&called(draw, "a", &[&[("service", "10 ms")], fields].concat()).0, &[("duration", "2 min")]);
        fate(&result, "flow", "failed")
    };
    let map = || json!({"Type": "Map", "ItemProcessor": inner("A"), "Comment": "plimsoll: items=2"});
    let parallel = || json!({"Type": "Parallel", "Branches": [inner("A"), inner("B")]});
    let transient = [("failure", "50 %")];
    assert_eq!((failed(map(), &transient), failed(parallel(), &transient)), (0, 0));
}

/// A workflow without a definition calls every edge, one after the other; one with steps does those.
#[test]
fn edges_and_steps_make_a_workflow_too() {
    let base = |fields: &[(&str, &str)]| {
        let draw = Draw::default()
            .node("client", "generic/client", &[("arrivals", "times(0 s)")])
            .node("flow", EXPRESS, &[fields, &[("sync_start_latency", "0 s"), ("state_latency", "0 s")]].concat())
            .edge("start", EdgeKind::Request, "client", "flow", &[]);
        called(called(draw, "a", &[("service", "1 s")]), "b", &[("service", "2 s")])
    };
    assert_eq!(run(&base(&[]).0, &[("duration", "1 min")]).journeys[0].response.max, 3.0);
    let mut draw = base(&[]);
    let work = json!([{"compute": "4 s"}, {"call": "to-a", "times": 3}, {"parallel": [{"call": "to-a"}, {"call": "to-b"}]}]);
    std::sync::Arc::make_mut(draw.0.nodes.get_mut("flow").unwrap()).fields.insert("work".to_owned(), work);
    assert_eq!(run(&draw.0, &[("duration", "1 min")]).journeys[0].response.max, 9.0);
}

fn codes(diagram: &Diagram) -> Vec<&'static str> {
    validate::check(diagram, Catalog::embedded()).into_iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn refused_workflows_are_diagnostics() {
    let nap = |seconds: u32| machine("Nap", &json!({"Nap": {"Type": "Wait", "Seconds": seconds, "End": true}}));
    assert!(codes(&flow(EXPRESS, &nap(301), "times(0 s)").0).contains(&"execution-too-long"));
    assert!(!codes(&flow(EXPRESS, &nap(299), "times(0 s)").0).contains(&"execution-too-long"));
    assert!(!codes(&flow(STANDARD, &nap(301), "times(0 s)").0).contains(&"execution-too-long"));
    let mut long = nap(1);
    long["TimeoutSeconds"] = 301.into();
    assert!(codes(&flow(EXPRESS, &long, "times(0 s)").0).contains(&"execution-too-long"));
    let token = machine("A", &json!({"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": true}}));
    assert!(codes(&flow(EXPRESS, &token, "times(0 s)").0).contains(&"express-pattern"));
    assert!(codes(&flow(STANDARD, &token, "times(0 s)").0).contains(&"task-without-edge"));
    assert!(codes(&flow(STANDARD, &json!("{\"StartAt\": 5"), "times(0 s)").0).contains(&"bad-value"));
    // A standard workflow cannot be called with a request.
    assert!(codes(&started(STANDARD, EdgeKind::Request, &nap(1), "times(0 s)").0).contains(&"impossible-edge"));
    let sync = machine("A", &json!({"A": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "End": true}}));
    let child = flow(STANDARD, &sync, "times(0 s)").node("child", STANDARD, &[]).edge("run", EdgeKind::Send, "flow", "child", &[]);
    assert!(codes(&child.0).contains(&"sync-over-send"));
}

/// A parent waits for its child with `.sync`: the child's three seconds are the parent's.
#[test]
fn a_workflow_waits_for_another() {
    let sync = machine("A", &json!({"A": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "End": true}}));
    let nap = machine("Nap", &json!({"Nap": {"Type": "Wait", "Seconds": 3, "End": true}}));
    let mut draw = flow(STANDARD, &sync, "times(0 s)").node("child", STANDARD, &[("start_latency", "0 s"), ("state_latency", "0 s")]).edge(
        "run",
        EdgeKind::Request,
        "flow",
        "child",
        &[],
    );
    std::sync::Arc::make_mut(draw.0.nodes.get_mut("child").unwrap()).fields.insert("definition".to_owned(), nap);
    let result = run(&draw.0, &[("duration", "1 min")]);
    assert_eq!((result.journeys[0].completion.max, fate(&result, "run", "done")), (3.0, 1));
}

//! What would help before a dependency with a limit, told by simulating it.

use plimsoll_models::{Catalog, Diagram, EdgeKind};
use plimsoll_sim::{Input, Progress, RunResult, Traces, result::Remedy};

use crate::support::{Draw, plan};

fn explained(diagram: &Diagram) -> RunResult {
    let traces = Traces::new();
    let plan = plan(&[("duration", "3 min")]);
    let input = Input { diagram, catalog: Catalog::embedded(), scenario: "default".into(), plan, traces: &traces };
    plimsoll_sim::run(&input, &Progress::new()).unwrap_or_else(|error| panic!("{error:?}"))
}

fn option<'a>(result: &'a RunResult, code: &str) -> &'a Remedy {
    let all = &result.remedies[0].options;
    all.iter().find(|remedy| remedy.code == code).unwrap_or_else(|| panic!("no `{code}` in {all:#?}"))
}

/// Sixty messages a second for an API that takes forty: the pollers take them all at once, the API refuses what it cannot
/// take, and what was refused three times is lost. Fewer pollers, or a rate limiter, let the rest wait in the queue
/// instead: 3 min at 22/s beyond the aim of 38/s leave about 4,000 waiting, the oldest for about 66 s.
#[test]
fn a_queue_before_a_rate_limit_loses_what_pollers_hurry() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "constant(60/s)")])
        .node("queue", "aws/sqs", &[("visibility_timeout", "10 s"), ("max_receive_count", "3")])
        .node("dead", "aws/sqs", &[])
        .node("worker", "aws/lambda", &[("duration", "0 s")])
        .node("api", "generic/http-api", &[("latency", "200 ms"), ("rate_limit", "40/s")])
        .edge("send", EdgeKind::Send, "client", "queue", &[])
        .edge("consume", EdgeKind::Poll, "queue", "worker", &[("batch_size", "1")])
        .edge("give-up", EdgeKind::DeadLetter, "queue", "dead", &[])
        .edge("charge", EdgeKind::Request, "worker", "api", &[("attempts", "1")])
        .0;
    let result = explained(&diagram);
    let before = &result.remedies[0].before;
    assert_eq!(result.remedies[0].node.as_str(), "api");
    let (cap, pace) = (option(&result, "cap-pollers"), option(&result, "rate-limiter"));
    assert!(before.loss > 0.1, "{before:?}");
    assert!(cap.figures.loss < 0.01 && cap.figures.backlog > 1_500.0, "{cap:?}");
    assert!(pace.figures.refused < before.refused / 10, "{pace:?}");
    let codes: Vec<&str> = result.remedies[0].options.iter().map(|remedy| remedy.code).collect();
    assert!(!codes.contains(&"queue-before"), "there is one: {codes:?}");
}

/// Bursts of clients that wait for an API with a limit are refused; handed over to a queue, every call gets through, and
/// the clients hear at once that it was taken.
#[test]
fn a_queue_levels_what_waits_for_an_answer() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "spike(base=5/s, peak=60/s, at=20 s, for=20 s)")])
        .node("function", "aws/lambda", &[("duration", "10 ms")])
        .node("api", "generic/http-api", &[("latency", "200 ms"), ("rate_limit", "20/s")])
        .edge("ask", EdgeKind::Request, "client", "function", &[("attempts", "1")])
        .edge("charge", EdgeKind::Request, "function", "api", &[("attempts", "1")])
        .0;
    let result = explained(&diagram);
    let (before, queue) = (&result.remedies[0].before, option(&result, "queue-before"));
    assert!(before.loss > 0.2, "{before:?}");
    assert!(queue.figures.loss < 0.001 && queue.figures.backlog > 400.0, "{queue:?}");
    assert!(queue.figures.completion_p99_s > 10.0 * queue.figures.response_p99_s, "{queue:?}");
    let finding = result.findings.iter().find(|finding| finding.code == "remedies").unwrap();
    assert!(finding.advice.contains("Put a queue before it"), "{finding:?}");
}

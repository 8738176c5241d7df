//! What findings say: names that people know, and fixes that can be applied.

use std::sync::Arc;

use plimsoll_models::{Catalog, Diagram, EdgeKind, Scenario, Severity, scenario::Plan, validate};
use plimsoll_sim::{
    Input, Progress, RunResult, Traces,
    result::{Basis, Consequence, Finding, LimitResult},
    set_path,
};

use crate::{
    records,
    support::{Draw, plan},
};

/// A run with everything that is said about it.
fn told(diagram: &Diagram, plan: Plan) -> RunResult {
    let traces = Traces::new();
    let input = Input { diagram, catalog: Catalog::embedded(), scenario: "default".into(), plan, traces: &traces };
    plimsoll_sim::run(&input, &Progress::new()).unwrap()
}

fn finding<'a>(result: &'a RunResult, code: &str) -> &'a Finding {
    result.findings.iter().find(|finding| finding.code == code).unwrap_or_else(|| panic!("no {code} in {:#?}", result.findings))
}

#[test]
fn nodes_are_called_by_their_titles() {
    let mut diagram = Draw::default()
        .node("node-1", "generic/client", &[("arrivals", "constant(50/s)")])
        .node("node-2", "aws/lambda", &[("duration", "1 s"), ("reserved_concurrency", "5")])
        .node("node-3", "generic/http-api", &[("rate_limit", "1/s")])
        .node("node-4", "aws/sqs", &[])
        .node("node-5", "aws/lambda", &[("duration", "1 s"), ("reserved_concurrency", "1")])
        .edge("ask", EdgeKind::Request, "node-1", "node-2", &[("attempts", "1")])
        .edge("call", EdgeKind::Request, "node-2", "node-3", &[])
        .edge("send", EdgeKind::Send, "node-1", "node-4", &[])
        .edge("poll", EdgeKind::Poll, "node-4", "node-5", &[("batch_size", "1"), ("maximum_concurrency", "2")])
        .0;
    for (id, node) in &mut diagram.nodes {
        Arc::make_mut(node).name = id.as_str().replace("node-", "Name ");
    }
    let scenario = Scenario::default().with("duration", "60 s").with("objectives", serde_json::json!(["loss <= 1 %"]));
    let result = told(&diagram, scenario.plan(&"default".into()).0);
    let mut texts: Vec<String> =
        result.findings.iter().flat_map(|finding| [&finding.title, &finding.evidence, &finding.advice]).cloned().collect();
    texts.extend(result.answer.restores.and_then(|restores| restores.next));
    assert!(texts.iter().any(|text| text.contains("Name 2")), "{texts:#?}");
    assert!(!texts.iter().any(|text| text.contains("node-")), "{texts:#?}");
    let codes: Vec<&str> = result.findings.iter().map(|finding| finding.code).collect();
    for code in ["limit-refuses", "remedies", "backlog-grows"] {
        assert!(codes.contains(&code), "{code} is missing in {codes:?}");
    }
}

/// A function that works for a second on one event at a time, called twice a second for 100 s.
fn halved(objectives: &[&str]) -> RunResult {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "constant(2/s)")])
        .node(
            "fn",
            "aws/lambda",
            &[("duration", "900 ms"), ("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s"), ("reserved_concurrency", "1")],
        )
        .edge("ask", EdgeKind::Request, "client", "fn", &[("attempts", "1"), ("latency", "0 s")])
        .0;
    let scenario = Scenario::default().with("duration", "100.2 s").with("objectives", serde_json::json!(objectives));
    told(&diagram, scenario.plan(&"default".into()).0)
}

/// Every second call is refused, and nothing else loses any: the limit explains all of it, counted or simulated.
#[test]
fn a_limit_explains_what_is_lost_by_it() {
    for (objectives, basis) in [(&[][..], Basis::AtMost), (&["loss <= 1 %"], Basis::Simulated)] {
        let result = halved(objectives);
        assert_eq!((result.journeys[0].started, result.journeys[0].lossy), (200, 100));
        let Finding { consequence, limit, .. } = finding(&result, "limit-refuses");
        assert_eq!(result.limits[limit.unwrap()].refused, 100);
        assert_eq!(*consequence, Some(Consequence { lost: 100, late: 0, usd: 0.0, basis }));
        assert_eq!(result.findings[0].code, "limit-refuses");
        assert_eq!(objectives.is_empty(), !result.findings.iter().any(|finding| finding.code == "objective-broken"));
    }
}

/// Two callers, one server, a second each: the second of each pair waits for a second, so half of 100 take longer than 1.5 s.
#[test]
fn late_is_what_takes_longer_than_the_objective() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "constant(0.5/s)")])
        .node("other", "generic/client", &[("arrivals", "constant(0.5/s)")])
        .node("server", "generic/server", &[("duration", "1 s"), ("concurrency_per_instance", "1")])
        .edge("ask", EdgeKind::Request, "client", "server", &[("attempts", "1"), ("latency", "0 s"), ("timeout", "none")])
        .edge("too", EdgeKind::Request, "other", "server", &[("attempts", "1"), ("latency", "0 s"), ("timeout", "none")])
        .0;
    let scenario = Scenario::default().with("duration", "103 s").with("objectives", serde_json::json!(["response p99 <= 1.5 s"]));
    let result = told(&diagram, scenario.plan(&"default".into()).0);
    let finished = result.journeys.iter().map(|journey| journey.response.count).sum::<u64>();
    assert_eq!(result.verdict.objectives[0].late, Some(finished / 2), "of {finished}");
}

/// Ten messages fail three times each: they are what the dead letters explain.
#[test]
fn dead_letters_explain_the_journeys_that_they_are() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "batch(10, at=1 s)")])
        .node("queue", "aws/sqs", &[("visibility_timeout", "10 s"), ("max_receives", "3")])
        .node("dead", "aws/sqs", &[])
        .node("fn", "aws/lambda", &[("duration", "100 ms")])
        .node("api", "generic/http-api", &[("latency", "0 s"), ("error_rate", "100 %")])
        .edge("send", EdgeKind::Send, "client", "queue", &[])
        .edge("poll", EdgeKind::Poll, "queue", "fn", &[("batch_size", "1")])
        .edge("ask", EdgeKind::Request, "fn", "api", &[("attempts", "1")])
        .edge("give-up", EdgeKind::DeadLetter, "queue", "dead", &[])
        .0;
    let result = told(&diagram, plan(&[("duration", "10 min")]));
    let found = finding(&result, "dead-letters");
    assert_eq!(found.consequence, Some(Consequence { lost: 10, late: 0, usd: 0.0, basis: Basis::Counted }), "{result:#?}");
    assert_eq!(result.findings[0].code, "dead-letters", "{:#?}", result.findings);
}

/// Least headroom first; what binds without growing with the load has none left.
#[test]
fn limits_stand_in_the_order_of_their_headroom() {
    let mut told_some = 0;
    for row in records::rows() {
        let result = told(&row.diagram(), plan(&[("duration", "10 s")]));
        let order: Vec<f64> = result.limits.iter().filter_map(|limit| limit.headroom).collect();
        assert!(order.is_sorted(), "{order:?}");
        let quiet = |limit: &LimitResult| limit.headroom.is_none() && (!limit.bound() || limit.spares());
        let first_quiet = result.limits.iter().position(quiet).unwrap_or(result.limits.len());
        assert!(result.limits[first_quiet..].iter().all(quiet), "{:#?}", result.limits);
        told_some += order.len();
    }
    assert!(told_some > 100, "{told_some}");
}

/// Whatever limit gives, applying the fix leaves a diagram that runs.
#[test]
fn no_fix_is_offered_that_the_rules_refuse() {
    let mut offered = 0;
    for row in records::rows() {
        let diagram = row.diagram();
        let result = told(&diagram, plan(&[("duration", "10 s")]));
        for (path, value) in result.findings.iter().filter_map(|finding| finding.fix.as_ref()) {
            offered += 1;
            let mut fixed = diagram.clone();
            set_path(&mut fixed, path, value.as_str().into()).unwrap();
            let problems = validate::check(&fixed, Catalog::embedded());
            let refused = problems.into_iter().find(|problem| problem.severity == Severity::Error);
            assert!(refused.is_none(), "{path} = {value}: {refused:?}");
        }
    }
    assert!(offered > 50, "{offered}");
}

#[test]
fn a_timeout_that_the_account_does_not_allow_is_not_proposed() {
    let diagram = |quota: &str| {
        let mut draw = Draw::default()
            .node("client", "generic/client", &[("arrivals", "constant(1/s)")])
            .node("api", "aws/api-gateway-rest", &[])
            .node("fn", "aws/lambda", &[("duration", "40 s"), ("timeout", "60 s")])
            .edge("ask", EdgeKind::Request, "client", "api", &[("timeout", "none"), ("attempts", "1")])
            .edge("invoke", EdgeKind::Request, "api", "fn", &[]);
        draw.0.account.quotas.insert("aws/api-gateway-rest.integration_timeout".to_owned(), quota.into());
        // What is set on the drawing stays when the account's quota is raised.
        Arc::make_mut(draw.0.nodes.get_mut("api").unwrap()).fields.insert("integration_timeout".to_owned(), "29 s".into());
        draw.0
    };
    let refuses = |quota: &str| finding(&told(&diagram(quota), plan(&[("duration", "60 s")])), "limit-refuses").clone();
    let closed = refuses("29 s");
    assert!(closed.fix.is_none() && closed.advice.contains("29 s at most"), "{closed:#?}");
    let open = refuses("120 s");
    assert_eq!(open.fix, Some(("api.integration_timeout".to_owned(), "35 s".to_owned())), "{open:#?}");
}

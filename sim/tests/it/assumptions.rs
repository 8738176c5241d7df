//! What a run lists as assumed: every value that counts and nobody documents, and none that does not count.

use std::collections::BTreeMap;

use plimsoll_models::EdgeKind;

use crate::support::{Draw, run};

/// Values of what is assumed, by path.
fn assumed(draw: &Draw) -> BTreeMap<String, String> {
    let result = run(&draw.0, &[("duration", "1 s")]);
    result.assumptions.into_iter().map(|assumption| (assumption.path, assumption.value)).collect()
}

/// A client sends an order to a queue.
fn order(of_type: &[(&str, &str)], of_client: &[(&str, &str)]) -> Draw {
    let fields = [&[("arrivals", "times(0 s)")], of_client].concat();
    Draw::default().event_type("Order", of_type).node("client", "generic/client", &fields).node("queue", "aws/sqs", &[]).edge(
        "send",
        EdgeKind::Send,
        "client",
        "queue",
        &[],
    )
}

#[test]
fn a_size_that_nobody_gave_is_an_assumption() {
    let of = |of_type: &[(&str, &str)], of_client: &[(&str, &str)], path: &str| assumed(&order(of_type, of_client)).remove(path);
    let size = "client.default_event_size";
    assert_eq!(of(&[], &[], size).as_deref(), Some("1 KiB"), "plain events");
    assert_eq!(of(&[], &[("events", "Order")], size).as_deref(), Some("1 KiB"));
    assert_eq!(of(&[], &[("events", "Order"), ("default_event_size", "3 KiB")], size), None);
    assert_eq!(of(&[("size", "2 KiB")], &[("events", "Order")], size), None);
    assert!(of(&[], &[("events", "Order")], "Order.size").is_some());
    assert_eq!(of(&[("size", "2 KiB")], &[("events", "Order")], "Order.size"), None);
}

/// A message of more than 256 KiB is billed as two requests.
#[test]
fn the_size_of_the_producer_counts_where_the_type_gives_none() {
    let requests = |of_type: &[(&str, &str)], events: &str| {
        let draw = order(of_type, &[("events", events), ("default_event_size", "300 KiB")]);
        let metered = draw.0.account.quotas.is_empty().then(|| run(&draw.0, &[("duration", "1 s")])).unwrap();
        metered.node("queue").unwrap().metrics["billed_requests"]
    };
    assert_eq!((requests(&[], ""), requests(&[], "Order"), requests(&[("size", "1 KiB")], "Order")), (5.0, 5.0, 1.0));
}

/// An event that a function emits is as large as the one that it came from unless its type says otherwise.
#[test]
fn what_is_emitted_without_a_size_is_as_large_as_what_it_came_from() {
    let requests = |of_type: &[(&str, &str)]| {
        let work = serde_json::json!([{"call": "send", "emit": "Order"}]);
        let mut draw = Draw::default()
            .event_type("Order", of_type)
            .node("client", "generic/client", &[("arrivals", "times(0 s)"), ("default_event_size", "130 KiB")])
            .node("fn", "aws/lambda", &[])
            .node("queue", "aws/sqs", &[])
            .edge("ask", EdgeKind::Request, "client", "fn", &[])
            .edge("send", EdgeKind::Send, "fn", "queue", &[]);
        std::sync::Arc::make_mut(draw.0.nodes.get_mut("fn").unwrap()).fields.insert("work".to_owned(), work);
        run(&draw.0, &[("duration", "10 s")]).node("queue").unwrap().metrics["billed_requests"]
    };
    assert_eq!((requests(&[]), requests(&[("size", "1 KiB")])), (3.0, 1.0));
}

#[test]
fn what_a_target_does_not_heed_is_no_assumption() {
    let items = |service: &str| {
        let draw = Draw::default().node("client", "generic/client", &[("arrivals", "times(0 s)")]).node("it", service, &[]).edge(
            "ask",
            EdgeKind::Request,
            "client",
            "it",
            &[],
        );
        assumed(&draw).contains_key("ask.items")
    };
    assert!(items("aws/dynamodb"));
    assert!(!items("generic/http-api") && !items("aws/lambda") && !items("aws/s3"));
}

//! Quotas of an account: those of its region, those that were raised, and what others in it use.

use plimsoll_models::EdgeKind;

use crate::support::{Draw, metric, run};

/// A client with a load that calls a function or publishes to a topic.
fn client(load: &str, kind: EdgeKind, service: &str, fields: &[(&str, &str)]) -> Draw {
    Draw::default().node("client", "generic/client", &[("arrivals", load)]).node("it", service, fields).edge(
        "way",
        kind,
        "client",
        "it",
        &[("attempts", "1")],
    )
}

/// Others in the account run 940 of its 1,000 executions: of 70 calls at once 60 find room.
#[test]
fn what_others_use_of_a_concurrency_is_gone() {
    let fields = [("duration", "1 s"), ("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s")];
    let mut draw = client("batch(70, at=0 s)", EdgeKind::Request, "aws/lambda", &fields);
    draw.0.account.outside.insert("aws/lambda.concurrent_executions".to_owned(), 940.into());
    let result = run(&draw.0, &[("duration", "10 s")]);
    assert_eq!((metric(&result, "it", "accepted"), metric(&result, "it", "refused")), (60.0, 10.0));
}

/// The account may publish 20 messages a second, of which others publish 15. Ten a second find 20 in the bucket and five
/// more each second: 20 + 5 × 100 of a thousand pass.
#[test]
fn what_others_use_of_a_rate_is_gone() {
    let mut draw = client("constant(10/s)", EdgeKind::Send, "aws/sns", &[("publish_latency", "0 s")]);
    draw.0.account.quotas.insert("aws/sns.publish_rate".to_owned(), "20/s".into());
    draw.0.account.outside.insert("aws/sns.publish_rate".to_owned(), "15/s".into());
    let accepted = metric(&run(&draw.0, &[("duration", "100 s")]), "it", "accepted");
    assert!((accepted - 520.0).abs() <= 2.0, "{accepted}");
}

/// 10,000 messages at once: the largest region takes them all, the next ones 9,000 and 1,500, all others 300.
#[test]
fn a_region_has_quotas_of_its_own() {
    for (region, taken) in [("us-east-1", 10_000.0), ("eu-west-1", 9_000.0), ("eu-central-1", 1_500.0), ("af-south-1", 300.0)] {
        let mut draw = client("batch(10000, at=0 s)", EdgeKind::Send, "aws/sns", &[("publish_latency", "0 s")]);
        draw.0.account.region = region.to_owned();
        assert_eq!(metric(&run(&draw.0, &[("duration", "100 ms")]), "it", "accepted"), taken, "{region}");
    }
}

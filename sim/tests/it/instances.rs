//! Instances of functions: how they come, how long they live, how fast they compute.

use plimsoll_models::{Diagram, EdgeKind};

use crate::support::{Draw, metric, run};

/// A function that is called at these times; nothing takes time but its second of work and what is asked for.
fn called(arrivals: &str, fields: &[(&str, &str)]) -> Diagram {
    let bare = [("duration", "1 s"), ("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s"), ("timeout", "900 s")];
    Draw::default()
        .node("client", "generic/client", &[("arrivals", arrivals)])
        .node("fn", "aws/lambda", &[&bare, fields].concat())
        .edge("call", EdgeKind::Request, "client", "fn", &[("attempts", "1"), ("timeout", "none")])
        .0
}

/// A new instance takes 100 ms to be placed and half a second to initialize: the first caller waits for both, and only
/// the latter is billed. With a snapshot the placement comes before the restore.
#[test]
fn a_new_instance_is_placed_before_it_is_initialized() {
    let fields = [("placement", "100 ms"), ("init", "500 ms")];
    let result = run(&called("times(0 s, 10 s)", &fields), &[("duration", "1 min")]);
    assert_eq!((result.journeys[0].response.max, result.journeys[0].response.min), (1.6, 1.0));
    assert_eq!((metric(&result, "fn", "billed_s"), metric(&result, "fn", "init_s")), (2.5, 0.5));
    let snapshot = [&fields[..], &[("snap_start", "true"), ("restore", "200 ms")]].concat();
    let result = run(&called("times(0 s)", &snapshot), &[("duration", "1 min")]);
    assert_eq!((result.journeys[0].response.max, metric(&result, "fn", "billed_s")), (1.3, 1.0));
}

/// An instance lives for 100 s: an idle one is gone at 110 s, one that is busy until 100.5 s goes then. Provisioned ones
/// are replaced without anybody's waiting, at the price of another initialization.
#[test]
fn an_instance_is_replaced_however_busy_it_is() {
    let cold_starts = |arrivals: &str, fields: &[(&str, &str)]| {
        let fields = [&[("max_life", "100 s"), ("init", "500 ms")], fields].concat();
        let result = run(&called(arrivals, &fields), &[("duration", "5 min")]);
        (metric(&result, "fn", "cold_starts"), metric(&result, "fn", "billed_s"))
    };
    assert_eq!(cold_starts("times(0 s, 50 s, 110 s, 150 s)", &[]), (2.0, 5.0));
    assert_eq!(cold_starts("times(0 s, 99.5 s, 101 s)", &[]), (2.0, 4.0));
    assert_eq!(cold_starts("times(0 s, 99.5 s, 101 s)", &[("provisioned_concurrency", "1")]), (0.0, 3.5));
}

/// A thousand new instances at once; nine seconds later 900 of them have come back little by little, and none where they
/// come back all together every ten seconds.
#[test]
fn the_allowance_for_new_instances_comes_back_bit_by_bit_or_at_once() {
    let accepted = |refill: &str, duration: &str| {
        let fields = [("duration", "100 s"), ("scaling_refill", refill)];
        let mut diagram = called("times(0 s)", &fields);
        diagram.account.quotas.insert("aws/lambda.concurrent_executions".to_owned(), 10_000.into());
        let draw = ["0 s", "9 s", "10 s"].into_iter().enumerate().fold(Draw(diagram), |draw, (number, at)| {
            let (client, load) = (format!("burst{number}"), format!("batch(1500, at={at})"));
            draw.node(&client, "generic/client", &[("arrivals", &load)]).edge(
                &format!("call{number}"),
                EdgeKind::Request,
                &client,
                "fn",
                &[("attempts", "1"), ("timeout", "none")],
            )
        });
        metric(&run(&draw.0, &[("duration", duration)]), "fn", "accepted")
    };
    assert_eq!((accepted("continuous", "9500 ms"), accepted("stepped", "9500 ms")), (1_900.0, 1_000.0));
    assert_eq!(accepted("stepped", "10500 ms"), 2_000.0);
}

/// A second was measured at 1,769 MiB, a whole processor. With half of the memory computing takes twice as long, with
/// twice the memory as long as before, since the code has one thread; a call of a second and the initialization always
/// take the same time. Of a second that was measured at 1,024 MiB, 2,048 MiB leave 1024/1769.
#[test]
fn memory_brings_processor_and_shortens_computing_alone() {
    let response = |memory: &str, measured: &str| {
        let fields = [("memory", memory), ("measured_memory", measured), ("init", "500 ms")];
        let draw = Draw(called("times(0 s)", &fields)).node("api", "generic/http-api", &[("latency", "1 s")]);
        let result = run(&draw.edge("ask", EdgeKind::Request, "fn", "api", &[]).0, &[("duration", "1 min")]);
        result.journeys[0].response.max
    };
    assert_eq!(response("1769 MiB", "1769 MiB"), 0.5 + 1.0 + 1.0);
    assert_eq!(response("3538 MiB", "1769 MiB"), 0.5 + 1.0 + 1.0);
    let (half, more) = (response("884.5 MiB", "1769 MiB"), response("2048 MiB", "1024 MiB"));
    assert!((half - (0.5 + 2.0 + 1.0)).abs() < 1e-6, "{half}");
    assert!((more - (0.5 + 1_024.0 / 1_769.0 + 1.0)).abs() < 1e-6, "{more}");
}

//! Who sends how much: keys with given weights, and the hottest key against the rest.

use plimsoll_models::{Catalog, EdgeKind, keys::KeyWeights};
use plimsoll_sim::{Input, Progress, RunError, RunResult, Simulation, Traces, compile, result::KeyClassResult};

use crate::support::{Draw, plan, run};

/// Events whose keys have the weights of a file, to a target.
fn weighted(arrivals: &str, target: (&str, &[(&str, &str)]), kind: EdgeKind) -> Draw {
    Draw::default()
        .event_type("order", &[("size", "100 B"), ("key", "weights(tenants.csv)")])
        .node("client", "generic/client", &[("arrivals", arrivals), ("events", "order")])
        .node("target", target.0, target.1)
        .edge("put", kind, "client", "target", &[("attempts", "1")])
}

fn run_with(draw: &Draw, weights: &str, fields: &[(&str, &str)]) -> RunResult {
    let mut traces = Traces::new();
    traces.weights.insert("tenants.csv".to_owned(), KeyWeights::read("tenants.csv", weights).expect("weights"));
    let input = Input { diagram: &draw.0, catalog: Catalog::embedded(), scenario: "default".into(), plan: plan(fields), traces: &traces };
    let mut simulation = Simulation::new(&compile(&input).expect("a diagram that runs"), 0);
    simulation.run(&Progress::new()).expect("a small run ends");
    let result = simulation.result();
    assert!(result.ledger.balanced, "{:#?}", result.ledger);
    result
}

fn classes(result: &RunResult) -> [&KeyClassResult; 2] {
    let [journey] = &result.journeys[..] else { panic!("one kind of journey") };
    let [hottest, rest] = &journey.key_classes[..] else { panic!("two classes, not {:?}", journey.key_classes) };
    let sum = |of: fn(&KeyClassResult) -> u64| of(hottest) + of(rest);
    assert_eq!((sum(|c| c.started), sum(|c| c.complete)), (journey.started, journey.complete));
    assert_eq!((sum(|c| c.lossy), sum(|c| c.unfinished)), (journey.lossy, journey.unfinished));
    assert_eq!((sum(|c| c.response.count), sum(|c| c.completion.count)), (journey.response.count, journey.completion.count));
    [hottest, rest]
}

/// Of the total weight of 8, `acme` has 6: three quarters of 40,000 events, with a standard deviation of 87.
#[test]
fn shares_follow_the_weights() {
    let draw = weighted("constant(1000/s)", ("generic/http-api", &[("latency", "0 s")]), EdgeKind::Request);
    let result = run_with(&draw, "key,weight\nsmall,1\nacme,6\ntiny,0.5\nlittle,0.5\n", &[("duration", "40 s")]);
    let [hottest, rest] = classes(&result);
    assert_eq!((hottest.key.as_deref(), hottest.share, rest.key.as_deref(), rest.share), (Some("acme"), 0.75, None, 0.25));
    assert!((hottest.started as f64 - 30_000.0).abs() < 5.0 * 87.0, "{}", hottest.started);
}

/// `b` has a tenth of the first 10 s and nine tenths of the other 30 s: 0.1/4 + 0.9 * 3/4 = 0.7 on average, which makes
/// it the hottest. Of 40,000 events it has 1,000 and 27,000.
#[test]
fn weights_change_in_time() {
    let draw = weighted("constant(1000/s)", ("generic/http-api", &[("latency", "0 s")]), EdgeKind::Request);
    let weights = "key,weight,from\na,9,0\nb,1,0\na,1,10 s\nb,9,10\n";
    let started = |duration: &str| {
        let result = run_with(&draw, weights, &[("duration", duration)]);
        let [hottest, _] = classes(&result);
        (hottest.key.clone().unwrap(), hottest.share, hottest.started as f64)
    };
    let (key, share, all) = started("40 s");
    assert!(key == "b" && (share - 0.7).abs() < 1e-12, "{key}: {share}");
    assert!((all - 28_000.0).abs() < 5.0 * 60.0, "{all}");
    let (key, share, early) = started("10 s");
    assert!(key == "a" && share == 0.9 && (early - 9_000.0).abs() < 5.0 * 30.0, "{key}: {share}, {early}");
}

/// Each of two shards takes 1,000 records a second, and a second's worth at once. Of the 36,000 of the hot tenant, 20,000
/// and 1,000 fit into its own in 20 s; the 200 a second of the other tenant fit into the other shard.
#[test]
fn the_hot_tenant_of_a_stream_loses_and_the_rest_does_not() {
    let stream = ("aws/kinesis", &[("shards", "2"), ("put_latency", "0 s")][..]);
    let draw = weighted("constant(2000/s)", stream, EdgeKind::Send);
    // The hashes of 1 and 2 lie in different halves; were they in one, both tenants would lose.
    let result = run_with(&draw, "key,weight\n1,9\n2,1\n", &[("duration", "20 s")]);
    let [hottest, rest] = classes(&result);
    let loss = hottest.lossy as f64 / hottest.started as f64;
    assert!((loss - 15.0 / 36.0).abs() < 0.01, "{loss}");
    assert_eq!((rest.lossy, rest.complete), (0, rest.started));
    assert!((rest.started as f64 - 4_000.0).abs() < 5.0 * 60.0, "{}", rest.started);
}

/// One at a time for each message group, 100 ms each: ten a second. The hot tenant brings 18 a second, so that at the
/// end of 100 s about 800 of its messages wait. The latest of the 1,000 that were done came when 1,000 had come, at 55.6 s,
/// 44.4 s before. Each of the others' 2 a second is done after 100 ms or a little more.
#[test]
fn the_hot_group_of_a_fifo_queue_waits_and_the_rest_does_not() {
    let function = [("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s"), ("timeout", "5 s"), ("duration", "100 ms")];
    let draw = weighted("constant(20/s)", ("aws/sqs-fifo", &[("send_latency", "0 s")]), EdgeKind::Send)
        .node("worker", "aws/lambda", &function)
        .edge("poll", EdgeKind::Poll, "target", "worker", &[("batch_size", "1"), ("pickup_latency", "0 s")]);
    let result = run_with(&draw, "1,9\n2,1\n", &[("duration", "100 s"), ("until", "duration")]);
    let [hottest, rest] = classes(&result);
    let expected = hottest.started as f64 - 1_000.0;
    assert!((hottest.unfinished as f64 - expected).abs() < 50.0, "{} of {expected}", hottest.unfinished);
    assert!((hottest.completion.max - 44.4).abs() < 4.0, "{}", hottest.completion.max);
    assert!(rest.unfinished <= 2 && rest.completion.p99 < 1.0, "{}, {}", rest.unfinished, rest.completion.p99);
}

/// The warm-up is left out of latencies, and not out of counts.
#[test]
fn classes_leave_the_warm_up_out_like_their_journeys() {
    let draw = weighted("constant(100/s)", ("generic/http-api", &[("latency", "1 ms")]), EdgeKind::Request);
    let result = run_with(&draw, "1,3\n2,1\n", &[("duration", "20 s"), ("warm_up", "10 s")]);
    let [hottest, rest] = classes(&result);
    let measured = hottest.response.count + rest.response.count;
    assert!(hottest.started + rest.started > measured + 900, "{measured}");
}

/// Unique keys and a single key have nothing to tell apart; two keys have.
#[test]
fn only_several_keys_are_told_apart() {
    let count = |key: &str| {
        let draw = Draw::default()
            .event_type("order", &[("key", key)])
            .node("client", "generic/client", &[("arrivals", "constant(10/s)"), ("events", "order")])
            .node("target", "generic/http-api", &[])
            .edge("ask", EdgeKind::Request, "client", "target", &[]);
        run(&draw.0, &[("duration", "1 s")]).journeys[0].key_classes.len()
    };
    assert_eq!(["unique", "constant(7)", "uniform(1)", "uniform(2)", "zipf(10, 1)"].map(count), [0, 0, 0, 2, 2]);
}

#[test]
fn a_file_of_weights_that_was_not_read_is_an_error() {
    let draw = weighted("constant(1/s)", ("generic/http-api", &[]), EdgeKind::Request);
    let traces = Traces::new();
    let input = Input { diagram: &draw.0, catalog: Catalog::embedded(), scenario: "default".into(), plan: plan(&[]), traces: &traces };
    let Err(RunError::Invalid(found)) = compile(&input) else { panic!("there are no weights") };
    assert!(found.iter().any(|found| found.code == "missing-weights" && found.message.contains("tenants.csv")), "{found:?}");
}

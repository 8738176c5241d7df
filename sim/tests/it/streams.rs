//! Streams and their consumers, worked by hand.

use std::sync::Arc;

use plimsoll_models::{EdgeKind, EventType};
use plimsoll_sim::{Gauge, RunResult, Simulation};

use crate::support::{Draw, fate, faulty, plan, program, run};

/// A function that takes only the time of its work.
fn function(draw: Draw, id: &str, fields: &[(&str, &str)]) -> Draw {
    let mut all = vec![("init", "0 s"), ("placement", "0 s"), ("overhead", "0 s"), ("timeout", "60 s"), ("duration", "0 s")];
    all.retain(|(key, _)| !fields.iter().any(|(other, _)| other == key));
    all.extend_from_slice(fields);
    draw.node(id, "aws/lambda", &all)
}

/// An event type of a size, with a law of keys.
fn event_type(mut draw: Draw, id: &str, size: &str, key: &str) -> Draw {
    let fields = [("size", size), ("key", key)].map(|(key, value)| (key.to_owned(), value.into()));
    draw.0.event_types.insert(id.into(), Arc::new(EventType { fields: fields.into() }));
    draw
}

/// A client that writes events of a type to a stream, one attempt each.
fn written(draw: Draw, arrivals: &str, events: &str, stream: &[(&str, &str)]) -> Draw {
    let mut fields = vec![("put_latency", "0 s")];
    fields.extend_from_slice(stream);
    let client: &[(&str, &str)] = &[("arrivals", arrivals), ("events", events)];
    draw.node("client", "generic/client", if events.is_empty() { &client[..1] } else { client })
        .node("stream", "aws/kinesis", &fields)
        .edge("put", EdgeKind::Send, "client", "stream", &[("attempts", "1")])
}

/// A consumer that reads as soon as something is written.
fn eager<'a>(fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all = vec![("base_poll", "1000/s"), ("read_latency", "0 s")];
    all.extend_from_slice(fields);
    all
}

fn metric(result: &RunResult, edge: &str, key: &str) -> f64 {
    result.edge(edge).expect("the edge is in the diagram").metrics[key]
}

/// 100 records come each second and a batch of 100 takes 2 s: half of the time passes into age. After 600 s, 300 s' worth
/// has been read.
#[test]
fn age_grows_by_half_a_second_each_second_at_half_the_speed() {
    let draw = written(Draw::default(), "constant(100/s)", "", &[]);
    let diagram =
        function(draw, "fn", &[("duration", "2 s")]).edge("read", EdgeKind::Poll, "stream", "fn", &eager(&[("batch_size", "100")])).0;
    let result = run(&diagram, &[("duration", "10 min")]);
    assert!((metric(&result, "read", "iterator_age") - 300.0).abs() < 4.0, "{}", metric(&result, "read", "iterator_age"));
    assert!((metric(&result, "read", "lag") - 30_000.0).abs() <= 200.0);
    let ages = &result.edge("read").unwrap().series[0];
    assert_eq!(ages.name, "IteratorAge");
    let at = |seconds: f64| ages.values[(seconds / result.grid.interval_s) as usize - 1] / 1_000.0;
    assert!(((at(540.0) - at(240.0)) / 300.0 - 0.5).abs() < 0.01);
    // What limits is named: more lanes would help.
    let limit = result.limits.iter().find(|limit| limit.key.ends_with("parallelization_factor")).unwrap();
    assert!(limit.delayed > 0 && limit.use_peak > 1.99, "{limit:?}");
}

/// One record in 1,000 always fails; 10 records a second from 0 s to 100 s, the bad one at 10.05 s.
fn poisoned(mapping: &[(&str, &str)]) -> RunResult {
    let draw = event_type(event_type(Draw::default(), "good", "1 KiB", "unique"), "bad", "1 KiB", "unique");
    let draw = written(draw, "constant(10/s)", "good", &[])
        .node("vandal", "generic/client", &[("arrivals", "times(10.05 s)"), ("events", "bad")])
        .node("api", "generic/http-api", &[("latency", "0 s"), ("error_rate", "100 %")])
        .node("told", "aws/sqs", &[("send_latency", "0 s")])
        .edge("put-bad", EdgeKind::Send, "vandal", "stream", &[])
        .edge("give-up", EdgeKind::DeadLetter, "stream", "told", &[]);
    let mut fields = vec![("batch_size", "10")];
    fields.extend_from_slice(mapping);
    let diagram = function(draw, "fn", &[])
        .edge("read", EdgeKind::Poll, "stream", "fn", &fields)
        .edge("ask", EdgeKind::Request, "fn", "api", &[("filter", "bad"), ("attempts", "1")])
        .0;
    run(&diagram, &[("duration", "100 s")])
}

/// By default a bad record is tried until the stream drops it: from about 10 s on, the age grows a second each second.
#[test]
fn a_poison_record_blocks_its_shard() {
    let result = poisoned(&[]);
    assert!((metric(&result, "read", "iterator_age") - 90.0).abs() < 1.5, "{}", metric(&result, "read", "iterator_age"));
    assert!((metric(&result, "read", "lag") - 900.0).abs() < 15.0);
    assert_eq!(fate(&result, "read", "failed") + fate(&result, "read", "dead-lettered"), 0);
}

/// With two lanes the bad record blocks its own: half of the 900 records behind it go on in the other one. Where a failure
/// stops the shard none of them does.
#[test]
fn a_blocked_lane_stops_the_others_where_that_is_assumed() {
    let lag = |failed_batch: &str| metric(&poisoned(&[("parallelization_factor", "2"), ("failed_batch", failed_batch)]), "read", "lag");
    let (lane, shard) = (lag("stops-lane"), lag("stops-shard"));
    // Four standard deviations of 900 draws are 60 records.
    assert!((lane - 450.0).abs() < 70.0, "{lane}");
    assert!((shard - 900.0).abs() < 20.0, "{shard}");
}

/// After two retries the batch is given up with the good records in it, and the destination hears of it once.
#[test]
fn used_up_retries_give_up_the_whole_batch() {
    let result = poisoned(&[("maximum_retries", "2")]);
    let lost = fate(&result, "read", "dead-lettered");
    assert!((2..=10).contains(&lost), "{lost} records of the batch");
    assert_eq!(fate(&result, "give-up", "done"), 1);
    assert_eq!(fate(&result, "read", "done") + lost + metric(&result, "read", "lag") as u64, 1_000);
    assert!(metric(&result, "read", "lag") <= 20.0);
    // Three attempts, 1 s and 2 s between them.
    assert_eq!(result.node("fn").unwrap().metrics["failed"], 3.0);
}

/// Halving finds the bad record; it alone is given up, after its own two retries.
#[test]
fn halving_finds_the_poison_record() {
    for reported in ["false", "true"] {
        let result = poisoned(&[("maximum_retries", "2"), ("bisect", "true"), ("report_item_failures", reported)]);
        assert_eq!(fate(&result, "read", "dead-lettered"), 1, "reported: {reported}");
        assert_eq!(result.node("fn").unwrap().metrics["arrivals"] as u64, metric(&result, "read", "batches") as u64);
        assert!(metric(&result, "read", "lag") <= 20.0, "reported: {reported}");
    }
}

/// The function says where the batch failed: what came before is not repeated, what comes after shares the retries.
#[test]
fn a_checkpoint_saves_what_went_well() {
    let whole = poisoned(&[("maximum_retries", "2")]);
    let reported = poisoned(&[("maximum_retries", "2"), ("report_item_failures", "true")]);
    assert!(fate(&reported, "read", "dead-lettered") < fate(&whole, "read", "dead-lettered"));
    assert!(metric(&reported, "read", "redeliveries") < metric(&whole, "read", "redeliveries"));
}

/// Records older than 60 s are given up: at the first retry after 70 s, the bad one and those right behind it.
#[test]
fn age_releases_a_blocked_shard() {
    let result = poisoned(&[("maximum_record_age", "60 s")]);
    let lost = fate(&result, "read", "dead-lettered");
    // Retries follow 1, 3, 7, 15, 31, 63 s after the first failure.
    assert!((1..=60).contains(&lost), "{lost}");
    assert!(metric(&result, "read", "lag") <= 20.0, "{}", metric(&result, "read", "lag"));
    assert!((metric(&result, "read", "iterator_age.max") - 63.0).abs() < 3.0, "{}", metric(&result, "read", "iterator_age.max"));
}

/// Two shards take 2,000 records a second, but one key has only one of them: of 1,500 a second, 500 are refused.
#[test]
fn a_hot_key_throttles_at_half_the_capacity() {
    let hot = |keys: &str| {
        let draw = event_type(Draw::default(), "event", "100 B", keys);
        let diagram = written(draw, "constant(1500/s)", "event", &[("shards", "2")]).0;
        run(&diagram, &[("duration", "20 s"), ("warm_up", "5 s")])
    };
    let result = hot("uniform(1)");
    let refused = result.node("stream").unwrap().metrics["refused_per_s"];
    assert!((refused - 500.0).abs() < 5.0, "{refused}");
    let limit = result.limits.iter().find(|limit| limit.key == "aws/kinesis.shard_write_records").unwrap();
    assert!(limit.refused > 0 && (limit.use_peak - 1.5).abs() < 0.01, "{limit:?}");
    assert_eq!(hot("uniform(100000)").node("stream").unwrap().metrics["refused"], 0.0);
}

/// 400 records of 4 KiB a second are 1.5625 MiB: 256 of them fit.
#[test]
fn bytes_bind_before_records() {
    let draw = event_type(Draw::default(), "event", "4096 B", "unique");
    let result = run(&written(draw, "constant(400/s)", "event", &[]).0, &[("duration", "30 s"), ("warm_up", "5 s")]);
    let stream = result.node("stream").unwrap();
    assert!((stream.metrics["refused"] / stream.metrics["arrivals"] - 0.36).abs() < 0.01);
    let limit = result.limits.iter().find(|limit| limit.key == "aws/kinesis.shard_write_bytes").unwrap();
    assert!(limit.refused > 0 && (limit.use_peak - 1.5625).abs() < 0.01, "{limit:?}");
}

/// A record of 11 MiB is refused for good; one of 9 MiB passes and is paid for by nine seconds of the shard.
#[test]
fn large_records_are_refused_or_paid_for() {
    let draw = event_type(event_type(Draw::default(), "huge", "11 MiB", "unique"), "large", "9 MiB", "unique");
    let diagram = written(draw, "times(0 s)", "huge", &[])
        .node("other", "generic/client", &[("arrivals", "times(1 s, 5 s, 12 s)"), ("events", "large")])
        .edge("put-large", EdgeKind::Send, "other", "stream", &[("attempts", "1")])
        .0;
    let result = run(&diagram, &[("duration", "1 min")]);
    assert_eq!(fate(&result, "put", "rejected"), 1);
    assert_eq!((fate(&result, "put-large", "done"), fate(&result, "put-large", "rejected")), (2, 1));
}

/// Capacity on demand starts at 4 MiB/s. At 6,000 KiB/s a third is refused; the load is seen after a minute, and fifteen
/// minutes later there is room for twice what was taken.
#[test]
fn capacity_on_demand_doubles_a_quarter_of_an_hour_later() {
    let draw = event_type(Draw::default(), "event", "10 KiB", "unique");
    let diagram = written(draw, "constant(600/s)", "event", &[("capacity_mode", "on-demand")]).0;
    let mut simulation = Simulation::new(&program(&diagram, plan(&[("duration", "20 min")])), 0);
    let mut refused_by = |minutes: f64| {
        simulation.run_until(minutes * 60.0);
        simulation.gauge("stream", Gauge::Refused).unwrap()
    };
    let (ten, sixteen, seventeen, twenty) = (refused_by(10.0), refused_by(16.0), refused_by(17.0), refused_by(20.0));
    // 600 - 409.6 a second; the shards are not hit quite evenly.
    assert!((ten / 600.0 / 190.4 - 1.0).abs() < 0.03, "{ten}");
    assert!(sixteen > 1.5 * ten);
    assert!(twenty - seventeen < 0.001 * 600.0 * 180.0, "{seventeen} {twenty}");
    assert_eq!(simulation.result().node("stream").unwrap().metrics["shards"], 8.0);
}

/// A shard takes 10 records a second; of 15, five are refused. The second shard is ordered at 60 s and there at 90 s.
#[test]
fn a_second_shard_comes_after_its_split() {
    let diagram = written(Draw::default(), "constant(15/s)", "", &[("resharding", "60 s: 2"), ("shard_write_records", "10/s")]);
    let diagram = function(diagram, "fn", &[]).edge("read", EdgeKind::Poll, "stream", "fn", &[]).0;
    let mut simulation = Simulation::new(&program(&diagram, plan(&[("duration", "300 s")])), 0);
    let mut refused_by = |seconds: f64| {
        simulation.run_until(seconds);
        simulation.gauge("stream", Gauge::Refused).unwrap()
    };
    let (before, after, end) = (refused_by(90.0), refused_by(100.0), refused_by(300.0));
    assert!((before - 5.0 * 88.0).abs() < 12.0, "{before}");
    // Half of 15 goes to each shard, by luck now and then more than ten.
    assert!(end - after < 0.1 * 15.0 * 200.0, "{after} {end}");
    let result = simulation.result();
    assert_eq!(fate(&result, "read", "done") + metric(&result, "read", "lag") as u64, fate(&result, "put", "done"));
    assert!(metric(&result, "read", "lag") <= 40.0, "children are read once their parent is");
}

/// Ten lanes serve many keys ten at a time, and one key one batch at a time: that is its order.
#[test]
fn lanes_keep_the_order_of_a_key() {
    let concurrency = |keys: &str| {
        let draw = event_type(Draw::default(), "event", "100 B", keys);
        let draw = written(draw, "constant(100/s)", "event", &[]);
        let diagram = function(draw, "fn", &[("duration", "1 s")])
            .edge("read", EdgeKind::Poll, "stream", "fn", &eager(&[("parallelization_factor", "10"), ("batch_size", "5")]))
            .0;
        metric(&run(&diagram, &[("duration", "30 s")]), "read", "concurrency.max")
    };
    assert_eq!((concurrency("unique"), concurrency("uniform(1)")), (10.0, 1.0));
}

/// 100 s of 900 KiB/s lie in a shard when its consumers start. A reader alone takes 2 MiB/s and is done after 44 s, two
/// share them, and two with a throughput of their own are done after 44 s each.
#[test]
fn polling_consumers_share_what_a_shard_gives() {
    let left = |consumers: &[&str], fields: &[(&str, &str)]| {
        let draw = event_type(Draw::default(), "event", "9 KiB", "unique");
        let mut draw = written(draw, "phases(100/s for 100 s, 0/s for 100 s, even=true)", "event", &[]);
        for id in consumers {
            let mut all = eager(&[("starts_at", "100 s"), ("batch_size", "1000")]);
            all.extend_from_slice(fields);
            draw = function(draw, &format!("fn-{id}"), &[]).edge(id, EdgeKind::Poll, "stream", &format!("fn-{id}"), &all);
        }
        let mut simulation = Simulation::new(&program(&draw.0, plan(&[("duration", "200 s")])), 0);
        simulation.run_until(150.0);
        let result = simulation.result();
        consumers.iter().map(|id| metric(&result, id, "lag") * 9.0).collect::<Vec<f64>>()
    };
    assert_eq!(left(&["a"], &[]), [0.0]);
    assert_eq!(left(&["a", "b"], &[("enhanced_fan_out", "true"), ("push_latency", "0 s")]), [0.0, 0.0]);
    let shared: f64 = left(&["a", "b"], &[]).iter().sum();
    // Reads come ten seconds' worth of one consumer at a time.
    assert!((shared - (180_000.0 - 50.0 * 2_048.0)).abs() <= 10_240.0, "{shared} KiB");
}

/// A shard answers five reads a second, however many ask: a consumer alone that reads as often as it may gets all of them,
/// five get about one each, and their records wait for a second instead of a fifth of one.
#[test]
fn five_consumers_share_five_reads_a_second() {
    let reads = |consumers: usize| {
        let mut draw = written(Draw::default(), "constant(50/s)", "", &[]);
        for number in 0..consumers {
            let id = format!("fn{number}");
            draw = function(draw, &id, &[]).edge(&format!("read{number}"), EdgeKind::Poll, "stream", &id, &eager(&[]));
        }
        let result = run(&draw.0, &[("duration", "100 s")]);
        let each = (0..consumers).map(|number| metric(&result, &format!("read{number}"), "reads"));
        (each.clone().fold(f64::INFINITY, f64::min), each.fold(0.0, f64::max), result.journeys[0].completion.mean)
    };
    let (alone, of_five) = (reads(1), reads(5));
    assert!((alone.0 - 500.0).abs() <= 5.0 && alone.2 < 0.25, "{alone:?}");
    assert!(of_five.0 >= 90.0 && of_five.1 <= 110.0 && (0.4..=1.1).contains(&of_five.2), "{of_five:?}");
}

/// A poll comes within a second and takes 100 ms; a push takes 70 ms.
#[test]
fn a_push_is_faster_than_a_poll() {
    let completion = |fields: &[(&str, &str)]| {
        let draw = written(Draw::default(), "times(3.3 s)", "", &[]);
        let diagram = function(draw, "fn", &[]).edge("read", EdgeKind::Poll, "stream", "fn", fields).0;
        run(&diagram, &[("duration", "10 s")]).journeys[0].completion.max
    };
    assert_eq!(completion(&[("enhanced_fan_out", "true"), ("push_latency", "70 ms")]), 0.07);
    let polled = completion(&[]);
    assert!((0.1..=1.1).contains(&polled), "{polled}");
}

/// The stream of a table is polled four times a second: a change is handed on within a quarter of a second and the 90 ms of
/// the read.
#[test]
fn a_table_stream_is_polled_four_times_a_second() {
    let draw = Draw::default()
        .node("client", "generic/client", &[("arrivals", "constant(0.37/s)")])
        .node("table", "aws/dynamodb", &[("write_latency", "0 s")])
        .node("changes", "aws/dynamodb-streams", &[("put_latency", "0 s")])
        .edge("write", EdgeKind::Request, "client", "table", &[])
        .edge("capture", EdgeKind::Deliver, "table", "changes", &[("capture_latency", "0 s")]);
    let diagram = function(draw, "fn", &[]).edge("read", EdgeKind::Poll, "changes", "fn", &[("read_latency", "90 ms")]).0;
    let completion = &run(&diagram, &[("duration", "10 min")]).journeys[0].completion;
    assert!((0.09..0.1).contains(&completion.min) && (0.33..=0.34).contains(&completion.max), "{completion:?}");
}

/// One consumer is down for 25 h: what was written at 0 s is lost to it, what was written after two hours is not, and
/// the other consumer has both.
#[test]
fn retention_ends_for_each_consumer_alone() {
    let draw = written(Draw::default(), "times(0 s, 2 h)", "", &[]);
    let draw = function(function(draw, "down", &[]), "up", &[]);
    let diagram = draw
        .edge("read-down", EdgeKind::Poll, "stream", "down", &[("paused", "0 s to 25 h")])
        .edge("read-up", EdgeKind::Poll, "stream", "up", &[])
        .0;
    let result = run(&diagram, &[("duration", "26 h")]);
    assert_eq!((fate(&result, "read-down", "expired"), fate(&result, "read-down", "done")), (1, 1));
    assert_eq!(fate(&result, "read-up", "done"), 2);
    assert_eq!((fate(&result, "stream", "expired"), fate(&result, "stream", "done")), (1, 1));
    assert_eq!((result.journeys[0].lossy, result.journeys[0].complete), (1, 1));
    assert_eq!(metric(&result, "read-down", "iterator_age.max"), 24.0 * 3_600.0);
}

/// `latest` does not see what was written before the consumer starts; nothing reads an event that nobody wants.
#[test]
fn a_consumer_starts_at_the_end_or_at_the_oldest_record() {
    let read = |position: &str| {
        let draw = written(Draw::default(), "times(10 s, 70 s)", "", &[]);
        let fields = [("starts_at", "60 s"), ("starting_position", position)];
        let diagram = function(draw, "fn", &[]).edge("read", EdgeKind::Poll, "stream", "fn", &fields).0;
        fate(&run(&diagram, &[("duration", "2 min")]), "read", "done")
    };
    assert_eq!((read("trim-horizon"), read("latest")), (2, 1));
}

/// A function without concurrency of its own is throttled; the records wait and nothing is lost.
#[test]
fn throttled_batches_are_tried_again() {
    let draw = written(Draw::default(), "constant(10/s)", "", &[("shards", "4")]);
    let diagram = function(draw, "fn", &[("duration", "500 ms"), ("reserved_concurrency", "1")])
        .edge("read", EdgeKind::Poll, "stream", "fn", &[("maximum_retries", "0")])
        .0;
    let result = run(&diagram, &[("duration", "1 min"), ("until", "drained"), ("drain_limit", "1 h")]);
    assert!(metric(&result, "read", "throttled") > 0.0);
    assert_eq!(fate(&result, "read", "done"), fate(&result, "put", "done"));
}

/// Five writes a second succeed of ten; each of them, and none of the refused ones, is told to the table's stream.
#[test]
fn a_table_tells_its_stream_what_was_written() {
    let draw = Draw::default()
        .node("client", "generic/client", &[("arrivals", "constant(10/s)")])
        .node(
            "table",
            "aws/dynamodb",
            &[("capacity_mode", "provisioned"), ("write_units", "5/s"), ("burst_seconds", "1 s"), ("write_latency", "0 s")],
        )
        .node("changes", "aws/dynamodb-streams", &[])
        .edge("write", EdgeKind::Request, "client", "table", &[("attempts", "1")])
        .edge("capture", EdgeKind::Deliver, "table", "changes", &[]);
    let diagram = function(draw, "fn", &[]).edge("read", EdgeKind::Poll, "changes", "fn", &[]).0;
    let result = run(&diagram, &[("duration", "1 min"), ("until", "drained")]);
    let written = fate(&result, "write", "done");
    assert!((295..=306).contains(&written), "{written}");
    assert_eq!((fate(&result, "capture", "done"), fate(&result, "read", "done")), (written, written));
}

/// A dead stream refuses writes and gives nothing to read; a consumer of which all lanes are lost reads on when they are
/// back. Either way, what was accepted is read in the end.
#[test]
fn outages_of_a_stream_and_its_consumer_end() {
    let struck = |fault: &str| {
        let draw = written(Draw::default(), "constant(10/s)", "", &[]);
        let diagram = function(draw, "fn", &[]).edge("read", EdgeKind::Poll, "stream", "fn", &[]).0;
        let faults = serde_json::from_str(fault).unwrap();
        let program = program(&diagram, faulty(&[("duration", "2 min")], faults));
        let mut simulation = Simulation::new(&program, 0);
        simulation.run_until(60.0);
        let during = metric(&simulation.result(), "read", "lag");
        simulation.run_until(120.0);
        let result = simulation.result();
        assert!(result.ledger.balanced && metric(&result, "read", "lag") <= 20.0, "{fault}");
        (during, fate(&result, "put", "failed"), metric(&result, "read", "lag.max"))
    };
    let (_, failed, lag) = struck(r#"[{"kind": "outage", "on": "stream", "from": "30 s", "to": "90 s"}]"#);
    assert!((failed as f64 - 600.0).abs() <= 1.0 && lag <= 20.0, "{failed} {lag}");
    let (during, failed, _) = struck(r#"[{"kind": "capacity", "on": "read", "from": "30 s", "to": "90 s", "lost": "100 %"}]"#);
    assert!((during - 300.0).abs() <= 20.0 && failed == 0, "{during}");
    let throttle = r#"{"kind": "throttle", "on": "stream", "from": "30 s", "to": "90 s", "limit": "shard_write_records", "factor": 0.005}"#;
    let draw = written(Draw::default(), "constant(10/s)", "", &[]).0;
    let faults = serde_json::from_str(&format!("[{throttle}]")).unwrap();
    let mut simulation = Simulation::new(&program(&draw, faulty(&[("duration", "2 min")], faults)), 0);
    simulation.run_until(120.0);
    // Five a second are left of 1,000, with a second's worth to begin with.
    let refused = simulation.gauge("stream", Gauge::Refused).unwrap();
    assert!((refused - 5.0 * 60.0).abs() <= 6.0, "{refused}");
}

fn bill(result: &RunResult, meter: &str) -> (f64, f64) {
    let item = result.cost.items.iter().find(|item| item.meter == meter).unwrap_or_else(|| panic!("no meter {meter}"));
    (item.units, item.usd)
}

fn near(found: (f64, f64), units: f64, usd: f64) {
    assert!((found.0 - units).abs() <= 1e-9 * units.max(1.0) && (found.1 - usd).abs() < 1e-9, "{found:?} is not {units} for {usd} USD");
}

/// Two shards for an hour, 1,000 records of 30 KiB, two payload units each, pushed to one consumer, kept for two days.
#[test]
fn a_provisioned_stream_costs_shards_and_units() {
    let draw = event_type(Draw::default(), "event", "30 KiB", "unique");
    let draw = written(draw, "phases(1/s for 1000.5 s, 0/s for 3000 s, even=true)", "event", &[("shards", "2"), ("retention", "48 h")]);
    let diagram = function(draw, "fn", &[]).edge("read", EdgeKind::Poll, "stream", "fn", &[("enhanced_fan_out", "true")]).0;
    let result = run(&diagram, &[("duration", "1 h")]);
    let records = fate(&result, "put", "done") as f64;
    assert_eq!(records, 1_000.0);
    near(bill(&result, "shard_hours"), 2.0, 0.03);
    near(bill(&result, "put_units"), 2_000.0, 0.000_028);
    near(bill(&result, "fan_out_hours"), 2.0, 0.03);
    let gib = 1_000.0 * 30.0 / 1_048_576.0;
    near(bill(&result, "fan_out_bytes"), gib, gib * 0.013);
    near(bill(&result, "extended_retention"), 2.0, 0.04);
    near(bill(&result, "long_retention"), 0.0, 0.0);
}

/// On demand, a record of 10,000 KiB at the start of ten days is paid as it comes in, as it is read by two consumers, for
/// six days between the first and the seventh, and for what is left of three more.
#[test]
fn a_stream_on_demand_costs_hours_and_bytes() {
    let draw = event_type(Draw::default(), "event", "9.5 MiB", "unique");
    let draw = written(draw, "times(0 s)", "event", &[("capacity_mode", "on-demand"), ("retention", "30 d")]);
    let draw = function(function(draw, "fn", &[]), "pushed", &[]);
    let diagram = draw
        .edge("read", EdgeKind::Poll, "stream", "fn", &[])
        .edge("push", EdgeKind::Poll, "stream", "pushed", &[("enhanced_fan_out", "true")])
        .0;
    let result = run(&diagram, &[("duration", "10 d")]);
    let gib = 9.5 / 1_024.0;
    near(bill(&result, "stream_hours"), 240.0, 9.6);
    near(bill(&result, "on_demand_ingest"), gib, gib * 0.08);
    near(bill(&result, "on_demand_retrieval"), gib, gib * 0.04);
    near(bill(&result, "on_demand_fan_out"), gib, gib * 0.05);
    let (extended, long) = (gib * 144.0 / 730.0, gib * 71.5 / 730.0);
    near(bill(&result, "on_demand_retention"), extended, extended * 0.1);
    near(bill(&result, "on_demand_long_retention"), long, long * 0.023);
}

/// A fresh table has four partitions, its stream four shards. A worker asks each once a second, whether there is
/// something or not; a function asks for free.
#[test]
fn reads_of_a_table_stream_cost_unless_a_function_reads() {
    let reads = |function_reads: bool| {
        let mut draw = Draw::default()
            .node("client", "generic/client", &[("arrivals", "times(10 s, 1000 s)")])
            .node("table", "aws/dynamodb", &[])
            .node("changes", "aws/dynamodb-streams", &[])
            .edge("write", EdgeKind::Request, "client", "table", &[])
            .edge("capture", EdgeKind::Deliver, "table", "changes", &[]);
        draw = if function_reads { function(draw, "worker", &[]) } else { draw.node("worker", "generic/server", &[("duration", "0 s")]) };
        let result = run(&draw.edge("read", EdgeKind::Poll, "changes", "worker", &[]).0, &[("duration", "1 h")]);
        assert_eq!(fate(&result, "read", "done"), 2);
        bill(&result, "read_requests")
    };
    let (requests, usd) = reads(false);
    assert!((requests - 14_400.0).abs() <= 4.0, "{requests}");
    assert!((usd - requests * 0.02 / 100_000.0).abs() < 1e-12);
    assert_eq!(reads(true), (0.0, 0.0));
}

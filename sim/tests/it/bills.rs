//! A month's bill from the units of a run, worked by hand.

use plimsoll_models::EdgeKind;
use plimsoll_sim::{RunResult, result::CostMonth};

use crate::support::{Draw, close, run};

/// Ten calls in 102 s, of a second each, after half a second of initialization.
const RUN: &[(&str, &str)] = &[("duration", "102 s"), ("per_month", "730 h")];
/// Runs of 102 s in a month of 730 hours.
const RUNS: f64 = 730.0 * 3_600.0 / 102.0;

fn functions(of: &[(&str, &[(&str, &str)])]) -> RunResult {
    let draw = of.iter().fold(Draw::default(), |draw, (id, fields)| {
        let client = format!("client-{id}");
        let bare = [("duration", "1 s"), ("init", "500 ms"), ("placement", "0 s"), ("overhead", "0 s"), ("async_hop", "0 s")];
        let fields: Vec<_> = bare.iter().chain(*fields).copied().collect();
        draw.node(id, "aws/lambda", &fields).node(&client, "generic/client", &[("arrivals", "constant(0.1/s)")]).edge(
            &format!("call-{id}"),
            EdgeKind::Request,
            &client,
            id,
            &[("attempts", "1"), ("timeout", "none")],
        )
    });
    run(&draw.0, RUN)
}

fn month(result: &RunResult, node: &str, meter: &str) -> CostMonth {
    let item = result.cost.items.iter().find(|item| item.node.as_str() == node && item.meter == meter).unwrap();
    item.month.clone().unwrap()
}

#[track_caller]
fn check(told: &CostMonth, units: f64, free_units: f64, (usd, free_tier_usd): (f64, f64)) {
    let expected = CostMonth { units, free_units, usd, free_tier_usd };
    let same = close(told.units, units) && close(told.free_units, free_units) && close(told.usd, usd);
    assert!(same && (told.free_tier_usd - free_tier_usd).abs() <= 1e-9 * usd, "{told:?}, not {expected:?}");
}

/// Ten requests and 10.5 GB-s a run are 257,647 requests and 270,529 GB-s a month: all of it free.
#[test]
fn a_month_below_the_free_tier_costs_nothing_with_it() {
    let result = functions(&[("fn", &[("memory", "1024 MiB")])]);
    let (requests, compute) = (10.0 * RUNS, 10.5 * RUNS);
    let (by_request, by_duration) = (requests * 0.2 / 1e6, compute * 0.000_016_666_7);
    check(&month(&result, "fn", "requests"), requests, requests, (by_request, 0.0));
    check(&month(&result, "fn", "duration"), compute, compute, (by_duration, 0.0));
    let bill = result.cost.month.as_ref().unwrap();
    assert!(close(bill.hours, 730.0) && close(bill.usd, by_request + by_duration), "{bill:?}");
    assert!(bill.free_tier_usd < 1e-12, "{bill:?}");
    assert!(close(bill.usd, result.cost.per_hour_usd * 730.0), "no tier is reached");
}

/// 42 GB-s a run on x86 and 21 on Arm are 1.08 and 0.54 million a month: two thirds and one third of what is free.
#[test]
fn nodes_and_architectures_share_what_is_free_of_a_month() {
    let result = functions(&[("large", &[("memory", "4096 MiB")]), ("small", &[("memory", "2048 MiB"), ("architecture", "arm64")])]);
    let (large, small) = (42.0 * RUNS, 21.0 * RUNS);
    let free = (400_000.0 * 2.0 / 3.0, 400_000.0 / 3.0);
    let (x86, arm) = (0.000_016_666_7, 0.000_013_333_4);
    check(&month(&result, "large", "duration"), large, free.0, (large * x86, (large - free.0) * x86));
    check(&month(&result, "small", "duration_arm"), small, free.1, (small * arm, (small - free.1) * arm));
    let paid: f64 = result.cost.items.iter().filter_map(|item| item.month.as_ref()).map(|month| month.free_tier_usd).sum();
    assert!(close(result.cost.month.as_ref().unwrap().free_tier_usd, paid), "{:?}", result.cost);
}

/// 1,000 requests in each second are 2,628 million a month, in three tiers.
#[test]
fn a_month_of_a_front_door_reaches_cheaper_tiers() {
    let result = run(
        &Draw::default()
            .node("client", "generic/client", &[("arrivals", "constant(1000/s)")])
            .node("door", "aws/api-gateway-rest", &[])
            .edge("call", EdgeKind::Request, "client", "door", &[("attempts", "1")])
            .0,
        &[("duration", "10 s"), ("per_month", "730 h")],
    );
    let door = month(&result, "door", "requests");
    let usd = 333.0 * 3.5 + 667.0 * 2.8 + (door.units / 1e6 - 1_000.0) * 2.38;
    assert!((door.units - 2.628e9).abs() < 1e6, "{door:?}");
    check(&door, door.units, 0.0, (usd, usd));
}

/// What is stored grows with the time, so that no rate tells a month of it.
#[test]
fn what_is_kept_is_left_out_of_the_month() {
    let result = run(
        &Draw::default()
            .node("client", "generic/client", &[("arrivals", "constant(1/s)")])
            .node("bucket", "aws/s3", &[("object_bytes", "1 MiB")])
            .edge("put", EdgeKind::Request, "client", "bucket", &[])
            .0,
        &[("duration", "1 h"), ("per_month", "730 h")],
    );
    let stored = result.cost.items.iter().find(|item| item.meter == "storage").unwrap();
    assert!(stored.usd > 0.0 && stored.month.is_none(), "{stored:?}");
    assert!(close(result.cost.month.as_ref().unwrap().usd, month(&result, "bucket", "write_requests").usd), "{:?}", result.cost);
}

/// A peak of 20 hours a month costs 20 hours, and nobody multiplies where nothing is declared.
#[test]
fn a_month_is_told_only_from_what_is_declared() {
    let draw = Draw::default().node("client", "generic/client", &[("arrivals", "constant(1/s)")]).node("queue", "aws/sqs", &[]).edge(
        "send",
        EdgeKind::Send,
        "client",
        "queue",
        &[],
    );
    let silent = run(&draw.0, &[("duration", "1 h")]);
    assert!(silent.cost.total_usd > 0.0 && silent.cost.month.is_none());
    assert!(silent.cost.items.iter().all(|item| item.month.is_none()));
    let peak = run(&draw.0, &[("duration", "1 h"), ("per_month", "20 h")]);
    let bill = peak.cost.month.as_ref().unwrap();
    assert!(close(bill.hours, 20.0) && close(bill.usd, 20.0 * silent.cost.total_usd), "{bill:?}");
}

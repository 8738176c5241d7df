//! Loads that are multiplied for a while, and batches of another size, worked by hand.

use plimsoll_models::{Diagram, EdgeKind};
use plimsoll_sim::{Progress, RunResult, Simulation};
use serde_json::{Value, json};

use crate::support::{Draw, faulty, json, program, run_plan};

fn desk(arrivals: &str) -> Diagram {
    Draw::default()
        .node("client", "generic/client", &[("arrivals", arrivals)])
        .node("desk", "generic/station", &[("service", "0 s"), ("servers", "1000")])
        .edge("ask", EdgeKind::Request, "client", "desk", &[("latency", "0 s")])
        .0
}

fn changed(diagram: &Diagram, duration: &str, changes: Value) -> RunResult {
    run_plan(diagram, faulty(&[("duration", duration)], changes))
}

fn surge(from: &str, to: &str, factor: f64) -> Value {
    json!({"kind": "surge", "on": "client", "from": from, "to": to, "factor": factor})
}

/// Arrivals up to some times.
fn arrivals(diagram: &Diagram, changes: Value, times: &[f64]) -> Vec<u64> {
    let mut simulation = Simulation::new(&program(diagram, faulty(&[("duration", "1 h")], changes)), 0);
    let mut look = |time: &f64| {
        simulation.run_until(*time);
        simulation.look().started
    };
    times.iter().map(&mut look).collect()
}

/// One a second: at 1, 2, 3 ... 10 s. Three times as many from 10 s on: at 10⅓, 10⅔, 11 ... 20 s. From 20 s on as before.
/// From 30.5 s to 40.5 s it stands still with half a gap to go, so the next come at 41, 42 ... s.
#[test]
fn even_arrivals_come_closer_together() {
    let changes = json!([surge("10 s", "20 s", 3.0), surge("30.5 s", "40.5 s", 0.0)]);
    let times = [9.9, 10.1, 10.4, 10.9, 19.9, 20.1, 20.9, 21.1, 30.9, 40.9, 41.1, 42.1];
    assert_eq!(arrivals(&desk("constant(1/s)"), changes, &times), [9, 10, 11, 12, 39, 40, 40, 41, 50, 50, 51, 52]);
}

/// Even arrivals on a curve keep its area: 2/s up to 100 s are 200, then four times 2/s.
#[test]
fn a_curve_is_multiplied() {
    let diagram = desk("steps(2/s at 0 s, 4/s at 150 s)");
    let counted = arrivals(&diagram, json!([surge("100 s", "200 s", 4.0)]), &[100.0, 150.0, 200.0, 250.0]);
    for (seen, expected) in counted.iter().zip([200.0, 600.0, 1_400.0, 1_600.0_f64]) {
        // Random arrivals: four standard deviations of a Poisson count.
        assert!((*seen as f64 - expected).abs() < 4.0 * expected.sqrt(), "{counted:?}");
    }
}

/// Independent arrivals stay so: the counts of seconds in the surge have a variance like their mean, 30.
#[test]
fn random_arrivals_stay_random() {
    let times: Vec<f64> = (0..=400).map(|second| 100.0 + f64::from(second)).collect();
    for load in ["poisson(10/s)", "curve(10/s at 0 s, 10/s at 1 h)", "groups(poisson(10/s), size=1)"] {
        let counted = arrivals(&desk(load), json!([surge("100 s", "500 s", 3.0)]), &times);
        let counts: Vec<f64> = counted.windows(2).map(|pair| (pair[1] - pair[0]) as f64).collect();
        let mean = counts.iter().sum::<f64>() / 400.0;
        let variance = counts.iter().map(|count| (count - mean) * (count - mean)).sum::<f64>() / 399.0;
        assert!((mean - 30.0).abs() < 4.0 * (30.0_f64 / 400.0).sqrt(), "{load}: mean {mean}");
        // The variance of a variance of 400 Poisson counts is about 2·30²/400.
        assert!((variance - 30.0).abs() < 4.0 * (2.0 * 900.0_f64 / 400.0).sqrt(), "{load}: variance {variance}");
    }
}

/// Ten users who think for a second: ten a second. Then twenty-five, then five, then ten again.
#[test]
fn users_come_and_go() {
    let diagram = desk("closed(users=10, think=constant(1 s))");
    let changes = json!([surge("10.5 s", "20.5 s", 2.5), surge("30.5 s", "40.5 s", 0.5)]);
    let counted = arrivals(&diagram, changes, &[10.2, 20.2, 30.2, 40.2, 50.2]);
    let each: Vec<u64> = counted.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // Fifteen more at 11.5 to 19.5 s are 9 rounds; at 20.5 s they ask once more and go. Five of ten go likewise at 31 s, and
    // come back with 9 rounds at 41.5 to 49.5 s.
    assert_eq!(each, [100 + 9 * 15, 100 + 15, 9 * 5 + 10, 10 * 5 + 9 * 5], "{counted:?}");
}

#[test]
fn a_lull_to_nothing_ends() {
    for load in ["poisson(10/s)", "bursts(on=100/s, off=0/s, mean_on=1 s, mean_off=1 s)", "closed(users=5, think=constant(1 s))"] {
        let counted = arrivals(&desk(load), json!([surge("100 s", "200 s", 0.0)]), &[100.0, 102.0, 199.9, 300.0]);
        assert_eq!(counted[1], counted[2], "{load}: {counted:?}");
        assert!(counted[3] > counted[2] + 100, "{load}: {counted:?}");
    }
}

/// Twenty messages a second in batches of five, and of ten while somebody says so.
#[test]
fn batches_close_at_another_size() {
    let diagram = Draw::default()
        .node("client", "generic/client", &[("arrivals", "constant(20/s)")])
        .node("queue", "aws/sqs", &[])
        .node("worker", "aws/lambda", &[("duration", "1 ms")])
        .edge("send", EdgeKind::Send, "client", "queue", &[])
        .edge("poll", EdgeKind::Poll, "queue", "worker", &[("batch_size", "5"), ("batch_window", "5 s")])
        .0;
    let batches = |faults: Value| {
        let result = changed(&diagram, "100 s", faults);
        result.edge("poll").unwrap().metrics["batches"]
    };
    let usual = batches(json!([]));
    let larger = batches(json!([{"kind": "batch", "on": "poll", "from": "0 s", "to": "99 s", "size": 10}]));
    assert!((390.0..=400.0).contains(&usual), "{usual}");
    assert!((195.0..=205.0).contains(&larger), "{larger}");
}

#[test]
fn a_surge_and_its_repetition_are_the_same() {
    let diagram = desk("poisson(20/s)");
    let program = program(&diagram, faulty(&[("duration", "60 s")], json!([surge("10 s", "30 s", 2.0)])));
    let run = || {
        let mut simulation = Simulation::new(&program, 0);
        simulation.run(&Progress::new()).unwrap();
        json(&simulation.result())
    };
    assert!(run() == run());
}

//! Timelines of the textbook queue, worked by hand.

use std::sync::Arc;

use plimsoll_models::{EdgeKind, EventType, diagnostic::has_errors, validate};
use plimsoll_sim::RunResult;

use crate::support::{Draw, fate, run};

fn station(loads: &[(&str, &str)], fields: &[(&str, &str)]) -> Draw {
    let mut draw = Draw::default().node("desk", "generic/station", fields);
    for (event_type, load) in loads {
        let client = format!("client-{event_type}").to_lowercase();
        draw.0.event_types.insert((*event_type).into(), Arc::new(EventType::default()));
        draw = draw.node(&client, "generic/client", &[("arrivals", load), ("events", event_type)]).edge(
            &format!("{client}-visits"),
            EdgeKind::Request,
            &client,
            "desk",
            &[],
        );
    }
    draw
}

fn visit(loads: &[(&str, &str)], fields: &[(&str, &str)]) -> RunResult {
    run(&station(loads, fields).0, &[("duration", "2 min")])
}

fn figure(result: &RunResult, key: &str) -> f64 {
    result.node("desk").expect("the node is drawn").metrics[key]
}

/// Services of 10 s; silver comes at 0 and 1 s, gold at 2 s. Without interruption gold is served from 10 to 20 s and the
/// second silver from 20 s. With it, gold is served from 2 to 12 s, the first silver goes on until 20 s.
#[test]
fn the_urgent_go_first() {
    let loads = [("Silver", "times(0 s, 1 s)"), ("Gold", "times(2 s)")];
    let fields = |discipline| [("service", "10 s"), ("discipline", discipline), ("priorities", "Gold, Silver")];
    let polite = visit(&loads, &fields("priority"));
    assert_eq!((figure(&polite, "wait.mean.Gold"), figure(&polite, "wait.mean.Silver")), (8.0, 9.5));
    let rude = visit(&loads, &fields("preemptive"));
    assert_eq!((figure(&rude, "wait.mean.Gold"), figure(&rude, "wait.mean.Silver")), (0.0, 14.5));
    assert_eq!((figure(&rude, "sojourn.mean.Gold"), figure(&rude, "sojourn.mean.Silver")), (10.0, 24.5));
    for result in [polite, rude] {
        assert_eq!(figure(&result, "utilization"), 30.0 / 120.0);
    }
}

/// Services of 10 s, customers at 0, 1 and 2 s. From a stack the third is served from 10 s and the second from 20 s; where
/// who comes last interrupts, the third is served until 12 s, the second until 21 s and the first until 30 s. On two
/// servers, where a fourth comes at 3 s, the last two are served at once, until 12 and 13 s, and those before go on.
#[test]
fn who_comes_last_can_be_first() {
    let job =
        |times, discipline, servers| visit(&[("Job", times)], &[("service", "10 s"), ("discipline", discipline), ("servers", servers)]);
    let three = "times(0 s, 1 s, 2 s)";
    let stack = job(three, "last-come", "1");
    assert_eq!((figure(&stack, "wait.mean.Job"), stack.node("desk").unwrap().wait.max), ((0.0 + 8.0 + 19.0) / 3.0, 19.0));
    let rude = job(three, "last-come-preemptive", "1");
    assert_eq!((figure(&rude, "sojourn.mean.Job"), rude.node("desk").unwrap().sojourn.min), ((30.0 + 20.0 + 10.0) / 3.0, 10.0));
    let two = job("times(0 s, 1 s, 2 s, 3 s)", "last-come-preemptive", "2");
    // The first two have had 2 s each: the second goes on at 12 s, the first at 13 s.
    let sojourns = [21.0, 19.0, 10.0, 10.0];
    assert_eq!(figure(&two, "sojourn.mean.Job"), sojourns.iter().sum::<f64>() / 4.0);
    for result in [stack, rude] {
        assert_eq!(figure(&result, "utilization"), 30.0 / 120.0);
    }
}

/// Each type has its own service time, where it is named.
#[test]
fn types_have_their_own_service_times() {
    let loads = [("Letter", "times(0 s)"), ("Parcel", "times(20 s)")];
    let result = visit(&loads, &[("service", "1 s"), ("service_by_type", "Parcel: 5 s")]);
    assert_eq!((figure(&result, "sojourn.mean.Letter"), figure(&result, "sojourn.mean.Parcel")), (1.0, 5.0));
}

/// Services of 10 s shared from 5 s on: the first has 5 s left, at half speed until 15 s; the second then has 5 s left
/// and is alone until 20 s. On two servers nobody is slowed down.
#[test]
fn shared_servers_slow_everybody_down() {
    let fields = |servers| [("service", "10 s"), ("discipline", "processor-sharing"), ("servers", servers)];
    let result = visit(&[("Job", "times(0 s, 5 s)")], &fields("1"));
    assert_eq!((figure(&result, "sojourn.mean.Job"), figure(&result, "slowdown.mean")), (15.0, 1.5));
    assert_eq!(figure(&result, "in_system.mean"), 30.0 / 120.0);
    assert_eq!(figure(&visit(&[("Job", "times(0 s, 5 s)")], &fields("2")), "slowdown.mean"), 1.0);
}

/// Services of 10 s, patience of 3 s: who comes at 1 s leaves at 4 s, who comes at 8 s is served from 10 s.
#[test]
fn the_impatient_leave() {
    let result = visit(&[("Call", "times(0 s, 1 s, 8 s)")], &[("service", "10 s"), ("patience", "3 s")]);
    assert_eq!((figure(&result, "abandoned"), figure(&result, "p_abandon")), (1.0, 1.0 / 3.0));
    assert!((figure(&result, "wait_all.mean") - 5.0 / 3.0).abs() < 1e-9);
    assert_eq!(fate(&result, "client-call-visits", "expired"), 1);
    assert_eq!(figure(&result, "completed"), 2.0);
    let finding = result.findings.iter().find(|finding| finding.code == "expired").expect("somebody left");
    assert!(finding.advice.contains("servers") && !finding.advice.contains("retention"), "{}", finding.advice);
}

/// Set-up 1.5 s, service 1 s, warm for 0.8 s. The first waits for the set-up until 2.5 s, the second from 0.5 to 3.5 s; the
/// third comes at 3.4 s and leaves at 4.5 s; the fourth finds the server warm at 5 s; at 6.8 s it has just gone cold.
#[test]
fn a_server_goes_cold_and_wakes_up() {
    let fields = [("service", "1 s"), ("setup", "1.5 s"), ("idle_timeout", "0.8 s")];
    let result = visit(&[("Call", "times(0 s, 0.5 s, 3.4 s, 5 s, 6.8 s)")], &fields);
    assert_eq!(figure(&result, "cold_starts"), 2.0);
    let sojourns = [2.5, 3.0, 1.1, 1.0, 2.5];
    assert!((figure(&result, "sojourn.mean.Call") - sojourns.iter().sum::<f64>() / 5.0).abs() < 1e-9);
    // Its own set-up is no wait.
    assert!((figure(&result, "wait.mean.Call") - (2.0 + 0.1) / 5.0).abs() < 1e-9);
    assert_eq!(figure(&result, "p_empty"), 3.0 / 5.0);
    // Warm, the set-up included: 0 to 5.3 s without a break, until 6.8 s, and from there until 9.3 + 0.8 s.
    assert!((figure(&result, "instances.mean") - (6.8 + 3.3) / 120.0).abs() < 1e-9);
}

#[test]
fn what_makes_no_sense_at_a_station_is_said() {
    for fields in [
        vec![("discipline", "processor-sharing"), ("patience", "1 s")],
        vec![("discipline", "processor-sharing"), ("idle_timeout", "1 s")],
        vec![("service_by_type", "Call 5 s")],
        vec![("discipline", "priority"), ("priorities", "Calls")],
    ] {
        let problems = validate::check(&station(&[("Call", "1/s")], &fields).0, plimsoll_models::Catalog::embedded());
        assert!(has_errors(&problems), "{fields:?}");
    }
}

/// A demand of 1.05 servers, with a fifth of room, is 1.3: two servers.
#[test]
fn nobody_is_advised_to_have_parts_of_a_server() {
    let result = run(
        &Draw::default()
            .node("client", "generic/client", &[("arrivals", "constant(1.05/s)")])
            .node("desk", "generic/station", &[("service", "constant(1 s)"), ("servers", "1")])
            .edge("ask", EdgeKind::Request, "client", "desk", &[("timeout", "none"), ("attempts", "1")])
            .0,
        &[("duration", "10 min")],
    );
    let finding = result.findings.iter().find(|finding| finding.title.starts_with("Servers of desk")).unwrap();
    assert!(finding.advice.starts_with("raise it to about 2,"), "{}", finding.advice);
    assert_eq!(finding.fix, Some(("desk.servers".to_owned(), "2".to_owned())));
}

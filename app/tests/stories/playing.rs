//! A live run without a window: what it shows is what a fresh run would show, and what it tells is what a headless run tells.

use std::sync::Arc;

use plimsoll::{
    examples,
    live::{Frame, Moment, Order, Pace, Player, Posted, State, Trouble},
    report::json,
    run::{Ready, Request},
};
use plimsoll_models::{Diagram, Scenario, ScenarioId, formats::native};
use plimsoll_sim::{Progress, RunResult, Simulation, compile};
use serde_json::{Value, json as value};

/// An example with a scenario of a minute or less.
fn example(name: &str, duration: &str) -> Request {
    let example = examples::EXAMPLES.iter().find(|example| example.name == name).unwrap();
    let mut diagram = native::read(example.document).unwrap().diagram;
    let scenario = diagram.default_scenario().cloned().unwrap_or_else(|| ScenarioId::new("default"));
    let plan = diagram.scenarios.get(&scenario).map_or_else(Scenario::default, |known| (**known).clone());
    let plan = plan.with("duration", duration).with("warm_up", "0 s").with("replications", 1).with("faults", value!([]));
    diagram.scenarios.insert(scenario.clone(), Arc::new(plan));
    let traces = example.traces.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Request { diagram: Arc::new(diagram), scenario, folder: None, traces }
}

/// The same with faults.
fn with_faults(request: &Request, faults: Value) -> Request {
    let mut diagram = Diagram::clone(&request.diagram);
    let scenario = (*diagram.scenarios[&request.scenario]).clone().with("faults", faults);
    diagram.scenarios.insert(request.scenario.clone(), Arc::new(scenario));
    Request { diagram: Arc::new(diagram), ..request.clone() }
}

fn fresh(request: &Request) -> Simulation {
    Simulation::new(&compile(&Ready::new(request).unwrap().input()).unwrap(), 0)
}

fn headless(request: &Request) -> RunResult {
    let mut simulation = fresh(request);
    simulation.run(&Progress::new()).unwrap();
    simulation.result()
}

fn frame(player: &Player) -> Arc<Frame> {
    player.settle();
    match player.posted() {
        Posted::Frame(frame) => frame,
        other => panic!("{other:?}"),
    }
}

fn ask(player: &Player, order: Order) -> Arc<Frame> {
    player.order(order);
    frame(player)
}

#[test]
fn what_is_sought_is_what_a_fresh_run_shows_and_the_end_tells_the_same_bytes() {
    for (name, duration, end) in [("checkout", "40 s", 40.0), ("retry-storm", "60 s", 60.0), ("burst-leveling", "60 s", 60.0)] {
        let request = example(name, duration);
        let player = Player::start(request.clone(), || {});
        let over = ask(&player, Order::ToEnd);
        assert_eq!(over.state, State::Over, "{name}");
        assert!(json::text(over.result.as_ref().unwrap()) == json::text(&headless(&request)), "{name}");
        for share in [0.0, 0.71, 0.2, 0.5, 0.55, 1.0] {
            let at_s = end * share;
            let sought = ask(&player, Order::Seek(at_s));
            let mut simulation = fresh(&request);
            simulation.run_until(at_s);
            assert_eq!(*sought.look, simulation.look(), "{name} at {at_s}");
            assert!(share == 0.0 || share == 1.0 || !sought.hops.is_empty(), "{name} at {at_s}: something is on its way");
        }
        let over = ask(&player, Order::ToEnd);
        assert!(json::text(over.result.as_ref().unwrap()) == json::text(&headless(&request)), "{name} after going back");
    }
}

#[test]
fn time_goes_with_the_clock_and_the_pace_and_stands_still_in_a_pause() {
    let player = Player::start(example("checkout", "40 s"), || {});
    assert_eq!((frame(&player).state, frame(&player).at_s()), (State::Paused, 0.0));
    player.order(Order::Pace(Pace::Times(2.0)));
    player.order(Order::Play);
    for n in 1..=5 {
        let now = ask(&player, Order::Tick(0.1));
        assert!((now.at_s() - 0.2 * f64::from(n)).abs() < 1e-9, "{}", now.at_s());
    }
    let paused = ask(&player, Order::Pause);
    assert_eq!((ask(&player, Order::Tick(0.1)).at_s(), paused.state), (paused.at_s(), State::Paused));
    let stepped = ask(&player, Order::Step);
    assert!(stepped.look.handled == paused.look.handled + 1 && stepped.at_s() >= paused.at_s());
    let slow = ask(&player, Order::Pace(Pace::Times(0.01)));
    player.order(Order::Play);
    assert!((ask(&player, Order::Tick(0.1)).at_s() - slow.at_s() - 0.001).abs() < 1e-9);
    let part = (1.0, 4.0 / 3.0);
    player.order(Order::Repeat(Some(part)));
    player.order(Order::Pace(Pace::Times(5.0)));
    assert_eq!(ask(&player, Order::Tick(0.1)).at_s(), 1.0, "from the end of a part back to its beginning, between two nanoseconds");
    player.order(Order::Repeat(None));
    let over = ask(&player, Order::Pace(Pace::Max));
    assert_eq!((over.state, over.at_s()), (State::Over, 40.0));
}

#[test]
fn a_change_while_it_plays_is_repeated_by_a_headless_run() {
    let request = example("retry-storm", "60 s");
    let player = Player::start(request.clone(), || {});
    ask(&player, Order::Seek(20.0));
    let outage = value!({"kind": "outage", "on": "patient-server", "from": "20.001 s", "to": "60 s"});
    let slow = value!({"kind": "slow", "on": "budgeted-server", "from": "30.001 s", "to": "60 s", "factor": 3});
    let struck = with_faults(&request, value!([outage]));
    assert_eq!(ask(&player, Order::Change(Box::new(struck.clone()))).at_s(), 20.0);
    let later = ask(&player, Order::Seek(30.0));
    assert!(later.course.when(Moment::FirstLoss).is_some_and(|at_s| at_s > 20.0));
    let both = with_faults(&request, value!([outage, slow]));
    player.order(Order::Change(Box::new(both.clone())));
    let over = ask(&player, Order::ToEnd);
    assert!(json::text(over.result.as_ref().unwrap()) == json::text(&headless(&both)));
    // Taken back when all is over, from its time on.
    player.order(Order::Change(Box::new(struck.clone())));
    let over = ask(&player, Order::ToEnd);
    assert!(json::text(over.result.as_ref().unwrap()) == json::text(&headless(&struck)));
    let wrong = with_faults(&request, value!([outage, {"kind": "outage", "on": "nobody", "from": "1 s", "to": "2 s"}]));
    let refused = ask(&player, Order::Change(Box::new(wrong)));
    assert!(matches!(refused.trouble, Some(Trouble::Refused(_))) && refused.state != State::Broken, "{:?}", refused.trouble);
}

#[test]
fn moments_are_found_exactly() {
    let outage = value!({"kind": "throttle", "on": "patient-server", "from": "20 s", "to": "30 s", "share": "60 %"});
    let request = with_faults(&example("retry-storm", "60 s"), value!([outage]));
    let player = Player::start(request.clone(), || {});
    let found = ask(&player, Order::Find(Moment::FirstThrottle));
    let refused = |look: &plimsoll_sim::live::Look| look.edges.iter().map(|edge| edge.throttled).sum::<u64>();
    assert_eq!(refused(&found.look), 1, "at {} s", found.at_s());
    assert!(found.at_s() > 20.0 && found.at_s() < 20.5);
    let never = ask(&player, Order::Find(Moment::FirstDeadLetter));
    assert_eq!(never.trouble, Some(Trouble::Never(Moment::FirstDeadLetter)));
    let slowest = ask(&player, Order::Find(Moment::SlowestJourney));
    let result = headless(&request);
    let starts = result.traces.iter().filter(|trace| trace.slowest).any(|trace| (trace.started_s - slowest.at_s()).abs() < 1e-6);
    assert!(starts, "{}", slowest.at_s());
}

#[test]
fn what_cannot_run_says_why() {
    let request = with_faults(&example("checkout", "40 s"), value!([{"kind": "outage", "on": "nobody", "from": "1 s", "to": "2 s"}]));
    let player = Player::start(request, || {});
    player.settle();
    assert!(matches!(player.posted(), Posted::Refused((why, found)) if why.contains("1 error") && !found.is_empty()));
}

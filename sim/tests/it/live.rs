//! Looking at a run while it goes on, going back and forth in it, and changing it.

use std::sync::Arc;

use plimsoll_models::{Diagram, EdgeKind};
use plimsoll_sim::{
    Program, Progress, Simulation,
    live::{BUDGET_BYTES, Timeline},
};
use serde_json::{Value, json};

use crate::{
    random,
    support::{Draw, faulty, json, plan, program},
};

/// A timeline of a short run, with several copies.
fn timeline(program: &Arc<Program>, budget: usize) -> Timeline {
    Timeline::new(Arc::clone(program), 0, budget).with_copies_every(500)
}

/// Runs a state on to a time in slices, as a window does.
fn play(timeline: &mut Timeline, simulation: &mut Simulation, until: f64) {
    while !simulation.run_some(until, 997).unwrap() {
        timeline.offer(simulation);
    }
}

#[test]
fn a_state_of_the_timeline_is_that_of_a_fresh_run() {
    let mut kept = 0;
    for seed in 0..20 {
        let diagram = random::diagram(seed);
        let program = program(&diagram, faulty(&[("duration", "20 s"), ("warm_up", "3 s")], random::faults(seed, &diagram)));
        let mut timeline = timeline(&program, BUDGET_BYTES);
        let mut simulation = timeline.before(0.0);
        simulation.watch(true);
        play(&mut timeline, &mut simulation, f64::INFINITY);
        kept += u32::from(timeline.bytes() > 0);
        for at in [0.0, 17.3, 4.2, 12.0, 3.0, 19.99, 20.0] {
            let mut sought = timeline.before(at);
            play(&mut timeline, &mut sought, at);
            let mut fresh = Simulation::new(&program, 0);
            fresh.run_until(at);
            assert_eq!(sought.look(), fresh.look(), "{seed} at {at}");
            assert!(json(&sought.result()) == json(&fresh.result()), "{seed} at {at}");
        }
    }
    assert!(kept > 10, "most begin from copies: {kept}");
}

#[test]
fn who_watches_changes_nothing() {
    let mut hops = 0;
    for seed in 0..20 {
        let diagram = random::diagram(seed);
        let program = program(&diagram, faulty(&[("duration", "20 s"), ("until", "drained")], random::faults(seed, &diagram)));
        let mut alone = Simulation::new(&program, 0);
        alone.run(&Progress::new()).unwrap();
        let mut watched = Simulation::new(&Program::open_to_changes(program), 0);
        watched.watch(true);
        for moment in 1.. {
            let at = f64::from(moment) * 0.25;
            while !watched.run_some(at, 1_000).unwrap() {}
            let look = watched.look();
            assert!(look.at_s <= at, "{} > {at}", look.at_s);
            let glimpse = watched.glimpse();
            hops += glimpse.hops.len();
            assert!(glimpse.hops.iter().all(|hop| hop.from_s <= hop.to_s && hop.from_s <= at));
            if look.over {
                break;
            }
        }
        assert!(json(&watched.result()) == json(&alone.result()), "{seed}");
    }
    assert!(hops > 10_000, "{hops}");
}

#[test]
fn copies_stay_within_their_budget() {
    let draw = Draw::default()
        .node("client", "generic/client", &[("arrivals", "poisson(100/s)")])
        .node("desk", "generic/station", &[("service", "exponential(9 ms)")])
        .edge("ask", EdgeKind::Request, "client", "desk", &[]);
    let program = program(&draw.0, plan(&[("duration", "10 min")]));
    let full = {
        let mut timeline = timeline(&program, BUDGET_BYTES);
        let mut simulation = timeline.before(0.0);
        play(&mut timeline, &mut simulation, f64::INFINITY);
        assert!(timeline.bytes() > 5 * simulation.bytes(), "it keeps some");
        timeline.bytes()
    };
    let budget = full / 3;
    let mut timeline = timeline(&program, budget);
    let mut simulation = timeline.before(0.0);
    while !simulation.run_some(f64::INFINITY, 997).unwrap() {
        timeline.offer(&simulation);
        assert!(timeline.bytes() <= budget);
    }
}

/// Faults of a list as a scenario has them.
fn with(diagram: &Diagram, faults: &Value) -> Arc<Program> {
    Program::open_to_changes(program(diagram, faulty(&[("duration", "20 s"), ("until", "drained")], faults.clone())))
}

/// What somebody does while it runs is repeated byte for byte by a run that knows it from the beginning.
#[test]
fn a_change_while_it_runs_is_the_same_as_one_that_was_planned() {
    let mut different = 0;
    for seed in 0..30 {
        let diagram = random::diagram(seed);
        let mut faults = random::faults(seed, &diagram);
        let before = with(&diagram, &faults);
        let place = diagram.edges.keys().nth(seed as usize % diagram.edges.len()).unwrap();
        faults.as_array_mut().unwrap().push(json!({"kind": "throttle", "on": place, "from": "7.001 s", "to": "11 s", "share": "60 %"}));
        let after = with(&diagram, &faults);

        let mut planned = Simulation::new(&after, 0);
        planned.run(&Progress::new()).unwrap();
        let expected = json(&planned.result());

        let mut timeline = timeline(&before, BUDGET_BYTES);
        let mut simulation = timeline.before(0.0);
        play(&mut timeline, &mut simulation, f64::INFINITY);
        different += u32::from(json(&simulation.result()) != expected);
        let mut simulation = timeline.before(7.0);
        play(&mut timeline, &mut simulation, 7.0);
        timeline.offer(&simulation);
        timeline.change(Arc::clone(&after), 7.001);
        // From the state that is shown, as well as from one that was kept earlier.
        for mut state in [timeline.before(7.0), timeline.before(5.0)] {
            play(&mut timeline, &mut state, f64::INFINITY);
            assert!(json(&state.result()) == expected, "{seed}");
        }
    }
    assert!(different > 20, "the change does something: {different}");
}

/// Any journey that was seen can be opened: those that every run follows look the same when they are asked for.
#[test]
fn every_journey_can_be_followed_afterwards() {
    let mut opened = 0;
    for seed in [1, 5, 9, 13] {
        let diagram = random::diagram(seed);
        let program = program(&diagram, faulty(&[("duration", "20 s"), ("until", "drained")], random::faults(seed, &diagram)));
        let mut timeline = timeline(&program, BUDGET_BYTES);
        let mut simulation = timeline.before(0.0);
        play(&mut timeline, &mut simulation, f64::INFINITY);
        let result = simulation.result();
        for trace in result.traces.iter().step_by(13) {
            let again = timeline.journey(trace.ordinal, trace.started_s, f64::INFINITY, &Progress::new()).unwrap().unwrap();
            assert_eq!(again.steps, trace.steps, "{seed}: {}", trace.ordinal);
            assert_eq!((again.response_s, again.completion_s), (trace.response_s, trace.completion_s));
        }
        // One that no run follows by itself.
        if result.run.requests > 131 {
            let trace = timeline.journey(131, 0.0, f64::INFINITY, &Progress::new()).unwrap().unwrap();
            assert_eq!(trace.ordinal, 131);
            opened += 1;
        }
        assert_eq!(timeline.journey(u64::MAX, 0.0, f64::INFINITY, &Progress::new()).unwrap(), None);
    }
    assert!(opened > 1, "{opened}");
}

//! A run is a function of diagram, scenario and seed.

use plimsoll_models::EdgeKind;
use plimsoll_sim::{Progress, Simulation, run_program};

use crate::{
    random,
    support::{Draw, faulty, json, plan, program},
};

#[test]
fn the_same_seed_gives_the_same_bytes_on_any_number_of_threads() {
    for seed in 0..12 {
        let diagram = random::diagram(seed);
        let program = program(&diagram, faulty(&[("duration", "20 s"), ("replications", "4")], random::faults(seed, &diagram)));
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| json(&run_program(&program, &Progress::new()).unwrap()))
        };
        let one = on(1);
        assert_eq!(one, on(1));
        assert_eq!(one, on(2));
        assert_eq!(one, on(8));
    }
}

#[test]
fn another_seed_gives_another_run() {
    let diagram = random::diagram(1);
    let run = |seed: &str| json(&run_program(&program(&diagram, plan(&[("duration", "20 s"), ("seed", seed)])), &Progress::new()).unwrap());
    assert_ne!(run("1"), run("2"));
}

#[test]
fn a_snapshot_goes_on_like_the_straight_run() {
    for seed in 0..30 {
        let diagram = random::diagram(seed);
        let program = program(&diagram, faulty(&[("duration", "20 s"), ("warm_up", "3 s")], random::faults(seed, &diagram)));
        let mut straight = Simulation::new(&program, 0);
        straight.run(&Progress::new()).unwrap();
        let mut stepped = Simulation::new(&program, 0);
        stepped.run_until(7.0);
        let mut resumed = stepped.clone();
        stepped.run_until(13.0);
        resumed.run(&Progress::new()).unwrap();
        stepped.run(&Progress::new()).unwrap();
        let expected = json(&straight.result());
        assert_eq!(json(&resumed.result()), expected, "{seed}: resumed at 7 s");
        assert_eq!(json(&stepped.result()), expected, "{seed}: stepped");
    }
}

#[test]
fn a_changed_neighbor_does_not_reshuffle_the_luck_of_the_rest() {
    let base = || {
        Draw::default()
            .node("client", "generic/client", &[("arrivals", "poisson(20/s)")])
            .node("a", "generic/station", &[("service", "exponential(30 ms)")])
            .edge("to-a", EdgeKind::Request, "client", "a", &[])
    };
    let with = |service: &str| {
        base().node("b", "generic/station", &[("service", service)]).edge(
            "to-b",
            EdgeKind::Request,
            "client",
            "b",
            &[("attempts", "3"), ("timeout", "10 ms")],
        )
    };
    let result = |draw: Draw| crate::support::run(&draw.0, &[("duration", "5 min")]);
    let (alone, fast, slow) = (result(base()), result(with("exponential(1 ms)")), result(with("exponential(20 ms)")));
    for other in [&fast, &slow] {
        assert_eq!(alone.node("a").unwrap().sojourn, other.node("a").unwrap().sojourn);
        assert_eq!(alone.node("a").unwrap().metrics, other.node("a").unwrap().metrics);
    }
    assert_ne!(fast.node("b").unwrap().sojourn, slow.node("b").unwrap().sojourn);
}

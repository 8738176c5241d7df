//! A live run at full speed beside the same run without anybody who watches: it is to keep four fifths of the events per
//! second, so `live` may take 1.25 times as long as `headless`.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]

use std::sync::Arc;

use divan::Bencher;
use plimsoll::{
    examples,
    live::{Order, Pace, Player, Posted, State},
    run::{Ready, Request},
};
use plimsoll_models::{Scenario, ScenarioId, formats::native};
use plimsoll_sim::{Progress, Simulation, compile};

fn main() {
    divan::main();
}

const EXAMPLES: [&str; 3] = ["checkout", "retry-storm", "mm1"];

/// An example with a load that takes about half a second without anybody who watches.
fn request(name: &str) -> Request {
    let duration = if name == "mm1" { "30 days" } else { "20 min" };
    let example = examples::EXAMPLES.iter().find(|example| example.name == name).unwrap();
    let mut diagram = native::read(example.document).unwrap().diagram;
    let scenario = diagram.default_scenario().cloned().unwrap_or_else(|| ScenarioId::new("default"));
    let plan = diagram.scenarios.get(&scenario).map_or_else(Scenario::default, |known| (**known).clone());
    diagram.scenarios.insert(scenario.clone(), Arc::new(plan.with("duration", duration).with("warm_up", "0 s").with("replications", 1)));
    let traces = example.traces.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Request { diagram: Arc::new(diagram), scenario, folder: None, traces }
}

#[divan::bench(args = EXAMPLES, sample_count = 7, sample_size = 1)]
fn headless(bencher: Bencher<'_, '_>, name: &str) {
    let request = request(name);
    bencher.bench_local(|| {
        let mut simulation = Simulation::new(&compile(&Ready::new(&request).unwrap().input()).unwrap(), 0);
        simulation.run(&Progress::new()).unwrap();
        simulation.result()
    });
}

#[divan::bench(args = EXAMPLES, sample_count = 7, sample_size = 1)]
fn live(bencher: Bencher<'_, '_>, name: &str) {
    let request = request(name);
    bencher.bench_local(|| {
        let player = Player::start(request.clone(), || {});
        player.order(Order::Pace(Pace::Max));
        player.order(Order::Play);
        player.settle();
        let Posted::Frame(frame) = player.posted() else { panic!("the run has failed") };
        assert_eq!(frame.state, State::Over);
    });
}

//! Events per second through the real nodes, beside a hand-written loop in the same run.
//!
//! `cargo bench -p plimsoll-sim` prints items per second, where an item is an event as `design` counts them: arrivals
//! and completions of work, and expiries where a model has them. The ratio to the hand loop of the same model is the
//! figure to watch; absolute rates depend on the machine.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
    sync::Arc,
};

use divan::{Bencher, counter::ItemsCount};
use plimsoll_models::{Catalog, Diagram, Edge, EdgeKind, Node, Scenario, formats::native};
use plimsoll_sim::{Input, Program, Progress, Simulation, Traces};
use rand::SeedableRng as _;
use rand_distr::{Distribution as _, Exp1};
use rand_xoshiro::Xoshiro256PlusPlus;

fn main() {
    divan::main();
}

fn program(diagram: &Diagram, duration: &str) -> Arc<Program> {
    let (plan, problems) = Scenario::default().with("duration", duration).plan(&"default".into());
    assert!(problems.is_empty(), "{problems:?}");
    let traces = Traces::new();
    let input = Input { diagram, catalog: Catalog::embedded(), scenario: "default".into(), plan, traces: &traces };
    plimsoll_sim::compile(&input).expect("the benchmark's diagram is valid")
}

/// A producer and stations in a row.
fn line(arrivals: &str, servers: u32, service: &str, stations: usize) -> Diagram {
    let mut diagram = Diagram::default();
    diagram.nodes.insert("clients".into(), Arc::new(Node::new("generic/client", "").with("arrivals", arrivals)));
    let mut from = "clients".to_owned();
    for number in 0..stations {
        let id = format!("s{number}");
        let station = Node::new("generic/station", "").with("service", service).with("servers", servers);
        diagram.nodes.insert(id.as_str().into(), Arc::new(station));
        diagram.edges.insert(format!("e{number}").as_str().into(), Arc::new(Edge::new(from.as_str(), id.as_str(), EdgeKind::Request)));
        from = id;
    }
    diagram
}

/// A producer and layers of stations with as many servers as it takes. Each station hands its requests on to one of the
/// next layer's, `fan` of them in turn, with equal shares; a request is inside for ten seconds on average.
fn layers(layers: usize, width: usize, fan: usize) -> Diagram {
    let mut diagram = Diagram::default();
    diagram.nodes.insert("clients".into(), Arc::new(Node::new("generic/client", "").with("arrivals", "poisson(200/s)")));
    let service = format!("exponential({} s)", 10.0 / layers as f64);
    let share = |of: usize| format!("{} %", 100.0 / of as f64);
    let connect = |diagram: &mut Diagram, from: &str, to: &str, of: usize| {
        let edge = Edge::new(from, to, EdgeKind::Request).with("share", share(of));
        diagram.edges.insert(format!("{from}-{to}").as_str().into(), Arc::new(edge));
    };
    for layer in 0..layers {
        for place in 0..width {
            let id = format!("s{layer}-{place}");
            let station = Node::new("generic/station", "").with("service", service.as_str()).with("servers", "unlimited");
            diagram.nodes.insert(id.as_str().into(), Arc::new(station));
            if layer == 0 {
                connect(&mut diagram, "clients", &id, width);
            }
        }
    }
    for layer in 1..layers {
        for place in 0..width {
            for step in 0..fan {
                connect(&mut diagram, &format!("s{}-{place}", layer - 1), &format!("s{layer}-{}", (place + step) % width), fan);
            }
        }
    }
    diagram
}

/// One function with exponential warm and cold times and a constant keep-alive.
fn simfaas() -> Diagram {
    let mut diagram = Diagram::default();
    diagram.nodes.insert("clients".into(), Arc::new(Node::new("generic/client", "").with("arrivals", "poisson(0.9/s)")));
    let function = Node::new("aws/lambda", "")
        .with("duration", "exponential(1.991 s)")
        .with("cold_duration", "exponential(2.244 s)")
        .with("placement", "0 s")
        .with("init", "0 s")
        .with("overhead", "0 s")
        .with("timeout", "900 s")
        .with("idle_timeout", "600 s")
        .with("max_life", "1000 d")
        .with("idle_pick", "newest-created");
    diagram.nodes.insert("fn".into(), Arc::new(function));
    diagram.edges.insert("call".into(), Arc::new(Edge::new("clients", "fn", EdgeKind::Request).with("timeout", "none")));
    diagram
}

fn bench(bencher: Bencher<'_, '_>, program: &Arc<Program>) {
    let run = |mut simulation: Simulation| {
        simulation.run(&Progress::new()).expect("the benchmark's run ends");
        simulation
    };
    let make = || Simulation::new(program, 0);
    let events = run(make()).result().run.events;
    bencher.counter(ItemsCount::new(events)).with_inputs(make).bench_local_values(run);
}

#[divan::bench(sample_count = 7, sample_size = 1)]
fn mm1_plimsoll(bencher: Bencher<'_, '_>) {
    bench(bencher, &program(&line("poisson(0.9/s)", 1, "exponential(1 s)", 1), "1000000 s"));
}

#[divan::bench(sample_count = 7, sample_size = 1)]
fn mm1_hand(bencher: Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(hand_line(1, 1, 0.9, 1_000_000.0))).bench_local(|| hand_line(1, 1, 0.9, 1_000_000.0));
}

#[divan::bench(sample_count = 7, sample_size = 1)]
fn mm100_plimsoll(bencher: Bencher<'_, '_>) {
    bench(bencher, &program(&line("poisson(95/s)", 100, "exponential(1 s)", 1), "10000 s"));
}

#[divan::bench(sample_count = 7, sample_size = 1)]
fn mm100_hand(bencher: Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(hand_line(1, 100, 95.0, 10_000.0))).bench_local(|| hand_line(1, 100, 95.0, 10_000.0));
}

#[divan::bench(sample_count = 7, sample_size = 1)]
fn tandem10_plimsoll(bencher: Bencher<'_, '_>) {
    bench(bencher, &program(&line("poisson(0.8/s)", 1, "exponential(1 s)", 10), "200000 s"));
}

#[divan::bench(sample_count = 7, sample_size = 1)]
fn tandem10_hand(bencher: Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(hand_line(10, 1, 0.8, 200_000.0))).bench_local(|| hand_line(10, 1, 0.8, 200_000.0));
}

#[divan::bench(sample_count = 7, sample_size = 1)]
fn simfaas_plimsoll(bencher: Bencher<'_, '_>) {
    bench(bencher, &program(&simfaas(), "1000000 s"));
}

#[divan::bench(sample_count = 7, sample_size = 1)]
fn simfaas_hand(bencher: Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(hand_faas(1_000_000.0))).bench_local(|| hand_faas(1_000_000.0));
}

#[divan::bench(sample_count = 7, sample_size = 1)]
fn checkout_plimsoll(bencher: Bencher<'_, '_>) {
    let text = include_str!("../../examples/checkout/checkout.plimsoll.json");
    let diagram = native::read(text).expect("the example opens").diagram;
    bench(bencher, &program(&diagram, "10 min"));
}

/// The yardstick for the next one: twelve nodes and eleven edges, with as many events pending.
#[divan::bench(sample_count = 7, sample_size = 1)]
fn nodes12_plimsoll(bencher: Bencher<'_, '_>) {
    bench(bencher, &program(&layers(11, 1, 1), "1000 s"));
}

/// A thousand stations and ten thousand edges.
#[divan::bench(sample_count = 7, sample_size = 1)]
fn nodes1000_plimsoll(bencher: Bencher<'_, '_>) {
    bench(bencher, &program(&layers(10, 100, 11), "1000 s"));
}

/// Events with their time and order, and what they are about.
type Entry = Reverse<(u64, u64, u32)>;

/// The yardstick: a heap, a random generator, a line of times. No statistics but the sum of the sojourns.
fn hand_line(stations: usize, servers: usize, rate: f64, until: f64) -> u64 {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    let mut heap: BinaryHeap<Entry> = BinaryHeap::new();
    let mut lines: Vec<VecDeque<u64>> = vec![VecDeque::new(); stations];
    let mut busy = vec![0_usize; stations];
    let (mut sequence, mut events, mut total) = (0_u64, 0_u64, 0.0);
    let until = (until * 1e9) as u64;
    let mut draw = |mean: f64| -> u64 {
        let unit: f64 = Exp1.sample(&mut rng);
        (unit * mean * 1e9) as u64
    };
    heap.push(Reverse((draw(1.0 / rate), 0, u32::MAX)));
    let mut starts: Vec<VecDeque<u64>> = vec![VecDeque::new(); stations];
    while let Some(Reverse((now, _, what))) = heap.pop() {
        if now > until {
            break;
        }
        let (station, arrives) = if what == u32::MAX {
            sequence += 1;
            heap.push(Reverse((now + draw(1.0 / rate), sequence, u32::MAX)));
            events += 1;
            (0, true)
        } else {
            let station = what as usize;
            events += 1;
            busy[station] -= 1;
            let arrived = starts[station].pop_front().unwrap_or(now);
            total += (now - arrived) as f64;
            if let Some(arrived) = lines[station].pop_front() {
                busy[station] += 1;
                starts[station].push_back(arrived);
                sequence += 1;
                heap.push(Reverse((now + draw(1.0), sequence, what)));
            }
            (station + 1, station + 1 < stations)
        };
        if arrives {
            if busy[station] < servers {
                busy[station] += 1;
                starts[station].push_back(now);
                sequence += 1;
                heap.push(Reverse((now + draw(1.0), sequence, station as u32)));
            } else {
                lines[station].push_back(now);
            }
        }
    }
    divan::black_box(total);
    events
}

/// The yardstick for functions: newest idle instance first, expiry ten minutes after the last use, timers re-armed.
fn hand_faas(until: f64) -> u64 {
    const KEEP: u64 = 600_000_000_000;
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
    let mut heap: BinaryHeap<Entry> = BinaryHeap::new();
    // For each instance: since when it is idle, or `u64::MAX` while it is busy.
    let mut idle_since: Vec<u64> = Vec::new();
    let mut idle: Vec<u32> = Vec::new();
    let mut armed: Vec<bool> = Vec::new();
    let (mut sequence, mut events, mut cold) = (0_u64, 0_u64, 0_u64);
    let until = (until * 1e9) as u64;
    let mut draw = |mean: f64| -> u64 {
        let unit: f64 = Exp1.sample(&mut rng);
        (unit * mean * 1e9) as u64
    };
    let mut push = |heap: &mut BinaryHeap<Entry>, at: u64, what: u32| {
        sequence += 1;
        heap.push(Reverse((at, sequence, what)));
    };
    push(&mut heap, draw(1.0 / 0.9), u32::MAX);
    while let Some(Reverse((now, _, what))) = heap.pop() {
        if now > until {
            break;
        }
        if what == u32::MAX {
            events += 1;
            push(&mut heap, now + draw(1.0 / 0.9), u32::MAX);
            let (instance, mean) = if let Some(instance) = idle.pop() {
                (instance, 1.991)
            } else {
                cold += 1;
                idle_since.push(u64::MAX);
                armed.push(false);
                (idle_since.len() as u32 - 1, 2.244)
            };
            idle_since[instance as usize] = u64::MAX;
            push(&mut heap, now + draw(mean), instance * 2);
        } else if what.is_multiple_of(2) {
            events += 1;
            let instance = what / 2;
            idle_since[instance as usize] = now;
            let at = idle.partition_point(|other| *other < instance);
            idle.insert(at, instance);
            if !std::mem::replace(&mut armed[instance as usize], true) {
                push(&mut heap, now + KEEP, instance * 2 + 1);
            }
        } else {
            let instance = (what / 2) as usize;
            armed[instance] = false;
            if idle_since[instance] == u64::MAX {
                continue;
            }
            if now - idle_since[instance] >= KEEP {
                events += 1;
                idle.retain(|other| *other as usize != instance);
                idle_since[instance] = u64::MAX;
            } else {
                armed[instance] = true;
                push(&mut heap, idle_since[instance] + KEEP, what);
            }
        }
    }
    divan::black_box(cold);
    events
}

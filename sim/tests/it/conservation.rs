//! Nothing vanishes: the books balance at every look, for any diagram.

use std::collections::BTreeMap;

use plimsoll_models::{Catalog, fault, validate};
use plimsoll_sim::{Progress, Simulation, ledger::Fate};

use crate::{
    random,
    support::{faulty, program},
};

/// Random diagrams of one test run; `PLIMSOLL_DIAGRAMS` asks for more.
const DIAGRAMS: u64 = 250;

/// Kinds of faults of which every strike is counted; of the others it is enough that they happened.
const COUNTED: [&str; 5] = ["outage", "latency", "errors", "poison", "duplicates"];

#[test]
#[expect(clippy::print_stdout, reason = "the coverage is worth reading when something fails")]
fn the_books_balance_at_every_look() {
    let diagrams = std::option_env!("PLIMSOLL_DIAGRAMS").and_then(|text| text.parse().ok()).unwrap_or(DIAGRAMS);
    let mut fates: BTreeMap<String, u64> = BTreeMap::new();
    let mut faults: BTreeMap<&str, u64> = BTreeMap::new();
    let mut services: BTreeMap<String, u64> = BTreeMap::new();
    for seed in 0..diagrams {
        let diagram = random::diagram(seed);
        let problems = validate::check(&diagram, Catalog::embedded());
        assert!(!plimsoll_models::diagnostic::has_errors(&problems), "{seed}: {problems:#?}");
        let seed_text = seed.to_string();
        let drained = if seed % 2 == 0 { "drained" } else { "duration" };
        let fields = [("duration", "20 s"), ("warm_up", "2 s"), ("seed", &seed_text), ("until", drained), ("drain_limit", "10 min")];
        let program = program(&diagram, faulty(&fields, random::faults(seed, &diagram)));
        let mut simulation = Simulation::new(&program, 0);
        for at in 1..20 {
            simulation.run_until(f64::from(at));
            let result = simulation.result();
            assert!(result.ledger.balanced, "{seed} at {at} s: {:#?}", result.ledger);
        }
        simulation.run(&Progress::new()).unwrap();
        let result = simulation.result();
        assert!(result.ledger.balanced, "{seed}: {:#?}", result.ledger);
        for row in &result.ledger.rows {
            for (fate, count) in &row.fates {
                *fates.entry(fate.clone()).or_default() += count;
            }
            *fates.entry("held".to_owned()).or_default() += row.held;
        }
        for fault in &result.faults {
            *faults.entry(fault.kind).or_default() += fault.struck.max(u64::from(!COUNTED.contains(&fault.kind)));
        }
        for node in &result.nodes {
            *services.entry(node.service.clone()).or_default() += node.metrics["arrivals"] as u64;
        }
        for journey in &result.journeys {
            assert_eq!(journey.started, journey.complete + journey.lossy + journey.unfinished, "{seed}: {journey:?}");
        }
    }
    println!("fates reached: {fates:#?}\nfaults that struck: {faults:#?}\narrivals by service: {services:#?}");
    for kind in fault::KINDS {
        assert!(faults.get(kind.word).copied().unwrap_or(0) > 0, "no random fault of kind `{}` strikes", kind.word);
    }
    for fate in Fate::ALL.into_iter().filter(|fate| *fate != Fate::Dropped).map(Fate::as_str).chain(["held"]) {
        assert!(fates.get(fate).copied().unwrap_or(0) > 0, "no random diagram reaches `{fate}`");
    }
    for service in Catalog::embedded().nodes().filter(|service| service.id.as_str() != "generic/trace") {
        assert!(services.get(service.id.as_str()).copied().unwrap_or(0) > 0, "no random diagram reaches {}", service.id);
    }
}

//! For every example: lifting the limit that the answer names improves an objective that broke.

use plimsoll_models::{Catalog, formats::native, workload::Arrivals};
use plimsoll_sim::{Input, Progress, Traces, result::Holds, run, trace_key};

/// Every example with its text.
const EXAMPLES: [(&str, &str); 5] = [
    ("mm1", include_str!("../../../examples/mm1/mm1.plimsoll.json")),
    ("checkout", include_str!("../../../examples/checkout/checkout.plimsoll.json")),
    ("burst-leveling", include_str!("../../../examples/burst-leveling/burst-leveling.plimsoll.json")),
    ("lambda-ramp", include_str!("../../../examples/lambda-ramp/lambda-ramp.plimsoll.json")),
    ("trace-replay", include_str!("../../../examples/trace-replay/trace-replay.plimsoll.json")),
];
const WORLD_CUP: &str = include_str!("../../../examples/trace-replay/worldcup98-0630-per-minute.csv");

#[test]
fn lifting_the_named_limit_improves_what_broke() {
    let mut broken = 0;
    for (name, text) in EXAMPLES {
        let diagram = native::read(text).unwrap().diagram;
        let mut traces = Traces::new();
        if let Some(arrivals) = diagram.nodes.values().find_map(|node| node.fields.get("arrivals")?.as_str()?.parse::<Arrivals>().ok())
            && let Arrivals::Trace(source) = &arrivals
        {
            traces.insert(trace_key(&arrivals), source.read(WORLD_CUP).unwrap());
        }
        let id = diagram.default_scenario().unwrap().clone();
        let (mut plan, problems) = diagram.scenarios[&id].plan(&id);
        assert!(problems.is_empty(), "{name}: {problems:?}");
        plan.duration = plan.duration.min(120.0);
        plan.warm_up = 0.0;
        let input = Input { diagram: &diagram, catalog: Catalog::embedded(), scenario: id, plan, traces: &traces };
        let result = run(&input, &Progress::new()).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert!(result.ledger.balanced, "{name}");
        if result.verdict.overall != Holds::Broken {
            continue;
        }
        broken += 1;
        let restores = result.answer.restores.as_ref().unwrap_or_else(|| panic!("{name}: no limit is to blame: {:#?}", result.limits));
        let mut lifted = input.clone();
        lifted.plan.set.insert(restores.path.clone(), restores.value.clone().into());
        let after = run(&lifted, &Progress::new()).unwrap();
        let improved = result.verdict.objectives.iter().zip(&after.verdict.objectives).any(|(before, after)| {
            let distance = |measured: f64| (measured - before.bound).abs();
            before.holds == Holds::Broken
                && before
                    .measured
                    .zip(after.measured)
                    .is_some_and(|(old, new)| after.holds == Holds::Holds || distance(new) < distance(old))
        });
        assert!(improved, "{name}: {} = {} improves nothing: {:#?}", restores.path, restores.value, after.verdict);
    }
    assert!(broken >= 2, "the examples should show limits that give");
}

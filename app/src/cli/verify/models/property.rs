//! Laws that every run obeys. Each procedure counts violations; none are allowed.

use std::{fs, panic, process::Command};

use plimsoll_sim::{
    RunResult,
    result::{JourneyTrace, TraceEvent},
};
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};

use super::{Bench, Case, Experiment, Missing, Trouble, field, measured, metric, node, random};
use crate::report::json;

/// A procedure that counts violations.
type Procedure = fn(u64) -> Result<u64, Trouble>;

/// The procedure of a case, by its id.
pub(super) fn property(case: &Case) -> Result<Experiment, Missing> {
    // The id says which procedure is meant; the model only describes it.
    case.model.remark("procedure");
    let procedure: Procedure = match case.id.as_str() {
        "prop-replay-bytes" => replay_bytes,
        "prop-conservation" => conservation,
        "prop-little" => little,
        "prop-crn-isolation" => isolation,
        "prop-permute-ids" => permuted_order,
        "prop-time-scaling" => time_scaling,
        "prop-monotone-capacity" => monotone_capacity,
        other => return Err(format!("property `{other}`")),
    };
    let measure = move |seed| Ok(measured([("violations", procedure(seed)?.into())]));
    Ok(Experiment { benches: Vec::new(), replications: 1, measure: Box::new(measure) })
}

/// Models of the corpus.
const CORPUS: u64 = 20;

/// How often each of them is repeated.
const REPEATS: usize = 3;

/// Numbers of threads that must make no difference.
const THREADS: [usize; 4] = [1, 2, 4, 8];

/// The same model and seed give the same bytes: again, with other numbers of threads, in other processes.
fn replay_bytes(seed: u64) -> Result<u64, Trouble> {
    let folder = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
    let program = std::env::current_exe().map_err(|error| format!("the program does not find itself: {error}"))?;
    let mut violations = 0;
    for number in 0..CORPUS {
        let bench = random::model(number).plan("replications", 4);
        let expected = json::text(&bench.run(seed)?);
        for _ in 1..REPEATS {
            violations += u64::from(json::text(&bench.run(seed)?) != expected);
        }
        for threads in THREADS {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| format!("no threads: {error}"))?;
            violations += u64::from(json::text(&pool.install(|| bench.run(seed))?) != expected);
        }
        let file = folder.path().join(format!("{number}.plimsoll.json"));
        fs::write(&file, bench.document(seed)).map_err(|error| format!("cannot write: {error}"))?;
        for threads in ["1", "2", "4"] {
            let output = Command::new(&program).arg("run").arg(&file).args(["--json", "-"]).env("RAYON_NUM_THREADS", threads).output();
            let output = output.map_err(|error| format!("cannot start a process: {error}"))?;
            violations += u64::from(output.stdout != expected.as_bytes());
        }
    }
    Ok(violations)
}

/// Random models whose books are checked.
const RANDOM_MODELS: u64 = 500;

/// Models that have found a fault before.
const KNOWN_MODELS: [u64; 1] = [6_305];

/// Every copy that is created ends once or is held, in every row, at several checkpoints.
fn conservation(seed: u64) -> Result<u64, Trouble> {
    let numbers: Vec<u64> = (1_000..1_000 + RANDOM_MODELS).chain(KNOWN_MODELS).collect();
    numbers
        .into_par_iter()
        .map(|number| {
            // A panic is told with the number of its model, so that it can be found again.
            let checked = panic::catch_unwind(|| checkpoints(&random::model(number), seed));
            let checked = checked.unwrap_or_else(|_| Err(Trouble::Broken("the engine panicked".to_owned())));
            checked.map_err(|trouble| match trouble {
                Trouble::Broken(why) => Trouble::Broken(format!("random model {number}: {why}")),
                Trouble::Refused(why) => Trouble::Broken(format!("random model {number}: {why}")),
                Trouble::Canceled => Trouble::Canceled,
            })
        })
        .sum()
}

/// Violations in a model's books at the end and at several times before.
fn checkpoints(bench: &Bench, seed: u64) -> Result<u64, Trouble> {
    let mut violations = books(&bench.run(seed)?);
    for checkpoint in [0.5, 3.25, 7.0] {
        violations += books(&bench.clone().plan("until", "duration").run_for(seed, checkpoint)?);
    }
    Ok(violations)
}

/// Rows that do not add up.
fn books(result: &RunResult) -> u64 {
    let rows = result.ledger.rows.iter().filter(|row| row.created != row.fates.values().sum::<u64>() + row.held).count();
    let journeys = result.journeys.iter().filter(|row| row.started != row.complete + row.lossy + row.unfinished).count();
    let requests = u64::from(result.run.requests != result.journeys.iter().map(|row| row.started).sum::<u64>());
    rows as u64 + journeys as u64 + requests + u64::from(!result.ledger.balanced)
}

/// Runs of each kind of station.
const LITTLE_RUNS: u64 = 50;

/// Relative difference that floating point may make.
const LITTLE_ERROR: f64 = 1e-9;

/// What stands between two instants of an empty system is what everybody has spent in it.
fn little(seed: u64) -> Result<u64, Trouble> {
    let laws = ["exponential(90 ms)", "lognormal(mean=200 ms, cv2=3)", "110 ms", "uniform(10 ms, 300 ms)"];
    let mut violations = 0;
    for run in 0..LITTLE_RUNS {
        let fields = [field("service", laws[run as usize % laws.len()]), field("servers", 1 + run % 4)];
        let bench = Bench::new("Little")
            .client("client", "poisson(9/s)")
            .node("queue", "generic/station", &fields)
            .request("client", "queue")
            .drained(60.0);
        let result = bench.run(seed + run)?;
        let area = metric(&result, "queue", "in_system.mean")? * result.run.ended_s;
        let sojourn = &node(&result, "queue")?.sojourn;
        let spent = sojourn.mean * sojourn.count as f64;
        violations += u64::from((area - spent).abs() > LITTLE_ERROR * spent);
    }
    Ok(violations)
}

/// A chain A, B, and perhaps a stranger D.
fn chain(service_of_b: &str, stranger: bool) -> Bench {
    let bench = Bench::new("Isolation")
        .client("client", "poisson(20/s)")
        .node("a", "generic/station", &[field("service", "exponential(40 ms)")])
        .node("b", "generic/station", &[field("service", service_of_b), field("servers", 2)])
        .request("client", "a")
        .request("a", "b")
        .lasting((60.0, 0.0));
    if !stranger {
        return bench;
    }
    bench
        .client("another", "poisson(50/s)")
        .node("aaa", "generic/station", &[field("service", "exponential(10 ms)")])
        .request("another", "aaa")
}

/// What happens in a node that does not depend on another one stays the same to the last bit when that one changes.
fn isolation(seed: u64) -> Result<u64, Trouble> {
    let base = chain("exponential(50 ms)", false).run(seed)?;
    let mut violations = 0;
    for other in [chain("lognormal(mean=80 ms, cv2=4)", false), chain("50 ms", false), chain("exponential(50 ms)", true)] {
        let result = other.run(seed)?;
        let (ours, theirs) = (node(&base, "a")?, node(&result, "a")?);
        let same =
            (&ours.metrics, &ours.wait, &ours.sojourn, &ours.series) == (&theirs.metrics, &theirs.wait, &theirs.sojourn, &theirs.series);
        violations += u64::from(!same) + u64::from(visits(&base, "client", "a") != visits(&result, "client", "a"));
    }
    Ok(violations)
}

/// The first journeys of a producer: everything that happened to them in a node.
fn visits(result: &RunResult, producer: &str, at: &str) -> Vec<Vec<(f64, TraceEvent)>> {
    let own = |trace: &&JourneyTrace| trace.producer.as_str() == producer && !trace.slowest;
    let steps =
        |trace: &JourneyTrace| trace.steps.iter().filter(|step| step.node.as_str() == at).map(|step| (step.at_s, step.what)).collect();
    // A stranger takes its share of the journeys that are followed.
    result.traces.iter().filter(own).map(steps).take(FOLLOWED_OF_ONE).collect()
}

/// Journeys of one producer that are surely followed when two share the first hundred.
const FOLLOWED_OF_ONE: usize = 20;

/// How often the members of a file are shuffled.
const SHUFFLES: u64 = 50;

/// The order of nodes and edges in the file makes no difference.
fn permuted_order(seed: u64) -> Result<u64, Trouble> {
    let bench = random::model(7);
    let expected = json::text(&bench.run(seed)?);
    let document: serde_json::Value = serde_json::from_str(&bench.document(seed)).map_err(|error| error.to_string())?;
    let mut violations = 0;
    for shuffle in 1..=SHUFFLES {
        let text = shuffled(&document, shuffle);
        let opened = plimsoll_models::formats::native::read(&text).map_err(|error| error.to_string())?;
        let mut again = bench.clone();
        again.diagram = opened.diagram;
        again.diagram.scenarios.clear();
        violations += u64::from(json::text(&again.run(seed)?) != expected);
    }
    Ok(violations)
}

/// The text of an object with the members of all objects in another order.
fn shuffled(value: &serde_json::Value, shuffle: u64) -> String {
    let serde_json::Value::Object(map) = value else { return value.to_string() };
    let mut members: Vec<String> =
        map.iter().map(|(key, value)| format!("{}: {}", serde_json::Value::from(key.as_str()), shuffled(value, shuffle + 1))).collect();
    // An order that depends on the shuffle and on nothing else.
    let rank = |text: &String| {
        text.bytes().fold(shuffle.wrapping_mul(0x9e37_79b9_7f4a_7c15), |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    };
    members.sort_by_key(rank);
    format!("{{{}}}", members.join(", "))
}

/// The factor of the change of units.
const SCALE: f64 = 1_024.0;

/// The same model with every duration divided and every rate multiplied by a factor.
fn scaled(service: &str, gap: &str, servers: &str, length: f64) -> Bench {
    Bench::new("Scaling")
        .client("client", format!("renewal({gap})"))
        .node("queue", "generic/station", &[field("service", service), field("servers", servers)])
        .request("client", "queue")
        .drained(length)
}

/// Every latency scales with the unit of time, within a tick.
fn time_scaling(seed: u64) -> Result<u64, Trouble> {
    // Values on a grid of 1,024 ticks scale exactly, whatever is added to whatever.
    let values = |tick: f64| format!("values({} s: 5, {} s: 3, {} s: 1)", 3.0 * tick, 11.0 * tick, 40.0 * tick);
    let gaps = |tick: f64| format!("values({} s: 2, {} s: 1)", 5.0 * tick, 17.0 * tick);
    let (large, small) = (1.024e-3, 1e-6);
    let pairs = [
        (scaled(&values(large), &gaps(large), "1", 51.2), scaled(&values(small), &gaps(small), "1", 0.05)),
        (scaled(&values(large), &gaps(large), "3", 51.2), scaled(&values(small), &gaps(small), "3", 0.05)),
        // Any law, where nobody waits: one rounding each.
        (scaled("exponential(102.4 ms)", "10.24 ms", "unlimited", 51.2), scaled("exponential(0.1 ms)", "0.01 ms", "unlimited", 0.05)),
    ];
    let mut violations = 0;
    for (large, small) in pairs {
        let (large, small) = (latencies(&large.run(seed)?), latencies(&small.run(seed)?));
        violations += large.len().abs_diff(small.len()) as u64 + u64::from(large.is_empty());
        violations += large.iter().zip(&small).filter(|(a, b)| (*a / SCALE - *b).abs() > 1.0).count() as u64;
    }
    Ok(violations)
}

/// Latencies of the first journeys in ticks.
fn latencies(result: &RunResult) -> Vec<f64> {
    let ticks = |trace: &JourneyTrace| Some(((trace.response_s? - trace.started_s) * 1e9).round());
    result.traces.iter().filter(|trace| !trace.slowest).filter_map(ticks).collect()
}

/// Systems that are compared with the same one with a server more.
const MONOTONE_RUNS: u64 = 50;

/// Servers of the smallest and largest of them.
const MONOTONE_SERVERS: std::ops::Range<u64> = 1..5;

/// With the same arrivals and services, one more server makes nobody wait longer.
fn monotone_capacity(seed: u64) -> Result<u64, Trouble> {
    let mut violations = 0;
    for run in 0..MONOTONE_RUNS {
        let mut before: Option<Vec<f64>> = None;
        for servers in MONOTONE_SERVERS {
            let fields = [field("service", "gamma(mean=300 ms, cv2=3)"), field("servers", servers)];
            let bench = Bench::new("Monotone")
                .client("client", "renewal(lognormal(mean=100 ms, cv2=2))")
                .node("queue", "generic/station", &fields)
                .request("client", "queue")
                .drained(30.0);
            let waits = waits(&bench.run(seed + run)?);
            if let Some(before) = &before {
                violations += waits.len().abs_diff(before.len()) as u64;
                violations += before.iter().zip(&waits).filter(|(few, more)| more > few).count() as u64;
            }
            before = Some(waits);
        }
    }
    Ok(violations)
}

/// Waits of the first customers in ticks.
fn waits(result: &RunResult) -> Vec<f64> {
    let wait = |trace: &JourneyTrace| {
        let start = trace.steps.iter().find(|step| step.what == TraceEvent::Start)?;
        Some(((start.at_s - trace.started_s) * 1e9).round())
    };
    result.traces.iter().filter(|trace| !trace.slowest).filter_map(wait).collect()
}

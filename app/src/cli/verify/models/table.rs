//! Capacity units of tables: how many a request takes, and the bank of unused ones.

use plimsoll_models::EdgeKind;

use super::{Bench, Case, Experiment, Figure, Missing, field, measured, metric};
use crate::cli::verify::probe;

/// The table.
const TABLE: &str = "table";

/// Requests of the probe that empties the bank at once.
const PROBE: f64 = 2.0;

/// Fields of a provisioned table without times of its own.
fn provisioned(units: f64, burst_seconds: f64) -> Vec<(&'static str, String)> {
    vec![
        field("capacity_mode", "provisioned"),
        field("write_units", format!("{units}/s")),
        field("burst_seconds", format!("{burst_seconds} s")),
        field("burst_start", "empty"),
        field("item_bytes", "1 KiB"),
        field("write_latency", "0 s"),
        field("read_latency", "0 s"),
        field("partition_writes", "1000000/s"),
    ]
}

/// A rate and how long it lasts, in seconds.
type Phase = (f64, f64);

fn arrivals(phases: &[Phase]) -> String {
    let phases: Vec<String> = phases.iter().map(|(rate, seconds)| format!("{rate}/s for {seconds} s")).collect();
    format!("phases({}, even=true)", phases.join(", "))
}

/// A table, how full its bank is at the start, and the load of some phases.
fn loaded(case: &Case, phases: &[Phase]) -> Result<Bench, Missing> {
    let (units, seconds) = (case.model.number("provisioned")?, case.model.number_or("burst_seconds", 300.0)?);
    let (bank, start) = (units * seconds, case.model.number_or("start_bucket", 0.0)?);
    if !(0.0..=bank).contains(&start) {
        return Err(format!("a bank of {start} at the start where it holds {bank}"));
    }
    let mut table = provisioned(units, seconds);
    if start > 0.0 {
        table.push(field("burst_start", "full"));
    }
    let mut bench = Bench::new(&case.title).node(TABLE, "aws/dynamodb", &table);
    if start > 0.0 && start < bank {
        // Somebody else has taken what is not there at the start.
        bench = bench.client("before", format!("batch({}, at=0 s)", bank - start)).request("before", TABLE);
    }
    if phases.iter().any(|(rate, _)| *rate > 0.0) {
        bench = bench.client("client", arrivals(phases)).request("client", TABLE);
    }
    Ok(bench.lasting((phases.iter().map(|(_, seconds)| seconds).sum(), 0.0)))
}

/// How often the count of throttles is looked at.
const LOOKS_PER_SECOND: f64 = 20.0;

/// Unused units are saved and spent again: quiet phases, then a loud one.
pub(super) fn burst(case: &Case) -> Result<Experiment, Missing> {
    let count = case.model.count("phases")?;
    let phase = |index: usize| match case.model.numbers(&format!("phases.{index}"))?[..] {
        [rate, seconds] => Ok((rate, seconds)),
        _ => Err("a phase is a rate and a time".to_owned()),
    };
    let phases = (0..count).map(phase).collect::<Result<Vec<Phase>, _>>()?;
    let quiet = phases.len().checked_sub(1).map(|last| &phases[..last]).ok_or("the model has no phases")?;
    let step: f64 = quiet.iter().map(|(_, seconds)| seconds).sum();
    let end = step + phases[quiet.len()].1;
    let bench = loaded(case, &phases)?;
    // The bank is read by emptying it: a burst at the step of more requests than it can hold.
    let flood = PROBE * case.model.number("provisioned")? * case.model.number_or("burst_seconds", 300.0)?;
    let before = loaded(case, quiet)?.lasting((step + 1e-3, 0.0));
    let flooded = before.clone().client("flood", format!("batch({}, at={step} s)", flood.ceil())).request("flood", TABLE);
    let (main, idle) = (bench.clone(), quiet.iter().all(|(rate, _)| *rate == 0.0) && before.diagram.nodes.len() == 1);
    let look = probe::gauges(bench, 1, move |simulation| {
        let at_step = simulation.refused_by(step, TABLE)?;
        let mut first = None;
        let mut at = step;
        while first.is_none() && at < end {
            at += 1.0 / LOOKS_PER_SECOND;
            first = (simulation.refused_by(at, TABLE)? > at_step).then_some(at);
        }
        let after = match first.map(|first| first.ceil() + 1.0) {
            None => 0.0.into(),
            Some(from) if from >= end => Figure::NEVER,
            Some(from) => {
                let before = simulation.refused_by(from, TABLE)?;
                ((metric(&simulation.finish()?, TABLE, "refused")? - before) / (end - from)).into()
            }
        };
        Ok(measured([("first_throttle_after_step_s", first.map(|first| first - step).into()), ("throttled_per_s_after", after)]))
    });
    let measure = move |seed| {
        let mut all = (look.measure)(seed)?;
        let accepted = |bench: &Bench| metric(&bench.run(seed)?, TABLE, "accepted");
        let used_before = if idle { 0.0 } else { accepted(&before)? };
        all.insert("bucket_at_step".to_owned(), (accepted(&flooded)? - used_before).into());
        Ok(all)
    };
    Ok(Experiment { benches: vec![main], replications: 1, measure: Box::new(measure) })
}

/// One request of a given size to a table of its own.
fn request(bench: Bench, name: &str, bytes: f64, operation: &str) -> Bench {
    let (client, event) = (format!("client-{name}"), format!("item-{name}"));
    bench
        .event_type(&event, &[field("size", format!("{bytes} B"))])
        .node(&client, "generic/client", &[field("arrivals", "times(0 s)"), field("events", &event)])
        .node(name, "aws/dynamodb", &[field("write_latency", "0 s"), field("read_latency", "0 s")])
        .edge(&format!("{client}-{name}"), EdgeKind::Request, &client, name, &[field("operation", operation), field("attempts", 1)])
}

/// Units by the size of the item.
pub(super) fn units(case: &Case) -> Result<Experiment, Missing> {
    let (writes, reads) = (case.model.numbers_or_none("writes_bytes")?, case.model.numbers_or_none("reads_bytes")?);
    let (write, read) = match case.model.word("consistency", &["eventual", "strong", "transactional"])? {
        "eventual" => ("write", "eventual-read"),
        "strong" => ("write", "read"),
        _ => ("transactional-write", "transactional-read"),
    };
    let mut bench = Bench::new(&case.title).lasting((10.0, 0.0));
    for (index, bytes) in writes.iter().enumerate() {
        bench = request(bench, &format!("write{index}"), *bytes, write);
    }
    for (index, bytes) in reads.iter().enumerate() {
        bench = request(bench, &format!("read{index}"), *bytes, read);
    }
    Ok(Experiment::new(bench, 1, move |result| {
        let wcu =
            (0..writes.len()).map(|index| metric(result, &format!("write{index}"), "write_units")).collect::<Result<Vec<f64>, _>>()?;
        let rcu = (0..reads.len()).map(|index| metric(result, &format!("read{index}"), "read_units")).collect::<Result<Vec<f64>, _>>()?;
        Ok(measured([("wcu", wcu.into()), ("rcu", rcu.into())]))
    }))
}

/// Units by the kind of request.
pub(super) fn read_units(case: &Case) -> Result<Experiment, Missing> {
    let bytes = case.model.number("bytes")?;
    const KINDS: [(&str, &str, &str, &str); 4] = [
        ("strong", "read", "read_units", "strong_rcu"),
        ("eventual", "eventual-read", "read_units", "eventual_rcu"),
        ("transactional-read", "transactional-read", "read_units", "transactional_rcu"),
        ("transactional-write", "transactional-write", "write_units", "transactional_wcu"),
    ];
    let bench = KINDS
        .iter()
        .fold(Bench::new(&case.title).lasting((10.0, 0.0)), |bench, (name, operation, ..)| request(bench, name, bytes, operation));
    Ok(Experiment::new(bench, 1, |result| {
        KINDS.iter().map(|(name, _, key, figure)| Ok(((*figure).to_owned(), Figure::One(metric(result, name, key)?)))).collect()
    }))
}

//! Capacity units of tables: how many a request takes, and the bank of unused ones.

use plimsoll_models::EdgeKind;

use super::{Bench, Case, Experiment, Figure, Missing, Trouble, field, measured, metric};
use crate::cli::verify::case::numbers;

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

/// Unused units are saved and spent again.
pub(super) fn burst(case: &Case) -> Result<Experiment, Missing> {
    let (units, seconds) = (case.number("provisioned")?, case.number("burst_seconds")?);
    let phases = case.get("phases").and_then(serde_json::Value::as_array).ok_or("the model has no phases")?;
    let phases: Vec<Vec<f64>> = phases.iter().filter_map(|phase| numbers(Some(phase))).collect();
    let [quiet, loud] = &phases[..] else { return Err("other than two phases".to_owned()) };
    let (step, end) = (quiet[1], quiet[1] + loud[1]);
    let table = provisioned(units, seconds);
    let arrivals = format!("phases({}/s for {} s, {}/s for {} s, even=true)", quiet[0], quiet[1], loud[0], loud[1]);
    let bench =
        Bench::new(&case.title).client("client", arrivals).node(TABLE, "aws/dynamodb", &table).request("client", TABLE).lasting((end, 0.0));
    // The bank is read by emptying it: a burst at the step of more requests than it can hold.
    let flood = format!("batch({}, at={step} s)", (PROBE * units * seconds).ceil());
    let quiet_arrivals = format!("phases({}/s for {} s, even=true)", quiet[0], quiet[1]);
    let mut flooded = Bench::new(&case.title)
        .node(TABLE, "aws/dynamodb", &table)
        .client("flood", flood)
        .request("flood", TABLE)
        .lasting((step + 1e-3, 0.0));
    if quiet[0] > 0.0 {
        flooded = flooded.client("client", quiet_arrivals).request("client", TABLE);
    }
    let used_before = quiet[0] * quiet[1];
    let benches = vec![bench.clone(), flooded.clone()];
    let measure = move |seed| {
        let result = bench.run(seed)?;
        let bound = result.limits.iter().filter(|limit| limit.key.ends_with("write_units")).find_map(|limit| limit.first_bound_s);
        let first = bound.ok_or_else(|| Trouble::Broken("the table never throttled".to_owned()))?;
        let from = first.ceil() + 1.0;
        let refused = metric(&result, TABLE, "refused")? - metric(&bench.run_for(seed, from)?, TABLE, "refused")?;
        let banked = metric(&flooded.run(seed)?, TABLE, "accepted")? - used_before;
        Ok(measured([
            ("bucket_at_step", banked.into()),
            ("first_throttle_after_step_s", (first - step).into()),
            ("throttled_per_s_after", (refused / (end - from)).into()),
        ]))
    };
    Ok(Experiment { benches, replications: 1, measure: Box::new(measure) })
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
    let (writes, reads) = (case.numbers("writes_bytes")?, case.numbers("reads_bytes")?);
    let mut bench = Bench::new(&case.title).lasting((10.0, 0.0));
    for (index, bytes) in writes.iter().enumerate() {
        bench = request(bench, &format!("write{index}"), *bytes, "write");
    }
    let read = if case.text("consistency") == "strong" { "read" } else { "eventual-read" };
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
    let bytes = case.number("bytes")?;
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

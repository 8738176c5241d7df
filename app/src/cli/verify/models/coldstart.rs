//! Functions whose instances are kept alive: which requests are cold, and how many instances there are.

use std::{fmt::Display, fs, path::Path, sync::Arc};

use plimsoll_sim::{RunResult, result::TraceEvent};

use super::{Bench, CONCURRENCY, Case, Experiment, Measured, Missing, Trouble, UNREACHED, bare_function, field, measured, metric, node};
use crate::cli::verify::probe;

/// The function.
const FUNCTION: &str = "function";

fn bench(case: &Case, arrivals: impl Display, fields: super::Pairs<'_>, concurrency: impl Display) -> Bench {
    Bench::new(&case.title)
        .client("client", arrivals)
        .node(FUNCTION, "aws/lambda", &bare_function(fields))
        .request("client", FUNCTION)
        .quota(CONCURRENCY, concurrency)
}

fn pick(case: &Case) -> &'static str {
    match case.text("pick") {
        "newest_created" => "newest-created",
        "least_recently_used" => "least-recently-used",
        _ => "most-recently-used",
    }
}

fn figures(result: &RunResult) -> Result<Measured, Trouble> {
    let (arrivals, refused) = (metric(result, FUNCTION, "arrivals")?, metric(result, FUNCTION, "refused")?);
    let mut all = measured([
        ("p_cold", (metric(result, FUNCTION, "cold_starts")? / metric(result, FUNCTION, "accepted")?).into()),
        ("mean_instances", metric(result, FUNCTION, "instances.mean")?.into()),
        ("mean_idle", metric(result, FUNCTION, "idle.mean")?.into()),
        ("mean_busy", metric(result, FUNCTION, "busy.mean")?.into()),
        ("mean_lifespan_s", metric(result, FUNCTION, "lifespan.mean")?.into()),
        ("p_block", (refused / arrivals).into()),
        ("mean_sojourn_s", node(result, FUNCTION)?.sojourn.mean.into()),
    ]);
    // The same figures against what others have published.
    for name in ["p_cold", "mean_instances", "mean_idle", "mean_lifespan_s"] {
        if let Some(figure) = all.get(name).cloned() {
            all.insert(format!("published_{name}"), figure);
        }
    }
    Ok(all)
}

/// A pool of instances under Poisson load.
pub(super) fn keepalive(case: &Case) -> Result<Experiment, Missing> {
    let rate = case.number("rate")?;
    let keepalive = match case.number("keepalive_s") {
        Ok(seconds) => format!("{seconds} s"),
        Err(_) => case.law("keepalive")?,
    };
    let concurrency = case.number("concurrency").map_or_else(|_| UNREACHED.to_string(), |limit| limit.to_string());
    let fields = [
        field("duration", case.law("warm")?),
        field("cold_duration", case.law("cold")?),
        field("idle_timeout", keepalive),
        field("idle_pick", pick(case)),
    ];
    let bench = bench(case, format!("poisson({rate}/s)"), &fields, concurrency).lasting(case.length(rate));
    Ok(Experiment::new(bench, case.replications(), figures))
}

fn times(arrivals: &[f64]) -> String {
    let times: Vec<String> = arrivals.iter().map(|at| format!("{at} s")).collect();
    format!("times({})", times.join(", "))
}

/// Whether each of the followed journeys met a new instance.
fn cold_flags(result: &RunResult) -> Vec<f64> {
    let mut traces: Vec<_> = result.traces.iter().collect();
    traces.sort_by_key(|trace| trace.ordinal);
    traces.dedup_by_key(|trace| trace.ordinal);
    traces.iter().map(|trace| f64::from(u8::from(trace.steps.iter().any(|step| step.what == TraceEvent::ColdStart)))).collect()
}

/// Given arrivals; the flags of each.
pub(super) fn keepalive_trace(case: &Case) -> Result<Experiment, Missing> {
    let arrivals = case.numbers("arrivals_s")?;
    let end = arrivals.last().copied().unwrap_or(0.0) + 1.0;
    let fields = [
        field("duration", format!("{} s", case.number("duration_s")?)),
        field("init", format!("{} s", case.number("init_s")?)),
        field("idle_timeout", format!("{} s", case.number("keepalive_s")?)),
        field("provisioned_concurrency", case.number("provisioned")?),
    ];
    let bench = bench(case, times(&arrivals), &fields, UNREACHED).drained(end);
    Ok(Experiment::new(bench, 1, |result| {
        Ok(measured([("cold_starts", metric(result, FUNCTION, "cold_starts")?.into()), ("cold_flags", cold_flags(result).into())]))
    }))
}

/// What a cold start adds to the latency.
pub(super) fn latency_trace(case: &Case) -> Result<Experiment, Missing> {
    let arrivals = case.numbers("arrivals_s")?;
    let end = arrivals.last().copied().unwrap_or(0.0) + 1.0;
    let fields = [
        field("duration", format!("{} s", case.number("duration_s")?)),
        field("init", format!("{} s", case.number("init_s")?)),
        field("idle_timeout", format!("{} s", case.number("keepalive_s")?)),
    ];
    let bench = bench(case, times(&arrivals), &fields, UNREACHED).drained(end);
    Ok(Experiment::new(bench, 1, |result| {
        let mut traces: Vec<_> = result.traces.iter().collect();
        traces.sort_by_key(|trace| trace.ordinal);
        traces.dedup_by_key(|trace| trace.ordinal);
        let latencies: Vec<f64> = traces.iter().filter_map(|trace| Some(trace.response_s? - trace.started_s)).collect();
        Ok(measured([("latencies_s", latencies.into()), ("cold_starts", metric(result, FUNCTION, "cold_starts")?.into())]))
    }))
}

/// A real log: which of its requests does the mechanism call cold, and which were?
pub(super) fn trace_replay(case: &Case, folder: &Path) -> Result<Experiment, Missing> {
    let file = case.text("file").to_owned();
    let path = folder.join(&file);
    let text: Arc<str> = fs::read_to_string(&path).map_err(|error| format!("`{}`: {error}", path.display()))?.into();
    let log = Log::read(&text).ok_or_else(|| format!("`{}` is no request log", path.display()))?;
    let fields = [
        field("duration", "recorded"),
        field("init", format!("{} s", case.number("init_s")?)),
        field("idle_timeout", format!("{} s", case.number("keepalive_s")?)),
        field("idle_pick", pick(case)),
    ];
    let end = log.arrivals.last().copied().unwrap_or(0.0) + 1.0;
    let mut bench = bench(case, "poisson(1/s)", &fields, UNREACHED)
        .node("client", "generic/trace", &[field("arrivals", format!("trace(file={file}, time=arrival_s, duration=duration_s)"))])
        .drained(end);
    bench.recordings.insert(file, text);
    Ok(probe::gauges(bench, 1, move |simulation| {
        // The count of cold starts just before each arrival tells which ones were cold.
        let mut flags = Vec::with_capacity(log.arrivals.len());
        let mut before = 0.0;
        for (index, _) in log.arrivals.iter().enumerate() {
            let at = log.arrivals.get(index + 1).map_or(end, |next| next - HALF_TICK);
            let now = simulation.cold_starts_by(at, FUNCTION)?;
            flags.push(now > before);
            before = now;
        }
        let agreeing = flags.iter().zip(&log.cold).filter(|(ours, theirs)| ours == theirs).count();
        let theirs = log.cold.iter().filter(|cold| **cold).count() as f64;
        Ok(measured([
            ("cold_starts", before.into()),
            ("agreement", (agreeing as f64 / flags.len() as f64).into()),
            ("aws_cold_starts", theirs.into()),
            ("relative_error_vs_aws", ((before - theirs).abs() / theirs).into()),
        ]))
    }))
}

/// Less than the resolution of the logs, which is a microsecond.
const HALF_TICK: f64 = 0.5e-6;

/// The columns of a request log.
struct Log {
    arrivals: Vec<f64>,
    cold: Vec<bool>,
}

impl Log {
    fn read(text: &str) -> Option<Self> {
        let mut log = Self { arrivals: Vec::new(), cold: Vec::new() };
        for line in text.lines().skip(1).filter(|line| !line.trim().is_empty()) {
            let cells: Vec<&str> = line.split(',').collect();
            log.arrivals.push(cells.first()?.trim().parse().ok()?);
            log.cold.push(cells.get(2)?.trim() == "1");
        }
        Some(log)
    }
}

/// A row of the measured experiments.
#[derive(Clone, Copy)]
struct Row {
    rate: f64,
    warm: f64,
    cold: f64,
    instances: f64,
    p_cold: f64,
}

/// Rows at this rate and above have so few cold starts that they need more requests.
const BUSY_RATE: f64 = 0.3;

/// Requests of one replication of a row, so that the intervals are narrow enough.
fn requests(rate: f64) -> f64 {
    if rate >= BUSY_RATE { 1_000_000.0 } else { 200_000.0 }
}

/// Twelve measured experiments, predicted.
pub(super) fn experiments(case: &Case) -> Result<Experiment, Missing> {
    let rows = case.get("rows").and_then(serde_json::Value::as_array).ok_or("the model has no rows")?;
    let number = |row: &serde_json::Value, key: &str| {
        row.get(key).and_then(serde_json::Value::as_f64).ok_or_else(|| format!("a row has no `{key}`"))
    };
    let rows = rows
        .iter()
        .map(|row| {
            Ok(Row {
                rate: number(row, "rate")?,
                warm: number(row, "warm_s")?,
                cold: number(row, "cold_s")?,
                instances: number(row, "measured_instances")?,
                p_cold: number(row, "measured_p_cold")?,
            })
        })
        .collect::<Result<Vec<Row>, Missing>>()?;
    let keepalive = case.number("keepalive_s")?;
    let benches: Vec<Bench> = rows
        .iter()
        .map(|row| {
            let fields = [
                field("duration", format!("exponential({} s)", row.warm)),
                field("cold_duration", format!("exponential({} s)", row.cold)),
                field("idle_timeout", format!("{keepalive} s")),
            ];
            let warm_up = (0.1 * requests(row.rate)).min(1e5 * row.rate) / row.rate;
            bench(case, format!("poisson({}/s)", row.rate), &fields, UNREACHED).lasting((requests(row.rate) / row.rate + warm_up, warm_up))
        })
        .collect();
    let emitted = benches.clone();
    let measure = move |seed| {
        let mut all: [Vec<f64>; 2] = Default::default();
        for bench in &benches {
            let result = bench.run(seed)?;
            all[0].push(metric(&result, FUNCTION, "cold_starts")? / metric(&result, FUNCTION, "accepted")?);
            all[1].push(metric(&result, FUNCTION, "instances.mean")?);
        }
        let [p_cold, instances] = all;
        let error = |ours: &[f64], theirs: fn(&Row) -> f64| {
            rows.iter().zip(ours).map(|(row, x)| (x - theirs(row)).abs() / theirs(row)).sum::<f64>() / rows.len() as f64
        };
        Ok(measured([
            ("mape_mean_instances", error(&instances, |row| row.instances).into()),
            ("mape_p_cold", error(&p_cold, |row| row.p_cold).into()),
            ("theory_p_cold", p_cold.into()),
            ("theory_mean_instances", instances.into()),
        ]))
    };
    Ok(Experiment { benches: emitted, replications: 20, measure: Box::new(measure) })
}

//! Functions whose instances are kept alive: which requests are cold, and how many instances there are.

use std::{fmt::Display, fs, path::Path, sync::Arc};

use plimsoll_sim::RunResult;

use super::{
    Bench, CONCURRENCY, Case, Experiment, Measured, Missing, Trouble, UNREACHED, bare_function, field, figures,
    load::{self, Load},
    measured, metric,
};
use crate::cli::verify::probe::{self, Running};

/// The function.
pub(super) const FUNCTION: &str = "function";

/// A client and a function.
pub(super) fn bench(case: &Case, arrivals: impl Display, fields: super::Pairs<'_>, concurrency: impl Display) -> Bench {
    Bench::new(&case.title)
        .client("client", arrivals)
        .node(FUNCTION, "aws/lambda", &bare_function(fields))
        .request("client", FUNCTION)
        .quota(CONCURRENCY, concurrency)
}

/// Which idle instance serves next, where the model cares.
pub(super) fn pick(case: &Case) -> Result<&'static str, Missing> {
    const WORDS: [&str; 7] = ["most_recently_used", "MRU", "any", "newest_created", "newest", "least_recently_used", "LRU"];
    Ok(match case.model.word("pick", &WORDS)? {
        "newest_created" | "newest" => "newest-created",
        "least_recently_used" | "LRU" => "least-recently-used",
        _ => "most-recently-used",
    })
}

fn of_pool(result: &RunResult) -> Result<Measured, Trouble> {
    let mut all = figures::station(result, FUNCTION)?;
    let (busy, instances) = (metric(result, FUNCTION, "busy.mean")?, metric(result, FUNCTION, "instances.mean")?);
    all.extend(measured([
        ("mean_idle", metric(result, FUNCTION, "idle.mean")?.into()),
        ("mean_lifespan_s", metric(result, FUNCTION, "lifespan.mean")?.into()),
        ("utilization", (busy / instances).into()),
    ]));
    // The same figures against what others have published.
    let published = figures::prefixed("published", all.clone());
    all.extend(published);
    Ok(all)
}

/// A pool of instances under Poisson load.
pub(super) fn keepalive(case: &Case) -> Result<Experiment, Missing> {
    let Load { arrivals, rate } = load::of(case)?;
    let keepalive = match case.model.optional("keepalive_s")? {
        Some(seconds) => format!("{seconds} s"),
        None => case.model.law("keepalive")?,
    };
    let concurrency = case.model.limit("concurrency")?.map_or_else(|| UNREACHED.to_string(), |limit| limit.to_string());
    let mut fields = vec![field("duration", case.model.law("warm")?), field("idle_timeout", keepalive), field("idle_pick", pick(case)?)];
    if case.model.has("cold") {
        fields.push(field("cold_duration", case.model.law("cold")?));
    }
    fields.extend(case.model.optional("provisioned")?.map(|provisioned| field("provisioned_concurrency", provisioned)));
    let bench = bench(case, arrivals, &fields, concurrency).lasting(case.length(rate));
    Ok(Experiment::new(bench, case.replications(), of_pool))
}

fn times(arrivals: &[f64]) -> String {
    let times: Vec<String> = arrivals.iter().map(|at| format!("{at} s")).collect();
    format!("times({})", times.join(", "))
}

/// Given arrivals, one after the other: the function with its times, and when everything is over.
fn given(case: &Case) -> Result<(Vec<f64>, Bench), Missing> {
    let arrivals = case.model.numbers("arrivals_s")?;
    let end = arrivals.last().copied().unwrap_or(0.0) + 1.0;
    let fields = [
        field("duration", format!("{} s", case.model.number("duration_s")?)),
        field("init", format!("{} s", case.model.number_or("init_s", 0.0)?)),
        field("idle_timeout", format!("{} s", case.model.number("keepalive_s")?)),
        field("idle_pick", pick(case)?),
        field("provisioned_concurrency", case.model.number_or("provisioned", 0.0)?),
    ];
    let concurrency = case.model.limit("concurrency")?.map_or_else(|| UNREACHED.to_string(), |limit| limit.to_string());
    let bench = bench(case, times(&arrivals), &fields, concurrency).drained(end);
    Ok((arrivals, bench))
}

/// Less than the resolution of the logs, which is a microsecond.
const HALF_TICK: f64 = 0.5e-6;

/// Whether each of the arrivals met a new instance: the count of cold starts just before the next one tells. Of those who
/// come at the same instant, the first take the warm instances.
fn cold_flags(simulation: &mut Running, arrivals: &[f64]) -> Result<Vec<bool>, Trouble> {
    let mut flags = Vec::with_capacity(arrivals.len());
    let mut before = 0.0;
    for together in arrivals.chunk_by(|a, b| b - a < HALF_TICK) {
        let next = arrivals.get(flags.len() + together.len());
        let now = simulation.cold_starts_by(next.map_or(together[0] + 1.0, |next| next - HALF_TICK), FUNCTION)?;
        let warm = together.len().saturating_sub((now - before) as usize);
        flags.extend((0..together.len()).map(|index| index >= warm));
        before = now;
    }
    Ok(flags)
}

/// Given arrivals; the flags of each.
pub(super) fn keepalive_trace(case: &Case) -> Result<Experiment, Missing> {
    let (arrivals, bench) = given(case)?;
    Ok(probe::gauges(bench, 1, move |simulation| {
        let flags: Vec<f64> = cold_flags(simulation, &arrivals)?.into_iter().map(|cold| f64::from(u8::from(cold))).collect();
        let result = simulation.finish()?;
        let mut all = figures::station(&result, FUNCTION)?;
        all.extend(measured([("cold_starts", metric(&result, FUNCTION, "cold_starts")?.into()), ("cold_flags", flags.into())]));
        Ok(all)
    }))
}

/// Journeys from the start that a run follows one by one.
const FOLLOWED: usize = 100;

/// What a cold start adds to the latency.
pub(super) fn latency_trace(case: &Case) -> Result<Experiment, Missing> {
    let (arrivals, bench) = given(case)?;
    if arrivals.len() > FOLLOWED {
        return Err(format!("the latencies of more than {FOLLOWED} requests one by one"));
    }
    Ok(Experiment::new(bench, 1, |result| {
        let mut traces: Vec<_> = result.traces.iter().collect();
        traces.sort_by_key(|trace| trace.ordinal);
        traces.dedup_by_key(|trace| trace.ordinal);
        let latencies: Vec<f64> = traces.iter().filter_map(|trace| Some(trace.response_s? - trace.started_s)).collect();
        let mut all = figures::station(result, FUNCTION)?;
        all.extend(measured([("latencies_s", latencies.into()), ("cold_starts", metric(result, FUNCTION, "cold_starts")?.into())]));
        Ok(all)
    }))
}

/// A real log: which of its requests does the mechanism call cold, and which were?
pub(super) fn trace_replay(case: &Case, folder: &Path) -> Result<Experiment, Missing> {
    // The header of the log says which column is which.
    case.model.remark("columns");
    case.model.word("service", &["duration_s"])?;
    let file = case.model.text("file").to_owned();
    let path = folder.join(&file);
    let text: Arc<str> = fs::read_to_string(&path).map_err(|error| format!("`{}`: {error}", path.display()))?.into();
    let log = Log::read(&text).ok_or_else(|| format!("`{}` is no request log", path.display()))?;
    let fields = [
        field("duration", "recorded"),
        field("init", format!("{} s", case.model.number_or("init_s", 0.0)?)),
        field("idle_timeout", format!("{} s", case.model.number("keepalive_s")?)),
        field("idle_pick", pick(case)?),
    ];
    let end = log.arrivals.last().copied().unwrap_or(0.0) + 1.0;
    let mut bench = bench(case, "poisson(1/s)", &fields, UNREACHED)
        .node("client", "generic/trace", &[field("arrivals", format!("trace(file={file}, time=arrival_s, duration=duration_s)"))])
        .drained(end);
    bench.recordings.insert(file, text);
    Ok(probe::gauges(bench, 1, move |simulation| {
        let flags = cold_flags(simulation, &log.arrivals)?;
        let agreeing = flags.iter().zip(&log.cold).filter(|(ours, theirs)| ours == theirs).count();
        let count = |flags: &[bool]| flags.iter().filter(|cold| **cold).count() as f64;
        let (ours, theirs) = (count(&flags), count(&log.cold));
        Ok(measured([
            ("cold_starts", ours.into()),
            ("p_cold", (ours / flags.len() as f64).into()),
            ("agreement", (agreeing as f64 / flags.len() as f64).into()),
            ("aws_cold_starts", theirs.into()),
            ("relative_error_vs_aws", ((ours - theirs).abs() / theirs).into()),
        ]))
    }))
}

/// The columns of a request log.
struct Log {
    arrivals: Vec<f64>,
    cold: Vec<bool>,
}

impl Log {
    /// Reads the columns `arrival_s` and `is_cold`, wherever they stand.
    fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines().filter(|line| !line.trim().is_empty());
        let header: Vec<&str> = lines.next()?.split(',').map(str::trim).collect();
        let column = |name: &str| header.iter().position(|title| *title == name);
        let (arrival, cold) = (column("arrival_s")?, column("is_cold")?);
        let mut log = Self { arrivals: Vec::new(), cold: Vec::new() };
        for line in lines {
            let cells: Vec<&str> = line.split(',').map(str::trim).collect();
            log.arrivals.push(cells.get(arrival)?.parse().ok()?);
            log.cold.push(matches!(*cells.get(cold)?, "1" | "true" | "True"));
        }
        Some(log)
    }
}

//! Throttles: token buckets, the concurrency of an account, and the ramp of new instances.

use plimsoll_sim::RunResult;

use super::{
    Bench, CONCURRENCY, Case, Experiment, Figure, Measured, Missing, Trouble, UNREACHED, bare_function, field, figures,
    load::{self, Load},
    measured, metric,
};
use crate::cli::verify::probe::{self, Running};

/// The function.
const FUNCTION: &str = "function";

/// What lets through and refuses.
const LIMITER: &str = "limiter";

/// Concurrency that an account cannot reserve.
const UNRESERVED: f64 = 100.0;

/// Functions that share the concurrency of their account, apart from what some of them reserve.
pub(super) fn shared_pool(case: &Case) -> Result<Experiment, Missing> {
    let (count, limit) = (case.model.count("functions")?, case.model.number("limit")?);
    let mut bench = Bench::new(&case.title);
    let mut reserving = false;
    let mut total = 0.0;
    for index in 0..count {
        let path = |key: &str| format!("functions.{index}.{key}");
        let load = load::inside(case, &path(""))?;
        let (client, name) = (format!("client{}", index + 1), format!("fn{}", index + 1));
        let mut fields = vec![field("duration", case.model.law(&path("service"))?)];
        for key in ["reserved", "reserved_concurrency"] {
            let reserved = case.model.optional(&path(key))?;
            reserving |= reserved.is_some();
            fields.extend(reserved.map(|reserved| field("reserved_concurrency", reserved)));
        }
        bench = bench.client(&client, load.arrivals).node(&name, "aws/lambda", &bare_function(&fields)).request(&client, &name);
        total += load.rate;
    }
    // The provider keeps some concurrency unreserved, which others use here.
    let kept = if reserving { UNRESERVED } else { 0.0 };
    let bench = bench.quota(CONCURRENCY, limit + kept).outside(CONCURRENCY, kept).lasting(case.length(total));
    Ok(Experiment::new(bench, case.replications(), move |result| {
        let mut all = Measured::new();
        for index in 1..=count {
            let name = format!("fn{index}");
            all.extend(figures::prefixed(&name, figures::station(result, &name)?));
        }
        Ok(all)
    }))
}

/// Load that steps up at once against the ramp of new instances.
pub(super) fn lambda_ramp(case: &Case) -> Result<Experiment, Missing> {
    let (rate, horizon) = (case.model.number("rps")?, case.model.number("horizon_s")?);
    let mut fields = vec![
        field("duration", format!("{} s", case.model.number("duration_s")?)),
        field("init", format!("{} s", case.model.number_or("init_s", 0.0)?)),
        field("scaling_burst", case.model.number("initial_burst")?),
        field("scaling_rate", format!("{}/10 s", case.model.number("scale_per_10s")?)),
        field("scaling_refill", case.model.word("refill", &["continuous", "stepped"])?),
    ];
    match case.model.text("keepalive_s") {
        "longer than horizon" => {}
        _ => fields.extend(case.model.optional("keepalive_s")?.map(|seconds| field("idle_timeout", format!("{seconds} s")))),
    }
    let offset = match case.model.text("arrival_times") {
        "" | "(i+0.5)/rps" => 0.5 / rate,
        "i/rps" => 0.0,
        "(i+1)/rps" => 1.0 / rate,
        other => return Err(format!("the arrivals at `{other}`")),
    };
    let limit = case.model.limit("concurrency_limit")?.map_or_else(|| UNREACHED.to_string(), |limit| limit.to_string());
    let bench = Bench::new(&case.title)
        .client("client", format!("constant({rate}/s, offset={offset} s)"))
        .node(FUNCTION, "aws/lambda", &bare_function(&fields))
        .request("client", FUNCTION)
        .quota(CONCURRENCY, limit)
        .lasting((horizon, 0.0));
    Ok(probe::gauges(bench, 1, move |simulation| {
        let (per_ten, last) = throttles(simulation, horizon)?;
        let result = simulation.finish()?;
        let mut all = figures::station(&result, FUNCTION)?;
        all.extend(measured([
            ("throttled_total", metric(&result, FUNCTION, "refused")?.into()),
            ("accepted_total", metric(&result, FUNCTION, "accepted")?.into()),
            ("throttles_per_10s", per_ten.into()),
            ("last_throttle_s", last.into()),
            ("environments_created", metric(&result, FUNCTION, "instances_created")?.into()),
        ]));
        Ok(all)
    }))
}

/// Refusals in each ten seconds, and when the last one was.
fn throttles(simulation: &mut Running, horizon: f64) -> Result<(Vec<f64>, Option<f64>), Trouble> {
    let (mut per_ten, mut before, mut ten, mut last) = (Vec::new(), 0.0, 0.0, None);
    for step in 1..=(horizon * STEPS_PER_SECOND) as u64 {
        let at = step as f64 / STEPS_PER_SECOND;
        let now = simulation.refused_by(at, FUNCTION)?;
        if step.is_multiple_of(10 * STEPS_PER_SECOND as u64) {
            per_ten.push(now - ten);
            ten = now;
        }
        if now > before {
            last = Some(at);
        }
        before = now;
    }
    Ok((per_ten, last))
}

/// How often the count of throttles is looked at.
const STEPS_PER_SECOND: f64 = 1_000.0;

/// Seconds of a steady load that are left to use up full buckets.
const SETTLING: f64 = 5.0;

/// Requests per second that a concurrency allows.
pub(super) fn lambda_rps(case: &Case) -> Result<Experiment, Missing> {
    let fields = [
        field("duration", format!("{} s", case.model.number("duration_s")?)),
        field("reserved_concurrency", case.model.number("concurrency")?),
        field("rate_per_concurrency", format!("{}/s", case.model.number("rps_per_concurrency")?)),
    ];
    let bench = Bench::new(&case.title)
        .client("client", steady(case)?)
        .node(FUNCTION, "aws/lambda", &bare_function(&fields))
        .request("client", FUNCTION)
        .quota(CONCURRENCY, UNREACHED)
        .lasting((case.model.number("horizon_s")?, SETTLING));
    Ok(Experiment::new(bench, case.replications(), |result| {
        let mut all = figures::station(result, FUNCTION)?;
        let throttled = metric(result, FUNCTION, "refused")? / metric(result, FUNCTION, "arrivals")?;
        all.extend(measured([("throttled_fraction", throttled.into())]));
        Ok(all)
    }))
}

/// The arrivals of a model whose `load` has a process and a rate.
pub(super) fn steady(case: &Case) -> Result<String, Missing> {
    if case.model.has("load.process") {
        return load::at(case, "load").map(|load| load.arrivals);
    }
    Ok(format!("constant({}/s)", case.model.number("load.rate")?))
}

/// Names of the time between two refills of a bucket that is refilled in steps.
const STEPS: [&str; 5] = ["interval_s", "refill_interval_s", "every_s", "step_s", "period_s"];

/// A limiter with a bucket that is refilled little by little, or in steps, each of which gives so many tokens back.
fn limiter(case: &Case, arrivals: String) -> Result<Bench, Missing> {
    let burst = case.model.optional("burst")?.map_or_else(|| case.model.number("capacity"), Ok)?;
    let bench = Bench::new(&case.title).client("client", arrivals).request("client", LIMITER);
    const WORDS: [&str; 6] = ["continuous", "stepped", "steps", "step", "interval", "discrete"];
    if case.model.word("refill", &WORDS)? == WORDS[0] {
        let fields =
            [field("stage_rate", format!("{}/s", case.model.number("rate")?)), field("stage_burst", burst), field("overhead", "0 s")];
        return Ok(bench
            .node(LIMITER, "aws/api-gateway-http", &fields)
            .node("behind", "generic/station", &[field("service", "0 s"), field("servers", "unlimited")])
            .request(LIMITER, "behind")
            .quota("aws/api-gateway-http.account_rate", "1000000/s")
            .quota("aws/api-gateway-http.account_burst", UNREACHED));
    }
    let every = match STEPS.iter().find(|key| case.model.has(key)) {
        Some(key) => case.model.number(key)?,
        None => 1.0,
    };
    let each = ["tokens_per_interval", "refill_tokens"].into_iter().find(|key| case.model.has(key));
    let rate = match each {
        Some(key) => case.model.number(key)? / every,
        None => case.model.number("rate")?,
    };
    let fields = [
        field("latency", "0 s"),
        field("limiter", "stepped-bucket"),
        field("window", format!("{every} s")),
        field("rate_limit", format!("{rate}/s")),
        field("burst", burst),
    ];
    Ok(bench.node(LIMITER, "generic/http-api", &fields))
}

/// When the limiter's own limit first refused, in seconds.
fn first_refusal(result: &RunResult) -> Option<f64> {
    result
        .limits
        .iter()
        .filter(|limit| limit.key.ends_with("stage_rate") || limit.key.ends_with("rate_limit"))
        .find_map(|limit| limit.first_bound_s)
}

/// Refusals in each second from the first whole second on that lies a second after the first of them.
fn refusals_after(first: Option<f64>, horizon: f64, refused_by: impl Fn(f64) -> Result<f64, Trouble>) -> Result<Figure, Trouble> {
    let Some(first) = first else { return Ok(0.0.into()) };
    let from = (first + 1.0).ceil();
    if from >= horizon {
        return Ok(Figure::NEVER);
    }
    Ok(((refused_by(horizon)? - refused_by(from)?) / (horizon - from)).into())
}

/// Steady load on a bucket.
pub(super) fn token_bucket(case: &Case) -> Result<Experiment, Missing> {
    let (burst, horizon) =
        (case.model.optional("burst")?.map_or_else(|| case.model.number("capacity"), Ok)?, case.model.number("horizon_s")?);
    let missing = burst - case.model.number_or("start_tokens", burst)?;
    if missing < 0.0 {
        return Err("more tokens than the bucket holds".to_owned());
    }
    let mut bench = limiter(case, steady(case)?)?.lasting((horizon, 0.0));
    if missing > 0.0 {
        // Somebody else has taken what is not there at the start.
        bench = bench.client("before", format!("batch({missing}, at=0 s)")).request("before", LIMITER);
    }
    Ok(Experiment::procedure(bench, 1, move |bench, seed| {
        let result = bench.run(seed)?;
        let first = first_refusal(&result);
        let refused_by = |at: f64| metric(&bench.run_for(seed, at)?, LIMITER, "refused");
        Ok(measured([
            ("first_throttle_s", first.into()),
            ("throttles_per_s_after", refusals_after(first, horizon, refused_by)?),
            ("throttled_total", metric(&result, LIMITER, "refused")?.into()),
            ("accepted_total", (metric(&result, LIMITER, "accepted")? - missing).into()),
        ]))
    }))
}

/// Poisson load near the rate of a bucket.
pub(super) fn token_bucket_poisson(case: &Case) -> Result<Experiment, Missing> {
    let Load { arrivals, rate } =
        if case.model.has("arrival_rate") { load::poisson(case.model.number("arrival_rate")?) } else { load::at(case, "arrival")? };
    let bench = limiter(case, arrivals)?.lasting(case.length(rate));
    Ok(Experiment::new(bench, case.replications(), |result| throttled(result, LIMITER)))
}

/// What a limiter lets through and what it refuses.
fn throttled(result: &RunResult, id: &str) -> Result<Measured, Trouble> {
    let mut all = figures::station(result, id)?;
    let observed = result.run.duration_s - result.run.warm_up_s;
    all.insert("throughput_per_s".to_owned(), (metric(result, id, "accepted")? / observed).into());
    Ok(all)
}

/// Standard deviation of the calls in a window from which on refusals are too clumped for the advised sample.
const CLUMP: f64 = 5.0;

/// Random load near the limit of a counter that starts anew with each window, or looks back over one at every call.
pub(super) fn window_poisson(case: &Case, limiter: &str) -> Result<Experiment, Missing> {
    let (rate, window, limit) =
        (case.model.number("arrival_rate")?, case.model.number("window_s")?, case.model.number("limit_per_window")?);
    let fields = [
        field("latency", "0 s"),
        field("limiter", limiter),
        field("window", format!("{window} s")),
        field("rate_limit", format!("{}/s", limit / window)),
    ];
    let bench = Bench::new(&case.title)
        .client("client", format!("poisson({rate}/s)"))
        .node("api", "generic/http-api", &fields)
        .request("client", "api")
        // Refusals come in clumps, one for each window that overflows, so there are fewer of them than it seems.
        .lasting(case.enlarged((limit.sqrt() / CLUMP).max(1.0)).length(rate));
    Ok(Experiment::new(bench, case.replications(), |result| throttled(result, "api")))
}

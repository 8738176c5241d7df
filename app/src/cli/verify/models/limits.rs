//! Throttles: token buckets, the concurrency of an account, and the ramp of new instances.

use plimsoll_sim::RunResult;

use super::{Bench, CONCURRENCY, Case, Experiment, Measured, Missing, Trouble, UNREACHED, bare_function, field, measured, metric};
use crate::cli::verify::probe;

/// The function.
const FUNCTION: &str = "function";

/// The gateway.
const GATEWAY: &str = "gateway";

/// Two functions share the concurrency of their account.
pub(super) fn shared_pool(case: &Case) -> Result<Experiment, Missing> {
    let functions = case.get("functions").and_then(serde_json::Value::as_array).ok_or("the model has no functions")?;
    let mut bench = Bench::new(&case.title).quota(CONCURRENCY, case.number("limit")?);
    let mut total = 0.0;
    for (index, function) in functions.iter().enumerate() {
        let rate = function["rate"].as_f64().ok_or("a function has no rate")?;
        let (client, name) = (format!("client{}", index + 1), format!("fn{}", index + 1));
        let law = crate::cli::verify::case::law(&function["service"])?;
        bench = bench
            .client(&client, format!("poisson({rate}/s)"))
            .node(&name, "aws/lambda", &bare_function(&[field("duration", law)]))
            .request(&client, &name);
        total += rate;
    }
    let (count, bench) = (functions.len(), bench.lasting(case.length(total)));
    Ok(Experiment::new(bench, case.replications(), move |result| {
        let mut all = Measured::new();
        for index in 1..=count {
            let name = format!("fn{index}");
            let blocked = metric(result, &name, "refused")? / metric(result, &name, "arrivals")?;
            all.insert(format!("{name}_p_block"), blocked.into());
            all.insert(format!("{name}_mean_busy"), metric(result, &name, "busy.mean")?.into());
        }
        Ok(all)
    }))
}

/// Load that steps up at once against the ramp of new instances.
pub(super) fn lambda_ramp(case: &Case) -> Result<Experiment, Missing> {
    let (rate, horizon) = (case.number("rps")?, case.number("horizon_s")?);
    let fields = [
        field("duration", format!("{} s", case.number("duration_s")?)),
        field("init", format!("{} s", case.number("init_s")?)),
        field("scaling_burst", case.number("initial_burst")?),
        field("scaling_rate", format!("{}/10 s", case.number("scale_per_10s")?)),
        field("scaling_refill", case.text("refill")),
    ];
    // Arrivals lie at (i + 1/2) / rate.
    let bench = Bench::new(&case.title)
        .client("client", format!("constant({rate}/s, offset={} s)", 0.5 / rate))
        .node(FUNCTION, "aws/lambda", &bare_function(&fields))
        .request("client", FUNCTION)
        .quota(CONCURRENCY, case.number("concurrency_limit")?)
        .lasting((horizon, 0.0));
    Ok(probe::gauges(bench, 1, move |simulation| {
        let (mut per_ten, mut before, mut last) = (Vec::new(), 0.0, 0.0);
        let steps = (horizon * STEPS_PER_SECOND) as u64;
        let mut ten = 0.0;
        for step in 1..=steps {
            let at = step as f64 / STEPS_PER_SECOND;
            let now = simulation.refused_by(at, FUNCTION)?;
            if now > ten && step.is_multiple_of(10 * STEPS_PER_SECOND as u64) {
                per_ten.push(now - ten);
                ten = now;
            } else if step.is_multiple_of(10 * STEPS_PER_SECOND as u64) {
                per_ten.push(0.0);
            }
            if now > before {
                last = at;
            }
            before = now;
        }
        let result = simulation.finish()?;
        Ok(measured([
            ("throttled_total", metric(&result, FUNCTION, "refused")?.into()),
            ("accepted_total", metric(&result, FUNCTION, "accepted")?.into()),
            ("throttles_per_10s", per_ten.into()),
            ("last_throttle_s", last.into()),
            ("environments_created", metric(&result, FUNCTION, "instances_created")?.into()),
        ]))
    }))
}

/// How often the count of throttles is looked at.
const STEPS_PER_SECOND: f64 = 1_000.0;

/// Requests per second that a concurrency allows.
pub(super) fn lambda_rps(case: &Case) -> Result<Experiment, Missing> {
    let load = load(case)?;
    let fields = [
        field("duration", format!("{} s", case.number("duration_s")?)),
        field("reserved_concurrency", case.number("concurrency")?),
        field("rate_per_concurrency", format!("{}/s", case.number("rps_per_concurrency")?)),
    ];
    // What counts is observed after five seconds.
    let bench = Bench::new(&case.title)
        .client("client", format!("constant({load}/s)"))
        .node(FUNCTION, "aws/lambda", &bare_function(&fields))
        .request("client", FUNCTION)
        .quota(CONCURRENCY, UNREACHED)
        .lasting((case.number("horizon_s")?, 5.0));
    Ok(Experiment::new(bench, 1, |result| {
        let throttled = metric(result, FUNCTION, "refused")? / metric(result, FUNCTION, "arrivals")?;
        Ok(measured([("throttled_fraction", throttled.into()), ("mean_busy", metric(result, FUNCTION, "busy.mean")?.into())]))
    }))
}

fn load(case: &Case) -> Result<f64, Missing> {
    case.get("load").and_then(|load| load.get("rate")).and_then(serde_json::Value::as_f64).ok_or_else(|| "the model has no load".to_owned())
}

fn gateway(case: &Case, arrivals: String) -> Result<Bench, Missing> {
    let fields =
        [field("stage_rate", format!("{}/s", case.number("rate")?)), field("stage_burst", case.number("burst")?), field("overhead", "0 s")];
    Ok(Bench::new(&case.title)
        .client("client", arrivals)
        .node(GATEWAY, "aws/api-gateway-http", &fields)
        .node("behind", "generic/station", &[field("service", "0 s"), field("servers", "unlimited")])
        .request("client", GATEWAY)
        .request(GATEWAY, "behind")
        .quota("aws/api-gateway-http.account_rate", "1000000/s")
        .quota("aws/api-gateway-http.account_burst", UNREACHED))
}

/// When the stage's own throttle first refused, in seconds.
fn first_refusal(result: &RunResult) -> Result<f64, Trouble> {
    let bound = result.limits.iter().filter(|limit| limit.key.ends_with("stage_rate")).find_map(|limit| limit.first_bound_s);
    bound.ok_or_else(|| Trouble::Broken("the stage's throttle never refused".to_owned()))
}

/// Steady load above the rate of a full bucket.
pub(super) fn token_bucket(case: &Case) -> Result<Experiment, Missing> {
    let (load, horizon) = (load(case)?, case.number("horizon_s")?);
    let bench = gateway(case, format!("constant({load}/s)"))?.lasting((horizon, 0.0));
    Ok(Experiment::procedure(bench, 1, move |bench, seed| {
        let result = bench.run(seed)?;
        let first = first_refusal(&result)?;
        // Whole seconds that lie a second after the first refusal.
        let from = (first + 1.0).ceil();
        let refused = metric(&result, GATEWAY, "refused")?;
        let before = metric(&bench.run_for(seed, from)?, GATEWAY, "refused")?;
        Ok(measured([
            ("first_throttle_s", first.into()),
            ("throttles_per_s_after", ((refused - before) / (horizon - from)).into()),
            ("throttled_total", refused.into()),
            ("accepted_total", metric(&result, GATEWAY, "accepted")?.into()),
        ]))
    }))
}

/// Poisson load near the rate of a bucket.
pub(super) fn token_bucket_poisson(case: &Case) -> Result<Experiment, Missing> {
    let rate = case.number("arrival_rate")?;
    let bench = gateway(case, format!("poisson({rate}/s)"))?.lasting(case.length(rate));
    Ok(Experiment::new(bench, case.replications(), |result| {
        let (arrivals, refused, accepted) =
            (metric(result, GATEWAY, "arrivals")?, metric(result, GATEWAY, "refused")?, metric(result, GATEWAY, "accepted")?);
        let observed = result.run.duration_s - result.run.warm_up_s;
        Ok(measured([("p_block", (refused / arrivals).into()), ("throughput_per_s", (accepted / observed).into())]))
    }))
}

/// Standard deviation of the calls in a window from which on refusals are too clumped for the advised sample.
const CLUMP: f64 = 5.0;

/// Poisson load near the limit of a counter that starts anew with each window.
pub(super) fn fixed_window_poisson(case: &Case) -> Result<Experiment, Missing> {
    let (rate, window) = (case.number("arrival_rate")?, case.number("window_s")?);
    let fields = [
        field("latency", "0 s"),
        field("limiter", "fixed-window"),
        field("window", format!("{window} s")),
        field("rate_limit", format!("{}/s", case.number("limit_per_window")? / window)),
    ];
    let bench = Bench::new(&case.title)
        .client("client", format!("poisson({rate}/s)"))
        .node("api", "generic/http-api", &fields)
        .request("client", "api")
        // Refusals come in clumps, one for each window that overflows, so there are fewer of them than it seems.
        .lasting(case.enlarged((case.number("limit_per_window")?.sqrt() / CLUMP).max(1.0)).length(rate));
    Ok(Experiment::new(bench, case.replications(), |result| {
        let (arrivals, refused, accepted) =
            (metric(result, "api", "arrivals")?, metric(result, "api", "refused")?, metric(result, "api", "accepted")?);
        let observed = result.run.duration_s - result.run.warm_up_s;
        Ok(measured([("p_block", (refused / arrivals).into()), ("throughput_per_s", (accepted / observed).into())]))
    }))
}

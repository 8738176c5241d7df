//! One station: queues with and without room, closed loops, retries, statistics of estimates.

use super::{
    Bench, Case, Experiment, Figure, Measured, Missing, Trouble, disciplines, edge_metric, field, journey, measured, metric, node,
};
use crate::cli::verify::{bench::Pairs, student};
use plimsoll_models::EdgeKind;
use plimsoll_sim::RunResult;

/// The only node besides the client.
const QUEUE: &str = "queue";

/// The edge to it.
const EDGE: &str = "client-queue";

fn station(case: &Case, service: &str, servers: &str, more: Pairs<'_>) -> Bench {
    let mut fields = vec![field("service", service), field("servers", servers)];
    fields.extend_from_slice(more);
    Bench::new(&case.title).node(QUEUE, "generic/station", &fields)
}

/// The figures of a station under the names of the cases; those that make no sense for it are left out.
pub(super) fn figures(result: &RunResult, id: &str) -> Result<Measured, Trouble> {
    let station = node(result, id)?;
    let mut figures = Measured::new();
    for (name, key) in [
        ("utilization", "utilization"),
        ("p_wait", "p_wait"),
        ("mean_queue_len", "waiting.mean"),
        ("mean_in_system", "in_system.mean"),
        ("mean_busy", "busy.mean"),
        ("var_busy", "busy.variance"),
        ("busy_p99", "busy.p99"),
        ("throughput_per_s", "throughput_per_s"),
    ] {
        if let Some(value) = station.metrics.get(key) {
            figures.insert(name.to_owned(), Figure::One(*value));
        }
    }
    let observed = result.run.duration_s - result.run.warm_up_s;
    let (arrivals, refused) = (metric(result, id, "arrivals")?, metric(result, id, "refused")?);
    let (wait, sojourn) = (&station.wait, &station.sojourn);
    figures.extend(measured([
        ("mean_wait_s", wait.mean.into()),
        ("wait_p95_s", wait.p95.into()),
        ("wait_p99_s", wait.p99.into()),
        ("mean_sojourn_s", sojourn.mean.into()),
        ("sojourn_p50_s", sojourn.p50.into()),
        ("sojourn_p95_s", sojourn.p95.into()),
        ("sojourn_p99_s", sojourn.p99.into()),
        ("var_sojourn_s2", (sojourn.sd * sojourn.sd).into()),
        ("p_block", (refused / arrivals).into()),
        ("throttles_per_s", (refused / observed).into()),
        ("attempts_per_s", (arrivals / observed).into()),
    ]));
    Ok(figures)
}

/// Servers as the document spells them.
fn servers(case: &Case) -> Result<String, Missing> {
    match case.text("servers") {
        "inf" => Ok("unlimited".to_owned()),
        _ => Ok(case.number("servers")?.to_string()),
    }
}

/// G/G/c/K, first come first served.
pub(super) fn ggck(case: &Case) -> Result<Experiment, Missing> {
    if !matches!(case.text("discipline"), "" | "FCFS") {
        return Err(format!("the discipline `{}`", case.text("discipline")));
    }
    if case.get("patience").is_some() {
        return disciplines::impatient(case);
    }
    let rate = 1.0 / case.mean("arrival")?;
    let capacity: Vec<(&str, String)> = case.number("capacity").ok().map(|capacity| field("capacity", capacity)).into_iter().collect();
    let bench = station(case, &case.law("service")?, &servers(case)?, &capacity)
        .client("client", format!("renewal({})", case.law("arrival")?))
        .request("client", QUEUE)
        .lasting(case.length(rate));
    Ok(Experiment::new(bench, case.replications(), |result| figures(result, QUEUE)))
}

/// Clients that think, ask, and are turned away when every server is busy.
pub(super) fn engset(case: &Case) -> Result<Experiment, Missing> {
    let (clients, cycle) = (case.number("clients")?, case.mean("think")? + case.mean("service")?);
    let bench = station(case, &case.law("service")?, &servers(case)?, &[field("capacity", case.number("servers")?)])
        .client("client", format!("closed(users={clients}, think={})", case.law("think")?))
        .request("client", QUEUE)
        .lasting(case.length(clients / cycle));
    Ok(Experiment::new(bench, case.replications(), |result| figures(result, QUEUE)))
}

/// Users who wait for the answer before they think and ask again.
pub(super) fn closed(case: &Case) -> Result<Experiment, Missing> {
    let [station_model] = case.get("stations").and_then(serde_json::Value::as_array).map_or(&[][..], Vec::as_slice) else {
        return Err("a closed network of several stations".to_owned());
    };
    let service = crate::cli::verify::case::law(&station_model["service"])?;
    let servers = station_model["servers"].as_f64();
    let (users, think) = (case.number("users")?, case.mean("think")?);
    let mean = crate::cli::verify::case::mean(&service)?;
    let rate = (users / (think + mean)).min(servers.unwrap_or(f64::INFINITY) / mean);
    // Deterministic cases are observed between 10 s and 100 s.
    let length = if case.sample.customers_per_replication.is_some() { case.length(rate) } else { (100.0, 10.0) };
    let spelled = servers.map_or_else(|| "unlimited".to_owned(), |servers| servers.to_string());
    let bench = station(case, &service, &spelled, &[])
        .client("client", format!("closed(users={users}, think={})", case.law("think")?))
        .request("client", QUEUE)
        .lasting(length);
    Ok(Experiment::new(bench, case.replications(), move |result| {
        let mut all = figures(result, QUEUE)?;
        let (response, throughput) = (journey(result)?.response.mean, metric(result, QUEUE, "throughput_per_s")?);
        all.extend(measured([
            ("mean_response_s", response.into()),
            ("interactive_law_residual", (response - (users / throughput - think)).into()),
        ]));
        Ok(all)
    }))
}

/// Poisson arrivals at one of two rates.
pub(super) fn mmpp(case: &Case) -> Result<Experiment, Missing> {
    let [on, off] = case.numbers("rates")?[..] else { return Err("more than two rates".to_owned()) };
    let (on_mean, off_mean) = (1.0 / case.number("q12")?, 1.0 / case.number("q21")?);
    let rate = (on * on_mean + off * off_mean) / (on_mean + off_mean);
    let bench = station(case, &case.law("service")?, "1", &[])
        .client("client", format!("bursts(on={on}/s, off={off}/s, mean_on={on_mean} s, mean_off={off_mean} s)"))
        .request("client", QUEUE)
        .lasting(case.length(rate));
    Ok(Experiment::new(bench, case.replications(), |result| {
        let mut all = figures(result, QUEUE)?;
        // One server is idle exactly when nobody is there.
        all.insert("p_empty".to_owned(), (1.0 - metric(result, QUEUE, "utilization")?).into());
        Ok(all)
    }))
}

/// So many attempts, each of which may fail.
pub(super) fn attempts(case: &Case) -> Result<Experiment, Missing> {
    let rate = case.number("rate")?;
    let waits: Vec<String> = case.numbers("backoff_s")?.iter().map(|wait| format!("{wait} s")).collect();
    let edge = [
        field("timeout", "none"),
        field("attempts", case.number("max_attempts")?),
        field("backoff", format!("schedule({})", waits.join(", "))),
    ];
    let bench = station(case, &case.law("service")?, "unlimited", &[field("failure", case.number("p_fail")?)])
        .client("client", format!("poisson({rate}/s)"))
        .edge(EDGE, EdgeKind::Request, "client", QUEUE, &edge)
        .lasting(case.length(rate));
    Ok(Experiment::new(bench, case.replications(), |result| {
        let journey = journey(result)?;
        let (attempts, retries) = (edge_metric(result, EDGE, "attempts")?, edge_metric(result, EDGE, "retries")?);
        let (good, bad) = (&journey.response, &journey.response_failed);
        let total = (good.count + bad.count) as f64;
        Ok(measured([
            ("attempts_per_request", (attempts / (attempts - retries)).into()),
            ("p_dead_letter", (bad.count as f64 / total).into()),
            ("mean_latency_s", ((good.mean * good.count as f64 + bad.mean * bad.count as f64) / total).into()),
            ("mean_busy", metric(result, QUEUE, "busy.mean")?.into()),
        ]))
    }))
}

/// Customers who find no free server come back later, for ever.
pub(super) fn retrial(case: &Case) -> Result<Experiment, Missing> {
    let (rate, servers) = (case.number("rate")?, case.number("servers")?);
    let edge =
        [field("timeout", "none"), field("attempts", "unlimited"), field("backoff", format!("random({})", case.law("retry_delay")?))];
    let bench = station(case, &case.law("service")?, &servers.to_string(), &[field("capacity", servers)])
        .client("client", format!("poisson({rate}/s)"))
        .edge(EDGE, EdgeKind::Request, "client", QUEUE, &edge)
        .lasting(case.length(rate));
    Ok(Experiment::new(bench, case.replications(), |result| {
        let (arrivals, refused) = (metric(result, QUEUE, "arrivals")?, metric(result, QUEUE, "refused")?);
        let (calls, first_refused) = (edge_metric(result, EDGE, "calls")?, edge_metric(result, EDGE, "first_throttled")?);
        Ok(measured([
            ("mean_orbit", edge_metric(result, EDGE, "waiting_retry.mean")?.into()),
            ("p_first_attempt_block", (first_refused / calls).into()),
            ("mean_delay_s", edge_metric(result, EDGE, "delay.mean")?.into()),
            ("mean_busy", metric(result, QUEUE, "busy.mean")?.into()),
            ("p_block_attempt", (refused / arrivals).into()),
        ]))
    }))
}

/// Independent means of the waiting time that one figure of the variance is made from.
const GROUP: u64 = 40;

/// Groups, so that the interval of the variance is narrow enough.
const GROUPS: u32 = 80;

/// Customers of each mean: long against the memory of the queue.
const CUSTOMERS: f64 = 20_000.0;

/// n times the variance of a mean of n waiting times.
pub(super) fn asymptotic_variance(case: &Case) -> Result<Experiment, Missing> {
    let (rate, service) = (case.number("arrival_rate")?, 1.0 / case.number("service_rate")?);
    let bench = station(case, &format!("exponential({service} s)"), "1", &[])
        .client("client", format!("poisson({rate}/s)"))
        .request("client", QUEUE)
        .lasting((1.1 * CUSTOMERS / rate, 0.1 * CUSTOMERS / rate));
    Ok(Experiment::procedure(bench, GROUPS, |bench, seed| {
        let prepared = bench.prepare()?;
        let runs = (0..GROUP).map(|index| prepared.run(seed * GROUP + index)).collect::<Result<Vec<_>, _>>()?;
        let waits = runs.iter().map(|run| node(run, QUEUE).map(|node| node.wait.mean)).collect::<Result<Vec<f64>, _>>()?;
        let mean = student::mean(&waits);
        let variance = waits.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (waits.len() - 1) as f64;
        Ok(measured([("n_var_of_mean_wait", (CUSTOMERS * variance).into())]))
    }))
}

/// Replications of one experiment of the coverage study.
const EXPERIMENT_REPLICATIONS: u32 = 10;

/// Customers of each of them: the half-width is about 5 % of the mean.
const EXPERIMENT_CUSTOMERS: f64 = 3_000.0;

/// How often the intervals that a run reports hold the true mean.
pub(super) fn coverage(case: &Case) -> Result<Experiment, Missing> {
    let (rate, service_rate) = (case.number("arrival_rate")?, case.number("service_rate")?);
    let truth = 1.0 / (service_rate - rate);
    let replications = case.replications();
    let experiments = (case.number("experiments")? / f64::from(replications)).ceil() as u64;
    let long = station(case, &format!("exponential({} s)", 1.0 / service_rate), "1", &[])
        .client("client", format!("poisson({rate}/s)"))
        .request("client", QUEUE)
        .lasting(case.length(rate));
    Ok(Experiment::procedure(long, replications, move |long, seed| {
        let short = long
            .clone()
            .lasting((1.2 * EXPERIMENT_CUSTOMERS / rate, 0.2 * EXPERIMENT_CUSTOMERS / rate))
            .plan("replications", EXPERIMENT_REPLICATIONS)
            .prepare()?;
        let mut covered = 0_u64;
        for index in 0..experiments {
            let result = short.run(seed * experiments + index)?;
            let interval = result.intervals.iter().find(|interval| interval.metric == "client.response.mean");
            let interval = interval.ok_or_else(|| "the result has no interval `client.response.mean`".to_owned())?;
            covered += u64::from((interval.mean - truth).abs() <= interval.half_width);
        }
        let target = node(&long.run(seed)?, QUEUE)?.sojourn.mean;
        Ok(measured([("coverage", (covered as f64 / experiments as f64).into()), ("target", target.into())]))
    }))
}

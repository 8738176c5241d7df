//! Several stations: routing by chance, and branches that are joined again.

use plimsoll_models::EdgeKind;
use plimsoll_sim::RunResult;
use serde_json::json;

use super::{
    Bench, Case, Experiment, Measured, Missing, Trouble, field, figures, journey,
    load::{self, Load},
    measured, metric, queues,
};

fn id(index: usize) -> String {
    format!("node{}", index + 1)
}

/// Where everybody comes in when there are several entries.
const ENTRY: &str = "entry";

/// An edge on which a share of the customers goes on to another station.
fn route(bench: Bench, from: &str, to: &str, share: f64) -> Bench {
    bench.edge(&format!("{from}-{to}"), EdgeKind::Request, from, to, &[field("share", share), field("timeout", "none")])
}

/// An open network of stations with exponential services, or with laws of their own.
pub(super) fn jackson(case: &Case) -> Result<Experiment, Missing> {
    let external = case.model.numbers("external")?;
    let count = external.len();
    let mut bench = Bench::new(&case.title);
    for index in 0..count {
        let own_law = format!("service.{index}");
        let service = if case.model.has(&own_law) {
            case.model.law(&own_law)?
        } else {
            format!("exponential({} s)", 1.0 / case.model.number(&format!("service_rate.{index}"))?)
        };
        let fields = [field("service", service), field("servers", queues::servers(case, &format!("servers.{index}"))?)];
        bench = bench.node(&id(index), "generic/station", &fields);
    }
    let total: f64 = external.iter().sum();
    let entries: Vec<usize> = (0..count).filter(|index| external[*index] > 0.0).collect();
    let client = |bench: Bench| bench.client("client", format!("poisson({total}/s)"));
    bench = if let [only] = entries[..] {
        client(bench).request("client", &id(only))
    } else {
        let fields = [field("service", "0 s"), field("servers", "unlimited")];
        let bench = client(bench).node(ENTRY, "generic/station", &fields).request("client", ENTRY);
        entries.iter().fold(bench, |bench, index| route(bench, ENTRY, &id(*index), external[*index] / total))
    };
    for from in 0..count {
        let shares = case.model.numbers(&format!("routing.{from}"))?;
        for (to, share) in shares.iter().enumerate().filter(|(_, share)| **share > 0.0) {
            bench = route(bench, &id(from), &id(to), *share);
        }
    }
    let bench = bench.lasting(case.length(total));
    Ok(Experiment::new(bench, case.replications(), move |result| of_network(result, count)))
}

fn of_network(result: &RunResult, count: usize) -> Result<Measured, Trouble> {
    let mut all = if count == 1 { figures::station(result, &id(0))? } else { Measured::new() };
    let mut inside = 0.0;
    for index in 0..count {
        all.extend(figures::prefixed(&id(index), figures::station(result, &id(index))?));
        inside += metric(result, &id(index), "in_system.mean")?;
    }
    let total = &journey(result)?.completion;
    figures::latencies(&mut all, "sojourn", total);
    let observed = result.run.duration_s - result.run.warm_up_s;
    all.extend(measured([("mean_in_system", inside.into()), ("throughput_per_s", (total.count as f64 / observed).into())]));
    Ok(all)
}

/// Most branches, each of which is a node.
const BRANCHES_MAX: usize = 1_000;

/// A function that calls several stations at once and waits for the last of them.
pub(super) fn fork_join(case: &Case) -> Result<Experiment, Missing> {
    let Load { arrivals, rate } = load::of(case)?;
    let several = case.model.has("services");
    let branches = if several { case.model.count("services")? } else { case.model.number("branches")? as usize };
    if several && case.model.number_or("branches", branches as f64)? != branches as f64 {
        return Err("not as many services as branches".to_owned());
    }
    if branches > BRANCHES_MAX {
        return Err(format!("more than {BRANCHES_MAX} branches"));
    }
    let servers = if case.model.has("servers_per_branch") { queues::servers(case, "servers_per_branch")? } else { "unlimited".to_owned() };
    let mut bench =
        Bench::new(&case.title).client("client", arrivals).node("fork", "aws/lambda", &super::bare_function(&[field("duration", "0 s")]));
    let mut calls = Vec::new();
    for index in 0..branches {
        let law = case.model.law(&if several { format!("services.{index}") } else { "service".to_owned() })?;
        bench =
            bench.node(&id(index), "generic/station", &[field("service", &law), field("servers", &servers)]).request("fork", &id(index));
        calls.push(json!({"call": format!("fork-{}", id(index))}));
    }
    let bench = bench
        .structured("fork", "work", json!([{"parallel": calls}]))
        .request("client", "fork")
        .quota(super::CONCURRENCY, super::UNREACHED)
        .lasting(case.length(rate));
    Ok(Experiment::new(bench, case.replications(), move |result| {
        let mut all = figures::prefixed("branch", figures::station(result, &id(0))?);
        figures::latencies(&mut all, "sojourn", &journey(result)?.response);
        let mut busy = 0.0;
        for index in 0..branches {
            busy += metric(result, &id(index), "busy.mean")?;
        }
        all.extend(measured([("mean_busy", busy.into()), ("throughput_per_s", metric(result, "fork", "throughput_per_s")?.into())]));
        Ok(all)
    }))
}

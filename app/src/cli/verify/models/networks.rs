//! Several stations: routing by chance, and branches that are joined again.

use plimsoll_models::EdgeKind;
use serde_json::json;

use super::{Bench, Case, Experiment, Missing, field, journey, measured, metric, node, queues};
use crate::cli::verify::case::numbers;

fn id(index: usize) -> String {
    format!("node{}", index + 1)
}

/// An open network of stations with exponential services.
pub(super) fn jackson(case: &Case) -> Result<Experiment, Missing> {
    let (external, rates, servers) = (case.numbers("external")?, case.numbers("service_rate")?, case.numbers("servers")?);
    let routing = case.get("routing").and_then(serde_json::Value::as_array).ok_or("the model has no routing")?;
    let mut bench = Bench::new(&case.title);
    for (index, (rate, servers)) in rates.iter().zip(&servers).enumerate() {
        let fields = [field("service", format!("exponential({} s)", 1.0 / rate)), field("servers", servers)];
        bench = bench.node(&id(index), "generic/station", &fields);
    }
    for (index, rate) in external.iter().enumerate().filter(|(_, rate)| **rate > 0.0) {
        let client = format!("client{}", index + 1);
        bench = bench.client(&client, format!("poisson({rate}/s)")).request(&client, &id(index));
    }
    for (from, row) in routing.iter().enumerate() {
        let shares = numbers(Some(row)).ok_or("the routing is no matrix")?;
        for (to, share) in shares.iter().enumerate().filter(|(_, share)| **share > 0.0) {
            let fields = [field("share", share), field("timeout", "none")];
            bench = bench.edge(&format!("route{}-{}", from + 1, to + 1), EdgeKind::Request, &id(from), &id(to), &fields);
        }
    }
    let count = rates.len();
    let bench = bench.lasting(case.length(external.iter().sum()));
    Ok(Experiment::new(bench, case.replications(), move |result| {
        let mut all = queues::figures(result, &id(0))?;
        let observed = result.run.duration_s - result.run.warm_up_s;
        for index in 0..count {
            let name = id(index);
            all.insert(format!("{name}_mean_in_system"), metric(result, &name, "in_system.mean")?.into());
            all.insert(format!("{name}_arrival_rate"), (metric(result, &name, "arrivals")? / observed).into());
        }
        let total = &journey(result)?.completion;
        all.extend(measured([
            ("mean_sojourn_s", total.mean.into()),
            ("sojourn_p95_s", total.p95.into()),
            ("sojourn_p99_s", total.p99.into()),
        ]));
        Ok(all)
    }))
}

/// A function that calls several stations at once and waits for the last of them.
pub(super) fn fork_join(case: &Case) -> Result<Experiment, Missing> {
    let (rate, branches) = (case.number("rate")?, case.number("branches")? as usize);
    let servers = case.number("servers_per_branch").map_or_else(|_| "unlimited".to_owned(), |servers| servers.to_string());
    let law = case.law("service")?;
    let mut bench = Bench::new(&case.title).client("client", format!("poisson({rate}/s)")).node(
        "fork",
        "aws/lambda",
        &super::bare_function(&[field("duration", "0 s")]),
    );
    let mut calls = Vec::new();
    for index in 0..branches {
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
        let (total, branch) = (&journey(result)?.response, &node(result, &id(0))?.sojourn);
        let mut busy = 0.0;
        for index in 0..branches {
            busy += metric(result, &id(index), "busy.mean")?;
        }
        Ok(measured([
            ("mean_sojourn_s", total.mean.into()),
            ("sojourn_p50_s", total.p50.into()),
            ("sojourn_p99_s", total.p99.into()),
            ("branch_mean_sojourn_s", branch.mean.into()),
            ("mean_busy", busy.into()),
        ]))
    }))
}

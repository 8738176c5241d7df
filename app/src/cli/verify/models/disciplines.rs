//! One station that does not simply serve who came first: priorities, shared servers, groups, a server that goes cold.

use serde_json::Value;

use super::{Bench, Case, Experiment, Missing, field, measured, metric, node, queues};
use crate::cli::verify::case::{law, mean, numbers};

/// The station.
const QUEUE: &str = "queue";

/// Servers as the document spells them; one where the case does not say.
fn servers(case: &Case) -> String {
    match case.text("servers") {
        "inf" => "unlimited".to_owned(),
        _ => case.number("servers").unwrap_or(1.0).to_string(),
    }
}

/// Several classes, the first one most urgent, each with its own load and service.
pub(super) fn priority(case: &Case) -> Result<Experiment, Missing> {
    let rates = case.numbers("rates")?;
    let services = case.get("services").and_then(Value::as_array).ok_or("the model has no services")?;
    let services = services.iter().map(law).collect::<Result<Vec<String>, _>>()?;
    let names: Vec<String> = (1..=rates.len()).map(|class| format!("class{class}")).collect();
    if services.len() != rates.len() {
        return Err("not as many services as rates".to_owned());
    }
    let discipline = if case.get("preemptive").and_then(Value::as_bool) == Some(true) { "preemptive" } else { "priority" };
    let by_type: Vec<String> = names.iter().zip(&services).map(|(name, law)| format!("{name}: {law}")).collect();
    let fields = [
        field("service_by_type", by_type.join(", ")),
        field("discipline", discipline),
        field("priorities", names.join(", ")),
        field("servers", servers(case)),
    ];
    let mut bench = Bench::new(&case.title).node(QUEUE, "generic/station", &fields);
    for (name, rate) in names.iter().zip(&rates) {
        let client = format!("client-{name}");
        bench = bench
            .event_type(name, &[])
            .node(&client, "generic/client", &[field("arrivals", format!("poisson({rate}/s)")), field("events", name)])
            .request(&client, QUEUE);
    }
    let bench = bench.lasting(case.length(rates.iter().sum()));
    Ok(Experiment::new(bench, case.replications(), move |result| {
        let mut all = queues::figures(result, QUEUE)?;
        for name in &names {
            for (figure, key) in [("mean_wait_s", "wait.mean"), ("mean_sojourn_s", "sojourn.mean")] {
                all.insert(format!("{name}_{figure}"), metric(result, QUEUE, &format!("{key}.{name}"))?.into());
            }
        }
        Ok(all)
    }))
}

/// Everybody is served at once.
pub(super) fn sharing(case: &Case) -> Result<Experiment, Missing> {
    let rate = case.number("rate")?;
    let fields = [field("service", case.law("service")?), field("discipline", "processor-sharing"), field("servers", servers(case))];
    let bench = Bench::new(&case.title)
        .node(QUEUE, "generic/station", &fields)
        .client("client", format!("poisson({rate}/s)"))
        .request("client", QUEUE)
        .lasting(case.length(rate));
    Ok(Experiment::new(bench, case.replications(), |result| {
        let mut all = queues::figures(result, QUEUE)?;
        all.insert("mean_slowdown".to_owned(), metric(result, QUEUE, "slowdown.mean")?.into());
        Ok(all)
    }))
}

/// The law of group sizes as the document spells it, and its mean.
fn group_size(value: &Value) -> Result<(String, f64), Missing> {
    let number = |key: &str| value.get(key).and_then(Value::as_f64);
    let needs = |key: &str| format!("the law of batch sizes has no `{key}`");
    let text = match value.get("batch").or_else(|| value.get("dist")).and_then(Value::as_str).unwrap_or("") {
        "fixed" | "deterministic" | "constant" => number("size").or_else(|| number("value")).ok_or_else(|| needs("size"))?.to_string(),
        "geometric" => {
            let mean = number("mean").or_else(|| number("p").map(|p| 1.0 / p)).ok_or_else(|| needs("mean"))?;
            format!("geometric(mean={mean})")
        }
        "uniform" => {
            let bound = |a: &str, b: &str| number(a).or_else(|| number(b)).ok_or_else(|| needs(a));
            format!("uniform({}, {})", bound("lo", "low")?, bound("hi", "high")?)
        }
        "empirical" | "values" => {
            let sizes = numbers(value.get("values").or_else(|| value.get("sizes"))).ok_or_else(|| needs("values"))?;
            let weights = numbers(value.get("weights").or_else(|| value.get("p"))).unwrap_or_else(|| vec![1.0; sizes.len()]);
            let parts: Vec<String> = sizes.iter().zip(weights).map(|(size, weight)| format!("{size}: {weight}")).collect();
            format!("values({})", parts.join(", "))
        }
        other => return Err(format!("the law of batch sizes `{other}` is unknown")),
    };
    let mean = text.parse::<plimsoll_models::workload::GroupSize>()?.mean();
    Ok((text, mean))
}

/// Customers who come in groups.
pub(super) fn groups(case: &Case) -> Result<Experiment, Missing> {
    let rate = case.number("batch_rate")?;
    let (size, each) = group_size(case.get("batch").ok_or("the model has no batch")?)?;
    let fields = [field("service", case.law("service")?), field("servers", servers(case))];
    let bench = Bench::new(&case.title)
        .node(QUEUE, "generic/station", &fields)
        .client("client", format!("groups(poisson({rate}/s), size={size})"))
        .request("client", QUEUE)
        .lasting(case.length(rate * each));
    Ok(Experiment::new(bench, case.replications(), |result| queues::figures(result, QUEUE)))
}

/// A server that goes cold when it is idle, and whose first customer waits for its set-up.
pub(super) fn cold_queue(case: &Case) -> Result<Experiment, Missing> {
    let rate = case.number("rate")?;
    let idle = match case.number("idle_timeout_s") {
        Ok(seconds) => format!("{seconds} s"),
        Err(_) => case.law("idle_timeout")?,
    };
    let fields = [
        field("service", case.law("service")?),
        field("setup", case.law("setup")?),
        field("idle_timeout", idle),
        field("servers", case.number("max_instances").unwrap_or(1.0)),
    ];
    let bench = Bench::new(&case.title)
        .node(QUEUE, "generic/station", &fields)
        .client("client", format!("poisson({rate}/s)"))
        .request("client", QUEUE)
        .lasting(case.length(rate));
    Ok(Experiment::new(bench, case.replications(), |result| {
        let mut all = queues::figures(result, QUEUE)?;
        all.extend(measured([
            ("p_cold", (metric(result, QUEUE, "cold_starts")? / metric(result, QUEUE, "accepted")?).into()),
            ("mean_instances", metric(result, QUEUE, "instances.mean")?.into()),
            ("mean_wait_s", node(result, QUEUE)?.wait.mean.into()),
            ("p_empty", metric(result, QUEUE, "p_empty")?.into()),
        ]));
        Ok(all)
    }))
}

/// Servers with a line whose customers leave after a while.
pub(super) fn impatient(case: &Case) -> Result<Experiment, Missing> {
    let rate = 1.0 / mean(&case.law("arrival")?)?;
    let mut fields =
        vec![field("service", case.law("service")?), field("servers", servers(case)), field("patience", case.law("patience")?)];
    fields.extend(case.number("capacity").ok().map(|capacity| field("capacity", capacity)));
    let bench = Bench::new(&case.title)
        .node(QUEUE, "generic/station", &fields)
        .client("client", format!("renewal({})", case.law("arrival")?))
        .request("client", QUEUE)
        .lasting(case.length(rate));
    Ok(Experiment::new(bench, case.replications(), |result| {
        let mut all = queues::figures(result, QUEUE)?;
        all.extend(measured([
            ("p_abandon", metric(result, QUEUE, "p_abandon")?.into()),
            ("mean_wait_all_s", metric(result, QUEUE, "wait_all.mean")?.into()),
            ("mean_wait_served_s", node(result, QUEUE)?.wait.mean.into()),
        ]));
        Ok(all)
    }))
}

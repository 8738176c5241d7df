//! One station that does not simply serve who came first: priorities, a server that goes cold.

use super::{
    Bench, Case, Experiment, Missing, field, figures,
    load::{self, Load},
    measured, metric, queues,
};

/// The station.
const QUEUE: &str = queues::QUEUE;

/// Several classes, the first one most urgent, each with its own load and service.
pub(super) fn priority(case: &Case) -> Result<Experiment, Missing> {
    let rates = case.model.numbers("rates")?;
    let count = case.model.count("services")?;
    if count != rates.len() {
        return Err("not as many services as rates".to_owned());
    }
    let names: Vec<String> = (1..=count).map(|class| format!("class{class}")).collect();
    let services = (0..count).map(|class| case.model.law(&format!("services.{class}"))).collect::<Result<Vec<String>, _>>()?;
    let discipline = if case.model.flag("preemptive")? { "preemptive" } else { "priority" };
    let by_type: Vec<String> = names.iter().zip(&services).map(|(name, law)| format!("{name}: {law}")).collect();
    let fields = [field("service_by_type", by_type.join(", ")), field("discipline", discipline), field("priorities", names.join(", "))];
    let mut bench = queues::station(case, &fields)?;
    for (name, rate) in names.iter().zip(&rates) {
        let client = format!("client-{name}");
        bench = bench
            .event_type(name, &[])
            .node(&client, "generic/client", &[field("arrivals", format!("poisson({rate}/s)")), field("events", name)])
            .request(&client, QUEUE);
    }
    let bench = bench.lasting(case.length(rates.iter().sum()));
    Ok(Experiment::new(bench, case.replications(), move |result| {
        let mut all = figures::station(result, QUEUE)?;
        for name in &names {
            for (figure, key) in [
                ("mean_wait_s", "wait.mean"),
                ("wait_p99_s", "wait.p99"),
                ("mean_sojourn_s", "sojourn.mean"),
                ("sojourn_p99_s", "sojourn.p99"),
            ] {
                // A class that nobody serves has no such figure.
                let value = metric(result, QUEUE, &format!("{key}.{name}")).ok();
                all.insert(format!("{name}_{figure}"), value.into());
            }
        }
        Ok(all)
    }))
}

/// A server that goes cold when it is idle, and whose first customer waits for its set-up.
pub(super) fn cold_queue(case: &Case) -> Result<Experiment, Missing> {
    let Load { arrivals, rate } = load::of(case)?;
    let idle = match case.model.optional("idle_timeout_s")? {
        Some(seconds) => format!("{seconds} s"),
        None => case.model.law("idle_timeout")?,
    };
    let fields =
        [field("setup", case.model.law("setup")?), field("idle_timeout", idle), field("servers", queues::servers(case, "max_instances")?)];
    let bench: Bench = queues::station(case, &fields)?.client("client", arrivals).request("client", QUEUE).lasting(case.length(rate));
    Ok(Experiment::new(bench, case.replications(), |result| {
        let mut all = figures::station(result, QUEUE)?;
        all.extend(measured([("p_empty", metric(result, QUEUE, "p_empty")?.into())]));
        Ok(all)
    }))
}

//! One station: queues with and without room, closed loops, retries.

use super::{
    Bench, Case, Experiment, Measured, Missing, edge_metric, field, figures, journey, latency, law,
    load::{self, Load},
    measured, metric,
};
use crate::cli::verify::bench::Pairs;
use plimsoll_models::EdgeKind;
use plimsoll_sim::RunResult;

/// The only node besides the client.
pub(super) const QUEUE: &str = "queue";

/// The edge to it.
const EDGE: &str = "client-queue";

/// Servers as the document spells them; one where the case does not say.
pub(super) fn servers(case: &Case, path: &str) -> Result<String, Missing> {
    if !case.model.has(path) {
        return Ok("1".to_owned());
    }
    Ok(case.model.limit(path)?.map_or_else(|| "unlimited".to_owned(), |servers| servers.to_string()))
}

/// Who is served next, as documents spell it.
pub(super) fn discipline(case: &Case, path: &str) -> Result<&'static str, Missing> {
    let text: String = case.model.text(path).chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let last_come = text.strip_prefix("lcfs").or_else(|| text.strip_prefix("lifo")).or_else(|| text.strip_prefix("lastcome"));
    let resumed = !text.contains("repeat");
    match last_come.map(|rest| rest.strip_prefix("firstserved").unwrap_or(rest)) {
        Some("") if case.model.flag("preemptive")? => return Ok("last-come-preemptive"),
        Some(rest) if rest.is_empty() || rest == "np" || rest.starts_with("non") => return Ok("last-come"),
        Some(rest) if rest.starts_with("pr") && resumed => return Ok("last-come-preemptive"),
        Some(_) => return Err(format!("the discipline `{}`", case.model.text(path))),
        None => {}
    }
    Ok(match case.model.word(path, &["FCFS", "FIFO", "PS", "processor_sharing", "processor sharing"])? {
        "FCFS" | "FIFO" => "first-come",
        _ => "processor-sharing",
    })
}

/// The only node, with the fields that the model has for any kind of station. What the model says besides `more` must not
/// speak against it.
pub(super) fn station(case: &Case, more: Pairs<'_>) -> Result<Bench, Missing> {
    let mut fields = Vec::new();
    if case.model.has("service") {
        fields.push(field("service", case.model.law("service")?));
    }
    if case.model.has("servers") || !more.iter().any(|(key, _)| *key == "servers") {
        fields.push(field("servers", servers(case, "servers")?));
    }
    fields.extend(case.model.limit("capacity")?.map(|capacity| field("capacity", capacity)));
    if case.model.has("patience") {
        fields.push(field("patience", case.model.law("patience")?));
    }
    if case.model.has("discipline") {
        fields.push(field("discipline", discipline(case, "discipline")?));
    }
    if let Some((key, _)) = fields.iter().find(|own| more.iter().any(|other| own.0 == other.0 && own.1 != other.1)) {
        return Err(format!("`{key}` besides what the kind of model says of it"));
    }
    fields.retain(|(key, _)| !more.iter().any(|(other, _)| other == key));
    fields.extend_from_slice(more);
    Ok(Bench::new(&case.title).node(QUEUE, "generic/station", &fields))
}

/// A station before which somebody arrives, once for each replication.
pub(super) fn arriving(case: &Case, bench: Bench, load: Load) -> Experiment {
    let memoryless = load.is_memoryless();
    let bench = bench.client("client", load.arrivals).request("client", QUEUE).lasting(case.length(load.rate));
    Experiment::new(bench, case.replications(), move |result| {
        let mut all = figures::station(result, QUEUE)?;
        // Those who arrive by chance alone see what time sees.
        if memoryless {
            all.insert("p_empty".to_owned(), metric(result, QUEUE, "p_empty")?.into());
        }
        Ok(all)
    })
}

/// G/G/c/K: first come or last come first served, or shared.
pub(super) fn ggck(case: &Case) -> Result<Experiment, Missing> {
    Ok(arriving(case, station(case, &[])?, load::of(case)?))
}

/// Everybody is served at once.
pub(super) fn sharing(case: &Case) -> Result<Experiment, Missing> {
    Ok(arriving(case, station(case, &[field("discipline", "processor-sharing")])?, load::of(case)?))
}

/// The room of a model whose customers are turned away when every server is busy, unless it has a place for them to wait.
fn room(case: &Case) -> Result<Vec<(&'static str, String)>, Missing> {
    Ok(if case.model.has("capacity") { Vec::new() } else { vec![field("capacity", case.model.number("servers")?)] })
}

/// Clients that think, ask, and are turned away when every server is busy.
pub(super) fn engset(case: &Case) -> Result<Experiment, Missing> {
    let (clients, cycle) = (case.model.number("clients")?, case.model.mean("think")? + case.model.mean("service")?);
    let arrivals = format!("closed(users={clients}, think={})", case.model.law("think")?);
    Ok(arriving(case, station(case, &room(case)?)?, Load { arrivals, rate: clients / cycle }))
}

/// Random arrivals at a rate that jumps between states.
pub(super) fn mmpp(case: &Case) -> Result<Experiment, Missing> {
    Ok(arriving(case, station(case, &[])?, load::modulated(case, "")?))
}

/// So many attempts, each of which may fail.
pub(super) fn attempts(case: &Case) -> Result<Experiment, Missing> {
    let (Load { arrivals, rate }, attempts) = (load::of(case)?, case.model.number("max_attempts")?);
    let backoff = if case.model.has("base_s") { latency::waits(case, attempts)?.law } else { given_waits(case, attempts)? };
    let edge = [field("timeout", "none"), field("attempts", attempts), field("backoff", backoff)];
    let servers = if case.model.has("servers") { servers(case, "servers")? } else { "unlimited".to_owned() };
    let bench = station(case, &[field("servers", servers), field("failure", case.model.number("p_fail")?)])?
        .client("client", arrivals)
        .edge(EDGE, EdgeKind::Request, "client", QUEUE, &edge)
        .lasting(case.length(rate));
    Ok(Experiment::new(bench, case.replications(), |result| {
        let mut all = figures::station(result, QUEUE)?;
        let journey = journey(result)?;
        let (attempts, retries) = (edge_metric(result, EDGE, "attempts")?, edge_metric(result, EDGE, "retries")?);
        let (good, bad) = (&journey.response, &journey.response_failed);
        let total = (good.count + bad.count) as f64;
        all.extend(measured([
            ("attempts_per_request", (attempts / (attempts - retries)).into()),
            ("p_dead_letter", (bad.count as f64 / total).into()),
            ("p_success", (good.count as f64 / total).into()),
            ("mean_latency_s", ((good.mean * good.count as f64 + bad.mean * bad.count as f64) / total).into()),
        ]));
        Ok(all)
    }))
}

/// The waits of a model that lists all of them.
fn given_waits(case: &Case, attempts: f64) -> Result<String, Missing> {
    let waits: Vec<String> = case.model.numbers_or_none("backoff_s")?.iter().map(|wait| format!("{wait} s")).collect();
    if !waits.is_empty() && waits.len() as f64 != attempts - 1.0 {
        return Err(format!("{} waits between {attempts} attempts", waits.len()));
    }
    Ok(format!("schedule({})", if waits.is_empty() { "0 s".to_owned() } else { waits.join(", ") }))
}

/// Customers who find no free server come back later, for ever.
pub(super) fn retrial(case: &Case) -> Result<Experiment, Missing> {
    let Load { arrivals, rate } = load::of(case)?;
    let edge =
        [field("timeout", "none"), field("attempts", "unlimited"), field("backoff", format!("random({})", case.model.law("retry_delay")?))];
    let bench = station(case, &room(case)?)?
        .client("client", arrivals)
        .edge(EDGE, EdgeKind::Request, "client", QUEUE, &edge)
        .lasting(case.length(rate));
    Ok(Experiment::new(bench, case.replications(), |result| {
        let mut all = figures::station(result, QUEUE)?;
        let (arrivals, refused) = (metric(result, QUEUE, "arrivals")?, metric(result, QUEUE, "refused")?);
        let (calls, first_refused) = (edge_metric(result, EDGE, "calls")?, edge_metric(result, EDGE, "first_throttled")?);
        all.extend(measured([
            ("mean_orbit", edge_metric(result, EDGE, "waiting_retry.mean")?.into()),
            ("p_first_attempt_block", (first_refused / calls).into()),
            ("mean_delay_s", edge_metric(result, EDGE, "delay.mean")?.into()),
            ("p_block_attempt", (refused / arrivals).into()),
        ]));
        Ok(all)
    }))
}

/// A station of a closed network.
struct Stop {
    service: String,
    servers: String,
    discipline: &'static str,
    /// Mean time that a customer needs it when nobody is in the way, in seconds.
    mean: f64,
    /// How many are served at a time.
    width: f64,
}

/// Cycles of a deterministic closed loop that are left to settle, and that are observed.
const CYCLES: (f64, f64) = (20.0, 1_000.0);

/// Users who wait for the answer of one station after the other before they think and ask again.
pub(super) fn closed(case: &Case) -> Result<Experiment, Missing> {
    let count = case.model.count("stations")?;
    let stop = |index: usize| -> Result<Stop, Missing> {
        let service = case.model.law(&format!("stations.{index}.service"))?;
        let servers = servers(case, &format!("stations.{index}.servers"))?;
        let discipline = discipline(case, &format!("stations.{index}.discipline"))?;
        Ok(Stop { mean: law::mean(&service)?, width: servers.parse().unwrap_or(f64::INFINITY), service, servers, discipline })
    };
    let stops = (0..count).map(stop).collect::<Result<Vec<Stop>, _>>()?;
    let (users, think) = (case.model.number("users")?, case.model.mean("think")?);
    let shortest = think + stops.iter().map(|stop| stop.mean).sum::<f64>();
    let rate = stops.iter().map(|stop| stop.width / stop.mean).fold(users / shortest, f64::min);
    // A case without advice on its sample is deterministic, and goes round as often as the slowest station lets it.
    let cycle = users / rate;
    let length = match case.sample.customers_per_replication {
        Some(_) => case.length(rate),
        None => ((CYCLES.0 + CYCLES.1) * cycle, (CYCLES.0 + 0.5) * cycle),
    };
    let mut bench = Bench::new(&case.title).client("client", format!("closed(users={users}, think={})", case.model.law("think")?));
    let name = |index: usize| format!("station{}", index + 1);
    for (index, stop) in stops.iter().enumerate() {
        let before = if index == 0 { "client".to_owned() } else { name(index - 1) };
        let fields = [field("service", &stop.service), field("servers", &stop.servers), field("discipline", stop.discipline)];
        bench = bench.node(&name(index), "generic/station", &fields).request(&before, &name(index));
    }
    let bench = bench.lasting(length);
    Ok(Experiment::new(bench, case.replications(), move |result| of_closed(result, count, users, think)))
}

fn of_closed(result: &RunResult, stations: usize, users: f64, think: f64) -> Result<Measured, super::Trouble> {
    let mut all = Measured::new();
    let mut inside = 0.0;
    for index in 1..=stations {
        let name = format!("station{index}");
        let own = figures::station(result, &name)?;
        inside += metric(result, &name, "in_system.mean")?;
        if stations == 1 {
            all.extend(own.clone());
        }
        all.extend(figures::prefixed(&name, own));
    }
    let response = &journey(result)?.completion;
    let throughput = metric(result, "station1", "throughput_per_s")?;
    figures::latencies(&mut all, "response", response);
    all.extend(measured([
        ("mean_in_system", inside.into()),
        ("throughput_per_s", throughput.into()),
        ("interactive_law_residual", (response.mean - (users / throughput - think)).into()),
    ]));
    Ok(all)
}

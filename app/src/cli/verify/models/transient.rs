//! Levels at given times, in systems that are not in a steady state.

use std::f64::consts::PI;

use super::{Bench, Case, Experiment, Figure, Measured, Missing, field, measured};
use crate::cli::verify::probe::{self, Running};

/// The station whose level is read.
const STATION: &str = "station";

/// Figures of the case that are called `<prefix><t>s`, with their times.
fn times(case: &Case, prefix: &str) -> Vec<(String, f64)> {
    let time = |name: &str| name.strip_prefix(prefix)?.strip_suffix('s')?.parse().ok();
    case.metrics.iter().filter_map(|metric| Some((metric.name.clone(), time(&metric.name)?))).collect()
}

fn bench(case: &Case, arrivals: String, service: &str, servers: &str) -> Bench {
    Bench::new(&case.title)
        .client("client", arrivals)
        .node(STATION, "generic/station", &[field("service", service), field("servers", servers)])
        .request("client", STATION)
}

/// Unlimited servers: started empty, or under a rate that goes up and down.
pub(super) fn infinite_servers(case: &Case) -> Result<Experiment, Missing> {
    match case.model.word("arrival.process", &["poisson", "deterministic", "nhpp_sinusoid"])? {
        "nhpp_sinusoid" => sinusoid(case),
        "deterministic" => started_empty(case, "constant"),
        _ => started_empty(case, "poisson"),
    }
}

fn started_empty(case: &Case, arrivals: &str) -> Result<Experiment, Missing> {
    case.model.word("start", &["empty"])?;
    let levels = times(case, "mean_busy_at_");
    let horizon = levels.iter().map(|(_, at)| *at).fold(0.0, f64::max);
    let arrivals = format!("{arrivals}({}/s)", case.model.number("arrival.rate")?);
    let bench = bench(case, arrivals, &case.model.law("service")?, "unlimited").lasting((horizon + 1.0, 0.0));
    Ok(probe::gauges(bench, case.replications(), move |simulation| {
        let mut all = Measured::new();
        for (name, at) in in_order(&levels) {
            all.insert(name.clone(), Figure::One(simulation.busy_at(*at, STATION)?));
        }
        Ok(all)
    }))
}

/// The same, the earliest first: a simulation only goes on.
fn in_order(times: &[(String, f64)]) -> Vec<&(String, f64)> {
    let mut sorted: Vec<&(String, f64)> = times.iter().collect();
    sorted.sort_by(|a, b| a.1.total_cmp(&b.1));
    sorted
}

/// Periods that are left to settle.
const DISCARDED: u32 = 5;

fn sinusoid(case: &Case) -> Result<Experiment, Missing> {
    let (mean, amplitude) = (case.model.number("arrival.mean_rate")?, case.model.number("arrival.amplitude")?);
    let period = case.model.number("arrival.period_s")?;
    let start = case.model.text("start");
    if !matches!(start, "" | "periodic") && !start.starts_with("periodic steady state") {
        return Err(format!("the start `{start}`"));
    }
    let periods = case.sample.periods.unwrap_or(400).max(DISCARDED + 1);
    let arrivals = format!("sine(mean={mean}/s, amplitude={amplitude}/s, period={period} s)");
    let bench = bench(case, arrivals, &case.model.law("service")?, "unlimited").lasting(((f64::from(periods) + 1.0) * period, 0.0));
    // Besides the phases that are asked for, four from which the lag follows.
    let asked = times(case, "mean_busy_at_phase_");
    let mut phases: Vec<f64> = asked.iter().map(|(_, at)| *at).chain([0.0, 0.25, 0.5, 0.75].map(|share| share * period)).collect();
    phases.sort_by(f64::total_cmp);
    phases.dedup();
    if phases.iter().any(|phase| !(0.0..period).contains(phase)) {
        return Err("a phase outside the period".to_owned());
    }
    Ok(probe::gauges(bench, case.replications(), move |simulation| {
        let mut sums = vec![0.0; phases.len()];
        for cycle in DISCARDED..periods {
            for (phase, sum) in phases.iter().zip(&mut sums) {
                *sum += simulation.busy_at(f64::from(cycle) * period + phase, STATION)?;
            }
        }
        let level = |at: f64| {
            let index = phases.iter().position(|phase| *phase == at).unwrap_or(0);
            sums[index] / f64::from(periods - DISCARDED)
        };
        let [q0, q1, q2, q3] = [0.0, 0.25, 0.5, 0.75].map(|share| level(share * period));
        // The level is a sine too; four phases give its lag behind the rate.
        let lag = (q2 - q0).atan2(q1 - q3) / (2.0 * PI) * period;
        let mut all = measured([("peak_lag_s", lag.into())]);
        all.extend(asked.iter().map(|(name, at)| (name.clone(), Figure::One(level(*at)))));
        Ok(all)
    }))
}

/// M/M/c started empty.
pub(super) fn single_server(case: &Case) -> Result<Experiment, Missing> {
    case.model.word("start", &["empty"])?;
    let (rate, service) = (case.model.number("arrival_rate")?, 1.0 / case.model.number("service_rate")?);
    let servers = super::queues::servers(case, "servers")?;
    const PREFIXES: [&str; 4] = ["mean_in_system_at_", "p_empty_at_", "mean_queue_len_at_", "mean_busy_at_"];
    let asked = PREFIXES.map(|prefix| times(case, prefix));
    let horizon = asked.iter().flatten().map(|(_, at)| *at).fold(0.0, f64::max);
    let bench = bench(case, format!("poisson({rate}/s)"), &format!("exponential({service} s)"), &servers).lasting((horizon + 1.0, 0.0));
    Ok(probe::gauges(bench, case.replications(), move |simulation| {
        let mut all = Measured::new();
        let mut instants: Vec<f64> = asked.iter().flatten().map(|(_, at)| *at).collect();
        instants.sort_by(f64::total_cmp);
        instants.dedup();
        for at in instants {
            let (busy, waiting) = levels(simulation, at)?;
            let inside = busy + waiting;
            let values = [inside, f64::from(u8::from(inside == 0.0)), waiting, busy];
            for (asked, value) in asked.iter().zip(values) {
                all.extend(asked.iter().filter(|(_, time)| *time == at).map(|(name, _)| (name.clone(), Figure::One(value))));
            }
        }
        Ok(all)
    }))
}

/// How many are served and how many wait at a time.
fn levels(simulation: &mut Running, at: f64) -> Result<(f64, f64), super::Trouble> {
    Ok((simulation.busy_at(at, STATION)?, simulation.waiting_at(at, STATION)?))
}

/// Arrivals in each quarter of the period of a changing rate.
pub(super) fn counts(case: &Case) -> Result<Experiment, Missing> {
    let (mean, amplitude, period) = (case.model.number("mean_rate")?, case.model.number("amplitude")?, case.model.number("period_s")?);
    let periods = case.sample.periods.unwrap_or(1_000);
    let arrivals = format!("sine(mean={mean}/s, amplitude={amplitude}/s, period={period} s)");
    let bench = bench(case, arrivals, "0 s", "unlimited").lasting((f64::from(periods) * period + 1.0, 0.0));
    Ok(probe::gauges(bench, case.replications(), move |simulation| {
        let mut counts: [Vec<f64>; 4] = Default::default();
        let mut before = 0.0;
        for cycle in 0..periods {
            for (quarter, list) in counts.iter_mut().enumerate() {
                let now = simulation.arrivals_by((f64::from(cycle) + (quarter as f64 + 1.0) / 4.0) * period, STATION)?;
                list.push(now - before);
                before = now;
            }
        }
        let mut all = Measured::new();
        let mut total = 0.0;
        for (quarter, list) in counts.iter().enumerate() {
            let mean = list.iter().sum::<f64>() / list.len() as f64;
            let variance = list.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (list.len() as f64 - 1.0);
            all.insert(format!("mean_count_q{}", quarter + 1), mean.into());
            all.insert(format!("index_of_dispersion_q{}", quarter + 1), (variance / mean).into());
            total += mean;
        }
        all.insert("mean_count".to_owned(), total.into());
        Ok(all)
    }))
}

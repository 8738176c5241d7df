//! Levels at given times, in systems that are not in a steady state.

use super::{Bench, Case, Experiment, Figure, Measured, Missing, field, measured};
use crate::cli::verify::{bench::Trouble, probe};

/// The station whose level is read.
const STATION: &str = "station";

/// Gauges of the cases at `…_at_<t>s`, for the times that the metrics name.
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
    let arrival = case.get("arrival").ok_or("the model has no arrivals")?;
    let number = |key: &str| arrival.get(key).and_then(serde_json::Value::as_f64).ok_or_else(|| format!("the arrivals have no `{key}`"));
    let service = case.law("service")?;
    if arrival["process"] == "poisson" {
        let times = times(case, "mean_busy_at_");
        let horizon = times.iter().map(|(_, at)| *at).fold(0.0, f64::max);
        let bench = bench(case, format!("poisson({}/s)", number("rate")?), &service, "unlimited").lasting((horizon + 1.0, 0.0));
        return Ok(probe::gauges(bench, case.replications(), move |simulation| {
            let mut all = Measured::new();
            for (name, at) in &times {
                all.insert(name.clone(), Figure::One(simulation.busy_at(*at, STATION)?));
            }
            Ok(all)
        }));
    }
    let (mean, amplitude, period) = (number("mean_rate")?, number("amplitude")?, number("period_s")?);
    let (discarded, periods) = (5, case.sample.periods.unwrap_or(400));
    let bench = bench(case, format!("sine(mean={mean}/s, amplitude={amplitude}/s, period={period} s)"), &service, "unlimited")
        .lasting(((f64::from(periods) + 1.0) * period, 0.0));
    Ok(probe::gauges(bench, case.replications(), move |simulation| {
        let mut quarters = [0.0; 4];
        for cycle in discarded..periods {
            for (quarter, sum) in quarters.iter_mut().enumerate() {
                *sum += simulation.busy_at((f64::from(cycle) + quarter as f64 / 4.0) * period, STATION)?;
            }
        }
        let [q0, q1, q2, q3] = quarters.map(|sum| sum / f64::from(periods - discarded));
        // The level is a sine too; four phases give its lag behind the rate.
        let lag = (q2 - q0).atan2(q1 - q3) / (2.0 * std::f64::consts::PI) * period;
        let mut all = measured([("peak_lag_s", lag.into())]);
        for (name, value) in phases(period).into_iter().zip([q0, q1, q2, q3]) {
            all.insert(name, value.into());
        }
        Ok(all)
    }))
}

fn phases(period: f64) -> [String; 4] {
    [0.0, 0.25, 0.5, 0.75].map(|share| format!("mean_busy_at_phase_{}s", share * period))
}

/// M/M/1 started empty.
pub(super) fn single_server(case: &Case) -> Result<Experiment, Missing> {
    let (rate, service) = (case.number("arrival_rate")?, 1.0 / case.number("service_rate")?);
    let (levels, empties) = (times(case, "mean_in_system_at_"), times(case, "p_empty_at_"));
    let horizon = levels.iter().chain(&empties).map(|(_, at)| *at).fold(0.0, f64::max);
    let bench = bench(case, format!("poisson({rate}/s)"), &format!("exponential({service} s)"), "1").lasting((horizon + 1.0, 0.0));
    Ok(probe::gauges(bench, case.replications(), move |simulation| {
        let mut all = Measured::new();
        let mut instants: Vec<f64> = levels.iter().chain(&empties).map(|(_, at)| *at).collect();
        instants.sort_by(f64::total_cmp);
        instants.dedup();
        for at in instants {
            let inside = simulation.busy_at(at, STATION)? + simulation.waiting_at(at, STATION)?;
            for (name, _) in levels.iter().filter(|(_, time)| *time == at) {
                all.insert(name.clone(), inside.into());
            }
            for (name, _) in empties.iter().filter(|(_, time)| *time == at) {
                all.insert(name.clone(), f64::from(u8::from(inside == 0.0)).into());
            }
        }
        Ok(all)
    }))
}

/// Arrivals in each quarter of the period of a changing rate.
pub(super) fn counts(case: &Case) -> Result<Experiment, Missing> {
    let (mean, amplitude, period) = (case.number("mean_rate")?, case.number("amplitude")?, case.number("period_s")?);
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
        let mean = |list: &[f64]| list.iter().sum::<f64>() / list.len() as f64;
        let first = mean(&counts[0]);
        let variance = counts[0].iter().map(|x| (x - first) * (x - first)).sum::<f64>() / (counts[0].len() as f64 - 1.0);
        let mut all = measured([("index_of_dispersion_q1", (variance / first).into())]);
        for (quarter, list) in counts.iter().enumerate() {
            all.insert(format!("mean_count_q{}", quarter + 1), mean(list).into());
        }
        Ok::<_, Trouble>(all)
    }))
}

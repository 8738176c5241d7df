//! Figures of a run under the names of the cases.

use plimsoll_sim::{RunResult, result::LatencySummary};

use super::{Figure, Measured, Trouble, measured, metric, node};

/// The figures of a station, or of anything else that serves. Those that make no sense for it are left out.
pub(super) fn station(result: &RunResult, id: &str) -> Result<Measured, Trouble> {
    let station = node(result, id)?;
    let mut figures = Measured::new();
    for (name, key) in [
        ("utilization", "utilization"),
        ("p_wait", "p_wait"),
        ("mean_queue_len", "waiting.mean"),
        ("mean_in_system", "in_system.mean"),
        ("mean_busy", "busy.mean"),
        ("max_busy", "busy.max"),
        ("max_queue_len", "waiting.max"),
        ("var_busy", "busy.variance"),
        ("busy_p99", "busy.p99"),
        ("throughput_per_s", "throughput_per_s"),
        ("throttles_per_s", "refused_per_s"),
        ("attempts_per_s", "arrivals_per_s"),
        ("arrival_rate", "arrivals_per_s"),
        ("mean_slowdown", "slowdown.mean"),
        ("p_abandon", "p_abandon"),
        ("mean_wait_all_s", "wait_all.mean"),
        ("mean_instances", "instances.mean"),
    ] {
        if let Some(value) = station.metrics.get(key) {
            figures.insert(name.to_owned(), Figure::One(*value));
        }
    }
    let observed = result.run.duration_s - result.run.warm_up_s;
    let (arrivals, refused, accepted) = (metric(result, id, "arrivals")?, metric(result, id, "refused")?, metric(result, id, "accepted")?);
    figures.extend(measured([("p_block", (refused / arrivals).into()), ("mean_wait_served_s", station.wait.mean.into())]));
    if let Some(cold) = station.metrics.get("cold_starts") {
        figures.extend(measured([("p_cold", (cold / accepted).into()), ("cold_starts_per_s", (cold / observed).into())]));
    }
    // One server is idle exactly when nobody is there.
    if let (Some(utilization), Some(busy)) = (station.metrics.get("utilization"), station.metrics.get("busy.mean"))
        && utilization == busy
    {
        figures.insert("p_empty".to_owned(), (1.0 - utilization).into());
    }
    latencies(&mut figures, "wait", &station.wait);
    latencies(&mut figures, "sojourn", &station.sojourn);
    Ok(figures)
}

/// The figures of a kind of latency.
pub(super) fn latencies(figures: &mut Measured, name: &str, of: &LatencySummary) {
    for (figure, value) in [
        (format!("mean_{name}_s"), of.mean),
        (format!("max_{name}_s"), of.max),
        (format!("min_{name}_s"), of.min),
        (format!("sd_{name}_s"), of.sd),
        (format!("var_{name}_s2"), of.sd * of.sd),
        (format!("{name}_p50_s"), of.p50),
        (format!("{name}_p90_s"), of.p90),
        (format!("{name}_p95_s"), of.p95),
        (format!("{name}_p99_s"), of.p99),
        (format!("{name}_p99.9_s"), of.p999),
        (format!("{name}_p999_s"), of.p999),
    ] {
        figures.insert(figure, Figure::One(value));
    }
}

/// The same figures with something before their names.
pub(super) fn prefixed(prefix: &str, figures: Measured) -> Measured {
    figures.into_iter().map(|(name, figure)| (format!("{prefix}_{name}"), figure)).collect()
}

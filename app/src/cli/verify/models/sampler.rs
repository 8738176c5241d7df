//! Draws from a law, seen as the time that customers spend with unlimited servers.

use super::{Bench, Case, Experiment, Missing, field, measured, node};

/// One draw for each customer of a station where nobody waits.
pub(super) fn sampler(case: &Case) -> Result<Experiment, Missing> {
    let n = case.model.number("n")?;
    let (law, rate) = (case.model.law("distribution")?, 1_000.0);
    let bench = Bench::new(&case.title)
        .client("client", format!("constant({rate}/s)"))
        .node("draw", "generic/station", &[field("service", law), field("servers", "unlimited")])
        .request("client", "draw")
        // The half gap makes the last of them arrive before the end.
        .drained((n + 0.5) / rate);
    Ok(Experiment::new(bench, 1, move |result| {
        let draws = &node(result, "draw")?.sojourn;
        if draws.count != n as u64 {
            return Err(format!("{} draws instead of {n}", draws.count).into());
        }
        Ok(measured([
            ("sd", draws.sd.into()),
            ("min", draws.min.into()),
            ("max", draws.max.into()),
            ("mean", draws.mean.into()),
            ("variance", (draws.sd * draws.sd).into()),
            ("p50", draws.p50.into()),
            ("p90", draws.p90.into()),
            ("p95", draws.p95.into()),
            ("p99", draws.p99.into()),
            ("p99.9", draws.p999.into()),
            ("p999", draws.p999.into()),
        ]))
    }))
}

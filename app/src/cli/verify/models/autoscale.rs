//! Autoscalers: how many replicas they want, and when.

use super::{Bench, Case, Experiment, Figure, Measured, Missing, field};
use crate::cli::verify::probe;

/// The service that is scaled.
const SERVICE: &str = "service";

/// More workers than any case can use.
const MANY: u32 = 1_000_000;

/// So long after a look its result is read, in seconds.
const AFTER: f64 = 1e-3;

/// The horizontal autoscaler of Kubernetes under a constant load.
pub(super) fn horizontal(case: &Case) -> Result<Experiment, Missing> {
    let (load, target, sync) = (case.model.number("total_load")?, case.model.number("target_per_pod")?, case.model.number("sync_s")?);
    let mut fields = vec![
        field("metric", "requests"),
        field("target_requests", format!("{target}/s")),
        field("instances", case.model.number("start")?),
        field("min_instances", case.model.number("min")?),
        field("max_instances", case.model.number("max")?),
        field("sync_period", format!("{sync} s")),
        field("tolerance", format!("{} %", 100.0 * case.model.number_or("tolerance", 0.1)?)),
        field("metric_lag", format!("{} s", case.model.number_or("metric_lag_s", 0.0)?)),
        field("start_up", format!("{} s", case.model.number_or("pod_ready_s", 0.0)?)),
        field("duration", "1 ms"),
        field("concurrency_per_instance", MANY),
    ];
    fields.extend(growth(case)?);
    for key in ["scale_down_stabilization_s", "stabilization_window_s"] {
        fields.extend(case.model.optional(key)?.map(|window| field("scale_down_window", format!("{window} s"))));
    }
    let syncs = case.elements("replicas_by_sync");
    let bench = Bench::new(&case.title)
        .client("client", format!("constant({load}/s)"))
        .node(SERVICE, "kubernetes/deployment", &fields)
        .request("client", SERVICE)
        .lasting((sync * syncs as f64, 0.0));
    Ok(probe::gauges(bench, 1, move |simulation| {
        let read = |at: usize| simulation.desired_at(sync * at as f64 + AFTER, SERVICE);
        let replicas = (0..syncs).map(read).collect::<Result<Vec<f64>, _>>()?;
        Ok(Measured::from([("replicas_by_sync".to_owned(), Figure::from(replicas))]))
    }))
}

/// How fast the replicas may grow: by a share, by a number, or by the larger or smaller of both. Without a policy the
/// defaults of the provider hold.
fn growth(case: &Case) -> Result<Vec<(&'static str, String)>, Missing> {
    let (share, pods) = (case.model.optional("policy.percent")?, case.model.optional("policy.pods")?);
    let mut fields: Vec<(&'static str, String)> =
        case.model.optional("policy.period_s")?.map(|period| field("scale_up_period", format!("{period} s"))).into_iter().collect();
    let select = case.model.word("policy.select", &["max", "min", "disabled"])?;
    // Of two policies one that is not there allows nothing, and so the larger one counts.
    let select = if share.is_some() && pods.is_some() { select } else { "max" };
    if share.is_some() || pods.is_some() {
        fields.push(field("scale_up_share", format!("{} %", share.unwrap_or(0.0))));
        fields.push(field("scale_up_pods", pods.unwrap_or(0.0)));
    }
    fields.push(field("scale_up_select", select));
    Ok(fields)
}

/// The autoscaler of Knative with so many requests inside from the start.
pub(super) fn knative(case: &Case) -> Result<Experiment, Missing> {
    let concurrency = case.model.number("concurrency_step").or_else(|_| case.model.number("concurrency"))?;
    let utilization = case.model.number_or("target_utilization", 1.0)?;
    let workers = case.model.number("container_concurrency").or_else(|_| case.model.number("target"))?;
    let window = case.model.number_or("stable_window_s", STABLE_WINDOW)?;
    let mut fields = vec![
        field("concurrency_per_instance", workers),
        field("target_utilization", format!("{} %", 100.0 * utilization)),
        field("max_instances", MANY),
        field("stable_window", format!("{window} s")),
        field("start_up", "0 s"),
        field("duration", "1 s"),
    ];
    fields.extend(case.model.optional("target")?.map(|target| field("target_concurrency", target)));
    fields.extend(case.model.optional("start")?.map(|start| field("instances", start)));
    fields.extend(case.model.optional("panic_window_s")?.map(|panic| field("panic_window", format!("{} %", 100.0 * panic / window))));
    for key in ["panic_threshold", "max_scale_up_rate"] {
        fields.extend(case.model.optional(key)?.map(|value| field(key, value)));
    }
    fields.extend(case.model.optional("tick_s")?.map(|tick| field("tick", format!("{tick} s"))));
    let names: Vec<String> = case.metrics.iter().map(|metric| metric.name.clone()).collect();
    let readings = names.iter().map(|name| Reading::of(name, window)).collect::<Result<Vec<_>, _>>()?;
    let end = readings.iter().map(|reading| reading.to).fold(0.0, f64::max) + 1.0;
    let bench = Bench::new(&case.title)
        .client("client", format!("closed(users={concurrency}, think=0 s)"))
        .node(SERVICE, "knative/service", &fields)
        .request("client", SERVICE)
        .lasting((end, 0.0));
    Ok(probe::gauges(bench, 1, move |simulation| {
        // One pass over time, in steps that see every look.
        let mut least = vec![f64::INFINITY; readings.len()];
        let mut at = 0.0;
        while at < end {
            at += STEP;
            let replicas = simulation.desired_at(at + AFTER, SERVICE)?;
            for (least, reading) in least.iter_mut().zip(&readings) {
                if (reading.from..=reading.to).contains(&at) {
                    *least = least.min(replicas);
                }
            }
        }
        Ok(names.iter().cloned().zip(least.into_iter().map(Figure::One)).collect())
    }))
}

/// The stable window where a case names none, in seconds.
const STABLE_WINDOW: f64 = 60.0;

/// Time between two readings in seconds, which no case's times fall between.
const STEP: f64 = 0.5;

/// When a figure of a case is read: at a time, or the least between two times.
struct Reading {
    from: f64,
    to: f64,
}

impl Reading {
    fn of(name: &str, window: f64) -> Result<Self, Missing> {
        let time = |text: &str| text.strip_suffix('s').and_then(|text| text.parse().ok());
        let found = if let Some(at) = name.strip_prefix("replicas_at_").and_then(time) {
            Some(Self { from: at, to: at })
        } else if let Some((from, to)) = name.strip_prefix("min_replicas_").and_then(|rest| rest.split_once("_to_")) {
            time(from).zip(time(to)).map(|(from, to)| Self { from, to })
        } else if name == "replicas_steady" {
            Some(Self { from: 5.0 * window, to: 5.0 * window })
        } else {
            None
        };
        found.ok_or_else(|| format!("the figure `{name}`"))
    }
}

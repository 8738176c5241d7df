//! Instances that stand and scale: numbers that contradict each other, and loops that can never act.

use crate::{
    Catalog, Diagnostic, Diagram, EdgeKind, Edit, NodeId, Place,
    edit::Target,
    families::{self, Autoscaling, Config, Fleet, Horizontal, Metric, Scaling, Size},
    units,
};

/// Every fleet can be what its fields say.
pub(super) fn fleets(diagram: &Diagram, catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    for id in diagram.nodes.keys() {
        let (Some(Config::Compute(config)), _) = families::node_config(diagram, catalog, id) else { continue };
        let Scaling::Fleet(fleet) = &config.scaling else { continue };
        bounds(id, fleet, found);
        parts(id, fleet, found);
        readiness(id, fleet, found);
        metrics(diagram, id, fleet, found);
    }
}

fn at(id: &NodeId, key: &str) -> Place {
    Place::Node(id.clone(), Some(key.to_owned()))
}

fn set(id: &NodeId, key: &str, value: impl Into<serde_json::Value>) -> Edit {
    Edit::SetField { target: Target::Node(id.clone()), key: key.to_owned(), value: Some(value.into()) }
}

/// Fewest, most and the number at the start.
fn bounds(id: &NodeId, fleet: &Fleet, found: &mut Vec<Diagnostic>) {
    let Fleet { start, least, most, autoscaling, processors, .. } = fleet;
    if autoscaling.is_some() {
        let (start, least, most) = (f64::from(*start), f64::from(*least), most.value);
        if least > most {
            let message = format!("at least {least} and at most {most} instances cannot both be");
            found.push(
                Diagnostic::error("instances-contradict", at(id, "min_instances"), message)
                    .hint("lower the fewest or raise the most")
                    .fix(set(id, "min_instances", start.min(most))),
            );
        } else if start < least || start > most {
            let message = format!("{start} instances at the start are not between {least} and {most}");
            found.push(
                Diagnostic::error("instances-contradict", at(id, "instances"), message)
                    .hint("every provider refuses a desired number outside of its bounds")
                    .fix(set(id, "instances", start.clamp(least, most))),
            );
        }
    }
    if let Some(processors) = processors {
        let needed = f64::from(*start) * processors.each;
        let left = processors.limit.value - processors.outside;
        if needed > left {
            let message = format!(
                "{start} instances at the start need {} vCPUs, the account has {}",
                units::print_number(needed),
                units::print_number(left)
            );
            found.push(
                Diagnostic::warning("too-few-processors", at(id, "instances"), message)
                    .hint("raise the quota of the account to what yours is, or make the instances smaller"),
            );
        }
    }
}

/// Processors and memory that the provider sells together.
fn parts(id: &NodeId, fleet: &Fleet, found: &mut Vec<Diagnostic>) {
    let Size::Parts { vcpus, gigabytes, allowed: (least, most) } = fleet.size else { return };
    if gigabytes < least || gigabytes > most {
        let size = |gigabytes: f64| units::print_bytes(gigabytes * families::GIGABYTE);
        let message = format!("{vcpus} vCPU come with {} to {} of memory, not with {}", size(least), size(most), size(gigabytes));
        found.push(
            Diagnostic::error("size-not-sold", at(id, "memory"), message).hint("choose other processors or another memory").fix(set(
                id,
                "memory",
                size(gigabytes.max(least).min(most)),
            )),
        );
    }
}

/// Instances that are replaced before they can serve.
fn readiness(id: &NodeId, fleet: &Fleet, found: &mut Vec<Diagnostic>) {
    let Some(grace) = fleet.grace else { return };
    let mean = fleet.pull + fleet.start_up.mean();
    if grace < mean {
        let message = format!(
            "a new instance is taken for broken after {}, but needs {} on average",
            units::print_duration(grace),
            units::print_duration(mean)
        );
        let diagnostic = Diagnostic::warning("grace-too-short", at(id, "health_check_grace"), message);
        found.push(diagnostic.hint("give it at least twice the time that a start takes").fix(set(
            id,
            "health_check_grace",
            units::print_duration((2.0 * mean).ceil()),
        )));
    }
}

/// Figures that nothing moves.
fn metrics(diagram: &Diagram, id: &NodeId, fleet: &Fleet, found: &mut Vec<Diagnostic>) {
    let (metric, wakes) = match &fleet.autoscaling {
        Some(Autoscaling::Target { metric, .. } | Autoscaling::Step { metric, .. }) => (*metric, false),
        Some(Autoscaling::Horizontal(Horizontal { metric, zero, .. })) => (*metric, zero.is_some()),
        Some(Autoscaling::Schedule(_) | Autoscaling::Knative(_)) | None => return,
    };
    let polls = diagram.edges.values().any(|edge| edge.to == *id && edge.kind == EdgeKind::Poll);
    if matches!(metric, Metric::Backlog | Metric::Lag) && !polls {
        found.push(
            Diagnostic::warning(
                "backlog-of-nothing",
                at(id, "scaling"),
                "it scales on the messages of the queues that it polls, but polls none",
            )
            .hint("let it poll a queue, or scale on another figure"),
        );
    }
    if metric == Metric::Utilization && fleet.least == 0 && !wakes {
        let message = "with no instance there is no utilization, so nothing ever makes the first one";
        found.push(
            Diagnostic::warning("asleep-for-ever", at(id, "min_instances"), message)
                .hint("keep one instance, or scale on requests or on the backlog")
                .fix(set(id, "min_instances", 1)),
        );
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Node, edit};

    fn codes(service: &str, fields: &[(&str, &str)]) -> Vec<&'static str> {
        let node = fields.iter().fold(Node::new(service, ""), |node, (key, value)| node.with(key, *value));
        let mut diagram = Diagram::default();
        diagram.nodes.insert("node".into(), Arc::new(node));
        let mut found = Vec::new();
        fleets(&diagram, Catalog::embedded(), &mut found);
        for fix in found.iter().filter_map(|diagnostic| diagnostic.fix.as_ref()) {
            let mended = edit::apply(&diagram, fix).expect("the fix applies");
            let mut left = Vec::new();
            fleets(&mended, Catalog::embedded(), &mut left);
            assert!(left.len() < found.len(), "{fields:?}: the fix leaves {left:?}");
        }
        found.into_iter().map(|diagnostic| diagnostic.code).collect()
    }

    #[test]
    fn contradictions_are_found_and_mended() {
        let fargate = "aws/ecs-fargate";
        assert!(codes(fargate, &[]).is_empty());
        assert!(codes("kubernetes/deployment", &[]).is_empty() && codes("knative/service", &[]).is_empty());
        assert_eq!(codes(fargate, &[("min_instances", "20")]), ["instances-contradict"]);
        assert_eq!(codes(fargate, &[("instances", "11")]), ["instances-contradict"]);
        assert_eq!(codes(fargate, &[("instances", "13"), ("scaling", "fixed")]), ["too-few-processors"]);
        assert_eq!(codes(fargate, &[("memory", "8 GiB")]), ["size-not-sold"]);
        assert_eq!(codes(fargate, &[("cpu", "16")]), ["too-few-processors", "size-not-sold"]);
        assert_eq!(codes(fargate, &[("health_check_grace", "10 s")]), ["grace-too-short"]);
        assert_eq!(codes(fargate, &[("metric", "backlog")]), ["backlog-of-nothing"]);
        assert_eq!(codes(fargate, &[("min_instances", "0")]), ["asleep-for-ever"]);
        assert_eq!(codes("kubernetes/deployment", &[("scaling", "keda")]), ["backlog-of-nothing"]);
    }
}
